"""Payments in both directions: made in Quadient AP for Sage 100, and made in Sage 100."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from app.domain.invoices import Destination


class CheckKey(NamedTuple):
    """What Sage knows a check by."""

    bank_code: str
    check_number: str


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """What a payment pays of one invoice; `amount` is money paid, `discount` is taken beside it."""

    invoice_number: str
    amount: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment fully processed by Quadient AP, to be recorded in Sage's Manual Check and Payment Entry.

    `amount` = the lines' amounts. `reference` is the payment partner's; the check number is made from it. `revision` as
    in `Invoice`.
    """

    id: str
    reference: str
    bank_code: str
    payment_date: date
    division: str
    vendor_number: str
    vendor_name: str
    currency: str
    amount: Decimal
    method: str
    lines: tuple[PaymentLine, ...]
    revision: str = ""

    @property
    def destination(self) -> Destination:
        """Where it goes in Sage."""
        return Destination.MANUAL_CHECK


class ImportKind(StrEnum):
    """What Quadient AP does with a payment made in Sage, by its own name for the type."""

    WORKFLOW = "ERPBeanPayment"
    RECORD = "IMPPayment"


@dataclass(frozen=True, slots=True)
class SagePayment:
    """A payment made in Sage, or (`cancels` is set) the void or reversal of an earlier one.

    `key` is bank code, check number and sequence joined with dashes, as in AP_CheckHistoryHeader.
    """

    key: str
    kind: ImportKind
    bank_code: str
    check_number: str
    check_type: str
    payment_date: date | None
    division: str
    vendor_number: str
    vendor_name: str
    amount: Decimal
    cancels: str
    lines: tuple[PaymentLine, ...]
