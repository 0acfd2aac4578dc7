"""Reads Sage's tables: the one place where SQL is built and the driver is called.

The SQL keeps to what every driver of Sage 100 understands: one table a SELECT, named columns, ORDER BY the key, at
most 200 values in an IN list; a `Dialect` spells what differs. Tables are joined in Python, by reading both in key
order at once, so that memory stays flat.
"""

import logging
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from app.domain.language import say
from app.errors import BridgeError, Side, SkipItem
from app.sage.catalogue import Catalogue, OnCall
from app.sage.dialect import PROVIDEX, Dialect
from app.sage.odbc import Connection, Cursor, driver_errors_translated
from app.sage.text import fits_code_page

log = logging.getLogger(__name__)

FETCH = 1000
IN_LIST = 200
CHANGED = "DateUpdated"

Row = Sequence[Any]
Rows = Generator[Row, None, None]
"""Rows as they are fetched; closing it lets go of the answer."""
Narrowed = Mapping[str, str | Collection[str]]
"""By column, the value or the values that its rows have."""
Batches = Generator[Sequence[Row], None, None]
"""The same, many rows at a time, as the driver hands them over."""


class Source:
    """An open Sage company as tables.

    Raises:
        SkipItem: `table-not-accessible` or `column-missing`, when a table is asked for and cannot be read.
        RetryLater, NeedsUser: when Sage does not answer.
    """

    def __init__(self, connection: Connection, on_call: OnCall, dialect: Dialect = PROVIDEX) -> None:
        self._connection = connection
        self._on_call = on_call
        self._dialect = dialect
        self.catalogue = Catalogue(connection, on_call)

    def close(self) -> None:
        """Disconnect. Trouble with that is logged: it must not hide what happened before."""
        doing = say("signing out of Sage 100")
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
    ) -> Rows:
        """Yield the rows as `columns` + `optional`; an optional column that this Sage lacks reads as None."""
        batches = self.batches(table, columns, optional=optional, where=where, values=values, order=order)
        with closing(batches):
            for rows in batches:
                yield from rows

    def batches(
        self,
        table: str,
        columns: Sequence[str],
        *,
        optional: Sequence[str] = (),
        where: str = "",
        values: Sequence[str] = (),
        order: Sequence[str] = (),
    ) -> Batches:
        """Yield what `stream` yields, in batches."""
        there = self.catalogue.columns(table)
        missing = [column for column in columns if there and column not in there]
        if missing:
            raise _columns_missing(table, missing)
        # Where the catalogue says nothing of the table, it does not say that a column is missing.
        present = [column for column in optional if column in there or not there]
        asked = [*columns, *present]
        batches = self._readable(table, asked, self._tail(table, where, values, order), order)
        if len(present) == len(optional):
            yield from batches
        else:
            width = len(columns)
            places = [width + present.index(name) if name in present else None for name in optional]
            for rows in batches:
                yield [(*row[:width], *(None if place is None else row[place] for place in places)) for row in rows]

    def find(
        self,
        table: str,
        columns: Sequence[str],
        by: str,
        values: Collection[str],
        *,
        optional: Sequence[str] = (),
        where: Narrowed | None = None,
        order: Sequence[str] = (),
    ) -> Rows:
        """Yield the rows whose column `by` is one of `values`, in as many queries as that takes.

        `where` narrows them by columns that equal a value, or one of a few: with the head of a table's key, Sage need
        not read it all.

        Raises:
            SkipItem: `answer-garbled`, when a row is not what was asked for: a record that is misread must not pass for
                one that is not there.
        """
        place = columns.index(by) if by in columns else None
        alike = set(map(_alike, values))
        with closing(self._found(table, columns, by, values, optional, where or {}, order)) as rows:
            for row in rows:
                if place is not None and not (isinstance(row[place], str) and _alike(row[place]) in alike):
                    raise _garbled(table, f"{by} is {row[place]!r}, which was not asked for")
                yield row

    def _found(
        self,
        table: str,
        columns: Sequence[str],
        by: str,
        values: Collection[str],
        optional: Sequence[str],
        heads: Narrowed,
        order: Sequence[str],
    ) -> Rows:
        narrow = {
            column: [value for value in ([each] if isinstance(each, str) else each) if _can_stand_there(value)]
            for column, each in heads.items()
        }
        if not all(narrow.values()):
            return
        head_values = [value for some in narrow.values() for value in some]
        wanted = sorted({value for value in values if can_be_asked_for(value)})
        for start in range(0, len(wanted), IN_LIST):
            some = wanted[start : start + IN_LIST]
            clause = " AND ".join(f"{column} {_is_one_of(each)}" for column, each in narrow.items())
            clause += f"{' AND ' if clause else ''}{by} IN ({', '.join('?' * len(some))})"
            yield from self.stream(
                table, columns, optional=optional, where=clause, values=[*head_values, *some], order=order
            )

    def keys_there(self, table: str, key: Sequence[str], wanted: Collection[str]) -> set[str]:
        """Return which of the keys `wanted` (a key's columns joined by hyphens) the table has, by looking them up.

        What the driver makes of a key cannot be trusted where it is no code: then every key that it could be counts as
        there, and where it is none of those asked for, all of them.
        """
        # A key's last part is the most telling one: the division stands before a vendor's number.
        numbers = {each.partition("-")[2] if len(key) > 1 else each for each in wanted}
        alike = set(map(_alike, numbers))
        there = {each for each in wanted if not can_be_asked_for(each)}
        with closing(self._found(table, tuple(key), key[-1], numbers, (), {}, ())) as rows:
            for row in rows:
                parts = [part.rstrip(" ") if isinstance(part, str) else "" for part in row]
                if _alike(parts[-1]) not in alike:
                    return set(wanted)
                if all(map(can_be_asked_for, parts)):
                    there.add("-".join(parts))
                else:
                    there.update(each for each in wanted if each.endswith(f"-{parts[-1]}"))
        return there & set(wanted)

    def has_change_dates(self, table: str) -> bool:
        """Tell whether the table's rows say when they were changed last."""
        return CHANGED in self.catalogue.columns(table)

    def from_key(self, column: str) -> str:
        """Return the condition for rows whose `column` is a value or follows it in the order of keys."""
        return f"{column}{self._dialect.key_order} >= ?"

    def changed_since(self, day: date) -> str:
        """Return the condition for rows changed on `day` or later."""
        return f"{CHANGED} >= {self._dialect.day(day)}"

    def _tail(self, table: str, where: str, values: Sequence[str], order: Sequence[str]) -> tuple[str, Sequence[str]]:
        """Return what follows the columns of a SELECT, and its parameters."""
        tail = f" FROM {table}"
        if where:
            tail += f" WHERE {where}"
        if values and not self._dialect.binds:
            pieces = tail.split("?")
            literals = (*map(self._dialect.literal, values), "")
            tail, values = "".join(f"{piece}{literal}" for piece, literal in zip(pieces, literals, strict=True)), ()
        if order:
            tail += f" {self._dialect.order_by(order)}"
        return tail, values

    def _readable(
        self, table: str, columns: Sequence[str], tail: tuple[str, Sequence[str]], order: Sequence[str]
    ) -> Iterator[Sequence[Row]]:
        """Yield the rows in batches; from where the driver gives up at an impossible date, with dates as text."""
        places = [columns.index(column) for column in order if column in columns]
        key_of = itemgetter(*places) if places else None
        last: Sequence[Row] = ()
        done = 0
        try:
            for rows in self._checked(table, f"SELECT {', '.join(columns)}{tail[0]}", tail[1], len(columns), key_of):
                yield rows
                last = rows
                done += len(rows)
        except SkipItem as error:
            days = [column for column in columns if _is_date(column)]
            if error.code != "value-unreadable" or not days or not self._dialect.as_text_form:
                raise
            log.info("%s: reading the dates as text, since %s", table, error.detail)
        else:
            return
        spelled = [self._dialect.as_text(column) if _is_date(column) else column for column in columns]
        again = chain.from_iterable(
            self._checked(table, f"SELECT {', '.join(spelled)}{tail[0]}", tail[1], len(columns), key_of)
        )
        rest = again if not last else islice(again, done, None) if key_of is None else _after(again, last, key_of)
        while batch := list(islice(rest, FETCH)):
            yield batch

    def _checked(
        self, table: str, sql: str, values: Sequence[str], width: int, key_of: Callable[[Row], Any] | None
    ) -> Iterator[Sequence[Row]]:
        """Yield the rows batch by batch, once it is sure that a batch is whole and in order.

        Raises:
            SkipItem: `answer-garbled` or `unexpected-order`. A join would lose rows without a word.
        """
        before: Any = None
        for rows in self._batches(table, sql, values):
            if set(map(len, rows)) != {width}:
                raise _garbled(table, f"a row has not {width} columns")
            if key_of is not None:
                keys = list(map(key_of, rows))
                try:
                    ascending = keys == sorted(keys) and (before is None or before <= keys[0])
                except TypeError:  # not all of them are text
                    keys, before = [_blank_for_none(key) for key in keys], before and _blank_for_none(before)
                    ascending = keys == _sorted(table, keys) and (before is None or before <= keys[0])
                if not ascending:
                    raise unexpected_order(table)
                before = keys[-1]
            yield rows

    def _batches(self, table: str, sql: str, values: Sequence[str]) -> Iterator[Sequence[Row]]:
        doing = say("reading {table}", table=table)
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
                yield rows
        finally:
            with driver_errors_translated(doing), self._on_call(doing):
                cursor.close()


