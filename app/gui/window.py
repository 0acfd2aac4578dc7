"""The main window: the head, one page a company, and closing."""

import logging
from collections.abc import Sequence
from functools import partial
from operator import attrgetter

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.domain.lists import ListName
from app.engine.views import Attention, Views
from app.errors import BridgeError
from app.gui.background import Background
from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.forgetting import Forgetting
from app.gui.held_back import HeldBackNotes
from app.gui.help.door import HelpDoor, helped_by, page_for, show_page
from app.gui.help.pages import START
from app.gui.icons import icon
from app.gui.outside import OutsideRuns
from app.gui.page import CompanyPage
from app.gui.reach import needs_of
from app.gui.rebuilding import Rebuilding
from app.gui.remembered import SIZE, Remembered
from app.gui.settings.dialog import SettingsDialog
from app.gui.switching import switch_list
from app.gui.sync_all import SyncAll
from app.gui.text import tr
from app.gui.theme import theme_of
from app.gui.tray import Tray
from app.gui.updates import Updates
from app.gui.widgets.company_box import Choice
from app.gui.widgets.header import Header
from app.gui.words import command_words
from app.settings import CompanySettings, Home, Settings

__all__ = ["SIZE", "MainWindow"]

log = logging.getLogger(__name__)

CLOSE_WITHIN_MS = 4_000  # what runs have left to stop by themselves once the window is closed


