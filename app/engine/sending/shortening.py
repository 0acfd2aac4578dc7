"""A description that a person shortened: what Sage gets instead of Quadient AP's, as long as that stays what it is.

It is kept beside the document and put in wherever the document is fetched. So it is checked, previewed, hashed and
sent like any other: nothing goes to Sage that was not previewed. A correction in Quadient AP ends it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from app.cloud.port import CloudPort, DocumentKind, Unreadable
from app.domain.documents import Document, content_hash
from app.domain.invoices import Invoice
from app.domain.language import say
from app.engine.reporter import Stage
from app.engine.run import Run
from app.sage.company import SageCompany
from app.sage.text import clean, fits_code_page

Query: TypeAlias = Callable[[str, tuple[Any, ...]], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Shortened:
    """One decision: `description` goes to Sage instead of `whole`, of the version with the content hash `of`."""

    of: bytes
    whole: str
    description: str


def shortened(rows: Query, company: str) -> dict[str, Shortened]:
    """Return the decisions by the invoices' ids, those that a correction has ended included."""
    return {
        row["document"]: Shortened(row["of"], row["whole"], row["description"])
        for row in rows("SELECT * FROM shortened WHERE company = ?", (company,))
    }


def as_decided(document: Document, decisions: Mapping[str, Shortened]) -> Document:
    """Return a document as Quadient AP has it with what a person decided about that very version of it."""
    decision = decisions.get(document.id)
    if decision is None or not isinstance(document, Invoice) or content_hash(document) != decision.of:
        return document
    return replace(document, description=decision.description)


def shorten(run: Run, sage: SageCompany, cloud: CloudPort, id_: str, description: str | None) -> dict[str, int]:
    """Decide on the description of a ready invoice (None: as Quadient AP has it); return the stage's counts.

    The preview that follows shows it. Nothing is written to Sage or changed in Quadient AP.
    """
    with run.reporter.stage("shorten", say("Changing what Sage gets as description")) as stage:
        invoice = next(
            (each for each in cloud.ready_invoices() if not isinstance(each, Unreadable) and each.id == id_), None
        )
        if invoice is None:
            said = say("No invoice that is ready to export in Quadient AP has this id.")
            _refuse(run, stage, id_, "not-ready", said, say("Preview again to see what is ready."))
        elif description is None:
            run.store.write("DELETE FROM shortened WHERE company = ? AND document = ?", (run.company.code, id_))
            _done(run, stage, id_, "unshortened", invoice.description)
        else:
            _decide(run, stage, invoice, description, sage.ledger.sizes().comment)
    return stage.counts


def _decide(run: Run, stage: Stage, invoice: Invoice, description: str, room: int) -> None:
    wrong = _wrong(description, room)
    if wrong:
        _refuse(run, stage, invoice.id, "description-unfit", wrong, say("Write it anew, with fewer or other words."))
        return
    run.store.write(
        "INSERT OR REPLACE INTO shortened (company, document, of, whole, description, at, run)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            run.company.code,
            invoice.id,
            content_hash(invoice),
            invoice.description,
            description,
            run.stamp(),
            run.id,
        ),
    )
    _done(run, stage, invoice.id, "shortened", description)


def _wrong(description: str, room: int) -> str:
    """Say why Sage could not keep a description as it is; nothing when it can."""
    if not description.strip():
        return say("A description of nothing tells nobody what the invoice is for.")
    if len(description) > room:
        return say(
            "“{text}” has {length} characters; Sage's header takes {room}.",
            text=description,
            length=len(description),
            room=room,
        )
    if clean(description) != (description, 0) or not fits_code_page(description):
        return say("“{text}” has a character, or a blank at an end, that Sage cannot keep.", text=description)
    return ""


def _done(run: Run, stage: Stage, id_: str, what: str, description: str) -> None:
    run.store.write(
        "INSERT INTO history (company, kind, document, at, run, what, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (run.company.code, DocumentKind.INVOICE, id_, run.stamp(), run.id, what, description),
    )
    stage.count("moved")
    stage.item(id_, "moved", message=say("Sage gets the description “{text}”.", text=description))


def _refuse(run: Run, stage: Stage, id_: str, code: str, message: str, fix: str) -> None:
    run.needs_user = True
    stage.count("refused")
    stage.item(id_, "refused", code, message, fix)


def suggestion(description: str, room: int) -> str:
    """Return a description cut at the end of a word, so that it has at most `room` characters."""
    words: Sequence[str] = description.split()
    kept = ""
    for word in words:
        longer = f"{kept} {word}".strip()
        if len(longer) > room:
            break
        kept = longer
    return kept or description[:room].strip()
