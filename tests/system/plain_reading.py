"""What should be in Quadient AP, read from the company's file by plain SQL and the written rules alone.

Nothing of the product is imported: the joins, the cleaning and the rules are this module's own, so that a mistake in
AP Bridge's readers cannot hide in the comparison.
"""

import re
import sqlite3
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import requests

Record = dict[str, Any]
Records = dict[str, Record]

LISTS = (
    "bank_account", "division", "gl_account", "item", "separate_cheque", "tax", "unit_measure", "vendor", "warehouse",
)  # fmt: skip
OPEN = "NOBC"
WORKFLOW_BANKS = ("P",)
LEDGER_LINE = re.compile(r"CK[0-9]{8}")
NO_QUANTITY = "0.000000"
# Where Windows-1252 has printable characters and Latin-1 has none.
CURLY = str.maketrans({"\x91": "‘", "\x92": "’", "\x93": "“", "\x94": "”", "\x80": "€", "\x96": "–", "\x97": "—"})


@dataclass
class Cloud:
    """What Quadient AP holds: lists by name, orders by number, imported payments by key."""

    lists: dict[str, Records] = field(default_factory=lambda: {name: {} for name in LISTS})
    orders: Records = field(default_factory=dict)
    payments: Records = field(default_factory=dict)


class UnreadableError(Exception):
    """A record that cannot go as it stands."""


def read_cloud(world: Mapping[str, Any]) -> Cloud:
    """Ask the AP server for all it holds, through the interface that it offers everybody."""
    place = world["quadient_ap"]
    with requests.Session() as session:
        told = {"client_id": place["client_id"], "client_secret": place["client_secret"]}
        answer = session.post(f"{place['url']}/v1/sign-in", json=told, timeout=10)
        answer.raise_for_status()
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        entity = f"{place['url']}/v1/legal-entities/{place['legal_entity']}"

        def all_of(path: str, key: str) -> Records:
            found: Records = {}
            following: str | None = None
            while True:
                query = {"limit": "1000"} | ({"cursor": following} if following else {})
                page = session.get(f"{entity}/{path}", params=query, timeout=30)
                page.raise_for_status()
                for item in page.json()["items"]:
                    assert item[key] not in found
                    found[item[key]] = item
                following = page.json()["next"]
                if following is None:
                    return found

        return Cloud(
            {name: all_of(f"lists/{name}/items", "key") for name in LISTS},
            all_of("purchase-orders", "number"),
            all_of("imported-payments", "key"),
        )


