"""Quadient AP's rules, apart from how things are stored: what becomes of each record and document.

The statuses and what leads from one to the next follow Quadient's public help pages.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.cloud.port import CHANGED, DocumentKind, Outcome, RecordResult, RecordStatus

INVOICE_STATUSES = ("N", "IP", "PA", "A", "SE", "EX", "RS", "D")
PAYMENT_STATUSES = ("IP", "R", "RE", "E", "PA", "A", "PR", "RL", "PD", "SE", "EX", "CD")
STATUSES = {DocumentKind.INVOICE: INVOICE_STATUSES, DocumentKind.PAYMENT: PAYMENT_STATUSES}

MARKABLE = {DocumentKind.INVOICE: ("A", "SE"), DocumentKind.PAYMENT: ("PD", "SE")}


@dataclass(frozen=True, slots=True)
class Move:
    """What a person can do to a document: from which statuses, and to which (None: it stays)."""

    from_statuses: tuple[str, ...]
    to_status: str | None
    marked: bool = False


MOVES: Mapping[DocumentKind, Mapping[str, Move]] = {
    DocumentKind.INVOICE: {
        "approve": Move(("N", "IP", "RS", "PA"), "A"),
        "mark-for-export": Move(MARKABLE[DocumentKind.INVOICE], None, marked=True),
        "mark-as-exported": Move(("A", "SE"), "EX"),
        "undo-export": Move(("EX",), "A"),
        "reset": Move(("PA", "A", "SE"), "RS"),
        "delete": Move(("N", "IP", "RS", "PA", "A", "SE"), "D"),
    },
    # The help pages tell of undoing an invoice's export only; the contract asks the same for payments, since a check
    # that was taken back out of Sage must not stay Exported.
    DocumentKind.PAYMENT: {
        "approve": Move(("IP", "R", "RE", "PA"), "A"),
        "pay": Move(("A", "PR", "RL"), "PD"),
        "mark-for-export": Move(MARKABLE[DocumentKind.PAYMENT], None, marked=True),
        "mark-as-exported": Move(("PD", "SE"), "EX"),
        "undo-export": Move(("EX",), "PD"),
        "reset": Move(("PA", "A"), "RE"),
    },
}

# Until its approval is done, and again after a reset, people may change what a document says.
EDITABLE = ("N", "IP", "RS", "PA", "A", "SE", "R", "RE", "PD")


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What the rules need of a document; `last_result` is the last accepted result, without its run and revision."""

    status: str
    marked: bool
    external_id: str
    last_result: Mapping[str, Any] | None
    revision: str


def accepted(key: str) -> RecordResult:
    """Return the answer “done”."""
    return RecordResult(key, RecordStatus.ACCEPTED)


def refused(key: str, code: str, message: str, fix: str) -> RecordResult:
    """Return the answer “this record cannot be taken”."""
    return RecordResult(key, RecordStatus.REFUSED, code, message, fix)


def waiting(key: str, code: str, message: str, fix: str) -> RecordResult:
    """Return the answer “not yet”."""
    return RecordResult(key, RecordStatus.WAITING, code, message, fix)


def invalid_record(key: str, reason: str) -> RecordResult:
    """Return the answer for a record that does not fit its schema."""
    return refused(key, "invalid-record", f"Quadient AP cannot read this record: {reason}.",
                   "Correct it in Sage 100; the next sync sends it again.")  # fmt: skip


def invalid_document(key: str, reason: str) -> RecordResult:
    """Return the answer for what is told or asked of a document in a way that does not fit its schema."""
    return refused(key, "invalid-record", f"Quadient AP cannot read what it is asked of “{key}”: {reason}.",
                   "Look in Quadient AP for the document's id.")  # fmt: skip


def changed(key: str, called: str) -> RecordResult:
    """Return the answer for what is told or asked of a document as it was before it was corrected."""
    return refused(
        key,
        CHANGED,
        f"The {called} was changed in Quadient AP since AP Bridge read it.",
        "Sync again, and compare it as it is now with Sage 100.",
    )


def key_reused(key: str) -> RecordResult:
    """Return the answer for a result whose key came before, with other words."""
    return refused(key, "key-reused", f"What is told of {key} has a key that came with other words before.",
                   "Update AP Bridge; if it is up to date, send its log to support.")  # fmt: skip


