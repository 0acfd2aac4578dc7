"""What the cloud has, asked for by key and by the fingerprint of rows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engine.importing.known import Known
from app.engine.run import Run
from tests.engine.fakes import make_run

ROWS = b"r" * 16


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made, _ = make_run(tmp_path)
    yield made
    made.store.close()


def remember(run: Run, key: str, *, state: str = "acknowledged", acknowledged: bool = True, rows: bytes | None = ROWS):
    run.store.write(
        "INSERT INTO checkpoints (company, list, key, hash, active, description, state, run, row_hash)"
        " VALUES ('ABC', 'vendor', ?, ?, 1, '', ?, 'run-0', ?)",
        (key, b"h" * 16 if acknowledged else None, state, rows),
    )


def known(run: Run, told: list[int] | None = None) -> Known:
    made = Known(run.store, "ABC", "vendor", (told if told is not None else []).append)
    made.load()
    return made


def test_a_record_of_the_same_rows_is_unchanged_once(run: Run) -> None:
    remember(run, "a")
    told: list[int] = []
    asked = known(run, told)
    assert not asked.unchanged("a", b"x" * 16)
    assert asked.unchanged("a", ROWS)
    assert not asked.unchanged("a", ROWS)
    assert list(asked.left(None)) == []
    asked.flush()
    assert told == [1]


@pytest.mark.parametrize(
    ("state", "acknowledged", "sent"),
    [("refused", True, True), ("refused", False, False), ("sending", False, True), ("waiting", False, False)],
)
def test_what_was_not_acknowledged_is_never_unchanged(run: Run, state: str, acknowledged: bool, sent: bool) -> None:
    remember(run, "a", state=state, acknowledged=acknowledged)
    asked = known(run)
    assert not asked.unchanged("a", ROWS)
    assert asked.sent("a") == sent
    assert list(asked.pending()) == ["a"]


def test_a_record_that_must_be_looked_at_each_time_has_no_rows(run: Run) -> None:
    remember(run, "a", rows=None)
    asked = known(run)
    assert not asked.unchanged("a", ROWS)
    before = asked.take("a")
    assert before is not None
    assert before.maybe_there


def test_records_that_belong_together_are_unchanged_together(run: Run) -> None:
    remember(run, "a")
    remember(run, "b")
    asked = known(run)
    assert not asked.all_unchanged(["a", "b"], [ROWS, b"x" * 16])
    assert {key for key, _ in asked.left(None)} == {"a", "b"}
    assert asked.all_unchanged(["a", "b"], [ROWS, ROWS])
    assert list(asked.left(None)) == []


def test_what_is_left_can_be_asked_of_some_keys(run: Run) -> None:
    for key in "abc":
        remember(run, key)
    assert [key for key, _ in known(run).left(frozenset("bcz"))] == ["b", "c"]


def test_among_many_records_those_that_differ_or_stand_there_twice_are_told_by_their_place(run: Run) -> None:
    for key in "abcd":
        remember(run, key)
    told: list[int] = []
    asked = known(run, told)
    assert asked.changed_among(["a", "a", "b", "new", "c"], [ROWS, ROWS, b"x" * 16, ROWS, ROWS]) == [1, 2, 3]
    assert [key for key, _ in asked.left(None)] == ["b", "d"]
    asked.flush()
    assert told == [2]
