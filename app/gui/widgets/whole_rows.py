"""Room for a table that ends with a whole row."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QTableView, QWidget


class WholeRows(QWidget):
    """Takes the height that is left, `least` pixels or more; what is too little for a row of `table` stays empty."""

    def __init__(self, table: QTableView, least: int) -> None:
        super().__init__()
        self._table = table
        table.setParent(self)
        self.setMinimumHeight(least)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        table.horizontalHeader().installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look anew how many rows there is room for."""
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look anew when the titles are higher, or gone."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        header, row = self._table.horizontalHeader(), self._table.verticalHeader().defaultSectionSize()
        around = 2 * self._table.frameWidth() + (0 if header.isHidden() else header.height())
        rows = max(0, self.height() - around) // row
        self._table.setGeometry(0, 0, self.width(), around + rows * row)
