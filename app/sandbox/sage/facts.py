"""What the demo company holds, told to those who invent matching documents for it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.domain.invoices import InvoiceKey
from app.domain.money import amount, quantity
from app.domain.payments import CheckKey
from app.domain.purchase_orders import (
    OrderState,
    OrderType,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
)

MOST = 400


@dataclass(frozen=True, slots=True)
class VendorFact:
    """One vendor; `status` is Sage's code (A active, I inactive, T temporary, others unknown)."""

    division: str
    number: str
    name: str
    status: str
    terms: str
    hold: bool
    uses_receipt_of_invoice: bool
    account_key: str
    tax_schedule: str
    separate_check: bool


@dataclass(frozen=True, slots=True)
class AccountFact:
    """One GL account; `status` A active, I inactive, D deleted; `kind` A, L, C, R or E (expense)."""

    key: str
    account: str
    description: str
    kind: str
    status: str


@dataclass(frozen=True, slots=True)
class OpenInvoiceFact:
    """One posted invoice with something left to pay."""

    key: InvoiceKey
    invoice_date: date
    amount: Decimal
    balance: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class PostedInvoiceFact:
    """One posted invoice as history has it."""

    key: InvoiceKey
    invoice_date: date
    amount: Decimal
    account_key: str


@dataclass(frozen=True, slots=True)
class UnpostedInvoiceFact:
    """One invoice that waits in A/P Invoice Data Entry."""

    key: InvoiceKey
    invoice_date: date
    amount: Decimal
    batch: str


