"""A row of controls in two parts, which stand one above the other where they have no room side by side."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

_BESIDE, _ABOVE = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class FoldingRow(QWidget):
    """`first` begins at the left, `second` ends at the right; the first of `first` takes the width that is left."""

    def __init__(self, first: Sequence[QWidget], second: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = QHBoxLayout(), QHBoxLayout()
        for part, widgets in zip(self._parts, (first, second), strict=True):
            for widget in widgets:
                part.addWidget(widget)
        self._parts[0].setStretch(0, 1)
        self._parts[1].insertStretch(0)
        self._row = QBoxLayout(_BESIDE, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for part in self._parts:
            self._row.addLayout(part)

    def minimumSizeHint(self) -> QSize:
        """Return the width that the wider part needs: the other one gives way to below it."""
        width = max(part.minimumSize().width() for part in self._parts)
        return QSize(width, super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Look anew how much room there is when the controls have other words."""
        taken = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fold()
        return taken

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold or unfold."""
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        needed = sum(part.sizeHint().width() for part in self._parts) + self._row.spacing()
        direction = _BESIDE if needed <= self.width() else _ABOVE
        if self._row.direction() is not direction:
            self._row.setDirection(direction)
