"""Asks for the words that Sage is to get as an invoice's description, no more than it takes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.gui.format import whole
from app.gui.text import tr


class ShortenBar(QFrame):
    """`decided` carries the new words; `asking` tells that the question appears or goes. Esc takes it back."""

    decided = Signal(str)
    asking = Signal(bool)

    def __init__(self, plural: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shorten_bar")
        self.question = QLabel()
        self.question.setObjectName(f"shorten_question_{plural}")
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.question.setWordWrap(True)
        self.text = QLineEdit()
        self.text.setObjectName(f"shorten_text_{plural}")
        self.text.setAccessibleName(tr("Description for Sage"))
        self.left = QLabel()
        self.left.setObjectName(f"shorten_left_{plural}")
        self.yes = QPushButton(tr("&Use These Words"))
        self.yes.setObjectName(f"shorten_yes_{plural}")
        self.yes.setProperty("main", True)
        self.no = QPushButton(tr("Not yet"))
        self.no.setObjectName(f"shorten_no_{plural}")
        row = QHBoxLayout()
        for widget in (self.text, self.left, self.no, self.yes):
            row.addWidget(widget, 1 if widget is self.text else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.addWidget(self.question)
        layout.addLayout(row)
        self.text.textChanged.connect(self._count)
        self.text.returnPressed.connect(self.yes.click)
        self.yes.clicked.connect(self._decide)
        self.no.clicked.connect(self.dismiss)
        self._whole = ""
        self.hide()

    def ask(self, description: str, suggested: str, room: int) -> None:
        """Show the description, and a suggestion to be changed."""
        self._whole = description
        self.question.setText(
            tr(
                "Quadient AP has: “{text}”. Sage's header takes {n} characters. Sage then gets only the words below, "
                "and the invoice is checked again with them; Quadient AP keeps its own.",
                text=description,
                n=whole(room),
            )
        )
        self._keep_whole()
        self.text.setMaxLength(room)
        self.text.setText(suggested)
        self._count(suggested)
        self.show()
        self.asking.emit(True)
        self.text.setFocus()
        self.text.selectAll()

    def dismiss(self) -> None:
        """Take the question back."""
        if not self.isHidden():
            self.hide()
            self.asking.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes the question back."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the question whole: what stands around it asks for no more height than a single line's."""
        super().resizeEvent(event)
        self._keep_whole()

    def _keep_whole(self) -> None:
        room = self.contentsRect().marginsRemoved(self.layout().contentsMargins()).width()
        self.question.setMinimumHeight(max(0, self.question.heightForWidth(room)))

    def _count(self, text: str) -> None:
        self.left.setText(tr("{n} of {room}", n=whole(len(text)), room=whole(self.text.maxLength())))
        self.yes.setEnabled(bool(text.strip()))

    def _decide(self) -> None:
        words = self.text.text().strip()
        self.dismiss()
        self.decided.emit(words)
