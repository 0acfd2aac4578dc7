"""Tells programs what goes on, as lines of JSON."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.commands.output import write
from app.engine.events import Event, Kind
from app.errors import ExitCode


def json_lines(event: Event) -> None:
    """Write the event as one line of JSON to standard output."""
    write(sys.stdout, event.line() + "\n")


def tell_done(summary: Mapping[str, Any]) -> None:
    """Tell programs the good end of a command that is no run."""
    data = {"outcome": "done", "exit_code": int(ExitCode.DONE), "summary": summary}
    json_lines(Event("", datetime.now(UTC), Kind.RUN_FINISHED, data))
