"""Runs `apbridge` in this process and counts what it does: Business Objects, ODBC, HTTP, commits, and their seconds.

`python -m tests.benchmarks.counted FILE [--profile] ARGUMENT…`; FILE gets one JSON object of `Tally`s by name. With
`--profile` it also prints the functions that took longest to standard error; the figures then say nothing.
"""

import cProfile
import pstats
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import pyodbc
import requests

from app.cli import main
from app.engine.store import Store
from app.sage.business_objects import Dispatch
from app.sandbox import stand_ins

PROFILED = 40  # functions


@dataclass(slots=True)
class Tally:
    """How many calls there were, and how many seconds they took; `cpu` is processor time."""

    calls: int = 0
    seconds: float = 0.0
    cpu: float = 0.0

    @contextmanager
    def one(self, calls: int = 1) -> Iterator[None]:
        """Count what the block does."""
        started, worked = time.perf_counter(), time.thread_time()
        try:
            yield
        finally:
            self.cpu += time.thread_time() - worked
            self.seconds += time.perf_counter() - started
            self.calls += calls


class TimedObject:
    """A Business Object whose every call and property is timed; the objects it gives are timed as well."""

    def __init__(self, raw: Any, tally: Tally) -> None:
        self._raw = raw
        self._tally = tally

    def __getattr__(self, name: str) -> Any:
        with self._tally.one(0):
            found = getattr(self._raw, name)
        return self._call(found) if callable(found) else self._timed(found)

    def _call(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any) -> Any:
            handed = [value._raw if isinstance(value, TimedObject) else value for value in values]
            with self._tally.one():
                answer = method(*handed)
            return self._timed(answer)

        return call

    def _timed(self, answer: Any) -> Any:
        return TimedObject(answer, self._tally) if hasattr(answer, "link") else answer


class TimedConnection:
    """A pyodbc connection whose cursors are timed; all else is the connection's own."""

    def __init__(self, connection: Any, tally: Tally) -> None:
        self._connection = connection
        self._tally = tally

    def cursor(self) -> "TimedCursor":
        return TimedCursor(self._connection.cursor(), self._tally)

    def execute(self, sql: str, *parameters: Any) -> "TimedCursor":
        return self.cursor().execute(sql, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class TimedCursor:
    """A pyodbc cursor that counts its statements and times them and their rows."""

    def __init__(self, cursor: Any, tally: Tally) -> None:
        self._cursor = cursor
        self._tally = tally

    def execute(self, sql: str, *parameters: Any) -> "TimedCursor":
        with self._tally.one():
            self._cursor.execute(sql, *parameters)
        return self

    def fetchmany(self, size: int, /) -> list[Any]:
        with self._tally.one(0):
            rows: list[Any] = self._cursor.fetchmany(size)
        return rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def run(file: Path, arguments: Sequence[str]) -> int:
    """Run `apbridge` with `arguments`, write the tallies to `file`, and return the exit code."""
    business_objects, odbc, http, commits, whole = Tally(), Tally(), Tally(), Tally(), Tally()
    connect, send, open_store, dispatch_sandbox = (
        pyodbc.connect,
        requests.Session.send,
        Store.__init__,
        stand_ins.dispatch_sandbox,
    )

    def timed_dispatch(location: Path | str) -> Dispatch:
        dispatch = dispatch_sandbox(location)
        return lambda program_id: TimedObject(dispatch(program_id), business_objects)

    def timed_connect(*parts: Any, **options: Any) -> TimedConnection:
        return TimedConnection(connect(*parts, **options), odbc)

    def timed_send(session: requests.Session, prepared: requests.PreparedRequest, **options: Any) -> Any:
        with http.one():
            return send(session, prepared, **options)

    def counted_store(store: Store, *parts: Any, **options: Any) -> None:
        open_store(store, *parts, **options)
        store.db.conn.set_trace_callback(count_commit)

    def count_commit(statement: str) -> None:
        commits.calls += statement == "COMMIT"

    stand_ins.dispatch_sandbox = timed_dispatch  # type: ignore[assignment]
    pyodbc.connect = timed_connect
    requests.Session.send = timed_send  # type: ignore[assignment, method-assign]
    Store.__init__ = counted_store  # type: ignore[method-assign]
    try:
        with whole.one():
            code = main(arguments)
    finally:
        stand_ins.dispatch_sandbox = dispatch_sandbox
        pyodbc.connect = connect
        requests.Session.send = send  # type: ignore[method-assign]
        Store.__init__ = open_store  # type: ignore[method-assign]
    tallies = {
        "business_objects": business_objects,
        "odbc": odbc,
        "http": http,
        "commits": commits,
        "whole": whole,
    }
    file.write_bytes(orjson.dumps({name: asdict(tally) for name, tally in tallies.items()}))
    return code


def profiled(file: Path, arguments: Sequence[str]) -> int:
    """Do as `run`, and print where the time went."""
    profile = cProfile.Profile()
    code = profile.runcall(run, file, arguments)
    stats = pstats.Stats(profile, stream=sys.stderr)
    stats.sort_stats("cumulative").print_stats("app", PROFILED)
    stats.sort_stats("tottime").print_stats(PROFILED)
    return code


if __name__ == "__main__":
    given = sys.argv[2:]
    if given[:1] == ["--profile"]:
        sys.exit(profiled(Path(sys.argv[1]), given[1:]))
    sys.exit(run(Path(sys.argv[1]), given))
