"""The demo company's ODBC: the surface of pyodbc, what Sage's driver refuses refused, SQLite underneath.

The rows come through pyodbc and the SQLite ODBC driver where both are installed, else through Python's own sqlite3;
both give the same values: text, `datetime.date` (None for a blank one), amounts as text. A fetch that meets an
impossible date fails, as it does with Sage's driver.
"""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from app.domain.language import say
from app.sage.odbc import driver_errors_translated
from app.sage.odbc_errors import translate
from app.sandbox.faults import ODBC, Faults
from app.sandbox.garbage import kind_spoiled, spoiled
from app.sandbox.place import company_file
from app.sandbox.sage.logon import Refusal, company_refusal, find_user
from app.sandbox.schema import BLOCKED
from app.sandbox.sql_subset import RefusedStatement, Statement, check
from app.settings import SageSettings

log = logging.getLogger(__name__)

DRIVERS = ("SQLite3", "SQLite3 ODBC Driver")
_SAGE = "[ProvideX][ODBC Driver]"
# What getinfo answers, by pyodbc's SQL_DRIVER_NAME, SQL_DRIVER_VER, SQL_DBMS_NAME and SQL_DBMS_VER.
_INFO = {6: "PVXODBC.DLL", 7: "04.40.0002", 17: "ProvideX", 18: "04.40.0000"}
_PLAIN_INFO = _INFO | {7: "03.33.0001", 18: "03.33.0000"}
_LOGON_REFUSED = {
    Refusal.BAD_LOGON: ("28000", f"{_SAGE}[PVKIO]Logon failed"),
    Refusal.UNKNOWN_COMPANY: ("08004", f"{_SAGE}[PVKIO]Invalid company code"),
    Refusal.NO_EXTERNAL_ACCESS: ("08004", f"{_SAGE}[PVKIO]The company does not allow external access"),
    Refusal.SINGLE_USER_MODE: ("08004", f"{_SAGE}[PVKIO]The system is in single-user mode"),
}


class DriverError(Exception):
    """Stands in for pyodbc.Error where pyodbc is not installed; args are SQLSTATE and text."""


class TableRow(NamedTuple):
    """One row of `Cursor.tables()`."""

    table_name: str
    table_type: str


class ColumnRow(NamedTuple):
    """One row of `Cursor.columns()`."""

    table_name: str
    column_name: str
    type_name: str
    column_size: int


def driver_error(state: str, text: str, doing: str = "using the demo company") -> Exception:
    """Return what a driver would raise; without pyodbc, what AP Bridge makes of it at once."""
    try:
        import pyodbc  # absent where the computer has no ODBC manager
    except ImportError:
        return translate(DriverError(state, text), doing)
    kinds = {"08": pyodbc.OperationalError, "22": pyodbc.DataError, "28": pyodbc.InterfaceError}
    kind = kinds.get(state[:2], pyodbc.ProgrammingError)
    error: Exception = kind(state, f"[{state}] {text}")
    return error


def connect_sandbox(settings: SageSettings, company: str, password: str) -> "SandboxConnection":
    """Open a read-only connection to a company of the demo world in `settings.location`.

    Raises:
        NeedsUser: sign-in refused, unknown company, no external access.
        RetryLater: the demo world is not there, or Sage is in single-user mode.
    """
    location = Path(settings.location)
    faults = Faults.load(location)
    with driver_errors_translated(say("signing in to Sage 100")):
        faults.call(ODBC)
        file = company_file(location, company)
        if not file.parent.is_dir():
            raise driver_error("08001", f"{_SAGE}[FILEIO]Directory {file.parent} not accessible")
        if not file.is_file():
            raise driver_error(*_LOGON_REFUSED[Refusal.UNKNOWN_COMPANY])
        with closing(_read_only(file)) as database:
            refusal = _refusal(database, settings, company, password, faults)
        if refusal is not None:
            raise driver_error(*_LOGON_REFUSED[refusal])
        driver = _installed_driver()
        backend = _Pool(partial(_open_pyodbc, file, driver) if driver else partial(_read_only, file))
        backend.give(backend.take())
    log.info("Demo company %s: reading through %s", company, f"ODBC ({driver})" if driver else "Python's sqlite3")
    return SandboxConnection(backend, _read_only(file), faults, through_odbc=bool(driver))


def _refusal(
    database: sqlite3.Connection, settings: SageSettings, company: str, password: str, faults: Faults
) -> Refusal | None:
    user = find_user(database, settings.user, password, faults.now)
    # Through the ODBC server a user needs a tick of its own.
    if user is None or (settings.remote_host and not user.may_use_odbc_server):
        return Refusal.BAD_LOGON
    return company_refusal(database, company, faults.now)


