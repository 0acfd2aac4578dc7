"""Runs `apbridge` in this process with demo companies of another size.

`python -m tests.benchmarks.grown SHARE ARGUMENT…`: a company of each scale holds SHARE times as much ("1/8", "2").
"""

import sys
from dataclasses import fields
from fractions import Fraction

from app.cli import main
from app.sandbox.sage import plan


def grow(share: Fraction) -> None:
    """Give every scale `share` times its records; over how many days they are spread stays."""
    for counts in plan._COUNTS.values():
        for part in fields(counts):
            if part.name != "days":
                object.__setattr__(counts, part.name, int(getattr(counts, part.name) * share))


if __name__ == "__main__":
    grow(Fraction(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
