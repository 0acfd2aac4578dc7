"""The Overview tab: what needs the user first, then the last run and those of the last 14 days."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from app.engine.events import Kind
from app.engine.views import Attention, EventRow, RunRow, Views
from app.gui.format import moment
from app.gui.sentences import stage_words
from app.gui.style import scaled_font
from app.gui.table import Column, TableModel
from app.gui.tabs.activity import run_columns
from app.gui.tabs.base import Tab
from app.gui.text import counted, tr
from app.gui.widgets.reason import Reason
from app.gui.widgets.table_view import TableView
from app.gui.words import command_words, outcome_words

DAYS = 14


class OverviewTab(Tab):
    """`record_opened` carries the Attention to go to, `run_opened` a run's id."""

    record_opened = Signal(object)
    run_opened = Signal(str)

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
        self.runs: TableModel[RunRow] = TableModel(run_columns(), lambda row: row.id, parent=self)
        self.needs_table = TableView("needs_table", tr("What needs you"), self.needs, leads=True)
        self.stages_table = TableView("stages_table", tr("The last run, stage by stage"), self.stages)
        self.recent_table = TableView("recent_table", tr("Runs of the last 14 days"), self.runs)
        self._needs_title, self._stages_title, self._recent_title = _heading(), _heading(), _heading()
        self._needs_title.setObjectName("needs_title")
        self._recent_title.setText(tr("The last {n} days", n=DAYS))
        lower = QSplitter(Qt.Orientation.Horizontal)
        lower.setChildrenCollapsible(False)
        lower.addWidget(_titled(self._stages_title, self.stages_table))
        lower.addWidget(_titled(self._recent_title, self.recent_table))
        lower.setSizes([560, 500])
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        self.reason = Reason("need_reason")
        upper = _titled(self._needs_title, self.needs_table)
        upper.layout().addWidget(self.reason)
        split.addWidget(upper)
        split.addWidget(lower)
        split.setSizes([240, 260])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)
        self.needs_table.selected.connect(self._show_reason)
        self.needs_table.opened.connect(self.record_opened)
        self.recent_table.opened.connect(lambda run: self.run_opened.emit(run.id))

    def load(self) -> bool:
        """Fill the tab from the store."""
        needs, runs = self.views.needs_you(), self.views.runs()
        self.needs.set_rows(needs)
        if needs:
            words = counted(len(needs), "{n} thing needs you (Enter opens it)", "{n} things need you (Enter opens one)")
        else:
            words = tr("Nothing needs you")
        self._needs_title.setText(words)
        since = datetime.now(UTC) - timedelta(days=DAYS)
        self.runs.set_rows(run for run in runs if run.started_at >= since)
        if runs:
            last = runs[0]
            command = command_words(last.command)
            self._stages_title.setText(tr("Last run: {command}, {when}", command=command, when=moment(last.started_at)))
            self.stages.set_rows([*_end_rows(last), *_stage_rows(self.views.events(last.id))])
        return bool(runs or needs)

    def _show_reason(self, row: Attention | None) -> None:
        if row is None:
            self.reason.say()
        else:
            self.reason.say_lines((tr("What"), row.title), (tr("Why"), row.message), (tr("What to do"), row.fix))


def _heading() -> QLabel:
    label = QLabel()
    label.setFont(scaled_font(label, 1.1, bold=True))
    return label


def _titled(title: QLabel, table: TableView) -> QWidget:
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.setContentsMargins(0, 0, 0, 6)
    layout.addWidget(title)
    layout.addWidget(table, 1)
    return box


def _need_columns() -> list[Column[Attention]]:
    return [
        Column(tr("What"), lambda row: row.title, icon=lambda _: "warning", width=56),
        Column(tr("Why"), lambda row: row.message, width=44),
        Column(tr("What to do"), lambda row: row.fix),
    ]


@dataclass(frozen=True, slots=True)
class _StageRow:
    """One line of the last run: how it ended where it did not end well, or a finished stage."""

    stage: str
    picture: str
    title: str
    words: str


def _end_rows(run: RunRow) -> Iterator[_StageRow]:
    picture, outcome = outcome_words(run.outcome)
    error = run.summary.get("error")
    if error:
        yield _StageRow("", picture, str(error["title"]), f"{error['message']} {error['fix']}".strip())
    elif run.outcome in ("failed", "cancelled", "broken_off"):
        yield _StageRow("", picture, outcome, tr("What was done until then is kept."))


def _stage_rows(events: Iterable[EventRow]) -> Iterator[_StageRow]:
    for row in events:
        if row.event == Kind.STAGE_FINISHED:
            picture = "warning" if row.data.get("failed") else "ok"
            yield _StageRow(str(row.data.get("stage")), picture, str(row.data.get("title", "")), stage_words(row.data))


def _stage_columns() -> list[Column[_StageRow]]:
    return [
        Column(tr("Stage"), lambda row: row.title, width=30, icon=lambda row: row.picture),
        Column(tr("What was done"), lambda row: row.words),
    ]
