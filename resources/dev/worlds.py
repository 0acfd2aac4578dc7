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
AMOUNT_CHANGED = "UPDATE AP_InvoiceHeader SET InvoiceAmt = InvoiceAmt + 90 WHERE InvoiceNo = '{}'"
# As a script would that a site has attached to invoice entry in Sage.
AMOUNT_SCRIPTED = f"CREATE TRIGGER script AFTER INSERT ON AP_InvoiceHeader BEGIN {AMOUNT_CHANGED}; END"
_SYNCED = ("synced", "sent", "done", "stopped", "differs", "deleted", "bare", "offline", "locked", "damaged")
# What an empty company still has: who may sign in, and how it is set up.
_SETUP = ("SY_Company", "SY_User", "SY_UserTask", "AP_Options", "PO_Options")


def make_worlds(folder: Path) -> None:
    """Make the homes that are looked at.

    empty; new; synced; sent, with a bill that was deleted in Sage afterwards; deleted, whose Sage has lost many items;
    done, with nothing left to send; stopped, with a bill that Sage refused and one that a person must decide about;
    differs, whose Sage changed an amount while it was sent; bare, with nothing in Sage and nothing marked in Quadient
    AP; offline, whose Quadient AP is gone; locked, whose Sage is in single-user mode; and damaged, whose store cannot
    be read.
    """
    (folder / "empty").mkdir()
    apbridge(folder / "new", "sandbox", "create", "--seed", "7")
    for name in _SYNCED:
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
            elif name == "done":
                apbridge(home, "send", "invoices", "--all-ready")
                for bill in bills(home, "blocked"):
                    apbridge(home, "mark-exported", "invoices", "--id", bill, "--although-not-in-sage")
                apbridge(home, "sync")
            elif name == "stopped":
                stop_two(home, world)
            elif name == "differs":
                in_sage(books, AMOUNT_SCRIPTED.format(next(iter(bills(home, "ready").values()))))
                apbridge(home, "send", "invoices", "--all-ready")
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


def stop_two(home: Path, world: dict[str, Any]) -> None:
    """Send a bill that Sage refuses, and one that is changed in Sage before its sending was proven; send another."""
    (refused, number), (changed, other), (another, _), *_ = bills(home, "ready").items()
    switch(world, refuse_write=number)
    apbridge(home, "send", "invoices", "--id", refused)
    switch(world, die_at={"bo-after-commit": 1})
    apbridge(home, "send", "invoices", "--id", changed)
    switch(world)
    in_sage(Path(world["sage"]["file"]), AMOUNT_CHANGED.format(other))
    apbridge(home, "send", "invoices", "--id", another)


def bills(home: Path, state: str) -> dict[str, str]:
    """Return the numbers of the invoices in a state, by their ids."""
    with closing(sqlite3.connect(home / "store.sqlite")) as store:
        told = store.execute("SELECT id, payload FROM documents WHERE kind = 'invoice' AND state = ?", (state,))
        return {bill: json.loads(payload)["number"] for bill, payload in told}


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


def switch(world: dict[str, Any], **faults: Any) -> None:
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
