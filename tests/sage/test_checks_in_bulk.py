"""However many documents are checked, Sage is asked the same few questions: one more only for each 200 values."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.invoices import Invoice, InvoiceLine
from app.domain.payments import Payment, PaymentLine
from app.engine.checks import CheckContext, check_invoices, check_payments
from app.sage.source import IN_LIST
from tests.sage.conftest import SETTINGS

DAY = date(2026, 3, 1)


def vendor(sage, place):
    number = f"{place:07d}"
    sage.add("AP_Vendor", APDivisionNo="01", VendorNo=number, VendorName="Acme", VendorStatus="A", TermsCode="01")
    sage.add("GL_Account", AccountKey=f"{place:09d}", Account=f"610-{place}", Status="A")
    return number


def invoice(sage, place, *, matched):
    """Return an invoice of its own vendor, account and order, of which Sage has something in every place."""
    number, order = f"{'M' if matched else 'P'}-{place}", f"{place:07d}"
    key = {"APDivisionNo": "01", "VendorNo": vendor(sage, place + 5000 * matched), "InvoiceNo": number}
    stands = key | {"InvoiceDate": "2026-03-01", "InvoiceAmt": "9"}
    sage.add("AP_InvoiceHeader", **stands)
    sage.add("AP_InvoiceDetail", **key, LineKey="000001", DistributionAmt="9")
    sage.add("AP_OpenInvoice", **stands, Balance="9")
    sage.add("AP_InvoiceHistoryHeader", **stands, HeaderSeqNo="000000")
    sage.add("AP_InvoiceHistoryDetail", InvoiceNo=number, HeaderSeqNo="000000", DetailSeqNo="000001", ExtensionAmt="9")
    line = InvoiceLine(1, f"{place + 5000 * matched:09d}", Decimal("50.00"), unit="EACH", warehouse="000")
    if matched:
        head = {"ReceiptType": "I", "ReceiptNo": f"{place:06d}"}
        sage.add(
            "PO_PurchaseOrderHeader", PurchaseOrderNo=order, OrderType="S", OrderStatus="O", VendorNo=key["VendorNo"]
        )
        sage.add("PO_PurchaseOrderDetail", PurchaseOrderNo=order, LineKey="000001", ItemType="1", QuantityOrdered="10")
        sage.add("PO_ReceiptHeader", **head, **stands, PurchaseOrderNo=order)
        sage.add("PO_ReceiptDetail", **head, LineKey="000001", PurchaseOrderLineKey="000001", QuantityInvoiced="1")
        line = replace(line, po_line_key="000001", quantity=Decimal(4), unit_cost=Decimal("12.5"))
    return Invoice(
        id=f"inv-{number}",
        division="01",
        vendor_number=key["VendorNo"],
        vendor_name="Acme",
        number=number,
        invoice_date=DAY,
        due_date=DAY,
        discount_date=None,
        terms="01",
        description="",
        currency="USD",
        amount=Decimal("50.00"),
        freight=Decimal("0.00"),
        tax=Decimal("0.00"),
        tax_schedule="CA",
        separate_cheque=False,
        hold=False,
        purchase_order=order if matched else "",
        image_url="",
        lines=(line,),
    )


def payment(sage, place, *, known):
    """Return a payment of an invoice that is open and partly paid by an unposted check, or that Sage does not know."""
    number, invoice_number = vendor(sage, place + 5000 * known), f"{'K' if known else 'U'}-{place}"
    check = {"BankCode": "A", "CheckNo": f"{'K' if known else 'U'}{place}"}
    key = {"APDivisionNo": "01", "VendorNo": number, "InvoiceNo": invoice_number}
    if known:
        sage.add("AP_OpenInvoice", **key, Balance="50")
        sage.add("AP_ManualCheckHeader", **check, APDivisionNo="01", VendorNo=number, CheckAmt="1")
        sage.add("AP_ManualCheckDetail", **check, LineKey="000001", InvoiceNo=invoice_number, InvoiceAmt="1")
        sage.add("AP_CheckHistoryHeader", **check, CheckSeqNo="000000", APDivisionNo="01", VendorNo=number)
        sage.add("AP_CheckHistoryDetail", **check, CheckSeqNo="000000", InvoiceNo=invoice_number, AmountPaid="1")
    return Payment(
        id=f"pay-{invoice_number}",
        reference=check["CheckNo"],
        bank_code="A",
        payment_date=DAY,
        division="01",
        vendor_number=number,
        vendor_name="Acme",
        currency="USD",
        amount=Decimal("50.00"),
        method="Check",
        lines=(PaymentLine(invoice_number, Decimal("50.00"), Decimal("0.00")),),
    )


def asked(sage, company, check, documents):
    """Return how often each table was asked for while `documents` were checked."""
    before = len(sage.statements)
    context = CheckContext(company=SETTINGS, ledger=company().ledger, today=DAY, ours=lambda _: False)
    assert set(check(context, documents)) == {each.id for each in documents}
    return Counter(sql.split(" FROM ")[1].split()[0] for sql, _ in sage.statements[before:])


@pytest.mark.parametrize(
    ("check", "make"),
    [
        pytest.param(check_invoices, lambda sage, place: invoice(sage, place, matched=False), id="invoices"),
        pytest.param(check_invoices, lambda sage, place: invoice(sage, place, matched=True), id="bills-of-orders"),
        pytest.param(check_payments, lambda sage, place: payment(sage, place, known=True), id="payments"),
        pytest.param(check_payments, lambda sage, place: payment(sage, place, known=False), id="unknown-invoices"),
    ],
)
def test_two_hundred_documents_ask_as_often_as_one_and_four_hundred_at_most_twice(sage, company, check, make):
    documents = [make(sage, place) for place in range(1, 2 * IN_LIST + 1)]
    one = asked(sage, company, check, documents[:1])
    many = asked(sage, company, check, documents[:IN_LIST])
    most = asked(sage, company, check, documents)
    assert many == one
    assert set(most) == set(one)
    assert all(most[table] <= 2 * times for table, times in one.items())
