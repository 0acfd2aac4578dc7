"""The Purchase Orders tab: what was sent to Quadient AP, what waits, and why."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.domain.purchase_orders import OrderState, OrderType, PurchaseOrder
from app.engine.views import OrderRow, Views
from app.gui.format import day, moment, money, quantity, unit_cost, whole
from app.gui.table import Column, TableModel
from app.gui.tabs.base import Tab
from app.gui.text import counted, tr
from app.gui.widgets.detail import Detail, Page, nothing_chosen
from app.gui.widgets.filter_box import FilterBox
from app.gui.widgets.table_view import TableView
from app.gui.words import IMPORT_TROUBLE, import_state


class OrdersTab(Tab):
    """Above the orders, below the chosen one with its lines and receipts."""

    def __init__(self, views: Views, parent: QWidget | None = None) -> None:
        empty = tr("No purchase orders yet. Click Sync Now to bring the open ones to Quadient AP.")
        nothing = tr("The sync of {when} found no open purchase order in Sage. Click Sync Now to look again.")
        super().__init__("orders_tab", views, empty, parent, nothing=nothing)
        self.orders: TableModel[OrderRow] = TableModel(_columns(), lambda row: row.number, parent=self)
        self.orders_table = TableView("orders_table", tr("Purchase orders"), self.orders, leads=True)
        self.filter_box = FilterBox("orders_filter", self.orders)
        self.detail = Detail("order_detail", tr("The chosen purchase order"))
        self._accounts: dict[str, str] = {}
        self._caption = QLabel()
        bar = QHBoxLayout()
        bar.addWidget(self.filter_box)
        bar.addStretch(1)
        bar.addWidget(self._caption)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.orders_table)
        split.addWidget(self.detail)
        split.setSizes([300, 220])
        split.setStretchFactor(0, 1)
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(bar)
        layout.addWidget(split, 1)
        self.orders_table.selected.connect(self._show_order)
        self.orders_table.opened.connect(lambda _: self.detail.setFocus())
        self.orders.ticks_changed.connect(self._show_caption)

    def load(self) -> bool:
        """Fill the tab from the store."""
        self._accounts = self.views.accounts()
        self.orders.set_rows(self.views.orders())
        return bool(self.orders.rows)

    def open_record(self, key: str) -> None:
        """Show the order numbered `key`."""
        self.load_if_stale()
        self.filter_box.clear()
        if self.orders_table.choose(key):
            self.orders_table.setFocus()

    def _show_caption(self) -> None:
        number, trouble = len(self.orders.rows), sum(row.state in IMPORT_TROUBLE for row in self.orders.rows)
        words = counted(number, "{n} order", "{n} orders")
        if len(self.orders.shown) != number:
            words = tr("{words}, {shown} shown", words=words, shown=whole(len(self.orders.shown)))
        if trouble:
            words = counted(
                trouble,
                "{words} · {n} did not reach Quadient AP",
                "{words} · {n} did not reach Quadient AP",
                words=words,
            )
        self._caption.setText(words)

    def _show_order(self, row: OrderRow | None) -> None:
        if row is None:
            nothing_chosen(self.detail)
            return
        page = self.detail.page()
        _write_page(page, row, self._accounts)
        self.detail.show_page(page)


def _write_page(page: Page, row: OrderRow, accounts: Mapping[str, str]) -> None:
    picture, state = import_state(row.state)
    order = row.order
    if order is None:
        page.title(tr("Purchase order {number}", number=row.number), picture)
    else:
        page.title(tr("Purchase order {number}, {vendor}", number=row.number, vendor=order.vendor_name), picture)
    if row.reason:
        page.finding(picture, f"{state}: {row.reason}", row.fix)
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
        Column(tr("Number"), lambda row: row.number, width=10),
        Column(
            tr("Vendor"),
            lambda row: f"{row.order.division}-{row.order.vendor_number} {row.order.vendor_name}" if row.order else "",
            width=30,
        ),
        Column(
            tr("Date"),
            lambda row: day(row.order.order_date) if row.order else "",
            lambda row: row.order.order_date if row.order else None,
            width=10,
        ),
        Column(tr("Type"), lambda row: _type(row.order) if row.order else "", width=10),
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
            width=15,
            icon=lambda row: import_state(row.state)[0],
        ),
        Column(tr("Reason"), lambda row: f"{row.reason} {row.fix}".strip()),
    ]
