"""Fault switches of the demo world: what Sage, its driver and its Business Objects do wrong on request."""

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import orjson

from app.domain.codec import plain, restore

# The layers that calls are counted in; the last two are moments within a Business Object's nWrite.
ODBC = "odbc"
BUSINESS_OBJECTS = "bo"
BEFORE_COMMIT = "bo-before-commit"
AFTER_COMMIT = "bo-after-commit"
ANY_DOCUMENT = "*"

# Calls of each layer that this process has made; `die_at` counts by it.
_calls: Counter[tuple[Path, str]] = Counter()


@dataclass(frozen=True, slots=True)
class Switches:
    """All switches; as made here, everything works.

    Layers are "odbc", "bo", "bo-before-commit" and "bo-after-commit". A document is an invoice or check number, or "*"
    for every one.
    """

    wrong_password: bool = False  # the password was changed in Sage
    single_user_mode: bool = False
    no_external_access: bool = False
    no_licence: bool = False  # Business Objects find no free seat
    hang: str = ""  # this layer's next call never answers
    die_at: Mapping[str, int] = field(default_factory=dict)  # layer -> which call kills the process
    table_missing: tuple[str, ...] = ()
    refuse_write: str = ""  # this document's header is refused with a message, nothing of it is kept
    header_fails_after_lines: str = ""  # ... is refused, and its lines stay behind
    lost_reply_after_write: str = ""  # this document is written, and then the call fails


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

    def call(self, layer: str) -> None:
        """Note one call of `layer`: the process dies here, or the call hangs, if so switched."""
        key = (self._file, layer)
        _calls[key] += 1
        switches = self.now
        if switches.die_at.get(layer) == _calls[key]:
            die()
        if switches.hang == layer:
            threading.Event().wait()

    def calls(self, layer: str) -> int:
        """Return how many calls of `layer` this process has made."""
        return _calls[(self._file, layer)]


def concerns(switch: str, document: str) -> bool:
    """Return whether a switch that names a document means this one."""
    return bool(switch) and switch in (ANY_DOCUMENT, document)


def die() -> None:
    """End this process at once, as a power cut would: nothing is flushed, closed or rolled back."""
    if sys.platform == "win32":
        os.kill(os.getpid(), signal.SIGTERM)  # there it is TerminateProcess
    else:
        os.kill(os.getpid(), signal.SIGKILL)
