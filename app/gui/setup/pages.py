"""What the wizard's pages have in common, and the small parts they are made of."""

import sys
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.gui.setup.connection_test import ConnectionTest
from app.gui.setup.draft import Draft
from app.gui.text import tr


class Page(QWidget):
    """One decision. `changed` is emitted when what it asks for was changed.

    A page with a `test` is left forward only once that found nothing in the way, or, where `may_skip_test`, when the
    user says so.
    """

    changed = Signal()

    title = ""
    lead = ""
    next_words = ""
    may_skip_test = False

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.test: ConnectionTest | None = None
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)

    def show_draft(self, draft: Draft) -> None:
        """Show what is known already."""

    def fill(self, draft: Draft) -> None:
        """Put into the draft what the user has told."""

    def looks_at_once(self) -> bool:
        """Whether the test is to begin as soon as the page is shown."""
        return False

    def missing(self) -> str:
        """Say what is still to be told before the user can go on; nothing when all is."""
        return ""

    def candidates(self, draft: Draft) -> Sequence[str]:
        """Return what the test is to look at."""
        return [draft.candidate(draft.company())]

    def take_answers(self, draft: Draft) -> None:
        """Put into the draft what the test has found."""

    def add_test(self, test: ConnectionTest) -> None:
        """Put the test at the foot of the page."""
        self.test = test
        self.body.addWidget(test, 1)
        self.changed.connect(test.clear)


def form() -> QFormLayout:
    """Return an empty form whose fields take the width there is."""
    made = QFormLayout()
    made.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    made.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    made.setHorizontalSpacing(14)
    made.setVerticalSpacing(8)
    return made


def line(name: str, page: QWidget, hint: str = "") -> QLineEdit:
    """Return a field for one line; a change of it is a change of the page, which tells it by `changed`."""
    made = QLineEdit()
    made.setObjectName(name)
    made.setProperty("field", "true")
    made.setPlaceholderText(hint)
    made.textEdited.connect(page.changed)
    return made


def secret(name: str, page: Page) -> QLineEdit:
    """Return a field whose text nobody sees."""
    made = line(name, page)
    made.setEchoMode(QLineEdit.EchoMode.Password)
    return made


def hint_kept(field: QLineEdit, draft: Draft) -> None:
    """Say in a secret's field that there is one already, which stays when nothing is typed."""
    field.setPlaceholderText(tr("Unchanged; type a new one to replace it") if draft.base is not None else "")


def keyring_words() -> str:
    """Return where passwords are kept, as this computer calls it."""
    if sys.platform == "win32":
        return tr("Windows Credential Manager")
    return tr("the macOS Keychain") if sys.platform == "darwin" else tr("this computer's keyring")


def note(text: str, name: str = "") -> QLabel:
    """Return a paragraph."""
    made = QLabel(text)
    made.setObjectName(name)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made
