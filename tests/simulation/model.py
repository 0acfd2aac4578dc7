"""What the cloud must have, worked out of the company's file by the rules alone, without AP Bridge's own readers."""

import sqlite3
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import groupby
from typing import Any

from tests.simulation.world import ORDERS, PAYMENTS, WORKFLOW_BANK, Cloud, Key

Row = sqlite3.Row
Invoices = set[tuple[str, str, str]]

_CANCELLING = ("V", "R")
_STATES = {"N": "open", "O": "open", "B": "open", "C": "open", "X": "complete", "Z": "cancelled"}


@dataclass(slots=True)
class Sage:
    """The company as the cloud is to see it.

    Args:
        records: What is there and readable, whether it goes to the cloud or not.
        set_aside: Keys that are there, and of which the cloud keeps the version it has: unreadable, or left out.
        changed_on: The last change as the record itself tells it; None where that is no day of the calendar.
            Records of tables without such a column are not in it.
    """

    records: Cloud = field(default_factory=dict)
    set_aside: set[Key] = field(default_factory=set)
    changed_on: dict[Key, date | None] = field(default_factory=dict)


@dataclass(slots=True)
class Expected:
    """What a full pass makes of the cloud; `retried` are the records it offers although they are not taken."""

    cloud: Cloud
    retried: set[Key]


def read_sage(database: sqlite3.Connection) -> Sage:
    """Read lists and orders; payments depend on what the cloud has, see `expected`."""
    sage = Sage()
    sage.records["separate_cheque", "N"] = _record("N", "No", True, {})
    sage.records["separate_cheque", "Y"] = _record("Y", "Yes", True, {})
    for name, (table, make) in _LISTS.items():
        _read_list(database, sage, name, table, make)
    _read_taxes(database, sage)
    _read_orders(database, sage)
    return sage


def expected(
    database: sqlite3.Connection, sage: Sage, before: Cloud, exported: Invoices, *, with_voids: bool = True
) -> Expected:
    """Return what the cloud has after a full pass when it had `before`, or would have if no check were voided."""
    made = Expected({}, set())
    for key, had in before.items():
        gone = key[0] != PAYMENTS and key not in sage.records and key not in sage.set_aside
        made.cloud[key] = _vanished(key[0], had) if gone else had
    for key, record in sage.records.items():
        if key[0] == ORDERS:
            if key in before:
                made.cloud[key] = _with_lost_lines(record, before[key])
            elif record["state"] == "open":
                made.cloud[key] = record
        else:
            made.cloud[key] = record
    _bring_payments(database, made, before, exported, with_voids=with_voids)
    return made


def payment_days(database: sqlite3.Connection) -> dict[Key, date | None]:
    """Return the last change of every row of the check history, as the row itself tells it."""
    return {
        (PAYMENTS, "-".join(clean(part) for part in row[:3])): day(row[3])
        for row in database.execute("SELECT BankCode, CheckNo, CheckSeqNo, DateUpdated FROM AP_CheckHistoryHeader")
    }


@lru_cache(maxsize=65536)
def clean(raw: Any) -> str:
    """Return text as the rules want it: trimmed, in NFC, printable characters only."""
    text = str(raw)
    text = "".join(" " if each in "\t\n\v\f\r\x85\xa0\u2028\u2029" else each for each in text)
    text = "".join(
        bytes([ord(each)]).decode("cp1252", "replace") if "\x80" <= each <= "\x9f" else each for each in text
    )
    return "".join(each for each in unicodedata.normalize("NFC", text) if each.isprintable()).strip(" ")


def day(raw: Any) -> date | None:
    """Return the day, or None where there is none."""
    try:
        found = date.fromisoformat(str(raw or ""))
    except ValueError:
        return None
    return None if found == date(1753, 1, 1) else found


class _UnreadableError(Exception):
    """A number that is none, or a code that cannot be a key."""


@lru_cache(maxsize=65536)
def _number(raw: Any, places: str) -> str:
    try:
        return format(Decimal(f"{raw:.15g}" if isinstance(raw, float) else str(raw)).quantize(Decimal(places)), "f")
    except InvalidOperation:
        raise _UnreadableError from None


