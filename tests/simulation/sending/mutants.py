"""Deliberate bugs in AP Bridge's sending, one at a time: a simulation that misses one of them proves little."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from unittest.mock import patch

from app.cloud.port import DocumentKind, DocumentResult, Outcome
from app.domain.invoices import Invoice
from app.engine.checks import invoices as invoice_checks
from app.engine.checks import payments as payment_checks
from app.engine.reporter import Stage
from app.engine.sending import choosing, earlier, looking, sending, totals
from app.engine.sending.journal import Entry, Journal
from app.engine.sending.looking import Look, Sight, look_for_all
from app.engine.sending.previews import Previewed, judge
from app.engine.sending.sending import Sending
from app.engine.sending.telling import Telling
from app.engine.sending.writing import Writing
from app.engine.undo.undo_journal import Sent, UndoJournal
from app.engine.undo.undoing import Undoing
from app.errors import RetryLater
from app.sage.found import FoundCheck, FoundInvoice, Written
from app.sandbox.server import rules

Mutation = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A bug: what it is called, what AP Bridge does with it, and how to make it do so."""

    name: str
    sentence: str
    mutate: Mutation


MUTANTS: list[Mutant] = []


def _mutant(name: str, sentence: str) -> Callable[[Callable[[ExitStack], None]], Mutation]:
    def keep(plant: Callable[[ExitStack], None]) -> Mutation:
        @contextmanager
        def mutate() -> Iterator[None]:
            with ExitStack() as planted:
                plant(planted)
                yield

        MUTANTS.append(Mutant(name, sentence, mutate))
        return mutate

    return keep


def _instead(planted: ExitStack, place: Any, name: str, other: Any) -> None:
    planted.enter_context(patch.object(place, name, other))


@_mutant("skip-the-look", "It writes without looking first whether Sage has the document.")
def _skip_the_look(planted: ExitStack) -> None:
    read_back = Sending._look_again

    def looking_after(self: Sending, *args: Any) -> Any:
        with patch.object(sending, "look_for_all", look_for_all):
            return read_back(self, *args)

    def blind(_ledger: Any, entries: Sequence[Entry]) -> dict[int, Look]:
        return {entry.id: Look(Sight.NOTHING) for entry in entries}

    _instead(planted, sending, "look_for_all", blind)
    _instead(planted, Sending, "_look_again", looking_after)


@_mutant("write-again-at-once", "After a lost reply it writes again straight away.")
def _write_again(planted: ExitStack) -> None:
    write = Writing.write

    def twice(self: Writing, document: Any, check: Any) -> Written:
        try:
            return write(self, document, check)
        except RetryLater:
            return write(self, document, check)

    _instead(planted, Writing, "write", twice)


@_mutant("acknowledge-unread", "It acknowledges what the Business Objects took, without reading it back.")
def _acknowledge_unread(planted: ExitStack) -> None:
    def believed(_self: Sending, entries: Sequence[Entry], refusals: Mapping[int, Any]) -> dict[int, Look]:
        return {
            entry.id: Look(Sight.NOTHING if entry.id in refusals else Sight.OURS, entry.batch, {}) for entry in entries
        }

    _instead(planted, Sending, "_look_again", believed)


@_mutant("other-is-ours", "Whatever stands in Sage under the number, it takes for its own.")
def _other_is_ours(planted: ExitStack) -> None:
    seen = looking._seen

    def ours(*args: Any) -> Look:
        there = seen(*args)
        return replace(there, sight=Sight.OURS) if there.sight is Sight.OTHER else there

    _instead(planted, looking, "_seen", ours)


@_mutant("no-mark-needed", "An equal document in Sage counts as its own, whoever entered it.")
def _no_mark_needed(planted: ExitStack) -> None:
    for found in (FoundInvoice, FoundCheck):
        _instead(planted, found, "carries", lambda _self, _reference: True)


@_mutant("amount-not-compared", "Its own document counts as equal although the amount was changed in Sage.")
def _amount_not_compared(planted: ExitStack) -> None:
    record = looking._record

    def equal(*args: Any, **names: Any) -> Any:
        return replace(record(*args, **names), equal=True)

    _instead(planted, looking, "_record", equal)


@_mutant("round-the-amount", "It enters whole dollars.")
def _round_the_amount(planted: ExitStack) -> None:
    write = Writing.write

    def rounded(self: Writing, document: Any, check: Any) -> Written:
        lines = tuple(replace(line, amount=_whole(line.amount)) for line in document.lines)
        total = sum((line.amount for line in lines), Decimal(0))
        changes: dict[str, Any] = {"lines": lines, "amount": total}
        if isinstance(document, Invoice):
            changes |= {"freight": _whole(document.freight), "amount": total + _whole(document.freight)}
        return write(self, replace(document, **changes), check)

    _instead(planted, Writing, "write", rounded)


@_mutant("forget-the-intent", "It does not note what it is about to write.")
def _forget_the_intent(planted: ExitStack) -> None:
    unproven = Journal.unproven

    def written_only(self: Journal) -> list[Entry]:
        return [entry for entry in unproven(self) if entry.state == "written"]

    _instead(planted, Journal, "unproven", written_only)


@_mutant("leave-begun", "It does not finish what an earlier run began.")
def _leave_begun(planted: ExitStack) -> None:
    _instead(planted, Sending, "finish_begun", lambda _self: None)


@_mutant("finish-changed", "What was changed in Quadient AP after it was written, it acknowledges as it was.")
def _finish_changed(planted: ExitStack) -> None:
    _instead(planted, Sending, "_compare_with_now", lambda *_: {})
    _instead(planted, rules, "changed", lambda key, _called: rules.accepted(key))


