"""Finds out what a connection's ODBC driver can do, by asking it; the answers are kept for each version of Sage."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from app.domain.codec import plain, restore
from app.domain.language import later, say
from app.errors import BridgeError
from app.sage.catalogue import OnCall
from app.sage.dialect import Dialect, RowLimit
from app.sage.odbc import Connection, driver_errors_translated, told_by_driver
from app.sage.odbc_errors import is_refusal
from app.settings import SageSettings, write_whole

log = logging.getLogger(__name__)

# Small tables that every company with accounts payable has: table, key column, date column.
TABLES = (("AP_Division", "APDivisionNo", "DateUpdated"), ("AP_TermsCode", "TermsCode", "DateUpdated"))

# SQLGetInfo's numbers for the driver's name and version, the database's name and version.
_VERSIONS = (6, 7, 17, 18)
_DOING = later("asking what the ODBC driver can do")
_SOME_DAY = date(2000, 1, 1)

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Features:
    """What one driver can do."""

    row_limit: RowLimit
    binds: bool
    day_literals: bool
    shows_as_text: bool

    def of(self, dialect: Dialect) -> Dialect:
        """Return `dialect` as this driver speaks it."""
        return replace(
            dialect,
            row_limit=self.row_limit,
            binds=self.binds,
            day_literals=self.day_literals,
            as_text_form=dialect.as_text_form if self.shows_as_text else "",
        )


def learn(connection: Connection, dialect: Dialect, settings: SageSettings, file: Path, on_call: OnCall) -> Dialect:
    """Return `dialect` as this connection's driver speaks it: from `file` for a version that is known, else asked.

    A driver that does not tell its version is asked each time.

    Raises:
        RetryLater, NeedsUser: when Sage does not answer.
    """
    key = _key(connection, settings, on_call)
    kept = _read(file) if key else {}
    if key in kept:
        return kept[key].of(dialect)
    features = detect(connection, dialect, on_call)
    if features is None:
        return dialect
    log.info("The ODBC driver (%s) can do this: %s", key or "no version told", features)
    if key:
        _write(file, {**kept, key: features})
    return features.of(dialect)


def detect(connection: Connection, dialect: Dialect, on_call: OnCall) -> Features | None:
    """Ask the driver what it can do, with a few SELECTs on a small table; None when no such table can be read.

    Raises:
        RetryLater, NeedsUser: when Sage does not answer. A statement that the driver refuses is an answer.
    """
    for table, column, day in TABLES:
        probe = _Probe(connection, dialect, on_call, table, column, day)
        if probe.answer(f"SELECT {column}, {day} FROM {table}") is None:  # noqa: S608  # our own names only
            continue
        features = Features(probe.row_limit(), probe.binds(), probe.day_literals(), probe.shows_as_text())
        # A connection that broke meanwhile would have refused everything: this one must not be refused.
        probe.ask(f"SELECT {column}, {day} FROM {table}")  # noqa: S608
        return features
    log.info("No small table can be read to find out what the ODBC driver can do; the usual is assumed.")
    return None


@dataclass(frozen=True, slots=True)
class _Probe:
    """Asks about one table; `answer` takes a refusal for an answer, `ask` does not."""

    connection: Connection
    dialect: Dialect
    on_call: OnCall
    table: str
    column: str
    day: str

    def row_limit(self) -> RowLimit:
        select = f"SELECT {self.column} FROM {self.table}"  # noqa: S608  # our own names only, here and below
        for limit in dict.fromkeys((self.dialect.row_limit, RowLimit.TOP, RowLimit.LIMIT)):
            if limit is RowLimit.NONE:
                continue
            rows = self.answer(replace(self.dialect, row_limit=limit).limited(select, 1))
            if rows is not None and len(rows) <= 1:
                return limit
        return RowLimit.NONE

    def binds(self) -> bool:
        select = f"SELECT {self.column} FROM {self.table}"  # noqa: S608
        there = next((row[0] for row in self.ask(select) if isinstance(row[0], str) and row[0].isalnum()), "00")
        bound = self.answer(f"{select} WHERE {self.column} = ?", there)
        # Some drivers take the marker and then find nothing with it.
        return bool(bound) or (
            bound is not None and not self.answer(f"{select} WHERE {self.column} = {self.dialect.literal(there)}")
        )

    def day_literals(self) -> bool:
        for literals in (True, False):
            literal = replace(self.dialect, day_literals=literals).day(_SOME_DAY)
            sql = f"SELECT {self.column} FROM {self.table} WHERE {self.day} >= {literal}"  # noqa: S608
            if self.answer(sql) is not None:
                return literals
        return self.dialect.day_literals

    def shows_as_text(self) -> bool:
        shown = self.dialect.as_text(self.day)
        return bool(shown) and self.answer(f"SELECT {shown} FROM {self.table}") is not None  # noqa: S608

    def answer(self, sql: str, *values: str) -> Sequence[Row] | None:
        """Return the first two rows, or None when the driver refuses the statement."""
        try:
            return self.ask(sql, *values)
        except BridgeError as error:
            if not is_refusal(error):
                raise
            log.debug("Refused: %s (%s)", sql, error.detail)
            return None

    def ask(self, sql: str, *values: str) -> Sequence[Row]:
        """Return the first two rows.

        Raises:
            SkipItem, RetryLater, NeedsUser: when the driver does not give them.
        """
        with driver_errors_translated(say(_DOING)), self.on_call(say(_DOING)):
            cursor = self.connection.cursor()
            try:
                cursor.execute(sql, *values)
                return cursor.fetchmany(2)
            finally:
                cursor.close()


def _key(connection: Connection, settings: SageSettings, on_call: OnCall) -> str:
    """Return what the driver and the database call themselves, and where they are; "" without a version."""
    with on_call(say(_DOING)):
        told = [told_by_driver(connection, number) for number in _VERSIONS]
    names = [text.strip() for text in told if isinstance(text, str) and text.strip()]
    place = settings.dsn or settings.server or settings.remote_host or settings.location
    return " | ".join([*names, settings.kind, place]) if len(names) == len(_VERSIONS) else ""


def _read(file: Path) -> dict[str, Features]:
    """Return the features by driver, version and place."""
    try:
        kept = orjson.loads(file.read_bytes())
        return {key: restore(Features, value) for key, value in dict(kept).items()}
    except FileNotFoundError:
        return {}
    except (OSError, TypeError, ValueError) as error:
        log.info("%s cannot be read, so the driver is asked anew: %s", file, error)
        return {}


def _write(file: Path, features: Mapping[str, Features]) -> None:
    try:
        write_whole(file, orjson.dumps(plain(features), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    except OSError as error:
        log.warning("%s cannot be written; the driver is asked again next time: %s", file, error)
