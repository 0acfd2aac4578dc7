"""Has a child process note the scheduled syncs that were held back, and says of each why, in a sentence."""

import logging
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.engine.views import HeldBack, RunRow, Why
from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.format import moment
from app.gui.text import counted, later, tr

log = logging.getLogger(__name__)

COMMAND = "schedule"
NOTE = f"{COMMAND} note"
OUTCOME = "held_back"
_REASONS = {
    Why.PAUSED: later(
        "the schedule is paused. To go on, take the tick off Pause in the notification area, or in Settings > Schedule."
    ),
    Why.BUSY: later("another run was at work. It is caught up when that has ended, or at the schedule's next time."),
    Why.ASLEEP: later("this computer was asleep. It was caught up when the schedule allowed it again."),
    Why.CLOSED: later(
        "AP Bridge was not open. Settings > Schedule can have Windows sync also while the window is closed."
    ),
    Why.AWAY: later("this computer was off or asleep, or you were not signed in to Windows."),
}


class HeldBackNotes(QObject):
    """`noted` carries the company of which something was noted."""

    noted = Signal(str)

    def __init__(self, engine_command: Sequence[str], home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = engine_command
        self._home = home
        self._waiting: deque[tuple[str, tuple[str, ...]]] = deque()
        self._engine: EngineProcess | None = None

    def note(self, company: str, due: datetime, why: str, times: int) -> None:
        """Note it, once what is noted now is done."""
        words = ("--due", due.isoformat(), "--why", why, "--times", str(times))
        self._waiting.append((company, words))
        if self._engine is None:
            self._next()

    def shut_down(self) -> None:
        """Leave no child behind."""
        self._waiting.clear()
        if self._engine is not None:
            self._engine.shut_down()
            self._engine = None

    def _next(self) -> None:
        if not self._waiting:
            self._engine = None
            return
        company, words = self._waiting.popleft()
        self._engine = EngineProcess(self._command, self._home, company, self)
        self._engine.ended.connect(lambda end: self._ended(company, end))
        self._engine.start(NOTE, arguments=words)

    def _ended(self, company: str, end: RunEnd) -> None:
        if end.done:
            self.noted.emit(company)
        else:
            log.info("What the schedule held back was not noted: %s %s", end.title, end.message)
        self._next()


def as_run(held: HeldBack) -> RunRow:
    """Return what was held back as a row among the runs."""
    return RunRow(f"{OUTCOME}-{held.due.isoformat()}", COMMAND, held.due, None, OUTCOME, None, {OUTCOME: held})


def held_back_words(run: RunRow) -> str:
    """Return why a scheduled sync did not start, empty when `run` is a run like any other."""
    held = run.summary.get(OUTCOME)
    if not isinstance(held, HeldBack):
        return ""
    when = moment(held.due)
    what = (
        tr("The scheduled sync of {when} did not start on time", when=when)
        if held.times == 1
        else counted(
            held.times,
            "{n} scheduled sync did not start on time, that of {when}",
            "{n} scheduled syncs did not start on time, the last of them that of {when}",
            when=when,
        )
    )
    return tr("{name}: {text}", name=what, text=tr(_REASONS[held.why]))
