"""What needs the user: what runs asked, documents that wait for a person, and records that were set aside."""

import re
from collections.abc import Callable, Container, Generator, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import orjson

from app.domain.codec import plain
from app.domain.findings import Severity
from app.domain.invoices import Invoice, InvoiceKey
from app.domain.language import later, say
from app.domain.lists import ListName
from app.engine.causes import Named, by_cause
from app.engine.sending.journal import LEFT_STANDING
from app.engine.set_aside import SET_ASIDE
from app.engine.shown import Attention, DocumentRow, moment
from app.engine.store import ORDERS, SAGE_PAYMENTS, UNREADABLE

Query: TypeAlias = Callable[[str, tuple[Any, ...]], list[dict[str, Any]]]

SOME = 200  # records set aside that are told without a pause

GONE = later(
    "AP Bridge sent it, and Quadient AP has it as Exported. Sage has it no more: somebody deleted it there, or gave it "
    "another number."
)
GONE_FIX = later(
    "If it should be there, choose Undo Export for it in Quadient AP and mark it for export; the next sync brings it "
    "back to be sent. If it is right as it is, choose Leave It."
)

_PLACE = re.compile(r"row (\d+)")  # what stands for the key of a record whose own cannot be used
_FOR_AN_INVOICE = "invoice-not-open"  # so ends the check of a payment whose invoice is not to be paid in Sage


def needs_you(
    rows: Query, company: str, documents: Mapping[str, Sequence[DocumentRow]]
) -> Generator[None, None, list[Attention]]:
    """Return what needs the user, by cause; `rows` asks the store, `documents` are those that are shown, by kind.

    Where many records were set aside, it yields now and then: a window can do other things in between.
    """
    in_need = [*_documents_in_need(documents)]
    named = {(each.list, each.key) for each in in_need}
    bills = {
        ("invoice", row.id): row.document.key
        for row in documents["invoice"]
        if isinstance(row.document, Invoice) and ("invoice", row.id) in named
    }
    awaited = {}
    if bills:
        awaited = yield from _awaited(rows, company, documents, {bill.number for bill in bills.values()})
    aside: list[Attention] = []
    for some in _records_in_need(rows, company):
        aside += some
        yield
    in_need += sorted(aside, key=lambda each: (each.list, each.key))
    sorted_ = yield from by_cause(in_need, bills, awaited)
    return [
        *_asked_by_runs(rows, company),
        *_not_acknowledged(rows, company),
        *_left_standing(rows, company),
        *sorted_,
    ]


def _asked_by_runs(rows: Query, company: str) -> Iterator[Attention]:
    """What stopped or was asked by the newest run of each command; its next run answers or asks again.

    Which run is the newest their rows tell: the clock may have been set back.
    """
    newest = "SELECT id FROM (SELECT id, MAX(rowid) FROM runs WHERE company = ? GROUP BY command)"
    # A sync's trouble is past when a sync went through; what a person asked for was answered on the spot, and is past
    # when anything did.
    for row in rows(
        f"SELECT id, summary, finished_at FROM runs stopped WHERE outcome = 'failed' AND id IN ({newest})"  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM runs later WHERE later.company = stopped.company"
        " AND later.rowid > stopped.rowid AND later.outcome IN ('done', 'needs_user')"
        " AND (later.command = 'sync' OR stopped.command <> 'sync' AND stopped.command NOT LIKE 'sync %'))",
        (company,),
    ):
        error = orjson.loads(row["summary"]).get("error")
        if error is not None:
            yield Attention(
                "Overview",
                "",
                "",
                error["title"],
                error["message"],
                error["fix"],
                error["code"],
                moment(row["finished_at"]),
                run=row["id"],
            )
    for row in rows(
        f"SELECT run, at, data FROM events WHERE event = 'attention' AND run IN ({newest}) ORDER BY id",  # noqa: S608
        (company,),
    ):
        told = orjson.loads(row["data"])
        yield Attention(
            "Overview",
            "",
            "",
            told["title"],
            told["message"],
            told["fix"],
            told["code"],
            moment(row["at"]),
            run=row["run"],
        )


