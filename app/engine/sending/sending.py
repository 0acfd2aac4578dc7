"""Quadient AP to Sage 100: each document is intended, looked for, written, read back and acknowledged, in that order.

Sage has no idempotency key, so a reply that was lost leads back to the look and never straight to a write. Documents
go in groups: what a group intends is noted at once and looked for at once, and then one after the other is written.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from types import MappingProxyType, TracebackType

from app.cloud.port import CloudPort, DocumentKind, Unreadable
from app.domain.documents import Document, content_hash
from app.domain.language import later, say
from app.domain.words import money
from app.engine.reporter import Stage
from app.engine.run import Run
from app.engine.sending.changes import changes, sentence
from app.engine.sending.choosing import choose
from app.engine.sending.journal import Entry, Intent, Journal
from app.engine.sending.looking import LATE, Look, Sight, look_elsewhere, look_for_all
from app.engine.sending.natural_key import natural_key
from app.engine.sending.previews import Previewed, fetch_ready
from app.engine.sending.telling import AT_ONCE, Telling
from app.engine.sending.writing import Writing, batch_key
from app.errors import BridgeError, SkipItem
from app.sage.company import SageCompany

_NOT_FOUND = {
    "written": later("Sage accepted it, but it could not be found there afterwards."),
    "proven": later("AP Bridge wrote it to Sage, but it is no longer there."),
}

_COMPARE = later(
    "Compare the two. If it is the same bill, choose Mark as exported; if not, correct the number in Quadient AP and "
    "approve it again."
)
_SEARCH = later(
    "Look for it in Sage under another number. If it is there, choose Mark as exported; if not, preview and send it "
    "again."
)
_COMPLETE = later(
    "Open it in Sage. Delete it there, preview and send it again; or complete it there, and then choose Mark as "
    "exported."
)

_CORRECTED = later("It was changed in Quadient AP after AP Bridge had sent it to Sage.")
_SYNC_AGAIN = later("Sync again once it is approved there, and compare it with Sage.")

Refusals = dict[int, SkipItem]
"""Why Sage did not take entries, by their ids."""

Changed = Mapping[int, Document]
"""What Quadient AP has by now instead of what was sent, by the entries' ids."""

_NONE: Changed = MappingProxyType({})


