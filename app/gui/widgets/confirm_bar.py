"""The one question before anything changes in Sage, asked in the window itself."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.gui.icons import icon
from app.gui.text import tr

ICON_SIZE = 18


class ConfirmBar(QFrame):
    """Asks; `confirmed` comes only from its own button; `asking` tells that it appears or goes."""

    confirmed = Signal()
    asking = Signal(bool)

    def __init__(self, parent: QWidget | None = None, *, picture: str = "send", answer: str = "confirm_send") -> None:
        super().__init__(parent)
        self.setObjectName("confirm_bar")
        shown = QLabel()
        shown.setPixmap(icon(picture).pixmap(ICON_SIZE, ICON_SIZE))
        self.question = QLabel()
        self.question.setObjectName("confirm_question")
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.question.setWordWrap(True)
        self.yes = QPushButton()
        self.yes.setObjectName(answer)
        self.yes.setProperty("main", True)
        self.yes.clicked.connect(self._confirm)
        self.no = QPushButton(tr("Not yet"))
        self.no.setObjectName("confirm_no")
        self.no.clicked.connect(self._refuse)
        self._asker: QWidget | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(shown)
        row.addWidget(self.question, 1)
        row.addWidget(self.no)
        row.addWidget(self.yes)
        self.hide()

    def ask(self, question: str, verb: str) -> None:
        """Show the question; the focus goes to the answer that does nothing."""
        self._asker = QApplication.focusWidget()
        self.question.setText(question)
        self.yes.setText(verb)
        self.show()
        self.asking.emit(True)
        self.no.setFocus()

    def dismiss(self) -> None:
        """Take the question back."""
        if not self.isHidden():
            self.hide()
            self.asking.emit(False)

    def _refuse(self) -> None:
        self.dismiss()
        if self._asker is not None and self._asker.isVisible():
            self._asker.setFocus()  # back to where the question came from, not to whatever is next

    def _confirm(self) -> None:
        self.dismiss()
        self.confirmed.emit()
