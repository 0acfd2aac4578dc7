"""Writes approved documents into Sage's unposted entry screens, and deletes them there: each one whole, or nothing."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from types import TracebackType

from app.domain.invoices import Destination, Invoice
from app.domain.language import say
from app.domain.payments import CheckKey, Payment
from app.errors import BridgeError, RetryLater, Side, SkipItem
from app.sage import entries
from app.sage.business_objects import Dispatch, Reference
from app.sage.catalogue import OnCall
from app.sage.deleting import delete_unchanged, gone
from app.sage.entry import EXISTING, Entry, Form
from app.sage.found import Written
from app.sage.refusals import Refused, document_refused, passing_or_user
from app.sage.session import Session
from app.settings import SageSettings


@dataclass(frozen=True, slots=True)
class _Screen:
    """An entry screen: its module, the task behind its menu entry, its business object."""

    module: str
    task: str
    business_object: str


_SCREENS = {
    Destination.INVOICE_ENTRY: _Screen("A/P", "AP_Invoice_ui", "AP_Invoice_bus"),
    Destination.RECEIPT_OF_INVOICE: _Screen("P/O", "PO_ReceiptInvoice_ui", "PO_Receipt_bus"),
    Destination.MANUAL_CHECK: _Screen("A/P", "AP_ManualCheck_ui", "AP_ManualCheck_bus"),
}


def _today() -> date:
    return datetime.now().astimezone().date()


class SageWriter:
    """A signed-in session that writes; leaving its `with` block signs out.

    `home` is Sage's MAS90\\Home folder (the demo world's for the demo). All calls come from one thread.
    `on_call` is entered around every single call into Sage, named like “writing to A/P Invoice Data Entry”.

    Every method raises `SkipItem` when Sage refuses this one document, `NeedsUser` when it refuses the user or the
    company, `RetryLater` when it is in single-user mode, has no licence free, or does not answer. Nothing of the
    document is left in Sage then, but for two cases, both `RetryLater`: Sage's answer to the very last step was lost
    (the document may be there whole: look before sending again), or what was begun could not be taken back (its code
    is `sage-left-unfinished`).
    """

    def __init__(
        self,
        settings: SageSettings,
        company: str,
        password: str,
        dispatch: Dispatch,
        home: str,
        *,
        on_call: OnCall = nullcontext,
        today: Callable[[], date] = _today,
    ) -> None:
        self._user = settings.user
        self._company = company
        self._password = password
        self._dispatch = dispatch
        self._home = home
        self._on_call = on_call
        self._today = today
        self._session: Session | None = None
        self._entries: dict[Destination, Entry] = {}
        self._batches: dict[Destination, str] = {}

    def __enter__(self) -> "SageWriter":
        self._session = Session(self._dispatch, self._home, self._today(), self._on_call)
        try:
            self._session.sign_in(self._user, self._password, self._company)
        except BridgeError:
            self._session.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        entries_open, self._entries = list(self._entries.values()), {}
        self._batches = {}
        if self._session is not None:
            self._session.close(entries_open)
            self._session = None

    def select_batch(self, destination: Destination, description: str) -> str:
        """Make a new batch for `destination`, use it from now on and return its number; '' where batches are off."""
        entry = self._entry(destination)
        number = Reference("")
        try:
            entry.do("nSelectNewBatch", number, "N", description)
        except Refused as refused:
            if _batches_are_off(refused):
                return ""
            raise _batch_refused(refused, destination) from refused
        self._batches[destination] = str(number.value)
        return self._batches[destination]

    def write_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> Written:
        """Enter the invoice in A/P Invoice Data Entry; one comment a line, '' for none."""
        entry = self._ready(Destination.INVOICE_ENTRY, batch)
        key = entries.invoice_key(invoice)
        with _Document(entry, say("invoice {number}", number=invoice.number)) as document:
            document.begin(key)
            if entry.get("Adjustment$") == "Y" or entry.warnings:
                raise _adjusts(invoice)
            entries.enter_invoice(entry, invoice, comment, line_comments)
            document.finish()
        return Written(batch, "", tuple(entry.warnings))

    def write_receipt_of_invoice(
        self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str
    ) -> Written:
        """Enter the invoice in P/O Receipt of Invoice Entry; one comment a line, '' for none."""
        entry = self._ready(Destination.RECEIPT_OF_INVOICE, batch)
        with _Document(entry, say("invoice {number}", number=invoice.number)) as document:
            key = entries.next_receipt_key(entry)
            document.begin(key)
            entries.enter_receipt_of_invoice(entry, invoice, comment, line_comments)
            document.finish()
        return Written(batch, key["ReceiptNo$"], tuple(entry.warnings))

    def write_check(self, payment: Payment, check: CheckKey, *, comment: str, batch: str) -> Written:
        """Enter the payment in A/P Manual Check and Payment Entry under the number `check`."""
        entry = self._ready(Destination.MANUAL_CHECK, batch)
        with _Document(entry, say("check {check_number}", check_number=check.check_number)) as document:
            document.begin(entries.check_key(check))
            entries.enter_check(entry, payment, comment)
            document.finish()
        return Written(batch, "", tuple(entry.warnings))

    def delete_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> None:
        """Delete the invoice in A/P Invoice Data Entry, if it reads as `write_invoice` enters it."""
        self._delete(
            Destination.INVOICE_ENTRY,
            batch,
            entries.invoice_key(invoice),
            say("invoice {number}", number=invoice.number),
            lambda form: entries.enter_invoice(form, invoice, comment, line_comments),
        )

    def delete_receipt_of_invoice(
        self, number: str, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str
    ) -> None:
        """Delete receipt `number` in P/O Receipt of Invoice Entry, if it reads as it was entered."""
        self._delete(
            Destination.RECEIPT_OF_INVOICE,
            batch,
            entries.receipt_key(number),
            say("invoice {number}", number=invoice.number),
            lambda form: entries.enter_receipt_of_invoice(form, invoice, comment, line_comments),
        )

    def delete_check(self, payment: Payment, check: CheckKey, *, comment: str, batch: str) -> None:
        """Delete the check in A/P Manual Check and Payment Entry, if it reads as `write_check` enters it."""
        self._delete(
            Destination.MANUAL_CHECK,
            batch,
            entries.check_key(check),
            say("check {check_number}", check_number=check.check_number),
            lambda form: entries.enter_check(form, payment, comment),
        )

    def _delete(
        self, destination: Destination, batch: str, key: entries.Key, name: str, enter: Callable[[Form], None]
    ) -> None:
        """Delete a record that is unposted and unchanged.

        Raises:
            SkipItem: `gone-in-sage` or `changed-in-sage`, nothing was changed then; `not-deleted`, look what Sage has.
            RetryLater: the answer to the deletion was lost: look what Sage has.
        """
        try:
            entry = self._ready(destination, batch)
        except RetryLater as error:
            if error.code != "sage-batch-refused":
                raise
            raise gone(
                name, say("its batch {batch} cannot be opened any more. {message}", batch=batch, message=error.message)
            ) from error
        delete_unchanged(entry, key, name, enter)

    def _entry(self, destination: Destination) -> Entry:
        if destination not in self._entries:
            if self._session is None:
                raise RuntimeError("SageWriter is used outside its with block")
            screen = _SCREENS[destination]
            self._entries[destination] = self._session.open(
                screen.module, screen.task, screen.business_object, destination.value
            )
        return self._entries[destination]

    def _ready(self, destination: Destination, batch: str) -> Entry:
        """Return the destination's entry screen with `batch` selected and the last document's warnings forgotten."""
        entry = self._entry(destination)
        if batch and self._batches.get(destination) != batch:
            try:
                entry.do("nSelectBatch", batch)
            except Refused as refused:
                raise _batch_refused(refused, destination) from refused
            self._batches[destination] = batch
        entry.warnings.clear()
        return entry


class _Document:
    """One document being entered: unless it is finished, leaving the `with` block takes it out of Sage again."""

    def __init__(self, entry: Entry, name: str) -> None:
        self._entry = entry
        self._name = name
        self._key: entries.Key = {}
        self._ours = False
        self._finished = False

    def __enter__(self) -> "_Document":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._finished:
            return
        free = self._abandon()
        if isinstance(error, Refused):
            raise (document_refused(error, self._name) if free else self._already_there()) from error

    def begin(self, key: entries.Key) -> None:
        """Enter the key of a record that Sage does not have.

        Raises:
            SkipItem: `already-in-sage`, when it has; nothing is touched then.
        """
        self._key = key
        if self._entry.find(key) == EXISTING:
            raise self._already_there()
        self._ours = True
        if self._entry.lines.first():
            # Lines without a header, left by a program that broke off: nobody's, and they would join ours.
            self._take_out_lines()
            if self._entry.find(key) == EXISTING:
                self._ours = False
                raise self._already_there()

    def finish(self) -> None:
        """Write the record.

        When the call fails without an answer, Sage may hold the document whole: it is left alone then, for the next
        look in Sage to find.
        """
        self._finished = True
        try:
            self._entry.do("nWrite")
        except Refused:
            self._finished = False
            raise

    def _abandon(self) -> bool:
        """Drop what was entered, and make sure that no line of it was stored; tell whether its key is free then."""
        try:
            self._entry.do("nClear")
            return not self._ours or self._take_out_lines()
        except Refused as refused:
            raise _left_unfinished(self._name, str(refused)) from refused
        except RetryLater as error:
            raise _left_unfinished(self._name, error.detail) from error

    def _take_out_lines(self) -> bool:
        """Delete the lines that Sage has under our key without a header, leave the screen empty, return True.

        Return False with nothing deleted when there is a header: Sage has not taken ours, so somebody else entered it.

        Raises:
            Refused: when Sage does not delete the lines, or still has them afterwards.
        """
        free = self._entry.find(self._key) != EXISTING
        if free and self._entry.lines.first():
            self._entry.do("nDelete")
            free = self._entry.find(self._key) != EXISTING
            if free and self._entry.lines.first():
                raise Refused("nDelete", say("The record is still there after it was deleted."))
        self._entry.do("nClear")
        return free

    def _already_there(self) -> SkipItem:
        return SkipItem(
            "already-in-sage",
            say("Sage 100 has {name} already", name=self._name),
            say("It was entered there since AP Bridge looked. AP Bridge never changes what it did not write."),
            say("Look at it in Sage. If it is the same document, choose Mark as exported."),
            side=Side.SAGE,
            detail=str(self._key),
        )


def _adjusts(invoice: Invoice) -> SkipItem:
    return SkipItem(
        "already-in-sage",
        say("Sage 100 has invoice {number} already", number=invoice.number),
        say("Its number is posted for this vendor, so Sage would take it for an adjustment of that invoice."),
        say("Look at it in Sage. If it is the same invoice, choose Mark as exported; otherwise correct its number."),
        side=Side.SAGE,
        detail=str(invoice.key),
    )


def _left_unfinished(name: str, detail: str) -> RetryLater:
    return RetryLater(
        "sage-left-unfinished",
        say("Sage 100 may hold a part of {name}", name=name),
        say("Sage stopped answering while AP Bridge took back what it had begun to enter."),
        say("Look for it in Sage's entry screen and delete it if it is there, before you send it again."),
        side=Side.SAGE,
        detail=detail,
    )


def _batch_refused(refused: Refused, destination: Destination) -> BridgeError:
    return passing_or_user(refused) or RetryLater(
        "sage-batch-refused",
        say("Sage 100 gave no batch for {destination}", destination=destination),
        say("Sage says: “{said}”", said=refused.said),
        say("Look in Sage whether a batch can be made in this entry screen, then send again."),
        side=Side.SAGE,
        detail=str(refused),
    )


def _batches_are_off(refused: Refused) -> bool:
    said = refused.said.lower()
    return "batch" in said and any(
        word in said for word in ("not enabled", "not in use", "not used", "is off", "turned off")
    )
