"""What all Business Objects of one script share: the company's file, who is signed in, and the fault switches."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol

from app.errors import BridgeError
from app.sage.business_objects import translate
from app.sandbox.faults import BUSINESS_OBJECTS, Faults
from app.sandbox.sage.logon import User

_P = ParamSpec("_P")
_CALL_FAILED = (-2147023170, "The remote procedure call failed.", None, None)

OK, FAILED, WITH_WARNING = 1, 0, -1
EXISTING, NEW = 1, 2


class Problem(Exception):  # noqa: N818  # what Sage says, shown as sLastErrorMsg
    """A step that Sage refuses; the text is Sage's message."""


@dataclass(slots=True)
class Link:
    """One script: it lives from Init to the end of its process, or until its server goes away."""

    location: Path
    faults: Faults
    clock: Callable[[], datetime]
    started: bool = False
    gone: bool = False
    user: User | None = None
    company: str = ""
    module: str = ""
    dates: dict[str, date] = field(default_factory=dict)
    task: str = ""
    _database: sqlite3.Connection | None = None

    def arrive(self, method: str) -> None:
        """Note one call from outside.

        Raises:
            RetryLater: when the server is gone.
        """
        self.faults.call(BUSINESS_OBJECTS)
        if self.gone:
            raise self.lost(method)

    def lost(self, method: str) -> BridgeError:
        """Return the error of a call whose answer never came; no later call is answered either."""
        self.gone = True
        return translate(_CALL_FAILED, f"ProvideX.Script.{method}")

    @property
    def database(self) -> sqlite3.Connection:
        """The open company.

        Raises:
            Problem: when none is.
        """
        if self._database is None or not self.company:
            raise Problem("No company has been set for this session.")
        return self._database

    def open(self, file: Path) -> sqlite3.Connection:
        """Open the company's file for writing; what is committed survives a power cut."""
        self.close()
        self._database = sqlite3.connect(
            f"{file.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=30
        )
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA synchronous = FULL")
        return self._database

    def close(self) -> None:
        """Close the company."""
        self.company = ""
        if self._database is not None:
            self._database.close()
            self._database = None

    def find(self, table: str, **key: Any) -> sqlite3.Row | None:
        """Return the record of `table` with these values, or None."""
        marks = " AND ".join(f"{column} = ?" for column in key)
        row: sqlite3.Row | None = self.database.execute(
            f"SELECT * FROM {table} WHERE {marks}",  # noqa: S608  # names from the schema
            tuple(key.values()),
        ).fetchone()
        return row

    def rows(self, table: str, order: str, **key: Any) -> list[sqlite3.Row]:
        """Return the records of `table` with these values."""
        marks = " AND ".join(f"{column} = ?" for column in key)
        return self.database.execute(
            f"SELECT * FROM {table} WHERE {marks} ORDER BY {order}",  # noqa: S608  # names from the schema
            tuple(key.values()),
        ).fetchall()

    def stamp(self) -> tuple[str, str, str]:
        """Return day, time (decimal hours) and user of a change made now."""
        now = self.clock()
        hours = now.hour + now.minute / 60 + now.second / 3600
        return now.date().isoformat(), f"{hours:.5f}", self.user.key if self.user else ""


class Linked(Protocol):
    """An object that answers through a link and keeps Sage's last message."""

    link: Link
    said: str


def answers(method: Callable[Concatenate[Any, _P], int]) -> Callable[Concatenate[Any, _P], int]:
    """Make a method answer as Sage's do: 0 and a message where it raises `Problem`."""

    @wraps(method)
    def answering(self: Linked, /, *values: _P.args, **named: _P.kwargs) -> int:
        self.link.arrive(method.__name__)
        self.said = ""
        try:
            return method(self, *values, **named)
        except Problem as problem:
            self.said = str(problem)
            return FAILED
        except sqlite3.OperationalError as error:
            self.said = f"Error #0: Record/file is busy ({error})"
            return FAILED

    return answering
