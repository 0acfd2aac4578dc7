"""What a sync that Windows' Task Scheduler started makes of the schedule: what is due, and what was held back."""

import logging
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

from app.commands.schedule import keep_note
from app.consoles import no_new_console
from app.engine.held_back import Why
from app.engine.views import Views
from app.errors import ExitCode
from app.resources import fitting_instead
from app.schedule import LATE, ScheduleSettings, due, passed
from app.settings import CompanySettings, Home

log = logging.getLogger(__name__)


def run_by_fitting_engine() -> int | None:
    """Let the engine do it whose ODBC driver is there; return its exit code, None where this program is that engine.

    Windows' Task Scheduler starts the program of the window, which opens no black one.
    """
    engine = fitting_instead()
    if engine is None:
        return None
    log.info("Handed over to %s, whose ODBC driver is there.", engine.name)
    return subprocess.run([engine, *sys.argv[1:]], check=False, creationflags=no_new_console()).returncode


def due_now(home: Home, company: CompanySettings) -> datetime | None:
    """Return the moment for which a sync of `company` is to start now, None when none is.

    What was due before and did not start is noted with its reason.
    """
    schedule, last, now = home.load().schedule, _last_start(home, company), datetime.now(UTC)
    if schedule.paused:
        held_back = due(replace(schedule, paused=False), last, now)
        if held_back is not None:
            keep_note(home, company.code, held_back, Why.PAUSED)
        return None
    _note_missed(home, company, schedule, last, now)
    return due(schedule, last, now)


def note_busy(home: Home, company: CompanySettings, due_at: datetime | None, ended: int) -> None:
    """Note that a scheduled sync did not start since another run held the company, unless that run is the sync."""
    if due_at is None or ended != ExitCode.COMPANY_BUSY:
        return
    last = _last_start(home, company)
    if last is None or last < due_at:
        keep_note(home, company.code, due_at, Why.BUSY)


def _note_missed(
    home: Home, company: CompanySettings, schedule: ScheduleSettings, last: datetime | None, now: datetime
) -> None:
    missed = [moment for moment in passed(schedule, last, now) if now - moment > LATE] if last is not None else []
    if missed:
        keep_note(home, company.code, missed[-1], Why.AWAY, len(missed))


def _last_start(home: Home, company: CompanySettings) -> datetime | None:
    views = Views(home.store_file, company.code)
    try:
        return views.last_start()
    finally:
        views.close()
