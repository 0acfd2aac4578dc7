"""What a check found: a code, how serious it is, and what a bookkeeper should know and do."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a finding does to its document."""

    STOPS = "stops"
    WARNS = "warns"
    INFORMS = "informs"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one check; `message` names the values on both sides, `fix` the next step."""

    code: str
    severity: Severity
    message: str
    fix: str
