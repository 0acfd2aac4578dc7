"""Where in Sage the documents stand that AP Bridge wrote, and why one of them may not be deleted."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from app.domain.language import say
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
            say("{name} is posted", name=capital(name)),
            say(
                "{name} is posted: Sage has it in {place}, {described}. AP Bridge wrote {written}. Only what is "
                "unposted can be undone.",
                name=capital(name),
                place=place(posted.place, posted.batch),
                described=_described(posted),
                written=_written(sent),
            ),
            say("Reverse it in Sage. If it is to be sent once more, undo its export in Quadient AP then."),
        )
    first = found[0]
    if len(found) > 1 or first.place != sent.destination.value or not first.carries(sent.document):
        places = "; ".join(f"{place(each.place, each.batch)}: {each.unreadable or _described(each)}" for each in found)
        return _refused(
            "not-ours",
            say("What Sage has as {name} is not certainly what AP Bridge wrote", name=name),
            say(
                "AP Bridge wrote {written}, with the mark “AP Bridge {document}”. Sage has {places}.",
                written=_written(sent),
                document=sent.document,
                places=places,
            ),
            say("Look at it in Sage. If it should go, delete it there yourself and undo its export in Quadient AP."),
        )
    return None


def named(sent: Sent) -> str:
    """Return “invoice INV-77” or “check 1044”."""
    return f"{'check' if isinstance(sent.natural_key, CheckName) else 'invoice'} {sent.natural_key.number}"


def _written(sent: Sent) -> str:
    return say(
        "{amount} of {day} to {destination}",
        amount=money(Decimal(sent.amount)),
        day=day(date.fromisoformat(sent.natural_key.day)),
        destination=sent.destination,
    )


def _described(found: Found) -> str:
    on = found.invoice_date if isinstance(found, FoundInvoice) else found.check_date
    return say("{amount} of {on}", amount=money(found.amount), on=day(on))


def _refused(code: str, title: str, message: str, fix: str) -> SkipItem:
    return SkipItem(code, title, message, fix, side=Side.SAGE)
