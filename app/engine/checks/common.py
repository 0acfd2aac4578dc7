"""Checks that invoices and payments share: the vendor, the currency, the dates, the sum of the lines."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from app.domain.findings import Finding, stop, warn
from app.domain.words import day, listed, money, vendor
from app.sage.found import UnpostedEntry
from app.sage.text import clean, fits_code_page


def vendor_missing(division: str, number: str, name: str) -> Finding:
    """Stop `vendor-missing`: Sage has no such vendor."""
    return stop(
        "vendor-missing",
        f"Quadient AP has vendor {vendor(division, number, name)}. Sage has no vendor with this number.",
        "Add the vendor in Sage with this number, or choose another vendor in Quadient AP and approve again.",
    )


def check_currency(currency: str, companys: str) -> Iterator[Finding]:
    """Stop `currency`: not the company's. A blank currency means the company's own."""
    if currency.strip() and currency.strip().upper() != companys.upper():
        yield stop(
            "currency",
            f"The document is in {currency.strip().upper()}. The Sage company keeps its books in {companys.upper()}.",
            f"Correct the currency in Quadient AP to {companys.upper()}, or enter the document in Sage by hand "
            "and choose Mark as exported.",
        )


def check_number_clean(described: str, number: str) -> Iterator[Finding]:
    """Stop `number-unclean`: Sage would not keep the number as it is, so the document could not be found again."""
    if number and clean(number) == (number, 0) and fits_code_page(number):
        return
    if not number.strip():
        trouble = f"The document has no {described}."
    elif number != number.strip():
        trouble = f"The {described} “{number.strip()}” begins or ends with a blank."
    else:
        trouble = f"The {described} “{clean(number)[0]}” has a character that Sage cannot keep."
    yield stop(
        "number-unclean",
        f"{trouble} Sage would store it differently, and AP Bridge could not find the document again.",
        f"Reset it in Quadient AP, type the {described} anew, only with what is printed on the document, and approve "
        "it again.",
    )


def no_lines(described: str) -> Finding:
    """Stop `no-lines`: Sage takes no document without a line."""
    return stop(
        "no-lines",
        f"The {described} has no lines. Sage needs at least one.",
        "Reset it in Quadient AP, add its lines and approve it again. If there is nothing to add, delete it there.",
    )


def unreadable(described: str, values: Iterable[str]) -> Finding:
    """Stop `unreadable-in-sage`: a value that decides on this document cannot be read in Sage.

    `values` say where and what: table.column holds “raw”.
    """
    return stop(
        "unreadable-in-sage",
        f"Sage's record of {described} cannot be read: {listed(list(dict.fromkeys(values)))}, which is not a number. "
        "AP Bridge cannot tell what Sage has already.",
        "Correct or delete that entry in Sage, or ask your Sage partner; then preview again.",
    )


def check_balance(total: Decimal, parts: Decimal, described: str, freight: Decimal, tax: Decimal) -> Iterator[Finding]:
    """Stop `out-of-balance`: the parts do not sum up to the total, to the cent.

    `parts` is the sum of the lines alone; freight and tax are named when there are any.
    """
    added = parts + freight + tax
    if added == total:
        return
    extras = "".join(f" + {name} {money(value)}" for name, value in (("freight", freight), ("tax", tax)) if value)
    together = f" = {money(added)}" if extras else ""
    yield stop(
        "out-of-balance",
        f"The {described} is {money(total)}, but its lines add up to {money(parts)}{extras}{together}: "
        f"a difference of {money(total - added)}.",
        "Reset it in Quadient AP, correct the amount or the lines so that they agree, and approve it again.",
    )


def check_dates(described: str, on: date, today: date) -> Iterator[Finding]:
    """Warn `future-date`: later than today; `period-old`: its month is more than one month before this one."""
    if on > today:
        yield warn(
            "future-date",
            f"The {described} is dated {day(on)}; today is {day(today)}.",
            "Check the date. Sage will post it to a period that may not be open yet.",
        )
    months_back = (today.year - on.year) * 12 + today.month - on.month
    if months_back > 1:
        yield warn(
            "period-old",
            f"The {described} is dated {day(on)}, {months_back} months before this month ({day(today)}).",
            "Check that the period is still open in Sage, or post the batch with another posting date.",
        )


def entries(noun: str, there: Sequence[UnpostedEntry]) -> str:
    """Return unposted entries by their numbers and batches: check PAY000123 (batch 00031)."""
    return listed([f"{noun} {each.number}{f' (batch {each.batch})' if each.batch else ''}" for each in there])
