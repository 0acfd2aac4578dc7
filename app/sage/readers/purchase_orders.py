"""Reads purchase orders with their lines and receipts of goods, four tables side by side."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import date
from heapq import merge
from itertools import chain, groupby, islice
from typing import NamedTuple, Protocol

from app.domain.purchase_orders import (
    OrderState,
    OrderType,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
)
from app.errors import SkipItem
from app.sage.cells import Cells, Observations
from app.sage.fingerprints import Fingerprints
from app.sage.merge import Groups, Key, raw_key
from app.sage.outcomes import Fresh, Quarantined, Skipped, UnreadableValue
from app.sage.source import Row, Source, unexpected_order
from app.sage.wanted import EVERYTHING, Compared, Wanted

Outcome = Fresh[PurchaseOrder] | Skipped | Quarantined
_ByOrder = Mapping[Key, list[Row]]

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
_RECEIPT_COLUMNS = (*_RECEIPT_KEY, "ReceiptDate")
_QUANTITY_COLUMNS = (*_RECEIPT_KEY, "LineKey", "QuantityReceived")
_KEY = ("PurchaseOrderNo",)
_LINE_KEY = (*_KEY, "LineKey")
_QUANTITY_KEY = (*_RECEIPT_KEY, "LineKey")

FEW_ORDERS = 1000  # up to here, details are looked up by number; beyond, reading their tables whole is quicker

_STATES = {
    "N": OrderState.OPEN,
    "O": OrderState.OPEN,
    "B": OrderState.OPEN,
    "C": OrderState.OPEN,
    "X": OrderState.COMPLETE,
    "Z": OrderState.CANCELLED,
}
_TYPES = frozenset(OrderType)
_OPEN = ", ".join(f"'{code}'" for code, state in _STATES.items() if state is OrderState.OPEN)
_LEFT_OUT = {
    "M": ("master-order", "It is a master order: only the orders made from it are bought."),
    "R": ("repeating-order", "It is a repeating order: only the orders made from it are bought."),
    "X": ("material-requisition", "It is a material requisition: nothing is bought with it."),
}


def read_purchase_orders(
    source: Source, seen: Observations, orders_from: date | None, wanted: Wanted = EVERYTHING
) -> Iterator[Outcome]:
    """Yield the orders that differ from what is compared with: in a full pass all, in ascending number order.

    A reading since a day takes every open order, what changed since, and the numbers that are wanted besides: a
    receipt may not touch its order's change date. Orders dated before `orders_from` are left out silently; an order
    without a date is never left out for it. A closed order that Quadient AP never had is skipped. An order that has
    an unreadable value in its header, a line or a receipt is quarantined whole.

    Raises:
        SkipItem: when one of the four tables cannot be read, or does not arrive in key order.
        RetryLater, NeedsUser: when Sage does not answer.
    """
    reader = _Reader(seen, orders_from, wanted.compared)
    with ExitStack() as opened:
        if wanted.since is None:
            everything = opened.enter_context(closing(source.stream(HEADERS, _HEADER_COLUMNS, order=_KEY)))
            yield from reader.read(everything, lambda first: _Streams(source, opened, first))
            return
        left = set(wanted.also)
        recent = _noting(left, _recent(source, opened, wanted.since))
        few = list(islice(recent, FEW_ORDERS))
        following = next(recent, None)
        if following is None:
            found = _Found(source, [_number(row) for row in few])
            yield from reader.read(few, lambda _: found)
        else:
            yield from reader.read(chain(few, [following], recent), lambda first: _Streams(source, opened, first))
    besides = sorted(source.find(HEADERS, _HEADER_COLUMNS, _KEY[0], left), key=_number)
    others = _Found(source, [_number(row) for row in besides])
    yield from reader.read(besides, lambda _: others)


def reads_changes(source: Source) -> bool:
    """Tell whether this Sage says of orders when they changed last."""
    return source.has_change_dates(HEADERS)


def _recent(source: Source, opened: ExitStack, since: date) -> Iterator[Row]:
    """Yield the headers of open orders, and of those changed since, in number order."""
    streams = [
        opened.enter_context(closing(source.stream(HEADERS, _HEADER_COLUMNS, where=condition, order=_KEY)))
        for condition in (f"OrderStatus IN ({_OPEN})", source.changed_since(since))
    ]
    for _, rows in groupby(merge(*streams, key=_number), key=_number):
        yield next(rows)


def _number(row: Row) -> str:
    raw = row[0]
    return raw.rstrip(" ") if isinstance(raw, str) else raw_key(row, 1)[0]


def _noting(left: set[str], rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        left.discard(_number(row))
        yield row


def find_purchase_orders(
    source: Source, seen: Observations, numbers: Collection[str]
) -> Iterator[PurchaseOrder | Skipped | Quarantined]:
    """Yield the orders among `numbers` as Sage has them now, in no particular order.

    Those of other types than S and D, or of an unknown status, come as `Skipped` with the reason. Without the P/O
    module there are none, which is noted.
    """
    reader = _Reader(seen)
    try:
        headers = {raw_key(row, 1): row for row in source.find(HEADERS, _HEADER_COLUMNS, "PurchaseOrderNo", numbers)}
    except SkipItem as error:
        if error.code != "table-not-accessible":
            raise
        seen.notes["Purchase orders are not looked at: this Sage 100 shows no P/O module."] += 1
        return
    found = _Found(source, [key[0] for key in headers])
    for key, row in headers.items():
        number = reader.headers.text(row[0], "PurchaseOrderNo")
        try:
            left_out = reader.left_out(number, row)
        except UnreadableValue as error:
            yield error.quarantined(number)
            continue
        yield left_out or reader.order(number, row, found.take(key))


class _Parts(NamedTuple):
    """The rows of one order besides its header's."""

    lines: list[Row]
    receipts: list[Row]
    quantities: list[Row]


