"""How AP Bridge spells for people: one spelling each for money, quantities, days, vendors and lists."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

_SHOWN = 8  # codes in a sentence
# Not strftime: its month names follow the computer's locale, and one message must read the same everywhere.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money(value: Decimal) -> str:
    """Return an amount as people read it: 1,204.50."""
    return f"{value:,.2f}"


def number(value: Decimal) -> str:
    """Return a quantity without the zeros that say nothing: 1,204.5."""
    whole, _, decimals = f"{value:,f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def cost(value: Decimal) -> str:
    """Return a unit cost with at least two decimals and at most the six that Sage keeps: 12.50, 0.012345."""
    whole, _, decimals = f"{value:,.6f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def day(value: date | None) -> str:
    """Return a date as people read it: Nov 3, 2026."""
    return f"{_MONTHS[value.month - 1]} {value.day}, {value.year}" if value else "no date"


def vendor(division: str, vendor_number: str, name: str = "") -> str:
    """Return a vendor as Sage's screens show it: 01-ACME (Acme Tools)."""
    shown = f"{division}-{vendor_number}"
    return f"{shown} ({name})" if name else shown


def place(where: str, batch: str) -> str:
    """Return where in Sage a document is, with its batch when it is in one."""
    return f"{where}, batch {batch}" if batch else where


def codes(known: Collection[str]) -> str:
    """Return the codes that Sage has, as many as a sentence can hold: 01, 02 and 14 others; none."""
    shown, more = sorted(known), 0
    if len(shown) > _SHOWN + 1:
        shown, more = shown[:_SHOWN], len(shown) - _SHOWN
    return f"{', '.join(shown)}{f' and {more} others' if more else ''}" if shown else "none"


def listed(parts: Sequence[str]) -> str:
    """Return `parts` as a list in a sentence: a, b and c."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def capital(text: str) -> str:
    """Return `text` as it begins a sentence; the rest of it stays as it is."""
    return text[:1].upper() + text[1:]
