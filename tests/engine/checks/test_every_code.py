"""Every code of the rules, once: it fires with its severity and names the values of both sides, and it can be silent.

`RULES` is the list of the rules document. `CASES` holds for each code what makes it fire and the same, just right.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.findings import Finding, Severity
from app.domain.invoices import Invoice, InvoiceKey, InvoiceLine
from app.domain.payments import Payment
from app.domain.purchase_orders import OrderState, OrderType
from app.engine import checks
from app.engine.checks import check_invoices, check_payments
from app.sage.found import LedgerAccount, LedgerOpenInvoice, Place, Sizes
from app.sage.outcomes import Quarantined, Skipped
from tests.engine.checks.fakes import (
    CHECK,
    KEY,
    VENDOR,
    FakeLedger,
    ledger_with_order,
    make_context,
    make_found,
    make_found_check,
    make_invoice,
    make_matched,
    make_order,
    make_payment,
    paying_ledger,
)

STOPS, WARNS, INFORMS = Severity.STOPS, Severity.WARNS, Severity.INFORMS
INVOICE, PAYMENT = "invoice", "payment"

RULES = {
    INVOICE: {
        "vendor-missing": STOPS,
        "vendor-inactive": STOPS,
        "vendor-on-hold": WARNS,
        "vendor-uses-receipt-of-invoice": WARNS,
        "account-missing": STOPS,
        "account-inactive": STOPS,
        "out-of-balance": STOPS,
        "number-too-long": STOPS,
        "number-unclean": STOPS,
        "description-too-long": WARNS,
        "comment-too-long": WARNS,
        "duplicate-unposted": STOPS,
        "duplicate-posted": STOPS,
        "duplicate-in-run": STOPS,
        "number-nearly-used": WARNS,
        "terms-missing": STOPS,
        "tax-schedule-missing": STOPS,
        "unit-missing": STOPS,
        "warehouse-missing": STOPS,
        "division-missing": STOPS,
        "due-before-invoice-date": WARNS,
        "future-date": WARNS,
        "period-old": WARNS,
        "po-missing": STOPS,
        "po-closed": STOPS,
        "po-line-deleted": STOPS,
        "po-line-twice": STOPS,
        "po-quantity-changed": STOPS,
        "po-cost-changed": STOPS,
        "po-over-invoiced": STOPS,
        "po-drop-ship": WARNS,
        "vendor-differs": STOPS,
        "credit-note": INFORMS,
        "currency": STOPS,
        "no-lines": STOPS,
        "unreadable-in-sage": STOPS,
    },
    PAYMENT: {
        "vendor-missing": STOPS,
        "currency": STOPS,
        "bank-missing": STOPS,
        "check-number-missing": STOPS,
        "check-number-too-long": STOPS,
        "check-number-used": STOPS,
        "number-unclean": STOPS,
        "duplicate-in-run": STOPS,
        "number-nearly-used": WARNS,
        "invoice-not-open": STOPS,
        "vendor-differs": STOPS,
        "over-balance": STOPS,
        "out-of-balance": STOPS,
        "no-lines": STOPS,
        "future-date": WARNS,
        "period-old": WARNS,
        "unreadable-in-sage": STOPS,
    },
}

Documents = Sequence[Invoice] | Sequence[Payment]


@dataclass(frozen=True)
class Case:
    """A code's firing: documents (the last is judged) and Sage; what the message says of each side; then just right."""

    kind: str
    code: str
    fires: tuple[Documents, FakeLedger]
    theirs: str  # as Quadient AP has it
    sages: str  # as Sage has it
    silent: tuple[Documents, FakeLedger]


def vendor(**changes: object) -> FakeLedger:
    return FakeLedger(vendor_rows={("01", "ACME"): replace(VENDOR, **changes)})


def account(status: str) -> FakeLedger:
    return FakeLedger(account_rows={"000000012": LedgerAccount("610-00-00", "Office supplies", status)})


def line(**changes: object) -> Invoice:
    return make_invoice(lines=(replace(make_invoice().lines[0], **changes),))


def of(amount: str) -> Invoice:
    return make_invoice(amount=Decimal(amount), lines=(InvoiceLine(1, "000000012", Decimal(amount)),))


