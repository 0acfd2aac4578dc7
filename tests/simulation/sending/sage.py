"""The engine's port for reading Sage, on books in memory: what it answers, refuses, and shows too late."""

from collections import defaultdict
from collections.abc import Collection
from types import TracebackType
from typing import Any, Protocol

from app.domain.invoices import Destination, Invoice, InvoiceKey
from app.domain.money import ZERO
from app.domain.numbers import bare
from app.domain.payments import CheckKey, Payment
from app.domain.purchase_orders import PurchaseOrder
from app.errors import RetryLater, Side, SkipItem
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
    UnpostedEntry,
    UnpostedUse,
)
from tests.simulation.sending.books import (
    ACCOUNTS,
    BANK,
    COMMENT_SIZE,
    DIVISION,
    ENTRY,
    POSTED,
    TERMS,
    VENDORS,
    Bill,
    Books,
    Check,
    found_lines,
)
from tests.simulation.sending.faults import Faults

_SCREENS = {
    Destination.INVOICE_ENTRY: Place.INVOICE_ENTRY,
    Destination.RECEIPT_OF_INVOICE: Place.RECEIPT_OF_INVOICE,
}
_READING = ("locked", "table gone", "stale read")


class Witness(Protocol):
    """Who watches what happens in Sage."""

    def shown(self, record: Bill | Check) -> None:
        """A look-up answered with a record."""

    def entering(self, document: Invoice | Payment) -> None:
        """AP Bridge is about to have a document entered."""

    def entered(self, document: Invoice | Payment) -> None:
        """A document was entered."""

    def deleting(self, record: Bill | Check, document: str) -> None:
        """AP Bridge is about to have a record deleted that it wrote for `document`."""

    def misled(self) -> None:
        """A look-up answered with what was there before."""

    def blinded(self) -> None:
        """A look-up was not possible."""


class SimulatedCompany:
    """What the engine uses of `SageCompany` when it sends."""

    def __init__(self, books: Books, faults: Faults, witness: Witness) -> None:
        if faults.pass_("open Sage", "locked"):
            raise locked()
        self.ledger = SimulatedLedger(books, faults, witness)

    def __enter__(self) -> "SimulatedCompany":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """There is nothing to close."""


