"""Words that wrap, but never within the beginning of a path of Windows; copied, the path is as it was."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu

from app.gui.text import tr

JOINER = "\u2060"  # where it stands, no line breaks
_DRIVE = re.compile(r"(?<![^\W_])([A-Za-z]:)(?=\\)")


class Unbroken(QLabel):
    """`text` is what `setText` got; it can be selected by mouse, and copied."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Say `text`."""
        super().setText(_DRIVE.sub(rf"\1{JOINER}", text))

    def text(self) -> str:
        """Return what is said, as it was given."""
        return super().text().replace(JOINER, "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies what is selected."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy what is selected."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(tr("&Copy"), self._copy)
        copy.setEnabled(self.hasSelectedText())
        menu.popup(event.globalPos())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.selectedText().replace(JOINER, ""))
