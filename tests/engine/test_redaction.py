"""What support does not get to see, and what it still does."""

import pytest

from app.engine.redaction import Redaction


@pytest.fixture
def redaction() -> Redaction:
    return Redaction(["hunter2 with a space"], ["Harborline Supply", "Müller & Söhne", "Al", "Harbor"])


@pytest.mark.parametrize(
    "text",
    [
        "it is hunter2 with a space, really",
        'password="kept out"',
        "{'client_secret': 'kept out'}",
        "DRIVER=x;UID=me;PWD=kept-out;Company=ABC",
        "Authorization: Bearer kept.out-abcdef",
        "https://me:kept-out@proxy:8080/",
        "account 12345678",
        "account 1234 5678 9012 3456",
        "IBAN DE89 3704 0044 0532 0130 00",
        "routing 021000021",
        "SSN 123-45-6789",
        "EIN 12-3456789",
        "SIN 123-456-789 or 123 456 789",
        "GST 123456789RT0001",
        "account=000123456789.",
    ],
)
def test_secrets_and_numbers_of_banks_and_tax_offices_are_taken_out(redaction: Redaction, text: str) -> None:
    said = redaction.text(text)
    assert "kept" not in said
    assert "hunter2" not in said
    assert sum(map(str.isdigit, said)) <= 4, said  # the number of a stand-in, and of a port


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 08:15:30,123 INFO 4711 app.engine.run: run 20260302-081530-ab12",
        "2026-03-02T08:15:30.123456+00:00",
        "batch 00013, 2,308.47 of 22,449.40, 20260302, 123456 rows",
        "SQLSTATE 08004, [HY000]",
        "version 10.0.19045",
        "A password is missing. The secret was refused.",
    ],
)
def test_what_support_needs_stays(redaction: Redaction, text: str) -> None:
    assert redaction.text(text) == text


def test_a_name_is_replaced_wherever_it_stands_and_always_by_the_same(redaction: Redaction) -> None:
    said = redaction.text("HARBORLINE supply, harborline supply; Müller & Söhne. Harborlines Al always")
    first, second = "[name 1]", "[name 2]"
    assert said == f"{first}, {first}; {second}. Harborlines Al always"


def test_the_same_number_has_the_same_stand_in(redaction: Redaction) -> None:
    assert redaction.text("12345678, 87654321, 12345678") == "[number 1], [number 2], [number 1]"


def test_what_a_word_calls_secret_is_taken_out_of_json_whole(redaction: Redaction) -> None:
    given = {"sage": {"password": "a b c", "user": "BRIDGE"}, "rows": [1234567890, "Harbor"], "ok": True, "none": None}
    assert redaction.value(given) == {
        "sage": {"password": "[secret]", "user": "BRIDGE"},
        "rows": [1234567890, "[name 1]"],
        "ok": True,
        "none": None,
    }


def test_a_letter_that_is_two_in_small_does_not_shift_what_is_taken_out(redaction: Redaction) -> None:
    assert redaction.text("İİİ Harbor İ 12345678 end") == "İİİ [name 1] İ [number 1] end"
