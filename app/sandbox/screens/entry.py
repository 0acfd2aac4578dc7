"""What all entry screens have in common: batch, key, values, lines, and one write for header and lines together."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from app.sandbox.faults import AFTER_COMMIT, AFTER_DELETE, BEFORE_COMMIT, BEFORE_DELETE, concerns, die
from app.sandbox.schema import Table, tables
from app.sandbox.screens import batches
from app.sandbox.screens.batches import BatchSetup
from app.sandbox.screens.lines import Lines
from app.sandbox.screens.link import EXISTING, NEW, OK, WITH_WARNING, Link, Problem, answers
from app.sandbox.screens.record import Record, Value


class EntryScreen(ABC):
    """A Business Object of an entry screen.

    nWrite stores header and lines in one transaction, so that a process that dies leaves all of a document or
    nothing. Sage itself writes them file by file: the switch `header_fails_after_lines` shows what that can leave.
    A record whose lines are there without a header counts as new, and comes with those lines.
    """

    header_table: ClassVar[str]
    line_table: ClassVar[str]
    batch_setup: ClassVar[BatchSetup]

    def __init__(self, link: Link) -> None:
        self.link = link
        self.said = ""
        self._table: Table = tables()[self.header_table]
        self._batch = ""
        self._key: dict[str, str] = {}
        self._stored = False
        self._sizes = _sizes(link, self.header_table)
        self.header: Record | None = None
        self.lines = Lines(link, self, tables()[self.line_table], _sizes(link, self.line_table))

    @property
    def sLastErrorMsg(self) -> str:  # noqa: N802  # Sage's spelling
        """What Sage says about the last step."""
        return self.said

    @property
    def oLines(self) -> Lines:  # noqa: N802
        """The lines of the record."""
        return self.lines

    @answers
    def nSelectNewBatch(self, number: Any, private: str, description: str) -> int:  # noqa: N802
        """Make a batch, select it, and put its number into `number.value`."""
        self._batch = number.value = batches.new_batch(self.link, self.batch_setup, private, description)
        return OK

    @answers
    def nSelectBatch(self, number: str) -> int:  # noqa: N802
        """Select an existing batch."""
        self._batch = batches.select(self.link, self.batch_setup, number)
        return OK

    @answers
    def nSetKeyValue(self, column: str, value: Any) -> int:  # noqa: N802
        """Enter one column of the key."""
        name, accepted = Record(self._table, self._sizes).accept(column, value)
        if name not in self._table.key:
            raise Problem(f"Column {column} is not in the key.")
        self._key[name] = str(accepted or "")
        return OK

    @answers
    def nSetKey(self) -> int:  # noqa: N802
        """Go to the record with the key entered: 1 it exists, 2 it is new."""
        for name in self._table.key:
            if not self._key.get(name, "").strip():
                raise Problem(f"The {name} is required.")
        self.header = None
        self.check_key(self._key)
        header = Record(self._table, self._sizes)
        header.values.update(self._key)
        row = self.link.find(self.header_table, **self._key)
        self._stored = row is not None
        if row is not None:
            header.load(row)
        self.header = header
        self.lines.restart(self._stored_lines())
        if row is None:
            self.new_record(header)
        return EXISTING if self._stored else NEW

    @answers
    def nSetValue(self, column: str, value: Any) -> int:  # noqa: N802
        """Enter one value of the record."""
        header = self.must_have_record()
        name, accepted = header.accept(column, value)
        if name in self._table.key or name == "BatchNo":
            raise Problem(f"The {name} cannot be changed.")
        warning = self.check_value(header, name, accepted)
        header.values[name] = accepted
        self.value_entered(header, name)
        self.said = warning
        return WITH_WARNING if warning else OK

    @answers
    def nGetValue(self, column: str, answer: Any) -> int:  # noqa: N802
        """Put one value of the record into `answer.value`."""
        answer.value = self.must_have_record().shown(column)
        return OK

    @answers
    def nWrite(self) -> int:  # noqa: N802
        """Store the record with its lines; -1 when Sage has something to say about it."""
        header = self.must_have_record()
        document = self.document(header)
        if batches.in_use(self.link, self.batch_setup) and not (self._batch or header.text("BatchNo")):
            raise Problem("A batch must be selected before entries can be made.")
        warning = self.check_record(header)
        switches = self.link.faults.now
        if concerns(switches.refuse_write, document):
            raise Problem(f"{document} cannot be written: the period is closed to this module.")
        if concerns(switches.first_line_only, document):
            del self.lines.written[1:]
            self._store(header, orphans_only=False)
            die()
        orphans_only = concerns(switches.header_fails_after_lines, document)
        self._store(header, orphans_only=orphans_only)
        if orphans_only:
            raise Problem(f"Error #11: Record not found or duplicate key on write to {self.header_table}.")
        self.link.faults.call(AFTER_COMMIT)
        if concerns(switches.lost_reply_after_write, document):
            raise self.link.lost("nWrite")
        self._forget()
        self.said = warning
        return WITH_WARNING if warning else OK

    @answers
    def nDelete(self) -> int:  # noqa: N802
        """Delete the record with its lines."""
        document = self.document(self.must_have_record())
        switches = self.link.faults.now
        if concerns(switches.refuse_delete, document):
            raise Problem(f"{document} cannot be deleted: it is being printed.")
        with self.link.database as database:
            database.execute("BEGIN IMMEDIATE")
            if not (self._stored and concerns(switches.lines_outlive_delete, document)):
                self._delete_lines()
            marks = " AND ".join(f"{name} = ?" for name in self._table.key)
            database.execute(
                f"DELETE FROM {self.header_table} WHERE {marks}",  # noqa: S608  # names from the schema
                tuple(self._key[name] for name in self._table.key),
            )
            self.link.faults.call(BEFORE_DELETE)
        self.link.faults.call(AFTER_DELETE)
        if concerns(switches.lost_reply_after_delete, document):
            raise self.link.lost("nDelete")
        self._forget()
        return OK

    @answers
    def nClear(self) -> int:  # noqa: N802
        """Forget what was entered; nothing is stored of it."""
        self._forget()
        return OK

    def DropObject(self) -> None:  # noqa: N802
        """Let go of the object."""
        self._forget()

    def must_have_record(self) -> Record:
        """Return the record being entered.

        Raises:
            Problem: when no key was set.
        """
        if self.header is None:
            raise Problem("The key has not been set.")
        return self.header

    def check_key(self, key: Mapping[str, str]) -> None:  # noqa: B027  # most screens have nothing to add
        """Raise `Problem` when a record with this key cannot be entered."""

    def new_record(self, header: Record) -> None:  # noqa: B027  # most screens have nothing to add
        """Fill a new record with what Sage proposes."""

    @abstractmethod
    def check_value(self, header: Record, name: str, value: Value) -> str:
        """Return Sage's warning about a value ('' for none); raise `Problem` when it is refused."""

    def value_entered(self, header: Record, name: str) -> None:  # noqa: B027  # most screens have nothing to add
        """Work out what follows from a value just entered."""

    def check_line_value(self, line: Record, name: str, value: Value) -> str:  # noqa: ARG002  # for screens to fill
        """Return Sage's warning about a line's value ('' for none); raise `Problem` when it is refused."""
        return ""

    def line_value_entered(self, line: Record, name: str) -> None:  # noqa: B027  # most screens have nothing to add
        """Work out what follows from a line's value just entered."""

    @abstractmethod
    def check_line(self, line: Record) -> None:
        """Raise `Problem` when the line is not complete."""

    @abstractmethod
    def check_record(self, header: Record) -> str:
        """Return Sage's warning about the whole record ('' for none); raise `Problem` when it is refused."""

    @abstractmethod
    def document(self, header: Record) -> str:
        """Return the document's own number, by which fault switches name it."""

    def check_account(self, key: str) -> None:
        """Raise `Problem` unless the GL account can be posted to."""
        row = self.link.find("GL_Account", AccountKey=key)
        if row is None:
            raise Problem(f"The G/L account {key} is not on file.")
        if row["Status"] != "A":
            raise Problem(f"The G/L account {row['Account']} is inactive.")

    def check_code(self, table: str, column: str, value: Value, label: str) -> None:
        """Raise `Problem` unless a code that is not blank is on file."""
        if value and self.link.find(table, **{column: value}) is None:
            raise Problem(f"{label} {value} is not on file.")

    def _stored_lines(self) -> list[Record]:
        stored = []
        for row in self.link.rows(self.line_table, "LineSeqNo, LineKey", **self._key):
            line = self.lines.fresh()
            line.load(row)
            stored.append(line)
        return stored

    def _store(self, header: Record, *, orphans_only: bool) -> None:
        today, now, user = self.link.stamp()
        if self._batch and not header.text("BatchNo"):
            header.values["BatchNo"] = self._batch
        if not self._stored:
            header.values.update(DateCreated=today, TimeCreated=now, UserCreatedKey=user)
        header.values.update(DateUpdated=today, TimeUpdated=now, UserUpdatedKey=user)
        with self.link.database as database:
            database.execute("BEGIN IMMEDIATE")
            self._delete_lines()
            for place, line in enumerate(self.lines.written, start=1):
                line.values.update(self._key, LineKey=f"{place:06d}", LineSeqNo=f"{place:014d}")
                self._insert(self.line_table, line)
            if not orphans_only:
                self._insert_header(header)
            self.link.faults.call(BEFORE_COMMIT)

    def _insert_header(self, header: Record) -> None:
        if not self._stored and self.link.find(self.header_table, **self._key) is not None:
            raise Problem("The record was created by another user.")
        self._insert(self.header_table, header)

    def _insert(self, table: str, record: Record) -> None:
        names = list(record.values)
        marks = ", ".join("?" * len(names))
        self.link.database.execute(
            f"REPLACE INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608  # names from the schema
            [str(value) if isinstance(value, Decimal) else value for value in record.values.values()],
        )

    def _delete_lines(self) -> None:
        marks = " AND ".join(f"{name} = ?" for name in self._table.key)
        self.link.database.execute(
            f"DELETE FROM {self.line_table} WHERE {marks}",  # noqa: S608  # names from the schema
            tuple(self._key[name] for name in self._table.key),
        )

    def _forget(self) -> None:
        self.header = None
        self._key = {}
        self._stored = False
        self.lines.restart([])


def _sizes(link: Link, table: str) -> dict[str, int]:
    found = link.database.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
    return {
        name: int(declared.partition("(")[2].rstrip(")")) for name, declared in found if declared.startswith("VARCHAR(")
    }
