"""Text on one line that gives way where there is no room: it ends in “…”, and its tooltip holds all of it."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

SHORTEST = 6  # characters that are always shown


class Elided(QLabel):
    """Shows as much of its text as there is room for; instead of all of it, what `setText` got to say it shorter."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._shorter = ""
        self._short = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def setText(self, text: str, shorter: str = "") -> None:
        """Say `text`, or `shorter`, which is then said in full, where there is no room for it."""
        self._shorter = shorter
        super().setText(text)

    def shorten(self, short: bool) -> None:
        """Want no more room than for what says it shorter, or for all of it."""
        if short != self._short:
            self._short = short
            self.updateGeometry()

    @property
    def whole(self) -> int:
        """The width of all of its text."""
        return super().sizeHint().width()

    def sizeHint(self) -> QSize:
        """Return the room for all of its text, unless it is to be short."""
        return self.minimumSizeHint() if self._short else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the room for the first few characters, or for what says it shorter."""
        wanted = super().minimumSizeHint()
        least = self.fontMetrics().averageCharWidth() * SHORTEST
        if self._shorter:
            least = self.fontMetrics().horizontalAdvance(self._shorter) + 1  # Qt rounds
        return QSize(min(wanted.width(), least), wanted.height())

    @property
    def gives_way(self) -> bool:
        """Whether not all of its text is seen."""
        return self.shown != self.text()

    @property
    def shown(self) -> str:
        """What is seen of it."""
        whole = self._fitted(self.text())
        return whole if whole == self.text() or not self._shorter else self._fitted(self._shorter)

    def _fitted(self, text: str) -> str:
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self.contentsRect().width())

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
            self.shown,
            self.foregroundRole(),
        )


class ElidedButton(QPushButton):
    """Shows as much of its text as there is room for; `tip` is what its tooltip says besides."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._tip = tip
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Return the room for the first few characters and what stands around them."""
        wanted = self.sizeHint()
        given_up = self._advance(self.text()) - self.fontMetrics().averageCharWidth() * SHORTEST
        return QSize(wanted.width() - max(0, given_up), wanted.height())

    @property
    def gives_way(self) -> bool:
        """Whether not all of its text is seen."""
        return self.shown != self.text()

    @property
    def shown(self) -> str:
        """What is seen of it."""
        room = self.width() - (self.sizeHint().width() - self._advance(self.text()))
        if room >= self._advance(self.text()):  # Qt counts in parts of a pixel, and would cut what just fits
            return self.text()
        whole = self.text().replace("&&", "&")
        return self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, room).replace("&", "&&")

    def event(self, event: QEvent) -> bool:
        """Hold all of the text in the tooltip, where not all of it is seen."""
        if event.type() == QEvent.Type.ToolTip:
            whole = self.text().replace("&&", "&")
            self.setToolTip(f"{whole}\n{self._tip}" if self.gives_way else self._tip)
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # all of it is painted
        """Draw the button with what there is room for."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self.shown
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def _advance(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text.replace("&&", "&"))
