"""The commands of a company: preview, send, undo, status, history."""

import argparse
import sys
from typing import Any

import orjson

from app.cloud.port import DocumentKind
from app.commands.input import InputLines
from app.commands.output import write
from app.commands.papers import asked_for, tell_files, write_preview, write_totals
from app.commands.running import run_work, show_preview, show_totals
from app.commands.terminal import Terminal
from app.domain.codec import plain
from app.domain.language import say
from app.engine.views import Views
from app.engine.work import preview_only
from app.engine.work import send as send_work
from app.engine.work import undo as undo_work
from app.errors import ExitCode, NeedsUser, Side
from app.settings import CompanySettings, Home

KINDS = {"invoices": DocumentKind.INVOICE, "payments": DocumentKind.PAYMENT}


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
