"""An invoice against its purchase order as Sage has it now."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.findings import Finding, Severity
from app.domain.invoices import Invoice, InvoiceLine
from app.domain.purchase_orders import OrderState, OrderType
from app.engine.checks import check_invoices
from app.sage.found import Place, UnpostedEntry, UnpostedUse
from tests.engine.checks.fakes import (
    FakeLedger,
    ledger_with_order,
    make_context,
    make_found,
    make_invoice,
    make_matched,
)

ENTRY = UnpostedEntry("000077", "00003")


def findings(invoice: Invoice, ledger: FakeLedger) -> tuple[Finding, ...]:
    return check_invoices(make_context(ledger), [invoice])[invoice.id].findings


def unposted(quantity: str, line_changes: dict[str, Any] | None = None, unreadable: str = "") -> FakeLedger:
    ledger = ledger_with_order(line_changes)
    ledger.billed_rows["0001234", "000001"] = UnpostedUse(Decimal(quantity), (ENTRY,), unreadable)
    return ledger


def codes(invoice: Invoice, ledger: FakeLedger) -> list[str]:
    return [finding.code for finding in findings(invoice, ledger)]


@pytest.mark.parametrize(
    ("code", "invoice", "ledger", "said"),
    [
        ("po-missing", make_matched(), FakeLedger(), "names purchase order 0001234. Sage has no such"),
        ("po-missing", make_matched(purchase_order=""), FakeLedger(), "names no purchase order number"),
        (
            "po-closed",
            make_matched(),
            ledger_with_order(state=OrderState.COMPLETE, sage_status="X"),
            "In Sage this order is complete (status X).",
        ),
        (
            "po-closed",
            make_matched(),
            ledger_with_order(state=OrderState.CANCELLED, sage_status="Z"),
            "cancelled (status Z)",
        ),
        (
            "vendor-differs",
            make_matched(),
            ledger_with_order(vendor_number="BOLT", vendor_name="Bolt & Co"),
            "01-ACME (Acme Tools). In Sage, purchase order 0001234 belongs to vendor 01-BOLT (Bolt & Co).",
        ),
        (
            "po-line-deleted",
            make_matched(),
            ledger_with_order(lines=()),
            "Line 1 of the invoice (DRILL) is matched to line 000001 of purchase order 0001234",
        ),
        (
            "po-cost-changed",
            make_matched(),
            ledger_with_order({"unit_cost": Decimal("12.512500")}),
            "bills DRILL at 12.50. In Sage, purchase order 0001234 now has a unit cost of 12.5125.",
        ),
        (
            "po-quantity-changed",
            make_matched("4.500000"),
            ledger_with_order({"ordered": Decimal("3.000000")}),
            "bills 4.5 of DRILL. In Sage, purchase order 0001234 now has 3 ordered.",
        ),
        (
            "po-over-invoiced",
            make_matched("4.000000"),
            ledger_with_order({"invoiced": Decimal("7.000000")}),
            "bills 4 of DRILL. In Sage, purchase order 0001234 has 10 ordered and 7 already invoiced.",
        ),
    ],
)
def test_each_difference_stops_alone_and_shows_both_values(
    code: str, invoice: Invoice, ledger: FakeLedger, said: str
) -> None:
    (finding,) = findings(invoice, ledger)
    assert (finding.code, finding.severity) == (code, Severity.STOPS)
    assert said in finding.message
    assert finding.fix


def test_drop_shipment_warns_and_can_be_sent() -> None:
    ledger = ledger_with_order(order_type=OrderType.DROP_SHIP)
    verdict = check_invoices(make_context(ledger), [make_matched()])["inv-000123"]
    assert [finding.code for finding in verdict.findings] == ["po-drop-ship"]
    assert verdict.sendable


@pytest.mark.parametrize(
    ("quantity", "line_changes"),
    [
        pytest.param("10.000000", {}, id="all-of-it"),
        pytest.param("4.000000", {"invoiced": Decimal("6.000000")}, id="exactly-the-rest"),
        pytest.param("4.000000", {"unit_cost": Decimal("12.5")}, id="same-cost-written-shorter"),
        pytest.param("4.000000", {"item_type": "3", "ordered": Decimal(0), "unit_cost": Decimal(0)}, id="charge"),
        pytest.param("-4.000000", {"invoiced": Decimal("10.000000")}, id="credit-of-billed-goods"),
    ],
)
def test_what_the_order_allows_is_silent(quantity: str, line_changes: dict[str, Any]) -> None:
    stopping = [
        finding
        for finding in findings(make_matched(quantity), ledger_with_order(line_changes))
        if finding.severity is not Severity.INFORMS
    ]
    assert stopping == []


def test_invoice_without_matched_lines_asks_for_no_order() -> None:
    assert codes(make_invoice(purchase_order="0001234"), FakeLedger()) == []


def test_matched_line_without_account_takes_the_orders() -> None:
    invoice = make_matched()
    invoice = replace(invoice, lines=tuple(replace(line, account_key="") for line in invoice.lines))
    assert codes(invoice, ledger_with_order()) == []


def test_two_lines_that_bill_one_order_line_count_together() -> None:
    half = make_matched("6.000000")
    twice = replace(half, lines=(half.lines[0], replace(half.lines[0], number=2)), amount=half.amount * 2)
    doubled, changed = findings(twice, ledger_with_order())
    assert (doubled.code, changed.code) == ("po-line-twice", "po-quantity-changed")
    assert "Lines 1 and 2 of the invoice are matched to the same line 000001 of purchase order" in doubled.message
    assert "bills 12 of DRILL" in changed.message


def test_two_lines_on_one_order_line_stop_though_the_order_has_enough() -> None:
    half = make_matched("2.000000")
    twice = replace(half, lines=(half.lines[0], replace(half.lines[0], number=2)), amount=half.amount * 2)
    assert codes(twice, ledger_with_order()) == ["po-line-twice"]


def test_closed_order_hides_what_follows_from_it() -> None:
    ledger = ledger_with_order({"invoiced": Decimal("10.000000")}, state=OrderState.COMPLETE, sage_status="X")
    assert codes(make_matched(), ledger) == ["po-closed"]


def test_mixed_invoice_checks_only_its_matched_lines_against_the_order() -> None:
    matched = make_matched()
    mixed = replace(
        matched,
        lines=(*matched.lines, InvoiceLine(2, "000000013", Decimal("5.00"))),
        amount=matched.amount + Decimal("5.00"),
    )
    assert codes(mixed, ledger_with_order()) == []


def test_second_ready_invoice_that_takes_more_than_is_left_stops_and_names_the_first() -> None:
    first, second = make_matched("6.000000"), make_matched("5.000000", id="inv-000124", number="INV-1044")
    verdicts = check_invoices(make_context(ledger_with_order()), [first, second])
    assert verdicts["inv-000123"].sendable
    (finding,) = verdicts["inv-000124"].findings
    assert finding.code == "po-over-invoiced"
    assert "10 ordered and 0 already invoiced, and invoice INV-1043 before this one bills 6" in finding.message


def test_stopped_invoice_takes_nothing_from_the_order() -> None:
    first = make_matched("6.000000", terms="99")
    second = make_matched("5.000000", id="inv-000124", number="INV-1044")
    verdicts = check_invoices(make_context(ledger_with_order()), [first, second])
    assert verdicts["inv-000124"].sendable


@pytest.mark.parametrize(("quantity", "sendable"), [("4.000000", True), ("5.000000", False)])
def test_adopted_unposted_invoice_takes_from_the_order_once(quantity: str, sendable: bool) -> None:
    first, second = make_matched("6.000000"), make_matched(quantity, id="inv-000124", number="INV-1044")
    ledger = unposted("6.000000")
    ledger.invoice_rows[first.key] = (make_found(Place.RECEIPT_OF_INVOICE, reference=first.id, amount=first.amount),)
    verdicts = check_invoices(make_context(ledger), [first, second])
    assert [finding.code for finding in verdicts["inv-000123"].findings] == ["duplicate-unposted"]
    assert verdicts["inv-000124"].sendable is sendable


def test_adopted_posted_invoice_takes_what_the_order_says() -> None:
    first, second = make_matched("6.000000"), make_matched("4.000000", id="inv-000124", number="INV-1044")
    ledger = ledger_with_order({"invoiced": Decimal("6.000000")})
    ledger.invoice_rows[first.key] = (make_found(Place.OPEN, reference=first.id, amount=first.amount),)
    assert check_invoices(make_context(ledger), [first, second])["inv-000124"].sendable


def test_bill_sent_in_an_earlier_run_and_not_posted_yet_counts_against_the_order() -> None:
    (finding,) = findings(make_matched("4.000000"), unposted("6.500000", {"invoiced": Decimal("1.000000")}))
    assert finding.code == "po-over-invoiced"
    assert (
        "bills 4 of DRILL. In Sage, purchase order 0001234 has 10 ordered and 1 already invoiced, 6.5 billed but not "
        "posted yet in receipt of invoice 000077 (batch 00003)."
    ) in finding.message


def test_exactly_what_posted_and_unposted_bills_leave_can_be_billed() -> None:
    assert codes(make_matched("4.000000"), unposted("5.000000", {"invoiced": Decimal("1.000000")})) == []


def test_unposted_credit_gives_nothing_back_before_it_is_posted() -> None:
    ledger = unposted("-4.000000", {"invoiced": Decimal("10.000000")})
    assert codes(make_matched("4.000000"), ledger) == ["po-over-invoiced"]


def test_unposted_bill_that_cannot_be_read_stops_the_bills_of_its_order_line() -> None:
    ledger = unposted("0", unreadable="PO_ReceiptDetail.QuantityInvoiced holds “4x”")
    (finding,) = findings(make_matched(), ledger)
    assert finding.code == "unreadable-in-sage"
    assert "PO_ReceiptDetail.QuantityInvoiced holds “4x”" in finding.message
    assert "receipt of invoice 000077 (batch 00003)" in finding.message


def test_unposted_bill_that_names_no_lines_stops_the_bills_of_its_order() -> None:
    ledger = ledger_with_order()
    use = UnpostedUse(Decimal(0), (ENTRY,), "PO_ReceiptDetail lacks PurchaseOrderLineKey")
    ledger.billed_rows["0001234", ""] = use
    (finding,) = findings(make_matched(), ledger)
    assert finding.code == "unreadable-in-sage"
    assert "receipt of invoice 000077 (batch 00003), not posted yet" in finding.message


@given(billed=st.integers(1, 20), ordered=st.integers(0, 20), invoiced=st.integers(0, 20))
def test_quantity_changed_and_over_invoiced_never_meet_and_together_miss_nothing(
    billed: int, ordered: int, invoiced: int
) -> None:
    ledger = ledger_with_order({"ordered": Decimal(ordered), "invoiced": Decimal(invoiced)})
    found = codes(make_matched(f"{billed}.000000"), ledger)
    assert len(found) <= 1
    assert bool(found) is (billed + invoiced > ordered)
