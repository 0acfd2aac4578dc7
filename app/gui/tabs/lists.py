"""The Lists tab: the nine lists at a glance, and the records of the one chosen."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.domain.lists import ListName
from app.engine.views import By, ListSummary, RecordRow, Views, Wording
from app.errors import BridgeError
from app.gui.extent import Extract, filter_words
from app.gui.format import moment, whole
from app.gui.help.link import LearnMore
from app.gui.reader import Reader
from app.gui.stored_table import StoredTable
from app.gui.table import Column, TableModel
from app.gui.tabs.base import Tab
from app.gui.text import counted, tr
from app.gui.widgets.able import able
from app.gui.widgets.export_button import ExportButton
from app.gui.widgets.filter_box import FilterBox
from app.gui.widgets.folding_row import FoldingRow
from app.gui.widgets.no_match import NoMatch
from app.gui.widgets.reason import Reason
from app.gui.widgets.table_view import TableView
from app.gui.words import counts_words, import_state, key_words

LISTS_SHOWN = len(ListName)


class ListsTab(Tab):
    """Above the lists, below the records of the chosen one.

    `switch_asked` carries a ListName, and whether it is to be brought over from now on.
    """

    switch_asked = Signal(object, bool)

    def __init__(self, views: Views, parent: QWidget | None = None) -> None:
        empty = tr("Nothing here yet. Click Sync Now to bring vendors, accounts and the other lists to Quadient AP.")
        nothing = tr("The sync of {when} found nothing in Sage's lists. Click Sync Now to look again.")
        super().__init__("lists_tab", views, empty, parent, nothing=nothing)
        self._off: frozenset[ListName] = frozenset()
        columns = _summary_columns(lambda name: name not in self._off)
        self.summaries: TableModel[ListSummary] = TableModel(columns, lambda row: row.name, parent=self)
        self.records = StoredTable(_record_columns(), WORDING, views, self)
        self.reader = Reader(views, self)
        self._to_open: tuple[ListName, str] | None = None
        self.lists_table = TableView("lists_table", tr("Lists"), self.summaries, leads=True)
        self.records_table = TableView("records_table", tr("Records of the chosen list"), self.records)
        self.filter_box = FilterBox("lists_filter", self.records, at_once=True)
        self._caption = QLabel()
        self.reason = Reason("record_reason")
        self.learn_more = LearnMore("record_learn_more")
        self._caption.setObjectName("records_caption")
        self._shown: ListSummary | None = None
        self.switch = QPushButton()
        self.switch.setObjectName("list_switch")
        self.switch.clicked.connect(self._switch)
        self.news = QCheckBox(tr("Only what the last run chan&ged"))
        self.news.setObjectName("records_news")
        self.news.toggled.connect(self._narrow)
        self.no_match = NoMatch(
            self.records_table,
            tr("This list has no records yet."),
            narrowed=lambda: bool(self.filter_box.text() or self._run),
        )
        self.export = ExportButton("lists_export", self.records_table, self.lists_table)
        self.export.asked.connect(self._export)
        self._arrange()
        self.lists_table.selected.connect(self._show_records)
        self.lists_table.opened.connect(lambda _: self.records_table.setFocus())
        self.records_table.selected.connect(self._show_reason)
        self.records.changed.connect(self._show_caption)
        for told in (self.records.asked, self.records.changed):
            told.connect(lambda: self.export.offer(self.records_table, whole=self.records.is_whole))
        self.records.settled.connect(self._open_wanted)
        self.reader.answered.connect(self._take_summaries)
        for asked in (self.reader, self.records, self.records_table):
            asked.failed.connect(self._fail)

    def load(self) -> bool:
        """Fill the tab from the store."""
        self.reader.ask(lambda views: [views.lists()], anew=True)
        return self.views.any_record()

    def let_go(self) -> None:
        """Break off what is asked, and close the store's file."""
        self.records_table.stop_copying()
        self.reader.let_go()
        self.records.reader.let_go()

    def shut_down(self) -> None:
        """End what is still asked: the window closes."""
        self.records_table.stop_copying()
        self.reader.shut_down()
        self.records.reader.shut_down()

    def show_switches(self, off: Iterable[ListName]) -> None:
        """Show which lists are switched off in the settings."""
        self._off = frozenset(off)
        self.summaries.set_rows(self.summaries.rows)
        self._show_switch()

    def open_record(self, name: ListName, key: str) -> None:
        """Show the record of a list that needs the user, as soon as it is there."""
        self._to_open = name, key
        self.load_if_stale()
        self.filter_box.clear()
        self.news.setChecked(False)
        self._open_wanted()

    def _open_wanted(self) -> None:
        if self._to_open is None or self.reader.busy:
            return
        name, key = self._to_open
        self.lists_table.choose(name)
        if not self.records.waiting:
            self._to_open = None
            if self.records_table.choose(key):
                self.records_table.setFocus()

    def _arrange(self) -> None:
        bar = FoldingRow((self._caption, self.news), (self.filter_box, self.export, self.switch))
        lower = QWidget()
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 6, 0, 0)
        below.addWidget(bar)
        below.addWidget(self.records_table, 1)
        below.addWidget(self.reason)
        below.addWidget(self.learn_more)
        row = self.lists_table.verticalHeader().defaultSectionSize()
        self.lists_table.setMinimumHeight(row * 4)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.lists_table)
        split.addWidget(lower)
        split.setSizes([row * (LISTS_SHOWN + 1) + 8, 2 * row * LISTS_SHOWN])
        split.setStretchFactor(1, 1)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)

    def _take_summaries(self, summaries: list[ListSummary]) -> None:
        self.summaries.set_rows(summaries)
        self._open_wanted()

    def _fail(self, error: BridgeError) -> None:
        self._to_open = None
        self.failed.emit(error)

    def _show_records(self, summary: ListSummary | None) -> None:
        before = self._shown
        if summary is not None and summary != before:
            self._shown = summary
            able(self.news, bool(summary.last_run), tr("No run has synced this list yet"))
            self._narrow()
            if before is not None and summary.name == before.name:
                self.records.refresh()
            else:
                self.records.show_list(summary.name)
        self._show_switch()

    def _narrow(self) -> None:
        self.records.set_run(self._run)

    @property
    def _run(self) -> str:
        """The run whose changes are wanted and no others; empty where all records are, or no run is known."""
        return self._shown.last_run if self._shown is not None and self.news.isChecked() else ""

    def _show_switch(self) -> None:
        summary = self.lists_table.current()
        self.switch.setEnabled(summary is not None)
        if summary is not None:
            off = summary.name in self._off
            words = (
                tr("S&witch {list} On", list=summary.name.label)
                if off
                else tr("S&witch {list} Off", list=summary.name.label)
            )
            self.switch.setText(words)
            self.switch.setToolTip(
                tr("From the next sync on it is brought to Quadient AP again")
                if off
                else tr("From the next sync on it is left as it is in Quadient AP")
            )

    def _switch(self) -> None:
        summary = self.lists_table.current()
        if summary is not None:
            self.switch_asked.emit(summary.name, summary.name in self._off)

    def _export(self, table: TableView) -> None:
        name = self.records.shown_list
        if table is not self.records_table or name is None:
            self.export_asked.emit(Extract.of(table))
            return
        narrowed = [self.news.text().replace("&", "")] if self._run else []
        self.export_asked.emit(Extract.of(table, name.label, narrowed, filter_words(self.filter_box.applied)))

    def _show_reason(self, row: RecordRow | None) -> None:
        self.reason.say(*((row.reason, row.fix) if row is not None else ()))
        self.learn_more.show_code(row.code if row is not None else "")

    def _show_caption(self) -> None:
        name, number, shown = self.records.shown_list, self.records.total, self.records.rowCount()
        if name is None:
            return
        if number is None:  # not yet counted
            self._caption.setText(name.label)
            return
        words = counted(number, "{list}: {n} record", "{list}: {n} records", list=name.label)
        if self._shown is not None and self._shown.name == name and self._shown.failed:
            words = tr("{words}, {aside} set aside", words=words, aside=whole(self._shown.failed))
        if shown != number:
            words = tr("{words}, {shown} shown", words=words, shown=whole(shown))
        self._caption.setText(words)