def _money(raw: Any) -> str:
    return _number(raw, "0.01")


def _quantity(raw: Any) -> str:
    return _number(raw, "0.000001")


def _is_code(raw: str) -> bool:
    return bool(clean(raw)) and clean(raw) == raw.rstrip(" ")


def _code(raw: str) -> str:
    if not _is_code(raw):
        raise _UnreadableError
    return clean(raw)


def _flag(raw: str) -> bool:
    return raw.strip() == "Y"


def _record(key: str, description: str, active: bool, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "description": description, "active": active, "attributes": attributes}


def _texts(row: Row, **columns: str) -> dict[str, Any]:
    return {name: clean(row[column]) for name, column in columns.items()}


def _vendor(row: Row) -> dict[str, Any]:
    attributes = _texts(
        row,
        division="APDivisionNo", vendor_number="VendorNo", status="VendorStatus", address_line_1="AddressLine1",
        address_line_2="AddressLine2", address_line_3="AddressLine3", city="City", state="State", zip_code="ZipCode",
        country="CountryCode", email="EmailAddress", phone="TelephoneNo", terms="TermsCode", account_key="AccountKey",
        tax_schedule="TaxSchedule",
    )  # fmt: skip
    attributes |= {
        "address_kind": "standard",
        "separate_cheque": _flag(row["SeparateCheck"]),
        "hold": _flag(row["HoldPayment"]),
        "uses_receipt_of_invoice": _flag(row["UsePOReceiptOfInvForVendor"]),
    }
    key = f"{_code(row['APDivisionNo'])}-{_code(row['VendorNo'])}"
    return _record(key, clean(row["VendorName"]), clean(row["VendorStatus"]) != "I", attributes)


def _division(row: Row) -> dict[str, Any]:
    return _record(_code(row["APDivisionNo"]), clean(row["APDivisionDesc"]), True, {})


def _account(row: Row) -> dict[str, Any]:
    attributes = _texts(
        row, account="Account", type="AccountType", category="AccountCategory", main_account="MainAccountCode"
    )
    return _record(_code(row["AccountKey"]), clean(row["AccountDesc"]), clean(row["Status"]) == "A", attributes)


def _item(row: Row) -> dict[str, Any]:
    attributes = _texts(
        row,
        type="ItemType", standard_unit="StandardUnitOfMeasure", purchase_unit="PurchaseUnitOfMeasure",
        default_warehouse="DefaultWarehouseCode", purchase_account_key="PurchaseAcctKey", tax_class="TaxClass",
        purchases_tax_class="PurchasesTaxClass",
    )  # fmt: skip
    attributes["standard_cost"] = _quantity(row["StandardUnitCost"])
    return _record(_code(row["ItemCode"]), clean(row["ItemCodeDesc"]), not _flag(row["InactiveItem"]), attributes)


def _unit(row: Row) -> dict[str, Any]:
    return _record(_code(row["UnitOfMeasure"]), clean(row["UnitOfMeasureDesc"]), True, {})


def _warehouse(row: Row) -> dict[str, Any]:
    status = clean(row["WarehouseStatus"])
    return _record(
        _code(row["WarehouseCode"]), clean(row["WarehouseDesc"]), status != "I", {"restricted": status == "R"}
    )


def _bank(row: Row) -> dict[str, Any]:
    digits = "".join(each for each in clean(row["BankAccountNo"]) if each.isdigit())
    attributes = {
        "cash_account_key": clean(row["CashAccountKey"]),
        "account_last_four": digits[-4:] if len(digits) > 4 else "",
    }
    return _record(_code(row["BankCode"]), clean(row["BankDesc"]), True, attributes)


_LISTS: dict[str, tuple[str, Callable[[Row], dict[str, Any]]]] = {
    "vendor": ("AP_Vendor", _vendor),
    "division": ("AP_Division", _division),
    "gl_account": ("GL_Account", _account),
    "item": ("CI_Item", _item),
    "unit_measure": ("CI_UnitOfMeasure", _unit),
    "warehouse": ("IM_Warehouse", _warehouse),
    "bank_account": ("GL_Bank", _bank),
}


