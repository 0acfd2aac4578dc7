"""Batch numbers that are free: Visual Integrator cannot take the next one, so AP Bridge has to find one itself.

Two people may find the same one: Sage keeps a number only once something is entered under it. Then both have their
entries in one batch, which loses and doubles nothing, and `others` tells it.
"""

from collections.abc import Collection

from app.domain.invoices import Destination
from app.domain.language import say
from app.errors import NeedsUser, Side, SkipItem
from app.sage.cells import Cells, Observations
from app.sage.source import Source

WIDTH = 5

# (entries, table of batches, options, next number); the last three are unconfirmed, and looked at where they are.
_KEPT = {
    Destination.INVOICE_ENTRY: ("AP_InvoiceHeader", "AP_Batch", "AP_Options", "NextInvoiceBatchNo"),
    Destination.MANUAL_CHECK: ("AP_ManualCheckHeader", "AP_Batch", "AP_Options", "NextManualCheckBatchNo"),
    Destination.RECEIPT_OF_INVOICE: ("PO_ReceiptHeader", "PO_Batch", "PO_Options", "NextReceiptOfInvoiceBatchNo"),
}


def free_number(source: Source, seen: Observations, destination: Destination, taken: Collection[str]) -> str:
    """Return a batch number beyond all that `destination` has, its next one, and those `taken`.

    The next one is left to the person who will ask Sage for it.

    Raises:
        NeedsUser: `no-batch-number`, when none is left.
        SkipItem: when the entries cannot be read.
    """
    entries, batches, options, column = _KEPT[destination]
    used = [*taken, *_numbers(source, seen, entries, "BatchNo")]
    for table, name in ((batches, "BatchNo"), (options, column)):
        try:
            used += _numbers(source, seen, table, name)
        except SkipItem as error:
            seen.notes[
                say("Batch numbers are chosen without {table}: {message}", table=table, message=error.message)
            ] += 1
    number = max((int(each) for each in used if each.isdecimal()), default=0) + 1
    if number >= 10**WIDTH:
        raise NeedsUser(
            "no-batch-number",
            say("{destination} has no batch number left", destination=destination),
            say("The highest one that is used is {number}, and AP Bridge takes the one after it.", number=number - 1),
            say("In Sage, post or renumber the batches with the highest numbers."),
            side=Side.SAGE,
        )
    return f"{number:0{WIDTH}d}"


def others(source: Source, seen: Observations, destination: Destination, batch: str, ours: Collection[str]) -> int:
    """Return how many entries of the batch have a document number that is not one of `ours`."""
    table = _KEPT[destination][0]
    column = "CheckNo" if destination is Destination.MANUAL_CHECK else "InvoiceNo"
    cells = Cells(table, seen)
    rows = source.find(table, (column,), "BatchNo", {batch})
    return sum(cells.text(row[0], column) not in ours for row in rows)


def _numbers(source: Source, seen: Observations, table: str, column: str) -> list[str]:
    cells = Cells(table, seen)
    return [cells.text(row[0], column) for row in source.stream(table, (column,))]
