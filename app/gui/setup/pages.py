"""What the wizard's pages have in common, and the small parts they are made of."""

import sys
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.gui.setup.connection_test import AT_THE_FIELDS, ConnectionTest
from app.gui.setup.draft import Draft
from app.gui.text import tr

POINT_INDENT = 16  # pixels from a point's mark to its words


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
        test.fixes = AT_THE_FIELDS
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


class SecretRow(QWidget):
    """A secret's field and the button that shows what was typed; it is hidden again with the page."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__()
        self._field = field
        self.button = QPushButton(tr("S&how"))
        self.button.setObjectName(f"{field.objectName()}_show")
        self.button.setCheckable(True)
        self.button.setAutoDefault(False)
        self.button.setToolTip(tr("Show what was typed"))
        self.button.setAccessibleName(tr("Show what was typed"))
        self.button.toggled.connect(self._show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(field, 1)
        row.addWidget(self.button)

    def hideEvent(self, event: QHideEvent) -> None:
        """Hide the secret."""
        self.button.setChecked(False)
        super().hideEvent(event)

    def _show(self, shown: bool) -> None:
        modes = QLineEdit.EchoMode
        self._field.setEchoMode(modes.Normal if shown else modes.Password)
        self.button.setText(tr("&Hide") if shown else tr("S&how"))


def add_secret(fields: QFormLayout, words: str, field: QLineEdit) -> SecretRow:
    """Add a secret's field to a form, with the button that shows it."""
    row = SecretRow(field)
    fields.addRow(words, row)
    lead_to(field, fields.labelForField(row))
    return row


def lead_to(field: QWidget, label: QLabel) -> None:
    """Let a label that stands outside of its field's own row lead to the field, and be its name for screen readers."""
    label.setBuddy(field)
    field.setAccessibleName(label.text().replace("&", ""))


def where_kept() -> QLabel:
    """Return the paragraph that says where passwords go."""
    return note(tr("Passwords are kept in {keyring} and nowhere else.", keyring=keyring_words()), "where_kept")


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


class Points(QLabel):
    """A paragraph, or a list whose further lines stand under the words of their point, not under its mark."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)

    def say(self, *points: str) -> None:
        """Say one thing, or each of several at a mark of its own."""
        said = [escape(point, quote=False) for point in points]
        items = "".join(f'<li style="margin-left: {POINT_INDENT}px">{point}</li>' for point in said)
        self.setText(f'<ul style="margin: 0; -qt-list-indent: 0">{items}</ul>' if len(said) > 1 else "".join(said))
