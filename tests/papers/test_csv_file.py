"""CSV files that Excel reads as they are meant."""

import csv
from datetime import date
from decimal import Decimal

import pytest

from app.papers.csv_file import Cell, csv_file


def cells(*row: Cell) -> list[str]:
    """Return how a row is read back."""
    text = csv_file(["title"] * len(row), [row]).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True)))[1]


def test_excel_sees_the_mark_of_utf8_and_ends_of_lines_of_windows() -> None:
    assert csv_file(["Vendor"], [["Ångström €"]]) == b"\xef\xbb\xbfVendor\r\n" + "Ångström €\r\n".encode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_begins_like_a_formula(start: str) -> None:
    text = csv_file(["title"], [[f"{start}1+1"]]).decode("utf-8-sig")
    assert "".join(csv.reader(text.splitlines(keepends=True)).__next__()) == "title"
    assert text.partition("\r\n")[2].lstrip('"').startswith(f"'{start}")


def test_a_negative_amount_is_a_number_and_an_invoice_number_like_it_is_text() -> None:
    assert cells(Decimal(-310), "-310") == ["-310.00", "'-310"]


def test_amounts_are_plain_numbers_with_two_decimals() -> None:
    assert cells(Decimal("1234567.5"), Decimal(0)) == ["1234567.50", "0.00"]


def test_quantities_and_costs_keep_the_decimals_they_have() -> None:
    assert cells(Decimal("-4.000000"), Decimal("0.012345"), Decimal("1E+3")) == ["-4.00", "0.012345", "1000.00"]


def test_dates_counts_answers_and_nothing_have_one_spelling() -> None:
    assert cells(date(2026, 11, 3), 12, True, False, None, "") == ["2026-11-03", "12", "Yes", "No", "", ""]


def test_commas_quotes_and_ends_of_lines_stay_inside_their_cell() -> None:
    assert cells('Bolt, "M8"', "a\nb", "c") == ['Bolt, "M8"', "a\nb", "c"]
