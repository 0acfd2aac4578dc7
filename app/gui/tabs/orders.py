"""The Purchase Orders tab: what was sent to Quadient AP, what waits, and why."""

from collections.abc import Iterator, Mapping

from PySide6.QtWidgets import QWidget

from app.domain.purchase_orders import OrderState, OrderType, PurchaseOrder
from app.engine.views import OrderRow, Views
from app.gui.format import day, moment, money, quantity, unit_cost, whole
from app.gui.table import Column
from app.gui.tabs.records import Records, RecordsTab
from app.gui.text import counted, tr
from app.gui.widgets.detail import Page
from app.gui.words import import_state, key_words


class OrdersTab(RecordsTab[OrderRow]):
    """Above the orders, below the chosen one with its lines and receipts."""

    def __init__(self, views: Views, parent: QWidget | None = None) -> None:
        kind = Records(
            "orders",
            tr("Purchase orders"),
            tr("The chosen purchase order"),
            _columns(),
            lambda row: row.number,
            lambda number: counted(number, "{n} order", "{n} orders"),
            tr("No purchase orders yet. Click Sync Now to bring the open ones to Quadient AP."),
            tr("The sync of {when} found no open purchase order in Sage. Click Sync Now to look again."),
        )
        super().__init__(kind, views, parent)
        self._accounts: Mapping[str, str] = {}

    def rows(self) -> Iterator[OrderRow]:
        """Yield the orders as the store has them."""
        self._accounts = self.views.accounts()
        return self.views.orders()

    def write_page(self, page: Page, row: OrderRow) -> None:
        """Write an order with its lines and receipts."""
        _write_page(page, row, self._accounts)


def _write_page(page: Page, row: OrderRow, accounts: Mapping[str, str]) -> None:
    picture, state = import_state(row.state)
    order = row.order
    if order is None:
        number = " · ".join(part for part in (key_words(row.number), row.called) if part)
        page.title(tr("Purchase order {number}", number=number), picture)
    else:
        page.title(tr("Purchase order {number}, {vendor}", number=row.number, vendor=order.vendor_name), picture)
    if row.reason:
        page.finding(picture, tr("{name}: {text}", name=state, text=row.reason), row.fix, row.code)
    else:
        page.text(tr("{state}, last sent {when}", state=state, when=moment(row.changed_at)), quiet=True)
    if order is None:
        return
    page.facts(
        (
            (tr("Vendor"), f"{order.division}-{order.vendor_number} {order.vendor_name}"),
            (tr("Type"), _type(order)),
            (tr("Ordered"), day(order.order_date)),
            (tr("Required"), day(order.required_date)),
            (tr("Terms"), order.terms),
            (tr("Warehouse"), order.warehouse),
            (tr("Freight"), money(order.freight) if order.freight else ""),
            (tr("Sales tax"), money(order.sales_tax) if order.sales_tax else ""),
            (tr("Comment"), order.comment),
        )
    )
    page.section(tr("Lines"))
    page.table(
        (
            tr("Item"),
            tr("Description"),
            tr("Account"),
            tr("Unit"),
            tr("Ordered"),
            tr("Received"),
            tr("Invoiced"),
            tr("Back-ordered"),
            tr("Unit cost"),
            tr("Extension"),
        ),
        (
            (
                line.item_code,
                " · ".join(part for part in (line.description, line.comment, line.note) if part),
                accounts.get(line.account_key, line.account_key),
                line.unit,
                quantity(line.ordered),
                quantity(line.received),
                quantity(line.invoiced),
                quantity(line.backordered),
                unit_cost(line.unit_cost),
                money(line.extension),
            )
            for line in order.lines
        ),
        right=range(4, 10),
    )
    _write_receipts(page, order)


def _write_receipts(page: Page, order: PurchaseOrder) -> None:
    page.section(tr("Receipts of goods"))
    if not order.receipts:
        drop_ship = order.order_type is OrderType.DROP_SHIP
        page.text(tr("None: the goods go straight to the customer.") if drop_ship else tr("None so far."), quiet=True)
        return
    names = {line.line_key: line.item_code or line.description for line in order.lines}
    page.table(
        (tr("Receipt"), tr("Date"), tr("Item"), tr("Quantity")),
        (
            (receipt.number, day(receipt.received_on), names.get(line.line_key, line.line_key), quantity(line.quantity))
            for receipt in order.receipts
            for line in receipt.lines
        ),
        right=(3,),
    )


def _type(order: PurchaseOrder) -> str:
    return {OrderType.STANDARD: tr("Standard"), OrderType.DROP_SHIP: tr("Drop ship")}[order.order_type]


def _status(order: PurchaseOrder) -> str:
    return {
        OrderState.OPEN: tr("Open"),
        OrderState.COMPLETE: tr("Complete"),
        OrderState.CANCELLED: tr("Cancelled"),
    }[order.state]


def _columns() -> list[Column[OrderRow]]:
    return [
        Column(tr("Number"), lambda row: key_words(row.number), width=10),
        Column(
            tr("Vendor"),
            lambda row: (
                f"{row.order.division}-{row.order.vendor_number} {row.order.vendor_name}" if row.order else row.called
            ),
            width=38,
            long=True,
            up_to=50,
        ),
        Column(
            tr("Date"),
            lambda row: day(row.order.order_date) if row.order else "",
            lambda row: row.order.order_date if row.order else None,
            width=12,
        ),
        Column(tr("Type"), lambda row: _type(row.order) if row.order else "", width=19),
        Column(tr("Status"), lambda row: _status(row.order) if row.order else "", width=10),
        Column(
            tr("Lines"),
            lambda row: whole(len(row.order.lines)) if row.order else "",
            lambda row: len(row.order.lines) if row.order else None,
            right=True,
            width=6,
        ),
        Column(
            tr("Total"),
            lambda row: money(row.order.total) if row.order else "",
            lambda row: row.order.total if row.order else None,
            right=True,
            width=13,
            tone=lambda row: "negative" if row.order and row.order.total < 0 else "",
        ),
        Column(
            tr("State"),
            lambda row: import_state(row.state)[1],
            width=19,
            icon=lambda row: import_state(row.state)[0],
        ),
        Column(tr("Reason"), lambda row: f"{row.reason} {row.fix}".strip(), width=8, long=True),
    ]
