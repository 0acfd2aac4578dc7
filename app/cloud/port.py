"""What the engine may ask of Quadient AP, whatever carries it there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from app.domain.invoices import Invoice
from app.domain.language import say
from app.domain.lists import ListItem, ListName
from app.domain.payments import Payment, SagePayment
from app.domain.purchase_orders import PurchaseOrder


@dataclass(frozen=True, slots=True)
class LegalEntity:
    """A legal entity the signed-in user may sync."""

    id: str
    name: str
    currency: str


class RecordStatus(StrEnum):
    """What the cloud did with one record of a batch."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class RecordResult:
    """The answer for one record; `code`, `message` and `fix` say why it was not accepted.

    WAITING means: nothing is wrong with the record, something else must happen first; send it again next run.
    """

    key: str
    status: RecordStatus
    code: str = ""
    message: str = ""
    fix: str = ""


class DocumentKind(StrEnum):
    """The two kinds of documents that come from Quadient AP."""

    INVOICE = "invoice"
    PAYMENT = "payment"

    @property
    def label(self) -> str:
        """What people call them: Invoices."""
        return say("Invoices") if self is DocumentKind.INVOICE else say("Payments")


CHANGED = "changed-meanwhile"
"""The code of a refusal: the document was corrected there since it was read, and has another revision."""


class Outcome(StrEnum):
    """How a document ended in Sage."""

    EXPORTED = "exported"
    SYNC_ERROR = "sync_error"


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """What happened to one document: `external_id` when exported, else `code`, `message` and `fix`.

    A repeat has the same `key` and the same words, in whatever batch, and gets the first answer again. `revision` is
    that of the document as it was sent: one that has another by now is refused with `CHANGED`. `run` is the run's
    id: the cloud can total a run's documents by it.
    """

    key: str
    id: str
    revision: str
    run: str
    outcome: Outcome
    external_id: str = ""
    code: str = ""
    message: str = ""
    fix: str = ""


class Move(StrEnum):
    """What a person does to a document in Quadient AP's screens, and AP Bridge may do for one."""

    MARK_FOR_EXPORT = "mark-for-export"
    MARK_AS_EXPORTED = "mark-as-exported"
    UNDO_EXPORT = "undo-export"


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document as the cloud shows it after results were posted; `status` in Quadient AP's codes (EX, SE …)."""

    id: str
    status: str
    amount: Decimal
    external_id: str
    run: str

    @property
    def is_exported(self) -> bool:
        """Whether it is Exported there."""
        return self.status == "EX"

    @property
    def is_in_sync_error(self) -> bool:
        """Whether it is in Sync Error there."""
        return self.status == "SE"


@dataclass(frozen=True, slots=True)
class Exported:
    """An Exported document in full, with the external id and the run that made it so.

    Both are empty where a person marked the document as exported in Quadient AP.
    """

    document: Invoice | Payment
    external_id: str
    run: str


@dataclass(frozen=True, slots=True)
class SyncError:
    """A document in Sync Error in full, with code and message of the result that made it so."""

    document: Invoice | Payment
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A run as Quadient AP's sync history has it; times have their zone, `finished` is None while it goes on."""

    run: str
    started: datetime
    finished: datetime | None
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document whose data does not fit the contract: never sent, shown with its reason."""

    id: str
    reason: str


class CloudPort(Protocol):
    """Quadient AP for one legal entity.

    Batches: at most `max_batch` records a call; a call is repeatable with the same `idempotency_key`, and the
    cloud then answers as it did the first time. Every method raises `RetryLater` (not reachable, overloaded),
    `NeedsUser` (sign-in refused, no right) or `BugError` (the cloud says the request is malformed).
    """

    max_batch: int

    def legal_entities(self) -> Sequence[LegalEntity]:
        """Return what the signed-in user may sync; also proves that sign-in works."""

    def clock_skew(self) -> timedelta | None:
        """Return by how much the server's clock was ahead of this computer's at its last answer; None if unknown."""

    def send_list(self, name: ListName, items: Sequence[ListItem], idempotency_key: str) -> Sequence[RecordResult]:
        """Create or change list items; one result an item, in order."""

    def list_items(self, name: ListName) -> Iterator[ListItem]:
        """Yield all items of a list as the cloud has them, active and inactive, in key order."""

    def send_orders(
        self, orders: Sequence[PurchaseOrder], arrive_as: str, idempotency_key: str
    ) -> Sequence[RecordResult]:
        """Create or change purchase orders; new ones arrive as PO or PA. One result an order, in order."""

    def orders(self) -> Iterator[PurchaseOrder]:
        """Yield all imported orders as the cloud has them, in number order."""

    def send_payments(self, payments: Sequence[SagePayment], idempotency_key: str) -> Sequence[RecordResult]:
        """Create payments made in Sage, or cancel earlier ones. One result a payment, in order."""

    def imported_payments(self) -> Iterator[SagePayment]:
        """Yield all imported payments as the cloud has them, in key order."""

    def known_invoices(self) -> Iterator[tuple[str, str, str]]:
        """Yield (division, vendor number, invoice number) of every Exported invoice."""

    def ready_invoices(self) -> Iterator[Invoice | Unreadable]:
        """Yield the invoices that are ready to sync."""

    def ready_payments(self) -> Iterator[Payment | Unreadable]:
        """Yield the payments that are ready to sync."""

    def send_results(
        self, kind: DocumentKind, results: Sequence[DocumentResult], idempotency_key: str
    ) -> Sequence[RecordResult]:
        """Report documents' outcomes. One answer a result, in order; `CHANGED` as in `DocumentResult`."""

    def move(
        self,
        kind: DocumentKind,
        ids: Sequence[str],
        move: Move,
        run: str,
        idempotency_key: str,
        external_ids: Mapping[str, str] | None = None,
        revisions: Mapping[str, str] | None = None,
    ) -> Sequence[RecordResult]:
        """Mark documents for export or as exported, or undo their export. One result a document, in order.

        A document that is already where the move leads is accepted. `external_ids` (by document; only with
        MARK_AS_EXPORTED) says what Sage knows a document by; one without was never found there. `revisions` (by
        document) says which version the move is about: one that was corrected since is refused with `CHANGED`.
        """

    def exported(self, kind: DocumentKind) -> Iterator[Exported | Unreadable]:
        """Yield every Exported document, in id order."""

    def sync_errors(self, kind: DocumentKind) -> Iterator[SyncError | Unreadable]:
        """Yield every document in Sync Error, in id order."""

    def documents_of_run(self, kind: DocumentKind, run: str) -> Iterator[ShownDocument]:
        """Yield the documents whose Exported result came with this run's id: the cloud's side of the totals."""

    def document(self, kind: DocumentKind, id_: str) -> ShownDocument | None:
        """Return one document as the cloud shows it now, or None when there is none."""

    def record_run(self, run: str, started: datetime, finished: datetime | None, summary: Mapping[str, Any]) -> None:
        """Show this run in Quadient AP's sync history (created, then replaced when it has finished)."""

    def runs(self) -> Iterator[RecordedRun]:
        """Yield the runs of Quadient AP's sync history, in the order of their ids."""

    def close(self) -> None:
        """Let go of the connection."""
