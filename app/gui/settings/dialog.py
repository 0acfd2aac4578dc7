"""The settings dialog: pages on the left, and OK, Apply and Cancel over all of them; nothing is saved half."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain.lists import ListName
from app.engine.views import Views
from app.errors import BridgeError
from app.gui.engine_process import EngineProcess
from app.gui.help.door import helped_by
from app.gui.settings.about import AboutPage
from app.gui.settings.books import ListsPage, OrdersPage, PaymentsPage
from app.gui.settings.companies import CompaniesPage
from app.gui.settings.frame import SettingsFrame
from app.gui.settings.page import CompanySettingsPage, SettingsPage
from app.gui.settings.program import SchedulePage, StoragePage, WindowPage
from app.gui.settings.sage import SagePage
from app.gui.setup.wizard import Connected, SetupWizard
from app.gui.text import tr
from app.gui.troubles import not_kept
from app.gui.windows_entry import WindowsEntry
from app.settings import CompanySettings, Home, Settings, problems

Held = Callable[[str], str]
"""Company code -> a sentence about the run that holds it, or nothing."""


class SettingsDialog(SettingsFrame):
    """`saved` is emitted each time settings were saved; `connected` carries a new company and what to begin with.

    `removed` carries the codes of companies that are not connected any more. `rebuild_asked` comes when all is saved
    and the dialog is closed, so that the window can ask.

    Args:
        home: where the settings are.
        engine_command: what starts the engine.
        company: the code of the company that is looked at first.
        held: says which run holds a company: its settings are not changed meanwhile.
        make_bundle: makes a support bundle.
        entry: what Windows' Task Scheduler keeps, where the schedule's page is to tell it.
    """

    saved = Signal()
    connected = Signal(str, str)
    removed = Signal(list)
    rebuild_asked = Signal()

    def __init__(
        self,
        home: Home,
        engine_command: Sequence[str],
        company: str,
        held: Held,
        make_bundle: Callable[[], None],
        parent: QWidget | None = None,
        *,
        entry: WindowsEntry | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settings_dialog")
        helped_by(self, "settings")
        self.setWindowTitle(tr("Settings"))
        self._home = home
        self._engine_command = engine_command
        self._held = held
        self._baseline = self._draft = Settings()
        self._loading = False
        self._engine = EngineProcess(engine_command, home.path, "", self)
        self._update_engine = EngineProcess(engine_command, home.path, "", self)
        self.companies = CompaniesPage(self._engine, self._unsettled)
        self.companies.add_asked.connect(lambda: self._open_wizard(None))
        self.companies.change_asked.connect(self._open_wizard)
        self.storage = StoragePage(home, make_bundle)
        self.storage.rebuild_asked.connect(self._rebuild)
        self.schedule = SchedulePage(entry)
        self.pages: list[SettingsPage] = [
            self.companies,
            ListsPage(),
            OrdersPage(),
            PaymentsPage(self._banks),
            SagePage(self._engine),
            self.schedule,
            WindowPage(),
            self.storage,
            AboutPage(self._update_engine),
        ]
        self._connect()
        self._read(company)

    def accept(self) -> None:
        """Save, and close when that worked."""
        if self.apply():
            self._close_down()
            super().accept()

    def reject(self) -> None:
        """Close; what was not saved is forgotten."""
        self._close_down()
        super().reject()

    def apply(self) -> bool:
        """Save what stands on all pages; return whether it is saved. What stands in the way is told at the foot."""
        self.say_trouble()
        self._keep_pages()
        for page in self.pages:
            wrong = page.problems()
            if wrong:
                self._go_to(page)
                return self._refuse(tr("{page}: {problem}.", page=page.title, problem=wrong[0]), page.help_code)
        wrong = problems(self._draft)
        if wrong:
            return self._refuse(f"{wrong[0]}.", "settings-invalid")
        try:
            if not self._may_save():
                return False
            if self._draft != self._baseline:
                self._home.save(self._draft)
        except BridgeError as error:
            return self._refuse_for(error)
        except OSError as error:
            return self._refuse_for(not_kept(error))
        changed, self._baseline = self._draft != self._baseline, self._draft
        removed = self.companies.removed
        self.companies.forget_removals()
        self._offer_companies(self.company.currentData() or "")
        self._show_all()
        if changed:
            self.saved.emit()
        self.schedule.keep_entry()
        if removed:
            self.removed.emit(removed)
        return True

    def _rebuild(self) -> None:
        if self.apply():
            self.reject()
            self.rebuild_asked.emit()

    def _may_save(self) -> bool:
        now = self._home.load()
        if now != self._baseline:
            self.again.show()
            return self._refuse(
                tr(
                    "The settings were changed elsewhere while this was open. Nothing was saved, so that those changes "
                    "are not lost. Look again, and make yours once more."
                ),
                "settings-changed",
            )
        after = {company.code: company for company in self._draft.companies}
        for company in self._baseline.companies:
            if after.get(company.code) != company and (held := self._held(company.code)):
                return self._refuse(held, "company-busy")
        return True

    def _refuse(self, sentence: str, code: str) -> bool:
        self.say_trouble(sentence, code)
        return False

    def _refuse_for(self, error: BridgeError) -> bool:
        return self._refuse(f"{error.title}. {error.message} {error.fix}", error.code)

    def _connect(self) -> None:
        for page in self.pages:
            self.add_page(page.title, page)
            page.changed.connect(self._page_changed)
        self.list.currentRowChanged.connect(self._page_chosen)
        self.company.currentIndexChanged.connect(self._company_chosen)
        self.again.clicked.connect(lambda: self._read(self.company.currentData()))
        self.ok.clicked.connect(self.accept)
        self.apply_button.clicked.connect(self.apply)
        self.cancel.clicked.connect(self.reject)

    def _read(self, company: str | None) -> None:
        """Read the settings, and forget what was changed here."""
        self.say_trouble()
        self.again.hide()
        self.companies.forget_removals()
        try:
            self._baseline = self._draft = self._home.load()
        except BridgeError as error:
            self._refuse_for(error)
        for each in (self.list, self.stack, self.ok, self.apply_button):
            each.setEnabled(not self.trouble.text())
        self._offer_companies(company or "")
        self._show_all()
        self.list.setCurrentRow(max(self.list.currentRow(), 0))

    def _offer_companies(self, company: str) -> None:
        self._loading = True
        self.company.clear()
        for each in self._draft.companies:
            self.company.addItem(f"{each.name} ({each.code})", each.code)
        self.company.setCurrentIndex(max(self.company.findData(company), 0))
        self._loading = False

    def _show_all(self) -> None:
        self._loading = True
        for page in self.pages:
            if isinstance(page, CompanySettingsPage):
                page.code = self.company.currentData() or ""
            page.load(self._draft)
        self._loading = False
        self.apply_button.setEnabled(self._draft != self._baseline)

    def _keep_pages(self) -> None:
        for page in self.pages:
            self._draft = page.store(self._draft)

    def _page_changed(self) -> None:
        if not self._loading:
            self.say_trouble()
            self.apply_button.setEnabled(True)

    def _page_chosen(self, place: int) -> None:
        page = self.pages[place]
        self.stack.setCurrentIndex(place)
        self.heading.setText(page.title)
        self.company.setVisible(isinstance(page, CompanySettingsPage) and self.company.count() > 1)

    def _company_chosen(self) -> None:
        if self._loading:
            return
        for page in self.pages:
            if isinstance(page, CompanySettingsPage):
                self._draft = page.store(self._draft)
        self._show_all()
        self.apply_button.setEnabled(True)

    def _go_to(self, page: SettingsPage) -> None:
        self.list.setCurrentRow(self.pages.index(page))

    def _banks(self, company: str) -> list[tuple[str, str]]:
        views = Views(self._home.store_file, company)
        try:
            return [(row.key, row.description) for row in views.records(ListName.BANK_ACCOUNT)]
        except BridgeError as error:
            self._refuse_for(error)
            return []
        finally:
            views.close()

    def _unsettled(self, company: str) -> int:
        views = Views(self._home.store_file, company)
        try:
            return views.unsettled()
        except BridgeError as error:
            self._refuse_for(error)
            return 0
        finally:
            views.close()

    def _open_wizard(self, change: CompanySettings | None) -> None:
        held = self._held(change.code) if change is not None else ""
        if held:
            self._refuse(held, "company-busy")
            return
        kept = next((each for each in self._baseline.companies if change and each.code == change.code), None)
        wizard = SetupWizard(self._home, self._engine_command, self, change=kept)
        wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        wizard.accepted.connect(lambda: self._connected(wizard.outcome, new=change is None))
        wizard.open()

    def _connected(self, outcome: Connected, *, new: bool) -> None:
        """Take over what the wizard has saved; what was changed here and is not saved yet stays."""
        try:
            now = self._home.load()
        except BridgeError as error:
            self._refuse_for(error)
            return
        self._keep_pages()
        mine = {company.code: company for company in self._draft.companies}
        companies = tuple(
            replace(mine[each.code], sage=each.sage, cloud=each.cloud, currency=each.currency)
            if each.code in mine
            else each
            for each in now.companies
        )
        self._baseline, self._draft = now, replace(self._draft, companies=companies)
        self._offer_companies(self.company.currentData() or "")
        self._show_all()
        self.saved.emit()
        if new:
            self.connected.emit(outcome.company, outcome.command)

    def _close_down(self) -> None:
        for wizard in self.findChildren(SetupWizard):
            wizard.abandon()
        self._engine.shut_down()
        self._update_engine.shut_down()
