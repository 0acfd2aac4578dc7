"""What the journal costs a document: every step that must be on disk before the next one, with the disk's real fsync.

`python -m tests.benchmarks.journal WORLD FOLDER DOCUMENTS LINES` prints one line of JSON, see `cost`.
"""

import os
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson

from app.cloud.port import DocumentKind, DocumentResult, Outcome
from app.domain.codec import canonical, fingerprint
from app.domain.invoices import Invoice
from app.engine.sending.journal import Intent, Journal
from app.engine.sending.natural_key import natural_key
from app.engine.sending.sending import AT_ONCE
from app.engine.store import Store
from tests.benchmarks.sending import bills

PAGE = bytes(4096)


def cost(folder: Path, documents: list[Invoice]) -> dict[str, float]:
    """Take each document through a journal in `folder` as Send does; return what one took.

    `fsync_milliseconds` is what one page and its fsync take in the same folder.
    """
    commits = 0

    def count(statement: str) -> None:
        nonlocal commits
        commits += statement == "COMMIT"

    store = Store(folder / "journal.sqlite")
    run: Any = SimpleNamespace(
        store=store, company=SimpleNamespace(code="ABC"), id="measured", stamp=lambda: datetime.now(UTC).isoformat()
    )
    with closing(store):
        store.db.conn.set_trace_callback(count)
        journal = Journal(run)
        started = time.perf_counter()
        for start in range(0, len(documents), AT_ONCE):
            _send(journal, documents[start : start + AT_ONCE])
        seconds = time.perf_counter() - started
    return {
        "milliseconds": seconds * 1000 / len(documents),
        "commits": commits / len(documents),
        "fsync_milliseconds": _fsync(folder / "page", len(documents)),
    }


def _send(journal: Journal, documents: list[Invoice]) -> None:
    """Note all that is noted of documents which go well."""
    intents = [Intent(each, fingerprint(canonical(each)), natural_key(each, None)) for each in documents]
    entries = journal.intend(DocumentKind.INVOICE, intents)
    journal.tried(entries)
    for entry in entries:
        journal.written(entry, "00001")
    for entry in entries:
        journal.proven(entry.id, "00001", f"ABC:{entry.document}", {})
    results = [
        (entry, DocumentResult("", entry.document, entry.revision, "measured", Outcome.EXPORTED, entry.document))
        for entry in entries
    ]
    journal.answered(journal.report(results), [], [])


def _fsync(file: Path, times: int) -> float:
    with file.open("wb", buffering=0) as page:
        started = time.perf_counter()
        for _ in range(times):
            page.write(PAGE)
            os.fsync(page.fileno())
        return (time.perf_counter() - started) * 1000 / times


if __name__ == "__main__":
    world, folder, documents, lines = sys.argv[1:]
    taken = cost(Path(folder), list(bills(Path(world), documents=int(documents), lines=int(lines))))
    sys.stdout.write(orjson.dumps(taken).decode() + "\n")
