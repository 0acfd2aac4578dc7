"""The wizard that connects companies: one decision a page, each tested before the next, nothing kept until the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.engine.views import Rebound, Views
from app.errors import BridgeError
from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.help.door import helped_by
from app.gui.setup.cloud_pages import CloudSignInPage, PairsPage
from app.gui.setup.draft import Draft
from app.gui.setup.entity_page import EntityPage, ask_to_change
from app.gui.setup.frame import WizardFrame, ask_to_leave
from app.gui.setup.other_pages import DemoPage, LastPage, StartPage
from app.gui.setup.pages import Page, keyring_words
from app.gui.setup.sage_pages import SagePlacePage, SageUserPage
from app.gui.setup.saving import Saving
from app.gui.text import tr
from app.settings import CompanySettings, Home


@dataclass(frozen=True, slots=True)
class Connected:
    """What the wizard has brought about: a company, and the command to start with ('' for none)."""

    company: str
    command: str = ""


class SetupWizard(WizardFrame):
    """`outcome` is what it brought about, None while it has not.

    Args:
        home: where the settings are.
        engine_command: what starts the engine.
        offers_demo: whether the first page offers the demo company.
        change: the company whose connection is to be changed; without it new ones are connected.
    """

    def __init__(
        self,
        home: Home,
        engine_command: Sequence[str],
        parent: QWidget | None = None,
        *,
        offers_demo: bool = False,
        change: CompanySettings | None = None,
        draft: Draft | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("setup_wizard")
        helped_by(self, "wizard")
        self.setWindowTitle(tr("Change the connection") if change else tr("Connect a company"))
        self.outcome: Connected | None = None
        self._draft = draft or (Draft.of(change) if change else Draft())
        self._touched = False
        self._engine = EngineProcess(engine_command, home.path, "", self)
        self._maker = EngineProcess(engine_command, home.path, "", self)
        self._maker.ended.connect(self._demo_made)
        self._saving = Saving(home, engine_command, self)
        self._saving.done.connect(self._saved)
        self._saving.failed.connect(self._not_saved)
        self.start = StartPage()
        self.demo = DemoPage()
        self._home = home
        self.last = LastPage(self._rebound)
        self.entity = EntityPage(self._rebound)
        self._before: list[Page] = [self.start] if offers_demo else []
        connected = () if change else tuple(company.code for company in home.load().companies)
        self._connecting: list[Page] = [
            SagePlacePage(self._engine),
            SageUserPage(self._engine),
            CloudSignInPage(self._engine),
            self.entity if change else PairsPage(self._engine, connected),
            self.last,
        ]
        self._moves_on = False  # once the test under way ends well
        self._connect()
        self._show(self._path()[0])

    def reject(self) -> None:
        """Leave; where something would be lost, ask first."""
        if not self._touched or self.page is self.start:
            self.abandon()
            return
        ask_to_leave(self, self.abandon)

    def abandon(self) -> None:
        """Leave without a question; no child process and nothing secret stays behind."""
        for engine in (self._engine, self._maker):
            engine.shut_down()
        self._saving.shut_down()
        self._draft.forget_secrets()
        for field in self.findChildren(QLineEdit):
            field.clear()
        super().reject()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at once what can be looked up."""
        super().showEvent(event)
        if self.page.looks_at_once() and not self._engine.running:
            self._test()

    def _connect(self) -> None:
        self.cancel.clicked.connect(self.reject)
        self.back.clicked.connect(self._back)
        self.anyway.clicked.connect(lambda: self._forward(self.page))
        self.next.clicked.connect(self._next)
        for page in (*self._before, self.demo, *self._connecting):
            page.changed.connect(self._page_changed)
            if page.test is not None:
                page.test.asked.connect(self._test)
                page.test.ended.connect(partial(self._tested, page))
            self.add_page(page)

    def _path(self) -> list[Page]:
        """Return the pages in the order that the user's choice makes of them."""
        if self._before and self.start.demo.isChecked():
            return [*self._before, self.demo]
        return [*self._before, *self._connecting]

    def _show(self, page: Page) -> None:
        page.show_draft(self._draft)
        path = self._path()
        self.show_page(page, tr("Step {n} of {all}", n=path.index(page) + 1, all=len(path)) if page in path else "")
        self._show_state()
        first = next(
            (
                field
                for field in page.findChildren(QWidget)
                if isinstance(field, QLineEdit | QComboBox) and field.isEnabled() and not field.isHidden()
            ),
            None,
        )
        (first or self.next).setFocus(Qt.FocusReason.OtherFocusReason)
        if page.looks_at_once() and self.isVisible():
            self._test()

    def _show_state(self, *, blocked: bool = False) -> None:
        page, path = self.page, self._path()
        busy = self._engine.running or self._maker.running or not self.stack.isEnabled()
        self.back.setVisible(len(path) > 1)
        self.back.setEnabled(page is not path[0] and not busy)
        self.next.setText(page.next_words or tr("&Next"))
        self.next.setEnabled(not busy)
        self.anyway.setVisible(blocked and page.may_skip_test)

    def _page_changed(self) -> None:
        self._touched = True
        self.say_hint()
        self._show_state()

    def _back(self) -> None:
        path = self._path()
        self.page.fill(self._draft)
        self.say_hint()
        self._show(path[path.index(self.page) - 1])

    def _next(self) -> None:
        page = self.page
        missing = page.missing()
        self.say_hint(missing)
        if missing or self._engine.running:
            return
        page.fill(self._draft)
        if page is self.demo:
            self._make_demo()
        elif page is self.last and self._draft.base is not None and self.entity.change is not None:
            ask_to_change(self, self._draft, self.entity.change, self._save)
        elif page is self.last:
            self._save()
        elif page.test is None or page.test.well:
            self._forward(page)
        else:
            self._moves_on = True
            self._test()

    def _test(self) -> None:
        page = self.page
        missing = page.missing()
        self.say_hint(missing)
        if missing:
            self._moves_on = False
            return
        page.fill(self._draft)
        page.test.start(page.candidates(self._draft))
        self._show_state()

    def _tested(self, page: Page, well: bool) -> None:
        moves_on, self._moves_on = self._moves_on, False
        if well:
            page.take_answers(self._draft)
        if well and moves_on and page is self.page:
            self._forward(page)
        else:
            self._show_state(blocked=page is self.page and page.test.blocked)

    def _forward(self, page: Page) -> None:
        path = self._path()
        self._show(path[path.index(page) + 1])

    def _make_demo(self) -> None:
        self.demo.bar.show()
        self.demo.learn_more.show_code("")
        self.demo.waiting.begin(tr("Making the demo company: its books, its bills and its orders"))
        self._maker.start("sandbox create")
        self._show_state()

    def _demo_made(self, end: RunEnd) -> None:
        self.demo.bar.hide()
        self.demo.waiting.end()
        if end.done:
            self.outcome = Connected(str(end.summary["company"]))
            self.accept()
            return
        self.demo.words.setText(f"{end.title}. {end.message} {end.fix}")
        self.demo.learn_more.show_code(end.code)
        self._show_state()

    def _rebound(self, company: CompanySettings) -> Rebound | None:
        views = Views(self._home.store_file, company.code)
        try:
            return views.rebound(company)
        except BridgeError as error:
            self.say_hint(f"{error.title}. {error.message} {error.fix}", error.code)
            return None
        finally:
            views.close()

    def _save(self) -> None:
        self.stack.setEnabled(False)
        self.last.say_trouble()
        self.last.waiting.begin(tr("Waiting for {keyring} to take the passwords", keyring=keyring_words()))
        self._show_state()
        self._saving.save(self._draft)

    def _saved(self) -> None:
        self.last.waiting.end()
        first = self._draft.companies_to_keep()[0].code
        command = "" if self._draft.base else "sync" if self.last.sync.isChecked() else "preview invoices"
        self.outcome = Connected(first, command)
        self._draft.forget_secrets()
        self.accept()

    def _not_saved(self, title: str, text: str, code: str) -> None:
        self.stack.setEnabled(True)
        self.last.waiting.end()
        self.last.say_trouble(f"{title}. {text}", code)
        self._show_state()
