"""The engine's ports to Sage, on books in memory: what a company open for reading and a writer answer, and refuse."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Protocol

from app.domain.invoices import Destination, Invoice, InvoiceKey
from app.domain.money import ZERO
from app.domain.payments import CheckKey, Payment
from app.domain.purchase_orders import PurchaseOrder
from app.errors import BridgeError, RetryLater, Side, SkipItem
from app.sage.deleting import NOT_DELETED
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
    Written,
)
from app.sage.refusals import Refused, document_refused
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
    RefusalError,
    found_lines,
)
from tests.simulation.sending.faults import Faults

_SCREENS = {
    Destination.INVOICE_ENTRY: Place.INVOICE_ENTRY,
    Destination.RECEIPT_OF_INVOICE: Place.RECEIPT_OF_INVOICE,
}
_READING = ("locked", "table gone", "stale read")
_CUT = 12  # characters of a comment that a Sage with shorter columns keeps
_REFUSALS = {
    "single user": "The company is in single-user mode.",
    "record locked": "The record is locked by another user.",
    "period closed": "The period is closed to this module.",
}


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


class SimulatedWriter:
    """What the engine uses of `SageWriter`: each document whole or nothing of it, but for a lost reply."""

    def __init__(self, books: Books, faults: Faults, witness: Witness) -> None:
        self._books = books
        self._faults = faults
        self._witness = witness

    def __enter__(self) -> "SimulatedWriter":
        fault = self._faults.pass_("sign in", "single user")
        if fault:
            raise document_refused(Refused("nSetUser", _REFUSALS[fault]), "the sign-in")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Signing out has no effect that matters."""

    def select_batch(self, destination: Destination, description: str) -> str:
        fault = self._faults.pass_("make a batch", "record locked", "reply lost before", "reply lost after")
        if fault == "record locked":
            raise document_refused(Refused("nSelectNewBatch", _REFUSALS[fault]), "the batch")
        if fault == "reply lost before":
            raise no_answer()
        try:
            batch = self._books.new_batch(destination, description)
        except RefusalError:
            return ""
        if fault == "reply lost after":
            raise no_answer()
        self._faults.pass_("made a batch")
        return batch

    def write_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> Written:
        def enter() -> str:
            there = self._books.bills_under(invoice.key)
            if any(bill.place != ENTRY or bill.screen is Destination.INVOICE_ENTRY for bill in there):
                raise _already(invoice.number)
            self._books.enter_invoice(invoice, comment, list(line_comments), batch, origin=invoice.id)
            return ""

        return self._write(invoice, f"invoice {invoice.number}", enter, batch)

    def write_receipt_of_invoice(
        self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str
    ) -> Written:
        def enter() -> str:
            return self._books.enter_receipt(invoice, comment, list(line_comments), batch, origin=invoice.id)

        return self._write(invoice, f"invoice {invoice.number}", enter, batch)

    def write_check(self, payment: Payment, check: CheckKey, *, comment: str, batch: str) -> Written:
        def enter() -> str:
            if any(each.key == check and each.place == ENTRY for each in self._books.checks.values()):
                raise _already(check.check_number)
            self._books.enter_check(payment, check, comment, batch, origin=payment.id)
            return ""

        return self._write(payment, f"check {check.check_number}", enter, batch)

    def delete_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> None:
        def there() -> list[Bill | Check]:
            bills = self._books.bills_under(invoice.key)
            return [each for each in bills if each.screen is Destination.INVOICE_ENTRY]

        self._delete(there, invoice, _entered_bill(invoice, comment, line_comments))

    def delete_receipt_of_invoice(
        self, number: str, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str
    ) -> None:
        def there() -> list[Bill | Check]:
            return [each for each in self._books.bills.values() if each.number == number]

        self._delete(there, invoice, _entered_bill(invoice, comment, line_comments))

    def delete_check(self, payment: Payment, check: CheckKey, *, comment: str, batch: str) -> None:
        def there() -> list[Bill | Check]:
            return [each for each in self._books.checks.values() if each.key == check]

        entered = (check, payment.payment_date, payment.amount, comment, tuple(_paid(payment)))
        self._delete(there, payment, entered)

    def _delete(self, find: Callable[[], Sequence[Bill | Check]], document: Invoice | Payment, entered: Any) -> None:
        """Delete the one that is in entry, if it reads as it was entered."""
        fault = self._faults.pass_(
            f"delete {document.id}",
            "single user",
            "record locked",
            "not deleted",
            "reply lost before",
            "reply lost after",
            likely=True,
        )
        if fault in _REFUSALS:
            raise document_refused(Refused("nDelete", _REFUSALS[fault]), "the record")
        if fault == "reply lost before":
            raise no_answer()
        there = find()
        record = next((each for each in there if each.place == ENTRY), None)
        if record is None:
            # The screen does not even show a check number that was used.
            raise _not_undone(NOT_DELETED if there and isinstance(document, Payment) else "gone-in-sage")
        if _reads(record) != entered:
            raise _not_undone("changed-in-sage")
        if fault == "not deleted":
            raise _not_undone(NOT_DELETED)
        self._witness.deleting(record, document.id)
        self._books.take_out(record)
        if fault == "reply lost after":
            raise no_answer()
        self._faults.pass_(f"deleted {document.id}", likely=True)

    def _write(self, document: Invoice | Payment, name: str, enter: Any, batch: str) -> Written:
        self._witness.entering(document)
        fault = self._faults.pass_(
            f"write {document.id}",
            "single user",
            "record locked",
            "period closed",
            "reply lost before",
            "reply lost after",
            "half a document",
            "comments cut",
            "warning",
            likely=True,
        )
        if fault in _REFUSALS:
            raise self._refused(document, name, _REFUSALS[fault])
        if fault in ("reply lost before", "half a document"):
            # Lines without a header are no document: no look-up shows them, and the next write takes them out.
            raise no_answer() if fault == "reply lost before" else _unfinished(name)
        if fault == "comments cut":
            self._books.comment_kept = _CUT
        try:
            number = enter()
        except RefusalError as refusal:
            raise self._refused(document, name, str(refusal)) from refusal
        except SkipItem:
            self._books.refusals.add(document.id)
            raise
        finally:
            self._books.comment_kept = 2048
        self._witness.entered(document)
        self._faults.note(f"  entered in batch {batch}")
        if fault == "reply lost after":
            raise no_answer()
        self._faults.pass_(f"wrote {document.id}", likely=True)
        return Written(batch, number, ("Sage has something to say.",) if fault == "warning" else ())

    def _refused(self, document: Invoice | Payment, name: str, said: str) -> BridgeError:
        error = document_refused(Refused("nWrite", said), name)
        if isinstance(error, SkipItem):
            self._books.refusals.add(document.id)
        return error