def _read_only(file: Path) -> sqlite3.Connection:
    # Used from one thread at a time, but not always the one that opened it.
    return sqlite3.connect(
        f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )


def _installed_driver() -> str:
    try:
        import pyodbc  # absent where the computer has no ODBC manager
    except ImportError:
        return ""
    installed = pyodbc.drivers()
    return next((driver for driver in DRIVERS if driver in installed), "")


def _open_pyodbc(file: Path, driver: str) -> Any:
    import pyodbc  # as above; here it is known to be there

    # StepAPI hands rows over one by one; without it the whole answer is read first.
    connection = pyodbc.connect(f"DRIVER={driver};Database={file};StepAPI=1;NoCreat=1;", autocommit=True)
    connection.execute("PRAGMA query_only = ON")
    return connection


class _Pool:
    """Backend connections, one for each open cursor.

    SQLite's ODBC driver hands rows over one by one only while nothing else is open on its connection, and nothing is
    bound to the statement; else it first reads the whole answer into memory, which Sage's driver does not.
    """

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect
        self._all: list[Any] = []
        self._idle: list[Any] = []

    def take(self) -> Any:
        if self._idle:
            return self._idle.pop()
        self._all.append(self._connect())
        return self._all[-1]

    def give(self, connection: Any) -> None:
        self._idle.append(connection)

    def close(self) -> None:
        for connection in self._all:
            connection.close()


class SandboxConnection:
    """A connection to the demo company."""

    def __init__(self, backend: _Pool, catalogue: sqlite3.Connection, faults: Faults, *, through_odbc: bool) -> None:
        self._backend = backend
        self._catalogue = catalogue
        self._faults = faults
        self._broken = False
        self.through_odbc = through_odbc

    def call(self, table: str = "") -> None:
        """Note one call of the driver, or a fetch from `table`.

        Raises:
            pyodbc.Error: when the connection breaks at it, or is broken.
        """
        breaks = [self._faults.call(place) for place in (ODBC, table) if place]
        self._broken = self._broken or any(breaks)
        if self._broken:
            raise driver_error("08S01", f"{_SAGE}[PVKIO]Communication link failure")

    def getinfo(self, info_type: int, /) -> str:
        """Return the driver's name or version, or the database's.

        Raises:
            pyodbc.Error: asked for anything else.
        """
        self.call()
        info = _PLAIN_INFO if self._faults.now.plain_driver else _INFO
        if info_type not in info:
            raise driver_error("HY096", f"{_SAGE}Information type out of range: {info_type}")
        return info[info_type]

    def cursor(self) -> "SandboxCursor":
        """Return a fresh cursor."""
        return SandboxCursor(self, self._backend, self._faults)

    def close(self) -> None:
        """Disconnect."""
        self._backend.close()
        self._catalogue.close()

    def tables(self) -> list[TableRow]:
        """Return what the catalogue shows: blocked tables are not in it."""
        hidden = {name.lower() for name in (*BLOCKED, *self._faults.now.table_missing)}
        names = self._catalogue.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [
            TableRow(name, "TABLE")
            for (name,) in names
            if not name.startswith("sqlite_") and name.lower() not in hidden
        ]

    def columns(self, table: str) -> list[ColumnRow]:
        """Return the columns of `table`, none when it is not accessible."""
        name = next((row.table_name for row in self.tables() if row.table_name.lower() == table.lower()), "")
        found = self._catalogue.execute("SELECT name, type FROM pragma_table_info(?)", (name,))
        return [ColumnRow(name, column, *_declared(declared)) for column, declared in found]

    def kinds(self, table: str) -> Mapping[str, str]:
        """Return column -> kind of one accessible table.

        Raises:
            RefusedStatement: when it is not accessible.
        """
        columns = self.columns(table)
        if not columns:
            raise RefusedStatement("42S02", "[FILEIO]Table is not accessible")
        return {column.column_name: _KINDS[column.type_name] for column in columns}


_KINDS = {"VARCHAR": "text", "DATE": "date", "DECIMAL": "number"}


def _declared(text: str) -> tuple[str, int]:
    name, _, size = text.partition("(")
    return name, int(size.rstrip(")").split(",")[0]) if size else 10


