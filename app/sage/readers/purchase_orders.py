"""Reads purchase orders with their lines and receipts of goods, four tables side by side."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.purchase_orders import (
    OrderState,
    OrderType,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
)
from app.sage.cells import Cells, Observations
from app.sage.merge import Groups, Key, raw_key, unexpected_order
from app.sage.outcomes import Quarantined, Skipped, UnreadableValue
from app.sage.source import Row, Source

Outcome = PurchaseOrder | Skipped | Quarantined

HEADERS = "PO_PurchaseOrderHeader"
LINES = "PO_PurchaseOrderDetail"
RECEIPTS = "PO_ReceiptHistoryHeader"
RECEIPT_LINES = "PO_ReceiptHistoryDetail"

_HEADER_COLUMNS = (
    "PurchaseOrderNo",
    "PurchaseOrderDate",
    "OrderType",
    "OrderStatus",
    "RequiredExpireDate",
    "APDivisionNo",
    "VendorNo",
    "PurchaseName",
    "TermsCode",
    "WarehouseCode",
    "TaxSchedule",
    "Comment",
    "FreightAmt",
    "SalesTaxAmt",
)
_LINE_COLUMNS = (
    "PurchaseOrderNo",
    "LineKey",
    "LineSeqNo",
    "ItemCode",
    "ItemType",
    "ItemCodeDesc",
    "UnitOfMeasure",
    "WarehouseCode",
    "PurchasesAcctKey",
    "QuantityOrdered",
    "QuantityReceived",
    "QuantityInvoiced",
    "QuantityBackordered",
    "UnitCost",
    "ExtensionAmt",
    "CommentText",
)
_RECEIPT_KEY = ("PurchaseOrderNo", "ReceiptType", "ReceiptNo", "HeaderSeqNo")

_STATES = {
    "N": OrderState.OPEN,
    "O": OrderState.OPEN,
    "B": OrderState.OPEN,
    "C": OrderState.OPEN,
    "X": OrderState.COMPLETE,
    "Z": OrderState.CANCELLED,
}
_LEFT_OUT = {
    "M": ("master-order", "It is a master order: only the orders made from it are bought."),
    "R": ("repeating-order", "It is a repeating order: only the orders made from it are bought."),
    "X": ("material-requisition", "It is a material requisition: nothing is bought with it."),
}


def read_purchase_orders(source: Source, seen: Observations, since: date | None) -> Iterator[Outcome]:
    """Yield the orders in ascending number order.

    Orders dated before `since` are left out silently; an order without a date is never left out for it.
    An order that has an unreadable value in its header, a line or a receipt is quarantined whole.

    Raises:
        SkipItem: when one of the four tables cannot be read, or does not arrive in key order.
        RetryLater, NeedsUser: when Sage does not answer.
    """
    reader = _Reader(seen)
    parts: _Parts | None = None
    last: Key = ()
    for place, row in enumerate(source.stream(HEADERS, _HEADER_COLUMNS, order=("PurchaseOrderNo",)), start=1):
        key = raw_key(row, 1)
        if key <= last:
            raise unexpected_order(HEADERS)
        last = key
        if since is not None and reader.dated_before(row, since):
            continue
        try:
            number = reader.headers.key(row[0], "PurchaseOrderNo")
        except UnreadableValue as error:
            yield error.quarantined(f"row {place}")
            continue
        left_out = reader.left_out(number, row)
        if left_out is not None:
            yield left_out
            continue
        if parts is None:
            parts = _Parts.all_from(source, key)
        yield reader.order(number, row, parts.lines.take(key), parts.receipts.take(key), parts.quantities.take(key))


def find_purchase_orders(
    source: Source, seen: Observations, numbers: Collection[str]
) -> Iterator[PurchaseOrder | Quarantined]:
    """Yield the orders of types S and D among `numbers`, as Sage has them now, in no particular order."""
    reader = _Reader(seen)
    headers = {raw_key(row, 1): row for row in source.find(HEADERS, _HEADER_COLUMNS, "PurchaseOrderNo", numbers)}
    found = [key[0] for key in headers]
    lines = _by_order(source.find(LINES, _LINE_COLUMNS, "PurchaseOrderNo", found))
    receipts = _by_order(
        source.find(RECEIPTS, (*_RECEIPT_KEY, "ReceiptDate"), "PurchaseOrderNo", found, where={"ReceiptType": "G"})
    )
    quantities = _by_order(
        source.find(
            RECEIPT_LINES,
            (*_RECEIPT_KEY, "LineKey", "QuantityReceived"),
            "PurchaseOrderNo",
            found,
            where={"ReceiptType": "G"},
        )
    )
    for key, row in headers.items():
        number = reader.headers.text(row[0], "PurchaseOrderNo")
        if reader.left_out(number, row) is None:
            yield reader.order(number, row, lines[key], receipts[key], quantities[key])


@dataclass(frozen=True, slots=True)
class _Parts:
    """What belongs to the orders, streaming beside them."""

    lines: Groups
    receipts: Groups
    quantities: Groups

    @classmethod
    def all_from(cls, source: Source, first: Key) -> "_Parts":
        """Open the three streams at the first order that is needed; earlier keys need not be read."""
        start = "PurchaseOrderNo >= ?"
        goods = f"{start} AND ReceiptType = 'G'"
        return cls(
            Groups(
                LINES,
                source.stream(LINES, _LINE_COLUMNS, where=start, values=first, order=("PurchaseOrderNo", "LineKey")),
                1,
            ),
            Groups(
                RECEIPTS,
                source.stream(RECEIPTS, (*_RECEIPT_KEY, "ReceiptDate"), where=goods, values=first, order=_RECEIPT_KEY),
                1,
            ),
            Groups(
                RECEIPT_LINES,
                source.stream(
                    RECEIPT_LINES,
                    (*_RECEIPT_KEY, "LineKey", "QuantityReceived"),
                    where=goods,
                    values=first,
                    order=(*_RECEIPT_KEY, "LineKey"),
                ),
                1,
            ),
        )


class _Reader:
    """Turns one order's rows into the order."""

    def __init__(self, seen: Observations) -> None:
        self.headers = Cells(HEADERS, seen)
        self._lines = Cells(LINES, seen)
        self._receipts = Cells(RECEIPTS, seen)
        self._quantities = Cells(RECEIPT_LINES, seen)

    def dated_before(self, row: Row, since: date) -> bool:
        """Tell whether the order has a date, and one before `since`."""
        ordered_on = self.headers.day(row[1], "PurchaseOrderDate")
        return ordered_on is not None and ordered_on < since

    def left_out(self, number: str, row: Row) -> Skipped | None:
        """Return why an order of this type or status does not go to Quadient AP, or None when it does."""
        kind = self.headers.text(row[2], "OrderType")
        status = self.headers.text(row[3], "OrderStatus")
        if kind in _LEFT_OUT:
            return Skipped(number, *_LEFT_OUT[kind])
        if kind not in ("S", "D"):
            return Skipped(number, "unknown-order-type", f"AP Bridge does not know its order type “{kind}”.")
        if status not in _STATES:
            return Skipped(number, "unknown-order-status", f"AP Bridge does not know its status “{status}”.")
        return None

    def order(
        self, number: str, row: Row, lines: list[Row], receipts: list[Row], quantities: list[Row]
    ) -> PurchaseOrder | Quarantined:
        """Return the order, or what is unreadable in it."""
        text = self.headers.text
        status = text(row[3], "OrderStatus")
        try:
            return PurchaseOrder(
                number,
                OrderType(text(row[2], "OrderType")),
                _STATES[status],
                status,
                self.headers.day(row[1], "PurchaseOrderDate"),
                self.headers.day(row[4], "RequiredExpireDate"),
                text(row[5], "APDivisionNo"),
                text(row[6], "VendorNo"),
                text(row[7], "PurchaseName"),
                text(row[8], "TermsCode"),
                text(row[9], "WarehouseCode"),
                text(row[10], "TaxSchedule"),
                text(row[11], "Comment"),
                self.headers.amount(row[12], "FreightAmt"),
                self.headers.amount(row[13], "SalesTaxAmt"),
                tuple(sorted(map(self._line, lines), key=lambda line: (line.sequence, line.line_key))),
                self._receipts_of(receipts, quantities),
            )
        except UnreadableValue as error:
            return error.quarantined(number)

    def _line(self, row: Row) -> PurchaseOrderLine:
        text, quantity = self._lines.text, self._lines.quantity
        return PurchaseOrderLine(
            text(row[1], "LineKey"),
            text(row[2], "LineSeqNo"),
            text(row[3], "ItemCode"),
            text(row[4], "ItemType"),
            text(row[5], "ItemCodeDesc"),
            text(row[6], "UnitOfMeasure"),
            text(row[7], "WarehouseCode"),
            text(row[8], "PurchasesAcctKey"),
            quantity(row[9], "QuantityOrdered"),
            quantity(row[10], "QuantityReceived"),
            quantity(row[11], "QuantityInvoiced"),
            quantity(row[12], "QuantityBackordered"),
            quantity(row[13], "UnitCost"),
            self._lines.amount(row[14], "ExtensionAmt"),
            text(row[15], "CommentText"),
        )

    def _receipts_of(self, rows: list[Row], quantities: list[Row]) -> tuple[Receipt, ...]:
        lines: defaultdict[Key, list[ReceiptLine]] = defaultdict(list)
        for row in quantities:
            lines[raw_key(row, 4)].append(
                ReceiptLine(
                    self._quantities.text(row[4], "LineKey"),
                    self._quantities.quantity(row[5], "QuantityReceived"),
                )
            )
        receipts = [
            Receipt(
                self._receipts.text(row[2], "ReceiptNo"),
                self._receipts.text(row[3], "HeaderSeqNo"),
                self._receipts.day(row[4], "ReceiptDate"),
                tuple(lines.get(raw_key(row, 4), ())),
            )
            for row in rows
        ]
        return tuple(sorted(receipts, key=lambda each: (each.received_on or date.min, each.number, each.sequence)))


def _by_order(rows: Iterable[Row]) -> defaultdict[Key, list[Row]]:
    grouped: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[raw_key(row, 1)].append(row)
    return grouped
