"""Runs `apbridge` as its user does: as a program, with a home folder of its own."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import requests

COMMAND = (sys.executable, "-m", "app")


@dataclass(frozen=True)
class Ended:
    """A command that has ended: its exit code and what it said."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    def event(self, name: str) -> dict[str, Any]:
        """Return the last event of that name."""
        return [each for each in self.events if each["event"] == name][-1]

    @property
    def sentence(self) -> str:
        """What a person reads at the end: of the run if it began, else on standard error."""
        if any(each.get("event") == "run_finished" for each in self.events):
            end = self.event("run_finished")
            return f"{end['title']}. {end['message']} {end['fix']}"
        return self.err


class Program:
    """`apbridge` in one home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = os.environ | {"APBRIDGE_HOME": str(home)}

    def run(self, *arguments: str, stdin: str = "", preexec: Any = None) -> Ended:
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=110,
            check=False,
            preexec_fn=preexec,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*COMMAND, *arguments],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    @contextmanager
    def served(self) -> Iterator[dict[str, Any]]:
        """Serve the AP server; the block gets the world's description."""
        server = self.start("sandbox", "serve")
        try:
            yield orjson.loads(server.stdout.readline())
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)


def rows(file: str | Path, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Read a SQLite file plainly, not through AP Bridge."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def in_cloud(world: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return all documents of a kind ("invoices" or "payments") by id: status, external_id, and the document."""
    answer = requests.get(f"{world['quadient_ap']['admin_url']}documents?kind={kind}", timeout=10)
    answer.raise_for_status()
    return {each["document"]["id"]: each for each in answer.json()["items"]}


def in_sage(world: dict[str, Any]) -> dict[str, tuple[int, Decimal]]:
    """Return count and amount of every unposted document that AP Bridge wrote, by the reference it carries."""
    found: dict[str, tuple[int, Decimal]] = {}
    queries = (
        "SELECT d.CommentText, h.InvoiceAmt FROM AP_InvoiceHeader h JOIN AP_InvoiceDetail d USING"
        " (APDivisionNo, VendorNo, InvoiceNo) WHERE d.CommentText LIKE '%AP Bridge %'",
        "SELECT d.CommentText, h.InvoiceAmt FROM PO_ReceiptHeader h JOIN PO_ReceiptDetail d USING"
        " (ReceiptType, ReceiptNo) WHERE d.CommentText LIKE '%AP Bridge %'",
        "SELECT Comment, CheckAmt FROM AP_ManualCheckHeader WHERE Comment LIKE '%AP Bridge %'",
    )
    for query in queries:
        for comment, amount in rows(world["sage"]["file"], query):
            reference = comment.strip().split()[-1]
            count, total = found.get(reference, (0, Decimal(0)))
            found[reference] = (count + 1, total + Decimal(str(amount)))
    return found


def left_behind(world: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return lines in Sage's entry screens that have no header."""
    screens = (
        ("AP_Invoice", "APDivisionNo, VendorNo, InvoiceNo"),
        ("PO_Receipt", "ReceiptType, ReceiptNo"),
        ("AP_ManualCheck", "BankCode, CheckNo"),
    )
    return [
        row
        for table, key in screens
        for row in rows(
            world["sage"]["file"],
            f"SELECT {key} FROM {table}Detail EXCEPT SELECT {key} FROM {table}Header",
        )
    ]


def out_of_balance(world: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return documents in Sage's entry screens whose lines, freight and tax do not make their amount."""
    queries = (
        "SELECT InvoiceNo, InvoiceAmt, SUM(DistributionAmt) + MAX(coalesce(FreightAmt, 0)) + MAX(coalesce(SalesTaxAmt,"
        " 0)) FROM AP_InvoiceHeader JOIN AP_InvoiceDetail USING (APDivisionNo, VendorNo, InvoiceNo)"
        " GROUP BY APDivisionNo, VendorNo, InvoiceNo",
        "SELECT InvoiceNo, InvoiceAmt, SUM(ExtensionAmt) + MAX(coalesce(FreightAmt, 0)) + MAX(coalesce(SalesTaxAmt, 0))"
        " FROM PO_ReceiptHeader JOIN PO_ReceiptDetail USING (ReceiptType, ReceiptNo) WHERE ReceiptType = 'I'"
        " GROUP BY ReceiptNo",
        "SELECT CheckNo, CheckAmt, SUM(InvoiceAmt) FROM AP_ManualCheckHeader JOIN AP_ManualCheckDetail"
        " USING (BankCode, CheckNo) GROUP BY BankCode, CheckNo",
    )
    found = [row for query in queries for row in rows(world["sage"]["file"], query)]
    assert found
    return [row for row in found if round(Decimal(str(row[1])) - Decimal(str(row[2])), 2)]


def copied(made: Path, home: Path) -> Path:
    """Copy a home folder with its demo world; return the copy."""
    shutil.copytree(made, home)
    for file in (home / "sandbox" / "world.json", home / "settings.json"):
        file.write_bytes(file.read_bytes().replace(str(made).encode(), str(home).encode()))
    return home


def switch(world: dict[str, Any], **faults: Any) -> None:
    """Switch exactly these faults of the Sage company on, and all others off."""
    Path(world["faults"]).write_bytes(orjson.dumps(faults))


def change_sage(world: dict[str, Any], *statements: str) -> None:
    """Change the company's data the way somebody at Sage's screens would."""
    connection = sqlite3.connect(world["sage"]["file"])
    try:
        with connection:
            for statement in statements:
                connection.execute(statement)
    finally:
        connection.close()
