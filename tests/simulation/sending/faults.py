"""What may go wrong on the way of a call, where and when: drawn from the seed, or at one planned step."""

from collections import Counter
from collections.abc import Callable
from random import Random

PORT, COMMIT = "port", "commit"

_EVERY = {PORT: 45.0, COMMIT: 130.0}
"""How many points of a family are passed, on average, before one goes wrong."""

_LIKELY = 0.15


class Crash(BaseException):
    """The process dies here: whoever is above does nothing more, and what SQLite has not committed is gone."""


class Faults:
    """Every call across a port and every commit passes a point here, before its effect and after it.

    Args:
        trace: Each point, fault and answer as a line; None to keep none.
        injected: How often each fault happened.
        crashes: How often the process died.
        step: Points passed since the run began.
    """

    def __init__(self, random: Random, *, traced: bool = False) -> None:
        self.trace: list[str] | None = [] if traced else None
        self.injected: Counter[str] = Counter()
        self.crashes = 0
        self.step = 0
        self.crash_at = 0
        self.meanwhile: Callable[[], None] | None = None
        self._random = random
        self._left = {PORT: 0, COMMIT: 0}
        self._on = False
        self._full = False
        self._dead = False

    def begin_run(self, *, on: bool, crash_at: int = 0) -> None:
        """Start counting anew: with faults drawn from the seed, or a crash at one step, or neither (0)."""
        self.step = 0
        self.crash_at = crash_at
        self._dead = self._full = False
        self._on = on
        if on:
            self._left = {family: self._draw(family) for family in _EVERY}

    def pass_(self, point: str, *kinds: str, likely: bool = False) -> str:
        """Pass a point of a call; return the fault that happens there, if one of `kinds` does.

        Where money moves faults are `likely`, so that a story need not be long to meet one.

        Raises:
            Crash: the process ends here.
        """
        if likely and self._on and self._random.random() < _LIKELY:
            self._left[PORT] = 0
        fault = self._pass(PORT, point, kinds)
        if fault == "meanwhile" and self.meanwhile is not None:
            self.meanwhile()
            return ""
        return fault

    def commit(self, when: str) -> bool:
        """Pass a commit to the store, `when` is before or after; return whether the disk is full.

        Raises:
            Crash: the process ends here.
        """
        if when == "before":
            if self._pass(COMMIT, "commit before", ("disk full",)) == "disk full":
                self._full = True  # and so it stays for the rest of the run
            return self._full
        self._pass(COMMIT, "commit after", ())
        return False

    def note(self, line: str) -> None:
        """Keep a line in the trace."""
        if self.trace is not None:
            self.trace.append(line)

    def _pass(self, family: str, point: str, kinds: tuple[str, ...]) -> str:
        if self._dead:
            raise Crash
        self.step += 1
        if self.trace is not None:
            self.trace.append(f"{self.step} {point}")
        if self.step == self.crash_at:
            self._die()
        if not self._on:
            return ""
        if self._left[family]:
            self._left[family] -= 1
            return ""
        self._left[family] = self._draw(family)
        # A crash and what people do in between can come anywhere, so they come as often as all the rest.
        others = ("crash", "meanwhile") if family == PORT else ("crash",)
        fault = self._random.choice(others) if not kinds or self._random.random() < 0.5 else self._random.choice(kinds)
        self.note(f"  fault: {fault}")
        if fault == "crash":
            self._die()
        self.injected[fault] += 1
        return fault

    def _die(self) -> None:
        self._dead = True
        self.crashes += 1
        self.note("  the process dies")
        raise Crash

    def _draw(self, family: str) -> int:
        return int(self._random.expovariate(1 / _EVERY[family]))
