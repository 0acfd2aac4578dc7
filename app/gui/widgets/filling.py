"""One column of a table takes the width that the others leave, up to a bound, until a person sets widths."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QTableView


class Filling(QObject):
    """Keeps `section` of `table` as wide as there is room, up to `most` pixels, and the others as wide as `wanted`.

    What is left after that is the last one's. Once it is `by_hand`, all stay as they were left.
    """

    def __init__(self, table: QTableView, section: int, wanted: Sequence[int], most: int) -> None:
        super().__init__(table)
        self.by_hand = False
        self._table, self._section, self._wanted = table, section, tuple(wanted)
        self._most = most
        self._at_work = False
        table.horizontalHeader().sectionResized.connect(self._note)
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the table's size."""
        if event.type() == QEvent.Type.Resize and not self.by_hand:
            least = self._wanted[self._section]
            room = self._table.viewport().width() - sum(self._wanted) + least
            self._at_work = True
            self._table.setColumnWidth(self._section, max(least, min(room, self._most)))
            self._at_work = False
        return super().eventFilter(watched, event)

    def _note(self, section: int) -> None:
        header = self._table.horizontalHeader()
        by_itself = header.visualIndex(section) == header.count() - 1  # the last one is stretched
        self.by_hand |= not self._at_work and not by_itself
