"""Says what a table shows of what there is: how many rows of how many, what narrows them, and what orders them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtCore import Qt

from app.gui.columns import Column, ColumnsModel, Rows
from app.gui.format import whole
from app.gui.text import counted, tr
from app.gui.widgets.table_view import TableView


class Tabular(Protocol):
    """A table, or a picture with the numbers that it shows."""

    @property
    def table(self) -> ColumnsModel[Any]:
        """Its rows."""

    def accessibleName(self) -> str:
        """Return what people hear it called."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The rows of a table to be saved: `number` of `in_all`, called `title`; `how` narrows and orders them, in words.

    `rows` reads them, in any thread.
    """

    title: str
    columns: Sequence[Column[Any]]
    rows: Rows[Any]
    number: int
    in_all: int
    how: str = ""

    @classmethod
    def of(cls, shown: Tabular, title: str = "", *how: Sequence[str]) -> "Extract":
        """Return what `shown` shows now; it is called `title`, or as people hear it called."""
        order = order_words(shown) if isinstance(shown, TableView) else ()
        model = shown.table
        return cls(
            title or shown.accessibleName(),
            model.columns,
            model.reading(),
            model.rowCount(),
            model.in_all,
            how_words(*how, order),
        )

    @property
    def words(self) -> str:
        """Say how many rows these are, of how many, and how it came to be those."""
        if not self.how:
            return counted(self.number, "{n} row, as the table shows it.", "{n} rows, as the table shows them.")
        said = tr("{n} of {all} shown: {how}", n=whole(self.number), all=whole(self.in_all), how=self.how)
        return f"{said}."


def filter_words(text: str) -> list[str]:
    """Return what a filter leaves, as one of the things that narrow a table; nothing where nothing is typed."""
    return [tr("filter “{text}”", text=" ".join(text.split()))] if text.strip() else []


def order_words(table: TableView) -> list[str]:
    """Return what `table` is sorted by, as its user chose it; nothing where it has its own order."""
    header = table.horizontalHeader()
    section = header.sortIndicatorSection()
    if not table.isSortingEnabled() or not 0 <= section < header.count():
        return []
    title = table.table.headerData(section, Qt.Orientation.Horizontal) or tr("ticked or not")
    if header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder:
        return [tr("sorted by {column}, descending", column=title)]
    return [tr("sorted by {column}", column=title)]


def how_words(*parts: Sequence[str]) -> str:
    """Return what narrows and orders a table, in one line."""
    return ", ".join(words for part in parts for words in part)
