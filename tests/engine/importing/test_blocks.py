"""Which blocks are passed over: those in which nothing was left to do, and nothing has come about since."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from app.cloud.port import RecordResult, RecordStatus
from app.domain.lists import ListItem
from app.engine.importing.imports import GUARD_COUNT, Import, Source
from app.engine.importing.passes import Asked
from app.engine.run import Run
from app.errors import RetryLater, Side
from app.sage import blocks as sage_blocks
from app.sage.blocks import Blocks, Ranged
from app.sage.cells import Observations
from app.sage.outcomes import Fresh, Skipped
from app.sage.wanted import Wanted
from tests.engine.fakes import make_run

KEYS = [f"{number:03d}" for number in range(12)]
FULL = {"asked": Asked(full=True)}


class Sides:
    """A Sage of vendors in blocks of four, and a cloud. `looked_at` are the keys the newest pass did not pass over."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.names = {key: f"Vendor {key}" for key in KEYS}
        self.changed: list[str] = []
        self.left_out: set[str] = set()
        self.held: set[str] = set()
        self.refuses: set[str] = set()
        self.reprinted: set[str] = set()
        self.loses_answers = False
        self.sent: list[ListItem] = []
        self.looked_at: list[str] = []
        self.recipe = "one"

    def bring(self, **options: Any) -> dict[str, int]:
        source: Source[ListItem] = Source(
            name="vendor",
            title="Vendor",
            read=self._read,
            describe=lambda each: (each.key, each.active, each.description),
            send=self._send,
            keep_payload=True,
            gone=lambda key, description, _: ListItem(key, description, False, {"deleted_in_sage": True}),
            hold=self._hold,
            dates_changes=lambda: True,
            in_blocks=True,
        )
        self.sent, self.looked_at = [], []
        return Import(self.run, source, 100, **options).run()

    def _read(self, wanted: Wanted) -> Iterator[Any]:
        if wanted.since is not None:
            yield from (Fresh(self._item(key), self._print(key)) for key in self.changed)
            return
        blocks = Blocks(wanted.blocks, Observations(), self.recipe)
        for block in blocks.of(Ranged(iter([sorted(self.names.items())]), 1)):
            if not blocks.is_known(block):
                keys = [key for key, _ in block.rows]
                yield from blocks.read(block, keys, [each for key in keys for each in self._one(key, wanted)])

    def _one(self, key: str, wanted: Wanted) -> Iterator[Any]:
        assert wanted.compared is not None
        self.looked_at.append(key)
        if key in self.left_out:
            yield Skipped(key, "left-out", "By a rule.", lines=2)
        elif not wanted.compared.unchanged(key, self._print(key)):
            yield Fresh(self._item(key), self._print(key))

    def _item(self, key: str) -> ListItem:
        return ListItem(key, self.names[key], True, {})

    def _print(self, key: str) -> bytes:
        return self.names[key].encode().ljust(16, b"!" if key in self.reprinted else b" ")[:16]

    def _hold(self, item: ListItem) -> RecordResult | None:
        held = item.key in self.held
        return RecordResult(item.key, RecordStatus.WAITING, "waits", "It waits.", "Wait.") if held else None

    def _send(self, items: Sequence[ListItem], _: str) -> list[RecordResult]:
        self.sent.extend(items)
        if self.loses_answers:
            raise RetryLater("cloud-unreachable", "Down", "No answer.", "Later.", side=Side.CLOUD)
        refused = self.refuses
        return [
            RecordResult(each.key, RecordStatus.REFUSED if each.key in refused else RecordStatus.ACCEPTED)
            for each in items
        ]

    def told(self) -> Collection[tuple[str, bool]]:
        """Return the key of each record that the newest pass sent, and whether it is active."""
        return [(each.key, each.active) for each in self.sent]


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    run, _ = make_run(tmp_path)
    with patch.object(sage_blocks, "SIZE", 4), patch.object(sage_blocks, "MOST", 8):
        yield Sides(run)
    run.store.close()


def test_what_is_acknowledged_is_passed_over_and_counted(sides: Sides) -> None:
    sides.left_out = {"005"}
    sides.bring()
    counts = sides.bring(**FULL)
    assert sides.looked_at == []
    assert (counts["read"], counts["unchanged"], counts["skipped left-out"]) == (11, 11, 1)


def test_only_the_block_of_a_change_is_looked_at(sides: Sides) -> None:
    sides.bring()
    sides.names["006"] = "Renamed"
    counts = sides.bring(**FULL)
    assert sides.looked_at == ["004", "005", "006", "007"]
    assert sides.told() == [("006", True)]
    assert (counts["read"], counts["unchanged"], counts["changed"]) == (12, 11, 1)
    sides.bring(**FULL)
    assert sides.looked_at == []


