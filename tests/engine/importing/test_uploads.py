"""Batches under way at once, and what is remembered when some of them fail."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.cloud.port import RecordResult, RecordStatus
from app.engine.importing.under_way import note
from app.engine.importing.uploads import Changed, Route, Uploads
from app.engine.reporter import Stage
from app.engine.run import Run, carry_out
from app.engine.store import Store
from app.errors import BugError, ExitCode, RetryLater, Side
from tests.engine.fakes import make_run

PATIENCE_SECONDS = 20


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made, _ = make_run(tmp_path)
    yield made
    made.store.close()


def changed(key: str) -> Changed[str]:
    return Changed(key, key, True, key, b"{}", b"h" * 16, b"r" * 16, "new")


def accepted(keys: Sequence[str]) -> list[RecordResult]:
    return [RecordResult(key, RecordStatus.ACCEPTED) for key in keys]


def uploads(run: Run, send, *, max_batch: int = 1, in_order: bool = False) -> Uploads[str]:
    route: Route[str] = Route("vendor", send, keep_payload=False, max_batch=max_batch, in_order=in_order)
    return Uploads(run, Stage("vendor", "Vendor", run.reporter), route)


def states(run: Run) -> dict[str, str]:
    return {row["key"]: row["state"] for row in run.store.rows("SELECT key, state FROM checkpoints")}


def rows(run: Run) -> list[dict[str, Any]]:
    return run.store.rows("SELECT * FROM checkpoints")


def under_way(store: Store) -> list[dict[str, Any]]:
    return store.rows("SELECT * FROM under_way")


def test_two_batches_are_under_way_at_once(run: Run) -> None:
    meeting = threading.Barrier(2)

    def send(keys: Sequence[str], _: str) -> list[RecordResult]:
        meeting.wait(PATIENCE_SECONDS)  # nobody passes before the other batch is there too
        return accepted(keys)

    with uploads(run, send) as under_way:
        for key in ("a", "b", "c", "d"):
            under_way.add(changed(key))
        under_way.finish()
    assert states(run) == dict.fromkeys("abcd", "acknowledged")


def test_where_the_order_counts_a_batch_waits_for_the_one_before(run: Run) -> None:
    at_once = threading.Semaphore(1)
    sent = []

    def send(keys: Sequence[str], _: str) -> list[RecordResult]:
        assert at_once.acquire(blocking=False)
        sent.extend(keys)
        at_once.release()
        return accepted(keys)

    with uploads(run, send, in_order=True) as under_way:
        for key in "abcdef":
            under_way.add(changed(key))
        under_way.finish()
    assert sent == list("abcdef")


def test_when_one_batch_fails_the_answers_of_the_others_are_kept(run: Run) -> None:
    failed = threading.Event()

    def send(keys: Sequence[str], _: str) -> list[RecordResult]:
        if keys == ["a"]:
            failed.set()
            raise RetryLater("cloud-unreachable", "Down", "No answer.", "Later.", side=Side.CLOUD)
        assert failed.wait(PATIENCE_SECONDS)
        return accepted(keys)

    def bring() -> None:
        with uploads(run, send) as under_way:
            under_way.add(changed("a"))
            under_way.add(changed("b"))
            under_way.finish()

    with pytest.raises(RetryLater):
        bring()
    assert states(run) == {"a": "sending", "b": "acknowledged"}


def test_when_reading_fails_what_is_under_way_is_remembered(run: Run) -> None:
    def bring() -> None:
        with uploads(run, lambda keys, _: accepted(keys)) as under_way:
            under_way.add(changed("a"))
            raise RetryLater("sage-unreachable", "Gone", "No answer.", "Later.", side=Side.SAGE)

    with pytest.raises(RetryLater, match="Gone"):
        bring()
    assert states(run) == {"a": "acknowledged"}


def spoiled_by(*spoilers: str):
    calls: list[list[str]] = []

    def send(keys: Sequence[str], _: str) -> list[RecordResult]:
        calls.append(list(keys))
        if set(spoilers) & set(keys):
            raise BugError("cloud-contract", "Wrong", "Malformed.", "Send the log.", side=Side.CLOUD, detail="422")
        return accepted(keys)

    return send, calls


def test_a_record_that_spoils_its_batch_is_set_aside_and_the_batch_goes_on(run: Run) -> None:
    send, _ = spoiled_by("c")
    with uploads(run, send, max_batch=8) as under_way:
        for key in "abcdefgh":
            under_way.add(changed(key))
        under_way.finish()
    assert states(run) == dict.fromkeys("abdefgh", "acknowledged") | {"c": "refused"}
    assert "cannot read this record" in run.store.rows("SELECT reason FROM checkpoints WHERE key = 'c'")[0]["reason"]


def test_when_the_cloud_can_read_none_of_it_the_run_ends(run: Run) -> None:
    everything = [f"{number:03}" for number in range(100)]
    send, calls = spoiled_by(*everything)

    def bring() -> None:
        with uploads(run, send, max_batch=100) as under_way:
            for key in everything:
                under_way.add(changed(key))
            under_way.finish()

    with pytest.raises(BugError):
        bring()
    assert len(calls) < 100
    assert set(states(run).values()) == {"sending"}


def test_a_batch_is_noted_on_disk_before_it_goes_and_no_longer_once_it_is_answered(run: Run) -> None:
    noted: list[dict[str, list[str]]] = []

    def send(keys: Sequence[str], _: str) -> list[RecordResult]:
        elsewhere = Store(run.store.file, read_only=True)
        noted.append({row["list"]: [key for key, *_ in orjson.loads(row["records"])] for row in under_way(elsewhere)})
        elsewhere.close()
        return accepted(keys)

    with uploads(run, send, max_batch=2, in_order=True) as sending:
        for key in "abc":
            sending.add(changed(key))
        sending.finish()
    assert noted == [{"vendor": ["a", "b"]}, {"vendor": ["c"]}]
    assert under_way(run.store) == []


def test_what_a_run_that_was_cut_off_had_under_way_may_be_there_before_the_next_does_anything(run: Run) -> None:
    with uploads(run, lambda keys, _: accepted(keys)) as sending:
        sending.add(changed("b"))
        sending.finish()
    note(run.store, run.company.code, "vendor", 1, "cut-off", [("a", True, "A", None), ("b", False, "B", None)])
    seen: dict[str, object] = {}

    def work(run: Run) -> dict[str, object]:
        seen.update({row["key"]: (row["state"], row["hash"], row["active"], row["run"]) for row in rows(run)})
        return {}

    assert carry_out(run, work) == ExitCode.DONE
    assert seen == {"a": ("sending", None, 1, "cut-off"), "b": ("sending", b"h" * 16, 1, "cut-off")}
    assert under_way(run.store) == []
