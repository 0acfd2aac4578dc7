"""The values that the window and the terminal show: what the store knows, ready to be read by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.domain.findings import Finding, Severity
from app.domain.invoices import Invoice
from app.domain.language import later, say
from app.domain.lists import ListName
from app.domain.money import ZERO
from app.domain.payments import Payment, SagePayment
from app.domain.purchase_orders import PurchaseOrder
from app.engine.sending.changes import Change
from app.engine.sending.sage_now import AsSent, SageNow
from app.engine.sending.side_by_side import Compared
from app.engine.store import UNREADABLE
from app.sage.found import FoundCheck, FoundInvoice

# What Quadient AP and the window call them; the other states are called as they are.
_STATES = {
    "sent": later("In Sage"),
    "failed": later("Sync Error"),
    "asking": later("Your decision"),
    "differs": later("Not so in Sage"),
    "settled": later("Marked as exported"),
}


@dataclass(frozen=True, slots=True)
class ListSummary:
    """One list at a glance; counts are records the cloud has acknowledged, `failed` those set aside.

    `last_run` synced it last, `last_change` is when the cloud last acknowledged a change.
    """

    name: ListName
    active: int
    inactive: int
    failed: int
    last_sync: datetime | None
    last_counts: dict[str, int]
    last_run: str = ""
    last_change: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record of a list; `state` is acknowledged, refused, waiting or quarantined, `code` says why.

    One that cannot be read and has no key that can be used has `row N` for its key, and is described by its columns.
    """

    key: str
    description: str
    active: bool
    state: str
    reason: str
    fix: str
    changed_at: datetime | None
    run: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One purchase order; `order` is None where Sage's record could not be read or its type is not synced.

    `called` is what is known of it besides, `code` says why it is not acknowledged; `number` as the key of `RecordRow`.
    `amount` is the order's total.
    """

    number: str
    order: PurchaseOrder | None
    state: str
    reason: str
    fix: str
    changed_at: datetime | None
    run: str
    called: str = ""
    code: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SagePaymentRow:
    """One payment made in Sage and how it fared on its way to the cloud; `called` and `code` as in `OrderRow`.

    `amount` is what Sage shows as the check's: one that cancels an earlier check may repeat its amount.
    """

    key: str
    payment: SagePayment | None
    state: str
    reason: str
    fix: str
    changed_at: datetime | None
    called: str = ""
    code: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt to send a document, as the journal has it; `state` as in `app.engine.sending.journal`."""

    run: str
    state: str
    destination: str
    batch: str
    external_id: str
    code: str
    message: str
    fix: str
    intended_at: datetime
    written_at: datetime | None
    proven_at: datetime | None
    failed_at: datetime | None
    acknowledged_at: datetime | None
    undone_at: datetime | None = None
    undo_told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a sent document stands in Sage; `stands` as in `app.engine.sending.whereabouts`.

    It stands so since `since` at the latest, and was looked at last at `as_of`; `run` is the one that saw it so first.
    `balance` is what is left to pay of a posted invoice, None where it is not known. `let_be`: it is gone from Sage,
    and a person has said since that it stays Exported.
    """

    stands: str
    amount: Decimal
    balance: Decimal | None
    since: datetime
    as_of: datetime
    run: str
    let_be: bool = False


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One previewed invoice or payment.

    `state`: ready, blocked, sent (in Sage, proven and acknowledged), failed (Sync Error), undone (deleted in Sage
    again), asking (a person must decide), settled (marked as exported, AP Bridge did not write it), differs (a rebuild
    found it exported, and not so in Sage) or gone (no longer ready in Quadient AP).
    `theirs` is all that Sage had under its number then. `changes` tell what differs from the version that was
    previewed at `known_at`, while it waits to be sent; `compared` sets it beside `theirs` while a person must decide.
    `first_seen` is when it was first previewed, as far as that is known; `standing` tells where it is once Sage has it.
    `now` is what Sage had of all that it names when it was previewed, `as_sent` what will stand there of an invoice
    (both None where the preview is older than that); `whole_description` is Quadient AP's, where a person shortened it.
    """

    id: str
    document: Invoice | Payment
    state: str
    findings: tuple[Finding, ...]
    check_number: str
    previewed_at: datetime
    steps: tuple[Step, ...]
    theirs: tuple[FoundInvoice, ...] | tuple[FoundCheck, ...] = ()
    run: str = ""
    changes: tuple[Change, ...] = ()
    known_at: datetime | None = None
    compared: tuple[Compared, ...] = ()
    standing: Standing | None = None
    first_seen: datetime | None = None
    now: SageNow | None = None
    as_sent: AsSent | None = None
    whole_description: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is approved, and neither in Sage nor settled."""
        return self.state in ("ready", "blocked", "failed", "asking", "undone")

    @property
    def pending(self) -> bool:
        """Whether it is still to be sent, or to be settled by a person."""
        return self.state not in ("sent", "settled", "gone")

    @property
    def gone(self) -> bool:
        """Whether Sage had it and has it no more, and no person has said that it may be so."""
        standing = self.standing
        return self.state == "sent" and standing is not None and standing.stands == "gone" and not standing.let_be

    @property
    def unclear(self) -> bool:
        """Whether an undo was broken off, and only a person can tell whether Sage still has it."""
        return self.state == "sent" and bool(self.steps) and self.steps[-1].code == "undo-broken-off"

    @property
    def sendable(self) -> bool:
        """Whether it may be ticked and sent."""
        return self.state == "ready"

    @property
    def status(self) -> str:
        """Its state in words, with whether it warns and whether it was changed: Ready, warning."""
        said = [say(_STATES.get(self.state, self.state.capitalize()))]
        if self.warnings and self.sendable:
            said.append(say("warning"))
        if self.changes:
            said.append("changed")
        return ", ".join(said)

    @property
    def warnings(self) -> int:
        """How many of its findings warn."""
        return sum(finding.severity is Severity.WARNS for finding in self.findings)


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """Control totals of one batch: what was sent, what Sage has, what the cloud acknowledged."""

    destination: str
    batch: str
    credit: bool
    sent_count: int
    sent_amount: Decimal
    sage_count: int
    sage_amount: Decimal
    cloud_count: int
    cloud_amount: Decimal
    differing: tuple[str, ...]

    @property
    def matches(self) -> bool:
        """Whether all three agree, in count and amount and document by document."""
        return (
            self.sent_count == self.sage_count == self.cloud_count
            and self.sent_amount == self.sage_amount == self.cloud_amount
            and not self.differing
        )


def summed(rows: Sequence[TotalsRow]) -> TotalsRow:
    """Return the sum of several batches; it has no destination and no batch."""
    return TotalsRow(
        "",
        "",
        bool(rows) and all(row.credit for row in rows),
        sum(row.sent_count for row in rows),
        sum((row.sent_amount for row in rows), ZERO),
        sum(row.sage_count for row in rows),
        sum((row.sage_amount for row in rows), ZERO),
        sum(row.cloud_count for row in rows),
        sum((row.cloud_amount for row in rows), ZERO),
        tuple(each for row in rows for each in row.differing),
    )


@dataclass(frozen=True, slots=True)
class BroughtRow:
    """One document that a run brought into Sage; `state` as in `app.engine.sending.journal`."""

    kind: str
    amount: Decimal
    state: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run; `outcome`: running, done, needs_user, failed, cancelled or broken off (found dead later)."""

    id: str
    command: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    exit_code: int | None
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One stored event of a run."""

    at: datetime
    event: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that needs the user; `where` is the tab it belongs to, `list` and `key` the record or document.

    What a run asked as a whole (its totals differ, many records vanished) belongs to the Overview and has no key, but
    that `run`. It needs the user since `since`, as far as that is known. What has the same cause as another, or follows
    from it, stands behind it with a `depth` of 1. `about` as in `Finding`.
    """

    where: str
    list: str
    key: str
    title: str
    message: str
    fix: str
    code: str = ""
    since: datetime | None = None
    depth: int = 0
    about: str = ""
    run: str = ""

    @property
    def is_unreadable(self) -> bool:
        """Whether it is a document that could not be read, so that no tab can show it."""
        return self.list in UNREADABLE.values()


def moment(text: str | None) -> datetime | None:
    """Return a moment as the store keeps it, None for none."""
    return datetime.fromisoformat(text) if text else None