@_mutant("new-key-for-a-repeat", "It repeats an answer that was lost with another key and in other words.")
def _new_key(planted: ExitStack) -> None:
    def repeat(self: Telling, _stage: Stage) -> list[Entry]:
        for report in self._journal.open_reports():
            told = report.result
            again = replace(told, key=f"{told.key}-again", message=f"{told.message} (again)")
            self._cloud.send_results(DocumentKind(report.entry.kind), [again], again.key)
            self._journal.answered([report], [], [])
        return []

    _instead(planted, Telling, "repeat", repeat)


@_mutant("server-ignores-revisions", "Quadient AP takes what it is told of a document that was corrected meanwhile.")
def _server_ignores_revisions(planted: ExitStack) -> None:
    _instead(planted, rules, "changed", lambda key, _called: rules.accepted(key))


@_mutant("newest-revision", "It acknowledges the version that Quadient AP has now, whichever it sent.")
def _newest_revision(planted: ExitStack) -> None:
    result = Telling._result

    def newest(self: Telling, entry: Entry) -> DocumentResult:
        ready = {each.id: each for each in (*self._cloud.ready_invoices(), *self._cloud.ready_payments())}
        now = ready.get(entry.document)
        return replace(result(self, entry), revision=entry.revision if now is None else getattr(now, "revision", ""))

    _instead(planted, Telling, "_result", newest)


@_mutant("drop-a-report", "What was told and not answered it forgets, and tells it anew.")
def _drop_a_report(planted: ExitStack) -> None:
    def dropped(self: Telling, _stage: Stage) -> list[Entry]:
        for report in self._journal.open_reports():
            self._journal._store.write("UPDATE journal SET report = '' WHERE id = ?", (report.entry.id,))
        return []

    _instead(planted, Telling, "repeat", dropped)


@_mutant("send-what-changed", "It sends a document that was changed since the preview.")
def _send_what_changed(planted: ExitStack) -> None:
    def as_previewed(run: Any, sage: Any, documents: Any) -> list[Previewed]:
        hashes = run.store.pairs("SELECT id, hash FROM documents")
        return [replace(each, hash=hashes.get(each.document.id, each.hash)) for each in judge(run, sage, documents)]

    _instead(planted, choosing, "judge", as_previewed)


@_mutant("look-by-number-only", "It does not look for what people gave another number in Sage.")
def _look_by_number_only(planted: ExitStack) -> None:
    _instead(planted, earlier, "look_elsewhere", lambda *_: {})


@_mutant("ignore-twins", "It sends two documents that are ready under one number.")
def _ignore_twins(planted: ExitStack) -> None:
    _instead(planted, invoice_checks, "check_in_run", lambda *_: ())
    _instead(planted, payment_checks, "_check_in_run", lambda *_: ())


@_mutant("mind-capitals", "A number in other capitals is another one to it.")
def _mind_capitals(planted: ExitStack) -> None:
    for name in ("check_near_in_sage", "check_near_in_run"):
        _instead(planted, invoice_checks, name, lambda *_: ())
    for name in ("check_near_used", "check_near_in_run"):
        _instead(planted, payment_checks, name, lambda *_: ())


@_mutant("totals-from-memory", "Its totals count what it believes to be in Sage.")
def _totals_from_memory(planted: ExitStack) -> None:
    def remembered(_ledger: Any, entries: Sequence[Entry]) -> dict[int, Look]:
        return {entry.id: Look(Sight.OURS, entry.batch, {"amount": entry.amount}) for entry in entries}

    _instead(planted, totals, "look_for_all", remembered)


@_mutant("any-answer-is-yes", "It takes a result that Quadient AP refused for taken.")
def _any_answer_is_yes(planted: ExitStack) -> None:
    _instead(planted, Telling, "_is_settled_there", lambda *_: True)


@_mutant("refusal-is-success", "It tells Quadient AP that a document which Sage refused was exported.")
def _refusal_is_success(planted: ExitStack) -> None:
    result = Telling._result

    def success(self: Telling, entry: Entry) -> DocumentResult:
        told = result(self, entry)
        return replace(told, outcome=Outcome.EXPORTED, external_id=told.external_id or "SIM:?")

    _instead(planted, Telling, "_result", success)


@_mutant("not-in-history", "It looks for its documents among the unposted ones only.")
def _not_in_history(planted: ExitStack) -> None:
    seen = looking._seen

    def unposted(entry: Entry, found: Any, records: Any, ours: Any) -> Look:
        return seen(
            entry,
            [each for each in found if not each.place.posted],
            [each for each in records if not each.place.posted],
            [each for each in ours if not each.place.posted],
        )

    _instead(planted, looking, "_seen", unposted)


@_mutant("one-batch-for-all", "It puts all months of a run into one batch.")
def _one_batch(planted: ExitStack) -> None:
    from app.engine.sending import writing

    _instead(planted, writing, "batch_key", lambda document: (document.destination, ""))


@_mutant("undo-untold", "It deletes in Sage and does not tell Quadient AP.")
def _undo_untold(planted: ExitStack) -> None:
    _instead(planted, Undoing, "_tell", lambda *_: None)


@_mutant("undo-unread", "It takes for deleted what it asked Sage to delete, without looking again.")
def _undo_unread(planted: ExitStack) -> None:
    def believed(self: Undoing, sents: Sequence[Sent], *_: Any) -> None:
        self._journal.undone(sents)

    _instead(planted, Undoing, "_settle", believed)


@_mutant("undo-forgotten", "What it was deleting when the run broke off, it forgets.")
def _undo_forgotten(planted: ExitStack) -> None:
    _instead(planted, UndoJournal, "unfinished", lambda _self: [])


def _whole(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1), ROUND_HALF_UP).quantize(Decimal("0.01"))