class Sending:
    """Sends documents within one run; leaving its `with` block lets go of Sage's writer, if there is one."""

    def __init__(self, run: Run, sage: SageCompany, cloud: CloudPort) -> None:
        self._run = run
        self._sage = sage
        self._cloud = cloud
        self._journal = Journal(run)
        self._telling = Telling(run, cloud, self._journal)
        self._writing = Writing(run, sage)

    def __enter__(self) -> "Sending":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writing.__exit__(kind, error, trace)

    def finish_begun(self) -> None:
        """Settle what an earlier run left open: look in Sage, then tell Quadient AP. Nothing is written to Sage.

        What was proven and could not be told is looked at again: meanwhile people may have changed it on either side.
        """
        told = [report.entry for report in self._journal.open_reports()]
        unsettled = [*self._journal.unproven(), *self._journal.untold(), *told]
        standing = self._journal.left_standing()
        if not unsettled and not standing:
            return
        with self._run.reporter.stage("finish", say("Finishing what an earlier run began")) as stage:
            changed = self._compare_with_now(unsettled) if unsettled else {}
            self._settle([entry for entry in unsettled if entry.state != "refused"], {}, stage, changed)
            self._journal.let_be([entry for entry in unsettled if entry.state == "refused" and entry.id in changed])
            self._close_standing(standing)
            self._settle_corrected(self._telling.repeat(stage), stage)
            self._tell(stage)

    def _close_standing(self, standing: Sequence[Entry]) -> None:
        """Let be what a person has settled: Sage has it no more, or Quadient AP shows it as exported."""
        seen = self._look_again(standing, {})
        gone = [entry for entry in standing if seen[entry.id].sight is Sight.NOTHING]
        there = {
            entry.id: self._cloud.document(DocumentKind(entry.kind), entry.document)
            for entry in standing
            if entry not in gone
        }
        self._journal.absent(gone)
        self._journal.let_be(
            [entry for entry in standing if (shown := there.get(entry.id)) is not None and shown.is_exported]
        )

    def _compare_with_now(self, entries: Sequence[Entry]) -> Changed:
        """Return what is ready in Quadient AP now and says something else; of what says the same note the revision."""
        ready = self._ready_now()
        now = {entry.id: ready[place] for entry in entries if (place := (entry.kind, entry.document)) in ready}
        changed = {entry.id: now[entry.id] for entry in entries if entry.id in now and _says_else(now[entry.id], entry)}
        self._journal.revise(
            (entry.kind, entry.document, entry.hash, now[entry.id].revision)
            for entry in entries
            if entry.id in now and entry.id not in changed
        )
        return changed

    def _ready_now(self) -> dict[tuple[str, str], Document]:
        """Return every document that is ready in Quadient AP now."""
        return {
            (kind.value, document.id): document
            for kind in DocumentKind
            for document in fetch_ready(self._run, self._cloud, kind)
            if not isinstance(document, Unreadable)
        }

    def _tell(self, stage: Stage) -> None:
        self._settle_corrected(self._telling.tell(stage), stage)

    def _settle_corrected(self, entries: Sequence[Entry], stage: Stage) -> None:
        """Settle what Quadient AP did not take, since it was corrected there after it was read.

        What says the same as before is told once more, with its new revision. What does not is stopped, with both
        versions: a person decides. What is still being corrected waits.
        """
        if not entries:
            return
        changed = self._compare_with_now(entries)
        self._settle([entry for entry in entries if entry.id in changed], {}, stage, changed)
        for entry in entries:
            if entry.id not in changed:
                self._telling.once_more(entry)
        for entry in self._telling.tell(stage):
            self._telling.left_to_tell(entry, say(_CORRECTED), say(_SYNC_AGAIN), stage)

    def send(self, kind: DocumentKind, ids: Sequence[str] | None) -> dict[str, int]:
        """Send the documents called `ids`, or all that are ready (None); return the stage's counts."""
        with self._run.reporter.stage(f"send.{kind}", say("Sending to Sage 100")) as stage:
            chosen = sorted(
                choose(self._run, self._sage, self._cloud, kind, ids, stage), key=lambda each: batch_key(each.document)
            )
            self._writing.expect([each.document for each in chosen])
            stage.total = len(chosen)
            for count in ("read", "sent", "failed"):
                stage.count(count, 0)
            for start in range(0, len(chosen), AT_ONCE):
                self._run.cancel.check()
                self._send_group(kind, chosen[start : start + AT_ONCE], stage)
        return stage.counts

    def _send_group(self, kind: DocumentKind, group: Sequence[Previewed], stage: Stage) -> None:
        intents = [Intent(each.document, each.hash, natural_key(each.document, each.verdict.check)) for each in group]
        entries = self._journal.intend(kind, intents)
        for entry in entries:
            self._telling.once_more(entry)
        before = look_for_all(self._sage.ledger, entries)
        self._journal.tried(entry for entry in entries if before[entry.id].sight is Sight.NOTHING)
        todo = deque(zip(entries, group, strict=True))
        reached: list[Entry] = []
        refusals: Refusals = {}
        try:
            while todo:
                entry, previewed = todo[0]
                if before[entry.id].sight is Sight.NOTHING:
                    self._run.cancel.check()
                    todo.popleft()
                    reached.append(entry)
                    reached[-1] = self._write(entry, previewed, refusals, stage)
                else:
                    todo.popleft()
                    reached.append(entry)
                stage.count("read")
                stage.advance()
        except BridgeError:
            # The reply may be lost while the write was not: what Sage has decides, now or in the next run.
            with suppress(BridgeError):
                self._journal.absent([entry for entry, _ in todo if entry.state == "intended"])
                self._settle(reached, refusals, stage)
                self._tell(stage)
            raise
        self._settle(reached, refusals, stage)
        self._tell(stage)

    def _write(self, entry: Entry, previewed: Previewed, refusals: Refusals, stage: Stage) -> Entry:
        """Write one document; return its entry as it is then. That Sage refused it is noted in `refusals`."""
        try:
            written = self._writing.write(previewed.document, previewed.verdict.check)
        except SkipItem as error:
            refusals[entry.id] = error
            return entry
        for warning in written.warnings:
            stage.item(entry.document, "warning", "sage-warning", warning)
        return self._journal.written(entry, written.batch)

    def _settle(
        self,
        entries: Sequence[Entry],
        refusals: Refusals,
        stage: Stage,
        changed: Changed = _NONE,
    ) -> None:
        """Look what Sage has of the entries, and note it."""
        seen = self._look_again(entries, refusals)
        with self._run.store.transaction():
            for entry in entries:
                self._note(entry, seen[entry.id], refusals.get(entry.id), stage, changed.get(entry.id))

    def _look_again(self, entries: Sequence[Entry], refusals: Refusals) -> dict[int, Look]:
        """Look twice for what should be there and is not seen, and then for what it may be under another number.

        Twice, too, for what is seen though Sage never answered that it took it: a look that is late may show what was
        deleted there before. Where two looks differ on such a one, a third decides.
        """
        first = look_for_all(self._sage.ledger, entries)
        unanswered = [each for each in entries if each.state == "intended"]
        missed = [each for each in entries if first[each.id].sight is Sight.NOTHING and each.id not in refusals]
        unsure = [each for each in unanswered if first[each.id].sight is Sight.OURS]
        seen = first | self._look_later([*missed, *unsure])
        differing = [each for each in unanswered if seen[each.id].sight is not first[each.id].sight]
        seen |= self._look_later(differing)
        handed = [each for each in (*missed, *unsure) if each.tried_at and seen[each.id].sight is Sight.NOTHING]
        try:
            known = {each.natural_key.key: (each.document,) for each in entries}
            elsewhere = look_elsewhere(self._sage.ledger, handed, known)
        except SkipItem as error:
            return seen | {each.id: Look(Sight.OTHER, message=f"{error.title}. {error.message}") for each in handed}
        return seen | {
            id_: Look(Sight.OTHER, each.found.batch, None, each.sentence, (each.found,))
            for id_, each in elsewhere.items()
        }

    def _look_later(self, entries: Sequence[Entry]) -> dict[int, Look]:
        if not entries:
            return {}
        self._run.cancel.sleep(LATE)
        return look_for_all(self._sage.ledger, entries)

    def _note(self, entry: Entry, seen: Look, refusal: SkipItem | None, stage: Stage, changed: Document | None) -> None:
        if seen.sight is Sight.OURS and changed is not None:
            sent = self._journal.content(entry)
            differing = sentence(changes(sent, changed)) if sent is not None else ""
            told = say("AP Bridge wrote it to Sage, and since then it was changed in Quadient AP.")
            self._stop(entry, f"{told} {differing}".strip(), seen, stage, changed)
        elif seen.sight is Sight.OURS:
            known_as = entry.natural_key.external_id(self._run.company.code)
            self._journal.proven(entry.id, seen.batch, known_as, seen.evidence or {})
            stage.count("sent")
            batch = say("batch {batch}", batch=seen.batch) if seen.batch else say("without a batch")
            said = say(
                "{number}, {amount}: in Sage, {batch}.",
                number=entry.natural_key.number,
                amount=money(Decimal(entry.amount)),
                batch=batch,
            )
            stage.item(entry.document, "in_sage", message=said)
        elif seen.sight is Sight.NOTHING and refusal is not None:
            self._refuse(entry, refusal, stage)
        elif seen.sight is Sight.NOTHING and entry.state == "intended":
            self._journal.absent([entry])
        else:
            message = seen.message or say(_NOT_FOUND[entry.state])
            self._stop(entry, message, seen, stage, changed)

    def _stop(self, entry: Entry, message: str, seen: Look, stage: Stage, now: Document | None) -> None:
        code = "different-in-sage"
        if not seen.found:
            fix = say(_SEARCH)
        else:
            fix = say(_COMPARE if all(each.balanced for each in seen.found) else _COMPLETE)
        self._journal.stopped(entry, code, message, fix, seen.found, now)
        self._run.needs_user = True
        stage.count("failed")
        stage.item(entry.document, "stopped", code, message, fix)

    def _refuse(self, entry: Entry, error: SkipItem, stage: Stage) -> None:
        self._journal.refused(entry.id, error.code, error.message, error.fix)
        self._run.needs_user = True
        stage.count("failed")
        stage.item(entry.document, "refused", error.code, error.message, error.fix)


def _says_else(document: Document, entry: Entry) -> bool:
    """Whether a document is not what was sent, whatever its revision."""
    return content_hash(document) != entry.hash