class MainWindow(QMainWindow):
    """All companies of this installation, one of them in front. `closed` is emitted once no child is left."""

    closed = Signal()

    # What stands in front: the parts of the page that is shown.
    engine = property(attrgetter("page.engine"))
    banner = property(attrgetter("page.banner"))
    run_bar = property(attrgetter("page.run_bar"))
    tabs = property(attrgetter("page.tabs"))
    overview = property(attrgetter("page.overview"))
    lists = property(attrgetter("page.lists"))
    orders = property(attrgetter("page.orders"))
    invoices = property(attrgetter("page.invoices"))
    payments = property(attrgetter("page.payments"))
    activity = property(attrgetter("page.activity"))
    papers = property(attrgetter("page.papers"))
    support = property(attrgetter("page.support"))

    def __init__(
        self,
        home: Home,
        company: str | None,
        engine_command: Sequence[str],
        parent: QWidget | None = None,
        *,
        tray: Tray | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("main_window")
        self.setWindowIcon(icon("apbridge"))
        self._home = home
        self._engine_command = engine_command
        self._closing = False
        self._exiting = False
        self._settings = QSettings(str(home.path / "window.ini"), QSettings.Format.IniFormat)
        self._companies: dict[str, CompanySettings] = {}
        self._pages: dict[str, CompanyPage] = {}
        self._stack = QStackedWidget()
        self.header = Header()
        self._remembered = Remembered(self._settings)
        self.theme = theme_of(QApplication.instance())
        self.sync_all = SyncAll(self.page_of, self)
        self.rebuilding = Rebuilding(home, lambda: self._companies, self._pages, self.sync_all, self)
        self.background = Background(home, self._settings, self._pages, self.sync_all, self, tray)
        self.outside = OutsideRuns(home.locks, self)
        self.updates = Updates(EngineProcess(engine_command, home.path, "", self), self.background.busy, self)
        self._forgetting = Forgetting(engine_command, home.path, self)
        self._held_back = HeldBackNotes(engine_command, home.path, self)
        self.help = HelpDoor(self)
        helped_by(self, START)
        self._arrange()
        self._connect()
        self.take_settings(company)
        self._remembered.restore_window(self)

    @property
    def page(self) -> CompanyPage:
        """The page in front."""
        return self._stack.currentWidget()

    def page_of(self, company: str) -> CompanyPage:
        """Return the page of a company, made when it is asked for first."""
        if company not in self._pages:
            page = CompanyPage(self._home, company, self._engine_command, self._settings)
            self._remembered.restore_page(page)
            page.changed.connect(partial(self._page_changed, page))
            page.run_ended.connect(partial(self._run_ended, page))
            page.outside_ended.connect(partial(self.background.run_ended, page))
            page.lists.switch_asked.connect(partial(self._switch_list, company))
            self.rebuilding.offer(page)
            self._pages[company] = page
            self._stack.addWidget(page)
            self._look_outside()
        return self._pages[company]

    def take_settings(self, company: str | None = None) -> None:
        """Read the settings anew and show `company`, or the one that was in front last."""
        settings, error = Settings(), None
        try:
            settings = self._home.load()
        except BridgeError as unreadable:
            if self._pages:  # what was read before still holds
                self.banner.say_error(unreadable)
                return
            error = unreadable
        self._companies = {each.code: each for each in settings.companies}
        self.theme.choose(settings.window.theme)
        last = str(self._settings.value("window/company", ""))
        self.show_company(company or (last if last in self._companies else next(iter(self._companies), "")))
        if error is not None:
            self.banner.say_error(error)
        self.background.take(settings)

    def show_company(self, company: str) -> None:
        """Bring a company's books to the front, as they were left."""
        self._stack.setCurrentWidget(self.page_of(company))
        chosen = self._companies.get(company)
        demo = chosen is not None and chosen.sage.kind == "demo"
        self.header.show_company(chosen.name if chosen else "", company, demo=demo, several=len(self._companies) > 1)
        title = tr("{company} – AP Bridge", company=self.header.books.text())
        self.setWindowTitle(tr("{title} – demo", title=title) if demo else title)
        self._settings.setValue("window/company", company)
        self.page.lists.show_switches(chosen.lists_off if chosen else ())
        self._show_head()

    def start(self, command: str, ids: Sequence[str] | None = None, arguments: Sequence[str] = ()) -> None:
        """Start a run of the company in front, as `CompanyPage.start` does."""
        self.page.start(command, ids, arguments)

    def refresh(self) -> None:
        """Show what the store holds now of the company in front."""
        self.page.refresh()

    def open_record(self, attention: Attention) -> None:
        """Go to the record or document that needs the user."""
        self.page.open_record(attention)

    def show_again(self, company: str = "") -> None:
        """Bring the window to the front, with `company` in it where one is named."""
        if company in self._companies:
            self.show_company(company)
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def exit(self) -> None:
        """End the program, whatever the notification area is there for."""
        self._exiting = True
        self.close()

    def open_settings(self) -> None:
        """Show the settings; what is saved there counts at once."""
        dialog = SettingsDialog(
            self._home,
            self._engine_command,
            self.page.company,
            self._held,
            self.page.support.ask,
            self,
            entry=self.background.entry,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.saved.connect(self.take_settings)
        dialog.connected.connect(self._company_connected)
        dialog.removed.connect(self._forgetting.forget)
        dialog.rebuild_asked.connect(lambda: self.rebuilding.ask(self.page))
        dialog.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes back what the foot says or asks, where nothing else takes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.page.foot.escape()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close; runs that go on are asked to stop first, out of sight, and ended by force when they do not."""
        self._save()
        if not self._exiting and self.background.close_to_tray():
            event.ignore()
            self.hide()
            return
        self._closing = self._exiting = True
        self.background.stop()
        self.sync_all.stop()
        self.rebuilding.stop()
        busy = [page for page in self._pages.values() if page.engine.running]
        if busy:
            event.ignore()
            self.hide()
            for page in busy:
                page.stop(CLOSE_WITHIN_MS)
            return
        self.shut_down()
        super().closeEvent(event)
        self.closed.emit()

    def shut_down(self) -> None:
        """Leave no child behind: the last thing before the window's process ends."""
        for dialog in self.findChildren(SettingsDialog):
            dialog.reject()
        self.background.stop()
        self.outside.stop()
        self.updates.shut_down()
        self.help.close()
        self._forgetting.shut_down()
        self._held_back.shut_down()
        for page in self._pages.values():
            page.shut_down()

    def _arrange(self) -> None:
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self.header)
        layout.addWidget(self._stack, 1)
        self.setCentralWidget(middle)

    def _connect(self) -> None:
        self.header.sync_asked.connect(lambda: self.start("sync"))
        self.header.help_asked.connect(lambda: show_page(page_for(self)))
        self.header.sync_all_asked.connect(self._sync_all)
        self.header.needs_clicked.connect(lambda: self.tabs.setCurrentWidget(self.overview))
        self.header.company_chosen.connect(self.show_company)
        self.header.settings_asked.connect(self.open_settings)
        self.header.choices_wanted.connect(self._offer_companies)
        self.outside.looked.connect(self._look_around)
        self.updates.found.connect(self._tell_newer)
        self._forgetting.failed.connect(self._say_error)
        self._forgetting.done.connect(self._leave_if_empty)
        self.sync_all.moved.connect(self._show_head)
        self.sync_all.done.connect(self._all_done)
        background, tray = self.background, self.background.tray
        background.due.connect(self._sync_due)
        background.held_back.connect(self._held_back.note)
        self._held_back.noted.connect(self._held_back_noted)
        background.failed.connect(self._say_error)
        background.words.connect(self.header.show_next)
        background.settings_changed.connect(self.take_settings)
        background.company_wanted.connect(self.show_again)
        tray.open_asked.connect(self.show_again)
        tray.sync_asked.connect(self._sync_all)
        tray.exit_asked.connect(self.exit)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, activated=self.header.sync.click)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, activated=self._focus_filter)

    def _tell_newer(self, title: str, message: str) -> None:
        picture = "info"
        self.banner.say(picture, title, message)

    def _say_error(self, error: BridgeError) -> None:
        self.banner.say_error(error)

    def _focus_filter(self) -> None:
        self.page.focus_filter()

    def _held(self, company: str) -> str:
        """Say which run holds a company, or nothing."""
        page = self._pages.get(company)
        views = Views(self._home.store_file, company)
        holder = views.holder(self._home.locks)
        command = page.engine.command if page is not None and page.engine.running else ""
        if not command and holder is None:
            return ""
        running = command_words(command or (holder.command if holder is not None else ""))
        return tr(
            "{command} is at work on company {company}. Its settings can be changed when it is done.",
            command=running or tr("Another run"),
            company=company,
        )

    def _held_back_noted(self, company: str) -> None:
        """Show in Activity what the schedule held back."""
        if company in self._pages and not self._closing:
            self._pages[company].activity.refresh()

    def _leave_if_empty(self) -> None:
        """Without a company there is nothing to show: close, so that the program begins as at its first start.

        What went wrong with its passwords is to be read first.
        """
        if not self._companies and self._forgetting.well:
            self.exit()

    def _company_connected(self, company: str, command: str) -> None:
        self.take_settings(company)
        if command:
            self.start(command)

    def _switch_list(self, company: str, name: ListName, on: bool) -> None:
        """Keep in the settings whether a list is brought over."""
        try:
            switch_list(self._home, company, name, on=on)
        except BridgeError as error:
            self.banner.say_error(error)
        self.take_settings(company)

    def _sync_all(self) -> None:
        self._sync_due(list(self._companies))

    def _sync_due(self, companies: list[str]) -> None:
        if not self._closing:
            self.sync_all.start(companies)

    def _all_done(self, *said: str) -> None:
        if not self._closing:
            self.banner.say(*said)

    def _offer_companies(self) -> None:
        """Tell the head which companies there are, and how many things need the user in each."""
        choices = []
        for code, company in self._companies.items():
            page = self._pages.get(code)
            needs = page.standing.needs if page else needs_of(self._home.store_file, code)
            choices.append(Choice(code, company.name, needs, running=page is not None and page.busy))
        self.header.books.offer(choices, self.page.company)

    def _look_around(self) -> None:
        """Look at the locks of all companies, opened or not."""
        self.background.look_at_others()
        self._look_outside()

    def _look_outside(self) -> None:
        held = [page.company for page in self._pages.values() if page.look_outside()]
        self.outside.keep_looking(bool(held) or self.background.others_run)

    def _page_changed(self, page: CompanyPage) -> None:
        if page is self.page:
            self._show_head()
        self.background.show_state()

    def _show_head(self) -> None:
        self.header.show_state(self.page.standing)
        self.header.show_running(self.page.busy, syncing_all=self.sync_all.words)

    def _run_ended(self, page: CompanyPage, end: RunEnd) -> None:
        if not self._closing:
            self.background.run_ended(page, end)
            self._look_outside()  # another run may be why it ended
        elif not any(each.engine.running for each in self._pages.values()):
            self.close()

    def _save(self) -> None:
        self._remembered.save_window(self)
        for page in self._pages.values():
            if page is not self.page:
                self._remembered.save_page(page)
        self._remembered.save_page(self.page)  # last: what is kept for all companies is as it is in front
