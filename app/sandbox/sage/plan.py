"""How big the demo company is, and what every part of it starts from: seed, day and counts."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

FLUSH_ROWS = 4000
USERS = ("0000000004", "0000000007", "0000000009")


class Scale(StrEnum):
    """How many records the company has: small is made in about a second, reference in a minute or two."""

    SMALL = "small"
    MEDIUM = "medium"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Counts:
    """Records of each kind, and over how many days orders and bills are spread."""

    vendors: int
    accounts: int
    items: int
    orders: int
    bills: int
    days: int


_COUNTS = {
    Scale.SMALL: Counts(vendors=60, accounts=156, items=120, orders=60, bills=180, days=150),
    Scale.MEDIUM: Counts(vendors=5_000, accounts=2_000, items=10_000, orders=5_000, bills=9_000, days=540),
    Scale.REFERENCE: Counts(vendors=100_000, accounts=50_000, items=200_000, orders=100_000, bills=150_000, days=1_800),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a company is made from; the same plan gives the same rows, byte for byte."""

    code: str
    seed: int
    scale: Scale
    today: date

    @property
    def counts(self) -> Counts:
        """How many records of each kind."""
        return _COUNTS[self.scale]

    def random(self, part: str) -> Random:
        """Return the random numbers of one part, which do not change when another part draws more."""
        return Random(f"{self.seed}:{self.code}:{part}")  # noqa: S311  # made-up data, no secret

    def day(self, ago: int) -> str:
        """Return the day `ago` days before today as Sage's driver shows it."""
        return (self.today - timedelta(days=ago)).isoformat()

    def spread(self, number: int, of: int) -> int:
        """Return how many days ago record `number` of `of` was made; the last ones are the newest."""
        return 1 + (of - 1 - number) * self.counts.days // of

    def stamps(self, random: Random, created_ago: int) -> tuple[str, ...]:
        """Return date, time (decimal hours) and user of creation and of the last change."""
        updated_ago = random.randrange(created_ago + 1)
        return (
            self.day(created_ago),
            f"{random.uniform(7, 18):.5f}",
            random.choice(USERS),
            self.day(updated_ago),
            f"{random.uniform(7, 18):.5f}",
            random.choice(USERS),
        )


STAMPS = "DateCreated TimeCreated UserCreatedKey DateUpdated TimeUpdated UserUpdatedKey"


def money(cents: int) -> str:
    """Return cents as an amount."""
    return f"{cents / 100:.2f}"


class Sink:
    """Writes rows of several tables at once, a few thousand at a time."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._statements: dict[str, str] = {}
        self._rows: dict[str, list[Sequence[object]]] = {}

    def open(self, table: str, columns: str) -> None:
        """Name the columns that rows of `table` will have; all others keep their blank value."""
        names = columns.split()
        marks = ", ".join("?" * len(names))
        self._statements[table] = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
        self._rows.setdefault(table, [])

    def add(self, table: str, *row: object) -> None:
        """Write one row, now or a little later."""
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= FLUSH_ROWS:
            self._flush(table)

    def fill(self, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
        """Write all `rows`."""
        self.open(table, columns)
        self._database.executemany(self._statements[table], rows)

    def close(self) -> None:
        """Write what is still waiting."""
        for table in self._rows:
            self._flush(table)

    def _flush(self, table: str) -> None:
        self._database.executemany(self._statements[table], self._rows[table])
        self._rows[table].clear()
