"""What a pass makes of records that it did not meet, could not name, or never got an answer about."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.cloud.port import RecordResult, RecordStatus
from app.domain.lists import ListItem
from app.engine.events import Kind
from app.engine.importing.imports import GUARD_COUNT, Import, Source
from app.engine.importing.passes import Asked
from app.engine.run import Run
from app.errors import RetryLater, Side, SkipItem
from app.sage.outcomes import Fresh, Quarantined
from app.sage.wanted import Wanted
from tests.engine.fakes import make_run


def item(key: str, description: str = "", *, active: bool = True) -> ListItem:
    return ListItem(key, description or f"Vendor {key}", active, {})


def unnamed(place: int) -> Quarantined:
    return Quarantined(f"row {place}", "AP_Vendor", "VendorNo", "", "Its code is blank.")


class Sides:
    """A Sage that dates its changes, and a cloud: what each was asked and told."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.wanted: list[Wanted] = []
        self.sent: list[ListItem] = []
        self.looked_up: list[list[str]] = []
        self.loses_answers = False
        self.refuses: set[str] = set()

    def bring(
        self, *records: ListItem | Quarantined, there: Collection[str] = (), watch: bool = False, **options: Any
    ) -> dict[str, int]:
        """Read `records` from Sage and send them; `there` is what Sage has when it is asked for single keys."""

        def read(wanted: Wanted) -> Iterator[Any]:
            self.wanted.append(wanted)
            for record in records:
                yield Fresh(record, None) if isinstance(record, ListItem) else record

        def keys_there(keys: Collection[str]) -> set[str]:
            self.looked_up.append(sorted(keys))
            return set(keys) & set(there)

        source: Source[ListItem] = Source(
            name="vendor",
            title="Vendor",
            read=read,
            describe=lambda each: (each.key, each.active, each.description),
            send=self._send,
            keep_payload=True,
            gone=lambda key, description, _: ListItem(key, description, False, {"deleted_in_sage": True}),
            keys_there=keys_there,
            dates_changes=lambda: True,
            watch_active=watch,
        )
        self.sent.clear()
        return Import(self.run, source, 100, **options).run()

    def _send(self, items: Sequence[ListItem], _: str) -> list[RecordResult]:
        self.sent.extend(items)
        if self.loses_answers:
            raise RetryLater("cloud-unreachable", "Down", "No answer.", "Later.", side=Side.CLOUD)
        refused = self.refuses
        return [
            RecordResult(each.key, RecordStatus.REFUSED if each.key in refused else RecordStatus.ACCEPTED)
            for each in items
        ]

    @property
    def full(self) -> bool:
        """Whether the newest pass was a full one."""
        return self.wanted[-1].since is None

    def states(self) -> dict[str, str]:
        return {row["key"]: row["state"] for row in self.run.store.rows("SELECT key, state FROM checkpoints")}

    def active(self) -> set[str]:
        return {row["key"] for row in self.run.store.rows("SELECT key FROM checkpoints WHERE active")}


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    run, _ = make_run(tmp_path)
    yield Sides(run)
    run.store.close()


def test_a_record_that_was_not_met_but_is_there_when_asked_for_stays_active(sides: Sides) -> None:
    sides.bring(item("a"), item("b"), item("c"))
    counts = sides.bring(item("a"), there=["b"], asked=Asked(full=True))
    assert sides.looked_up == [["b", "c"]]
    assert [(each.key, each.active) for each in sides.sent] == [("c", False)]
    assert counts["deactivated"] == 1
    assert sides.active() == {"a", "b"}


def test_a_pass_that_missed_what_is_there_is_repeated_in_full_until_it_meets_it(sides: Sides) -> None:
    sides.bring(item("a"), item("b"))
    sides.bring(item("a"), there=["b"], asked=Asked(full=True))
    sides.bring(item("a"), there=["b"])
    assert sides.full
    sides.bring(item("a"), item("b"))
    assert sides.full
    sides.bring()
    assert not sides.full


def test_nothing_is_looked_up_where_all_was_met(sides: Sides) -> None:
    sides.bring(item("a"), item("b"))
    sides.bring(item("b"), item("a"), asked=Asked(full=True))
    assert sides.looked_up == []


def test_where_sage_does_not_answer_the_look_up_nothing_is_deactivated(sides: Sides) -> None:
    sides.bring(item("a"), item("b"))

    class Blocked(list[str]):
        def __iter__(self) -> Iterator[str]:
            raise SkipItem("table-not-accessible", "Not readable", "No right.", "Give the right.", side=Side.SAGE)

    counts = sides.bring(item("a"), there=Blocked(), asked=Asked(full=True))
    assert (sides.sent, counts["failed"], sides.active()) == ([], 1, {"a", "b"})
    assert sides.bring(item("a"), asked=Asked(full=True))["deactivated"] == 1


