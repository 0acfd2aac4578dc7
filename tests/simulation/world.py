"""A tiny Sage company, a real AP server and the real engine between them, set back to the start for every seed."""

import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import requests

from app.cloud.https import HttpsCloud
from app.cloud.port import DocumentKind, LegalEntity
from app.domain.lists import ListName
from app.engine.cancel import CancelToken
from app.engine.events import Event, Kind
from app.engine.ports import Ports
from app.engine.run import execute
from app.engine.work import SyncOptions, sync
from app.errors import ExitCode
from app.sage.company import SageCompany
from app.sage.wanted import Printed
from app.sandbox.company import Scale, company_file, create_company
from app.sandbox.odbc import connect_sandbox
from app.sandbox.server.defaults import filled
from app.sandbox.server.serve import ServerThread
from app.sandbox.server.state import create_server_state
from app.settings import CloudSettings, CompanySettings, Home, SageSettings

CODE = "ABC"
PASSWORD = "correct horse"
SECRET = "only-for-this-test"
ENTITY = "le-simulation"
WORKFLOW_BANK = "P"
CHICAGO = ZoneInfo("America/Chicago")

ORDERS, PAYMENTS = "purchase_order", "sage_payment"

_JITTER = random.Random(0)  # noqa: S311  # never asked, since no request is tried twice

Key = tuple[str, str]
"""(list name, "purchase_order" or "sage_payment"; the record's key)."""

Cloud = dict[Key, dict[str, Any]]
"""What the cloud has, as its JSON."""

_COPIED = ("list_items", "purchase_orders", "imported_payments", "sync_runs", "answers")