def _is_one_of(values: Sequence[str]) -> str:
    return "= ?" if len(values) == 1 else f"IN ({', '.join('?' * len(values))})"


def _is_date(column: str) -> bool:
    return column.endswith("Date")


def _after(again: Iterator[Row], last: Sequence[Row], key_of: Callable[[Row], Any]) -> Iterator[Row]:
    """Yield what follows the batch `last`, which was handed over already: no row twice, and none lost."""
    passed = _blank_for_none(key_of(last[-1]))
    same = sum(_blank_for_none(key_of(row)) == passed for row in last)
    for row in again:
        key = _blank_for_none(key_of(row))
        if key == passed and same:
            same -= 1
        elif key >= passed:
            yield row


def _alike(value: str) -> str:
    """Return what a value that is asked for and one that is found have in common: SQL Server may overlook capitals."""
    return value.rstrip(" ").casefold()


def can_be_asked_for(value: str) -> bool:
    """Tell whether a key may be put into a question to the driver."""
    return bool(value) and _can_stand_there(value)


def _can_stand_there(value: str) -> bool:
    # What cannot be printed is no code of Sage's, and drivers may stumble over it.
    return value.isprintable() and fits_code_page(value)


def _blank_for_none(key: Any) -> Any:
    return tuple("" if part is None else part for part in key) if isinstance(key, tuple) else key or ""


