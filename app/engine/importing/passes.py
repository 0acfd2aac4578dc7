"""Which pass a source gets: a full one, which finds everything, or one over what changed since the last."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import __version__
from app.engine.run import Run

OVERLAP = timedelta(days=1)
"""Read again each time: change dates are Sage's local ones, may be early by an hour in autumn, and rows show late."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for: a full pass, or a reading from a day on; neither: AP Bridge chooses."""

    full: bool = False
    since: date | None = None


class Pass:
    """The pass of one source in this run.

    `recipe` names the settings that decide what is read and what is made of it: with other settings, or another
    AP Bridge, nothing is known of what was read before.
    """

    def __init__(self, run: Run, name: str, asked: Asked, recipe: str) -> None:
        self._run = run
        self._where = (run.company.code, name)
        self._asked = asked
        self._recipe = f"{__version__} {recipe}"
        self._started = sage_time(run)
        self._mark: dict[str, str] = next(iter(run.store.rows(_READ, self._where)), {})

    def since(self, *, dated: bool) -> date | None:
        """Return the day to read from, or None for a full pass; `dated` tells whether Sage dates the changes."""
        if not dated or self._asked.full:
            return None
        if self._asked.since is not None:
            return self._asked.since
        today = self._started.date()
        if self._mark.get("recipe") != self._recipe or self._mark.get("full_on") != today.isoformat():
            return None
        return min(datetime.fromisoformat(self._mark["read_at"]).date(), today) - OVERLAP

    def remember(self, *, full: bool, settled: bool = True) -> None:
        """Note that what was read has reached the cloud; what is not `settled` makes the next pass a full one.

        A reading from a day that the user chose may leave a gap before that day, so nothing is noted of it.
        """
        if self._asked.since is not None and not full and settled:
            return
        kept = self._started.date().isoformat() if full else self._mark.get("full_on", "")
        full_on = kept if settled else ""
        self._run.store.write(_WRITE, (*self._where, self._started.isoformat(), full_on, self._recipe))


def sage_time(run: Run) -> datetime:
    """Return the time as the clock of the Sage server shows it."""
    zone = ZoneInfo(run.company.time_zone) if run.company.time_zone else None
    return run.now().astimezone(zone)


_READ = "SELECT read_at, full_on, recipe FROM watermarks WHERE company = ? AND list = ?"
_WRITE = "INSERT OR REPLACE INTO watermarks (company, list, read_at, full_on, recipe) VALUES (?, ?, ?, ?, ?)"
