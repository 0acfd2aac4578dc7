"""What Sage has of all that a document names, kept with its preview; and what will stand there once it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.domain.invoices import Invoice
from app.domain.purchase_orders import PurchaseOrder
from app.engine.sending.marks import header_comment, line_comments
from app.sage.found import LedgerAccount, LedgerOpenInvoice, LedgerVendor, Sizes


@dataclass(frozen=True, slots=True)
class SageNow:
    """What the checks of one document looked up; what Sage does not have is None, or is missing.

    `accounts` are by AccountKey, `open` are the invoices that a payment pays, by number; `order` has only the lines
    that an invoice is matched to, and no receipts.
    """

    vendor: LedgerVendor | None = None
    accounts: dict[str, LedgerAccount] = field(default_factory=dict)
    order: PurchaseOrder | None = None
    open: dict[str, LedgerOpenInvoice] = field(default_factory=dict)
    sizes: Sizes = field(default_factory=Sizes)


@dataclass(frozen=True, slots=True)
class AsSent:
    """What will stand in Sage of an invoice where that is not what Quadient AP has, or is put together."""

    comment: str
    line_comments: tuple[str, ...]
    terms: str
    hold: bool


def of_invoice(
    invoice: Invoice,
    vendor: LedgerVendor | None,
    accounts: Mapping[str, LedgerAccount],
    order: object,
    sizes: Sizes,
) -> SageNow:
    """Return what was looked up of one invoice; `order` is a PurchaseOrder where Sage has one that can be billed."""
    matched = {line.po_line_key for line in invoice.lines if line.po_line_key}
    used = {line.account_key for line in invoice.lines}
    its_order = None
    if isinstance(order, PurchaseOrder):
        lines = tuple(line for line in order.lines if line.line_key in matched)
        its_order = replace(order, lines=lines, receipts=())
        used |= {line.account_key for line in lines}
    known = {key: account for key, account in accounts.items() if key in used}
    return SageNow(vendor, known, its_order, sizes=sizes)


def as_sent(invoice: Invoice, now: SageNow) -> AsSent:
    """Return what will stand in Sage of `invoice`, as far as `now` tells."""
    whole = with_vendors_say(invoice, now.vendor)
    return AsSent(
        header_comment(invoice, now.sizes.comment),
        tuple(line_comments(invoice, now.sizes.comment, now.sizes.line_comment)),
        whole.terms,
        whole.hold,
    )


def with_vendors_say(invoice: Invoice, vendor: LedgerVendor | None) -> Invoice:
    """Return `invoice` with what the vendor decides in Sage: terms where it has none, and a hold."""
    if vendor is None:
        return invoice
    return replace(invoice, terms=invoice.terms or vendor.terms, hold=invoice.hold or vendor.hold)
