"""Fault switches of the demo world: what Sage, its driver and its Business Objects do wrong on request."""

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from app.domain.codec import plain, restore

# The layers that calls are counted in; the others are moments within a Business Object's nWrite and nDelete.
ODBC = "odbc"
BUSINESS_OBJECTS = "bo"
BEFORE_COMMIT = "bo-before-commit"
AFTER_COMMIT = "bo-after-commit"
BEFORE_DELETE = "bo-before-delete"
AFTER_DELETE = "bo-after-delete"
ANY_DOCUMENT = "*"

# Calls at each place that this process has made; `die_at`, `hang_at` and `break_at` count by it.
_calls: Counter[tuple[Path, str]] = Counter()


class Garbage(StrEnum):
    """What a driver hands out in place of what is stored: see `app.sandbox.garbage`."""

    CONTROL_CHARACTERS = "control_characters"
    LONE_SURROGATE = "lone_surrogate"
    TWO_POINTS = "two_points"
    NOT_A_NUMBER = "not_a_number"
    BYTES = "bytes"
    INTEGER = "integer"
    SHORT_ROW = "short_row"
    REPEATED_ROW = "repeated_row"
    DISORDER = "disorder"


@dataclass(frozen=True, slots=True)
class Switches:
    """All switches; as made here, everything works.

    Layers are "odbc", "bo", "bo-before-commit", "bo-after-commit", "bo-before-delete" and "bo-after-delete". A place
    is a layer, where calls count, or a table, where fetches from it count, both from 1 in each process. A document is
    an invoice or check number, or "*" for every one.
    """

    wrong_password: bool = False  # the password was changed in Sage
    single_user_mode: bool = False
    no_external_access: bool = False
    no_licence: bool = False  # Business Objects find no free seat
    hang: str = ""  # this layer's next call never answers
    hang_at: Mapping[str, int] = field(default_factory=dict)  # place -> which call never answers
    die_at: Mapping[str, int] = field(default_factory=dict)  # place -> which call kills the process
    break_at: Mapping[str, int] = field(default_factory=dict)  # place -> at which call the ODBC connection breaks
    table_missing: tuple[str, ...] = ()
    plain_driver: bool = False  # the ODBC driver knows neither TOP nor `?` nor {d '...'}
    garbage: Mapping[str, Garbage] = field(default_factory=dict)  # table or table.column -> what the driver makes of it
    refuse_write: str = ""  # this document's header is refused with a message, nothing of it is kept
    header_fails_after_lines: str = ""  # ... is refused, and its lines stay behind
    first_line_only: str = ""  # ... is stored with the first of its lines, and then the process dies
    lost_reply_after_write: str = ""  # this document is written, and then the call fails
    refuse_delete: str = ""  # this document's deletion is refused with a message
    lines_outlive_delete: str = ""  # this document's header is deleted, and its lines stay behind
    lost_reply_after_delete: str = ""  # this document is deleted, and then the call fails


class Faults:
    """The switches of one demo world, read anew whenever the file has changed."""

    def __init__(self, location: Path) -> None:
        self._file = location / "faults.json"
        self._seen: tuple[int, int, int] | None = None
        self._switches = Switches()

    @classmethod
    def load(cls, location: Path | str) -> "Faults":
        """Return the switches of the demo world in `location`."""
        return cls(Path(location))

    @property
    def now(self) -> Switches:
        """The switches as they stand at this moment."""
        try:
            state = self._file.stat()
        except FileNotFoundError:
            return Switches()
        seen = (state.st_mtime_ns, state.st_size, state.st_ino)
        if seen != self._seen:
            self._switches = restore(Switches, orjson.loads(self._file.read_bytes()))
            self._seen = seen
        return self._switches

    def set(self, name: str, value: Any) -> None:
        """Turn one switch.

        Raises:
            ValueError: when there is no such switch, or the value is not of its kind.
        """
        known = [each.name for each in fields(Switches)]
        if name not in known:
            raise ValueError(f"There is no fault “{name}”. There are: {', '.join(known)}.")
        switches = restore(Switches, plain(replace(self.now, **{name: value})))
        draft = self._file.with_suffix(f".{os.getpid()}.new")
        draft.write_bytes(orjson.dumps(plain(switches), option=orjson.OPT_INDENT_2))
        draft.replace(self._file)

    def clear(self) -> None:
        """Turn all switches off."""
        self._file.unlink(missing_ok=True)

    def call(self, place: str) -> bool:
        """Note one call at `place`, a layer or a table; tell whether the connection breaks at it.

        The process dies here, or the call hangs, if so switched.
        """
        key = (self._file, place)
        _calls[key] += 1
        number = _calls[key]
        switches = self.now
        if switches.die_at.get(place) == number:
            die()
        if switches.hang == place or switches.hang_at.get(place) == number:
            threading.Event().wait()
        return switches.break_at.get(place) == number

    def calls(self, place: str) -> int:
        """Return how many calls at `place` this process has made."""
        return _calls[(self._file, place)]


def concerns(switch: str, document: str) -> bool:
    """Return whether a switch that names a document means this one."""
    return bool(switch) and switch in (ANY_DOCUMENT, document)


def die() -> None:
    """End this process at once, as a power cut would: nothing is flushed, closed or rolled back."""
    if sys.platform == "win32":
        os.kill(os.getpid(), signal.SIGTERM)  # there it is TerminateProcess
    else:
        os.kill(os.getpid(), signal.SIGKILL)
