"""How many records each of the nine lists has, and what the last run did with it."""

from collections.abc import Callable
from typing import Any, TypeAlias

import orjson

from app.domain.lists import ListName
from app.engine.shown import ListSummary, moment

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
