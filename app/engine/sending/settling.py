"""What a person decides about documents that were not sent: Mark as exported, or Send again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import orjson

from app.cloud.port import CloudPort, DocumentKind, Move, Unreadable
from app.domain.codec import restore
from app.domain.documents import Document, content_hash
from app.domain.invoices import Destination, Invoice
from app.domain.language import later, say
from app.domain.payments import CheckKey, Payment
from app.engine.reporter import Stage
from app.engine.run import Run
from app.engine.sending.journal import Journal
from app.engine.sending.looking import Look, Sight, Sought, is_it, look_for_all
from app.engine.sending.moves import Asked, Moves, Request
from app.engine.sending.natural_key import CheckName, NaturalKey, natural_key
from app.engine.sending.previews import fetch_ready
from app.sage.company import SageCompany


@dataclass(frozen=True, slots=True)
class _InSage:
    """What Sage has of a document: its external id when Sage has it, else why it is taken not to be there.

    The constants below hold texts to be `said` when they are used.
    """

    external_id: str
    code: str = ""
    message: str = ""
    fix: str = ""

    def said(self) -> "_InSage":
        """Return it in the user's language."""
        return replace(self, message=say(self.message), fix=say(self.fix))


@dataclass(frozen=True, slots=True)
class _Known:
    """A document, the number of the check a payment is to become, and the revision of what a person was shown of it."""

    document: Document
    check_number: str
    shown: str

    def as_it_is(self, now: Document) -> "_Known":
        """Return it with the document as Quadient AP has it now: one that says the same is what was shown."""
        same = content_hash(now) == content_hash(self.document)
        return replace(self, document=now, shown=now.revision if same else self.shown)


def _known(document: Document, check_number: str) -> _Known:
    return _Known(document, check_number, document.revision)


_UNKNOWN = _InSage(
    "",
    "not-previewed",
    later("AP Bridge has not seen this document yet, and so cannot look for it in Sage."),
    later("Look for it in Sage yourself. If it is there, tick Although not in Sage and mark it once more."),
)
_DIFFERENT = _InSage(
    "",
    "different-in-sage",
    "",
    later("Compare the two. If Sage has all that is owed, tick Although not in Sage and mark it once more."),
)
_ABSENT = _InSage(
    "",
    "not-in-sage",
    later("Sage has nothing under its number. Marked as exported, it would never be entered there."),
    later(
        "Send it again instead. If it is in Sage under another number, tick Although not in Sage and mark it once more."
    ),
)
_GONE = _InSage(
    "",
    "no-longer-in-sage",
    later("It was to be marked as exported, since Sage had it. Before Quadient AP answered, it was deleted in Sage."),
    later("Send it again. If it is in Sage under another number, tick Although not in Sage and mark it once more."),
)
_GONE_EXPORTED = later("In Quadient AP, choose Undo Export for it, so that it can be sent; or enter it in Sage again.")


