"""A demo company of a test's own, and documents that fit it."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.domain.invoices import Destination, Invoice, InvoiceLine
from app.domain.payments import Payment, PaymentLine
from app.domain.purchase_orders import OrderType
from app.sage.company import SageCompany
from app.sage.writers import SageWriter
from app.sandbox.business_objects import dispatch_sandbox
from app.sandbox.company import Scale, company_file, create_company
from app.sandbox.faults import Faults
from app.sandbox.odbc import connect_sandbox
from app.settings import CloudSettings, CompanySettings, SageSettings

TODAY = date(2026, 3, 2)


class World:
    """One demo company and everything that reaches it."""

    def __init__(self, folder):
        self.file = company_file(folder, "ABC")
        self.facts = create_company(
            self.file, code="ABC", seed=7, scale=Scale.SMALL, password="pw", user="BRIDGE", today=TODAY
        )
        self.folder = folder
        self.faults = Faults.load(folder)
        self.sage = SageSettings("demo", str(folder), "BRIDGE")
        self.settings = CompanySettings("ABC", "Northwind", self.sage, CloudSettings("http://x", "c", "le"))

    def company(self):
        return SageCompany(connect_sandbox(self.sage, "ABC", "pw"), self.settings)

    def writer(self):
        return SageWriter(self.sage, "ABC", "pw", dispatch_sandbox(self.folder), str(self.folder), today=lambda: TODAY)

    def rows(self, sql, *values):
        with closing(sqlite3.connect(self.file)) as database:
            return database.execute(sql, values).fetchall()

    def change(self, sql, *values):
        with closing(sqlite3.connect(self.file)) as database, database:
            database.execute(sql, values)

    def found(self, key):
        with self.company() as company:
            return company.ledger.invoices([key]).get(key, ())

    def invoice(self, number="QP-1001", **changes):
        vendor = next(each for each in self.facts.active_vendors if not each.hold)
        accounts = self.facts.expense_accounts
        made = Invoice(
            id="inv-000123",
            division=vendor.division,
            vendor_number=vendor.number,
            vendor_name=vendor.name,
            number=number,
            invoice_date=date(2026, 2, 20),
            due_date=date(2026, 4, 1),
            discount_date=None,
            terms=vendor.terms,
            description="Freight and pallets",
            currency="USD",
            amount=Decimal("115.35"),
            freight=Decimal("10.00"),
            tax=Decimal("5.25"),
            tax_schedule="",
            separate_cheque=False,
            hold=False,
            purchase_order="",
            image_url="",
            lines=(
                InvoiceLine(1, accounts[0].key, Decimal("60.10")),
                InvoiceLine(2, accounts[1].key, Decimal("40.00")),
            ),
        )
        return replace(made, **changes)

    def write(self, invoice, batch=None):
        with self.writer() as writer:
            if batch is None:
                batch = writer.select_batch(invoice.destination, "AP Bridge run-1")
            write = {
                Destination.INVOICE_ENTRY: writer.write_invoice,
                Destination.RECEIPT_OF_INVOICE: writer.write_receipt_of_invoice,
            }[invoice.destination]
            comments = ["inv-000123", *[""] * (len(invoice.lines) - 1)]
            return write(invoice, comment=invoice.description[:40], line_comments=comments, batch=batch)

    def received(self):
        """Return an invoice for one line of an open order, with a charge beside it."""
        order = next(
            each
            for each in self.facts.orders
            if each.order_type is OrderType.STANDARD
            and any(line.item_type == "1" and line.ordered > line.invoiced for line in each.lines)
        )
        line = next(each for each in order.lines if each.item_type == "1" and each.ordered > each.invoiced)
        amount = line.unit_cost.quantize(Decimal("0.01"))
        return self.invoice(
            division=order.division,
            vendor_number=order.vendor_number,
            terms=order.terms,
            purchase_order=order.number,
            amount=amount + Decimal("9.50"),
            freight=Decimal(0),
            tax=Decimal(0),
            lines=(
                InvoiceLine(
                    1,
                    line.account_key,
                    amount,
                    po_line_key=line.line_key,
                    item_code=line.item_code,
                    quantity=Decimal(1),
                    unit_cost=amount,
                ),
                InvoiceLine(2, self.facts.expense_accounts[0].key, Decimal("9.50")),
            ),
        )

    def payment(self):
        open_ = next(each for each in self.facts.open_invoices if each.balance > 20)
        return Payment(
            id="pay-000007",
            reference="QP1",
            bank_code="A",
            payment_date=date(2026, 3, 1),
            division=open_.key.division,
            vendor_number=open_.key.vendor_number,
            vendor_name="",
            currency="USD",
            amount=Decimal("12.34"),
            method="check",
            lines=(PaymentLine(open_.key.number, Decimal("12.34"), Decimal("0.66")),),
        )