def essence(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what makes two results equal: a repeat may come with another run, and reworded."""
    same = ("outcome", "external_id") if result["outcome"] == Outcome.EXPORTED else ("outcome", "code", "message")
    return {name: result[name] for name in same}


def judge_result(kind: DocumentKind, document: DocumentState | None, result: Mapping[str, Any]) -> RecordResult:
    """Decide whether a document's result can be taken; a repeat of the last one always can."""
    key, called = result["id"], kind.value
    if document is None:
        return refused(key, "unknown-document", f"Quadient AP has no {called} {key}.", "Sync again.")
    same = document.last_result == essence(result) and document.revision == result["revision"]
    if same and document.status == _status_after(result):
        return accepted(key)
    if document.status == "EX":
        there = document.external_id or "marked as exported by a person"
        return refused(
            key,
            "already-exported",
            f"The {called} is Exported already ({there}).",
            "Compare it with Sage 100; nothing was changed.",
        )
    if not document.marked or document.status not in MARKABLE[kind]:
        return refused(
            key,
            "not-ready",
            f"The {called} is not ready to sync (status {document.status}).",
            "Approve it and mark it for export in Quadient AP.",
        )
    if result["outcome"] == Outcome.EXPORTED and not result["external_id"]:
        return invalid_document(key, "an exported document needs its external id")
    return accepted(key) if result["revision"] == document.revision else changed(key, called)


def _status_after(result: Mapping[str, Any]) -> str:
    return "EX" if result["outcome"] == Outcome.EXPORTED else "SE"


def judge_move(kind: DocumentKind, document: DocumentState | None, record: Mapping[str, Any]) -> RecordResult:
    """Decide whether a document can be moved; one that is already where the move leads can."""
    key, called, name = record["id"], kind.value, record["move"]
    if document is None:
        return refused(key, "unknown-document", f"Quadient AP has no {called} {key}.", "Sync again.")
    if record["external_id"] and name != "mark-as-exported":
        return invalid_document(key, f"{name} takes no external id")
    if document.status == "EX" and (
        name == "mark-for-export" or (record["external_id"] and document.external_id not in ("", record["external_id"]))
    ):
        there = document.external_id or "marked as exported by a person"
        return refused(
            key,
            "already-exported",
            f"The {called} is Exported already ({there}).",
            "Compare it with Sage 100; nothing was changed.",
        )
    move = MOVES[kind][name]
    there_already = is_there(document, move)
    if record["revision"] not in ("", document.revision) and not (there_already and name == "undo-export"):
        return changed(key, called)
    if there_already or document.status in move.from_statuses:
        return accepted(key)
    return refused(
        key,
        "status-not-fit",
        f"The {called} is in status {document.status}; {name} is for {' and '.join(move.from_statuses)}.",
        "Open it in Quadient AP and bring it to that status first.",
    )


def is_there(document: DocumentState, move: Move) -> bool:
    """Tell whether the document already is where the move leads."""
    if move.to_status is None:
        return document.marked and document.status in move.from_statuses
    return document.status == move.to_status


def judge_order(
    order: Mapping[str, Any],
    known_lines: Collection[str] | None,
    arrive_as: str,
    channels: Collection[tuple[str, str]],
) -> RecordResult:
    """Decide what becomes of a purchase order; `known_lines` is None when it is new."""
    number = order["number"]
    if known_lines is None:
        places = {("warehouse", order["warehouse"]), ("division", order["division"])}
        if arrive_as == "PA" and order["state"] == "open" and not places & set(channels):
            return waiting(
                number,
                "no-approval-channel",
                f"No approval channel takes orders of warehouse {order['warehouse'] or '(none)'} or division "
                f"{order['division']}.",
                "Add an approval channel in Quadient AP; the next sync sends the order again.",
            )
        return accepted(number)
    gone = sorted(set(known_lines) - {line["line_key"] for line in order["lines"]})
    if gone and order["state"] == "open":
        return refused(
            number,
            "line-missing",
            f"Lines that Quadient AP has are missing: {', '.join(gone)}.",
            "Send a line that is gone with quantity 0.",
        )
    return accepted(number)


def judge_payment(payment: Mapping[str, Any], not_exported: Sequence[str], cancelled_by: str | None) -> RecordResult:
    """Decide what becomes of a payment made in Sage.

    `not_exported`: those of its invoices that are not Exported. `cancelled_by`: what already cancelled the payment
    it cancels (empty: nothing did), None when that payment is unknown.
    """
    key = payment["key"]
    if payment["cancels"]:
        return _judge_cancellation(key, payment["cancels"], cancelled_by)
    if not payment["lines"]:
        return invalid_record(key, "a payment needs at least one invoice")
    if not not_exported:
        return accepted(key)
    message = f"Not Exported in Quadient AP: {', '.join(not_exported)}."
    if payment["kind"] == "ERPBeanPayment":
        fix = "Export these invoices; the next sync sends the payment again."
        return waiting(key, "invoice-not-exported", message, fix)
    fix = "Send only the lines of invoices that Quadient AP has exported."
    return refused(key, "invoice-not-exported", message, fix)


def _judge_cancellation(key: str, cancels: str, cancelled_by: str | None) -> RecordResult:
    if cancelled_by is None:
        return refused(
            key,
            "payment-unknown",
            f"Quadient AP has no payment {cancels} to cancel.",
            "Nothing needs to be done unless the payment should be there.",
        )
    if cancelled_by not in ("", key):
        return refused(
            key,
            "already-cancelled",
            f"Payment {cancels} was cancelled by {cancelled_by} before.",
            "Compare both with Sage 100.",
        )
    return accepted(key)
