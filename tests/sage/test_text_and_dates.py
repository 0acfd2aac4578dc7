from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sage.cells import Cells, Observations
from app.sage.dates import compact, day
from app.sage.outcomes import UnreadableValue
from app.sage.text import clean, fits_code_page


@pytest.mark.parametrize(
    ("raw", "text", "dropped"),
    [
        ("Acme   ", "Acme", 0),
        ("  Acme", "Acme", 0),
        ("", "", 0),
        ("se\u0301curite\u0301", "sécurité", 0),
        ("18\x0b in\x01", "18  in", 1),
        ("line one\r\nline two", "line one  line two", 0),
        ("\x93quoted\x94 \x80", "“quoted” €", 0),
        ("a\x81b\x00", "ab", 2),
        ("hard\u00a0blank\u200b", "hard blank", 1),
    ],
)
def test_text_is_trimmed_composed_and_printable(raw: str, text: str, dropped: int) -> None:
    assert clean(raw) == (text, dropped)


@given(st.text())
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    once, _ = clean(raw)
    assert clean(once)[0] == once
    assert once.isprintable()
    assert once == once.strip(" ")


def test_case_is_kept_because_sage_keys_are_case_sensitive() -> None:
    assert clean("wb-220a")[0] == "wb-220a"


def test_only_the_code_page_fits_into_sage() -> None:
    assert fits_code_page("Café €")
    assert not fits_code_page("№ 12")


@pytest.mark.parametrize("blank", [None, "", "   ", "00000000", date(1753, 1, 1), "1753-01-01", datetime(1753, 1, 1)])  # noqa: DTZ001
def test_blank_days_are_no_day(blank: object) -> None:
    assert day(blank) is None


@pytest.mark.parametrize("raw", ["2026-02-03", "20260203", "2026-02-03 00:00:00.000", date(2026, 2, 3)])
def test_days_are_read_in_every_spelling_of_a_driver(raw: object) -> None:
    assert day(raw) == date(2026, 2, 3)


@pytest.mark.parametrize("raw", ["2026-02-30", "02/03/2026", "20261301"])
def test_impossible_days_are_refused(raw: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        day(raw)


def test_business_objects_get_compact_days() -> None:
    assert compact(date(2026, 2, 3)) == "20260203"


def test_an_impossible_date_is_counted_and_a_blank_one_is_not() -> None:
    seen = Observations()
    cells = Cells("AP_OpenInvoice", seen)
    assert cells.day("2026-02-30", "InvoiceDate") is None
    assert cells.day("", "InvoiceDate") is None
    assert cells.day(None, "InvoiceDate") is None
    assert seen.bad_dates == {"AP_OpenInvoice.InvoiceDate": 1}


def test_dropped_characters_are_counted_by_column() -> None:
    seen = Observations()
    assert Cells("CI_Item", seen).text("a\x01\x02b", "ItemCodeDesc") == "ab"
    assert seen.dropped == {"CI_Item.ItemCodeDesc": 2}


@pytest.mark.parametrize(
    ("raw", "amount"),
    [("12.5", "12.50"), (Decimal("0.005"), "0.01"), (7, "7.00"), (0.1, "0.10"), (None, "0.00"), (" ", "0.00")],
)
def test_amounts_are_exact_cents(raw: object, amount: str) -> None:
    assert str(Cells("T", Observations()).amount(raw, "A")) == amount


def test_a_number_that_is_none_names_its_place() -> None:
    with pytest.raises(UnreadableValue) as caught:
        Cells("PO_PurchaseOrderDetail", Observations()).quantity("1O", "QuantityOrdered")
    outcome = caught.value.quarantined("0010001")
    assert (outcome.key, outcome.table, outcome.column, outcome.raw) == (
        "0010001",
        "PO_PurchaseOrderDetail",
        "QuantityOrdered",
        "1O",
    )
