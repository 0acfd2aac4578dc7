"""The demo company's purchase orders, their receipts of goods, and the invoices already received against them."""

from dataclasses import dataclass, field
from random import Random

from app.sandbox.sage import words
from app.sandbox.sage.items import CHARGE, CHARGES, COMMENT, REGULAR, SPECIAL, item
from app.sandbox.sage.plan import STAMPS, Plan, Sink, money
from app.sandbox.sage.setup import account_key
from app.sandbox.sage.vendors import VendorParts, active_vendor

FIRST_ORDER = 10_001
# Q is an order type that no layout knows (2025 brought quotes).
_TYPES = "SSSDSSSMSSSSSDSSRSSSSXSSSSQSSS"
_STATUSES = "OBOXNOCXOBOZN"
_CLOSED_AFTER_DAYS = 200
_PURCHASES_CLEARING = "2010"

_HEADER = (
    "PurchaseOrderNo PurchaseOrderDate OrderType RequiredExpireDate APDivisionNo VendorNo PurchaseName "
    "PurchaseAddress1 PurchaseCity PurchaseState PurchaseZipCode PurchaseCountryCode ShipToCode ShipToName "
    "ShipToCity ShipToState OrderStatus UseTax PrintPurchaseOrders OnHold CompletionDate ShipVia FOB WarehouseCode "
    "ConfirmTo Comment TermsCode LastInvoiceNo LastReceiptDate LastReceiptNo TaxSchedule NonTaxableAmt SalesTaxAmt "
    f"FreightAmt InvoicedAmt ReceivedAmt RequisitorName {STAMPS} UDF_PROJECT"
)
_DETAIL = (
    "PurchaseOrderNo LineKey LineSeqNo ItemCode ItemType ItemCodeDesc UseTax RequiredDate PurchasesAcctKey Valuation "
    "UnitOfMeasure WarehouseCode ProductLine TaxClass CommentText QuantityOrdered QuantityReceived "
    "QuantityBackordered QuantityInvoiced UnitCost OriginalUnitCost ExtensionAmt ReceivedAmt InvoicedAmt "
    "UnitOfMeasureConvFactor"
)
_RECEIPT = (
    "PurchaseOrderNo ReceiptType ReceiptNo HeaderSeqNo APDivisionNo VendorNo PurchaseName PurchaseOrderDate "
    f"ReceiptDate InvoiceNo InvoiceDate ReceiptAmt InvoiceAmt TransactionDate {STAMPS}"
)
_RECEIPT_LINE = (
    "PurchaseOrderNo ReceiptType ReceiptNo HeaderSeqNo LineKey ItemCode ItemCodeDesc WarehouseCode QuantityReceived "
    "UnitCost ExtensionAmt"
)
_BILL = (
    "InvoiceNo HeaderSeqNo ModuleCode InvoiceType APDivisionNo VendorNo InvoiceDate InvoiceDueDate "
    f"InvoiceDiscountDate TransactionDate TermsCode Comment PurchaseOrderNo ReceiptNo InvoiceAmt {STAMPS}"
)
_BILL_LINE = (
    "InvoiceNo HeaderSeqNo DetailSeqNo AccountKey ItemCode ItemCodeDesc WarehouseCode QuantityOrdered "
    "QuantityReceived QuantityInvoiced UnitCost ExtensionAmt"
)


@dataclass(slots=True)
class _Line:
    """One order line; quantities in whole units, cost in ten-thousandths of a dollar, extension in cents."""

    key: str
    code: str
    kind: str
    description: str
    unit: str
    account: str
    ordered: int = 0
    received: int = 0
    invoiced: int = 0
    cost: int = 0
    charge: int = 0

    def worth(self, quantity: int) -> int:
        return (quantity * self.cost + 50) // 100


@dataclass(slots=True)
class _Order:
    number: str
    ago: int
    kind: str
    status: str
    vendor: VendorParts
    warehouse: str
    lines: list[_Line] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)


