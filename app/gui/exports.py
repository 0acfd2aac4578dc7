"""Saves what a table shows for Excel, read and written in a thread of its own: nobody waits for a long one."""

import errno
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import QDate, QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.engine.views import Views
from app.gui.columns import Column
from app.gui.extent import Extract
from app.gui.format import since_now, whole
from app.gui.reader import Question, Reader
from app.gui.spells import Spells
from app.gui.text import tr
from app.papers.csv_file import Cell, csv_parts
from app.settings import whole_file

TELL_EVERY_SECONDS = 0.25
_CODE = "file-unwritable"


@dataclass(frozen=True, slots=True)
class _Written:
    """How many rows are written so far."""

    rows: int


@dataclass(frozen=True, slots=True)
class _Saved:
    """How it ended: all is written, or why nothing could be."""

    why: OSError | None = None


class _Stopped(Exception):  # noqa: N818  # nothing went wrong
    """The user stopped it before the file took its place."""


class Exports(QObject):
    """`told` carries picture, title, message, fix and code of how it ended, `begun` picture, title and message of
    what is waited for and since when.

    `moved` carries title and message of how far it is, `failed` the BridgeError with which the store could not be read.
    """

    begun = Signal(str, str, str)
    moved = Signal(str, str)
    told = Signal(str, str, str, str, str)
    failed = Signal(object)

    def __init__(self, views: Views, parent: QWidget) -> None:
        super().__init__(parent)
        self._reader = Reader(views, self)
        self._reader.answered.connect(self._take)
        self._reader.failed.connect(self.failed)
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._extract: Extract | None = None
        self._file = self._since = ""
        self._stopping = Event()
        self._let_go = False  # since the store is made again: nobody stopped it

    def want(self, extract: Extract) -> None:
        """Ask for a file, and save `extract` in it; while another is being saved, say that instead."""
        if self._reader.busy:
            self._say_begun()
            return
        file, _ = QFileDialog.getSaveFileName(
            self.parent(), tr("Save"), str(Path(self._folder) / _name(extract)), tr("CSV files (*.csv)")
        )
        if file:
            self._folder = str(Path(file).parent)
            self._extract, self._file, self._since = extract, file, since_now()
            self._stopping, self._let_go = Event(), False
            self._say_begun()
            self._reader.ask(_question(Path(file), extract, self._stopping), anew=True)

    def cancel(self) -> None:
        """Break off, unless the file takes its place just now: how it ended is told as soon as it is known.

        Where it is broken off, what was in the file before stays, and nothing is left beside it.
        """
        if self._reader.busy:
            self._stopping.set()
            self.moved.emit(tr("Saving: {file}", file=self._file), tr("Stopping…"))

    def let_go(self) -> None:
        """Break off what goes on, as `cancel` does, since the store is made again; close its file."""
        self._let_go = self._reader.busy and not self._stopping.is_set()
        self.cancel()
        self._reader.close_when_done()

    def shut_down(self) -> None:
        """Break off what goes on: the window closes."""
        self._reader.shut_down()

    def _say_begun(self) -> None:
        self.begun.emit("waiting", tr("Saving: {file}", file=self._file), self._since)

    def _take(self, answer: _Written | _Saved | _Stopped) -> None:
        if isinstance(answer, _Written):
            if self._stopping.is_set():
                return
            number = self._extract.number if self._extract is not None else answer.rows
            far = tr("{done} of {total} rows are written.", done=whole(answer.rows), total=whole(number))
            self.moved.emit(tr("Saving: {file}", file=self._file), f"{self._since} {far}")
            return
        self._reader.stop()  # it was the last answer: what is wanted next need not wait for the thread to say so too
        if isinstance(answer, _Stopped):
            self.told.emit("info", tr("Not saved: {file}", file=self._file), *self._stopped_words(), "")
        elif answer.why is not None:
            self.told.emit("blocked", tr("Not saved: {file}", file=self._file), *_why(answer.why), _CODE)
        else:
            words = self._extract.words if self._extract is not None else ""
            if self._stopping.is_set() and not self._let_go:
                words = f"{tr('All was written before it could be stopped.')} {words}"
            self.told.emit("ok", tr("Saved: {file}", file=self._file), words, "", "")

    def _stopped_words(self) -> tuple[str, str]:
        """Say why it was broken off, and what to do."""
        if self._let_go:
            why = tr("It was broken off, since what AP Bridge knew is being made again.")
            fix = tr("Save it again when that is done.")
        else:
            why, fix = tr("You stopped it."), ""
        return f"{why} {tr('Nothing was left half written; what was there before is unchanged.')}", fix


def _name(extract: Extract) -> str:
    """Return the name that is suggested for a file; it says when it holds only a part."""
    day = QDate.currentDate().toString(Qt.DateFormat.ISODate)
    name = f"AP Bridge {extract.title} {day}"
    if extract.number != extract.in_all:
        name = tr("{name} ({n} of {all})", name=name, n=extract.number, all=extract.in_all)
    return f"{name}.csv"


def _why(error: OSError) -> tuple[str, str]:
    """Say why nothing was saved, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        full = tr("The disk is full. Nothing was left half written.")
        return full, tr("Make room, or choose another disk, and save again.")
    fix = tr("Close the file where it is open, or choose another place, and save it again.")
    return f"{error.strerror or error}.", fix


def _question(file: Path, extract: Extract, stopping: Event) -> Question:
    def ask(views: Views) -> Iterator[_Written | _Saved | _Stopped]:
        try:
            yield from _write(file, extract, views, stopping)
        except _Stopped as stopped:
            yield stopped
        except OSError as error:
            yield _Saved(error)
        else:
            yield _Saved()

    return ask


def _write(file: Path, extract: Extract, views: Views, stopping: Event) -> Iterator[_Written]:
    """Write the file row by row; it takes its place when it is whole, and goes when this is closed before.

    Raises:
        _Stopped: when it was to stop before that.
        OSError: when it cannot be written.
    """
    number = 0
    cells = ([_cell(column, row) for column in extract.columns] for row in extract.rows(views))
    with whole_file(file) as out:
        told, spells = time.perf_counter(), Spells()
        for number, part in enumerate(csv_parts([column.title for column in extract.columns], cells)):
            out.write(part)
            spells.rest()
            if stopping.is_set():
                raise _Stopped
            now = time.perf_counter()
            if now >= told + TELL_EVERY_SECONDS:
                told = now
                yield _Written(number)
        yield _Written(number)  # the last place where a window that closes leaves what was there
        if stopping.is_set():
            raise _Stopped


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
