"""Operations from Quadient AP to Sage 100: ready documents, their results, and what was exported; sync history."""

import sqlite3
from typing import Any

import orjson

from app.cloud.port import DocumentKind, Outcome, RecordResult
from app.sandbox.server import rules
from app.sandbox.server.calls import (
    Answer,
    Call,
    after,
    answer_batch,
    answer_page,
    encode,
    is_accepted,
    once,
    stored_page,
)
from app.sandbox.server.faults import FaultName
from app.sandbox.server.problems import not_found

KINDS = {"invoices": DocumentKind.INVOICE, "payments": DocumentKind.PAYMENT}


def list_ready_invoices(call: Call) -> Answer:
    """Show the invoices that are ready to sync."""
    return _ready(call, DocumentKind.INVOICE)


def list_ready_payments(call: Call) -> Answer:
    """Show the payments that are ready to sync."""
    return _ready(call, DocumentKind.PAYMENT)


def _ready(call: Call, kind: DocumentKind) -> Answer:
    first, second = rules.MARKABLE[kind]
    rows = call.db.execute(
        "SELECT id, record FROM documents WHERE entity = ? AND kind = ? AND marked = 1 AND status IN (?, ?)"
        " AND id > ? ORDER BY id LIMIT ?",
        (call.entity, kind.value, first, second, after(call), call.params["limit"] + 1),
    )
    return answer_page(call, [(row["id"], _shown(call, row["id"], row["record"])) for row in rows])


def _shown(call: Call, id_: str, record: bytes) -> Any:
    if call.faults.active and call.faults.take(FaultName.GARBLE_DOCUMENT, call.path, id_):
        return {**orjson.loads(record), "amount": "twelve"}
    return orjson.Fragment(record)


def send_results(call: Call) -> Answer:
    """Take how documents ended in Sage."""
    kind = KINDS[call.params["kind"]]

    def keep(result: dict[str, Any], _: bytes) -> RecordResult:
        return once(call, result, lambda: _take(call, kind, result))

    return answer_batch(call, "id", keep)


def _take(call: Call, kind: DocumentKind, result: dict[str, Any]) -> RecordResult:
    state = _document_state(call, kind, result["id"])
    verdict = rules.judge_result(kind, state, result)
    if is_accepted(verdict) and state is not None:
        _apply(call, kind, state, result)
    return verdict


def _document_state(call: Call, kind: DocumentKind, id_: str) -> rules.DocumentState | None:
    row = call.db.execute(
        "SELECT status, marked, external_id, last_result, record FROM documents"
        " WHERE entity = ? AND kind = ? AND id = ?",
        (call.entity, kind.value, id_),
    ).fetchone()
    if row is None:
        return None
    last = None if row["last_result"] is None else orjson.loads(row["last_result"])
    revision = orjson.loads(row["record"])["revision"]
    return rules.DocumentState(row["status"], bool(row["marked"]), row["external_id"], last, revision)


def _apply(call: Call, kind: DocumentKind, state: rules.DocumentState, result: dict[str, Any]) -> None:
    place = (call.entity, kind.value, result["id"])
    repeated = not state.marked
    if result["outcome"] == Outcome.EXPORTED:
        call.db.execute(
            "UPDATE documents SET status = 'EX', marked = 0, external_id = ?4, run = ?5, last_result = ?6"
            " WHERE entity = ?1 AND kind = ?2 AND id = ?3",
            (*place, result["external_id"], result["run"], orjson.dumps(rules.essence(result))),
        )
        # A repeat may come in a later run: both runs acknowledged the document, both may total it.
        call.db.execute(
            "INSERT OR IGNORE INTO exported_in (entity, kind, id, run) VALUES (?, ?, ?, ?)", (*place, result["run"])
        )
    elif not repeated:
        call.db.execute(
            "UPDATE documents SET status = 'SE', marked = 0, last_result = ?4"
            " WHERE entity = ?1 AND kind = ?2 AND id = ?3",
            (*place, orjson.dumps(rules.essence(result))),
        )
        text = " ".join(part for part in (result["message"], result["fix"]) if part)
        call.db.execute("INSERT INTO comments VALUES (?, ?, ?, ?)", (*place, text))


def move_documents(call: Call) -> Answer:
    """Do with documents what a person does in the screens."""
    kind = KINDS[call.params["kind"]]

    def keep(record: dict[str, Any], _: bytes) -> RecordResult:
        state = _document_state(call, kind, record["id"])
        verdict = rules.judge_move(kind, state, record)
        if is_accepted(verdict) and state is not None:
            move = rules.MOVES[kind][record["move"]]
            if not rules.is_there(state, move):
                move_document(call.db, (call.entity, kind, record["id"]), state.status, move)
            if move.to_status == "EX":
                _note_external_id(call, kind, record)
        return verdict

    return answer_batch(call, "id", keep)


