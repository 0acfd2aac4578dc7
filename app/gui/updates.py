"""Looks once a week, while nothing runs, for a newer AP Bridge."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.text import tr

FIRST_LOOK_MS = 60_000
EVERY_MS = 3_600_000  # an hour: whether a week has passed, the command knows


class Updates(QObject):
    """`found` carries title and message about a newer version, once for each."""

    found = Signal(str, str)

    def __init__(self, engine: EngineProcess, busy: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._busy = busy
        self._told = ""
        engine.ended.connect(self._ended)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look_when_due)
        QTimer.singleShot(FIRST_LOOK_MS, self, self.look_when_due)
        self._timer.start(EVERY_MS)

    def look_when_due(self) -> None:
        """Look if a week has passed and nothing runs."""
        if not self._busy() and not self._engine.running:
            self._engine.start("updates", arguments=["--when-due"])

    def shut_down(self) -> None:
        """End what goes on: the window closes."""
        self._timer.stop()
        self._engine.shut_down()

    def _ended(self, end: RunEnd) -> None:
        version = str(end.summary.get("version", "")) if end.done else ""
        if version and version != self._told:
            self._told = version
            fix = tr("Get it at {page}, or in Settings > About.", page=end.summary.get("page", ""))
            notes = str(end.summary.get("notes", ""))
            self.found.emit(tr("AP Bridge {version} is there", version=version), f"{notes} {fix}".strip())
