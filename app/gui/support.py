"""Makes a support bundle from the window: asks where to put it, and tells where it is."""

from pathlib import Path

from PySide6.QtCore import QDate, QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.format import since_now
from app.gui.text import tr


class SupportBundle(QObject):
    """`told` carries picture, title, message, fix and code of how it ended, `begun` picture, title and message of
    what is waited for and since when.

    It has a process of its own: a bundle helps while a run hangs too.
    """

    begun = Signal(str, str, str)
    told = Signal(str, str, str, str, str)

    def __init__(self, engine: EngineProcess, parent: QWidget) -> None:
        super().__init__(parent)
        self._engine = engine
        self._engine.ended.connect(self._tell)

    def ask(self) -> None:
        """Ask for a file and make the bundle there."""
        if self._engine.running:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DesktopLocation)
        name = f"apbridge-support-{QDate.currentDate().toString('yyyyMMdd')}.zip"
        file, _ = QFileDialog.getSaveFileName(
            self.parent(), tr("Make a support bundle"), str(Path(folder) / name), tr("Zip files (*.zip)")
        )
        if file:
            self.make(file)

    def make(self, file: str) -> None:
        """Make the bundle in `file`."""
        self.begun.emit("waiting", tr("Making the support bundle: {file}", file=file), since_now())
        self._engine.start("support", arguments=[file])

    def shut_down(self) -> None:
        """End what goes on: the window closes."""
        self._engine.shut_down()

    def _tell(self, end: RunEnd) -> None:
        if not end.done:
            self.told.emit("blocked", end.title, end.message, end.fix, end.code)
            return
        said = tr(
            "It holds logs, settings, runs and versions, no passwords and no documents. Names, and what looks like a "
            "number of a bank or a tax office, are replaced by stand-ins: look through it before you send it."
        )
        self.told.emit("ok", tr("The support bundle is {file}", file=end.summary.get("file", "")), said, "", "")
