"""The wizard's frame: a heading over the page, and the buttons under it."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.gui.help.link import LearnMore
from app.gui.room import resize_within_screen
from app.gui.setup.pages import Page, note
from app.gui.style import scaled_font
from app.gui.text import tr
from app.gui.widgets.scrolling import scrolling

SIZE = QSize(760, 600)


class WizardFrame(QDialog):
    """Heading, step and lead above the `stack` of pages; below it a hint, and Cancel, Back, Go on anyway, Next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = QLabel()
        self.heading.setObjectName("wizard_heading")
        self.heading.setFont(scaled_font(self, 1.4, bold=True))
        self.heading.setWordWrap(True)
        self.step = QLabel()
        self.step.setObjectName("wizard_step")
        self.lead = note("", "wizard_lead")
        self.hint = note("", "wizard_hint")
        self.learn_more = LearnMore("wizard_learn_more")
        self.pages: list[Page] = []
        self.stack = QStackedWidget()
        self.cancel = _button("wizard_cancel", tr("Cancel"))
        self.back = _button("wizard_back", tr("&Back"))
        self.anyway = _button("wizard_anyway", tr("Go on an&yway"))
        self.next = _button("wizard_next", tr("&Next"))
        self.next.setDefault(True)
        self.next.setProperty("main", "true")
        rule = QFrame()
        rule.setFrameShape(QFrame.Shape.HLine)
        rule.setFrameShadow(QFrame.Shadow.Sunken)
        feet = QHBoxLayout()
        feet.addWidget(self.cancel)
        feet.addStretch(1)
        for button in (self.back, self.anyway, self.next):
            feet.addWidget(button)
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.step, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addWidget(self.lead)
        layout.addSpacing(4)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.hint)
        layout.addWidget(self.learn_more)
        layout.addWidget(rule)
        layout.addLayout(feet)
        resize_within_screen(self, SIZE)

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.pages[self.stack.currentIndex()]

    def add_page(self, page: Page) -> None:
        """Take a page in; what has no room scrolls."""
        self.pages.append(page)
        self.stack.addWidget(scrolling(page))

    def show_page(self, page: Page, step: str) -> None:
        """Bring a page to the front; `step` says how far the user is."""
        self.stack.setCurrentIndex(self.pages.index(page))
        self.heading.setText(page.title)
        self.lead.setText(page.lead)
        self.step.setText(step)

    def say_hint(self, text: str = "", code: str = "") -> None:
        """Say above the buttons what stands in the way, with the way to the help where `code` has one."""
        self.hint.setText(text)
        self.learn_more.show_code(code)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's own cross is Cancel."""
        event.ignore()
        self.reject()


def ask_to_leave(wizard: QDialog, leave: Callable[[], None]) -> None:
    """Ask whether what was typed may be thrown away; `leave` is called when it may."""
    question = QMessageBox(wizard)
    question.setObjectName("leave_question")
    question.setIcon(QMessageBox.Icon.Question)
    question.setWindowTitle(wizard.windowTitle())
    question.setText(tr("Leave without saving?"))
    question.setInformativeText(tr("What you typed is thrown away, passwords too. Nothing is kept."))
    yes = question.addButton(tr("&Leave"), QMessageBox.ButtonRole.DestructiveRole)
    yes.setObjectName("leave")
    stay = question.addButton(tr("&Stay"), QMessageBox.ButtonRole.RejectRole)
    question.setDefaultButton(stay)
    question.setEscapeButton(stay)
    question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    yes.clicked.connect(leave)
    question.open()


def _button(name: str, words: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button
