"""The Activity tab: what AP Bridge did, run by run, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.engine.events import Kind
from app.engine.views import BroughtRow, RunRow, Views
from app.errors import BridgeError
from app.gui.extent import Extract, filter_words
from app.gui.format import day as day_words
from app.gui.format import exact_moment, moment, money
from app.gui.held_back import as_run, held_back_words
from app.gui.help.link import LearnMore
from app.gui.pictures.days import day_of
from app.gui.reader import Reader
from app.gui.sentences import event_sentence
from app.gui.slices import Slices
from app.gui.table import Column, TableModel
from app.gui.tabs.base import Tab
from app.gui.tabs.runs import run_columns, said_of, search
from app.gui.text import counted, tr
from app.gui.waiting import Waiting
from app.gui.widgets.able import able
from app.gui.widgets.confirm_bar import ConfirmBar
from app.gui.widgets.export_button import ExportButton
from app.gui.widgets.filter_box import FilterBox
from app.gui.widgets.no_match import NoMatch
from app.gui.widgets.quiet import Quiet
from app.gui.widgets.reason import Reason
from app.gui.widgets.table_view import TableView
from app.gui.words import command_words


@dataclass(frozen=True, slots=True)
class _Told:
    """One event, told; there may be very many, so it holds no more than is shown."""

    number: int
    at: datetime
    picture: str
    sentence: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class _Of:
    """What events are told of: a run, as far as the words that are looked for narrow it."""

    run: str
    words: tuple[str, ...]


class ActivityTab(Tab):
    """Above the runs, below what happened in the chosen one; at the foot what helps when something is wrong.

    `undo_asked` carries the run that the confirmed question was about.
    """

    probe_asked = Signal()
    support_asked = Signal()
    undo_asked = Signal(str)
    all_days_asked = Signal()

    def __init__(self, views: Views, parent: QWidget | None = None) -> None:
        empty = tr("Nothing has run yet. Click Sync Now; each run is listed here with all that happened in it.")
        super().__init__("activity_tab", views, empty, parent)
        self.runs: TableModel[RunRow] = TableModel(run_columns(), lambda row: row.id, parent=self)
        self.events: TableModel[_Told] = TableModel(_event_columns(), lambda row: str(row.number), parent=self)
        self.runs_table = TableView("runs_table", tr("Runs"), self.runs, leads=True)
        self.events_table = TableView("events_table", tr("What happened in the chosen run"), self.events)
        self.filter_box = FilterBox("activity_filter", self)
        self.no_match = NoMatch(self.events_table, words=self._no_event_words)
        self.no_run = NoMatch(self.runs_table, words=self._no_run_words)
        self.undo = QPushButton()
        self.undo.setObjectName("undo_run")
        self.undo.setToolTip(tr("Delete in Sage what the chosen run sent, while it is unposted and unchanged"))
        self.undo.clicked.connect(self._ask)
        self.confirm = ConfirmBar(picture="warning", answer="confirm_undo")
        self.confirm.confirmed.connect(lambda: self.undo_asked.emit(self._run.id if self._run else ""))
        self.confirm.asking.connect(self.undo.setHidden)
        self._run: RunRow | None = None
        self._brought: list[BroughtRow] = []
        self._telling = Slices(self)
        self._telling.done.connect(self._fill_events)
        self._telling.failed.connect(self._fail_events)
        self._telling_of: _Of | None = None
        self._told_of: _Of | None = None
        self._all: list[RunRow] = []
        self._in_all = self._told_in_all = 0
        self._words: list[str] = []
        self._found: list[str] = []
        self._day: date | None = None
        self._searching = Reader(views, self)
        self._searching.answered.connect(self._take_runs)
        self._searching.failed.connect(self.failed)
        looking = Quiet("activity_looking")
        self._looking = Waiting(looking)
        self._searching.done.connect(self._looking.end)
        self._running = False
        self.reason = Reason("event_reason")
        self.learn_more = LearnMore("event_learn_more")
        self.day = _button("all_days", "", self.all_days_asked)
        self.day.hide()
        self.probe = _button("probe_button", tr("&What this Sage 100 has…"), self.probe_asked)
        self.support = _button("support_button", tr("Make a support &bundle…"), self.support_asked)
        self.export = ExportButton("activity_export", self.events_table, self.runs_table)
        self.export.asked.connect(self._export)
        self._arrange(looking)
        self.all_days_asked.connect(lambda: self.show_day(None))
        self.runs_table.selected.connect(self._show_events)
        self.events_table.selected.connect(self._show_reason)
        self.runs_table.opened.connect(lambda _: self.events_table.setFocus())

    def load(self) -> bool:
        """Fill the tab from the store."""
        held_back = [as_run(each) for each in self.views.held_back()]
        self._all = sorted([*self.views.runs(), *held_back], key=lambda row: row.started_at, reverse=True)
        self._in_all = self.views.number_of_runs() + len(held_back)
        self._show_runs()
        return bool(self._all)

    def set_filter(self, text: str) -> None:
        """Show only runs that touched or told what has every word of `text`, and of the chosen one what tells it."""
        words = text.lower().split()
        if words != self._words:
            self._words = words
            self._show_runs()

    def set_running(self, running: bool) -> None:
        """Let one run go on at a time; a support bundle is no run."""
        able(self.probe, not running)
        self._running = running
        self._offer_undo()

    def let_go(self) -> None:
        """Read and look no further: the store's file is to be closed."""
        self._telling.stop()
        self._looking.end()
        self._searching.let_go()

    def shut_down(self) -> None:
        """Tell and look for no more: the window closes."""
        self._telling.stop()
        self._searching.shut_down()

    def open_run(self, run: str) -> None:
        """Show what happened in the run with this id."""
        self.load_if_stale()
        self.filter_box.clear()
        self.show_day(None)
        if self.runs_table.choose(run):
            self.runs_table.setFocus()

    def show_day(self, day: date | None) -> None:
        """Show the runs of one day, or of all days."""
        self.load_if_stale()
        self._day = day
        self.runs.set_where((lambda run: day_of(run.started_at) == day) if day is not None else None)
        self.day.setVisible(day is not None)
        if day is not None:
            self.filter_box.clear()
            self.day.setText(tr("Only {day}: Show All &Days", day=day_words(day)))
            self.runs_table.setFocus()

    def escape(self) -> bool:
        """Take back the question, else what narrows the tables."""
        if self.confirm.isHidden():
            narrowed = super().escape() or not self.day.isHidden()
            self.show_day(None)
            return narrowed
        self.confirm.dismiss()
        self.runs_table.setFocus()
        return True

    def _arrange(self, looking: QWidget) -> None:
        top = QHBoxLayout()
        top.addWidget(self.filter_box)
        top.addWidget(self.day)
        top.addWidget(looking)
        top.addStretch(1)
        bar = QHBoxLayout()
        bar.addWidget(QLabel(tr("What happened in the chosen run")), 1)
        bar.addWidget(self.export)
        bar.addWidget(self.undo)
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 6, 0, 0)
        below.addLayout(bar)
        below.addWidget(self.confirm)
        below.addWidget(self.events_table, 1)
        below.addWidget(self.reason)
        below.addWidget(self.learn_more)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        upper = QWidget()
        above = QVBoxLayout(upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.addLayout(top)
        above.addWidget(self.runs_table, 1)
        split.addWidget(upper)
        split.addWidget(lower)
        split.setSizes([200, 300])
        split.setStretchFactor(1, 1)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.probe)
        foot.addWidget(self.support)
        self.layout().addLayout(foot)  # below the tab's pages: they help most before anything has run

    def _show_runs(self) -> None:
        """Show all runs, or look for those that have the words; until they are found, all stay as they are."""
        if self._words:
            self._looking.begin(tr("Looking through all runs"))
            self._searching.ask(search(tuple(self._words), self.runs.columns), anew=True)
        else:
            self._searching.stop()
            self._looking.end()
            self._take_runs(self._all)
        self._offer_export()

    def _take_runs(self, rows: list[RunRow]) -> None:
        self._found = self._words
        self.runs.set_rows(rows)
        self._offer_export()

    def _no_run_words(self) -> str:
        text = " ".join(self.filter_box.text().split())
        return tr("No run has “{text}”. Clear the filter to see all runs.", text=text) if self._words else ""

    def _no_event_words(self) -> str:
        if self._run is None:
            return tr("No run is chosen.")
        if not self._words:
            return tr("Nothing was told of this run.")
        return tr(
            "This run touched what you look for, and told nothing of it by itself. Clear the filter to see all that "
            "happened in it."
        )

    def _offer_export(self) -> None:
        """Save nothing under the name of what is chosen or looked for until it is what the tables show."""
        self.export.offer(self.events_table, whole=self._told_of == self._wanted())
        self.export.offer(self.runs_table, whole=self._found == self._words)

    def _wanted(self) -> _Of | None:
        return _Of(self._run.id, tuple(self._words)) if self._run is not None else None

    def _export(self, table: TableView) -> None:
        if table is self.runs_table:
            narrowed = [day_words(self._day)] if self._day is not None else []
        elif self._run is not None:
            narrowed = [f"{command_words(self._run.command)}, {moment(self._run.started_at)}"]
        else:
            narrowed = []
        extract = Extract.of(table, "", narrowed, filter_words(self.filter_box.applied))
        in_all = self._in_all if table is self.runs_table else self._told_in_all
        self.export_asked.emit(replace(extract, in_all=in_all))

    def _show_events(self, run: RunRow | None) -> None:
        self._run, self._brought = run, []
        self._telling_of = self._wanted()
        if run is None:
            self._telling.stop()
            self._fill_events([])
        else:
            if not self.guarded(lambda: self._telling.begin(self._told(run))):
                self._leave_events()
            self.guarded(lambda: self._take_brought(run))
        self._offer_undo()
        self._offer_export()

    def _fail_events(self, error: BridgeError) -> None:
        self._leave_events()
        self.failed.emit(error)

    def _leave_events(self) -> None:
        """Show none rather than those of another run."""
        self._telling_of = None
        self._fill_events([])

    def _fill_events(self, told: list[_Told | None]) -> None:
        self._told_of, self._told_in_all = self._telling_of, len(told)
        self._offer_export()
        self.events.set_rows(each for each in told if each is not None)

    def _take_brought(self, run: RunRow) -> None:
        self._brought = [row for row in self.views.brought(run.id) if row.state != "undone"]

    def _show_reason(self, row: _Told | None) -> None:
        self.reason.say(*((row.sentence,) if row is not None else ()))
        self.learn_more.show_code(row.code if row is not None else "")

    def _offer_undo(self) -> None:
        """Offer to undo a run that sent something; an open question is taken back."""
        self.confirm.dismiss()
        self.undo.setVisible(bool(self._brought))
        self.undo.setText(tr("&Undo {documents}…", documents=self._brought_words()))
        able(self.undo, not self._running)

    def _brought_words(self) -> str:
        """Return “12 invoices”, what the chosen run sent and is not undone yet."""
        words = _COUNTED.get(tuple({row.kind for row in self._brought}), _COUNTED[()])
        return counted(len(self._brought), *words)

    def _ask(self) -> None:
        documents = self._brought_words()
        question = tr(
            "Undo {documents}, {amount}?", documents=documents, amount=money(sum(row.amount for row in self._brought))
        )
        what = tr(
            "What is unposted and unchanged is deleted in Sage and approved again in Quadient AP. The rest is left as "
            "it is, and you are told why."
        )
        self.confirm.ask(f"{question} {what}", tr("Undo {documents}", documents=documents))

    def _told(self, run: RunRow) -> Iterator[_Told | None]:
        """Yield what is told of a run, and None for what the filter hides."""
        held_back = held_back_words(run)
        if held_back:
            yield _Told(0, run.started_at, "waiting", held_back)
            return
        columns, said = self.events.columns, said_of(run, self.runs.columns)
        words = [word for word in self._words if word not in said]
        for number, (event, names) in enumerate(self.views.events_in_steps(run.id)):
            if event.event == Kind.STAGE_STARTED:  # its end says it all, or the run's end says why there is none
                continue
            told = _Told(
                number, event.at, *event_sentence(event.event, event.data, names), str(event.data.get("code", ""))
            )
            text = "\n".join(column.text(told) for column in columns).lower() if words else ""
            yield told if all(word in text for word in words) else None


_COUNTED: dict[tuple[str, ...], tuple[str, str]] = {
    ("invoice",): ("{n} invoice", "{n} invoices"),
    ("payment",): ("{n} payment", "{n} payments"),
    (): ("{n} document", "{n} documents"),
}


def _button(name: str, text: str, clicked: Signal) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.clicked.connect(clicked)
    return button


def _event_columns() -> list[Column[_Told]]:
    return [
        Column(
            tr("Time"),
            lambda row: exact_moment(row.at),
            lambda row: row.number,
            width=13,
            saved=lambda row: row.at,
        ),
        Column(tr("What happened"), lambda row: row.sentence, icon=lambda row: row.picture, long=True),
    ]
