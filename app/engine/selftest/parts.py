"""What a self-test says: how each of its parts fared."""

from dataclasses import dataclass

from app.domain.language import say
from app.errors import SkipItem


@dataclass(frozen=True, slots=True)
class Part:
    """How one part fared: `kind` names it for programs, `what` for people.

    `state` is passed, failed or not_tried; `steps` what was done, in order, in `seconds`; `notes` what should be known
    beside it.
    """

    kind: str
    what: str
    state: str
    number: str = ""
    steps: tuple[str, ...] = ()
    message: str = ""
    fix: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


def not_tried(kind: str, what: str, error: SkipItem) -> Part:
    """Return the part for which this company has nothing to try it with."""
    return Part(kind, what, "not_tried", message=f"{error.title}. {error.message}", fix=error.fix)


def nothing_left(left: list[str]) -> Part:
    """Return the part that tells what self-tests left in Sage: `left` names each entry with its place."""
    what = say("Nothing is left in Sage")
    if not left:
        return Part("left", what, "passed", message=say("No entry of a self-test is in Sage's entry screens."))
    return Part(
        "left",
        what,
        "failed",
        message=say("Still there: {entries}.", entries="; ".join(left)),
        fix=say("Look for it there and delete it."),
    )
