"""Is the invoice in Sage already: equal and ours (adopt it), or a duplicate that a person must look at?"""

from collections.abc import Iterable, Iterator, Sequence

from app.domain.findings import Finding, inform, stop
from app.domain.invoices import Invoice
from app.domain.language import later, say
from app.domain.words import day, listed, money, place, vendor
from app.engine.checks.common import unreadable
from app.engine.sending.marks import marked_with
from app.sage.found import FoundInvoice, Place

_UNPOSTED = "duplicate-unposted"
_POSTED = "duplicate-posted"


def adoptable(invoice: Invoice, found: Sequence[FoundInvoice]) -> FoundInvoice | None:
    """Return the document in Sage that is this invoice, written by AP Bridge: equal, and carrying its id.

    One record is enough: a posted invoice stands in the open invoices and in history, and not each of the two
    keeps the comments of the lines.
    """
    return next((each for each in found if _equal(invoice, each) and each.carries(invoice.id)), None)


def adopted(found: FoundInvoice) -> Finding:
    """Say that Sage has the invoice already and nothing will be written."""
    return inform(
        _POSTED if found.place.posted else _UNPOSTED,
        say(
            "AP Bridge already wrote this invoice to Sage: {version}. It will not be written again; Quadient "
            "AP will be told that it is there.",
            version=_version(found),
        ),
        say("Send it, so that Quadient AP shows it as Exported."),
    )


def check_in_sage(invoice: Invoice, found: Sequence[FoundInvoice], *, intended: bool) -> Iterator[Finding]:
    """Stop `duplicate-unposted` and `duplicate-posted`: another document has this number; or it cannot be read.

    `intended`: the journal holds an intent to write this very invoice, and yet it is not recognised in Sage.
    """
    damaged = [each for each in found if each.unreadable]
    if damaged:
        where = listed(list(dict.fromkeys(place(each.place, each.batch) for each in damaged)))
        yield unreadable(
            say("invoice {number} in {where}", number=invoice.number, where=where),
            [each.unreadable for each in damaged],
        )
    for code, posted in ((_UNPOSTED, False), (_POSTED, True)):
        there = [each for each in found if each.place.posted is posted and not each.unreadable]
        if there:
            yield stop(code, _compared(invoice, there, intended=intended), _fix(invoice, there, posted=posted))


def check_in_run(invoice: Invoice, same_number: Iterable[Invoice]) -> Iterator[Finding]:
    """Stop `duplicate-in-run`: other ready invoices have the same division, vendor and number."""
    others = [
        f"{each.id} ({day(each.invoice_date)}, {money(each.amount)})" for each in same_number if each.id != invoice.id
    ]
    if others:
        yield stop(
            "duplicate-in-run",
            say(
                "Invoice {number} of vendor {vendor} is ready more than once: {id} ({invoice_date}, {amount}) "
                "and {others}.",
                number=invoice.number,
                vendor=vendor(invoice.division, invoice.vendor_number),
                id=invoice.id,
                invoice_date=day(invoice.invoice_date),
                amount=money(invoice.amount),
                others=listed(others),
            ),
            say(
                "Keep one of them. Delete the other in Quadient AP, or correct its invoice number and approve it again."
            ),
        )


def _equal(invoice: Invoice, found: FoundInvoice) -> bool:
    return (found.invoice_date, found.amount) == (invoice.invoice_date, invoice.amount)


def _version(found: FoundInvoice) -> str:
    # “open invoices” and “history” are words of a sentence, the entry screens are names.
    in_the, named = (
        later("in the {place}, dated {invoice_date}, {amount}"),
        later("in {place}, dated {invoice_date}, {amount}"),
    )
    return say(
        in_the if found.place is Place.OPEN else named,
        place=place(found.place, found.batch),
        invoice_date=day(found.invoice_date),
        amount=money(found.amount),
    )


def _compared(invoice: Invoice, there: Sequence[FoundInvoice], *, intended: bool) -> str:
    versions = list(dict.fromkeys(_version(each) for each in there))
    both = say(
        "Sage already has invoice {number} of vendor {vendor} {versions}. Quadient AP has it dated "
        "{invoice_date}, {amount}.",
        number=invoice.number,
        vendor=vendor(invoice.division, invoice.vendor_number),
        versions=listed(versions),
        invoice_date=day(invoice.invoice_date),
        amount=money(invoice.amount),
    )
    if any(each.carries(invoice.id) for each in there):
        return say("{both} AP Bridge wrote the one in Sage, and since then one of the two was changed.", both=both)
    if intended:
        return say(
            "{both} AP Bridge began to send this invoice before, but the one in Sage does not bear its mark ({id}).",
            both=both,
            id=invoice.id,
        )
    return f"{both} {origin(line.comment for each in there for line in each.lines)}"


def origin(comments: Iterable[str]) -> str:
    """Say where a record in Sage came from that is not the document's own, by the comments that can bear a mark."""
    other = marked_with(comments)
    if other:
        return say("AP Bridge wrote the one in Sage too, as {other} of Quadient AP.", other=other)
    return say("The one in Sage did not come from AP Bridge.")


def _fix(invoice: Invoice, there: Sequence[FoundInvoice], *, posted: bool) -> str:
    if any(each.carries(invoice.id) for each in there):
        if posted:
            return say(
                "If Sage is right, choose Mark as exported; if not, adjust the posted invoice in Sage and then "
                "choose Mark as exported."
            )
        return say(
            "If Sage is right, choose Mark as exported; if Quadient AP is right, delete the unposted invoice "
            "in Sage and send this one."
        )
    if any(_equal(invoice, each) for each in there):
        return say(
            "It is most likely the same bill: choose Mark as exported. If it is another one, correct the "
            "invoice number in Quadient AP and approve it again."
        )
    return say(
        "If it is the same bill, choose Mark as exported; if not, correct the invoice number in Quadient "
        "AP and approve it again."
    )
