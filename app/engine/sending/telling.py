"""Tells Quadient AP how documents ended in Sage; what was told once is repeated, word for word, until answered."""

from itertools import groupby

from app.cloud.port import CloudPort, DocumentKind, DocumentResult, Outcome, RecordResult, RecordStatus
from app.domain.language import say
from app.engine.reporter import Stage
from app.engine.run import Run
from app.engine.sending.journal import Entry, Journal, Report

AT_ONCE = 25  # documents: few round trips, and few to repeat after a crash


class Telling:
    """Tells within one run, what earlier runs could not tell included."""

    def __init__(self, run: Run, cloud: CloudPort, journal: Journal) -> None:
        self._run = run
        self._cloud = cloud
        self._journal = journal
        self._not_taken: set[int] = set()

    def repeat(self, stage: Stage) -> None:
        """Tell again what was told before and never answered, where all of it still holds."""
        for report in self._journal.open_reports():
            if len(self._journal.told_in(report)) == len(report.results):
                self._ask(report, stage)
            else:
                self._journal.drop(report)

    def tell(self, stage: Stage) -> None:
        """Tell of all entries that have ended, but for those that were not taken in this run already."""
        untold = [entry for entry in self._journal.untold() if entry.id not in self._not_taken]
        for kind, entries in groupby(sorted(untold, key=lambda entry: entry.kind), key=lambda entry: entry.kind):
            waiting = list(entries)
            for start in range(0, len(waiting), AT_ONCE):
                group = waiting[start : start + AT_ONCE]
                results = {entry.id: self._result(entry) for entry in group}
                self._ask(self._journal.report(DocumentKind(kind), results), stage)

    def once_more(self, entry: Entry) -> None:
        """Let an entry be told in this run although it was not taken before: its document is ready there again."""
        self._not_taken.discard(entry.id)

    def _ask(self, report: Report, stage: Stage) -> None:
        results = self._cloud.send_results(report.kind, report.results, report.key)
        answers = {result.key: result for result in results}
        taken, not_taken, moot = [], [], []
        for entry in self._journal.told_in(report):
            answer = answers[entry.document]
            if answer.status is RecordStatus.ACCEPTED or self._is_settled_there(report.kind, entry):
                taken.append(entry)
                stage.count("sync_errors" if entry.state == "refused" else "acknowledged")
            elif entry.state == "refused":
                moot.append(entry)
            else:
                not_taken.append(self._left_to_tell(entry, answer, stage))
        self._run.needs_user |= bool(not_taken or moot)
        self._journal.answered(report, taken, not_taken, moot)

    def _is_settled_there(self, kind: DocumentKind, entry: Entry) -> bool:
        """Whether a person has settled a sent document in Quadient AP (Mark as exported): then all is well."""
        if entry.state != "proven":
            return False
        there = self._cloud.document(kind, entry.document)
        return there is not None and there.is_exported

    def _left_to_tell(self, entry: Entry, answer: RecordResult, stage: Stage) -> tuple[Entry, str, str]:
        self._not_taken.add(entry.id)
        fix = say("Compare the two, then choose Mark as exported for it.")
        stage.item(entry.document, "not_acknowledged", "not-acknowledged", answer.message, fix)
        return entry, answer.message, fix

    def _result(self, entry: Entry) -> DocumentResult:
        if entry.state == "refused":
            return DocumentResult(
                entry.document,
                self._run.id,
                Outcome.SYNC_ERROR,
                code=entry.code,
                message=entry.message,
                fix=entry.fix,
            )
        return DocumentResult(entry.document, self._run.id, Outcome.EXPORTED, external_id=entry.external_id)
