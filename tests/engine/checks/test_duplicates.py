"""An invoice that Sage has already: adopted when it is equal and ours, stopped when it is not."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.findings import Severity
from app.engine.checks import Verdict, check_invoices
from app.sage.found import FoundInvoice, Place
from tests.engine.checks.fakes import (
    KEY,
    FakeLedger,
    ledger_with_order,
    make_context,
    make_found,
    make_invoice,
    make_matched,
)

ID = "inv-000123"


def judge(*found: FoundInvoice, intended: bool = False) -> Verdict:
    context = make_context(FakeLedger(invoice_rows={KEY: found}), ours=lambda id_: intended and id_ == ID)
    return check_invoices(context, [make_invoice()])[ID]


@pytest.mark.parametrize(
    ("place", "code"),
    [
        (Place.INVOICE_ENTRY, "duplicate-unposted"),
        (Place.RECEIPT_OF_INVOICE, "duplicate-unposted"),
        (Place.OPEN, "duplicate-posted"),
        (Place.HISTORY, "duplicate-posted"),
    ],
)
def test_equal_invoice_that_is_not_ours_stops_wherever_it_is(place: Place, code: str) -> None:
    (finding,) = judge(make_found(place)).findings
    assert (finding.code, finding.severity) == (code, Severity.STOPS)
    assert place in finding.message
    assert "did not come from AP Bridge" in finding.message
    assert "Mark as exported" in finding.fix


@pytest.mark.parametrize("place", [Place.INVOICE_ENTRY, Place.HISTORY])
def test_one_that_ap_bridge_wrote_for_another_document_is_said_to_be_that(place: Place) -> None:
    (finding,) = judge(make_found(place, reference="AP Bridge inv-000999")).findings
    assert finding.severity is Severity.STOPS
    assert "AP Bridge wrote the one in Sage too, as inv-000999 of Quadient AP." in finding.message


@pytest.mark.parametrize("place", [Place.INVOICE_ENTRY, Place.RECEIPT_OF_INVOICE, Place.OPEN, Place.HISTORY])
def test_equal_invoice_with_our_reference_is_adopted_wherever_it_is(place: Place) -> None:
    verdict = judge(make_found(place, reference=ID))
    assert verdict.sendable
    (finding,) = verdict.findings
    assert finding.severity is Severity.INFORMS
    assert place in finding.message
    assert "will not be written again" in finding.message


def test_posted_invoice_is_adopted_when_only_history_kept_the_line_comments() -> None:
    verdict = judge(make_found(Place.OPEN, lines=()), make_found(Place.HISTORY, reference=ID))
    assert verdict.sendable
    assert Place.HISTORY in verdict.findings[0].message


def test_ours_that_lacks_a_part_is_not_adopted_and_says_so() -> None:
    verdict = judge(make_found(reference=ID, balanced=False))
    assert not verdict.sendable
    assert verdict.findings[0].message.endswith("Its lines in Sage do not come to its amount: a part of it is missing.")
    assert "complete it there" in verdict.findings[0].fix


def test_different_invoice_names_both_versions() -> None:
    (finding,) = judge(make_found(invoice_date=date(2026, 10, 3), amount=Decimal("1240.50"))).findings
    assert (
        "invoice INV-1043 of vendor 01-ACME in A/P Invoice Data Entry, batch 00012, dated Oct 3, 2026, 1,240.50. "
        "Quadient AP has it dated Nov 3, 2026, 1,204.50."
    ) in finding.message
    assert finding.fix.startswith("If it is the same bill, choose Mark as exported; if not")


@pytest.mark.parametrize("posted", [False, True])
def test_ours_but_changed_is_not_adopted_and_says_so(posted: bool) -> None:
    place = Place.OPEN if posted else Place.INVOICE_ENTRY
    verdict = judge(make_found(place, reference=ID, amount=Decimal("1204.51")))
    assert not verdict.sendable
    assert "since then one of the two was changed" in verdict.findings[0].message
    assert ("adjust the posted invoice" in verdict.findings[0].fix) is posted


def test_intended_but_unmarked_is_not_adopted_and_says_so() -> None:
    verdict = judge(make_found(), intended=True)
    assert not verdict.sendable
    assert (
        "began to send this invoice before, but the one in Sage does not bear its mark" in verdict.findings[0].message
    )


def test_a_longer_reference_that_begins_like_ours_is_not_ours() -> None:
    assert not judge(make_found(reference=f"{ID}4")).sendable


def test_posted_in_open_invoices_and_history_is_one_finding() -> None:
    verdict = judge(make_found(Place.OPEN), make_found(Place.HISTORY))
    assert [finding.code for finding in verdict.findings] == ["duplicate-posted"]


def test_damaged_record_of_the_number_stops_this_invoice_alone_and_says_where() -> None:
    damaged = make_found(
        reference=ID,
        invoice_date=None,
        amount=Decimal("0.00"),
        unreadable="AP_InvoiceHeader.InvoiceAmt holds “12x.9”",
    )
    context = make_context(FakeLedger(invoice_rows={KEY: (damaged,)}))
    verdicts = check_invoices(context, [make_invoice(), make_invoice(id="inv-000124", number="INV-1044")])
    assert verdicts["inv-000124"].sendable
    (finding,) = verdicts[ID].findings
    assert (finding.code, finding.severity) == ("unreadable-in-sage", Severity.STOPS)
    assert "invoice INV-1043 in A/P Invoice Data Entry, batch 00012" in finding.message
    assert "AP_InvoiceHeader.InvoiceAmt holds “12x.9”" in finding.message
    assert finding.fix.startswith("Correct or delete that entry in Sage")


def test_damaged_record_is_nobodys_even_for_a_document_of_nothing() -> None:
    damaged = make_found(reference=ID, amount=Decimal("0.00"), unreadable="AP_InvoiceHeader.InvoiceAmt holds “x”")
    assert not damaged.carries(ID)


def test_number_that_sage_does_not_have_is_silent() -> None:
    assert judge().findings == ()


def test_second_invoice_with_the_number_of_an_adopted_one_stops_alone() -> None:
    ledger = FakeLedger(invoice_rows={KEY: (make_found(reference=ID),)})
    verdicts = check_invoices(make_context(ledger), [make_invoice(), make_invoice(id="inv-000124")])
    assert verdicts[ID].sendable
    assert [finding.code for finding in verdicts["inv-000124"].findings] == ["duplicate-unposted"]


def test_adopted_bill_is_not_held_against_the_order_it_used_up() -> None:
    invoice = make_matched("10.000000")
    ledger = ledger_with_order({"invoiced": Decimal("10.000000")})
    ledger.invoice_rows[KEY] = (make_found(Place.OPEN, reference=ID, amount=invoice.amount),)
    assert check_invoices(make_context(ledger), [invoice])[ID].sendable


def test_duplicate_bill_hides_the_order_that_it_used_up() -> None:
    invoice = make_matched("10.000000")
    ledger = ledger_with_order({"invoiced": Decimal("10.000000")})
    ledger.invoice_rows[KEY] = (make_found(Place.OPEN),)
    verdict = check_invoices(make_context(ledger), [invoice])[ID]
    assert [finding.code for finding in verdict.findings] == ["duplicate-posted"]
