"""Quadient AP to Sage 100: each document is intended, looked for, written, read back and acknowledged, in that order.

Sage has no idempotency key, so a reply that was lost leads back to the look and never straight to a write.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from types import TracebackType

from app.cloud.port import CloudPort, DocumentKind, DocumentResult, Outcome, RecordResult, RecordStatus, Unreadable
from app.domain.codec import canonical, fingerprint
from app.domain.invoices import Destination, Invoice
from app.domain.payments import Payment
from app.engine.journal import Entry, Journal
from app.engine.looking import Look, Sight, look, natural_key
from app.engine.marks import check_comment, header_comment, line_comments
from app.engine.previews import Document, Previewed, fetch_ready, judge
from app.engine.reporter import Stage
from app.engine.run import Run
from app.errors import BridgeError, SkipItem
from app.sage.company import SageCompany
from app.sage.found import LedgerVendor, Written
from app.sage.port import Writer

ACKNOWLEDGE_EVERY = 25  # documents: few round trips, and few to repeat after a crash


class Sending:
    """Sends documents within one run; leaving its `with` block lets go of Sage's writer, if there is one."""

    def __init__(self, run: Run, sage: SageCompany, cloud: CloudPort) -> None:
        self._run = run
        self._sage = sage
        self._cloud = cloud
        self._journal = Journal(run)
        self._opened = ExitStack()
        self._writer: Writer | None = None
        self._vendors: Mapping[tuple[str, str], LedgerVendor] = {}
        self._batches: dict[tuple[Destination, str], str] = {}

    def __enter__(self) -> "Sending":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def finish_begun(self) -> None:
        """Settle what an earlier run left open: look in Sage, then tell Quadient AP. Nothing is written to Sage."""
        unproven = self._journal.unproven()
        if not unproven and not self._journal.unacknowledged():
            return
        with self._run.reporter.stage("finish", "Finishing what an earlier run began") as stage:
            self._journal.let_be([entry for entry in self._journal.unacknowledged() if entry.state == "refused"])
            now = self._hashes_now()
            for entry in unproven:
                self._run.cancel.check()
                seen = look(self._sage.ledger, entry)
                changed = now.get((entry.kind, entry.document), entry.hash) != entry.hash
                if seen.sight is Sight.OURS and changed:
                    self._stop(
                        entry, "AP Bridge wrote it to Sage, and since then it was changed in Quadient AP.", stage
                    )
                else:
                    self._settle(entry, seen, stage)
            self._journal.take_over()
            self._acknowledge(stage)

    def _hashes_now(self) -> dict[tuple[str, str], bytes]:
        """Return the hash of every document that is ready in Quadient AP now."""
        return {
            (kind.value, document.id): fingerprint(canonical(document))
            for kind in DocumentKind
            for document in fetch_ready(self._run, self._cloud, kind)
            if not isinstance(document, Unreadable)
        }

    def send(self, kind: DocumentKind, ids: Sequence[str] | None) -> dict[str, int]:
        """Send the documents called `ids`, or all that are ready (None); return the stage's counts."""
        with self._run.reporter.stage(f"send.{kind}", "Sending to Sage 100") as stage:
            chosen = self._choose(kind, ids, stage)
            stage.total = len(chosen)
            for count in ("read", "sent", "failed"):
                stage.count(count, 0)
            for previewed in sorted(chosen, key=lambda each: self._batch_key(each.document)):
                self._run.cancel.check()
                stage.count("read")
                self._send_one(kind, previewed, stage)
                stage.advance()
                if stage.counts["read"] % ACKNOWLEDGE_EVERY == 0:
                    self._acknowledge(stage)
            self._acknowledge(stage)
        return stage.counts

    def _choose(self, kind: DocumentKind, ids: Sequence[str] | None, stage: Stage) -> list[Previewed]:
        """Return what may be written: ready there, previewed as it is now, and still in order in Sage as it is now."""
        previewed = {
            row["id"]: row["hash"]
            for row in self._run.store.rows(
                "SELECT id, hash FROM documents WHERE company = ? AND kind = ? AND state = 'ready'",
                (self._run.company.code, kind),
            )
        }
        wanted = set(previewed if ids is None else ids)
        ready = {
            document.id: document
            for document in fetch_ready(self._run, self._cloud, kind)
            if not isinstance(document, Unreadable) and document.id in wanted
        }
        for id_ in sorted(wanted - ready.keys()):
            known = id_ in previewed
            said = "It is no longer ready to export" if known else "No invoice or payment that is ready has this id"
            self._leave(stage, id_, "not-ready", f"{said} in Quadient AP.", "Preview again to see what is ready.")
        self._vendors = self._sage.ledger.vendors(
            {(document.division, document.vendor_number) for document in ready.values()}
        )
        chosen = []
        for each in judge(self._run, self._sage, list(ready.values())):
            id_ = each.document.id
            if id_ not in previewed:
                self._leave(stage, id_, "not-previewed", "It was not ready to be sent in the last preview.")
            elif each.hash != previewed[id_]:
                self._leave(stage, id_, "changed-since-preview", "It was changed in Quadient AP after the preview.")
            elif not each.verdict.sendable:
                stop = each.verdict.findings[0]
                self._leave(stage, id_, stop.code, stop.message, stop.fix)
            else:
                chosen.append(each)
        return chosen

    def _leave(self, stage: Stage, id_: str, code: str, message: str, fix: str = "") -> None:
        self._run.needs_user = True
        stage.count("left")
        stage.item(id_, "left", code, message, fix or "Preview it again (Sync Now does), then send it.")

    def _send_one(self, kind: DocumentKind, previewed: Previewed, stage: Stage) -> None:
        document, check = previewed.document, previewed.verdict.check
        entry = self._journal.intend(
            kind,
            document.id,
            previewed.hash,
            document.destination,
            natural_key(document, check),
            format(document.amount, "f"),
        )
        before = look(self._sage.ledger, entry)
        if before.sight is Sight.NOTHING:
            try:
                written = self._write(previewed)
            except BridgeError as error:
                # The reply may be lost while the write was not: what Sage has decides, now or in the next run.
                seen = look(self._sage.ledger, entry)
                if not isinstance(error, SkipItem):
                    self._settle(entry, seen, stage)
                    raise
                if seen.sight is Sight.NOTHING:
                    self._refuse(entry, error, stage)
                else:
                    self._settle(entry, seen, stage)
                return
            entry = self._journal.written(entry, written.batch)
            for warning in written.warnings:
                stage.item(document.id, "warning", "sage-warning", warning)
        after = look(self._sage.ledger, entry)
        self._settle(entry, after, stage)

    def _settle(self, entry: Entry, seen: Look, stage: Stage) -> None:
        """Note what the look saw."""
        if seen.sight is Sight.OURS:
            external_id = _external_id(self._run.company.code, entry)
            self._journal.proven(entry.id, seen.batch, external_id, seen.evidence or {})
            stage.count("sent")
            batch = f"batch {seen.batch}" if seen.batch else "without a batch"
            number = entry.natural_key[2 if entry.destination is not Destination.MANUAL_CHECK else 1]
            stage.item(entry.document, "in_sage", message=f"{number}, {Decimal(entry.amount):,.2f}: in Sage, {batch}.")
        elif seen.sight is Sight.NOTHING and entry.state == "intended":
            self._journal.absent(entry.id)
        else:
            message = seen.message or "Sage accepted it, but it could not be found there afterwards."
            self._stop(entry, message, stage)

    def _stop(self, entry: Entry, message: str, stage: Stage) -> None:
        code = "different-in-sage"
        fix = (
            "Compare the two. If it is the same bill, choose Mark as exported in Quadient AP; "
            "if not, correct the number there and approve it again."
        )
        self._journal.stopped(entry, code, message, fix)
        self._run.needs_user = True
        stage.count("failed")
        stage.item(entry.document, "stopped", code, message, fix)

    def _refuse(self, entry: Entry, error: SkipItem, stage: Stage) -> None:
        self._journal.refused(entry.id, error.code, error.message, error.fix)
        self._run.needs_user = True
        stage.count("failed")
        stage.item(entry.document, "refused", error.code, error.message, error.fix)

    def _write(self, previewed: Previewed) -> Written:
        document = previewed.document
        if self._writer is None:
            self._writer = self._opened.enter_context(self._run.open_writer())
        writer = self._writer
        batch_key = self._batch_key(document)
        if batch_key not in self._batches:
            on = self._sage.ledger.batches_on(batch_key[0])
            self._batches[batch_key] = writer.select_batch(batch_key[0], f"AP Bridge {self._run.id}") if on else ""
        batch = self._batches[batch_key]
        if isinstance(document, Payment):
            assert previewed.verdict.check is not None  # noqa: S101  # a sendable payment has its check number
            return writer.write_check(document, previewed.verdict.check, comment=check_comment(document), batch=batch)
        sizes = self._sage.ledger.sizes()
        invoice = self._with_vendors_say(document)
        comments = line_comments(invoice, sizes.comment, sizes.line_comment)
        write = (
            writer.write_receipt_of_invoice
            if document.destination is Destination.RECEIPT_OF_INVOICE
            else writer.write_invoice
        )
        comment = header_comment(invoice, sizes.comment)
        return write(invoice, comment=comment, line_comments=comments, batch=batch)

    def _with_vendors_say(self, invoice: Invoice) -> Invoice:
        """Return `invoice` with what the vendor decides in Sage: terms where it has none, and a hold."""
        vendor = self._vendors[invoice.division, invoice.vendor_number]
        return replace(invoice, terms=invoice.terms or vendor.terms, hold=invoice.hold or vendor.hold)

    def _batch_key(self, document: Document) -> tuple[Destination, str]:
        """One batch a destination and posting month, so that each can be posted to its period."""
        day = document.payment_date if isinstance(document, Payment) else document.invoice_date
        return document.destination, f"{day:%Y-%m}"

    def _acknowledge(self, stage: Stage) -> None:
        """Tell Quadient AP how the documents ended; what it answers is noted, what it refuses stays to be told."""
        waiting = self._journal.unacknowledged()
        for kind in DocumentKind:
            entries = [entry for entry in waiting if entry.kind == kind]
            for start in range(0, len(entries), ACKNOWLEDGE_EVERY):
                group = entries[start : start + ACKNOWLEDGE_EVERY]
                # The same entries have the same key, and only they: a repeat is answered as the first time.
                ids = fingerprint(canonical([entry.id for entry in group])).hex()
                results = self._cloud.send_results(
                    kind, [self._result(entry) for entry in group], f"{self._run.id}-{ids}"
                )
                accepted = []
                for entry, result in zip(group, results, strict=True):
                    if result.status is RecordStatus.ACCEPTED or self._settled_there(kind, entry):
                        accepted.append(entry)
                        stage.count("acknowledged")
                    else:
                        self._not_taken(entry, result, stage)
                self._journal.acknowledged(accepted)

    def _settled_there(self, kind: DocumentKind, entry: Entry) -> bool:
        """Whether a person has settled a sent document in Quadient AP (Mark as exported): then all is well."""
        if entry.state != "proven":
            return False
        there = self._cloud.document(kind, entry.document)
        return there is not None and there.status == "EX"

    def _not_taken(self, entry: Entry, result: RecordResult, stage: Stage) -> None:
        self._run.needs_user = True
        if entry.state == "refused":
            # Sage has nothing of it, and there it was changed meanwhile: the next preview looks at it afresh.
            self._journal.let_be([entry])
            return
        fix = "Compare the two, then choose Mark as exported for it in Quadient AP."
        self._journal.not_taken(entry, result.message, fix)
        stage.item(entry.document, "not_acknowledged", "not-acknowledged", result.message, fix)

    def _result(self, entry: Entry) -> DocumentResult:
        if entry.state == "refused":
            return DocumentResult(
                entry.document, entry.run, Outcome.SYNC_ERROR, code=entry.code, message=entry.message, fix=entry.fix
            )
        return DocumentResult(entry.document, entry.run, Outcome.EXPORTED, external_id=entry.external_id)


def _external_id(company: str, entry: Entry) -> str:
    """Return the id that Quadient AP keeps of what stands in Sage: company and what Sage knows it by."""
    if entry.destination is Destination.MANUAL_CHECK:
        return f"{company}:{entry.natural_key[0]}:{entry.natural_key[1]}"
    division, vendor, number, _ = entry.natural_key
    return f"{company}:{division}-{vendor}:{number}"
