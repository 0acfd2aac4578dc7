"""The preview of documents on their way to Sage: what will be sent, what cannot, why, and how it ended."""

from collections.abc import Mapping

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.domain.invoices import Destination, Invoice
from app.engine.views import DocumentRow, Views
from app.gui.extent import filter_words, how_words, order_words
from app.gui.format import whole
from app.gui.papers import Paper
from app.gui.reach import WHOLE
from app.gui.state import TabState
from app.gui.table import TableModel
from app.gui.tabs.base import Tab
from app.gui.tabs.kind import DocumentKind
from app.gui.tabs.pages import write_history
from app.gui.text import counted, tr
from app.gui.unticked import Unticked
from app.gui.widgets.able import able
from app.gui.widgets.detail import Detail, nothing_chosen
from app.gui.widgets.filter_box import FilterBox
from app.gui.widgets.folding_row import FoldingRow
from app.gui.widgets.no_match import NoMatch
from app.gui.widgets.save_button import SaveButton
from app.gui.widgets.send_footer import SendFooter
from app.gui.widgets.settle_bar import SettleBar
from app.gui.widgets.table_view import TableView
from app.gui.widgets.tabs import Tabs
from app.gui.widgets.totals_panel import LastSend, TotalsPanel
from app.papers.shown import Shown

RUNS_SEARCHED = 50
ROWS_AT_LEAST, ROWS_LEFT = 2, 4
OPEN, READY, WARNED, NEEDS, BLOCKED, SENT, ALL = "approved", "ready", "warned", "needs", "blocked", "sent", "all"
UNPOSTED, POSTED, PAID = "unposted", "posted", "paid"


