"""Recognises rows that have been read before, without making records of them."""

from collections.abc import Sequence
from hashlib import blake2b

import orjson

from app import __version__
from app.sage.source import Row

BYTES = 16


class Fingerprints:
    """Makes 16-byte fingerprints of rows; `recipe` names what else decides what a reader makes of them.

    Another AP Bridge may make something else of the same rows, so its version is always part of it.
    """

    def __init__(self, *recipe: object) -> None:
        self._recipe = blake2b(repr((__version__, recipe)).encode(), digest_size=BYTES).digest()

    def of(self, row: Row) -> bytes:
        """Return the fingerprint of a record that is one row."""
        return self._of(tuple(row))

    def of_group(self, head: Row, *parts: Sequence[Row]) -> bytes:
        """Return the fingerprint of a record that is one row and, of each further table, some rows."""
        return self._of((tuple(head), *([tuple(row) for row in part] for part in parts)))

    def _of(self, value: object) -> bytes:
        try:
            data = orjson.dumps(value, default=str)
        except TypeError:  # text with half a character in it
            data = repr(value).encode("utf-8", "backslashreplace")
        return blake2b(data, digest_size=BYTES, person=self._recipe).digest()
