"""Finds all documents of some vendors that may be one sent before, under whatever number they have by now.

Sage lets people give an unposted document another number, so its own no longer leads to it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.invoices import InvoiceKey
from app.domain.payments import CheckKey
from app.errors import SkipItem
from app.sage.cells import Cells, Observations
from app.sage.outcomes import UnreadableValue
from app.sage.source import Row, Source

_INVOICE = ("APDivisionNo", "VendorNo", "InvoiceNo", "InvoiceAmt", "InvoiceDate")
_CHECK = ("APDivisionNo", "VendorNo", "CheckNo", "CheckAmt", "CheckDate", "BankCode")


@dataclass(frozen=True, slots=True)
class Alike:
    """What is looked for: documents of these vendors (division, number), posted ones with one of the amounts or days.

    All that is unposted is wanted: people may have changed it.
    """

    vendors: frozenset[tuple[str, str]]
    amounts: frozenset[Decimal]
    days: frozenset[date]


def find_invoices_of(source: Source, seen: Observations, alike: Alike) -> set[InvoiceKey]:
    """Return the invoices that are `alike`.

    Raises:
        SkipItem: when a table of A/P cannot be read. P/O's may be missing.
    """
    found = set()
    for table, where, posted in (
        ("AP_InvoiceHeader", {}, False),
        ("PO_ReceiptHeader", {"ReceiptType": "I"}, False),
        ("AP_OpenInvoice", {}, True),
        ("AP_InvoiceHistoryHeader", {}, True),
    ):
        cells = Cells(table, seen)
        for _, row in of_vendors(source, seen, table, _INVOICE, where, alike.vendors):
            if not posted or _is_alike(cells, row, _INVOICE, alike):
                found.add(InvoiceKey(*(cells.text(raw, name) for raw, name in zip(row[:3], _INVOICE, strict=False))))
    return found


def find_checks_of(source: Source, seen: Observations, alike: Alike) -> set[CheckKey]:
    """Return the checks that are `alike`.

    Raises:
        SkipItem: when a table cannot be read.
    """
    found = set()
    for table, posted in (("AP_ManualCheckHeader", False), ("AP_CheckHistoryHeader", True)):
        cells = Cells(table, seen)
        for _, row in of_vendors(source, seen, table, _CHECK, {}, alike.vendors):
            if not posted or _is_alike(cells, row, _CHECK, alike):
                found.add(CheckKey(cells.text(row[5], "BankCode"), cells.text(row[2], "CheckNo")))
    return found


def of_vendors(
    source: Source,
    seen: Observations,
    table: str,
    columns: tuple[str, ...],
    where: Mapping[str, str],
    vendors: Collection[tuple[str, str]],
) -> Iterator[tuple[tuple[str, str], Row]]:
    """Yield all rows of the `vendors` (division, number), each with its vendor; `columns` begin with these two.

    Raises:
        SkipItem: when a table of A/P cannot be read. P/O's may be missing.
    """
    cells = Cells(table, seen)
    try:
        for row in source.find(table, columns, "VendorNo", {number for _, number in vendors}, where=where):
            vendor = cells.text(row[0], "APDivisionNo"), cells.text(row[1], "VendorNo")
            if vendor in vendors:
                yield vendor, row
    except SkipItem as error:
        if table != "PO_ReceiptHeader" or error.code != "table-not-accessible":
            raise


def _is_alike(cells: Cells, row: Row, columns: tuple[str, ...], alike: Alike) -> bool:
    """Whether amount or day is one of those looked for; what cannot be read may be."""
    try:
        return cells.amount(row[3], columns[3]) in alike.amounts or cells.day(row[4], columns[4]) in alike.days
    except UnreadableValue:
        return True
