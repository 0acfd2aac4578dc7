"""The dialog that shows what Sage 100's tables are like, and where they differ from what AP Bridge reads."""

from datetime import datetime

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.findings import Severity
from app.domain.probe import Difference, ProbedColumn, ProbedTable, ProbeReport
from app.gui.format import moment, whole
from app.gui.help.door import helped_by
from app.gui.help.link import LearnMore
from app.gui.icons import icon
from app.gui.room import resize_within_screen
from app.gui.style import scaled_font
from app.gui.table import Column, TableModel
from app.gui.text import counted, tr
from app.gui.widgets.reason import Reason
from app.gui.widgets.table_view import TableView
from app.gui.words import severity_icon

SIZE = QSize(1000, 660)
ICON_SIZE = 20
TABLE_LINES = 5  # of the differences, before they scroll


class ProbeDialog(QDialog):
    """A sentence on top, below it what differs, and all tables with their columns; Esc closes."""

    def __init__(self, report: ProbeReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("probe_dialog")
        helped_by(self, "sage")
        self.setWindowTitle(tr("What this Sage 100 has"))
        resize_within_screen(self, SIZE)
        self.differences: TableModel[Difference] = TableModel(_difference_columns(), _identity, parent=self)
        self.tables: TableModel[ProbedTable] = TableModel(_table_columns(), lambda row: row.name, parent=self)
        self.columns: TableModel[ProbedColumn] = TableModel(_column_columns(), lambda row: row.name, parent=self)
        self.differences_table = TableView("probe_differences", tr("What differs"), self.differences, leads=True)
        self.tables_table = TableView("probe_tables", tr("Tables"), self.tables, leads=True)
        self.columns_table = TableView("probe_columns", tr("Columns of the chosen table"), self.columns)
        self.reason, self.learn_more = Reason("probe_reason"), LearnMore("probe_learn_more")
        self.differences_table.selected.connect(self._say_difference)
        self.tables_table.selected.connect(lambda row: self.columns.set_rows(row.columns if row else ()))
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(_head(report))
        if report.differences:
            layout.addWidget(self.differences_table)
            layout.addWidget(self.reason)
            layout.addWidget(self.learn_more)
            self._fit_differences(len(report.differences))
        else:
            for unused in (self.differences_table, self.reason, self.learn_more):
                unused.setParent(self)  # goes with the dialog, not whenever Python finds the time
                unused.hide()
        layout.addWidget(_rule())
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.tables_table)
        split.addWidget(self.columns_table)
        split.setSizes([300, 240])
        layout.addWidget(split, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("&Close"))
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.differences.set_rows(report.differences)
        self.tables.set_rows(report.tables)

    def _say_difference(self, row: Difference | None) -> None:
        self.reason.say(*((row.message, row.fix) if row is not None else ()))
        self.learn_more.show_code(row.code if row is not None else "")

    def _fit_differences(self, rows: int) -> None:
        """Make the table as high as its rows, up to a few: the tables below need the room."""
        line = self.differences_table.verticalHeader().defaultSectionSize()
        header = self.differences_table.horizontalHeader().sizeHint().height()
        frame = 2 * self.differences_table.frameWidth() + 2
        scroll = self.differences_table.horizontalScrollBar().sizeHint().height()
        self.differences_table.setFixedHeight(header + min(rows, TABLE_LINES) * line + scroll + frame)


def headline(report: ProbeReport) -> tuple[str, str]:
    """Return icon and sentence for how the tables compare with what AP Bridge reads."""
    number, stopping = len(report.differences), len(report.stopping)
    if not number:
        return "ok", tr("Everything that AP Bridge reads is there.")
    words = counted(
        number,
        "{n} thing differs from what AP Bridge expects",
        "{n} things differ from what AP Bridge expects",
    )
    if not stopping:
        return "info", tr("{words}; everything works.", words=words)
    return "warning", counted(
        stopping, "{words}; {n} of them needs you.", "{words}; {n} of them need you.", words=words
    )


def _head(report: ProbeReport) -> QHBoxLayout:
    picture, sentence = headline(report)
    image = QLabel()
    image.setPixmap(icon(picture).pixmap(ICON_SIZE, ICON_SIZE))
    title = QLabel(sentence)
    title.setObjectName("probe_headline")
    title.setFont(scaled_font(title, 1.15, bold=True))
    where = report.installation
    facts = [
        tr("{name} ({company})", name=report.name, company=report.company),
        where.location or where.data_source,
        f"{where.driver} {where.driver_version}".strip(),
        f"{where.database} {where.database_version}".strip(),
        tr("as of {when}", when=moment(datetime.fromisoformat(report.read_at))),
    ]
    below = QLabel(" · ".join(fact for fact in facts if fact))
    below.setObjectName("probe_source")
    for label in (title, below):
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(title)
    words.addWidget(below)
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(image, 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(words, 1)
    return row


def _rule() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line


def _identity(row: Difference) -> str:
    return f"{row.code}/{row.where}"


def _severity_words(severity: Severity) -> str:
    return {
        Severity.STOPS: tr("Needs you"),
        Severity.WARNS: tr("Left out"),
        Severity.INFORMS: tr("Good to know"),
    }[severity]


def _difference_columns() -> list[Column[Difference]]:
    return [
        Column(
            tr("What it does"),
            lambda row: _severity_words(row.severity),
            lambda row: list(Severity).index(row.severity),
            icon=lambda row: severity_icon(row.severity),
            width=15,
        ),
        Column(tr("Where"), lambda row: row.where, width=30, long=True),
        Column(tr("Here"), lambda row: row.found, width=19, long=True),
        Column(tr("Expected"), lambda row: row.expected, width=16, long=True),
        Column(tr("What it means"), lambda row: row.message, width=26, long=True),
        Column(tr("What to do"), lambda row: row.fix, width=11, long=True),
    ]


def _table_columns() -> list[Column[ProbedTable]]:
    def state(row: ProbedTable) -> str:
        if row.there:
            return tr("There")
        return tr("Missing") if row.in_use else tr("Not there")

    def picture(row: ProbedTable) -> str:
        if row.there:
            return "ok"
        return "warning" if row.in_use else "info"

    return [
        Column(tr("Table"), lambda row: row.name, width=29),
        Column("", state, icon=picture, width=8),
        Column(
            tr("Rows"),
            lambda row: "" if row.rows is None else whole(row.rows),
            lambda row: -1 if row.rows is None else row.rows,
            right=True,
            width=7,
        ),
        Column(tr("Read for"), lambda row: ", ".join(row.used_for), width=50, long=True),
    ]


def _column_columns() -> list[Column[ProbedColumn]]:
    def use(row: ProbedColumn) -> str:
        return {
            "required": tr("Needed"),
            "optional": tr("Read"),
            "site": tr("Your own"),
        }.get(row.use, tr("Not read"))

    return [
        Column(tr("Column"), lambda row: row.name, tone=_tone, width=36),
        Column(tr("Type"), lambda row: row.type.lower(), tone=_tone, width=9),
        Column(
            tr("Size"),
            lambda row: whole(row.size) if row.size else "",
            lambda row: row.size,
            right=True,
            tone=_tone,
            width=4,
        ),
        Column(tr("Use"), use, tone=_tone, width=11),
    ]


def _tone(row: ProbedColumn) -> str:
    return "" if row.use in ("required", "optional") else "quiet"
