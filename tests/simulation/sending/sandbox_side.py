"""The demo's Sage company with the simulation's vendors and order in it, reached as AP Bridge does."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app.sage.company import SageCompany
from app.sage.writers import SageWriter
from app.sandbox.business_objects import dispatch_sandbox
from app.sandbox.company import Scale, company_file, create_company
from app.sandbox.odbc import connect_sandbox
from app.settings import CloudSettings, CompanySettings, SageSettings
from tests.simulation.sending.books import ACCOUNTS, BANK, DIVISION, ORDERS, TERMS, TODAY, VENDORS

_PASSWORD = "correct horse"
_NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=ZoneInfo("UTC"))
_EMPTIED = (
    "AP_InvoiceHeader", "AP_InvoiceDetail", "PO_ReceiptHeader", "PO_ReceiptDetail", "AP_ManualCheckHeader",
    "AP_ManualCheckDetail", "AP_OpenInvoice", "AP_InvoiceHistoryHeader", "AP_InvoiceHistoryDetail",
    "AP_CheckHistoryHeader", "AP_CheckHistoryDetail", "AP_Vendor", "AP_Division", "GL_Account", "AP_TermsCode",
    "GL_Bank", "PO_PurchaseOrderHeader", "PO_PurchaseOrderDetail",
)  # fmt: skip

_POST_INVOICES = """
INSERT INTO AP_OpenInvoice (APDivisionNo, VendorNo, InvoiceNo, InvoiceDate, TermsCode, Comment, InvoiceAmt, Balance)
    SELECT APDivisionNo, VendorNo, InvoiceNo, InvoiceDate, TermsCode, Comment, InvoiceAmt, InvoiceAmt FROM {header};
INSERT INTO AP_InvoiceHistoryHeader
    (InvoiceNo, HeaderSeqNo, APDivisionNo, VendorNo, InvoiceDate, TermsCode, Comment, InvoiceAmt)
    SELECT InvoiceNo, printf('%03d%03d', {posting}, {place}), APDivisionNo, VendorNo, InvoiceDate, TermsCode, Comment,
    InvoiceAmt FROM {header} h;
INSERT INTO AP_InvoiceHistoryDetail (InvoiceNo, HeaderSeqNo, DetailSeqNo, AccountKey, ExtensionAmt, CommentText)
    SELECT h.InvoiceNo, printf('%03d%03d', {posting}, {place}), d.LineKey, d.AccountKey, d.{amount}, d.CommentText
    FROM {header} h JOIN {detail} d USING ({key});
DELETE FROM {header};
DELETE FROM {detail};
"""

# The sequence tells bills of one number, which are of different vendors.
_PLACE = "(SELECT count(*) FROM {header} o WHERE o.InvoiceNo = h.InvoiceNo AND o.VendorNo < h.VendorNo)"

_POST_CHECKS = """
UPDATE AP_OpenInvoice SET Balance = Balance - (
    SELECT coalesce(sum(d.InvoiceAmt + d.DiscountAmt), 0) FROM AP_ManualCheckDetail d
    JOIN AP_ManualCheckHeader h USING (BankCode, CheckNo)
    WHERE d.InvoiceNo = AP_OpenInvoice.InvoiceNo AND h.VendorNo = AP_OpenInvoice.VendorNo);
DELETE FROM AP_OpenInvoice WHERE abs(Balance) < 0.005;
INSERT INTO AP_CheckHistoryHeader
    (BankCode, CheckNo, CheckSeqNo, CheckType, CheckDate, APDivisionNo, VendorNo, CheckAmt, CheckComment)
    SELECT BankCode, CheckNo, '000001', 'M', CheckDate, APDivisionNo, VendorNo, CheckAmt, Comment
    FROM AP_ManualCheckHeader;
INSERT INTO AP_CheckHistoryDetail (BankCode, CheckNo, CheckSeqNo, InvoiceNo, InvoiceSeqNo, AmountPaid, DiscountAmt)
    SELECT BankCode, CheckNo, '000001', InvoiceNo, LineKey, InvoiceAmt, DiscountAmt FROM AP_ManualCheckDetail;
