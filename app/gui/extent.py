"""Says what a table shows of what there is: how many rows of how many, what narrows them, and what orders them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt

from app.gui.text import tr
from app.gui.widgets.table_view import TableView


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