_TRIM = """
DELETE FROM AP_Vendor WHERE VendorNo BETWEEN '0001320' AND '0009999';
DELETE FROM CI_Item WHERE ItemCode NOT IN (SELECT ItemCode FROM CI_Item ORDER BY ItemCode LIMIT 40);
DELETE FROM GL_Account WHERE AccountKey > '000000040';
DELETE FROM GL_AccountSegment;
DELETE FROM PO_PurchaseOrderHeader WHERE PurchaseOrderNo > '0010025';
DELETE FROM PO_PurchaseOrderDetail WHERE PurchaseOrderNo > '0010025';
DELETE FROM PO_ReceiptHistoryHeader WHERE PurchaseOrderNo > '0010025';
DELETE FROM PO_ReceiptHistoryDetail WHERE PurchaseOrderNo > '0010025';
DELETE FROM AP_CheckHistoryHeader WHERE CheckNo > '0000100034';
DELETE FROM AP_CheckHistoryDetail WHERE CheckNo > '0000100034';
DELETE FROM AP_OpenInvoice;
DELETE FROM AP_InvoiceHistoryHeader;
DELETE FROM AP_InvoiceHistoryDetail;
"""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the syncs of a story are: all but the last on one day where Sage is, the last on the next day."""

    name: str
    first: datetime
    normal: tuple[datetime, ...]
    next_day: datetime


@dataclass(frozen=True, slots=True)
class Synced:
    """How one sync ended, and how many records went over the wire in it (those refused count too)."""

    code: ExitCode
    end: dict[str, Any]
    sent: Counter[str]
    attention: list[str]


class World:
    """Both sides and the store. `begin` sets all of it back to just after the first sync of the calendar's day."""

    def __init__(self, folder: Path, calendar: Calendar, url: str, server_file: Path) -> None:
        self.calendar = calendar
        self.home = Home(folder / "home")
        self.sage_file = company_file(folder / "sandbox", CODE)
        self._template = folder / "template"
        self._url = url
        self._server_file = server_file
        self._at = calendar.first
        self._trouble = random.Random(1)  # noqa: S311  # a story, no secret
        self._session = requests.Session()
        self.company = CompanySettings(
            CODE,
            "Simulated Supply",
            SageSettings("demo", str(folder / "sandbox"), "BRIDGE"),
            CloudSettings(url, "c", ENTITY),
            workflow_banks=(WORKFLOW_BANK,),
            time_zone=str(CHICAGO),
        )
        self._cloud = _SignedIn(self.company.cloud, SECRET, sleep=_no_second_try, random=_JITTER)
        self._ports = Ports(
            lambda company, on_call: SageCompany(
                connect_sandbox(company.sage, company.code, PASSWORD), company, on_call=on_call
            ),
            self._no_writer,
            lambda _company, _sleep: self._cloud,
            now=lambda: self._at,
            read_ahead=self._read_ahead,
        )
        self.ahead: list[int] = []

    def close(self) -> None:
        self._session.close()
        self._cloud.leave()

    def make(self) -> None:
        """Create the company, sync it once, and keep everything as it is then."""
        self.home.path.mkdir(parents=True)
        self._template.mkdir()
        self.sage_file.parent.mkdir(parents=True)
        create_company(
            self.sage_file,
            code=CODE,
            seed=11,
            scale=Scale.SMALL,
            password=PASSWORD,
            user="BRIDGE",
            today=self.calendar.first.date(),
        )
        with closing(sqlite3.connect(self.sage_file)) as sage:
            sage.executescript(_TRIM + "VACUUM;")
            with self._server() as server:
                for table in (*_COPIED, "documents"):
                    server.execute(f"DELETE FROM {table}")
                _add_exported(server, sage)
        ended = self.sync(self.calendar.first)
        assert ended.code in (ExitCode.DONE, ExitCode.NEEDS_USER), ended.end
        shutil.copyfile(self.sage_file, self._template / "sage.sqlite")
        shutil.copyfile(self.home.store_file, self._template / "store.sqlite")
        with self._server() as server:
            server.execute("ATTACH ? AS kept", (str(self._template / "cloud.sqlite"),))
            for table in _COPIED:
                server.execute(f"CREATE TABLE kept.{table} AS SELECT * FROM main.{table}")

    def begin(self) -> None:
        """Set everything back."""
        shutil.copyfile(self._template / "sage.sqlite", self.sage_file)
        shutil.copyfile(self._template / "store.sqlite", self.home.store_file)
        self._at = self.calendar.first
        with closing(sqlite3.connect(self._server_file, isolation_level=None)) as server:
            server.execute("ATTACH ? AS kept", (str(self._template / "cloud.sqlite"),))
            server.execute("BEGIN IMMEDIATE")
            for table in _COPIED:
                server.execute(f"DELETE FROM main.{table}")
                server.execute(f"INSERT INTO main.{table} SELECT * FROM kept.{table}")
            server.execute("DELETE FROM documents WHERE id LIKE 'late-%'")
            server.execute("COMMIT")

    def export(self, division: str, vendor: str, number: str) -> None:
        """Let Quadient AP export one more invoice."""
        with self._server() as server:
            _add_invoice(server, f"late-{division}-{vendor}-{number}", division, vendor, number)

    @contextmanager
    def _read_ahead(
        self, name: ListName, starts: Sequence[str], waiting: Callable[[], None]
    ) -> Iterator[Iterator[Printed]]:
        """Read a list ahead as another process would, and more often than not no further than to some block.

        `ahead` counts the blocks that were read so.
        """

        def blocks() -> Iterator[Printed]:
            gives_up_at = self._trouble.choice([None, *range(len(starts))])
            connection = connect_sandbox(self.company.sage, self.company.code, PASSWORD)
            with SageCompany(connection, self.company) as sage:
                for number, block in enumerate(sage.printed_list(name, starts)):
                    waiting()
                    if number == gives_up_at:
                        yield block._replace(end=None, hash=None, rows=0)
                        return
                    self.ahead[-1] += 1
                    yield block

        self.ahead.append(0)
        yield blocks()

    def sync(self, at: datetime, options: SyncOptions | None = None) -> Synced:
        """Run Sync Now as the program does, at the time `at`."""
        self._at = at
        told: list[Event] = []
        self._session.delete(f"{self._url}/_sandbox/requests", timeout=10).raise_for_status()
        code = execute(
            "sync",
            sync(options or SyncOptions()),
            home=self.home,
            company=self.company,
            timeout=60,
            ports=self._ports,
            sinks=[told.append],
            cancel=CancelToken(),
        )
        sent: Counter[str] = Counter()
        for entry in self._session.get(f"{self._url}/_sandbox/requests", timeout=10).json()["items"]:
            if entry["path"].endswith("/batches"):
                sent[entry["path"].split(ENTITY)[1]] += entry["count"]
        ends = [dict(event.data) for event in told if event.kind is Kind.RUN_FINISHED]
        attention = [event.data["code"] for event in told if event.kind is Kind.ATTENTION]
        return Synced(code, ends[-1], sent, attention)

    def cloud(self) -> Cloud:
        """Read what the server has out of its own file."""
        with closing(sqlite3.connect(self._server_file)) as server:
            found: Cloud = {
                (name, key): orjson.loads(record)
                for name, key, record in server.execute("SELECT list, key, record FROM list_items")
            }
            for number, record in server.execute("SELECT number, record FROM purchase_orders"):
                found[ORDERS, number] = orjson.loads(record)
            for key, record, cancelled in server.execute("SELECT key, record, cancelled_by FROM imported_payments"):
                found[PAYMENTS, key] = orjson.loads(record) | {"cancelled_by": cancelled}
        return found

    def exported_invoices(self) -> set[tuple[str, str, str]]:
        """Return (division, vendor, number) of every invoice that Quadient AP has exported."""
        with closing(sqlite3.connect(self._server_file)) as server:
            return set(server.execute("SELECT division, vendor_number, number FROM documents WHERE status = 'EX'"))

    @contextmanager
    def editing(self) -> Iterator[sqlite3.Connection]:
        """Change the company's file in one transaction."""
        with closing(sqlite3.connect(self.sage_file)) as sage, sage:
            yield sage

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read the company's file, rows by the names of their columns."""
        with closing(sqlite3.connect(self.sage_file)) as sage:
            sage.row_factory = sqlite3.Row
            yield sage

    @contextmanager
    def _server(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._server_file, isolation_level=None)) as server:
            yield server

    @staticmethod
    def _no_writer(*_: Any) -> Any:
        raise AssertionError("nothing is written to Sage here")


