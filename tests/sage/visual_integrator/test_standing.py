"""When a document counts as whole, as somebody else's, and as lines that belong to nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.invoices import Destination
from app.domain.payments import CheckKey
from app.sage.cells import Observations
from app.sage.found import FoundCheck, FoundInvoice, FoundLine, Place
from app.sage.source import Source
from app.sage.visual_integrator.standing import Standing, Wanted, standing
from tests.sage.test_writers import INVOICE, PAYMENT

BILL = Wanted(Destination.INVOICE_ENTRY, INVOICE)
RECEIPT = Wanted(Destination.RECEIPT_OF_INVOICE, INVOICE)
PAID = Wanted(Destination.MANUAL_CHECK, PAYMENT, CheckKey("A", "QP1"))
LINES = (
    FoundLine("000000045", Decimal("60.10"), "inv-000123 Freight"),
    FoundLine("000000046", Decimal("40.00"), ""),
)
ENTERED = FoundInvoice(Place.INVOICE_ENTRY, "00012", INVOICE.invoice_date, INVOICE.amount, "Freight", "", LINES)
CHECK = FoundCheck(
    Place.MANUAL_CHECK,
    "00005",
    PAYMENT.payment_date,
    "01",
    "0000123",
    PAYMENT.amount,
    "AP Bridge pay-000007",
    (FoundLine("", Decimal("98.00"), "", "INV-77"),),
)


def seen(*entered, loose=frozenset()):
    return Standing(entered, (), loose)


@pytest.mark.parametrize(("entered", "wanted"), [(ENTERED, BILL), (CHECK, PAID)])
def test_a_document_is_whole_when_day_amount_and_lines_are(entered, wanted):
    assert seen(entered).whole(wanted)


def test_a_receipt_is_whole_with_the_orders_other_lines():
    others = FoundLine("000000047", Decimal("0.00"), "")
    assert seen(replace(ENTERED, lines=(others, *LINES, others))).whole(RECEIPT)


@pytest.mark.parametrize(
    "changes",
    [
        {"invoice_date": date(2026, 1, 30)},
        {"amount": Decimal("110.11")},
        {"lines": LINES[:1]},
        {"lines": (LINES[0], replace(LINES[1], amount=Decimal("39.99")))},
        {"lines": (*LINES, LINES[1])},
        {"lines": (replace(LINES[0], amount=Decimal("100.10")),)},
        {"lines": ()},
        {"unreadable": "AP_InvoiceHeader.InvoiceAmt holds “x”"},
    ],
)
def test_an_invoice_that_differs_is_not_whole(changes):
    assert not seen(replace(ENTERED, **changes)).whole(BILL)


@pytest.mark.parametrize(
    "changes", [{"check_date": date(2026, 2, 2)}, {"amount": Decimal("97.00")}, {"lines": ()}, {"unreadable": "x"}]
)
def test_a_check_that_differs_is_not_whole(changes):
    assert not seen(replace(CHECK, **changes)).whole(PAID)


@pytest.mark.parametrize("entered", [(), (ENTERED, ENTERED)])
def test_none_and_two_are_not_whole(entered):
    assert not seen(*entered).whole(BILL)


@pytest.mark.parametrize(
    ("changes", "theirs"),
    [
        ({}, False),
        ({"lines": LINES[1:]}, True),
        ({"lines": LINES[1:], "balanced": False}, False),
        ({"lines": ()}, False),
    ],
)
def test_only_a_whole_record_without_our_mark_is_somebody_elses(changes, theirs):
    assert seen(replace(ENTERED, **changes)).belongs_to_others(BILL) is theirs


def test_nothing_is_nobodys():
    assert not seen().belongs_to_others(BILL)


@pytest.fixture
def source(sage):
    return Source(sage, sage.on_call)


def test_lines_without_a_head_are_found_for_this_document_only(sage, source):
    for line, number, vendor in (("1", "INV-77", "0000123"), ("2", "INV-78", "0000123"), ("3", "INV-77", "0000999")):
        sage.add("AP_InvoiceDetail", APDivisionNo="01", VendorNo=vendor, InvoiceNo=number, LineKey=line, AccountKey="1")
    for line, bank in (("4", "A"), ("5", "B")):
        sage.add("AP_ManualCheckDetail", BankCode=bank, CheckNo="QP1", LineKey=line, InvoiceNo="X")
    assert standing(source, Observations(), BILL) == seen(loose=frozenset({"INV-77 1"}))
    assert standing(source, Observations(), PAID) == seen(loose=frozenset({"QP1 4"}))


def test_receipts_without_a_head_are_found_whatever_their_number(sage, source):
    for kind, number, head in (("I", "000001", True), ("I", "000002", False), ("G", "000003", False)):
        if head:
            sage.add("PO_ReceiptHeader", ReceiptType=kind, ReceiptNo=number)
        sage.add("PO_ReceiptDetail", ReceiptType=kind, ReceiptNo=number, LineKey="000001")
    assert standing(source, Observations(), RECEIPT) == seen(loose=frozenset({"000002"}))


def test_what_stands_in_another_place_is_told_apart(sage, source):
    sage.add("AP_OpenInvoice", APDivisionNo="01", VendorNo="0000123", InvoiceNo="INV-77", InvoiceAmt="1", Balance="1")
    there = standing(source, Observations(), BILL)
    assert (there.entered, [each.place for each in there.elsewhere]) == ((), [Place.OPEN])
