"""The box in which a few letters narrow a table; Esc empties it."""

from typing import Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.gui.text import tr

PAUSE_MS = 120  # after the last key: what the window searches itself is not searched for every letter


class Narrowed(Protocol):
    """What a filter narrows: a table, or more than one."""

    def set_filter(self, text: str) -> None:
        """Show only what holds every word of `text`."""


class FilterBox(QLineEdit):
    """Filters `model` as the user types: `at_once`, where that makes nobody wait, else after a pause.

    `applied` is what `model` was given last, which may be less than what is typed.
    """

    def __init__(self, name: str, model: Narrowed, parent: QWidget | None = None, *, at_once: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setPlaceholderText(tr("Filter (Ctrl+F)"))
        self.setAccessibleName(tr("Filter"))
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(90)
        self._model = model
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._at_once = at_once
        self.applied = ""
        self._pause.timeout.connect(self._apply)
        self.textChanged.connect(self._typed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties the box."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def _typed(self, text: str) -> None:
        if text and not self._at_once:
            self._pause.start()
        else:
            self._pause.stop()
            self._apply()

    def _apply(self) -> None:
        self.applied = self.text()
        self._model.set_filter(self.applied)
