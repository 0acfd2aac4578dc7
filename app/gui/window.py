"""The main window: the head, one page a company, and closing."""

import logging
from collections.abc import Sequence
from functools import partial
from operator import attrgetter

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.engine.views import Attention
from app.errors import BridgeError
from app.gui.icons import icon
from app.gui.page import CompanyPage
from app.gui.reach import needs_of
from app.gui.sync_all import SyncAll
from app.gui.text import tr
from app.gui.widgets.company_box import Choice
from app.gui.widgets.header import Header
from app.gui.widgets.table_view import TableView
from app.settings import CompanySettings, Home

log = logging.getLogger(__name__)

SIZE = (1100, 720)
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

    def __init__(
        self, home: Home, company: str | None, engine_command: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("main_window")
        self.setWindowIcon(icon("apbridge"))
        self._home = home
        self._engine_command = engine_command
        self._closing = False
        self._settings = QSettings(str(home.path / "window.ini"), QSettings.Format.IniFormat)
        self._companies: dict[str, CompanySettings] = {}
        self._pages: dict[str, CompanyPage] = {}
        self._stack = QStackedWidget()
        self.header = Header()
        self.sync_all = SyncAll(self.page_of, self)
        self._arrange()
        self._connect()
        self.take_settings(company)
        self._restore()

    @property
    def page(self) -> CompanyPage:
        """The page in front."""
        return self._stack.currentWidget()

    def page_of(self, company: str) -> CompanyPage:
        """Return the page of a company, made when it is asked for first."""
        if company not in self._pages:
            page = CompanyPage(self._home, company, self._engine_command, self._settings)
            for table in page.findChildren(TableView):
                table.restore_widths(self._settings)
            page.changed.connect(partial(self._page_changed, page))
            page.run_ended.connect(self._run_ended)
            self._pages[company] = page
            self._stack.addWidget(page)
        return self._pages[company]

    def take_settings(self, company: str | None) -> None:
        """Read the settings anew and show `company`, or the one that was in front last."""
        error: BridgeError | None = None
        try:
            self._companies = {each.code: each for each in self._home.load().companies}
        except BridgeError as unreadable:
            error = unreadable
        last = str(self._settings.value("window/company", ""))
        self.show_company(company or (last if last in self._companies else next(iter(self._companies), "")))
        if error is not None:
            self.banner.say_error(error)

    def show_company(self, company: str) -> None:
        """Bring a company's books to the front, as they were left."""
        self._stack.setCurrentWidget(self.page_of(company))
        chosen = self._companies.get(company)
        demo = chosen is not None and chosen.sage.kind == "demo"
        self.header.show_company(chosen.name if chosen else "", company, demo=demo, several=len(self._companies) > 1)
        title = tr("{company} – AP Bridge", company=self.header.books.text())
        self.setWindowTitle(tr("{title} – demo", title=title) if demo else title)
        self._settings.setValue("window/company", company)
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

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close; runs that go on are asked to stop first, out of sight, and ended by force when they do not."""
        self._save()
        self._closing = True
        self.sync_all.stop()
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
        self.header.sync_all_asked.connect(self._sync_all)
        self.header.needs_clicked.connect(lambda: self.tabs.setCurrentWidget(self.overview))
        self.header.company_chosen.connect(self.show_company)
        self.header.choices_wanted.connect(self._offer_companies)
        self.sync_all.moved.connect(self._show_head)
        self.sync_all.done.connect(self._all_done)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, activated=self.header.sync.click)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, activated=self._focus_filter)

    def _focus_filter(self) -> None:
        self.page.focus_filter()

    def _sync_all(self) -> None:
        if not self._closing:
            self.sync_all.start(tuple(self._companies))

    def _all_done(self, picture: str, title: str, message: str) -> None:
        if not self._closing:
            self.banner.say(picture, title, message)

    def _offer_companies(self) -> None:
        """Tell the head which companies there are, and how many things need the user in each."""
        choices = []
        for code, company in self._companies.items():
            page = self._pages.get(code)
            needs = page.standing.needs if page else needs_of(self._home.store_file, code)
            choices.append(Choice(code, company.name, needs, running=page is not None and page.busy))
        self.header.books.offer(choices, self.page.company)

    def _page_changed(self, page: CompanyPage) -> None:
        if page is self.page:
            self._show_head()

    def _show_head(self) -> None:
        self.header.show_state(self.page.standing)
        self.header.show_running(self.page.busy, syncing_all=self.sync_all.words)

    def _run_ended(self) -> None:
        if self._closing and not any(page.engine.running for page in self._pages.values()):
            self.close()

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(*SIZE)

    def _save(self) -> None:
        self._settings.setValue("window/geometry", self.saveGeometry())
        for page in self._pages.values():
            for table in page.findChildren(TableView):
                table.save_widths(self._settings)
