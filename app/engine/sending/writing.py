"""Hands documents to Sage's entry screens: one session a run, one batch a screen and posting month."""

from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType

from app.domain.invoices import Destination, Invoice
from app.domain.payments import CheckKey, Payment
from app.engine.run import Run
from app.engine.sending.sage_now import with_vendors_say
from app.engine.sending.screens import enter
from app.sage.company import SageCompany
from app.sage.found import LedgerVendor, Written
from app.sage.port import Writer

BatchKey = tuple[Destination, str]


class Writing:
    """Opens Sage's writer with the first document; leaving the `with` block lets go of it, if there is one."""

    def __init__(self, run: Run, sage: SageCompany) -> None:
        self._run = run
        self._sage = sage
        self._opened = ExitStack()
        self._writer: Writer | None = None
        self._batches: dict[BatchKey, str] = {}
        self._vendors: Mapping[tuple[str, str], LedgerVendor] = {}

    def __enter__(self) -> "Writing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def expect(self, documents: list[Invoice | Payment]) -> None:
        """Read what Sage has of the documents' vendors, all in one."""
        self._vendors = self._sage.ledger.vendors({(each.division, each.vendor_number) for each in documents})

    def write(self, document: Invoice | Payment, check: CheckKey | None) -> Written:
        """Enter one document, a payment under the number `check`.

        Raises:
            BridgeError: as the methods of `Writer` do.
        """
        if self._writer is None:
            self._writer = self._opened.enter_context(self._run.open_writer())
        batch = self._batch(self._writer, batch_key(document))
        whole = document
        if isinstance(document, Invoice):
            whole = with_vendors_say(document, self._vendors[document.division, document.vendor_number])
        return enter(self._writer, self._sage.ledger.sizes(), whole, check, batch)

    def _batch(self, writer: Writer, key: BatchKey) -> str:
        if key not in self._batches:
            on = self._sage.ledger.batches_on(key[0])
            self._batches[key] = writer.select_batch(key[0], f"AP Bridge {self._run.id}") if on else ""
        return self._batches[key]


def batch_key(document: Invoice | Payment) -> BatchKey:
    """Return what shares a batch: the screen and the posting month, so that each can be posted to its period."""
    day = document.payment_date if isinstance(document, Payment) else document.invoice_date
    return document.destination, f"{day:%Y-%m}"
