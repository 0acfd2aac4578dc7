"""Counts and sums of documents, credit notes apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.domain.money import ZERO
from app.engine.views import DocumentRow


@dataclass(frozen=True, slots=True)
class Sum:
    """How many documents and their amounts; `credits` of them are credit notes of `credit_amount` (negative)."""

    count: int
    amount: Decimal
    credits: int
    credit_amount: Decimal

    @classmethod
    def of(cls, rows: Iterable[DocumentRow]) -> "Sum":
        """Add up the documents in `rows`."""
        amounts = [row.document.amount for row in rows]
        credit = [amount for amount in amounts if amount < 0]
        return cls(len(amounts), sum(amounts, ZERO), len(credit), sum(credit, ZERO))
