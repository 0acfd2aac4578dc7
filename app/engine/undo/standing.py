"""Where in Sage the documents stand that AP Bridge wrote, and why one of them may not be deleted."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from app.domain.words import capital, day, money, place
from app.engine.sending.looking import LedgerLook
from app.engine.sending.natural_key import CheckName, InvoiceName
from app.engine.undo.undo_journal import Sent
from app.errors import Side, SkipItem
from app.sage.deleting import gone
from app.sage.found import Found, FoundInvoice


def standing(ledger: LedgerLook, sents: Sequence[Sent]) -> Mapping[int, tuple[Found, ...]]:
    """Return by journal entry what Sage has under each document's number, in two look-ups for all of them.

    Raises:
        SkipItem: when a table cannot be read.
    """
    checks = {sent.id: name.key for sent in sents if isinstance(name := sent.natural_key, CheckName)}
    invoices = {sent.id: name.key for sent in sents if isinstance(name := sent.natural_key, InvoiceName)}
    found_checks = ledger.checks(list(checks.values())) if checks else {}
    found_invoices = ledger.invoices(list(invoices.values())) if invoices else {}
    return {id_: found_checks.get(check, ()) for id_, check in checks.items()} | {
        id_: found_invoices.get(invoice, ()) for id_, invoice in invoices.items()
    }


def why_not(sent: Sent, found: Sequence[Found]) -> SkipItem | None:
    """Return why a document must not be deleted, or None when it is one, unposted, and AP Bridge's."""
    name = named(sent)
    if not found:
        return gone(name)
    posted = next((each for each in found if each.place.posted), None)
    if posted is not None:
        return _refused(
            "posted",
            f"{capital(name)} is posted",
            f"{capital(name)} is posted: Sage has it in {place(posted.place, posted.batch)}, {_described(posted)}. "
            f"AP Bridge wrote {_written(sent)}. Only what is unposted can be undone.",
            "Reverse it in Sage. If it is to be sent once more, undo its export in Quadient AP then.",
        )
    first = found[0]
    if len(found) > 1 or first.place != sent.destination.value or not first.carries(sent.document):
        places = "; ".join(f"{place(each.place, each.batch)}: {each.unreadable or _described(each)}" for each in found)
        return _refused(
            "not-ours",
            f"What Sage has as {name} is not certainly what AP Bridge wrote",
            f"AP Bridge wrote {_written(sent)}, with the mark “AP Bridge {sent.document}”. Sage has {places}.",
            "Look at it in Sage. If it should go, delete it there yourself and undo its export in Quadient AP.",
        )
    return None


def named(sent: Sent) -> str:
    """Return “invoice INV-77” or “check 1044”."""
    return f"{'check' if isinstance(sent.natural_key, CheckName) else 'invoice'} {sent.natural_key.number}"


def _written(sent: Sent) -> str:
    return f"{money(Decimal(sent.amount))} of {day(date.fromisoformat(sent.natural_key.day))} to {sent.destination}"


def _described(found: Found) -> str:
    on = found.invoice_date if isinstance(found, FoundInvoice) else found.check_date
    return f"{money(found.amount)} of {day(on)}"


def _refused(code: str, title: str, message: str, fix: str) -> SkipItem:
    return SkipItem(code, title, message, fix, side=Side.SAGE)
