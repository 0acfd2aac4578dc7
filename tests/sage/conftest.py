"""A Sage company in memory, reached through the same surface as pyodbc, filled by the tests row by row."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pyodbc
import pytest

from app.sage.company import SageCompany
from app.sandbox.schema import tables
from app.settings import CloudSettings, CompanySettings, SageSettings


class CatalogueRow(NamedTuple):
    table_name: str
    column_name: str
    type_name: str
    column_size: int


class TestCursor:
    __test__ = False

    def __init__(self, tables_: "Tables") -> None:
        self._tables = tables_
        self._cursor = tables_.database.cursor()
        self.description: Any = None
        tables_.open_cursors += 1

    def execute(self, sql: str, *params: Any) -> "TestCursor":
        self._tables.statements.append((sql, params))
        if self._tables.failure is not None:
            raise self._tables.failure
        table = sql.split(" FROM ")[1].split(maxsplit=1)[0]
        if table in self._tables.hidden:
            raise pyodbc.Error("HY000", "[ProvideX][ODBC Driver][FILEIO]Table is not accessible")
        self._cursor.execute(sql, params)
        return self

    def fetchmany(self, size: int, /) -> list[Any]:
        rows = self._cursor.fetchmany(size)
        self._tables.fetched = max(self._tables.fetched, len(rows))
        return rows

    def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    def columns(self, table: str) -> list[CatalogueRow]:
        if table in self._tables.hidden:
            return []
        without = self._tables.columns_missing
        added = [CatalogueRow(table, name, "VARCHAR(40)", 40) for name in self._tables.added.get(table, ())]
        return [
            CatalogueRow(table, column.name, column.declared, self._tables.sizes.get(column.name, column.size))
            for column in tables()[table].columns
            if column.name not in without
        ] + added

    def tables(self) -> list[Any]:
        return []

    def close(self) -> None:
        self._tables.open_cursors -= 1
        self._cursor.close()


@dataclass
class Tables:
    """The company's tables and switches for what its driver does wrong."""

    database: sqlite3.Connection
    hidden: set[str] = field(default_factory=set)
    columns_missing: set[str] = field(default_factory=set)
    sizes: dict[str, int] = field(default_factory=dict)
    added: dict[str, list[str]] = field(default_factory=dict)
    failure: Exception | None = None
    close_failure: Exception | None = None
    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    open_cursors: int = 0
    fetched: int = 0
    closed: bool = False

    def cursor(self) -> TestCursor:
        return TestCursor(self)

    def close(self) -> None:
        self.closed = True
        if self.close_failure is not None:
            raise self.close_failure

    def add_column(self, table: str, name: str) -> None:
        self.database.execute(f"ALTER TABLE {table} ADD COLUMN {name} VARCHAR(40)")
        self.added.setdefault(table, []).append(name)

    def add(self, table: str, **values: Any) -> None:
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self.database.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))

    @contextmanager
    def on_call(self, name: str) -> Iterator[None]:
        self.calls[name] += 1
        yield


@pytest.fixture
def sage() -> Iterator[Tables]:
    database = sqlite3.connect(":memory:")
    for table in tables().values():
        for statement in table.ddl:
            database.execute(statement)
    yield Tables(database)
    database.close()


SETTINGS = CompanySettings(
    "ABC", "Northwind", SageSettings("sage", "C:\\Sage\\MAS90", "BRIDGE"), CloudSettings("http://x", "c", "le")
)


@pytest.fixture
def company(sage: Tables) -> Callable[..., SageCompany]:
    def opened(**changes: Any) -> SageCompany:
        return SageCompany(sage, replace(SETTINGS, **changes), sage.on_call)

    return opened