class SimulatedLedger:
    """What the engine uses of `Ledger`; the small code tables never fail, the documents' tables do."""

    def __init__(self, books: Books, faults: Faults, witness: Witness) -> None:
        self._books = books
        self._faults = faults
        self._witness = witness

    def vendors(self, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], LedgerVendor]:
        self._read("vendors")
        return {key: VENDORS[key] for key in keys if key in VENDORS}

    def accounts(self, account_keys: Collection[str]) -> dict[str, LedgerAccount]:
        return {key: ACCOUNTS[key] for key in account_keys if key in ACCOUNTS}

    def terms(self) -> frozenset[str]:
        return frozenset({TERMS})

    def tax_schedules(self) -> frozenset[str]:
        return frozenset()

    def units(self) -> frozenset[str]:
        return frozenset({"EACH"})

    def warehouses(self) -> frozenset[str]:
        return frozenset()

    def divisions(self) -> frozenset[str]:
        return frozenset({DIVISION})

    def banks(self) -> frozenset[str]:
        return frozenset({BANK})

    def purchase_orders(self, numbers: Collection[str]) -> dict[str, PurchaseOrder]:
        orders = {number: self._books.order(number) for number in numbers}
        return {number: order for number, order in orders.items() if order is not None}

    def sizes(self) -> Sizes:
        return Sizes(comment=COMMENT_SIZE)

    def batches_on(self, module: Destination) -> bool:
        return self._books.batches_on

    def batch_is_empty(self, module: Destination, batch: str) -> bool:
        self._read("a batch")
        there: list[Bill | Check] = [each for each in self._books.bills.values() if each.screen is module]
        if module is Destination.MANUAL_CHECK:
            there += self._books.checks.values()
        return not any(record.batch == batch for record in there)

    def invoices(self, keys: Collection[InvoiceKey]) -> dict[InvoiceKey, tuple[FoundInvoice, ...]]:
        bills, _ = self._read("invoices")
        found: defaultdict[InvoiceKey, list[FoundInvoice]] = defaultdict(list)
        wanted = frozenset(keys)
        for bill in bills.values():
            if bill.key in wanted:
                found[bill.key].extend(_found_bill(bill))
                self._witness.shown(bill)
        self._faults.note(f"  {sorted((key.number, len(each)) for key, each in found.items())}")
        return {key: tuple(each) for key, each in found.items()}

    def checks(self, keys: Collection[CheckKey]) -> dict[CheckKey, tuple[FoundCheck, ...]]:
        _, checks = self._read("checks")
        found: defaultdict[CheckKey, list[FoundCheck]] = defaultdict(list)
        wanted = frozenset(keys)
        for check in checks.values():
            if check.key in wanted:
                found[check.key].append(_found_check(check))
                self._witness.shown(check)
        self._faults.note(f"  {sorted((key.check_number, len(each)) for key, each in found.items())}")
        return {key: tuple(each) for key, each in found.items()}

    def invoices_of(self, alike: Alike) -> set[InvoiceKey]:
        bills, _ = self._read("the vendors' invoices")
        return {
            bill.key
            for bill in bills.values()
            if (bill.key.division, bill.key.vendor_number) in alike.vendors
            and (bill.place == ENTRY or bill.amount in alike.amounts or bill.day in alike.days)
        }

    def checks_of(self, alike: Alike) -> set[CheckKey]:
        _, checks = self._read("the vendors' checks")
        return {
            check.key
            for check in checks.values()
            if (check.division, check.vendor_number) in alike.vendors
            and (check.place == ENTRY or check.amount in alike.amounts or check.day in alike.days)
        }

    def near_invoices(self, keys: Collection[InvoiceKey]) -> set[InvoiceKey]:
        bills, _ = self._read("the vendors' numbers")
        wanted = {key._replace(number=bare(key.number)) for key in keys}
        return {bill.key for bill in bills.values() if bill.key._replace(number=bare(bill.key.number)) in wanted} - set(
            keys
        )

    def near_checks(self, keys: Collection[CheckKey], vendors: Collection[tuple[str, str]]) -> set[CheckKey]:
        _, checks = self._read("the vendors' check numbers")
        wanted = {key._replace(check_number=bare(key.check_number)) for key in keys}
        return {
            check.key
            for check in checks.values()
            if check.key._replace(check_number=bare(check.key.check_number)) in wanted
            and (check.division, check.vendor_number) in vendors
        } - set(keys)

    def open_invoices(self, keys: Collection[InvoiceKey]) -> dict[InvoiceKey, LedgerOpenInvoice]:
        self._read("open invoices")
        bills = ((key, self._books.open_bill(key)) for key in keys)
        return {key: LedgerOpenInvoice(bill.balance, ZERO) for key, bill in bills if bill is not None}

    def vendors_owed(self, numbers: Collection[str]) -> dict[str, frozenset[tuple[str, str]]]:
        bills = [bill for bill in self._books.bills.values() if bill.place == POSTED and bill.balance]
        return {
            number: frozenset(
                (bill.key.division, bill.key.vendor_number) for bill in bills if bill.key.number == number
            )
            for number in numbers
        }

    def unposted_paid(self, keys: Collection[InvoiceKey]) -> dict[InvoiceKey, UnpostedUse]:
        _, checks = self._read("unposted checks")
        uses: dict[InvoiceKey, UnpostedUse] = {}
        for check in checks.values():
            for number, paid, discount in check.paid if check.place == ENTRY else ():
                key = InvoiceKey(check.division, check.vendor_number, number)
                if key in keys:
                    entry = UnpostedEntry(check.key.check_number, check.batch)
                    uses[key] = _added(uses.get(key), paid + discount, entry)
        return uses

    def unposted_billed(self, order_numbers: Collection[str]) -> dict[tuple[str, str], UnpostedUse]:
        bills, _ = self._read("unposted receipts")
        uses: dict[tuple[str, str], UnpostedUse] = {}
        for bill in bills.values():
            if bill.place == ENTRY and bill.screen is Destination.RECEIPT_OF_INVOICE and bill.order in order_numbers:
                for line in bill.lines:
                    if line.order_line:
                        key = (bill.order, line.order_line)
                        uses[key] = _added(uses.get(key), line.quantity, UnpostedEntry(bill.number, bill.batch))
        return uses

    def _read(self, what: str) -> tuple[dict[int, Bill], dict[int, Check]]:
        fault = self._faults.pass_(f"read {what}", *_READING)
        if fault == "locked":
            raise locked()
        if fault == "table gone":
            self._witness.blinded()
            raise SkipItem(
                "table-not-accessible", "A table of Sage 100 cannot be read", "It is hidden.", "Allow it.",
                side=Side.SAGE,
            )  # fmt: skip
        if fault == "stale read":
            self._witness.misled()
            return self._books.stale
        return self._books.bills, self._books.checks


def locked() -> RetryLater:
    """Return the error of a Sage that does not let AP Bridge read just now."""
    return RetryLater("sage-locked", "Sage 100 is busy", "A file is locked.", "Try again.", side=Side.SAGE)


def _added(use: UnpostedUse | None, taken: Any, entry: UnpostedEntry) -> UnpostedUse:
    return UnpostedUse(taken, (entry,)) if use is None else UnpostedUse(use.taken + taken, (*use.entries, entry))


def _found_bill(bill: Bill) -> list[FoundInvoice]:
    lines = found_lines(bill.lines)
    if bill.place == ENTRY:
        return [
            FoundInvoice(_SCREENS[bill.screen], bill.batch, bill.day, bill.amount, bill.comment, bill.number, lines)
        ]
    history = FoundInvoice(Place.HISTORY, "", bill.day, bill.amount, bill.comment, "", lines)
    if not bill.balance:
        return [history]
    return [FoundInvoice(Place.OPEN, "", bill.day, bill.amount, bill.comment, "", ()), history]


def _found_check(check: Check) -> FoundCheck:
    place = Place.MANUAL_CHECK if check.place == ENTRY else Place.HISTORY
    lines = tuple(FoundLine("", paid, "", number) for number, paid, _ in check.paid)
    return FoundCheck(
        place, check.batch, check.day, check.division, check.vendor_number, check.amount, check.comment, lines
    )
