"""Lets another process read the longest list while this one reads the others: most computers have a second core for it.

It only tells by which fingerprint each block of the list is to be known. What it does not tell, and what differs from
what is known, is read here.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from os import cpu_count

from app.domain.lists import ListName
from app.engine.importing.passes import Asked, Pass
from app.engine.run import Run
from app.sage.readers.lists import ALONE
from app.sage.wanted import Printed

WORTH_IT = 40  # blocks, of about 500 records: a process takes as long to start as those to read

Ahead = dict[ListName, Iterator[Printed]]


@contextmanager
def read_ahead(run: Run, names: Collection[ListName], asked: Asked) -> Iterator[Ahead]:
    """Begin to read the longest of the lists `names`, where all of it is to be read and most may be as it was.

    What it yields has that list's blocks, or nothing. The process ends with the `with` block.
    """
    known = dict(run.store.tuples(_KNOWN, (run.company.code,)))
    longest = max((name for name in ALONE if name in names), key=lambda name: known.get(name, 0), default=None)
    begin = run.ports.read_ahead
    if (
        begin is None
        or longest is None
        or known.get(longest, 0) < WORTH_IT
        or (cpu_count() or 1) < 2
        or Pass(run, longest, asked, "").since(dated=True) is not None
    ):
        yield {}
        return
    starts = [start for (start,) in run.store.tuples(_STARTS, (run.company.code, longest))]
    with begin(longest, starts, run.cancel.check) as printed:
        yield {longest: printed}


_KNOWN = "SELECT list, count(hash) FROM blocks WHERE company = ? GROUP BY list"
_STARTS = "SELECT start FROM blocks WHERE company = ? AND list = ? ORDER BY start"
