"""How an invoice, a receipt of invoice and a check are entered: which value goes into which field of which screen.

The names of invoice and check fields follow Sage's file layouts; those of the receipt of invoice are unconfirmed and
shown by the self-test on a site. Columns of text end in `$`; days are YYYYMMDD; numbers are COM doubles, whose 15
digits hold every amount that Sage's 13.2 columns can.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.invoices import Invoice, InvoiceLine
from app.domain.language import say
from app.domain.payments import CheckKey, Payment, PaymentLine
from app.errors import Side, SkipItem
from app.sage.business_objects import Reference
from app.sage.dates import compact
from app.sage.entry import Entry, Form

Key = dict[str, str]

# Item types that are no goods.
CHARGE = "3"
COMMENT = "4"


def invoice_key(invoice: Invoice) -> Key:
    """Return the key of A/P Invoice Data Entry."""
    return {
        "APDivisionNo$": invoice.division,
        "VendorNo$": invoice.vendor_number,
        "InvoiceNo$": invoice.number,
    }


def enter_invoice(entry: Form, invoice: Invoice, comment: str, line_comments: Sequence[str]) -> None:
    """Enter a new record of A/P Invoice Data Entry, all but writing it."""
    _enter_terms_and_dates(entry, invoice)
    _enter_head(entry, invoice, comment)
    lines = entry.lines
    for line, text in zip(invoice.lines, line_comments, strict=True):
        lines.do("nAddLine")
        lines.set("AccountKey$", line.account_key)
        lines.set("DistributionAmt", float(line.amount))
        _enter_line_rest(lines, line, text)
        lines.do("nWrite")


def next_receipt_key(entry: Entry) -> Key:
    """Return the key of a new record of P/O Receipt of Invoice Entry: Sage gives the number."""
    number = Reference("")
    entry.do("nSetKeyValue", "ReceiptType$", "I")
    entry.do("nGetNextReceiptNo", number)
    return receipt_key(str(number.value))


def receipt_key(number: str) -> Key:
    """Return the key of P/O Receipt of Invoice Entry."""
    return {"ReceiptType$": "I", "ReceiptNo$": number}


def enter_receipt_of_invoice(entry: Form, invoice: Invoice, comment: str, line_comments: Sequence[str]) -> None:
    """Enter a new record of P/O Receipt of Invoice Entry, all but writing it.

    The order's number brings its lines; those that are billed get quantity and cost, the others quantity 0.
    What the invoice has beyond the order comes behind, as charges with their account.

    Raises:
        SkipItem: `po-line-deleted` when a billed line is not on the order, `po-line-twice` when it is billed twice.
    """
    entry.set("PurchaseOrderNo$", invoice.purchase_order)
    entry.set("InvoiceNo$", invoice.number)
    _enter_terms_and_dates(entry, invoice)
    _enter_head(entry, invoice, comment)
    billed, charges = sorted_lines(invoice, line_comments)
    lines = entry.lines
    for key, kind in _loaded_lines(lines):
        if kind != COMMENT:
            _bill(lines, kind, *billed.pop(key, (None, "")))
    if billed:
        raise line_not_there(invoice, next(iter(billed.values()))[0])
    for line, text in charges:
        lines.do("nAddLine")
        lines.set("ItemType$", CHARGE)
        lines.set("AccountKey$", line.account_key)
        lines.set("ExtensionAmt", float(line.amount))
        _enter_line_rest(lines, line, text)
        lines.do("nWrite")


def check_key(check: CheckKey) -> Key:
    """Return the key of A/P Manual Check and Payment Entry."""
    return {"BankCode$": check.bank_code, "CheckNo$": check.check_number}


def paid_invoices(payment: Payment) -> list[PaymentLine]:
    """Return the payment's lines, those of one invoice as one: Sage takes each invoice once a check."""
    paid: dict[str, PaymentLine] = {}
    for line in payment.lines:
        before = paid.get(line.invoice_number)
        paid[line.invoice_number] = (
            line
            if before is None
            else replace(before, amount=before.amount + line.amount, discount=before.discount + line.discount)
        )
    return list(paid.values())


def enter_check(entry: Form, payment: Payment, comment: str) -> None:
    """Enter a new record of A/P Manual Check and Payment Entry, all but writing it."""
    entry.set("CheckType$", "N")
    entry.set("CheckDate$", compact(payment.payment_date))
    entry.set("APDivisionNo$", payment.division)
    entry.set("VendorNo$", payment.vendor_number)
    entry.set("CheckAmt", float(payment.amount))
    entry.set("Comment$", comment)
    lines = entry.lines
    for line in paid_invoices(payment):
        lines.do("nAddLine")
        lines.set("InvoiceNo$", line.invoice_number)
        lines.set("InvoiceAmt", float(line.amount))
        lines.set("DiscountAmt", float(line.discount))
        lines.do("nWrite")


