"""The settings dialog's frame: the list of pages, the page beside it, and the buttons below."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.gui.help.link import LearnMore
from app.gui.room import resize_within_screen
from app.gui.setup.pages import note
from app.gui.style import scaled_font
from app.gui.text import tr
from app.gui.widgets.scrolling import scrolling

SIZE = QSize(860, 600)
PAGES_WIDTH = 200


class SettingsFrame(QDialog):
    """The `list` of pages, the `stack` of them with the `company` they are about, `trouble`, and the buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setObjectName("settings_pages")
        self.list.setAccessibleName(tr("Settings"))
        self.list.setFixedWidth(PAGES_WIDTH)
        self.list.setSpacing(3)
        self.stack = QStackedWidget()
        self.heading = QLabel()
        self.heading.setObjectName("settings_heading")
        self.heading.setFont(scaled_font(self, 1.3, bold=True))
        self.company = QComboBox()
        self.company.setObjectName("settings_company")
        self.company.setAccessibleName(tr("Company"))
        self.trouble = note("", "settings_trouble")
        self.learn_more = LearnMore("settings_learn_more")
        self.again = _button("settings_again", tr("&Look again"))
        self.ok = _button("settings_ok", tr("OK"))
        self.ok.setDefault(True)
        self.apply_button = _button("settings_apply", tr("Appl&y"))
        self.cancel = _button("settings_cancel", tr("Cancel"))
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.company)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addLayout(top)
        right.addWidget(self.stack, 1)
        middle = QHBoxLayout()
        middle.setSpacing(18)
        middle.addWidget(self.list)
        middle.addLayout(right, 1)
        feet = QHBoxLayout()
        feet.addWidget(self.again)
        feet.addStretch(1)
        for button in (self.ok, self.cancel, self.apply_button):
            feet.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 14)
        layout.setSpacing(10)
        layout.addLayout(middle, 1)
        layout.addWidget(self.trouble)
        layout.addWidget(self.learn_more)
        layout.addLayout(feet)
        resize_within_screen(self, SIZE)

    def say_trouble(self, sentence: str = "", code: str = "") -> None:
        """Say at the foot what stands in the way, with the way to the help; without a sentence, that nothing does."""
        self.trouble.setText(sentence[:1].upper() + sentence[1:])
        self.learn_more.show_code(code)

    def add_page(self, title: str, page: QWidget) -> None:
        """Take a page in; what has no room scrolls."""
        self.list.addItem(title)
        self.stack.addWidget(scrolling(page))


def _button(name: str, words: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button
