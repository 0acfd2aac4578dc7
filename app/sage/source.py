"""Reads Sage's tables: the one place where SQL is built and the driver is called.

The SQL keeps to what every driver of Sage 100 understands: one table a SELECT, named columns, `?` for text, ORDER BY
the key, at most 200 values in an IN list. Tables are joined in Python, by reading both in key order at once, so that
memory stays flat.
"""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from app.errors import BridgeError, Side, SkipItem
from app.sage.catalogue import Catalogue, OnCall
from app.sage.odbc import Connection, Cursor, driver_errors_translated
from app.sage.text import fits_code_page

log = logging.getLogger(__name__)

FETCH = 1000
IN_LIST = 200

Row = Sequence[Any]


class Source:
    """An open Sage company as tables.

    Raises:
        SkipItem: `table-not-accessible` or `column-missing`, when a table is asked for and cannot be read.
        RetryLater, NeedsUser: when Sage does not answer.
    """

    def __init__(self, connection: Connection, on_call: OnCall) -> None:
        self._connection = connection
        self._on_call = on_call
        self.catalogue = Catalogue(connection, on_call)

    def close(self) -> None:
        """Disconnect. Trouble with that is logged: it must not hide what happened before."""
        doing = "signing out of Sage 100"
        try:
            with driver_errors_translated(doing), self._on_call(doing):
                self._connection.close()
        except BridgeError as error:
            log.warning("Signing out of Sage 100 was not answered: %s", error.detail)

    def stream(
        self,
        table: str,
        columns: Sequence[str],
        *,
        optional: Sequence[str] = (),
        where: str = "",
        values: Sequence[str] = (),
        order: Sequence[str] = (),
    ) -> Iterator[Row]:
        """Yield the rows as `columns` + `optional`; an optional column that this Sage lacks reads as None."""
        there = self.catalogue.columns(table)
        missing = [column for column in columns if there and column not in there]
        if missing:
            raise _columns_missing(table, missing)
        present = [column for column in optional if column in there]
        sql = f"SELECT {', '.join([*columns, *present])} FROM {table}"  # noqa: S608  # our own names only
        if where:
            sql += f" WHERE {where}"
        if order:
            sql += f" ORDER BY {', '.join(order)}"
        rows = self._rows(table, sql, values)
        if len(present) == len(optional):
            yield from rows
        else:
            width = len(columns)
            places = [width + present.index(name) if name in present else None for name in optional]
            for row in rows:
                yield (*row[:width], *(None if place is None else row[place] for place in places))

    def find(
        self,
        table: str,
        columns: Sequence[str],
        by: str,
        values: Collection[str],
        *,
        optional: Sequence[str] = (),
        where: Mapping[str, str] | None = None,
        order: Sequence[str] = (),
    ) -> Iterator[Row]:
        """Yield the rows whose column `by` is one of `values`, in as many queries as that takes.

        `where` narrows them by columns that equal a value: with the head of a table's key, Sage need not read it all.
        """
        heads = where or {}
        if not all(fits_code_page(value) for value in heads.values()):
            return
        wanted = sorted({value for value in values if value and fits_code_page(value)})
        for start in range(0, len(wanted), IN_LIST):
            some = wanted[start : start + IN_LIST]
            clause = " AND ".join([*(f"{column} = ?" for column in heads), f"{by} IN ({', '.join('?' * len(some))})"])
            yield from self.stream(
                table, columns, optional=optional, where=clause, values=[*heads.values(), *some], order=order
            )

    def _rows(self, table: str, sql: str, values: Sequence[str]) -> Iterator[Row]:
        doing = f"reading {table}"
        with driver_errors_translated(doing), self._on_call(doing):
            cursor: Cursor = self._connection.cursor()
        try:
            with driver_errors_translated(doing), self._on_call(doing):
                cursor.execute(sql, *values)
            while True:
                with driver_errors_translated(doing), self._on_call(doing):
                    rows = cursor.fetchmany(FETCH)
                if not rows:
                    return
                yield from rows
        finally:
            with driver_errors_translated(doing), self._on_call(doing):
                cursor.close()


def _columns_missing(table: str, missing: Sequence[str]) -> SkipItem:
    names = ", ".join(missing)
    return SkipItem(
        "column-missing",
        f"{table} has another layout in this Sage 100",
        f"AP Bridge needs {names} there, and this Sage 100 does not have it.",
        "Send the log to support. Everything that does not need this table goes on.",
        side=Side.SAGE,
        detail=f"{table} lacks {names}",
    )
