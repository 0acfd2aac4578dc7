"""The line at the foot that says why what the tabs show is not fresh, with one next step; hidden while it is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.gui.help.link import LearnMore
from app.gui.icons import icon
from app.gui.state import Case, TabState, step_words
from app.gui.text import tr

ICON_SIZE = 16


class StateStrip(QWidget):
    """`step_asked` carries the TabState whose button was clicked."""

    step_asked = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        self.words = QLabel()
        self.words.setObjectName(f"{name}_state")
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.learn_more = LearnMore(f"{name}_state_learn_more")
        self.step = QPushButton()
        self.step.setObjectName(f"{name}_state_step")
        self.step.clicked.connect(lambda: self.step_asked.emit(self.state))
        self.state = TabState(Case.FRESH)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._picture)
        row.addWidget(self.words, 1)
        row.addWidget(self.learn_more)
        row.addWidget(self.step)
        self.hide()

    def show_state(self, state: TabState) -> None:
        """Hold a state; whether there is room to show it is for the foot to say."""
        self.state = state
        self.words.setText(state.words)
        self.setAccessibleName(tr("How fresh this is: {words}", words=state.words) if state.words else "")
        self.learn_more.show_code(state.code)
        self.step.setText(step_words(state.step))
        self.step.setVisible(bool(state.step))
        self._picture.setVisible(bool(state.picture))
        if state.picture:
            self._picture.setPixmap(icon(state.picture).pixmap(ICON_SIZE, ICON_SIZE))
