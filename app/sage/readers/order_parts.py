"""The lines of purchase orders and their receipts of goods: where their rows come from, and what is made of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import ExitStack, closing
from datetime import date
from typing import NamedTuple, Protocol

from app.domain.language import say
from app.domain.purchase_orders import PurchaseOrderLine, Receipt, ReceiptLine
from app.sage.cells import Cells, Observations
from app.sage.merge import Groups, Key, raw_key
from app.sage.outcomes import UnreadableValue
from app.sage.source import Batches, Row, Source

_ByOrder = Mapping[Key, list[Row]]

LINES = "PO_PurchaseOrderDetail"
RECEIPTS = "PO_ReceiptHistoryHeader"
RECEIPT_LINES = "PO_ReceiptHistoryDetail"

LINE_COLUMNS = (
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
RECEIPT_COLUMNS = (*_RECEIPT_KEY, "ReceiptDate")
QUANTITY_COLUMNS = (*_RECEIPT_KEY, "LineKey", "QuantityReceived")
_LINE_KEY = ("PurchaseOrderNo", "LineKey")
_QUANTITY_KEY = (*_RECEIPT_KEY, "LineKey")


class Parts(NamedTuple):
    """The rows of one order besides its header's."""

    lines: list[Row]
    receipts: list[Row]
    quantities: list[Row]


class OrderParts(Protocol):
    """Where the parts of the orders come from; asked in ascending number order."""

    def take(self, key: Key) -> Parts:
        """Return the parts of one order; each order is asked for once."""


class GroupedParts:
    """The parts of orders in ascending number order, out of the rows of each table in the order of its key."""

    def __init__(self, lines: Iterable[Row], receipts: Iterable[Row], quantities: Iterable[Row]) -> None:
        self._lines = Groups(LINES, lines, 1)
        self._receipts = Groups(RECEIPTS, receipts, 1)
        self._quantities = Groups(RECEIPT_LINES, quantities, 1)

    def take(self, key: Key) -> Parts:
        """Return the parts of one order; each order is asked for once."""
        return Parts(self._lines.take(key), self._receipts.take(key), self._quantities.take(key))


def stream_parts(source: Source, opened: ExitStack, first: Key) -> tuple[Batches, Batches, Batches]:
    """Return the rows of lines, receipts and receipt lines, of the order called `first` and those that follow."""

    def batches(table: str, columns: tuple[str, ...], order: tuple[str, ...], *, goods: bool) -> Batches:
        where = source.from_key("PurchaseOrderNo") + (" AND ReceiptType = 'G'" if goods else "")
        return opened.enter_context(closing(source.batches(table, columns, where=where, values=first, order=order)))

    return (
        batches(LINES, LINE_COLUMNS, _LINE_KEY, goods=False),
        batches(RECEIPTS, RECEIPT_COLUMNS, _RECEIPT_KEY, goods=True),
        batches(RECEIPT_LINES, QUANTITY_COLUMNS, _QUANTITY_KEY, goods=True),
    )


class FoundParts:
    """The parts of some orders, looked up by their numbers."""

    def __init__(self, source: Source, numbers: Collection[str]) -> None:
        def rows(table: str, columns: tuple[str, ...], order: tuple[str, ...], *, goods: bool) -> _ByOrder:
            where = {"ReceiptType": "G"} if goods else {}
            return _by_order(source.find(table, columns, "PurchaseOrderNo", numbers, where=where, order=order))

        self._lines = rows(LINES, LINE_COLUMNS, _LINE_KEY, goods=False)
        self._receipts = rows(RECEIPTS, RECEIPT_COLUMNS, _RECEIPT_KEY, goods=True)
        self._quantities = rows(RECEIPT_LINES, QUANTITY_COLUMNS, _QUANTITY_KEY, goods=True)

    def take(self, key: Key) -> Parts:
        """Return the parts of one order; each order is asked for once."""
        return Parts(self._lines.get(key, []), self._receipts.get(key, []), self._quantities.get(key, []))


class PartsReader:
    """Turns the rows of an order's parts into its lines and receipts."""

    def __init__(self, seen: Observations) -> None:
        self._lines = Cells(LINES, seen)
        self._receipts = Cells(RECEIPTS, seen)
        self._quantities = Cells(RECEIPT_LINES, seen)

    def lines(self, rows: list[Row]) -> tuple[PurchaseOrderLine, ...]:
        """Return an order's lines in their order.

        Raises:
            UnreadableValue: when a value cannot be read, or two lines have one key.
        """
        lines = sorted(map(self._line, rows), key=lambda line: (line.sequence, line.line_key))
        _need_unlike(LINES, "LineKey", [line.line_key for line in lines])
        return tuple(lines)

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

    def receipts(self, rows: list[Row], quantities: list[Row]) -> tuple[Receipt, ...]:
        """Return an order's receipts of goods with what each line received, oldest first.

        Raises:
            UnreadableValue: when a value cannot be read, or a key stands there twice.
        """
        lines: defaultdict[Key, list[ReceiptLine]] = defaultdict(list)
        for row in quantities:
            lines[_receipt_key(self._quantities, row)].append(
                ReceiptLine(
                    self._quantities.text(row[4], "LineKey"),
                    self._quantities.quantity(row[5], "QuantityReceived"),
                )
            )
        keys = [_receipt_key(self._receipts, row) for row in rows]
        _need_unlike(RECEIPTS, "ReceiptNo", ["-".join(key) for key in keys])
        for received in lines.values():
            _need_unlike(RECEIPT_LINES, "LineKey", [line.line_key for line in received])
        receipts = [
            Receipt(
                key[2],
                key[3],
                self._receipts.day(row[4], "ReceiptDate", "-".join(key)),
                tuple(lines.get(key, ())),
            )
            for key, row in zip(keys, rows, strict=True)
        ]
        return tuple(sorted(receipts, key=lambda each: (each.received_on or date.min, each.number, each.sequence)))


def _receipt_key(cells: Cells, row: Row) -> Key:
    """Return what joins a receipt and its lines."""
    return tuple([cells.code(raw, column) for raw, column in zip(row, _RECEIPT_KEY, strict=False)])


def _need_unlike(table: str, column: str, keys: list[str]) -> None:
    """Raise `UnreadableValue` when a key stands there twice: what belongs to it would count twice."""
    for key, times in Counter(keys).items() if len(set(keys)) < len(keys) else ():
        if times > 1:
            raise UnreadableValue(table, column, key, say("It stands there twice."))


def _by_order(rows: Iterable[Row]) -> _ByOrder:
    grouped: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[raw_key(row, 1)].append(row)
    return grouped
