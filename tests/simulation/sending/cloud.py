"""Quadient AP in memory: the demo server's own rules, its idempotency keys, and what people do there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any, Protocol

from app.cloud.port import (
    DocumentKind,
    DocumentResult,
    Exported,
    LegalEntity,
    Move,
    Outcome,
    RecordResult,
    RecordStatus,
    ShownDocument,
)
from app.domain.codec import plain
from app.domain.invoices import Invoice
from app.domain.payments import Payment
from app.errors import BugError, RetryLater, Side
from app.sandbox.server import rules
from app.sandbox.server.state import FIRST_REVISION
from tests.simulation.sending.faults import Faults

ENTITY = "le-simulation"

Document = Invoice | Payment


@dataclass(slots=True)
class Filed:
    """A document and what Quadient AP knows of it. `runs`: those that told it was exported; `told`: what they said.

    `settled_by_hand`: a person chose Mark as exported; `was_exported`: it was told once, whatever came of it.
    """

    kind: DocumentKind
    document: Document
    status: str
    marked: bool
    external_id: str = ""
    run: str = ""
    last_result: dict[str, Any] | None = None
    runs: set[str] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    settled_by_hand: bool = False
    was_exported: bool = False

    @property
    def ready(self) -> bool:
        """Whether it is shown as ready to sync."""
        return self.marked and self.status in rules.MARKABLE[self.kind]


class Witness(Protocol):
    """Who watches what Quadient AP is asked and told."""

    def served(self, kind: DocumentKind, documents: Sequence[Document]) -> None:
        """These were shown as ready."""

    def acknowledged(self, filed: Filed, result: Mapping[str, Any]) -> None:
        """A result is about to be taken."""

    def moved(self, filed: Filed, record: Mapping[str, str]) -> None:
        """A document is about to be moved, as AP Bridge asked."""

    def asked(self, results: Sequence[DocumentResult], *, answered: bool) -> None:
        """Results came, each with its key."""


class SimulatedCloud:
    """A `CloudPort` for one legal entity, and the screens of the people who work there."""

    max_batch = 500

    def __init__(self, faults: Faults, random: Random) -> None:
        self.files: dict[str, Filed] = {}
        self.witness: Witness | None = None
        self._faults = faults
        self._random = random
        self._answers: dict[str, tuple[Any, list[RecordResult]]] = {}
        self._results: dict[str, tuple[Any, RecordResult]] = {}

    def file(self, kind: DocumentKind, document: Document) -> None:
        """File a document that is approved (or paid) and marked for export."""
        filed = replace(document, revision=FIRST_REVISION)
        self.files[document.id] = Filed(kind, filed, rules.MARKABLE[kind][0], marked=True)

    def person(self, id_: str, action: str) -> bool:
        """Do what a person does with a document; return whether its status allows it."""
        filed = self.files[id_]
        move = rules.MOVES[filed.kind].get(action)
        if move is None or filed.status not in move.from_statuses:
            return False
        self._move(filed, move)
        if action == "mark-as-exported":
            filed.settled_by_hand = True
        elif action == "undo-export":
            filed.settled_by_hand, filed.was_exported = False, True
        filed.told.clear()
        return True

    def edit(self, id_: str, document: Document) -> bool:
        """Put a corrected document, with another revision, in the place of what it was, if its status allows it."""
        filed = self.files[id_]
        if filed.status not in rules.EDITABLE:
            return False
        filed.document = replace(document, revision=str(int(filed.document.revision) + 1))
        return True

    def _move(self, filed: Filed, move: rules.Move) -> None:
        if filed.status == "EX":  # an export undone leaves no trace
            filed.external_id, filed.run, filed.last_result = "", "", None
            filed.runs.clear()
        filed.status, filed.marked = move.to_status or filed.status, move.marked

    def legal_entities(self) -> Sequence[LegalEntity]:
        self._ask("legal entities")
        return (LegalEntity(ENTITY, "Simulated Supply", "USD"),)

    def ready_invoices(self) -> Iterator[Any]:
        return self._ready(DocumentKind.INVOICE)

    def ready_payments(self) -> Iterator[Any]:
        return self._ready(DocumentKind.PAYMENT)

    def send_results(
        self, kind: DocumentKind, results: Sequence[DocumentResult], idempotency_key: str
    ) -> Sequence[RecordResult]:
        fault = self._faults.pass_(
            f"results {kind}", "busy", "time-out before", "time-out after", "delivered twice", likely=True
        )
        if fault in ("busy", "time-out before"):
            self._witness_asked(results, answered=False)
            raise away()
        answer = self._take(kind, results, idempotency_key)
        if fault == "delivered twice":
            answer = self._take(kind, results, idempotency_key)
        self._faults.note(f"  {[(each.key, each.status.value, each.code) for each in answer]}")
        self._witness_asked(results, answered=fault != "time-out after")
        if fault == "time-out after":
            raise away()
        self._faults.pass_(f"results {kind} answered")
        return answer

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
        fault = self._faults.pass_(
            f"move {kind} {move}", "busy", "time-out before", "time-out after", "delivered twice", likely=True
        )
        if fault in ("busy", "time-out before"):
            raise away()
        known_as, versions = external_ids or {}, revisions or {}
        records = [
            {
                "id": id_,
                "revision": versions.get(id_, ""),
                "move": move.value,
                "run": run,
                "external_id": known_as.get(id_, ""),
            }
            for id_ in ids
        ]
        answer = self._once(idempotency_key, records, lambda: [self._move_one(kind, each) for each in records])
        self._faults.note(f"  {[(each.key, each.status.value, each.code) for each in answer]}")
        if fault == "time-out after":
            raise away()
        self._faults.pass_(f"move {kind} answered")
        return answer

    def exported(self, kind: DocumentKind) -> Iterator[Exported]:
        self._ask(f"exported {kind}")
        for _, filed in sorted(self.files.items()):
            if filed.kind is kind and filed.status == "EX":
                yield Exported(filed.document, filed.external_id, filed.run)

    def documents_of_run(self, kind: DocumentKind, run: str) -> Iterator[ShownDocument]:
        self._ask(f"documents of run {kind}")
        for id_, filed in sorted(self.files.items()):
            if filed.kind is kind and run in filed.runs:
                yield self._exported(id_, filed, run)

    def document(self, kind: DocumentKind, id_: str) -> ShownDocument | None:
        self._ask(f"document {id_}")
        filed = self.files.get(id_)
        return None if filed is None else self._exported(id_, filed, filed.run)

    def record_run(self, run: str, started: datetime, finished: datetime | None, summary: Mapping[str, Any]) -> None:
        self._ask("record run")

    def close(self) -> None:
        """There is nothing to close."""

    def _ready(self, kind: DocumentKind) -> Iterator[Any]:
        fault = self._faults.pass_(f"ready {kind}", "busy", "pages in another order", "delivered twice")
        if fault == "busy":
            raise away()
        ready = [filed.document for _, filed in sorted(self.files.items()) if filed.kind is kind and filed.ready]
        if fault == "delivered twice":
            ready = ready + ready
        elif fault == "pages in another order":
            self._random.shuffle(ready)
        if self.witness is not None:
            self.witness.served(kind, ready)
        self._faults.note(f"  {[each.id for each in ready]}")
        yield from ready
        self._faults.pass_(f"ready {kind} answered")

    def _ask(self, what: str) -> None:
        if self._faults.pass_(what, "busy"):
            raise away()

    def _take(self, kind: DocumentKind, results: Sequence[DocumentResult], key: str) -> list[RecordResult]:
        body = plain(list(results))
        return self._once(key, body, lambda: [self._take_one(kind, result) for result in body])

    def _once(self, key: str, body: Any, do: Callable[[], list[RecordResult]]) -> list[RecordResult]:
        """Answer as the server does: once for each key, and the same again when it comes with the same body."""
        if key not in self._answers:
            self._answers[key] = (body, do())
        earlier, answer = self._answers[key]
        if earlier != body:
            raise BugError("key-reused", "The key was used for another body", "", "", side=Side.CLOUD)
        return answer

    def _move_one(self, kind: DocumentKind, record: dict[str, str]) -> RecordResult:
        filed = self.files.get(record["id"])
        verdict = rules.judge_move(kind, self._state(filed), record)
        if verdict.status is not RecordStatus.ACCEPTED or filed is None:
            return verdict
        move = rules.MOVES[kind][record["move"]]
        if self.witness is not None:
            self.witness.moved(filed, record)
        if not rules.is_there(self._state_of(filed), move):
            self._move(filed, move)
            filed.told.clear()
        if move.to_status == "EX":
            filed.settled_by_hand = True
            if not filed.external_id and (record["external_id"] or not filed.run):
                filed.external_id, filed.run = record["external_id"], record["run"]
        elif record["move"] == Move.UNDO_EXPORT:
            filed.settled_by_hand, filed.was_exported = False, True
        return verdict

    def _state(self, filed: Filed | None) -> rules.DocumentState | None:
        return None if filed is None else self._state_of(filed)

    def _state_of(self, filed: Filed) -> rules.DocumentState:
        revision = filed.document.revision
        return rules.DocumentState(filed.status, filed.marked, filed.external_id, filed.last_result, revision)

    def _take_one(self, kind: DocumentKind, result: dict[str, Any]) -> RecordResult:
        """Take a result, or answer as before when it comes again with its key."""
        if result["key"] not in self._results:
            self._results[result["key"]] = (result, self._take_anew(kind, result))
        earlier, answer = self._results[result["key"]]
        return answer if earlier == result else rules.key_reused(result["id"])

    def _take_anew(self, kind: DocumentKind, result: dict[str, Any]) -> RecordResult:
        filed = self.files.get(result["id"])
        verdict = rules.judge_result(kind, self._state(filed), result)
        if verdict.status is not RecordStatus.ACCEPTED or filed is None:
            return verdict
        if self.witness is not None:
            self.witness.acknowledged(filed, result)
        if result["outcome"] == Outcome.EXPORTED:
            filed.status, filed.marked = "EX", False
            filed.external_id, filed.run = result["external_id"], result["run"]
            filed.last_result = rules.essence(result)
            filed.runs.add(result["run"])
            filed.was_exported = True
        elif filed.marked:
            filed.status, filed.marked = "SE", False
            filed.last_result = rules.essence(result)
            filed.comments.append(" ".join(part for part in (result["message"], result["fix"]) if part))
        return verdict

    def _exported(self, id_: str, filed: Filed, run: str) -> ShownDocument:
        return ShownDocument(id_, filed.status, filed.document.amount, filed.external_id, run)

    def _witness_asked(self, results: Sequence[DocumentResult], *, answered: bool) -> None:
        if self.witness is not None:
            self.witness.asked(results, answered=answered)


def away() -> RetryLater:
    """Return the error of a cloud that did not answer, after all tries."""
    return RetryLater(
        "cloud-unreachable", "Quadient AP cannot be reached", "It did not answer.", "Start again.", side=Side.CLOUD
    )
