"""Plays stories of sending by the thousand: `python -m tests.simulation --seeds 1000000`."""

import argparse
import os
import sys

from tests.simulation.sending.many import Tally, play_all, trace_of

TOLD_EVERY = 10_000  # seeds
SHOWN = 3  # failed stories that are shown call by call


def main() -> int:
    """Play, print the sums, and return 1 when anything was wrong."""
    parser = argparse.ArgumentParser(allow_abbrev=False, prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20_000, help="how many stories (20000)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes (one a core)")
    parser.add_argument("--trace", type=int, help="show the story of this one seed, call by call, and no more")
    options = parser.parse_args()
    if options.trace is not None:
        _say(trace_of(options.trace))
        return 0
    tally, seconds = Tally(), 0.0
    for tally, seconds in play_all(range(options.first, options.first + options.seeds), options.jobs):
        if tally.seeds % TOLD_EVERY == 0:
            failed = f"{len(tally.failed)} failed {tally.failed[-SHOWN:]}"
            sys.stderr.write(f"{tally.seeds:,} seeds, {seconds:,.0f} s, {failed}\n")
    _say(_summary(tally, seconds))
    for seed in tally.failed[:SHOWN]:
        _say(f"\n{trace_of(seed)}")
    return 1 if tally.failed else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _summary(tally: Tally, seconds: float) -> str:
    faults = ", ".join(f"{name} {count:,}" for name, count in sorted(tally.faults.items()))
    seconds = max(seconds, 0.001)
    rows = {
        "seeds": f"{tally.seeds:,}",
        "runs": f"{tally.runs:,}",
        "faults injected": f"{tally.faults.total():,} ({faults})",
        "crashes": f"{tally.crashes:,}",
        "lost": f"{tally.problems['lost']:,}",
        "doubled": f"{tally.problems['doubled']:,}",
        "otherwise broken": f"{tally.problems['broken']:,}",
        "seeds failed": f"{len(tally.failed):,}" + (f": {tally.failed[:20]}" if tally.failed else ""),
        "runs a second": f"{tally.runs / seconds:,.0f} ({tally.seeds / seconds:,.0f} seeds)",
    }
    return "\n".join(f"{name:17}{value}" for name, value in rows.items())


if __name__ == "__main__":
    sys.exit(main())
