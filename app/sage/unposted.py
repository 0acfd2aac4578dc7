"""Finds what unposted entries already use up: open invoices by checks, order lines by receipts of invoice.

Sage lowers an invoice's balance and raises an order line's invoiced quantity only when a register is posted.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from app.domain.invoices import InvoiceKey
from app.domain.language import say
from app.domain.money import ZERO
from app.errors import SkipItem
from app.sage.cells import Cells, Observations
from app.sage.found import UnpostedEntry, UnpostedUse
from app.sage.merge import raw_key
from app.sage.outcomes import UnreadableValue, described
from app.sage.source import Row, Source

K = TypeVar("K")

_CANCELLING = ("V", "R")  # CheckType void and reversal: what they give back is there only once they are posted


@dataclass(slots=True)
class _Use:
    taken: Decimal
    entries: dict[UnpostedEntry, None] = field(default_factory=dict)
    unreadable: str = ""

    def add(self, entry: UnpostedEntry, read: Callable[[], Decimal]) -> None:
        """Count what `read` returns; nothing used is no use, and what cannot be read is told."""
        try:
            value = read()
        except UnreadableValue as error:
            self.unreadable = self.unreadable or described(error)
            self.entries[entry] = None
            return
        if value:
            self.taken += value
            self.entries[entry] = None

    def answer(self) -> UnpostedUse:
        return UnpostedUse(self.taken, tuple(self.entries), self.unreadable)


def find_unposted_paid(
    source: Source, seen: Observations, keys: Collection[InvoiceKey]
) -> dict[InvoiceKey, UnpostedUse]:
    """Return what unposted checks hold against each of `keys`: amount and discount of every line in entry.

    All checks count, whoever entered them or selected the invoice for a check run, except voids and reversals. What
    nothing is entered against is absent. The lines of check runs are not publicly documented: where they cannot be
    read, whatever is asked of a vendor in a check run is unreadable, since it may be paid by it.

    Raises:
        SkipItem: when a table cannot be read.
    """
    wanted = frozenset(keys)
    cells, details = Cells("AP_ManualCheckHeader", seen), Cells("AP_ManualCheckDetail", seen)
    columns = ("BankCode", "CheckNo", "InvoiceNo", "InvoiceAmt", "DiscountAmt")
    lines = list(source.find("AP_ManualCheckDetail", columns, "InvoiceNo", {key.number for key in wanted}))
    headers = {
        raw_key(row, 2): row
        for row in source.find(
            "AP_ManualCheckHeader",
            ("BankCode", "CheckNo", "APDivisionNo", "VendorNo"),
            "CheckNo",
            {raw_key(line, 2)[1] for line in lines},
            optional=("CheckType", "BatchNo"),
        )
    }
    used: dict[InvoiceKey, _Use] = {}
    for line in lines:
        head = headers.get(raw_key(line, 2))
        if head is None or cells.text(head[4], "CheckType") in _CANCELLING:
            continue
        key = InvoiceKey(
            cells.text(head[2], "APDivisionNo"), cells.text(head[3], "VendorNo"), details.text(line[2], "InvoiceNo")
        )
        if key in wanted:
            entry = UnpostedEntry(cells.text(head[1], "CheckNo"), cells.text(head[5], "BatchNo"))
            used.setdefault(key, _Use(ZERO)).add(entry, _paid(details, line[3], line[4]))
    _add_check_runs(source, seen, wanted, used)
    return _answers(used)


def _add_check_runs(
    source: Source, seen: Observations, wanted: frozenset[InvoiceKey], used: dict[InvoiceKey, _Use]
) -> None:
    """Add what check runs hold that are selected or printed, and not posted."""
    cells, details = Cells("AP_CheckHeader", seen), Cells("AP_CheckDetail", seen)
    check_key = ("APDivisionNo", "VendorNo", "CheckEntryNo")
    try:
        vendors = {key.vendor_number for key in wanted}
        rows = list(source.find("AP_CheckHeader", check_key, "VendorNo", vendors, optional=("CheckNo",)))
    except SkipItem as error:
        if error.code != "table-not-accessible":
            raise
        seen.notes[say("Check runs are not looked at: this Sage 100 does not show them.")] += 1
        return
    checks = {
        raw_key(row, 3): (
            (cells.text(row[0], "APDivisionNo"), cells.text(row[1], "VendorNo")),
            UnpostedEntry(cells.text(row[3], "CheckNo") or cells.text(row[2], "CheckEntryNo"), ""),
        )
        for row in rows
    }
    if not checks:
        return
    columns = (*check_key, "InvoiceNo", "InvoiceAmt", "DiscountAmt")
    try:
        for line in source.find("AP_CheckDetail", columns, "InvoiceNo", {key.number for key in wanted}):
            check = checks.get(raw_key(line, 3))
            if check is None:
                continue
            key = InvoiceKey(*check[0], details.text(line[3], "InvoiceNo"))
            if key in wanted:
                used.setdefault(key, _Use(ZERO)).add(check[1], _paid(details, line[4], line[5]))
    except SkipItem as error:
        if error.code not in ("column-missing", "table-not-accessible"):
            raise
        for payee, entry in checks.values():
            for key in (each for each in wanted if each[:2] == payee):
                use = used.setdefault(key, _Use(ZERO))
                use.unreadable = use.unreadable or error.detail or error.message
                use.entries[entry] = None


def find_unposted_billed(
    source: Source, seen: Observations, order_numbers: Collection[str]
) -> dict[tuple[str, str], UnpostedUse]:
    """Return what receipt of invoice entry bills of the orders' lines, by (order number, line key).

    An order whose unposted bills cannot be told apart by line stands under the line key "", as unreadable. Without
    the P/O module there is none.

    Raises:
        SkipItem: when a table that is there cannot be read.
    """
    cells, details = Cells("PO_ReceiptHeader", seen), Cells("PO_ReceiptDetail", seen)
    only = {"ReceiptType": "I"}
    try:
        rows = source.find(
            "PO_ReceiptHeader",
            ("ReceiptNo", "PurchaseOrderNo"),
            "PurchaseOrderNo",
            order_numbers,
            optional=("BatchNo",),
            where=only,
        )
        headers = {raw_key(row, 1): row for row in rows}
    except SkipItem as error:
        if error.code != "table-not-accessible":
            raise
        seen.notes[say("Receipts of invoice are not looked at: this Sage 100 shows no P/O module.")] += 1
        return {}
    bills = {
        key: (
            cells.text(row[1], "PurchaseOrderNo"),
            UnpostedEntry(cells.text(row[0], "ReceiptNo"), cells.text(row[2], "BatchNo")),
        )
        for key, row in headers.items()
    }
    columns = ("ReceiptNo", "PurchaseOrderLineKey", "QuantityInvoiced")
    used: dict[tuple[str, str], _Use] = {}
    try:
        for line in source.find("PO_ReceiptDetail", columns, "ReceiptNo", {key[0] for key in headers}, where=only):
            bill = bills.get(raw_key(line, 1))
            line_key = details.text(line[1], "PurchaseOrderLineKey")
            if bill is not None and line_key:
                order, entry = bill
                used.setdefault((order, line_key), _Use(Decimal(0))).add(entry, _billed(details, line))
    except SkipItem as error:
        if error.code != "column-missing":
            raise
        # These columns are not documented. Without them the orders that have unposted bills wait for the posting.
        for order, entry in bills.values():
            used.setdefault((order, ""), _Use(Decimal(0), unreadable=error.detail)).entries[entry] = None
    return _answers(used)


def _paid(cells: Cells, money: object, discount: object) -> Callable[[], Decimal]:
    return lambda: cells.amount(money, "InvoiceAmt") + cells.amount(discount, "DiscountAmt")


def _billed(cells: Cells, line: Row) -> Callable[[], Decimal]:
    return lambda: cells.quantity(line[2], "QuantityInvoiced")


def _answers(used: dict[K, _Use]) -> dict[K, UnpostedUse]:
    return {key: use.answer() for key, use in used.items() if use.entries}