class Settling:
    """Settles documents within one run. Sage is looked at, and never written to."""

    def __init__(self, run: Run, sage: SageCompany, cloud: CloudPort) -> None:
        self._run = run
        self._sage = sage
        self._cloud = cloud
        self._moves = Moves(run, cloud)
        self._journal = Journal(run)

    def send_again(self, kind: DocumentKind, ids: Sequence[str]) -> dict[str, int]:
        """Mark documents for export again; return the stage's counts. The next preview checks them afresh."""
        with self._run.reporter.stage(f"mark_again.{kind}", say("Marking for export again in Quadient AP")) as stage:
            self._moves.ask(kind, Move.MARK_FOR_EXPORT, dict.fromkeys(ids, Asked()), stage)
        return stage.counts

    def mark_exported(self, kind: DocumentKind, ids: Sequence[str], *, although_not_in_sage: bool) -> dict[str, int]:
        """Mark documents as exported that Sage has, with their external id; return the stage's counts.

        One that Sage does not have is left, unless a person insists: then it has no external id.
        """
        with self._run.reporter.stage(f"mark_exported.{kind}", say("Marking as exported in Quadient AP")) as stage:
            wanted: dict[str, Asked] = {}
            known = self._documents(kind, ids)
            for id_, there in self._look(kind, known, dict.fromkeys(ids)).items():
                if there.external_id:
                    wanted[id_] = Asked(there.external_id, known[id_].document.revision)
                elif although_not_in_sage:
                    wanted[id_] = Asked(revision=known[id_].shown if id_ in known else "")
                else:
                    self._leave(stage, id_, there)
            self._moves.ask(kind, Move.MARK_AS_EXPORTED, wanted, stage)
        return stage.counts

    def finish_begun(self) -> None:
        """Ask again what Quadient AP was asked for and never answered.

        What was to be marked as exported, since Sage has it, is looked for again: meanwhile it may have been deleted.
        """
        unanswered = self._moves.unanswered()
        if not unanswered:
            return
        with self._run.reporter.stage("moves", say("Repeating what Quadient AP did not answer")) as stage:
            for request in unanswered:
                gone = self._gone(request)
                if gone:
                    self._ask_for_the_rest(request, gone, stage)
                else:
                    self._moves.repeat(request, stage)

    def _gone(self, request: Request) -> list[str]:
        """Return which documents of a request Sage had when it was made, and has no more."""
        had = [id_ for id_, asked in request.documents.items() if asked.external_id]
        if request.move is not Move.MARK_AS_EXPORTED or not had:
            return []
        there = self._look(request.kind, self._documents(request.kind, had), had)
        return [id_ for id_ in had if not there[id_].external_id]

    def _ask_for_the_rest(self, request: Request, gone: Sequence[str], stage: Stage) -> None:
        self._moves.withdraw(request, _GONE.code, say(_GONE.message))
        for id_ in gone:
            shown = self._cloud.document(request.kind, id_)
            if shown is not None and shown.is_exported:
                self._run.attention(
                    _GONE.code,
                    say("{id} is Exported, and not in Sage", id=id_),
                    say(_GONE.message),
                    say(_GONE_EXPORTED),
                )
            else:
                self._leave(stage, id_, _GONE.said())
        rest = {id_: asked for id_, asked in request.documents.items() if id_ not in gone}
        self._moves.ask(request.kind, request.move, rest, stage)

    def _leave(self, stage: Stage, id_: str, there: _InSage) -> None:
        self._run.needs_user = True
        stage.count("refused")
        stage.item(id_, "refused", there.code, there.message, there.fix)

    def _documents(self, kind: DocumentKind, ids: Sequence[str]) -> Mapping[str, _Known]:
        """Return the documents as Quadient AP has them.

        What is ready there is read afresh; the rest is as it was when it was ready last.
        """
        shape: type[Document] = Invoice if kind is DocumentKind.INVOICE else Payment
        kept = {
            row["id"]: _known(restore(shape, orjson.loads(row["payload"])), row["check_number"])
            for row in self._run.store.rows(
                "SELECT id, payload, check_number FROM documents WHERE company = ? AND kind = ?",
                (self._run.company.code, kind),
            )
            if row["id"] in set(ids)
        }
        ready = {
            document.id: kept[document.id].as_it_is(document) if document.id in kept else _known(document, "")
            for document in fetch_ready(self._run, self._cloud, kind)
            if not isinstance(document, Unreadable) and document.id in set(ids)
        }
        return kept | ready

    def _look(self, kind: DocumentKind, known: Mapping[str, _Known], ids: Iterable[str]) -> dict[str, _InSage]:
        """Look for documents under all that each was ever called."""
        number = count()
        sought = {
            id_: [
                Sought(next(number), *rest) for rest in self._names(kind, known[id_].document, known[id_].check_number)
            ]
            for id_ in ids
            if id_ in known
        }
        seen = look_for_all(self._sage.ledger, [each for some in sought.values() for each in some])
        return {
            id_: self._in_sage([(each, seen[each.id]) for each in sought[id_]]) if id_ in known else _UNKNOWN.said()
            for id_ in ids
        }

    def _in_sage(self, looks: Sequence[tuple[Sought, Look]]) -> _InSage:
        for sought, seen in looks:
            if seen.sight is Sight.OURS or is_it(seen, sought):
                return _InSage(sought.natural_key.external_id(self._run.company.code))
        for _, seen in looks:
            if seen.sight is Sight.OTHER:
                return replace(_DIFFERENT.said(), message=seen.message)
        return _ABSENT.said()

    def _names(
        self, kind: DocumentKind, document: Document, check_number: str
    ) -> Iterator[tuple[str, Destination, NaturalKey, str]]:
        """Yield what Sage may know the document by, now and from earlier attempts, with the amount it then had."""
        amount = format(document.amount, "f")
        keys: dict[NaturalKey, str] = {}
        if isinstance(document, Invoice):
            keys[natural_key(document, None)] = amount
        elif check_number:
            keys[natural_key(document, CheckKey(document.bank_code, check_number))] = amount
        for entry in self._journal.of_document(kind, document.id):
            keys.setdefault(entry.natural_key, entry.amount)
        for key, its_amount in keys.items():
            if isinstance(key, CheckName) and not key.number:
                continue  # it never had a check number
            yield document.id, document.destination, key, its_amount
