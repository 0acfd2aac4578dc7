"""What stops an invoice before it goes to Sage, what only warns, and what passes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.findings import Finding, Severity
from app.domain.invoices import Invoice, InvoiceLine
from app.engine.checks import check_invoices
from app.sage.found import LedgerAccount, Sizes
from tests.engine.checks.fakes import TODAY, VENDOR, FakeLedger, make_context, make_invoice

STOPS, WARNS, INFORMS = Severity.STOPS, Severity.WARNS, Severity.INFORMS
CENTS = st.integers(-10_000_000, 10_000_000).map(lambda cents: Decimal(cents) / 100)


def findings(invoice: Invoice, ledger: FakeLedger | None = None) -> tuple[Finding, ...]:
    return check_invoices(make_context(ledger or FakeLedger()), [invoice])[invoice.id].findings


def only(invoice: Invoice, ledger: FakeLedger | None = None) -> Finding:
    (finding,) = findings(invoice, ledger)
    return finding


def codes(invoice: Invoice, ledger: FakeLedger | None = None) -> list[str]:
    return [finding.code for finding in findings(invoice, ledger)]


def lines(**changes: Any) -> tuple[InvoiceLine, ...]:
    return tuple(replace(line, **changes) for line in make_invoice().lines)


def vendors(**changes: Any) -> FakeLedger:
    return FakeLedger(vendor_rows={("01", "ACME"): replace(VENDOR, **changes)})


def test_a_correct_invoice_has_no_findings_and_is_sendable() -> None:
    verdict = check_invoices(make_context(FakeLedger()), [make_invoice()])["inv-000123"]
    assert verdict.findings == ()
    assert verdict.sendable


def test_nothing_ready_asks_sage_nothing() -> None:
    ledger = FakeLedger()
    assert check_invoices(make_context(ledger), []) == {}
    assert not ledger.calls


@pytest.mark.parametrize(
    ("code", "severity", "invoice", "ledger", "said"),
    [
        ("vendor-missing", STOPS, make_invoice(), FakeLedger(vendor_rows={}), "01-ACME (Acme Tools)"),
        ("vendor-inactive", STOPS, make_invoice(), vendors(status="I"), "01-ACME (Acme Tools)"),
        ("vendor-on-hold", WARNS, make_invoice(), vendors(hold=True), "written with hold"),
        (
            "vendor-uses-receipt-of-invoice",
            WARNS,
            make_invoice(purchase_order="0001234"),
            vendors(uses_receipt_of_invoice=True),
            "It names purchase order 0001234, but no line",
        ),
        ("division-missing", STOPS, make_invoice(division="07"), None, "“07”. Sage's divisions are: 01, 02."),
        ("currency", STOPS, make_invoice(currency="CAD"), None, "in CAD. The Sage company keeps its books in USD."),
        (
            "account-missing",
            STOPS,
            make_invoice(lines=lines(account_key="000000099")),
            None,
            "key 000000099, which Quadient AP has on line 1 (1,204.50)",
        ),
        ("account-missing", STOPS, make_invoice(lines=lines(account_key="")), None, "no GL account on line 1"),
        (
            "account-inactive",
            STOPS,
            make_invoice(),
            FakeLedger(account_rows={"000000012": LedgerAccount("610-00-00", "Office supplies", "I")}),
            "610-00-00 (Office supplies) on line 1 (1,204.50). In Sage this account is inactive.",
        ),
        (
            "out-of-balance",
            STOPS,
            make_invoice(freight=Decimal("10.00"), tax=Decimal("2.51"), amount=Decimal("1217.00")),
            None,
            "is 1,217.00, but its lines add up to 1,204.50 + freight 10.00 + tax 2.51 = 1,217.01: "
            "a difference of -0.01.",
        ),
        ("number-too-long", STOPS, make_invoice(number="N" * 21), None, "has 21 characters. This Sage takes 20."),
        (
            "description-too-long",
            WARNS,
            make_invoice(description="x" * 40 + "y"),
            None,
            f"41 characters. Sage's header keeps the first 40: “{'x' * 40}”",
        ),
        ("number-unclean", STOPS, make_invoice(number=" INV-1"), None, "“INV-1” begins or ends with a blank"),
        ("number-unclean", STOPS, make_invoice(number="INV-1 "), None, "could not find the document again"),
        ("number-unclean", STOPS, make_invoice(number="INV\x07-1"), None, "“INV-1” has a character that Sage cannot"),
        ("number-unclean", STOPS, make_invoice(number="INV-1\n"), None, "“INV-1”"),
        ("number-unclean", STOPS, make_invoice(number="№ 1"), None, "has a character that Sage cannot keep"),
        ("number-unclean", STOPS, make_invoice(number=""), None, "has no invoice number"),
        ("no-lines", STOPS, make_invoice(lines=()), None, "The invoice has no lines."),
        ("terms-missing", STOPS, make_invoice(terms="99"), None, "“99”"),
        (
            "terms-missing",
            STOPS,
            make_invoice(terms=""),
            vendors(terms=""),
            "in Sage the vendor has none either. Sage's terms codes are: 01, 02.",
        ),
        ("terms-missing", STOPS, make_invoice(terms=""), vendors(terms="77"), "“77”, which is not among them"),
        ("tax-schedule-missing", STOPS, make_invoice(tax_schedule="NY"), None, "“NY”"),
        (
            "unit-missing",
            STOPS,
            make_invoice(lines=lines(unit="BOX")),
            None,
            "“BOX” on line 1 (1,204.50). Sage's units of measure are: EACH.",
        ),
        ("warehouse-missing", STOPS, make_invoice(lines=lines(warehouse="009")), None, "“009”"),
        (
            "due-before-invoice-date",
            WARNS,
            make_invoice(due_date=date(2026, 11, 2)),
            None,
            "due on Nov 2, 2026, before its own date of Nov 3, 2026",
        ),
        (
            "future-date",
            WARNS,
            make_invoice(invoice_date=date(2026, 11, 21)),
            None,
            "dated Nov 21, 2026; today is Nov 20, 2026",
        ),
        (
            "period-old",
            WARNS,
            make_invoice(invoice_date=date(2026, 9, 30)),
            None,
            "dated Sep 30, 2026, 2 months before this month",
        ),
        (
            "credit-note",
            INFORMS,
            make_invoice(amount=Decimal("-1204.50"), lines=lines(amount=Decimal("-1204.50"))),
            None,
            "credit note of 1,204.50",
        ),
    ],
)
def test_each_trouble_is_found_alone_and_says_both_sides(
    code: str, severity: Severity, invoice: Invoice, ledger: FakeLedger | None, said: str
) -> None:
    finding = only(invoice, ledger)
    assert (finding.code, finding.severity) == (code, severity)
    assert said in finding.message
    assert finding.fix or severity is INFORMS


@pytest.mark.parametrize(
    ("invoice", "ledger"),
    [
        pytest.param(make_invoice(), vendors(status="T"), id="temporary-vendor"),
        pytest.param(make_invoice(currency="usd"), None, id="currency-in-small-letters"),
        pytest.param(make_invoice(currency=""), None, id="no-currency-means-the-companys"),
        pytest.param(make_invoice(number="N" * 20), None, id="number-that-just-fits"),
        pytest.param(make_invoice(number="INV 10/é"), None, id="number-with-a-blank-inside-and-an-accent"),
        pytest.param(make_invoice(description="x" * 40), None, id="description-that-just-fits"),
        pytest.param(make_invoice(terms=""), vendors(terms="02"), id="no-terms-takes-the-vendors"),
        pytest.param(make_invoice(tax_schedule="CA"), None, id="known-tax-schedule"),
        pytest.param(make_invoice(lines=lines(unit="EACH", warehouse="001")), None, id="known-unit-and-warehouse"),
        pytest.param(make_invoice(due_date=date(2026, 11, 3)), None, id="due-on-its-own-date"),
        pytest.param(make_invoice(due_date=None), None, id="no-due-date"),
        pytest.param(make_invoice(invoice_date=TODAY), None, id="dated-today"),
        pytest.param(make_invoice(invoice_date=date(2026, 10, 1)), None, id="first-of-last-month"),
        pytest.param(
            make_invoice(tax=Decimal("0.50"), freight=Decimal("5.00"), amount=Decimal("1210.00")),
            None,
            id="freight-and-tax-belong-to-the-amount",
        ),
    ],
)
def test_what_is_just_right_is_silent(invoice: Invoice, ledger: FakeLedger | None) -> None:
    assert findings(invoice, ledger) == ()


def test_number_is_measured_by_the_column_of_this_sage() -> None:
    ledger = FakeLedger(column_sizes=Sizes(invoice_number=10))
    assert codes(make_invoice(number="N" * 10), ledger) == []
    assert codes(make_invoice(number="N" * 11), ledger) == ["number-too-long"]


def test_company_without_divisions_has_division_00() -> None:
    ledger = FakeLedger(division_codes=frozenset(), vendor_rows={("00", "ACME"): VENDOR})
    assert codes(make_invoice(division="00"), ledger) == []


def test_missing_division_hides_the_vendor_that_follows_from_it() -> None:
    assert codes(make_invoice(division="07", terms="")) == ["division-missing"]


def test_missing_vendor_hides_the_terms_that_would_come_from_it() -> None:
    assert codes(make_invoice(terms=""), FakeLedger(vendor_rows={})) == ["vendor-missing"]


def test_a_code_that_sage_lacks_is_said_once_for_all_its_lines() -> None:
    two = (
        InvoiceLine(1, "000000099", Decimal("1000.00")),
        InvoiceLine(2, "000000099", Decimal("204.50")),
    )
    assert "on lines 1 (1,000.00) and 2 (204.50)" in only(make_invoice(lines=two)).message


def test_account_marked_as_deleted_is_told_from_inactive() -> None:
    ledger = FakeLedger(account_rows={"000000012": LedgerAccount("610-00-00", "Office supplies", "D")})
    assert "is marked as deleted" in only(make_invoice(), ledger).message


def test_stops_stand_before_warnings_and_the_vendor_before_all() -> None:
    invoice = make_invoice(description="x" * 41, terms="99", amount=Decimal("-1.00"))
    assert codes(invoice, FakeLedger(vendor_rows={})) == [
        "vendor-missing",
        "terms-missing",
        "out-of-balance",
        "description-too-long",
        "credit-note",
    ]


def test_warnings_do_not_stop_and_stops_do() -> None:
    context = make_context(FakeLedger())
    assert check_invoices(context, [make_invoice(description="x" * 41)])["inv-000123"].sendable
    assert not check_invoices(context, [make_invoice(terms="99")])["inv-000123"].sendable


def test_invoice_number_twice_among_the_ready_ones_stops_both() -> None:
    first, second = make_invoice(), make_invoice(id="inv-000124", invoice_date=date(2026, 11, 4))
    verdicts = check_invoices(make_context(FakeLedger()), [first, second])
    assert [finding.code for finding in verdicts["inv-000123"].findings] == ["duplicate-in-run"]
    (finding,) = verdicts["inv-000124"].findings
    assert finding.code == "duplicate-in-run"
    assert "inv-000124 (Nov 4, 2026, 1,204.50) and inv-000123 (Nov 3, 2026, 1,204.50)" in finding.message


def test_one_number_of_two_vendors_is_no_duplicate() -> None:
    ledger = FakeLedger(vendor_rows={("01", "ACME"): VENDOR, ("01", "BOLT"): VENDOR})
    other = make_invoice(id="inv-000124", vendor_number="BOLT")
    verdicts = check_invoices(make_context(ledger), [make_invoice(), other])
    assert all(verdict.findings == () for verdict in verdicts.values())


def test_the_same_document_told_twice_is_no_duplicate() -> None:
    assert codes(make_invoice()) == []
    verdicts = check_invoices(make_context(FakeLedger()), [make_invoice(), make_invoice()])
    assert verdicts["inv-000123"].sendable


def test_a_thousand_invoices_cost_one_call_of_each_look_up() -> None:
    ledger = FakeLedger()
    ready = [make_invoice(id=f"inv-{n}", number=f"N{n}") for n in range(1000)]
    verdicts = check_invoices(make_context(ledger), ready)
    assert len(verdicts) == 1000
    assert all(verdict.sendable for verdict in verdicts.values())
    assert set(ledger.calls.values()) == {1}
    assert "vendors" in ledger.calls
    assert "invoices" in ledger.calls


@given(st.lists(CENTS, min_size=1, max_size=6), CENTS, CENTS, st.integers(-3, 3))
def test_an_invoice_balances_to_the_cent_or_stops(
    amounts: list[Decimal], freight: Decimal, tax: Decimal, off: int
) -> None:
    invoice = make_invoice(
        lines=tuple(InvoiceLine(n, "000000012", amount) for n, amount in enumerate(amounts, 1)),
        freight=freight,
        tax=tax,
        amount=sum(amounts, freight + tax) + Decimal(off) / 100,
    )
    assert ("out-of-balance" in codes(invoice)) is (off != 0)
