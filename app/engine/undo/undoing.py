"""Undo: what AP Bridge wrote is deleted in Sage while it is unposted and unchanged, and approved again in the cloud.

Each document is intended, looked for, compared and deleted, looked for again, and told, in that order. A reply that
was lost leads back to the look; what is posted, edited or gone is left alone with its reason.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, suppress
from decimal import Decimal
from types import TracebackType

from app.cloud.port import CloudPort, DocumentKind, Move
from app.domain.invoices import Destination
from app.domain.language import say
from app.domain.words import capital, money
from app.engine.reporter import Stage
from app.engine.run import Run
from app.engine.sending.looking import LATE, look_elsewhere
from app.engine.sending.moves import Asked, Moves
from app.engine.sending.screens import take_out
from app.engine.undo.standing import named, standing, why_not
from app.engine.undo.undo_journal import UNDO_BROKEN_OFF, Sent, UndoJournal
from app.errors import BridgeError, Cancelled, NeedsUser, NothingNamedSo, Side, SkipItem
from app.sage.company import SageCompany
from app.sage.deleting import NOT_DELETED
from app.sage.found import Found
from app.sage.port import Deleter
from app.sage.refusals import LOCKED

AGREED = 2  # looks
AT_ONCE = 25  # documents: few round trips, and few to look for again after a crash


class Undoing:
    """Undoes documents within one run; leaving its `with` block lets go of Sage's writer, if there is one."""

    def __init__(self, run: Run, sage: SageCompany, cloud: CloudPort) -> None:
        self._run = run
        self._sage = sage
        self._cloud = cloud
        self._journal = UndoJournal(run)
        self._moves = Moves(run, cloud)
        self._opened = ExitStack()
        self._deleter: Deleter | None = None

    def __enter__(self) -> "Undoing":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def finish_begun(self) -> None:
        """Settle what an earlier run left open: look in Sage, then tell Quadient AP. Nothing is deleted in Sage.

        What Quadient AP was asked and did not answer must have been repeated before.
        """
        unfinished = self._journal.unfinished()
        if not unfinished and not self._journal.untold():
            return
        with self._run.reporter.stage("finish_undo", say("Finishing what an earlier run undid")) as stage:
            try:
                self._settle(unfinished, set(), {}, stage)
            except SkipItem as error:
                # A table cannot be read: what this is about waits, all else of the run goes on.
                title = say("AP Bridge cannot see in Sage whether an undo went through")
                self._run.attention(error.code, title, f"{error.title}. {error.message}", error.fix)
            self._tell(stage)

    def undo(self, kind: DocumentKind | None, run: str | None, ids: Sequence[str]) -> dict[str, int]:
        """Undo what the run called `run` sent, or (None) the documents called `ids`; return the stage's counts.

        `kind` narrows either to invoices or payments.

        Raises:
            NothingNamedSo: when the run sent nothing.
            NeedsUser: when Sage is written to in a way that deletes nothing.
        """
        if self._run.company.sage.writer != "business_objects":
            raise _cannot_delete()
        chosen = self._journal.of_run(run, kind) if run is not None else self._journal.of_documents(ids, kind)
        if run is not None and not chosen:
            raise _nothing_sent(run)
        with self._run.reporter.stage("undo", say("Undoing in Sage 100")) as stage:
            for count in ("read", "undone", "kept"):
                stage.count(count, 0)
            for id_ in sorted(set(ids) - {sent.document for sent in chosen}) if run is None else ():
                self._leave(id_, _not_sent(id_), stage)
            if run is not None:
                chosen = self._without_undone(chosen, stage)
            stage.total = len(chosen)
            batches: set[tuple[Destination, str]] = set()
            for start in range(0, len(chosen), AT_ONCE):
                batches |= self._undo_some(chosen[start : start + AT_ONCE], stage)
                self._tell(stage)
            self._tell_of_empty(batches, stage)
        return stage.counts

    def _without_undone(self, chosen: Sequence[Sent], stage: Stage) -> list[Sent]:
        """Return those of a run that are still to be undone; that another one was undone before is noted."""
        for sent in chosen:
            if sent.state == "undone":
                before = _already(sent)
                stage.item(sent.document, "note", before.code, before.message, before.fix)
        return [sent for sent in chosen if sent.state != "undone"]

    def _undo_some(self, sents: Sequence[Sent], stage: Stage) -> set[tuple[Destination, str]]:
        """Undo a few documents; return the batches they stood in."""
        found = standing(self._sage.ledger, sents)
        going = []
        for sent in sents:
            stage.count("read")
            reason = _already(sent) if sent.state == "undone" else why_not(sent, found[sent.id])
            if reason is None:
                going.append(sent)
            else:
                self._leave(sent.document, reason, stage)
        self._journal.undoing(going)
        trouble: BridgeError | None = None
        deleted: set[int] = set()
        refused: dict[int, SkipItem] = {}
        for sent in going:
            try:
                self._run.cancel.check()
                self._delete(sent, found[sent.id][0])
                deleted.add(sent.id)
            except SkipItem as error:
                if error.code == NOT_DELETED:
                    refused[sent.id] = error  # Sage may have deleted a part of it: what it has decides
                else:
                    self._journal.kept(sent)
                    self._leave(sent.document, error, stage)
            except BridgeError as error:
                # The answer may be lost while the deletion was not: what Sage has decides, now or in the next run.
                if error.code == LOCKED:
                    refused[sent.id] = _in_use(sent, error)
                    continue
                trouble = error
                break
            stage.advance()
        self._settle(self._journal.unfinished(), deleted, refused, stage)
        if trouble is not None:
            raise trouble
        return {(sent.destination, found[sent.id][0].batch) for sent in going if found[sent.id][0].batch}

    def _delete(self, sent: Sent, found: Found) -> None:
        """Delete one document, if every field and line of it reads as it was sent."""
        try:
            document = sent.content()
        except ValueError as error:
            raise _not_known(sent, str(error)) from error
        take_out(self._open_deleter(), self._sage.ledger.sizes(), document, sent.natural_key.number, found)

    def _open_deleter(self) -> Deleter:
        if self._deleter is None:
            writer = self._opened.enter_context(self._run.open_writer())
            if not isinstance(writer, Deleter):
                raise _cannot_delete()
            self._deleter = writer
        return self._deleter

    def _settle(
        self, sents: Sequence[Sent], deleted: AbstractSet[int], refused: Mapping[int, SkipItem], stage: Stage
    ) -> None:
        """Note of each whose deletion was begun whether Sage still has it.

        Sage said of those in `deleted` that they are; `refused` says why one may still be there. What Sage said to be
        deleted and shows all the same stays begun: the next run looks again.
        """
        gone, unclear = self._gone(sents, deleted)
        self._journal.undone(gone)
        for sent in gone:
            stage.count("undone")
            said = say(
                "{sent}, {amount}: deleted in Sage.", sent=capital(named(sent)), amount=money(Decimal(sent.amount))
            )
            stage.item(sent.document, "undone", message=said)
        for sent in (each for each in sents if each not in gone):
            if sent.id in deleted:
                self._leave(sent.document, _still_shown(sent), stage)
                continue
            reason = refused.get(sent.id) or _broken_off(sent, unclear=sent in unclear)
            if sent in unclear:
                self._journal.unclear(sent, reason)
            else:
                self._journal.kept(sent)
            self._leave(sent.document, reason, stage)

    def _gone(self, sents: Sequence[Sent], deleted: AbstractSet[int]) -> tuple[list[Sent], list[Sent]]:
        """Look which of them Sage has no more, and of which that is unclear.

        One look may be late: two that agree decide, or Sage's word and one. Without Sage's word, whatever stands under
        the number may be the one, edited: if it bears no mark it may as well be another's. What bears its mark under a
        number that people gave it meanwhile is the one.
        """
        missed = Counter(sent.id for sent in sents if sent.id in deleted)
        seen: Counter[int] = Counter()
        others: set[int] = set()
        open_ = list(sents)
        while open_:
            found = standing(self._sage.ledger, open_)
            for sent in open_:
                its = any(_may_be(sent, each) for each in found[sent.id])
                there = its if sent.id in deleted else found[sent.id]
                (seen if there else missed)[sent.id] += 1
                if there and not its:
                    others.add(sent.id)
            open_ = [sent for sent in open_ if max(seen[sent.id], missed[sent.id]) < AGREED]
            if open_:
                with suppress(Cancelled):  # what was begun is settled first
                    self._run.cancel.sleep(LATE)
        gone = [sent for sent in sents if missed[sent.id] >= AGREED]
        elsewhere = look_elsewhere(self._sage.ledger, [sent for sent in gone if sent.id not in deleted], {})
        gone = [sent for sent in gone if sent.id not in elsewhere or not elsewhere[sent.id].marked]
        return gone, [sent for sent in sents if sent.id in others and sent not in gone]

    def _leave(self, id_: str, reason: SkipItem, stage: Stage) -> None:
        self._run.needs_user = True
        stage.count("kept")
        stage.item(id_, "not_undone", reason.code, reason.message, reason.fix)

    def _tell(self, stage: Stage) -> None:
        """Ask Quadient AP to take what is undone for approved again, and note what it answers."""
        waiting = self._journal.untold()
        answers = self._journal.answers()
        for kind in DocumentKind:
            asked = {
                sent.document: Asked(revision=sent.revision)
                for sent in waiting
                if sent.kind == kind and sent.id not in answers
            }
            if asked:
                with self._run.reporter.stage("undo_export", say("Undoing the export in Quadient AP")) as moving:
                    self._moves.ask(kind, Move.UNDO_EXPORT, asked, moving)
        answers = self._journal.answers()
        told = []
        for sent in waiting:
            answer = answers[sent.id]
            if answer.code and self._is_exported(sent):
                self._run.needs_user = True
                fix = say("In Quadient AP, choose Undo Export for it, so that it can be sent again or reset.")
                self._journal.not_taken(sent, answer, fix)
            else:
                told.append(sent)
                stage.count("told")
        self._journal.told(told)

    def _is_exported(self, sent: Sent) -> bool:
        """Whether Quadient AP still takes the document for exported; if not, there is nothing to undo there."""
        there = self._cloud.document(DocumentKind(sent.kind), sent.document)
        return there is not None and there.is_exported

    def _tell_of_empty(self, batches: set[tuple[Destination, str]], stage: Stage) -> None:
        for destination, batch in sorted(batches):
            if self._sage.ledger.batch_is_empty(destination, batch):
                said = say(
                    "Batch {batch} of {destination} is empty now. AP Bridge leaves it there.",
                    batch=batch,
                    destination=destination,
                )
                stage.item(batch, "note", "empty-batch", said, say("Delete it in Sage if it is in your way."))


