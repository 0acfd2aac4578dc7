"""Lines from standard input, read without a lock that a daemon thread would still hold when the program ends."""

import logging
import os
import sys
from typing import TYPE_CHECKING

import orjson

from app.domain.language import say
from app.errors import NeedsUser, Side

if TYPE_CHECKING:
    from app.papers.shown import Shown

log = logging.getLogger(__name__)

CHUNK = 65_536


class InputLines:
    """The lines of standard input, one after the other."""

    def __init__(self) -> None:
        self._rest = b""

    def next(self) -> str | None:
        """Wait for the next line and return it without its end; None when the input has ended."""
        while b"\n" not in self._rest:
            chunk = _read()
            if not chunk:
                line, self._rest = self._rest, b""
                return line.decode(errors="replace") if line else None
            self._rest += chunk
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode(errors="replace")

    def ids(self) -> list[str]:
        """Wait for the next line and return the documents' ids that it names.

        Raises:
            NeedsUser: when it is not a JSON array of texts.
        """
        try:
            ids = orjson.loads(self.next() or "")
        except ValueError:
            ids = None
        if not isinstance(ids, list) or not all(isinstance(each, str) and each.strip() for each in ids):
            raise _unreadable(
                say("The first line of standard input is not a JSON array of ids."),
                say('Write it like ["inv-1", "inv-2"].'),
            )
        return ids

    def shown(self) -> "Shown":
        """Wait for the next line and return what it says that a window shows.

        Raises:
            NeedsUser: when it does not say that.
        """
        from app.papers.shown import Shown  # what is said to a run needs nothing of it

        try:
            return Shown.parsed(self.next() or "")
        except ValueError as error:
            raise _unreadable(
                say("The first line of standard input does not say which documents are shown."),
                say("Write it like {line}.", line=Shown(("inv-1", "inv-2"), frozenset(["inv-2"]), "…").line()),
            ) from error


def _unreadable(message: str, fix: str) -> NeedsUser:
    return NeedsUser("ids-unreadable", say("The list of documents cannot be read"), message, fix, side=Side.COMPUTER)


def _read() -> bytes:
    try:
        return os.read(sys.stdin.fileno(), CHUNK)
    except OSError as error:  # open for writing only, or a terminal that is gone: nothing will ever come from it
        log.info("Standard input cannot be read (%s); it is taken as ended.", error)
        return b""
