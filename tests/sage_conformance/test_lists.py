"""The nine lists, read through each driver."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.lists import ListItem, ListName
from app.errors import SkipItem
from app.sage.outcomes import Quarantined
from app.sage.readers.lists import TABLES
from tests.sage_conformance.subjects import Subject

TABLE_NAMES = {name: table.name for name, table in TABLES.items()} | {
    ListName.VENDOR: "AP_Vendor",
    ListName.TAX: "SY_SalesTaxSchedule",
}


def counted(subject: Subject, table: str) -> int:
    cursor = subject.connection().cursor()
    (row,) = cursor.execute(f"SELECT COUNT(*) FROM {table}").fetchall()
    return int(row[0])


def items(subject: Subject, name: ListName, **settings) -> dict[str, ListItem]:
    with subject.company(**settings) as company:
        return {each.key: each for each in company.list_items(name) if isinstance(each, ListItem)}


def unpadded(outcome: ListItem | Quarantined) -> ListItem | Quarantined:
    """Take off what a padding driver adds to the raw value of a record that is set aside."""
    return replace(outcome, raw=outcome.raw.rstrip(" ")) if isinstance(outcome, Quarantined) else outcome


@pytest.mark.parametrize("name", list(ListName))
def test_a_list_is_what_the_reference_driver_gives(demo: Subject, name: ListName) -> None:
    """The reader is the same on both sides: this shows that the driver and its dialect change nothing."""
    with demo.reference() as reference, demo.company() as company:
        expected = list(reference.list_items(name))
        found = list(company.list_items(name))
        assert [unpadded(each) for each in found] == expected
        assert len(found) > 1
        assert company.dropped == reference.dropped
        assert company.notes == reference.notes


@pytest.mark.parametrize("name", list(ListName))
def test_a_list_arrives_complete_and_in_ascending_order(subject: Subject, name: ListName) -> None:
    table = TABLE_NAMES.get(name)
    before = counted(subject, table) if table else 2
    with subject.company() as company:
        found = list(company.list_items(name))
    after = counted(subject, table) if table else 2
    keys = [each.key for each in found if isinstance(each, ListItem)]
    assert keys == sorted(set(keys))
    assert all(isinstance(each, ListItem | Quarantined) for each in found)
    # On a live company somebody may add a record meanwhile; without divisions there is one all the same.
    assert min(before, after) <= len(found) <= max(before, after, 1)


def test_every_vendor_of_the_table_is_there_with_its_name_and_status(demo: Subject) -> None:
    """Expected from plain SQL, not through the reader; names with odd characters are left to the reference."""
    rows = demo.rows("SELECT APDivisionNo, VendorNo, VendorName, VendorStatus FROM AP_Vendor WHERE VendorNo <> ''")
    found = items(demo, ListName.VENDOR)
    assert set(found) == {f"{division}-{number}" for division, number, *_ in rows}
    for division, number, name, status in rows:
        item = found[f"{division}-{number}"]
        assert item.active is (status != "I")
        assert item.attributes["status"] == status
        if name.isascii() and name.isprintable():
            assert item.description == name.strip(" ")


def test_costs_arrive_to_the_last_decimal(demo: Subject) -> None:
    """Some drivers hand over text, some Decimal, some binary numbers. Expected from SQLite's own formatting."""
    rows = demo.rows("SELECT ItemCode, printf('%.6f', StandardUnitCost) FROM CI_Item WHERE ItemCode <> ''")
    found = items(demo, ListName.ITEM)
    assert {key: Decimal(item.attributes["standard_cost"]) for key, item in found.items()} == {
        code: Decimal(cost) for code, cost in rows
    }
    costs = {found[code].attributes["standard_cost"] for code in ("aa 1", "AB-2", "Ab_3")}
    assert costs == {"123456789.123456", "0.000001", "-0.500000"}


def test_codes_are_in_the_order_of_their_characters(demo: Subject) -> None:
    keys = list(items(demo, ListName.ITEM))
    odd = [key for key in keys if key in {"AB-2", "Ab_3", "aa 1", "wb-220a", "\u00c9-10"}]
    assert odd == ["AB-2", "Ab_3", "aa 1", "wb-220a", "\u00c9-10"]


