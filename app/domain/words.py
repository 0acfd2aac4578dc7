"""How AP Bridge spells for people: one spelling each for money, quantities, days, vendors and lists."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal

from app.domain.language import DECIMAL, ENGLISH, FRENCH, THOUSANDS, language, later, say

_SHOWN = 8  # codes in a sentence
# Not strftime: its month names follow the computer's locale, and one message must read the same everywhere.
_MONTHS = {
    ENGLISH: ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    FRENCH: ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc."),
}

_LEFT_OUT = {
    "closed": later("closed before"),
    "master-order": later("master orders"),
    "repeating-order": later("repeating orders"),
    "material-requisition": later("material requisitions"),
    "unknown-order-type": later("of an unknown type"),
    "unknown-order-status": later("of an unknown status"),
    "not-from-quadient-ap": later("not from Quadient AP"),
    "made-by-quadient-ap": later("made by Quadient AP"),
    "zero-check": later("checks for 0.00"),
    "undone": later("voided before"),
}


def money(value: Decimal) -> str:
    """Return an amount as people read it: 1,204.50; in French 1 204,50."""
    return _spelled(f"{value:,.2f}")


def number(value: Decimal) -> str:
    """Return a quantity without the zeros that say nothing: 1,204.5."""
    whole, _, decimals = f"{value:,f}".partition(".")
    decimals = decimals.rstrip("0")
    return _spelled(f"{whole}.{decimals}" if decimals else whole)


def cost(value: Decimal) -> str:
    """Return a unit cost with at least two decimals and at most the six that Sage keeps: 12.50, 0.012345."""
    whole, _, decimals = f"{value:,.6f}".partition(".")
    return _spelled(f"{whole}.{decimals.rstrip('0').ljust(2, '0')}")


def day(value: date | None) -> str:
    """Return a date as people read it: Nov 3, 2026; in French 3 nov. 2026."""
    if value is None:
        return say("no date")
    month = _MONTHS[language()][value.month - 1]
    if language() == FRENCH:
        return f"{'1er' if value.day == 1 else value.day} {month} {value.year}"
    return f"{month} {value.day}, {value.year}"


def minute(value: datetime) -> str:
    """Return a moment of this year to the minute, in its own zone: Nov 03, 08:02; in French 3 nov., 08:02."""
    month = _MONTHS[language()][value.month - 1]
    when = f"{value.day} {month}" if language() == FRENCH else f"{month} {value.day:02d}"
    return f"{when}, {value:%H:%M}"


def vendor(division: str, vendor_number: str, name: str = "") -> str:
    """Return a vendor as Sage's screens show it: 01-ACME (Acme Tools)."""
    shown = f"{division}-{vendor_number}"
    return f"{shown} ({name})" if name else shown


def place(where: str, batch: str) -> str:
    """Return where in Sage a document is, with its batch when it is in one."""
    return say("{place}, batch {batch}", place=say(where), batch=batch) if batch else say(where)


def codes(known: Collection[str]) -> str:
    """Return the codes that Sage has, as many as a sentence can hold: 01, 02 and 14 others; none."""
    shown, more = sorted(known), 0
    if not shown:
        return say("none")
    if len(shown) > _SHOWN + 1:
        shown, more = shown[:_SHOWN], len(shown) - _SHOWN
    listing = ", ".join(shown)
    return say("{codes} and {n} others", codes=listing, n=more) if more else listing


def listed(parts: Sequence[str]) -> str:
    """Return `parts` as a list in a sentence: a, b and c."""
    *first, last = parts
    return say("{first} and {last}", first=", ".join(first), last=last) if first else last


def capital(text: str) -> str:
    """Return `text` as it begins a sentence; the rest of it stays as it is."""
    return text[:1].upper() + text[1:]


def _spelled(number_: str) -> str:
    """Return a number that Python wrote with its commas and point, as the user's language writes it."""
    if language() == ENGLISH:  # as Python writes it
        return number_
    signs = {",": THOUSANDS[language()], ".": DECIMAL[language()]}
    return "".join(signs.get(sign, sign) for sign in number_)


def left_out(rule: str) -> str:
    """Return which records a rule leaves out: `rule` is its code, as "master-order"."""
    return say(_LEFT_OUT[rule]) if rule in _LEFT_OUT else rule