class _SignedIn(HttpsCloud):
    """Stays signed in from one run to the next: a thousand sign-ins, each slow on purpose, would say nothing new."""

    def close(self) -> None:
        """Keep the token and the connection for the next run."""

    def leave(self) -> None:
        super().close()


def _no_second_try(_seconds: float) -> None:
    raise AssertionError("the server did not answer at once")


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Path]]:
    """Serve an AP server with an empty legal entity; gives its address and its file."""
    file = folder / "cloud.sqlite"
    create_server_state(
        file, client_id="c", client_secret=SECRET, legal_entity=LegalEntity(ENTITY, "Simulated Supply", "USD")
    ).close()
    with ServerThread(file) as server:
        yield server.url, file


def _add_exported(server: sqlite3.Connection, sage: sqlite3.Connection) -> None:
    """Most bills that the checks pay came from Quadient AP; and each vendor has a few that no check has paid yet."""
    chance = random.Random("exported")  # noqa: S311  # made-up data, no secret
    paid = sage.execute(
        "SELECT DISTINCT APDivisionNo, VendorNo, InvoiceNo FROM AP_CheckHistoryHeader JOIN AP_CheckHistoryDetail"
        " USING (BankCode, CheckNo, CheckSeqNo) WHERE InvoiceNo NOT LIKE 'CK%' ORDER BY 1, 2, 3"
    ).fetchall()
    keys = [key for key in paid if chance.random() < 0.75]
    for division, vendor in sage.execute("SELECT APDivisionNo, VendorNo FROM AP_Vendor WHERE VendorNo <> ''"):
        keys += [(division, vendor, f"QP-{number}") for number in range(3)]
    for place, (division, vendor, number) in enumerate(keys):
        _add_invoice(server, f"inv-{place:06}", division, vendor, number)


def _add_invoice(server: sqlite3.Connection, id_: str, division: str, vendor: str, number: str) -> None:
    document = filled(
        DocumentKind.INVOICE, {"id": id_, "division": division, "vendor_number": vendor, "number": number}
    )
    server.execute(
        "INSERT INTO documents (entity, kind, id, division, vendor_number, number, status, marked, record)"
        " VALUES (?, 'invoice', ?, ?, ?, ?, 'EX', 0, ?)",
        (ENTITY, id_, division, vendor, number, orjson.dumps(document)),
    )
