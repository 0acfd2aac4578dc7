"""Plays many stories and counts: runs, faults, crashes, and what must be nought."""

import gc
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from random import Random

from tests.simulation.sending.disk import SimulatedStore
from tests.simulation.sending.faults import Faults
from tests.simulation.sending.story import Told, tell

_AT_ONCE = 500  # seeds that a process plays before it reports


@dataclass(slots=True)
class Tally:
    """The sum of many stories; `failed` are the seeds of stories in which something was wrong."""

    seeds: int = 0
    runs: int = 0
    crashes: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    failed: list[int] = field(default_factory=list)

    def add(self, told: Told) -> None:
        """Count one story."""
        self.seeds += 1
        self.runs += told.runs
        self.crashes += told.crashes
        self.faults += told.faults
        self.problems.update(kind for kind, _ in told.problems)
        if told.problems:
            self.failed.append(told.seed)

    def join(self, other: "Tally") -> None:
        """Count what another tally counted."""
        self.seeds += other.seeds
        self.runs += other.runs
        self.crashes += other.crashes
        self.faults += other.faults
        self.problems += other.problems
        self.failed += other.failed


@lru_cache(maxsize=1)
def shared_store() -> SimulatedStore:
    """Return the store that the stories of a process use one after the other."""
    return SimulatedStore(Faults(Random(0)))  # noqa: S311  # never asked


def play(seeds: Iterable[int]) -> Tally:
    """Play the stories of some seeds in this process."""
    tally = Tally()
    for seed in seeds:
        tally.add(tell(seed, shared_store()))
    return tally


def _settle_down() -> None:
    """Let the garbage collector leave alone what stays, and come seldom: stories make little garbage in circles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def play_all(seeds: range, jobs: int) -> Iterator[tuple[Tally, float]]:
    """Play the stories of `seeds` in several processes; yield the sum so far and the seconds it took."""
    began = time.monotonic()
    whole = Tally()
    chunks = [range(start, min(start + _AT_ONCE, seeds.stop)) for start in range(seeds.start, seeds.stop, _AT_ONCE)]
    with ProcessPoolExecutor(jobs, get_context("spawn"), _settle_down) as pool:
        for tally in pool.map(play, chunks):
            whole.join(tally)
            yield whole, time.monotonic() - began


def trace_of(seed: int) -> str:
    """Return the story of a seed, call by call, and what was wrong in it."""
    told = tell(seed, shared_store(), traced=True)
    return "\n".join([f"seed {seed}", *told.trace, *(f"{kind.upper()}: {text}" for kind, text in told.problems)])
