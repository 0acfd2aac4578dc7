"""The line under a table that says in full what its cells had no room for."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.gui.text import tr


class Reason(QLabel):
    """Wrapped text that can be selected; it takes no room while there is none."""

    def __init__(self, name: str) -> None:
        super().__init__()
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
            self.updateGeometry()

    def say(self, *sentences: str) -> None:
        """Show the sentences, one after the other; nothing hides the line."""
        self._show(" ".join(sentence for sentence in sentences if sentence))

    def say_lines(self, *lines: tuple[str, str]) -> None:
        """Show each name with its text on a line of its own; empty texts are left out."""
        self._show("\n".join(tr("{name}: {text}", name=name, text=text) for name, text in lines if text))

    def _show(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))
