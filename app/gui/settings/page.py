"""What the pages of the settings dialog have in common, and the parts they are made of."""

from dataclasses import replace
from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QCheckBox, QDateEdit, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.gui.setup.pages import note
from app.settings import CompanySettings, Settings


class SettingsPage(QWidget):
    """One subject. It is loaded from settings, says what is wrong, and returns settings with its own part set.

    `changed` is emitted when the user has changed something.
    """

    changed = Signal()

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.title = title
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(10)

    def load(self, settings: Settings) -> None:
        """Show what is set."""

    def problems(self) -> list[str]:
        """Say what on this page cannot be saved as it is."""
        return []

    @property
    def help_code(self) -> str:
        """What leads to the paragraph about the first of the problems."""
        return "settings-invalid"

    def store(self, settings: Settings) -> Settings:
        """Return `settings` with what stands on this page."""
        return settings


class CompanySettingsPage(SettingsPage):
    """A page about one company at a time, the one called `code`."""

    code = ""

    def load(self, settings: Settings) -> None:
        """Show what is set for the company; without one there is nothing to set."""
        company = next((each for each in settings.companies if each.code == self.code), None)
        self.setEnabled(company is not None)
        if company is not None:
            self.load_company(company)

    def store(self, settings: Settings) -> Settings:
        """Return `settings` with what stands on this page for the company, which keeps its place."""
        companies = tuple(self.store_company(each) if each.code == self.code else each for each in settings.companies)
        return replace(settings, companies=companies)

    def load_company(self, company: CompanySettings) -> None:
        """Show what is set for `company`."""
        raise NotImplementedError

    def store_company(self, company: CompanySettings) -> CompanySettings:
        """Return `company` with what stands on this page."""
        raise NotImplementedError


class StartDate(QWidget):
    """A tick and a date: from when on; without the tick, from the beginning."""

    changed = Signal()

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.limited = QCheckBox(words)
        self.limited.setObjectName(f"{name}_limited")
        self.day = QDateEdit()
        self.day.setObjectName(name)
        self.day.setAccessibleName(words.replace("&", ""))
        self.day.setCalendarPopup(True)
        self.day.setDate(QDate.currentDate())
        self.day.setEnabled(False)
        self.limited.toggled.connect(self.day.setEnabled)
        self.limited.toggled.connect(self.changed)
        self.day.dateChanged.connect(self.changed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.limited)
        row.addWidget(self.day)
        row.addStretch(1)

    def show_day(self, day: date | None) -> None:
        """Show a date, or that there is no limit."""
        self.limited.setChecked(day is not None)
        if day is not None:
            self.day.setDate(QDate(day.year, day.month, day.day))

    def chosen(self) -> date | None:
        """Return the date, None when there is no limit."""
        return self.day.date().toPython() if self.limited.isChecked() else None


def under(field: QWidget, *notes: QWidget) -> QWidget:
    """Return a field with what is to be said of it below."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    for widget in (field, *notes):
        column.addWidget(widget)
    return made


def trouble(name: str) -> QLabel:
    """Return the place beside a field where what is wrong with it is said; it is there only while something is."""
    made = note("", name)
    bold = made.font()
    bold.setBold(True)
    made.setFont(bold)
    made.hide()
    return made


def say_trouble(label: QLabel, text: str) -> None:
    """Say what is wrong with a field, or nothing."""
    label.setText(text)
    label.setVisible(bool(text))


def tick(name: str, words: str, page: SettingsPage) -> QCheckBox:
    """Return a tick box; a change of it is a change of the page."""
    made = QCheckBox(words)
    made.setObjectName(name)
    made.toggled.connect(page.changed)
    return made
