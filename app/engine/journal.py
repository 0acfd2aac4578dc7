"""The journal: every attempt to bring a document into Sage, step by step, so that its effect happens once.

States: intended (about to be written) → written (the Business Objects said yes) → proven (read back in Sage) →
acknowledged (Quadient AP knows). Or: refused (Sage said no) → acknowledged as Sync Error; absent (a broken-off
attempt of which Sage has nothing); stopped (Sage has something else under its number: a person must look).
What Sage has can be undone (`app.engine.undo_journal`): undoing (about to be deleted there) → undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from app.domain.invoices import Destination
from app.engine.run import Run


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt as the journal has it; `amount` as text with two decimals, `natural_key` what Sage knows it by."""

    id: int
    kind: str
    document: str
    hash: bytes
    run: str
    state: str
    destination: Destination
    natural_key: tuple[str, ...]
    amount: str
    batch: str
    external_id: str
    code: str
    message: str
    fix: str


class Journal:
    """The journal of one company during one run. Each method is on disk when it returns."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._store = run.store
        self._company = run.company.code

    def intend(
        self, kind: str, document: str, hashed: bytes, destination: Destination, natural_key: Sequence[str], amount: str
    ) -> Entry:
        """Note that a document is about to be written."""
        with self._store.transaction() as db:
            number = db.execute(
                "INSERT INTO journal (company, kind, document, hash, run, state, destination, natural_key, amount,"
                " intended_at, payload) VALUES (?1, ?2, ?3, ?4, ?5, 'intended', ?6, ?7, ?8, ?9,"
                " COALESCE((SELECT payload FROM documents WHERE company = ?1 AND kind = ?2 AND id = ?3 AND hash = ?4),"
                " '')) RETURNING id",
                (
                    self._company,
                    kind,
                    document,
                    hashed,
                    self._run.id,
                    destination,
                    orjson.dumps(list(natural_key)).decode(),
                    amount,
                    self._run.stamp(),
                ),
            ).fetchone()[0]
        return self._entries("id = ?", number)[0]

    def written(self, entry: Entry, batch: str) -> Entry:
        """Note that the Business Objects said yes; return the entry as it is now."""
        self._step(entry.id, "written", "written_at", batch=batch)
        return replace(entry, state="written", batch=batch)

    def proven(self, entry: int, batch: str, external_id: str, evidence: Mapping[str, Any]) -> None:
        """Note what was read back in Sage. The entry now belongs to this run, whoever began it."""
        self._step(
            entry,
            "proven",
            "proven_at",
            batch=batch,
            external_id=external_id,
            evidence=orjson.dumps(dict(evidence)).decode(),
            run=self._run.id,
        )

    def refused(self, entry: int, code: str, message: str, fix: str) -> None:
        """Note that Sage said no, and why."""
        self._step(entry, "refused", "failed_at", code=code, message=message, fix=fix, run=self._run.id)

    def absent(self, entry: int) -> None:
        """Note that Sage has nothing of a broken-off attempt: it may be tried afresh."""
        self._step(entry, "absent", "failed_at")

    def stopped(self, entry: Entry, code: str, message: str, fix: str) -> None:
        """Note that Sage has something else under the document's number, and that a person must look."""
        with self._store.transaction() as db:
            db.execute(
                "UPDATE journal SET state = 'stopped', failed_at = ?, code = ?, message = ?, fix = ? WHERE id = ?",
                (self._run.stamp(), code, message, fix, entry.id),
            )
            db.execute(
                "UPDATE documents SET state = 'asking' WHERE company = ? AND kind = ? AND id = ?",
                (self._company, entry.kind, entry.document),
            )

    def not_taken(self, entry: Entry, message: str, fix: str) -> None:
        """Note that Quadient AP does not take the answer; it stays to be told."""
        self._store.write(
            "UPDATE journal SET code = 'not-acknowledged', message = ?, fix = ? WHERE id = ?", (message, fix, entry.id)
        )

    def let_be(self, entries: Sequence[Entry]) -> None:
        """Note that refusals of earlier runs need not be told any more: the documents are to be looked at afresh."""
        self._store.write_many(
            "UPDATE journal SET acknowledged_at = ? WHERE id = ?", ((self._run.stamp(), entry.id) for entry in entries)
        )

    def acknowledged(self, entries: Sequence[Entry]) -> None:
        """Note that Quadient AP knows how the entries ended; a document's state follows, all in one transaction."""
        now = self._run.stamp()
        with self._store.transaction() as db:
            for entry in entries:
                db.execute(
                    "UPDATE journal SET acknowledged_at = ?,"
                    " state = CASE state WHEN 'proven' THEN 'acknowledged' ELSE state END WHERE id = ?",
                    (now, entry.id),
                )
                db.execute(
                    "UPDATE documents SET state = ? WHERE company = ? AND kind = ? AND id = ?",
                    ("sent" if entry.state == "proven" else "failed", self._company, entry.kind, entry.document),
                )

    def unproven(self) -> list[Entry]:
        """Return the entries of which it is not known what Sage has: a run ended between intent and proof."""
        return self._entries("state IN ('intended', 'written')")

    def unacknowledged(self) -> list[Entry]:
        """Return the entries whose end Quadient AP has not been told."""
        return self._entries("state IN ('proven', 'refused') AND acknowledged_at IS NULL")

    def of_run(self) -> list[Entry]:
        """Return this run's entries that Sage holds, or that it took and that were then not found as sent."""
        return self._entries(
            "(state IN ('proven', 'acknowledged') OR (state = 'stopped' AND written_at IS NOT NULL)) AND run = ?",
            self._run.id,
        )

    def attempts(self, kind: str) -> list[Entry]:
        """Return every attempt with a document of a kind that is previewed now, oldest first."""
        return self._entries(
            "kind = ? AND document IN (SELECT id FROM documents WHERE company = journal.company AND kind = journal.kind"
            " AND state <> 'gone')",
            kind,
        )

    def take_over(self) -> None:
        """Make what earlier runs proved and could not tell part of this run, so that its totals cover it."""
        self._store.write(
            "UPDATE journal SET run = ? WHERE company = ? AND state = 'proven' AND acknowledged_at IS NULL",
            (self._run.id, self._company),
        )

    def intends(self, kind: str, document: str, hashed: bytes) -> bool:
        """Whether this very payload was once about to be written and Sage did not refuse it."""
        return bool(
            self._entries(
                "kind = ? AND document = ? AND hash = ? AND state NOT IN ('refused', 'absent', 'undone')",
                kind,
                document,
                hashed,
            )
        )

    def _step(self, entry: int, state: str, moment: str, **columns: str) -> None:
        changes = {"state": state, moment: self._run.stamp()} | columns
        settings = ", ".join(f"{column} = ?" for column in changes)
        self._store.write(f"UPDATE journal SET {settings} WHERE id = ?", (*changes.values(), entry))  # noqa: S608

    def _entries(self, condition: str, *values: object) -> list[Entry]:
        rows = self._store.rows(
            f"SELECT * FROM journal WHERE company = ? AND {condition} ORDER BY id",  # noqa: S608
            (self._company, *values),
        )
        return [
            Entry(
                row["id"],
                row["kind"],
                row["document"],
                row["hash"],
                row["run"],
                row["state"],
                Destination(row["destination"]),
                tuple(orjson.loads(row["natural_key"])),
                row["amount"],
                row["batch"],
                row["external_id"],
                row["code"],
                row["message"],
                row["fix"],
            )
            for row in rows
        ]
