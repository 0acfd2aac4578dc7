"""Looks whether a store's file is sound while a command still loads its parts: it takes as long, and another core."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread

_begun: dict[Path, "_Look"] = {}


def begin(file: Path) -> None:
    """Begin to look at the store's file, if there is one; whoever opens it next need not look at all of it again."""
    if file.exists():
        look = _begun[file] = _Look(file)
        look.start()


def trouble(file: Path, connection: sqlite3.Connection) -> str | None:
    """Return what is wrong with the store that `connection` is open on, in SQLite's words; None when it is sound.

    Raises:
        sqlite3.Error: when that cannot be told.
    """
    look = _begun.pop(file, None)  # it says nothing of what becomes of the file later
    if look is not None:
        look.join()
        if look.sound:
            return None
    return _trouble(connection)


class _Look(Thread):
    def __init__(self, file: Path) -> None:
        super().__init__(name="store's soundness", daemon=True)  # a command that needs no store does not wait for it
        self._file = file
        self.sound = False

    def run(self) -> None:
        # Whoever opens the store looks again where this look did not succeed, and tells why.
        address = f"{self._file.absolute().as_uri()}?mode=ro"
        with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True)) as connection:
            self.sound = _trouble(connection) is None


def _trouble(connection: sqlite3.Connection) -> str | None:
    found: str = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    return None if found == "ok" else found
