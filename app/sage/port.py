"""The one way in which documents are written to Sage 100, and deleted there again, whatever does it."""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, runtime_checkable

from app.domain.invoices import Destination, Invoice
from app.domain.payments import CheckKey, Payment
from app.sage.found import Written


class Writer(Protocol):
    """Enters documents into Sage's unposted entry screens; leaving its `with` block lets go of Sage.

    Every method raises `SkipItem` when Sage refuses this one document, `NeedsUser` when it refuses the user or the
    company, `RetryLater` when Sage cannot do it now. Nothing of the document is left in Sage then, but for two cases,
    both `RetryLater`: whether it arrived is not known (look before sending again), or a part of it may be left
    (its code is `sage-left-unfinished`).
    """

    def __enter__(self) -> "Writer":
        """Sign in."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Sign out."""

    def select_batch(self, destination: Destination, description: str) -> str:
        """Take a new batch for `destination`, use it from now on and return its number; '' where batches are off."""

    def write_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> Written:
        """Enter the invoice in A/P Invoice Data Entry; one comment a line, '' for none."""

    def write_receipt_of_invoice(
        self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str
    ) -> Written:
        """Enter the invoice in P/O Receipt of Invoice Entry; one comment a line, '' for none."""

    def write_check(self, payment: Payment, check: CheckKey, *, comment: str, batch: str) -> Written:
        """Enter the payment in A/P Manual Check and Payment Entry under the number `check`."""


@runtime_checkable
class Deleter(Writer, Protocol):
    """A writer that can also take out again what it entered, while it is unposted and unchanged.

    Every deletion raises `SkipItem` when the record is not there any more (`gone-in-sage`), is not as it was entered
    (`changed-in-sage`), and nothing was changed then, or is not let go by Sage (`not-deleted`: look what it has);
    `RetryLater` when Sage cannot do it now, or its answer was lost (look what it has).
    """

    def delete_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> None:
        """Delete the invoice in A/P Invoice Data Entry, if it reads as `write_invoice` enters it."""

    def delete_receipt_of_invoice(
        self, number: str, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str
    ) -> None:
        """Delete receipt `number` in P/O Receipt of Invoice Entry, if it reads as it was entered."""

    def delete_check(self, payment: Payment, check: CheckKey, *, comment: str, batch: str) -> None:
        """Delete the check in A/P Manual Check and Payment Entry, if it reads as `write_check` enters it."""
