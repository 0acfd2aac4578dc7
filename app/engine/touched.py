"""Which runs touched what people look for: a document, a vendor, a record, or told of it."""

import orjson

from app.engine.records import literally, lowered
from app.engine.sending.history import Query

_NAMED = (
    "d.id",
    "d.check_number",
    "json_extract(d.payload, '$.number')",
    "json_extract(d.payload, '$.reference')",
    "json_extract(d.payload, '$.division') || '-' || json_extract(d.payload, '$.vendor_number')",
    "json_extract(d.payload, '$.vendor_name')",
)
_RECORD = ("key", "description")
_TOLD = tuple(f"json_extract(data, '$.{field}')" for field in ("title", "key", "message", "fix"))


def touched(rows: Query, company: str, word: str) -> set[str]:
    """Return the ids of the runs that touched, or told of, what has `word` (in small letters) in its name.

    Of a record of a list that is the run that touched it last. Runs of other companies may be among them.
    """
    like = f"%{literally(word)}%"
    documents = f"SELECT d.kind, d.id FROM documents d WHERE d.company = ?1 AND {_any_has(word, _NAMED)}"  # noqa: S608
    ids = sorted({str(row["id"]) for row in rows(documents, (company, like))})
    found = {
        str(row["run"]) for row in rows(_told_of(word), (company, like, _as_json(word), orjson.dumps(ids).decode()))
    }
    if ids:
        for table in ("journal", "history"):
            sql = (
                f"SELECT DISTINCT t.run FROM ({documents}) AS found JOIN {table} t"  # noqa: S608
                " ON t.company = ?1 AND t.kind = found.kind AND t.document = found.id"
            )
            found |= {str(row["run"]) for row in rows(sql, (company, like))}
    records = f"SELECT DISTINCT run FROM checkpoints WHERE company = ?1 AND {_any_has(word, _RECORD)}"  # noqa: S608
    return found | {str(row["run"]) for row in rows(records, (company, like))}


def _told_of(word: str) -> str:
    # What is told is looked for as it is kept first, since to take it apart takes a while.
    kept = f"{lowered(word, 'data')} LIKE ?3 ESCAPE '!' AND {_any_has(word, _TOLD)}"
    named = "event = 'item' AND json_extract(data, '$.key') IN (SELECT value FROM json_each(?4))"
    return f"SELECT DISTINCT run FROM events WHERE ({kept}) OR (?4 <> '[]' AND {named})"  # noqa: S608


def _as_json(word: str) -> str:
    return f"%{literally(orjson.dumps(word).decode()[1:-1])}%"


def _any_has(word: str, expressions: tuple[str, ...]) -> str:
    return "(" + " OR ".join(f"{lowered(word, each)} LIKE ?2 ESCAPE '!'" for each in expressions) + ")"
