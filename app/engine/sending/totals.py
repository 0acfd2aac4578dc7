"""Control totals: after each run, sent = in Sage = acknowledged, by count and amount, batch by batch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from app.cloud.port import CloudPort, DocumentKind, ShownDocument
from app.domain.language import say
from app.domain.money import ZERO
from app.engine.events import Kind
from app.engine.run import Run
from app.engine.sending.journal import Entry, Journal
from app.engine.sending.looking import Look, Sight, look_for_all
from app.sage.company import SageCompany


def prove(run: Run, sage: SageCompany, cloud: CloudPort) -> bool:
    """Compare what was sent with what Sage and the cloud have now; keep and tell the totals.

    That is what this run sent, and what runs sent that ended before their own totals. Returns whether all agree.
    Sage is read again and the cloud is asked again: nothing is taken from memory.
    """
    journal = Journal(run)
    entries = journal.to_prove()
    if not entries:
        return True
    with run.reporter.stage("totals", say("Comparing totals")):
        now = _Now(look_for_all(sage.ledger, entries), _told(journal, cloud, entries))
        groups: defaultdict[tuple[str, str, str, bool], list[Entry]] = defaultdict(list)
        for entry in entries:
            groups[entry.run, entry.destination, entry.batch, Decimal(entry.amount) < 0].append(entry)
        rows = [_row(run, now, key, group) for key, group in sorted(groups.items())]
        run.store.write_many(
            "INSERT OR REPLACE INTO totals (run, company, destination, batch, credit, sent_count, sent_amount,"
            " sage_count, sage_amount, cloud_count, cloud_amount, differing)"
            " VALUES (:run, :company, :destination, :batch, :credit, :sent_count, :sent_amount,"
            " :sage_count, :sage_amount, :cloud_count, :cloud_amount, :differing)",
            [row | {"differing": orjson.dumps(row["differing"]).decode()} for row in rows],
        )
        run.reporter.tell(Kind.TOTALS, rows=rows)
    differing = [document for row in rows for document in row["differing"]]
    if differing:
        run.attention(
            "totals-differ",
            say("The totals do not match"),
            say(
                "These differ between what was sent, Sage and Quadient AP: {differing}.", differing=", ".join(differing)
            ),
            say("Open them in both programs and compare. Do not post the batch before you have."),
        )
    return not differing


@dataclass(frozen=True, slots=True)
class _Now:
    """What both sides have now: by the entry's id what Sage has, and what Quadient AP shows as exported."""

    sage: Mapping[int, Look]
    cloud: Mapping[int, ShownDocument]


def _told(journal: Journal, cloud: CloudPort, entries: Sequence[Entry]) -> dict[int, ShownDocument]:
    """Ask Quadient AP for the documents of every run that told it of one of the entries."""
    told_by = journal.told_by(entries)
    runs = {entry.id: told_by.get(entry.report, entry.run) for entry in entries}
    shown = {
        (kind.value, run, each.id): each
        for kind in DocumentKind
        for run in sorted(set(runs.values()))
        for each in cloud.documents_of_run(kind, run)
    }
    keys = {entry.id: (entry.kind, runs[entry.id], entry.document) for entry in entries}
    return {id_: shown[key] for id_, key in keys.items() if key in shown}


def _row(run: Run, now: _Now, key: tuple[str, str, str, bool], entries: Iterable[Entry]) -> dict[str, Any]:
    its_run, destination, batch, credit = key
    sent, found, acknowledged, differing = [], [], [], []
    for entry in entries:
        amount = Decimal(entry.amount)
        sent.append(amount)
        seen, there = now.sage[entry.id], now.cloud.get(entry.id)
        if seen.evidence is not None and seen.sight is Sight.OURS:
            found.append(Decimal(str(seen.evidence["amount"])))
        if there is not None:
            acknowledged.append(there.amount)
        if seen.sight is not Sight.OURS or there is None or there.amount != amount:
            differing.append(entry.document)
    return {
        "run": its_run,
        "company": run.company.code,
        "destination": destination,
        "batch": batch,
        "credit": credit,
        "sent_count": len(sent),
        "sent_amount": format(sum(sent, ZERO), "f"),
        "sage_count": len(found),
        "sage_amount": format(sum(found, ZERO), "f"),
        "cloud_count": len(acknowledged),
        "cloud_amount": format(sum(acknowledged, ZERO), "f"),
        "differing": differing,
    }
