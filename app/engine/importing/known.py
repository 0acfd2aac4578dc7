"""What the cloud has of one source, as the store remembers it: keys and 16-byte fingerprints, all else on demand."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.engine.store import Store

THERE = "(hash IS NOT NULL OR state = 'sending')"
"""The cloud acknowledged the record, or the answer to it never came."""

OPEN = "state <> 'acknowledged'"
"""The cloud has not acknowledged the record's newest version."""

_TICK = 256
_AT_ONCE = 500  # keys in one question
_MAYBE_THERE = b"+"
_NOT_THERE = b""


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of one record: the hash that the cloud acknowledged last, and how its newest version fared.

    `rows` is the fingerprint of the rows that version was made of, if it is known, and `reason` why it was not taken.
    """

    hash: bytes | None
    active: bool
    state: str
    rows: bytes | None
    reason: str

    @property
    def maybe_there(self) -> bool:
        """Whether the cloud has the record, or may have it since an answer was lost."""
        return self.hash is not None or self.state == "sending"


class Known:
    """The records of one source that the store knows; each is taken out once, what is left was not met.

    `tick` is told now and then how many records more were found unchanged, so that the run can show progress and be
    cancelled.
    """

    def __init__(self, store: Store, company: str, name: str, tick: Callable[[int], None]) -> None:
        self._store = store
        self._where = (company, name)
        self._tick = tick
        self._unchanged = 0
        self._left: dict[str, bytes] = {}
        self._range: tuple[str, str | None] = ("", "")
        self._taken_elsewhere: set[str] = set()
        self._looked_up: set[str] | None = None
        self._pending: dict[str, Before] = {}

    def total(self) -> int:
        """Count the records; of a long list that takes as long as to look up hundreds of them."""
        ((count,),) = self._store.tuples(_COUNT, self._where)
        return int(count)

    def load(self, start: str = "", end: str | None = None) -> None:
        """Look up what is known of the keys from `start` to before `end` (None: to the last): they are met next.

        What is known of others, if it is not yet loaded, is neither unchanged nor left.
        """
        self._range = (start, end)
        found = self._store.pairs(_LOAD, (*self._where, start, upper(end)))
        for key in self._taken_elsewhere & found.keys():
            del found[key]
        if self._left:
            self._left.update(found)
        else:
            self._left = found  # not a second time in memory, where it is all there is

    def load_as_asked(self, also: Collection[str] = ()) -> None:
        """Look up the keys `also`, and each other when it is asked about for the first time: only few will be met."""
        self._range = ("", None)
        self._looked_up = set()
        self._left = {}
        self._look_up(sorted(also))

    def unchanged(self, key: str, rows: bytes) -> bool:
        """Take `key` out and say yes, when the cloud has acknowledged what was made of these rows."""
        self._look_up((key,))
        if self._left.get(key) != rows:
            return False
        del self._left[key]
        self._found_unchanged(1)
        return True

    def changed_among(self, keys: Sequence[str], rows: Sequence[bytes]) -> list[int]:
        """Do the same with many records; return the places of those that differ, or stand there a second time."""
        self._look_up(keys)
        left = self._left
        changed = []
        for place, (key, printed) in enumerate(zip(keys, rows, strict=True)):
            if left.get(key) == printed:
                del left[key]
            else:
                changed.append(place)
        self._found_unchanged(len(keys) - len(changed))
        return changed

    def all_unchanged(self, keys: Sequence[str], rows: Sequence[bytes]) -> bool:
        """Do the same with records that belong together, no two of one key: with all or with none."""
        self._look_up(keys)
        left = self._left
        if list(map(left.get, keys)) != rows:
            return False
        for key in keys:
            del left[key]
        self._found_unchanged(len(keys))
        return True

    def sent(self, key: str) -> bool:
        """Return whether the cloud has `key`, or may have it; only of keys that were not taken out yet."""
        self._look_up((key,))
        found = self._left.get(key)
        if found is None and not self._is_in_range(key):
            before = self._before(key)
            return before is not None and before.maybe_there
        return bool(found)

    def flush(self) -> None:
        """Tell of the unchanged records that were not told yet."""
        if self._unchanged:
            told, self._unchanged = self._unchanged, 0
            self._tick(told)

    def take(self, key: str) -> Before | None:
        """Take `key` out and return what is known of it."""
        self._look_up((key,))
        if self._left.pop(key, None) is None:
            if self._is_in_range(key):
                return None
            self._taken_elsewhere.add(key)  # a name that is no key, such as “row 7”
        return self._before(key)

    def left(self, keys: frozenset[str] | None) -> Iterator[tuple[str, Before]]:
        """Yield the records that were not met, of all or of `keys`."""
        self._look_up(keys or ())
        for key in self._left if keys is None else sorted(keys & self._left.keys()):
            before = self._before(key)
            if before is not None:
                yield key, before

    def pending(self) -> Collection[str]:
        """Return the keys of records whose newest version the cloud has not acknowledged; most will be taken."""
        self._pending = {key: _made(*known) for key, *known in self._store.tuples(_PENDING, self._where)}
        return list(self._pending)

    def active(self) -> Iterator[str]:
        """Yield the keys of records that the cloud shows as active."""
        return (key for (key,) in self._store.tuples(_ACTIVE, self._where))

    def _is_in_range(self, key: str) -> bool:
        start, end = self._range
        return start <= key and (end is None or key < end)

    def _found_unchanged(self, records: int) -> None:
        self._unchanged += records
        if self._unchanged >= _TICK:
            self.flush()

    def _look_up(self, keys: Iterable[str]) -> None:
        if self._looked_up is None:
            return
        looked_up = self._looked_up
        new = {key: None for key in keys if key not in looked_up}
        looked_up.update(new)
        left_over = iter(new)
        while some := list(islice(left_over, _AT_ONCE)):
            sql = f"{_KNOWN} AND key IN ({', '.join('?' * len(some))})"
            self._left.update(self._store.pairs(sql, (*self._where, *some)))

    def _before(self, key: str) -> Before | None:
        if key in self._pending:
            return self._pending.pop(key)  # if it is asked for again, it may have fared otherwise
        for known in self._store.tuples(_ONE, (*self._where, key)):
            return _made(*known)
        return None


def _made(hashed: bytes | None, active: int, state: str, rows: bytes | None, reason: str) -> Before:
    return Before(hashed, bool(active), state, rows, reason)


def upper(end: str | None) -> str | bytes:
    """Return what a key must be less than to stand before `end`: to SQLite, every text is less than any blob."""
    return b"" if end is None else end


_KNOWN = f"""
SELECT key, CASE WHEN state = 'acknowledged' AND row_hash IS NOT NULL THEN row_hash
    WHEN {THERE} THEN x'{_MAYBE_THERE.hex()}' ELSE x'{_NOT_THERE.hex()}' END
FROM checkpoints WHERE company = ? AND list = ?
"""  # noqa: S608  # our own words only
_LOAD = f"{_KNOWN} AND key >= ? AND key < ?"
_BEFORE = "hash, active, state, row_hash, reason"
_COUNT = "SELECT count(*) FROM checkpoints WHERE company = ? AND list = ?"
_PENDING = f"""
SELECT key, {_BEFORE} FROM checkpoints INDEXED BY checkpoints_by_state WHERE company = ? AND list = ? AND {OPEN}
"""  # noqa: S608
_ACTIVE = f"SELECT key FROM checkpoints WHERE company = ? AND list = ? AND active AND {THERE}"  # noqa: S608
_ONE = f"SELECT {_BEFORE} FROM checkpoints WHERE company = ? AND list = ? AND key = ?"  # noqa: S608
