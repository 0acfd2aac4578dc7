"""What a run tells while it works: one event after the other, each a small JSON object."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

VERSION = 1


class Kind(StrEnum):
    """The events there are, and the data each carries.

    run_started: command, company. stage_started: stage, title. progress: stage, done, total (or None), rate
    (records a second). item: stage, title, key, state, code, message, fix. stage_finished: stage, title, read, new,
    changed, unchanged, deactivated, failed, and since (the day from which a source was read) unless it was read
    whole. attention: code, title, message, fix. preview: kind, ready, blocked, warnings, amount. totals: rows.
    check: check, side, title, state, code, message, fix. run_finished: outcome, exit_code, title, message, fix,
    summary.
    """

    RUN_STARTED = "run_started"
    STAGE_STARTED = "stage_started"
    PROGRESS = "progress"
    ITEM = "item"
    STAGE_FINISHED = "stage_finished"
    ATTENTION = "attention"
    PREVIEW = "preview"
    TOTALS = "totals"
    CHECK = "check"
    RUN_FINISHED = "run_finished"


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one run; `at` carries its zone."""

    run: str
    at: datetime
    kind: Kind
    data: Mapping[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """Return the event as one line of JSON, the form the window reads."""
        envelope = {"v": VERSION, "run": self.run, "at": self.at.astimezone(UTC), "event": self.kind}
        return orjson.dumps(envelope | dict(self.data)).decode()

    @classmethod
    def parse(cls, line: str) -> "Event | None":
        """Return the event on a line, or None when the line is none of this version's (it is ignored)."""
        try:
            data = orjson.loads(line)
            if not isinstance(data, dict) or data.pop("v") != VERSION:
                return None
            return cls(data.pop("run"), datetime.fromisoformat(data.pop("at")), Kind(data.pop("event")), data)
        except (ValueError, KeyError, TypeError):
            return None


Sink = Callable[[Event], None]