def _read_list(
    database: sqlite3.Connection, sage: Sage, name: str, table: str, make: Callable[[Row], dict[str, Any]]
) -> None:
    for row in database.execute(f"SELECT * FROM {table}"):
        try:
            record = make(row)
        except _UnreadableError:
            # With a code that can be a key it is known which record is unreadable; without one it is none at all.
            if name == "item" and _is_code(row["ItemCode"]):
                sage.set_aside.add((name, clean(row["ItemCode"])))
            continue
        sage.records[name, record["key"]] = record
        if "DateUpdated" in row.keys():  # noqa: SIM118  # a row's own iterator gives its values
            sage.changed_on[name, record["key"]] = day(row["DateUpdated"])


def _read_taxes(database: sqlite3.Connection, sage: Sage) -> None:
    classes = {clean(code): clean(name) for code, name in database.execute("SELECT * FROM SY_SalesTaxClass")}
    codes: dict[str, dict[str, Any] | None] = {
        clean(row["TaxCode"]): {"code": clean(row["TaxCode"]), "description": clean(row["TaxCodeDesc"]), "classes": []}
        for row in database.execute("SELECT * FROM SY_SalesTaxCode")
    }
    for row in database.execute("SELECT * FROM SY_SalesTaxCodeDetail ORDER BY TaxCode, TaxClass"):
        code = codes.get(clean(row["TaxCode"]))
        if code is None:
            continue
        try:
            code["classes"].append(
                {
                    "tax_class": clean(row["TaxClass"]),
                    "description": classes.get(clean(row["TaxClass"]), ""),
                    "taxable": _flag(row["PurchasesTaxable"]),
                    "rate": _quantity(row["TaxRate"]),
                    "non_recoverable_percent": _number(row["NonRecoverablePercent"], "0.001"),
                }
            )
        except _UnreadableError:
            codes[clean(row["TaxCode"])] = None
    members: defaultdict[str, list[str]] = defaultdict(list)
    for row in database.execute("SELECT * FROM SY_SalesTaxScheduleDetail ORDER BY TaxSchedule, ScheduleSeqNo"):
        members[clean(row["TaxSchedule"])].append(clean(row["TaxCode"]))
    for row in database.execute("SELECT * FROM SY_SalesTaxSchedule"):
        key = _code(row["TaxSchedule"])
        carried = [codes[code] for code in members[key] if code in codes]
        if None in carried:
            sage.set_aside.add(("tax", key))
        else:
            sage.records["tax", key] = _record(key, clean(row["TaxScheduleDesc"]), True, {"codes": carried})


def _read_orders(database: sqlite3.Connection, sage: Sage) -> None:
    lines = _grouped(database, "SELECT * FROM PO_PurchaseOrderDetail", 1)
    receipts = _grouped(database, "SELECT * FROM PO_ReceiptHistoryHeader WHERE ReceiptType = 'G'", 1)
    quantities = _grouped(database, "SELECT * FROM PO_ReceiptHistoryDetail WHERE ReceiptType = 'G'", 4)
    for row in database.execute("SELECT * FROM PO_PurchaseOrderHeader"):
        number = _code(row["PurchaseOrderNo"])
        if row["OrderType"] not in ("S", "D") or row["OrderStatus"] not in _STATES:
            sage.set_aside.add((ORDERS, number))
            continue
        try:
            record = _order(number, row, lines[(number,)], receipts[(number,)], quantities)
        except _UnreadableError:
            sage.set_aside.add((ORDERS, number))
            continue
        sage.records[ORDERS, number] = record
        sage.changed_on[ORDERS, number] = day(row["DateUpdated"])


def _grouped(database: sqlite3.Connection, sql: str, width: int) -> defaultdict[tuple[str, ...], list[Row]]:
    grouped: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in database.execute(sql):
        grouped[tuple(part.rstrip(" ") for part in tuple(row)[:width])].append(row)
    return grouped