def invoice(
    code: str,
    document: Invoice | Sequence[Invoice],
    ledger: FakeLedger | None,
    theirs: str,
    sages: str,
    *,
    silent: tuple[Invoice | Sequence[Invoice], FakeLedger | None],
) -> Case:
    """Return the case of an invoice; None is a Sage in which everything is in order."""
    return Case(INVOICE, code, _given(document, ledger), theirs, sages, _given(*silent))


def payment(
    code: str,
    document: Payment | Sequence[Payment],
    ledger: FakeLedger | None,
    theirs: str,
    sages: str,
    *,
    silent: tuple[Payment | Sequence[Payment], FakeLedger | None],
) -> Case:
    """Return the case of a payment; None is a Sage in which its invoice is open with exactly its amount."""
    ledger, (document_right, right) = ledger or paying_ledger(), silent
    return Case(
        PAYMENT, code, _given(document, ledger), theirs, sages, _given(document_right, right or paying_ledger())
    )


def _given(document: Invoice | Payment | Documents, ledger: FakeLedger | None) -> tuple[Documents, FakeLedger]:
    documents = [document] if isinstance(document, Invoice | Payment) else document
    return documents, ledger or FakeLedger()


TWO_LINES_ONE_ORDER_LINE = (
    replace(make_matched("2.000000").lines[0], number=1),
    replace(make_matched("2.000000").lines[0], number=2),
)
CAPITALS = KEY._replace(number="inv-1043")
PLAIN = KEY._replace(number="INV 01043")
HYPHEN = CHECK._replace(check_number="PAY-000123")
SMALL = CHECK._replace(check_number="pay000123")
BOLTS_INVOICE = {InvoiceKey("02", "ACME", "INV-1043"): (make_found(Place.OPEN),)}