DELETE FROM AP_ManualCheckHeader;
DELETE FROM AP_ManualCheckDetail;
"""


class SandboxSage:
    """The company; `begin` empties it, and what people do in Sage is done in its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = company_file(folder, "SIM")
        self._settings = SageSettings("demo", str(folder), "BRIDGE")
        self._company = CompanySettings("SIM", "Simulated Supply", self._settings, CloudSettings("", "", ""))
        self._postings = 0
        create_company(
            self._file, code="SIM", seed=3, scale=Scale.SMALL, password=_PASSWORD, user="BRIDGE", today=TODAY
        )

    def begin(self, *, batches_on: bool) -> None:
        """Leave nothing in the company but the simulation's vendors, accounts, terms, bank and order."""
        with self._changing() as database:
            for table in _EMPTIED:
                database.execute(f"DELETE FROM {table}")
            switch = "Y" if batches_on else "N"
            database.execute("UPDATE AP_Options SET InvoiceBatchEntry = ?1, ManualCheckBatchEntry = ?1", (switch,))
            database.execute("UPDATE PO_Options SET ReceiptOfInvoiceBatchEntry = ?", (switch,))
            database.execute("INSERT INTO AP_Division (APDivisionNo) VALUES (?)", (DIVISION,))
            database.execute("INSERT INTO AP_TermsCode (TermsCode, DaysBeforeDue) VALUES (?, 30)", (TERMS,))
            database.execute("INSERT INTO GL_Bank (BankCode) VALUES (?)", (BANK,))
            for (division, number), vendor in VENDORS.items():
                database.execute(
                    "INSERT INTO AP_Vendor (APDivisionNo, VendorNo, VendorName, VendorStatus, HoldPayment, TermsCode)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (division, number, vendor.name, vendor.status, "Y" if vendor.hold else "N", vendor.terms),
                )
            for key, account in ACCOUNTS.items():
                database.execute(
                    "INSERT INTO GL_Account (AccountKey, Account, AccountDesc, Status) VALUES (?, ?, ?, ?)",
                    (key, account.account, account.description, account.status),
                )
            self._insert_orders(database)

    @contextmanager
    def reading(self) -> Iterator[SageCompany]:
        """Open the company as AP Bridge does."""
        with SageCompany(connect_sandbox(self._settings, "SIM", _PASSWORD), self._company) as company:
            yield company

    @contextmanager
    def writing(self) -> Iterator[SageWriter]:
        """Sign in to the company's Business Objects as AP Bridge does."""
        dispatch = dispatch_sandbox(self._folder, clock=lambda: _NOW)
        with SageWriter(self._settings, "SIM", _PASSWORD, dispatch, str(self._folder), today=lambda: TODAY) as writer:
            yield writer

    def post(self) -> None:
        """Post all that is entered: bills first, then the checks that pay them."""
        with self._changing() as database:
            database.execute(
                "UPDATE PO_PurchaseOrderDetail SET QuantityInvoiced = QuantityInvoiced + (SELECT"
                " coalesce(sum(d.QuantityInvoiced), 0) FROM PO_ReceiptDetail d JOIN PO_ReceiptHeader h"
                " USING (ReceiptType, ReceiptNo) WHERE h.PurchaseOrderNo = PO_PurchaseOrderDetail.PurchaseOrderNo"
                " AND d.PurchaseOrderLineKey = PO_PurchaseOrderDetail.LineKey)"
            )
        with closing(sqlite3.connect(self._file)) as database:
            for header, detail, amount, key in (
                ("AP_InvoiceHeader", "AP_InvoiceDetail", "DistributionAmt", "APDivisionNo, VendorNo, InvoiceNo"),
                ("PO_ReceiptHeader", "PO_ReceiptDetail", "ExtensionAmt", "ReceiptType, ReceiptNo"),
            ):
                self._postings += 1
                statements = _POST_INVOICES.format(
                    header=header,
                    detail=detail,
                    amount=amount,
                    key=key,
                    posting=self._postings,
                    place=_PLACE.format(header=header),
                )
                database.executescript(statements)
            database.executescript(_POST_CHECKS)

    def delete_unposted(self) -> None:
        """Delete all that is entered and not posted."""
        with self._changing() as database:
            for table in _EMPTIED[:6]:
                database.execute(f"DELETE FROM {table}")

    def _insert_orders(self, database: sqlite3.Connection) -> None:
        for order in ORDERS.values():
            database.execute(
                "INSERT INTO PO_PurchaseOrderHeader (PurchaseOrderNo, PurchaseOrderDate, OrderType, OrderStatus,"
                " APDivisionNo, VendorNo, PurchaseName, TermsCode) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    order.number,
                    TODAY.isoformat(),
                    order.order_type,
                    order.sage_status,
                    order.division,
                    order.vendor_number,
                    order.vendor_name,
                    order.terms,
                ),
            )
            for line in order.lines:
                database.execute(
                    "INSERT INTO PO_PurchaseOrderDetail (PurchaseOrderNo, LineKey, LineSeqNo, ItemCode, ItemType,"
                    " PurchasesAcctKey, QuantityOrdered, UnitCost, ExtensionAmt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        order.number,
                        line.line_key,
                        line.sequence,
                        line.item_code,
                        line.item_type,
                        line.account_key,
                        str(line.ordered),
                        str(line.unit_cost),
                        str(line.extension),
                    ),
                )

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file)) as database, database:
            yield database
