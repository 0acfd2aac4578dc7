"""The import files, byte for byte."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.invoices import InvoiceLine
from app.domain.payments import CheckKey, PaymentLine
from app.domain.purchase_orders import OrderState, OrderType, PurchaseOrder, PurchaseOrderLine
from app.errors import SkipItem
from app.sage.visual_integrator import layout
from tests.sage.test_writers import INVOICE, PAYMENT


def order_line(key, item_type="1", **changes):
    line = PurchaseOrderLine(
        line_key=key,
        sequence=key,
        item_code=f"ITEM-{key}",
        item_type=item_type,
        description="",
        unit="EACH",
        warehouse="000",
        account_key="000000045",
        ordered=Decimal("12.000000"),
        received=Decimal("12.000000"),
        invoiced=Decimal("0.000000"),
        backordered=Decimal("0.000000"),
        unit_cost=Decimal("2.500000"),
        extension=Decimal("30.00"),
    )
    return replace(line, **changes)


ORDER = PurchaseOrder(
    number="0010001",
    order_type=OrderType.STANDARD,
    state=OrderState.OPEN,
    sage_status="O",
    order_date=date(2026, 1, 2),
    required_date=None,
    division="01",
    vendor_number="0000123",
    vendor_name="Acme",
    terms="02",
    warehouse="000",
    tax_schedule="",
    comment="",
    freight=Decimal("0.00"),
    sales_tax=Decimal("0.00"),
    lines=(order_line("000001"), order_line("000002", "4"), order_line("000003"), order_line("000004", "3")),
    receipts=(),
)
BILLED = replace(
    INVOICE,
    purchase_order="0010001",
    amount=Decimal("50.00"),
    freight=Decimal("0.00"),
    lines=(
        InvoiceLine(
            1,
            "000000045",
            Decimal("25.00"),
            po_line_key="000003",
            quantity=Decimal("10.000000"),
            unit_cost=Decimal("2.500000"),
        ),
        InvoiceLine(
            2, "000000050", Decimal("25.00"), comment="Handling", job_number="J1", cost_code="C1", cost_type="L"
        ),
    ),
)


@pytest.mark.parametrize("columns", [layout.INVOICE, layout.RECEIPT_OF_INVOICE, layout.CHECK])
def test_the_readme_names_the_columns_in_their_order(columns):
    readme = Path(__file__).parents[3].joinpath("README.md").read_text(encoding="utf-8")
    assert f"`{' '.join(columns)}`" in readme


def invoice_file(invoice=INVOICE, comment="Freight", comments=("inv-000123 Freight", ""), batch="00012"):
    return layout.spelled(layout.INVOICE, layout.invoice_rows(invoice, comment, comments, batch))


def test_an_invoice_has_a_row_for_each_distribution_and_its_head_on_all_of_them():
    data, changed = invoice_file()
    assert data == (
        b'"00012","01","0000123","INV-77",20260131,"02",20260302,,"Freight","N","Y",,110.10,10.00,0,'
        b'"000000045",60.10,"inv-000123 Freight",,,\r\n'
        b'"00012","01","0000123","INV-77",20260131,"02",20260302,,"Freight","N","Y",,110.10,10.00,0,'
        b'"000000046",40,,"J1","C1","L"\r\n'
    )
    assert changed == ()


def test_a_receipt_of_invoice_names_every_order_line_and_adds_the_charges():
    rows = layout.receipt_rows(BILLED, "Parts", ["inv-000123", "Handling"], "00003", ORDER)
    data, changed = layout.spelled(layout.RECEIPT_OF_INVOICE, rows)
    head = b'"00003","I","0010001","INV-77",20260131,"02",20260302,,"Parts","N","Y",,50.00,0.00,0,'
    assert data == (
        head + b'"000001",,,0.00,,,,,,\r\n'
        + head + b'"000003",,,10.000000,2.500000,,"inv-000123",,,\r\n'
        + head + b'"000004",,,,,0.00,,,,\r\n'
        + head + b',"3","000000050",,,25.00,"Handling","J1","C1","L"\r\n'
    )  # fmt: skip
    assert changed == ()


def test_a_check_has_a_row_for_each_invoice_that_is_paid():
    payment = replace(
        PAYMENT,
        amount=Decimal("88.00"),
        lines=(*PAYMENT.lines, PaymentLine("CN-5", Decimal("-10.00"), Decimal("0.00"))),
    )
    rows = layout.check_rows(payment, CheckKey("A", "QP0000001"), "AP Bridge pay-000007", "")
    data, changed = layout.spelled(layout.CHECK, rows)
    head = b',"A","QP0000001","N",20260201,"01","0000123",88.00,"AP Bridge pay-000007",'
    assert data == head + b'"INV-77",98.00,2.00\r\n' + head + b'"CN-5",-10.00,0.00\r\n'
    assert changed == ()


def test_a_credit_note_is_spelled_with_its_sign():
    credit = replace(
        INVOICE,
        amount=Decimal("-86.40"),
        freight=Decimal("0.00"),
        lines=(InvoiceLine(1, "000000045", Decimal("-86.40")),),
    )
    data, _ = invoice_file(credit, comments=[""])
    assert data.split(b",")[12] == b"-86.40"
    assert data.split(b",")[16] == b"-86.40"


@pytest.mark.parametrize(
    ("comment", "cell"),
    [
        ("Bolts, nuts, washers", b'"Bolts, nuts, washers"'),
        ('Pipe 3/4" black', b"\"Pipe 3/4'' black\""),
        ("First line\r\nsecond", b'"First line  second"'),
        ("Café – 5 €", b'"Caf\xe9 \x96 5 \x80"'),
        ("Świeca", b'"?wieca"'),
    ],
)
def test_words_are_kept_as_far_as_the_file_and_sage_can_hold_them(comment, cell):
    data, changed = invoice_file(comment=comment)
    assert cell in data
    assert data.count(b"\r\n") == len(INVOICE.lines)
    as_it_is = cell.strip(b'"').decode("cp1252") == comment
    assert [comment in sentence for sentence in changed] == ([] if as_it_is else [True])


@pytest.mark.parametrize(
    ("number", "why"), [("INV-Ś1", "cannot hold"), ('INV"1', "would break it"), ("INV\n1", "would break it")]
)
def test_a_number_that_cannot_be_held_as_it_is_stops_its_document(number, why):
    with pytest.raises(SkipItem) as caught:
        invoice_file(replace(INVOICE, number=number))
    assert caught.value.code == "not-importable"
    assert number in caught.value.title
    assert "InvoiceNo" in caught.value.message
    assert why in caught.value.message


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((replace(BILLED.lines[0], po_line_key="000009"),), "po-line-deleted"),
        ((BILLED.lines[0], BILLED.lines[0]), "po-line-twice"),
    ],
)
def test_what_the_order_cannot_take_is_no_file(lines, code):
    with pytest.raises(SkipItem) as caught:
        layout.receipt_rows(replace(BILLED, lines=lines), "", [""] * len(lines), "", ORDER)
    assert caught.value.code == code
