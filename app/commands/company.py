"""The commands of a company: sync, preview, send, undo, status, history."""

import argparse
import logging
import sys
from typing import Any

import orjson

from app.cloud.port import DocumentKind
from app.commands.input import InputLines
from app.commands.output import write
from app.commands.papers import asked_for, tell_files, write_preview, write_totals
from app.commands.running import cancel_by_input, run_work, show_preview, show_totals
from app.commands.scheduled import due_now, note_busy, run_by_fitting_engine
from app.commands.terminal import Terminal
from app.commands.trouble import tell_end
from app.domain.codec import plain
from app.domain.language import say
from app.engine.cancel import CancelToken
from app.engine.views import Views
from app.engine.work import PARTS, SyncOptions, preview_only
from app.engine.work import send as send_work
from app.engine.work import sync as sync_work
from app.engine.work import undo as undo_work
from app.errors import BridgeError, ExitCode, NeedsUser, Side
from app.settings import CompanySettings, Home

log = logging.getLogger(__name__)

KINDS = {"invoices": DocumentKind.INVOICE, "payments": DocumentKind.PAYMENT}


def sync(home: Home, chosen: argparse.Namespace) -> int:
    """Bring lists, orders and payments to the cloud, and preview what is ready there."""
    unknown = sorted(set(chosen.only) - set(PARTS))
    if unknown:
        sys.stderr.write(
            say(
                "There is no part called {unknown}. The parts are: {parts}.\n",
                unknown=", ".join(unknown),
                parts=", ".join(PARTS),
            )
        )
        return ExitCode.USAGE
    if chosen.all and chosen.company is not None:
        sys.stderr.write(say("Name one company with “--company”, or sync all of them with “--all”.\n"))
        return ExitCode.USAGE
    if chosen.scheduled and (ended := run_by_fitting_engine()) is not None:
        return ended
    options = SyncOptions(frozenset(chosen.only), chosen.full, chosen.since, chosen.resend, chosen.accept_deletions)
    # A part is no complete sync, and does not count as one.
    command = " ".join(["sync", *sorted(options.only)])
    if chosen.all:
        return _sync_all(home, command, options, json=chosen.json, scheduled=chosen.scheduled)
    company = home.load().company(chosen.company)
    due_at = due_now(home, company) if chosen.scheduled else None
    if chosen.scheduled and due_at is None:
        return _nothing_due(company, json=chosen.json)
    ended = run_work(home, company, command, sync_work(options), json=chosen.json)
    note_busy(home, company, due_at, ended)
    return ended


def _sync_all(home: Home, command: str, options: SyncOptions, *, json: bool, scheduled: bool) -> int:
    """Sync one company after the other, whatever becomes of those before; return the gravest exit code."""
    companies = home.load().companies
    if not companies:
        home.load().company(None)  # says that there is none
    cancel = cancel_by_input(InputLines()) if json else CancelToken()
    ended: list[int] = []
    for company in companies:
        due_at = due_now(home, company) if scheduled else None
        if scheduled and due_at is None:
            ended.append(_nothing_due(company, json=json))
            continue
        if not json:
            write(sys.stdout, f"{company.name} ({company.code})\n")
        try:
            ended.append(run_work(home, company, command, sync_work(options), json=json, cancel=cancel))
        except BridgeError as error:  # its run could not begin: a password is missing
            ended.append(tell_end(error, json=json, company=company.code))
        note_busy(home, company, due_at, ended[-1])
        if ended[-1] == ExitCode.CANCELLED:
            break
    return max(ended)


def _nothing_due(company: CompanySettings, *, json: bool) -> int:
    log.info("Nothing is due by the schedule for company %s.", company.code)
    if not json:
        write(sys.stdout, say("{company}: nothing is due by the schedule.", company=company.code) + "\n")
    return ExitCode.DONE


def preview(home: Home, chosen: argparse.Namespace) -> int:
    """Check what is ready, and show it."""
    company = home.load().company(chosen.company)
    kind = KINDS[chosen.kind]
    asked_for(chosen)
    if chosen.shown_from and not chosen.kept:
        sys.stderr.write(say("What a window shows is kept: name “--kept” with “--shown-from”.\n"))
        return ExitCode.USAGE
    shown = InputLines().shown() if chosen.shown_from else None
    if chosen.kept:
        _must_have_preview(home, company, chosen.kind)
        ended = ExitCode.DONE
    else:
        ended = run_work(home, company, f"preview {chosen.kind}", preview_only(kind), json=chosen.json)
    if ended in (ExitCode.DONE, ExitCode.NEEDS_USER):
        if not chosen.json:
            show_preview(home, company, kind)
        files = write_preview(home, company, kind, chosen, shown)
        if chosen.kept or not chosen.json:  # a run has told its end to programs itself
            tell_files(files, json=chosen.json)
    return ended


