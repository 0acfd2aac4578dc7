"""The journal's part in undoing: what Sage has from AP Bridge, and how far taking it out again is.

States: undoing (about to be deleted in Sage) → undone (Sage has it no more) → told (Quadient AP has it as approved
again; `app.engine.sending.moves` asks it to). What was not deleted after all goes back to the state it had.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from app.cloud.port import DocumentKind, Move
from app.domain.codec import restore
from app.domain.invoices import Destination, Invoice
from app.domain.payments import Payment
from app.engine.run import Run
from app.engine.sending.natural_key import NaturalKey, restored
from app.errors import BridgeError

# What Sage was seen to have, undone or not. An entry that was stopped before it was written is somebody else's.
BROUGHT = (
    "(state IN ('proven', 'acknowledged', 'undone') OR state = 'stopped' AND COALESCE(written_at, proven_at) <> '')"
)
UNDO_BROKEN_OFF = "undo-broken-off"
_STATE_BEFORE = (
    "CASE WHEN failed_at IS NOT NULL THEN 'stopped' WHEN acknowledged_at IS NOT NULL THEN 'acknowledged'"
    " ELSE 'proven' END"
)
# What was sent is kept with the attempt; of a journal that was made anew, the preview may still have it.
_PAYLOAD = (
    "CASE WHEN payload <> '' THEN payload ELSE COALESCE((SELECT d.payload FROM documents d WHERE"
    " d.company = journal.company AND d.kind = journal.kind AND d.id = journal.document AND d.hash = journal.hash),"
    " '') END"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Quadient AP answered when it was asked to undo an export; code and message are '' when it did.

    `seq` is the request's place in the order in which AP Bridge asked.
    """

    seq: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One document that AP Bridge brought into Sage; `amount` as text with two decimals.

    `undo_run` is the run that undoes it, '' before. `revision` is the newest in Quadient AP that says what was sent.
    """

    id: int
    kind: str
    document: str
    state: str
    destination: Destination
    natural_key: NaturalKey
    amount: str
    payload: str
    undo_run: str
    revision: str

    def content(self) -> Invoice | Payment:
        """Return the document as it was sent.

        Raises:
            ValueError: when the journal does not have it.
        """
        if not self.payload:
            raise ValueError("what was sent is not in the journal")
        data = orjson.loads(self.payload)
        return restore(Payment, data) if self.destination is Destination.MANUAL_CHECK else restore(Invoice, data)


class UndoJournal:
    """The journal of one company during a run that undoes. Each method is on disk when it returns."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._store = run.store
        self._company = run.company.code

    def of_run(self, run: str, kind: str | None) -> list[Sent]:
        """Return what the run called `run` brought into Sage, undone or not."""
        return self._sent(f"{BROUGHT} AND run = ? AND kind = COALESCE(?, kind)", run, kind)

    def of_documents(self, ids: Sequence[str], kind: str | None) -> list[Sent]:
        """Return every attempt that brought one of these documents into Sage; of one undone wholly, the newest."""
        brought = [
            sent
            for its_kind in ([kind] if kind else DocumentKind)
            for id_ in dict.fromkeys(ids)
            for sent in self._sent(f"{BROUGHT} AND kind = ? AND document = ?", its_kind, id_)
        ]
        standing = [sent for sent in brought if sent.state != "undone"]
        there = {(sent.kind, sent.document) for sent in standing}
        undone = {(sent.kind, sent.document): sent for sent in brought if (sent.kind, sent.document) not in there}
        return sorted([*standing, *undone.values()], key=lambda sent: sent.id)

    def unfinished(self) -> list[Sent]:
        """Return those of which it is not known whether they were deleted: a run ended in the middle of it."""
        return self._sent("state = 'undoing'")

    def untold(self) -> list[Sent]:
        """Return the undone ones that Quadient AP has not answered for."""
        return self._sent("state = 'undone' AND undo_told_at IS NULL")

    def undoing(self, sents: Sequence[Sent]) -> None:
        """Note that these are about to be deleted in Sage."""
        self._for_each(
            "state = 'undoing', undo_began_at = ?, undo_run = ?",
            sents,
            self._run.stamp(),
            self._run.id,
        )

    def kept(self, sent: Sent) -> None:
        """Note that one was not deleted: it is what it was before."""
        self._for_each(f"state = {_STATE_BEFORE}, undo_began_at = NULL, undo_run = ''", [sent])

    def unclear(self, sent: Sent, reason: BridgeError) -> None:
        """Note that only a person can tell whether one was deleted, and why; of what was stopped that is known."""
        self.kept(sent)
        self._store.write(
            "UPDATE journal SET code = ?, message = ?, fix = ? WHERE id = ? AND failed_at IS NULL",
            (UNDO_BROKEN_OFF, reason.message, reason.fix, sent.id),
        )

    def undone(self, sents: Sequence[Sent]) -> None:
        """Note that Sage has them no more; the documents must be previewed anew before they can be sent again."""
        with self._store.transaction():
            asked = "(SELECT COALESCE(MAX(seq), 0) FROM moves)"
            self._for_each(f"state = 'undone', undone_at = ?, undo_after = {asked}", sents, self._run.stamp())
            self._store.write_many(
                "UPDATE documents SET state = 'undone' WHERE company = ? AND kind = ? AND id = ?",
                ((self._company, sent.kind, sent.document) for sent in sents),
            )

    def answers(self) -> dict[int, Answer]:
        """Return what Quadient AP answered for undone ones; those it was not asked for since then are absent.

        An answer that was no counts once: the next run asks afresh.
        """
        rows = self._store.rows(
            "SELECT j.id, m.seq, m.code, m.message FROM journal j JOIN moves m USING (company, kind, document)"
            " WHERE j.company = ? AND j.state = 'undone' AND j.undo_told_at IS NULL AND m.move = ?"
            " AND m.seq > j.undo_after AND m.answered_at IS NOT NULL ORDER BY m.seq",
            (self._company, Move.UNDO_EXPORT),
        )
        return {row["id"]: Answer(row["seq"], row["code"], row["message"]) for row in rows}

    def told(self, sents: Sequence[Sent]) -> None:
        """Note that Quadient AP has them as approved again."""
        self._for_each("undo_told_at = ?, code = '', message = '', fix = ''", sents, self._run.stamp())

    def not_taken(self, sent: Sent, answer: Answer, fix: str) -> None:
        """Note that Quadient AP answered and still has it as Exported; the next run asks afresh."""
        self._for_each(
            "undo_after = ?, code = 'undo-not-acknowledged', message = ?, fix = ?",
            [sent],
            answer.seq,
            answer.message,
            fix,
        )

    def retire(self, kind: str) -> None:
        """Drop from the preview what was undone on an earlier day and is settled; it stays in the history.

        What is ready to export again has been previewed as such before, and is not undone any more.
        """
        newest = {
            row["document"]: row
            for row in self._store.rows(
                "SELECT document, undone_at, undo_told_at FROM journal JOIN documents d USING (company, kind)"
                " WHERE company = ? AND kind = ? AND d.id = document AND d.state = 'undone'"
                " AND undone_at IS NOT NULL ORDER BY journal.id",
                (self._company, kind),
            )
        }
        today = self._run.today()
        self._store.write_many(
            "UPDATE documents SET state = 'gone' WHERE company = ? AND kind = ? AND id = ?",
            (
                (self._company, kind, id_)
                for id_, row in newest.items()
                if row["undo_told_at"] and self._run.day_of(datetime.fromisoformat(row["undone_at"])) < today
            ),
        )

    def _for_each(self, changes: str, sents: Sequence[Sent], *values: str | int) -> None:
        self._store.write_many(
            f"UPDATE journal SET {changes} WHERE id = ?",  # noqa: S608  # constants
            ((*values, sent.id) for sent in sents),
        )

    def _sent(self, condition: str, *values: object) -> list[Sent]:
        rows = self._store.rows(
            f"SELECT *, {_PAYLOAD} AS sent FROM journal WHERE company = ? AND {condition} ORDER BY id",  # noqa: S608
            (self._company, *values),
        )
        return [_restored(row) for row in rows]


def _restored(row: dict[str, Any]) -> Sent:
    destination = Destination(row["destination"])
    return Sent(
        row["id"],
        row["kind"],
        row["document"],
        row["state"],
        destination,
        restored(destination, orjson.loads(row["natural_key"])),
        row["amount"],
        row["sent"],
        row["undo_run"],
        row["revision"],
    )