def _not_acknowledged(rows: Query, company: str) -> Iterator[Attention]:
    """Documents that Sage has, or has no more, and of which Quadient AP does not take the answer."""
    for row in rows(
        "SELECT kind, document, code, message, fix, COALESCE(undone_at, proven_at) AS since FROM journal"
        " WHERE company = ? AND (state = 'proven'"
        " AND acknowledged_at IS NULL AND code = 'not-acknowledged' OR state = 'undone' AND undo_told_at IS NULL"
        " AND code = 'undo-not-acknowledged') ORDER BY id",
        (company,),
    ):
        tab = "Invoices" if row["kind"] == "invoice" else "Payments"
        title = say("{document} is in Sage, but Quadient AP does not take the answer", document=row["document"])
        if row["code"] == "undo-not-acknowledged":
            title = say(
                "{document} was deleted in Sage, but Quadient AP still has it as Exported", document=row["document"]
            )
        since = moment(row["since"])
        yield Attention(tab, row["kind"], row["document"], title, row["message"], row["fix"], row["code"], since)


def _left_standing(rows: Query, company: str) -> Iterator[Attention]:
    """Documents that Sage may have taken, though not found as sent, and that Quadient AP has no longer ready."""
    for row in rows(
        f"SELECT kind, document, message, failed_at FROM journal WHERE company = ? AND {LEFT_STANDING} ORDER BY id",  # noqa: S608
        (company,),
    ):
        tab = "Invoices" if row["kind"] == "invoice" else "Payments"
        title = say("{document} is no longer ready in Quadient AP, and may be in Sage", document=row["document"])
        fix = say(
            "Look for it in Sage. If it is not wanted there, delete it; if it is right, choose Mark as "
            "exported in Quadient AP. The next sync looks again."
        )
        since = moment(row["failed_at"])
        yield Attention(tab, row["kind"], row["document"], title, row["message"], fix, "left-standing", since)


def _documents_in_need(documents: Mapping[str, Sequence[DocumentRow]]) -> Iterator[Attention]:
    invoice, payment = later("Invoice {number} of {vendor_name}"), later("Payment {number} of {vendor_name}")
    for kind, tab in (("invoice", "Invoices"), ("payment", "Payments")):
        for row in documents[kind]:
            number = row.document.number if isinstance(row.document, Invoice) else row.document.reference
            title = say(
                invoice if kind == "invoice" else payment,
                number=number,
                vendor_name=row.document.vendor_name,
            )
            last = row.steps[-1] if row.steps else None
            if row.state == "blocked":
                stop = next(each for each in row.findings if each.severity is Severity.STOPS)
                title = say("{title} cannot be sent yet", title=title)
                since = row.first_seen
                yield Attention(tab, kind, row.id, title, stop.message, stop.fix, stop.code, since, about=stop.about)
            elif row.state in ("failed", "asking") and last is not None:
                since = last.failed_at or last.intended_at
                title = say("{title} was not sent", title=title)
                yield Attention(tab, kind, row.id, title, last.message, last.fix, last.code, since)
            elif row.state == "differs" and last is not None:
                title = say("{title} is Exported in Quadient AP, and not so in Sage", title=title)
                yield Attention(tab, kind, row.id, title, last.message, last.fix, last.code, last.failed_at)
            elif row.unclear and last is not None:
                title = say("{title} may still be in Sage", title=title)
                yield Attention(tab, kind, row.id, title, last.message, last.fix, last.code, last.acknowledged_at)
            elif row.gone and row.standing is not None:
                title = say("{title} is no longer in Sage", title=title)
                yield Attention(tab, kind, row.id, title, say(GONE), say(GONE_FIX), "gone-in-sage", row.standing.since)


