"""Notices runs that were started elsewhere: by the schedule of Windows, in a terminal, in another window."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from app.engine.views import Holder, RunRow, Views
from app.errors import BridgeError
from app.gui.engine_process import RunEnd
from app.gui.format import moment
from app.gui.text import tr
from app.gui.words import command_words

SETTLE_MS = 150  # a lock and what is written about its holder come together
LOOK_EVERY_MS = 2_000  # only while one goes on: a process that was killed tells nobody


class OutsideRuns(QObject):
    """`looked` is emitted when the locks are to be looked at: one was taken or let go of, or may have been."""

    looked = Signal()

    def __init__(self, locks: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        locks.mkdir(parents=True, exist_ok=True)
        self._watcher = QFileSystemWatcher([str(locks)], self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._again = QTimer(self)
        self._again.setInterval(LOOK_EVERY_MS)
        self._watcher.directoryChanged.connect(lambda _: self._settle.start())
        self._settle.timeout.connect(self.looked)
        self._again.timeout.connect(self.looked)

    def keep_looking(self, wanted: bool) -> None:
        """Look now and then while a run outside goes on."""
        if wanted and not self._again.isActive():
            self._again.start()
        elif not wanted:
            self._again.stop()

    def stop(self) -> None:
        """Look no more."""
        if self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())
        self._settle.stop()
        self._again.stop()


class OutsideRun:
    """What is known of the runs of one company: which one holds it now, and the newest that the store had when asked.

    Looked at while none of this window's own goes on there.
    """

    def __init__(self, views: Views, locks: Path) -> None:
        self._views, self._locks = views, locks
        self.holder: Holder | None = None
        self.newest: RunRow | None = None

    def take_note(self) -> None:
        """Take note of the newest run: it is shown."""
        with suppress(BridgeError):  # nothing new is known; whoever shows the store tells it
            self.newest = self._ask()

    def look(self, *, unreadable: bool) -> tuple[bool, bool]:
        """Return whether one has begun, and whether one has ended, that was not known yet.

        `unreadable`: that the store cannot be read is told already; else it counts as an end.
        """
        before, self.holder = self.holder, self._views.holder(self._locks)
        if self.holder is not None:
            return self.holder != before, False
        if before is not None:
            return False, True
        try:
            return False, self._ask() != self.newest  # a short one is over before anybody looks: its record tells of it
        except BridgeError:
            return False, not unreadable

    def _ask(self) -> RunRow | None:
        return next(iter(self._views.runs(1)), None)


def outside_words(holder: Holder) -> str:
    """Say which run goes on elsewhere, since when, and that nobody has to do anything about it."""
    if holder.since is None:
        return tr("A run that was started elsewhere works on this company. This window goes on when it has ended.")
    return tr(
        "“{command}” was started elsewhere {when} (process {process}). This window goes on when it has ended.",
        command=command_words(holder.command),
        when=moment(holder.since),
        process=holder.process,
    )


def end_of(run: RunRow) -> RunEnd:
    """Return how a run ended, as the store has it."""
    error = run.summary.get("error") or {}
    title, message, fix, code = (str(error.get(part, "")) for part in ("title", "message", "fix", "code"))
    return RunEnd(run.command, run.id, run.outcome, run.exit_code or 0, title, message, fix, run.summary, code)
