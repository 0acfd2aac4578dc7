"""What Quadient AP and Sage have under one number, set side by side."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.domain.invoices import InvoiceLine
from app.domain.payments import PaymentLine
from app.engine.sending.side_by_side import Compared, side_by_side
from app.sage.found import FoundLine, Place
from tests.engine.checks.fakes import make_found, make_found_check, make_invoice, make_payment

ACCOUNTS = {"000000012": "610-00-00 Office supplies"}
OURS = make_invoice(
    amount=Decimal("30.00"),
    description="Paper",
    lines=(InvoiceLine(1, "000000012", Decimal("10.00"), "a"), InvoiceLine(2, "000000013", Decimal("20.00"), "b")),
)


def named(rows: tuple[Compared, ...], field: str) -> Compared:
    """Return the row of a field."""
    (row,) = (each for each in rows if each.field == field)
    return row


def test_nothing_in_sage_is_nothing_to_compare() -> None:
    assert side_by_side(OURS, "", (), {}) == ()


def test_what_differs_is_marked_and_what_only_describes_is_not() -> None:
    found = make_found(
        batch="00012", invoice_date=date(2026, 10, 1), amount=Decimal("31.00"), comment="By hand",
        lines=(FoundLine("000000012", Decimal("10.00"), "x"), FoundLine("000000013", Decimal("21.00"), "b")),
    )  # fmt: skip
    rows = side_by_side(OURS, "", (found,), ACCOUNTS)
    assert named(rows, "Where").theirs == ("A/P Invoice Data Entry, batch 00012",)
    assert named(rows, "Amount") == Compared("Amount", "30.00", ("31.00",), differs=True)
    assert named(rows, "Date") == Compared("Date", "Nov 3, 2026", ("Oct 1, 2026",), differs=True)
    assert named(rows, "Comment") == Compared("Comment", "Paper", ("By hand",), differs=False)
    assert named(rows, "Number").differs is named(rows, "Vendor").differs is False
    assert named(rows, "Line 1") == Compared(
        "Line 1",
        "610-00-00 Office supplies, 10.00, a",
        ("610-00-00 Office supplies, 10.00, x",),
        differs=False,
    )
    assert named(rows, "Line 2") == Compared("Line 2", "000000013, 20.00, b", ("000000013, 21.00, b",), differs=True)


def test_lines_are_set_beside_those_they_are_like_and_the_rest_is_told() -> None:
    other = FoundLine("000000099", Decimal("5.00"), "")
    found = make_found(lines=(FoundLine("000000013", Decimal("20.00"), ""), other))
    rows = side_by_side(OURS, "", (found,), {})
    assert named(rows, "Line 1") == Compared("Line 1", "000000012, 10.00, a", ("no such line",), differs=True)
    assert named(rows, "Line 2").differs is False
    assert named(rows, "One more line") == Compared("One more line", "no such line", ("000000099, 5.00",), differs=True)


def test_open_invoices_and_history_stand_in_columns_of_their_own() -> None:
    open_ = make_found(Place.OPEN, batch="", amount=OURS.amount, lines=())
    history = make_found(Place.HISTORY, batch="", amount=OURS.amount, lines=(FoundLine("1", Decimal("30.00"), ""),))
    rows = side_by_side(OURS, "", (open_, history), {})
    assert named(rows, "Where").theirs == ("open invoices", "history")
    assert named(rows, "Amount") == Compared("Amount", "30.00", ("30.00", "30.00"), differs=False)
    assert named(rows, "Line 1").theirs == ("Sage keeps no lines here", "no such line")
    assert named(rows, "One more line").theirs == ("", "1, 30.00")


def test_lines_that_sage_does_not_keep_are_no_difference() -> None:
    rows = side_by_side(OURS, "", (make_found(Place.OPEN, batch="", lines=()),), {})
    assert named(rows, "Line 1").differs is False


def test_a_receipt_is_named_by_its_number() -> None:
    found = make_found(Place.RECEIPT_OF_INVOICE, entry_number="0000042")
    assert named(side_by_side(OURS, "", (found,), {}), "Receipt").theirs == ("0000042",)


def test_a_record_that_cannot_be_read_says_which_value() -> None:
    found = make_found(unreadable="AP_InvoiceHeader.InvoiceAmt holds “1O.00”", invoice_date=None, lines=())
    rows = side_by_side(OURS, "", (found,), {})
    assert named(rows, "Amount").theirs == ("AP_InvoiceHeader.InvoiceAmt holds “1O.00”",)
    assert named(rows, "Amount").differs
    assert named(rows, "Line 1") == Compared("Line 1", "000000012, 10.00, a", ("cannot be read",), differs=False)


def test_a_check_to_another_vendor_says_so() -> None:
    paid = (PaymentLine("INV-1", Decimal("10.00"), Decimal("0.00")),)
    payment = make_payment(amount=Decimal("10.00"), lines=paid)
    found = make_found_check(
        vendor_number="BOLT", amount=payment.amount, lines=(FoundLine("", Decimal("10.00"), "", "INV-1"),)
    )
    rows = side_by_side(payment, "PAY000123", (replace(found, check_date=payment.payment_date),), {})
    assert named(rows, "Vendor") == Compared("Vendor", "01-ACME", ("01-BOLT",), differs=True)
    assert named(rows, "Number").ours == "A PAY000123"
    assert named(rows, "Line 1") == Compared("Line 1", "INV-1, 10.00", ("INV-1, 10.00",), differs=False)
    assert [each.field for each in rows if each.differs] == ["Vendor"]
