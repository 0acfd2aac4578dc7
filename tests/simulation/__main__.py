"""Plays stories of sending by the thousand: `python -m tests.simulation --seeds 1000000`."""

import argparse
import os
import sys

from tests.simulation.sending.many import Tally, play_all, trace_of

SHOWN = 3  # failed stories that are shown call by call


def main() -> int:
    """Play, print the sums, and return 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20_000, help="how many stories (20000)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes (one a core)")
    parser.add_argument("--trace", type=int, help="show the story of this one seed, call by call, and no more")
    options = parser.parse_args()
    if options.trace is not None:
        print(trace_of(options.trace))
        return 0
    tally, seconds = Tally(), 0.0
    for tally, seconds in play_all(range(options.first, options.first + options.seeds), options.jobs):
        if tally.seeds % 50_000 == 0:
            print(f"{tally.seeds:,} seeds, {seconds:,.0f} s, {len(tally.failed)} failed", file=sys.stderr, flush=True)
    print(_summary(tally, seconds))
    for seed in tally.failed[:SHOWN]:
        print(f"\n{trace_of(seed)}")
    return 1 if tally.failed else 0


def _summary(tally: Tally, seconds: float) -> str:
    faults = ", ".join(f"{name} {count:,}" for name, count in sorted(tally.faults.items()))
    return "\n".join(
        [
            f"seeds            {tally.seeds:,}",
            f"runs             {tally.runs:,}",
            f"faults injected  {tally.faults.total():,} ({faults})",
            f"crashes          {tally.crashes:,}",
            f"lost             {tally.problems['lost']:,}",
            f"doubled          {tally.problems['doubled']:,}",
            f"otherwise broken {tally.problems['broken']:,}",
            f"seeds failed     {len(tally.failed):,}{'' if not tally.failed else f': {tally.failed[:20]}'}",
            f"runs a second    {tally.runs / max(seconds, 0.001):,.0f} ({tally.seeds / max(seconds, 0.001):,.0f} seeds)",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