def locked() -> RetryLater:
    """Return the error of a Sage that does not let AP Bridge read just now."""
    return RetryLater("sage-locked", "Sage 100 is busy", "A file is locked.", "Try again.", side=Side.SAGE)


def no_answer() -> RetryLater:
    """Return the error of a call whose reply was lost."""
    return RetryLater("sage-went-away", "Sage 100 does not answer", "The reply was lost.", "Again.", side=Side.SAGE)


def _unfinished(name: str) -> RetryLater:
    return RetryLater(
        "sage-left-unfinished", f"Sage 100 may hold a part of {name}", "It stopped.", "Look there.", side=Side.SAGE
    )


def _already(name: str) -> SkipItem:
    return SkipItem("already-in-sage", f"Sage 100 has {name} already", "It was entered.", "Look.", side=Side.SAGE)


def _not_undone(code: str) -> SkipItem:
    return SkipItem(code, "Sage 100 did not delete it", "It is not there as it was.", "Look.", side=Side.SAGE)


def _entered_bill(invoice: Invoice, comment: str, line_comments: Sequence[str]) -> Any:
    lines = tuple((line.amount, text) for line, text in zip(invoice.lines, line_comments, strict=True))
    return (invoice.key, invoice.invoice_date, invoice.amount, comment, lines)


def _paid(payment: Payment) -> Iterator[tuple[str, Decimal, Decimal]]:
    return ((line.invoice_number, line.amount, line.discount) for line in payment.lines)


def _reads(record: Bill | Check) -> Any:
    """Return what tells whether a record was changed."""
    lines: Any = (
        record.paid if isinstance(record, Check) else tuple((each.amount, each.comment) for each in record.lines)
    )
    return (record.key, record.day, record.amount, record.comment, lines)


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
