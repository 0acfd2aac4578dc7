"""What Sage knows a document by, and the external id that Quadient AP keeps of it."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from app.domain.invoices import Destination, Invoice, InvoiceKey
from app.domain.payments import CheckKey, Payment


class InvoiceName(NamedTuple):
    """What tells an invoice in Sage from all others; `day` in ISO form, for the numbers that come again each year."""

    division: str
    vendor_number: str
    number: str
    day: str

    @property
    def key(self) -> InvoiceKey:
        """What it is looked for by."""
        return InvoiceKey(self.division, self.vendor_number, self.number)

    def external_id(self, company: str) -> str:
        """Return the id that Quadient AP keeps of it: <company>:<division>-<vendor>:<invoice number>."""
        return f"{company}:{self.division}-{self.vendor_number}:{self.number}"


class CheckName(NamedTuple):
    """What tells a check in Sage from all others; `day` in ISO form, `number` is '' before it has one."""

    bank_code: str
    number: str
    day: str
    division: str
    vendor_number: str

    @property
    def key(self) -> CheckKey:
        """What it is looked for by."""
        return CheckKey(self.bank_code, self.number)

    def external_id(self, company: str) -> str:
        """Return the id that Quadient AP keeps of it: <company>:<bank>:<check number>."""
        return f"{company}:{self.bank_code}:{self.number}"


NaturalKey: TypeAlias = InvoiceName | CheckName


def natural_key(document: Invoice | Payment, check: CheckKey | None) -> NaturalKey:
    """Return what Sage will know the document by; a payment needs its check number."""
    if isinstance(document, Invoice):
        return InvoiceName(*document.key, document.invoice_date.isoformat())
    number = check or CheckKey(document.bank_code, "")
    return CheckName(*number, document.payment_date.isoformat(), document.division, document.vendor_number)


def restored(destination: Destination, values: Iterable[str]) -> NaturalKey:
    """Return the key of a document of this entry screen, as it was before it was stored."""
    return CheckName(*values) if destination is Destination.MANUAL_CHECK else InvoiceName(*values)


def known_as(company: str, document: Invoice | Payment, external_id: str) -> NaturalKey | None:
    """Return the natural key that `external_id` was made of, or None when it is not one of this company's.

    Sage's name for a document is taken from there, its date and a payment's vendor from the document.
    """
    its_company, _, rest = external_id.partition(":")
    first, parted, second = rest.partition(":")
    if its_company != company or not parted or not first or not second:
        return None
    if isinstance(document, Payment):
        return natural_key(document, CheckKey(first, second))
    division, dash, vendor = first.partition("-")
    return InvoiceName(division, vendor, second, document.invoice_date.isoformat()) if dash else None
