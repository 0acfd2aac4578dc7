"""The Overview tab: what needs the user first, then money on its way and the last run, stage by stage."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.engine.events import Kind
from app.engine.views import Attention, EventRow, InFlight, RunRow, Views
from app.gui.extent import Extract, Tabular
from app.gui.format import moment
from app.gui.help.link import LearnMore
from app.gui.pictures.ages import Age, AgesPicture, age_of, age_words, by_age
from app.gui.pictures.days import DAYS, DaysPicture, day_of, last_days, summary_words
from app.gui.pictures.flow import FlowPicture
from app.gui.sentences import stage_words
from app.gui.style import scaled_font
from app.gui.table import Column, TableModel
from app.gui.tabs.base import Tab
from app.gui.text import counted, tr
from app.gui.widgets.able import able
from app.gui.widgets.accept_deletions import AcceptDeletions
from app.gui.widgets.export_button import ExportButton
from app.gui.widgets.no_match import NoMatch
from app.gui.widgets.quiet import Quiet
from app.gui.widgets.reason import Reason
from app.gui.widgets.rebuild_bar import RebuildButton
from app.gui.widgets.scrolling import scrolling
from app.gui.widgets.table_view import TableView
from app.gui.widgets.whole_rows import WholeRows
from app.gui.words import command_words, outcome_words

SIDE_WIDTH = 300
NEEDS_SEEN, STAGES_SEEN = 5, 2  # rows that are seen on the smallest screen
REASON_SEEN = 6  # lines of text that leave the smallest screen without scrolling
FIRST_BELOW = 2  # the first of the columns that stand below the table in full


class OverviewTab(Tab):
    """`record_opened` carries the Attention to go to, `day_opened` a date whose runs to show, `stage_opened` the
    (kind, stage) of documents on their way.
    """

    record_opened = Signal(object)
    day_opened = Signal(object)
    stage_opened = Signal(object)

    def __init__(self, views: Views, parent: QWidget | None = None) -> None:
        empty = tr(
            "Welcome. Click Sync Now to bring lists and purchase orders to Quadient AP, and to preview what is "
            "ready for Sage. Nothing is written to Sage before you click Send."
        )
        super().__init__("overview_tab", views, empty, parent)
        self.needs: TableModel[Attention] = TableModel(
            _need_columns(), lambda row: f"{row.where}/{row.title}/{row.key}", parent=self
        )
        self.stages: TableModel[_StageRow] = TableModel(_stage_columns(), lambda row: row.stage, parent=self)
        self.needs_table = TableView("needs_table", tr("What needs you"), self.needs, leads=True, sort=False)
        self.stages_table = TableView("stages_table", tr("The last run, stage by stage"), self.stages)
        self.ages = AgesPicture("ages_picture", tr("How long things have needed you"))
        self.days = DaysPicture("days_picture", tr("Runs of the last {n} days", n=DAYS))
        self.flow = FlowPicture("flow_picture", tr("Invoices on their way"))
        self.payments_flow = FlowPicture("payments_flow_picture", tr("Payments on their way"))
        self.reason = Reason("need_reason", REASON_SEEN)
        self.open = QPushButton(tr("Open It"))
        self.open.setObjectName("need_open")
        self.open.setToolTip(tr("Go to it in its own tab (Enter in the list above does so too)"))
        self.open.clicked.connect(self._open_chosen)
        self.learn_more = LearnMore("need_learn_more")
        self.deletions = AcceptDeletions()
        self.rebuild = RebuildButton("overview_rebuild", tr("Rebuild…"))
        before = tr("Did AP Bridge keep this company in step before? Rebuild what it knew, then sync.")
        self.empty.offer(before, self.rebuild)
        self.nothing_left = NoMatch(
            self.needs_table,
            tr("Nothing waits for you here. What is ready to be sent is in Invoices and Payments."),
            narrowed=lambda: False,
        )
        self.age: Age | None = None
        self._told_below: tuple[Attention, ...] = ()
        self.all_ages = QPushButton(tr("Show &All of Them"))
        self.all_ages.setObjectName("all_ages")
        self.all_ages.clicked.connect(lambda: self._show_age(None))
        self.export = ExportButton(
            "overview_export",
            self.needs_table,
            self.ages,
            self.days,
            self.flow,
            self.payments_flow,
            self.stages_table,
        )
        self.export.asked.connect(self._export)
        self._needs_title, self._stages_title = _heading("needs_title"), _heading("stages_title")
        self._flow_title, self._as_of = _heading("flow_title"), Quiet("flow_as_of")
        self._flow_title.setText(tr("Money on its way"))
        self._days_words = Quiet("days_words")
        self._arrange()
        self._set_up_tables()
        self.needs_table.selected.connect(self._show_reason)
        self.needs_table.opened.connect(self.record_opened)
        self.ages.opened.connect(self._show_age)
        self.days.opened.connect(self.day_opened)
        for flow in (self.flow, self.payments_flow):
            flow.opened.connect(self.stage_opened)

    def leave_out(self, told_below: tuple[Attention, ...]) -> None:
        """Tell nothing of what the foot of the window tells."""
        self._told_below = told_below

    def load(self) -> bool:
        """Fill the tab from the store."""
        runs = self.views.runs(1)
        needs = [each for each in self.views.needs_you() if each not in self._told_below]
        now = datetime.now(UTC)
        self.ages.show_ages(by_age(needs, day_of(now)))
        self.needs.set_rows(needs)
        self._show_age(self.age)
        self._show_flow(self.views.in_flight(now))
        days = last_days(self.views)
        self.days.show_days(days)
        self._days_words.setText(summary_words(days))
        if runs:
            last = runs[0]
            command = command_words(last.command)
            self._stages_title.setText(tr("Last run: {command}, {when}", command=command, when=moment(last.started_at)))
            below = any(each.run == last.id for each in self._told_below)
            self.stages.set_rows(
                [*_end_rows(last, why=not below), *_stage_rows(self.views.events(last.id, Kind.STAGE_FINISHED))]
            )
        return bool(runs or needs)

    def escape(self) -> bool:
        """Take back the question, else show things of every age again."""
        if self.deletions.confirm.isHidden():
            narrowed = self.age is not None
            self._show_age(None)
            return narrowed
        self.deletions.confirm.dismiss()
        self.needs_table.setFocus()
        return True

    def set_running(self, running: bool) -> None:
        """Accept no deletions and rebuild nothing while a run goes on."""
        self.deletions.set_running(running)
        able(self.rebuild, not running)

    def _arrange(self) -> None:
        row = self.needs_table.verticalHeader().defaultSectionSize()
        upper = QHBoxLayout()
        upper.setSpacing(16)
        needs = QVBoxLayout()
        needs.setSpacing(4)
        bar = QHBoxLayout()
        bar.addWidget(self._needs_title, 1)
        bar.addWidget(self.all_ages)
        bar.addWidget(self.export)
        needs.addLayout(bar)
        needs.addWidget(WholeRows(self.needs_table, NEEDS_SEEN * row), 1)
        needs.addWidget(self._why())
        needs.addWidget(self.deletions)
        upper.addLayout(needs, 1)
        side = QWidget()
        side.setMaximumWidth(SIDE_WIDTH)
        beside = QVBoxLayout(side)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(6)
        ages_title, days_title = _heading("ages_title"), _heading("days_title")
        ages_title.setText(tr("For how long"))
        days_title.setText(tr("Runs of the last {n} days", n=DAYS))
        for widget in (ages_title, self.ages, days_title, self.days, self._days_words):
            beside.addWidget(widget)
        beside.addStretch(1)
        upper.addWidget(side)
        flows = QHBoxLayout()
        flows.addWidget(self._flow_title)
        flows.addWidget(self._as_of, 1)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(8)
        layout.addLayout(upper, 4)
        layout.addLayout(flows)
        layout.addWidget(self.flow)
        layout.addWidget(self.payments_flow)
        layout.addWidget(self._stages_title)
        layout.addWidget(WholeRows(self.stages_table, STAGES_SEEN * row + 2), 2)
        around = QVBoxLayout(self.content)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolling(inner))

    def _why(self) -> QWidget:
        """Return the words under what needs the user; they give their room to the question, while there is one."""
        why = QWidget()
        row = QHBoxLayout(why)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.reason, 1)
        beside = QVBoxLayout()
        beside.addStretch(1)
        beside.addWidget(self.open)
        beside.addWidget(self.learn_more, 0, Qt.AlignmentFlag.AlignRight)
        row.addLayout(beside)
        self.deletions.confirm.asking.connect(why.setHidden)
        return why

    def _set_up_tables(self) -> None:
        """Give what needs the user its table's width: why, and what to do, stands below in full."""
        self.stages_table.horizontalHeader().hide()
        header = self.needs_table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for number in range(FIRST_BELOW, len(self.needs.columns)):
            self.needs_table.hideColumn(number)

    def _show_flow(self, stations: list[InFlight]) -> None:
        payments = [each for each in stations if each.kind == "payment"]
        self.flow.show_stations([each for each in stations if each.kind == "invoice"])
        self.payments_flow.show_stations(payments)
        self.payments_flow.setVisible(any(each.count for each in payments))
        as_of = min((each.as_of for each in stations if each.as_of is not None), default=None)
        words = tr("as of {when}; each sync looks again", when=moment(as_of)) if as_of else tr("nothing so far")
        self._as_of.setText(words)

    def _show_age(self, age: Age | None) -> None:
        """Show what has needed the user for so long, or all of it."""
        today = day_of(datetime.now(UTC))
        rows = [row for row in self.needs.rows if age is None or age_of(row, today) is age]
        self.age = age if rows else None
        self.needs.set_where((lambda row: age_of(row, today) is age) if self.age else None)
        self.all_ages.setVisible(self.age is not None)
        number = len(self.needs.shown)
        if not number:
            words = tr("Nothing needs you")
        elif self.age is not None:
            words = counted(
                number, "{n} thing needs you ({age})", "{n} things need you ({age})", age=age_words(self.age)
            )
        else:
            words = counted(number, "{n} thing needs you", "{n} things need you")
        self._needs_title.setText(words)
        if self.age is not None:
            self.needs_table.setFocus()

    def _export(self, shown: Tabular) -> None:
        ages = [age_words(self.age)] if shown is self.needs_table and self.age is not None else []
        last = [self._stages_title.text()] if shown is self.stages_table else []
        self.export_asked.emit(Extract.of(shown, "", ages, last))

    def _open_chosen(self) -> None:
        chosen = self.needs_table.current()
        if chosen is not None:
            self.record_opened.emit(chosen)

    def _show_reason(self, row: Attention | None) -> None:
        self.open.setVisible(row is not None)
        self.learn_more.show_code(row.code if row else "")
        self.deletions.show_code(row.code if row else "")
        if row is None:
            self.reason.say()
        else:
            self.reason.say_lines((tr("What"), row.title), (tr("Why"), row.message), (tr("What to do"), row.fix))


