"""The main window: head, tabs, the run at the foot, and what connects them."""

import logging
from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QTabWidget, QVBoxLayout, QWidget

from app.domain.lists import ListName
from app.engine.events import Event, Kind
from app.engine.views import Attention, DocumentRow, Views
from app.errors import BridgeError
from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.icons import icon
from app.gui.papers import Papers
from app.gui.probe_dialog import ProbeDialog
from app.gui.reach import reaches, unfinished_sync
from app.gui.story import RunStory
from app.gui.support import SupportBundle
from app.gui.tabs.activity import ActivityTab
from app.gui.tabs.documents import DocumentsTab
from app.gui.tabs.invoices import invoices
from app.gui.tabs.lists import ListsTab
from app.gui.tabs.orders import OrdersTab
from app.gui.tabs.overview import OverviewTab
from app.gui.tabs.payments import PaymentsTab
from app.gui.text import tr
from app.gui.unticked import Unticked
from app.gui.widgets.banner import Banner
from app.gui.widgets.header import Header
from app.gui.widgets.run_bar import RunBar
from app.gui.widgets.table_view import TableView
from app.gui.words import command_words
from app.settings import Home

log = logging.getLogger(__name__)

SIZE = (1100, 720)
CLOSE_WITHIN_MS = 4_000  # what a run has left to stop by itself once the window is closed