def _records_in_need(rows: Query, company: str) -> Iterator[list[Attention]]:
    """Yield the records that were set aside, some at a time: list by list, and state by state."""
    titles = {name.value: name.label for name in ListName}
    titles |= {ORDERS: say("Purchase order"), SAGE_PAYMENTS: say("Payment")}
    titles |= {UNREADABLE["invoice"]: say("Invoice"), UNREADABLE["payment"]: say("Payment")}
    off = {row["list"] for row in rows("SELECT list FROM switched_off WHERE company = ?", (company,))}
    for name in titles.keys() - off:
        for state in SET_ASIDE:
            for some in _by_key(rows, _IN_NEED, (company, name, state)):
                yield [_record_in_need(row, titles[name]) for row in some]


def _record_in_need(row: dict[str, Any], title: str) -> Attention:
    tabs = {ORDERS: "Purchase Orders", SAGE_PAYMENTS: "Payments"}
    tabs |= {UNREADABLE["invoice"]: "Invoices", UNREADABLE["payment"]: "Payments"}
    waits, aside = later("{what} waits"), later("{what} was set aside")
    title = say(waits if row["state"] == "waiting" else aside, what=_named(title, row))
    tab = tabs.get(row["list"], "Lists")
    since = moment(row["since"])
    return Attention(tab, row["list"], row["key"], title, row["reason"], row["fix"], row["code"], since)


def _by_key(rows: Query, sql: str, values: tuple[str, ...]) -> Iterator[list[dict[str, Any]]]:
    """Yield what is found in the order of the keys, some at a time; the last of the values of `sql` is a key."""
    some = rows(sql, (*values, ""))
    while some:
        yield some
        some = rows(sql, (*values, some[-1]["key"]))


# Of a company's records few are set aside, and SQLite would read all of them to have these in order.
_IN_NEED = f"""
SELECT c.list, c.key, c.description, c.state, c.code, c.reason, c.fix, s.since
FROM checkpoints c INDEXED BY checkpoints_by_state LEFT JOIN set_aside s USING (company, list, key)
WHERE c.company = ? AND c.list = ? AND c.state <> 'acknowledged' AND c.state = ?
AND c.key > ? ORDER BY c.key LIMIT {SOME}
"""  # noqa: S608
_WAITING = f"""
SELECT key, payload FROM checkpoints INDEXED BY checkpoints_by_state
WHERE company = ? AND list = ? AND state <> 'acknowledged' AND state = ?
AND key > ? AND payload IS NOT NULL ORDER BY key LIMIT {SOME}
"""  # noqa: S608


def _awaited(
    rows: Query, company: str, documents: Mapping[str, Sequence[DocumentRow]], numbers: Container[str]
) -> Generator[None, None, dict[Named, list[InvoiceKey]]]:
    """Return which of the invoices with these numbers the payments wait for that cannot go because of one."""
    awaited: dict[Named, list[InvoiceKey]] = {}
    for row in documents["payment"]:
        if row.state == "blocked" and any(each.code == _FOR_AN_INVOICE for each in row.findings):
            awaited["payment", row.id] = _paid(plain(row.document), numbers)
    for some in _by_key(rows, _WAITING, (company, SAGE_PAYMENTS, "waiting")):
        for each in some:
            awaited[SAGE_PAYMENTS, each["key"]] = _paid(orjson.loads(each["payload"]), numbers)
        yield
    return awaited


def _paid(payment: Mapping[str, Any], numbers: Container[str]) -> list[InvoiceKey]:
    division, vendor = payment["division"], payment["vendor_number"]
    paid = (line["invoice_number"] for line in payment["lines"])
    return [InvoiceKey(division, vendor, number) for number in paid if number in numbers]


def _named(title: str, row: dict[str, Any]) -> str:
    """Return what people call a record: a check by its number and bank, others by their key, where they have one."""
    place = _PLACE.fullmatch(row["key"])
    if place is not None:
        if row["description"]:
            return say("{what} “{name}”, whose code cannot be used,", what=title, name=row["description"])
        return say("{what} without a code that can be used, in row {n} of its table,", what=title, n=place[1])
    if row["list"] != SAGE_PAYMENTS or row["key"].count("-") < 2:
        return f"{title} {row['key']}"
    bank, rest = row["key"].split("-", 1)
    return say("Check {number} (bank {bank})", number=rest.rpartition("-")[0], bank=bank)
