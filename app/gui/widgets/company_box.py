"""Whose books are shown: the company's name, and where there are several, a menu to choose another."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget

from app.gui.style import scaled_font
from app.gui.text import counted, tr
from app.gui.widgets.elided import Elided, ElidedButton


@dataclass(frozen=True, slots=True)
class Choice:
    """A company to choose: `needs` counts what needs the user, `running` that a run works on it."""

    code: str
    name: str
    needs: int
    running: bool = False


class CompanyBox(QWidget):
    """`wanted` is emitted before the menu opens, so that `offer` may fill it; `chosen` carries a company's code."""

    wanted = Signal()
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = Elided("company_name")
        self.name.setFont(scaled_font(self, 1.35, bold=True))
        self.button = ElidedButton("company_button", tr("Choose the company whose books are shown (Ctrl+B)"))
        self.button.setFlat(True)
        self.button.setFont(self.name.font())
        self.menu = QMenu(self)
        self.menu.setObjectName("company_menu")
        self.menu.aboutToShow.connect(self.wanted)
        self.button.setMenu(self.menu)
        self.demo = QLabel()
        self.demo.setObjectName("demo_badge")
        self.demo.setText(tr("Demo"))
        self.demo.setAccessibleName(tr("This is the demo company"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.name)
        row.addWidget(self.button)
        row.addWidget(self.demo, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)

    def text(self) -> str:
        """Return what the company is called."""
        return self.name.text()

    def show_company(self, name: str, code: str, *, demo: bool, several: bool) -> None:
        """Show a company's name; with `several`, as a button that lets another be chosen."""
        self.name.setText(company_words(name, code))
        self.name.setVisible(not several)
        self.button.setText(company_words(name, code).replace("&", "&&"))
        self.button.setShortcut(QKeySequence("Ctrl+B"))  # a new text takes the old one away
        self.button.setAccessibleName(tr("Company {company}; press to choose another", company=self.text()))
        self.button.setVisible(several)
        self.demo.setVisible(demo)

    def least(self, room: int) -> int:
        """Return the width for all of the name, or `room` where that is less; never less than for its beginning."""
        return max(super().minimumSizeHint().width(), min(self.sizeHint().width(), room))

    def offer(self, choices: Sequence[Choice], shown: str) -> None:
        """Fill the menu; `shown` is the code of the company in front."""
        self.menu.clear()
        group = QActionGroup(self.menu)
        for choice in choices:
            words = company_words(choice.name, choice.code).replace("&", "&&")
            badge = counted(choice.needs, "{n} needs you", "{n} need you") if choice.needs else ""
            if choice.running:
                badge = tr("running")
            # What follows a tab stands in a column of its own, at the right.
            action = self.menu.addAction(f"{words}\t{badge}" if badge else words)
            action.setObjectName(f"company_{choice.code}")
            action.setActionGroup(group)
            action.setCheckable(True)
            action.setChecked(choice.code == shown)
            action.triggered.connect(lambda _=False, code=choice.code: self.chosen.emit(code))


def company_words(name: str, code: str) -> str:
    """Return what people call a company: its name, and its code in Sage."""
    return f"{name} ({code})" if name and name != code else code