class MainWindow(QMainWindow):
    """One company's window. `closed` is emitted once it is closed and no child is left."""

    closed = Signal()

    def __init__(
        self,
        home: Home,
        company: str,
        engine_command: Sequence[str],
        parent: QWidget | None = None,
        *,
        demo: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("main_window")
        self._home = home
        self._company = company
        self._closing = False
        self._story = RunStory()
        self._settings = QSettings(str(home.path / "window.ini"), QSettings.Format.IniFormat)
        self._views = Views(home.store_file, company)
        self.engine = EngineProcess(engine_command, home.path, company, self)
        self.support = SupportBundle(EngineProcess(engine_command, home.path, company, self), self)
        self.papers = Papers(EngineProcess(engine_command, home.path, company, self), self)
        self.header, self.banner, self.run_bar, self.tabs = Header(), Banner(), RunBar(), QTabWidget()
        self.overview = OverviewTab(self._views)
        self.lists = ListsTab(self._views)
        self.orders = OrdersTab(self._views)
        self.invoices = DocumentsTab(invoices(), self._views, company, Unticked(self._settings, company, "invoices"))
        self.payments = PaymentsTab(self._views, company, Unticked(self._settings, company, "payments"))
        self.activity = ActivityTab(self._views)
        self._arrange()
        self._connect()
        self._show_company(demo=demo)
        self._restore()
        self.refresh()

    def start(self, command: str, ids: Sequence[str] | None = None, arguments: Sequence[str] = ()) -> None:
        """Start a run of the engine, unless one goes on; `ids` and `arguments` as in `EngineProcess.start`."""
        if self.engine.running or self._closing:
            return
        self.banner.hide()
        self._story = RunStory(ids)
        self._set_running(True)
        self.run_bar.begin(tr("{command}: starting", command=command_words(command)))
        self.engine.start(command, ids, arguments)

    def refresh(self) -> None:
        """Show what the store holds now."""
        self._views.close()
        try:
            self._show_state()
        except BridgeError as error:
            self.banner.say_error(error)
            return
        for tab in (self.overview, self.lists, self.orders, self.payments.from_sage, self.activity):
            tab.refresh()
        for tab in (self.invoices, self.payments.to_sage):
            tab.refresh()
            tab.load_if_stale()  # their titles count, seen or not

    def open_record(self, attention: Attention) -> None:
        """Go to the record or document that needs the user."""
        places = {"Purchase Orders": self.orders, "Invoices": self.invoices, "Payments": self.payments}
        if attention.where == "Lists":
            self.tabs.setCurrentWidget(self.lists)
            self.lists.open_record(ListName(attention.list), attention.key)
        elif attention.where in places:
            self.tabs.setCurrentWidget(places[attention.where])
            places[attention.where].open_record(attention.key)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close; a run that goes on is asked to stop first, out of sight, and ended by force when it does not."""
        self._save()
        if self.engine.running:
            event.ignore()
            self._closing = True
            self.hide()
            self.engine.cancel(CLOSE_WITHIN_MS)
            return
        self.support.shut_down()
        self.papers.shut_down()
        self._views.close()
        super().closeEvent(event)
        self.closed.emit()

    def _arrange(self) -> None:
        self.setWindowIcon(icon("apbridge"))
        self.tabs.setObjectName("tabs")
        self.tabs.addTab(self.overview, tr("&Overview"))
        self.tabs.addTab(self.lists, tr("&Lists"))
        self.tabs.addTab(self.orders, tr("&Purchase Orders"))
        self.tabs.addTab(self.invoices, tr("&Invoices"))
        self.tabs.addTab(self.payments, tr("Pa&yments"))
        self.tabs.addTab(self.activity, tr("Acti&vity"))
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        layout.addWidget(self.header)
        layout.addWidget(self.banner)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.run_bar)
        self.setCentralWidget(middle)

    def _connect(self) -> None:
        self.header.sync_asked.connect(lambda: self.start("sync"))
        self.header.needs_clicked.connect(lambda: self.tabs.setCurrentWidget(self.overview))
        self.run_bar.cancel_asked.connect(self.engine.cancel)
        self.engine.told.connect(self._take)
        self.engine.ended.connect(self._run_ended)
        for tab in (self.overview, self.lists, self.orders, self.invoices, self.payments, self.activity):
            tab.failed.connect(self.banner.say_error)
        for tab, title in ((self.invoices, tr("&Invoices")), (self.payments.to_sage, tr("Pa&yments"))):
            plural = tab.kind.plural
            tab.send_asked.connect(lambda ids, plural=plural: self.start(f"send {plural}", ids))
            tab.settle_asked.connect(self.start)
            tab.check_asked.connect(lambda plural=plural: self.start(f"preview {plural}"))
            tab.paper_asked.connect(self.papers.want)
            tab.count_changed.connect(lambda number, tab=tab, title=title: self._show_count(tab, title, number))
        self.overview.record_opened.connect(self.open_record)
        self.overview.day_opened.connect(self._open_day)
        self.overview.stage_opened.connect(self._open_stage)
        self.activity.probe_asked.connect(lambda: self.start("probe"))
        self.activity.support_asked.connect(self.support.ask)
        self.activity.undo_asked.connect(lambda run: self.start("undo", arguments=("--run", run)))
        self.support.told.connect(self.banner.say)
        self.papers.told.connect(self.banner.say)
        # The detail pages carry colours of their own, made for light or for dark ground.
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.refresh)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Refresh), self, activated=self.header.sync.click)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, activated=self._focus_filter)

    def _show_company(self, *, demo: bool) -> None:
        name = ""
        try:
            name = self._home.load().company(self._company).name
        except BridgeError as error:
            self.banner.say_error(error)
        self.header.show_company(name, self._company, demo=demo)
        title = tr("{company} – AP Bridge", company=self.header.company.text())
        self.setWindowTitle(tr("{title} – demo", title=title) if demo else title)

    def _show_state(self) -> None:
        runs = self._views.runs()
        sage, cloud = reaches(runs, self._views.events)
        needs = len(self._views.needs_you())
        self.header.show_state(self._views.last_sync(), unfinished_sync(runs), needs, sage, cloud)

    def _show_count(self, tab: DocumentsTab, title: str, number: int) -> None:
        widget = self.invoices if tab is self.invoices else self.payments
        self.tabs.setTabText(self.tabs.indexOf(widget), f"{title} ({number})" if number else title)

    def _take(self, event: Event) -> None:
        self.run_bar.take(event)
        self._story.take(event)
        if event.kind is Kind.STAGE_FINISHED:
            self.lists.refresh()

    def _run_ended(self, end: RunEnd) -> None:
        self._set_running(False)
        self.run_bar.finish()
        log.info("“%s” ended: %s, exit code %d", end.command, end.outcome, end.exit_code)
        if self._closing:
            self.close()
            return
        self._tell_end(end)
        self.refresh()
        if end.command == "probe" and end.done:
            self._show_probe()
        if end.command == "undo" and end.run and self.tabs.currentWidget() is self.activity:
            self._open_run(end.run)  # it tells of each document what became of it
        for tab in (self.invoices, self.payments.to_sage):
            if end.command == f"send {tab.kind.plural}" and end.done:
                tab.show_totals()

    def _tell_end(self, end: RunEnd) -> None:
        self._views.close()  # what the run wrote is to be seen
        documents: list[DocumentRow] = []
        names: dict[str, str] = {}
        try:
            for tab in (self.invoices, self.payments.to_sage):
                names |= {row.id: tab.kind.label(row) for row in tab.documents.rows}
                if end.command.endswith(f" {tab.kind.plural}"):
                    documents = self._views.documents(tab.kind.name)
        except BridgeError as error:
            self.banner.say_error(error)
            return
        self.banner.say(*self._story.end(end, documents, names))

    def _show_probe(self) -> None:
        try:
            report = self._views.probe_report()
        except BridgeError as error:
            self.banner.say_error(error)
            return
        if report is not None:
            self.banner.hide()  # the dialog says it better
            dialog = ProbeDialog(report, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def _set_running(self, running: bool) -> None:
        self.header.sync.setEnabled(not running)
        self.invoices.set_running(running)
        self.payments.to_sage.set_running(running)
        self.activity.set_running(running)

    def _open_run(self, run: str) -> None:
        self.tabs.setCurrentWidget(self.activity)
        self.activity.open_run(run)

    def _open_day(self, day: date) -> None:
        self.tabs.setCurrentWidget(self.activity)
        self.activity.show_day(day)

    def _open_stage(self, stage: tuple[str, str]) -> None:
        kind, where = stage
        tab = self.invoices if kind == "invoice" else self.payments
        self.tabs.setCurrentWidget(tab)
        tab.show_stage(where)

    def _focus_filter(self) -> None:
        self.tabs.currentWidget().focus_filter()

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(*SIZE)
        for table in self.findChildren(TableView):
            table.restore_widths(self._settings)

    def _save(self) -> None:
        self._settings.setValue("window/geometry", self.saveGeometry())
        for table in self.findChildren(TableView):
            table.save_widths(self._settings)
