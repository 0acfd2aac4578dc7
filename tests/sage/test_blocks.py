"""Blocks: rows cut into ranges of keys, of which those that are known are passed over."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest

from app.errors import Side, SkipItem
from app.sage.blocks import ALL, MOST, SIZE, STRETCHES, Block, Blocks, Ranged, Stretch
from app.sage.cells import Observations
from app.sage.outcomes import BlockRead, Noticed, Quarantined
from app.sage.source import FETCH
from app.sage.wanted import Divided, Printed


def rows(*keys: str) -> list[tuple[str, ...]]:
    return [(key, f"of {key}") for key in keys]


def numbered(count: int, first: int = 0) -> list[tuple[str, ...]]:
    return rows(*(f"{number:06d}" for number in range(first, first + count)))


def batches(table: Sequence[Any], failure: SkipItem | None = None) -> Iterator[Sequence[Any]]:
    for start in range(0, len(table), FETCH):
        yield table[start : start + FETCH]
    if failure is not None:
        raise failure


class Remembering:
    """Known blocks, as they were read before; `asked` are the ranges that had to be read."""

    def __init__(self) -> None:
        self.remembered: dict[str, tuple[bytes | None, Noticed]] = {"": (None, {})}
        self.asked: list[tuple[str, str | None]] = []

    @property
    def starts(self) -> Sequence[str]:
        return sorted(self.remembered)

    def has(self, block: Printed) -> bool:
        ends = dict(pairwise([*self.starts, None]))
        return ends.get(block.start, "") == block.end and self._has(block.start, block.hash)

    def known(self, start: str, end: str | None, hashed: bytes | None) -> Noticed | None:
        if self._has(start, hashed):
            return self.remembered[start][1]
        self.asked.append((start, end))
        return None

    def _has(self, start: str, hashed: bytes | None) -> bool:
        return hashed is not None and hashed == self.remembered.get(start, (None, {}))[0]


class Reading:
    """Full passes over one table, each with its blocks; `seen` is what was noticed in the newest."""

    def __init__(self, *recipe: object, ahead: bool = False) -> None:
        self.known = Remembering()
        self.seen = Observations()
        self._recipe = recipe
        self._ahead = ahead

    def read(self, table: Sequence[Any], *, notice: str = "", spoilt: str = "") -> list[str]:
        """Read; return the keys that had to be looked at."""
        self.known.asked.clear()
        self.seen = Observations()
        blocks = Blocks(self.known, self.seen, *self._recipe)
        looked_at = []
        for stretch in self._stretches(blocks, table):
            rest = [row for row in table if row[0] >= stretch.first]
            for block in blocks.of(Ranged(batches(rest), 1), stretch.first, stretch.last):
                if blocks.is_known(block):
                    continue
                looked = self._outcomes(block, notice, spoilt)
                for outcome in blocks.read(block, [row[0] for row in block.rows], looked):
                    if isinstance(outcome, BlockRead):
                        self.known.remembered[outcome.start] = (outcome.hash, outcome.noticed)
                    elif isinstance(outcome, str):
                        looked_at.append(outcome)
        return looked_at

    def _stretches(self, blocks: Blocks, table: Sequence[Any]) -> Iterable[Stretch]:
        if not self._ahead:
            return ALL
        another = Blocks(Divided(self.known.starts), Observations(), *self._recipe)
        return blocks.differing(another.printed(Ranged(batches(table), 1)))

    def _outcomes(self, block: Block, notice: str, spoilt: str) -> Iterator[str | Quarantined]:
        for key, *_ in block.rows:
            if key == notice:
                self.seen.dropped["T.Column"] += 2
            yield Quarantined(key, "T", "Column", "?", "It is unreadable.") if key == spoilt else key


@pytest.fixture(params=[False, True], ids=["read-here", "read-ahead"])
def reading(request: pytest.FixtureRequest) -> Reading:
    return Reading(ahead=request.param)


def test_what_is_unchanged_is_passed_over_whole(reading: Reading) -> None:
    table = numbered(2 * SIZE + 5)
    assert reading.read(table) == [key for key, _ in table]
    assert reading.read(table) == []


def test_a_change_is_looked_at_with_its_block_and_no_other(reading: Reading) -> None:
    table = numbered(3 * SIZE)
    reading.read(table)
    table[SIZE] = (table[SIZE][0], "changed")
    assert reading.read(table) == [key for key, _ in table[SIZE : 2 * SIZE]]
    assert reading.read(table) == []


@pytest.mark.parametrize("place", [0, 1, SIZE - 1, SIZE, SIZE + 1, 2 * SIZE - 1, 2 * SIZE, 3 * SIZE - 1])
def test_what_is_deleted_or_inserted_moves_no_other_block(reading: Reading, place: int) -> None:
    table = numbered(3 * SIZE)
    reading.read(table)
    without = table[:place] + table[place + 1 :]
    looked_at = reading.read(without)
    assert table[place][0] not in looked_at
    assert len(looked_at) == SIZE - 1
    assert len(reading.read(table)) == SIZE
    assert reading.read(table) == []


def test_what_was_in_the_cloud_when_a_block_was_emptied_is_asked_for(reading: Reading) -> None:
    table = numbered(3 * SIZE)
    reading.read(table)
    assert reading.read(table[:SIZE] + table[2 * SIZE :]) == []
    assert reading.known.asked == [(table[SIZE][0], table[2 * SIZE][0])]


def test_a_block_that_has_grown_too_much_is_made_two(reading: Reading) -> None:
    table = numbered(SIZE)
    reading.read([*table, *rows("zzz")])
    between = rows(*(f"{table[3][0]}-{number:06d}" for number in range(MOST)))
    grown = sorted([*table, *between, *rows("zzz")])
    reading.read(grown)
    starts = list(reading.known.starts)
    assert len(starts) > 2
    assert reading.read(grown) == []
    assert list(reading.known.starts) == starts


def test_rows_of_one_key_stay_together_however_many_they_are(reading: Reading) -> None:
    table = sorted([*numbered(SIZE - 1), *rows(*["000498"] * 5, *["x"] * (2 * MOST)), *rows("y")])
    reading.read(table)
    assert list(reading.known.starts) == ["", "x"]
    assert reading.read(table) == []


def test_what_was_noticed_is_noticed_again_where_it_is_passed_over(reading: Reading) -> None:
    table = numbered(3)
    reading.read(table, notice="000001")
    assert reading.read(table) == []
    assert reading.seen.dropped == {"T.Column": 2}


def test_a_block_with_something_unreadable_is_read_each_time(reading: Reading) -> None:
    table = numbered(SIZE + 1)
    reading.read(table, spoilt="000007")
    assert len(reading.read(table)) == SIZE


def test_a_row_that_stands_outside_its_range_is_read_each_time(reading: Reading) -> None:
    table = [*rows("b"), *numbered(SIZE + 10)]
    reading.read(table)
    assert "b" in reading.read(table)


def test_with_other_settings_nothing_is_known() -> None:
    before, after = Reading("bank A"), Reading("bank B")
    table = numbered(5)
    before.read(table)
    after.known = before.known
    assert len(after.read(table)) == 5


def test_rows_that_were_misread_come_with_the_range_before_and_the_one_behind() -> None:
    table = Ranged(batches([("a", "1"), ("b\x00", "?"), ("c", "2")]), 1, joined=1)
    assert table.until("c") == [("a", "1"), ("b\x00", "?")]
    assert table.until(None) == [("b\x00", "?"), ("c", "2")]


def test_what_belongs_to_a_row_is_in_its_range_where_one_bank_s_code_begins_another() -> None:
    banks = ("B", "B&T", "B-1")  # joined with what follows, “B&T” would sort first
    checks = [(bank, f"{number:06d}") for bank in banks for number in range(SIZE - 10)]
    known = Remembering()
    known.remembered |= {start: (None, {}) for start in ("B&T-000100", "B-000003", "B-1-000007")}
    for _ in range(2):
        lines = Ranged(batches([(*check, "line") for check in checks]), 2)
        met = []
        blocks = Blocks(known, Observations())
        for block in blocks.of(Ranged(batches(checks), 2)):
            assert [line[:2] for line in lines.until(block.end)] == block.rows
            assert len(block.rows) <= MOST
            met += block.rows
            known.remembered[block.start] = (None, {})
        assert met == checks


def test_what_was_read_before_a_table_gave_out_is_there_and_then_the_reason_is_told() -> None:
    failure = SkipItem("table-not-accessible", "Closed", "It closed.", "Open it.", side=Side.SAGE)
    blocks = Blocks(Remembering(), Observations())
    met = []
    with pytest.raises(SkipItem) as told:
        met.extend(row for block in blocks.of(Ranged(batches(numbered(SIZE + 3), failure), 1)) for row in block.rows)
    assert told.value is failure
    table = Ranged(batches(numbered(3), failure), 1)
    some = table.until("000001")
    assert list(table.and_failure(some)) == some
    rest = table.and_failure(table.until(None))
    assert [next(rest), next(rest)] == numbered(2, 1)
    with pytest.raises(SkipItem):
        next(rest)


def test_stretches_that_differ_are_told_whole_with_the_rows_that_were_passed_over_before_them() -> None:
    known = Remembering()
    known.remembered = {start: (start.encode(), {}) for start in ("", "b", "c", "d", "e", "f")}
    printed = [
        Printed("", "b", b"", 3),
        Printed("b", "c", b"other", 4),
        Printed("c", "c2", b"c", 4),
        Printed("c2", "d", b"new", 5),
        Printed("d", "e", b"other", 6),
        Printed("e", "f", b"e", 7),
        Printed("f", None, None, 0),
    ]
    blocks = Blocks(known, Observations())
    assert list(blocks.differing(printed)) == [
        Stretch("b", "e", 3),
        Stretch("f", None, 7),
    ]
    assert known.asked == []


def test_a_table_in_which_much_differs_here_and_there_is_read_in_few_stretches() -> None:
    table = numbered(100)
    known = Remembering()
    known.remembered = {f"{start:06d}" if start else "": (b"", {}) for start in range(0, 100, 2)}
    another = list(Blocks(Divided(known.starts), Observations()).printed(Ranged(batches(table), 1)))
    for number, block in enumerate(another):
        known.remembered[block.start] = (block.hash if number % 2 else b"other", {})
    stretches = list(Blocks(known, Observations()).differing(another))
    assert len(stretches) == STRETCHES
    assert [each.first for each in stretches] == ["", *(f"{4 * place:06d}" for place in range(1, STRETCHES))]
    assert stretches[-1].last is None


@pytest.mark.parametrize("starts", [("",), ("", "000900")])
def test_a_block_that_could_not_be_read_whole_is_not_told(starts: Sequence[str]) -> None:
    failure = SkipItem("broken", "It is broken", "A fetch failed.", "Start again.", side=Side.SAGE)
    told: list[Printed] = []
    printed = Blocks(Divided(starts), Observations()).printed(Ranged(batches(numbered(FETCH), failure), 1))
    with pytest.raises(SkipItem) as failed:
        told.extend(printed)
    assert failed.value is failure
    assert all(block.end is not None for block in told)
    assert sum(block.rows for block in told) < FETCH


def test_rows_before_the_stretch_that_is_to_be_read_are_left_to_their_own_block() -> None:
    table = numbered(12)
    blocks = Blocks(Divided(("", "000003", "000006", "000009")), Observations())
    read = list(blocks.of(Ranged(batches(table), 1), "000003", "000009"))
    assert [(block.start, block.end) for block in read] == [("000003", "000006"), ("000006", "000009")]
    assert [row for block in read for row in block.rows] == table[3:9]
