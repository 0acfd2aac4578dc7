"""The demo worlds that the pictures are taken in, made and served by the program itself."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-m", "app")
FIRST_BILL_GONE = "DELETE FROM AP_InvoiceHeader WHERE InvoiceNo = (SELECT MIN(InvoiceNo) FROM AP_InvoiceHeader)"
MANY_ITEMS_GONE = "DELETE FROM CI_Item WHERE ItemCode IN (SELECT ItemCode FROM CI_Item ORDER BY ItemCode LIMIT 40)"
# What an empty company still has: who may sign in, and how it is set up.
_SETUP = ("SY_Company", "SY_User", "SY_UserTask", "AP_Options", "PO_Options")


def make_worlds(folder: Path) -> None:
    """Make the homes that are looked at.

    empty; new; synced; sent, with a bill that was deleted in Sage afterwards; deleted, whose Sage has lost many items;
    bare, with nothing in Sage and nothing marked in Quadient AP; offline, whose Quadient AP is gone; locked, whose
    Sage is in single-user mode; and damaged, whose store cannot be read.
    """
    (folder / "empty").mkdir()
    apbridge(folder / "new", "sandbox", "create", "--seed", "7")
    for name in ("synced", "sent", "deleted", "bare", "offline", "locked", "damaged"):
        home = folder / name
        apbridge(home, "sandbox", "create", "--seed", "7")
        if name == "bare":
            empty_the_books(home)
        with served(home) as world:
            books = Path(world["sage"]["file"])
            apbridge(home, "probe")
            apbridge(home, "sync")
            if name == "sent":
                apbridge(home, "send", "invoices", "--all-ready")
                in_sage(books, FIRST_BILL_GONE)
                apbridge(home, "sync")
            elif name == "deleted":
                in_sage(books, MANY_ITEMS_GONE)
                apbridge(home, "sync", "--full")
            elif name == "locked":
                switch(world, single_user_mode=True)
                apbridge(home, "sync")
    apbridge(folder / "offline", "sync")
    damage(folder / "damaged")


def empty_the_books(home: Path) -> None:
    """Leave a company in Sage that holds nothing yet, and a Quadient AP that has no documents."""
    (books,) = (home / "sandbox" / "sage").glob("*.sqlite")
    with closing(sqlite3.connect(books)) as sage:
        tables = [name for (name,) in sage.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    in_sage(books, *(f"DELETE FROM {name}" for name in tables if name not in _SETUP))  # noqa: S608  # Sage's own names
    in_sage(home / "sandbox" / "quadient-ap.sqlite", "DELETE FROM documents")


def damage(home: Path) -> None:
    """Leave something that is no store where the store was."""
    for file in home.glob("store.sqlite*"):
        file.unlink()
    (home / "store.sqlite").write_bytes(b"This is no store." * 1000)


def in_sage(books: Path, *statements: str) -> None:
    """Change the books, as somebody at Sage's screens would."""
    with closing(sqlite3.connect(books)) as sage, sage:
        for statement in statements:
            sage.execute(statement)


def switch(world: dict[str, Any], **faults: bool) -> None:
    """Switch exactly these faults of the world's Sage on."""
    Path(world["faults"]).write_text(json.dumps(faults), encoding="utf-8")


def apbridge(home: Path, *arguments: str) -> None:
    """Run a command in `home`; a run that needs the user, or fails, is a screen of its own."""
    done = subprocess.run([*PROGRAM, *arguments], env=environment(home), cwd=ROOT, capture_output=True, check=False)
    if not (home / "settings.json").exists():
        sys.exit(done.stderr.decode())


@contextmanager
def served(home: Path) -> Iterator[dict[str, Any]]:
    """Serve the demo's Quadient AP meanwhile; the block gets the world's description."""
    with subprocess.Popen(
        [*PROGRAM, "sandbox", "serve", "--while-input-open"],
        env=environment(home), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as server:  # fmt: skip
        yield json.loads(server.stdout.readline())
        server.stdin.close()


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a program that works in `home` and reaches nobody's keyring."""
    return os.environ | {"APBRIDGE_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
