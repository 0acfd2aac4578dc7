"""A ledger of plain dicts that counts its calls, and documents that nothing is wrong with."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.invoices import Invoice, InvoiceKey, InvoiceLine
from app.domain.numbers import bare
from app.domain.payments import CheckKey, Payment, PaymentLine
from app.domain.purchase_orders import OrderState, OrderType, PurchaseOrder, PurchaseOrderLine
from app.engine.checks import CheckContext
from app.sage.elsewhere import Alike
from app.sage.found import (
    FoundCheck,
    FoundInvoice,
    FoundLine,
    LedgerAccount,
    LedgerOpenInvoice,
    LedgerVendor,
    Place,
    Sizes,
    UnpostedUse,
)
from app.sage.outcomes import Quarantined, Skipped
from app.settings import CloudSettings, CompanySettings, SageSettings

TODAY = date(2026, 11, 20)
VENDOR = LedgerVendor("Acme Tools", "A", hold=False, uses_receipt_of_invoice=False, terms="01")
KEY = InvoiceKey("01", "ACME", "INV-1043")
CHECK = CheckKey("A", "PAY000123")


@dataclass
class FakeLedger:
    """Answers from its dicts, only for the keys it is asked for; `calls` counts by method."""

    vendor_rows: dict[tuple[str, str], LedgerVendor] = field(default_factory=lambda: {("01", "ACME"): VENDOR})
    account_rows: dict[str, LedgerAccount] = field(
        default_factory=lambda: {
            "000000012": LedgerAccount("610-00-00", "Office supplies", "A"),
            "000000013": LedgerAccount("620-00-00", "Repairs", "A"),
        }
    )
    order_rows: dict[str, PurchaseOrder | Skipped | Quarantined] = field(default_factory=dict)
    invoice_rows: dict[InvoiceKey, tuple[FoundInvoice, ...]] = field(default_factory=dict)
    open_rows: dict[InvoiceKey, LedgerOpenInvoice] = field(default_factory=dict)
    owed_rows: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    paid_rows: dict[InvoiceKey, UnpostedUse] = field(default_factory=dict)
    billed_rows: dict[tuple[str, str], UnpostedUse] = field(default_factory=dict)
    check_rows: dict[CheckKey, tuple[FoundCheck, ...]] = field(default_factory=dict)
    division_codes: frozenset[str] = frozenset({"01", "02"})
    column_sizes: Sizes = field(default_factory=Sizes)
    calls: Counter[str] = field(default_factory=Counter)

    def vendors(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], LedgerVendor]:
        return self._among("vendors", self.vendor_rows, keys)

    def accounts(self, account_keys: Collection[str]) -> dict[str, LedgerAccount]:
        return self._among("accounts", self.account_rows, account_keys)

    def purchase_orders(self, numbers: Collection[str]) -> dict[str, PurchaseOrder | Skipped | Quarantined]:
        return self._among("purchase_orders", self.order_rows, numbers)

    def invoices(self, keys: Collection[InvoiceKey]) -> dict[InvoiceKey, tuple[FoundInvoice, ...]]:
        return self._among("invoices", self.invoice_rows, keys)

    def open_invoices(self, keys: Collection[InvoiceKey]) -> dict[InvoiceKey, LedgerOpenInvoice]:
        return self._among("open_invoices", self.open_rows, keys)

    def vendors_owed(self, numbers: Collection[str]) -> dict[str, frozenset[tuple[str, str]]]:
        return self._among("vendors_owed", self.owed_rows, numbers)

    def invoices_of(self, alike: Alike) -> set[InvoiceKey]:
        self.calls["invoices_of"] += 1
        return {key for key in self.invoice_rows if (key.division, key.vendor_number) in alike.vendors}

    def checks_of(self, alike: Alike) -> set[CheckKey]:
        self.calls["checks_of"] += 1
        return {
            key
            for key, found in self.check_rows.items()
            if any((each.division, each.vendor_number) in alike.vendors for each in found)
        }

    def near_invoices(self, keys: Collection[InvoiceKey]) -> set[InvoiceKey]:
        self.calls["near_invoices"] += 1
        wanted = {key._replace(number=bare(key.number)) for key in keys}
        return {key for key in self.invoice_rows if key._replace(number=bare(key.number)) in wanted} - set(keys)

    def near_checks(self, keys: Collection[CheckKey], vendors: Collection[tuple[str, str]]) -> set[CheckKey]:
        self.calls["near_checks"] += 1
        wanted = {key._replace(check_number=bare(key.check_number)) for key in keys}
        return {
            key
            for key, found in self.check_rows.items()
            if key._replace(check_number=bare(key.check_number)) in wanted
            and any((each.division, each.vendor_number) in vendors for each in found)
        } - set(keys)

    def checks(self, keys: Collection[CheckKey]) -> dict[CheckKey, tuple[FoundCheck, ...]]:
        return self._among("checks", self.check_rows, keys)

    def unposted_paid(self, keys: Collection[InvoiceKey]) -> dict[InvoiceKey, UnpostedUse]:
        return self._among("unposted_paid", self.paid_rows, keys)

    def unposted_billed(self, order_numbers: Collection[str]) -> dict[tuple[str, str], UnpostedUse]:
        self.calls["unposted_billed"] += 1
        return {key: use for key, use in self.billed_rows.items() if key[0] in order_numbers}

    def terms(self) -> frozenset[str]:
        return self._codes("terms", "01", "02")

    def tax_schedules(self) -> frozenset[str]:
        return self._codes("tax_schedules", "CA")

    def units(self) -> frozenset[str]:
        return self._codes("units", "EACH")

    def warehouses(self) -> frozenset[str]:
        return self._codes("warehouses", "001")

    def banks(self) -> frozenset[str]:
        return self._codes("banks", "A", "B")

    def divisions(self) -> frozenset[str]:
        return self._codes("divisions", *self.division_codes)

    def sizes(self) -> Sizes:
        self.calls["sizes"] += 1
        return self.column_sizes

    def _codes(self, name: str, *codes: str) -> frozenset[str]:
        self.calls[name] += 1
        return frozenset(codes)

    def _among(self, name: str, rows: dict[Any, Any], keys: Collection[Any]) -> dict[Any, Any]:
        self.calls[name] += 1
        return {key: rows[key] for key in keys if key in rows}


def make_context(
    ledger: FakeLedger, *, ours: Callable[[str], bool] = lambda _: False, check_prefix: str = ""
) -> CheckContext:
    company = CompanySettings(
        "ABC",
        "Northwind Supply",
        SageSettings("demo", "", "sync"),
        CloudSettings("", "", ""),
        check_prefix=check_prefix,
    )
    return CheckContext(company=company, ledger=ledger, today=TODAY, ours=ours)


def make_invoice(**changes: Any) -> Invoice:
    """An invoice of one plain line of 1,204.50 that passes every check."""
    invoice = Invoice(
        id="inv-000123",
        division="01",
        vendor_number="ACME",
        vendor_name="Acme Tools",
        number="INV-1043",
        invoice_date=date(2026, 11, 3),
        due_date=date(2026, 12, 3),
        discount_date=None,
        terms="01",
        description="Drills",
        currency="USD",
        amount=Decimal("1204.50"),
        freight=Decimal("0.00"),
        tax=Decimal("0.00"),
        tax_schedule="",
        separate_cheque=False,
        hold=False,
        purchase_order="",
        image_url="",
        lines=(InvoiceLine(1, "000000012", Decimal("1204.50")),),
    )
    return replace(invoice, **changes)


def make_matched(quantity: str = "4.000000", unit_cost: str = "12.500000", **changes: Any) -> Invoice:
    """An invoice whose one line is matched to line 000001 of order 0001234."""
    amount = (Decimal(quantity) * Decimal(unit_cost)).quantize(Decimal("0.01"))
    line = InvoiceLine(
        1,
        "000000012",
        amount,
        po_line_key="000001",
        item_code="DRILL",
        quantity=Decimal(quantity),
        unit_cost=Decimal(unit_cost),
        unit="EACH",
        warehouse="001",
    )
    return make_invoice(**{"amount": amount, "lines": (line,), "purchase_order": "0001234"} | changes)


def make_order(line_changes: dict[str, Any] | None = None, **changes: Any) -> PurchaseOrder:
    """Order 0001234: ten drills at 12.50, nothing invoiced."""
    line = PurchaseOrderLine(
        line_key="000001",
        sequence="00000000000001",
        item_code="DRILL",
        item_type="1",
        description="Drill",
        unit="EACH",
        warehouse="001",
        account_key="000000012",
        ordered=Decimal("10.000000"),
        received=Decimal("0.000000"),
        invoiced=Decimal("0.000000"),
        backordered=Decimal("0.000000"),
        unit_cost=Decimal("12.500000"),
        extension=Decimal("125.00"),
    )
    order = PurchaseOrder(
        number="0001234",
        order_type=OrderType.STANDARD,
        state=OrderState.OPEN,
        sage_status="O",
        order_date=date(2026, 10, 1),
        required_date=None,
        division="01",
        vendor_number="ACME",
        vendor_name="Acme Tools",
        terms="01",
        warehouse="001",
        tax_schedule="",
        comment="",
        freight=Decimal("0.00"),
        sales_tax=Decimal("0.00"),
        lines=(replace(line, **(line_changes or {})),),
        receipts=(),
    )
    return replace(order, **changes)


def ledger_with_order(line_changes: dict[str, Any] | None = None, **changes: Any) -> FakeLedger:
    return FakeLedger(order_rows={"0001234": make_order(line_changes, **changes)})


def make_found(place: Place = Place.INVOICE_ENTRY, *, reference: str = "", **changes: Any) -> FoundInvoice:
    """What Sage has of `make_invoice()`; with `reference`, AP Bridge wrote it."""
    found = FoundInvoice(
        place=place,
        batch="" if place.posted else "00012",
        invoice_date=date(2026, 11, 3),
        amount=Decimal("1204.50"),
        comment="Drills",
        entry_number="",
        lines=(FoundLine("000000012", Decimal("1204.50"), f"Drills {reference}"),),
    )
    return replace(found, **changes)


def make_payment(**changes: Any) -> Payment:
    """A payment of invoice INV-1043 in full that passes every check with `paying_ledger()`."""
    payment = Payment(
        id="pay-000123",
        reference="PAY-000123",
        bank_code="A",
        payment_date=date(2026, 11, 18),
        division="01",
        vendor_number="ACME",
        vendor_name="Acme Tools",
        currency="USD",
        amount=Decimal("1204.50"),
        method="ACH",
        lines=(PaymentLine("INV-1043", Decimal("1204.50"), Decimal("0.00")),),
    )
    return replace(payment, **changes)


def paying_ledger(balance: str = "1204.50", **changes: Any) -> FakeLedger:
    open_rows = {KEY: LedgerOpenInvoice(Decimal(balance), Decimal("0.00"))}
    return FakeLedger(**{"open_rows": open_rows} | changes)


def make_found_check(place: Place = Place.MANUAL_CHECK, *, reference: str = "", **changes: Any) -> FoundCheck:
    """What Sage has of `make_payment()`; with `reference`, AP Bridge wrote it."""
    found = FoundCheck(
        place=place,
        batch="" if place.posted else "00031",
        check_date=date(2026, 11, 18),
        division="01",
        vendor_number="ACME",
        amount=Decimal("1204.50"),
        comment=f"Quadient AP {reference}",
        lines=(),
    )
    return replace(found, **changes)
