"""What is told of two versions of one document."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.invoices import Invoice, InvoiceLine
from app.domain.payments import Payment, PaymentLine
from app.engine.sending.changes import Change, changes, sentence
from tests.engine.checks.fakes import make_invoice, make_payment

UNTOLD = ("lines", "revision")  # told one by one; a name for the version, which nobody reads

OTHER: dict[str, Any] = {
    "str": "something else",
    "Decimal": Decimal("7.77"),
    "bool": True,
    "date": date(2020, 1, 2),
    "int": 99,
}


def other(value: Any, missing: Any) -> Any:
    """Return a value of the same type that differs; `missing` in place of None."""
    if value is None:
        return missing
    return (not value) if isinstance(value, bool) else OTHER[type(value).__name__]


def lines(*parts: tuple[str, str, str]) -> tuple[InvoiceLine, ...]:
    """Return lines numbered from 1 of accounts, amounts and comments."""
    return tuple(
        InvoiceLine(number, account, Decimal(amount), comment)
        for number, (account, amount, comment) in enumerate(parts, start=1)
    )


def test_versions_that_say_the_same_have_no_changes() -> None:
    assert changes(make_invoice(), make_invoice(revision="2")) == ()
    assert sentence(()) == ""


def test_amounts_and_dates_are_told_as_people_read_them() -> None:
    before = make_invoice(amount=Decimal("1204.50"), due_date=None)
    now = replace(before, amount=Decimal("-1304.5"), due_date=date(2026, 12, 3), hold=True)
    assert changes(before, now) == (
        Change("Due date", "no date", "Dec 3, 2026"),
        Change("Amount", "1,204.50", "-1,304.50"),
        Change("Hold payment", "No", "Yes"),
    )


def test_a_vendor_is_one_change_whichever_part_of_it_differs() -> None:
    before = make_invoice(division="01", vendor_number="ACME", vendor_name="Acme Tools")
    now = replace(before, vendor_number="BOLT", vendor_name="Bolt & Co")
    assert changes(before, now) == (Change("Vendor", "01-ACME (Acme Tools)", "01-BOLT (Bolt & Co)"),)


@pytest.mark.parametrize("field", [each.name for each in fields(Invoice) if each.name not in UNTOLD])
def test_no_field_of_make_invoice_changes_unseen(field: str) -> None:
    before = make_invoice()
    assert len(changes(before, replace(before, **{field: other(getattr(before, field), date(2026, 1, 1))}))) == 1


@pytest.mark.parametrize("field", [each.name for each in fields(InvoiceLine)])
def test_no_field_of_make_invoice_line_changes_unseen(field: str) -> None:
    line = InvoiceLine(1, "000000012", Decimal("10.00"))
    before, now = (
        make_invoice(lines=(each,))
        for each in (line, replace(line, **{field: other(getattr(line, field), Decimal(3))}))
    )
    told = changes(before, now)
    assert len(told) == 1
    assert told[0].before is not None
    assert told[0].before != told[0].now


@pytest.mark.parametrize("field", [each.name for each in fields(Payment) if each.name not in UNTOLD])
def test_no_field_of_a_payment_changes_unseen(field: str) -> None:
    before = make_payment()
    assert len(changes(before, replace(before, **{field: other(getattr(before, field), date(2026, 1, 1))}))) == 1


def test_a_line_taken_out_of_the_middle_is_one_change() -> None:
    before = make_invoice(lines=lines(("610", "1.00", "a"), ("620", "2.00", "b"), ("630", "3.00", "c")))
    now = replace(before, lines=lines(("610", "1.00", "a"), ("630", "3.00", "c")))
    assert changes(before, now) == (Change("Line 2", "620, 2.00, b", None),)


def test_a_line_put_in_between_is_one_change() -> None:
    before = make_invoice(lines=lines(("610", "1.00", "a"), ("630", "3.00", "c")))
    now = replace(before, lines=lines(("610", "1.00", "a"), ("620", "2.00", "b"), ("630", "3.00", "c")))
    assert changes(before, now) == (Change("Line 2", None, "620, 2.00, b"),)


def test_a_line_that_moved_up_and_got_another_amount_is_matched_by_what_it_is_for() -> None:
    before = make_invoice(lines=lines(("610", "1.00", "a"), ("620", "2.00", "b"), ("630", "3.00", "c")))
    now = replace(before, lines=lines(("620", "2.00", "b"), ("630", "3.50", "c")))
    assert changes(before, now) == (
        Change("Line 1", "610, 1.00, a", None),
        Change("Line 2, amount", "3.00", "3.50"),
    )


def test_lines_of_an_order_are_matched_by_their_line_there() -> None:
    line = InvoiceLine(1, "610", Decimal("20.00"), "", "000001", "BOLT-M8", Decimal(10), Decimal("2.000000"))
    other_line = replace(line, number=2, po_line_key="000002", item_code="NUT-M8")
    before = make_invoice(lines=(line, other_line))
    now = replace(before, lines=(replace(other_line, number=1, quantity=Decimal("8.500000")), replace(line, number=2)))
    assert Change("Line 1, quantity", "10", "8.5") in changes(before, now)
    assert [each.field for each in changes(before, now)] == ["Line 1, quantity", "Order of the lines"]


def test_a_line_tied_to_another_line_of_the_order_says_so() -> None:
    line = InvoiceLine(1, "610", Decimal("20.00"), "", "000001", "BOLT-M8", Decimal(10), Decimal("2.000000"))
    before = make_invoice(lines=(line,))
    now = replace(before, lines=(replace(line, po_line_key="000002"),))
    assert changes(before, now) == (Change("Line 1, line of the purchase order", "000001", "000002"),)


def test_lines_that_only_changed_places_are_one_change() -> None:
    before = make_invoice(lines=lines(("610", "1.00", "a"), ("620", "2.00", "b")))
    now = replace(before, lines=lines(("620", "2.00", "b"), ("610", "1.00", "a")))
    assert changes(before, now) == (Change("Order of the lines", "1 (1.00), 2 (2.00)", "2 (2.00), 1 (1.00)"),)


def test_accounts_are_told_by_the_words_people_know_them_by() -> None:
    before = make_invoice(lines=lines(("000000012", "1.00", "")))
    now = replace(before, lines=lines(("000000013", "1.00", "")))
    known = {"000000012": "610-00-00 Office supplies"}
    assert changes(before, now, known) == (Change("Line 1, account", "610-00-00 Office supplies", "000000013"),)


def test_payments_tell_what_is_paid_of_each_invoice() -> None:
    paid = [PaymentLine(number, Decimal("10.00"), Decimal("0.00")) for number in ("A", "B", "C")]
    before = make_payment(lines=tuple(paid[:2]))
    now = replace(
        before, lines=(replace(paid[1], discount=Decimal("0.20")), replace(paid[2], discount=Decimal("1.00")))
    )
    assert changes(before, now) == (
        Change("Invoice A", "10.00", None),
        Change("Invoice B, discount", "0.00", "0.20"),
        Change("Invoice C", None, "10.00, discount 1.00"),
    )


def test_make_invoice_and_a_payment_are_no_versions_of_one_document() -> None:
    with pytest.raises(TypeError, match="Invoice and Payment"):
        changes(make_invoice(), make_payment())


def test_the_sentence_names_the_first_changes_and_counts_the_rest() -> None:
    told = (
        Change("Amount", "1.00", "2.00"),
        Change("Description", "", "x"),
        Change("Line 2", None, "610, 1.00"),
        Change("Line 3", "610, 1.00", None),
        Change("Terms", "01", ""),
    )
    assert sentence(told) == (
        "Amount was 1.00 and is now 2.00; Description was empty and is now x; Line 2 was added (610, 1.00); "
        "2 more changes."
    )
    assert sentence(told, at_most=4).endswith("Line 3 was removed (610, 1.00); 1 more change.")


_a_line = st.builds(
    InvoiceLine,
    st.integers(1, 3),
    st.sampled_from(["610", "620"]),
    st.sampled_from([Decimal("1.00"), Decimal("2.00")]),
    st.sampled_from(["", "a"]),
    st.sampled_from(["", "000001", "000002"]),
)
_a_payment_line = st.builds(
    PaymentLine, st.sampled_from("AB"), st.sampled_from([Decimal("1.00"), Decimal("2.00")]), st.just(Decimal("0.00"))
)


@given(st.lists(_a_line, max_size=5), st.lists(_a_line, max_size=5))
def test_there_are_changes_if_and_only_if_the_lines_differ(before: list[InvoiceLine], now: list[InvoiceLine]) -> None:
    versions = [make_invoice(lines=tuple(each)) for each in (before, now)]
    assert bool(changes(*versions)) == (before != now)


@given(st.lists(_a_payment_line, max_size=5), st.lists(_a_payment_line, max_size=5))
def test_there_are_changes_if_and_only_if_what_is_paid_differs(
    before: list[PaymentLine], now: list[PaymentLine]
) -> None:
    versions = [make_payment(lines=tuple(each)) for each in (before, now)]
    assert bool(changes(*versions)) == (before != now)
