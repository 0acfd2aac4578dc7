"""Every field of the rules reaches Sage's entry tables, on all three screens; so do batches and warnings."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.invoices import Invoice, InvoiceLine
from app.errors import ExitCode
from tests.system.commands import change_sage
from tests.system.desk import Desk, kind_of

JOB = {"job_number": "J-10077", "cost_code": "CONCRETE1", "cost_type": "M"}
LONG = "Annual maintenance of the conveyor in the north warehouse, parts and travel included"
HEAD = (
    "InvoiceDate, InvoiceDueDate, InvoiceDiscountDate, TermsCode, SeparateCheck, HoldPayment, TaxSchedule, InvoiceAmt,"
    " FreightAmt, SalesTaxAmt, Comment, BatchNo"
)


def everything(desk: Desk, invoice: Invoice, *more: InvoiceLine) -> Invoice:
    """Return the invoice with every field set, unlike what Sage proposes, and further lines."""
    lines = (replace(invoice.lines[0], comment="As ordered by phone", **JOB), *more)
    freight, tax = Decimal("10.00"), Decimal("5.25")
    return replace(
        invoice,
        due_date=desk.world.made_on + timedelta(days=41),
        discount_date=desk.world.made_on + timedelta(days=7),
        terms=next(code for code in desk.facts.terms if code != invoice.terms),
        description=LONG,
        separate_cheque=True,
        hold=True,
        tax_schedule=desk.facts.tax_schedules[-1],
        freight=freight,
        tax=tax,
        lines=lines,
        amount=sum((line.amount for line in lines), freight + tax),
    )


def head_of(desk: Desk, invoice: Invoice, batch: str) -> tuple[Any, ...]:
    """Return what the columns of `HEAD` must hold."""
    return (
        desk.world.made_on.isoformat(),
        (desk.world.made_on + timedelta(days=41)).isoformat(),
        (desk.world.made_on + timedelta(days=7)).isoformat(),
        invoice.terms,
        "Y",
        "Y",
        invoice.tax_schedule,
        float(invoice.amount),
        10.0,
        5.25,
        LONG[:40],
        batch,
    )


def sent(desk: Desk, *documents: Any) -> dict[str, str]:
    """Add and send documents; return the batches made, by number, with their descriptions."""
    before = set(batches(desk))
    desk.add(documents)
    ended = desk.send(documents)
    assert ended.code is ExitCode.DONE, ended.events[-1].data
    made = {number: description for kind, number, description in set(batches(desk)) - before}
    assert set(made.values()) <= {f"AP Bridge {ended.run}"}
    return made


def batches(desk: Desk) -> list[tuple[Any, ...]]:
    return [
        row for table in ("AP", "PO") for row in desk.rows(f"SELECT BatchType, BatchNo, BatchDesc FROM {table}_Batch")
    ]


def test_every_field_reaches_invoice_data_entry(desk: Desk) -> None:
    second = InvoiceLine(2, desk.facts.expense_accounts[1].key, Decimal("40.50"), comment="Spare parts")
    invoice = everything(desk, desk.bill("bill-1"), second)
    (batch,) = sent(desk, invoice)
    key = (invoice.division, invoice.vendor_number, invoice.number)
    where = "WHERE APDivisionNo = ? AND VendorNo = ? AND InvoiceNo = ?"
    assert desk.rows(f"SELECT {HEAD} FROM AP_InvoiceHeader {where}", *key) == [head_of(desk, invoice, batch)]
    columns = "AccountKey, DistributionAmt, CommentText, JobNo, CostCode, CostType"
    assert desk.rows(f"SELECT {columns} FROM AP_InvoiceDetail {where} ORDER BY LineKey", *key) == [
        (
            invoice.lines[0].account_key,
            100.0,
            f"{LONG} As ordered by phone AP Bridge bill-1",
            *JOB.values(),
        ),
        (invoice.lines[1].account_key, 40.5, "Spare parts", "", "", ""),
    ]


def test_every_field_reaches_receipt_of_invoice_entry(desk: Desk) -> None:
    charge = InvoiceLine(2, desk.facts.expense_accounts[1].key, Decimal("9.50"), comment="Pallet deposit", **JOB)
    invoice = everything(desk, desk.order_bill("bill-2"), charge)
    (batch,) = sent(desk, invoice)
    ((number, *head),) = desk.rows(
        f"SELECT ReceiptNo, PurchaseOrderNo, APDivisionNo, VendorNo, {HEAD} FROM PO_ReceiptHeader"
        " WHERE ReceiptType = 'I' AND InvoiceNo = ?",
        invoice.number,
    )
    assert head[:3] == [invoice.purchase_order, invoice.division, invoice.vendor_number]
    assert tuple(head[3:]) == head_of(desk, invoice, batch)
    billed = desk.rows(
        "SELECT PurchaseOrderLineKey, QuantityInvoiced, UnitCost, ExtensionAmt, CommentText, JobNo, CostCode, CostType"
        " FROM PO_ReceiptDetail WHERE ReceiptType = 'I' AND ReceiptNo = ? AND ExtensionAmt <> 0 ORDER BY LineKey",
        number,
    )
    matched = invoice.lines[0]
    assert billed == [
        (
            matched.po_line_key,
            1.0,
            float(matched.unit_cost or 0),
            float(matched.amount),
            f"{LONG} As ordered by phone AP Bridge bill-2",
            *JOB.values(),
        ),
        ("", 0.0, 0.0, 9.5, "Pallet deposit", *JOB.values()),
    ]
    (account,) = desk.rows(
        "SELECT AccountKey FROM PO_ReceiptDetail WHERE ReceiptNo = ? AND CommentText = 'Pallet deposit'", number
    )
    assert account == (charge.account_key,)


def test_every_field_reaches_manual_check_entry_and_lines_of_one_invoice_are_one(desk: Desk) -> None:
    payment = desk.payment("PAY-1")
    line = payment.lines[0]
    halves = (replace(line, amount=Decimal("6.00"), discount=Decimal("0.50")), replace(line, amount=Decimal("4.00")))
    payment = replace(payment, lines=halves)
    (batch,) = sent(desk, payment)
    assert desk.rows(
        "SELECT BankCode, CheckDate, CheckType, APDivisionNo, VendorNo, CheckAmt, Comment, BatchNo"
        " FROM AP_ManualCheckHeader WHERE CheckNo = 'PAY1'"
    ) == [
        (
            payment.bank_code,
            payment.payment_date.isoformat(),
            "N",
            payment.division,
            payment.vendor_number,
            10.0,
            "AP Bridge PAY-1",
            batch,
        )
    ]
    assert desk.rows("SELECT InvoiceNo, InvoiceAmt, DiscountAmt FROM AP_ManualCheckDetail WHERE CheckNo = 'PAY1'") == [
        (line.invoice_number, 10.0, 0.5)
    ]


def test_what_the_document_leaves_open_is_what_sage_proposes(desk: Desk) -> None:
    """Terms of the vendor, and the due date that they give."""
    invoice = desk.bill("bill-1", terms="")
    sent(desk, invoice)
    ((terms, due, hold, separate),) = desk.rows(
        "SELECT TermsCode, InvoiceDueDate, HoldPayment, SeparateCheck FROM AP_InvoiceHeader WHERE InvoiceNo = 'BILL-1'"
    )
    ((days,),) = desk.rows("SELECT DaysBeforeDue FROM AP_TermsCode WHERE TermsCode = ?", terms)
    assert terms == desk.bill("bill-1").terms
    assert due == (desk.world.made_on + timedelta(days=days)).isoformat()
    assert (hold, separate) == ("N", "N")


def test_the_hold_of_the_vendor_is_written_with_the_invoice(desk: Desk) -> None:
    invoice = desk.bill("bill-1")
    change_sage(
        desk.description,
        f"UPDATE AP_Vendor SET HoldPayment = 'Y' WHERE APDivisionNo = '{invoice.division}'"
        f" AND VendorNo = '{invoice.vendor_number}'",
    )
    sent(desk, invoice)
    assert desk.rows("SELECT HoldPayment FROM AP_InvoiceHeader WHERE InvoiceNo = 'BILL-1'") == [("Y",)]


def test_each_screen_and_posting_month_has_a_batch_of_its_own_named_after_the_run(desk: Desk) -> None:
    last_month = desk.world.made_on.replace(day=1) - timedelta(days=1)
    made = sent(
        desk,
        desk.bill("bill-1"),
        desk.bill("bill-2"),
        desk.bill("bill-3", invoice_date=last_month),
        desk.order_bill("bill-4"),
        desk.order_bill("bill-5", invoice_date=last_month),
    )
    entry = dict(desk.rows("SELECT InvoiceNo, BatchNo FROM AP_InvoiceHeader WHERE InvoiceNo LIKE 'BILL-%'"))
    receipt = dict(desk.rows("SELECT InvoiceNo, BatchNo FROM PO_ReceiptHeader WHERE InvoiceNo LIKE 'BILL-%'"))
    assert entry["BILL-1"] == entry["BILL-2"] != entry["BILL-3"]
    assert receipt["BILL-4"] != receipt["BILL-5"]
    assert set(made) == {*entry.values(), *receipt.values()}


@pytest.mark.parametrize("make", [Desk.bill, Desk.order_bill, Desk.payment])
def test_where_batches_are_off_everything_arrives_without_one(desk: Desk, make: Any) -> None:
    change_sage(
        desk.description,
        "UPDATE AP_Options SET InvoiceBatchEntry = 'N', ManualCheckBatchEntry = 'N'",
        "UPDATE PO_Options SET ReceiptOfInvoiceBatchEntry = 'N'",
    )
    document = make(desk, "doc-1")
    assert sent(desk, document) == {}
    assert desk.cloud(kind_of([document]))["doc-1"]["status"] == "EX"
    held = [
        *desk.rows("SELECT BatchNo FROM AP_InvoiceHeader WHERE InvoiceNo = 'DOC-1'"),
        *desk.rows("SELECT BatchNo FROM PO_ReceiptHeader WHERE InvoiceNo = 'DOC-1'"),
        *desk.rows("SELECT BatchNo FROM AP_ManualCheckHeader WHERE CheckNo = 'DOC1'"),
    ]
    assert held == [("",)]
