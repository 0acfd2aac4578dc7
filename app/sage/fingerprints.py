"""Recognises rows that have been read before, without making records of them."""

from collections.abc import Iterable, Sequence
from functools import partial
from hashlib import blake2b

import orjson

from app import __version__
from app.sage.source import Row

BYTES = 16

_spelled = partial(orjson.dumps, default=str)


class Fingerprints:
    """Makes 16-byte fingerprints of rows; `recipe` names what else decides what a reader makes of them.

    Another AP Bridge may make something else of the same rows, so its version is always part of it.
    """

    def __init__(self, *recipe: object) -> None:
        made_of = blake2b(repr((__version__, recipe)).encode(), digest_size=BYTES).digest()
        self._blank = blake2b(digest_size=BYTES, person=made_of)

    def of(self, row: Row) -> bytes:
        """Return the fingerprint of a record that is one row."""
        return self._of(tuple(row))

    def of_all(self, rows: Sequence[Row]) -> list[bytes]:
        """Return the fingerprints of records that are one row each."""
        try:
            return list(map(self._hashed, map(_spelled, map(tuple, rows))))
        except TypeError:  # somewhere is half a character
            return list(map(self.of, rows))

    def of_group(self, head: Row, *parts: Sequence[Row]) -> bytes:
        """Return the fingerprint of a record that is one row and, of each further table, some rows."""
        return self._of((tuple(head), *([tuple(row) for row in part] for part in parts)))

    def of_block(self, *parts: Iterable[Row]) -> bytes:
        """Return the fingerprint of many records that are made of rows of these tables, all of a table equally wide."""
        return self._of([tuple(zip(*part, strict=True)) for part in parts])  # a few columns cost less than many rows

    def _of(self, value: object) -> bytes:
        try:
            data = _spelled(value)
        except TypeError:  # text with half a character in it
            data = repr(value).encode("utf-8", "backslashreplace")
        return self._hashed(data)

    def _hashed(self, data: bytes) -> bytes:
        hashed = self._blank.copy()  # quicker than a new one with all its settings
        hashed.update(data)
        return hashed.digest()
