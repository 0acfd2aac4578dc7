"""What the handlers of the contract's operations have in common: a checked call, batches and pages."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from app.cloud.port import RecordResult, RecordStatus
from app.domain.codec import canonical, plain, restore
from app.sandbox.server import rules
from app.sandbox.server.contract import Misfit, Validator
from app.sandbox.server.faults import FaultName, Faults


@dataclass(frozen=True, slots=True)
class Call:
    """One request that fits the contract. Unless it is a GET, `db` is inside a transaction."""

    db: sqlite3.Connection
    client: str
    entity: str
    path: str
    params: Mapping[str, Any]
    body: Any
    record: Validator | None
    faults: Faults
    now: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON body, and how many records or items it speaks of."""

    body: bytes
    count: int


Handler = Callable[[Call], Answer]
Judge = Callable[[dict[str, Any], bytes], RecordResult]


def answer_batch(call: Call, key_name: str, judge: Judge) -> Answer:
    """Judge each record on its own: `judge` gets it with its JSON, keeps it if it may, and says what it did."""
    results = [_judge_one(call, key_name, judge, record) for record in call.body["records"]]
    return Answer(orjson.dumps({"results": [plain(result) for result in results]}), len(results))


def _judge_one(call: Call, key_name: str, judge: Judge, record: dict[str, Any]) -> RecordResult:
    given = record.get(key_name)
    key = given if isinstance(given, str) else ""
    try:
        if call.record is not None:
            call.record(record)
        data = encode(record)
    except Misfit as misfit:
        invalid = rules.invalid_document if key_name == "id" else rules.invalid_record
        return invalid(key, str(misfit))
    if call.faults.active and call.faults.take(FaultName.REFUSE_RECORD, call.path, key):
        return rules.refused(key, "refused-by-sandbox", f"The sandbox was told to refuse {key}.",
                             "Switch the fault off.")  # fmt: skip
    return judge(record, data)


def once(call: Call, result: Mapping[str, Any], take: Callable[[], RecordResult]) -> RecordResult:
    """Return the first answer to a result that comes again with its key; else `take` it, and keep what that answers."""
    words = canonical(result)
    scope = f"{call.client} {call.path} one result"
    stored = call.db.execute(
        "SELECT body_hash, answer FROM answers WHERE scope = ? AND key = ?", (scope, result["key"])
    ).fetchone()
    if stored is None:
        answer = take()
        kept = (scope, result["key"], sha256(words).digest(), canonical(answer))
        call.db.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", kept)
        return answer
    if stored["body_hash"] != sha256(words).digest():
        return rules.key_reused(result["id"])
    return restore(RecordResult, orjson.loads(stored["answer"]))


def is_accepted(result: RecordResult) -> bool:
    """Tell whether the record is to be kept."""
    return result.status is RecordStatus.ACCEPTED


def encode(value: Any) -> bytes:
    """Return `value` as JSON.

    Raises:
        Misfit: when it is nested deeper than JSON can be written.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise Misfit("it is nested too deeply") from error


def after(call: Call) -> str:
    """Return the key that the asked page starts behind."""
    cursor = call.params["cursor"]
    # Any cursor that fits the contract is a place between two keys, so none can be invalid.
    return "" if cursor is None else bytes.fromhex(cursor).decode("utf-8", "replace")


def answer_page(call: Call, rows: Iterable[tuple[str, Any]]) -> Answer:
    """Return a page from (key, item) rows, of which up to limit + 1 were fetched."""
    limit = call.params["limit"]
    fetched = list(rows)
    shown = fetched[:limit]
    following = shown[-1][0].encode().hex() if len(fetched) > limit else None
    return Answer(orjson.dumps({"items": [item for _, item in shown], "next": following}), len(shown))


def stored_page(call: Call, sql: str, *values: Any) -> Answer:
    """Return a page of stored JSON records; `sql` selects key and record, `values` fill its first parameters.

    The key to start behind and the number of rows are the last two parameters.
    """
    rows = call.db.execute(sql, (*values, after(call), call.params["limit"] + 1))
    return answer_page(call, ((row[0], orjson.Fragment(row[1])) for row in rows))
