"""The reference driver: a company's SQLite file through Python's own sqlite3, behind what AP Bridge uses of pyodbc."""

import sqlite3
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from app.sage.dialect import Dialect


class SqliteDialect(Dialect):
    """SQLite's SQL, asked with plain dates: it keeps them as text."""

    def day(self, value: date) -> str:
        return f"'{value.isoformat()}'"


REFERENCE = SqliteDialect("sqlite", as_text_form="CAST({column} AS TEXT)")


class _Column(NamedTuple):
    table_name: str
    column_name: str
    type_name: str
    column_size: int


class ReferenceConnection:
    """A connection to a SQLite file, read-only."""

    def __init__(self, file: Path) -> None:
        self.database = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)

    def cursor(self) -> "ReferenceCursor":
        return ReferenceCursor(self.database.cursor())

    def close(self) -> None:
        self.database.close()


class ReferenceCursor:
    """A cursor of it."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self.description: Any = None

    def execute(self, sql: str, *params: Any) -> "ReferenceCursor":
        self._cursor.execute(sql, params)
        self.description = self._cursor.description
        return self

    def fetchmany(self, size: int, /) -> list[Any]:
        return self._cursor.fetchmany(size)

    def fetchall(self) -> list[Any]:
        return self._cursor.fetchall()

    def columns(self, table: str) -> list[_Column]:
        found = self._cursor.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
        return [_Column(table, name, declared, _size(declared)) for name, declared in found]

    def tables(self) -> list[Any]:
        return []

    def close(self) -> None:
        self._cursor.close()


def _size(declared: str) -> int:
    size = declared.partition("(")[2].rstrip(")").partition(",")[0]
    return int(size or 10)
