"""How each kind of database is asked."""

from dataclasses import replace
from datetime import date

import pytest

from app.sage.dialect import PROVIDEX, SQL_SERVER, RowLimit

SELECT = "SELECT VendorNo FROM AP_Vendor"


@pytest.mark.parametrize(
    ("limit", "sql"),
    [
        (RowLimit.TOP, "SELECT TOP 5 VendorNo FROM AP_Vendor"),
        (RowLimit.LIMIT, "SELECT VendorNo FROM AP_Vendor LIMIT 5"),
        (RowLimit.NONE, SELECT),
    ],
)
def test_a_select_is_cut_short_where_the_database_knows_how(limit, sql):
    assert replace(PROVIDEX, row_limit=limit).limited(SELECT, 5) == sql


@pytest.mark.parametrize(("takes", "literal"), [(True, "{d '2026-02-03'}"), (False, "'20260203'")])
def test_a_day_is_spelled_as_the_driver_takes_it(takes, literal):
    assert replace(PROVIDEX, day_literals=takes).day(date(2026, 2, 3)) == literal


def test_a_day_before_the_year_1000_keeps_four_digits():
    assert PROVIDEX.day(date(999, 2, 3)) == "{d '0999-02-03'}"
    assert replace(PROVIDEX, day_literals=False).day(date(999, 2, 3)) == "'09990203'"


@pytest.mark.parametrize(
    ("text", "literal"), [("ABC", "'ABC'"), ("O'Brien", "'O''Brien'"), ("' OR '1'='1", "''' OR ''1''=''1'"), ("", "''")]
)
def test_quotes_in_a_text_stay_part_of_it(text, literal):
    assert PROVIDEX.literal(text) == literal


def test_only_sql_server_has_to_be_told_to_sort_by_character_code():
    assert PROVIDEX.order_by(["APDivisionNo", "VendorNo"]) == "ORDER BY APDivisionNo, VendorNo"
    assert SQL_SERVER.order_by(["VendorNo", "InvoiceNo"]) == (
        "ORDER BY VendorNo COLLATE Latin1_General_BIN2, InvoiceNo COLLATE Latin1_General_BIN2"
    )
    assert SQL_SERVER.order_by([]) == ""


def test_a_raw_value_is_asked_for_as_text():
    assert PROVIDEX.as_text("InvoiceDate") == "{fn CONVERT(InvoiceDate, SQL_VARCHAR)}"
    assert SQL_SERVER.as_text("InvoiceDate") == "CONVERT(varchar(30), InvoiceDate, 126)"
    assert replace(PROVIDEX, as_text_form="").as_text("InvoiceDate") == ""
