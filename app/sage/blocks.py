"""Passes over a thousand records at once: all rows of all tables in a range of keys are a block with one fingerprint.

Most rows are in most passes what they were in the one before. Where a block's fingerprint is the known one, nothing in
it need be looked at; where it is not, its records are compared one by one. Blocks are ranges of keys, not of places:
what is inserted or deleted changes its own block and no other.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, TypeVar

from app.errors import BridgeError
from app.sage.cells import Observations
from app.sage.fingerprints import Fingerprints
from app.sage.merge import Key, raw_key
from app.sage.outcomes import BlockRead, Quarantined
from app.sage.source import Row
from app.sage.wanted import KnownBlocks, Printed

T = TypeVar("T")

SIZE = 500  # rows of its first table in a new block
MOST = 2 * SIZE  # up to here a block may grow before it is made two

STRETCHES = 10  # of a table that was read ahead

EVERYWHERE = ("",)


@dataclass(slots=True)
class Block:
    """The rows of one table from the key `start` to before `end` (None: to the last), and their block's fingerprint."""

    start: str
    end: str | None
    rows: list[Row]
    hash: bytes | None = field(default=None, init=False)


class Stretch(NamedTuple):
    """The keys from `first` to before `last` (None: to the last), and how many rows were `passed` over before it."""

    first: str
    last: str | None
    passed: int


ALL = (Stretch("", None, 0),)


class Ranged:
    """The rows of one table in ascending key order, taken range by range.

    A key is the first `width` columns, joined by hyphens; ranges go by its parts, in whose order the rows come: what is
    joined sorts otherwise where one first part begins another (“B&T” stands behind “B”). Of a table that is joined by
    its first `joined` columns, rows that stand last in a range and whose key was misread may as well belong to the next
    range: there they come again.
    """

    def __init__(self, batches: Iterator[Sequence[Row]], width: int, joined: int = 0) -> None:
        self._batches = batches
        self._width = width
        self._joined = joined
        self._rows: list[Row] = []
        self._misread: list[Row] = []
        self._failure: BridgeError | None = None

    @property
    def failure(self) -> BridgeError | None:
        """Why the table could not be read behind the rows that were taken last."""
        return None if self._rows else self._failure

    def until(self, end: str | None) -> list[Row]:
        """Return the rows before the key `end` (None: all that are left)."""
        taken = self._misread
        before = None if end is None else self._parts(end)
        while self._rows or self._fetch():
            rows = self._rows
            if before is None or self._key(rows[-1]) < before:
                place = len(rows)
            else:
                place = bisect_left(rows, before, key=self._key)
            taken += rows[:place]
            self._rows = rows[place:]
            if self._rows:
                break
        last = len(taken)
        while last and not all(map(str.isprintable, raw_key(taken[last - 1], self._joined))):
            last -= 1
        self._misread = taken[last:]
        return taken

    def some_until(self, end: str | None) -> tuple[list[Row], str | None]:
        """Return the rows before `end`, but no more than a block may have, and the key at which what follows begins."""
        most = SIZE if end is None else MOST
        while len(self._rows) <= most and self._fetch():
            pass
        rows = self._rows
        place = len(rows) if end is None else bisect_left(rows, self._parts(end), key=self._key)
        if place > most:
            keys = map(self._key, rows[SIZE - 1 : place])
            at = next(keys)
            cuts = ((number, "-".join(key)) for number, key in enumerate(keys, start=SIZE) if key != at)
            cut = next(((number, key) for number, key in cuts if self._parts(key) == self._key(rows[number])), None)
            if cut is not None:
                number, key = cut
                self._rows = rows[number:]
                return rows[:number], key
        return self.until(end), end

    def and_failure(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows that were taken last; behind them raise the failure, if there was one."""
        yield from rows
        if self.failure is not None:
            raise self.failure

    def _fetch(self) -> bool:
        try:
            batch = next(self._batches, ())
        except BridgeError as failure:
            self._failure = failure
            return False
        self._rows += batch
        return bool(batch)

    def _key(self, row: Row) -> Key:
        return raw_key(row, self._width)

    def _parts(self, key: str) -> Key:
        return tuple(key.split("-", self._width - 1))


class Blocks:
    """The blocks of one full pass: which of them are known, and what to remember of those that are not.

    `recipe` names all that decides, besides the rows and what the cloud has, what becomes of a block.
    """

    def __init__(self, known: KnownBlocks | None, seen: Observations, *recipe: object) -> None:
        self._known = known
        self._seen = seen
        self._prints = Fingerprints("block", *recipe)

    def of(self, table: Ranged, first: str = "", last: str | None = None) -> Iterator[Block]:
        """Yield the table's blocks: as they are known, and new ones where there are none or one has grown too much.

        `table` has the rows from the key `first` to before `last` (None: to the last); only a table whose key is one
        column is read in parts.
        """
        starts = EVERYWHERE if self._known is None else self._known.starts
        table.until(first)  # whatever a driver takes for what follows
        inside = [start for start in starts if start > first and (last is None or start < last)]
        for start, end in pairwise([first, *inside, last]):
            begins: str | None = start
            while begins is not None and begins != end:
                rows, stop = table.some_until(end)
                yield Block(begins, stop, rows)
                if table.failure is not None:
                    raise table.failure
                begins = stop

    def printed(self, table: Ranged) -> Iterator[Printed]:
        """Yield what the blocks are to be known by, of a table that alone decides what becomes of them."""
        for block in self.of(table):
            if table.failure is not None:  # it is not whole
                raise table.failure
            yield Printed(block.start, block.end, self._prints.of_block(block.rows), len(block.rows))

    def differing(self, printed: Iterable[Printed]) -> Iterator[Stretch]:
        """Yield the stretches of blocks that differ from the known ones; those that do not are done with.

        Each is a query of its own, so the last of `STRETCHES` goes on to the end, whatever is known of that.
        """
        known = self._known
        first, passed = "", 0
        open_ = False
        number = 0
        for block in printed:
            same = known is not None and known.has(block)
            if same and open_:
                number += 1
                if number == STRETCHES:
                    break
                yield Stretch(first, block.start, passed)
                open_, passed = False, 0
            if same and known is not None:
                self._seen.add(known.known(block.start, block.end, block.hash) or {})
                passed += block.rows
            elif not open_:
                open_, first = True, block.start
        if open_:
            yield Stretch(first, None, passed)

    def is_known(self, block: Block, parts: Sequence[Iterable[Row]] | None = ()) -> bool:
        """Tell whether all of a block is known and done with.

        `parts` are the rows of further tables in its range, and what else decides what becomes of it; None where that
        is not sure.
        """
        if self._known is None:
            return False
        if parts is not None:
            block.hash = self._prints.of_block(block.rows, *parts)
        noticed = self._known.known(block.start, block.end, block.hash)
        if noticed is None:
            return False
        self._seen.add(noticed)
        return True

    def read(self, block: Block, keys: Iterable[str], outcomes: Iterable[T]) -> Iterator[T | BlockRead]:
        """Yield what the records of a block are, `keys` all of theirs, and then what it is to be remembered by."""
        if self._known is None:
            yield from outcomes
            return
        sure = all(block.start <= key and (block.end is None or key < block.end) for key in keys)
        before = self._seen.copy()
        for outcome in outcomes:
            sure = sure and not isinstance(outcome, Quarantined)  # it is told each time
            yield outcome
        noticed = self._seen.since(before)
        yield BlockRead(block.start, bool(block.rows), block.hash if sure else None, noticed)