def _sorted(table: str, keys: list[Any]) -> list[Any]:
    try:
        return sorted(keys)
    except TypeError as error:
        raise _garbled(table, f"keys are not text: {error}") from error


def _garbled(table: str, detail: str) -> SkipItem:
    return SkipItem(
        "answer-garbled",
        say("{table} does not arrive as it should", table=table),
        say("Sage's ODBC driver gave something that cannot be what is stored there."),
        say(
            "Start again. If it comes back, let Sage rebuild the table's file, and send the log to support. "
            "Everything that does not need this table goes on."
        ),
        side=Side.SAGE,
        detail=f"{table}: {detail}",
    )


def unexpected_order(table: str) -> SkipItem:
    """Return what to raise when a driver sorts in a way that AP Bridge cannot follow."""
    return SkipItem(
        "unexpected-order",
        say("{table} does not arrive in the order of its keys", table=table),
        say(
            "AP Bridge reads several tables side by side, and this Sage 100 sorts them in another way than it expects."
        ),
        say("Send the log to support. Everything that does not need this table goes on."),
        side=Side.SAGE,
        detail=table,
    )


def _columns_missing(table: str, missing: Sequence[str]) -> SkipItem:
    names = ", ".join(missing)
    return SkipItem(
        "column-missing",
        say("{table} has another layout in this Sage 100", table=table),
        say("AP Bridge needs {names} there, and this Sage 100 does not have it.", names=names),
        say("Send the log to support. Everything that does not need this table goes on."),
        side=Side.SAGE,
        detail=f"{table} lacks {names}",
    )
