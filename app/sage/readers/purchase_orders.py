"""Reads purchase orders: which of them, and each whole with its lines and receipts of goods."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import date
from heapq import merge
from itertools import chain, groupby, islice

from app.domain.language import later, say
from app.domain.purchase_orders import (
    OrderState,
    OrderType,
    PurchaseOrder,
)
from app.errors import SkipItem
from app.sage.blocks import Block, Blocks, Ranged
from app.sage.cells import Cells, Observations
from app.sage.fingerprints import Fingerprints
from app.sage.merge import Key, joined_keys, raw_key
from app.sage.outcomes import BlockRead, Fresh, Quarantined, Skipped, UnreadableValue, called
from app.sage.readers.order_parts import (
    LINE_COLUMNS,
    QUANTITY_COLUMNS,
    RECEIPT_COLUMNS,
    FoundParts,
    GroupedParts,
    OrderParts,
    Parts,
    PartsReader,
    stream_parts,
)
from app.sage.source import Row, Source, unexpected_order
from app.sage.wanted import EVERYTHING, Compared, Wanted

Outcome = Fresh[PurchaseOrder] | Skipped | Quarantined

HEADERS = "PO_PurchaseOrderHeader"
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
_KEY = ("PurchaseOrderNo",)
_VENDOR_NAME = _HEADER_COLUMNS.index("PurchaseName")
_COLUMNS = (_HEADER_COLUMNS, LINE_COLUMNS, RECEIPT_COLUMNS, QUANTITY_COLUMNS)

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
    "M": ("master-order", later("It is a master order: only the orders made from it are bought.")),
    "R": ("repeating-order", later("It is a repeating order: only the orders made from it are bought.")),
    "X": ("material-requisition", later("It is a material requisition: nothing is bought with it.")),
}


def read_purchase_orders(
    source: Source, seen: Observations, orders_from: date | None, wanted: Wanted = EVERYTHING
) -> Iterator[Outcome | BlockRead]:
    """Yield the orders that differ from what is compared with: in a full pass all, in ascending number order.

    A reading since a day takes every open order, what changed since, and the numbers that are wanted besides: a
    receipt may not touch its order's change date. Orders dated before `orders_from` are left out silently, unless
    Quadient AP has them; an order without a date is never left out for it. A closed order that Quadient AP never had is
    skipped. An order that has an unreadable value in its header, a line or a receipt is quarantined whole.

    Raises:
        SkipItem: when one of the four tables cannot be read, or does not arrive in key order.
        RetryLater, NeedsUser: when Sage does not answer.
    """
    reader = _Reader(seen, orders_from, wanted.compared)
    with ExitStack() as opened:
        if wanted.since is None:
            yield from _all(source, opened, reader, Blocks(wanted.blocks, seen, *_COLUMNS, orders_from))
            return
        left = set(wanted.also)
        recent = _noting(left, _recent(source, opened, wanted.since))
        few = list(islice(recent, FEW_ORDERS))
        following = next(recent, None)
        if following is None:
            found = FoundParts(source, [_number(row) for row in few])
            yield from reader.read(few, lambda _: found)
        else:
            yield from reader.read(
                chain(few, [following], recent),
                lambda first: GroupedParts(*map(chain.from_iterable, stream_parts(source, opened, first))),
            )
    besides = sorted(source.find(HEADERS, _HEADER_COLUMNS, _KEY[0], left), key=_number)
    others = FoundParts(source, [_number(row) for row in besides])
    yield from _Reader(seen, orders_from, wanted.compared).read(besides, lambda _: others)


def reads_changes(source: Source) -> bool:
    """Tell whether this Sage says of orders when they changed last."""
    return source.has_change_dates(HEADERS)


def _all(source: Source, opened: ExitStack, reader: "_Reader", blocks: Blocks) -> Iterator[Outcome | BlockRead]:
    """Yield what all orders are.

    The tables of their parts are opened at the first order that needs them: blocks before it are known without them.
    """
    headers = opened.enter_context(closing(source.batches(HEADERS, _HEADER_COLUMNS, order=_KEY)))
    parts: list[Ranged] = []
    for block in blocks.of(Ranged(headers, 1)):
        rows = [table.until(block.end) for table in parts]
        if blocks.is_known(block, None if any(table.failure for table in parts) else rows):
            reader.pass_over(block.rows)
            continue

        def details_from(first: Key, block: Block = block, rows: list[list[Row]] = rows) -> OrderParts:
            if not parts:
                parts.extend(Ranged(batches, 1, joined=1) for batches in stream_parts(source, opened, first))
                rows = [table.until(block.end) for table in parts]
                block.hash = None  # it was made without them
            return GroupedParts(*(table.and_failure(some) for table, some in zip(parts, rows, strict=True)))

        keys = joined_keys(block.rows, 1)
        yield from blocks.read(block, keys, reader.read(block.rows, details_from))


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
        seen.notes[say("Purchase orders are not looked at: this Sage 100 shows no P/O module.")] += 1
        return
    found = FoundParts(source, [key[0] for key in headers])
    for key, row in headers.items():
        number = reader.headers.text(row[0], "PurchaseOrderNo")
        try:
            left_out = reader.left_out(number, row)
        except UnreadableValue as error:
            yield error.quarantined(number)
            continue
        yield left_out or reader.order(number, row, found.take(key))


class _Reader:
    """Turns orders' rows into orders."""

    def __init__(self, seen: Observations, orders_from: date | None = None, compared: Compared | None = None) -> None:
        self.headers = Cells(HEADERS, seen)
        self._seen = seen
        self._from = orders_from
        self._compared = compared
        self._prints = Fingerprints(*_COLUMNS)
        self._parts = PartsReader(seen)
        self._met = 0
        self._last = ""

    def pass_over(self, headers: Sequence[Row]) -> None:
        """Go on behind orders that need not be looked at."""
        if headers:
            self._met += len(headers)
            self._last = _number(headers[-1])

    def read(self, headers: Iterable[Row], details_from: Callable[[Key], OrderParts]) -> Iterator[Outcome]:
        """Yield what `headers` and the details that belong to them hold; both go in ascending number order.

        Called again, it goes on with the headers that follow.
        """
        compared = self._compared
        details: OrderParts | None = None
        for row in headers:
            self._met += 1
            place = self._met
            raw = _number(row)
            if raw <= self._last and place > 1:
                raise unexpected_order(HEADERS)
            self._last = raw
            if self._from is not None and self._dated_before(row, self._from) and not self._is_sent(raw):
                continue
            try:
                number = self.headers.key(row[0], "PurchaseOrderNo")
            except UnreadableValue as error:
                yield error.quarantined(f"row {place}", called(row[:1], row[_VENDOR_NAME]))
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

    def _is_sent(self, number: str) -> bool:
        return self._compared is not None and self._compared.sent(number)

    def left_out(self, number: str, row: Row) -> Skipped | None:
        """Return why an order of this type or status does not go to Quadient AP, or None when it does."""
        kind, status = row[2], row[3]
        if kind not in _TYPES or status not in _STATES:
            kind, status = self.headers.text(kind, "OrderType"), self.headers.text(status, "OrderStatus")
        if kind in _LEFT_OUT:
            code, reason = _LEFT_OUT[kind]
            return Skipped(number, code, say(reason))
        if kind not in _TYPES:
            return Skipped(
                number, "unknown-order-type", say("AP Bridge does not know its order type “{kind}”.", kind=kind)
            )
        if status not in _STATES:
            return Skipped(
                number, "unknown-order-status", say("AP Bridge does not know its status “{status}”.", status=status)
            )
        closed = _STATES[status] is not OrderState.OPEN
        if closed and self._compared is not None and not self._is_sent(number):
            return Skipped(number, "closed", say("It was closed before Quadient AP ever had it."))
        return None

    def order(self, number: str, row: Row, parts: Parts) -> PurchaseOrder | Quarantined:
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
                self._parts.lines(parts.lines),
                self._parts.receipts(parts.receipts, parts.quantities),
            )
        except UnreadableValue as error:
            return error.quarantined(number)