def _may_be(sent: Sent, found: Found) -> bool:
    return bool(found.unreadable) or found.carries(sent.document)


def _already(sent: Sent) -> SkipItem:
    return SkipItem(
        "already-undone",
        say("{sent} is undone already", sent=capital(named(sent))),
        say("Run {undo_run} deleted {sent} in Sage.", undo_run=sent.undo_run, sent=named(sent)),
        say("To send it again, mark it for export in Quadient AP and preview it."),
        side=Side.SAGE,
    )


def _in_use(sent: Sent, error: BridgeError) -> SkipItem:
    return SkipItem(
        LOCKED,
        say("{sent} is in use in Sage 100", sent=capital(named(sent))),
        say("{sent} cannot be deleted now. {message}", sent=capital(named(sent)), message=error.message),
        error.fix,
        side=Side.SAGE,
        detail=error.detail,
    )


def _broken_off(sent: Sent, *, unclear: bool) -> SkipItem:
    fix = say("Look at it in Sage. Undo it again, if it should go; if it is gone, undo its export in Quadient AP.")
    if unclear:  # else it is not under Needs you, and there is nothing to leave
        fix = f"{fix} {say('If it is right as it is, choose Leave It.')}"
    return SkipItem(
        UNDO_BROKEN_OFF,
        say("{sent} may still be in Sage", sent=capital(named(sent))),
        say(
            "{sent} was about to be deleted when the run ended. Sage has something under its number, or something with "
            "AP Bridge's mark of it under another one.",
            sent=capital(named(sent)),
        ),
        fix,
        side=Side.SAGE,
    )


