"""What the cloud has, asked for by key and by the fingerprint of rows."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.engine.importing.known import Known
from app.engine.run import Run
from tests.engine.fakes import make_run

ROWS = b"r" * 16
ALL = frozenset("abcdz")

Ask = Callable[..., Known]


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


@pytest.fixture(params=[Known.load, Known.load_as_asked], ids=["loaded", "as asked"])
def known(request: pytest.FixtureRequest, run: Run) -> Ask:
    def made(told: list[int] | None = None) -> Known:
        asked = Known(run.store, "ABC", "vendor", (told if told is not None else []).append)
        request.param(asked)
        return asked

    return made


def test_a_record_of_the_same_rows_is_unchanged_once(known: Ask, run: Run) -> None:
    remember(run, "a")
    told: list[int] = []
    asked = known(told)
    assert not asked.unchanged("a", b"x" * 16)
    assert asked.unchanged("a", ROWS)
    assert not asked.unchanged("a", ROWS)
    assert list(asked.left(ALL)) == []
    asked.flush()
    assert told == [1]


@pytest.mark.parametrize(
    ("state", "acknowledged", "sent"),
    [("refused", True, True), ("refused", False, False), ("sending", False, True), ("waiting", False, False)],
)
def test_what_was_not_acknowledged_is_never_unchanged(
    known: Ask, run: Run, state: str, acknowledged: bool, sent: bool
) -> None:
    remember(run, "a", state=state, acknowledged=acknowledged)
    asked = known()
    assert not asked.unchanged("a", ROWS)
    assert asked.sent("a") == sent
    assert list(asked.pending()) == ["a"]


def test_whether_a_record_was_sent_is_known_outside_the_range_that_was_looked_up(run: Run) -> None:
    remember(run, "b")
    remember(run, "c", state="refused", acknowledged=False)
    asked = Known(run.store, "ABC", "vendor", [].append)
    asked.load("x", None)
    assert [asked.sent(key) for key in "abcx"] == [False, True, False, False]


def test_what_is_pending_is_found_without_looking_at_what_is_not(run: Run) -> None:
    remember(run, "a")
    remember(run, "b", state="waiting", acknowledged=False)
    asked: list[str] = []
    known = Known(run.store, "ABC", "vendor", [].append)
    run.store.db.conn.set_trace_callback(asked.append)
    assert known.pending() == ["b"]
    run.store.db.conn.set_trace_callback(None)
    (plan,) = run.store.rows(f"EXPLAIN QUERY PLAN {asked[0]}")
    assert plan["detail"] == ("SEARCH checkpoints USING INDEX checkpoints_by_state (company=? AND list=?)")


def test_what_is_known_of_a_pending_record_is_known_anew_the_second_time(run: Run) -> None:
    remember(run, "b", state="waiting", acknowledged=False)
    known = Known(run.store, "ABC", "vendor", [].append)
    known.load("x")
    assert known.pending() == ["b"]
    first = known.take("b")
    run.store.write("UPDATE checkpoints SET state = 'refused'")
    second = known.take("b")
    assert first is not None
    assert second is not None
    assert [first.state, second.state] == ["waiting", "refused"]


def test_a_record_that_must_be_looked_at_each_time_has_no_rows(known: Ask, run: Run) -> None:
    remember(run, "a", rows=None)
    asked = known()
    assert not asked.unchanged("a", ROWS)
    before = asked.take("a")
    assert before is not None
    assert before.maybe_there


def test_records_that_belong_together_are_unchanged_together(known: Ask, run: Run) -> None:
    remember(run, "a")
    remember(run, "b")
    asked = known()
    assert not asked.all_unchanged(["a", "b"], [ROWS, b"x" * 16])
    assert {key for key, _ in asked.left(ALL)} == {"a", "b"}
    assert asked.all_unchanged(["a", "b"], [ROWS, ROWS])
    assert list(asked.left(ALL)) == []


def test_what_is_left_can_be_asked_of_some_keys(known: Ask, run: Run) -> None:
    for key in "abc":
        remember(run, key)
    assert [key for key, _ in known().left(frozenset("bcz"))] == ["b", "c"]


def test_among_many_records_those_that_differ_or_stand_there_twice_are_told_by_their_place(
    known: Ask, run: Run
) -> None:
    for key in "abcd":
        remember(run, key)
    told: list[int] = []
    asked = known(told)
    assert asked.changed_among(["a", "a", "b", "new", "c"], [ROWS, ROWS, b"x" * 16, ROWS, ROWS]) == [1, 2, 3]
    assert [key for key, _ in asked.left(ALL)] == ["b", "d"]
    asked.flush()
    assert told == [2]


def test_what_is_met_together_is_looked_up_together(run: Run) -> None:
    keys = [f"{number:04}" for number in range(1200)]
    for key in keys[::2]:
        remember(run, key)
    known = Known(run.store, "ABC", "vendor", [].append)
    known.load_as_asked(keys[:10])
    asked: list[str] = []
    run.store.db.conn.set_trace_callback(asked.append)
    assert known.changed_among([*keys, keys[0]], [ROWS] * 1201) == [*range(1, 1200, 2), 1200]
    assert known.changed_among(keys, [ROWS] * 1200) == [*range(1200)]
    run.store.db.conn.set_trace_callback(None)
    assert len(asked) == 3
