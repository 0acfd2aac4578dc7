"""The runs and what they told, as they are kept: all at once, or few at a time where there may be very many."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from app.engine.called import Named, told_of
from app.engine.sending.history import Query
from app.engine.shown import EventRow, RunRow, moment

SOME = 50  # that are read at once
_EVENTS = f"SELECT * FROM events WHERE run = ? AND id > ? ORDER BY id LIMIT {SOME}"  # noqa: S608
_RUNS = (
    "SELECT * FROM runs WHERE company = ? AND (started_at, id) < (?, ?)"  # noqa: S608
    f" ORDER BY started_at DESC, id DESC LIMIT {SOME}"
)
_LAST = "~"  # behind every time and id


def run_row(row: dict[str, Any]) -> RunRow:
    """Return a run as it is kept in a row of the store."""
    return RunRow(
        row["id"],
        row["command"],
        datetime.fromisoformat(row["started_at"]),
        moment(row["finished_at"]),
        row["outcome"],
        row["exit_code"],
        orjson.loads(row["summary"]),
    )


def event_row(row: dict[str, Any]) -> EventRow:
    """Return an event as it is kept in a row of the store."""
    return EventRow(datetime.fromisoformat(row["at"]), row["event"], orjson.loads(row["data"]))


def runs_in_steps(rows: Query, company: str) -> Iterator[RunRow]:
    """Yield all runs of a company, newest first; the store may be closed and changed in between."""
    some = rows(_RUNS, (company, _LAST, _LAST))
    while some:
        yield from map(run_row, some)
        some = rows(_RUNS, (company, some[-1]["started_at"], some[-1]["id"]))


def events_in_steps(rows: Query, company: str, run: str) -> Iterator[tuple[EventRow, Named]]:
    """Yield a run's events, oldest first, each with what people call the documents that it tells of.

    The store may be closed and changed in between.
    """
    some = rows(_EVENTS, (run, 0))
    while some:
        names = told_of(rows, company, run, (some[0]["id"], some[-1]["id"]))
        for row in some:
            yield event_row(row), names
        some = rows(_EVENTS, (run, some[-1]["id"]))
