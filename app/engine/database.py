"""The connection to a store's file, and the steps that lead from each shape of it to the next."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Database:
    """An open file of SQLite's; `conn` is what Python has of it."""

    conn: sqlite3.Connection

    def __post_init__(self) -> None:
        # What REPLACE takes away is deleted, to triggers too.
        self.conn.execute("PRAGMA recursive_triggers=on")

    def execute(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self.conn.execute(sql, values)

    def close(self) -> None:
        """Close the file."""
        self.conn.close()


Step = Callable[[Database], None]


class Migrations:
    """Steps in the order in which they are taken, each once; to decorate a function makes it the last of them.

    sqlite-utils takes them and keeps account of it. It is loaded only where one is to be taken: that is seldom, and
    takes as long as much of a sync.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._steps: list[Step] = []

    def __call__(self) -> Callable[[Step], Step]:
        """Return what adds a step, which is known by the function's name."""

        def added(step: Step) -> Step:
            self._steps.append(step)
            return step

        return added

    def pending(self, db: Database) -> list[str]:
        """Return the names of the steps that the file has not taken."""
        taken = self._taken(db)
        return [step.__name__ for step in self._steps if step.__name__ not in taken]

    def unknown(self, db: Database) -> list[str]:
        """Return the names of the steps that the file has taken and that are not among these: a newer program's."""
        return sorted(self._taken(db).difference(step.__name__ for step in self._steps))

    def _taken(self, db: Database) -> set[str]:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone():
            return set()
        rows = db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (self._name,))
        return {name for (name,) in rows}

    def apply(self, db: Database, *, stop_before: str | None = None) -> None:
        """Take those steps, all of them or all before one; each is taken as a whole or not at all."""
        import sqlite_utils

        migrations = sqlite_utils.Migrations(self._name)
        for step in self._steps:
            migrations(name=step.__name__)(_on_own_connection(step))
        migrations.apply(sqlite_utils.Database(db.conn), stop_before=stop_before)


def _on_own_connection(step: Step) -> Callable[[Any], None]:
    def taken(db: Any) -> None:
        step(Database(db.conn))

    return taken
