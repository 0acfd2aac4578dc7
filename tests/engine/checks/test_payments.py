"""What stops a payment before it is recorded in Sage, what only warns, and what passes."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.findings import Finding, Severity
from app.domain.invoices import InvoiceKey
from app.domain.payments import CheckKey, Payment, PaymentLine
from app.engine.checks import check_number, check_payments
from app.sage.found import FoundCheck, LedgerOpenInvoice, Place, Sizes, UnpostedEntry, UnpostedUse
from tests.engine.checks.fakes import (
    CHECK,
    KEY,
    VENDOR,
    FakeLedger,
    make_context,
    make_found,
    make_found_check,
    make_payment,
    paying_ledger,
)

STOPS, WARNS = Severity.STOPS, Severity.WARNS
ID = "pay-000123"
DAMAGE = "AP_InvoiceHeader.InvoiceAmt holds “12x.9”"


def findings(payment: Payment, ledger: FakeLedger | None = None, prefix: str = "") -> tuple[Finding, ...]:
    context = make_context(ledger or paying_ledger(), check_prefix=prefix)
    return check_payments(context, [payment])[payment.id].findings


def unposted(taken: str, **changes: Any) -> FakeLedger:
    use = UnpostedUse(Decimal(taken), (UnpostedEntry("PAY000100", "00030"),))
    return paying_ledger(**{"paid_rows": {KEY: use}} | changes)


def codes(payment: Payment, ledger: FakeLedger | None = None) -> list[str]:
    return [finding.code for finding in findings(payment, ledger)]


def paying(*lines: tuple[str, str, str]) -> Payment:
    made = tuple(PaymentLine(number, Decimal(amount), Decimal(discount)) for number, amount, discount in lines)
    return make_payment(lines=made, amount=sum((line.amount for line in made), Decimal("0.00")))


def test_a_correct_payment_has_no_findings_and_its_check_number() -> None:
    verdict = check_payments(make_context(paying_ledger()), [make_payment()])[ID]
    assert verdict.findings == ()
    assert verdict.sendable
    assert verdict.check == CHECK


def test_nothing_ready_asks_sage_nothing() -> None:
    ledger = FakeLedger()
    assert check_payments(make_context(ledger), []) == {}
    assert not ledger.calls


@pytest.mark.parametrize(
    ("code", "severity", "payment", "ledger", "said"),
    [
        ("vendor-missing", STOPS, make_payment(), paying_ledger(vendor_rows={}), "01-ACME (Acme Tools)"),
        ("currency", STOPS, make_payment(currency="EUR"), None, "in EUR. The Sage company keeps its books in USD."),
        ("bank-missing", STOPS, make_payment(bank_code="X"), None, "“X”. Sage's bank codes are: A, B."),
        ("bank-missing", STOPS, make_payment(bank_code=""), None, "no bank code"),
        (
            "check-number-too-long",
            STOPS,
            make_payment(reference="PAY-2026-000123"),
            None,
            "check number PAY2026000123, which has 13 characters. This Sage takes 10",
        ),
        ("check-number-missing", STOPS, make_payment(reference="—"), None, "“—” has no letter or digit"),
        (
            "check-number-used",
            STOPS,
            make_payment(),
            paying_ledger(check_rows={CHECK: (make_found_check(vendor_number="BOLT", amount=Decimal("9.00")),)}),
            "in A/P Manual Check and Payment Entry, batch 00031, for vendor 01-BOLT, dated Nov 18, 2026, 9.00. "
            "Quadient AP has it for vendor 01-ACME, dated Nov 18, 2026, 1,204.50.",
        ),
        (
            "invoice-not-open",
            STOPS,
            make_payment(),
            FakeLedger(invoice_rows={KEY: (make_found(),)}),
            "A/P Invoice Data Entry, batch 00012, 1,204.50. To pay it, post batch 00012 first.",
        ),
        (
            "invoice-not-open",
            STOPS,
            make_payment(),
            FakeLedger(invoice_rows={KEY: (make_found(batch=""),)}),
            "To pay it, post the register of A/P Invoice Data Entry first.",
        ),
        (
            "invoice-not-open",
            STOPS,
            make_payment(),
            FakeLedger(invoice_rows={KEY: (make_found(Place.HISTORY),)}),
            "no longer open in Sage: it stands in history only",
        ),
        ("invoice-not-open", STOPS, make_payment(), FakeLedger(), "Sage does not know this invoice"),
        (
            "over-balance",
            STOPS,
            make_payment(),
            paying_ledger("1204.49"),
            "takes 1,204.50 of invoice INV-1043 (discount included). Sage has a balance of 1,204.49.",
        ),
        (
            "vendor-differs",
            STOPS,
            make_payment(),
            FakeLedger(invoice_rows={InvoiceKey("02", "ACME", "INV-1043"): (make_found(Place.OPEN),)}),
            "to vendor 01-ACME. In Sage, invoice INV-1043 belongs to vendor 02-ACME.",
        ),
        (
            "out-of-balance",
            STOPS,
            make_payment(amount=Decimal("1204.51")),
            None,
            "The payment is 1,204.51, but its lines add up to 1,204.50: a difference of 0.01.",
        ),
        ("future-date", WARNS, make_payment(payment_date=date(2026, 11, 21)), None, "dated Nov 21, 2026"),
        ("period-old", WARNS, make_payment(payment_date=date(2025, 11, 30)), None, "12 months before this month"),
    ],
)
def test_each_trouble_is_found_alone_and_says_both_sides(
    code: str, severity: Severity, payment: Payment, ledger: FakeLedger | None, said: str
) -> None:
    (finding,) = findings(payment, ledger)
    assert (finding.code, finding.severity) == (code, severity)
    assert said in finding.message
    assert finding.fix


@pytest.mark.parametrize(
    "payment",
    [
        pytest.param(paying(("INV-1043", "500.00", "0.00")), id="a-part-of-it"),
        pytest.param(paying(("INV-1043", "1180.41", "24.09")), id="money-and-discount-make-the-balance"),
        pytest.param(paying(("INV-1043", "600.00", "0.00"), ("INV-1043", "604.50", "0.00")), id="in-two-lines"),
        pytest.param(make_payment(currency=""), id="no-currency-means-the-companys"),
        pytest.param(make_payment(payment_date=date(2026, 10, 1)), id="first-of-last-month"),
        pytest.param(make_payment(reference="1234567890"), id="number-that-just-fits"),
    ],
)
def test_what_is_just_right_is_silent(payment: Payment) -> None:
    assert findings(payment) == ()


def test_discount_counts_against_the_balance() -> None:
    assert codes(paying(("INV-1043", "1204.50", "0.01"))) == ["over-balance"]


def test_two_lines_of_one_invoice_count_together() -> None:
    assert codes(paying(("INV-1043", "1204.00", "0.00"), ("INV-1043", "0.51", "0.00"))) == ["over-balance"]


def test_credit_taken_with_a_payment_is_measured_by_the_credits_own_balance() -> None:
    ledger = paying_ledger()
    ledger.open_rows[InvoiceKey("01", "ACME", "CR-1")] = LedgerOpenInvoice(Decimal("-100.00"), Decimal("0.00"))
    whole = paying(("INV-1043", "1204.50", "0.00"), ("CR-1", "-100.00", "0.00"))
    more = paying(("INV-1043", "1204.50", "0.00"), ("CR-1", "-100.01", "0.00"))
    assert codes(whole, ledger) == []
    assert codes(more, ledger) == ["over-balance"]


def test_what_is_taken_against_the_sign_of_the_balance_is_told_as_that() -> None:
    (finding,) = findings(paying(("INV-1043", "-5.00", "0.00")))
    assert finding.code == "over-balance"
    assert "has -5.00 for invoice INV-1043 (discount included), against the sign of its balance" in finding.message


def test_missing_vendor_hides_the_invoices_that_cannot_be_found_without_it() -> None:
    assert codes(make_payment(), FakeLedger(vendor_rows={})) == ["vendor-missing"]


def test_equal_check_with_our_reference_is_adopted_though_its_invoice_is_paid_by_now() -> None:
    ledger = FakeLedger(check_rows={CHECK: (make_found_check(Place.HISTORY, reference=ID),)})
    verdict = check_payments(make_context(ledger), [make_payment()])[ID]
    assert verdict.sendable
    assert verdict.check == CHECK
    assert [finding.severity for finding in verdict.findings] == [Severity.INFORMS]


@pytest.mark.parametrize(
    ("found", "intended", "said"),
    [
        ([make_found_check()], False, "did not come from AP Bridge"),
        ([make_found_check(comment="AP Bridge pay-9")], False, "AP Bridge wrote the one in Sage too, as pay-9 of"),
        ([make_found_check()], True, f"does not bear its mark ({ID})"),
        ([make_found_check(reference=ID, check_date=date(2026, 11, 17))], True, "was changed or voided"),
        (
            [
                make_found_check(Place.HISTORY, reference=ID),
                make_found_check(Place.HISTORY, amount=Decimal("-1204.50")),
            ],
            True,
            "was changed or voided",
        ),
    ],
    ids=[
        "equal-but-anothers",
        "equal-but-for-another-payment",
        "intended-but-unmarked",
        "ours-but-changed",
        "ours-but-voided",
    ],
)
def test_check_that_is_not_equal_and_ours_is_not_adopted(found: list[FoundCheck], intended: bool, said: str) -> None:
    context = make_context(paying_ledger(check_rows={CHECK: tuple(found)}), ours=lambda _: intended)
    verdict = check_payments(context, [make_payment()])[ID]
    assert not verdict.sendable
    assert [finding.code for finding in verdict.findings] == ["check-number-used"]
    assert said in verdict.findings[0].message


def test_number_used_in_another_bank_is_free_in_this_one() -> None:
    assert codes(make_payment(), paying_ledger(check_rows={CheckKey("B", "PAY000123"): (make_found_check(),)})) == []


def test_two_references_that_make_one_check_number_stop_both() -> None:
    ledger = paying_ledger("5000.00")
    second = make_payment(id="pay-000124", reference="pay 000123")
    verdicts = check_payments(make_context(ledger), [make_payment(), second])
    assert [finding.code for finding in verdicts[ID].findings] == ["duplicate-in-run"]
    assert "pay-000124 (01-ACME, Nov 18, 2026, 1,204.50) and pay-000123" in verdicts["pay-000124"].findings[0].message


def test_one_reference_at_two_banks_is_no_duplicate() -> None:
    second = make_payment(id="pay-000124", bank_code="B")
    verdicts = check_payments(make_context(paying_ledger("5000.00")), [make_payment(), second])
    assert all(verdict.findings == () for verdict in verdicts.values())


def test_second_ready_payment_over_what_the_first_leaves_stops() -> None:
    second = replace(paying(("INV-1043", "0.01", "0.00")), id="pay-000124", reference="PAY-124")
    verdicts = check_payments(make_context(paying_ledger()), [make_payment(), second])
    assert verdicts[ID].sendable
    (finding,) = verdicts["pay-000124"].findings
    assert finding.code == "over-balance"
    assert "balance of 1,204.50, and other payments before this one take 1,204.50" in finding.message


def test_payment_sent_in_an_earlier_run_and_not_posted_yet_counts_against_the_balance() -> None:
    (finding,) = findings(make_payment(), unposted("1204.50"))
    assert finding.code == "over-balance"
    assert (
        "Sage has a balance of 1,204.50, of which 1,204.50 stands in check PAY000100 (batch 00030), not posted yet."
    ) in finding.message
    assert "choose Mark as exported" in finding.fix


@pytest.mark.parametrize(("amount", "found"), [("204.50", []), ("204.51", ["over-balance"])])
def test_unposted_part_leaves_the_rest_to_pay(amount: str, found: list[str]) -> None:
    assert codes(paying(("INV-1043", amount, "0.00")), unposted("1000.00")) == found


def test_two_payments_share_what_an_unposted_check_leaves() -> None:
    first = paying(("INV-1043", "200.00", "0.00"))
    second = replace(paying(("INV-1043", "4.51", "0.00")), id="pay-000124", reference="PAY-124")
    verdicts = check_payments(make_context(unposted("1000.00")), [first, second])
    assert verdicts[ID].sendable
    (finding,) = verdicts["pay-000124"].findings
    assert "check PAY000100 (batch 00030), not posted yet, and other payments before this one take 200.00" in (
        finding.message
    )


def test_unposted_check_against_the_sign_of_the_balance_makes_no_room() -> None:
    assert codes(paying(("INV-1043", "1204.51", "0.00")), unposted("-100.00")) == ["over-balance"]


def test_unposted_check_over_the_balance_makes_no_room_for_a_negative_payment() -> None:
    assert codes(paying(("INV-1043", "-1.00", "0.00")), unposted("1300.00")) == ["over-balance"]


def test_adopted_unposted_payment_counts_once() -> None:
    ledger = unposted("1000.00", check_rows={CHECK: (make_found_check(reference=ID, amount=Decimal("1000.00")),)})
    first = paying(("INV-1043", "1000.00", "0.00"))
    second = replace(paying(("INV-1043", "204.50", "0.00")), id="pay-000124", reference="PAY-124")
    verdicts = check_payments(make_context(ledger), [first, second])
    assert [finding.severity for finding in verdicts[ID].findings] == [Severity.INFORMS]
    assert verdicts["pay-000124"].sendable


@pytest.mark.parametrize(
    "ledger",
    [
        paying_ledger(open_rows={KEY: LedgerOpenInvoice(Decimal("0.00"), Decimal("0.00"), DAMAGE)}),
        paying_ledger(paid_rows={KEY: UnpostedUse(Decimal("0.00"), (), DAMAGE)}),
        paying_ledger(check_rows={CHECK: (make_found_check(check_date=None, unreadable=DAMAGE),)}),
        FakeLedger(invoice_rows={KEY: (make_found(invoice_date=None, unreadable=DAMAGE),)}),
    ],
    ids=["balance", "unposted-check", "check-of-this-number", "unposted-invoice"],
)
def test_what_cannot_be_read_in_sage_stops_the_payment_that_needs_it(ledger: FakeLedger) -> None:
    (finding,) = findings(make_payment(), ledger)
    assert (finding.code, finding.severity) == ("unreadable-in-sage", STOPS)
    assert DAMAGE in finding.message
    assert "Correct or delete that entry in Sage" in finding.fix


def test_payment_without_lines_stops_and_its_sum_is_not_held_against_it() -> None:
    assert codes(make_payment(lines=())) == ["no-lines"]


@pytest.mark.parametrize("reference", [" PAY-123", "PAY-123 ", "PAY\t123", "PAY\x00123"])
def test_reference_with_blanks_around_or_control_characters_stops(reference: str) -> None:
    assert codes(make_payment(reference=reference)) == ["number-unclean"]


def test_stopped_payment_takes_nothing_of_the_balance() -> None:
    first = make_payment(bank_code="X")
    second = make_payment(id="pay-000124", reference="PAY-124")
    verdicts = check_payments(make_context(paying_ledger()), [first, second])
    assert verdicts["pay-000124"].sendable


def test_prefix_stands_before_the_number_and_counts_in_its_length() -> None:
    context = make_context(paying_ledger(), check_prefix="Q")
    assert check_payments(context, [make_payment()])[ID].check == CheckKey("A", "QPAY000123")
    (finding,) = findings(make_payment(), prefix="QA")
    assert finding.code == "check-number-too-long"


def test_number_is_measured_by_the_column_of_this_sage() -> None:
    assert codes(make_payment(), paying_ledger(column_sizes=Sizes(check_number=8))) == ["check-number-too-long"]


def test_payment_without_a_check_number_has_none_in_its_verdict() -> None:
    for reference in ("—", "PAY-2026-000123"):
        context = make_context(paying_ledger())
        assert check_payments(context, [make_payment(reference=reference)])[ID].check is None


def test_a_thousand_payments_cost_one_call_of_each_look_up() -> None:
    ledger = FakeLedger(vendor_rows={("01", "ACME"): VENDOR}, invoice_rows={KEY: (make_found(),)})
    ready = [make_payment(id=f"pay-{n}", reference=f"P{n}") for n in range(1000)]
    assert len(check_payments(make_context(ledger), ready)) == 1000
    assert set(ledger.calls.values()) == {1}
    assert ledger.calls["invoices"] == 1


@given(st.text(max_size=30), st.sampled_from(["", "Q", "ap"]))
def test_check_number_is_plain_repeatable_and_never_only_a_prefix(reference: str, prefix: str) -> None:
    number = check_number(make_payment(reference=reference), prefix)
    assert number == check_number(make_payment(reference=reference), prefix)
    assert re.fullmatch(r"[0-9A-Z]*", number)
    assert not number or len(number) > len(prefix)
