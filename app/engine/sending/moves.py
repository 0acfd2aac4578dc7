"""Does to documents in Quadient AP what a person asked for; noted before it is asked, and repeated until answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from app.cloud.port import CloudPort, DocumentKind, Move, RecordResult, RecordStatus
from app.domain.codec import canonical, fingerprint
from app.domain.language import later, say
from app.engine.reporter import Stage
from app.engine.run import Run
from app.engine.sending.malformed import set_aside
from app.errors import BugError

_TOLD = {
    Move.MARK_FOR_EXPORT: later("Marked for export again."),
    Move.MARK_AS_EXPORTED: later("Marked as exported."),
    Move.UNDO_EXPORT: later("The export was undone."),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one document: as what Sage knows it, and which version of it is meant; both may be empty."""

    external_id: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its documents by id; a repeat has the same key, run and words."""

    key: str
    run: str
    kind: DocumentKind
    move: Move
    documents: Mapping[str, Asked]


class Moves:
    """The moves of one run, and those of earlier runs that were never answered."""

    def __init__(self, run: Run, cloud: CloudPort) -> None:
        self._run = run
        self._cloud = cloud
        self._store = run.store
        self._company = run.company.code

    def repeat(self, request: Request, stage: Stage) -> None:
        """Ask again, with the same key, what was asked and never answered."""
        self._ask(request, stage)

    def withdraw(self, request: Request, code: str, message: str) -> None:
        """Note that a request is not to be repeated, and why."""
        self._store.write(
            "UPDATE moves SET answered_at = ?, code = ?, message = ? WHERE company = ? AND key = ?",
            (self._run.stamp(), code, message, self._company, request.key),
        )

    def ask(self, kind: DocumentKind, move: Move, documents: Mapping[str, Asked], stage: Stage) -> None:
        """Move `documents`, by their ids, and tell of each whether it was moved."""
        ids = list(documents)
        for start in range(0, len(ids), self._cloud.max_batch):
            some = {id_: documents[id_] for id_ in ids[start : start + self._cloud.max_batch]}
            # The same documents have the same key, and only they.
            key = f"{self._run.id}-{move}-{fingerprint(canonical(some)).hex()}"
            request = Request(key, self._run.id, kind, move, some)
            self._note(request)
            self._ask(request, stage)

    def _note(self, request: Request) -> None:
        now = self._run.stamp()
        self._store.write_many(
            "INSERT OR REPLACE INTO moves (company, key, place, kind, document, run, move, external_id, revision,"
            " asked_at, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(seq), 0) + 1 FROM moves))",
            (
                (
                    self._company,
                    request.key,
                    place,
                    request.kind,
                    id_,
                    request.run,
                    request.move,
                    asked.external_id,
                    asked.revision,
                    now,
                )
                for place, (id_, asked) in enumerate(request.documents.items())
            ),
        )

    def unanswered(self) -> list[Request]:
        """Return what earlier runs asked and got no answer to, oldest first."""
        rows = self._store.rows(
            "SELECT * FROM moves WHERE company = ? AND answered_at IS NULL ORDER BY seq, key, place",
            (self._company,),
        )
        unanswered = []
        for key, group in groupby(rows, key=lambda row: row["key"]):
            some = list(group)
            documents = {row["document"]: Asked(row["external_id"], row["revision"]) for row in some}
            first = some[0]
            unanswered.append(Request(key, first["run"], DocumentKind(first["kind"]), Move(first["move"]), documents))
        return unanswered

    def _ask(self, request: Request, stage: Stage) -> None:
        self._run.cancel.check()
        results = self._answers(request)
        with self._store.transaction():
            self._answered(request, results)
            for result in results:
                self._tell(request.move, result, stage)

    def _answers(self, request: Request) -> Sequence[RecordResult]:
        """Return what Quadient AP answers. What it calls malformed is asked one by one: it holds up no other."""
        try:
            return self._cloud.move(
                request.kind,
                list(request.documents),
                request.move,
                request.run,
                request.key,
                {id_: asked.external_id for id_, asked in request.documents.items() if asked.external_id},
                {id_: asked.revision for id_, asked in request.documents.items() if asked.revision},
            )
        except BugError as error:
            if len(request.documents) == 1:
                return [set_aside(id_, error) for id_ in request.documents]
            alone = [
                replace(request, key=f"{request.key}-{place}", documents={id_: asked})
                for place, (id_, asked) in enumerate(request.documents.items())
            ]
            return [answer for each in alone for answer in self._answers(each)]

    def _answered(self, request: Request, results: Sequence[RecordResult]) -> None:
        now = self._run.stamp()
        for result in results:
            self._store.write(
                "UPDATE moves SET answered_at = ?, code = ?, message = ?, fix = ?"
                " WHERE company = ? AND key = ? AND document = ?",
                (now, result.code, result.message, result.fix, self._company, request.key, result.key),
            )
            if result.status is RecordStatus.ACCEPTED and request.move is Move.MARK_AS_EXPORTED:
                self._exported(request.kind, result.key, request.documents[result.key].revision, now)

    def _exported(self, kind: DocumentKind, id_: str, revision: str, now: str) -> None:
        """Note that nothing need be sent or told of the document any more, and as which version it is exported."""
        where = (self._company, kind.value, id_)
        if revision:
            self._store.write(
                "UPDATE journal SET revision = ?4 WHERE company = ?1 AND kind = ?2 AND document = ?3",
                (*where, revision),
            )
        self._store.write(
            "UPDATE journal SET acknowledged_at = ?4,"
            " state = CASE state WHEN 'proven' THEN 'acknowledged' ELSE state END"
            " WHERE company = ?1 AND kind = ?2 AND document = ?3 AND state IN ('proven', 'refused', 'stopped')"
            " AND acknowledged_at IS NULL",
            (*where, now),
        )
        self._store.write(
            "UPDATE documents SET state = CASE WHEN EXISTS (SELECT 1 FROM journal WHERE company = ?1 AND kind = ?2"
            " AND document = ?3 AND state = 'acknowledged') THEN 'sent' ELSE 'settled' END"
            " WHERE company = ?1 AND kind = ?2 AND id = ?3",
            where,
        )
        self._store.write(
            "UPDATE journal SET code = '', message = '', fix = '' WHERE company = ?1 AND kind = ?2 AND document = ?3"
            " AND state = 'acknowledged'",
            where,
        )
        self._store.write(
            "UPDATE whereabouts SET let_be = 1 WHERE stands = 'gone' AND entry IN (SELECT id FROM journal"
            " WHERE company = ?1 AND kind = ?2 AND document = ?3)",
            where,
        )

    def _tell(self, move: Move, result: RecordResult, stage: Stage) -> None:
        if result.status is RecordStatus.ACCEPTED:
            stage.count("reopened" if move is Move.UNDO_EXPORT else "moved")
            stage.item(result.key, "moved", message=say(_TOLD[move]))
        else:
            self._run.needs_user = True
            stage.count("refused")
            stage.item(result.key, "refused", result.code, result.message, result.fix)
