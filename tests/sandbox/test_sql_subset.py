"""Which SQL the demo takes, and which it refuses because Sage's driver would."""

import re
from collections.abc import Mapping

import pytest

from app.sandbox.sql_subset import RefusedStatement, check


def kinds(table: str) -> Mapping[str, str]:
    if table.upper() != "AP_VENDOR":
        raise RefusedStatement("42S02", "Table is not accessible")
    return {"APDivisionNo": "text", "VendorNo": "text", "DateUpdated": "date", "LastCheckAmt": "number"}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT VendorNo FROM AP_Vendor",
        "select vendorno, DateUpdated from AP_Vendor order by APDivisionNo, VendorNo desc",
        "SELECT DISTINCT VendorNo FROM AP_Vendor WHERE VendorNo > ? AND APDivisionNo = '00'",
        "SELECT VendorNo FROM AP_Vendor WHERE (VendorNo = 'O''Brien' OR VendorNo LIKE 'A%') AND NOT VendorNo <> ''",
        "SELECT VendorNo FROM AP_Vendor WHERE VendorNo NOT IN (?, ?, 'x') AND LastCheckAmt BETWEEN -1.5 AND 20",
        "SELECT VendorNo FROM AP_Vendor WHERE VendorNo IS NOT NULL",
        "SELECT TOP 5 DISTINCT VendorNo FROM AP_Vendor ORDER BY VendorNo",
        "SELECT APDivisionNo, COUNT(*), SUM(LastCheckAmt), MAX(VendorNo) FROM AP_Vendor GROUP BY APDivisionNo",
    ],
)
def test_what_sage_takes_passes(sql: str) -> None:
    assert check(sql, kinds).table.upper() == "AP_VENDOR"


def test_a_date_literal_is_respelled_for_sqlite() -> None:
    statement = check("SELECT VendorNo FROM AP_Vendor WHERE DateUpdated >= {d '2026-01-05'}", kinds)

    assert statement.sql == "SELECT VendorNo FROM AP_Vendor WHERE DateUpdated >= '2026-01-05'"


def test_a_raw_value_can_be_asked_for() -> None:
    statement = check("SELECT VendorNo, {fn CONVERT(DateUpdated, SQL_VARCHAR)} FROM AP_Vendor", kinds)

    assert statement.sql == "SELECT VendorNo , COALESCE(CAST(DateUpdated AS TEXT), '') FROM AP_Vendor"
    assert statement.columns == (("VendorNo", "VendorNo"), ("", ""))


def test_one_more_column_checks_the_dates_where_dates_are_selected_and_only_there() -> None:
    with_dates = check("SELECT VendorNo, DateUpdated FROM AP_Vendor", kinds)
    assert with_dates.checks_dates
    assert with_dates.columns == (("VendorNo", "VendorNo"), ("DateUpdated", "DateUpdated"))

    for without in ("VendorNo", "COUNT(*)", "MAX(DateUpdated)", "{fn CONVERT(DateUpdated, SQL_VARCHAR)}"):
        assert not check(f"SELECT {without} FROM AP_Vendor WHERE DateUpdated > {{d '2026-01-05'}}", kinds).checks_dates


def test_top_becomes_the_limit_at_the_end() -> None:
    statement = check("SELECT TOP 5 VendorNo FROM AP_Vendor WHERE VendorNo > ? ORDER BY VendorNo", kinds)

    assert statement.sql == "SELECT VendorNo FROM AP_Vendor WHERE VendorNo > ? ORDER BY VendorNo LIMIT 5"


def test_a_plain_driver_takes_literals() -> None:
    statement = check(
        "SELECT VendorNo FROM AP_Vendor WHERE VendorNo IN ('A', 'O''B') AND DateUpdated >= '20260105'",
        kinds,
        plain=True,
    )

    assert statement.sql.endswith("IN ( 'A' , 'O''B' ) AND DateUpdated >= '2026-01-05'")


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT TOP 5 VendorNo FROM AP_Vendor", "Unexpected extra token: TOP"),
        ("SELECT VendorNo FROM AP_Vendor WHERE VendorNo = ?", "Unexpected extra token: ?"),
        ("SELECT VendorNo FROM AP_Vendor WHERE DateUpdated >= {d '2026-01-05'}", "Unexpected extra token: {d"),
        ("SELECT VendorNo FROM AP_Vendor WHERE DateUpdated >= '20260230'", "Invalid date"),
        ("SELECT VendorNo FROM AP_Vendor LIMIT 5", "Unexpected extra token: LIMIT"),
    ],
)
def test_what_a_plain_driver_refuses(sql: str, text: str) -> None:
    with pytest.raises(RefusedStatement, match=re.escape(text)):
        check(sql, kinds, plain=True)