def test_where_text_is_sorted_as_people_do_the_dialect_must_say_how(demo: Subject) -> None:
    if not demo.dialect.key_order:
        pytest.skip("this driver sorts by the code of the characters by itself")
    unsorted = replace(demo.dialect, key_order="")
    with demo.company(unsorted) as company, pytest.raises(SkipItem) as caught:
        list(company.list_items(ListName.ITEM))
    assert caught.value.code == "unexpected-order"


def test_no_text_keeps_its_padding(subject: Subject) -> None:
    texts = [
        text
        for name in (ListName.VENDOR, ListName.ITEM, ListName.GL_ACCOUNT)
        for item in items(subject, name).values()
        for text in (item.key, item.description, *item.attributes.values())
        if isinstance(text, str)
    ]
    assert [text for text in texts if text != text.strip(" ")] == []
    assert [text for text in texts if not text.isprintable()] == []


def test_a_driver_that_pads_is_among_them(demo: Subject) -> None:
    """Without this the test above would prove nothing about padding."""
    cursor = demo.connection().cursor()
    units = [row[0] for row in cursor.execute("SELECT UnitOfMeasure FROM CI_UnitOfMeasure").fetchall()]
    padded = [unit for unit in units if unit.endswith(" ")]
    if demo.name == "postgresql-code-page":
        assert {len(unit) for unit in units} == {4}
        assert padded
    assert {unit.rstrip(" ") for unit in units} == set(items(demo, ListName.UNIT_MEASURE))


@pytest.mark.parametrize(
    ("code", "description"),
    [("PEINT-01", "Peinture s\u00e9curit\u00e9 jaune"), ("FILM-CTL", "Stretch film  18 in x 1500 ft")],
)
def test_accents_and_odd_bytes_are_cleaned(demo: Subject, code: str, description: str) -> None:
    if demo.name == "postgresql-code-page" and code == "PEINT-01":
        pytest.skip("Windows-1252 has no accent that stands alone")
    assert items(demo, ListName.ITEM)[code].description == description


def test_bytes_of_the_code_page_become_their_characters(demo: Subject) -> None:
    changed = demo.changed(
        "UPDATE AP_Vendor SET VendorName = 'O' || char(146) || 'Brien ' || char(128) || 'uro ' || char(129) || 'x' "
        "|| char(160) || char(233) WHERE VendorNo = 'OBRIEN'"
    )
    with changed.company() as company:
        found = {each.key: each for each in company.list_items(ListName.VENDOR)}
        assert found["00-OBRIEN"].description == "O\u2019Brien \u20acuro x \u00e9"
        assert company.dropped["AP_Vendor.VendorName"] >= 1


def test_records_that_differ_in_padding_only_cannot_be_told_apart(demo: Subject) -> None:
    changed = demo.changed(
        "INSERT INTO CI_UnitOfMeasure (UnitOfMeasure) SELECT UnitOfMeasure || ' ' "
        "FROM CI_UnitOfMeasure WHERE UnitOfMeasure = 'EA'"
    )
    with changed.company() as company:
        found = list(company.list_items(ListName.UNIT_MEASURE))
    assert [each.reason for each in found if isinstance(each, Quarantined)] == ["Two records have this code."]
    assert [each.key for each in found].count("EA") == 1


def test_vendors_of_many_look_alike_names_are_all_there(demo: Subject) -> None:
    """More rows than one fetch brings, with a key of two parts."""
    changed = demo.changed(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) "
        "INSERT INTO AP_Vendor (APDivisionNo, VendorNo, VendorName, VendorStatus) "
        "SELECT CASE i % 3 WHEN 0 THEN '02' ELSE '03' END, printf('X%06d', i), 'Vendor ' || i, 'A' FROM n"
    )
    found = items(changed, ListName.VENDOR)
    assert len([key for key in found if key[3:4] == "X"]) == 2500
