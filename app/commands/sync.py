"""The command that brings lists, orders and payments to Quadient AP; it loads what every sync needs, and no more."""

import argparse
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from app.commands.input import InputLines
from app.commands.output import write
from app.commands.running import cancel_by_input, run_work
from app.commands.trouble import tell_end
from app.domain.language import say
from app.engine import work
from app.engine.cancel import CancelToken
from app.engine.run import keep_not_begun
from app.engine.work import PARTS, SyncOptions
from app.errors import BridgeError, ExitCode
from app.settings import CompanySettings, Home

log = logging.getLogger(__name__)


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
    if chosen.scheduled:
        from app.commands.scheduled import run_by_fitting_engine  # nobody else needs it, nor what it loads

        if (ended := run_by_fitting_engine()) is not None:
            return ended
    options = SyncOptions(frozenset(chosen.only), chosen.full, chosen.since, chosen.resend, chosen.accept_deletions)
    # A part is no complete sync, and does not count as one.
    command = " ".join(["sync", *sorted(options.only)])
    if chosen.all:
        return _sync_all(home, command, options, json=chosen.json, scheduled=chosen.scheduled)
    company = home.load().company(chosen.company)

    def begun() -> int:
        return _run(home, company, command, options, json=chosen.json)

    return _begin(home, company, begun, json=chosen.json, scheduled=chosen.scheduled)


def _sync_all(home: Home, command: str, options: SyncOptions, *, json: bool, scheduled: bool) -> int:
    """Sync one company after the other, whatever becomes of those before; return the gravest exit code."""
    companies = home.load().companies
    if not companies:
        home.load().company(None)  # says that there is none
    cancel = cancel_by_input(InputLines()) if json else CancelToken()
    ended: list[int] = []

    def begun(company: CompanySettings) -> int:
        if not json:
            write(sys.stdout, f"{company.name} ({company.code})\n")
        try:
            return _run(home, company, command, options, json=json, cancel=cancel)
        except BridgeError as error:  # its run could not begin
            return tell_end(error, json=json, company=company.code)

    for company in companies:
        ended.append(_begin(home, company, partial(begun, company), json=json, scheduled=scheduled))
        if ended[-1] == ExitCode.CANCELLED:
            break
    return max(ended)


def _run(
    home: Home,
    company: CompanySettings,
    command: str,
    options: SyncOptions,
    *,
    json: bool,
    cancel: CancelToken | None = None,
) -> int:
    """Do it as a run; where that cannot begin, as a password is missing, the store and so the window knows of it too.

    Raises:
        BridgeError: when it could not begin.
    """
    try:
        return run_work(home, company, command, work.sync(options), json=json, cancel=cancel)
    except BridgeError as error:
        try:
            keep_not_begun(command, error, home=home, company=company, now=datetime.now(UTC))
        except BridgeError as lost:  # what stopped the run is told, and comes first
            log.info("That the run could not begin is not in the store: %s %s", lost, lost.detail)
        raise


def _begin(home: Home, company: CompanySettings, run: Callable[[], int], *, json: bool, scheduled: bool) -> int:
    """Begin the `run`, a `scheduled` one only if it is due; return how it ended."""
    if not scheduled:
        return run()
    from app.commands.scheduled import due_now, note_busy  # as above

    due_at = due_now(home, company)
    if due_at is None:
        return _nothing_due(company, json=json)
    ended = run()
    note_busy(home, company, due_at, ended)
    return ended


def _nothing_due(company: CompanySettings, *, json: bool) -> int:
    log.info("Nothing is due by the schedule for company %s.", company.code)
    if not json:
        write(sys.stdout, say("{company}: nothing is due by the schedule.", company=company.code) + "\n")
    return ExitCode.DONE
