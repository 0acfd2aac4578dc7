"""The simulation's Sage answers, refuses and keeps as the demo's company does through the real reader and writer."""

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from app.domain.invoices import Destination, Invoice, InvoiceKey, InvoiceLine
from app.domain.money import ZERO
from app.domain.payments import CheckKey, Payment, PaymentLine
from app.errors import BridgeError
from app.sage.elsewhere import Alike
from tests.simulation.sending.books import (
    ACCOUNT,
    ACTIVE,
    BANK,
    DIVISION,
    ENTRY,
    HELD,
    INACTIVE,
    ORDER,
    ORDER_LINE,
    OTHER_ACCOUNT,
    TERMS,
    Books,
)
from tests.simulation.sending.faults import Faults
from tests.simulation.sending.sage import SimulatedCompany
from tests.simulation.sending.sandbox_side import SandboxSage
from tests.simulation.sending.writer import SimulatedWriter

STORIES = 25
STEPS = 12
NUMBERS = ("100", "200", "B-3")
CHECKS = ("QP1", "QP2")
KEYS = [InvoiceKey(DIVISION, vendor, number) for vendor in (ACTIVE, HELD, INACTIVE) for number in NUMBERS]
CHECK_KEYS = [CheckKey(BANK, number) for number in CHECKS]

ALIKE = Alike(frozenset({(DIVISION, ACTIVE), (DIVISION, HELD)}), frozenset({Decimal("17.50")}), frozenset())


