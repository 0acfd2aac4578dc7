"""Records every call into Sage's Business Objects: what was asked, what was answered, and how long it took."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.errors import BridgeError
from app.sage.business_objects import METHODS, Dispatch, Reference

SIGNS_IN = "nSetUser"
HIDDEN = "•••"
PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `arguments` as they are spelled, by-reference ones as →answer, never a password.

    `answer` is the return code as text ("object" for a new one, "none" where nothing came back, "pending" until there
    is one); `message` is what the object's sLastErrorMsg said when it was read after the call, or why there was no
    answer.
    """

    object: str
    method: str
    arguments: tuple[str, ...]
    answer: str
    message: str
    milliseconds: float


class Tape:
    """The calls of one run, in order; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.calls: list[Call] = []
        self.clock = clock

    def recorded(self, dispatch: Dispatch) -> Dispatch:
        """Return what makes the same objects as `dispatch` and notes what is done with them."""
        return lambda program_id: _Recorded(dispatch(program_id), program_id, self)


class _Recorded:
    """One object of Sage's, and the lines or objects that come from it."""

    def __init__(self, raw: Any, name: str, tape: Tape) -> None:
        self._raw = raw
        self._name = name
        self._tape = tape
        self._newest = -1

    def __getattr__(self, attribute: str) -> Any:
        if attribute in METHODS or attribute.startswith("n"):
            return lambda *values: self._call(attribute, values)
        value = getattr(self._raw, attribute)
        if attribute == "sLastErrorMsg" and self._newest >= 0:
            calls = self._tape.calls
            calls[self._newest] = replace(calls[self._newest], message=" ".join(str(value or "").split()))
        # oLines and its like are objects; all else is a value.
        return _Recorded(value, f"{self._name}.{attribute}", self._tape) if attribute.startswith("o") else value

    def _call(self, method: str, values: tuple[Any, ...]) -> Any:
        handed = [value._raw if isinstance(value, _Recorded) else value for value in values]
        started = self._tape.clock()
        self._newest = len(self._tape.calls)
        # A call that never returns is on the tape as well.
        self._tape.calls.append(Call(self._name, method, _told(method, values), PENDING, "", 0.0))
        try:
            answer = getattr(self._raw, method)(*handed)
        except BridgeError as error:
            self._note(method, values, "no answer", error.detail or error.message, started)
            raise
        made = method == "NewObject" and answer is not None and not isinstance(answer, int)
        self._note(method, values, "object" if made else "none" if answer is None else str(answer), "", started)
        return _Recorded(answer, str(values[0]), self._tape) if made else answer

    def _note(self, method: str, values: tuple[Any, ...], answer: str, message: str, started: float) -> None:
        taken = round((self._tape.clock() - started) * 1000, 3)
        self._tape.calls[self._newest] = Call(self._name, method, _told(method, values), answer, message, taken)


def _told(method: str, values: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(HIDDEN if method == SIGNS_IN and place else _shown(value) for place, value in enumerate(values))


def _shown(value: Any) -> str:
    if isinstance(value, _Recorded):
        return value._name
    return f"→{value.value}" if isinstance(value, Reference) else str(value)
