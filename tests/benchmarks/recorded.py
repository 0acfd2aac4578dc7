"""Runs `apbridge` in this process and keeps what it asked the ODBC driver and what it uploaded.

`python -m tests.benchmarks.recorded FILE ARGUMENT…`; the record is one SQLite file, see `SCHEMA`.
"""

import sqlite3
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import pyodbc
import requests

from app.cli import main
from app.engine.importing import ahead

# `ended`: whether the rows were read to their end. Statements are in the spelling that reached the driver.
SCHEMA = """
CREATE TABLE statements (id INTEGER PRIMARY KEY, sql TEXT, parameters TEXT, rows INTEGER, ended INTEGER);
CREATE TABLE uploads (id INTEGER PRIMARY KEY, path TEXT, headers TEXT, body BLOB);
"""


@dataclass(slots=True)
class Statement:
    """One SELECT and how many of its rows were fetched."""

    sql: str
    parameters: list[Any]
    rows: int = 0
    ended: bool = False


@dataclass(slots=True)
class Record:
    """Everything that was asked and uploaded, in order."""

    statements: list[Statement] = field(default_factory=list)
    uploads: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, sql: str, parameters: Sequence[Any]) -> Statement:
        """Note a statement that is sent now."""
        statement = Statement(sql, list(parameters))
        with self.lock:
            self.statements.append(statement)
        return statement

    def upload(self, prepared: requests.PreparedRequest) -> None:
        """Note a request, when it is one that uploads a batch."""
        path = urlsplit(prepared.url or "").path
        if prepared.method == "POST" and path.endswith("/batches"):
            body = prepared.body or b""
            assert isinstance(body, bytes), "a batch is uploaded whole"
            with self.lock:
                self.uploads.append((path, {str(name): str(value) for name, value in prepared.headers.items()}, body))

    def save(self, file: Path) -> None:
        """Write all to `file`, which must not exist yet."""
        with closing(sqlite3.connect(file)) as database, database:
            database.executescript(SCHEMA)
            database.executemany(
                "INSERT INTO statements (sql, parameters, rows, ended) VALUES (?, ?, ?, ?)",
                [(each.sql, orjson.dumps(each.parameters).decode(), each.rows, each.ended) for each in self.statements],
            )
            database.executemany(
                "INSERT INTO uploads (path, headers, body) VALUES (?, ?, ?)",
                [(path, orjson.dumps(headers).decode(), body) for path, headers, body in self.uploads],
            )


class RecordingConnection:
    """A pyodbc connection whose cursors keep a record; all else is the connection's own."""

    def __init__(self, connection: Any, record: Record) -> None:
        self._connection = connection
        self._record = record

    def cursor(self) -> "RecordingCursor":
        return RecordingCursor(self._connection.cursor(), self._record)

    def execute(self, sql: str, *parameters: Any) -> "RecordingCursor":
        return self.cursor().execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class RecordingCursor:
    """A pyodbc cursor that counts the rows of each SELECT."""

    def __init__(self, cursor: Any, record: Record) -> None:
        self._cursor = cursor
        self._record = record
        self._statement = Statement("", [])

    def execute(self, sql: str, *parameters: Any) -> "RecordingCursor":
        values = parameters[0] if len(parameters) == 1 and isinstance(parameters[0], list | tuple) else parameters
        self._cursor.execute(sql, *parameters)
        if sql.lstrip()[:6].upper() == "SELECT":
            self._statement = self._record.begin(sql, values)
        return self

    def fetchmany(self, size: int, /) -> list[Any]:
        rows: list[Any] = self._cursor.fetchmany(size)
        self._counted(len(rows), ended=len(rows) < size)
        return rows

    def fetchall(self) -> list[Any]:
        rows: list[Any] = self._cursor.fetchall()
        self._counted(len(rows), ended=True)
        return rows

    def fetchone(self) -> Any:
        row = self._cursor.fetchone()
        self._counted(0 if row is None else 1, ended=row is None)
        return row

    def __iter__(self) -> Iterator[Any]:
        while (row := self.fetchone()) is not None:
            yield row

    def _counted(self, rows: int, *, ended: bool) -> None:
        self._statement.rows += rows
        self._statement.ended = self._statement.ended or ended

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def run(file: Path, arguments: Sequence[str]) -> int:
    """Run `apbridge` with `arguments`, write the record to `file`, and return the exit code."""
    record = Record()
    connect, send = pyodbc.connect, requests.Session.send

    def recording_connect(*parts: Any, **options: Any) -> RecordingConnection:
        return RecordingConnection(connect(*parts, **options), record)

    def recording_send(session: requests.Session, prepared: requests.PreparedRequest, **options: Any) -> Any:
        record.upload(prepared)
        return send(session, prepared, **options)

    ahead.cpu_count = lambda: 1  # what another process asked would not be in the record
    pyodbc.connect = recording_connect
    requests.Session.send = recording_send  # type: ignore[assignment, method-assign]
    try:
        code = main(arguments)
    finally:
        pyodbc.connect = connect
        requests.Session.send = send  # type: ignore[method-assign]
    record.save(file)
    return code


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2:]))
