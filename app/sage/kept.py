"""From when on Sage keeps what was posted: before that day, what is not there may have been purged."""

from contextlib import closing
from datetime import date

from app.sage.cells import Cells, Observations
from app.sage.source import Source


def earliest(source: Source, seen: Observations, table: str, column: str) -> date | None:
    """Return the earliest date of `column`, in one query of that column alone; None when no row has a date.

    The least of all is found here: to a driver a blank date is one, and the least.

    Raises:
        SkipItem: when the table cannot be read.
    """
    cells = Cells(table, seen)
    with closing(source.stream(table, (column,))) as rows:
        return min((day for row in rows if (day := cells.day(row[0], column))), default=None)
