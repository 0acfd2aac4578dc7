"""Trouble on demand: what can go wrong between AP Bridge and Quadient AP, switched on for a number of times."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from app.sandbox.server.problems import Problem


class FaultName(StrEnum):
    """The kinds of trouble."""

    UNAVAILABLE = "unavailable"
    THROTTLE = "throttle"
    DROP_BEFORE_COMMIT = "drop_before_commit"
    DROP_AFTER_COMMIT = "drop_after_commit"
    SLOW = "slow"
    NEVER_ANSWER = "never_answer"
    EXPIRE_TOKENS = "expire_tokens"
    REFUSE_SIGN_IN = "refuse_sign_in"
    REFUSE_RECORD = "refuse_record"
    GARBLE_DOCUMENT = "garble_document"


@dataclass(slots=True)
class Fault:
    """One switched-on fault.

    `times`: how often it still happens (None: until switched off). `path`: a regular expression found in the
    request's path. `key`: the record or document it is about. `seconds`: how long `slow` takes, and what
    `throttle` asks to wait.
    """

    name: FaultName
    times: int | None = 1
    path: str = ""
    key: str = ""
    seconds: float = 1


@dataclass(slots=True)
class Faults:
    """The faults that are switched on."""

    active: list[Fault] = field(default_factory=list)

    def take(self, name: FaultName, path: str, key: str = "") -> Fault | None:
        """Return the fault to happen now, counted down, or None."""
        for fault in self.active:
            if fault.name is name and fault.key == key and re.search(fault.path, path):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.active.remove(fault)
                return fault
        return None


def as_problem(fault: Fault) -> Problem:
    """Return the answer that `unavailable` or `throttle` gives."""
    if fault.name is FaultName.THROTTLE:
        return Problem(
            429,
            "too-many-requests",
            "Too many requests",
            "Quadient AP asks to slow down.",
            "Wait; AP Bridge tries again by itself.",
            {"Retry-After": str(round(fault.seconds))},
        )
    return Problem(
        503,
        "out-of-service",
        "Out of service",
        "Quadient AP is out of service for the moment.",
        "Wait; AP Bridge tries again by itself.",
    )
