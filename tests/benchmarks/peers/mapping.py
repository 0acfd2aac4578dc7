"""The three long lists of Sage, how their rows are read through ODBC, and the record that each row becomes."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pyodbc

FETCH = 1000
CHANGED = "DateUpdated"
_SPELLED = dict.fromkeys(map(ord, "\t\n\v\f\r\u0085\u00a0\u2028\u2029"), " ") | {
    byte: bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}

Row = Any
Record = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where to read (`sage`, a file, through `driver`), send (`server`) and remember (`state`, a folder)."""

    driver: str
    sage: str
    state: Path
    server: dict[str, str]

    @classmethod
    def given(cls) -> "Place":
        """Return what stands on standard input."""
        given = json.loads(sys.stdin.readline())
        return cls(given["driver"], given["sage"], Path(given["state"]), given["server"])

    def connect(self) -> pyodbc.Connection:
        """Open Sage for reading."""
        return pyodbc.connect(f"DRIVER={self.driver};Database={self.sage};StepAPI=1;NoCreat=1;", autocommit=True)


@dataclass(frozen=True)
class SageList:
    """One list: its columns, the key that a row has ("" when it is unusable), and its record."""

    table: str
    columns: tuple[str, ...]
    key: Callable[[Row], str]
    record: Callable[[str, Row], Record]


def batches(connection: pyodbc.Connection, sage_list: SageList, since: str = "") -> Iterator[list[Row]]:
    """Yield the rows, last of their columns the day of their last change; only those changed since, if it says so."""
    where = f" WHERE {CHANGED} >= {{d '{since}'}}" if since else ""
    sql = f"SELECT {', '.join(sage_list.columns)}, {CHANGED} FROM {sage_list.table}{where}"
    cursor = connection.execute(sql)
    while rows := cursor.fetchmany(FETCH):
        yield rows
    cursor.close()


def clean(raw: str | None) -> str:
    """Return text without padding and without what cannot be printed; Sage's bytes are Windows-1252."""
    text = (raw or "").strip(" ")
    if text.isascii() and text.isprintable():
        return text
    return "".join(filter(str.isprintable, normalize("NFC", text.translate(_SPELLED)))).strip(" ")


def gone(key: str, description: str) -> Record:
    """Return what is sent for a record that was deleted in Sage; `description` is how it was `shown`."""
    return {"key": key, "description": description, "active": False, "attributes": {"deleted_in_sage": True}}


def shown(name: str, record: Record) -> str:
    """Return what people know a record by: accounts by their number."""
    description = str(record["description"])
    return f"{record['attributes']['account']} {description}" if name == "gl_account" else description


def _vendor(key: str, row: Row) -> Record:
    (division, number, name, status, hold, separate, receipt, terms, account, tax, email, phone, *place, _) = row
    line_1, line_2, line_3, city, state, zip_code, country = map(clean, place)
    attributes = {
        "division": clean(division),
        "vendor_number": clean(number),
        "status": clean(status),
        "address_kind": "standard",
        "address_line_1": line_1,
        "address_line_2": line_2,
        "address_line_3": line_3,
        "city": city,
        "state": state,
        "zip_code": zip_code,
        "country": country,
        "email": clean(email),
        "phone": clean(phone),
        "terms": clean(terms),
        "account_key": clean(account),
        "separate_cheque": separate == "Y",
        "hold": hold == "Y",
        "tax_schedule": clean(tax),
        "uses_receipt_of_invoice": receipt == "Y",
    }
    return {"key": key, "description": clean(name), "active": clean(status) != "I", "attributes": attributes}


def _item(key: str, row: Row) -> Record:
    _, description, kind, inactive, cost, unit, purchase_unit, warehouse, account, tax, purchases_tax, _ = row
    attributes = {
        "type": clean(kind),
        "standard_unit": clean(unit),
        "purchase_unit": clean(purchase_unit),
        "default_warehouse": clean(warehouse),
        "purchase_account_key": clean(account),
        "standard_cost": f"{Decimal(cost):.6f}",
        "tax_class": clean(tax),
        "purchases_tax_class": clean(purchases_tax),
    }
    return {"key": key, "description": clean(description), "active": inactive != "Y", "attributes": attributes}


def _account(key: str, row: Row) -> Record:
    _, description, account, status, kind, category, main, _ = row
    attributes = {
        "account": clean(account),
        "type": clean(kind),
        "category": clean(category),
        "main_account": clean(main),
    }
    return {"key": key, "description": clean(description), "active": clean(status) == "A", "attributes": attributes}


def _vendor_key(row: Row) -> str:
    division, number = clean(row[0]), clean(row[1])
    return f"{division}-{number}" if division and number else ""


def _code(row: Row) -> str:
    return clean(row[0])


LISTS = {
    "gl_account": SageList(
        "GL_Account",
        ("AccountKey", "AccountDesc", "Account", "Status", "AccountType", "AccountCategory", "MainAccountCode"),
        _code,
        _account,
    ),
    "item": SageList(
        "CI_Item",
        (
            "ItemCode",
            "ItemCodeDesc",
            "ItemType",
            "InactiveItem",
            "StandardUnitCost",
            "StandardUnitOfMeasure",
            "PurchaseUnitOfMeasure",
            "DefaultWarehouseCode",
            "PurchaseAcctKey",
            "TaxClass",
            "PurchasesTaxClass",
        ),
        _code,
        _item,
    ),
    "vendor": SageList(
        "AP_Vendor",
        (
            "APDivisionNo",
            "VendorNo",
            "VendorName",
            "VendorStatus",
            "HoldPayment",
            "SeparateCheck",
            "UsePOReceiptOfInvForVendor",
            "TermsCode",
            "AccountKey",
            "TaxSchedule",
            "EmailAddress",
            "TelephoneNo",
            "AddressLine1",
            "AddressLine2",
            "AddressLine3",
            "City",
            "State",
            "ZipCode",
            "CountryCode",
        ),
        _vendor_key,
        _vendor,
    ),
}
