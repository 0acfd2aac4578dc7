"""Two versions of one number side by side: what Quadient AP has, and what Sage has instead."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from app.domain.invoices import Invoice
from app.domain.language import say
from app.domain.payments import Payment
from app.domain.words import day, money, place, vendor
from app.engine.sending.changes import matched
from app.sage.found import Found, FoundCheck, FoundInvoice, FoundLine, Place


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of the comparison, ready to show: `theirs` has a text for each record that Sage has.

    `differs` marks what should be equal and is not; where something stands and what is noted on it may differ.
    """

    field: str
    ours: str
    theirs: tuple[str, ...]
    differs: bool


def side_by_side(
    document: Invoice | Payment,
    check_number: str,
    theirs: Sequence[Found],
    accounts: Mapping[str, str],
) -> tuple[Compared, ...]:
    """Return the comparison of a document with all that Sage has under its number; nothing where Sage has nothing.

    `accounts` gives AccountKeys the words people know them by. Sage keeps no lines of open invoices, and of a record
    that cannot be read nothing but its place is known: there the cells say so.
    """
    if not theirs:
        return ()
    return (*_heads(document, check_number, theirs), *_lines(document, theirs, accounts))


def _heads(document: Invoice | Payment, check_number: str, theirs: Sequence[Found]) -> Iterator[Compared]:
    who = vendor(document.division, document.vendor_number)
    if isinstance(document, Invoice):
        number, on, comment = document.number, document.invoice_date, document.description
    else:
        number, on, comment = f"{document.bank_code} {check_number}", document.payment_date, ""
    yield Compared(say("Where"), "", tuple(place(each.place, each.batch) for each in theirs), differs=False)
    receipts = tuple(each.entry_number if isinstance(each, FoundInvoice) else "" for each in theirs)
    if any(receipts):
        yield Compared(say("Receipt"), "", receipts, differs=False)
    # The number is what was looked for, of an invoice the vendor too: there Sage has the same.
    vendors = (vendor(each.division, each.vendor_number) if isinstance(each, FoundCheck) else who for each in theirs)
    yield _row(say("Vendor"), who, vendors)
    yield _row(say("Number"), number, (number for _ in theirs))
    yield _row(say("Date"), day(on), (each.unreadable or day(_day(each)) for each in theirs))
    yield _row(say("Amount"), money(document.amount), (each.unreadable or money(each.amount) for each in theirs))
    yield Compared(say("Comment"), comment, tuple(each.comment for each in theirs), differs=False)


def _lines(document: Invoice | Payment, theirs: Sequence[Found], accounts: Mapping[str, str]) -> Iterator[Compared]:
    ours = _as_found(document)
    columns = [_aligned(ours, each.lines) for each in theirs]
    for at, line in enumerate(ours):
        partners = [partner[at] for partner, _ in columns]
        yield Compared(
            say("Line {at}", at=at + 1),
            _line(line, accounts),
            tuple(
                _line(there, accounts) if there else _no_line(each)
                for there, each in zip(partners, theirs, strict=True)
            ),
            any(
                _lines_known(each) and (there is None or _same(there) != _same(line))
                for there, each in zip(partners, theirs, strict=True)
            ),
        )
    for row in zip_longest(*(more for _, more in columns)):
        cells = tuple(_line(there, accounts) if there else "" for there in row)
        yield Compared(say("One more line"), say("no such line"), cells, differs=True)


def _aligned(ours: Sequence[FoundLine], theirs: Sequence[FoundLine]) -> tuple[list[FoundLine | None], list[FoundLine]]:
    """Return Sage's line for each of ours, and those that are more."""
    alike = (lambda line: line, _same, lambda line: (line.account_key, line.invoice_number), lambda line: line.amount)
    pairs = matched(ours, theirs, alike)
    beside = [None if there is None else theirs[there] for was, there in pairs if was is not None]
    return beside, [theirs[there] for was, there in pairs if was is None and there is not None]


def _as_found(document: Invoice | Payment) -> list[FoundLine]:
    """Return a document's lines in the shape of Sage's."""
    if isinstance(document, Invoice):
        return [FoundLine(line.account_key, line.amount, line.comment) for line in document.lines]
    return [FoundLine("", line.amount, "", line.invoice_number) for line in document.lines]


def _row(field: str, ours: str, theirs: Iterable[str]) -> Compared:
    texts = tuple(theirs)
    return Compared(field, ours, texts, any(text != ours for text in texts))


def _day(found: Found) -> date | None:
    return found.invoice_date if isinstance(found, FoundInvoice) else found.check_date


def _same(line: FoundLine) -> Hashable:
    """What must be equal; on comments AP Bridge leaves its own mark."""
    return line.account_key, line.invoice_number, line.amount


def _line(line: FoundLine, accounts: Mapping[str, str]) -> str:
    coded = accounts.get(line.account_key, line.account_key)
    return ", ".join(part for part in (line.invoice_number, coded, money(line.amount), line.comment) if part)


def _lines_known(found: Found) -> bool:
    return found.place is not Place.OPEN and not found.unreadable


def _no_line(found: Found) -> str:
    if found.unreadable:
        return say("cannot be read")
    return say("no such line") if _lines_known(found) else say("Sage keeps no lines here")