def write_orders(sink: Sink, plan: Plan) -> None:
    """Write PO_PurchaseOrder* and PO_ReceiptHistory*, and the posted invoices of received orders."""
    sink.open("PO_PurchaseOrderHeader", _HEADER)
    sink.open("PO_PurchaseOrderDetail", _DETAIL)
    sink.open("PO_ReceiptHistoryHeader", _RECEIPT)
    sink.open("PO_ReceiptHistoryDetail", _RECEIPT_LINE)
    sink.open("AP_InvoiceHistoryHeader", _BILL)
    sink.open("AP_InvoiceHistoryDetail", _BILL_LINE)
    random = plan.random("orders")
    receipt_number = 1
    for number in range(plan.counts.orders):
        order = _order(plan, random, number)
        receipts = _receipts_due(order, number)
        order.receipts = [f"{receipt_number + each:06d}" for each in range(receipts)]
        receipt_number += receipts
        _write_order(sink, plan, random, order, number)
        _write_receipts(sink, plan, random, order)
        if any(line.invoiced for line in order.lines):
            _write_invoiced(sink, plan, random, order)
    sink.close()
    # Truly bad: a line whose quantity somebody's import typed with a letter O.
    last = f"{FIRST_ORDER + plan.counts.orders - 1:07d}"
    sink.fill(
        "PO_PurchaseOrderDetail",
        "PurchaseOrderNo LineKey LineSeqNo ItemCode ItemType ItemCodeDesc PurchasesAcctKey UnitOfMeasure "
        "QuantityOrdered UnitCost ExtensionAmt",
        [(last, "000099", f"{99:014d}", "*SPECIAL", SPECIAL, "Imported by hand", account_key("5000"), "EA",
          "1O", "4.25", "42.50")],
    )  # fmt: skip


