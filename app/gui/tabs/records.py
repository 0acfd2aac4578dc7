"""What the tabs of records on their way to Quadient AP share: a table, and the chosen record in full."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QSplitter, QVBoxLayout, QWidget

from app.engine.views import AddedUp, OrderRow, SagePaymentRow, Views, amount_of
from app.errors import BridgeError
from app.gui.extent import Extract, filter_words
from app.gui.format import money
from app.gui.slices import Slices
from app.gui.table import Column, TableModel
from app.gui.tabs.base import Tab
from app.gui.text import counted, tr
from app.gui.widgets.detail import Detail, Page, nothing_chosen
from app.gui.widgets.elided import Elided
from app.gui.widgets.export_button import ExportButton
from app.gui.widgets.filter_box import FilterBox
from app.gui.widgets.folding_row import FoldingRow
from app.gui.widgets.no_match import NoMatch
from app.gui.widgets.table_view import TableView
from app.gui.words import IMPORT_TROUBLE

Row = TypeVar("Row", OrderRow, SagePaymentRow)


@dataclass(frozen=True, slots=True)
class Records(Generic[Row]):
    """One kind of records: `name` in object names, `title` of its table, `chosen` of the pane with one in full.

    `identity` names a row; `count` tells how many there are (“12 orders”); `first` and `nothing` as in `Tab`.
    """

    name: str
    title: str
    chosen: str
    columns: Sequence[Column[Row]]
    identity: Callable[[Row], str]
    count: Callable[[int], str]
    first: str
    nothing: str


class RecordsTab(Tab, Generic[Row]):
    """Above the records, below the chosen one."""

    def __init__(self, kind: Records[Row], views: Views, parent: QWidget | None = None) -> None:
        super().__init__(f"{kind.name}_tab", views, kind.first, parent, nothing=kind.nothing)
        self._kind = kind
        self._to_open = ""
        self._sums = self._sums_to_be = AddedUp()
        self.slices = Slices(self)
        self.slices.done.connect(self._fill)
        self.slices.failed.connect(self._fail)
        self.records: TableModel[Row] = TableModel(kind.columns, kind.identity, parent=self)
        self.table = TableView(f"{kind.name}_table", kind.title, self.records, leads=True)
        self.filter_box = FilterBox(f"{kind.name}_filter", self.records)
        self.no_match = NoMatch(self.table)
        self.detail = Detail(f"{kind.name}_detail", kind.chosen)
        self._caption = Elided(f"{kind.name}_caption")
        self.trouble = QCheckBox(tr("Only what did not r&each Quadient AP"))
        self.trouble.setObjectName(f"{kind.name}_trouble")
        self.trouble.toggled.connect(self._narrow)
        self.export = ExportButton(f"{kind.name}_export", self.table)
        self.export.asked.connect(lambda _: self.export_asked.emit(self._extract()))
        bar = FoldingRow((self.filter_box, self.trouble), (self._caption, self.export))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.detail)
        split.setSizes([300, 220])
        split.setStretchFactor(0, 1)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(bar)
        layout.addWidget(split, 1)
        self.table.selected.connect(self._show)
        self.table.opened.connect(lambda _: self.detail.setFocus())
        self.records.ticks_changed.connect(self._show_caption)

    def rows(self) -> Iterator[Row]:
        """Yield the records as the store has them."""
        raise NotImplementedError

    def write_page(self, page: Page, row: Row) -> None:
        """Write one record in full."""
        raise NotImplementedError

    def load(self) -> bool:
        """Fill the tab from the store; what was shown before stays until all is read."""
        try:
            self._sums_to_be = AddedUp()
            return self.slices.begin(self._sums_to_be.passing(self.rows()))
        finally:
            self._offer_export()

    def open_record(self, key: str) -> None:
        """Show the record called `key`, as soon as it is there."""
        self._to_open = key
        self.load_if_stale()
        self.filter_box.clear()
        self.trouble.setChecked(False)
        if not self.slices.busy:
            self._open_wanted()

    def let_go(self) -> None:
        """Read no further: the store's file is to be closed."""
        self.slices.stop()
        self._offer_export()

    def shut_down(self) -> None:
        """Read no more: the window closes."""
        self.slices.stop()

    def _fill(self, rows: list[Row]) -> None:
        self._sums = self._sums_to_be
        self.records.set_rows(rows)
        self._offer_export()
        self._open_wanted()

    def _fail(self, error: BridgeError) -> None:
        self._to_open = ""
        self._offer_export()
        self.failed.emit(error)

    def _open_wanted(self) -> None:
        key, self._to_open = self._to_open, ""
        if key and self.table.choose(key):
            self.table.setFocus()

    def escape(self) -> bool:
        """Show all records again."""
        narrowed = super().escape() or self.trouble.isChecked()
        self.trouble.setChecked(False)
        return narrowed

    def _narrow(self) -> None:
        self.table.put_last_first(self.trouble.isChecked())  # there the reason is what is looked for
        self.records.set_where((lambda row: row.state in IMPORT_TROUBLE) if self.trouble.isChecked() else None)

    def _show_caption(self) -> None:
        every, left, shown = self._sums.all, self._sums.left, self.records.shown
        words = [tr("{words}: {amount}", words=self._kind.count(every.count), amount=money(every.amount))]
        if len(shown) != every.count:
            part = counted(len(shown), "{n} shown: {amount}", "{n} shown: {amount}", amount=money(amount_of(shown)))
            words.append(part)
        if left.count:
            words.append(
                counted(
                    left.count,
                    "{n} did not reach Quadient AP: {amount}",
                    "{n} did not reach Quadient AP: {amount}",
                    amount=money(left.amount),
                )
            )
        if every.cancelling:
            words.append(
                counted(
                    every.cancelling,
                    "{n} cancels another: {amount}",
                    "{n} cancel others: {amount}",
                    amount=money(every.cancelled),
                )
            )
        if every.unknown:
            words.append(counted(every.unknown, "{n} without an amount", "{n} without an amount"))
        self._caption.setText(" · ".join(words))

    def _offer_export(self) -> None:
        self.export.offer(self.table, whole=not self.slices.busy)

    def _extract(self) -> Extract:
        narrowed = [self.trouble.text().replace("&", "")] if self.trouble.isChecked() else []
        return Extract.of(self.table, self._kind.title, narrowed, filter_words(self.filter_box.applied))

    def _show(self, row: Row | None) -> None:
        if row is None:
            nothing_chosen(self.detail)
            return
        self.guarded(lambda: self._write(row))

    def _write(self, row: Row) -> None:
        page = self.detail.page()
        self.write_page(page, row)
        self.detail.show_page(page)
