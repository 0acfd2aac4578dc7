"""How checks spell money, quantities, costs, days and lists."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.words import cost, day, listed, money, number, place, vendor


def test_money_has_thousands_and_two_decimals() -> None:
    assert [money(Decimal(text)) for text in ("1204.5", "-0.01", "0")] == ["1,204.50", "-0.01", "0.00"]


@pytest.mark.parametrize(("value", "said"), [("10.000000", "10"), ("1204.500000", "1,204.5"), ("100", "100")])
def test_quantity_drops_the_zeros_that_say_nothing(value: str, said: str) -> None:
    assert number(Decimal(value)) == said


@pytest.mark.parametrize(("value", "said"), [("12.5", "12.50"), ("0.012345", "0.012345"), ("1000", "1,000.00")])
def test_cost_keeps_what_distinguishes_it(value: str, said: str) -> None:
    assert cost(Decimal(value)) == said


def test_days_vendors_places_and_lists_read_like_words() -> None:
    assert day(date(2026, 11, 3)) == "Nov 3, 2026"
    assert day(None) == "no date"
    assert vendor("01", "ACME") == "01-ACME"
    assert place("history", "") == "history"
    assert listed(["a", "b", "c"]) == "a, b and c"
