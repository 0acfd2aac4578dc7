"""Fills a store with what the window shows: lists, orders, documents in every state, runs and totals."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import orjson

from app.domain.codec import canonical, fingerprint, plain
from app.domain.findings import Finding, Severity
from app.domain.invoices import Destination, Invoice, InvoiceLine
from app.domain.lists import ListName
from app.domain.payments import ImportKind, Payment, PaymentLine, SagePayment
from app.domain.purchase_orders import (
    OrderState,
    OrderType,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
)
from app.engine.sending.natural_key import natural_key
from app.engine.store import Store
from app.settings import CloudSettings, CompanySettings, Home, SageSettings, Settings

COMPANY = "ABC"
NAME = "Northwind Supply"
NOW = datetime.now(UTC)
SYNC_RUN, SEND_RUN, FAILED_RUN = "run-sync", "run-send", "run-failed"
VENDORS = (
    ("ACME", "Acme Tools"),
    ("BOLT", "Bolt & Co"),
    ("CEDAR", "Cedar Paper Mills"),
    ("DELTA", "Delta Freight Lines"),
    ("EVER", "Evergreen Landscaping and Snow Removal LLC"),
)
ON_HOLD = Finding(
    "vendor-on-hold",
    Severity.WARNS,
    "Vendor 01-CEDAR is on hold in Sage; the invoice is written with its payment on hold.",
    "Release the hold in A/P Vendor Maintenance when it may be paid.",
)
NO_ACCOUNT = Finding(
    "account-inactive",
    Severity.STOPS,
    "Account 510-00-01 on line 1 is inactive in Sage.",
    "Make the account active in G/L Account Maintenance, or code the line to another one in Quadient AP.",
)


def invoice(number: int, /, **changes: object) -> Invoice:
    code, name = VENDORS[number % len(VENDORS)]
    amount = Decimal(f"{(number * 7919) % 400000 / 100:.2f}") + 10
    made = Invoice(
        id=f"inv-{number:06}",
        division="01",
        vendor_number=code,
        vendor_name=name,
        number=f"INV-{1000 + number}",
        invoice_date=date(2026, 11, 1 + number % 27),
        due_date=date(2026, 12, 1 + number % 27),
        discount_date=None,
        terms="30",
        description=f"Supplies, week {40 + number % 8}",
        currency="USD",
        amount=amount,
        freight=Decimal("0.00"),
        tax=Decimal("0.00"),
        tax_schedule="",
        separate_cheque=False,
        hold=False,
        purchase_order="",
        image_url=f"https://ap.example/documents/{number}",
        lines=(
            InvoiceLine(1, "000000012", amount - 4, "Office supplies"),
            InvoiceLine(2, "000000047", Decimal("4.00"), "Small tools"),
        ),
    )
    return replace(made, **changes)


def credit_note(number: int) -> Invoice:
    lines = (InvoiceLine(1, "000000012", Decimal("-310.00"), "Returned"),)
    return invoice(number, amount=Decimal("-310.00"), number="CM-77", lines=lines)


def matched(number: int) -> Invoice:
    line = InvoiceLine(
        1, "000000012", Decimal("120.00"), "Bolts M8", "000001", "BOLT-M8", Decimal("100.000000"),
        Decimal("1.200000"), "EACH", "001",
    )  # fmt: skip
    return invoice(number, amount=Decimal("120.00"), purchase_order="0001001", lines=(line,))


def payment(number: int) -> Payment:
    return Payment(
        id=f"pay-{number:06}", reference=f"PP-{88000 + number}", bank_code="A", payment_date=date(2026, 11, 20),
        division="01", vendor_number="ACME", vendor_name="Acme Tools", currency="USD", amount=Decimal("1500.00"),
        method="ACH",
        lines=(
            PaymentLine("INV-900", Decimal("1000.00"), Decimal("0.00")),
            PaymentLine("INV-901", Decimal("500.00"), Decimal("10.00")),
        ),
    )  # fmt: skip


def order(number: int) -> PurchaseOrder:
    code, name = VENDORS[number % len(VENDORS)]
    lines = tuple(
        PurchaseOrderLine(
            f"{at:06}", f"{at:014}", f"ITEM-{at}", "1", f"Article number {at}", "EACH", "001", "000000012",
            Decimal("100.000000"), Decimal("40.000000"), Decimal("25.500000"), Decimal("60.000000"),
            Decimal("1.234500"), Decimal("123.45"),
        )
        for at in range(1, 4)
    )  # fmt: skip
    return PurchaseOrder(
        f"{1000 + number:07}", OrderType.STANDARD if number % 5 else OrderType.DROP_SHIP, OrderState.OPEN, "O",
        date(2026, 11, 1 + number % 27), date(2026, 12, 1), "01", code, name, "30", "001", "", "",
        Decimal("12.00"), Decimal("0.00"), lines,
        (Receipt("0000301", "0000", date(2026, 11, 9), (ReceiptLine("000001", Decimal("40.000000")),)),)
        if number % 5 else (),
    )  # fmt: skip


def sage_payment(number: int) -> SagePayment:
    return SagePayment(
        f"B-{5000 + number:010}-000000", ImportKind.RECORD if number % 2 else ImportKind.WORKFLOW, "B",
        f"{5000 + number:010}", "A", date(2026, 11, 12), "01", "BOLT", "Bolt & Co", Decimal("310.00"), "",
        (PaymentLine("88-1", Decimal("310.00"), Decimal("0.00")),),
    )  # fmt: skip


def fill_home(home: Home) -> None:
    """Write settings and a store into `home`."""
    company = CompanySettings(
        COMPANY, NAME, SageSettings("demo", str(home.sandbox), "apbridge"), CloudSettings("http://localhost", "x", "1")
    )
    home.save(Settings((company,)))
    store = Store(home.store_file)
    try:
        _fill_lists(store)
        _fill_orders(store)
        _fill_sage_payments(store)
        _fill_documents(store)
        _fill_runs(store)
    finally:
        store.close()


def add_document(
    store: Store, kind: str, document: Invoice | Payment, state: str = "ready", findings: Sequence[Finding] = ()
) -> None:
    data = canonical(document)
    check = document.reference[-6:] if isinstance(document, Payment) else ""
    store.write(
        "INSERT OR REPLACE INTO documents (company, kind, id, payload, hash, state, findings, check_number,"
        " previewed_at, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            COMPANY, kind, document.id, data.decode(), fingerprint(data), state,
            orjson.dumps(plain(tuple(findings))).decode(), check, NOW.isoformat(), SYNC_RUN,
        ),
    )  # fmt: skip


def add_step(
    store: Store, kind: str, document: Invoice | Payment, state: str, message: str = "", fix: str = ""
) -> None:
    store.write(
        "INSERT INTO journal (company, kind, document, hash, run, state, destination, natural_key, amount, batch,"
        " external_id, code, message, fix, intended_at, written_at, proven_at, failed_at, acknowledged_at)"
        " VALUES (?, ?, ?, x'00', ?, ?, ?, ?, ?, '00012', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            COMPANY, kind, document.id, SEND_RUN, state, document.destination,
            orjson.dumps(list(natural_key(document, None))).decode(), str(document.amount),
            f"{COMPANY}:01-ACME:{document.id}" if state == "proven" else "", "refused" if message else "", message,
            fix, NOW.isoformat(), *[NOW.isoformat() if state == "proven" else None] * 2,
            NOW.isoformat() if message else None, NOW.isoformat() if state == "proven" else None,
        ),
    )  # fmt: skip


def add_run(store: Store, run: str, command: str, minutes_ago: int, outcome: str, exit_code: int | None) -> None:
    started = NOW - timedelta(minutes=minutes_ago)
    finished = None if exit_code is None else (started + timedelta(seconds=75)).isoformat()
    store.write(
        "INSERT INTO runs (id, company, command, started_at, finished_at, outcome, exit_code)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (run, COMPANY, command, started.isoformat(), finished, outcome, exit_code),
    )


def add_event(store: Store, run: str, kind: str, /, **data: object) -> None:
    store.write(
        "INSERT INTO events (run, at, event, data) VALUES (?, ?, ?, ?)",
        (run, NOW.isoformat(), kind, orjson.dumps(data).decode()),
    )


def _checkpoints(store: Store, rows: Iterable[tuple[object, ...]]) -> None:
    store.write_many(
        "INSERT INTO checkpoints (company, list, key, hash, active, description, payload, state, reason, fix,"
        " acknowledged_at, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _fill_lists(store: Store) -> None:
    for place, name in enumerate(ListName):
        count = 40 if name is ListName.VENDOR else 3 + place
        _checkpoints(
            store,
            (
                (COMPANY, name, f"01-V{at:05}" if name is ListName.VENDOR else f"{at:03}", b"h" * 16, at % 7 != 0,
                 f"{name.label} number {at}", None, "acknowledged", "", "", NOW.isoformat(), SYNC_RUN)
                for at in range(count)
            ),
        )  # fmt: skip
        store.write(
            "INSERT INTO list_syncs VALUES (?, ?, ?, ?, ?)",
            (
                COMPANY, name, NOW.isoformat(), SYNC_RUN,
                orjson.dumps({"read": count, "new": 2, "unchanged": count - 2, "failed": 0}).decode(),
            ),
        )  # fmt: skip
    _checkpoints(
        store,
        [
            (COMPANY, "vendor", "01-ZINC", None, 1, "Zinc Works", None, "quarantined",
             "The terms code “4B” in AP_Vendor.TermsCode is longer than 2 characters.",
             "Correct the vendor's terms in Sage, then sync again.", None, SYNC_RUN),
        ],
    )  # fmt: skip


def _fill_orders(store: Store) -> None:
    orders = [order(number) for number in range(1, 19)]
    _checkpoints(
        store,
        [
            (COMPANY, "purchase_order", each.number, b"h" * 16, 1, each.vendor_name, canonical(each).decode(),
             "waiting" if at == 3 else "acknowledged",
             "Quadient AP has no approval channel that takes this order." if at == 3 else "",
             "Add a channel for its amount in Quadient AP, then sync again." if at == 3 else "",
             NOW.isoformat(), SYNC_RUN)
            for at, each in enumerate(orders)
        ],
    )  # fmt: skip
    _checkpoints(
        store,
        [
            (COMPANY, "purchase_order", "0009999", None, 1, "", None, "quarantined",
             "The unit cost of line 000002 is not a number.", "Correct the line in Sage, then sync again.", None,
             SYNC_RUN),
        ],
    )  # fmt: skip


def _fill_sage_payments(store: Store) -> None:
    payments = [sage_payment(number) for number in range(6)]
    _checkpoints(
        store,
        [
            (COMPANY, "sage_payment", each.key, b"h" * 16, 1, each.vendor_name, canonical(each).decode(),
             "waiting" if at == 2 else "acknowledged",
             "Invoice 88-1 is not Exported in Quadient AP yet." if at == 2 else "",
             "Send the invoice first; the payment follows with the next sync." if at == 2 else "",
             NOW.isoformat(), SYNC_RUN)
            for at, each in enumerate(payments)
        ],
    )  # fmt: skip


def _fill_documents(store: Store) -> None:
    for number in range(1, 12):
        findings = [ON_HOLD] if number in (2, 7) else []
        add_document(store, "invoice", matched(number) if number == 5 else invoice(number), findings=findings)
    add_document(store, "invoice", credit_note(12))
    add_document(store, "invoice", invoice(13), "blocked", [NO_ACCOUNT])
    add_document(store, "invoice", invoice(14), "blocked", [NO_ACCOUNT, ON_HOLD])
    refused, sent = invoice(15), [invoice(16), invoice(17)]
    add_document(store, "invoice", refused, "failed")
    add_step(store, "invoice", refused, "refused", "Sage says: the fiscal period is closed.",
             "Open the period in G/L Options, then choose Send again in Quadient AP.")  # fmt: skip
    for each in sent:
        add_document(store, "invoice", each, "sent")
        add_step(store, "invoice", each, "proven")
    add_document(store, "payment", payment(1))
    add_document(store, "payment", payment(2))
    amount = sum((each.amount for each in sent), Decimal(0))
    store.write(
        "INSERT INTO totals VALUES (?, ?, ?, '00012', 0, 2, ?, 2, ?, 2, ?, '[]')",
        (SEND_RUN, COMPANY, Destination.INVOICE_ENTRY, *[str(amount)] * 3),
    )


def _fill_runs(store: Store) -> None:
    add_run(store, FAILED_RUN, "sync", 2000, "failed", 3)
    add_run(store, SEND_RUN, "send invoices", 120, "needs_user", 1)
    add_run(store, SYNC_RUN, "sync", 20, "needs_user", 1)
    add_event(store, SYNC_RUN, "run_started", command="sync", company=COMPANY)
    for name, read, new in (("Vendor", 41, 2), ("GL Account", 5, 0), ("Purchase orders", 19, 3)):
        add_event(store, SYNC_RUN, "stage_started", stage=name, title=name)
        if name == "Vendor":
            add_event(
                store, SYNC_RUN, "item", stage=name, title=name, kind=name, key="01-ZINC", state="quarantined",
                code="size", message="The terms code “4B” is longer than 2 characters", fix="Correct it in Sage.",
            )  # fmt: skip
        add_event(store, SYNC_RUN, "stage_finished", stage=name, title=name, read=read, new=new, changed=0,
                  unchanged=read - new, deactivated=0, failed=int(name == "Vendor"))  # fmt: skip
    add_event(store, SYNC_RUN, "preview", kind="invoice", ready=12, blocked=2, warnings=2, amount="34210.55")
    add_event(store, SYNC_RUN, "run_finished", outcome="needs_user", exit_code=1, title="", message="", fix="",
              summary={})  # fmt: skip
