"""What may be written to Sage: ready in Quadient AP, previewed as it is now, still in order in Sage as it is now."""

from collections.abc import Sequence

import orjson

from app.cloud.port import CloudPort, DocumentKind, Unreadable
from app.domain.codec import restore
from app.domain.documents import Document
from app.domain.language import say
from app.engine.reporter import Stage
from app.engine.run import Run
from app.engine.sending.changes import changes, sentence
from app.engine.sending.previews import Previewed, fetch_ready, judge, keep_as_changed
from app.sage.company import SageCompany


def choose(
    run: Run, sage: SageCompany, cloud: CloudPort, kind: DocumentKind, ids: Sequence[str] | None, stage: Stage
) -> list[Previewed]:
    """Return which of the documents called `ids` (None: of all) may be written; tell of each other one why not."""
    previewed = {
        row["id"]: row["hash"]
        for row in run.store.rows(
            "SELECT id, hash FROM documents WHERE company = ? AND kind = ? AND state = 'ready'",
            (run.company.code, kind),
        )
    }
    wanted = set(previewed if ids is None else ids)
    ready = {
        document.id: document for document in fetch_ready(run, cloud, kind) if not isinstance(document, Unreadable)
    }
    for id_ in sorted(wanted - ready.keys()):
        _leave(
            run,
            stage,
            id_,
            "not-ready",
            say("It is no longer ready to export in Quadient AP.")
            if id_ in previewed
            else say("No invoice or payment that is ready has this id in Quadient AP."),
            say("Preview again to see what is ready."),
        )
    chosen = []
    # All that is ready is looked at together, as in the preview: one may double another that was not chosen.
    for each in judge(run, sage, list(ready.values())):
        id_ = each.document.id
        if id_ not in wanted:
            continue
        if id_ not in previewed:
            _leave(run, stage, id_, "not-previewed", say("It was not ready to be sent in the last preview."))
        elif each.hash != previewed[id_]:
            message = _what_changed(run, kind, each.document)
            _leave(run, stage, id_, "changed-since-preview", message)
            keep_as_changed(run, each, message)
        elif not each.verdict.sendable:
            stop = each.verdict.findings[0]
            _leave(run, stage, id_, stop.code, stop.message, stop.fix)
        else:
            chosen.append(each)
    return chosen


def _what_changed(run: Run, kind: DocumentKind, now: Document) -> str:
    (row,) = run.store.rows(
        "SELECT payload FROM documents WHERE company = ? AND kind = ? AND id = ?",
        (run.company.code, kind, now.id),
    )
    before = restore(type(now), orjson.loads(row["payload"]))
    return say("It was changed in Quadient AP after the preview. {before}", before=sentence(changes(before, now)))


def _leave(run: Run, stage: Stage, id_: str, code: str, message: str, fix: str = "") -> None:
    run.needs_user = True
    stage.count("left")
    stage.item(id_, "left", code, message, fix or say("Preview it again (Sync Now does), then send it."))
