"""What the schedule held back is noted once, with its reason, and what belongs together is told together."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.engine.held_back import Why, held_back, note_held_back
from app.engine.store import Store
from tests.engine.fakes import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.sqlite")


def noted(store: Store) -> list[tuple[int, Why, int]]:
    """Return hours after NOW, reason and number of what was noted, newest first."""
    return [((each.due - NOW) // HOUR, each.why, each.times) for each in held_back(store.rows, "ABC")]


def test_what_is_held_back_is_noted_once(store: Store) -> None:
    for _ in range(2):
        note_held_back(store, "ABC", NOW, Why.BUSY, NOW)
    note_held_back(store, "ABC", NOW, Why.PAUSED, NOW)
    note_held_back(store, "XYZ", NOW, Why.BUSY, NOW)
    assert noted(store) == [(0, Why.BUSY, 1)]


def test_a_long_pause_is_one_line(store: Store) -> None:
    for hours in range(5):
        note_held_back(store, "ABC", NOW + hours * HOUR, Why.PAUSED, NOW)
    assert noted(store) == [(4, Why.PAUSED, 5)]


def test_another_reason_or_a_sync_in_between_begins_anew(store: Store) -> None:
    note_held_back(store, "ABC", NOW, Why.BUSY, NOW)
    note_held_back(store, "ABC", NOW + HOUR, Why.ASLEEP, NOW, times=3)
    store.write(
        "INSERT INTO runs (id, company, command, started_at) VALUES ('r', 'ABC', 'sync', ?)",
        ((NOW + HOUR * 3 / 2).isoformat(),),
    )
    note_held_back(store, "ABC", NOW + 2 * HOUR, Why.ASLEEP, NOW)
    assert noted(store) == [(2, Why.ASLEEP, 1), (1, Why.ASLEEP, 3), (0, Why.BUSY, 1)]