def test_parameters_are_counted() -> None:
    assert check("SELECT VendorNo FROM AP_Vendor WHERE VendorNo IN (?, ?) AND APDivisionNo = ?", kinds).markers == 3


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT * FROM AP_Vendor", "Unexpected extra token: *"),
        ("SELECT VendorNo FROM AP_Vendor LIMIT 5", "Unexpected extra token: LIMIT"),
        ("SELECT TOP 5 VendorNo FROM AP_Vendor LIMIT 5", "Unexpected extra token: LIMIT"),
        ("SELECT TOP ? VendorNo FROM AP_Vendor", "Unexpected extra token: ?"),
        ("SELECT TOP -1 VendorNo FROM AP_Vendor", "Unexpected extra token: -1"),
        ("SELECT DISTINCT TOP 5 VendorNo FROM AP_Vendor", "Unexpected extra token: TOP"),
        ("SELECT VendorNo FROM AP_Vendor;", "Unexpected extra token: ;"),
        ("SELECT VendorNo FROM AP_Vendor -- all", "Unexpected extra token: --"),
        ("SELECT VendorNo FROM AP_Vendor, GL_Account", "Unexpected extra token: ,"),
        ("SELECT VendorNo FROM AP_Vendor JOIN GL_Account ON 1 = 1", "Unexpected extra token: JOIN"),
        ("SELECT VendorNo FROM [AP_Vendor]", "Unexpected extra token: ["),
        ("SELECT v.VendorNo FROM AP_Vendor v", "Unexpected extra token: .VendorNo"),
        ("SELECT VendorNo FROM AP_Vendor UNION SELECT VendorNo FROM AP_Vendor", "Unexpected extra token: UNION"),
        ("SELECT CASE VendorNo WHEN 'A' THEN 1 END FROM AP_Vendor", "Unexpected extra token: CASE"),
        ("SELECT CAST(VendorNo AS CHAR) FROM AP_Vendor", "Unexpected extra token: CAST"),
        ("SELECT UPPER(VendorNo) FROM AP_Vendor", "Column not found: UPPER"),
        ("SELECT VendorNo FROM AP_Vendor WHERE VendorNo IN (SELECT VendorNo FROM AP_Vendor)", "extra token: SELECT"),
        ("DELETE FROM AP_Vendor", "Unexpected extra token: DELETE"),
        ("SELECT VendorNo", "Expected lexical element not found"),
        ("", "Expected lexical element not found"),
        ("SELECT VendorNo FROM AP_Vendor WHERE", "Expected lexical element not found"),
        ("SELECT Nonsense FROM AP_Vendor", "Column not found: Nonsense"),
        ("SELECT VendorNo FROM Nonsense", "Table is not accessible"),
        ("SELECT VendorNo FROM AP_Vendor WHERE DateUpdated >= '2026-01-05'", "a date column is compared with"),
        ("SELECT VendorNo FROM AP_Vendor WHERE DateUpdated >= ?", "a date column is compared with"),
        ("SELECT VendorNo FROM AP_Vendor WHERE DateUpdated >= {d '2026-02-30'}", "Invalid date"),
    ],
)
def test_what_sage_refuses_is_refused(sql: str, text: str) -> None:
    with pytest.raises(RefusedStatement) as refused:
        check(sql, kinds)

    assert text in refused.value.text


def test_a_list_of_more_than_200_values_is_refused() -> None:
    sql = "SELECT VendorNo FROM AP_Vendor WHERE VendorNo IN ({})"
    check(sql.format(", ".join(["?"] * 200)), kinds)

    with pytest.raises(RefusedStatement, match="201 values"):
        check(sql.format(", ".join(["?"] * 201)), kinds)
