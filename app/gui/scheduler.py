"""Keeps the schedule while the program is open: looks at the clock now and then, and says whose sync is due."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from app.engine.views import Why
from app.gui.format import moment
from app.gui.text import tr
from app.schedule import LATE, ScheduleSettings, due, next_due, passed

log = logging.getLogger(__name__)

LOOK_EVERY_MS = 20_000
SLEPT = timedelta(minutes=2)  # without a look: the computer was asleep
FORGOTTEN = timedelta(days=8)  # so old a sleep explains nothing any more


def _now() -> datetime:
    return datetime.now(UTC)


class Scheduler(QObject):
    """`due` carries the codes of the companies whose sync is due; `changed` that `words` may have changed.

    `held_back` carries a company, when its sync was due, what kept it back (a `Why`), and how many syncs that were.

    `last_start` returns when a company was synced last, whoever started it; `busy` whether a run goes on: what is due
    then waits for its end.
    """

    due = Signal(list)
    changed = Signal()
    held_back = Signal(str, object, str, int)

    def __init__(
        self,
        last_start: Callable[[str], datetime | None],
        busy: Callable[[], bool],
        parent: QObject | None = None,
        *,
        now: Callable[[], datetime] = _now,
    ) -> None:
        super().__init__(parent)
        self._last_start = last_start
        self._busy = busy
        self._now = now
        self._schedule = ScheduleSettings()
        self._companies: Sequence[str] = ()
        self._tried: dict[str, datetime] = {}
        self._held_back: datetime | None = None
        self._begun = self._looked = now()
        self._away: list[tuple[datetime, datetime]] = []
        self._told: dict[str, datetime] = {}
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_EVERY_MS)
        self._clock.timeout.connect(self.look)

    def take(self, schedule: ScheduleSettings, companies: Sequence[str]) -> None:
        """Keep `schedule` for `companies` from now on."""
        self._schedule, self._companies = schedule, companies
        self._held_back = None
        if schedule.on:
            self._clock.start()
        else:
            self._clock.stop()
        self.changed.emit()

    def stop(self) -> None:
        """Look at the clock no more."""
        self._clock.stop()

    def look(self) -> None:
        """Say what is due, or keep it back while the schedule is paused or a run goes on."""
        now = self._now()
        if now - self._looked > SLEPT:
            self._away = [each for each in self._away if now - each[1] < FORGOTTEN] + [(self._looked, now)]
        self._looked = now
        moments = {code: each for code in self._companies if (each := self._due(code, now)) is not None}
        held_back = None
        if moments and (self._schedule.paused or self._busy()):
            held_back = max(moments.values())
            if held_back != self._held_back:
                words = "the schedule is paused" if self._schedule.paused else "another run goes on"
                log.info("The sync due at %s did not start: %s.", held_back.astimezone().isoformat(), words)
                for code, each in moments.items():
                    self._tell(code, [each], Why.PAUSED if self._schedule.paused else Why.BUSY)
        elif moments:
            self._tried |= moments
            for code in moments:
                self._tell_missed(code, now)
            log.info("The schedule starts a sync of %s.", ", ".join(moments))
            self.due.emit(list(moments))
        self._held_back = held_back
        self.changed.emit()

    @property
    def words(self) -> str:
        """Return when the next sync is, or what keeps it back; nothing without a schedule."""
        if not self._schedule.on:
            return ""
        late = moment(self._held_back)
        if self._schedule.paused:
            return tr("Schedule paused; left out {when}", when=late) if late else tr("Schedule paused")
        if late:
            return tr("The sync of {when} waits for the run at hand", when=late)
        following = next_due(self._schedule, self._now())
        return tr("Next sync {when}", when=moment(following)) if following else ""

    def _due(self, company: str, now: datetime) -> datetime | None:
        """Return the moment that is due for a company; one that was tried is not tried again, however it ended."""
        last = max((each for each in (self._last_start(company), self._tried.get(company)) if each), default=None)
        return due(replace(self._schedule, paused=False), last, now)

    def _tell_missed(self, company: str, now: datetime) -> None:
        """Tell which syncs before the one that starts now did not start when they were due, as far as it is known why.

        What the schedule had before a company was synced at all was never missed.
        """
        last = self._last_start(company)
        missed = [each for each in passed(self._schedule, last, now) if now - each > LATE] if last else []
        if not missed:
            return
        if any(since < missed[-1] <= until for since, until in self._away):
            self._tell(company, missed, Why.ASLEEP)
        elif missed[-1] < self._begun:
            self._tell(company, missed, Why.CLOSED)

    def _tell(self, company: str, moments: Sequence[datetime], why: Why) -> None:
        told = self._told.get(company)
        new = [each for each in moments if told is None or each > told]
        if new:
            self._told[company] = new[-1]
            self.held_back.emit(company, new[-1], why.value, len(new))
