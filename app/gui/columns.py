"""What every table model shares: columns of text, and what Qt asks of their cells and titles."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QColor, QGuiApplication

from app.engine.views import Views
from app.gui.icons import icon
from app.gui.style import negative_colour, quiet_colour

Row = TypeVar("Row")
ROOT = QModelIndex()
Rows: TypeAlias = Callable[[Views], Iterable[Row]]
"""Reads rows through the views it is given."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: `key` sorts (default: the text), `tone` is "negative", "quiet" or empty, `width` in characters.

    The texts of a `long` one give way where there is no room; all others are to be seen whole. One of them may take
    the width that the others leave `up_to` so many characters; what is left is the last one's. `saved` is what a file
    gets where neither text nor `key` tell it all.
    """

    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], Any] | None = None
    right: bool = False
    tone: Callable[[Row], str] | None = None
    icon: Callable[[Row], str] | None = None
    width: int = 12
    long: bool = False
    saved: Callable[[Row], Any] | None = None
    up_to: int = 0


class ColumnsModel(QAbstractTableModel, Generic[Row]):
    """Rows of any kind under columns; `identity` names a row for good: the current row outlives a refresh by it."""

    def __init__(
        self, columns: Sequence[Column[Row]], identity: Callable[[Row], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.identity = identity

    @property
    def has_ticks(self) -> bool:
        """Whether the first column is for ticks."""
        return False

    def row(self, index: QModelIndex | int) -> Row:
        """Return the row shown at `index`."""
        raise NotImplementedError

    def each(self, places: Sequence[int]) -> Iterator[Row]:
        """Yield the rows shown at `places`, as they are now: what is shown may change in between.

        Raises:
            BridgeError: when a row cannot be read.
        """
        raise NotImplementedError

    def reading(self) -> Rows[Row]:
        """Return what reads all rows that are shown now, in any thread that has views of its own."""
        raise NotImplementedError

    @property
    def in_all(self) -> int:
        """How many rows there are, shown or not."""
        raise NotImplementedError

    def names(self, start: int, stop: int) -> list[str]:
        """Return what the rows are called that are shown from `start` to before `stop`, as far as there are any."""
        raise NotImplementedError

    def places(self, names: Iterable[str]) -> dict[str, int]:
        """Return where those of the rows called `names` are shown that are shown."""
        raise NotImplementedError

    def set_filter(self, text: str) -> None:
        """Show only rows that hold every word of `text` in some column."""
        raise NotImplementedError

    def position(self, identity: str) -> int | None:
        """Return where the row called `identity` is shown, or None when it is not."""
        return self.places([identity]).get(identity)

    def may_tick(self, row: Row) -> bool:  # noqa: ARG002
        """Whether the row may be ticked."""
        return False

    def is_ticked(self, row: Row) -> bool:  # noqa: ARG002
        """Whether the row is ticked."""
        return False

    def tick(self, rows: Iterable[Row], *, on: bool) -> None:
        """Tick or untick those of `rows` that may be."""

    def columnCount(self, parent: QModelIndex = ROOT) -> int:
        """Return how many columns there are, that of the ticks included."""
        return 0 if parent.isValid() else len(self.columns) + self.has_ticks

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        return _cell(self.column(index.column()), self.row(index), role) if index.isValid() else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.column(section).title
        return _side(self.column(section)) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def column(self, number: int) -> Column[Row]:
        """Return the column that stands at `number`, where that of the ticks counts."""
        return self.columns[number - self.has_ticks]


def _cell(column: Column[Row], row: Row, role: int) -> Any:
    """Return what Qt asks of a cell with text."""
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
        return column.text(row)
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return _side(column)
    if role == Qt.ItemDataRole.DecorationRole and column.icon is not None:
        name = column.icon(row)
        return icon(name) if name else None
    if role == Qt.ItemDataRole.ForegroundRole and column.tone is not None:
        return _colour(column.tone(row))
    return None


def _side(column: Column[Row]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _colour(tone: str) -> QColor | None:
    palette = QGuiApplication.palette()
    if tone == "negative":
        return negative_colour(palette)
    return quiet_colour(palette) if tone == "quiet" else None
