"""What this Sage 100's tables look like: columns and sizes, asked of the ODBC catalogue once a table."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from app.sage.found import Sizes
from app.sage.odbc import Connection, driver_errors_translated

OnCall = Callable[[str], AbstractContextManager[object]]
"""Entered around every single call into Sage, with what is being done: “reading AP_Vendor”."""


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
        if table not in self._tables:
            doing = f"reading the layout of {table}"
            with driver_errors_translated(doing), self._on_call(doing):
                cursor = self._connection.cursor()
                try:
                    # The name is a pattern in which an underscore stands for any character.
                    self._tables[table] = {
                        row.column_name: int(row.column_size or 0)
                        for row in cursor.columns(table=table)
                        if row.table_name == table
                    }
                finally:
                    cursor.close()
        return self._tables[table]

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
