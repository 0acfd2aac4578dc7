"""The Activity tab: what AP Bridge did, run by run, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.engine.events import Kind
from app.engine.views import BroughtRow, EventRow, RunRow, Views
from app.gui.format import day as day_words
from app.gui.format import duration, exact_moment, moment, money
from app.gui.held_back import as_run, held_back_words
from app.gui.help.link import LearnMore
from app.gui.pictures.days import day_of
from app.gui.sentences import event_sentence
from app.gui.slices import Slices
from app.gui.table import Column, TableModel
from app.gui.tabs.base import Tab
from app.gui.text import counted, tr
from app.gui.widgets.able import able
from app.gui.widgets.confirm_bar import ConfirmBar
from app.gui.widgets.export_button import ExportButton
from app.gui.widgets.filter_box import FilterBox
from app.gui.widgets.no_match import NoMatch
from app.gui.widgets.reason import Reason
from app.gui.widgets.table_view import TableView
from app.gui.words import command_words, outcome_words


@dataclass(frozen=True, slots=True)
class _Told:
    """One event, told."""

    number: int
    event: EventRow
    picture: str
    sentence: str


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
        self.filter_box = FilterBox("activity_filter", self.events)
        self.no_match = NoMatch(self.events_table)
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
        self._telling.done.connect(self.events.set_rows)
        self._telling.failed.connect(self.failed)
        self._running = False
        self.reason = Reason("event_reason")
        self.learn_more = LearnMore("event_learn_more")
        self.day = _button("all_days", "", self.all_days_asked)
        self.day.hide()
        self.probe = _button("probe_button", tr("&What this Sage 100 has…"), self.probe_asked)
        self.support = _button("support_button", tr("Make a support &bundle…"), self.support_asked)
        self.export = ExportButton("activity_export", self.events_table, self.runs_table)
        self.export.asked.connect(lambda table: self.export_asked.emit(table, table.accessibleName()))
        self._arrange()
        self.all_days_asked.connect(lambda: self.show_day(None))
        self.runs_table.selected.connect(self._show_events)
        self.events_table.selected.connect(self._show_reason)
        self.runs_table.opened.connect(lambda _: self.events_table.setFocus())

    def load(self) -> bool:
        """Fill the tab from the store."""
        held_back = [as_run(each) for each in self.views.held_back()]
        self.runs.set_rows(sorted([*self.views.runs(), *held_back], key=lambda row: row.started_at, reverse=True))
        return bool(self.runs.rows)

    def set_running(self, running: bool) -> None:
        """Let one run go on at a time; a support bundle is no run."""
        able(self.probe, not running)
        self._running = running
        self._offer_undo()

    def let_go(self) -> None:
        """Read no further: the store's file is to be closed."""
        self._telling.stop()

    def shut_down(self) -> None:
        """Tell no more: the window closes."""
        self._telling.stop()

    def open_run(self, run: str) -> None:
        """Show what happened in the run with this id."""
        self.load_if_stale()
        self.show_day(None)
        if self.runs_table.choose(run):
            self.runs_table.setFocus()

    def show_day(self, day: date | None) -> None:
        """Show the runs of one day, or of all days."""
        self.load_if_stale()
        self.runs.set_where((lambda run: day_of(run.started_at) == day) if day is not None else None)
        self.day.setVisible(day is not None)
        if day is not None:
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

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(QLabel(tr("What happened in the chosen run")), 1)
        bar.addWidget(self.filter_box)
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
        above.addWidget(self.day, 0, Qt.AlignmentFlag.AlignLeft)
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

    def _show_events(self, run: RunRow | None) -> None:
        self._run, self._brought = run, []
        if run is not None:
            self.guarded(lambda: self._telling.begin(self._told(run)))
            self.guarded(lambda: self._take_brought(run))
        self._offer_undo()

    def _take_brought(self, run: RunRow) -> None:
        self._brought = [row for row in self.views.brought(run.id) if row.state != "undone"]

    def _show_reason(self, row: _Told | None) -> None:
        self.reason.say(*((row.sentence,) if row is not None else ()))
        self.learn_more.show_code(str(row.event.data.get("code", "")) if row is not None else "")

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

    def _told(self, run: RunRow) -> Iterator[_Told]:
        held_back = held_back_words(run)
        if held_back:
            yield _Told(0, EventRow(run.started_at, run.outcome, {}), "waiting", held_back)
            return
        names = self.views.told_of(run.id)
        for number, event in enumerate(self.views.events(run.id)):
            if event.event != Kind.STAGE_STARTED:  # its end says it all, or the run's end says why there is none
                yield _Told(number, event, *event_sentence(event.event, event.data, names))


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


def run_columns() -> list[Column[RunRow]]:
    """Return the columns of a table of runs."""

    def length(row: RunRow) -> float | None:
        return (row.finished_at - row.started_at).total_seconds() if row.finished_at else None

    def length_words(row: RunRow) -> str:
        seconds = length(row)
        return duration(seconds) if seconds is not None else ""

    return [
        Column(tr("Started"), lambda row: moment(row.started_at), lambda row: row.started_at, width=21),
        Column(tr("Run"), lambda row: command_words(row.command), width=30),
        Column(tr("Took"), length_words, length, right=True, width=7),
        Column(
            tr("How it ended"),
            lambda row: outcome_words(row.outcome)[1],
            icon=lambda row: outcome_words(row.outcome)[0],
        ),
    ]


def _event_columns() -> list[Column[_Told]]:
    return [
        Column(
            tr("Time"),
            lambda row: exact_moment(row.event.at),
            lambda row: row.number,
            width=13,
            saved=lambda row: row.event.at,
        ),
        Column(tr("What happened"), lambda row: row.sentence, icon=lambda row: row.picture, long=True),
    ]