def _must_have_preview(home: Home, company: CompanySettings, kind: str) -> None:
    """Tell an empty preview from none at all.

    Raises:
        NeedsUser: when no document of this kind is kept, and no run that looked for some.
    """
    views = Views(home.store_file, company.code)
    try:
        kept = views.documents(KINDS[kind])
        commands = {run.command for run in views.runs()}
    finally:
        views.close()
    if not kept and not commands & {"sync", f"sync {kind}", f"preview {kind}"}:
        raise NeedsUser(
            "no-preview",
            say("There is no preview of {kind} yet", kind=kind),
            say("None was made on this computer, so there is none that could be shown or written."),
            say("Make one with “apbridge preview {kind}”.", kind=kind),
            side=Side.COMPUTER,
        )


def send(home: Home, chosen: argparse.Namespace) -> int:
    """Send the named documents, or all that are ready, and show the control totals."""
    company = home.load().company(chosen.company)
    asked_for(chosen)
    lines = InputLines()
    ids = lines.ids() if chosen.ids_from else chosen.ids
    ended = run_work(
        home,
        company,
        f"send {chosen.kind}",
        send_work(KINDS[chosen.kind], ids),
        json=chosen.json,
        lines=lines,
    )
    if ended in (ExitCode.DONE, ExitCode.NEEDS_USER):
        views = Views(home.store_file, company.code)
        try:
            newest = views.runs(1)[0]
        finally:
            views.close()
        if not chosen.json:
            show_totals(home, company, newest.id)
        files = write_totals(home, company, newest, chosen)
        if not chosen.json:  # the run has told its end to programs itself
            tell_files(files, json=False)
    return ended


def undo(home: Home, chosen: argparse.Namespace) -> int:
    """Delete in Sage what a run or documents brought there, and tell Quadient AP."""
    company = home.load().company(chosen.company)
    lines = InputLines()
    ids = lines.ids() if chosen.ids_from else chosen.ids or []
    work = undo_work(KINDS[chosen.kind] if chosen.kind else None, chosen.run, ids)
    return run_work(home, company, "undo", work, json=chosen.json, lines=lines)


def status(home: Home, chosen: argparse.Namespace) -> int:
    """Show what was brought over, and what needs the user."""
    company = home.load().company(chosen.company)
    views = Views(home.store_file, company.code)
    try:
        needs = views.needs_you()
        if chosen.json:
            _print_json(
                {
                    "company": company.code,
                    "last_sync": _iso(views.last_sync()),
                    "lists": plain(views.lists()),
                    "needs_you": plain(needs),
                }
            )
        else:
            Terminal(sys.stdout).status(company, views.last_sync(), views.lists(), needs)
    finally:
        views.close()
    return ExitCode.NEEDS_USER if needs else ExitCode.DONE


def history(home: Home, chosen: argparse.Namespace) -> int:
    """Show the last runs, or one of them; its control totals also as files."""
    company = home.load().company(chosen.company)
    files = asked_for(chosen)
    if files and chosen.run is None:
        sys.stderr.write(say("Control totals are those of one run: name it with --run.\n"))
        return ExitCode.USAGE
    views = Views(home.store_file, company.code)
    try:
        if chosen.run is None:
            runs = views.runs()
            if chosen.json:
                _print_json(plain(runs))
            else:
                Terminal(sys.stdout).runs(runs)
            return ExitCode.DONE
        run = views.run(chosen.run)
        if run is None:
            raise NeedsUser(
                "unknown-run",
                say("There is no run {run}", run=chosen.run),
                say("It is not among the runs that are kept."),
                say("See “apbridge history” for the newest of them."),
                side=Side.COMPUTER,
            )
        if files:
            tell_files(write_totals(home, company, run, chosen), json=chosen.json)
        elif chosen.json:
            _print_json({"events": plain(views.events(run.id)), "totals": plain(views.totals(run.id))})
        else:
            undone = sum(each.state == "undone" for each in views.brought(run.id))
            Terminal(sys.stdout).run(views.events(run.id), views.totals(run.id), undone)
    finally:
        views.close()
    return ExitCode.DONE


def _print_json(value: Any) -> None:
    write(sys.stdout, orjson.dumps(value, default=str).decode() + "\n")


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
