"""What a tab shows while it has nothing: a sentence, and the one next step."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.gui.icons import icon
from app.gui.text import tr

WIDEST = 640  # pixels: longer lines are hard to read


class Empty(QWidget):
    """Before the first sync `first`, after one that found nothing `nothing` ({when} in it is when that was)."""

    sync_asked = Signal()

    def __init__(self, name: str, first: str, nothing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first, self._nothing = first, nothing
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
        row = QHBoxLayout()  # aligned by itself, wrapped text would get one line's height
        row.addStretch(1)
        row.addWidget(self.words, 8)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addSpacing(8)
        layout.addWidget(self.step, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(2)

    def show_state(self, last_sync: str, *, running: bool, syncs: bool = False) -> None:
        """Say whether anything was looked for yet, and that it is where the run that goes on `syncs`."""
        begins = syncs and not last_sync
        words = self._nothing.replace("{when}", last_sync) if last_sync and self._nothing else self._first
        self.words.setText(tr("The first sync is on; what it brings appears here when it ends.") if begins else words)
        self.step.setEnabled(not running)
        self.step.setHidden(begins)
