"""Passes on what a run tells: to whoever listens, and (except progress) into the store."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from app.engine.events import Event, Kind, Sink
from app.engine.store import Store

PROGRESS_EVERY = 0.1  # seconds


@dataclass(slots=True)
class Stage:
    """A running stage: counts, told as progress while it goes on and in full at its end.

    `since` is the day from which a source was read, None when it was read whole.
    """

    name: str
    title: str
    reporter: "Reporter"
    total: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    since: date | None = None
    _done: int = 0
    _started: float = field(default_factory=time.monotonic)
    _told: float = 0.0

    def count(self, what: str, by: int = 1) -> None:
        """Add to one of the stage's counts."""
        self.counts[what] = self.counts.get(what, 0) + by

    def advance(self, by: int = 1) -> None:
        """Note that `by` more records are done; told at most ten times a second."""
        self._done += by
        now = time.monotonic()
        if now - self._told >= PROGRESS_EVERY:
            self._told = now
            rate = round(self._done / max(now - self._started, 0.001))
            self.reporter.tell(
                Kind.PROGRESS, stage=self.name, title=self.title, done=self._done, total=self.total, rate=rate
            )

    def item(self, key: str, state: str, code: str = "", message: str = "", fix: str = "") -> None:
        """Tell what became of one record or document."""
        self.reporter.tell(
            Kind.ITEM, stage=self.name, title=self.title, key=key, state=state, code=code, message=message, fix=fix
        )


class Reporter:
    """Makes events and hands them to every sink; `store` joins once it is open."""

    def __init__(self, run: str, sinks: Sequence[Sink], now: Callable[[], datetime]) -> None:
        self.run = run
        self.store: Store | None = None
        self._sinks = sinks
        self._now = now

    def tell(self, kind: Kind, /, **data: Any) -> None:
        """Tell one event."""
        event = Event(self.run, self._now(), kind, data)
        if self.store is not None and kind is not Kind.PROGRESS:
            self.store.write(
                "INSERT INTO events (run, at, event, data) VALUES (?, ?, ?, ?)",
                (self.run, event.at.isoformat(), kind, orjson.dumps(data).decode()),
            )
        for sink in self._sinks:
            sink(event)

    @contextmanager
    def stage(self, name: str, title: str, total: int | None = None) -> Iterator[Stage]:
        """Tell the start of a stage, and its counts when it ends without an error."""
        self.tell(Kind.STAGE_STARTED, stage=name, title=title)
        stage = Stage(name, title, self, total)
        yield stage
        since = {"since": stage.since.isoformat()} if stage.since else {}
        self.tell(Kind.STAGE_FINISHED, stage=name, title=title, **stage.counts, **since)

    def attention(self, code: str, title: str, message: str, fix: str) -> None:
        """Tell something that needs the user."""
        self.tell(Kind.ATTENTION, code=code, title=title, message=message, fix=fix)
