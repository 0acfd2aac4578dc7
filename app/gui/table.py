"""A table model over row objects that sorts, filters and ticks by itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from app.gui.columns import ROOT, Column, ColumnsModel, Row, Rows
from app.gui.text import tr

__all__ = ["Column", "TableModel"]


class _Ticks(Generic[Row]):
    """Which rows are ticked: all that may be, but for those the user has unticked."""

    def __init__(self, identity: Callable[[Row], str], may: Callable[[Row], bool]) -> None:
        self._identity = identity
        self.may = may
        self._unticked: set[str] = set()

    def has(self, row: Row) -> bool:
        return self.may(row) and self._identity(row) not in self._unticked

    def unticked(self, rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if self._identity(row) in self._unticked]

    def untick_only(self, names: Iterable[str]) -> None:
        self._unticked = set(names)

    def set(self, rows: Iterable[Row], *, on: bool) -> None:
        names = {self._identity(row) for row in rows if self.may(row)}
        self._unticked = self._unticked - names if on else self._unticked | names

    def cell(self, row: Row, role: int) -> Any:
        if role == Qt.ItemDataRole.CheckStateRole and self.may(row):
            return Qt.CheckState.Checked if self.has(row) else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if not self.may(row):
                return tr("cannot be sent")
            return tr("ticked") if self.has(row) else tr("not ticked")
        return None


class TableModel(ColumnsModel[Row]):
    """Rows of any kind under columns; with `tickable` the first column holds ticks, set for all that may be.

    Rows for which `bold` holds stand out, such as sums.
    `identity` names a row for good: ticks and selections outlive a refresh by it. No proxy model stands in
    between, so sorting and filtering 100,000 rows is a matter of a fraction of a second.
    """

    ticks_changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        identity: Callable[[Row], str],
        *,
        tickable: Callable[[Row], bool] | None = None,
        bold: Callable[[Row], bool] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(columns, identity, parent)
        self._ticks = _Ticks(identity, tickable) if tickable else None
        self._bold = bold
        self._all: list[Row] = []
        self._shown: list[Row] = []
        self._texts: dict[str, str] = {}
        self._words: list[str] = []
        self._where: Callable[[Row], bool] | None = None
        self._sorted_by: tuple[int, Qt.SortOrder] | None = None

    # What it holds

    @property
    def has_ticks(self) -> bool:
        """Whether the first column is for ticks."""
        return self._ticks is not None

    @property
    def rows(self) -> list[Row]:
        """All rows, shown or not."""
        return self._all

    @property
    def in_all(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._all)

    @property
    def shown(self) -> list[Row]:
        """The rows that pass the filter, in the order shown."""
        return self._shown

    def row(self, index: QModelIndex | int) -> Row:
        """Return the row shown at `index`."""
        return self._shown[index if isinstance(index, int) else index.row()]

    def each(self, places: Sequence[int]) -> Iterator[Row]:
        """Yield the rows shown at `places`, as they are now: what is shown may change in between."""
        return map(self._shown.__getitem__, places)

    def reading(self) -> Rows[Row]:
        """Return what gives all rows that are shown now."""
        rows = tuple(self.shown)
        return lambda _: rows

    def names(self, start: int, stop: int) -> list[str]:
        """Return what the rows are called that are shown from `start` to before `stop`, as far as there are any."""
        return [self.identity(row) for row in self._shown[start:stop]]

    def places(self, names: Iterable[str]) -> dict[str, int]:
        """Return where those of the rows called `names` are shown that are shown."""
        wanted = set(names)
        named = ((at, self.identity(row)) for at, row in enumerate(self._shown))
        return {name: at for at, name in named if name in wanted}

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Replace all rows; order, filter and the user's ticks stay."""
        self.beginResetModel()
        self._all = list(rows)
        self._texts = {}
        self._sort()
        self._filter(self._all)
        self.endResetModel()
        self.ticks_changed.emit()

    # Filtering and sorting

    def set_filter(self, text: str) -> None:
        """Show only rows that hold every word of `text` in some column."""
        before, self._words = self._words, text.casefold().split()
        # What is typed further can only narrow: then the rows that are hidden already need no second search.
        narrower = all(any(old in new for new in self._words) for old in before)
        self._refilter(self._shown if narrower else self._all)

    def set_where(self, where: Callable[[Row], bool] | None) -> None:
        """Show only rows for which `where` holds, besides the text filter."""
        if where is None and self._where is None:
            return
        self._where = where
        self._refilter(self._all)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column; rows that are equal in it keep their order."""
        self._sorted_by = (column, order) if column >= 0 else None
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        rows = [self._shown[index.row()] for index in before]
        self._sort()
        self._filter(self._all)
        places = {id(row): at for at, row in enumerate(self._shown)}
        after = [self.index(places[id(row)], index.column()) for row, index in zip(rows, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _refilter(self, rows: list[Row]) -> None:
        self.beginResetModel()
        self._filter(rows)
        self.endResetModel()
        self.ticks_changed.emit()

    def _sort(self) -> None:
        if self._sorted_by is None:
            return
        number, order = self._sorted_by
        if self.has_ticks and number == 0:
            key: Callable[[Row], Any] = self.is_ticked
        else:
            column = self.column(number)
            key = column.key or (lambda row: column.text(row).casefold())
        self._all = _in_order(self._all, key, descending=order == Qt.SortOrder.DescendingOrder)

    def _filter(self, rows: list[Row]) -> None:
        where, identity, texts = self._where, self.identity, self._texts
        shown = [row for row in rows if where(row)] if where is not None else list(rows)
        if self._words:
            for row in shown:
                if identity(row) not in texts:
                    texts[identity(row)] = self._searched(row)
        for word in self._words:
            shown = [row for row in shown if word in texts[identity(row)]]
        self._shown = shown

    def _searched(self, row: Row) -> str:
        return "\n".join([column.text(row) for column in self.columns]).casefold()

    # Ticks

    def may_tick(self, row: Row) -> bool:
        """Whether the row may be ticked."""
        return self._ticks is not None and self._ticks.may(row)

    def is_ticked(self, row: Row) -> bool:
        """Whether the row is ticked."""
        return self._ticks is not None and self._ticks.has(row)

    def ticked(self) -> list[Row]:
        """Return the ticked rows, those the filter hides included."""
        return [row for row in self._all if self.is_ticked(row)]

    def unticked(self) -> list[Row]:
        """Return the rows that the user has unticked, those that may not be ticked at present included."""
        return self._ticks.unticked(self._all) if self._ticks is not None else []

    def set_rows_unticked(self, rows: Iterable[Row], unticked: Iterable[str]) -> None:
        """Replace all rows, with those called as in `unticked` unticked and all others ticked."""
        if self._ticks is not None:
            self._ticks.untick_only(unticked)
        self.set_rows(rows)

    def tick(self, rows: Iterable[Row], *, on: bool) -> None:
        """Tick or untick those of `rows` that may be."""
        if self._ticks is None:
            return
        self._ticks.set(rows, on=on)
        if self._shown:
            last = self.index(len(self._shown) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.CheckStateRole])
        self.ticks_changed.emit()

    # What Qt asks

    def rowCount(self, parent: QModelIndex = ROOT) -> int:
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        row = self._shown[index.row()]
        if self._ticks is not None and index.column() == 0:
            return self._ticks.cell(row, role)
        if role == Qt.ItemDataRole.FontRole and self._bold is not None and self._bold(row):
            font = QGuiApplication.font()
            font.setBold(True)
            return font
        return super().data(index, role)

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Tick or untick a row."""
        if role != Qt.ItemDataRole.CheckStateRole or not self.has_ticks or index.column() != 0:
            return False
        row = self._shown[index.row()]
        if not self.may_tick(row):
            return False
        self.tick([row], on=Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Return what may be done with a cell."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if self.has_ticks and index.column() == 0 and self.may_tick(self._shown[index.row()]):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title."""
        if not self.has_ticks or section != 0 or orientation != Qt.Orientation.Horizontal:
            return super().headerData(section, orientation, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return ""
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return tr("Ticked: goes along when you send")
        return None


def _in_order(rows: list[Row], key: Callable[[Row], Any], *, descending: bool) -> list[Row]:
    """Return `rows` by their keys, nothing (None) before everything; rows with equal keys keep their order."""
    keys = [key(row) for row in rows]
    nothing = [row for row, value in zip(rows, keys, strict=True) if value is None]
    places = [at for at, value in enumerate(keys) if value is not None]
    places.sort(key=keys.__getitem__, reverse=descending)
    something = [rows[at] for at in places]
    return something + nothing if descending else nothing + something
