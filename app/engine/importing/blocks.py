"""The blocks of one source, as the store remembers them: a block that is known again is done with.

What becomes of a block's records depends on their rows, which its fingerprint stands for, and on what the store knows
of them. So a block is remembered when a full pass has found nothing more to do in it, and the store itself forgets its
fingerprint as soon as anything that is known of a key in its range changes (the triggers of the table `blocks`).
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

import orjson

from app.engine.importing.known import OPEN, Known, upper
from app.engine.store import Store
from app.sage.outcomes import BlockRead, Noticed
from app.sage.wanted import Printed


@dataclass(slots=True)
class Tally:
    """What a run tells of some records: how many were read, how many of them wait, and what was left out.

    `lines` are lines that do not go, of payments that do or do not; `skipped` counts records by the rule.
    """

    read: int = 0
    waiting: int = 0
    lines: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


class _Stored(NamedTuple):
    hash: bytes | None
    told: str


class Blocks:
    """Which blocks are known; `found` is told the tally of each that is passed over.

    `tally` is filled while a block is read.
    """

    def __init__(self, store: Store, company: str, name: str, known: Known, found: Callable[[Tally], None]) -> None:
        self._store = store
        self._where = (company, name)
        self._known = known
        self._found = found
        self._stored = {"": _Stored(None, "")}
        self._stored |= {start: _Stored(hashed, told) for start, hashed, told in store.tuples(_READ, self._where)}
        self._ends = dict(pairwise([*self._stored, None]))
        self._read: list[tuple[BlockRead, Tally]] = []
        self.tally = Tally()

    @property
    def starts(self) -> Sequence[str]:
        """The keys that the blocks begin with, ascending; the first is blank."""
        return list(self._stored)

    def has(self, block: Printed) -> bool:
        """Tell whether this very block, of the same range of keys, is known by this fingerprint."""
        return self._ends.get(block.start, "") == block.end and self._is_stored(block.start, block.hash)

    def known(self, start: str, end: str | None, hashed: bytes | None) -> Noticed | None:
        """Return what was noticed in a block with this fingerprint, when it is the known one; then it is done with."""
        if not self._is_stored(start, hashed):
            self._known.load(start, end)
            self.tally = Tally()
            return None
        told = orjson.loads(self._stored[start].told)
        self._found(replace(Tally(**told["tally"]), skipped=Counter(told["tally"]["skipped"])))
        noticed: Noticed = told["noticed"]
        return noticed

    def end(self, read: BlockRead) -> None:
        """Note how a block that was not known can be known again."""
        self._read.append((read, self.tally))

    def keep(self) -> None:
        """Remember the blocks in which nothing is left to do, once all was read and all that was sent is answered.

        One without records becomes part of the block before it, which then has to be read again.
        """
        with self._store.transaction() as db:
            empty = [read.start for read, _ in self._read if read.start and not read.has_records]
            there = sorted({*self._stored, *(read.start for read, _ in self._read)}.difference(empty))
            grown = {there[bisect_right(there, start) - 1] for start in empty}
            db.conn.executemany(_DELETE, [(*self._where, start) for start in empty])
            db.conn.executemany(_FORGET, [(*self._where, start) for start in grown])
            for read, tally in self._read:
                if read.start in empty:
                    continue
                place = there.index(read.start) + 1
                end = there[place] if place < len(there) else None
                sure = read.start not in grown and self._open(read.start, end) == tally.waiting
                told = orjson.dumps({"tally": tally, "noticed": read.noticed}).decode()
                db.execute(_WRITE, (*self._where, read.start, read.hash if sure else None, told))

    def _is_stored(self, start: str, hashed: bytes | None) -> bool:
        stored = self._stored.get(start)
        return hashed is not None and stored is not None and stored.hash == hashed

    def _open(self, start: str, end: str | None) -> int:
        """Return how many records of a range the cloud has not acknowledged."""
        ((count,),) = self._store.tuples(_OPEN, (*self._where, start, upper(end)))
        return int(count)


_READ = "SELECT start, hash, told FROM blocks WHERE company = ? AND list = ? ORDER BY start"
_DELETE = "DELETE FROM blocks WHERE company = ? AND list = ? AND start = ?"
_FORGET = "UPDATE blocks SET hash = NULL WHERE company = ? AND list = ? AND start = ?"
_WRITE = "INSERT OR REPLACE INTO blocks (company, list, start, hash, told) VALUES (?, ?, ?, ?, ?)"
_OPEN = f"SELECT count(*) FROM checkpoints WHERE company = ? AND list = ? AND {OPEN} AND key >= ? AND key < ?"  # noqa: S608