def _heading(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setFont(scaled_font(label, 1.1, bold=True))
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return label


def _need_columns() -> list[Column[Attention]]:
    def title(row: Attention) -> str:
        return f"    ↳ {row.title}" if row.depth else row.title

    return [
        Column(tr("What"), title, icon=lambda row: "waiting" if row.depth else "warning", long=True),
        Column(tr("Since"), lambda row: moment(row.since), width=21, saved=lambda row: row.since),
        Column(tr("Why"), lambda row: row.message, width=40, long=True),
        Column(tr("What to do"), lambda row: row.fix, long=True),
    ]


@dataclass(frozen=True, slots=True)
class _StageRow:
    """One line of the last run: how it ended where it did not end well, or a finished stage."""

    stage: str
    picture: str
    title: str
    words: str


def _end_rows(run: RunRow, *, why: bool) -> Iterator[_StageRow]:
    picture, outcome = outcome_words(run.outcome)
    error = run.summary.get("error")
    if error and why:
        yield _StageRow("", picture, str(error["title"]), f"{error['message']} {error['fix']}".strip())
    elif run.outcome in ("failed", "cancelled", "broken_off"):
        yield _StageRow("", picture, outcome, tr("What was done until then is kept."))


def _stage_rows(events: Iterable[EventRow]) -> Iterator[_StageRow]:
    for row in events:
        picture = "warning" if row.data.get("failed") else "ok"
        yield _StageRow(str(row.data.get("stage")), picture, str(row.data.get("title", "")), stage_words(row.data))


def _stage_columns() -> list[Column[_StageRow]]:
    return [
        Column(tr("Stage"), lambda row: row.title, width=44, icon=lambda row: row.picture),
        Column(tr("What was done"), lambda row: row.words, long=True),
    ]