def test_too_many_to_be_believed_are_asked_about_and_the_pass_is_repeated_in_full(sides: Sides) -> None:
    everyone = [item(f"{number:03}") for number in range(GUARD_COUNT + 2)]
    sides.bring(*everyone)
    sides.bring(everyone[0], asked=Asked(full=True))
    assert (sides.sent, sides.looked_up, sides.run.needs_user) == ([], [], True)
    sides.bring(everyone[0])
    assert sides.full
    misread = [each.key for each in everyone[2:]]
    sides.bring(everyone[0], there=misread, accept_deletions=True, asked=Asked(full=True))
    assert [each.key for each in sides.sent] == [everyone[1].key]


def test_what_was_under_way_when_the_answer_was_lost_is_sent_again_though_sage_is_as_before(sides: Sides) -> None:
    sides.bring(item("a", "Before"))
    sides.loses_answers = True
    with pytest.raises(RetryLater):
        sides.bring(item("a", "Mistyped"), asked=Asked(full=True))
    sides.loses_answers = False
    # Meanwhile it was set right in Sage: what was acknowledged once may not be what the cloud has now.
    sides.bring(item("a", "Before"))
    assert [each.description for each in sides.sent] == ["Before"]
    assert sides.states() == {"a": "acknowledged"}
    sides.bring(item("a", "Before"), asked=Asked(full=True))
    assert sides.sent == []


def test_what_was_under_way_is_wanted_in_a_pass_since_a_day_too(sides: Sides) -> None:
    sides.bring(item("a"), item("b"))
    sides.loses_answers = True
    with pytest.raises(RetryLater):
        sides.bring(item("b", "Renamed"))
    sides.loses_answers = False
    sides.bring(item("b", "Renamed"))
    assert not sides.full
    assert sides.wanted[-1].also == {"b"}
    assert [each.key for each in sides.sent] == ["b"]


def test_what_was_under_way_when_it_was_deleted_in_sage_becomes_inactive(sides: Sides) -> None:
    sides.loses_answers = True
    with pytest.raises(RetryLater):
        sides.bring(item("a"), item("b"))
    sides.loses_answers = False
    sides.bring(item("a"))
    assert {(each.key, each.active) for each in sides.sent} == {("a", True), ("b", False)}


def test_a_deactivation_whose_answer_was_lost_is_told_again(sides: Sides) -> None:
    sides.bring(item("a"), item("b"))
    sides.loses_answers = True
    with pytest.raises(RetryLater):
        sides.bring(item("a"), asked=Asked(full=True))
    sides.loses_answers = False
    assert sides.bring(item("a"), asked=Asked(full=True))["deactivated"] == 1
    assert sides.active() == {"a"}


def test_a_row_that_cannot_be_named_is_remembered_by_a_full_pass_only(sides: Sides) -> None:
    sides.bring(item("a"), unnamed(2))
    assert sides.states() == {"a": "acknowledged", "row 2": "quarantined"}
    sides.bring(item("a"), unnamed(2))
    assert sides.full  # the row that could not be named may have been one that is known
    counts = sides.bring(unnamed(1))
    assert not sides.full
    assert (counts["failed"], sides.run.needs_user) == (1, True)
    assert sides.states() == {"a": "acknowledged", "row 2": "quarantined"}


def test_what_cannot_be_named_is_known_by_its_columns_and_by_those_of_the_last_full_pass(sides: Sides) -> None:
    def described() -> str:
        (row,) = sides.run.store.rows("SELECT description FROM checkpoints WHERE key = 'row 1'", ())
        return str(row["description"])

    sides.bring(replace(unnamed(1), called="01 Acme"))
    assert described() == "01 Acme"
    sides.bring(replace(unnamed(1), called="01 Bolt & Co"), asked=Asked(full=True))
    assert described() == "01 Bolt & Co"


def test_a_place_in_a_table_is_nothing_to_ask_sage_for(sides: Sides) -> None:
    sides.refuses = {"b"}
    for _ in range(2):
        sides.bring(item("a"), item("b"), unnamed(3))
    sides.bring()
    assert not sides.full
    assert sides.wanted[-1].also == {"b"}


def test_a_row_that_can_be_named_again_is_forgotten_by_its_place(sides: Sides) -> None:
    sides.bring(item("a"), unnamed(2))
    sides.bring(item("a"), item("b"))
    assert sides.states() == {"a": "acknowledged", "b": "acknowledged"}