CASES = [
    invoice(
        "vendor-missing", make_invoice(), FakeLedger(vendor_rows={}),
        "Quadient AP has vendor 01-ACME (Acme Tools)", "Sage has no vendor with this number",
        silent=(make_invoice(), None),
    ),
    invoice(
        "vendor-inactive", make_invoice(), vendor(status="I"),
        "Quadient AP has an invoice of vendor 01-ACME", "In Sage this vendor is inactive",
        silent=(make_invoice(), vendor(status="T")),
    ),
    invoice(
        "vendor-on-hold", make_invoice(), vendor(hold=True),
        "Quadient AP has the invoice without hold", "In Sage, payments to vendor 01-ACME (Acme Tools) are on hold",
        silent=(make_invoice(hold=True), None),
    ),
    invoice(
        "vendor-uses-receipt-of-invoice", make_invoice(), vendor(uses_receipt_of_invoice=True),
        "No line of this invoice is matched", "as the vendor is set up in Sage",
        silent=(
            make_matched(),
            replace(ledger_with_order(), vendor_rows=vendor(uses_receipt_of_invoice=True).vendor_rows),
        ),
    ),
    invoice(
        "account-missing", line(account_key="000000099"), None,
        "which Quadient AP has on line 1 (1,204.50)", "Sage has no GL account with the key 000000099",
        silent=(line(account_key="000000013"), None),
    ),
    invoice(
        "account-inactive", make_invoice(), account("I"),
        "Quadient AP has GL account 610-00-00 (Office supplies) on line 1 (1,204.50)",
        "In Sage this account is inactive",
        silent=(make_invoice(), account("A")),
    ),
    invoice(
        "out-of-balance", make_invoice(amount=Decimal("1204.51")), None,
        "The invoice amount is 1,204.51", "its lines add up to 1,204.50: a difference of 0.01",
        silent=(make_invoice(amount=Decimal("1204.51"), tax=Decimal("0.01")), None),
    ),
    invoice(
        "number-too-long", make_invoice(number="INV-1234567"), FakeLedger(column_sizes=Sizes(invoice_number=10)),
        "INV-1234567 has 11 characters", "This Sage takes 10",
        silent=(make_invoice(number="INV-123456"), FakeLedger(column_sizes=Sizes(invoice_number=10))),
    ),
    invoice(
        "number-unclean", make_invoice(number="INV-1043 "), None,
        "“INV-1043” begins or ends with a blank", "Sage would store it differently",
        silent=(make_invoice(number="INV 1043/a"), None),
    ),
    invoice(
        "description-too-long", make_invoice(description="Drills for the workshop in the north hall"), None,
        "The description has 41 characters",
        "Sage's header keeps the first 40: “Drills for the workshop in the north hal”",
        silent=(make_invoice(description="x" * 40), None),
    ),
    invoice(
        "comment-too-long",
        make_invoice(lines=(InvoiceLine(1, "000000012", Decimal("1204.50"), comment="x" * 2027 + "y"),)), None,
        "What goes to the comment of line 1 has 2,028 characters", "Sage keeps the first 2,027",
        silent=(make_invoice(lines=(InvoiceLine(1, "000000012", Decimal("1204.50"), comment="x" * 2027),)), None),
    ),
    invoice(
        "duplicate-unposted", make_invoice(),
        FakeLedger(invoice_rows={KEY: (make_found(amount=Decimal("1240.50")),)}),
        "Quadient AP has it dated Nov 3, 2026, 1,204.50",
        "in A/P Invoice Data Entry, batch 00012, dated Nov 3, 2026, 1,240.50",
        silent=(make_invoice(number="INV-1044"), FakeLedger(invoice_rows={KEY: (make_found(),)})),
    ),
    invoice(
        "duplicate-posted", make_invoice(),
        FakeLedger(invoice_rows={KEY: (make_found(Place.HISTORY, invoice_date=date(2025, 11, 3)),)}),
        "Quadient AP has it dated Nov 3, 2026, 1,204.50", "in history, dated Nov 3, 2025, 1,204.50",
        silent=(
            make_invoice(),
            FakeLedger(invoice_rows={KEY._replace(vendor_number="BOLT"): (make_found(Place.HISTORY),)}),
        ),
    ),
    invoice(
        "duplicate-in-run", [make_invoice(id="inv-000122"), make_invoice()], None,
        "inv-000123 (Nov 3, 2026, 1,204.50)", "inv-000122 (Nov 3, 2026, 1,204.50)",
        silent=([make_invoice(id="inv-000122", number="INV-1042"), make_invoice()], None),
    ),
    invoice(
        "duplicate-in-run", [make_invoice(id="inv-000122", number="inv-1043"), make_invoice()], None,
        "Invoice INV-1043 of vendor 01-ACME", "inv-000122 as inv-1043 (Nov 3, 2026, 1,204.50)",
        silent=([make_invoice(id="inv-000122", number="inv-1043", vendor_number="BOLT"), make_invoice()], None),
    ),
    invoice(
        "duplicate-unposted", make_invoice(), FakeLedger(invoice_rows={CAPITALS: (make_found(),)}),
        "Quadient AP has it as INV-1043, dated Nov 3, 2026, 1,204.50",
        "Sage already has invoice inv-1043 of vendor 01-ACME in A/P Invoice Data Entry, batch 00012",
        silent=(make_invoice(), FakeLedger(invoice_rows={CAPITALS._replace(vendor_number="BOLT"): (make_found(),)})),
    ),
    invoice(
        "duplicate-posted", make_invoice(),
        FakeLedger(invoice_rows={CAPITALS: (make_found(Place.OPEN), make_found(Place.HISTORY))}),
        "Quadient AP has it as INV-1043, dated Nov 3, 2026, 1,204.50. The two numbers differ in capitals only",
        "Sage already has invoice inv-1043 of vendor 01-ACME in the open invoices, dated Nov 3, 2026, 1,204.50",
        silent=(make_invoice(), FakeLedger(invoice_rows={CAPITALS._replace(division="02"): (make_found(Place.OPEN),)})),
    ),
    invoice(
        "number-nearly-used", make_invoice(),
        FakeLedger(invoice_rows={CAPITALS: (make_found(amount=Decimal("1204.51")),)}),
        "Quadient AP has invoice INV-1043 of vendor 01-ACME, dated Nov 3, 2026, 1,204.50",
        "inv-1043 in A/P Invoice Data Entry, batch 00012, dated Nov 3, 2026, 1,204.51",
        silent=(make_invoice(), FakeLedger(invoice_rows={PLAIN: (make_found(amount=Decimal("1204.51")),)})),
    ),
    invoice(
        "number-nearly-used", make_invoice(), FakeLedger(invoice_rows={PLAIN: (make_found(Place.HISTORY),)}),
        "Quadient AP has invoice INV-1043", "INV 01043 in history, dated Nov 3, 2026, 1,204.50",
        silent=(
            make_invoice(), FakeLedger(invoice_rows={KEY._replace(number="INV-10430"): (make_found(Place.HISTORY),)}),
        ),
    ),
    invoice(
        "number-nearly-used", [make_invoice(id="inv-000122", number="INV1043"), make_invoice()], None,
        "Quadient AP has invoice INV-1043", "it has ready inv-000122 as INV1043 (Nov 3, 2026, 1,204.50)",
        silent=([replace(of("5.00"), id="inv-000122", number="INV1043"), make_invoice()], None),
    ),
    invoice(
        "number-nearly-used", [replace(of("5.00"), id="inv-000122", number="inv-1043"), make_invoice()], None,
        "Quadient AP has invoice INV-1043", "it has ready inv-000122 as inv-1043 (Nov 3, 2026, 5.00)",
        silent=([replace(of("5.00"), id="inv-000122", number="inv-1044"), make_invoice()], None),
    ),
    invoice(
        "unreadable-in-sage", make_invoice(),
        FakeLedger(invoice_rows={CAPITALS: (make_found(unreadable="AP_InvoiceHeader.InvoiceAmt holds “x”"),)}),
        "invoice inv-1043", "AP_InvoiceHeader.InvoiceAmt holds “x”",
        silent=(
            make_invoice(),
            FakeLedger(invoice_rows={PLAIN: (make_found(unreadable="AP_InvoiceHeader.InvoiceAmt holds “x”"),)}),
        ),
    ),
    invoice(
        "terms-missing", make_invoice(terms="99"), None, "Quadient AP has terms code “99”",
        "Sage's terms codes are: 01, 02", silent=(make_invoice(terms=""), None),
    ),
    invoice(
        "tax-schedule-missing", make_invoice(tax_schedule="NY"), None, "Quadient AP has tax schedule “NY”",
        "Sage's tax schedules are: CA", silent=(make_invoice(tax_schedule="CA"), None),
    ),
    invoice(
        "unit-missing", line(unit="BOX"), None, "Quadient AP has unit of measure “BOX” on line 1 (1,204.50)",
        "Sage's units of measure are: EACH", silent=(line(unit="EACH"), None),
    ),
    invoice(
        "warehouse-missing", line(warehouse="009"), None, "Quadient AP has warehouse “009” on line 1 (1,204.50)",
        "Sage's warehouses are: 001", silent=(line(warehouse="001"), None),
    ),
    invoice(
        "division-missing", make_invoice(division="07"), None, "Quadient AP has division “07”",
        "Sage's divisions are: 01, 02", silent=(make_invoice(), None),
    ),
    invoice(
        "due-before-invoice-date", make_invoice(due_date=date(2026, 11, 2)), None, "due on Nov 2, 2026",
        "its own date of Nov 3, 2026", silent=(make_invoice(due_date=date(2026, 11, 3)), None),
    ),
    invoice(
        "future-date", make_invoice(invoice_date=date(2026, 11, 21)), None, "dated Nov 21, 2026",
        "today is Nov 20, 2026", silent=(make_invoice(invoice_date=date(2026, 11, 20)), None),
    ),
    invoice(
        "period-old", make_invoice(invoice_date=date(2026, 9, 30)), None, "dated Sep 30, 2026",
        "2 months before this month (Nov 20, 2026)", silent=(make_invoice(invoice_date=date(2026, 10, 1)), None),
    ),
    invoice(
        "po-missing", make_matched(), FakeLedger(), "names purchase order 0001234", "Sage has no such order",
        silent=(make_matched(), ledger_with_order()),
    ),
    invoice(
        "po-missing", make_matched(),
        FakeLedger(order_rows={"0001234": Skipped("0001234", "master-order", "It is a master order.")}),
        "names purchase order 0001234", "In Sage this order cannot be billed. It is a master order.",
        silent=(make_matched(), ledger_with_order(order_type=OrderType.STANDARD)),
    ),
    invoice(
        "po-closed", make_matched(), ledger_with_order(state=OrderState.COMPLETE, sage_status="X"),
        "bills purchase order 0001234", "In Sage this order is complete (status X)",
        silent=(make_matched(), ledger_with_order(sage_status="B")),
    ),
    invoice(
        "po-line-deleted", make_matched(), ledger_with_order({"line_key": "000002"}),
        "Line 1 of the invoice (DRILL) is matched to line 000001", "Sage no longer has that line",
        silent=(make_matched(), ledger_with_order({"line_key": "000001"})),
    ),
    invoice(
        "po-line-twice", make_matched(amount=Decimal("50.00"), lines=TWO_LINES_ONE_ORDER_LINE), ledger_with_order(),
        "Lines 1 and 2 of the invoice", "the same line 000001 of purchase order 0001234",
        silent=(make_matched("4.000000"), ledger_with_order()),
    ),
    invoice(
        "po-quantity-changed", make_matched("10.500000"), ledger_with_order(), "bills 10.5 of DRILL",
        "purchase order 0001234 now has 10 ordered", silent=(make_matched("10.000000"), ledger_with_order()),
    ),
    invoice(
        "po-cost-changed", make_matched(unit_cost="12.500000"), ledger_with_order({"unit_cost": Decimal("12.750000")}),
        "bills DRILL at 12.50", "now has a unit cost of 12.75",
        silent=(make_matched(unit_cost="12.750000"), ledger_with_order({"unit_cost": Decimal("12.75")})),
    ),
    invoice(
        "po-over-invoiced", make_matched("4.000000"), ledger_with_order({"invoiced": Decimal("7.000000")}),
        "bills 4 of DRILL", "has 10 ordered and 7 already invoiced",
        silent=(make_matched("4.000000"), ledger_with_order({"invoiced": Decimal("6.000000")})),
    ),
    invoice(
        "po-drop-ship", make_matched(), ledger_with_order(order_type=OrderType.DROP_SHIP),
        "Purchase order 0001234 is a drop shipment", "Sage has no receipt of goods",
        silent=(make_matched(), ledger_with_order(order_type=OrderType.STANDARD)),
    ),
    invoice(
        "vendor-differs", make_matched(), ledger_with_order(vendor_number="BOLT", vendor_name="Bolt Supply"),
        "The invoice is from vendor 01-ACME (Acme Tools)",
        "purchase order 0001234 belongs to vendor 01-BOLT (Bolt Supply)",
        silent=(make_matched(), ledger_with_order(vendor_number="ACME")),
    ),
    invoice(
        "credit-note", of("-5.00"), None, "a credit note of 5.00", "what you owe the vendor", silent=(of("0.00"), None),
    ),
    invoice(
        "currency", make_invoice(currency="CAD"), None, "The document is in CAD",
        "The Sage company keeps its books in USD", silent=(make_invoice(currency="usd"), None),
    ),
    invoice(
        "no-lines", make_invoice(lines=()), None, "The invoice has no lines", "Sage needs at least one",
        silent=(make_invoice(), None),
    ),
    invoice(
        "unreadable-in-sage", make_invoice(),
        FakeLedger(invoice_rows={KEY: (make_found(unreadable="AP_InvoiceHeader.InvoiceAmt holds “x”"),)}),
        "invoice INV-1043", "AP_InvoiceHeader.InvoiceAmt holds “x”",
        silent=(
            make_invoice(number="INV-1044"),
            FakeLedger(invoice_rows={KEY: (make_found(unreadable="AP_InvoiceHeader.InvoiceAmt holds “x”"),)}),
        ),
    ),
    invoice(
        "unreadable-in-sage", make_matched(),
        FakeLedger(
            order_rows={
                "0001234": Quarantined("0001234", "PO_PurchaseOrderHeader", "FreightAmt", "x", "It is not a number.")
            }
        ),
        "The invoice bills purchase order 0001234", "PO_PurchaseOrderHeader.FreightAmt holds “x”. It is not a number.",
        silent=(make_matched(), FakeLedger(order_rows={"0001234": make_order()})),
    ),
    payment(
        "vendor-missing", make_payment(), paying_ledger(vendor_rows={}),
        "Quadient AP has vendor 01-ACME (Acme Tools)", "Sage has no vendor with this number",
        silent=(make_payment(), None),
    ),
    payment(
        "currency", make_payment(currency="CAD"), None, "The document is in CAD",
        "The Sage company keeps its books in USD", silent=(make_payment(currency=""), None),
    ),
    payment(
        "bank-missing", make_payment(bank_code="X"), None, "The payment has bank code “X”",
        "Sage's bank codes are: A, B", silent=(make_payment(bank_code="B"), None),
    ),
    payment(
        "check-number-missing", make_payment(reference="—"), None, "The payment's reference “—”",
        "no letter or digit to make a check number of", silent=(make_payment(reference="—7"), None),
    ),
    payment(
        "check-number-too-long", make_payment(reference="PAY-2026-0123"), None,
        "makes the check number PAY20260123, which has 11 characters", "This Sage takes 10",
        silent=(make_payment(reference="PAY-2026-012"), None),
    ),
    payment(
        "check-number-used", make_payment(),
        paying_ledger(check_rows={CHECK: (make_found_check(vendor_number="BOLT", amount=Decimal("9.00")),)}),
        "Quadient AP has it for vendor 01-ACME, dated Nov 18, 2026, 1,204.50",
        "in A/P Manual Check and Payment Entry, batch 00031, for vendor 01-BOLT, dated Nov 18, 2026, 9.00",
        silent=(make_payment(bank_code="B"), paying_ledger(check_rows={CHECK: (make_found_check(),)})),
    ),
    payment(
        "number-unclean", make_payment(reference=" PAY-000123"), None, "“PAY-000123” begins or ends with a blank",
        "Sage would store it differently", silent=(make_payment(), None),
    ),
    payment(
        "duplicate-in-run", [make_payment(id="pay-1", lines=()), make_payment()], None,
        "pay-000123 (01-ACME, Nov 18, 2026, 1,204.50)", "pay-1 (01-ACME, Nov 18, 2026, 1,204.50)",
        silent=([make_payment(id="pay-1", reference="PAY-000122", lines=()), make_payment()], None),
    ),
    payment(
        "check-number-used", make_payment(), paying_ledger(check_rows={SMALL: (make_found_check(Place.HISTORY),)}),
        "Quadient AP has check PAY000123 of bank A, for vendor 01-ACME, dated Nov 18, 2026, 1,204.50",
        "pay000123 in history, for vendor 01-ACME, dated Nov 18, 2026, 1,204.50",
        silent=(make_payment(), paying_ledger(check_rows={SMALL: (make_found_check(vendor_number="BOLT"),)})),
    ),
    payment(
        "number-nearly-used", make_payment(), paying_ledger(check_rows={HYPHEN: (make_found_check(),)}),
        "Quadient AP has check PAY000123 of bank A",
        "PAY-000123 in A/P Manual Check and Payment Entry, batch 00031, for vendor 01-ACME",
        silent=(make_payment(), paying_ledger(check_rows={HYPHEN: (make_found_check(amount=Decimal("9.00")),)})),
    ),
    payment(
        "number-nearly-used", make_payment(),
        paying_ledger(check_rows={SMALL: (make_found_check(amount=Decimal("9.00")),)}),
        "Quadient AP has check PAY000123 of bank A", "pay000123 in A/P Manual Check and Payment Entry",
        silent=(make_payment(), paying_ledger(check_rows={SMALL._replace(bank_code="B"): (make_found_check(),)})),
    ),
    payment(
        "number-nearly-used", [make_payment(id="pay-1", reference="PAY-123", lines=()), make_payment()], None,
        "Quadient AP has check PAY000123 of bank A", "it has ready pay-1 as PAY123 (Nov 18, 2026, 1,204.50)",
        silent=(
            [make_payment(id="pay-1", reference="PAY-123", lines=(), amount=Decimal("9.00")), make_payment()], None,
        ),
    ),
    payment(
        "invoice-not-open", make_payment(), FakeLedger(invoice_rows={KEY: (make_found(),)}),
        "Invoice INV-1043 of vendor 01-ACME",
        "in A/P Invoice Data Entry, batch 00012, 1,204.50. To pay it, post batch 00012 first",
        silent=(make_payment(), paying_ledger(invoice_rows={KEY: (make_found(Place.OPEN),)})),
    ),
    payment(
        "invoice-not-open", make_payment(), FakeLedger(owed_rows={"INV-1043": frozenset({("01", "BOLT")})}),
        "The payment pays invoice INV-1043 of vendor 01-ACME", "an open invoice of this number from vendor 01-BOLT",
        silent=(make_payment(), paying_ledger(owed_rows={"INV-1043": frozenset({("01", "BOLT")})})),
    ),
    payment(
        "vendor-differs", make_payment(), FakeLedger(invoice_rows=BOLTS_INVOICE), "The payment is to vendor 01-ACME",
        "In Sage, invoice INV-1043 belongs to vendor 02-ACME",
        silent=(make_payment(), paying_ledger(invoice_rows=BOLTS_INVOICE)),
    ),
    payment(
        "over-balance", make_payment(), paying_ledger("1204.49"), "takes 1,204.50 of invoice INV-1043",
        "Sage has a balance of 1,204.49", silent=(make_payment(), paying_ledger("1204.50")),
    ),
    payment(
        "out-of-balance", make_payment(amount=Decimal("1204.51")), None, "The payment is 1,204.51",
        "its lines add up to 1,204.50: a difference of 0.01", silent=(make_payment(), None),
    ),
    payment(
        "no-lines", make_payment(lines=()), None, "The payment has no lines", "Sage needs at least one",
        silent=(make_payment(), None),
    ),
    payment(
        "future-date", make_payment(payment_date=date(2026, 11, 21)), None, "dated Nov 21, 2026",
        "today is Nov 20, 2026", silent=(make_payment(payment_date=date(2026, 11, 20)), None),
    ),
    payment(
        "period-old", make_payment(payment_date=date(2026, 9, 30)), None, "dated Sep 30, 2026",
        "2 months before this month (Nov 20, 2026)", silent=(make_payment(payment_date=date(2026, 10, 1)), None),
    ),
    payment(
        "unreadable-in-sage", make_payment(),
        FakeLedger(open_rows={KEY: LedgerOpenInvoice(Decimal(0), Decimal(0), "AP_OpenInvoice.Balance holds “x”")}),
        "what is left to pay of invoice INV-1043", "AP_OpenInvoice.Balance holds “x”", silent=(make_payment(), None),
    ),
]  # fmt: skip


