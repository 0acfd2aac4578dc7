"""What goes to the cloud, what does not, and what is remembered of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cloud.port import RecordResult, RecordStatus
from app.domain.lists import ListItem
from app.engine.importing.imports import Import, Source
from app.engine.run import Run
from app.errors import Cancelled, RetryLater, Side, SkipItem
from app.sage.outcomes import Fresh, Quarantined, Skipped
from app.sage.wanted import Wanted
from tests.engine.fakes import make_run


def item(key: str, description: str = "", *, active: bool = True) -> ListItem:
    return ListItem(key, description or f"Vendor {key}", active, {})


class Cloud:
    """Remembers what it was sent, and answers as `verdict` says."""

    def __init__(self, verdict: Callable[[ListItem], RecordStatus] = lambda _: RecordStatus.ACCEPTED) -> None:
        self.sent: list[list[ListItem]] = []
        self.keys: list[str] = []
        self.verdict = verdict

    def send(self, items: Sequence[ListItem], key: str) -> list[RecordResult]:
        self.sent.append(list(items))
        self.keys.append(key)
        return [RecordResult(each.key, self.verdict(each), "no", "Not so.", "Do so.") for each in items]


def bring(
    run: Run, cloud: Cloud, records: Iterable[Any], *, max_batch: int = 2, accept_deletions: bool = False
) -> dict[str, int]:
    def read(_: Wanted) -> Iterator[Any]:
        for record in records:
            yield Fresh(record, None) if isinstance(record, ListItem) else record

    source: Source[ListItem] = Source(
        name="vendor",
        title="Vendor",
        read=read,
        describe=lambda each: (each.key, each.active, each.description),
        send=cloud.send,
        keep_payload=True,
        gone=lambda key, description, _: ListItem(key, description, False, {"deleted_in_sage": True}),
    )
    return Import(run, source, max_batch, accept_deletions=accept_deletions).run()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made, _ = make_run(tmp_path)
    yield made
    made.store.close()


def keys(sent: list[list[ListItem]]) -> list[str]:
    return [each.key for batch in sent for each in batch]


def test_all_records_go_the_first_time_in_batches_with_a_key_each(run: Run) -> None:
    cloud = Cloud()
    counts = bring(run, cloud, [item("a"), item("b"), item("c")])
    assert [len(batch) for batch in cloud.sent] == [2, 1]
    assert len(set(cloud.keys)) == 2
    assert counts["new"] == 3


def test_what_did_not_change_is_not_sent_again(run: Run) -> None:
    bring(run, Cloud(), [item("a"), item("b")])
    cloud = Cloud()
    counts = bring(run, cloud, [item("a"), item("b")])
    assert cloud.sent == []
    assert (counts["unchanged"], counts["new"], counts["changed"]) == (2, 0, 0)


def test_a_changed_record_goes_alone(run: Run) -> None:
    bring(run, Cloud(), [item("a"), item("b")])
    cloud = Cloud()
    counts = bring(run, cloud, [item("a"), item("b", "Renamed")])
    assert keys(cloud.sent) == ["b"]
    assert counts["changed"] == 1


def test_a_record_deleted_in_sage_becomes_inactive_once(run: Run) -> None:
    bring(run, Cloud(), [item("a"), item("b")])
    cloud = Cloud()
    assert bring(run, cloud, [item("a")])["deactivated"] == 1
    assert cloud.sent == [[ListItem("b", "Vendor b", False, {"deleted_in_sage": True})]]
    again = Cloud()
    bring(run, again, [item("a")])
    assert again.sent == []


def test_a_record_that_comes_back_is_active_again(run: Run) -> None:
    bring(run, Cloud(), [item("a"), item("b")])
    bring(run, Cloud(), [item("a")])
    cloud = Cloud()
    bring(run, cloud, [item("a"), item("b")])
    assert cloud.sent == [[item("b")]]


def test_many_vanished_records_are_left_until_a_person_says_so(run: Run) -> None:
    everyone = [item(f"{number:03}") for number in range(100)]
    bring(run, Cloud(), everyone, max_batch=500)
    cloud = Cloud()
    counts = bring(run, cloud, everyone[:70], max_batch=500)
    assert cloud.sent == []
    assert counts["deactivated"] == 0
    assert run.needs_user
    assert bring(run, cloud, everyone[:70], max_batch=500, accept_deletions=True)["deactivated"] == 30
    assert keys(cloud.sent) == [each.key for each in everyone[70:]]


def test_a_refused_record_blocks_nothing_and_is_tried_again(run: Run) -> None:
    cloud = Cloud(lambda each: RecordStatus.REFUSED if each.key == "b" else RecordStatus.ACCEPTED)
    counts = bring(run, cloud, [item("a"), item("b"), item("c")])
    assert (counts["new"], counts["failed"]) == (2, 1)
    assert run.needs_user
    row = run.store.rows("SELECT state, reason, fix, hash FROM checkpoints WHERE key = 'b'")[0]
    assert row == {"state": "refused", "reason": "Not so.", "fix": "Do so.", "hash": None}
    better = Cloud()
    bring(run, better, [item("a"), item("b"), item("c")])
    assert keys(better.sent) == ["b"]


def test_a_refused_change_goes_again_until_it_is_taken_or_taken_back(run: Run) -> None:
    bring(run, Cloud(), [item("a")])
    bring(run, Cloud(lambda _: RecordStatus.REFUSED), [item("a", "Bad")])
    again = Cloud(lambda _: RecordStatus.REFUSED)
    bring(run, again, [item("a", "Bad")])
    assert keys(again.sent) == ["a"]
    bring(run, Cloud(), [item("a")])
    assert run.store.rows("SELECT state FROM checkpoints")[0]["state"] == "acknowledged"


def test_an_unreadable_record_is_set_aside_and_not_taken_for_deleted(run: Run) -> None:
    bring(run, Cloud(), [item("a"), item("b")])
    cloud = Cloud()
    counts = bring(run, cloud, [item("a"), Quarantined("b", "AP_Vendor", "TermsCode", "4B", "It is too long.")])
    assert cloud.sent == []
    assert counts["failed"] == 1
    row = run.store.rows("SELECT state, active, reason FROM checkpoints WHERE key = 'b'")[0]
    assert (row["state"], row["active"]) == ("quarantined", 1)
    assert row["reason"] == "It is too long. That is column TermsCode of table AP_Vendor: “4B”."
    bring(run, Cloud(), [item("a"), Quarantined("b", "AP_Vendor", "VendorNo", " ", "Its code is blank.")])
    row = run.store.rows("SELECT reason FROM checkpoints WHERE key = 'b'")[0]
    assert row["reason"] == "Its code is blank. That is column VendorNo of table AP_Vendor."


def test_skipped_records_are_counted_by_their_rule(run: Run) -> None:
    counts = bring(run, Cloud(), [item("a"), Skipped("m", "order-type", "A master order."), Skipped("n", "closed", "")])
    assert counts["skipped"] == 2
    assert counts["skipped order-type"] == 1
    assert counts["read"] == 1


def test_a_record_that_was_set_aside_and_is_now_left_out_needs_nobody(run: Run) -> None:
    bring(run, Cloud(lambda _: RecordStatus.WAITING), [item("a")])
    assert len(run.store.rows("SELECT * FROM checkpoints")) == 1
    bring(run, Cloud(), [Skipped("a", "undone", "It was voided.")])
    assert run.store.rows("SELECT * FROM checkpoints") == []


def test_a_list_that_cannot_be_read_fails_alone_and_deletes_nothing(run: Run) -> None:
    bring(run, Cloud(), [item("a"), item("b")])

    def broken() -> Iterator[ListItem]:
        yield item("a", "Renamed")
        raise SkipItem("table-not-accessible", "Not readable", "No right.", "Give the right.", side=Side.SAGE)

    cloud = Cloud()
    counts = bring(run, cloud, broken())
    assert keys(cloud.sent) == ["a"]
    assert (counts["failed"], counts["deactivated"]) == (1, 0)
    assert run.needs_user


def test_nothing_is_remembered_that_the_cloud_did_not_acknowledge(run: Run) -> None:
    class Down(Cloud):
        def send(self, items: Sequence[ListItem], key: str) -> list[RecordResult]:
            if self.sent:
                raise RetryLater("cloud-unreachable", "Down", "No answer.", "Later.", side=Side.CLOUD)
            return super().send(items, key)

    with pytest.raises(RetryLater):
        bring(run, Down(), [item("a"), item("b"), item("c"), item("d")])
    known = run.store.rows("SELECT key FROM checkpoints WHERE hash IS NOT NULL")
    assert {row["key"] for row in known} == {"a", "b"}
    cloud = Cloud()
    bring(run, cloud, [item("a"), item("b"), item("c"), item("d")])
    assert keys(cloud.sent) == ["c", "d"]


def test_a_record_whose_answer_was_lost_and_that_is_then_deleted_becomes_inactive(run: Run) -> None:
    class LosesTheAnswer(Cloud):
        def send(self, items: Sequence[ListItem], key: str) -> list[RecordResult]:
            super().send(items, key)
            raise RetryLater("cloud-unreachable", "Down", "No answer.", "Later.", side=Side.CLOUD)

    with pytest.raises(RetryLater):
        bring(run, LosesTheAnswer(), [item("a"), item("b")])
    cloud = Cloud()
    bring(run, cloud, [item("a")])
    assert {(each.key, each.active) for batch in cloud.sent for each in batch} == {("a", True), ("b", False)}


def test_a_list_that_is_suddenly_empty_is_left_until_a_person_says_so(run: Run) -> None:
    bring(run, Cloud(), [item("a"), item("b")])
    cloud = Cloud()
    assert bring(run, cloud, [])["deactivated"] == 0
    assert cloud.sent == []
    assert run.needs_user


def test_cancel_stops_between_records_and_keeps_what_was_acknowledged(run: Run) -> None:
    def endless() -> Iterator[ListItem]:
        for number in range(10_000):
            if number == 500:
                run.cancel.cancel()
            yield item(f"{number:05}")

    cloud = Cloud()
    with pytest.raises(Cancelled):
        bring(run, cloud, endless(), max_batch=100)
    kept = run.store.rows("SELECT COUNT(*) AS n FROM checkpoints")[0]["n"]
    assert kept == len(keys(cloud.sent)) <= 600


def test_a_completed_version_is_compared_not_the_raw_one(run: Run) -> None:
    cloud = Cloud()

    def with_merge(records: Sequence[ListItem]) -> dict[str, int]:
        source: Source[ListItem] = Source(
            name="vendor",
            title="Vendor",
            read=lambda _: (Fresh(record, None) for record in records),
            describe=lambda each: (each.key, each.active, each.description),
            send=cloud.send,
            keep_payload=True,
            merge=lambda each, before: replace(each, attributes={"kept": b'"line"' in before or b"kept" in before}),
        )
        return Import(run, source, 10, accept_deletions=False).run()

    with_merge([ListItem("a", "A", True, {"lines": "line"})])
    assert with_merge([ListItem("a", "A", True, {})])["changed"] == 1
    assert with_merge([ListItem("a", "A", True, {})])["unchanged"] == 1