def test_more_rows_without_a_name_mean_another_full_pass(sides: Sides) -> None:
    for _ in range(2):
        sides.bring(item("a"), item("b"), unnamed(3))
    sides.bring(item("a"), unnamed(2), unnamed(3), there=["b"], asked=Asked(full=True))
    sides.bring(item("a"), item("b"), unnamed(3))
    assert sides.full
    assert sides.active() >= {"a", "b"}


def test_a_full_pass_on_request_that_leaves_something_open_is_repeated(sides: Sides) -> None:
    sides.bring(item("a"), item("b"))
    sides.bring(item("a"), item("b"))
    assert not sides.full
    sides.bring(item("a"), there=["b"], asked=Asked(full=True))
    sides.bring(item("a"), item("b"))
    assert sides.full


def test_watched_records_that_vanish_between_two_full_passes_are_told_at_once(sides: Sides) -> None:
    sides.bring(item("a"), item("b"), watch=True)
    sides.bring(item("a"), watch=True)
    assert not sides.full
    assert [(each.key, each.active) for each in sides.sent] == [("b", False)]


def test_a_watched_record_that_is_only_misread_stays_and_the_next_pass_is_full(sides: Sides) -> None:
    sides.bring(item("a"), item("b"), watch=True)
    sides.bring(item("a"), there=["b"], watch=True)
    assert (sides.full, sides.sent) == (False, [])
    sides.bring(item("a"), item("b"), watch=True)
    assert sides.full


def test_where_a_pass_since_a_day_meets_none_of_the_watched_it_changes_nothing(sides: Sides) -> None:
    sides.bring(item("a"), item("b"), watch=True)
    sides.bring(watch=True)
    assert (sides.full, sides.sent, sides.looked_up) == (False, [], [])
    sides.bring(item("a"), watch=True)
    assert sides.full
    assert [each.key for each in sides.sent] == ["b"]


def test_a_reading_from_a_day_that_left_something_open_is_followed_by_a_full_pass(sides: Sides) -> None:
    sides.bring(item("a"), item("b"), watch=True)
    sides.bring(item("a"), there=["b"], watch=True, asked=Asked(since=date(2026, 2, 1)))
    sides.bring(item("a"), item("b"), watch=True)
    assert sides.full


def test_what_the_cloud_acknowledged_stays_known_beside_what_it_refused(sides: Sides) -> None:
    sides.bring(item("a", "Taken"))
    sides.refuses = {"a"}
    sides.bring(item("a", "Refused"), asked=Asked(full=True))
    (row,) = sides.run.store.rows("SELECT payload, taken FROM checkpoints")
    assert ("Refused" in row["payload"], "Taken" in row["taken"]) == (True, True)
    sides.refuses = set()
    sides.bring(item("a", "Refused"), asked=Asked(full=True))
    (row,) = sides.run.store.rows("SELECT payload, taken FROM checkpoints")
    assert row["payload"] == row["taken"]


def test_a_pass_since_a_day_looks_only_at_what_it_met_and_at_what_the_cloud_has_not_acknowledged(sides: Sides) -> None:
    sides.bring(item("a"), item("b"), item("c"))
    asked: list[str] = []
    sides.run.store.db.conn.set_trace_callback(asked.append)
    sides.bring(item("b"))
    sides.run.store.db.conn.set_trace_callback(None)
    assert not sides.full
    plans = {
        row["detail"]
        for sql in asked
        if "checkpoints" in sql
        for row in sides.run.store.rows(f"EXPLAIN QUERY PLAN {sql}")
        if " checkpoints" in row["detail"]
    }
    assert plans == {
        "SEARCH checkpoints USING COVERING INDEX checkpoints_by_state (company=? AND list=? AND state=?)",
        "SEARCH checkpoints USING INDEX checkpoints_by_state (company=? AND list=?)",
        "SEARCH checkpoints USING PRIMARY KEY (company=? AND list=? AND key=?)",
    }


def test_a_full_pass_tells_how_many_records_are_known_and_one_since_a_day_does_not(tmp_path: Path) -> None:
    run, events = make_run(tmp_path)
    sides = Sides(run)
    sides.bring(*map(item, "abc"))
    for asked, total in ((Asked(full=True), 3), (Asked(since=date(2026, 3, 1)), None)):
        events.clear()
        sides.bring(*(item(f"{number:03}") for number in range(100)), asked=asked)
        assert [event.data["total"] for event in events if event.kind is Kind.PROGRESS] == [total]
        run.store.write("DELETE FROM checkpoints WHERE key LIKE '0%'")
    run.store.close()
