"""One business object of Sage, with every return code looked at."""

from typing import Any, Protocol

from app.domain.language import say
from app.sage.business_objects import Reference
from app.sage.catalogue import OnCall
from app.sage.refusals import Refused

# What nSetKey answers.
EXISTING = 1
NEW = 2

_WITH_WARNING = -1


class Form(Protocol):
    """What a record's values are entered into, one after the other."""

    @property
    def lines(self) -> "Form":
        """The record's lines."""

    def do(self, method: str, *values: Any) -> int:
        """Carry out a step."""

    def set(self, column: str, value: str | float) -> None:
        """Enter a value."""

    def get(self, column: str) -> str:
        """Return what a column of text holds."""

    def first(self) -> bool:
        """Go to the first line, if there is one."""

    def next(self) -> bool:
        """Go to the next line, if there is one."""


class Entry:
    """A business object, or the lines of one. A step that Sage answers with 0 or nothing raises `Refused`.

    `warnings` collects what Sage said when it did a step under protest.
    """

    def __init__(self, raw: Any, screen: str, on_call: OnCall, warnings: list[str] | None = None) -> None:
        self._raw = raw
        self._screen = screen
        self._on_call = on_call
        self.warnings: list[str] = [] if warnings is None else warnings

    @property
    def lines(self) -> "Entry":
        """The record's lines: an object of their own, which gives its own messages."""
        with self._on_call(say("writing to {screen}", screen=self._screen)):
            return Entry(self._raw.oLines, self._screen, self._on_call, self.warnings)

    def do(self, method: str, *values: Any, shown: bool = True) -> int:
        """Carry out a step and return Sage's answer, which is not 0.

        `shown` says whether the values may be told in messages: never those of a sign-in.
        """
        answer = self.ask(method, *values)
        if answer == 0:
            given = ", ".join(str(value) for value in values if not isinstance(value, Reference))
            raise Refused(f"{method}({given if shown else ''})", self.last_message())
        if answer == _WITH_WARNING:
            self.warnings.append(self.last_message())
        return answer

    def ask(self, method: str, *values: Any) -> int:
        """Carry out a step whose 0 is an answer, not a failure."""
        with self._on_call(say("writing to {screen}", screen=self._screen)):
            return int(getattr(self._raw, method)(*values) or 0)

    def set(self, column: str, value: str | float) -> None:
        """Enter a value; columns of text end in `$`."""
        self.do("nSetValue", column, value)

    def get(self, column: str) -> str:
        """Return what a column of text holds."""
        answer = Reference("")
        self.do("nGetValue", column, answer)
        return str(answer.value or "").strip()

    def number(self, column: str) -> float:
        """Return what a column of numbers holds."""
        answer = Reference(0.0)
        self.do("nGetValue", column, answer)
        return float(answer.value or 0)

    def optional(self, column: str) -> str:
        """Return what a column of text holds; '' where this Sage has no such column."""
        answer = Reference("")
        return str(answer.value or "").strip() if self.ask("nGetValue", column, answer) else ""

    def find(self, key: dict[str, str]) -> int:
        """Enter a record's key and return whether it is `NEW` or `EXISTING`."""
        for column, value in key.items():
            self.do("nSetKeyValue", column, value)
        return self.do("nSetKey")

    def holds(self, key: dict[str, str]) -> bool:
        """Whether Sage has the record under `key`, or lines of it: without its header it counts as new."""
        return self.find(key) == EXISTING or self.lines.first()

    def first(self) -> bool:
        """Go to the first line, if there is one."""
        return bool(self.ask("nMoveFirst")) and not self.ask("nEOF")

    def next(self) -> bool:
        """Go to the next line, if there is one."""
        return bool(self.ask("nMoveNext")) and not self.ask("nEOF")

    def last_message(self) -> str:
        """Return Sage's words about the last step."""
        with self._on_call(say("writing to {screen}", screen=self._screen)):
            return " ".join(str(self._raw.sLastErrorMsg or "").split())

    def drop(self) -> None:
        """Let go of the object."""
        with self._on_call(say("writing to {screen}", screen=self._screen)):
            self._raw.DropObject()
