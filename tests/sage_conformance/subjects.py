"""What the suite is run against: every driver with the dialect that suits it, and the company it is given to read."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from app.sage.company import SageCompany
from app.sage.dialect import PROVIDEX, Dialect, RowLimit
from app.sage.features import detect
from app.sage.odbc import connect_odbc
from app.settings import CloudSettings, CompanySettings, SageSettings
from tests.sage_conformance import postgresql
from tests.sage_conformance.reference import REFERENCE, ReferenceConnection, SqliteDialect

SETTINGS = CompanySettings(
    os.environ.get("APBRIDGE_TEST_COMPANY", "ABC"),
    "Conformance",
    SageSettings("sage", "", os.environ.get("APBRIDGE_TEST_USER", ""), dsn=os.environ.get("APBRIDGE_TEST_DSN", "")),
    CloudSettings("http://127.0.0.1", "conformance", "conformance"),
)

_SQLITE = Dialect("sqlite", row_limit=RowLimit.LIMIT, as_text_form="CAST({column} AS TEXT)")
_POSTGRESQL = Dialect("postgresql", row_limit=RowLimit.LIMIT, key_order=' COLLATE "C"')


@dataclass(frozen=True)
class Driver:
    """One driver; `kind` says what PostgreSQL keeps its content in, `options` go into the connection string."""

    name: str
    driver: str
    dialect: Dialect
    kind: postgresql.Kind | None = None
    options: str = ""

    def missing(self) -> str:
        """Return why nothing can be read through it here, or nothing."""
        if not self.driver:
            return "" if SETTINGS.sage.dsn else "no Sage 100: APBRIDGE_TEST_DSN is not set"
        try:
            import pyodbc
        except ImportError as error:
            return f"this computer has no ODBC: {error}"
        if self.driver not in pyodbc.drivers():
            package = "odbc-postgresql" if self.kind else "libsqliteodbc"
            return f"the ODBC driver “{self.driver}” is not installed (package {package})"
        return postgresql.missing() if self.kind else ""


DRIVERS = {
    each.name: each
    for each in (
        Driver("sqlite", "SQLite3", _SQLITE),
        Driver(
            "sqlite-without-markers",
            "SQLite3",
            SqliteDialect("sqlite", row_limit=RowLimit.LIMIT, binds=False, as_text_form=REFERENCE.as_text_form),
        ),
        # Rows are fetched while others are still to come, as Sage's driver does it.
        Driver("postgresql", "PostgreSQL Unicode", _POSTGRESQL, postgresql.PLAIN, "UseDeclareFetch=1;Fetch=50;"),
        Driver(
            "postgresql-without-markers",
            "PostgreSQL Unicode",
            replace(_POSTGRESQL, binds=False, day_literals=False),
            postgresql.PLAIN,
        ),
        Driver(
            "postgresql-code-page",
            "PostgreSQL ANSI",
            _POSTGRESQL,
            postgresql.CODE_PAGE,
            "ConnSettings={SET client_encoding TO WIN1252};",
        ),
        Driver("sage", "", PROVIDEX),
    )
}


@dataclass
class Subject:
    """A company that is read through one driver.

    `twin` is the SQLite file with the very rows that the driver has to hand over; None on a real Sage 100.
    """

    driver: Driver
    connect: Callable[[], Any]
    twin: Path | None
    change: Callable[[Sequence[str]], "Subject"] | None = None
    drop: Callable[[], None] = lambda: None
    opened: list[Any] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.driver.name

    @property
    def dialect(self) -> Dialect:
        return self.driver.dialect

    def connection(self) -> Any:
        """Return a fresh connection; it is closed after the test."""
        self.opened.append(self.connect())
        return self.opened[-1]

    def company(self, dialect: Dialect | None = None, **settings: Any) -> SageCompany:
        """Open the company through the driver; leaving its `with` block closes it."""
        return SageCompany(self.connect(), replace(SETTINGS, **settings), dialect=dialect or self.dialect)

    def reference(self, **settings: Any) -> SageCompany:
        """Open the same rows through the reference driver."""
        assert self.twin is not None
        return SageCompany(ReferenceConnection(self.twin), replace(SETTINGS, **settings), dialect=REFERENCE)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """Ask the twin in plain SQL."""
        assert self.twin is not None
        with closing(sqlite3.connect(self.twin)) as database:
            return database.execute(sql, values).fetchall()

    def changed(self, *statements: str) -> "Subject":
        """Return the company as `statements` (SQLite's) leave it, in a database of its own."""
        assert self.change is not None
        return self.change(statements)

    def close(self) -> None:
        for connection in self.opened:
            connection.close()


def connect_sage() -> Any:
    """Sign in to the real Sage 100 that the environment names."""
    return connect_odbc(SETTINGS.sage, SETTINGS.code, os.environ.get("APBRIDGE_TEST_PASSWORD", ""))


def real_sage() -> Driver:
    """Return the real Sage 100's driver with the dialect that it is found to speak, as a sync run does."""
    with closing(connect_sage()) as connection:
        features = detect(connection, PROVIDEX, nullcontext)
    return replace(DRIVERS["sage"], dialect=features.of(PROVIDEX) if features else PROVIDEX)


def connect_sqlite(driver: Driver, file: Path) -> Any:
    """Open a SQLite file through its ODBC driver; StepAPI hands the rows over one by one."""
    import pyodbc

    return pyodbc.connect(
        f"DRIVER={driver.driver};Database={file};StepAPI=1;NoCreat=1;{driver.options}", autocommit=True
    )


def connect_postgresql(driver: Driver, port: int, database: str) -> Any:
    """Open a database of the tests' cluster, read-only; its catalogue spells all names small."""
    import pyodbc

    connection = pyodbc.connect(
        f"DRIVER={{{driver.driver}}};Server=127.0.0.1;Port={port};Database={database};UID={postgresql.USER};"
        f"ReadOnly=1;Debug=0;CommLog=0;{driver.options}",
        autocommit=True,
    )
    if driver.kind is postgresql.CODE_PAGE:
        # As for Sage's own driver, see app.sage.odbc; this one has no wide characters at all.
        connection.setdecoding(pyodbc.SQL_CHAR, encoding="latin-1")
        connection.setdecoding(pyodbc.SQL_WCHAR, encoding="latin-1", ctype=pyodbc.SQL_CHAR)
        connection.setencoding(encoding="cp1252", ctype=pyodbc.SQL_CHAR)
    return connection


def altered(content: Path, file: Path, statements: Sequence[str]) -> Path:
    """Copy the SQLite company `content` to `file` and run `statements` on the copy."""
    shutil.copyfile(content, file)
    with closing(sqlite3.connect(file)) as database, database:
        for statement in statements:
            database.execute(statement)
    return file


def needs_the_demo_content(subject: Subject) -> None:
    """Skip where the rows are not those of the demo company."""
    if subject.twin is None:
        pytest.skip("it compares with the demo company's rows, and a real Sage 100 has its own")
