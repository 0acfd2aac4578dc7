"""Money in flight: how much is approved, in Sage and unposted, posted and paid, as far as AP Bridge knows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import orjson

from app.domain.money import ZERO
from app.engine.sending.whereabouts import Stands
from app.engine.shown import DocumentRow, Standing

Query: TypeAlias = Callable[[str, tuple[Any, ...]], list[dict[str, Any]]]

PAID_FOR = timedelta(days=30)  # so long a bill that is paid is still told
APPROVED = "approved"
_POSTED_PLACES = ("open invoices", "history")


@dataclass(frozen=True, slots=True)
class InFlight:
    """One station of a kind's way; `stage` is "approved" or where it stands in Sage.

    `credits` of the documents are credit notes of `credit_amount` (negative), both counted in `count` and `amount`.
    `as_of` is when the oldest of what is counted was looked at, None where nothing is.
    """

    kind: str
    stage: str
    count: int
    amount: Decimal
    credits: int
    credit_amount: Decimal
    as_of: datetime | None


def standings(rows: Query, company: str) -> dict[tuple[str, str], Standing]:
    """Return where each document stands that Sage has from AP Bridge, by kind and id.

    Before the first look after a send, it stands where the read-back found it.
    """
    found = {}
    for row in rows(
        "SELECT j.kind, j.document, j.amount, j.evidence, j.proven_at, j.run AS sent_by, w.stands, w.balance, w.since,"
        " w.as_of, w.run, w.let_be FROM journal j LEFT JOIN whereabouts w ON w.entry = j.id"
        " WHERE j.company = ?1 AND j.state IN ('proven', 'acknowledged') ORDER BY j.id",
        (company,),
    ):
        found[row["kind"], row["document"]] = _standing(row)
    return found


def in_flight(
    documents: Mapping[str, Sequence[DocumentRow]],
    there: Mapping[tuple[str, str], Standing],
    now: datetime,
) -> list[InFlight]:
    """Return the stations of invoices, then those of payments, in their order.

    Paid bills are told for 30 days, payments count as arrived once they are posted; what Sage has no more is left out.
    """
    stations = []
    for kind, path in (
        ("invoice", (Stands.UNPOSTED, Stands.POSTED, Stands.PAID)),
        ("payment", (Stands.UNPOSTED, Stands.POSTED)),
    ):
        waiting = [row for row in documents[kind] if row.waits]
        looked = [row.previewed_at for row in waiting]
        stations.append(_station(kind, APPROVED, [row.document.amount for row in waiting], looked))
        for stage in path:
            final = stage is path[-1]
            its = [
                each
                for (its_kind, _), each in there.items()
                if its_kind == kind and each.stands == stage and not (final and now - each.since > PAID_FOR)
            ]
            stations.append(_station(kind, stage, [each.amount for each in its], [each.as_of for each in its]))
    return stations


def _station(kind: str, stage: str, amounts: Sequence[Decimal], looked: Iterable[datetime]) -> InFlight:
    credit = [amount for amount in amounts if amount < 0]
    as_of = min(looked, default=None)
    return InFlight(kind, stage, len(amounts), sum(amounts, ZERO), len(credit), sum(credit, ZERO), as_of)


def _standing(row: dict[str, Any]) -> Standing:
    if row["stands"]:
        return Standing(
            row["stands"],
            Decimal(row["amount"]),
            Decimal(row["balance"]) if row["balance"] else None,
            datetime.fromisoformat(row["since"]),
            datetime.fromisoformat(row["as_of"]),
            row["run"],
            let_be=bool(row["let_be"]),
        )
    place = orjson.loads(row["evidence"]).get("place", "")
    stands = Stands.POSTED if place in _POSTED_PLACES else Stands.UNPOSTED
    proven = datetime.fromisoformat(row["proven_at"])
    return Standing(stands, Decimal(row["amount"]), None, proven, proven, row["sent_by"])
