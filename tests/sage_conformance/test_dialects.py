"""Every piece of SQL that a dialect can give is taken by the driver, and means what the dialect says."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date

from app.sage.dialect import RowLimit
from app.sage.features import Features, detect
from tests.sage_conformance.subjects import Subject


def answer(subject: Subject, sql: str, *values: str) -> list[tuple]:
    cursor = subject.connection().cursor()
    try:
        return [tuple(row) for row in cursor.execute(sql, *values).fetchall()]
    finally:
        cursor.close()


def test_a_limit_cuts_the_answer_short(subject: Subject) -> None:
    select = "SELECT AccountKey FROM GL_Account"
    cursor = subject.connection().cursor()
    rows = cursor.execute(subject.dialect.limited(select, 3)).fetchmany(1000)
    cursor.close()
    assert rows
    if subject.dialect.limited(select, 3) != select:
        assert len(rows) <= 3


def test_the_order_of_keys_is_that_of_their_characters(subject: Subject) -> None:
    clause = subject.dialect.order_by(["ItemCode"])
    keys = [row[0].rstrip(" ") for row in answer(subject, f"SELECT ItemCode FROM CI_Item {clause}")]
    assert keys == sorted(keys)


def test_a_day_is_a_literal_that_compares_with_dates(demo: Subject) -> None:
    day = date(2026, 2, 1)
    found = answer(
        demo, f"SELECT PurchaseOrderNo FROM PO_PurchaseOrderHeader WHERE PurchaseOrderDate >= {demo.dialect.day(day)}"
    )
    expected = demo.rows("SELECT PurchaseOrderNo FROM PO_PurchaseOrderHeader WHERE PurchaseOrderDate >= '2026-02-01'")
    assert sorted(row[0].rstrip(" ") for row in found) == sorted(row[0] for row in expected)
    assert expected


def test_a_day_is_taken_by_the_driver(subject: Subject) -> None:
    """Tomorrow's changes: there are none, but the driver must understand the question."""
    sql = f"SELECT VendorNo FROM AP_Vendor WHERE DateUpdated >= {subject.dialect.day(date(2999, 1, 1))}"
    assert answer(subject, sql) == []


def test_a_literal_is_the_text_itself_whatever_stands_in_it(demo: Subject) -> None:
    texts = ('3/4" HOSE', "O'Neill; DROP TABLE x --", "100% ?", "back\\slash", "\u00c9-10")
    changed = demo.changed(
        *(f"INSERT OR IGNORE INTO CI_Item (ItemCode) VALUES ('{text.replace(chr(39), chr(39) * 2)}')" for text in texts)
    )
    for text in texts:
        sql = f"SELECT ItemCode FROM CI_Item WHERE ItemCode = {changed.dialect.literal(text)}"
        assert [row[0].rstrip(" ") for row in answer(changed, sql)] == [text]


def test_markers_are_taken_where_the_dialect_says_so(subject: Subject) -> None:
    if subject.dialect.binds:
        sql = "SELECT AccountKey FROM GL_Account WHERE AccountKey IN (?, ?)"
        assert answer(subject, sql, "NOT'ONE", "NOR\u00c9THIS") == []
    text = subject.dialect.literal("NOT'ONE")
    assert answer(subject, f"SELECT AccountKey FROM GL_Account WHERE AccountKey = {text}") == []


def test_a_raw_value_can_be_seen_as_text(demo: Subject) -> None:
    seen = demo.dialect.as_text("PurchaseOrderDate")
    found = answer(demo, f"SELECT PurchaseOrderNo, {seen} FROM PO_PurchaseOrderHeader")
    expected = demo.rows("SELECT PurchaseOrderNo, PurchaseOrderDate FROM PO_PurchaseOrderHeader")
    assert sorted((key.rstrip(" "), day) for key, day in found) == sorted(expected)


def test_what_a_driver_can_do_is_found_out_by_asking_it(demo: Subject) -> None:
    """Both drivers take more than the leanest dialects here assume of them."""
    unknown = replace(demo.dialect, row_limit=RowLimit.NONE)
    found = detect(demo.connection(), unknown, nullcontext)
    assert found == Features(RowLimit.LIMIT, binds=True, day_literals=True, shows_as_text=True)


def test_what_a_driver_can_do_is_found_out_without_a_refusal_reaching_anybody(subject: Subject) -> None:
    found = detect(subject.connection(), subject.dialect, nullcontext)
    assert found is not None
    assert found.binds or not subject.dialect.binds
