"""The real store on a disk in memory: empty again for every story, and full or gone at any commit."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from app.engine.database import Database
from app.engine.store import Store
from tests.simulation.sending.faults import Faults


@lru_cache(maxsize=1)
def _empty() -> bytes:
    """Return a new store's file."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.sqlite")
        store.db.execute("PRAGMA journal_mode=DELETE")  # one file, and a format that memory can hold
        made = store.db.conn.serialize()
        store.close()
        return made


class SimulatedStore(Store):
    """A `Store` in memory. A crash within a transaction loses it, as SQLite does on a disk; all before is kept."""

    def __init__(self, faults: Faults) -> None:
        self.file = Path(tempfile.gettempdir()) / "simulated.sqlite"  # only its folder is looked at, for room
        self.faults = faults
        connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=1000)
        self.db = Database(connection)
        connection.deserialize(_empty())

    def begin(self, faults: Faults) -> None:
        """Be an empty store again.

        SQLite's table-valued functions (json_each) do not outlive the exchange: after one of them it crashes here.
        """
        self.faults = faults
        self.db.conn.deserialize(_empty())

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Pass a point before the commit and one after it."""
        if self.db.conn.in_transaction:
            yield self.db
            return
        with super().transaction() as db:
            yield db
            if self.faults.commit("before"):
                raise sqlite3.OperationalError("database or disk is full")
        self.faults.commit("after")
