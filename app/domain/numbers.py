"""When two documents' numbers are nearly the same: people type capitals, blanks, zeros and hyphens as they like."""

import re

_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def folded(number: str) -> str:
    """Return what numbers have in common that differ in capitals only: `INV-7a` and `inv-7A`."""
    return number.casefold()


def bare(number: str) -> str:
    """Return what numbers have in common that are nearly the same: `INV-007` and `inv 7`, `00123` and `123`.

    That is without capitals, without all that is neither letter nor digit, and without the zeros that lead a figure.
    """
    plain = folded(number)
    if not plain.isalnum():
        plain = "".join(filter(str.isalnum, plain)) or plain
    return _LEADING_ZEROS.sub("", plain) if "0" in plain else plain
