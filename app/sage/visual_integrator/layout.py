"""The import files: which columns they have, in which order, and how their cells are spelled.

H. is the document's head, repeated on each row, L. one distribution. The names are those of Sage's file layouts; the
check's are confirmed by published jobs, those of the receipt of invoice by nothing. Fields are entered from left to
right: terms make Sage work out the due dates anew, so the document's own dates come after them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from app.domain.invoices import Invoice, InvoiceLine
from app.domain.language import say
from app.domain.money import ZERO
from app.domain.payments import CheckKey, Payment
from app.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from app.errors import Side, SkipItem
from app.sage.dates import compact
from app.sage.entries import CHARGE, COMMENT, line_not_there, paid_invoices, sorted_lines
from app.sage.text import clean, fits_code_page

_TERMS_AND_HEAD = (
    "H.InvoiceDate",
    "H.TermsCode",
    "H.InvoiceDueDate",
    "H.InvoiceDiscountDate",
    "H.Comment",
    "H.HoldPayment",
    "H.SeparateCheck",
    "H.TaxSchedule",
    "H.InvoiceAmt",
    "H.FreightAmt",
    "H.SalesTaxAmt",
)

INVOICE = (
    "H.BatchNo",
    "H.APDivisionNo",
    "H.VendorNo",
    "H.InvoiceNo",
    *_TERMS_AND_HEAD,
    "L.AccountKey",
    "L.DistributionAmt",
    "L.CommentText",
    "L.JobNo",
    "L.CostCode",
    "L.CostType",
)
"""Table AP_InvoiceHeader."""

# Sage gives the receipt number: a new one whenever a field of the head changes from row to row.
RECEIPT_OF_INVOICE = (
    "H.BatchNo",
    "H.ReceiptType",
    "H.PurchaseOrderNo",
    "H.InvoiceNo",
    *_TERMS_AND_HEAD,
    "L.PurchaseOrderLineKey",
    "L.ItemType",
    "L.AccountKey",
    "L.QuantityInvoiced",
    "L.UnitCost",
    "L.ExtensionAmt",
    "L.CommentText",
    "L.JobNo",
    "L.CostCode",
    "L.CostType",
)
"""Table PO_ReceiptHeader."""

CHECK = (
    "H.BatchNo",
    "H.BankCode",
    "H.CheckNo",
    "H.CheckType",
    "H.CheckDate",
    "H.APDivisionNo",
    "H.VendorNo",
    "H.CheckAmt",
    "H.Comment",
    "L.InvoiceNo",
    "L.InvoiceAmt",
    "L.DiscountAmt",
)
"""Table AP_ManualCheckHeader; L.InvoiceAmt is what is paid."""

# Words for people: in these, a character that Sage cannot hold is replaced. Everywhere else it is refused.
_WORDS = frozenset({"H.Comment", "L.CommentText"})

Cell = str | Decimal | date | None
Row = Mapping[str, Cell]


def invoice_rows(invoice: Invoice, comment: str, line_comments: Sequence[str], batch: str) -> list[Row]:
    """Return the rows of `INVOICE`, one for each line."""
    head: Row = {
        "H.BatchNo": batch,
        "H.APDivisionNo": invoice.division,
        "H.VendorNo": invoice.vendor_number,
        "H.InvoiceNo": invoice.number,
        **_terms_and_head(invoice, comment),
    }
    return [
        {
            **head,
            "L.AccountKey": line.account_key,
            "L.DistributionAmt": line.amount,
            "L.CommentText": text,
            **_job(line),
        }
        for line, text in zip(invoice.lines, line_comments, strict=True)
    ]


def receipt_rows(
    invoice: Invoice, comment: str, line_comments: Sequence[str], batch: str, order: PurchaseOrder
) -> list[Row]:
    """Return the rows of `RECEIPT_OF_INVOICE`: each line of `order`, not billed ones with 0, then the charges.

    Raises:
        SkipItem: `po-line-deleted` when a billed line is not on the order, `po-line-twice` when it is billed twice.
    """
    head: Row = {
        "H.BatchNo": batch,
        "H.ReceiptType": "I",
        "H.PurchaseOrderNo": invoice.purchase_order,
        "H.InvoiceNo": invoice.number,
        **_terms_and_head(invoice, comment),
    }
    billed, charges = sorted_lines(invoice, line_comments)
    rows: list[Row] = [
        {**head, **_order_line(line, *billed.pop(line.line_key, (None, "")))}
        for line in order.lines
        if line.item_type != COMMENT
    ]
    if billed:
        raise line_not_there(invoice, next(iter(billed.values()))[0])
    return rows + [
        {
            **head,
            "L.ItemType": CHARGE,
            "L.AccountKey": line.account_key,
            "L.ExtensionAmt": line.amount,
            "L.CommentText": text,
            **_job(line),
        }
        for line, text in charges
    ]


def check_rows(payment: Payment, check: CheckKey, comment: str, batch: str) -> list[Row]:
    """Return the rows of `CHECK`, one for each invoice that is paid."""
    head: Row = {
        "H.BatchNo": batch,
        "H.BankCode": check.bank_code,
        "H.CheckNo": check.check_number,
        "H.CheckType": "N",
        "H.CheckDate": payment.payment_date,
        "H.APDivisionNo": payment.division,
        "H.VendorNo": payment.vendor_number,
        "H.CheckAmt": payment.amount,
        "H.Comment": comment,
    }
    return [
        {
            **head,
            "L.InvoiceNo": line.invoice_number,
            "L.InvoiceAmt": line.amount,
            "L.DiscountAmt": line.discount,
        }
        for line in paid_invoices(payment)
    ]


def spelled(columns: Sequence[str], rows: Sequence[Row]) -> tuple[bytes, tuple[str, ...]]:
    """Return the import file in Sage's code page, and a sentence for each text that could not be kept as it is.

    Text stands in double quotes. How a job reads a double quote or a line break inside of them is not documented, and
    a wrong guess would move amounts into other columns: so they become two apostrophes and a blank.

    Raises:
        SkipItem: `not-importable`, for a number or code with a character that the file or Sage cannot hold.
    """
    changed: dict[str, None] = {}
    lines = []
    for row in rows:
        cells = []
        for column in columns:
            cell = row.get(column)
            text = cell if isinstance(cell, str) else ""
            kept = _kept(column, text)
            if kept != text:
                changed[
                    say(
                        "“{text}” was entered as “{kept}”: an import file cannot hold it as it is.",
                        text=text,
                        kept=kept,
                    )
                ] = None
            cells.append(f'"{kept}"' if kept else _plain(cell))
        lines.append(",".join(cells) + "\r\n")
    return "".join(lines).encode("cp1252"), tuple(changed)


def _plain(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return compact(cell) if isinstance(cell, date) else ""


def _kept(column: str, text: str) -> str:
    """Return what of a text the file can hold; codes are held as they are or not at all."""
    kept = clean(text)[0].replace('"', "''")
    kept = kept.encode("cp1252", "replace").decode("cp1252")
    if kept == text or column in _WORDS:
        return kept
    what = (
        say("a character that Sage 100 cannot hold")
        if not fits_code_page(text)
        else say("a character that would break it")
    )
    raise SkipItem(
        "not-importable",
        say("“{text}” cannot be put into an import file", text=text),
        say("{value} has {what}.", value=column.partition(".")[2], what=what),
        say("Correct it in Quadient AP and send it again. Nothing of it was left in Sage."),
        side=Side.SAGE,
    )


def _terms_and_head(invoice: Invoice, comment: str) -> Row:
    return {
        "H.InvoiceDate": invoice.invoice_date,
        "H.TermsCode": invoice.terms,
        "H.InvoiceDueDate": invoice.due_date,
        "H.InvoiceDiscountDate": invoice.discount_date,
        "H.Comment": comment,
        "H.HoldPayment": "Y" if invoice.hold else "N",
        "H.SeparateCheck": "Y" if invoice.separate_cheque else "N",
        "H.TaxSchedule": invoice.tax_schedule,
        "H.InvoiceAmt": invoice.amount,
        "H.FreightAmt": invoice.freight,
        "H.SalesTaxAmt": invoice.tax,
    }


def _job(line: InvoiceLine) -> Row:
    return {"L.JobNo": line.job_number, "L.CostCode": line.cost_code, "L.CostType": line.cost_type}


def _order_line(line: PurchaseOrderLine, billed: InvoiceLine | None, text: str) -> Row:
    """Return what the invoice bills of an order's line: nothing when `billed` is None."""
    row: dict[str, Cell] = {"L.PurchaseOrderLineKey": line.line_key, "L.CommentText": text}
    if billed is not None:
        row |= _job(billed)
    if line.item_type == CHARGE:
        # A charge has no quantity: its amount is all there is.
        row["L.ExtensionAmt"] = ZERO if billed is None else billed.amount
    else:
        row["L.QuantityInvoiced"] = ZERO if billed is None or billed.quantity is None else billed.quantity
        row["L.UnitCost"] = None if billed is None else billed.unit_cost
    return row