def _still_shown(sent: Sent) -> SkipItem:
    return SkipItem(
        "undo-still-shown",
        say("Sage still shows {sent}", sent=named(sent)),
        say("Sage answered that it deleted {sent}, and showed it all the same.", sent=named(sent)),
        say("AP Bridge looks again at the next sync or preview. If it is still in Sage then, undo it again."),
        side=Side.SAGE,
    )


def _not_known(sent: Sent, detail: str) -> SkipItem:
    return SkipItem(
        "content-unknown",
        say("What was sent as {sent} is not known any more", sent=named(sent)),
        say(
            "AP Bridge cannot tell whether somebody changed {sent} in Sage since, so it deletes nothing.",
            sent=named(sent),
        ),
        say("Look at it in Sage. If it should go, delete it there yourself and undo its export in Quadient AP."),
        side=Side.COMPUTER,
        detail=detail,
    )


def _not_sent(id_: str) -> SkipItem:
    return SkipItem(
        "not-sent",
        say("{id} was not sent", id=id_),
        say("AP Bridge brought no such document into Sage."),
        say("Activity tells of each run what it sent."),
        side=Side.COMPUTER,
    )


def _nothing_sent(run: str) -> NothingNamedSo:
    return NothingNamedSo(
        "nothing-to-undo",
        say("There is nothing to undo of run {run}", run=run),
        say("Sage has nothing that AP Bridge brought there in this run, or there is no such run."),
        say("Activity shows all runs, and what each of them sent."),
        side=Side.COMPUTER,
    )


def _cannot_delete() -> NeedsUser:
    return NeedsUser(
        "cannot-delete",
        say("AP Bridge cannot undo here"),
        say("This company is written to through Visual Integrator, which can only bring entries in and deletes none."),
        say("Delete them in Sage's entry screen yourself, then undo their export in Quadient AP."),
        side=Side.COMPUTER,
    )
