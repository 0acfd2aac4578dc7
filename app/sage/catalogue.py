"""What this Sage 100's tables look like: columns and sizes, asked of the ODBC catalogue once a table."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from app.domain.language import say
from app.sage.found import Sizes
from app.sage.odbc import Connection, driver_errors_translated, told_by_driver

_IDENTIFIER_CASE = 28  # SQLGetInfo: SQL_IDENTIFIER_CASE
_LOWER = 2  # SQL_IC_LOWER: names are kept in small letters

SAGE_SCHEMA = "dbo"

OnCall = Callable[[str], AbstractContextManager[object]]
"""Entered around every single call into Sage, with what is being done: “reading AP_Vendor”."""


class Columns(Mapping[str, int]):
    """Columns and their sizes; a name is found however it is spelled, and told as the database spells it."""

    def __init__(self, sizes: Iterable[tuple[str, int]]) -> None:
        self._sizes = {name.lower(): (name, size) for name, size in sizes}

    def __getitem__(self, name: str) -> int:
        return self._sizes[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._sizes.values())

    def __len__(self) -> int:
        return len(self._sizes)


class Catalogue:
    """The tables as this Sage describes them. Releases and enhancements differ, so nothing is assumed."""

    def __init__(self, connection: Connection, on_call: OnCall) -> None:
        self._connection = connection
        self._on_call = on_call
        self._tables: dict[str, Mapping[str, int]] = {}

    def columns(self, table: str) -> Mapping[str, int]:
        """Return the table's columns and their sizes in characters; empty when the catalogue does not know it.

        Raises:
            RetryLater, NeedsUser: when Sage does not answer.
        """
        known = table.lower()
        if known not in self._tables:
            doing = say("reading the layout of {table}", table=table)
            with driver_errors_translated(doing), self._on_call(doing):
                self._tables[known] = Columns(self._asked(table))
        return self._tables[known]

    def _asked(self, table: str) -> list[tuple[str, int]]:
        rows = self._rows(table)
        if not rows and told_by_driver(self._connection, _IDENTIFIER_CASE) == _LOWER:
            rows = self._rows(table.lower())
        # In SQL Server somebody may keep a copy of a table beside Sage's own.
        own = [row for row in rows if getattr(row, "table_schem", None) == SAGE_SCHEMA]
        return [(row.column_name, int(row.column_size or 0)) for row in own or rows]

    def _rows(self, table: str) -> list[Any]:
        cursor = self._connection.cursor()
        try:
            # The name is a pattern in which an underscore stands for any character.
            return [row for row in cursor.columns(table=table) if row.table_name.lower() == table.lower()]
        finally:
            cursor.close()

    def sizes(self) -> Sizes:
        """Return the sizes that limit what AP Bridge writes; where the catalogue is silent, the usual ones."""
        usual = Sizes()
        invoice = self.columns("AP_InvoiceHeader")
        return Sizes(
            invoice_number=invoice.get("InvoiceNo") or usual.invoice_number,
            comment=invoice.get("Comment") or usual.comment,
            check_number=self.columns("AP_ManualCheckHeader").get("CheckNo") or usual.check_number,
            line_comment=self.columns("AP_InvoiceDetail").get("CommentText") or usual.line_comment,
        )
