"""One column of a table takes the width that the others leave, up to a bound, until a person sets widths."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QTableView


class Filling(QObject):
    """Keeps `section` of `table` as wide as there is room, up to `most` pixels, and the others as wide as `wanted`.

    What is left after that is the last one's. While that one goes first, it takes up to `most` more before `section`
    does, and the others are but as wide as in `least`. Once it is `by_hand`, all stay as they were left.
    """

    def __init__(self, table: QTableView, section: int, wanted: Sequence[int], least: Sequence[int], most: int) -> None:
        super().__init__(table)
        self.by_hand = False
        self._table, self._section, self._wanted, self._least = table, section, tuple(wanted), tuple(least)
        self._most = most
        self._last_first = False
        self._at_work = False
        table.horizontalHeader().sectionResized.connect(self._note)
        table.viewport().installEventFilter(self)

    def put_last_first(self, on: bool) -> None:
        """Leave the last column what room there is, or `section` again."""
        self._last_first = on
        self._fill()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the table's size."""
        if event.type() == QEvent.Type.Resize:
            self._fill()
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        if self.by_hand:
            return
        widths = [*(self._least if self._last_first else self._wanted)]
        spare = self._table.viewport().width() - sum(widths)
        if self._last_first:
            spare -= self._most
        widths[self._section] += max(0, min(spare, self._most - widths[self._section]))
        self._at_work = True
        for section, width in enumerate(widths):
            if not self._is_last(section):
                self._table.setColumnWidth(section, width)
        self._at_work = False

    def _is_last(self, section: int) -> bool:
        """Tell whether a column is the one that is stretched."""
        header = self._table.horizontalHeader()
        return header.visualIndex(section) == header.count() - 1

    def _note(self, section: int) -> None:
        self.by_hand |= not self._at_work and not self._is_last(section)
