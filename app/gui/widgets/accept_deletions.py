"""The answer to the question whether much that Sage has no more was really deleted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.gui.text import tr
from app.gui.widgets.able import able
from app.gui.widgets.confirm_bar import ConfirmBar

CODE = "many-deletions"


class AcceptDeletions(QWidget):
    """A button that asks once more; `accepted` comes when it was so."""

    accepted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.button = QPushButton(tr("They Were &Deleted…"))
        self.button.setObjectName("accept_deletions")
        self.button.setToolTip(tr("Sync again, and make them inactive in Quadient AP"))
        self.button.clicked.connect(self._ask)
        self.confirm = ConfirmBar(picture="warning", answer="confirm_deletions")
        self.confirm.confirmed.connect(self.accepted)
        self.confirm.asking.connect(self.button.setHidden)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.confirm)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_code(self, code: str) -> None:
        """Offer the answer where `code` tells of the question; an open one is taken back."""
        self.confirm.dismiss()
        self.setVisible(code == CODE)

    def set_running(self, running: bool) -> None:
        """Decide nothing while a run goes on."""
        self.confirm.dismiss()
        able(self.button, not running)

    def _ask(self) -> None:
        question = tr(
            "Sync everything again, and make what Sage has no more inactive in Quadient AP? It is for all lists, and "
            "nothing is deleted there."
        )
        self.confirm.ask(question, tr("Sync, and &Make Inactive"))
