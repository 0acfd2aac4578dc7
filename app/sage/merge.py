"""Joins tables in Python: streams in the same key order, read side by side."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter, methodcaller

from app.domain.language import say
from app.sage.cells import NOT_TEXT
from app.sage.outcomes import UnreadableValue
from app.sage.source import Row, unexpected_order

Key = tuple[str, ...]

_unpad = methodcaller("rstrip", " ")


class Groups:
    """The rows of one stream, taken key by key; the key is the first `width` columns as Sage spells them.

    Raises:
        SkipItem: `unexpected-order`, when the stream is not in the order of its keys: a join would lose rows.
        UnreadableValue: when beside the rows of a key stand some whose own key is no key: they may belong to it.
    """

    def __init__(self, table: str, rows: Iterable[Row], width: int) -> None:
        self._width = width
        self._groups = groupby(rows, itemgetter(*range(width)))
        self._table = table
        self._at: Key | None = ()
        self._odd = ""
        self._rows: Iterator[Row] = iter(())

    def take(self, key: Key) -> list[Row]:
        """Return the rows of `key`; keys must be asked for in ascending order."""
        self._odd = ""
        while self._at is not None and self._at < key:
            self._note_if_odd()
            self._advance()
        found: list[Row] = []
        # More than one group when the same key is padded in some rows only.
        while self._at == key:
            found += self._rows
            self._advance()
        self._note_if_odd()
        if self._odd:
            raise odd_key(self._table, self._odd)
        return found

    def _note_if_odd(self) -> None:
        if self._at is not None and not all(map(str.isprintable, self._at)):
            self._odd = "-".join(self._at)

    def _advance(self) -> None:
        before = self._at
        following = next(self._groups, None)
        if following is None:
            self._at = None
            return
        raw, self._rows = following
        self._at = raw_key((raw,) if self._width == 1 else raw, self._width)
        if before is not None and self._at < before:
            raise unexpected_order(self._table)


def odd_key(table: str, key: str) -> UnreadableValue:
    """Return why a record is set aside that a row whose `key` was misread may belong to."""
    return UnreadableValue(table, "key", key, say("This is no key, and the row may belong to this record."))


def raw_key(row: Row, width: int) -> Key:
    """Return the first `width` columns as a key for joining: padding is not part of it.

    Raises:
        UnreadableValue: when one of them is not text. `Source` lets no such row through where rows are ordered by it.
    """
    try:
        return tuple(map(_unpad, row[:width]))
    except (AttributeError, TypeError):  # not all of it is text
        return tuple([_unpadded(row[place]) for place in range(width)])


def joined_keys(rows: Sequence[Row], width: int) -> list[str]:
    """Return the key of every row with its parts joined by hyphens: `raw_key` for many, without a step of Python a row.

    Raises:
        UnreadableValue: as `raw_key`.
    """
    try:
        parts = [list(map(_unpad, map(itemgetter(place), rows))) for place in range(width)]
    except (AttributeError, TypeError):
        return ["-".join(raw_key(row, width)) for row in rows]
    return parts[0] if width == 1 else list(map("-".join, zip(*parts, strict=True)))


def _unpadded(value: object) -> str:
    if isinstance(value, str):
        return value.rstrip(" ")
    if value is None:
        return ""
    raise UnreadableValue(say("A table of Sage 100"), "key", value, say(NOT_TEXT))
