"""The demo's stand-in for Sage's Business Objects: a `Dispatch` whose objects behave like Sage's over COM."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from app.errors import NeedsUser, Side
from app.sage.business_objects import PROGRAM_ID, Dispatch
from app.sandbox.faults import Faults
from app.sandbox.screens.link import Link
from app.sandbox.screens.session import Script


def _now() -> datetime:
    return datetime.now().astimezone()


def dispatch_sandbox(location: Path | str, *, clock: Callable[[], datetime] = _now) -> Dispatch:
    """Return what makes objects by ProgID for the demo world in `location`; it knows "ProvideX.Script" only.

    Numbers come back as Sage gives them (1 done, 0 refused, -1 done with a warning, nSetKey 2 for a new record);
    a by-reference argument is any object with a `value`. `clock` stamps what is written.
    """
    folder = Path(location)

    def dispatch(program_id: str) -> Any:
        if program_id != PROGRAM_ID:
            raise NeedsUser(
                "business-objects-missing",
                "The demo world has no such program",
                f"It offers {PROGRAM_ID}, and {program_id} was asked for.",
                "Use the demo company as it is, or connect a real Sage 100.",
                side=Side.SAGE,
            )
        return Script(Link(folder, Faults.load(folder), clock))

    return dispatch
