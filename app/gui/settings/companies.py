"""The page of the companies: add one, change its connection, test it, take it away."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QMessageBox, QPushButton, QVBoxLayout, QWidget

from app.gui.engine_process import EngineProcess
from app.gui.settings.page import SettingsPage
from app.gui.setup.connection_test import ConnectionTest
from app.gui.setup.draft import Draft
from app.gui.setup.pages import keyring_words, note
from app.gui.text import counted, later, tr
from app.settings import CompanySettings, Settings

_KINDS = {"sage": later("Sage 100"), "premium": later("Sage 100 Premium"), "demo": later("demo company")}
_LIST_HEIGHT = 130

Unsettled = Callable[[str], int]
"""Company code -> of how many documents one side does not know yet what the other has."""


class CompaniesPage(SettingsPage):
    """`add_asked` is emitted by Add, `change_asked` carries the company whose connection is to be changed."""

    add_asked = Signal()
    change_asked = Signal(object)

    def __init__(self, engine: EngineProcess, unsettled: Unsettled, parent: QWidget | None = None) -> None:
        super().__init__("companies_settings", tr("Companies"), parent)
        self._unsettled = unsettled
        self._companies: tuple[CompanySettings, ...] = ()
        self._removed: set[str] = set()
        self.list = QListWidget()
        self.list.setObjectName("companies")
        self.list.setAccessibleName(tr("Companies"))
        self.list.setFixedHeight(_LIST_HEIGHT)
        self.list.currentRowChanged.connect(lambda _: self._chosen_changed())
        self.add = _button("company_add", tr("&Add…"), self._ask_add)
        self.change = _button("company_change", tr("Change the &connection…"), self._change)
        self.remove = _button("company_remove", tr("&Remove…"), self._ask_remove)
        self.removal = note("", "removal")
        self.removal.hide()
        self.test = ConnectionTest(engine, "", ())
        self.test.asked.connect(self._test)
        buttons = QVBoxLayout()
        for button in (self.add, self.change, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self.list, 1)
        row.addLayout(buttons)
        self.body.addLayout(row)
        self.body.addWidget(self.removal)
        self.body.addWidget(self.test, 1)

    @property
    def chosen(self) -> CompanySettings | None:
        """The company that is chosen in the list."""
        item = self.list.currentItem()
        code = item.data(Qt.ItemDataRole.UserRole) if item is not None else ""
        return next((each for each in self._companies if each.code == code), None)

    def load(self, settings: Settings) -> None:
        """Show the companies."""
        before = self.chosen
        self._companies = settings.companies
        self._removed &= {company.code for company in settings.companies}
        self.list.clear()
        for company in settings.companies:
            if company.code in self._removed:
                continue
            kind = tr(_KINDS.get(company.sage.kind, "Sage 100"))
            item = QListWidgetItem(f"{company.code} · {company.name} · {kind}")
            item.setData(Qt.ItemDataRole.UserRole, company.code)
            self.list.addItem(item)
            if before is not None and company.code == before.code:
                self.list.setCurrentItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self._chosen_changed()

    def store(self, settings: Settings) -> Settings:
        """Return `settings` without the companies that were removed."""
        return replace(settings, companies=tuple(each for each in settings.companies if each.code not in self._removed))

    @property
    def removed(self) -> list[str]:
        """The codes of the companies that are to be removed."""
        return sorted(self._removed)

    def forget_removals(self) -> None:
        """Take it that nothing was removed: what was, is saved, or is there again."""
        self._removed.clear()
        self.removal.hide()

    def _chosen_changed(self) -> None:
        there = self.chosen is not None
        self.change.setEnabled(there)
        self.remove.setEnabled(there)
        self.test.button.setEnabled(there)
        if not self.test.running:
            self.test.clear()

    def _ask_add(self) -> None:
        self.add_asked.emit()

    def _change(self) -> None:
        if self.chosen is not None:
            self.change_asked.emit(self.chosen)

    def _test(self) -> None:
        company = self.chosen
        if company is not None:
            self.test.start([Draft.of(company).candidate(company)])

    def _ask_remove(self) -> None:
        company = self.chosen
        if company is None:
            return
        question = QMessageBox(self)
        question.setObjectName("remove_question")
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(tr("Companies"))
        question.setText(tr("Remove {company} ({code}) from AP Bridge?", company=company.name, code=company.code))
        question.setInformativeText(
            "\n\n".join(
                part
                for part in (
                    self._on_their_way(company.code),
                    _what_stays(),
                    tr("It is the last company: AP Bridge then begins as at the first start.")
                    if self.list.count() == 1
                    else "",
                )
                if part
            )
        )
        remove = question.addButton(tr("&Remove"), QMessageBox.ButtonRole.DestructiveRole)
        remove.setObjectName("remove_yes")
        keep = question.addButton(tr("&Keep"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        remove.clicked.connect(lambda: self._remove(company))
        question.open()

    def _remove(self, company: CompanySettings) -> None:
        self._removed.add(company.code)
        self.load(Settings(companies=self._companies))
        self.removal.setText(
            tr("{company} goes when you click OK or Apply.", company=company.name) + " " + _what_stays()
        )
        self.removal.show()
        self.changed.emit()

    def _on_their_way(self, company: str) -> str:
        number = self._unsettled(company)
        if not number:
            return ""
        return counted(
            number,
            "{n} document is still on its way between Sage and Quadient AP. Better keep the company, click Sync Now, "
            "and remove it when that has ended well.",
            "{n} documents are still on their way between Sage and Quadient AP. Better keep the company, click Sync "
            "Now, and remove it when that has ended well.",
        )


def _what_stays() -> str:
    return tr(
        "Nothing changes in Sage 100 or in Quadient AP. Its passwords are deleted from {keyring}. The history of what "
        "was sent stays on this computer, so that nothing is sent twice when you connect the company again.",
        keyring=keyring_words(),
    )


def _button(name: str, words: str, do: Callable[[], object]) -> QPushButton:
    made = QPushButton(words)
    made.setObjectName(name)
    made.setAutoDefault(False)
    made.clicked.connect(do)
    return made
