"""One company in the window: its tabs, the run that works on it, and what connects them."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QEvent, QSettings, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.lists import ListName
from app.engine.events import Event, Kind
from app.engine.views import Attention, DocumentRow, Views
from app.errors import BridgeError
from app.gui.engine_process import EngineProcess, RunEnd
from app.gui.exports import Exports
from app.gui.format import moment
from app.gui.help.door import helped_by
from app.gui.outside import OutsideRun, end_of, outside_words
from app.gui.papers import Papers
from app.gui.probe_dialog import ProbeDialog
from app.gui.reach import Standing, standing
from app.gui.slices import PAINT_MS, Slices
from app.gui.state import Step, TabState, tab_state
from app.gui.story import RunStory
from app.gui.style import is_dark
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
from app.gui.widgets.foot import Foot
from app.gui.widgets.run_bar import RunBar
from app.gui.widgets.tabs import Tabs
from app.gui.words import command_words, outcome_words
from app.settings import Home

log = logging.getLogger(__name__)


class CompanyPage(QWidget):
    """What the window shows of one company, and the engine that works on it.

    `changed` is emitted when its standing or `busy` may have changed, `run_ended` carries the RunEnd once it is told;
    `outside_ended` does so for a run that was started elsewhere.
    """

    changed = Signal()
    run_ended = Signal(object)
    outside_ended = Signal(object)

    def __init__(
        self,
        home: Home,
        company: str,
        engine_command: Sequence[str],
        settings: QSettings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"company_{company}")
        self.company = company
        self._dark = is_dark(self.palette())
        self.standing = Standing()
        self._running = False
        self._command = ""
        self._closing = False
        self._story = RunStory()
        self._views = Views(home.store_file, company)
        self._outside = OutsideRun(self._views, home.locks)
        self._ending = Slices(self, pause_ms=PAINT_MS)
        self.engine = EngineProcess(engine_command, home.path, company, self)
        self.support = SupportBundle(EngineProcess(engine_command, home.path, company, self), self)
        self.papers = Papers(EngineProcess(engine_command, home.path, company, self), self)
        self.exports = Exports(self._views, self)
        self.banner, self.run_bar, self.tabs = Banner(), RunBar(), Tabs()
        self.foot = Foot(self.banner, self.run_bar)
        self.overview = OverviewTab(self._views)
        self.lists = ListsTab(self._views)
        self.orders = OrdersTab(self._views)
        self.invoices = DocumentsTab(invoices(), self._views, company, Unticked(settings, company, "invoices"))
        self.payments = PaymentsTab(self._views, company, Unticked(settings, company, "payments"))
        self.activity = ActivityTab(self._views)
        for tab, page in (
            (self.overview, "overview"),
            (self.lists, "lists"),
            (self.orders, "orders"),
            (self.invoices, "invoices"),
            (self.payments, "payments"),
            (self.activity, "activity"),
        ):
            helped_by(tab, page)
        self._arrange()
        self._connect()
        self.refresh()

    @property
    def busy(self) -> bool:
        """Whether a run works on this company."""
        return self._running

    def start(self, command: str, ids: Sequence[str] | None = None, arguments: Sequence[str] = ()) -> bool:
        """Start a run of the engine, unless one goes on; return whether it was started.

        `ids` and `arguments` are as in `EngineProcess.start`.
        """
        if self._running or self._closing:
            return False
        self.foot.clear()
        self._story = RunStory(ids)
        self._command = command
        self._set_running(True)
        self.run_bar.begin(tr("{command}: starting", command=command_words(command)))
        self.engine.start(command, ids, arguments)
        return True

    def refresh(self) -> None:
        """Show what the store holds now."""
        self._views.close()
        for _ in self._showing():
            pass

    def _showing(self) -> Iterator[None]:
        """Show what the store holds now, one part after the other."""
        try:
            self.standing = standing(self._views)
        except BridgeError as error:
            self.standing = replace(self.standing, unreadable=True)
            self.banner.say_error(error)
            self.changed.emit()
            return
        yield
        self.overview.leave_out(self.standing.told_below)
        for tab in (self.overview, self.lists, self.orders, self.payments.from_sage, self.activity):
            tab.refresh()
            yield
        for tab in (self.invoices, self.payments.to_sage):
            tab.refresh()
            yield
            tab.load_if_stale()  # their titles count, seen or not
            yield
        self._show_states()
        self._outside.take_note()
        self.foot.idle.setText(self._idle_words())
        self.changed.emit()

    def open_record(self, attention: Attention) -> None:
        """Go to the record or document that needs the user, or to the run that asked.

        What cannot be shown there is told at the foot.
        """
        places = {"Purchase Orders": self.orders, "Invoices": self.invoices, "Payments": self.payments}
        if attention.is_unreadable:
            tab = self.payments if attention.where == "Payments" else self.invoices
            self.tabs.setCurrentWidget(tab)
            tab.choose_none()
            self.banner.say("warning", attention.title, attention.message, attention.fix, code=attention.code)
        elif attention.where == "Lists":
            self.tabs.setCurrentWidget(self.lists)
            self.lists.open_record(ListName(attention.list), attention.key)
        elif attention.where in places:
            self.tabs.setCurrentWidget(places[attention.where])
            places[attention.where].open_record(attention.key)
        elif attention.run:
            self.open_run(attention.run)

    def look_outside(self) -> bool:
        """Take note whether a run that was started elsewhere holds this company; return whether one does.

        What it has done is shown as soon as it has ended.
        """
        if self.engine.running or self._ending.busy or self._closing:
            return False
        begun, ended = self._outside.look(unreadable=self.standing.unreadable)
        holder = self._outside.holder
        if begun and holder is not None:
            self.foot.clear()
            self._command = holder.command
            self._set_running(True)
            self.run_bar.show_outside(outside_words(holder))
        elif ended:
            self._set_running(False)
            self.run_bar.finish()
            self.refresh()
            if not self.standing.unreadable:
                self._tell_outside()
        return holder is not None

    def _tell_outside(self) -> None:
        """Say how the run that was started elsewhere has ended."""
        newest = self._outside.newest
        if newest is not None and newest.finished_at is not None and newest.exit_code is not None:
            end, story = end_of(newest), RunStory()
            self.banner.say(*story.end(end), code=story.code(end))
            self.outside_ended.emit(end)

    def let_go(self) -> None:
        """Close the store's file, wherever it is open for what is shown; whatever asks next opens it again."""
        for tab in (self.lists, self.orders, self.payments.from_sage, self.activity):
            tab.let_go()
        self.exports.let_go()
        self._views.close()

    def stop(self, within_ms: int) -> None:
        """Start nothing more, and ask a run that goes on to stop; it is ended by force after `within_ms`."""
        self._closing = True
        self.engine.cancel(within_ms)

    def shut_down(self) -> None:
        """End every child, by force where it must be, and let go of the store: nothing is left of the page's work."""
        for each in (self.engine, self.support, self.papers, self.exports):
            each.shut_down()
        self._ending.stop()
        for tab in (self.lists, self.orders, self.payments.from_sage, self.activity):
            tab.shut_down()
        self._views.close()

    def open_run(self, run: str) -> None:
        """Show in Activity what happened in a run."""
        self.tabs.setCurrentWidget(self.activity)
        self.activity.open_run(run)

    def changeEvent(self, event: QEvent) -> None:
        """Make what carries colours of its own anew when light turns to dark, or dark to light."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and is_dark(self.palette()) != self._dark:
            self._dark = is_dark(self.palette())
            self.refresh()

    def focus_filter(self) -> None:
        """Put the cursor into the filter of the tab in front."""
        self.tabs.currentWidget().focus_filter()

    def _arrange(self) -> None:
        self.tabs.setObjectName("tabs")
        self.tabs.addTab(self.overview, tr("&Overview"))
        self.tabs.addTab(self.lists, tr("&Lists"))
        self.tabs.addTab(self.orders, tr("&Purchase Orders"))
        self.tabs.addTab(self.invoices, tr("&Invoices"))
        self.tabs.addTab(self.payments, tr("Pa&yments"))
        self.tabs.addTab(self.activity, tr("Acti&vity"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.foot)

    def _connect(self) -> None:
        self.foot.strip.step_asked.connect(self._do_step)
        self.run_bar.cancel_asked.connect(self.engine.cancel)
        self.engine.told.connect(self._take)
        self.engine.ended.connect(self._run_ended)
        for tab in (self.overview, self.lists, self.orders, self.invoices, self.payments, self.activity):
            tab.failed.connect(self.banner.say_error)
            tab.step_asked.connect(self._do_step)
        for tab, title in ((self.invoices, tr("&Invoices")), (self.payments.to_sage, tr("Pa&yments"))):
            plural = tab.kind.plural
            tab.send_asked.connect(lambda ids, plural=plural: self.start(f"send {plural}", ids))
            tab.settle_asked.connect(self.start)
            tab.check_asked.connect(lambda plural=plural: self.start(f"preview {plural}"))
            tab.paper_asked.connect(self.papers.want)
            tab.run_opened.connect(self.open_run)
            tab.count_changed.connect(lambda number, tab=tab, title=title: self._show_count(tab, title, number))
        self.overview.record_opened.connect(self.open_record)
        self.overview.deletions.accepted.connect(lambda: self.start("sync", arguments=("--accept-deletions",)))
        self.overview.day_opened.connect(self._open_day)
        self.overview.stage_opened.connect(self._open_stage)
        self.activity.probe_asked.connect(lambda: self.start("probe"))
        self.activity.support_asked.connect(self.support.ask)
        self.activity.undo_asked.connect(lambda run: self.start("undo", arguments=("--run", run)))
        for each in (self.support, self.papers, self.exports):
            each.told.connect(self.banner.say)
        for each in (self.support, self.papers):
            each.begun.connect(self.banner.say)
        self.exports.begun.connect(self.banner.say_saving)
        self.exports.moved.connect(self.banner.say_further)
        self.banner.stop_asked.connect(self.exports.cancel)
        self.exports.failed.connect(self.banner.say_error)
        for tab in (self.overview, self.lists, self.orders, self.payments.from_sage, self.activity):
            tab.export_asked.connect(self.exports.want)
        views = (self.payments.to_sage, self.payments.from_sage)
        for tab in (self.overview, self.lists, self.orders, self.invoices, *views, self.activity):
            tab.escaped.connect(self.foot.escape)

    def _idle_words(self) -> str:
        """Say what was done last, and how it ended; before anything was, what comes first."""
        newest = self._outside.newest
        if newest is None:
            return tr("Nothing has run yet. Sync Now brings everything over, and sends nothing to Sage.")
        return tr(
            "Last run: {command}, {when} · {outcome}",
            command=command_words(newest.command),
            when=moment(newest.finished_at or newest.started_at),
            outcome=outcome_words(newest.outcome)[1],
        )

    def _show_count(self, tab: DocumentsTab, title: str, number: int) -> None:
        widget = self.invoices if tab is self.invoices else self.payments
        self.tabs.setTabText(self.tabs.indexOf(widget), f"{title} ({number})" if number else title)

    def _take(self, event: Event) -> None:
        self.run_bar.take(event)
        self._story.take(event)
        if event.kind is Kind.STAGE_FINISHED:
            self.lists.refresh()

    def _run_ended(self, end: RunEnd) -> None:
        log.info("“%s” ended: %s, exit code %d", end.command, end.outcome, end.exit_code)
        self._views.close()  # what the run wrote is to be seen
        self._ending.begin(self._show_end(end), at_once=1)

    def _show_end(self, end: RunEnd) -> Iterator[None]:
        """Tell how a run ended and show what it did, part by part: the window would stand still for all at once."""
        with suppress(BridgeError):  # told when all is shown
            yield from () if self._closing else self._views.needs_in_steps()
        self.run_bar.finish()
        if self._closing:
            self._set_running(False)
            self.run_ended.emit(end)
            return
        self._tell_end(end)
        yield
        self._set_running(False)  # only now: what is started next has the foot for itself
        yield
        yield from self._showing()
        if end.command == "probe" and end.done:
            self._show_probe()
        if end.command == "undo" and end.run and self.tabs.currentWidget() is self.activity:
            self.open_run(end.run)  # it tells of each document what became of it
        for tab in (self.invoices, self.payments.to_sage):
            if end.command == f"send {tab.kind.plural}" and end.done:
                tab.show_totals()
        yield
        self.run_ended.emit(end)

    def _tell_end(self, end: RunEnd) -> None:
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
        self.banner.say(*self._story.end(end, documents, names), code=self._story.code(end))

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

    def _do_step(self, state: TabState) -> None:
        if state.step is Step.SYNC:
            self.start("sync")
        else:
            self.open_run(state.run)

    def _show_states(self) -> None:
        state = tab_state(self.standing, running=self._running, command=self._command)
        self.foot.show_state(state)
        for tab in (self.overview, self.lists, self.orders, self.invoices, self.payments, self.activity):
            tab.show_state(state)

    def _open_day(self, day: date) -> None:
        self.tabs.setCurrentWidget(self.activity)
        self.activity.show_day(day)

    def _open_stage(self, stage: tuple[str, str]) -> None:
        kind, where = stage
        tab = self.invoices if kind == "invoice" else self.payments
        self.tabs.setCurrentWidget(tab)
        tab.show_stage(where)

    def _set_running(self, running: bool) -> None:
        self._running = running
        self._show_states()
        self.invoices.set_running(running)
        self.payments.to_sage.set_running(running)
        self.overview.set_running(running)
        self.activity.set_running(running)
        self.changed.emit()
