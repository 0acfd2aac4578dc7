"""What people call the documents that a run brought into Sage or told something of, whose ids are Quadient AP's own."""

import sys
from collections.abc import Mapping
from typing import Any, TypeAlias

import orjson

from app.domain.invoices import Destination
from app.domain.language import say
from app.domain.words import vendor
from app.engine.sending.history import Query
from app.engine.sending.natural_key import CheckName, NaturalKey, restored

Named: TypeAlias = Mapping[tuple[str, str], str]
"""Names by the stage that told of a document and the document's id."""

# A list's stage is left out: a vendor's code is no document's id, though it may be spelled alike.
_TOLD_OF = (
    "SELECT json_extract(e.data, '$.stage') AS stage, d.id, d.kind,"
    " json_extract(d.payload, '$.number') AS number, json_extract(d.payload, '$.reference') AS reference,"
    " json_extract(d.payload, '$.division') AS division, json_extract(d.payload, '$.vendor_number') AS vendor_number,"
    " json_extract(d.payload, '$.vendor_name') AS vendor_name"
    " FROM events e JOIN documents d ON d.company = ? AND d.kind IN ('invoice', 'payment')"
    " AND d.id = json_extract(e.data, '$.key') WHERE e.run = ? AND e.event = 'item'"
    " AND (json_extract(e.data, '$.stage') LIKE '%.' || d.kind OR json_extract(e.data, '$.stage')"
    " IN ('finish', 'moves', 'shorten', 'undo', 'finish_undo', 'undo_export')) AND e.id BETWEEN ? AND ?"
)


def brought_as(rows: Query, run: str) -> dict[str, str]:
    """Return what people call each document that a run brought into Sage, by its id: INV-1043 of 01-ACME."""
    return {
        row["document"]: _by_key(restored(Destination(row["destination"]), orjson.loads(row["natural_key"])))
        for row in rows("SELECT document, destination, natural_key FROM journal WHERE run = ? ORDER BY id", (run,))
    }


def told_of(rows: Query, company: str, run: str, events: tuple[int, int] = (0, sys.maxsize)) -> Named:
    """Return what people call each document that a run told something of: INV-1043 of 01-ACME (Acme Tools).

    Of many events, those from one id to another can be asked of, both included.

    A document that the store no longer has, or that may be an invoice or a payment, has no name.
    """
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows(_TOLD_OF, (company, run, *events)):
        found.setdefault((row["stage"], row["id"]), set()).add(_by_content(row))
    return {told: names.pop() for told, names in found.items() if len(names) == 1}


def _by_key(name: NaturalKey) -> str:
    number = (
        say("check {number} (bank {bank_code})", number=name.number, bank_code=name.bank_code)
        if isinstance(name, CheckName)
        else name.number
    )
    return say("{number} of {vendor}", number=number, vendor=vendor(name.division, name.vendor_number))


def _by_content(row: Mapping[str, Any]) -> str:
    known = vendor(row["division"], row["vendor_number"], row["vendor_name"])
    if row["kind"] == "payment":
        return say("payment {reference} to {vendor}", reference=row["reference"], vendor=known)
    return say("{number} of {vendor}", number=row["number"], vendor=known)
