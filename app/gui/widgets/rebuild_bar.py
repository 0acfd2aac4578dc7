"""Asks before AP Bridge makes again what it knew: says what is read, that nothing is changed, how long it takes."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.gui.text import counted, tr
from app.gui.widgets.confirm_bar import ConfirmBar

DAMAGED = "store-damaged"
# What a rebuild helps against, by the code with which it is told.
HELPED = (DAMAGED, "legal-entity-changed", "sage-not-looked-into")


class RebuildBar(ConfirmBar):
    """The question about the store of one company, or about a damaged one, which is that of all companies."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, picture="warning", answer="confirm_rebuild")
        self.damaged = False

    def ask_about(self, company: str, companies: int, *, damaged: bool, lost: bool) -> None:
        """Ask; `company`, or as many `companies`, is made again, of a `damaged` store, or of an empty one (`lost`)."""
        self.damaged = damaged
        question = counted(
            companies,
            "Make again what AP Bridge knew of {company}?",
            "Make again what AP Bridge knew of all {n} companies, one after the other?",
            company=company,
        )
        what = tr(
            "It reads what Quadient AP has, and looks in Sage for each exported invoice and payment; nothing is "
            "changed in either. It takes about as long as a first sync, and can be cancelled."
        )
        kept = tr("The damaged file is kept.") if damaged else tr("What is known now is kept as a copy.")
        self.ask(
            " ".join((question, what) if lost else (question, what, kept)),
            counted(companies, "&Rebuild", "&Rebuild {n} Companies"),
        )


class RebuildButton(QPushButton):
    """“Rebuild…”, which only asks."""

    asked = Signal()

    def __init__(self, name: str, words: str) -> None:
        super().__init__(words)
        self.setObjectName(name)
        self.setToolTip(tr("Make again what AP Bridge knew, from what Quadient AP and Sage have"))
        self.clicked.connect(self.asked)
