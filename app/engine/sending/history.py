"""What befell each document: when it was seen first, changed, blocked, sent, proven, told, undone, posted and paid."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

from app.cloud.port import DocumentKind
from app.domain.codec import restore
from app.domain.findings import Severity
from app.engine.run import Run
from app.engine.sending.changes import changes, sentence

if TYPE_CHECKING:
    from app.engine.sending.previews import Previewed

Query: TypeAlias = Callable[[str, tuple[Any, ...]], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that befell a document; `run` is the run in which it was seen or done.

    `what`: received, changed, shortened, unshortened, blocked, unblocked, withdrawn (no longer ready there); intended,
    written, proven, refused, absent, stopped, told_again, acknowledged, undone, undo_told; a move asked of Quadient AP
    (mark-as-exported, mark-for-export, undo-export) or refused_move; posted, paid, gone (from Sage).
    """

    at: datetime
    run: str
    what: str
    message: str = ""
    batch: str = ""
    destination: str = ""


def note_previewed(run: Run, kind: DocumentKind, judged: Sequence["Previewed"]) -> None:
    """Note what the preview that is about to be kept tells of each document beyond the last one."""
    known = {
        row["id"]: row
        for row in run.store.rows(
            "SELECT id, hash, state, payload FROM documents WHERE company = ? AND kind = ?", (run.company.code, kind)
        )
    }
    told = [
        (each.document.id, what, message)
        for each in judged
        for what, message in _news(each, known.get(each.document.id))
    ]
    note(run, kind, told)


def note(run: Run, kind: DocumentKind, told: Sequence[tuple[str, str, str]]) -> None:
    """Note what befell documents now: id, what, and a message or nothing."""
    now = run.stamp()
    run.store.write_many(
        "INSERT INTO history (company, kind, document, at, run, what, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(run.company.code, kind, id_, now, run.id, what, message) for id_, what, message in told],
    )


def history(rows: Query, company: str, kind: str, document: str) -> list[Happened]:
    """Return what befell one document, oldest first; `rows` asks the store."""
    where = (company, kind, document)
    told = [
        Happened(datetime.fromisoformat(row["at"]), row["run"], row["what"], row["message"])
        for row in rows("SELECT * FROM history WHERE company = ? AND kind = ? AND document = ? ORDER BY id", where)
    ]
    for row in rows(
        "SELECT j.*, w.stands, w.since, w.run AS seen_by FROM journal j LEFT JOIN whereabouts w ON w.entry = j.id"
        " WHERE j.company = ? AND j.kind = ? AND j.document = ? ORDER BY j.id",
        where,
    ):
        told += _attempt(row)
    for row in rows("SELECT * FROM moves WHERE company = ? AND kind = ? AND document = ? ORDER BY seq", where):
        told += _move(row)
    return sorted(told, key=lambda each: each.at)


def _news(each: "Previewed", before: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    waited = before is not None and before["state"] in ("ready", "blocked", "asking")
    if before is None or before["state"] in ("gone", "undone", "settled"):
        yield "received", ""
    elif waited and before["hash"] != each.hash:
        was = restore(type(each.document), orjson.loads(before["payload"]))
        yield "changed", sentence(changes(was, each.document))
    stops = [finding for finding in each.verdict.findings if finding.severity is Severity.STOPS]
    was_blocked = before is not None and before["state"] == "blocked"
    if stops and not was_blocked:
        yield "blocked", stops[0].message
    elif was_blocked and not stops:
        yield "unblocked", ""


def _attempt(row: Mapping[str, Any]) -> Iterator[Happened]:
    """Yield the steps of one attempt; whichever run began it, the last one that worked on it is named."""
    steps = [(step, row[f"{step}_at"], "") for step in ("intended", "written", "proven", "acknowledged")]
    if row["failed_at"]:
        what = row["state"] if row["state"] in ("refused", "absent", "stopped") else "refused"
        steps.append((what, row["failed_at"], row["message"]))
    for step, at, message in steps:
        if at:
            yield Happened(datetime.fromisoformat(at), row["run"], step, message, row["batch"], row["destination"])
    for step in ("undone", "undo_told"):
        if row[f"{step}_at"]:
            yield Happened(datetime.fromisoformat(row[f"{step}_at"]), row["undo_run"] or row["run"], step)
    if row["stands"] in ("posted", "paid", "gone") and not row["undone_at"]:
        yield Happened(datetime.fromisoformat(row["since"]), row["seen_by"], row["stands"])


def _move(row: Mapping[str, Any]) -> Iterator[Happened]:
    if not row["answered_at"]:
        return
    what = "refused_move" if row["code"] else row["move"]
    yield Happened(datetime.fromisoformat(row["answered_at"]), row["run"], what, row["message"] if row["code"] else "")
