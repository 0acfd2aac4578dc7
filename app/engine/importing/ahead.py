"""Lets another process read the items while this one reads the other lists: most computers have a second core for it.

Items are most of what most companies have, and nothing else in Quadient AP names them but orders: they can come last.
The process only tells by which fingerprint each block of them is to be known. What it does not tell, and what differs
from what is known, is read here.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from os import cpu_count

from app.domain.lists import ListName
from app.engine.importing.passes import Asked, Pass
from app.engine.run import Run
from app.sage.wanted import Printed

AHEAD = ListName.ITEM
WORTH_IT = 40  # blocks, of about 500 records: a process takes as long to start as those to read

Ahead = dict[ListName, Iterator[Printed]]


@contextmanager
def read_ahead(run: Run, names: Collection[ListName], asked: Asked) -> Iterator[Ahead]:
    """Begin to read the items, if they are among `names`, all of them are to be read, and most may be as they were.

    What it yields has that list's blocks, or nothing. The process ends with the `with` block.
    """
    begin = run.ports.read_ahead
    blocks = list(run.store.tuples(_BLOCKS, (run.company.code, AHEAD)))
    if (
        begin is None
        or AHEAD not in names
        or sum(known for _, known in blocks) < WORTH_IT
        or (cpu_count() or 1) < 2
        or Pass(run, AHEAD, asked, "").since(dated=True) is not None
    ):
        yield {}
        return
    with begin(AHEAD, [start for start, _ in blocks], run.cancel.check) as printed:
        yield {AHEAD: printed}


_BLOCKS = "SELECT start, hash IS NOT NULL FROM blocks WHERE company = ? AND list = ? ORDER BY start"
