"""Amounts, quantities and costs as exact decimals, made from text and never from binary floats."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
MILLIONTH = Decimal("0.000001")
ZERO = Decimal("0.00")


def exact(value: str | int | Decimal) -> Decimal:
    """Return the decimal number that `value` spells.

    Raises:
        ValueError: when it spells none, or not a finite one.
    """
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise ValueError(f"“{value}” is not a number") from None
    if not number.is_finite():
        raise ValueError(f"“{value}” is not a finite number")
    return number


def amount(value: str | int | Decimal) -> Decimal:
    """Return money with two decimals (Sage's 13.2 columns), rounding half up what a driver adds beyond."""
    return exact(value).quantize(CENT, ROUND_HALF_UP)


def quantity(value: str | int | Decimal) -> Decimal:
    """Return a quantity or unit cost with six decimals (Sage's 15.6 columns)."""
    return exact(value).quantize(MILLIONTH, ROUND_HALF_UP)