def judged(given: tuple[Documents, FakeLedger]) -> tuple[Finding, ...]:
    documents, ledger = given
    context = make_context(ledger)
    invoices = [each for each in documents if isinstance(each, Invoice)]
    payments = [each for each in documents if isinstance(each, Payment)]
    return (check_invoices(context, invoices) | check_payments(context, payments))[documents[-1].id].findings


def named(cases: Sequence[Case]) -> list[str]:
    return [f"{case.kind}-{case.code}" for case in cases]


@pytest.mark.parametrize("case", CASES, ids=named(CASES))
def test_code_fires_alone_with_its_severity_and_names_both_sides(case: Case) -> None:
    (finding,) = judged(case.fires)
    assert (finding.code, finding.severity) == (case.code, RULES[case.kind][case.code])
    assert case.theirs in finding.message
    assert case.sages in finding.message


@pytest.mark.parametrize("case", CASES, ids=named(CASES))
def test_code_is_silent_when_it_is_just_right(case: Case) -> None:
    assert judged(case.silent) == ()


@pytest.mark.parametrize("case", CASES, ids=named(CASES))
def test_message_and_fix_are_sentences_that_a_bookkeeper_understands(case: Case) -> None:
    (finding,) = judged(case.fires)
    for text in (finding.message, finding.fix):
        assert text[0].isupper()
        assert text.endswith(".")
        assert not re.search(r"\bNone\b|\bnull\b|[{}]|API|ODBC|SQL|JSON|\b[a-z]+_[a-z]+\b|Decimal|  |\.\.", text)
    assert finding.message != finding.fix


@pytest.mark.parametrize("kind", [INVOICE, PAYMENT])
def test_every_code_of_the_rules_has_a_firing_and_a_silent_case(kind: str) -> None:
    assert {case.code for case in CASES if case.kind == kind} == set(RULES[kind])


def test_checks_say_no_code_that_is_not_in_the_rules() -> None:
    """What the checks' source spells like a code (words joined by hyphens, nothing else) is one of the rules'."""
    spelled = {
        node.value
        for file in Path(checks.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(r"[a-z]+(-[a-z]+)+", node.value)
    }
    assert spelled | {"currency"} == {*RULES[INVOICE], *RULES[PAYMENT]}
