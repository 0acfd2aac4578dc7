"""Control totals: what was sent, what Sage has and what Quadient AP acknowledged, side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.money import ZERO
from app.engine.views import BroughtRow, DocumentRow, TotalsRow, summed
from app.gui.format import moment, money, whole
from app.gui.papers import Paper
from app.gui.table import Column, TableModel
from app.gui.tabs.kind import DocumentKind
from app.gui.text import counted, tr
from app.gui.widgets.detail import Detail
from app.gui.widgets.save_button import SaveButton
from app.gui.widgets.scrolling import scrolling
from app.gui.widgets.table_view import TableView
from app.gui.words import destination_words

ROWS_SHOWN, ROWS_AT_LEAST = 5, 2
WORDS_HEIGHT = 48  # pixels that the words get where there is little room
WORDS_AROUND, GAP = 3, 4


@dataclass(frozen=True, slots=True)
class LastSend:
    """The totals of the last run that sent documents of a kind, and those of its documents that did not go.

    `brought` is what it brought into Sage, undone since or not.
    """

    run: str
    at: datetime
    totals: Sequence[TotalsRow]
    failed: Sequence[DocumentRow]
    names: dict[str, str]
    brought: Sequence[BroughtRow] = ()


class TotalsPanel(QWidget):
    """A table of totals, and under it in words what agrees, what differs and what was not sent.

    `room_wanted` carries how many pixels more it takes to read all of it without scrolling.
    """

    room_wanted = Signal(int)

    def __init__(self, kind: DocumentKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._run = ""
        self.model: TableModel[TotalsRow] = TableModel(
            _columns(), lambda row: f"{row.destination}/{row.batch}/{row.credit}", bold=_is_sum, parent=self
        )
        name = "totals_table" if kind.plural == "invoices" else f"{kind.plural}_totals_table"
        self.table = TableView(name, tr("Control totals"), self.model, sort=False)  # the sum stays at the foot
        self.words = Detail(f"{kind.plural}_totals_words", tr("Control totals in words"))
        self.save = SaveButton(f"{kind.plural}_totals_save", tr("Save o&r Print Totals"))
        self.words.setMinimumHeight(WORDS_HEIGHT)
        self.words.viewport().setAutoFillBackground(False)  # as the button beside it stands on
        foot = QHBoxLayout()
        foot.addWidget(self.words, 1)
        foot.addWidget(self.save, 0, Qt.AlignmentFlag.AlignBottom)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.table)
        layout.addLayout(foot, 1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolling(inner))
        self.table.horizontalScrollBar().rangeChanged.connect(self._fit_table)
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.timeout.connect(self._ask_room)
        self.show_send(None)

    @property
    def paper(self) -> Paper:
        """The totals that are shown, to be saved or printed."""
        return Paper("history", ("--run", self._run), tr("AP Bridge totals {run}", run=self._run))

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for room as soon as it is known how much there is."""
        super().showEvent(event)
        self._asking.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the asking off until a window that is just shown has its sizes."""
        super().resizeEvent(event)
        if self._asking.isActive():
            self._asking.start()

    def _ask_room(self) -> None:
        """Ask for the room that is missing to read all of it, while it is in sight."""
        words = math.ceil(self.words.document().size().height()) + 2 * WORDS_AROUND
        table = self.table.maximumHeight() + GAP if not self.table.isHidden() else 0
        if self.isVisible() and table + words > self.height():
            self.room_wanted.emit(table + words - self.height())

    def show_send(self, send: LastSend | None) -> None:
        """Show the totals of a send, or that there was none."""
        self._run = send.run if send is not None else ""
        self.table.setVisible(send is not None and bool(send.totals))
        self.save.setVisible(send is not None and bool(send.totals))
        page = self.words.page()
        if send is None:
            page.text(
                tr(
                    "Nothing was sent yet. After Send this shows what was sent, what Sage has and what "
                    "Quadient AP acknowledged, batch by batch."
                ),
                quiet=True,
            )
            self.model.set_rows([])
            self.words.show_page(page)
            return
        rows = [*send.totals, summed(send.totals)] if len(send.totals) > 1 else send.totals
        self.model.set_rows(rows)
        self._fit_table()
        undone = [row for row in send.brought if row.state == "undone"]
        differing = [each for row in send.totals for each in row.differing]
        if send.totals and all(row.matches for row in send.totals):
            page.title(tr("Sent {when}: Sage and Quadient AP agree with what was sent.", when=moment(send.at)), "ok")
            if not undone:
                page.text(tr("Post {batches} when you are ready.", batches=_batches(send.totals)))
        elif send.totals:
            page.title(tr("Sent {when}: the totals differ.", when=moment(send.at)), "warning")
            names = ", ".join(send.names.get(each, each) for each in differing)
            page.finding(
                "warning",
                tr("These differ: {names}.", names=names),
                tr("Open them in Sage and in Quadient AP and compare. Do not post before you have."),
            )
        if undone:
            page.finding("info", *_undone_words(undone, send))
        if send.failed:
            page.section(counted(len(send.failed), "{n} was not sent", "{n} were not sent"))
            for row in send.failed:
                step = row.steps[-1]
                told = tr("{name}: {text}", name=self._kind.label(row), text=step.message)
                page.finding("blocked", told, step.fix, step.code)
        self.words.show_page(page)
        self._asking.start()

    def _fit_table(self) -> None:
        """Make the table as high as its rows, up to a few, and lower where there is little room."""
        line = self.table.verticalHeader().defaultSectionSize()
        header = self.table.horizontalHeader().sizeHint().height()
        around = header + 2 * self.table.frameWidth() + 2
        bar, rows = self.table.horizontalScrollBar(), self.model.rowCount()
        if bar.maximum() > 0:
            around += bar.sizeHint().height()
        self.table.setMinimumHeight(around + min(rows, ROWS_AT_LEAST) * line)
        self.table.setMaximumHeight(around + min(rows, ROWS_SHOWN) * line)


def _undone_words(undone: Sequence[BroughtRow], send: LastSend) -> tuple[str, str]:
    """Say how much of the send Sage has no more, and what that means for its batches."""
    words = counted(
        len(send.brought),
        "Since then {undone} of {n}, {amount}, was undone: Sage has it no more.",
        "Since then {undone} of {n}, {amount}, were undone: Sage has them no more.",
        undone=whole(len(undone)),
        amount=money(sum((row.amount for row in undone), ZERO)),
    )
    if len(undone) == len(send.brought):
        return words, tr("Nothing of this send is left to post.")
    return words, tr("Post what is left in {batches} when you are ready.", batches=_batches(send.totals))


def _is_sum(row: TotalsRow) -> bool:
    return not row.destination


def _batches(rows: Sequence[TotalsRow]) -> str:
    """Return “batch 00013 in A/P Invoice Data Entry and batch 00004 in P/O Receipt of Invoice Entry”."""
    places = dict.fromkeys((row.batch, row.destination) for row in rows)
    words = [
        tr("batch {batch} in {place}", batch=batch, place=place) if batch else tr("the entries in {place}", place=place)
        for batch, place in places
    ]
    return words[0] if len(words) == 1 else tr("{some} and {last}", some=", ".join(words[:-1]), last=words[-1])


def _place(row: TotalsRow) -> str:
    if _is_sum(row):
        return ""
    return destination_words(row.destination) + (", " + tr("credit notes") if row.credit else "")


def _columns() -> list[Column[TotalsRow]]:
    def agreed(row: TotalsRow) -> str:
        if row.matches:
            return tr("Agrees")
        return counted(len(row.differing), "{n} differs", "{n} differ")

    def tone(row: TotalsRow) -> str:
        return "negative" if row.sent_amount < 0 else ""

    return [
        Column(tr("Batch"), lambda row: tr("All") if _is_sum(row) else row.batch or tr("no batch"), width=9),
        Column(tr("Where in Sage"), _place, width=36),
        Column(tr("Sent"), lambda row: whole(row.sent_count), lambda row: row.sent_count, right=True, width=7),
        Column(
            tr("Sent amount"),
            lambda row: money(row.sent_amount),
            lambda row: row.sent_amount,
            right=True,
            width=14,
            tone=tone,
        ),
        Column(tr("In Sage"), lambda row: whole(row.sage_count), lambda row: row.sage_count, right=True, width=8),
        Column(
            tr("Sage amount"),
            lambda row: money(row.sage_amount),
            lambda row: row.sage_amount,
            right=True,
            width=14,
            tone=tone,
        ),
        Column(
            tr("Acknowledged"), lambda row: whole(row.cloud_count), lambda row: row.cloud_count, right=True, width=14
        ),
        Column(
            tr("Acknowledged amount"),
            lambda row: money(row.cloud_amount),
            lambda row: row.cloud_amount,
            right=True,
            width=14,
            tone=tone,
        ),
        Column(tr("Compared"), agreed, width=9, icon=lambda row: "ok" if row.matches else "warning"),
    ]