class _Details(Protocol):
    """Where the parts of the orders come from; asked in ascending number order."""

    def take(self, key: Key) -> _Parts: ...


class _Streams:
    """The tables of parts streaming beside the orders, from the first one that is needed."""

    def __init__(self, source: Source, opened: ExitStack, first: Key) -> None:
        def groups(table: str, columns: tuple[str, ...], order: tuple[str, ...], *, goods: bool) -> Groups:
            where = source.from_key("PurchaseOrderNo") + (" AND ReceiptType = 'G'" if goods else "")
            rows = source.stream(table, columns, where=where, values=first, order=order)
            return Groups(table, opened.enter_context(closing(rows)), 1)

        self._lines = groups(LINES, _LINE_COLUMNS, _LINE_KEY, goods=False)
        self._receipts = groups(RECEIPTS, _RECEIPT_COLUMNS, _RECEIPT_KEY, goods=True)
        self._quantities = groups(RECEIPT_LINES, _QUANTITY_COLUMNS, _QUANTITY_KEY, goods=True)

    def take(self, key: Key) -> _Parts:
        return _Parts(self._lines.take(key), self._receipts.take(key), self._quantities.take(key))


class _Found:
    """The parts of some orders, looked up by their numbers."""

    def __init__(self, source: Source, numbers: Collection[str]) -> None:
        def rows(table: str, columns: tuple[str, ...], order: tuple[str, ...], *, goods: bool) -> _ByOrder:
            where = {"ReceiptType": "G"} if goods else {}
            return _by_order(source.find(table, columns, "PurchaseOrderNo", numbers, where=where, order=order))

        self._lines = rows(LINES, _LINE_COLUMNS, _LINE_KEY, goods=False)
        self._receipts = rows(RECEIPTS, _RECEIPT_COLUMNS, _RECEIPT_KEY, goods=True)
        self._quantities = rows(RECEIPT_LINES, _QUANTITY_COLUMNS, _QUANTITY_KEY, goods=True)

    def take(self, key: Key) -> _Parts:
        return _Parts(self._lines.get(key, []), self._receipts.get(key, []), self._quantities.get(key, []))


