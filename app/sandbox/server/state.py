"""What the sandbox's Quadient AP knows, in one SQLite file; and the Python way to fill it."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from app.cloud.port import DocumentKind, LegalEntity
from app.sandbox.server.contract import contract
from app.sandbox.server.signin import hash_secret

FIRST_REVISION = "1"
SHAPES = {DocumentKind.INVOICE: "Invoice", DocumentKind.PAYMENT: "Payment"}

_SCHEMA = """
CREATE TABLE legal_entities (id TEXT PRIMARY KEY, name TEXT NOT NULL, currency TEXT NOT NULL) STRICT;
CREATE TABLE clients (client_id TEXT PRIMARY KEY, salt BLOB NOT NULL, secret_hash BLOB NOT NULL) STRICT;
CREATE TABLE rights (
    client_id TEXT NOT NULL REFERENCES clients, entity TEXT NOT NULL REFERENCES legal_entities,
    PRIMARY KEY (client_id, entity)
) STRICT, WITHOUT ROWID;
CREATE TABLE tokens (token_hash BLOB PRIMARY KEY, client_id TEXT NOT NULL, expires_at REAL NOT NULL) STRICT;
CREATE TABLE list_items (
    entity TEXT NOT NULL, list TEXT NOT NULL, key TEXT NOT NULL, active INTEGER NOT NULL, record BLOB NOT NULL,
    PRIMARY KEY (entity, list, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE purchase_orders (
    entity TEXT NOT NULL, number TEXT NOT NULL, approval TEXT NOT NULL, closed INTEGER NOT NULL,
    record BLOB NOT NULL, PRIMARY KEY (entity, number)
) STRICT;
CREATE TABLE channels (
    entity TEXT NOT NULL, by TEXT NOT NULL CHECK (by IN ('warehouse', 'division')), value TEXT NOT NULL,
    PRIMARY KEY (entity, by, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE imported_payments (
    entity TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, cancelled_by TEXT NOT NULL DEFAULT '',
    record BLOB NOT NULL, PRIMARY KEY (entity, key)
) STRICT;
CREATE TABLE documents (
    entity TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, division TEXT NOT NULL,
    vendor_number TEXT NOT NULL, number TEXT NOT NULL, status TEXT NOT NULL, marked INTEGER NOT NULL,
    external_id TEXT NOT NULL DEFAULT '', run TEXT NOT NULL DEFAULT '', last_result BLOB,
    record BLOB NOT NULL, seed BLOB, PRIMARY KEY (entity, kind, id)
) STRICT;
CREATE INDEX ready_documents ON documents (entity, kind, id) WHERE marked = 1;
CREATE INDEX documents_by_number ON documents (entity, kind, division, vendor_number, number, status);
CREATE TABLE exported_in (
    entity TEXT NOT NULL, kind TEXT NOT NULL, run TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (entity, kind, run, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE comments (
    entity TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE INDEX comments_of_document ON comments (entity, kind, id);
CREATE TABLE sync_runs (
    entity TEXT NOT NULL, run TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (entity, run)
) STRICT;
CREATE TABLE answers (
    scope TEXT NOT NULL, key TEXT NOT NULL, body_hash BLOB NOT NULL, answer BLOB NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
"""

# What work leaves behind; what is set up (entities, clients, channels) and the seeded documents stay on a reset.
_WORK = ("tokens", "list_items", "purchase_orders", "imported_payments", "exported_in", "comments", "sync_runs",
         "answers")  # fmt: skip


class ServerState:
    """One open state file. One thread uses one of these; several may be open on one file."""

    def __init__(self, file: Path) -> None:
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 10000"):
            self.db.execute(f"PRAGMA {pragma}").close()

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Keep all that is done inside, or nothing when an exception leaves it."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield self.db
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def add_legal_entity(self, entity: LegalEntity, client_id: str) -> None:
        """Add a legal entity that the client `client_id` may sync."""
        with self.transaction() as db:
            db.execute("INSERT INTO legal_entities VALUES (?, ?, ?)", (entity.id, entity.name, entity.currency))
            db.execute("INSERT INTO rights VALUES (?, ?)", (client_id, entity.id))

    def add_client(self, client_id: str, client_secret: str) -> None:
        """Add a client; of the secret only a salted hash is kept."""
        salt, digest = hash_secret(client_secret)
        with self.transaction() as db:
            db.execute("INSERT INTO clients VALUES (?, ?, ?)", (client_id, salt, digest))

    def legal_entity(self, entity: str | None = None) -> str:
        """Return the id of the legal entity `entity`, or of the first one.

        Raises:
            KeyError: when there is none.
        """
        row = self.db.execute(
            "SELECT id FROM legal_entities WHERE id = coalesce(?, id) ORDER BY rowid", (entity,)
        ).fetchone()
        if row is None:
            raise KeyError(entity)
        return str(row["id"])

    def add_documents(
        self,
        kind: DocumentKind,
        docs: Iterable[Mapping[str, Any]],
        status: str,
        marked: bool,
        *,
        entity: str | None = None,
        seeded: bool = True,
    ) -> list[str]:
        """Add invoices or payments, in the contract's shape, in one transaction; return their ids.

        Whatever revision one comes with, here it has its first.

        A reset brings seeded ones back as they were added and takes the others away.

        Raises:
            Misfit: when one does not fit the contract; then none is added.
            sqlite3.IntegrityError: when an id is there already; then none is added.
        """
        home = self.legal_entity(entity)
        fits = contract().shape(SHAPES[kind])
        rows = []
        for given in docs:
            doc = {**given, "revision": FIRST_REVISION}
            fits(doc)
            record = orjson.dumps(doc)
            seed = orjson.dumps([status, marked, doc]) if seeded else None
            rows.append((home, kind.value, *document_columns(kind, doc), status, int(marked), record, seed))
        with self.transaction() as db:
            db.executemany(
                "INSERT INTO documents (entity, kind, id, division, vendor_number, number, status, marked, record,"
                " seed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
        return [row[2] for row in rows]

    def set_channels(self, channels: Iterable[tuple[str, str]], *, entity: str | None = None) -> None:
        """Replace the approval channels by these (`"warehouse"` or `"division"`, its code)."""
        home = self.legal_entity(entity)
        with self.transaction() as db:
            db.execute("DELETE FROM channels WHERE entity = ?", (home,))
            db.executemany(
                "INSERT OR IGNORE INTO channels VALUES (?, ?, ?)", [(home, by, value) for by, value in channels]
            )

    def reset(self) -> None:
        """Bring everything back to how it was seeded."""
        with self.transaction() as db:
            for table in _WORK:
                db.execute(f"DELETE FROM {table}")  # noqa: S608  # names from the tuple above
            db.execute("DELETE FROM documents WHERE seed IS NULL")
            rows = db.execute("SELECT rowid, kind, seed FROM documents").fetchall()
            for row in rows:
                status, marked, doc = orjson.loads(row["seed"])
                db.execute(
                    "UPDATE documents SET division = ?2, vendor_number = ?3, number = ?4, status = ?5, marked = ?6,"
                    " record = ?7, external_id = '', run = '', last_result = NULL WHERE id = ?1 AND rowid = ?8",
                    (*document_columns(DocumentKind(row["kind"]), doc), status, int(marked), orjson.dumps(doc),
                     row["rowid"]),
                )  # fmt: skip


def next_revision(doc: Mapping[str, Any]) -> str:
    """Return the revision of a document that was just corrected."""
    return str(int(doc["revision"]) + 1)


def document_columns(kind: DocumentKind, doc: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Return id, division, vendor number and invoice number (payments have none) of a document."""
    number = doc["number"] if kind is DocumentKind.INVOICE else ""
    return doc["id"], doc["division"], doc["vendor_number"], number


def create_server_state(file: Path, *, client_id: str, client_secret: str, legal_entity: LegalEntity) -> ServerState:
    """Create the state file with one client that may sync one legal entity.

    Raises:
        FileExistsError: when there is a file already.
    """
    if file.exists():
        raise FileExistsError(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    state = ServerState(file)
    with state.transaction() as db:
        for statement in _SCHEMA.split(";\n"):
            db.execute(statement)
    state.add_client(client_id, client_secret)
    state.add_legal_entity(legal_entity, client_id)
    return state
