"""Saves previews and control totals from the window, or opens them to be printed; the engine's own command does it."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QTemporaryDir, QTime, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.format import since_now
from app.gui.text import tr


@dataclass(frozen=True, slots=True)
class Paper:
    """What can be saved: the command that writes it, and what its file is called, without an ending.

    `line` goes to the command's standard input; `how` says in words what part of all this is.
    """

    command: str
    arguments: tuple[str, ...]
    name: str
    line: str | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """How a paper is to be had: the command's option, the file's ending, and whether it is only opened to be printed.

    The printing is the PDF reader's: every Windows has one, and it shows each page before it costs ink.
    """

    option: str
    ending: str
    to_print: bool = False


PDF, CSV, LINES = Form("--pdf", "pdf"), Form("--csv", "csv"), Form("--csv-lines", "csv")
PRINT = Form("--pdf", "pdf", to_print=True)


class Papers(QObject):
    """`told` carries picture, title, message, fix and code of how it ended, `begun` picture, title and message of
    what is waited for and since when.

    It has a process of its own: what is kept can be saved in mid-run.
    """

    begun = Signal(str, str, str)
    told = Signal(str, str, str, str, str)

    def __init__(self, engine: EngineProcess, parent: QWidget) -> None:
        super().__init__(parent)
        self._engine = engine
        self._engine.ended.connect(self._tell)
        self._form, self._how = PDF, ""
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._to_print = QTemporaryDir()

    def want(self, paper: Paper, form: Form) -> None:
        """Have `paper` written: where the user says, or out of the way to be printed."""
        if self._engine.running:
            return
        if form.to_print:
            # A reader may still hold the last one open, so each has a name of its own.
            name = f"{paper.name} {QTime.currentTime().toString('HHmmsszzz')}.{form.ending}"
            file = self._to_print.filePath(name)
        else:
            kinds = tr("PDF files (*.pdf)") if form.ending == "pdf" else tr("CSV files (*.csv)")
            suggested = str(Path(self._folder) / f"{paper.name}.{form.ending}")
            file, _ = QFileDialog.getSaveFileName(self.parent(), tr("Save"), suggested, kinds)
        if file:
            self._form, self._how = form, paper.how
            said = tr("Making the pages to print") if form.to_print else tr("Saving: {file}", file=file)
            self.begun.emit("waiting", said, since_now())
            self._engine.start(paper.command, arguments=[*paper.arguments, form.option, file], line=paper.line)

    def shut_down(self) -> None:
        """End what goes on and take away what was only to be printed: the window closes."""
        self._engine.shut_down()
        self._to_print.remove()

    def _tell(self, end: RunEnd) -> None:
        if not end.done:
            self.told.emit("blocked", end.title, end.message, end.fix, end.code)
            return
        for file in end.summary.get("files", []):
            if not self._form.to_print:
                self._folder = str(Path(file).parent)
                self.told.emit("ok", tr("Saved: {file}", file=file), self._how, "", "")
            elif QDesktopServices.openUrl(QUrl.fromLocalFile(file)):
                said = tr("The pages are open in your PDF reader: print them there.")
                self.told.emit("ok", said, self._how, "", "")
            else:
                self.told.emit(
                    "warning",
                    tr("No program on this computer opens PDF files"),
                    "",
                    tr("Save the pages as PDF instead, and print them where there is one."),
                    "no-pdf-reader",
                )