def _summary_columns(is_on: Callable[[ListName], bool]) -> list[Column[ListSummary]]:
    return [
        Column(tr("List"), lambda row: row.name.label, width=23),
        Column(tr("Synced"), lambda row: tr("On") if is_on(row.name) else tr("Off"), width=7),
        Column(
            tr("Records"),
            lambda row: whole(row.active + row.inactive),
            lambda row: row.active + row.inactive,
            right=True,
            width=9,
        ),
        Column(tr("Active"), lambda row: whole(row.active), lambda row: row.active, right=True, width=8),
        Column(tr("Inactive"), lambda row: whole(row.inactive), lambda row: row.inactive, right=True, width=8),
        Column(
            tr("Set aside"),
            lambda row: whole(row.failed),
            lambda row: row.failed,
            right=True,
            width=10,
            icon=lambda row: "warning" if row.failed else "",
        ),
        Column(tr("Last sync"), lambda row: moment(row.last_sync) or tr("never"), lambda row: row.last_sync, width=19),
        Column(tr("Last change"), lambda row: moment(row.last_change), lambda row: row.last_change, width=19),
        Column(tr("In the last run"), _news, long=True),
    ]


def _news(row: ListSummary) -> str:
    """Say what the last run did with a list; one that it only looked at for changes may have had none.

    What was set aside has a column of its own.
    """
    return counts_words({**row.last_counts, "failed": 0}) or (
        tr("nothing changed") if row.last_sync is not None else ""
    )


def _status(active: bool) -> str:
    return tr("Active") if active else tr("Inactive")


def _state(state: str) -> str:
    return import_state(state)[1]


WORDING = Wording(_status, _state, moment)


def _record_columns() -> Mapping[By, Column[RecordRow]]:
    return {
        By.KEY: Column(tr("Key"), lambda row: key_words(row.key), width=18, long=True),
        By.DESCRIPTION: Column(tr("Description"), lambda row: row.description, width=34, long=True),
        By.STATUS: Column(tr("Status"), lambda row: _status(row.active), width=9),
        By.STATE: Column(
            tr("State"), lambda row: _state(row.state), width=19, icon=lambda row: import_state(row.state)[0]
        ),
        By.CHANGED: Column(tr("Sent"), lambda row: moment(row.changed_at), lambda row: row.changed_at, width=21),
        By.REASON: Column(tr("Reason"), lambda row: f"{row.reason} {row.fix}".strip(), long=True),
    }
