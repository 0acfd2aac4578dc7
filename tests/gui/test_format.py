"""Numbers, money and moments as people write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from gettext import NullTranslations

import pytest
from PySide6.QtCore import QLocale

from app.domain.language import ENGLISH, FRENCH, use
from app.gui.format import day, duration, moment, money, quantity, unit_cost, whole


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("34210.55", "34,210.55"),
        ("-310", "-310.00"),
        ("-0.05", "-0.05"),
        ("0", "0.00"),
        ("-0.00", "0.00"),
        ("9999999999999.99", "9,999,999,999,999.99"),
    ],
)
def test_money_is_exact_and_has_two_decimals(amount: str, text: str) -> None:
    assert money(Decimal(amount)) == text


def test_money_follows_the_locale() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    assert money(Decimal("-1234.5")) == "-1.234,50"


@pytest.mark.parametrize(("number", "text"), [("100.000000", "100"), ("25.500000", "25.5"), ("0.000001", "0.000001")])
def test_quantity_has_the_decimals_it_needs(number: str, text: str) -> None:
    assert quantity(Decimal(number)) == text


@pytest.mark.parametrize(("number", "text"), [("1.200000", "1.20"), ("1.234500", "1.2345"), ("100.000000", "100.00")])
def test_unit_cost_has_at_least_two_decimals(number: str, text: str) -> None:
    assert unit_cost(Decimal(number)) == text


def test_today_and_yesterday_go_by_name() -> None:
    now = datetime.now(UTC)
    assert moment(now).startswith("today ")
    assert moment(now - timedelta(days=1)).startswith("yesterday ")
    assert moment(datetime(2024, 2, 29, 12, tzinfo=UTC)).startswith("2/29/24")
    assert moment(None) == ""


def test_no_date_is_shown_as_nothing() -> None:
    assert day(None) == ""
    assert day(date(2026, 11, 2)) == "11/2/26"


def test_counts_and_spans() -> None:
    assert whole(61200) == "61,200"
    assert [duration(seconds) for seconds in (0.2, 59, 61, 7200)] == ["1 s", "59 s", "1 min", "2 h 0 min"]


def test_a_moment_is_said_in_the_language_that_is_spoken_now(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    french = NullTranslations()
    monkeypatch.setattr(french, "gettext", lambda text: text.replace("today", "aujourd'hui"))
    use(FRENCH, french)
    try:
        assert moment(now).startswith("aujourd'hui ")
    finally:
        use(ENGLISH, NullTranslations())
    assert moment(now).startswith("today ")
