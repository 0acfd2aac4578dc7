"""A line of text that gives way where there is no room: it ends in “…”, and its tooltip holds all of it."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

SHORTEST = 6  # characters that are always shown


class Elided(QLabel):
    """Shows as much of its text as there is room for."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Return the room for the first few characters."""
        wanted = super().minimumSizeHint()
        return QSize(min(wanted.width(), self.fontMetrics().averageCharWidth() * SHORTEST), wanted.height())

    @property
    def gives_way(self) -> bool:
        """Whether not all of its text is seen."""
        return self._shown() != self.text()

    def event(self, event: QEvent) -> bool:
        """Hold all of the text in the tooltip, where not all of it is seen."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self.text() if self.gives_way else "")
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # all of it is painted
        """Draw what there is room for."""
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            int(self.alignment() | Qt.AlignmentFlag.AlignVCenter),
            self.palette(),
            self.isEnabled(),
            self._shown(),
            self.foregroundRole(),
        )

    def _shown(self) -> str:
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())
