"""What Quadient AP holds in the demo world: bills and payments that fit the Sage company, and some that do not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle, islice
from random import Random

from app.cloud.port import DocumentKind
from app.domain.codec import plain
from app.domain.invoices import Invoice, InvoiceLine
from app.domain.money import ZERO, amount
from app.domain.payments import Payment, PaymentLine
from app.domain.purchase_orders import OrderType, PurchaseOrder, PurchaseOrderLine
from app.sandbox.sage.facts import CompanyFacts, VendorFact
from app.sandbox.server.state import ServerState

READY_PLAIN = 9  # bills without an order, at the smallest company; more vendors, more bills
VENDORS_A_BILL = 40
WAITING = 3
PAID_HERE = 4

_SUBJECTS = (
    ("Warehouse rent", 1),
    ("Freight and handling", 2),
    ("Cleaning service", 1),
    ("Packaging material", 3),
    ("Forklift repair", 2),
    ("Electricity", 1),
    ("Office supplies", 4),
    ("Insurance premium", 1),
    ("Security patrol", 2),
    ("Printing of catalogues", 2),
)


def fill_server(state: ServerState, facts: CompanyFacts, *, seed: int, today: date) -> None:
    """Fill a fresh AP server: bills exported earlier, bills and payments that are ready, and some that wait."""
    maker = _Maker(facts, Random(f"{seed}:documents"), today)  # noqa: S311  # made-up data, no secret
    # Orders of other warehouses wait when orders are to be approved in Quadient AP.
    state.set_channels([("warehouse", code) for code in facts.warehouses[:1]])
    state.add_documents(DocumentKind.INVOICE, map(plain, maker.exported()), "EX", marked=False)
    state.add_documents(DocumentKind.INVOICE, map(plain, maker.ready()), "A", marked=True)
    state.add_documents(DocumentKind.INVOICE, map(plain, islice(maker.plain_bills(), WAITING)), "A", marked=False)
    state.add_documents(DocumentKind.INVOICE, map(plain, islice(maker.plain_bills(), WAITING)), "PA", marked=False)
    state.add_documents(DocumentKind.PAYMENT, map(plain, maker.payments()), "PD", marked=True)


class _Maker:
    """Invents documents; each one draws from the same random numbers, so the order of calls is part of the seed."""

    def __init__(self, facts: CompanyFacts, random: Random, today: date) -> None:
        self._facts = facts
        self._random = random
        self._today = today
        self._bills = 0
        usable = [each for each in facts.active_vendors if not each.hold and each.terms in facts.terms]
        self._vendors = cycle([each for each in usable if not each.uses_receipt_of_invoice])
        self._order_vendors = [each for each in usable if each.uses_receipt_of_invoice]
        self._accounts = cycle(random.sample(facts.expense_accounts, len(facts.expense_accounts)))
        self._subjects = cycle(_SUBJECTS)

    def exported(self) -> Iterator[Invoice]:
        """Bills that came from Quadient AP and that Sage has posted: three of four, the others were entered in Sage."""
        posted = {each.key: (each.invoice_date, each.amount) for each in self._facts.posted_invoices}
        posted |= {each.key: (each.invoice_date, each.amount) for each in self._facts.open_invoices}
        for key, (day, total) in sorted(posted.items()):
            vendor = self._facts.vendor(key.division, key.vendor_number)
            if vendor is not None and total > 0 and self._random.random() < 0.75:
                yield replace(self._bill(vendor, [total], day), number=key.number)

    def ready(self) -> Iterator[Invoice]:
        """Bills marked for export: most of them fit, and each of the usual mistakes is there once."""
        yield from islice(self.plain_bills(), READY_PLAIN + len(self._facts.vendors) // VENDORS_A_BILL)
        yield from self._order_bills()
        yield self._credit_note()
        yield self._long_description()
        yield from self._mistakes()

    def plain_bills(self) -> Iterator[Invoice]:
        """Bills without an order, one after the other."""
        while True:
            vendor, (subject, lines) = next(self._vendors), next(self._subjects)
            totals = [amount(self._random.randrange(4_000, 240_000)) / 100 for _ in range(lines)]
            day = self._day(25)
            yield replace(self._bill(vendor, totals, day), description=f"{subject}, {day:%B %Y}")

    def payments(self) -> Iterator[Payment]:
        """Payments that a partner has made: most of open bills, one of more than is open."""
        payable = [each for each in self._facts.open_invoices if each.balance == each.amount and each.balance > 0]
        chosen = payable[: PAID_HERE + 1]
        for place, invoice in enumerate(chosen, start=1):
            vendor = self._facts.vendor(invoice.key.division, invoice.key.vendor_number)
            too_much = Decimal("25.00") if len(chosen) > 1 and place == len(chosen) else ZERO
            paid = invoice.balance + too_much
            yield Payment(
                id=f"pay-{place:06}",
                reference=f"QP{740_000 + place}",
                bank_code=min(self._facts.banks),
                payment_date=self._day(4),
                division=invoice.key.division,
                vendor_number=invoice.key.vendor_number,
                vendor_name=vendor.name if vendor else "",
                currency=self._facts.currency,
                amount=paid,
                method="Check",
                lines=(PaymentLine(invoice.key.number, paid, ZERO),),
            )

    def _order_bills(self) -> Iterator[Invoice]:
        """One bill of a whole order, one with freight, and one mixed with a charge that the order does not have."""
        orders = [order for order in self._facts.orders if order.order_type is OrderType.STANDARD and _billable(order)]
        for place, order in enumerate(orders[:3]):
            vendor = self._facts.vendor(order.division, order.vendor_number)
            if vendor is None or vendor.status != "A":
                continue
            lines = [_matched(number, line) for number, line in enumerate(_billable(order), start=1)]
            if place == 2:
                account = next(self._accounts).key
                lines.append(InvoiceLine(len(lines) + 1, account, Decimal("45.00"), "Pallet deposit"))
            freight = Decimal("38.50") if place == 1 else ZERO
            bill = self._bill(vendor, [], self._day(12))
            yield replace(
                bill,
                description=f"Your order {order.number}",
                purchase_order=order.number,
                freight=freight,
                lines=tuple(lines),
                amount=sum((line.amount for line in lines), freight),
            )

    def _credit_note(self) -> Invoice:
        credit = self._bill(next(self._vendors), [Decimal("-86.40")], self._day(10))
        return replace(credit, number=f"CN-{credit.number}", description="Returned goods")

    def _long_description(self) -> Invoice:
        text = "Annual maintenance of the conveyor in the north warehouse, parts and travel included"
        return replace(self._bill(next(self._vendors), [Decimal("1850.00")], self._day(8)), description=text)

    def _mistakes(self) -> Iterator[Invoice]:
        facts = self._facts
        bill = self._bill(next(self._vendors), [Decimal("412.75")], self._day(9))
        inactive = (each for each in facts.vendors if each.status == "I")
        for vendor in islice(inactive, 1):
            yield replace(self._bill(vendor, [Decimal("310.00")], self._day(9)), description="Last delivery")
        held = (each for each in facts.active_vendors if each.hold and not each.uses_receipt_of_invoice)
        for vendor in islice(held, 1):
            yield replace(self._bill(vendor, [Decimal("975.20")], self._day(9)), description="Disputed repair")
        for vendor in self._order_vendors[:1]:
            yield replace(
                self._bill(vendor, [Decimal("148.30")], self._day(9)), description="Delivery without an order"
            )
        for account in islice((each for each in facts.accounts if each.status == "I"), 1):
            lines = (replace(bill.lines[0], account_key=account.key),)
            yield replace(bill, lines=lines, description="Coded to an account of last year")
        for posted in facts.posted_invoices[:1]:
            owner = facts.vendor(posted.key.division, posted.key.vendor_number)
            if owner is not None:
                twin = self._bill(owner, [posted.amount], posted.invoice_date)
                yield replace(twin, number=posted.key.number, description="Was entered in Sage by hand")

    def _bill(self, vendor: VendorFact, totals: list[Decimal], day: date) -> Invoice:
        self._bills += 1
        lines = tuple(
            InvoiceLine(number, next(self._accounts).key, total) for number, total in enumerate(totals, start=1)
        )
        return Invoice(
            id=f"inv-{self._bills:06}",
            division=vendor.division,
            vendor_number=vendor.number,
            vendor_name=vendor.name,
            number=f"{self._random.randrange(10_000, 99_999)}-{self._bills}",
            invoice_date=day,
            due_date=day + timedelta(days=30),
            discount_date=None,
            terms=vendor.terms,
            description="",
            currency=self._facts.currency,
            amount=sum(totals, ZERO),
            freight=ZERO,
            tax=ZERO,
            tax_schedule="",
            separate_cheque=vendor.separate_check,
            hold=False,
            purchase_order="",
            image_url=f"https://quadient-ap.example/invoices/{self._bills}",
            lines=lines,
        )

    def _day(self, most: int) -> date:
        return self._today - timedelta(days=self._random.randrange(1, most))


def _billable(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    return [
        line for line in order.lines if line.item_type == "1" and line.ordered > line.invoiced and line.unit_cost > 0
    ]


def _matched(number: int, line: PurchaseOrderLine) -> InvoiceLine:
    left = line.ordered - line.invoiced
    return InvoiceLine(
        number,
        line.account_key,
        amount(left * line.unit_cost),
        po_line_key=line.line_key,
        item_code=line.item_code,
        quantity=left,
        unit_cost=line.unit_cost,
        unit=line.unit,
        warehouse=line.warehouse,
    )
