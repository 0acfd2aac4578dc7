"""How a document stands in its entry screen, before a job and after it: not there, whole, or a part of it.

Visual Integrator adds to a record that exists and can take nothing back, and Sage's files keep head and lines apart:
so the lines without a head count too.
"""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.invoices import Destination, Invoice
from app.domain.money import ZERO
from app.domain.payments import CheckKey, Payment
from app.sage.cells import Cells, Observations
from app.sage.documents import find_checks, find_invoices
from app.sage.found import FoundCheck, FoundInvoice
from app.sage.source import Source


@dataclass(frozen=True, slots=True)
class Wanted:
    """One document on its way into an entry screen; `check` is a payment's number there."""

    destination: Destination
    document: Invoice | Payment
    check: CheckKey | None = None

    @property
    def number(self) -> str:
        """The number people know it by."""
        return self.check.check_number if self.check else self.invoice.number

    @property
    def column(self) -> str:
        """The column that has its number."""
        return "CheckNo" if self.check else "InvoiceNo"

    @property
    def name(self) -> str:
        """What it is called in sentences."""
        return f"{'check' if self.check else 'invoice'} {self.number}"

    @property
    def invoice(self) -> Invoice:
        """The document, which is an invoice."""
        if not isinstance(self.document, Invoice):
            raise TypeError("not an invoice")
        return self.document


@dataclass(frozen=True, slots=True)
class Standing:
    """Where Sage has a document's number (`entered` in its entry screen, `elsewhere` in others, open or in history).

    `loose` are the keys of lines without a head: of this document, or of any receipt of invoice, whose number is
    Sage's to give.
    """

    entered: tuple[FoundInvoice | FoundCheck, ...]
    elsewhere: tuple[FoundInvoice | FoundCheck, ...]
    loose: frozenset[str]

    def belongs_to_others(self, wanted: Wanted) -> bool:
        """Whether what the entry screen has under this number is whole, and nothing of it is ours."""
        return bool(self.entered) and all(
            each.lines and each.balanced and not each.carries(wanted.document.id) for each in self.entered
        )

    def whole(self, wanted: Wanted) -> bool:
        """Whether the entry screen has all of the document: day, amount, and lines that come to it."""
        if len(self.entered) != 1:
            return False
        (found,) = self.entered
        document = wanted.document
        lines = sum((line.amount for line in found.lines), ZERO)
        if isinstance(document, Invoice) and isinstance(found, FoundInvoice):
            day, found_day = document.invoice_date, found.invoice_date
            billed: Decimal = document.amount - document.freight - document.tax
        elif isinstance(document, Payment) and isinstance(found, FoundCheck):
            day, found_day = document.payment_date, found.check_date
            billed = document.amount
        else:
            return False
        # A receipt also has the order's lines that are not billed.
        fewer = len(found.lines) < len(document.lines)
        return (
            not found.unreadable
            and found_day == day
            and found.amount == document.amount
            and lines == billed
            and not fewer
        )


def standing(source: Source, seen: Observations, wanted: Wanted) -> Standing:
    """Return how `wanted` stands in Sage now.

    Raises:
        SkipItem: when a table cannot be read.
    """
    found: tuple[FoundInvoice | FoundCheck, ...]
    if wanted.check:
        found = find_checks(source, seen, [wanted.check]).get(wanted.check, ())
    else:
        found = find_invoices(source, seen, [wanted.invoice.key]).get(wanted.invoice.key, ())
    entered = tuple(each for each in found if each.place == wanted.destination.value)
    elsewhere = tuple(each for each in found if each.place != wanted.destination.value)
    return Standing(entered, elsewhere, _loose(source, seen, wanted, there=bool(entered)))


def _loose(source: Source, seen: Observations, wanted: Wanted, *, there: bool) -> frozenset[str]:
    if wanted.destination is Destination.RECEIPT_OF_INVOICE:
        return _loose_receipts(source, seen)
    if there:
        return frozenset()
    if wanted.check:
        table, by, where = "AP_ManualCheckDetail", "CheckNo", {"BankCode": wanted.check.bank_code}
    else:
        key = wanted.invoice.key
        table, by = "AP_InvoiceDetail", "InvoiceNo"
        where = {"APDivisionNo": key.division, "VendorNo": key.vendor_number}
    cells = Cells(table, seen)
    rows = source.find(table, (by, "LineKey"), by, {wanted.number}, where=where)
    return frozenset(f"{wanted.number} {cells.text(line, 'LineKey')}" for _, line in rows)


def _loose_receipts(source: Source, seen: Observations) -> frozenset[str]:
    # What waits unposted is little: it is cheaper to read both than to ask for each.
    heads, lines = (
        {Cells(table, seen).text(number, "ReceiptNo") for number, kind in _receipts(source, table) if kind == "I"}
        for table in ("PO_ReceiptHeader", "PO_ReceiptDetail")
    )
    return frozenset(lines - heads)


def _receipts(source: Source, table: str) -> list[tuple[object, str]]:
    rows = source.stream(table, ("ReceiptNo", "ReceiptType"), where="ReceiptType = ?", values=("I",))
    return [(number, str(kind).strip()) for number, kind in rows]