class DocumentsTab(Tab):
    """Table with ticks, below it the chosen document or the last control totals, at the foot Send.

    `send_asked` carries the ids to send, `check_asked` that the preview is to be made anew,
    `settle_asked` command, ids and arguments of what was decided about a document that needs the user,
    `paper_asked` a Paper and the Form it is wanted in, `count_changed` how many documents can be sent.
    """

    send_asked = Signal(list)
    check_asked = Signal()
    settle_asked = Signal(str, list, list)
    paper_asked = Signal(object, object)
    count_changed = Signal(int)
    run_opened = Signal(str)

    def __init__(
        self, kind: DocumentKind, views: Views, company: str, unticked: Unticked, parent: QWidget | None = None
    ) -> None:
        super().__init__(f"{kind.plural}_tab", views, kind.empty, parent, nothing=kind.nothing)
        self.kind = kind
        self.documents: TableModel[DocumentRow] = TableModel(
            kind.columns, lambda row: row.id, tickable=lambda row: row.sendable, parent=self
        )
        self.table = TableView(f"{kind.plural}_table", kind.title, self.documents, leads=True)
        self.filter_box = FilterBox(f"{kind.plural}_filter", self.documents)
        self.no_match = NoMatch(self.table, kind.empty, narrowed=self._is_narrowed)
        self.detail = Detail(f"{kind.name}_detail", tr("The chosen document"))
        self.settle = SettleBar(kind)
        self.details = _stacked(self.detail, self.settle)
        self.totals = TotalsPanel(kind)
        self.footer = SendFooter(kind, company)
        self.lower = Tabs()
        self.lower.setDocumentMode(True)
        self.lower.addTab(self.details, tr("Details"))
        self.lower.addTab(self.totals, tr("Control Totals"))
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._row_height = self.table.verticalHeader().defaultSectionSize()
        for each in (self.table, self.detail):
            each.setMinimumHeight(ROWS_AT_LEAST * self._row_height)
        self._states = QComboBox()
        self._vendors = QComboBox()
        self._count = QLabel()
        self._count.setObjectName(f"{kind.plural}_ticked")
        self.check = QPushButton(tr("Chec&k Again"))
        self.save = SaveButton(f"{kind.plural}_save", tr("Save or Prin&t"), lines=True)
        self._accounts: Mapping[str, str] = {}
        self._unticked = unticked
        self._loaded = False
        self._settled_since = False
        self._unreadable = 0
        self._arrange()
        self._connect()

    def load(self) -> bool:
        """Fill the tab from the store."""
        rows = sorted(self.views.documents(self.kind.name), key=_urgency)
        self._accounts = self.views.accounts()
        self._settled_since = self._any_settled_since_sync(rows)
        self._count_unreadable()
        self._fill_vendors(rows)
        self._loaded = True
        self.documents.set_rows_unticked(rows, self._unticked.of(rows))
        self.totals.show_send(self._last_send(rows))
        self.count_changed.emit(sum(row.sendable for row in rows))
        return bool(rows)

    def show_state(self, state: TabState) -> None:
        """Say so too where all that was ever approved is done: the table has rows then, and shows none."""
        super().show_state(state)
        left = tr("Nothing is left to send. Click Sync Now to look in Quadient AP for more.")
        self.no_match.say_empty(left if self._settled_since and not self._unreadable else self.empty.words.text())

    def show_totals(self) -> None:
        """Bring the control totals to the front: a send has just ended."""
        self.lower.setCurrentWidget(self.totals)

    def open_record(self, key: str) -> None:
        """Show the document with id `key`, whatever narrows the table."""
        self.load_if_stale()
        self.filter_box.clear()
        self._states.setCurrentIndex(self._states.findData(ALL))
        self._vendors.setCurrentIndex(0)
        self.lower.setCurrentWidget(self.details)
        if self.table.choose(key):
            self.table.setFocus()

    def choose_none(self) -> None:
        """Show no document: the one that is wanted is not among them."""
        self.load_if_stale()
        self.lower.setCurrentWidget(self.details)
        self.table.choose_none()

    def show_stage(self, stage: str) -> None:
        """Show the documents that stand at `stage` of their way: approved, or where in Sage."""
        self.load_if_stale()
        self.filter_box.clear()
        self._vendors.setCurrentIndex(0)
        self._states.setCurrentIndex(max(0, self._states.findData(stage)))
        self.table.setFocus()

    def set_running(self, running: bool) -> None:
        """Send and check nothing while a run goes on."""
        self.footer.set_running(running)
        self.settle.set_running(running)
        able(self.check, not running)

    def escape(self) -> bool:
        """Take back the question, else the filter."""
        for question in (self.footer.confirm, self.settle.confirm, self.settle.words):
            if not question.isHidden():
                question.dismiss()
                self.table.setFocus()
                return True
        return super().escape()

    def _arrange(self) -> None:
        plural = self.kind.plural
        for words, what in (
            (tr("Not yet sent"), OPEN),
            (tr("Ready"), READY),
            (tr("With warnings"), WARNED),
            (tr("Blocked"), BLOCKED),
            (tr("Needs you"), NEEDS),
            (tr("In Sage"), SENT),
            (tr("Unposted"), UNPOSTED),
            (tr("Posted"), POSTED),
            *(((tr("Paid"), PAID),) if self.kind.name == "invoice" else ()),
            (tr("All"), ALL),
        ):
            self._states.addItem(words, what)
        self._states.setObjectName(f"{plural}_states")
        self._states.setAccessibleName(tr("State"))
        self._vendors.setObjectName(f"{plural}_vendors")
        self._vendors.setAccessibleName(tr("Vendor"))
        self._vendors.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._vendors.setMinimumContentsLength(12)
        for box in (self._states, self._vendors):
            box.setMinimumWidth(90)  # on a small screen they give way before the buttons do
        self.check.setObjectName(f"check_{plural}")
        self.check.setToolTip(tr("Ask Quadient AP what is ready and check it against Sage as it is now"))
        tick_all, tick_none = QPushButton(tr("Tick &All")), QPushButton(tr("Tick &None"))
        tick_all.setObjectName(f"{plural}_tick_all")
        tick_none.setObjectName(f"{plural}_tick_none")
        tick_all.clicked.connect(lambda: self.documents.tick(self.documents.shown, on=True))
        tick_none.clicked.connect(lambda: self.documents.tick(self.documents.shown, on=False))
        chosen = (self.filter_box, self._states, self._vendors, self.check, self.save)
        bar = FoldingRow(chosen, (self._count, tick_all, tick_none))
        split = self._split
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.lower)
        split.setSizes([260, 260])
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(bar)
        layout.addWidget(split, 1)
        layout.addWidget(self.footer)

    def _connect(self) -> None:
        self.table.selected.connect(self._show_document)
        self.table.opened.connect(self._open_detail)
        self.table.selectionModel().selectionChanged.connect(lambda: self.settle.show_rows(self.table.chosen()))
        self.documents.ticks_changed.connect(self._show_ticks)
        self._states.currentIndexChanged.connect(self._narrow)
        self._vendors.currentIndexChanged.connect(self._narrow)
        self.footer.send_confirmed.connect(self.send_asked)
        for question, other in (
            (self.footer.confirm, self.settle.confirm),
            (self.settle.confirm, self.footer.confirm),
        ):
            question.asking.connect(lambda asks, other=other: other.dismiss() if asks else None)
            question.asking.connect(self._make_room)
        self.settle.words.asking.connect(self._make_room)
        self.settle.asked.connect(self.settle_asked)
        self.settle.check_asked.connect(self.check_asked)
        self.detail.run_asked.connect(self.run_opened)
        self.check.clicked.connect(self.check_asked)
        self.save.asked.connect(lambda form: self.paper_asked.emit(self._preview(), form))
        self.totals.room_wanted.connect(self._give_room)
        self.totals.save.asked.connect(lambda form: self.paper_asked.emit(self.totals.paper, form))
        self._narrow()

    def _make_room(self, asked: bool) -> None:
        """Let the chosen document give way to a question, which says itself what it is about."""
        self.detail.setMinimumHeight((1 if asked else ROWS_AT_LEAST) * self._row_height)

    def _give_room(self, wanted: int) -> None:
        """Give the totals what they want, as far as some of the documents are still in sight."""
        above, below = self._split.sizes()
        rows = min(max(len(self.documents.shown), ROWS_AT_LEAST), ROWS_LEFT)
        header = self.table.horizontalHeader().height() + 2 * self.table.frameWidth()
        given = min(wanted, above - header - rows * self._row_height)
        if given > 0:
            self._split.setSizes([above - given, below + given])

    def _narrow(self) -> None:
        what, vendor = self._states.currentData(), self._vendors.currentData()
        states = {
            OPEN: lambda row: row.pending,
            READY: lambda row: row.state == "ready",
            WARNED: lambda row: row.state == "ready" and row.warnings > 0,
            BLOCKED: lambda row: row.state == "blocked",
            NEEDS: _needs_user,
            SENT: lambda row: row.state == "sent",
            UNPOSTED: lambda row: _stands(row) == UNPOSTED,
            POSTED: lambda row: _stands(row) == POSTED,
            PAID: lambda row: _stands(row) == PAID,
            ALL: lambda _: True,
        }
        passes = states[what]
        self.documents.set_where(lambda row: passes(row) and vendor in (None, _vendor_key(row)))

    def _is_narrowed(self) -> bool:
        beside = self._states.currentData() != OPEN or self._vendors.currentData() is not None
        return beside or bool(self.filter_box.text())

    def _any_settled_since_sync(self, rows: list[DocumentRow]) -> bool:
        """Tell whether any of `rows` was still approved when the last complete sync looked."""
        runs = self.views.runs()
        sync = next((run for run in runs if run.command == "sync" and run.exit_code in WHOLE), None)
        return sync is not None and any(not row.pending and row.previewed_at >= sync.started_at for row in rows)

    def _count_unreadable(self) -> None:
        """Take note of what is marked for export and in no table, since it cannot be read."""
        self._unreadable = self.views.unreadable(self.kind.name)
        told = counted(self._unreadable, *self.kind.unreadable, when="{when}") if self._unreadable else ""
        self.empty.say_nothing(told or self.kind.nothing)

    def _fill_vendors(self, rows: list[DocumentRow]) -> None:
        chosen = self._vendors.currentData()
        names = {_vendor_key(row): row.document.vendor_name for row in rows}
        self._vendors.blockSignals(True)
        self._vendors.clear()
        self._vendors.addItem(tr("All vendors"), None)
        for key, name in sorted(names.items(), key=lambda item: item[1].casefold()):
            self._vendors.addItem(f"{name} ({key})", key)
        self._vendors.setCurrentIndex(max(0, self._vendors.findData(chosen) if chosen else 0))
        self._vendors.blockSignals(False)
        self._narrow()

    def _show_ticks(self) -> None:
        rows, ticked = self.documents.rows, self.documents.ticked()
        able = sum(row.sendable for row in rows)
        words = tr("{ticked} of {all} ticked", ticked=whole(len(ticked)), all=whole(able))
        self._count.setText(words)
        shown = {row.id for row in self.documents.shown}
        self.footer.show_rows(rows, ticked, hidden=sum(row.id not in shown for row in ticked))
        if self._loaded:
            self._unticked.keep(self.documents.unticked())

    def _show_document(self, row: DocumentRow | None) -> None:
        self.settle.show_rows(self.table.chosen())
        if row is None:
            nothing_chosen(self.detail)
            return
        self.guarded(lambda: self._write(row))

    def _write(self, row: DocumentRow) -> None:
        page = self.detail.page()
        if row.changes and row.sendable and not self.documents.is_ticked(row):
            said = tr("It was not ticked, and has been changed since: it stays unticked.")
            page.finding("info", said, tr("Look at what was changed below, and tick it when it is to be sent."))
        self.kind.write_page(page, row, self._accounts)
        write_history(page, self.views.history(self.kind.name, row.id))
        self.detail.show_page(page)

    def _open_detail(self) -> None:
        self.lower.setCurrentWidget(self.details)
        self.detail.setFocus()

    def _preview(self) -> Paper:
        """Return what the table shows, to be saved or printed as it is kept: nothing is asked anew."""
        day = QDate.currentDate().toString(Qt.DateFormat.ISODate)
        rows, every = self.documents.shown, self.documents.rows
        state, vendor = self._states.currentText(), self._vendors
        narrowed = [state] if self._states.currentData() != ALL else []
        narrowed += [vendor.currentText()] if vendor.currentData() is not None else []
        how = how_words(narrowed, filter_words(self.filter_box.applied), order_words(self.table)) or state
        shown = Shown(
            tuple(row.id for row in rows),
            frozenset(row.id for row in rows if self.documents.is_ticked(row)),
            how,
        )
        name = tr("AP Bridge preview of {documents} {day}", documents=self.kind.plural, day=day)
        part = tr("{n} of {all} shown: {how}", n=whole(len(rows)), all=whole(len(every)), how=how)
        if len(rows) != len(every):
            name = tr("{name} ({n} of {all})", name=name, n=len(rows), all=len(every))
        return Paper(f"preview {self.kind.plural}", ("--kept", "--shown-from", "-"), name, shown.line(), f"{part}.")

    def _last_send(self, rows: list[DocumentRow]) -> LastSend | None:
        checks = self.kind.name == "payment"
        for run in self.views.runs(RUNS_SEARCHED):
            totals = [
                row for row in self.views.totals(run.id) if (row.destination == Destination.MANUAL_CHECK) == checks
            ]
            failed = [
                row for row in rows if row.state in ("failed", "asking") and row.steps and row.steps[-1].run == run.id
            ]
            if totals or failed:
                names = {row.id: self.kind.label(row) for row in rows}
                brought = [row for row in self.views.brought(run.id) if row.kind == self.kind.name]
                return LastSend(run.id, run.finished_at or run.started_at, totals, failed, names, brought)
        return None


def _stacked(*widgets: QWidget) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget)
    return page


def _needs_user(row: DocumentRow) -> bool:
    return row.state in ("blocked", "failed", "asking", "differs") or row.gone or row.unclear


def _urgency(row: DocumentRow) -> tuple[int, str, str, str]:
    """Return what orders documents: those that need the user, those to be sent, and the rest, by vendor and number."""
    document = row.document
    number = document.number if isinstance(document, Invoice) else document.reference
    return 0 if _needs_user(row) else 1 if row.sendable else 2, _vendor_key(row), number, row.id


def _stands(row: DocumentRow) -> str:
    return row.standing.stands if row.standing is not None else ""


def _vendor_key(row: DocumentRow) -> str:
    return f"{row.document.division}-{row.document.vendor_number}"