def _order(
    number: str,
    row: Row,
    lines: list[Row],
    receipts: list[Row],
    quantities: defaultdict[tuple[str, ...], list[Row]],
) -> dict[str, Any]:
    made = _texts(
        row,
        division="APDivisionNo", vendor_number="VendorNo", vendor_name="PurchaseName", terms="TermsCode",
        warehouse="WarehouseCode", tax_schedule="TaxSchedule", comment="Comment", order_type="OrderType",
        sage_status="OrderStatus",
    )  # fmt: skip
    made |= {
        "number": number,
        "state": _STATES[row["OrderStatus"]],
        "order_date": _day_text(row["PurchaseOrderDate"]),
        "required_date": _day_text(row["RequiredExpireDate"]),
        "freight": _money(row["FreightAmt"]),
        "sales_tax": _money(row["SalesTaxAmt"]),
    }
    made["lines"] = sorted(map(_order_line, lines), key=lambda line: (line["sequence"], line["line_key"]))
    made["receipts"] = sorted(
        (
            {
                "number": clean(each["ReceiptNo"]),
                "sequence": clean(each["HeaderSeqNo"]),
                "received_on": _day_text(each["ReceiptDate"]),
                "lines": [
                    {"line_key": clean(line["LineKey"]), "quantity": _quantity(line["QuantityReceived"])}
                    for line in quantities[tuple(part.rstrip(" ") for part in tuple(each)[:4])]
                ],
            }
            for each in receipts
        ),
        key=lambda each: (each["received_on"] or "", each["number"], each["sequence"]),
    )
    return made


def _order_line(row: Row) -> dict[str, Any]:
    made = _texts(
        row,
        line_key="LineKey", sequence="LineSeqNo", item_code="ItemCode", item_type="ItemType",
        description="ItemCodeDesc", unit="UnitOfMeasure", warehouse="WarehouseCode", account_key="PurchasesAcctKey",
        comment="CommentText",
    )  # fmt: skip
    return made | {
        "ordered": _quantity(row["QuantityOrdered"]),
        "received": _quantity(row["QuantityReceived"]),
        "invoiced": _quantity(row["QuantityInvoiced"]),
        "backordered": _quantity(row["QuantityBackordered"]),
        "unit_cost": _quantity(row["UnitCost"]),
        "extension": _money(row["ExtensionAmt"]),
        "note": "",
    }


def _day_text(raw: Any) -> str | None:
    found = day(raw)
    return found and found.isoformat()


def _vanished(name: str, had: dict[str, Any]) -> dict[str, Any]:
    """Return what becomes of a record that Sage does not have any more."""
    if name == ORDERS:
        return {**had, "state": "cancelled"} if had["state"] == "open" else had
    if not had["active"]:
        return had
    # Nobody knows Sage's account key: with its attributes an account loses its number, so the number goes in front.
    account = had["attributes"].get("account") if name == "gl_account" else None
    description = f"{account} {had['description']}" if account else had["description"]
    return {**had, "description": description, "active": False, "attributes": {"deleted_in_sage": True}}