def _order(plan: Plan, random: Random, number: int) -> _Order:
    ago = plan.spread(number, plan.counts.orders)
    status = _STATUSES[number % len(_STATUSES)]
    if ago > _CLOSED_AFTER_DAYS and status != "Z":
        status = "X"
    order = _Order(
        f"{FIRST_ORDER + number:07d}",
        ago,
        _TYPES[number % len(_TYPES)],
        status,
        active_vendor(number * 7, plan.counts.vendors, goods=True),
        words.WAREHOUSES[number % 3][0],
    )
    for place in range(1, 3 + number % 6):
        order.lines.append(_goods(plan, random, order, f"{place:06d}"))
    key = len(order.lines) + 1
    if number % 2 == 0:
        code, kind, name, main = CHARGES[number // 2 % len(CHARGES)]
        order.lines.append(_extra(random, f"{key:06d}", code, kind, name, main))
        key += 1
    if number % 6 == 1:
        order.lines.append(_extra(random, f"{key:06d}", "/C", COMMENT, "Call before delivery", ""))
    return order


def _goods(plan: Plan, random: Random, order: _Order, key: str) -> _Line:
    part = item(random.randrange(plan.counts.items))
    line = _Line(key, part.code, REGULAR, part.description, part.unit, part.inventory, cost=part.cost)
    line.ordered = random.choice((6, 10, 12, 20, 24, 25, 40, 48, 50, 100, 120, 200))
    if part.cost > 1_000_000:
        line.ordered = random.randrange(1, 5)
    if order.kind == "D":
        line.invoiced = line.ordered if order.status == "X" else 0
    elif order.status in "OBX":
        whole = order.status == "X" or (order.status == "O" and random.random() < 0.5)
        line.received = line.ordered if whole else line.ordered * 3 // 5
        line.invoiced = line.received if order.status == "X" or random.random() < 0.2 else 0
    return line


def _extra(random: Random, key: str, code: str, kind: str, name: str, main: str) -> _Line:
    line = _Line(key, code, kind, name, "EA", account_key(main) if main else "")
    if kind == COMMENT:
        line.unit = ""
    elif kind == CHARGE:
        line.charge = random.randrange(2_500, 60_000)
    else:
        line.ordered = random.randrange(1, 9)
        line.cost = random.randrange(20_000, 900_000) // 100 * 100
    return line


def _receipts_due(order: _Order, number: int) -> int:
    return 1 + number % 3 if any(line.received for line in order.lines) else 0


def _write_order(sink: Sink, plan: Plan, random: Random, order: _Order, number: int) -> None:
    goods = sum(line.worth(line.ordered) + line.charge for line in order.lines)
    freight = random.randrange(4_000, 45_000) if number % 3 == 0 else 0
    tax = goods * 575 // 10_000 if number % 11 == 4 else 0
    required = plan.day(order.ago - 21)
    last_receipt = order.receipts[-1] if order.receipts else ""
    city, state, zip_code = words.CITIES[number % len(words.CITIES)]
    sink.add(
        "PO_PurchaseOrderHeader",
        order.number,
        plan.day(order.ago),
        order.kind,
        {4: "", 9: "2026-02-30", 14: "1753-01-01"}.get(number % 17, required),
        order.vendor.division,
        order.vendor.number,
        order.vendor.name.ljust(50) if number % 4 == 3 else order.vendor.name,
        f"{100 + number % 900} {words.STREETS[number % len(words.STREETS)]}",
        city,
        state,
        f"{zip_code}01",
        "USA",
        f"{number % 3 + 1:04d}",
        words.COMPANY,
        "Dayton",
        "OH",
        order.status,
        "N",
        "N" if order.status == "N" else "Y",
        "N",
        plan.day(max(order.ago - 30, 0)) if order.status == "X" else "",
        "BEST WAY",
        "ORIGIN",
        order.warehouse,
        "Purchasing desk".ljust(50),
        "Rush: counter stock" if number % 8 == 2 else "",
        order.vendor.terms,
        f"PB-{order.number}" if any(line.invoiced for line in order.lines) else "",
        plan.day(max(order.ago - 14, 0)) if last_receipt else "",
        last_receipt,
        words.TAX_SCHEDULES[0][0] if tax else "EXEMPT",
        money(goods),
        money(tax),
        money(freight),
        money(sum(line.worth(line.invoiced) for line in order.lines)),
        money(sum(line.worth(line.received) for line in order.lines)),
        words.BUYERS[number % len(words.BUYERS)],
        *plan.stamps(random, order.ago),
        "EXPANSION" if number % 9 == 0 else "",
    )
    for place, line in enumerate(order.lines, start=1):
        backordered = line.ordered - line.received if order.status == "B" else 0
        sink.add(
            "PO_PurchaseOrderDetail",
            order.number,
            line.key,
            f"{place:014d}",
            line.code,
            line.kind,
            line.description,
            "N",
            required,
            line.account,
            "1",
            line.unit.ljust(4) if number % 4 == 3 else line.unit,
            order.warehouse if line.kind == REGULAR else "",
            line.code[:3] if line.kind == REGULAR else "",
            "NT",
            "Driver must call one hour before delivery.\r\nDock 4 only." if line.kind == COMMENT else "",
            line.ordered,
            line.received,
            backordered,
            line.invoiced,
            f"{line.cost / 10000:.4f}",
            f"{line.cost / 10000:.4f}",
            money(line.worth(line.ordered) + line.charge),
            money(line.worth(line.received)),
            money(line.worth(line.invoiced)),
            "1",
        )


def _write_receipts(sink: Sink, plan: Plan, random: Random, order: _Order) -> None:
    for place, receipt in enumerate(order.receipts):
        ago = max(order.ago - 7 - 3 * place, 0)
        last = place == len(order.receipts) - 1
        worth = 0
        for line in order.lines:
            share = line.received // len(order.receipts)
            quantity = line.received - share * place if last else share
            if not quantity:
                continue
            worth += line.worth(quantity)
            sink.add(
                "PO_ReceiptHistoryDetail", order.number, "G", receipt, "000000", line.key, line.code,
                line.description, order.warehouse, quantity, f"{line.cost / 10000:.4f}", money(line.worth(quantity)),
            )  # fmt: skip
        sink.add(
            "PO_ReceiptHistoryHeader", order.number, "G", receipt, "000000", order.vendor.division,
            order.vendor.number, order.vendor.name, plan.day(order.ago), plan.day(ago), "", "", money(worth), "0.00",
            plan.day(ago), *plan.stamps(random, ago),
        )  # fmt: skip


def _write_invoiced(sink: Sink, plan: Plan, random: Random, order: _Order) -> None:
    # Receipts of invoice have their own numbers, and these run into those of goods: the order's first number again.
    receipt = order.receipts[0] if order.receipts else f"{800_000 + int(order.number) % 99_999:06d}"
    number = f"PB-{order.number}"
    ago = max(order.ago - 10, 0)
    total = 0
    billed = [line for line in order.lines if line.invoiced]
    for place, line in enumerate(billed, start=1):
        worth = line.worth(line.invoiced)
        total += worth
        cost = f"{line.cost / 10000:.4f}"
        sink.add(
            "PO_ReceiptHistoryDetail", order.number, "I", receipt, "000000", line.key, line.code, line.description,
            order.warehouse, line.invoiced, cost, money(worth),
        )  # fmt: skip
        sink.add(
            "AP_InvoiceHistoryDetail", number, "000000", f"{place:06d}", account_key(_PURCHASES_CLEARING), line.code,
            line.description, order.warehouse, line.ordered, line.received, line.invoiced, cost, money(worth),
        )  # fmt: skip
    stamps = plan.stamps(random, ago)
    day = plan.day(ago)
    sink.add(
        "PO_ReceiptHistoryHeader", order.number, "I", receipt, "000000", order.vendor.division, order.vendor.number,
        order.vendor.name, plan.day(order.ago), day, number, day, "0.00", money(total), day, *stamps,
    )  # fmt: skip
    sink.add(
        "AP_InvoiceHistoryHeader", number, "000000", "P/O", "IN", order.vendor.division, order.vendor.number, day,
        plan.day(max(ago - 30, 0)), "", day, order.vendor.terms, f"PO {order.number}", order.number, receipt,
        money(total), *stamps,
    )  # fmt: skip
