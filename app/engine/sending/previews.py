"""The preview: what is ready in Quadient AP, checked against Sage as it is now, and kept with its hash."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import orjson

from app.cloud.port import CloudPort, DocumentKind, Unreadable
from app.domain.codec import canonical, plain
from app.domain.documents import Document, content_hash
from app.domain.findings import Finding, Severity, stop
from app.domain.invoices import Invoice
from app.domain.language import say
from app.domain.money import ZERO
from app.domain.payments import Payment
from app.engine.checks import CheckContext, Verdict, check_invoices, check_payments
from app.engine.checks.facts import ordered
from app.engine.events import Kind
from app.engine.run import Run
from app.engine.sending.earlier import find_earlier
from app.engine.sending.history import note, note_previewed
from app.engine.sending.journal import Intent, Journal
from app.engine.sending.natural_key import natural_key
from app.engine.sending.shortening import as_decided, shortened
from app.engine.store import UNREADABLE
from app.engine.undo.undo_journal import UndoJournal
from app.sage.company import SageCompany

# What tells of a document that Sage has under the number: it is this one, or it stops this one.
_UNDER_ITS_NUMBER = ("duplicate-unposted", "duplicate-posted", "check-number-used")


@dataclass(frozen=True, slots=True)
class Previewed:
    """A ready document, the hash of exactly what will be sent, and what the checks say."""

    document: Document
    hash: bytes
    verdict: Verdict


def fetch_ready(run: Run, cloud: CloudPort, kind: DocumentKind) -> list[Document | Unreadable]:
    """Return what is ready to sync in Quadient AP now, with what a person decided about it."""
    decisions = shortened(run.store.rows, run.company.code)
    fetched: Iterable[Document | Unreadable]
    fetched = cloud.ready_invoices() if kind is DocumentKind.INVOICE else cloud.ready_payments()
    ready = []
    for document in fetched:
        run.cancel.check()
        ready.append(document if isinstance(document, Unreadable) else as_decided(document, decisions))
    return ready


def judge(run: Run, sage: SageCompany, documents: Sequence[Document]) -> list[Previewed]:
    """Check documents of one kind, all together, against Sage as it is now."""
    if not documents:
        return []
    kind = _kind(documents)
    hashes = {document.id: content_hash(document) for document in documents}
    journal = Journal(run)
    context = CheckContext(
        company=run.company,
        ledger=sage.ledger,
        today=run.today(),
        ours=lambda id_: journal.intends(kind, id_, hashes[id_]),
    )
    invoices = [document for document in documents if isinstance(document, Invoice)]
    payments = [document for document in documents if isinstance(document, Payment)]
    verdicts = check_invoices(context, invoices) | check_payments(context, payments)
    intents = [Intent(each, hashes[each.id], natural_key(each, verdicts[each.id].check)) for each in documents]
    earlier = find_earlier(journal, sage.ledger, kind, intents)
    judged = []
    for document in documents:
        verdict, before = verdicts[document.id], earlier[document.id]
        beside = verdict.findings
        if any(each.code in _UNDER_ITS_NUMBER for each in before):
            # That Sage has it is no reason to send it where it has something else in it.
            beside = tuple(each for each in beside if each.code not in _UNDER_ITS_NUMBER)
        findings = ordered([*before, *beside])
        judged.append(Previewed(document, hashes[document.id], replace(verdict, findings=findings)))
    return judged


def preview(run: Run, sage: SageCompany, cloud: CloudPort, kind: DocumentKind) -> list[Previewed]:
    """Fetch, check and keep the ready documents of one kind; tell what stands in the way of each."""
    with run.reporter.stage(f"preview.{kind}", say("{label} ready in Quadient AP", label=kind.label)) as stage:
        ready = fetch_ready(run, cloud, kind)
        judged = judge(run, sage, [document for document in ready if not isinstance(document, Unreadable)])
        note_previewed(run, kind, judged)
        _keep(run, kind, judged)
        _keep_unreadable(run, kind, [document for document in ready if isinstance(document, Unreadable)])
        _retire(run, cloud, kind, {each.document.id for each in judged})
        UndoJournal(run).retire(kind)
        blocked = [each for each in judged if not each.verdict.sendable]
        sendable = [each for each in judged if each.verdict.sendable]
        warnings = sum(f.severity is Severity.WARNS for each in judged for f in each.verdict.findings)
        with run.store.transaction():  # for a thousand of them one commit, not a thousand
            for each in blocked:
                stop = each.verdict.findings[0]
                stage.item(each.document.id, "blocked", stop.code, stop.message, stop.fix)
        stage.count("read", len(ready))
        stage.count("ready", len(sendable))
        stage.count("blocked", len(blocked))
        stage.count("failed", len(ready) - len(judged))
        run.needs_user |= bool(blocked) or len(ready) > len(judged)
        run.reporter.tell(
            Kind.PREVIEW,
            kind=kind,
            ready=len(sendable),
            blocked=len(blocked),
            warnings=warnings,
            amount=format(sum((each.document.amount for each in sendable), ZERO), "f"),
        )
    return judged


def keep_as_changed(run: Run, each: Previewed, message: str) -> None:
    """Keep a document as it is now, with what was changed since its preview; it waits until it is previewed as such."""
    again = stop("changed-since-preview", message, say("Preview it again (Sync Now does), then send it."))
    _keep(run, _kind([each.document]), [replace(each, verdict=_with(each.verdict, again))])


def _with(verdict: Verdict, finding: Finding) -> Verdict:
    return replace(verdict, findings=ordered([finding, *verdict.findings]))


def _kind(documents: Sequence[Document]) -> DocumentKind:
    return DocumentKind.INVOICE if isinstance(documents[0], Invoice) else DocumentKind.PAYMENT


def _keep(run: Run, kind: DocumentKind, judged: Sequence[Previewed]) -> None:
    """Keep the preview; of a document that waits unsent, the version first seen stays known beside the newest."""
    now = run.stamp()
    run.store.write_many(
        "INSERT INTO documents (company, kind, id, payload, hash, state, findings, check_number, theirs, sage,"
        " previewed_at, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (company, kind, id) DO UPDATE SET"
        " known = CASE WHEN state IN ('ready', 'blocked', 'asking') THEN COALESCE(known, payload) ELSE payload END,"
        " known_at = CASE WHEN state IN ('ready', 'blocked', 'asking') THEN COALESCE(known_at, previewed_at)"
        " ELSE previewed_at END,"
        " payload = excluded.payload, hash = excluded.hash, state = excluded.state, findings = excluded.findings,"
        " check_number = excluded.check_number, theirs = excluded.theirs, sage = excluded.sage,"
        " previewed_at = excluded.previewed_at, run = excluded.run",
        (
            (
                run.company.code,
                kind,
                each.document.id,
                canonical(each.document).decode(),
                each.hash,
                "ready" if each.verdict.sendable else "blocked",
                orjson.dumps(plain(each.verdict.findings)).decode(),
                each.verdict.check.check_number if each.verdict.check else "",
                orjson.dumps(plain(each.verdict.found)).decode(),
                orjson.dumps(plain(each.verdict.now)).decode(),
                now,
                run.id,
            )
            for each in judged
        ),
    )


def _keep_unreadable(run: Run, kind: DocumentKind, unreadable: Sequence[Unreadable]) -> None:
    name = UNREADABLE[kind]
    fix = say("Open it in Quadient AP, correct it and mark it for export again, or ask Quadient's support.")
    with run.store.transaction() as db:
        db.execute("DELETE FROM checkpoints WHERE company = ? AND list = ?", (run.company.code, name))
        for place, each in enumerate(unreadable, start=1):
            reason = say("Quadient AP sent it in a form that AP Bridge cannot read: {reason}.", reason=each.reason)
            db.execute(
                "INSERT INTO checkpoints (company, list, key, active, description, state, code, reason, fix, run)"
                " VALUES (?, ?, ?, 1, '', 'quarantined', 'unreadable', ?, ?, ?)",
                (run.company.code, name, each.id or f"without an id, no. {place}", reason, fix, run.id),
            )


def _retire(run: Run, cloud: CloudPort, kind: DocumentKind, ready: set[str]) -> None:
    """Drop from the preview what is no longer ready there; a Sync Error stays until it is settled there."""
    rows = run.store.rows(
        "SELECT id, state FROM documents WHERE company = ? AND kind = ?"
        " AND state IN ('ready', 'blocked', 'failed', 'asking')",
        (run.company.code, kind),
    )
    for row in rows:
        if row["id"] in ready:
            continue
        there = cloud.document(kind, row["id"]) if row["state"] == "failed" else None
        if there is None or not there.is_in_sync_error:
            run.store.write(
                "UPDATE documents SET state = 'gone' WHERE company = ? AND kind = ? AND id = ?",
                (run.company.code, kind, row["id"]),
            )
            note(run, kind, [(row["id"], "withdrawn", "")])
