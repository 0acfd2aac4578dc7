"""Scheduled syncs that did not start when they were due, and why: so that nobody wonders where one is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeAlias

from app.engine.store import Store

Query: TypeAlias = Callable[[str, tuple[Any, ...]], list[dict[str, Any]]]

MOST_SHOWN = 200


class Why(StrEnum):
    """What kept a scheduled sync back."""

    PAUSED = "paused"
    BUSY = "busy"  # another run held the company
    ASLEEP = "asleep"  # AP Bridge was open, and the computer slept
    CLOSED = "closed"  # AP Bridge was not open
    AWAY = "away"  # Windows' Task Scheduler could not start it: the computer was off, or nobody was signed in


@dataclass(frozen=True, slots=True)
class HeldBack:
    """One or more scheduled syncs in a row that were held back for one reason; the last of them was due at `due`."""

    due: datetime
    why: Why
    times: int
    noted: datetime


def note_held_back(store: Store, company: str, due: datetime, why: Why, now: datetime, times: int = 1) -> None:
    """Note that `times` syncs, the last of which was due at `due`, were held back; what is noted already stays once.

    What follows without a sync in between and for the same reason is told together.
    """
    with store.transaction() as db:
        noted = store.rows(
            "SELECT due, why, times FROM held_back WHERE company = ? ORDER BY due DESC LIMIT 1", (company,)
        )
        at = due.astimezone(UTC).isoformat()
        if noted and noted[0]["due"] >= at:
            return
        if noted and noted[0]["why"] == why and not _synced_since(store, company, noted[0]["due"]):
            times += noted[0]["times"]
            db.execute("DELETE FROM held_back WHERE company = ? AND due = ?", (company, noted[0]["due"]))
        db.execute(
            "INSERT INTO held_back (company, due, why, times, noted_at) VALUES (?, ?, ?, ?, ?)",
            (company, at, why, times, now.isoformat()),
        )


def held_back(rows: Query, company: str) -> list[HeldBack]:
    """Return what was held back, newest first."""
    return [
        HeldBack(
            datetime.fromisoformat(row["due"]), Why(row["why"]), row["times"], datetime.fromisoformat(row["noted_at"])
        )
        for row in rows("SELECT * FROM held_back WHERE company = ? ORDER BY due DESC LIMIT ?", (company, MOST_SHOWN))
    ]


def _synced_since(store: Store, company: str, moment: str) -> bool:
    return bool(
        store.rows(
            "SELECT 1 FROM runs WHERE company = ? AND command = 'sync' AND started_at >= ? LIMIT 1", (company, moment)
        )
    )