@dataclass(frozen=True, slots=True)
class CheckFact:
    """One check in history with the invoices it pays; `undone` when it was voided or reversed later."""

    key: CheckKey
    check_type: str
    check_date: date
    amount: Decimal
    undone: bool
    invoices: tuple[InvoiceKey, ...]


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What the company holds, clean; of every kind the first few hundred (orders and documents: the newest).

    `orders` are open orders of types S and D with regular lines left to invoice. `banks` maps code to description.
    """

    code: str
    name: str
    currency: str
    vendors: tuple[VendorFact, ...]
    accounts: tuple[AccountFact, ...]
    banks: dict[str, str]
    terms: tuple[str, ...]
    tax_schedules: tuple[str, ...]
    units: tuple[str, ...]
    warehouses: tuple[str, ...]
    orders: tuple[PurchaseOrder, ...]
    open_invoices: tuple[OpenInvoiceFact, ...]
    posted_invoices: tuple[PostedInvoiceFact, ...]
    unposted_invoices: tuple[UnpostedInvoiceFact, ...]
    checks: tuple[CheckFact, ...]

    def vendor(self, division: str, number: str) -> VendorFact | None:
        """Return the vendor with this key, or None."""
        return next((each for each in self.vendors if (each.division, each.number) == (division, number)), None)

    @property
    def active_vendors(self) -> tuple[VendorFact, ...]:
        """The vendors an invoice can be made for."""
        return tuple(each for each in self.vendors if each.status == "A")

    @property
    def expense_accounts(self) -> tuple[AccountFact, ...]:
        """The active expense accounts."""
        return tuple(each for each in self.accounts if each.status == "A" and each.kind == "E")


def read_facts(file: Path, most: int = MOST) -> CompanyFacts:
    """Read the company in `file`; at most `most` of every kind.

    Raises:
        sqlite3.OperationalError: when there is no such company.
    """
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        company = database.execute("SELECT CompanyCode, CompanyName, CurrencyCode FROM SY_Company").fetchone()
        return CompanyFacts(
            code=company["CompanyCode"],
            name=company["CompanyName"],
            currency=company["CurrencyCode"],
            vendors=tuple(_vendors(database, most)),
            accounts=tuple(_accounts(database, most)),
            banks={row[0]: row[1].rstrip() for row in database.execute("SELECT BankCode, BankDesc FROM GL_Bank")},
            terms=_codes(database, "SELECT TermsCode FROM AP_TermsCode"),
            tax_schedules=_codes(database, "SELECT TaxSchedule FROM SY_SalesTaxSchedule"),
            units=_codes(database, "SELECT UnitOfMeasure FROM CI_UnitOfMeasure"),
            warehouses=_codes(database, "SELECT WarehouseCode FROM IM_Warehouse WHERE WarehouseStatus <> 'I'"),
            orders=tuple(_orders(database, most)),
            open_invoices=tuple(_open_invoices(database, most)),
            posted_invoices=tuple(_posted_invoices(database, most)),
            unposted_invoices=tuple(_unposted_invoices(database)),
            checks=tuple(_checks(database, most)),
        )


def _codes(database: sqlite3.Connection, sql: str) -> tuple[str, ...]:
    return tuple(row[0] for row in database.execute(sql))


def _vendors(database: sqlite3.Connection, most: int) -> Iterator[VendorFact]:
    # Only plain records: what the cloud invents must not hang on a record that is dirty on purpose.
    sql = """SELECT * FROM AP_Vendor WHERE VendorNo GLOB '[0-9]*' ORDER BY VendorNo, APDivisionNo LIMIT ?"""
    for row in database.execute(sql, (most,)):
        yield VendorFact(
            row["APDivisionNo"],
            row["VendorNo"],
            row["VendorName"].rstrip(),
            row["VendorStatus"],
            row["TermsCode"],
            row["HoldPayment"] == "Y",
            row["UsePOReceiptOfInvForVendor"] == "Y",
            row["AccountKey"],
            row["TaxSchedule"],
            row["SeparateCheck"] == "Y",
        )


def _accounts(database: sqlite3.Connection, most: int) -> Iterator[AccountFact]:
    for row in database.execute("SELECT * FROM GL_Account ORDER BY AccountKey LIMIT ?", (most,)):
        yield AccountFact(
            row["AccountKey"], row["Account"], row["AccountDesc"].rstrip(), row["AccountType"], row["Status"]
        )


def _orders(database: sqlite3.Connection, most: int) -> Iterator[PurchaseOrder]:
    sql = """SELECT * FROM PO_PurchaseOrderHeader WHERE OrderType IN ('S', 'D') AND OrderStatus IN ('N', 'O', 'B', 'C')
             ORDER BY PurchaseOrderNo DESC LIMIT ?"""
    for row in database.execute(sql, (most,)).fetchall():
        lines = database.execute(
            "SELECT * FROM PO_PurchaseOrderDetail WHERE PurchaseOrderNo = ? ORDER BY LineSeqNo",
            (row["PurchaseOrderNo"],),
        ).fetchall()
        damaged = any(isinstance(line["QuantityOrdered"], str) for line in lines)
        if not damaged and any(line["QuantityOrdered"] > line["QuantityInvoiced"] for line in lines):
            yield _order(database, row, [_line(line) for line in lines])


def _order(database: sqlite3.Connection, row: sqlite3.Row, lines: list[PurchaseOrderLine]) -> PurchaseOrder:
    return PurchaseOrder(
        number=row["PurchaseOrderNo"],
        order_type=OrderType(row["OrderType"]),
        state=OrderState.OPEN,
        sage_status=row["OrderStatus"],
        order_date=date.fromisoformat(row["PurchaseOrderDate"]),
        required_date=None,
        division=row["APDivisionNo"],
        vendor_number=row["VendorNo"],
        vendor_name=row["PurchaseName"].rstrip(),
        terms=row["TermsCode"],
        warehouse=row["WarehouseCode"],
        tax_schedule=row["TaxSchedule"],
        comment=row["Comment"].rstrip(),
        freight=_money(row["FreightAmt"]),
        sales_tax=_money(row["SalesTaxAmt"]),
        lines=tuple(lines),
        receipts=tuple(_receipts(database, row["PurchaseOrderNo"])),
    )


def _line(row: sqlite3.Row) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        line_key=row["LineKey"],
        sequence=row["LineSeqNo"],
        item_code=row["ItemCode"],
        item_type=row["ItemType"],
        description=row["ItemCodeDesc"].rstrip(),
        unit=row["UnitOfMeasure"].rstrip(),
        warehouse=row["WarehouseCode"],
        account_key=row["PurchasesAcctKey"],
        ordered=_quantity(row["QuantityOrdered"]),
        received=_quantity(row["QuantityReceived"]),
        invoiced=_quantity(row["QuantityInvoiced"]),
        backordered=_quantity(row["QuantityBackordered"]),
        unit_cost=_quantity(row["UnitCost"]),
        extension=_money(row["ExtensionAmt"]),
        comment=row["CommentText"].rstrip(),
    )


def _receipts(database: sqlite3.Connection, order: str) -> Iterator[Receipt]:
    headers = database.execute(
        """SELECT ReceiptNo, HeaderSeqNo, ReceiptDate FROM PO_ReceiptHistoryHeader
           WHERE PurchaseOrderNo = ? AND ReceiptType = 'G' ORDER BY ReceiptNo, HeaderSeqNo""",
        (order,),
    ).fetchall()
    for header in headers:
        lines = database.execute(
            """SELECT LineKey, QuantityReceived FROM PO_ReceiptHistoryDetail
               WHERE PurchaseOrderNo = ? AND ReceiptType = 'G' AND ReceiptNo = ? AND HeaderSeqNo = ?""",
            (order, header["ReceiptNo"], header["HeaderSeqNo"]),
        )
        yield Receipt(
            header["ReceiptNo"],
            header["HeaderSeqNo"],
            date.fromisoformat(header["ReceiptDate"]),
            tuple(ReceiptLine(line[0], _quantity(line[1])) for line in lines),
        )


def _open_invoices(database: sqlite3.Connection, most: int) -> Iterator[OpenInvoiceFact]:
    sql = "SELECT * FROM AP_OpenInvoice WHERE Balance > 0 ORDER BY InvoiceDate DESC, InvoiceNo LIMIT ?"
    for row in database.execute(sql, (most,)):
        yield OpenInvoiceFact(
            _key(row),
            date.fromisoformat(row["InvoiceDate"]),
            _money(row["InvoiceAmt"]),
            _money(row["Balance"]),
            _money(row["DiscountAmt"]),
        )


def _posted_invoices(database: sqlite3.Connection, most: int) -> Iterator[PostedInvoiceFact]:
    sql = """SELECT * FROM AP_InvoiceHistoryHeader WHERE ModuleCode = 'A/P' AND InvoiceAmt > 0
             ORDER BY InvoiceDate DESC, InvoiceNo LIMIT ?"""
    for row in database.execute(sql, (most,)).fetchall():
        line = database.execute(
            "SELECT AccountKey FROM AP_InvoiceHistoryDetail WHERE InvoiceNo = ? AND HeaderSeqNo = ?",
            (row["InvoiceNo"], row["HeaderSeqNo"]),
        ).fetchone()
        yield PostedInvoiceFact(_key(row), date.fromisoformat(row["InvoiceDate"]), _money(row["InvoiceAmt"]), line[0])


def _unposted_invoices(database: sqlite3.Connection) -> Iterator[UnpostedInvoiceFact]:
    for row in database.execute("SELECT * FROM AP_InvoiceHeader ORDER BY InvoiceNo"):
        yield UnpostedInvoiceFact(
            _key(row), date.fromisoformat(row["InvoiceDate"]), _money(row["InvoiceAmt"]), row["BatchNo"]
        )


def _checks(database: sqlite3.Connection, most: int) -> Iterator[CheckFact]:
    sql = """SELECT * FROM AP_CheckHistoryHeader WHERE CheckSeqNo = '000000' AND CheckAmt > 0
             ORDER BY CheckDate DESC, BankCode, CheckNo LIMIT ?"""
    for row in database.execute(sql, (most,)).fetchall():
        key = (row["BankCode"], row["CheckNo"])
        lines = database.execute(
            "SELECT InvoiceNo FROM AP_CheckHistoryDetail WHERE BankCode = ? AND CheckNo = ? AND CheckSeqNo = '000000'",
            key,
        )
        invoices = tuple(
            InvoiceKey(row["APDivisionNo"], row["VendorNo"], line[0])
            for line in lines.fetchall()
            if not line[0].startswith("CK")
        )
        undone = database.execute(
            "SELECT COUNT(*) FROM AP_CheckHistoryHeader WHERE BankCode = ? AND CheckNo = ? AND CheckSeqNo > '000000'",
            key,
        ).fetchone()[0]
        day = date.fromisoformat(row["CheckDate"])
        yield CheckFact(CheckKey(*key), row["CheckType"], day, _money(row["CheckAmt"]), bool(undone), invoices)


def _key(row: sqlite3.Row) -> InvoiceKey:
    return InvoiceKey(row["APDivisionNo"], row["VendorNo"], row["InvoiceNo"])


def _money(value: Any) -> Decimal:
    return amount(str(value))


def _quantity(value: Any) -> Decimal:
    return quantity(str(value))
