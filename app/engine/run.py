"""The frame of every run: lock, store, record, watchdog, and an end that is told whatever happens."""

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from app.cloud.port import CloudPort
from app.domain.language import say
from app.engine.binding import bind
from app.engine.cancel import CancelToken
from app.engine.events import Kind, Sink
from app.engine.importing.under_way import give_up_waiting
from app.engine.lock import company_lock
from app.engine.ports import Ports
from app.engine.reporter import Reporter
from app.engine.set_aside import note_set_aside
from app.engine.store import Store
from app.engine.watchdog import Watchdog
from app.errors import BridgeError, BugError, ExitCode, Side
from app.sage.company import SageCompany
from app.sage.port import Writer
from app.settings import CompanySettings, Home

log = logging.getLogger(__name__)

Work = Callable[["Run"], "Summary"]
Summary = dict[str, Any]


@dataclass(slots=True)
class Run:
    """What the stages of a run share."""

    id: str
    company: CompanySettings
    store: Store
    reporter: Reporter
    cancel: CancelToken
    ports: Ports
    watchdog: Watchdog
    command: str = ""
    needs_user: bool = False

    def now(self) -> datetime:
        """Return the time, with its zone."""
        return self.ports.now()

    def today(self) -> date:
        """Return the day it is where Sage is."""
        return self.day_of(self.now())

    def day_of(self, moment: datetime) -> date:
        """Return the day it was then where Sage is."""
        zone = ZoneInfo(self.company.time_zone) if self.company.time_zone else None
        return moment.astimezone(zone).date()

    def stamp(self) -> str:
        """Return the time as the store keeps it."""
        return self.now().isoformat()

    def attention(self, code: str, title: str, message: str, fix: str) -> None:
        """Tell something that needs the user, and remember it for the run's end."""
        self.needs_user = True
        self.reporter.attention(code, title, message, fix)

    def open_sage(self) -> SageCompany:
        """Open the Sage company for reading."""
        return self.ports.open_sage(self.company, self.watchdog.watch)

    def open_writer(self) -> Writer:
        """Open what writes to Sage."""
        return self.ports.open_writer(self.company, self.watchdog.watch, self.cancel.sleep)

    @contextmanager
    def open_cloud(self) -> Iterator[CloudPort]:
        """Open the connection to Quadient AP."""
        cloud = self.ports.open_cloud(self.company, self.cancel.sleep)
        try:
            yield cloud
        finally:
            cloud.close()


def execute(
    command: str,
    work: Work,
    *,
    home: Home,
    company: CompanySettings,
    timeout: float,
    ports: Ports,
    sinks: Sequence[Sink],
    cancel: CancelToken,
) -> ExitCode:
    """Do `work` as one recorded run of `company`; return how it ended.

    The end is always told as a run_finished event, with title, message and fix where something went wrong.
    """
    now = ports.now()
    run_id = _new_id(now)
    reporter = Reporter(run_id, sinks, ports.now)
    reporter.tell(Kind.RUN_STARTED, command=command, company=company.code)
    # From the watchdog's own thread the store is out of reach, so that end is told but not kept.
    watchdog = Watchdog(timeout, lambda error: _finish(Reporter(run_id, sinks, ports.now), error))
    watchdog.start()
    try:
        with company_lock(home.locks, company.code, command, now):
            store = Store(home.store_file)
            try:
                return carry_out(Run(run_id, company, store, reporter, cancel, ports, watchdog, command), work)
            finally:
                store.close()
    except BridgeError as error:
        log.info("%s: %s %s", error.code, error, error.detail)
        return _finish(reporter, error)
    finally:
        watchdog.stop()


def keep_not_begun(command: str, error: BridgeError, *, home: Home, company: CompanySettings, now: datetime) -> None:
    """Keep in the store that a run of `company` could not begin, as a run that failed at once.

    So the window tells of it wherever it was started: it looks when a company's lock is let go of.

    Raises:
        BridgeError: when another run holds the company, or the store takes no note.
    """
    run_id = _new_id(now)
    with company_lock(home.locks, company.code, command, now):
        store = Store(home.store_file)
        try:
            _begin(store, run_id, company.code, command, now)
            _keep_end(store, run_id, error.exit_code, _told(error), now.isoformat())
        finally:
            store.close()


def carry_out(run: Run, work: Work) -> ExitCode:
    """Do `work` as a recorded run on an open store; return how it ended.

    Raises:
        BridgeError: when the store takes no more notes.
    """
    _begin(run.store, run.id, run.company.code, run.command, run.now())
    run.reporter.store = run.store
    try:
        return _work(run, work)
    finally:
        run.reporter.store = None


def _work(run: Run, work: Work) -> ExitCode:
    summary: Summary = {}
    error: BridgeError | None = None
    try:
        give_up_waiting(run.store, run.company.code)
        bind(run.store, run.company, run.command, run.reporter, run.stamp())
        summary = work(run)
    except BridgeError as known:
        error = known
        log.info("%s: %s %s", error.code, error, error.detail)
    except Exception as unknown:  # the last resort: a bug is told like any other end, and the log has all of it
        log.exception("The run ended by a fault in AP Bridge")
        error = _bug(unknown)
    if error is not None:
        summary = _told(error)
    note_set_aside(run.store, run.company.code, run.stamp())
    exit_code = error.exit_code if error else ExitCode.NEEDS_USER if run.needs_user else ExitCode.DONE
    _keep_end(run.store, run.id, exit_code, summary, run.stamp())
    return _finish(run.reporter, error, exit_code, summary)


_OUTCOMES = {ExitCode.DONE: "done", ExitCode.NEEDS_USER: "needs_user", ExitCode.CANCELLED: "cancelled"}


def _finish(
    reporter: Reporter, error: BridgeError | None, exit_code: ExitCode | None = None, summary: Summary | None = None
) -> ExitCode:
    code = exit_code if exit_code is not None else error.exit_code if error else ExitCode.DONE
    reporter.tell(
        Kind.RUN_FINISHED,
        outcome=_OUTCOMES.get(code, "failed"),
        exit_code=int(code),
        code=error.code if error else "",
        title=error.title if error else "",
        message=error.message if error else "",
        fix=error.fix if error else "",
        summary=summary or {},
    )
    return code


def _begin(store: Store, run: str, company: str, command: str, now: datetime) -> None:
    with store.transaction() as db:
        # Whoever holds the lock knows that no other run of this company lives.
        db.execute("UPDATE runs SET outcome = 'broken_off' WHERE company = ? AND outcome = 'running'", (company,))
        db.execute(
            "INSERT INTO runs (id, company, command, started_at) VALUES (?, ?, ?, ?)",
            (run, company, command, now.isoformat()),
        )


def _keep_end(store: Store, run: str, exit_code: ExitCode, summary: Summary, stamp: str) -> None:
    store.write(
        "UPDATE runs SET finished_at = ?, outcome = ?, exit_code = ?, summary = ? WHERE id = ?",
        (stamp, _OUTCOMES.get(exit_code, "failed"), exit_code, orjson.dumps(summary).decode(), run),
    )


def _told(error: BridgeError) -> Summary:
    return {"error": {"code": error.code, "title": error.title, "message": error.message, "fix": error.fix}}


def _new_id(now: datetime) -> str:
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def _bug(error: Exception) -> BugError:
    return BugError(
        "bug",
        say("AP Bridge made a mistake"),
        say("Something happened that AP Bridge does not know how to handle. What was already done is noted."),
        say("Start again. If it happens once more, send the log to support."),
        side=Side.COMPUTER,
        detail=repr(error),
    )
