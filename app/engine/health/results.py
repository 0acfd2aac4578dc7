"""What a health check answers, in a form that a person and a program can read."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.domain.codec import plain
from app.domain.language import say
from app.errors import BridgeError, Side


class State(StrEnum):
    """How a check came out; `UNKNOWN` means that it could not be looked at, and why is in its message."""

    OK = "ok"
    WARNING = "warning"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at: its name for programs, and its title for people."""

    name: str
    side: Side
    title: str

    def ok(self, message: str) -> "Result":
        """All is well; `message` says what was found."""
        return Result(self, State.OK, message)

    def warning(self, message: str, fix: str) -> "Result":
        """It works, but not for long or not everywhere."""
        return Result(self, State.WARNING, message, fix)

    def blocked(self, message: str, fix: str, code: str) -> "Result":
        """Nothing can go on until a person has acted."""
        return Result(self, State.BLOCKED, message, fix, code)

    def failed(self, error: BridgeError) -> "Result":
        """It ended in an error, which has its own words."""
        return self.blocked(f"{error.title}. {error.message}", error.fix, error.code)

    def unknown(self, message: str) -> "Result":
        """It could not be looked at."""
        return Result(self, State.UNKNOWN, message)

    def needs_windows(self) -> "Result":
        """It could not be looked at on this computer."""
        return self.unknown(say("Not looked at here: needs Windows."))

    def waits_for(self, other: "Check") -> "Result":
        """It could not be looked at, since `other` is not well."""
        return self.unknown(say("Not looked at yet: first comes “{check}”.", check=say(other.title)))


@dataclass(frozen=True, slots=True)
class Result:
    """The answer of one check; `code` names the error that blocks, as help does."""

    check: Check
    state: State
    message: str
    fix: str = ""
    code: str = ""

    def data(self) -> Mapping[str, Any]:
        """Return the data of a `check` event."""
        told: Mapping[str, Any] = plain(self.check) | {
            "check": self.check.name,
            "title": say(self.check.title),
            "state": self.state.value,
            "message": self.message,
            "fix": self.fix,
            "code": self.code,
        }
        return told
