"""The demo company: the same for the same seed, believable, and as untidy as real ones."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.purchase_orders import OrderType
from app.sandbox.company import CompanyFacts, Scale, company_file, create_company
from app.sandbox.schema import tables
from tests.sandbox.conftest import CODE, PASSWORD, TODAY, USER

Rows = Callable[..., list[tuple[Any, ...]]]


def contents(file: Path) -> list[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(file)) as database:
        return [
            database.execute(f"SELECT * FROM {name} ORDER BY {', '.join(table.key)}").fetchall()
            for name, table in tables().items()
        ]


def create(file: Path, seed: int, today: date = TODAY) -> CompanyFacts:
    return create_company(file, code=CODE, seed=seed, scale=Scale.SMALL, password=PASSWORD, user=USER, today=today)


def test_same_seed_and_day_give_the_same_rows(tmp_path: Path) -> None:
    assert create(tmp_path / "a.sqlite", 7) == create(tmp_path / "b.sqlite", 7)

    assert contents(tmp_path / "a.sqlite") == contents(tmp_path / "b.sqlite")


def test_another_seed_gives_other_rows(tmp_path: Path) -> None:
    create(tmp_path / "a.sqlite", 7)
    create(tmp_path / "b.sqlite", 8)

    assert contents(tmp_path / "a.sqlite") != contents(tmp_path / "b.sqlite")


def test_creating_again_replaces_the_company(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    create(file, 7)
    first = contents(file)
    create(file, 8)
    create(file, 7)

    assert contents(file) == first


def test_no_column_holds_more_than_sage_allows(rows: Rows) -> None:
    for table in tables().values():
        for column in table.columns:
            if column.kind == "text":
                ((longest,),) = rows(f"SELECT COALESCE(MAX(LENGTH({column.name})), 0) FROM {table.name}")
                assert longest <= column.size, f"{table.name}.{column.name}"


def test_the_password_is_nowhere_in_the_file(location: Path) -> None:
    assert PASSWORD.encode() not in company_file(location, CODE).read_bytes()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT DISTINCT VendorStatus FROM AP_Vendor", {"A", "I", "T", "Z"}),
        ("SELECT DISTINCT Status FROM GL_Account", {"A", "I", "D"}),
        ("SELECT DISTINCT ItemType FROM CI_Item", {"1", "2", "3", "4", "5"}),
        ("SELECT DISTINCT OrderType FROM PO_PurchaseOrderHeader", {"S", "D", "M", "R", "X", "Q"}),
        ("SELECT DISTINCT OrderStatus FROM PO_PurchaseOrderHeader", {"N", "O", "B", "C", "X", "Z"}),
        ("SELECT DISTINCT ItemType FROM PO_PurchaseOrderDetail", {"1", "2", "3", "4", "5"}),
        ("SELECT DISTINCT ReceiptType FROM PO_ReceiptHistoryHeader", {"G", "I"}),
        ("SELECT DISTINCT CheckType FROM AP_CheckHistoryHeader", {"A", "C", "M", "V", "R"}),
        ("SELECT DISTINCT WarehouseStatus FROM IM_Warehouse", {"A", "", "R", "I"}),
        ("SELECT DISTINCT APDivisionNo FROM AP_Vendor", {"00", "01"}),
    ],
)
def test_every_code_that_sage_has_occurs(rows: Rows, sql: str, expected: set[str]) -> None:
    assert {row[0] for row in rows(sql)} == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT VendorNo FROM AP_Vendor GROUP BY VendorNo HAVING COUNT(*) > 1",  # one number, two divisions
        "SELECT InvoiceNo FROM AP_InvoiceHistoryHeader GROUP BY InvoiceNo HAVING COUNT(DISTINCT VendorNo) > 1",
        "SELECT 1 FROM AP_Vendor WHERE VendorNo GLOB '*[a-z]*'",
        "SELECT 1 FROM AP_Vendor WHERE VendorName LIKE '%  '",
        "SELECT 1 FROM AP_Vendor WHERE VendorName LIKE '%' || char(7) || '%'",
        "SELECT 1 FROM AP_Vendor WHERE LastPurchaseDate = '2023-02-30'",
        "SELECT 1 FROM AP_Vendor WHERE LastPurchaseDate = '1753-01-01'",
        "SELECT 1 FROM AP_Vendor WHERE VendorNo = ''",
        "SELECT 1 FROM CI_Item WHERE ItemCode LIKE '=%'",
        "SELECT 1 FROM CI_Item WHERE ItemCode LIKE '%\"%'",
        "SELECT 1 FROM PO_PurchaseOrderDetail WHERE typeof(QuantityOrdered) = 'text'",
        "SELECT 1 FROM AP_CheckHistoryHeader WHERE CheckAmt = 0 AND CheckComment = ''",
        "SELECT 1 FROM AP_CheckHistoryHeader WHERE CheckAmt = 0 AND CheckComment = 'STUB ONLY'",
        "SELECT 1 FROM AP_CheckHistoryHeader WHERE CheckNo LIKE 'W%'",
        "SELECT 1 FROM AP_CheckHistoryDetail WHERE InvoiceNo GLOB 'CK[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'",
        "SELECT 1 FROM AP_CheckHistoryDetail GROUP BY BankCode, CheckNo, CheckSeqNo HAVING COUNT(*) > 2",
        "SELECT PurchaseOrderNo FROM PO_ReceiptHistoryHeader WHERE ReceiptType = 'G' GROUP BY 1 HAVING COUNT(*) > 1",
        "SELECT ReceiptNo FROM PO_ReceiptHistoryHeader GROUP BY ReceiptNo HAVING COUNT(DISTINCT ReceiptType) > 1",
    ],
)
def test_what_real_companies_have_occurs(rows: Rows, sql: str) -> None:
    assert rows(sql)


def test_every_check_is_the_sum_of_its_lines(rows: Rows) -> None:
    assert not rows(
        """SELECT 1 FROM AP_CheckHistoryHeader AS h WHERE ABS(CheckAmt - (
               SELECT COALESCE(SUM(AmountPaid), 0) FROM AP_CheckHistoryDetail AS d
               WHERE d.BankCode = h.BankCode AND d.CheckNo = h.CheckNo AND d.CheckSeqNo = h.CheckSeqNo)) > 0.001"""
    )


def test_every_posted_invoice_is_the_sum_of_its_lines(rows: Rows) -> None:
    assert not rows(
        """SELECT InvoiceNo FROM AP_InvoiceHistoryHeader AS h WHERE ABS(InvoiceAmt - (
               SELECT SUM(ExtensionAmt) FROM AP_InvoiceHistoryDetail AS d
               WHERE d.InvoiceNo = h.InvoiceNo AND d.HeaderSeqNo = h.HeaderSeqNo)) > 0.001"""
    )


def test_received_quantities_are_the_sum_of_the_receipts(rows: Rows) -> None:
    assert not rows(
        """SELECT 1 FROM PO_PurchaseOrderDetail AS l WHERE QuantityReceived <> (
               SELECT COALESCE(SUM(QuantityReceived), 0) FROM PO_ReceiptHistoryDetail AS r
               WHERE r.PurchaseOrderNo = l.PurchaseOrderNo AND r.LineKey = l.LineKey AND r.ReceiptType = 'G')"""
    )


def test_facts_name_orders_that_can_still_be_invoiced(facts: CompanyFacts) -> None:
    assert {order.order_type for order in facts.orders} == {OrderType.STANDARD, OrderType.DROP_SHIP}
    assert all(any(line.ordered > line.invoiced for line in order.lines) for order in facts.orders)
    assert any(order.receipts for order in facts.orders)


def test_facts_are_clean_and_fit_each_other(facts: CompanyFacts) -> None:
    keys = {(vendor.division, vendor.number) for vendor in facts.vendors}

    assert facts.code == CODE
    assert all(vendor.name == vendor.name.strip() and vendor.terms in facts.terms for vendor in facts.vendors)
    assert all(invoice.key[:2] in keys and invoice.balance > Decimal(0) for invoice in facts.open_invoices)
    assert all(check.invoices for check in facts.checks)
    assert facts.unposted_invoices
    assert {account.status for account in facts.accounts} == {"A", "I", "D"}
