"""The journal: every attempt to bring a document into Sage, step by step, so that its effect happens once.

States: intended (about to be written) → written (the Business Objects said yes) → proven (read back in Sage) →
acknowledged (Quadient AP knows). Or: refused (Sage said no) → acknowledged as Sync Error; absent (a broken-off
attempt of which Sage has nothing); stopped (Sage has something else under its number: a person must look).
What Sage has can be undone (`app.engine.undo.undo_journal`): undoing (about to be deleted there) → undone.

What Quadient AP is told of a document is a report: kept word for word with its key before it goes out, and repeated
until answered. It names the revision that was sent: what was corrected there since is not acknowledged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import orjson

from app.cloud.port import DocumentResult
from app.domain.codec import canonical, plain, restore
from app.domain.documents import content_hash
from app.domain.invoices import Destination, Invoice
from app.domain.payments import Payment
from app.engine.run import Run
from app.engine.sending.natural_key import NaturalKey, restored
from app.sage.found import Found

LEFT_STANDING = (
    "(state = 'stopped' AND tried_at IS NOT NULL AND acknowledged_at IS NULL AND EXISTS (SELECT 1 FROM documents d"
    " WHERE d.company = journal.company AND d.kind = journal.kind AND d.id = journal.document AND d.state = 'gone'))"
)
"""What Sage may have taken, though it was not found as sent, and Quadient AP no longer has ready."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt as the journal has it; `amount` as text with two decimals, `natural_key` what Sage knows it by.

    `revision` is Quadient AP's name for the version it is about, '' when that is not known.
    """

    id: int
    kind: str
    document: str
    hash: bytes
    run: str
    state: str
    destination: Destination
    natural_key: NaturalKey
    amount: str
    batch: str
    external_id: str
    code: str
    message: str
    fix: str
    report: str
    revision: str
    tried_at: str | None


@dataclass(frozen=True, slots=True)
class Intent:
    """A document about to be written: its hash as previewed, and what Sage will know it by."""

    document: Invoice | Payment
    hash: bytes
    natural_key: NaturalKey


@dataclass(frozen=True, slots=True)
class Report:
    """What Quadient AP is told of one entry; a repeat has the same key and the same words."""

    entry: Entry
    result: DocumentResult


class Journal:
    """The journal of one company during one run. Each method is on disk when it returns."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._store = run.store
        self._company = run.company.code

    def intend(self, kind: str, intents: Sequence[Intent]) -> list[Entry]:
        """Note that documents are about to be written; return their entries, in order.

        Where one stands in Sage already, proven and not yet told to Quadient AP, that entry goes on. Earlier attempts
        with what says the same get the revision that it has now.
        """
        with self._store.transaction():
            self.revise((kind, each.document.id, each.hash, each.document.revision) for each in intents)
            numbers = [self._proven_as(kind, intent) or self._intend_anew(kind, intent) for intent in intents]
        entries = {entry.id: entry for entry in self._entries(f"id IN ({', '.join(map(str, numbers))})")}
        return [entries[number] for number in numbers]

    def _proven_as(self, kind: str, intent: Intent) -> int | None:
        rows = self._store.rows(
            "SELECT id FROM journal WHERE company = ? AND kind = ? AND document = ? AND hash = ? AND natural_key = ?"
            " AND state = 'proven' AND acknowledged_at IS NULL",
            (self._company, kind, intent.document.id, intent.hash, _key_text(intent.natural_key)),
        )
        return rows[0]["id"] if rows else None

    def _intend_anew(self, kind: str, intent: Intent) -> int:
        with self._store.transaction() as db:
            row = db.execute(
                "INSERT INTO journal (company, kind, document, hash, payload, revision, run, state, destination,"
                " natural_key, amount, intended_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'intended', ?, ?, ?, ?) RETURNING id",
                (
                    self._company,
                    kind,
                    intent.document.id,
                    intent.hash,
                    canonical(intent.document).decode(),
                    intent.document.revision,
                    self._run.id,
                    intent.document.destination,
                    _key_text(intent.natural_key),
                    format(intent.document.amount, "f"),
                    self._run.stamp(),
                ),
            ).fetchone()
        return int(row[0])

    def revise(self, revisions: Iterable[tuple[str, str, bytes, str]]) -> None:
        """Note under which revision Quadient AP now has documents (kind, id, hash, revision) that say the same."""
        self._store.write_many(
            "UPDATE journal SET revision = ?5 WHERE company = ?1 AND kind = ?2 AND document = ?3 AND hash = ?4"
            " AND revision <> ?5",
            [(self._company, *each) for each in revisions],
        )

    def tried(self, entries: Iterable[Entry]) -> None:
        """Note that Sage had nothing under the entries' numbers just now, and that they are handed over to it next."""
        self._store.write_many(
            "UPDATE journal SET tried_at = ? WHERE id = ?", [(self._run.stamp(), entry.id) for entry in entries]
        )

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

    def absent(self, entries: Sequence[Entry]) -> None:
        """Note that Sage has nothing of broken-off attempts: they may be tried afresh."""
        self._store.write_many(
            "UPDATE journal SET state = 'absent', failed_at = ? WHERE id = ?",
            ((self._run.stamp(), entry.id) for entry in entries),
        )

    def stopped(
        self,
        entry: Entry,
        code: str,
        message: str,
        fix: str,
        theirs: Sequence[Found],
        now: Invoice | Payment | None = None,
    ) -> None:
        """Note that Sage has something else under the document's number, all of it, and that a person must look.

        `now` is the document as Quadient AP has it by now, where it was changed after it was sent.
        """
        found = orjson.dumps(plain(list(theirs))).decode()
        with self._store.transaction() as db:
            db.execute(
                "UPDATE journal SET state = 'stopped', report = '', failed_at = ?, code = ?, message = ?, fix = ?,"
                " theirs = ? WHERE id = ?",
                (self._run.stamp(), code, message, fix, found, entry.id),
            )
            db.execute(
                "UPDATE documents SET state = 'asking', theirs = ?, known = NULL, known_at = NULL"
                " WHERE company = ? AND kind = ? AND id = ?",
                (found, self._company, entry.kind, entry.document),
            )
            if now is not None:
                db.execute(
                    "UPDATE documents SET known = payload, known_at = previewed_at, payload = ?, hash = ?"
                    " WHERE company = ? AND kind = ? AND id = ? AND hash = ?",
                    (canonical(now).decode(), content_hash(now), self._company, entry.kind, entry.document, entry.hash),
                )

    def report(self, results: Sequence[tuple[Entry, DocumentResult]]) -> list[Report]:
        """Note what Quadient AP is about to be told of entries, each result under a key of its own."""
        with self._store.transaction() as db:
            told = db.execute("SELECT COUNT(*) FROM reports WHERE run = ?", (self._run.id,)).fetchone()[0]
            reports = [
                Report(entry, replace(result, key=f"{self._run.id}-{number:05}"))
                for number, (entry, result) in enumerate(results, start=told + 1)
            ]
            for entry, result in ((each.entry, each.result) for each in reports):
                db.execute(
                    "INSERT INTO reports (key, company, kind, run, body, asked_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        result.key,
                        self._company,
                        entry.kind,
                        self._run.id,
                        canonical(result).decode(),
                        self._run.stamp(),
                    ),
                )
                db.execute("UPDATE journal SET report = ? WHERE id = ?", (result.key, entry.id))
        return reports

    def open_reports(self) -> list[Report]:
        """Return the reports whose answer never came and which still hold, oldest first."""
        unanswered = "FROM reports WHERE company = ? AND answered_at IS NULL"
        order = "(SELECT rowid FROM runs WHERE id = reports.run), key"
        bodies = self._store.pairs(f"SELECT key, body {unanswered} ORDER BY {order}", (self._company,))
        entries = {each.report: each for each in self._entries(f"report IN (SELECT key {unanswered})", self._company)}
        return [
            Report(entries[key], restore(DocumentResult, orjson.loads(body)))
            for key, body in bodies.items()
            if key in entries
        ]

    def let_be(self, entries: Sequence[Entry]) -> None:
        """Note that nothing of the entries needs to be told or done any more."""
        self._store.write_many(
            "UPDATE journal SET report = '', acknowledged_at = ? WHERE id = ?",
            ((self._run.stamp(), entry.id) for entry in entries),
        )

    def answered(
        self, taken: Sequence[Report], not_taken: Sequence[tuple[Report, str, str]], moot: Sequence[Report]
    ) -> None:
        """Note what Quadient AP answered to reports, all in one transaction; a document's state follows.

        `not_taken` (report, message, fix) stay to be told, in another report. `moot` need not be told any more: Sage
        has nothing of them, and Quadient AP has them differently by now.
        """
        now = self._run.stamp()
        with self._store.transaction() as db:
            for report in (*taken, *(each for each, _, _ in not_taken), *moot):
                db.execute("UPDATE reports SET answered_at = ? WHERE key = ?", (now, report.result.key))
            for entry in (report.entry for report in taken):
                db.execute(
                    "UPDATE journal SET acknowledged_at = ?,"
                    " state = CASE state WHEN 'proven' THEN 'acknowledged' ELSE state END WHERE id = ?",
                    (now, entry.id),
                )
                db.execute(
                    "UPDATE documents SET state = ? WHERE company = ? AND kind = ? AND id = ?",
                    ("sent" if entry.state == "proven" else "failed", self._company, entry.kind, entry.document),
                )
            for report, message, fix in not_taken:
                db.execute(
                    "UPDATE journal SET report = '', code = 'not-acknowledged', message = ?, fix = ? WHERE id = ?",
                    (message, fix, report.entry.id),
                )
            for report in moot:
                db.execute("UPDATE journal SET acknowledged_at = ? WHERE id = ?", (now, report.entry.id))

    def unproven(self) -> list[Entry]:
        """Return the entries of which it is not known what Sage has: a run ended between intent and proof."""
        return self._entries("state IN ('intended', 'written')")

    def untold(self) -> list[Entry]:
        """Return the entries that have ended, and of which no report is on its way."""
        return self._entries("state IN ('proven', 'refused') AND acknowledged_at IS NULL AND report = ''")

    def to_prove(self) -> list[Entry]:
        """Return what control totals must cover now: this run's entries, and those of runs that ended before theirs.

        These are the entries that Sage holds, or that it took and that were then not found as sent.
        """
        return self._entries(
            "(state IN ('proven', 'acknowledged') OR (state = 'stopped' AND written_at IS NOT NULL))"
            " AND (run = ? OR run NOT IN (SELECT run FROM totals WHERE company = journal.company))",
            self._run.id,
        )

    def told_by(self, entries: Iterable[Entry]) -> dict[str, str]:
        """Return by which run Quadient AP was told of entries, by the keys of their reports."""
        told = [
            self._store.pairs("SELECT key, run FROM reports WHERE key = ?", (entry.report,))
            for entry in entries
            if entry.report
        ]
        return {key: run for each in told for key, run in each.items()}

    def attempts(self, kind: str) -> list[Entry]:
        """Return every attempt with a document of a kind that is previewed now, oldest first."""
        return self._entries(
            "kind = ? AND document IN (SELECT id FROM documents WHERE company = journal.company AND kind = journal.kind"
            " AND state <> 'gone')",
            kind,
        )

    def names(self, kind: str) -> Iterator[tuple[NaturalKey, str]]:
        """Yield by what names documents of a kind were ever handed to Sage, and which documents: all that ever were."""
        rows = self._store.tuples(
            "SELECT DISTINCT destination, natural_key, document FROM journal WHERE company = ? AND kind = ?",
            (self._company, kind),
        )
        for destination, name, document in rows:
            yield restored(Destination(destination), orjson.loads(name)), document

    def of_document(self, kind: str, document: str) -> list[Entry]:
        """Return every attempt with one document, oldest first."""
        return self._entries("kind = ? AND document = ?", kind, document)

    def left_standing(self) -> list[Entry]:
        """Return what Sage may have taken, though it was not found as sent, and Quadient AP no longer has ready."""
        return self._entries(LEFT_STANDING)

    def on_their_way(self) -> list[Entry]:
        """Return what Sage has of this company's documents, but for what is known to have arrived at its end there."""
        return self._entries(
            "state IN ('proven', 'acknowledged') AND id NOT IN (SELECT entry FROM whereabouts WHERE"
            " company = journal.company AND (stands = 'paid' OR stands = 'posted' AND journal.kind = 'payment'))"
        )

    def content(self, entry: Entry) -> Invoice | Payment | None:
        """Return the document as an attempt sent it, or None where the journal has it no more."""
        (row,) = self._store.rows("SELECT payload FROM journal WHERE id = ?", (entry.id,))
        if not row["payload"]:
            return None
        data = orjson.loads(row["payload"])
        return restore(Payment, data) if entry.destination is Destination.MANUAL_CHECK else restore(Invoice, data)

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
        columns = ", ".join(each.name for each in fields(Entry))
        rows = self._store.rows(
            f"SELECT {columns} FROM journal WHERE company = ? AND {condition} ORDER BY id",  # noqa: S608
            (self._company, *values),
        )
        return [Entry(**row | _made(row)) for row in rows]


def _key_text(natural_key: Sequence[str]) -> str:
    return orjson.dumps(list(natural_key)).decode()


def _made(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an entry that the store keeps as text."""
    destination = Destination(row["destination"])
    return {"destination": destination, "natural_key": restored(destination, orjson.loads(row["natural_key"]))}