class SandboxCursor:
    """A cursor of the demo company; rows are sequences as pyodbc's are."""

    def __init__(self, connection: SandboxConnection, pool: _Pool, faults: Faults) -> None:
        self._connection = connection
        self._pool = pool
        self._own = pool.take()
        self._backend = self._own.cursor()
        self._closed = False
        self._faults = faults
        self._table = ""
        self._columns: list[str] = []
        self._kinds: list[str] = []
        self._checks_dates = False
        self._failed = False
        self._fetched = 0
        self.description: Any = None

    def execute(self, sql: str, *params: Any) -> "SandboxCursor":
        """Run one SELECT of the subset that Sage's driver takes.

        Raises:
            pyodbc.Error: refused, or a table or column that is not there.
        """
        self._connection.call()
        values = list(params[0]) if len(params) == 1 and isinstance(params[0], list | tuple) else list(params)
        try:
            statement = check(sql, self._connection.kinds, plain=self._faults.now.plain_driver)
        except RefusedStatement as refused:
            raise driver_error(refused.state, f"{_SAGE}{refused.text}") from refused
        if len(values) != statement.markers:
            raise driver_error("07002", f"{_SAGE}{statement.markers} parameters expected, {len(values)} given")
        try:
            if self._connection.through_odbc:
                self._backend.execute(_with_literals(statement.sql, values))
            else:
                self._backend.execute(statement.sql, values)
        except sqlite3.Error as error:
            raise driver_error("HY000", f"{_SAGE}[FILEIO]{error}") from error
        self._describe(statement)
        return self

    def fetchmany(self, size: int, /) -> list[Sequence[Any]]:
        """Return the next rows, none at the end.

        Raises:
            pyodbc.Error: when an impossible date is in one of them. Then all of them are lost, and the cursor too.
        """
        return self._fetch(lambda: self._backend.fetchmany(size))

    def fetchall(self) -> list[Sequence[Any]]:
        """Return all rows that are left.

        Raises:
            pyodbc.Error: as `fetchmany`.
        """
        return self._fetch(self._backend.fetchall)

    def __iter__(self) -> Iterator[Sequence[Any]]:
        while rows := self.fetchmany(500):
            yield from rows

    def tables(self) -> list[TableRow]:
        """Ask the catalogue for all tables."""
        self._connection.call()
        return self._connection.tables()

    def columns(self, table: str) -> list[ColumnRow]:
        """Ask the catalogue for a table's columns."""
        self._connection.call()
        return self._connection.columns(table)

    def close(self) -> None:
        """Let go of the answer."""
        self._backend.close()
        if not self._closed:
            self._closed = True
            self._pool.give(self._own)

    def _describe(self, statement: Statement) -> None:
        kinds = self._connection.kinds(statement.table)
        sizes = {row.column_name: row.column_size for row in self._connection.columns(statement.table)}
        self._table = statement.table
        self._columns = [column for _, column in statement.columns]
        self._kinds = [kinds.get(column, "") for column in self._columns]
        self._checks_dates = statement.checks_dates
        self._failed = False
        self._fetched = 0
        types = {"date": date, "": object}
        self.description = tuple(
            (name, types.get(kinds.get(column, ""), str), None, sizes.get(column), sizes.get(column), 0, True)
            for name, column in statement.columns
        )

    def _fetch(self, fetch: Callable[[], Sequence[Sequence[Any]]]) -> list[Sequence[Any]]:
        self._connection.call(self._table)
        if self._failed:
            raise driver_error("HY010", f"{_SAGE}Function sequence error")
        try:
            rows = fetch()
            if self._checks_dates and any(int(row[-1]) for row in rows):
                raise ValueError(self._table)  # noqa: TRY301  # as pyodbc itself does where a date has the year 0
        except ValueError as error:
            self._failed = True
            raise driver_error("22007", f"{_SAGE}Date conversion error: invalid date in {self._table}") from error
        if self._checks_dates:
            rows = [row[:-1] for row in rows]
        handed = self._spoiled(self._converted(rows))
        self._fetched += len(rows)
        return handed

    def _converted(self, rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
        if self._connection.through_odbc:
            return list(rows)
        return [tuple(_as_driver(value, kind) for value, kind in zip(row, self._kinds, strict=True)) for row in rows]

    def _spoiled(self, rows: list[Sequence[Any]]) -> list[Sequence[Any]]:
        for what, garbage in self._faults.now.garbage.items():
            table, _, column = what.partition(".")
            if table != self._table:
                continue
            kind = kind_spoiled(garbage)
            places = [
                place
                for place, (name, its_kind) in enumerate(zip(self._columns, self._kinds, strict=True))
                if (name == column if column else its_kind == kind)
            ]
            rows = spoiled(rows, garbage, places, self._fetched)
        return rows


_MARKER_OR_STRING = re.compile(r"'(?:[^']|'')*'|\?")


def _with_literals(sql: str, values: Sequence[Any]) -> str:
    left = iter(values)

    def spelled(match: re.Match[str]) -> str:
        return match[0] if match[0] != "?" else "'" + str(next(left)).replace("'", "''") + "'"

    return _MARKER_OR_STRING.sub(spelled, sql)


def _as_driver(value: Any, kind: str) -> Any:
    if kind == "number":
        return f"{value:.15g}" if isinstance(value, float) else str(value)
    if kind == "date":
        return date.fromisoformat(value) if value else None
    return value