def test_what_vanished_is_told_and_its_block_then_known_without_it(sides: Sides) -> None:
    sides.bring()
    del sides.names["004"]
    sides.bring(**FULL)
    assert sides.told() == [("004", False)]
    sides.bring(**FULL)
    assert (sides.told(), sides.looked_at) == ([], [])


def test_a_block_of_which_nothing_is_left_becomes_part_of_the_one_before_it(sides: Sides) -> None:
    sides.bring()
    for key in KEYS[4:8]:
        del sides.names[key]
    sides.bring(**FULL)
    assert sides.told() == [(key, False) for key in KEYS[4:8]]
    sides.bring(**FULL)
    assert sides.looked_at == KEYS[:4]
    sides.names["005"] = "Here again"
    sides.bring(**FULL)
    assert sides.told() == [("005", True)]


def test_a_block_with_a_record_that_was_refused_is_looked_at_until_it_is_taken(sides: Sides) -> None:
    sides.refuses = {"009"}
    sides.bring()
    sides.bring(**FULL)
    assert (sides.looked_at, sides.told()) == (KEYS[8:], [("009", True)])
    sides.refuses = set()
    sides.bring(**FULL)
    assert sides.told() == [("009", True)]
    sides.bring(**FULL)
    assert sides.looked_at == []


def test_no_block_is_known_of_a_pass_whose_answers_were_lost(sides: Sides) -> None:
    sides.loses_answers = True
    with pytest.raises(RetryLater):
        sides.bring()
    sides.loses_answers = False
    sides.bring(**FULL)
    assert sides.told() == [(key, True) for key in KEYS]


def test_a_change_whose_answer_was_lost_goes_again_though_it_was_taken_back_in_sage(sides: Sides) -> None:
    sides.bring()
    sides.names["006"] = "Renamed"
    sides.loses_answers = True
    with pytest.raises(RetryLater):
        sides.bring(**FULL)
    sides.names["006"] = "Vendor 006"
    sides.loses_answers = False
    sides.bring(**FULL)
    assert sides.told() == [("006", True)]


def test_records_that_wait_are_passed_over_and_still_tell_that_somebody_is_needed(sides: Sides) -> None:
    sides.held = {"002", "003"}
    sides.bring()
    sides.run.needs_user = False
    counts = sides.bring(**FULL)
    assert sides.looked_at == []
    assert (counts["read"], counts["unchanged"], counts["waiting"]) == (12, 10, 2)
    assert sides.run.needs_user


def test_what_a_reading_since_a_day_brought_is_told_when_it_has_vanished_again(sides: Sides) -> None:
    sides.bring()
    sides.names["005a"], sides.changed = "Here for a day", ["005a"]
    sides.bring(asked=Asked(since=date(2026, 1, 1)))
    assert sides.told() == [("005a", True)]
    del sides.names["005a"]
    sides.bring(**FULL)
    assert sides.told() == [("005a", False)]


def test_without_the_stores_own_forgetting_that_would_be_missed(sides: Sides) -> None:
    sides.bring()
    for event in ("INSERT", "UPDATE", "DELETE"):
        sides.run.store.write(f"DROP TRIGGER blocks_after_{event}")
    sides.names["005a"], sides.changed = "Here for a day", ["005a"]
    sides.bring(asked=Asked(since=date(2026, 1, 1)))
    del sides.names["005a"]
    sides.bring(**FULL)
    assert sides.told() == []


def test_a_change_that_went_since_a_day_and_was_taken_back_goes_again(sides: Sides) -> None:
    sides.bring()
    sides.names["005"], sides.changed = "Renamed", ["005"]
    sides.bring(asked=Asked(since=date(2026, 1, 1)))
    sides.names["005"] = "Vendor 005"
    sides.bring(**FULL)
    assert sides.told() == [("005", True)]


def test_what_a_person_has_yet_to_say_of_many_that_are_gone_is_asked_again_in_each_full_pass(sides: Sides) -> None:
    many = [f"1{number:03d}" for number in range(2 * GUARD_COUNT)]
    sides.names |= dict.fromkeys(many, "Many")
    sides.bring()
    for key in many:
        del sides.names[key]
    for _ in range(3):
        counts = sides.bring(**FULL)
        assert counts.get("deactivated", 0) == 0
        assert sides.told() == []
    sides.bring(**FULL, accept_deletions=True)
    assert sides.told() == [(key, False) for key in many]


def test_with_other_settings_every_record_is_looked_at(sides: Sides) -> None:
    sides.bring()
    sides.recipe = "another"
    sides.bring(**FULL)
    assert sides.looked_at == KEYS
    assert sides.told() == []


def test_one_that_would_wait_but_is_there_already_hides_no_other_that_was_refused(sides: Sides) -> None:
    sides.refuses = {"009"}
    sides.bring()
    sides.held, sides.reprinted = {"010"}, {"010"}
    sides.bring(**FULL)
    sides.refuses = set()
    sides.bring(**FULL)
    assert sides.told() == [("009", True)]
