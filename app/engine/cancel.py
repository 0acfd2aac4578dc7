"""Stopping a run: a flag that the run looks at between rows and calls, and sleeps that it ends."""

import threading

from app.errors import Cancelled


class CancelToken:
    """Set from any thread; looked at by the run."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the run to stop at the next row or call."""
        self._event.set()

    @property
    def is_asked(self) -> bool:
        """Whether the run is to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Go on, or raise `Cancelled`."""
        if self._event.is_set():
            raise Cancelled

    def sleep(self, seconds: float) -> None:
        """Wait, or raise `Cancelled` as soon as the run is asked to stop."""
        self._event.wait(seconds)
        self.check()
