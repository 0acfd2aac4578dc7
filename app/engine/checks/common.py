"""Checks that invoices and payments share: the vendor, the currency, the dates, the sum of the lines."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from app.domain.findings import Finding, stop, warn
from app.domain.language import say
from app.domain.words import day, listed, money, vendor
from app.sage.found import UnpostedEntry
from app.sage.text import clean, fits_code_page


def vendor_missing(division: str, number: str, name: str) -> Finding:
    """Stop `vendor-missing`: Sage has no such vendor."""
    return stop(
        "vendor-missing",
        say(
            "Quadient AP has vendor {vendor}. Sage has no vendor with this number.",
            vendor=vendor(division, number, name),
        ),
        say("Add the vendor in Sage with this number, or choose another vendor in Quadient AP and approve again."),
        vendor(division, number),
    )


def check_currency(currency: str, companys: str) -> Iterator[Finding]:
    """Stop `currency`: not the company's. A blank currency means the company's own."""
    if currency.strip() and currency.strip().upper() != companys.upper():
        yield stop(
            "currency",
            say(
                "The document is in {currency}. The Sage company keeps its books in {companys}.",
                currency=currency.strip().upper(),
                companys=companys.upper(),
            ),
            say(
                "Correct the currency in Quadient AP to {companys}, or enter the document in Sage by hand and "
                "choose Mark as exported.",
                companys=companys.upper(),
            ),
        )


def check_number_clean(described: str, number: str) -> Iterator[Finding]:
    """Stop `number-unclean`: Sage would not keep the number as it is, so the document could not be found again."""
    if number and clean(number) == (number, 0) and fits_code_page(number):
        return
    if not number.strip():
        trouble = say("The document has no {described}.", described=described)
    elif number != number.strip():
        trouble = say(
            "The {described} “{number}” begins or ends with a blank.", described=described, number=number.strip()
        )
    else:
        trouble = say(
            "The {described} “{number}” has a character that Sage cannot keep.",
            described=described,
            number=clean(number)[0],
        )
    yield stop(
        "number-unclean",
        say(
            "{trouble} Sage would store it differently, and AP Bridge could not find the document again.",
            trouble=trouble,
        ),
        say(
            "Reset it in Quadient AP, type the {described} anew, only with what is printed on the document, "
            "and approve it again.",
            described=described,
        ),
    )


def no_lines(described: str) -> Finding:
    """Stop `no-lines`: Sage takes no document without a line."""
    return stop(
        "no-lines",
        say("The {described} has no lines. Sage needs at least one.", described=described),
        say(
            "Reset it in Quadient AP, add its lines and approve it again. If there is nothing to add, delete it there."
        ),
    )


def unreadable(described: str, values: Iterable[str]) -> Finding:
    """Stop `unreadable-in-sage`: a value that decides on this document cannot be read in Sage.

    `values` say where and what: table.column holds “raw”.
    """
    return stop(
        "unreadable-in-sage",
        say(
            "Sage's record of {described} cannot be read: {values}, which is not a number. AP Bridge cannot "
            "tell what Sage has already.",
            described=described,
            values=listed(list(dict.fromkeys(values))),
        ),
        say("Correct or delete that entry in Sage, or ask your Sage partner; then preview again."),
    )


def check_balance(total: Decimal, parts: Decimal, described: str, freight: Decimal, tax: Decimal) -> Iterator[Finding]:
    """Stop `out-of-balance`: the parts do not sum up to the total, to the cent.

    `parts` is the sum of the lines alone; freight and tax are named when there are any.
    """
    added = parts + freight + tax
    if added == total:
        return
    named = ((say("freight"), freight), (say("tax"), tax))
    extras = "".join(f" + {name} {money(value)}" for name, value in named if value)
    together = f" = {money(added)}" if extras else ""
    yield stop(
        "out-of-balance",
        say(
            "The {described} is {total}, but its lines add up to {parts}{extras}{together}: a difference of "
            "{difference}.",
            described=described,
            total=money(total),
            parts=money(parts),
            extras=extras,
            together=together,
            difference=money(total - added),
        ),
        say("Reset it in Quadient AP, correct the amount or the lines so that they agree, and approve it again."),
    )


def check_dates(described: str, on: date, today: date) -> Iterator[Finding]:
    """Warn `future-date`: later than today; `period-old`: its month is more than one month before this one."""
    if on > today:
        yield warn(
            "future-date",
            say("The {described} is dated {on}; today is {today}.", described=described, on=day(on), today=day(today)),
            say("Check the date. Sage will post it to a period that may not be open yet."),
        )
    months_back = (today.year - on.year) * 12 + today.month - on.month
    if months_back > 1:
        yield warn(
            "period-old",
            say(
                "The {described} is dated {on}, {months_back} months before this month ({today}).",
                described=described,
                on=day(on),
                months_back=months_back,
                today=day(today),
            ),
            say("Check that the period is still open in Sage, or post the batch with another posting date."),
        )


def entries(noun: str, there: Sequence[UnpostedEntry]) -> str:
    """Return unposted entries by their numbers and batches: check PAY000123 (batch 00031)."""
    return listed([f"{noun} {_with_batch(each)}" for each in there])


def _with_batch(entry: UnpostedEntry) -> str:
    return say("{number} (batch {batch})", number=entry.number, batch=entry.batch) if entry.batch else entry.number
