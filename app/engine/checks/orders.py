"""Checks of an invoice against its purchase order as Sage has it now.

The order itself is `po-missing`, `po-closed`, of another vendor (`vendor-differs`) or `unreadable-in-sage`; then its
lines are not looked at. The checks of the lines never overlap. For each order line, with what this invoice bills of
it in all its lines together:
- `po-line-deleted`: the order no longer has the line; nothing else is compared.
- `po-cost-changed`: the unit cost the invoice was matched with is not the line's cost now.
- `po-quantity-changed`: the invoice alone bills more than the line now says was ordered.
- `po-over-invoiced`: the invoice alone would fit, but not with what is already billed: posted bills in Sage, unposted
  ones, and the other ready invoices before this one. (Sage counts a bill as invoiced when its register is posted.)
- `unreadable-in-sage`: what is billed there unposted cannot be read.
Beside them, `po-line-twice`: two lines of the invoice bill one order line, which Sage's entry does not take.
Charge and comment lines have no ordered quantity and no agreed cost, so only their being there is checked.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.domain.findings import Finding, stop, warn
from app.domain.invoices import Destination, Invoice, InvoiceLine
from app.domain.language import say
from app.domain.purchase_orders import OrderState, OrderType, PurchaseOrder, PurchaseOrderLine
from app.domain.words import cost, listed, number, vendor
from app.engine.checks.common import entries, unreadable
from app.sage.found import UnpostedUse
from app.sage.outcomes import Quarantined, Skipped

SagesOrder = PurchaseOrder | Skipped | Quarantined

_WITHOUT_QUANTITY = frozenset("34")  # Sage's ItemType: 3 charge, 4 comment
_NOTHING = Decimal(0)
_NONE = UnpostedUse(_NOTHING, ())


@dataclass(slots=True)
class Billed:
    """What is billed of each order line beside Sage's posted bills, and by which invoices.

    `unposted` is in Sage, under (order number, line key); the ready invoices judged so far are added.
    """

    unposted: Mapping[tuple[str, str], UnpostedUse]
    _quantities: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    _numbers: defaultdict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, invoice: Invoice) -> None:
        """Count an invoice that will be sent."""
        for line_key, quantity in _billed_of(invoice).items():
            key = (invoice.purchase_order, line_key)
            self._quantities[key] = self._quantities.get(key, _NOTHING) + quantity
            self._numbers[key].append(invoice.number)

    def before(self, order: str, line_key: str) -> tuple[Decimal, list[str]]:
        """Return the quantity billed so far of an order line, and the numbers of the invoices that bill it."""
        return self._quantities.get((order, line_key), _NOTHING), self._numbers.get((order, line_key), [])


def check_order(invoice: Invoice, orders: Mapping[str, SagesOrder], billed: Billed) -> Iterator[Finding]:
    """Check an invoice with matched lines; yields nothing for others.

    A wrong order (missing, unreadable, closed, another vendor's) is the root cause: its lines are not looked at then.
    """
    if invoice.destination is not Destination.RECEIPT_OF_INVOICE:
        return
    order = orders.get(invoice.purchase_order)
    if not isinstance(order, PurchaseOrder):
        yield _no_order(invoice, order)
        return
    wrong = _wrong_order(invoice, order)
    if wrong is not None:
        yield wrong
        return
    yield from _check_lines(invoice, order, billed)
    if order.order_type is OrderType.DROP_SHIP:
        yield warn(
            "po-drop-ship",
            say(
                "Purchase order {number} is a drop shipment: Sage has no receipt of goods to compare with.",
                number=order.number,
            ),
            say("Make sure that the customer got the goods before you post the bill."),
        )


def _no_order(invoice: Invoice, order: Skipped | Quarantined | None) -> Finding:
    if isinstance(order, Quarantined):
        return stop(
            "unreadable-in-sage",
            say(
                "The invoice bills purchase order {key}. In Sage this order cannot be read: {table}.{column} "
                "holds “{raw}”. {reason}",
                key=order.key,
                table=order.table,
                column=order.column,
                raw=order.raw,
                reason=order.reason,
            ),
            say("Correct the order in Sage, or ask your Sage partner; then preview again."),
        )
    named = (
        say("purchase order {purchase_order}", purchase_order=invoice.purchase_order)
        if invoice.purchase_order
        else say("no purchase order number")
    )
    there = (
        say("In Sage this order cannot be billed. {reason}", reason=order.reason)
        if order
        else say("Sage has no such order.")
    )
    return stop(
        "po-missing",
        say("The invoice has lines matched to a purchase order and names {named}. {there}", named=named, there=there),
        say(
            "Match the invoice to a standard or drop ship order that Sage has, or code its lines to "
            "accounts, and approve it again."
        ),
    )


def _wrong_order(invoice: Invoice, order: PurchaseOrder) -> Finding | None:
    if (order.division, order.vendor_number) != (invoice.division, invoice.vendor_number):
        return stop(
            "vendor-differs",
            say(
                "The invoice is from vendor {vendor}. In Sage, purchase order {number} belongs to vendor "
                "{order_division}.",
                vendor=vendor(invoice.division, invoice.vendor_number, invoice.vendor_name),
                number=order.number,
                order_division=vendor(order.division, order.vendor_number, order.vendor_name),
            ),
            say("Match the invoice to an order of its vendor, or correct the vendor, and approve it again."),
        )
    if order.state is not OrderState.OPEN:
        return stop(
            "po-closed",
            say(
                "The invoice bills purchase order {number}. In Sage this order is {state} (status {sage_status}).",
                number=order.number,
                state=say(order.state),
                sage_status=order.sage_status,
            ),
            say("Reopen the order in Sage, or match the invoice to an open order and approve it again."),
        )
    return None


def _check_lines(invoice: Invoice, order: PurchaseOrder, billed: Billed) -> Iterator[Finding]:
    yield from _check_twice(invoice, order)
    there = {line.line_key: line for line in order.lines}
    for line in invoice.lines:
        if line.po_line_key and line.po_line_key not in there:
            yield _deleted(line, order)
        elif line.po_line_key:
            yield from _check_cost(line, there[line.po_line_key], order)
    for line_key, quantity in _billed_of(invoice).items():
        if line_key in there and there[line_key].item_type not in _WITHOUT_QUANTITY:
            yield from _check_quantity(quantity, billed, there[line_key], order)


def _check_twice(invoice: Invoice, order: PurchaseOrder) -> Iterator[Finding]:
    matched: defaultdict[str, list[int]] = defaultdict(list)
    for line in invoice.lines:
        if line.po_line_key:
            matched[line.po_line_key].append(line.number)
    for line_key, numbers in matched.items():
        if len(numbers) > 1:
            yield stop(
                "po-line-twice",
                say(
                    "Lines {numbers} of the invoice are matched to the same line {line_key} of purchase order "
                    "{number}. Sage takes each line of an order once a bill.",
                    numbers=listed([str(each) for each in numbers]),
                    line_key=line_key,
                    number=order.number,
                ),
                say("Reset the invoice in Quadient AP, put these lines together in one and approve it again."),
            )


def _deleted(line: InvoiceLine, order: PurchaseOrder) -> Finding:
    item = f" ({line.item_code})" if line.item_code else ""
    return stop(
        "po-line-deleted",
        say(
            "Line {number} of the invoice{item} is matched to line {po_line_key} of purchase order "
            "{order_number}. Sage no longer has that line.",
            number=line.number,
            item=item,
            po_line_key=line.po_line_key,
            order_number=order.number,
        ),
        say(
            "Add the line to the order in Sage again and sync, or reset the invoice in Quadient AP, match it "
            "to the lines that are there, and approve it again."
        ),
    )


def _check_cost(line: InvoiceLine, now: PurchaseOrderLine, order: PurchaseOrder) -> Iterator[Finding]:
    if line.unit_cost is None or now.item_type in _WITHOUT_QUANTITY or line.unit_cost == now.unit_cost:
        return
    yield stop(
        "po-cost-changed",
        say(
            "Line {number} of the invoice bills {item} at {unit_cost}. In Sage, purchase order "
            "{order_number} now has a unit cost of {now_unit_cost}.",
            number=line.number,
            item=_item(now),
            unit_cost=cost(line.unit_cost),
            order_number=order.number,
            now_unit_cost=cost(now.unit_cost),
        ),
        say(
            "If {unit_cost} is right, set it on the order in Sage; if not, sync the purchase orders, reset "
            "the invoice in Quadient AP, match it again and approve it again.",
            unit_cost=cost(line.unit_cost),
        ),
    )


def _check_quantity(
    quantity: Decimal, billed: Billed, now: PurchaseOrderLine, order: PurchaseOrder
) -> Iterator[Finding]:
    if quantity <= _NOTHING:
        return
    before, others = billed.before(order.number, now.line_key)
    unposted = billed.unposted.get((order.number, now.line_key), _NONE)
    unsorted = billed.unposted.get((order.number, ""))
    # An unposted credit gives nothing back before it is posted.
    waiting = max(unposted.taken, _NOTHING)
    if quantity > now.ordered:
        yield stop(
            "po-quantity-changed",
            say(
                "The invoice bills {quantity} of {item}. In Sage, purchase order {number} now has {ordered} ordered.",
                quantity=number(quantity),
                item=_item(now),
                number=order.number,
                ordered=number(now.ordered),
            ),
            say(
                "Correct the ordered quantity in Sage, or reset the invoice in Quadient AP, correct its quantity "
                "and approve it again."
            ),
        )
    elif unposted.unreadable:
        there = entries(say("receipt of invoice"), unposted.entries)
        yield unreadable(
            say("{item} of purchase order {number} in {there}", item=_item(now), number=order.number, there=there),
            [unposted.unreadable],
        )
    elif unsorted:
        yield _unsorted(unsorted, order)
    elif quantity + now.invoiced + waiting + before > now.ordered:
        held = (
            say(
                ", {waiting} billed but not posted yet in {entries}",
                waiting=number(waiting),
                entries=entries(say("receipt of invoice"), unposted.entries),
            )
            if waiting
            else ""
        )
        ready = (
            say(", and invoice {others} before this one bills {before}", others=listed(others), before=number(before))
            if before
            else ""
        )
        yield stop(
            "po-over-invoiced",
            say(
                "The invoice bills {quantity} of {item}. In Sage, purchase order {number} has {ordered} ordered "
                "and {invoiced} already invoiced{held}{ready}.",
                quantity=number(quantity),
                item=_item(now),
                number=order.number,
                ordered=number(now.ordered),
                invoiced=number(now.invoiced),
                held=held,
                ready=ready,
            ),
            say(
                "Look whether these goods were billed before. If the bill is right, raise the ordered quantity "
                "in Sage; if not, reset the invoice in Quadient AP and correct its quantity."
            ),
        )


def _unsorted(unposted: UnpostedUse, order: PurchaseOrder) -> Finding:
    there = entries(say("receipt of invoice"), unposted.entries)
    return stop(
        "unreadable-in-sage",
        say(
            "Purchase order {number} is billed in {there}, not posted yet. This Sage does not tell of which "
            "line ({unreadable}), so that AP Bridge cannot tell what is left to bill.",
            number=order.number,
            there=there,
            unreadable=unposted.unreadable,
        ),
        say("Post it in Sage; then preview again."),
    )


def _billed_of(invoice: Invoice) -> dict[str, Decimal]:
    quantities: dict[str, Decimal] = {}
    for line in invoice.lines:
        if line.po_line_key and line.quantity is not None:
            quantities[line.po_line_key] = quantities.get(line.po_line_key, _NOTHING) + line.quantity
    return quantities


def _item(line: PurchaseOrderLine) -> str:
    return line.item_code or line.description or say("line {line_key}", line_key=line.line_key)
