"""A heading that unfolds what few people need."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget


class Fold(QWidget):
    """A heading to click, or to press with the space bar; `inside` is shown while it is open."""

    def __init__(self, name: str, words: str, inside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.inside = inside
        self.head = QToolButton()
        self.head.setObjectName(name)
        self.head.setText(words)
        self.head.setCheckable(True)
        self.head.setAutoRaise(True)
        self.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(inside)
        self.head.toggled.connect(self.open)
        self.open(False)

    def open(self, wanted: bool = True) -> None:
        """Show what is inside, or hide it."""
        self.head.setChecked(wanted)
        self.head.setArrowType(Qt.ArrowType.DownArrow if wanted else Qt.ArrowType.RightArrow)
        self.inside.setVisible(wanted)
