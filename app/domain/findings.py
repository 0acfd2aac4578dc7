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
    """One result of one check; `message` names the values on both sides, `fix` the next step.

    `about` is the code in Sage that it is about (a vendor, an account), '' where it is about the document itself: what
    is put right there is put right for every document that has the same.
    """

    code: str
    severity: Severity
    message: str
    fix: str
    about: str = ""


def stop(code: str, message: str, fix: str, about: str = "") -> Finding:
    """Return a finding that keeps its document from being sent."""
    return Finding(code, Severity.STOPS, message, fix, about)


def warn(code: str, message: str, fix: str) -> Finding:
    """Return a finding that a person should look at; the document can be sent."""
    return Finding(code, Severity.WARNS, message, fix)


def inform(code: str, message: str, fix: str) -> Finding:
    """Return a finding that only tells."""
    return Finding(code, Severity.INFORMS, message, fix)