def exported_invoices(world: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """Return (division, vendor, number) of the invoices that are Exported in Quadient AP."""
    answer = requests.get(f"{world['quadient_ap']['admin_url']}documents?kind=invoices&status=EX", timeout=30)
    answer.raise_for_status()
    documents = [each["document"] for each in answer.json()["items"]]
    return {(each["division"], each["vendor_number"], each["number"]) for each in documents}


def should_be_there(world: Mapping[str, Any], before: Cloud | None = None) -> "Reading":
    """Read what a sync must leave in Quadient AP, when it held `before`."""
    with closing(sqlite3.connect(f"file:{world['sage']['file']}?mode=ro", uri=True)) as company:
        company.row_factory = sqlite3.Row
        reading = Reading(company, exported_invoices(world), before or Cloud())
        reading.read()
        return reading


class Reading:
    """One reading of the company; `cloud` is what should be there, `seen` counts the special cases it met."""

    def __init__(self, company: sqlite3.Connection, exported: set[tuple[str, str, str]], before: Cloud) -> None:
        self._company = company
        self._exported = exported
        self._before = before
        self.cloud = Cloud()
        self.seen: Counter[str] = Counter()
        self.unreadable: list[str] = []

    def read(self) -> None:
        for name in LISTS:
            there = {item["key"]: item for item in getattr(self, f"_{name}")()}
            for key, item in self._before.lists[name].items():
                if key not in there:
                    self.seen["deleted list record"] += 1
                    there[key] = item | {"active": False, "attributes": {"deleted_in_sage": True}}
            self.cloud.lists[name] = there
        self._orders()
        self._payments()

    def _rows(self, sql: str, *values: object) -> Iterator[sqlite3.Row]:
        yield from self._company.execute(sql, values)

    # Values

    def _text(self, raw: object) -> str:
        text = "" if raw is None else str(raw)
        if text != text.rstrip(" "):
            self.seen["padded text"] += 1
        spelled = []
        for character in unicodedata.normalize("NFC", text.translate(CURLY)):
            category = unicodedata.category(character)
            if character in "\t\n\v\f\r\x85\xa0\u2028\u2029":
                spelled.append(" ")
                self.seen["line break or tab"] += 1
            elif category[0] == "C" or (category[0] == "Z" and character != " "):
                self.seen["unprintable character"] += 1
            else:
                spelled.append(character)
        cleaned = "".join(spelled).strip(" ")
        if cleaned != text.strip(" ") and "’" in cleaned:
            self.seen["odd byte"] += 1
        return cleaned

    def _code(self, raw: object) -> str:
        text = "" if raw is None else str(raw)
        cleaned = self._text(raw)
        if not cleaned:
            self.seen["blank code"] += 1
            raise UnreadableError(text)
        if cleaned != text.rstrip(" "):
            self.seen["odd code"] += 1
            raise UnreadableError(text)
        return cleaned

    def _day(self, raw: object) -> str | None:
        text = "" if raw is None else str(raw)
        if not text:
            self.seen["blank date"] += 1
            return None
        if text == "1753-01-01":
            self.seen["1753 date"] += 1
            return None
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            self.seen["impossible date"] += 1
            return None

    def _number(self, raw: object, places: str) -> str:
        if isinstance(raw, str):
            self.seen["unreadable number"] += 1
            raise UnreadableError(raw)
        return str(Decimal(str(raw)).quantize(Decimal(places)))

    def _money(self, raw: object) -> str:
        return self._number(raw, "0.01")

    def _quantity(self, raw: object) -> str:
        return self._number(raw, "0.000001")

    # Lists

    def _plain_list(self, table: str, code: str, description: str, further: str = "") -> Iterator[tuple[Any, Record]]:
        for row in self._rows(f"SELECT {code}, {description} {further} FROM {table}"):
            try:
                key = self._code(row[code])
            except UnreadableError:
                self.unreadable.append(table)
                continue
            yield row, {"key": key, "description": self._text(row[description]), "active": True, "attributes": {}}

    def _division(self) -> Iterator[Record]:
        for _, item in self._plain_list("AP_Division", "APDivisionNo", "APDivisionDesc"):
            yield item

    def _unit_measure(self) -> Iterator[Record]:
        for _, item in self._plain_list("CI_UnitOfMeasure", "UnitOfMeasure", "UnitOfMeasureDesc"):
            yield item

    def _separate_cheque(self) -> Iterator[Record]:
        for key, description in (("Y", "Yes"), ("N", "No")):
            yield {"key": key, "description": description, "active": True, "attributes": {}}

    def _warehouse(self) -> Iterator[Record]:
        for row, item in self._plain_list("IM_Warehouse", "WarehouseCode", "WarehouseDesc", ", WarehouseStatus"):
            status = row["WarehouseStatus"].strip()
            self.seen[f"warehouse of status “{status}”"] += 1
            yield item | {"active": status != "I", "attributes": {"restricted": status == "R"}}

    def _gl_account(self) -> Iterator[Record]:
        further = ", Account, Status, AccountType, AccountCategory, MainAccountCode"
        for row, item in self._plain_list("GL_Account", "AccountKey", "AccountDesc", further):
            self.seen[f"account of status {row['Status']}"] += 1
            attributes = {
                "account": self._text(row["Account"]),
                "type": self._text(row["AccountType"]),
                "category": self._text(row["AccountCategory"]),
                "main_account": self._text(row["MainAccountCode"]),
            }
            yield item | {"active": row["Status"] == "A", "attributes": attributes}

    def _bank_account(self) -> Iterator[Record]:
        for row, item in self._plain_list("GL_Bank", "BankCode", "BankDesc", ", CashAccountKey, BankAccountNo"):
            digits = re.sub("[^0-9]", "", row["BankAccountNo"])
            yield item | {
                "attributes": {
                    "cash_account_key": self._text(row["CashAccountKey"]),
                    "account_last_four": digits[-4:] if len(digits) > 4 else "",
                }
            }

    def _item(self) -> Iterator[Record]:
        names = {
            "type": "ItemType",
            "standard_unit": "StandardUnitOfMeasure",
            "purchase_unit": "PurchaseUnitOfMeasure",
            "default_warehouse": "DefaultWarehouseCode",
            "purchase_account_key": "PurchaseAcctKey",
            "tax_class": "TaxClass",
            "purchases_tax_class": "PurchasesTaxClass",
        }
        further = f", InactiveItem, StandardUnitCost, {', '.join(names.values())}"
        for row, item in self._plain_list("CI_Item", "ItemCode", "ItemCodeDesc", further):
            self.seen[f"item, inactive {row['InactiveItem']}"] += 1
            attributes = {name: self._text(row[column]) for name, column in names.items()}
            try:
                attributes["standard_cost"] = self._quantity(row["StandardUnitCost"])
            except UnreadableError:
                self.unreadable.append("CI_Item")
                continue
            yield item | {"active": row["InactiveItem"] != "Y", "attributes": attributes}

    def _vendor(self) -> Iterator[Record]:
        names = {
            "status": "VendorStatus",
            "address_line_1": "AddressLine1",
            "address_line_2": "AddressLine2",
            "address_line_3": "AddressLine3",
            "city": "City",
            "state": "State",
            "zip_code": "ZipCode",
            "country": "CountryCode",
            "email": "EmailAddress",
            "phone": "TelephoneNo",
            "terms": "TermsCode",
            "account_key": "AccountKey",
            "tax_schedule": "TaxSchedule",
        }
        flags = {
            "separate_cheque": "SeparateCheck",
            "hold": "HoldPayment",
            "uses_receipt_of_invoice": "UsePOReceiptOfInvForVendor",
        }
        for row in self._rows("SELECT * FROM AP_Vendor"):
            try:
                division, number = self._code(row["APDivisionNo"]), self._code(row["VendorNo"])
            except UnreadableError:
                self.unreadable.append("AP_Vendor")
                continue
            self.seen[f"vendor of status {row['VendorStatus']}"] += 1
            attributes: Record = {"division": division, "vendor_number": number, "address_kind": "standard"}
            attributes |= {name: self._text(row[column]) for name, column in names.items()}
            for name, column in flags.items():
                attributes[name] = row[column] == "Y"
                self.seen[f"vendor with {name}"] += attributes[name]
            yield {
                "key": f"{division}-{number}",
                "description": self._text(row["VendorName"]),
                "active": row["VendorStatus"] != "I",
                "attributes": attributes,
            }

    def _tax(self) -> Iterator[Record]:
        rates = """
            SELECT s.TaxSchedule, s.TaxScheduleDesc, c.TaxCode, c.TaxCodeDesc, d.TaxClass, k.TaxClassDesc,
                   d.PurchasesTaxable, d.TaxRate, d.NonRecoverablePercent
            FROM SY_SalesTaxSchedule s
            LEFT JOIN SY_SalesTaxScheduleDetail m ON m.TaxSchedule = s.TaxSchedule
            LEFT JOIN SY_SalesTaxCode c ON c.TaxCode = m.TaxCode
            LEFT JOIN SY_SalesTaxCodeDetail d ON d.TaxCode = c.TaxCode
            LEFT JOIN SY_SalesTaxClass k ON k.TaxClass = d.TaxClass
            ORDER BY s.TaxSchedule, m.ScheduleSeqNo, d.TaxClass
        """
        schedules: Records = {}
        for row in self._rows(rates):
            schedule = schedules.setdefault(
                row["TaxSchedule"],
                {
                    "key": self._code(row["TaxSchedule"]),
                    "description": self._text(row["TaxScheduleDesc"]),
                    "active": True,
                    "attributes": {"codes": []},
                },
            )
            if row["TaxCode"] is None:
                continue
            codes = schedule["attributes"]["codes"]
            if not codes or codes[-1]["code"] != row["TaxCode"]:
                codes.append({"code": row["TaxCode"], "description": self._text(row["TaxCodeDesc"]), "classes": []})
            self.seen["tax rate"] += 1
            codes[-1]["classes"].append(
                {
                    "tax_class": row["TaxClass"],
                    "description": self._text(row["TaxClassDesc"]),
                    "taxable": row["PurchasesTaxable"] == "Y",
                    "rate": self._quantity(row["TaxRate"]),
                    "non_recoverable_percent": self._number(row["NonRecoverablePercent"], "0.001"),
                }
            )
        yield from schedules.values()

    # Purchase orders

    def _orders(self) -> None:
        lines: defaultdict[str, list[sqlite3.Row]] = defaultdict(list)
        for row in self._rows("SELECT * FROM PO_PurchaseOrderDetail ORDER BY PurchaseOrderNo, LineSeqNo, LineKey"):
            lines[row["PurchaseOrderNo"]].append(row)
        receipts = self._receipts()
        there = set()
        for row in self._rows("SELECT * FROM PO_PurchaseOrderHeader"):
            number, kind, status = row["PurchaseOrderNo"], row["OrderType"], row["OrderStatus"]
            there.add(number)
            before = self._before.orders.get(number)
            if kind not in ("S", "D"):
                self.seen[f"order type {kind} left out"] += 1
                continue
            if status not in OPEN + "XZ":
                self.seen["unknown order status left out"] += 1
                continue
            if status not in OPEN and before is None:
                self.seen[f"closed order of status {status} left out"] += 1
                continue
            self.seen[f"order of type {kind}"] += 1
            self.seen[f"order of status {status}"] += 1
            try:
                order = self._order(row, lines[number], receipts[number])
            except UnreadableError:
                self.unreadable.append(f"PO_PurchaseOrder {number}")
                if before is not None:
                    self.cloud.orders[number] = before
                continue
            self.cloud.orders[number] = self._with_lost_lines(order, before)
        for number, order in self._before.orders.items():
            if number not in there:
                self.seen["deleted order"] += 1
                self.cloud.orders[number] = order | {"state": "cancelled"}

    def _order(self, row: sqlite3.Row, lines: list[sqlite3.Row], receipts: list[Record]) -> Record:
        status = row["OrderStatus"]
        return {
            "number": self._code(row["PurchaseOrderNo"]),
            "order_type": row["OrderType"],
            "state": {"X": "complete", "Z": "cancelled"}.get(status, "open"),
            "sage_status": status,
            "order_date": self._day(row["PurchaseOrderDate"]),
            "required_date": self._day(row["RequiredExpireDate"]),
            "division": self._text(row["APDivisionNo"]),
            "vendor_number": self._text(row["VendorNo"]),
            "vendor_name": self._text(row["PurchaseName"]),
            "terms": self._text(row["TermsCode"]),
            "warehouse": self._text(row["WarehouseCode"]),
            "tax_schedule": self._text(row["TaxSchedule"]),
            "comment": self._text(row["Comment"]),
            "freight": self._money(row["FreightAmt"]),
            "sales_tax": self._money(row["SalesTaxAmt"]),
            "lines": [self._line(line) for line in lines],
            "receipts": receipts,
        }

    def _line(self, row: sqlite3.Row) -> Record:
        self.seen[f"order line of type {row['ItemType']}"] += 1
        self.seen["back-ordered line"] += row["QuantityBackordered"] != 0
        return {
            "line_key": self._text(row["LineKey"]),
            "sequence": self._text(row["LineSeqNo"]),
            "item_code": self._text(row["ItemCode"]),
            "item_type": self._text(row["ItemType"]),
            "description": self._text(row["ItemCodeDesc"]),
            "unit": self._text(row["UnitOfMeasure"]),
            "warehouse": self._text(row["WarehouseCode"]),
            "account_key": self._text(row["PurchasesAcctKey"]),
            "ordered": self._quantity(row["QuantityOrdered"]),
            "received": self._quantity(row["QuantityReceived"]),
            "invoiced": self._quantity(row["QuantityInvoiced"]),
            "backordered": self._quantity(row["QuantityBackordered"]),
            "unit_cost": self._quantity(row["UnitCost"]),
            "extension": self._money(row["ExtensionAmt"]),
            "comment": self._text(row["CommentText"]),
            "note": "",
        }

    def _receipts(self) -> defaultdict[str, list[Record]]:
        joined = """
            SELECT h.PurchaseOrderNo, h.ReceiptType, h.ReceiptNo, h.HeaderSeqNo, h.ReceiptDate, d.LineKey,
                   d.QuantityReceived
            FROM PO_ReceiptHistoryHeader h
            LEFT JOIN PO_ReceiptHistoryDetail d
                ON d.PurchaseOrderNo = h.PurchaseOrderNo AND d.ReceiptType = h.ReceiptType
                AND d.ReceiptNo = h.ReceiptNo AND d.HeaderSeqNo = h.HeaderSeqNo
            ORDER BY h.ReceiptDate, h.ReceiptNo, h.HeaderSeqNo, d.LineKey
        """
        receipts: defaultdict[str, list[Record]] = defaultdict(list)
        for row in self._rows(joined):
            if row["ReceiptType"] != "G":
                self.seen["receipt that is not of goods left out"] += 1
                continue
            of_order = receipts[row["PurchaseOrderNo"]]
            this = (row["ReceiptNo"], row["HeaderSeqNo"])
            if not of_order or (of_order[-1]["number"], of_order[-1]["sequence"]) != this:
                self.seen["second receipt of an order" if of_order else "first receipt of an order"] += 1
                received_on = self._day(row["ReceiptDate"])
                of_order.append({"number": this[0], "sequence": this[1], "received_on": received_on, "lines": []})
            if row["LineKey"] is not None:
                quantity = self._quantity(row["QuantityReceived"])
                of_order[-1]["lines"].append({"line_key": row["LineKey"], "quantity": quantity})
        return receipts

    def _with_lost_lines(self, order: Record, before: Record | None) -> Record:
        kept = {line["line_key"] for line in order["lines"]}
        for line in before["lines"] if before else []:
            if line["line_key"] not in kept:
                self.seen["deleted order line"] += 1
                none = dict.fromkeys(("ordered", "received", "invoiced", "backordered"), NO_QUANTITY)
                order["lines"].append(line | none | {"extension": "0.00", "note": "Deleted in Sage"})
        return order

    # Payments

    def _payments(self) -> None:
        lines: defaultdict[tuple[str, ...], list[sqlite3.Row]] = defaultdict(list)
        order = "BankCode, CheckNo, CheckSeqNo, InvoiceNo, InvoiceSeqNo"
        for row in self._rows(f"SELECT * FROM AP_CheckHistoryDetail ORDER BY {order}"):
            lines[row["BankCode"], row["CheckNo"], row["CheckSeqNo"]].append(row)
        checks: defaultdict[tuple[str, str], list[sqlite3.Row]] = defaultdict(list)
        for row in self._rows("SELECT * FROM AP_CheckHistoryHeader ORDER BY BankCode, CheckNo, CheckSeqNo"):
            checks[row["BankCode"], row["CheckNo"]].append(row)
        for check in checks.values():
            self._check(check, lines)
        # Sage's purge of old checks takes nothing from the cloud.
        self.cloud.payments = self._before.payments | self.cloud.payments

    def _check(self, check: list[sqlite3.Row], lines: Mapping[tuple[str, ...], list[sqlite3.Row]]) -> None:
        """Judge the sequences of one check number: a payment, and what may have cancelled it."""
        payment: Record | None = None
        for place, row in enumerate(check):
            kind = row["CheckType"]
            paid = lines.get((row["BankCode"], row["CheckNo"], row["CheckSeqNo"]), [])
            if kind in "VR":
                self.seen["void" if kind == "V" else "reversal"] += 1
                if payment is not None and payment["key"] in self._before.payments:
                    there = {line["invoice_number"] for line in self._before.payments[payment["key"]]["lines"]}
                    self._put(self._payment(row, paid, payment["key"]), there)
                continue
            payment = None
            if row["CheckAmt"] == 0:
                self.seen["zero check"] += 1
                continue
            payment = self._payment(row, paid, "")
            self.seen[f"check of type {kind}"] += 1
            cancelled = any(after["CheckType"] in "VR" for after in check[place + 1 : place + 2])
            if cancelled and payment["key"] not in self._before.payments:
                self.seen["undone before it went"] += 1
            elif row["BankCode"] in WORKFLOW_BANKS:
                vendor = (payment["division"], payment["vendor_number"])
                if all((*vendor, line["invoice_number"]) in self._exported for line in payment["lines"]):
                    self.seen["payment for the workflow"] += 1
                    self.cloud.payments[payment["key"]] = payment
                else:
                    self.seen["payment for the workflow that waits"] += 1
            else:
                vendor = (payment["division"], payment["vendor_number"])
                known = {number for *whose, number in self._exported if tuple(whose) == vendor}
                self.seen["line of another invoice left out"] += sum(
                    line["invoice_number"] not in known for line in payment["lines"]
                )
                self._put(payment, known)

    def _put(self, payment: Record, numbers: set[str]) -> None:
        """Keep the payment with its lines for `numbers` alone; without any it does not go."""
        lines = [line for line in payment["lines"] if line["invoice_number"] in numbers]
        if not lines and not payment["cancels"]:
            self.seen["payment of other invoices only left out"] += 1
            return
        total = sum((Decimal(line["amount"]) for line in lines), Decimal("0.00"))
        self.seen["cancellation" if payment["cancels"] else "payment for the record"] += 1
        self.cloud.payments[payment["key"]] = payment | {"lines": lines, "amount": str(total)}

    def _payment(self, row: sqlite3.Row, paid: list[sqlite3.Row], cancels: str) -> Record:
        lines = []
        for line in paid:
            number = self._text(line["InvoiceNo"])
            if LEDGER_LINE.fullmatch(number):
                self.seen["line to the ledger left out"] += 1
                continue
            amount, discount = self._money(line["AmountPaid"]), self._money(line["DiscountAmt"])
            self.seen["line with a discount"] += discount != "0.00"
            lines.append({"invoice_number": number, "amount": amount, "discount": discount})
        return {
            "key": "-".join(self._code(row[name]) for name in ("BankCode", "CheckNo", "CheckSeqNo")),
            "kind": "ERPBeanPayment" if row["BankCode"] in WORKFLOW_BANKS else "IMPPayment",
            "bank_code": row["BankCode"],
            "check_number": row["CheckNo"],
            "check_type": row["CheckType"],
            "payment_date": self._day(row["CheckDate"]),
            "division": row["APDivisionNo"],
            "vendor_number": row["VendorNo"],
            "vendor_name": self._text(row["VendorName"]),
            "amount": self._money(row["CheckAmt"]),
            "cancels": cancels,
            "lines": lines,
        }


def differences(cloud: Cloud, expected: Cloud) -> list[str]:
    """Return a sentence for each field, record and count in which Quadient AP is not as it should be."""
    found = []
    for name in LISTS:
        found += _differing(name, cloud.lists[name], expected.lists[name])
    found += _differing("order", cloud.orders, expected.orders)
    found += _differing("payment", cloud.payments, expected.payments)
    return found


def _differing(name: str, there: Records, expected: Records) -> Iterator[str]:
    for key in sorted(there.keys() - expected.keys()):
        yield f"{name} {key}: should not be there"
    for key in sorted(expected.keys() - there.keys()):
        yield f"{name} {key}: is not there"
    for key in sorted(there.keys() & expected.keys()):
        yield from (f"{name} {key}{difference}" for difference in _apart("", there[key], expected[key]))


def _apart(path: str, one: Any, other: Any) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from _apart(f"{path}.{key}", one[key], other[key])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, (each, its) in enumerate(zip(one, other, strict=True)):
            yield from _apart(f"{path}[{place}]", each, its)
    elif type(one) is not type(other) or one != other:
        yield f"{path}: is {one!r}, should be {other!r}"
