"""Writes approved documents through Visual Integrator: one import file and one job each, and a look at what it did."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from types import TracebackType

from app.domain.invoices import Destination, Invoice
from app.domain.language import say
from app.domain.payments import CheckKey, Payment
from app.domain.purchase_orders import PurchaseOrder
from app.errors import NeedsUser, RetryLater, Side, SkipItem
from app.import_jobs import ImportJob, VisualIntegratorSettings
from app.sage.cells import Observations
from app.sage.found import FoundInvoice, Written
from app.sage.ledger import Ledger
from app.sage.refusals import Refused, document_refused
from app.sage.source import Source
from app.sage.visual_integrator import layout
from app.sage.visual_integrator.batches import free_number, others
from app.sage.visual_integrator.calls import Calls, Sleep
from app.sage.visual_integrator.job_log import what_it_says
from app.sage.visual_integrator.standing import Standing, Wanted, standing

LATE_SECONDS = 0.5
"""A reader may see a record of Sage's files a moment after it was written."""

OpenSource = Callable[[], Source]
"""Opens the company's tables; the writer closes them."""


class VisualIntegratorWriter:
    """A `Writer` for sites without Business Objects; leaving its `with` block disconnects from Sage's tables.

    Right before its job, Sage is looked at once more: a job would add to a record that exists. After it, what Sage has
    decides: all of the document, or nothing of it (`SkipItem`, with what the job's log says), or a part, which Visual
    Integrator cannot take back (`RetryLater`, `sage-left-unfinished`).
    """

    def __init__(self, settings: VisualIntegratorSettings, open_source: OpenSource, calls: Calls, sleep: Sleep) -> None:
        self._sleep = sleep
        self._settings = settings
        self._open_source = open_source
        self._calls = calls
        self._opened: Source | None = None
        self._seen = Observations()
        self._told: set[str] = set()
        self._warn: defaultdict[Destination, list[str]] = defaultdict(list)
        self._entered: defaultdict[tuple[Destination, str], set[str]] = defaultdict(set)

    def __enter__(self) -> "VisualIntegratorWriter":
        self._opened = self._open_source()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def select_batch(self, destination: Destination, description: str) -> str:
        """Return a free batch number; the job makes the batch with the first document, and cannot describe it.

        Whether the entry screen works in batches at all is asked before.
        """
        self._job(destination)
        taken = [batch for place, batch in self._entered if place == destination]
        try:
            number = free_number(self._source, self._seen, destination, taken)
        except SkipItem as error:
            raise _no_batch(error, destination) from error
        self._entered[destination, number] = set()
        self._warn[destination].append(
            say(
                "Batch {number} has no description: Visual Integrator cannot set it. It would be “{description}”.",
                number=number,
                description=description,
            )
        )
        return number

    def write_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> Written:
        """Enter the invoice in A/P Invoice Data Entry; one comment a line, '' for none."""
        rows = layout.invoice_rows(invoice, comment, line_comments, batch)
        return self._write(Wanted(Destination.INVOICE_ENTRY, invoice), layout.INVOICE, rows, batch)

    def write_receipt_of_invoice(
        self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str
    ) -> Written:
        """Enter the invoice in P/O Receipt of Invoice Entry; one comment a line, '' for none."""
        order = Ledger(self._source, self._seen).purchase_orders([invoice.purchase_order]).get(invoice.purchase_order)
        if not isinstance(order, PurchaseOrder):
            raise _order_not_there(invoice)
        rows = layout.receipt_rows(invoice, comment, line_comments, batch, order)
        return self._write(Wanted(Destination.RECEIPT_OF_INVOICE, invoice), layout.RECEIPT_OF_INVOICE, rows, batch)

    def write_check(self, payment: Payment, check: CheckKey, *, comment: str, batch: str) -> Written:
        """Enter the payment in A/P Manual Check and Payment Entry under the number `check`."""
        rows = layout.check_rows(payment, check, comment, batch)
        return self._write(Wanted(Destination.MANUAL_CHECK, payment, check), layout.CHECK, rows, batch)

    @property
    def _source(self) -> Source:
        if self._opened is None:
            raise RuntimeError("VisualIntegratorWriter is used outside its with block")
        return self._opened

    def _job(self, destination: Destination) -> ImportJob:
        job = {
            Destination.INVOICE_ENTRY: self._settings.invoices,
            Destination.RECEIPT_OF_INVOICE: self._settings.receipts_of_invoice,
            Destination.MANUAL_CHECK: self._settings.checks,
        }[destination]
        if job == ImportJob():
            raise NeedsUser(
                "no-import-job",
                say("There is no Visual Integrator job for {destination}", destination=destination),
                say("AP Bridge's settings name none for this entry screen."),
                say(
                    "Make the job in Sage's Import Job Maintenance and name it in Settings > Sage 100, or "
                    "enter these documents by hand and choose Mark as exported."
                ),
                side=Side.SAGE,
            )
        return job

    def _write(self, wanted: Wanted, columns: Sequence[str], rows: Sequence[layout.Row], batch: str) -> Written:
        job = self._job(wanted.destination)
        data, changed = layout.spelled(columns, rows)
        self._calls.settle_earlier(job)
        before = standing(self._source, self._seen, wanted)
        _check_absent(before, wanted)
        try:
            self._calls.call(job, data)
        except RetryLater as error:
            after = self._standing(wanted)
            if after != before and not after.whole(wanted):
                raise _left_unfinished(wanted, error.detail or error.message) from error
            raise
        return self._judged(job, wanted, batch, before, changed)

    def _judged(
        self, job: ImportJob, wanted: Wanted, batch: str, before: Standing, changed: tuple[str, ...]
    ) -> Written:
        """Return what Sage has now, or raise what it means."""
        said = what_it_says(self._source, self._seen, wanted.column, wanted.number)
        after = self._standing(wanted)
        if after.whole(wanted):
            self._entered[wanted.destination, batch].add(wanted.number)
            warnings = [*changed, *self._warn.pop(wanted.destination, ()), *self._shared(wanted.destination, batch)]
            (found,) = after.entered
            number = found.entry_number if isinstance(found, FoundInvoice) else ""
            return Written(batch, number, (*warnings, *self._noticed(), *([said] if said else ())))
        if after.belongs_to_others(wanted):
            raise _already_there(after, wanted)
        if after.entered or after.loose != before.loose:
            raise _left_unfinished(wanted, said or "")
        if said is None:
            raise _silent(job, wanted)
        raise document_refused(Refused(say("job {name}", name=job.name), said), wanted.name)

    def _standing(self, wanted: Wanted) -> Standing:
        """Return how the document stands after its job; what is not there whole gets a second look."""
        seen = standing(self._source, self._seen, wanted)
        if seen.whole(wanted):
            return seen
        self._sleep(LATE_SECONDS)
        return standing(self._source, self._seen, wanted)

    def _noticed(self) -> list[str]:
        """Return what was noticed in Sage's tables and not told yet."""
        new = [note for note in self._seen.notes if note not in self._told]
        self._told.update(new)
        return new

    def _shared(self, destination: Destination, batch: str) -> list[str]:
        """Say so when somebody else entered something in our batch."""
        if not batch:
            return []
        count = others(self._source, self._seen, destination, batch, self._entered[destination, batch])
        if not count:
            return []
        return [
            say(
                "Batch {batch} also has {count} that AP Bridge did not enter in this run: somebody took the same "
                "number. Nothing is lost; look at it before you post it.",
                batch=batch,
                count=count,
            )
        ]


