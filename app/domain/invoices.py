"""Approved invoices on their way from Quadient AP into Sage 100."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from app.domain.language import later


class Destination(StrEnum):
    """The Sage entry screen a document goes to, by its name in Sage's menu."""

    INVOICE_ENTRY = later("A/P Invoice Data Entry")
    RECEIPT_OF_INVOICE = later("P/O Receipt of Invoice Entry")
    MANUAL_CHECK = later("A/P Manual Check and Payment Entry")


class InvoiceKey(NamedTuple):
    """What Sage knows an invoice by."""

    division: str
    vendor_number: str
    number: str


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One distribution; with `po_line_key` it is matched to a purchase order line.

    `amount` has two decimals; `quantity` and `unit_cost` six, and stand on matched lines only.
    """

    number: int
    account_key: str
    amount: Decimal
    comment: str = ""
    po_line_key: str = ""
    item_code: str = ""
    quantity: Decimal | None = None
    unit_cost: Decimal | None = None
    unit: str = ""
    warehouse: str = ""
    job_number: str = ""
    cost_code: str = ""
    cost_type: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """One approved invoice or credit note (then `amount` is negative), as Quadient AP exports it.

    `amount` = the lines' amounts + `freight` + `tax`. `id` is Quadient AP's. `revision` names the version there: every
    correction gives another one; '' is that of a document kept before there were revisions.
    """

    id: str
    division: str
    vendor_number: str
    vendor_name: str
    number: str
    invoice_date: date
    due_date: date | None
    discount_date: date | None
    terms: str
    description: str
    currency: str
    amount: Decimal
    freight: Decimal
    tax: Decimal
    tax_schedule: str
    separate_cheque: bool
    hold: bool
    purchase_order: str
    image_url: str
    lines: tuple[InvoiceLine, ...]
    revision: str = ""

    @property
    def key(self) -> InvoiceKey:
        """What Sage will know this invoice by."""
        return InvoiceKey(self.division, self.vendor_number, self.number)

    @property
    def destination(self) -> Destination:
        """Where it goes: any line matched to a purchase order sends the whole invoice to Receipt of Invoice."""
        if any(line.po_line_key for line in self.lines):
            return Destination.RECEIPT_OF_INVOICE
        return Destination.INVOICE_ENTRY
