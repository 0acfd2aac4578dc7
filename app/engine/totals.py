"""Control totals: after each run, sent = in Sage = acknowledged, by count and amount, batch by batch."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import orjson

from app.cloud.port import CloudPort, DocumentKind, ExportedDocument
from app.domain.money import ZERO
from app.engine.events import Kind
from app.engine.journal import Entry, Journal
from app.engine.looking import Sight, look
from app.engine.run import Run
from app.sage.company import SageCompany


def prove(run: Run, sage: SageCompany, cloud: CloudPort) -> bool:
    """Compare what this run sent with what Sage and the cloud have now; keep and tell the totals.

    Returns whether all agree. Sage is read again and the cloud is asked again: nothing is taken from memory.
    """
    entries = Journal(run).of_run()
    if not entries:
        return True
    with run.reporter.stage("totals", "Comparing totals"):
        in_cloud: dict[tuple[str, str], ExportedDocument] = {}
        for kind in DocumentKind:
            in_cloud |= {(kind, each.id): each for each in cloud.documents_of_run(kind, run.id)}
        groups: defaultdict[tuple[str, str, bool], list[Entry]] = defaultdict(list)
        for entry in entries:
            groups[entry.destination, entry.batch, Decimal(entry.amount) < 0].append(entry)
        rows = [_row(run, sage, in_cloud, key, group) for key, group in sorted(groups.items())]
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
            "The totals do not match",
            f"These differ between what was sent, Sage and Quadient AP: {', '.join(differing)}.",
            "Open them in both programs and compare. Do not post the batch before you have.",
        )
    return not differing


def _row(
    run: Run,
    sage: SageCompany,
    in_cloud: dict[tuple[str, str], ExportedDocument],
    key: tuple[str, str, bool],
    entries: Iterable[Entry],
) -> dict[str, Any]:
    destination, batch, credit = key
    sent, found, acknowledged, differing = [], [], [], []
    for entry in entries:
        amount = Decimal(entry.amount)
        sent.append(amount)
        seen = look(sage.ledger, entry)
        there = in_cloud.get((entry.kind, entry.document))
        if seen.evidence is not None and seen.sight is Sight.OURS:
            found.append(Decimal(str(seen.evidence["amount"])))
        if there is not None:
            acknowledged.append(there.amount)
        if seen.sight is not Sight.OURS or there is None or there.amount != amount:
            differing.append(entry.document)
    return {
        "run": run.id,
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