def move_document(db: sqlite3.Connection, place: tuple[str, DocumentKind, str], status: str, move: rules.Move) -> None:
    """Move the document at `place` (entity, kind, id), whose status allows it; an export undone leaves no trace."""
    entity, kind, id_ = place
    where = (entity, kind.value, id_)
    db.execute(
        "UPDATE documents SET status = ?4, marked = ?5 WHERE entity = ?1 AND kind = ?2 AND id = ?3",
        (*where, move.to_status or status, int(move.marked)),
    )
    if status == "EX":
        db.execute(
            "UPDATE documents SET external_id = '', run = '', last_result = NULL"
            " WHERE entity = ? AND kind = ? AND id = ?",
            where,
        )
        db.execute("DELETE FROM exported_in WHERE entity = ? AND kind = ? AND id = ?", where)


def _note_external_id(call: Call, kind: DocumentKind, record: dict[str, Any]) -> None:
    # Who marked it first keeps it: a repeat in a later run brings at most the external id that was missing.
    call.db.execute(
        "UPDATE documents SET external_id = ?4, run = ?5 WHERE entity = ?1 AND kind = ?2 AND id = ?3"
        " AND external_id = '' AND (?4 <> '' OR run = '')",
        (call.entity, kind.value, record["id"], record["external_id"], record["run"]),
    )


def list_exported(call: Call) -> Answer:
    """Show every Exported document in full."""
    kind = KINDS[call.params["kind"]]
    rows = call.db.execute(
        "SELECT id, record, external_id, run FROM documents WHERE entity = ? AND kind = ? AND status = 'EX'"
        " AND id > ? ORDER BY id LIMIT ?",
        (call.entity, kind.value, after(call), call.params["limit"] + 1),
    )
    return answer_page(
        call,
        [
            (
                row["id"],
                {
                    "document": _shown(call, row["id"], row["record"]),
                    "external_id": row["external_id"],
                    "run": row["run"],
                },
            )
            for row in rows
        ],
    )


def list_sync_errors(call: Call) -> Answer:
    """Show every document in Sync Error in full, with what made it so."""
    kind = KINDS[call.params["kind"]]
    rows = call.db.execute(
        "SELECT id, record, last_result FROM documents WHERE entity = ? AND kind = ? AND status = 'SE'"
        " AND id > ? ORDER BY id LIMIT ?",
        (call.entity, kind.value, after(call), call.params["limit"] + 1),
    )
    items = []
    for row in rows:
        said = {} if row["last_result"] is None else orjson.loads(row["last_result"])
        shown = {"document": _shown(call, row["id"], row["record"])}
        items.append((row["id"], shown | {name: said.get(name, "") for name in ("code", "message")}))
    return answer_page(call, items)


def list_documents_of_run(call: Call) -> Answer:
    """Show what was exported in one run."""
    run = call.params["run"]
    rows = call.db.execute(
        "SELECT d.* FROM exported_in e JOIN documents d USING (entity, kind, id)"
        " WHERE e.entity = ? AND e.kind = ? AND e.run = ? AND e.id > ? ORDER BY e.id LIMIT ?",
        (call.entity, KINDS[call.params["kind"]].value, run, after(call), call.params["limit"] + 1),
    )
    return answer_page(call, [(row["id"], {**_exported_document(row), "run": run}) for row in rows])


def get_document(call: Call) -> Answer:
    """Show one document."""
    kind, id_ = KINDS[call.params["kind"]], call.params["id"]
    row = call.db.execute(
        "SELECT * FROM documents WHERE entity = ? AND kind = ? AND id = ?", (call.entity, kind.value, id_)
    ).fetchone()
    if row is None:
        raise not_found("unknown-document", f"Quadient AP has no {kind.value} {id_}.")
    return Answer(orjson.dumps(_exported_document(row)), 1)


def _exported_document(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "status": row["status"],
        "amount": orjson.loads(row["record"])["amount"],
        "external_id": row["external_id"],
        "run": row["run"],
    }


def list_exported_invoices(call: Call) -> Answer:
    """Show what Sage knows every Exported invoice by."""
    rows = call.db.execute(
        "SELECT id, division, vendor_number, number FROM documents WHERE entity = ? AND kind = 'invoice'"
        " AND status = 'EX' AND id > ? ORDER BY id LIMIT ?",
        (call.entity, after(call), call.params["limit"] + 1),
    )
    return answer_page(
        call,
        [(row["id"], {name: row[name] for name in ("division", "vendor_number", "number")}) for row in rows],
    )


def put_sync_run(call: Call) -> Answer:
    """Show a run in the history, or replace it."""
    run = call.params["run"]
    record = encode({"run": run, **call.body})
    call.db.execute(
        "INSERT INTO sync_runs VALUES (?, ?, ?) ON CONFLICT (entity, run) DO UPDATE SET record = excluded.record",
        (call.entity, run, record),
    )
    return Answer(record, 1)


def get_sync_run(call: Call) -> Answer:
    """Show one run."""
    run = call.params["run"]
    row = call.db.execute("SELECT record FROM sync_runs WHERE entity = ? AND run = ?", (call.entity, run)).fetchone()
    if row is None:
        raise not_found("unknown-run", f"The sync history has no run {run}.")
    return Answer(row["record"], 1)


def list_sync_runs(call: Call) -> Answer:
    """Show the history."""
    return stored_page(
        call, "SELECT run, record FROM sync_runs WHERE entity = ? AND run > ? ORDER BY run LIMIT ?", call.entity
    )
