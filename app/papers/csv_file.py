"""Tables as CSV that Excel opens with a double click: UTF-8 with its mark, CRLF, and no cell that could be a formula.

A CSV has no types: Excel shows a batch 00012 as 12 unless the column is imported as text.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

Cell: TypeAlias = str | int | Decimal | date | bool | None

# What spreadsheets take for the start of a formula, the wide forms that Asian ones take for it too, and the characters
# that move what follows into a cell of its own (OWASP, “CSV injection”).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_file(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as the bytes of a CSV file, its titles in the first row.

    A `Decimal` becomes a plain number that Excel can add up, with two decimals (-310.00), a quantity or unit cost with
    more where it has them. What is text stays text: what starts like a formula gets an apostrophe before it, an invoice
    number -1 too. Dates are written as in 2026-11-03.
    """
    return b"".join(csv_parts(titles, rows))


def csv_parts(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Yield the same bit by bit: the titles, then row by row; of a long table no more than one is held."""
    writer = csv.writer(_Passing(), lineterminator="\r\n")
    yield codecs.BOM_UTF8 + writer.writerow(titles)
    for row in rows:
        yield writer.writerow([_spelled(cell) for cell in row])


class _Passing:
    """Takes what a csv.writer writes, and hands it back to who had it written."""

    def write(self, line: str) -> bytes:
        return line.encode()


def _spelled(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "Yes" if cell else "No"
        case Decimal():
            whole, _, decimals = f"{cell:f}".partition(".")
            return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
        case int():
            return str(cell)
        case date():
            return cell.isoformat()
        case _:
            return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
