"""What a tab shows while it has nothing: a sentence, and the one next step."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.gui.icons import icon
from app.gui.text import tr
from app.gui.widgets.quiet import Quiet

WIDEST = 640  # pixels: longer lines are hard to read


class Empty(QWidget):
    """Before the first sync `first`, after one that found nothing `nothing` ({when} in it is when that was)."""

    sync_asked = Signal()

    def __init__(self, name: str, first: str, nothing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first, self._nothing = first, nothing
        self._last_sync, self._running, self._syncs, self._readable = "", False, False, True
        self.words = QLabel(first)
        self.words.setObjectName(f"{name}_empty")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.words.setMaximumWidth(WIDEST)
        self.step = QPushButton(icon("sync"), tr("Sync Now"))
        self.step.setObjectName(f"{name}_step")
        self.step.clicked.connect(self.sync_asked)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(_in_the_middle(self.words))
        layout.addSpacing(8)
        layout.addWidget(self.step, 0, Qt.AlignmentFlag.AlignHCenter)
        self._more = QWidget()
        layout.addWidget(self._more)
        layout.addStretch(2)

    def offer(self, words: str, button: QPushButton) -> None:
        """Show below the next step what else may be done, with when it is wanted."""
        said = Quiet(f"{button.objectName()}_words")
        said.setText(words)
        said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        said.setMaximumWidth(WIDEST)
        below = QVBoxLayout(self._more)
        below.setContentsMargins(0, 24, 0, 0)
        below.addLayout(_in_the_middle(said))
        below.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    def show_state(self, last_sync: str, *, running: bool, syncs: bool = False) -> None:
        """Say whether anything was looked for yet, and that it is where the run that goes on `syncs`."""
        self._last_sync, self._running, self._syncs = last_sync, running, syncs
        self._say()

    def say_nothing(self, words: str) -> None:
        """Say these words from now on after a sync that found nothing."""
        self._nothing = words
        self._say()

    def show_readable(self, readable: bool) -> None:
        """Say that what AP Bridge knows cannot be read, or no longer; the foot of the window tells what to do."""
        if readable != self._readable:
            self._readable = readable
            self._say()

    def _say(self) -> None:
        begins = self._syncs and not self._last_sync
        words = self._first
        if not self._readable:
            words = tr("What AP Bridge knows of this company cannot be read. See below why, and what to do.")
        elif begins:
            words = tr("The first sync is on; what it brings appears here when it ends.")
        elif self._last_sync and self._nothing:
            words = self._nothing.replace("{when}", self._last_sync)
        self.words.setText(words)
        self.step.setEnabled(not self._running)
        self.step.setHidden(begins or not self._readable)
        self._more.setHidden(not self._readable)


def _in_the_middle(words: QLabel) -> QHBoxLayout:
    row = QHBoxLayout()  # aligned by itself, wrapped text would get one line's height
    row.addStretch(1)
    row.addWidget(words, 8)
    row.addStretch(1)
    return row
