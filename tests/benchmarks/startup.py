"""How long AP Bridge takes to begin: its version, a sync that finds nothing to do, and the window, all warm.

`python -m tests.benchmarks.startup [--scale small|medium|reference] [--repeat N] [--world DIR] [--json FILE]`

Of the sync, what it spends inside the ODBC driver and waiting for Quadient AP is told apart: the rest is its own.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import orjson

from tests.benchmarks.worlds import APBRIDGE, Failed, Measured, copy_world, make_world, measure, served

TARGETS = {"version": 0.15, "nothing_to_do_own": 1.0, "window": 1.0}

Taken = dict[str, list[float]]


def run(made: Path, scratch: Path, *, repeat: int, tell: Callable[[str], None]) -> Taken:
    """Return the seconds of each beginning, `repeat` times, after one that warms up.

    Raises:
        Failed: when one ends badly.
    """
    taken: Taken = {name: [] for name in ("version", "nothing_to_do", "nothing_to_do_own", "window")}
    home, tallies = copy_world(made, scratch / "started"), scratch / "tallies.json"
    counted = (sys.executable, "-m", "tests.benchmarks.counted", str(tallies), "sync", "--json")
    with served(home):
        for number in range(-1, repeat):
            tell(f"start, repetition {number + 1} of {repeat}")
            version = _ended(measure((*APBRIDGE, "--version"), home, scratch), (0,))
            sync = _ended(measure(counted, home, scratch), (0, 1))
            started = time.perf_counter()
            window = measure(
                (sys.executable, "-m", "tests.benchmarks.first_paint", str(started)), home, scratch, quiet=True
            )
            if number < 0:
                continue
            inside = orjson.loads(tallies.read_bytes())
            taken["version"].append(version.seconds)
            taken["nothing_to_do"].append(sync.seconds)
            taken["nothing_to_do_own"].append(sync.seconds - inside["odbc"]["seconds"] - inside["http"]["seconds"])
            taken["window"].append(float(_ended(window, (0,)).out))
    shutil.rmtree(home)
    return taken


def _ended(done: Measured, codes: Sequence[int]) -> Measured:
    if done.code not in codes:
        raise Failed(f"what was started ended with {done.code}: {done.out[-300:].decode(errors='replace')}")
    return done


def report(taken: Taken) -> str:
    """Return the figures as a person reads them: medians, with the lowest and the highest beside them."""
    lines = [f"{'seconds':20}{'median':>9}{'low':>9}{'high':>9}  limit"]
    for name, values in taken.items():
        middle, target = median(values), TARGETS.get(name)
        verdict = "" if target is None else f"  {target}: {'met' if middle < target else 'missed'}"
        lines.append(f"{name.replace('_', ' '):20}{middle:9.2f}{min(values):9.2f}{max(values):9.2f}{verdict}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; with --json also write everything to a file."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.startup", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", choices=["small", "medium", "reference"], default="small")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="how often to measure (default 5)")
    parser.add_argument("--world", type=Path, metavar="DIR", help="use the world in this folder; made when missing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="apbridge-startup-") as folder:
        scratch = Path(folder)
        made = (chosen.world or scratch / "made").absolute()
        make_world(made, chosen.scale)
        taken = run(made, scratch, repeat=chosen.repeat, tell=lambda text: sys.stderr.write(f"{text}\n"))
    sys.stdout.write(report(taken))
    if chosen.json is not None:
        chosen.json.write_bytes(orjson.dumps(taken, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main()
