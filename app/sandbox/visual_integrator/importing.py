"""One run of an import job: rows become records of an entry screen, which refuses what Sage refuses; a log is kept.

Unconfirmed, and modelled in the way that is the harder one for AP Bridge: a record that exists is added to, a line
that fails is left out and its record goes on, and a batch that is not on file is made, without a description.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from app.domain.money import exact
from app.sage.business_objects import Reference
from app.sandbox.schema import Table, tables
from app.sandbox.screens import batches
from app.sandbox.screens.entry import EntryScreen
from app.sandbox.screens.lines import Lines
from app.sandbox.screens.link import FAILED
from app.sandbox.screens.receipt import ReceiptOfInvoiceEntry

Cells = list[tuple[str, str]]  # field without its designator, and what stands in its column

_PASSED, _FAILED = "P", "F"
_MESSAGE = 0
_LOG_COLUMNS = "RecordNo, IndexNo, FieldName, FieldData, DataType, ResultFlag"


class _Failed(Exception):  # noqa: N818  # what Sage says
    pass


class Import:
    """Imports rows into one entry screen."""

    def __init__(self, screen: EntryScreen, fields: Sequence[str]) -> None:
        self._screen = screen
        self._fields = fields
        self._log: list[tuple[str, str, str, str, str, str]] = []
        self._passed = 0
        self._failed = 0

    def run(self, rows: Iterable[Sequence[str]]) -> None:
        """Import all rows; those that follow one another with the same head are one record."""
        for number, (head, group) in enumerate(groupby(rows, self._head), start=1):
            self._record(number, self._named("H", head), [self._named("L", row) for row in group])

    def keep_log(self) -> None:
        """Put the log in the place of the last run's."""
        totals = f"{self._passed} records passed, {self._failed} failed."
        rows = [("0000000000", "00000000", "", totals, "", ""), *self._log]
        with self._screen.link.database as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM VI_JobLog")
            database.executemany(f"INSERT INTO VI_JobLog ({_LOG_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)  # noqa: S608

    def _head(self, row: Sequence[str]) -> tuple[str, ...]:
        return tuple(cell if field.startswith("H.") else "" for field, cell in zip(self._fields, row, strict=True))

    def _named(self, kind: str, row: Sequence[str]) -> Cells:
        named = (each for each in zip(self._fields, row, strict=True) if each[0].startswith(f"{kind}."))
        return [(field.partition(".")[2], cell) for field, cell in named if cell]  # blank cells are left alone

    def _record(self, number: int, head: Cells, lines: Sequence[Cells]) -> None:
        said: dict[str, None] = {}
        fields = _Fields(number)
        try:
            for step, (field, cell) in self._steps(head):
                fields.add(field, cell)
                _must(self._screen, step)
                fields.passed()
            for line in lines:
                self._line(line, fields, said)
            _must(self._screen, self._screen.nWrite())
        except _Failed as failed:
            said[str(failed)] = None
            self._screen.nClear()
        passed = not said
        self._passed, self._failed = self._passed + passed, self._failed + (not passed)
        flag = _PASSED if passed else _FAILED
        message = (f"{number:010d}", f"{_MESSAGE:08d}", "", " ".join(said)[:512], "", flag)
        self._log += [message, *fields.rows]

    def _steps(self, head: Cells) -> Iterator[tuple[int, tuple[str, str]]]:
        """Enter the head field by field; yield Sage's answer to each, and the field."""
        screen = self._screen
        table = tables()[screen.header_table]
        key = [each for each in head if each[0] in table.key]
        for field, cell in head:
            if field == "BatchNo":
                batches.make_if_missing(screen.link, screen.batch_setup, cell)
                yield screen.nSelectBatch(cell), (field, cell)
        for field, cell in key:
            yield screen.nSetKeyValue(f"{field}$", cell), (field, cell)
        if isinstance(screen, ReceiptOfInvoiceEntry):
            next_number = Reference("")
            yield screen.nGetNextReceiptNo(next_number), ("ReceiptNo", "")
            yield screen.nSetKeyValue("ReceiptNo$", next_number.value), ("ReceiptNo", next_number.value)
        yield screen.nSetKey(), key[-1]
        for field, cell in head:
            if field != "BatchNo" and (field, cell) not in key:
                yield screen.nSetValue(*_entered(table, field, cell)), (field, cell)

    def _line(self, cells: Cells, fields: "_Fields", said: dict[str, None]) -> None:
        lines = self._screen.lines
        table = tables()[self._screen.line_table]
        try:
            if not _go_to_order_line(lines, dict(cells).get("PurchaseOrderLineKey", "")):
                _must(lines, lines.nAddLine())
            for field, cell in cells:
                if field != "PurchaseOrderLineKey":
                    fields.add(field, cell)
                    _must(lines, lines.nSetValue(*_entered(table, field, cell)))
                    fields.passed()
            _must(lines, lines.nWrite())
        except _Failed as failed:
            said[str(failed)] = None
            lines.nClear()


class _Fields:
    """The log's rows of one record's fields."""

    def __init__(self, record: int) -> None:
        self._record = record
        self.rows: list[tuple[str, str, str, str, str, str]] = []

    def add(self, field: str, cell: str) -> None:
        """Add a field, which counts as failed until it is said to have passed."""
        number = f"{len(self.rows) + 1:08d}"
        self.rows.append((f"{self._record:010d}", number, f"{field}$", cell[:512], "S", _FAILED))

    def passed(self) -> None:
        """Note that the field added last was taken."""
        self.rows[-1] = (*self.rows[-1][:-1], _PASSED)


def _must(said_by: EntryScreen | Lines, answer: int) -> None:
    if answer == FAILED:
        raise _Failed(said_by.sLastErrorMsg)


def _entered(table: Table, field: str, cell: str) -> tuple[str, str | float]:
    """Return column and value as the screen takes them: text columns end in `$`."""
    column = table.column(field)
    if column is not None and column.kind == "number":
        try:
            return field, float(exact(cell))
        except ValueError as error:
            raise _Failed(f"The value {cell} for {field} is invalid.") from error
    return f"{field}$", cell


def _go_to_order_line(lines: Lines, key: str) -> bool:
    """Go to the line that the order brought; tell whether there is one."""
    here = lines.nMoveFirst() if key else FAILED
    while here:
        found = Reference("")
        lines.nGetValue("PurchaseOrderLineKey$", found)
        if found.value == key:
            return True
        here = lines.nMoveNext()
    return False
