"""What the server has acknowledged: for pipelines that remember a date of change and nothing of contents."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any

from mapping import gone, shown

Record = dict[str, Any]


class Seen:
    """Keys and hashes in a SQLite file; may be used from any thread."""

    def __init__(self, folder: Path) -> None:
        self._lock = Lock()
        self._database = sqlite3.connect(folder / "seen.sqlite", check_same_thread=False)
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS seen (list TEXT, key TEXT, hash BLOB, description TEXT, active INTEGER,"
            " PRIMARY KEY (list, key)) WITHOUT ROWID"
        )

    def hashes(self, name: str) -> dict[str, bytes]:
        """Return the hash of each record of a list, by its key."""
        return dict(self._database.execute("SELECT key, hash FROM seen WHERE list = ?", (name,)))

    def lost(self, name: str, keys: Iterable[str]) -> Iterator[Record]:
        """Yield what to send for the records with these keys, which are no longer in Sage."""
        for key in keys:
            description, active = self._database.execute(
                "SELECT description, active FROM seen WHERE list = ? AND key = ?", (name, key)
            ).fetchone()
            if active:
                yield gone(key, description)

    def acknowledge(self, name: str, records: Sequence[Record]) -> None:
        """Remember that the server has these records."""
        with self._lock, self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)",
                [
                    (
                        name,
                        record["key"],
                        hashed(record),
                        shown(name, record) if record["active"] else "",
                        record["active"],
                    )
                    for record in records
                ],
            )


def hashed(record: Record) -> bytes:
    """Return a record's hash."""
    return blake2b(json.dumps(record, sort_keys=True).encode(), digest_size=16).digest()
