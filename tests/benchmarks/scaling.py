"""How AP Bridge's time and memory grow with the work: the same steps at one, two, four and eight times as much."""

import shutil
import sys
from collections.abc import Callable, Sequence
from math import log
from pathlib import Path
from statistics import linear_regression, median
from typing import Any

from tests.benchmarks import contest, sending
from tests.benchmarks.contestants import ap_bridge
from tests.benchmarks.worlds import copy_world, make_world

TIMES = (1, 2, 4, 8)
# What one time is: eight times are a company of the scale itself, but of the smallest, of which no eighth can be made.
SHARES = {"small": "{times}", "medium": "{times}/8", "reference": "{times}/8"}
DOCUMENTS = {"small": 10, "medium": 50, "reference": 500}
LINES = 5
EXPONENT_TARGET = 1.05
MEMORY_TARGET = 0.2


def run(scratch: Path, *, scale: str, repeat: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Return for each step and figure the size of the work, what it took each time, and the exponent."""
    worlds = {times: _world(scratch, scale, times) for times in TIMES}
    sizes: dict[int, int] = {}
    taken: dict[str, dict[int, list[float]]] = {}

    def note(name: str, times: int, value: float) -> None:
        taken.setdefault(name, {}).setdefault(times, []).append(value)

    for number in range(repeat):
        for times, world in worlds.items():
            tell(f"scaling, repetition {number + 1} of {repeat}, {times} times")
            figures = contest.run(world, scratch, [ap_bridge()], repeat=1, tell=lambda _: None)[contest.OURS]
            sizes[times] = figures["first"][0]["records"]
            for step in contest.STEPS:
                note(step, times, figures[step][0]["seconds"])
                note(f"{step}, cpu", times, figures[step][0]["cpu"])
            note("peak_mb", times, max(step["peak_mb"] for (step,) in figures.values()))
            sent = _sent(world, scratch, times * DOCUMENTS[scale])
            for step in sending.STEPS:
                note(step, times, sent[step][0]["own"])
    for world in worlds.values():
        shutil.rmtree(world)
    return {
        "records": sizes,
        "documents": {times: times * DOCUMENTS[scale] for times in TIMES},
        "taken": taken,
        "exponents": {name: fitted_exponent(TIMES, list(map(median, of.values()))) for name, of in taken.items()},
    }


def fitted_exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return the power of the size with which the value grows: 1 when twice the work takes twice as long."""
    return linear_regression(list(map(log, sizes)), list(map(log, values))).slope


def _world(scratch: Path, scale: str, times: int) -> Path:
    home = scratch / f"{times}-times"
    share = SHARES[scale].format(times=times)
    make_world(home, scale, program=(sys.executable, "-m", "tests.benchmarks.grown", share))
    return home


def _sent(world: Path, scratch: Path, documents: int) -> dict[str, list[dict[str, Any]]]:
    made = copy_world(world, scratch / "filled")
    sending.fill(made, documents=documents, lines=LINES)
    steps: dict[str, list[dict[str, Any]]] = sending.run(made, scratch, repeat=1, profile=False, tell=lambda _: None)[
        "steps"
    ]
    shutil.rmtree(made)
    return steps
