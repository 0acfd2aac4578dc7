"""Reads payments made in Sage from the check history, voids and reversals with the payment they cancel."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from itertools import groupby

from app.domain.payments import ImportKind, PaymentLine, SagePayment
from app.sage.cells import Cells, Observations
from app.sage.merge import Groups, Key, raw_key, unexpected_order
from app.sage.outcomes import Quarantined, Skipped, UnreadableValue
from app.sage.source import Row, Source

Outcome = SagePayment | Skipped | Quarantined

HEADERS = "AP_CheckHistoryHeader"
LINES = "AP_CheckHistoryDetail"

_HEADER_COLUMNS = (
    "BankCode",
    "CheckNo",
    "CheckSeqNo",
    "CheckType",
    "CheckDate",
    "APDivisionNo",
    "VendorNo",
    "VendorName",
    "CheckAmt",
)
_LINE_COLUMNS = ("BankCode", "CheckNo", "CheckSeqNo", "InvoiceNo", "InvoiceSeqNo", "AmountPaid", "DiscountAmt")

_PAYMENT_TYPES = frozenset("ACM")
_CANCELLING_TYPES = frozenset("VR")

# Sage gives a line that pays no invoice but books straight to the general ledger such a number.
_LEDGER_ONLY = re.compile(r"CK\d{8}")


def read_payments(
    source: Source, seen: Observations, *, since: date | None, workflow_banks: Collection[str]
) -> Iterator[Outcome]:
    """Yield the payments in the order of bank code, check number and sequence.

    Payments dated before `since` are left out silently, and what cancels them with them. A payment of one of
    `workflow_banks` is for Quadient AP's own workflow, all others are records.

    Raises:
        SkipItem: when one of the two tables cannot be read, or does not arrive in key order.
        RetryLater, NeedsUser: when Sage does not answer.
    """
    order = ("BankCode", "CheckNo", "CheckSeqNo")
    headers = source.stream(HEADERS, _HEADER_COLUMNS, order=order)
    details = Groups(LINES, source.stream(LINES, _LINE_COLUMNS, order=(*order, "InvoiceNo", "InvoiceSeqNo")), 3)
    reader = _Reader(seen, since, frozenset(workflow_banks))
    last: Key = ()
    for _, check in groupby(enumerate(headers, start=1), lambda numbered: raw_key(numbered[1], 2)):
        reader.next_check()
        for place, row in check:
            key = raw_key(row, 3)
            if key <= last:
                raise unexpected_order(HEADERS)
            last = key
            outcome = reader.read(place, row, details.take(key))
            if outcome is not None:
                yield outcome


class _Reader:
    """Reads the sequences of one check after the other; remembers the payment that a void would cancel."""

    def __init__(self, seen: Observations, since: date | None, workflow_banks: frozenset[str]) -> None:
        self._headers = Cells(HEADERS, seen)
        self._lines = Cells(LINES, seen)
        self._since = since
        self._workflow_banks = workflow_banks
        self._latest: Outcome | None = None
        self._latest_too_old = False

    def next_check(self) -> None:
        """Forget the check read before: what follows is another bank code or check number."""
        self._latest = None
        self._latest_too_old = False

    def read(self, place: int, row: Row, details: list[Row]) -> Outcome | None:
        """Return what one sequence of the check is, or None when it is before the start date."""
        part = self._headers.key
        try:
            parts = (part(row[0], "BankCode"), part(row[1], "CheckNo"), part(row[2], "CheckSeqNo"))
        except UnreadableValue as error:
            return error.quarantined(f"row {place}")
        key = "-".join(parts)
        kind = self._headers.text(row[3], "CheckType")
        if kind in _CANCELLING_TYPES:
            return self._cancellation(key, parts, kind, row, details)
        if kind not in _PAYMENT_TYPES:
            return Quarantined(key, HEADERS, "CheckType", kind, f"AP Bridge does not know its check type “{kind}”.")
        paid_on = self._headers.day(row[4], "CheckDate")
        self._latest_too_old = self._since is not None and paid_on is not None and paid_on < self._since
        if self._latest_too_old:
            self._latest = None
            return None
        self._latest = self._payment(key, parts, kind, row, details, cancels="")
        return self._latest

    def _cancellation(
        self, key: str, parts: tuple[str, str, str], kind: str, row: Row, details: list[Row]
    ) -> Outcome | None:
        if self._latest_too_old:
            return None
        payment = self._latest
        if isinstance(payment, SagePayment):
            return self._payment(key, parts, kind, row, details, cancels=payment.key)
        if isinstance(payment, Skipped):
            return Skipped(key, payment.code, "It cancels a check that is left out itself.")
        if isinstance(payment, Quarantined):
            return Quarantined(
                key, HEADERS, "CheckType", kind, f"It cancels payment {payment.key}, which cannot be read."
            )
        outcome = self._payment(key, parts, kind, row, details, cancels="")
        if isinstance(outcome, SagePayment):
            return Quarantined(
                key, HEADERS, "CheckType", kind, "It cancels a check, but Sage has no earlier payment with its number."
            )
        return outcome

    def _payment(
        self, key: str, parts: tuple[str, str, str], kind: str, row: Row, details: list[Row], *, cancels: str
    ) -> Outcome:
        text = self._headers.text
        try:
            amount = self._headers.amount(row[8], "CheckAmt")
            # A void repeats its payment or shows nothing, depending on how it was made: it always counts.
            if amount == 0 and not cancels:
                return Skipped(key, "zero-check", "The check is for 0.00: a stub, a voided form or an offset.")
            return SagePayment(
                key,
                ImportKind.WORKFLOW if parts[0] in self._workflow_banks else ImportKind.RECORD,
                parts[0],
                parts[1],
                kind,
                self._headers.day(row[4], "CheckDate"),
                text(row[5], "APDivisionNo"),
                text(row[6], "VendorNo"),
                text(row[7], "VendorName"),
                amount,
                cancels,
                self._paid(details),
            )
        except UnreadableValue as error:
            return error.quarantined(key)

    def _paid(self, details: list[Row]) -> tuple[PaymentLine, ...]:
        lines = []
        for row in details:
            number = self._lines.text(row[3], "InvoiceNo")
            if not _LEDGER_ONLY.fullmatch(number):
                lines.append(
                    PaymentLine(
                        number,
                        self._lines.amount(row[5], "AmountPaid"),
                        self._lines.amount(row[6], "DiscountAmt"),
                    )
                )
        return tuple(lines)
