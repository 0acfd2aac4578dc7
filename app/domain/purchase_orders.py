"""Purchase orders as Sage 100 holds them, with what was received against them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.domain.language import later


class OrderType(StrEnum):
    """The order types that reach Quadient AP, by Sage's code."""

    STANDARD = "S"
    DROP_SHIP = "D"


class OrderState(StrEnum):
    """What an order's Sage status means to Quadient AP."""

    OPEN = later("open")
    COMPLETE = later("complete")
    CANCELLED = later("cancelled")


@dataclass(frozen=True, slots=True)
class PurchaseOrderLine:
    """One line; quantities and unit cost have six decimals, the extension two."""

    line_key: str
    sequence: str
    item_code: str
    item_type: str
    description: str
    unit: str
    warehouse: str
    account_key: str
    ordered: Decimal
    received: Decimal
    invoiced: Decimal
    backordered: Decimal
    unit_cost: Decimal
    extension: Decimal
    comment: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What one receipt of goods brought for one order line."""

    line_key: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt of goods (Sage receipt type G)."""

    number: str
    sequence: str
    received_on: date | None
    lines: tuple[ReceiptLine, ...]


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """One order with its lines, in line order, and its receipts, oldest first."""

    number: str
    order_type: OrderType
    state: OrderState
    sage_status: str
    order_date: date | None
    required_date: date | None
    division: str
    vendor_number: str
    vendor_name: str
    terms: str
    warehouse: str
    tax_schedule: str
    comment: str
    freight: Decimal
    sales_tax: Decimal
    lines: tuple[PurchaseOrderLine, ...]
    receipts: tuple[Receipt, ...]

    @property
    def total(self) -> Decimal:
        """Lines, freight and sales tax; Sage's header has no total column."""
        return sum((line.extension for line in self.lines), self.freight + self.sales_tax)
