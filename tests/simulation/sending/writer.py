"""The engine's port for writing to Sage, on books in memory: each document whole or nothing, but for a lost reply."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any

from app.domain.invoices import Destination, Invoice
from app.domain.payments import CheckKey, Payment
from app.errors import BridgeError, RetryLater, Side, SkipItem
from app.sage.deleting import NOT_DELETED
from app.sage.found import Written
from app.sage.refusals import Refused, document_refused
from tests.simulation.sending.books import ENTRY, Bill, Books, Check, RefusalError
from tests.simulation.sending.faults import Faults
from tests.simulation.sending.sage import Witness

_CUT = 12  # characters of a comment that a Sage with shorter columns keeps
_REFUSALS = {
    "single user": "The company is in single-user mode.",
    "record locked": "The record is locked by another user.",
    "period closed": "The period is closed to this module.",
}


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
