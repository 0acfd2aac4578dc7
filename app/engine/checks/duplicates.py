"""Is the invoice in Sage already: equal and ours (adopt it), or a duplicate that a person must look at?

Numbers that differ in capitals only are one number to people. Others that are nearly the same may be.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.domain.findings import Finding, inform, stop, warn
from app.domain.invoices import Invoice
from app.domain.language import later, say
from app.domain.numbers import folded
from app.domain.words import day, listed, money, place, vendor
from app.engine.checks.common import unreadable
from app.engine.sending.marks import marked_with
from app.sage.found import FoundInvoice, Place

_UNPOSTED = "duplicate-unposted"
_POSTED = "duplicate-posted"


def adoptable(invoice: Invoice, found: Sequence[FoundInvoice]) -> FoundInvoice | None:
    """Return the document in Sage that is this invoice, written by AP Bridge: equal, and carrying its id.

    One record is enough: a posted invoice stands in the open invoices and in history, and not each of the two
    keeps the comments of the lines. One that lacks a part is not it.
    """
    return next((each for each in found if _equal(invoice, each) and each.balanced and each.carries(invoice.id)), None)


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
    yield from _damaged(invoice.number, found)
    for code, posted in ((_UNPOSTED, False), (_POSTED, True)):
        there = [each for each in found if each.place.posted is posted and not each.unreadable]
        if there:
            yield stop(code, _compared(invoice, there, intended=intended), _fix(invoice, there, posted=posted))


def check_near_in_sage(invoice: Invoice, near: Mapping[str, Sequence[FoundInvoice]]) -> Iterator[Finding]:
    """Stop what Sage has under a number that differs in capitals only, with the same amount, as if it were the same.

    Warn `number-nearly-used` of another amount under such a number, and of the same amount under one that is nearly
    the same. `near` is what Sage has of the vendor's, by number.
    """
    for number, found in near.items():
        same = folded(number) == folded(invoice.number)
        if same:
            yield from _damaged(number, found)
        readable = [each for each in found if not each.unreadable]
        equal = [each for each in readable if each.amount == invoice.amount]
        if same and equal:
            for code, posted in ((_UNPOSTED, False), (_POSTED, True)):
                there = [each for each in equal if each.place.posted is posted]
                if there:
                    yield stop(code, _same_but_capitals(invoice, number, there), _fix(invoice, there, posted=posted))
        elif shown := readable if same else equal:
            yield warn(
                "number-nearly-used",
                say(
                    "Quadient AP has invoice {number} of vendor {vendor}, dated {invoice_date}, {amount}. Sage has "
                    "nearly the same number, {near} {versions}.",
                    number=invoice.number,
                    vendor=vendor(invoice.division, invoice.vendor_number),
                    invoice_date=day(invoice.invoice_date),
                    amount=money(invoice.amount),
                    near=number,
                    versions=listed(list(dict.fromkeys(map(_version, shown)))),
                ),
                say(
                    "Compare the two. If it is the same bill, do not send it: choose Mark as exported. If it is "
                    "another one, send it."
                ),
            )


def check_near_in_run(invoice: Invoice, near: Iterable[Invoice]) -> Iterator[Finding]:
    """Stop `duplicate-in-run`: among `near` are numbers that differ in capitals only, with the same amount.

    Warn `number-nearly-used` as `check_near_in_sage` does.
    """
    others = [each for each in near if each.number != invoice.number]
    alike = {each.id for each in others if folded(each.number) == folded(invoice.number)}
    equal = {each.id for each in others if each.amount == invoice.amount}
    if twice := [each for each in others if each.id in alike & equal]:
        yield stop("duplicate-in-run", *_twice(invoice, listed(list(map(_spelled, twice)))))
    if nearly := [each for each in others if each.id in alike ^ equal]:
        yield warn(
            "number-nearly-used",
            say(
                "Quadient AP has invoice {number} of vendor {vendor}, dated {invoice_date}, {amount}. Under nearly the "
                "same number it has ready {others}.",
                number=invoice.number,
                vendor=vendor(invoice.division, invoice.vendor_number),
                invoice_date=day(invoice.invoice_date),
                amount=money(invoice.amount),
                others=listed(list(map(_spelled, nearly))),
            ),
            say(
                "Compare them. If it is the same bill, keep one of them and delete the other in Quadient AP. If not, "
                "send them."
            ),
        )


def check_in_run(invoice: Invoice, same_number: Iterable[Invoice]) -> Iterator[Finding]:
    """Stop `duplicate-in-run`: other ready invoices have the same division, vendor and number."""
    others = [
        f"{each.id} ({day(each.invoice_date)}, {money(each.amount)})" for each in same_number if each.id != invoice.id
    ]
    if others:
        yield stop("duplicate-in-run", *_twice(invoice, listed(others)))


def _twice(invoice: Invoice, others: str) -> tuple[str, str]:
    """Return message and fix of `duplicate-in-run`."""
    return (
        say(
            "Invoice {number} of vendor {vendor} is ready more than once: {id} ({invoice_date}, {amount}) "
            "and {others}.",
            number=invoice.number,
            vendor=vendor(invoice.division, invoice.vendor_number),
            id=invoice.id,
            invoice_date=day(invoice.invoice_date),
            amount=money(invoice.amount),
            others=others,
        ),
        say("Keep one of them. Delete the other in Quadient AP, or correct its invoice number and approve it again."),
    )


def _spelled(invoice: Invoice) -> str:
    return say(
        "{id} as {number} ({invoice_date}, {amount})",
        id=invoice.id,
        number=invoice.number,
        invoice_date=day(invoice.invoice_date),
        amount=money(invoice.amount),
    )


def _damaged(number: str, found: Sequence[FoundInvoice]) -> Iterator[Finding]:
    damaged = [each for each in found if each.unreadable]
    if damaged:
        where = listed(list(dict.fromkeys(place(each.place, each.batch) for each in damaged)))
        yield unreadable(
            say("invoice {number} in {where}", number=number, where=where),
            [each.unreadable for each in damaged],
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
    if not all(each.balanced for each in there):
        return both + say(" Its lines in Sage do not come to its amount: a part of it is missing.")
    if any(each.carries(invoice.id) for each in there):
        return say("{both} AP Bridge wrote the one in Sage, and since then one of the two was changed.", both=both)
    if intended:
        return say(
            "{both} AP Bridge began to send this invoice before, but the one in Sage does not bear its mark ({id}).",
            both=both,
            id=invoice.id,
        )
    return f"{both} {origin(line.comment for each in there for line in each.lines)}"


def _same_but_capitals(invoice: Invoice, number: str, there: Sequence[FoundInvoice]) -> str:
    both = say(
        "Sage already has invoice {near} of vendor {vendor} {versions}. Quadient AP has it as {number}, dated "
        "{invoice_date}, {amount}. The two numbers differ in capitals only.",
        near=number,
        vendor=vendor(invoice.division, invoice.vendor_number),
        versions=listed(list(dict.fromkeys(map(_version, there)))),
        number=invoice.number,
        invoice_date=day(invoice.invoice_date),
        amount=money(invoice.amount),
    )
    if any(each.carries(invoice.id) for each in there):
        return say("{both} AP Bridge wrote the one in Sage, and since then one of the two was changed.", both=both)
    return f"{both} {origin(line.comment for each in there for line in each.lines)}"


def origin(comments: Iterable[str]) -> str:
    """Say where a record in Sage came from that is not the document's own, by the comments that can bear a mark."""
    other = marked_with(comments)
    if other:
        return say("AP Bridge wrote the one in Sage too, as {other} of Quadient AP.", other=other)
    return say("The one in Sage did not come from AP Bridge.")


def _fix(invoice: Invoice, there: Sequence[FoundInvoice], *, posted: bool) -> str:
    if not posted and not all(each.balanced for each in there):
        return say(
            "Open it in Sage. Delete it there, preview and send it again; or complete it there, and then choose Mark "
            "as exported."
        )
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
