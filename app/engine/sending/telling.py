"""Tells Quadient AP how documents ended in Sage; what was told once is repeated, word for word, until answered.

Every document is told of under a key of its own, and by the revision that was sent. So what became of one holds up no
repeat of another; and what was corrected in Quadient AP meanwhile is not taken for what Sage has.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from app.cloud.port import CHANGED, CloudPort, DocumentKind, DocumentResult, Outcome, RecordResult, RecordStatus
from app.domain.codec import canonical, fingerprint
from app.domain.language import later, say
from app.engine.reporter import Stage
from app.engine.run import Run
from app.engine.sending.history import note
from app.engine.sending.journal import Entry, Journal, Report
from app.engine.sending.malformed import set_aside
from app.errors import BugError

AT_ONCE = 25  # documents: few round trips, and few to repeat after a crash

_COMPARE = later("Compare the two, then choose Mark as exported for it.")


class Telling:
    """Tells within one run, what earlier runs could not tell included."""

    def __init__(self, run: Run, cloud: CloudPort, journal: Journal) -> None:
        self._run = run
        self._cloud = cloud
        self._journal = journal
        self._not_taken: set[int] = set()

    def repeat(self, stage: Stage) -> list[Entry]:
        """Tell again what was told before and never answered, where it still holds; return what `tell` does."""
        corrected = []
        for some in _in_batches(self._journal.open_reports()):
            note(
                self._run, DocumentKind(some[0].entry.kind), [(each.entry.document, "told_again", "") for each in some]
            )
            corrected += self._ask(some, stage)
        return corrected

    def tell(self, stage: Stage) -> list[Entry]:
        """Tell of all entries that have ended, but for those that were not taken in this run already.

        Returns those that Sage has and Quadient AP did not take, since it has another revision by now.
        """
        untold = [entry for entry in self._journal.untold() if entry.id not in self._not_taken]
        corrected = []
        for some in _in_batches(self._journal.report([(entry, self._result(entry)) for entry in untold])):
            corrected += self._ask(some, stage)
        return corrected

    def once_more(self, entry: Entry) -> None:
        """Let an entry be told in this run although it was not taken before: its document is ready there again."""
        self._not_taken.discard(entry.id)

    def left_to_tell(self, entry: Entry, message: str, fix: str, stage: Stage) -> None:
        """Say that Quadient AP did not take what it was told of a document in Sage."""
        self._run.needs_user = True
        stage.item(entry.document, "not_acknowledged", "not-acknowledged", message, fix)

    def _ask(self, reports: Sequence[Report], stage: Stage) -> list[Entry]:
        kind = DocumentKind(reports[0].entry.kind)
        results = [report.result for report in reports]
        answers = self._answers(kind, results)
        taken, not_taken, moot, corrected = [], [], [], []
        for report, answer in zip(reports, answers, strict=True):
            entry = report.entry
            if answer.status is RecordStatus.ACCEPTED or self._is_settled_there(kind, entry):
                taken.append(report)
                stage.count("sync_errors" if entry.state == "refused" else "acknowledged")
            elif entry.state == "refused":
                moot.append(report)
            else:
                self._not_taken.add(entry.id)
                fix = answer.fix if answer.code == CHANGED else say(_COMPARE)
                not_taken.append((report, answer.message, fix))
                if answer.code == CHANGED:
                    corrected.append(entry)
                else:
                    self.left_to_tell(entry, answer.message, fix, stage)
        self._run.needs_user |= bool(moot)
        self._journal.answered(taken, not_taken, moot)
        return corrected

    def _answers(self, kind: DocumentKind, results: Sequence[DocumentResult]) -> Sequence[RecordResult]:
        """Return what Quadient AP answers. What it calls malformed is told one by one, so that it holds up no other."""
        try:
            return self._cloud.send_results(kind, results, fingerprint(canonical(results)).hex())
        except BugError as error:
            if len(results) > 1:
                return [answer for result in results for answer in self._answers(kind, [result])]
            return [set_aside(results[0].id, error)]

    def _is_settled_there(self, kind: DocumentKind, entry: Entry) -> bool:
        """Whether a person has settled a sent document in Quadient AP (Mark as exported): then all is well."""
        if entry.state != "proven":
            return False
        there = self._cloud.document(kind, entry.document)
        return there is not None and there.is_exported

    def _result(self, entry: Entry) -> DocumentResult:
        """Return what is told of an entry; the journal gives it its key."""
        if entry.state == "refused":
            return DocumentResult(
                "",
                entry.document,
                entry.revision,
                self._run.id,
                Outcome.SYNC_ERROR,
                code=entry.code,
                message=entry.message,
                fix=entry.fix,
            )
        exported = Outcome.EXPORTED
        return DocumentResult("", entry.document, entry.revision, self._run.id, exported, external_id=entry.external_id)


def _in_batches(reports: Iterable[Report]) -> Iterator[list[Report]]:
    """Yield the reports a few at a time, each time of one kind of documents."""
    for _, of_one_kind in groupby(sorted(reports, key=_kind), key=_kind):
        some = list(of_one_kind)
        for start in range(0, len(some), AT_ONCE):
            yield some[start : start + AT_ONCE]


def _kind(report: Report) -> str:
    return report.entry.kind
