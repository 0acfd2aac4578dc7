"""Previewed invoices and payments as they are shown: each with its attempts, and with what Sage has now."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import orjson

from app.domain.codec import restore
from app.domain.findings import Finding
from app.domain.invoices import Invoice
from app.domain.payments import Payment
from app.engine.accounts import Accounts
from app.engine.in_flight import standings
from app.engine.sending.changes import Change, changes
from app.engine.sending.sage_now import SageNow, as_sent
from app.engine.sending.shortening import Shortened, shortened
from app.engine.sending.side_by_side import side_by_side
from app.engine.shown import DocumentRow, Standing, Step, moment
from app.engine.store import damaged
from app.sage.found import FoundCheck, FoundInvoice

T = TypeVar("T")
Query: TypeAlias = Callable[[str, tuple[Any, ...]], list[dict[str, Any]]]


def unpacked(file: Path, kind: type[T], text: str) -> T:
    """Return a value as the store in `file` keeps it.

    Raises:
        NeedsUser: when it is none of that kind.
    """
    try:
        return restore(kind, orjson.loads(text))
    except ValueError as error:
        raise damaged(file, str(error)) from error


def document_rows(rows: Query, file: Path, company: str, kind: str) -> list[DocumentRow]:
    """Return the documents of a kind ("invoice" or "payment") that are not gone; `rows` asks the store in `file`.

    Raises:
        NeedsUser: when the store is damaged.
    """
    steps: dict[str, list[Step]] = {}
    for row in rows("SELECT * FROM journal WHERE company = ? AND kind = ? ORDER BY id", (company, kind)):
        steps.setdefault(row["document"], []).append(_step(row))
    shape: type[Invoice] | type[Payment] = Invoice if kind == "invoice" else Payment
    accounts, there = Accounts(rows, company), standings(rows, company)
    decided = shortened(rows, company)
    return [
        _document(
            file,
            row,
            shape,
            tuple(steps.get(row["id"], ())),
            accounts,
            there.get((kind, row["id"])),
            decided.get(row["id"]),
        )
        for row in rows(
            "SELECT * FROM documents WHERE company = ? AND kind = ? AND state <> 'gone' ORDER BY id",
            (company, kind),
        )
    ]


def _document(
    file: Path,
    row: dict[str, Any],
    shape: type[Invoice] | type[Payment],
    steps: tuple[Step, ...],
    accounts: Mapping[str, str],
    standing: Standing | None,
    decided: Shortened | None,
) -> DocumentRow:
    document = unpacked(file, shape, row["payload"])
    found: type[FoundInvoice] | type[FoundCheck] = FoundInvoice if shape is Invoice else FoundCheck
    theirs = unpacked(file, tuple[found, ...], row["theirs"])  # type: ignore[valid-type]
    differing: tuple[Change, ...] = ()
    if row["state"] in ("ready", "blocked", "asking") and row["known"] not in (None, row["payload"]):
        differing = changes(unpacked(file, shape, row["known"]), document, accounts)
    now = unpacked(file, SageNow, row["sage"]) if row["sage"] else None
    undecided = row["state"] in ("blocked", "asking", "failed", "differs")
    return DocumentRow(
        row["id"],
        document,
        row["state"],
        unpacked(file, tuple[Finding, ...], row["findings"]),
        row["check_number"],
        datetime.fromisoformat(row["previewed_at"]),
        steps,
        theirs,
        row["run"],
        differing,
        moment(row["known_at"]) if differing else None,
        side_by_side(document, row["check_number"], theirs, accounts) if undecided else (),
        standing,
        moment(row["known_at"] or row["previewed_at"]),
        now,
        as_sent(document, now) if now is not None and isinstance(document, Invoice) else None,
        _whole(document, decided),
    )


def _whole(document: Invoice | Payment, decided: Shortened | None) -> str:
    """Return the description that Quadient AP has, where the document has a shorter one that a person decided on."""
    if decided is None or not isinstance(document, Invoice) or document.description != decided.description:
        return ""
    return decided.whole


def _step(row: dict[str, Any]) -> Step:
    return Step(
        row["run"],
        row["state"],
        row["destination"],
        row["batch"],
        row["external_id"],
        row["code"],
        row["message"],
        row["fix"],
        datetime.fromisoformat(row["intended_at"]),
        *(moment(row[f"{step}_at"]) for step in ("written", "proven", "failed", "acknowledged", "undone", "undo_told")),
    )
