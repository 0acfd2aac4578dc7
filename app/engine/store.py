"""The store: one SQLite file that remembers what each side has acknowledged, and every step of every document."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app import __version__
from app.domain.language import say
from app.engine import soundness
from app.engine.database import Database
from app.engine.migrations import migrations
from app.errors import BridgeError, NeedsUser, Side, StopRun

log = logging.getLogger(__name__)

PATIENCE_MS = 5_000  # until another program lets go of the store
UPDATE_PATIENCE_MS = 120_000  # … that updates it: it copies all of it first
LOOK_UP_EVERY = 100_000  # steps of SQLite's machine

DAMAGED = "store-damaged"

# What a checkpoint's `list` holds beside the names of lists.
ORDERS = "purchase_order"
SAGE_PAYMENTS = "sage_payment"
# Ready documents that do not fit the contract: kept beside the records that were set aside.
UNREADABLE = {"invoice": "unreadable_invoice", "payment": "unreadable_payment"}


class BrokenOff(Exception):  # noqa: N818  # what became of a question, and no error
    """A question was broken off, since nobody waits for its answer any more."""


class Store:
    """The open store. Every method that writes is one transaction, on disk when it returns.

    Raises:
        StopRun: when the disk is full.
        NeedsUser: when the file is not a sound store of this or an older version.
    """

    def __init__(self, file: Path, *, read_only: bool = False) -> None:
        self.file = file
        with translated(file):
            if read_only and _is_of_an_older_version(file):
                _open(file, read_only=False).close()
            self.db = _open(file, read_only=read_only)

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Group several writes, those of other methods among them: all of them are kept, or none."""
        inside = self.db.conn.in_transaction
        if inside:
            yield self.db
            return
        with translated(self.file):
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                if self.db.conn.in_transaction:  # a full disk makes SQLite roll back by itself
                    self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def write(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> None:
        """Run one writing statement in its own transaction."""
        with self.transaction() as db:
            db.execute(sql, values)

    def write_many(self, sql: str, rows: Iterable[Sequence[Any] | dict[str, Any]]) -> None:
        """Run one writing statement for many rows, in one transaction."""
        with self.transaction() as db:
            db.conn.executemany(sql, rows)

    def forget(self, company: str) -> None:
        """Delete all that is known of a company: for a demo that is made anew, never for a real one."""
        with self.transaction() as db:
            db.execute("DELETE FROM events WHERE run IN (SELECT id FROM runs WHERE company = ?)", (company,))
            for table in (
                "blocks",
                "checkpoints",
                "under_way",
                "list_syncs",
                "watermarks",
                "documents",
                "journal",
                "reports",
                "moves",
                "whereabouts",
                "set_aside",
                "history",
                "shortened",
                "switched_off",
                "bindings",
                "held_back",
                "totals",
                "runs",
            ):
                # What is put aside has a name that begins with the company's.
                db.execute(f"DELETE FROM {table} WHERE company = ?1 OR company LIKE ?1 || '@%'", (company,))  # noqa: S608

    def copy(self, to: Path) -> None:
        """Write a copy of the whole store to a new file."""
        with translated(to):
            self.db.execute("VACUUM INTO ?", (str(to),))

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
        """Return the answer of a query as dicts."""
        with translated(self.file):
            found = self.db.execute(sql, values)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]

    def pairs(self, sql: str, values: Sequence[Any] = ()) -> dict[Any, Any]:
        """Return the answer of a query with two columns as a dict, the first column its keys."""
        with translated(self.file):
            return dict(self.db.conn.execute(sql, values))

    def heed(self, superseded: Callable[[], bool]) -> None:
        """Break off whatever is asked, with BrokenOff, as soon as `superseded` says so; it is called every few ms."""
        self.db.conn.set_progress_handler(superseded, LOOK_UP_EVERY)

    def tuples(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the answer of a query row by row, for long answers."""
        with translated(self.file):
            yield from self.db.conn.execute(sql, values)


def _is_of_an_older_version(file: Path) -> bool:
    db = _open(file, read_only=True)
    try:
        return bool(migrations.pending(db))
    finally:
        db.close()


def _open(file: Path, *, read_only: bool) -> Database:
    if read_only:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            db = Database(connection)
            _check_not_newer(file, db)
        except BaseException:
            connection.close()
            raise
        return db
    file.parent.mkdir(parents=True, exist_ok=True)
    existed = file.exists() and file.stat().st_size > 0
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        return _made_ready(file, connection, existed=existed)
    except BaseException:
        connection.close()  # Windows would let nobody rename the file
        raise


def _made_ready(file: Path, connection: sqlite3.Connection, *, existed: bool) -> Database:
    connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    db = Database(connection)
    if existed and db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'runs'").fetchone():
        problem = soundness.trouble(file, connection)
        if problem is not None:
            raise sqlite3.DatabaseError(problem)
    _check_not_newer(file, db)
    if migrations.pending(db):
        _update(file, db, existed=existed)
    return db


def _update(file: Path, db: Database, *, existed: bool) -> None:
    """Bring the store to this version's shape; where several open it at once, one does, and the others wait for it."""
    db.execute(f"PRAGMA busy_timeout={UPDATE_PATIENCE_MS}")
    db.execute("BEGIN IMMEDIATE")
    try:
        if migrations.pending(db):
            if existed:
                _keep_copy(file)
            migrations.apply(db)
        db.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            db.execute("ROLLBACK")
        raise
    db.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")


def _keep_copy(file: Path) -> None:
    """Keep the store as it is before its update; nobody else writes to it meanwhile."""
    copy = file.with_suffix(".before-update.sqlite")
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as before, closing(sqlite3.connect(copy)) as kept:
        before.backup(kept)
    log.info("The store was copied to %s before its update.", copy)


def _check_not_newer(file: Path, db: Database) -> None:
    unknown = migrations.unknown(db)
    if unknown:
        raise NeedsUser(
            "store-newer",
            say("The store belongs to a newer AP Bridge"),
            say("A newer version than this one, {version}, has worked with {file}.", version=__version__, file=file),
            say("Install the newest version of AP Bridge, and start again. This one leaves the store as it is."),
            side=Side.COMPUTER,
            detail=", ".join(unknown),
        )


def put_aside_if_damaged(file: Path, stamp: str) -> Path | None:
    """Give a store that is not sound another name, with `stamp` in it, and return that; None when it is sound.

    Raises:
        StopRun: when the file cannot be read or renamed, for example since another program holds it.
        NeedsUser: when it belongs to a newer AP Bridge.
    """
    try:
        Store(file).close()
    except NeedsUser as error:
        if error.code != DAMAGED:
            raise
        aside = file.with_suffix(f".damaged-{stamp}.sqlite")
        with translated(file):
            # What SQLite keeps beside it belongs to it, and would spoil the new one.
            for ending in ("", "-wal", "-shm"):
                part = file.with_name(file.name + ending)
                if part.exists():
                    part.rename(aside.with_name(aside.name + ending))
        return aside
    return None


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into errors with a fix."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # ours, and no word about the file
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise BrokenOff from None
        raise _translate(file, error) from error
    except OSError as error:
        raise StopRun(
            "store-unwritable",
            say("AP Bridge cannot write to its store"),
            say("{file} could not be opened or written: {value}.", file=file, value=error.strerror or error),
            say("Check that the disk has space and that the folder may be written, then start again."),
            side=Side.COMPUTER,
            detail=str(error),
        ) from error


def _translate(file: Path, error: sqlite3.Error) -> BridgeError:
    text = str(error)
    code = getattr(error, "sqlite_errorcode", None) or 0
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_FULL or "disk is full" in text:
        return StopRun(
            "disk-full",
            say("The disk is full"),
            say(
                "There is no space left to note what was done, in {parent}. Nothing was sent that is not noted.",
                parent=file.parent,
            ),
            say("Free some space and start again; AP Bridge goes on where it stopped."),
            side=Side.COMPUTER,
            detail=text,
        )
    if primary in (
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_IOERR,
    ):
        return StopRun(
            "store-unwritable",
            say("AP Bridge cannot write to its store"),
            say("{file} could not be opened or written.", file=file),
            say("Check that the disk has space and that the folder may be written, then start again."),
            side=Side.COMPUTER,
            detail=text,
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StopRun(
            "store-busy",
            say("The store is in use"),
            say("Another program holds {file}.", file=file),
            say("Close other AP Bridge windows, or wait until their sync is done, and start again."),
            side=Side.COMPUTER,
            detail=text,
        )
    return damaged(file, text)


def damaged(file: Path, detail: str) -> NeedsUser:
    """Return the error that says that the store cannot be read, and what to do."""
    return NeedsUser(
        DAMAGED,
        say("The store is damaged"),
        say("{file} is not a sound AP Bridge store.", file=file),
        say(
            "Put back a copy of the file if you have one. Otherwise choose Rebuild: it gives this file another name, "
            "and makes the store again from what Sage 100 and Quadient AP have."
        ),
        side=Side.COMPUTER,
        detail=detail,
    )