class _Reader:
    """Turns orders' rows into orders."""

    def __init__(self, seen: Observations, orders_from: date | None = None, compared: Compared | None = None) -> None:
        self.headers = Cells(HEADERS, seen)
        self._seen = seen
        self._from = orders_from
        self._compared = compared
        self._prints = Fingerprints(_HEADER_COLUMNS, _LINE_COLUMNS, _RECEIPT_COLUMNS, _QUANTITY_COLUMNS)
        self._lines = Cells(LINES, seen)
        self._receipts = Cells(RECEIPTS, seen)
        self._quantities = Cells(RECEIPT_LINES, seen)

    def read(self, headers: Iterable[Row], details_from: Callable[[Key], _Details]) -> Iterator[Outcome]:
        """Yield what `headers` and the details that belong to them hold; both go in ascending number order."""
        compared = self._compared
        details: _Details | None = None
        last = ""
        for place, row in enumerate(headers, start=1):
            raw = _number(row)
            if raw <= last and place > 1:
                raise unexpected_order(HEADERS)
            last = raw
            if self._from is not None and self._dated_before(row, self._from):
                continue
            try:
                number = self.headers.key(row[0], "PurchaseOrderNo")
            except UnreadableValue as error:
                yield error.quarantined(f"row {place}")
                continue
            try:
                left_out = self.left_out(number, row)
            except UnreadableValue as error:
                yield error.quarantined(number)
                continue
            if left_out is not None:
                yield left_out
                continue
            key = (raw,)
            details = details or details_from(key)
            try:
                parts = details.take(key)
            except UnreadableValue as error:
                yield error.quarantined(number)
                continue
            printed = self._prints.of_group(row, *parts)
            if compared is not None and compared.unchanged(number, printed):
                continue
            noticed = self._seen.times()
            order = self.order(number, row, parts)
            if isinstance(order, Quarantined):
                yield order
            else:
                yield Fresh(order, printed if self._seen.times() == noticed else None)

    def _dated_before(self, row: Row, since: date) -> bool:
        """Tell whether the order has a date, and one before `since`."""
        try:
            ordered_on = self.headers.day(row[1], "PurchaseOrderDate")
        except UnreadableValue:
            return False  # it is told where the order is made
        return ordered_on is not None and ordered_on < since

    def left_out(self, number: str, row: Row) -> Skipped | None:
        """Return why an order of this type or status does not go to Quadient AP, or None when it does."""
        kind, status = row[2], row[3]
        if kind not in _TYPES or status not in _STATES:
            kind, status = self.headers.text(kind, "OrderType"), self.headers.text(status, "OrderStatus")
        if kind in _LEFT_OUT:
            return Skipped(number, *_LEFT_OUT[kind])
        if kind not in _TYPES:
            return Skipped(number, "unknown-order-type", f"AP Bridge does not know its order type “{kind}”.")
        if status not in _STATES:
            return Skipped(number, "unknown-order-status", f"AP Bridge does not know its status “{status}”.")
        closed = _STATES[status] is not OrderState.OPEN
        if closed and self._compared is not None and not self._compared.sent(number):
            return Skipped(number, "closed", "It was closed before Quadient AP ever had it.")
        return None

    def order(self, number: str, row: Row, parts: _Parts) -> PurchaseOrder | Quarantined:
        """Return the order, or what is unreadable in it."""
        text = self.headers.text
        try:
            status = text(row[3], "OrderStatus")
            return PurchaseOrder(
                number,
                OrderType(text(row[2], "OrderType")),
                _STATES[status],
                status,
                self.headers.day(row[1], "PurchaseOrderDate", number),
                self.headers.day(row[4], "RequiredExpireDate", number),
                text(row[5], "APDivisionNo"),
                text(row[6], "VendorNo"),
                text(row[7], "PurchaseName"),
                text(row[8], "TermsCode"),
                text(row[9], "WarehouseCode"),
                text(row[10], "TaxSchedule"),
                text(row[11], "Comment"),
                self.headers.amount(row[12], "FreightAmt"),
                self.headers.amount(row[13], "SalesTaxAmt"),
                self._lines_of(parts.lines),
                self._receipts_of(parts.receipts, parts.quantities),
            )
        except UnreadableValue as error:
            return error.quarantined(number)

    def _lines_of(self, rows: list[Row]) -> tuple[PurchaseOrderLine, ...]:
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

    def _receipts_of(self, rows: list[Row], quantities: list[Row]) -> tuple[Receipt, ...]:
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
            raise UnreadableValue(table, column, key, "It stands there twice.")


def _by_order(rows: Iterable[Row]) -> _ByOrder:
    grouped: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[raw_key(row, 1)].append(row)
    return grouped