class Unwatched:
    """Nobody watches."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_: None


class SimulatedSage:
    """The simulation's company, used as the demo's."""

    def __init__(self) -> None:
        self._faults = Faults(Random(0))  # noqa: S311  # repeatable, no secret
        self.books = Books()

    def begin(self, *, batches_on: bool) -> None:
        self.books = Books(batches_on=batches_on)
        self._faults.begin_run(on=False)

    def reading(self) -> AbstractContextManager[Any]:
        return SimulatedCompany(self.books, self._faults, Unwatched())

    def writing(self) -> AbstractContextManager[Any]:
        return SimulatedWriter(self.books, self._faults, Unwatched())

    def post(self) -> None:
        for screen in (Destination.INVOICE_ENTRY, Destination.RECEIPT_OF_INVOICE, Destination.MANUAL_CHECK):
            for batch in (*self.books.batches[screen], ""):
                self.books.post(screen, batch)

    def delete_unposted(self) -> None:
        for record in (*self.books.bills.values(), *self.books.checks.values()):
            if record.place == ENTRY:
                self.books.delete(record)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> SandboxSage:
    return SandboxSage(tmp_path_factory.mktemp("sandbox"))


@pytest.mark.parametrize("seed", range(STORIES))
def test_both_take_refuse_and_show_the_same(sandbox: SandboxSage, seed: int) -> None:
    random = Random(seed)  # noqa: S311  # repeatable, no secret
    sides: Sequence[Any] = (SimulatedSage(), sandbox)
    batches_on = random.random() < 0.7
    for side in sides:
        side.begin(batches_on=batches_on)
    entered: list[tuple[Invoice | Payment, str]] = []
    for step in range(STEPS):
        act = random.choices(("write", "undo", "post", "delete"), (10, 4, 2, 1))[0]
        if act == "write":
            document = _document(random, f"{seed}-{step}")
            comment = random.choice(("By AP Bridge", "x" * 40, "x" * 41))
            told = [_write(side, document, comment) for side in sides]
            if told[0].startswith("written"):
                entered.append((document, comment))
        elif act == "undo" and entered:
            document, comment = random.choice(entered)
            told = [_undo(side, document, comment) for side in sides]
        else:
            told = ["", ""]
            # What posting makes of one number in both entry screens is Sage's secret.
            unposted = Counter(bill.key for bill in sides[0].books.bills.values() if bill.place == ENTRY)
            delete = act == "delete" or any(count > 1 for count in unposted.values())
            for side in sides:
                (side.delete_unposted if delete else side.post)()
        assert told[0] == told[1], (seed, step, act)
        assert _shown(sides[0]) == _shown(sides[1]), (seed, step, act, told)


def _write(side: Any, document: Invoice | Payment, comment: str) -> str:
    """Have a document entered; return how that ended."""
    try:
        with side.writing() as writer:
            batch = writer.select_batch(document.destination, "AP Bridge run-1")
            if isinstance(document, Payment):
                written = writer.write_check(document, CheckKey(BANK, document.reference), comment=comment, batch=batch)
            else:
                write = (
                    writer.write_receipt_of_invoice
                    if document.destination is Destination.RECEIPT_OF_INVOICE
                    else writer.write_invoice
                )
                texts = [f"AP Bridge {document.id}", *("" for _ in document.lines[1:])]
                written = write(document, comment=comment, line_comments=texts, batch=batch)
    except BridgeError as error:
        return f"{type(error).__name__} {error.code}"
    return f"written {bool(written.batch)} {bool(written.entry_number)}"


def _undo(side: Any, document: Invoice | Payment, comment: str) -> str:
    """Have what was entered deleted again; return how that ended."""
    try:
        with side.reading() as company, side.writing() as writer:
            texts = [f"AP Bridge {document.id}", *("" for _ in document.lines[1:])]
            if isinstance(document, Payment):
                writer.delete_check(document, CheckKey(BANK, document.reference), comment=comment, batch="")
            elif document.destination is Destination.INVOICE_ENTRY:
                writer.delete_invoice(document, comment=comment, line_comments=texts, batch="")
            else:
                found = company.ledger.invoices([document.key]).get(document.key, ())
                number = next((each.entry_number for each in found if each.entry_number), "000000")
                writer.delete_receipt_of_invoice(number, document, comment=comment, line_comments=texts, batch="")
    except BridgeError as error:
        return f"{type(error).__name__} {error.code}"
    return "deleted"


def _shown(side: Any) -> Any:
    """Return all that the look-ups show, without the numbers that each side gives by itself."""
    with side.reading() as company:
        ledger = company.ledger
        return {
            "invoices": {
                key: sorted(_plain(each, each.invoice_date, bool(each.entry_number)) for each in found)
                for key, found in ledger.invoices(KEYS).items()
            },
            "checks": {
                key: sorted(_plain(each, each.check_date, f"{each.division}-{each.vendor_number}") for each in found)
                for key, found in ledger.checks(CHECK_KEYS).items()
            },
            "of": ledger.invoices_of(ALIKE),
            "checks of": ledger.checks_of(ALIKE),
            "near": ledger.near_invoices([key._replace(number=key.number.swapcase()) for key in KEYS]),
            "near checks": ledger.near_checks(
                [key._replace(check_number=key.check_number.swapcase()) for key in CHECK_KEYS], ALIKE.vendors
            ),
            "open": {key: each.balance for key, each in ledger.open_invoices(KEYS).items()},
            "paid": {key: (use.taken, len(use.entries)) for key, use in ledger.unposted_paid(KEYS).items()},
            "billed": {key: (use.taken, len(use.entries)) for key, use in ledger.unposted_billed([ORDER]).items()},
            "order": [(line.line_key, line.invoiced) for line in ledger.purchase_orders([ORDER])[ORDER].lines],
            "owed": {number: set(vendors) for number, vendors in ledger.vendors_owed(NUMBERS).items() if vendors},
        }


def _plain(found: Any, day: date, more: Any) -> tuple[Any, ...]:
    lines = tuple((line.account_key, line.amount, line.comment, line.invoice_number) for line in found.lines)
    return (found.place.value, bool(found.batch), day, found.amount, found.comment, lines, more)


def _document(random: Random, id_: str) -> Invoice | Payment:
    """Make a document of few numbers, so that many meet; every fourth has something that Sage does not take."""
    wrong = random.choice(("terms", "account", "balance", "vendor")) if random.random() < 0.25 else ""
    if random.random() < 0.3:
        paid = Decimal(random.choice(("12.50", "25.00", "30.00")))
        number = random.choice(NUMBERS)
        lines = (PaymentLine(number, paid, ZERO),)
        total = paid + 1 if wrong == "balance" else paid
        return Payment(
            f"pay-{id_}", random.choice(CHECKS), BANK, date(2026, 11, 4), DIVISION, ACTIVE, "", "USD", total, "Check",
            lines,
        )  # fmt: skip
    matched = random.random() < 0.4
    vendor = ACTIVE if matched else random.choice((ACTIVE, ACTIVE, HELD, INACTIVE))
    quantity = Decimal(random.choice((1, 2)))
    line = InvoiceLine(1, ACCOUNT, Decimal("12.50") * quantity)
    if matched:
        line = replace(line, po_line_key=ORDER_LINE, quantity=quantity, unit_cost=Decimal("12.500000"))
    other = InvoiceLine(2, "999" if wrong == "account" else OTHER_ACCOUNT, Decimal("5.00"))
    return Invoice(
        f"inv-{id_}",
        DIVISION,
        "NOBODY" if wrong == "vendor" and not matched else vendor,
        "",
        random.choice(NUMBERS),
        date(2026, 11, 3),
        None,
        None,
        "ZZ" if wrong == "terms" else TERMS,
        "",
        "USD",
        line.amount + other.amount + (1 if wrong == "balance" else 0),
        ZERO,
        ZERO,
        "",
        False,
        False,
        ORDER if matched else "",
        "",
        (line, other),
    )
