"""The shapes that the store has had: a migration leads from each to the next, and none is ever changed."""

from app.engine.database import Database, Migrations

migrations = Migrations("apbridge")


@migrations()
def first_shape(db: Database) -> None:
    """Checkpoints, documents, journal, totals, runs and events."""
    for statement in _FIRST_SHAPE.split(";"):
        if statement.strip():
            db.execute(statement)


@migrations()
def reading_since(db: Database) -> None:
    """What was read of Sage, and until when: fingerprints of rows, and a watermark for each list."""
    db.execute("ALTER TABLE checkpoints ADD COLUMN row_hash BLOB")
    db.execute(
        "CREATE TABLE watermarks (company TEXT NOT NULL, list TEXT NOT NULL, read_at TEXT NOT NULL,"
        " full_on TEXT NOT NULL, recipe TEXT NOT NULL, PRIMARY KEY (company, list)) WITHOUT ROWID"
    )


@migrations()
def payload_taken(db: Database) -> None:
    """What the cloud acknowledged last, beside what was tried last."""
    db.execute("ALTER TABLE checkpoints ADD COLUMN taken TEXT")


@migrations()
def undo(db: Database) -> None:
    """What a document looked like when it was about to be written, and how far its undoing is."""
    for column in ("payload", "undo_run", "undo_key"):
        db.execute(f"ALTER TABLE journal ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    for column in ("undo_began_at", "undone_at", "undo_told_at"):
        db.execute(f"ALTER TABLE journal ADD COLUMN {column} TEXT")
    db.execute("CREATE INDEX journal_undo ON journal (company, undo_run) WHERE undo_run <> ''")


@migrations()
def word_for_word(db: Database) -> None:
    """What Quadient AP was told, word for word until it is answered; and what Sage had instead of what was sent."""
    db.execute("ALTER TABLE journal ADD COLUMN theirs TEXT NOT NULL DEFAULT '[]'")
    db.execute("ALTER TABLE journal ADD COLUMN report TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE documents ADD COLUMN theirs TEXT NOT NULL DEFAULT '[]'")
    db.execute(
        "CREATE TABLE reports (key TEXT PRIMARY KEY, company TEXT NOT NULL, kind TEXT NOT NULL, run TEXT NOT NULL,"
        " body TEXT NOT NULL, asked_at TEXT NOT NULL, answered_at TEXT) WITHOUT ROWID"
    )
    db.execute("CREATE INDEX reports_open ON reports (company) WHERE answered_at IS NULL")
    db.execute("CREATE INDEX journal_by_report ON journal (report) WHERE report <> ''")


@migrations()
def moves(db: Database) -> None:
    """What AP Bridge was told to do with documents in Quadient AP, and what was answered."""
    db.execute(
        "CREATE TABLE moves (company TEXT NOT NULL, key TEXT NOT NULL, place INTEGER NOT NULL, kind TEXT NOT NULL,"
        " document TEXT NOT NULL, run TEXT NOT NULL, move TEXT NOT NULL, external_id TEXT NOT NULL,"
        " asked_at TEXT NOT NULL, answered_at TEXT, code TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',"
        " fix TEXT NOT NULL DEFAULT '', PRIMARY KEY (company, key, document)) WITHOUT ROWID"
    )
    db.execute("CREATE INDEX moves_open ON moves (company) WHERE answered_at IS NULL")


@migrations()
def version_looked_at(db: Database) -> None:
    """The version of a document that people know, to tell what differs in the one that is previewed now."""
    db.execute("ALTER TABLE documents ADD COLUMN known TEXT")
    db.execute("ALTER TABLE documents ADD COLUMN known_at TEXT")


@migrations()
def writes_tried(db: Database) -> None:
    """Since when Sage may have a document: it had nothing under its number, and then it was handed over."""
    db.execute("ALTER TABLE journal ADD COLUMN tried_at TEXT")
    db.execute("UPDATE journal SET tried_at = written_at")


@migrations()
def whereabouts(db: Database) -> None:
    """Where in Sage each sent document stands, since when and as of when; and since when records are set aside."""
    db.execute(
        "CREATE TABLE whereabouts (entry INTEGER PRIMARY KEY, company TEXT NOT NULL, stands TEXT NOT NULL,"
        " balance TEXT, since TEXT NOT NULL, as_of TEXT NOT NULL, run TEXT NOT NULL)"
    )
    db.execute("CREATE INDEX whereabouts_by_company ON whereabouts (company, stands)")
    db.execute(
        "CREATE TABLE set_aside (company TEXT NOT NULL, list TEXT NOT NULL, key TEXT NOT NULL, since TEXT NOT NULL,"
        " PRIMARY KEY (company, list, key)) WITHOUT ROWID"
    )


@migrations()
def revisions(db: Database) -> None:
    """The version in Quadient AP that an attempt, or what was asked there, is about; one report a document.

    What was told in another shape and not answered is told anew.
    """
    db.execute("ALTER TABLE journal ADD COLUMN revision TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE moves ADD COLUMN revision TEXT NOT NULL DEFAULT ''")
    db.execute("UPDATE journal SET report = '' WHERE report IN (SELECT key FROM reports WHERE answered_at IS NULL)")
    db.execute("DELETE FROM reports WHERE answered_at IS NULL")
    db.execute("CREATE INDEX reports_by_run ON reports (run)")


@migrations()
def beside_and_before(db: Database) -> None:
    """What Sage had when a document was previewed, and what befell each document."""
    db.execute("ALTER TABLE documents ADD COLUMN sage TEXT NOT NULL DEFAULT ''")
    db.execute(
        "CREATE TABLE history (id INTEGER PRIMARY KEY, company TEXT NOT NULL, kind TEXT NOT NULL,"
        " document TEXT NOT NULL, at TEXT NOT NULL, run TEXT NOT NULL, what TEXT NOT NULL, message TEXT NOT NULL)"
    )
    db.execute("CREATE INDEX history_by_document ON history (company, kind, document, id)")
    db.execute(
        "INSERT INTO history (company, kind, document, at, run, what, message) SELECT company, kind, id,"
        " COALESCE(known_at, previewed_at), run, 'received', '' FROM documents WHERE previewed_at <> ''"
    )


@migrations()
def blocks(db: Database) -> None:
    """Blocks of records in which nothing is left to do; with what is known of a record, its block is forgotten."""
    db.execute(
        "CREATE TABLE blocks (company TEXT NOT NULL, list TEXT NOT NULL, start TEXT NOT NULL, hash BLOB,"
        " told TEXT NOT NULL, PRIMARY KEY (company, list, start)) WITHOUT ROWID"
    )
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        db.execute(_FORGET_BLOCK.format(event=event, row=row))


_FORGET_BLOCK = """
CREATE TRIGGER blocks_after_{event} AFTER {event} ON checkpoints BEGIN
    UPDATE blocks SET hash = NULL WHERE company = {row}.company AND list = {row}.list AND hash IS NOT NULL AND start =
        (SELECT max(start) FROM blocks WHERE company = {row}.company AND list = {row}.list AND start <= {row}.key);
END
"""


@migrations()
def shortened(db: Database) -> None:
    """Descriptions that a person shortened: what Sage gets instead of the version that Quadient AP had then."""
    db.execute(
        "CREATE TABLE shortened (company TEXT NOT NULL, document TEXT NOT NULL, of BLOB NOT NULL,"
        " whole TEXT NOT NULL, description TEXT NOT NULL, at TEXT NOT NULL, run TEXT NOT NULL,"
        " PRIMARY KEY (company, document)) WITHOUT ROWID"
    )


@migrations()
def switched_off(db: Database) -> None:
    """What the settings left out in the newest run: what was set aside of it before needs nobody."""
    db.execute(
        "CREATE TABLE switched_off (company TEXT NOT NULL, list TEXT NOT NULL, PRIMARY KEY (company, list))"
        " WITHOUT ROWID"
    )


@migrations()
def bindings(db: Database) -> None:
    """Which legal entity the records of a company are about."""
    db.execute(
        "CREATE TABLE bindings (company TEXT PRIMARY KEY, legal_entity TEXT NOT NULL, address TEXT NOT NULL,"
        " since TEXT NOT NULL) WITHOUT ROWID"
    )


@migrations()
def held_back(db: Database) -> None:
    """Scheduled syncs that did not start when they were due, and why."""
    db.execute(
        "CREATE TABLE held_back (company TEXT NOT NULL, due TEXT NOT NULL, why TEXT NOT NULL, times INTEGER NOT NULL,"
        " noted_at TEXT NOT NULL, PRIMARY KEY (company, due)) WITHOUT ROWID"
    )


@migrations()
def order_of_moves(db: Database) -> None:
    """In which order AP Bridge asked Quadient AP: a clock may be set back."""
    db.execute("ALTER TABLE moves ADD COLUMN seq INTEGER NOT NULL DEFAULT 0")
    db.execute("CREATE INDEX moves_by_seq ON moves (seq)")
    db.execute("ALTER TABLE journal ADD COLUMN undo_after INTEGER NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE journal DROP COLUMN undo_key")


@migrations()
def let_be(db: Database) -> None:
    """That a person lets be what is gone from Sage: by the time of day it cannot be told once a clock was set back."""
    db.execute("ALTER TABLE whereabouts ADD COLUMN let_be INTEGER NOT NULL DEFAULT 0")
    db.execute(
        "UPDATE whereabouts SET let_be = 1 WHERE stands = 'gone' AND EXISTS (SELECT 1 FROM journal j JOIN moves m"
        " USING (company, kind, document) WHERE j.id = whereabouts.entry AND m.move = 'mark-as-exported'"
        " AND m.code = '' AND m.answered_at >= whereabouts.since)"
    )


@migrations()
def under_way(db: Database) -> None:
    """Batches that were sent and not yet answered; and an index of the few records that are not acknowledged alone."""
    db.execute(
        "CREATE TABLE under_way (company TEXT NOT NULL, list TEXT NOT NULL, number INTEGER NOT NULL,"
        " run TEXT NOT NULL, records TEXT NOT NULL, PRIMARY KEY (company, list, number)) WITHOUT ROWID"
    )
    db.execute("DROP INDEX checkpoints_by_state")
    db.execute("CREATE INDEX checkpoints_by_state ON checkpoints (company, list, state) WHERE state <> 'acknowledged'")


# `list` holds a list's wire name, or what is named above. `hash` is what the cloud has acknowledged
# last (NULL: nothing yet), `row_hash` the fingerprint of the rows in Sage it was made of (NULL: to be made anew each
# time); `payload` is the newest version, `taken` the one acknowledged last; `state` and `reason` tell how the newest
# version fared.
_FIRST_SHAPE = """
CREATE TABLE checkpoints (
    company TEXT NOT NULL, list TEXT NOT NULL, key TEXT NOT NULL,
    hash BLOB, active INTEGER NOT NULL, description TEXT NOT NULL, payload TEXT,
    state TEXT NOT NULL, code TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
    fix TEXT NOT NULL DEFAULT '', acknowledged_at TEXT, run TEXT NOT NULL,
    PRIMARY KEY (company, list, key)
) WITHOUT ROWID;
CREATE INDEX checkpoints_by_state ON checkpoints (company, list, state);
CREATE TABLE list_syncs (
    company TEXT NOT NULL, list TEXT NOT NULL, finished_at TEXT NOT NULL, run TEXT NOT NULL, counts TEXT NOT NULL,
    PRIMARY KEY (company, list)
) WITHOUT ROWID;
CREATE TABLE documents (
    company TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    payload TEXT NOT NULL, hash BLOB NOT NULL, state TEXT NOT NULL, findings TEXT NOT NULL,
    check_number TEXT NOT NULL DEFAULT '', previewed_at TEXT NOT NULL, run TEXT NOT NULL,
    PRIMARY KEY (company, kind, id)
) WITHOUT ROWID;
CREATE TABLE journal (
    id INTEGER PRIMARY KEY, company TEXT NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL,
    hash BLOB NOT NULL, run TEXT NOT NULL, state TEXT NOT NULL, destination TEXT NOT NULL,
    natural_key TEXT NOT NULL, amount TEXT NOT NULL, batch TEXT NOT NULL DEFAULT '',
    external_id TEXT NOT NULL DEFAULT '', evidence TEXT NOT NULL DEFAULT '{}',
    code TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '', fix TEXT NOT NULL DEFAULT '',
    intended_at TEXT NOT NULL, written_at TEXT, proven_at TEXT, failed_at TEXT, acknowledged_at TEXT
);
CREATE INDEX journal_by_document ON journal (company, kind, document, id);
CREATE INDEX journal_by_run ON journal (run);
CREATE INDEX journal_open ON journal (company, state) WHERE acknowledged_at IS NULL;
CREATE TABLE totals (
    run TEXT NOT NULL, company TEXT NOT NULL, destination TEXT NOT NULL, batch TEXT NOT NULL,
    credit INTEGER NOT NULL, sent_count INTEGER NOT NULL, sent_amount TEXT NOT NULL,
    sage_count INTEGER NOT NULL, sage_amount TEXT NOT NULL,
    cloud_count INTEGER NOT NULL, cloud_amount TEXT NOT NULL, differing TEXT NOT NULL,
    PRIMARY KEY (run, destination, batch, credit)
) WITHOUT ROWID;
CREATE TABLE runs (
    id TEXT PRIMARY KEY, company TEXT NOT NULL, command TEXT NOT NULL, started_at TEXT NOT NULL,
    finished_at TEXT, outcome TEXT NOT NULL DEFAULT 'running', exit_code INTEGER, summary TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX runs_by_company ON runs (company, started_at);
CREATE TABLE events (
    id INTEGER PRIMARY KEY, run TEXT NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL, data TEXT NOT NULL
);
CREATE INDEX events_by_run ON events (run, id)
"""
