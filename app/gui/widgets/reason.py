"""The line under a table that says in full what its cells had no room for."""

from bisect import bisect

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.gui.text import tr


class Reason(QLabel):
    """Wrapped text that can be selected; it takes no room while there is none.

    What does not fit into `lines` ends in “…”, and the tooltip holds all of it.
    """

    def __init__(self, name: str, lines: int | None = None) -> None:
        super().__init__()
        self._lines = lines
        self._whole = ""
        self.setObjectName(name)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setContentsMargins(8, 2, 8, 2)
        self.hide()

    def sizeHint(self) -> QSize:
        """Return as much height as the text takes at this width: what Qt guesses leaves gaps."""
        hint = super().sizeHint()
        return QSize(hint.width(), self.heightForWidth(self.width())) if self.text() else hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for another height at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()
            self.updateGeometry()

    def say(self, *sentences: str) -> None:
        """Show the sentences, one after the other; nothing hides the line."""
        self._show(" ".join(sentence for sentence in sentences if sentence))

    def say_lines(self, *lines: tuple[str, str]) -> None:
        """Show each name with its text on a line of its own; empty texts are left out."""
        self._show("\n".join(tr("{name}: {text}", name=name, text=text) for name, text in lines if text))

    def _show(self, text: str) -> None:
        self._whole = text
        self._fit()
        self.setVisible(bool(text))

    def _fit(self) -> None:
        text = self._whole
        if self._lines is not None and not self._fits(text):
            kept = bisect(range(len(text)), x=False, key=lambda length: not self._fits(f"{text[:length]}…"))
            text = f"{text[: max(0, kept - 1)].rstrip()}…"
        self.setText(text)
        self.setAccessibleName(self._whole)
        self.setToolTip(self._whole if text != self._whole else "")

    def _fits(self, text: str) -> bool:
        margins = self.contentsMargins()
        room = QRect(0, 0, max(1, self.width() - margins.left() - margins.right()), 0)
        height = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()
        return self._lines is None or height <= self._lines * self.fontMetrics().lineSpacing()