def _with_lost_lines(order: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    there = {line["line_key"] for line in order["lines"]}
    nothing = dict.fromkeys(("ordered", "received", "invoiced", "backordered"), "0.000000")
    lost = [
        {**line, **nothing, "extension": "0.00", "note": "Deleted in Sage"}
        for line in before["lines"]
        if line["line_key"] not in there
    ]
    return {**order, "lines": [*order["lines"], *lost]}


def _bring_payments(
    database: sqlite3.Connection, made: Expected, before: Cloud, exported: Invoices, *, with_voids: bool
) -> None:
    details = _grouped(
        database,
        "SELECT * FROM AP_CheckHistoryDetail ORDER BY BankCode, CheckNo, CheckSeqNo, InvoiceNo, InvoiceSeqNo",
        3,
    )
    rows = database.execute("SELECT * FROM AP_CheckHistoryHeader ORDER BY BankCode, CheckNo, CheckSeqNo")
    for _, check in groupby(rows, key=lambda row: (row["BankCode"], row["CheckNo"])):
        wanted = [row for row in check if with_voids or row["CheckType"] not in _CANCELLING]
        for record in _of_one_check(wanted, details, before):
            _judge(made, record, exported)


def _of_one_check(
    check: list[Row], details: defaultdict[tuple[str, ...], list[Row]], before: Cloud
) -> Iterator[dict[str, Any]]:
    """Yield what of one check is offered; a check that was undone before the cloud had it is not."""
    offered: list[dict[str, Any]] = []
    payment: dict[str, Any] | None = None
    for row in check:
        try:
            record = _payment(row, details)
        except _UnreadableError:
            record = None
        if row["CheckType"] in _CANCELLING:
            if payment is not None and record is not None:
                offered.append({**record, "cancels": payment["key"]})
        else:
            readable = record is not None and row["CheckType"] in ("A", "C", "M") and Decimal(record["amount"]) != 0
            payment = record if readable else None
            if payment is not None:
                offered.append(payment)
    undone = {each["cancels"] for each in offered if each["cancels"]}
    undone -= {key for name, key in before if name == PAYMENTS}
    return (each for each in offered if each["key"] not in undone and each["cancels"] not in undone)


def _payment(row: Row, details: defaultdict[tuple[str, ...], list[Row]]) -> dict[str, Any]:
    parts = tuple(row[:3])
    made = _texts(
        row, bank_code="BankCode", check_number="CheckNo", check_type="CheckType", division="APDivisionNo",
        vendor_number="VendorNo", vendor_name="VendorName",
    )  # fmt: skip
    return made | {
        "key": "-".join(map(_code, parts)),
        "kind": "ERPBeanPayment" if row["BankCode"] == WORKFLOW_BANK else "IMPPayment",
        "payment_date": _day_text(row["CheckDate"]),
        "amount": _money(row["CheckAmt"]),
        "cancels": "",
        "lines": [
            {
                "invoice_number": clean(line["InvoiceNo"]),
                "amount": _money(line["AmountPaid"]),
                "discount": _money(line["DiscountAmt"]),
            }
            for line in details[tuple(part.rstrip(" ") for part in parts)]
            if not (clean(line["InvoiceNo"]).startswith("CK") and clean(line["InvoiceNo"])[2:].isdigit())
        ],
    }


def _judge(made: Expected, record: dict[str, Any], exported: Invoices) -> None:
    """Put into `made` what the cloud takes of one offered payment."""
    key = (PAYMENTS, record["key"])
    had = made.cloud.get(key, {"cancelled_by": ""})
    if record["cancels"]:
        cancelled = made.cloud.get((PAYMENTS, record["cancels"]))
        if cancelled is None or cancelled["cancelled_by"] not in ("", record["key"]):
            made.retried.add(key)
            return
        numbers = {line["invoice_number"] for line in cancelled["lines"]}
        made.cloud[key] = {**_only(record, lambda line: line["invoice_number"] in numbers), **_kept(had)}
        made.cloud[PAYMENTS, record["cancels"]] = {**cancelled, "cancelled_by": record["key"]}
        return
    vendor = (record["division"], record["vendor_number"])
    if record["kind"] == "IMPPayment":
        record = _only(record, lambda line: (*vendor, line["invoice_number"]) in exported)
        if record["lines"]:
            made.cloud[key] = {**record, **_kept(had)}
    elif record["lines"] and all((*vendor, line["invoice_number"]) in exported for line in record["lines"]):
        made.cloud[key] = {**record, **_kept(had)}
    else:
        made.retried.add(key)


def _kept(had: dict[str, Any]) -> dict[str, Any]:
    return {"cancelled_by": had["cancelled_by"]}


def _only(record: dict[str, Any], wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    lines = [line for line in record["lines"] if wanted(line)]
    amount = sum((Decimal(line["amount"]) for line in lines), Decimal("0.00"))
    return {**record, "lines": lines, "amount": format(amount, "f")}
