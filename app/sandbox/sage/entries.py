"""What waits unposted in the demo company's entry screens: keyed in by people before AP Bridge came."""

from app.sandbox.sage import words
from app.sandbox.sage.orders import FIRST_ORDER
from app.sandbox.sage.plan import STAMPS, Plan, Sink
from app.sandbox.sage.setup import account_key
from app.sandbox.sage.vendors import active_vendor

INVOICE_BATCH, RECEIPT_BATCH, CHECK_BATCH = "00012", "00003", "00005"
_INVOICES = 6


def write_entries(sink: Sink, plan: Plan) -> None:
    """Write unposted invoices, receipts and a manual check, with their batches."""
    random = plan.random("entries")
    made = (plan.day(2), "9.25000", "0000000004")
    sink.fill(
        "AP_Batch",
        "BatchType BatchNo BatchDesc PrivateBatch DateCreated TimeCreated UserCreatedKey",
        [("IN", INVOICE_BATCH, "Utilities and rent", "N", *made), ("MC", CHECK_BATCH, "Hand checks", "N", *made)],
    )
    sink.fill(
        "PO_Batch",
        "BatchType BatchNo BatchDesc PrivateBatch DateCreated TimeCreated UserCreatedKey",
        [("RI", RECEIPT_BATCH, "Receiving desk", "N", *made)],
    )
    _write_invoices(sink, plan)
    vendor = active_vendor(0, plan.counts.vendors, goods=True)
    order = f"{FIRST_ORDER:07d}"
    sink.fill(
        "PO_ReceiptHeader",
        "ReceiptType ReceiptNo ReceiptDate PurchaseOrderNo APDivisionNo VendorNo InvoiceNo InvoiceDate TermsCode "
        f"InvoiceAmt BatchNo {STAMPS}",
        [
            ("G", "900001", plan.day(1), order, vendor.division, vendor.number, "", "", "", "0.00",
             "", *plan.stamps(random, 1)),
            ("I", "900001", plan.day(1), order, vendor.division, vendor.number, "TF-90177", plan.day(3),
             vendor.terms, "96.25", RECEIPT_BATCH, *plan.stamps(random, 1)),
        ],
    )  # fmt: skip
    line = ("000001", f"{1:014d}", "", "/FREIGHT", "3", "Inbound freight", account_key("5100"), "96.25")
    sink.fill(
        "PO_ReceiptDetail",
        "ReceiptType ReceiptNo LineKey LineSeqNo PurchaseOrderLineKey ItemCode ItemType ItemCodeDesc AccountKey "
        "ExtensionAmt",
        [("G", "900001", *line), ("I", "900001", *line)],
    )
    _write_check(sink, plan)


def _write_invoices(sink: Sink, plan: Plan) -> None:
    random = plan.random("unposted")
    headers, lines = [], []
    for place in range(_INVOICES):
        vendor = active_vendor(3 * place, plan.counts.vendors)
        key = (vendor.division, vendor.number, f"U-{2200 + place}")
        cents = random.randrange(8_000, 240_000)
        amount = f"{cents / 100:.2f}"
        about = words.BILLED_FOR[place]
        headers.append(
            (*key, plan.day(4), plan.day(-26), "", vendor.terms, "N", about, "N", "N", INVOICE_BATCH, amount, "0",
             *plan.stamps(random, 2))
        )  # fmt: skip
        lines.append((*key, "000001", f"{1:014d}", vendor.account_key, about, amount))
    sink.fill(
        "AP_InvoiceHeader",
        "APDivisionNo VendorNo InvoiceNo InvoiceDate InvoiceDueDate InvoiceDiscountDate TermsCode HoldPayment Comment "
        f"Adjustment SeparateCheck BatchNo InvoiceAmt FreightAmt {STAMPS}",
        headers,
    )
    sink.fill(
        "AP_InvoiceDetail",
        "APDivisionNo VendorNo InvoiceNo LineKey LineSeqNo AccountKey CommentText DistributionAmt",
        lines,
    )


def _write_check(sink: Sink, plan: Plan) -> None:
    vendor = active_vendor(1, plan.counts.vendors)
    sink.fill(
        "AP_ManualCheckHeader",
        f"BankCode CheckNo CheckDate APDivisionNo VendorNo VendorName CheckType Comment BatchNo CheckAmt {STAMPS}",
        [("A", "0000104199", plan.day(2), vendor.division, vendor.number, vendor.name, "N", "Paid at the dock",
          CHECK_BATCH, "310.00", *plan.stamps(plan.random("check"), 2))],
    )  # fmt: skip
    sink.fill(
        "AP_ManualCheckDetail",
        "BankCode CheckNo LineKey LineSeqNo InvoiceNo InvoiceAmt DiscountAmt",
        [("A", "0000104199", "000001", f"{1:014d}", "CK00104199", "310.00", "0.00")],
    )