def _check_absent(before: Standing, wanted: Wanted) -> None:
    """Raise `SkipItem` when Sage has the document, or lines that would join it."""
    if before.entered or before.elsewhere:
        raise _already_there(before, wanted)
    if before.loose and wanted.destination is not Destination.RECEIPT_OF_INVOICE:
        raise SkipItem(
            "sage-left-lines",
            say("Sage 100 has lines of {name} that belong to nothing", name=wanted.name),
            say("An earlier attempt to enter it broke off. They would be added to it."),
            say(
                "In Sage, open {destination}, enter the same number, and delete it. Then send it again.",
                destination=wanted.destination,
            ),
            side=Side.SAGE,
            detail=", ".join(sorted(before.loose)),
        )


def _already_there(seen: Standing, wanted: Wanted) -> SkipItem:
    return SkipItem(
        "already-in-sage",
        say("Sage 100 has {name} already", name=wanted.name),
        say(
            "It is in {place}. AP Bridge never changes what it did not write.",
            place=(seen.entered or seen.elsewhere)[0].place,
        ),
        say("Look at it in Sage. If it is the same document, choose Mark as exported."),
        side=Side.SAGE,
    )


def _left_unfinished(wanted: Wanted, detail: str) -> RetryLater:
    return RetryLater(
        "sage-left-unfinished",
        say("Sage 100 holds a part of {name}", name=wanted.name),
        say("Visual Integrator did not enter it whole, and cannot take back what it has entered.")
        + (say(" Sage says: “{detail}”", detail=detail) if detail else ""),
        say(
            "In Sage, open {destination}, look for it, and delete it. Then send it again.",
            destination=wanted.destination,
        ),
        side=Side.SAGE,
        detail=detail,
    )


def _silent(job: ImportJob, wanted: Wanted) -> SkipItem:
    return SkipItem(
        "sage-job-silent",
        say("Sage 100 did not take {name}", name=wanted.name),
        say("Job {name} has ended, nothing of it is in Sage, and the job's log does not say why.", name=job.name),
        say("Look at the job's log in Sage, and run the job once by hand if that tells nothing. Then send it again."),
        side=Side.SAGE,
    )


def _no_batch(error: SkipItem, destination: Destination) -> RetryLater:
    return RetryLater(
        "sage-batch-refused",
        say("AP Bridge found no free batch for {destination}", destination=destination),
        f"{error.title}. {error.message}",
        error.fix,
        side=Side.SAGE,
        detail=error.detail,
    )


def _order_not_there(invoice: Invoice) -> SkipItem:
    return SkipItem(
        "po-missing",
        say("Purchase order {purchase_order} cannot be read in Sage 100", purchase_order=invoice.purchase_order),
        say(
            "Invoice {number} bills it, and the order is not there, or is of a type that cannot be billed.",
            number=invoice.number,
        ),
        say("Look at the order in Sage, and match the invoice anew in Quadient AP."),
        side=Side.SAGE,
    )
