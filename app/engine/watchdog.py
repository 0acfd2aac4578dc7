"""Ends the process when a call into Sage's C code never answers: a thread cannot be killed, a process can."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.domain.language import say
from app.errors import ExitCode, RetryLater, Side

Expired = Callable[[RetryLater], int]


class Watchdog:
    """Times the calls made within `watch`, one at a time.

    `expired` is told (from the watchdog's own thread) and returns the exit status the process then ends with;
    nothing is lost by that end, the journal tells the next run where to go on.
    """

    def __init__(self, seconds: float, expired: Expired, end: Callable[[int], None] = os._exit) -> None:
        self._seconds = seconds
        self._expired = expired
        self._end = end
        self._change = threading.Condition()
        self._doing = ""
        self._deadline: float | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no more."""
        with self._change:
            self._stopped = True
            self._change.notify()
        self._thread.join()

    @contextmanager
    def watch(self, doing: str) -> Iterator[None]:
        """Allow what happens inside the set time and no more; `doing` says what it is."""
        with self._change:
            self._doing, self._deadline = doing, time.monotonic() + self._seconds
        try:
            yield
        finally:
            self._deadline = None

    def _run(self) -> None:
        with self._change:
            while not self._stopped:
                deadline = self._deadline
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    self._give_up()
                    return
                # Calls begin and end thousands of times a second; they only move the deadline, and this thread
                # looks at it a few times in the allowed span.
                self._change.wait(min(1.0, self._seconds / 4) if left is None else min(left, 1.0))

    def _give_up(self) -> None:
        status = int(ExitCode.SAGE_UNREACHABLE)
        try:
            status = self._expired(self._error())
        finally:
            self._end(status)

    def _error(self) -> RetryLater:
        return RetryLater(
            "sage-no-answer",
            say("Sage 100 does not answer"),
            say(
                "Sage gave no answer for {seconds} seconds while {doing}. The run was ended.",
                seconds=format(self._seconds, ".0f"),
                doing=self._doing or say("working"),
            ),
            say(
                "See whether Sage opens on this computer, close windows in it that wait for an answer, and sync "
                "again. AP Bridge looks in Sage first, so nothing is entered twice."
            ),
            side=Side.SAGE,
        )