def _enter_terms_and_dates(entry: Form, invoice: Invoice) -> None:
    # Terms make Sage work out the due dates anew, so the invoice's own come after them.
    entry.set("InvoiceDate$", compact(invoice.invoice_date))
    entry.set("TermsCode$", invoice.terms)
    if invoice.due_date is not None:
        entry.set("InvoiceDueDate$", compact(invoice.due_date))
    if invoice.discount_date is not None:
        entry.set("InvoiceDiscountDate$", compact(invoice.discount_date))


def _enter_head(entry: Form, invoice: Invoice, comment: str) -> None:
    entry.set("Comment$", comment)
    if invoice.hold:
        entry.set("HoldPayment$", "Y")  # otherwise the vendor's own hold stays in force
    entry.set("SeparateCheck$", "Y" if invoice.separate_cheque else "N")
    if invoice.tax_schedule:
        entry.set("TaxSchedule$", invoice.tax_schedule)
    entry.set("InvoiceAmt", float(invoice.amount))
    entry.set("FreightAmt", float(invoice.freight))
    entry.set("SalesTaxAmt", float(invoice.tax))


def _enter_line_rest(lines: Form, line: InvoiceLine, text: str) -> None:
    """Enter comment and job cost of a line where there are any; a company without Job Cost has no such fields."""
    for column, value in (
        ("CommentText$", text),
        ("JobNo$", line.job_number),
        ("CostCode$", line.cost_code),
        ("CostType$", line.cost_type),
    ):
        if value:
            lines.set(column, value)


def sorted_lines(
    invoice: Invoice, line_comments: Sequence[str]
) -> tuple[dict[str, tuple[InvoiceLine, str]], list[tuple[InvoiceLine, str]]]:
    """Return the lines that bill the order's, by their keys on it, and the others; each with its comment.

    Raises:
        SkipItem: `po-line-twice`, when an order's line is billed twice.
    """
    billed: dict[str, tuple[InvoiceLine, str]] = {}
    charges = []
    for line, text in zip(invoice.lines, line_comments, strict=True):
        if not line.po_line_key:
            charges.append((line, text))
        elif line.po_line_key in billed:
            raise SkipItem(
                "po-line-twice",
                say("Invoice {number} bills one order line twice", number=invoice.number),
                say(
                    "Two of its lines are matched to line {po_line_key} of purchase order {purchase_order}; Sage "
                    "takes one.",
                    po_line_key=line.po_line_key,
                    purchase_order=invoice.purchase_order,
                ),
                say("In Quadient AP, put the two lines together."),
                side=Side.SAGE,
            )
        else:
            billed[line.po_line_key] = (line, text)
    return billed, charges


def _bill(lines: Form, kind: str, line: InvoiceLine | None, text: str) -> None:
    """Enter what the invoice bills of the order's current line: nothing when `line` is None."""
    if kind == CHARGE:
        # A charge has no quantity: its amount is all there is.
        lines.set("ExtensionAmt", 0.0 if line is None else float(line.amount))
    else:
        lines.set("QuantityInvoiced", 0.0 if line is None or line.quantity is None else float(line.quantity))
        if line is not None and line.unit_cost is not None:
            lines.set("UnitCost", float(line.unit_cost))
    if line is not None:
        _enter_line_rest(lines, line, text)
    lines.do("nWrite")


def _loaded_lines(lines: Form) -> Iterator[tuple[str, str]]:
    """Go through the lines that the order brought and yield each one's key on the order and its item type."""
    here = lines.first()
    while here:
        yield lines.get("PurchaseOrderLineKey$"), lines.get("ItemType$")
        here = lines.next()


def line_not_there(invoice: Invoice, line: InvoiceLine) -> SkipItem:
    """Return what to raise when `invoice` bills a line that its order does not have."""
    return SkipItem(
        "po-line-deleted",
        say("Invoice {number} bills a line that its order no longer has", number=invoice.number),
        say(
            "Line {po_line_key} ({item_code}) is not on purchase order {purchase_order} in Sage.",
            po_line_key=line.po_line_key,
            item_code=line.item_code,
            purchase_order=invoice.purchase_order,
        ),
        say("In Quadient AP, match the invoice to the order's lines as they are now."),
        side=Side.SAGE,
    )
