"""How many records each of the nine lists has, and what orders and payments made in Sage come to."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

import orjson

from app.domain.lists import ListName
from app.domain.money import ZERO
from app.engine.set_aside import SET_ASIDE
from app.engine.shown import ListSummary, OrderRow, SagePaymentRow, moment

Row = TypeVar("Row", OrderRow, SagePaymentRow)
Query: TypeAlias = Callable[[str, tuple[Any, ...]], list[dict[str, Any]]]

_NONE: dict[str, Any] = {"active": 0, "inactive": 0, "failed": 0, "changed": None}


def summed_up(rows: Query, company: str) -> list[ListSummary]:
    """Return the nine lists in the order of their names."""
    counts = {
        row["list"]: row
        for row in rows(
            "SELECT list, SUM(hash IS NOT NULL AND active) AS active,"
            " SUM(hash IS NOT NULL AND NOT active) AS inactive,"
            " SUM(state IN ('refused', 'waiting', 'quarantined')) AS failed, MAX(acknowledged_at) AS changed"
            " FROM checkpoints WHERE company = ? GROUP BY list",
            (company,),
        )
    }
    syncs = {row["list"]: row for row in rows("SELECT * FROM list_syncs WHERE company = ?", (company,))}
    return [
        ListSummary(
            name,
            counts.get(name, _NONE)["active"],
            counts.get(name, _NONE)["inactive"],
            counts.get(name, _NONE)["failed"],
            moment(syncs[name]["finished_at"]) if name in syncs else None,
            orjson.loads(syncs[name]["counts"]) if name in syncs else {},
            syncs[name]["run"] if name in syncs else "",
            moment(counts.get(name, _NONE)["changed"]),
        )
        for name in ListName
    ]


@dataclass(slots=True)
class Amounts:
    """How many records there are and what they come to; `unknown` of them have no amount, since they are not known.

    `cancelling` of them cancel earlier ones, by `cancelled`; both are counted in `count` and `amount`.
    """

    count: int = 0
    amount: Decimal = ZERO
    unknown: int = 0
    cancelling: int = 0
    cancelled: Decimal = ZERO

    def add(self, row: OrderRow | SagePaymentRow) -> None:
        """Count one more."""
        self.count += 1
        if row.amount is None:
            self.unknown += 1
            return
        self.amount += row.amount
        if isinstance(row, SagePaymentRow) and row.payment is not None and row.payment.cancels:
            self.cancelling += 1
            self.cancelled += row.amount


@dataclass(slots=True)
class AddedUp:
    """What records come to, `all` of them and those of them that the cloud does not have (`left`)."""

    all: Amounts = field(default_factory=Amounts)
    left: Amounts = field(default_factory=Amounts)

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield `rows`, and add up each of them as it is asked for."""
        for row in rows:
            self.all.add(row)
            if row.state in SET_ASIDE:
                self.left.add(row)
            yield row


def amount_of(rows: Iterable[OrderRow] | Iterable[SagePaymentRow]) -> Decimal:
    """Return what `rows` come to, as far as their amounts are known."""
    return sum((row.amount for row in rows if row.amount is not None), ZERO)
