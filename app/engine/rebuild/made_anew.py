"""What a rebuild has made so far, beside the store, until it takes the place of what the store has of a company."""

from collections.abc import Sequence

import orjson

from app.cloud.port import DocumentKind, Exported
from app.domain.codec import canonical, plain
from app.domain.documents import content_hash
from app.domain.payments import Payment
from app.engine.run import Run
from app.engine.sending.looking import Look, Sought

# The columns that are made; all others keep their defaults.
_MADE = {
    "checkpoints": "list, key, hash, active, description, payload, taken, state, acknowledged_at, run",
    "documents": "kind, id, payload, hash, state, findings, check_number, previewed_at, run, theirs",
    "journal": "kind, document, hash, payload, revision, run, state, destination, natural_key, amount, batch,"
    " external_id, evidence, code, message, fix, theirs, intended_at, proven_at, failed_at, acknowledged_at",
    "runs": "id, command, started_at, finished_at, outcome, exit_code",
}
_REPLACED = ("blocks", "checkpoints", "list_syncs", "watermarks", "documents", "journal", "reports", "moves")


class MadeAnew:
    """Checkpoints, documents, journal and runs of one company in the making.

    They are in temporary tables, this connection's own: meanwhile others may use the store, and nobody sees a half.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        for table, columns in _MADE.items():
            run.store.write(f"CREATE TEMP TABLE made_{table} ({columns})")

    def add(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        """Add rows to what replaces `table`."""
        marks = ", ".join("?" for _ in _MADE[table].split(","))
        self._run.store.write_many(f"INSERT INTO temp.made_{table} VALUES ({marks})", rows)  # noqa: S608

    def put_in_place(self) -> None:
        """Put all of it in the place of what the store has of the company, in one transaction."""
        with self._run.store.transaction() as db:
            for table in _REPLACED:
                db.execute(f"DELETE FROM {table} WHERE company = ?", (self._run.company.code,))  # noqa: S608
            for table, columns in _MADE.items():
                if table != "runs":
                    db.execute(
                        f"INSERT INTO {table} (company, {columns})"  # noqa: S608
                        f" SELECT ?, {columns} FROM temp.made_{table} ORDER BY rowid",
                        (self._run.company.code,),
                    )
            # A run that is known here is told better here. The others come before all that happened here, in order.
            db.execute(
                f"INSERT OR IGNORE INTO runs (rowid, company, {_MADE['runs']})"  # noqa: S608
                " SELECT (SELECT COALESCE(MIN(rowid), 0) FROM runs)"
                f" - ROW_NUMBER() OVER (ORDER BY started_at DESC, id DESC), ?, {_MADE['runs']} FROM temp.made_runs",
                (self._run.company.code,),
            )

    def attempt(
        self,
        kind: DocumentKind,
        exported: Exported,
        sought: Sought,
        seen: Look,
        state: str,
        said: tuple[str, str, str] = ("", "", ""),
    ) -> None:
        """Note how an attempt to send a document ended (`said`: code, message and fix where it did not end well)."""
        now = self._run.stamp()
        payload = canonical(exported.document)
        proven, failed = (now, None) if state == "acknowledged" else (None, now)
        self.add(
            "journal",
            [
                (
                    kind,
                    sought.document,
                    content_hash(exported.document),
                    payload.decode(),
                    exported.document.revision,
                    exported.run or (self._run.id if state == "acknowledged" else ""),
                    state,
                    sought.destination,
                    orjson.dumps(list(sought.natural_key)).decode(),
                    sought.amount,
                    seen.batch,
                    exported.external_id,
                    orjson.dumps(dict(seen.evidence or {})).decode(),
                    *said,
                    _theirs(seen) if failed else "[]",
                    now,
                    proven,
                    failed,
                    now,
                )
            ],
        )

    def document(self, kind: DocumentKind, exported: Exported, sought: Sought, seen: Look, state: str) -> None:
        """Note a document as it is to be shown."""
        payload = canonical(exported.document)
        check = sought.natural_key.number if isinstance(exported.document, Payment) else ""
        theirs = _theirs(seen) if state == "differs" else "[]"
        rest = (check, self._run.stamp(), self._run.id, theirs)
        shown = (kind, sought.document, payload.decode(), content_hash(exported.document), state, "[]", *rest)
        self.add("documents", [shown])


def _theirs(seen: Look) -> str:
    return orjson.dumps(plain(list(seen.found))).decode()
