"""The engine in this process, on a demo world in which only a test's documents are ready."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from app.cloud.port import DocumentKind
from app.commands.wiring import ports_for
from app.credentials import KeyringCredentials
from app.domain.codec import plain
from app.domain.invoices import Invoice, InvoiceLine
from app.domain.money import amount
from app.domain.payments import Payment, PaymentLine
from app.domain.purchase_orders import OrderType, PurchaseOrder, PurchaseOrderLine
from app.engine.cancel import CancelToken
from app.engine.events import Event, Kind
from app.engine.run import Work, execute
from app.engine.work import preview_only, send
from app.errors import ExitCode
from app.sage.business_objects import Dispatch
from app.sage.writers import SageWriter
from app.sandbox.business_objects import dispatch_sandbox
from app.sandbox.company import read_facts
from app.sandbox.sage.facts import CompanyFacts
from app.sandbox.server.serve import ServerThread
from app.sandbox.world import World, load_world_at
from app.settings import Home
from tests.system.commands import rows

Documents = Sequence[Invoice] | Sequence[Payment]

NAMES = {DocumentKind.INVOICE: "invoices", DocumentKind.PAYMENT: "payments"}


def kind_of(documents: Documents) -> DocumentKind:
    """Return the kind of some documents."""
    return DocumentKind.INVOICE if isinstance(documents[0], Invoice) else DocumentKind.PAYMENT


class _Unhurried(CancelToken):
    """Waits for nothing: in this process nothing is late."""

    def sleep(self, seconds: float) -> None:
        self.check()


@dataclass
class Ended:
    """A run that has ended."""

    code: ExitCode
    events: list[Event]

    def items(self, state: str) -> dict[str, dict[str, Any]]:
        """Return what was told of documents in this state, by id."""
        return {
            str(event.data["key"]): dict(event.data)
            for event in self.events
            if event.kind is Kind.ITEM and event.data["state"] == state
        }

    @property
    def run(self) -> str:
        return self.events[0].run


class Desk:
    """A demo company and a server for it, with nothing ready but what a test adds."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.home = Home(Path(world.folder).parent)
        self.company = self.home.load().company(world.company)
        self.facts: CompanyFacts = read_facts(world.sage_file)
        self._admin = f"{url}/_sandbox/"
        self._kept = self.home.path / "kept"

    @property
    def description(self) -> dict[str, Any]:
        """What `commands` wants to know of the world."""
        return self.world.description()

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the company's file itself."""
        return rows(self.world.sage_file, sql, values)

    def cloud(self, kind: DocumentKind) -> dict[str, dict[str, Any]]:
        """Return what Quadient AP has of the kind, by id."""
        asked = {"kind": NAMES[kind], "entity": self.company.cloud.legal_entity}
        answer = requests.get(f"{self._admin}documents", params=asked, timeout=30)
        answer.raise_for_status()
        return {each["document"]["id"]: each for each in answer.json()["items"]}

    def add(self, documents: Documents) -> None:
        """Make documents ready in Quadient AP, and preview them."""
        self._make_ready(documents)
        self.run("preview", preview_only(kind_of(documents)))

    def bill(self, id_: str, **changes: Any) -> Invoice:
        """Return an invoice that is in order, of one line of 100.00, from the first vendor who is."""
        vendor = next(
            each
            for each in self.facts.active_vendors
            if not each.hold and not each.uses_receipt_of_invoice and each.terms in self.facts.terms
        )
        made = Invoice(
            id=id_,
            division=vendor.division,
            vendor_number=vendor.number,
            vendor_name=vendor.name,
            number=id_.upper(),
            invoice_date=self.world.made_on,
            due_date=None,
            discount_date=None,
            terms=vendor.terms,
            description="",
            currency=self.facts.currency,
            amount=Decimal("100.00"),
            freight=Decimal("0.00"),
            tax=Decimal("0.00"),
            tax_schedule="",
            separate_cheque=False,
            hold=False,
            purchase_order="",
            image_url="",
            lines=(InvoiceLine(1, self.facts.expense_accounts[0].key, Decimal("100.00")),),
        )
        return replace(made, **changes)

    def order_bill(self, id_: str, **changes: Any) -> Invoice:
        """Return the bill of one unit of an order's first line that is not all billed yet."""
        order = next(
            each
            for each in self.facts.orders
            if each.order_type is OrderType.STANDARD and each.terms in self.facts.terms and len(_left(each)) > 1
        )
        line = _left(order)[0]
        total = amount(line.unit_cost)
        matched = InvoiceLine(
            1,
            line.account_key,
            total,
            po_line_key=line.line_key,
            item_code=line.item_code,
            quantity=Decimal("1.000000"),
            unit_cost=line.unit_cost,
            unit=line.unit,
            warehouse=line.warehouse,
        )
        head = {"division": order.division, "vendor_number": order.vendor_number, "terms": order.terms}
        return self.bill(id_, **head, purchase_order=order.number, amount=total, lines=(matched,), **changes)

    def payment(self, id_: str, place: int = 0, **changes: Any) -> Payment:
        """Return a payment of 10.00 for the open invoice at `place` of those over 20.00."""
        open_ = [each for each in self.facts.open_invoices if each.balance > 20][place]
        made = Payment(
            id=id_,
            reference=id_,
            bank_code=min(self.facts.banks),
            payment_date=self.world.made_on,
            division=open_.key.division,
            vendor_number=open_.key.vendor_number,
            vendor_name="",
            currency=self.facts.currency,
            amount=Decimal("10.00"),
            method="Check",
            lines=(PaymentLine(open_.key.number, Decimal("10.00"), Decimal("0.00")),),
        )
        return replace(made, **changes)

    def keep(self) -> None:
        """Remember the store and Sage as they are."""
        self._kept.mkdir()
        for file in (self.world.sage_file, self.home.store_file):
            for each in file.parent.glob(f"{file.name}*"):
                shutil.copyfile(each, self._kept / each.name)

    def set_back(self, documents: Documents) -> None:
        """Make the store and Sage what they were, and `documents` ready again."""
        for file in (self.world.sage_file, self.home.store_file):
            for each in file.parent.glob(f"{file.name}*"):
                each.unlink()
            for each in self._kept.glob(f"{file.name}*"):
                shutil.copyfile(each, file.parent / each.name)
        self.admin("POST", "reset")
        self._make_ready(documents)

    def send(self, documents: Documents, through: Callable[[Dispatch], Dispatch] = lambda dispatch: dispatch) -> Ended:
        """Send documents that were added; `through` may put something between the engine and Sage's objects."""
        work = send(kind_of(documents), [each.id for each in documents])
        return self._ended("send", work, through(dispatch_sandbox(self.world.folder)))

    def run(self, command: str, work: Work) -> Ended:
        """Do any other work of AP Bridge."""
        return self._ended(command, work, dispatch_sandbox(self.world.folder))

    def admin(self, method: str, path: str, /, **json: Any) -> None:
        """Do in Quadient AP what its people do there."""
        entity = {"entity": self.company.cloud.legal_entity}
        requests.request(method, self._admin + path, params=entity, json=json or None, timeout=30).raise_for_status()

    def _make_ready(self, documents: Documents) -> None:
        url = f"{self._admin}{NAMES[kind_of(documents)]}"
        entity = {"entity": self.company.cloud.legal_entity}
        requests.post(url, params=entity, json=[plain(each) for each in documents], timeout=30).raise_for_status()

    def _ended(self, command: str, work: Work, dispatch: Dispatch) -> Ended:
        told: list[Event] = []
        password = self.world.secrets()[f"{self.world.company}/sage"]

        def open_writer(company: Any, on_call: Any, _: Any) -> SageWriter:
            return SageWriter(company.sage, company.code, password, dispatch, self.world.folder, on_call=on_call)

        code = execute(
            command,
            work,
            home=self.home,
            company=self.company,
            timeout=60,
            ports=replace(ports_for(self.company, self.home), open_writer=open_writer),
            sinks=[told.append],
            cancel=_Unhurried(),
        )
        return Ended(code, told)


def _left(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    return [
        line for line in order.lines if line.item_type == "1" and line.ordered - line.invoiced >= 1 and line.unit_cost
    ]


@contextmanager
def desk_in(home: Path) -> Iterator[Desk]:
    """Serve the world of `home` from a thread."""
    world = load_world_at(home / "sandbox")
    for name, secret in world.secrets().items():
        KeyringCredentials().put(name, secret)
    with closing(sqlite3.connect(world.cloud_file)) as cloud, cloud:
        cloud.execute("DELETE FROM documents WHERE marked = 1")
    with ServerThread(world.cloud_file) as server:
        yield Desk(world.at(server.url), server.url)
