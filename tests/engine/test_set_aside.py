"""Since when records have been set aside."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engine.set_aside import note_set_aside
from app.engine.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store.sqlite")
    yield made
    made.close()


def put(store: Store, key: str, state: str) -> None:
    store.write(
        "INSERT OR REPLACE INTO checkpoints (company, list, key, active, description, state, run)"
        " VALUES ('ABC', 'vendor', ?, 1, '', ?, 'run')",
        (key, state),
    )


def since(store: Store) -> dict[str, str]:
    return store.pairs("SELECT key, since FROM set_aside")


def test_a_record_keeps_the_time_it_was_set_aside_first(store: Store) -> None:
    put(store, "01-ZINC", "quarantined")
    note_set_aside(store, "ABC", "first")
    put(store, "01-OAK", "waiting")
    note_set_aside(store, "ABC", "second")
    assert since(store) == {"01-ZINC": "first", "01-OAK": "second"}


def test_a_record_that_went_through_is_forgotten_and_begins_anew(store: Store) -> None:
    put(store, "01-ZINC", "refused")
    note_set_aside(store, "ABC", "first")
    put(store, "01-ZINC", "acknowledged")
    note_set_aside(store, "ABC", "second")
    assert since(store) == {}
    put(store, "01-ZINC", "refused")
    note_set_aside(store, "ABC", "third")
    assert since(store) == {"01-ZINC": "third"}


def test_another_company_is_left_alone(store: Store) -> None:
    put(store, "01-ZINC", "refused")
    note_set_aside(store, "ABC", "first")
    note_set_aside(store, "XYZ", "second")
    assert since(store) == {"01-ZINC": "first"}


def test_only_what_is_set_aside_is_looked_at_in_a_company_s_records(store: Store) -> None:
    asked: list[str] = []
    store.db.conn.set_trace_callback(asked.append)
    note_set_aside(store, "ABC", "first")
    store.db.conn.set_trace_callback(None)
    plans = [
        row["detail"]
        for sql in asked
        if sql.strip().startswith(("INSERT", "DELETE"))
        for row in store.rows(f"EXPLAIN QUERY PLAN {sql}")
    ]
    of_records = [plan for plan in plans if "checkpoints" in plan or " c " in plan]
    assert of_records == [
        "SEARCH checkpoints USING COVERING INDEX checkpoints_by_state (company=? AND list=? AND state=?)",
        "SEARCH c USING PRIMARY KEY (company=? AND list=? AND key=?)",
    ]
