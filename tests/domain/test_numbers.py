"""Which numbers are the same but for capitals, and which are nearly the same."""

import pytest

from app.domain.numbers import bare, folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("case-77x", "CASE-77X"),
        ("00123", "123"),
        ("A-1", "A1"),
        ("A-1", "a 1"),
        ("INV-007", "inv 7"),
        ("2026-001", "2026001"),
        ("É-1", "é1"),
        ("12/34.", "1234"),
    ],
)
def test_numbers_are_nearly_the_same(one: str, other: str) -> None:
    assert bare(one) == bare(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("INV-1", "INV-10"), ("INV-1", "INV-2"), ("100", "1"), ("A1", "B1"), ("0", ""), ("-", "/"), ("1", "1A")],
)
def test_numbers_are_different(one: str, other: str) -> None:
    assert bare(one) != bare(other)


def test_only_capitals_make_no_difference_to_what_is_folded() -> None:
    assert folded("case-77x") == folded("CASE-77X")
    assert folded("A-1") != folded("A1")
    assert folded("00123") != folded("123")
