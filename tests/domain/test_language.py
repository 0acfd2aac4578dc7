"""Sentences in the user's language, and English where there is no other."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from gettext import NullTranslations

import pytest

from app.domain import language, words
from app.domain.language import ENGLISH, FRENCH, count, say, whole


class Words(NullTranslations):
    """A catalogue of two texts."""

    def gettext(self, message: str) -> str:
        return {"Hello {name}": "Bonjour {name}"}.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return ("{n} facture" if n <= 1 else "{n} factures") if msgid1 == "{n} invoice" else msgid1


@pytest.fixture
def french() -> Iterator[None]:
    language.use(FRENCH, Words())
    yield
    language.use(ENGLISH, NullTranslations())


def test_english_is_said_as_it_is_written() -> None:
    assert say("Hello {name}", name="{Ann}") == "Hello {Ann}"
    assert say("{not} filled") == "{not} filled"
    assert say("") == ""
    assert [count(n, "{n} invoice", "{n} invoices") for n in (0, 1, 1204)] == [
        "0 invoices",
        "1 invoice",
        "1,204 invoices",
    ]


def test_what_the_catalogue_has_is_said_in_the_users_language(french: None) -> None:
    assert say("Hello {name}", name="{Ann}") == "Bonjour {Ann}"
    assert say("Good day") == "Good day"


def test_a_plural_follows_the_languages_own_rule(french: None) -> None:
    assert [count(n, "{n} invoice", "{n} invoices") for n in (0, 1, 1204)] == [
        "0 facture",
        "1 facture",
        "1\N{NO-BREAK SPACE}204 factures",
    ]


def test_numbers_and_days_are_spelled_as_in_french_canada(french: None) -> None:
    assert words.money(Decimal("-1204.50")) == "-1\N{NO-BREAK SPACE}204,50"
    assert words.number(Decimal("1204.500")) == "1\N{NO-BREAK SPACE}204,5"
    assert words.cost(Decimal("0.012345")) == "0,012345"
    assert words.day(date(2026, 11, 3)) == "3 nov. 2026"
    assert words.day(date(2026, 8, 1)) == "1er août 2026"
    assert whole(1_000_000) == "1\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000"
