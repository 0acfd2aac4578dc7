"""Lets a thread work in short spells: Python lets one work at a time, and the window's own is to have its turn."""

import time

WORK_SECONDS, REST_SECONDS = 0.002, 0.004


class Spells:
    """Call `rest` often: it returns at once, or after a rest when the spell is over."""

    def __init__(self) -> None:
        self._until = time.perf_counter() + WORK_SECONDS

    def rest(self) -> None:
        """Rest a little when it is time to."""
        if time.perf_counter() >= self._until:
            time.sleep(REST_SECONDS)
            self._until = time.perf_counter() + WORK_SECONDS
