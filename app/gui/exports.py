"""Saves what a table shows for Excel, read and written in a thread of its own: nobody waits for a long one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDate, QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.engine.views import Views
from app.gui.columns import Column, Rows
from app.gui.format import since_now
from app.gui.reader import Question, Reader
from app.gui.text import counted, tr
from app.gui.widgets.table_view import TableView
from app.papers.csv_file import Cell, csv_file


@dataclass(frozen=True, slots=True)
class _Saved:
    """How it ended: how many rows were written, or why none could be."""

    file: str
    rows: int
    why: str = ""


class Exports(QObject):
    """`told` carries picture, title, message, fix and code of how it ended, `begun` picture, title and message of
    what is waited for and since when.

    `failed` carries the BridgeError with which the store could not be read.
    """

    begun = Signal(str, str, str)
    told = Signal(str, str, str, str, str)
    failed = Signal(object)

    def __init__(self, views: Views, parent: QWidget) -> None:
        super().__init__(parent)
        self._reader = Reader(views, self)
        self._reader.answered.connect(self._tell)
        self._reader.failed.connect(self.failed)
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    def want(self, table: TableView, title: str) -> None:
        """Ask for a file, and save in it what `table` shows, in its order."""
        if self._reader.busy:
            return
        day = QDate.currentDate().toString(Qt.DateFormat.ISODate)
        suggested = str(Path(self._folder) / f"AP Bridge {title} {day}.csv")
        file, _ = QFileDialog.getSaveFileName(self.parent(), tr("Save"), suggested, tr("CSV files (*.csv)"))
        if file:
            self._folder = str(Path(file).parent)
            self.begun.emit("waiting", tr("Saving: {file}", file=file), since_now())
            self._reader.ask(_question(file, table.table.columns, table.table.reading()), anew=True)

    def let_go(self) -> None:
        """Break off what goes on, and close the store's file."""
        self._reader.let_go()

    def shut_down(self) -> None:
        """Break off what goes on: the window closes."""
        self._reader.shut_down()

    def _tell(self, saved: _Saved) -> None:
        if saved.why:
            fix = tr("Close the file where it is open, or choose another place, and save it again.")
            self.told.emit("blocked", tr("Not saved: {file}", file=saved.file), f"{saved.why}.", fix, "file-unwritable")
        else:
            rows = counted(saved.rows, "{n} row, as the table shows it.", "{n} rows, as the table shows them.")
            self.told.emit("ok", tr("Saved: {file}", file=saved.file), rows, "", "")


def _question(file: str, columns: Sequence[Column[Any]], rows: Rows[Any]) -> Question:
    def ask(views: Views) -> Iterator[_Saved]:
        cells = [[_cell(column, row) for column in columns] for row in rows(views)]
        try:
            Path(file).write_bytes(csv_file([column.title for column in columns], cells))
        except OSError as error:
            yield _Saved(file, 0, error.strerror or str(error))
        else:
            yield _Saved(file, len(cells))

    return ask


def _cell(column: Column[Any], row: Any) -> Cell:
    """Return what a column holds: amounts, dates and counts as such, all else in the words that are shown."""
    shown = column.text(row)
    value_of = column.saved or column.key
    value = value_of(row) if shown and value_of is not None else None
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, Decimal | date) or (column.right and isinstance(value, int)):
        return value
    return shown
