"""Looking keys up, and going on where a driver gave up: what the reader of tables itself promises."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.domain.lists import ListName
from app.domain.purchase_orders import PurchaseOrder
from app.errors import SkipItem
from app.sage.company import SageCompany
from app.sage.dialect import PROVIDEX, SQL_SERVER
from app.sage.outcomes import Quarantined
from app.sage.source import Source, _after
from app.sage.wanted import Wanted
from tests.sage.conftest import SETTINGS, Tables

VENDOR = ("APDivisionNo", "VendorNo")
Answer = Callable[[Sequence[Any]], Sequence[Any]]


class Misread:
    """A connection that hands out its rows as `make` spoils them."""

    def __init__(self, sage: Tables, make: Answer) -> None:
        self._sage = sage
        self._make = make

    def cursor(self) -> Any:
        cursor = self._sage.cursor()
        honest = cursor.fetchmany
        cursor.fetchmany = lambda size: [self._make(row) for row in honest(size)]  # type: ignore[method-assign]
        return cursor

    def close(self) -> None:
        self._sage.close()


def source(sage: Tables, make: Answer = lambda row: row) -> Source:
    return Source(Misread(sage, make), sage.on_call)


@pytest.fixture
def vendors(sage: Tables) -> Tables:
    for division, number in (("00", "0000001"), ("01", "0000001"), ("00", "0000002"), ("00", "abc")):
        sage.add("AP_Vendor", APDivisionNo=division, VendorNo=number, VendorStatus="A")
    return sage


def test_only_the_keys_that_are_there_are_found(vendors: Tables) -> None:
    wanted = ["00-0000001", "01-0000002", "00-0000009"]
    assert source(vendors).keys_there("AP_Vendor", VENDOR, wanted) == {"00-0000001"}


def test_padding_is_no_part_of_a_key_that_is_looked_up(sage: Tables) -> None:
    sage.add("CI_Item", ItemCode="WB-1")
    padded = source(sage, lambda row: [f"{value}   " for value in row])
    assert padded.keys_there("CI_Item", ("ItemCode",), ["WB-1", "WB-2"]) == {"WB-1"}


@pytest.mark.parametrize("garbage", [7, None, b"0000001", "00\x0700001", "0000008"])
def test_where_the_answer_is_not_what_was_asked_for_all_count_as_there(vendors: Tables, garbage: Any) -> None:
    misread = source(vendors, lambda row: [row[0], garbage])
    wanted = ["00-0000001", "00-0000009"]
    assert misread.keys_there("AP_Vendor", VENDOR, wanted) == set(wanted)


@pytest.mark.parametrize("garbage", [7, None, b"00", "0\x070", "\ud800", ""])
def test_a_vendor_whose_division_is_misread_counts_as_there_and_no_other_does(vendors: Tables, garbage: Any) -> None:
    misread = source(vendors, lambda row: [garbage, row[1]])
    assert misread.keys_there("AP_Vendor", VENDOR, ["00-0000001", "00-0000009"]) == {"00-0000001"}


def test_a_code_that_is_found_in_another_spelling_is_another_code(vendors: Tables) -> None:
    # SQL Server takes no notice of capitals where the company's database was made so.
    other = source(vendors, lambda row: [row[0], row[1].upper()])
    assert other.keys_there("AP_Vendor", VENDOR, ["00-abc"]) == set()


def test_a_key_that_sage_cannot_be_asked_for_counts_as_there(vendors: Tables) -> None:
    wanted = ["00-\u4e2d", "00-a\x07", "00-0000009"]
    assert source(vendors).keys_there("AP_Vendor", VENDOR, wanted) == {"00-\u4e2d", "00-a\x07"}


@pytest.mark.parametrize("name", [name for name in ListName if name is not ListName.SEPARATE_CHEQUE])
def test_every_list_looks_its_keys_up_in_its_own_table(sage: Tables, name: ListName) -> None:
    tables = {
        ListName.VENDOR: ("AP_Vendor", {"APDivisionNo": "00", "VendorNo": "K"}),
        ListName.DIVISION: ("AP_Division", {"APDivisionNo": "K"}),
        ListName.GL_ACCOUNT: ("GL_Account", {"AccountKey": "K"}),
        ListName.ITEM: ("CI_Item", {"ItemCode": "K"}),
        ListName.UNIT_MEASURE: ("CI_UnitOfMeasure", {"UnitOfMeasure": "K"}),
        ListName.WAREHOUSE: ("IM_Warehouse", {"WarehouseCode": "K"}),
        ListName.BANK_ACCOUNT: ("GL_Bank", {"BankCode": "K"}),
        ListName.TAX: ("SY_SalesTaxSchedule", {"TaxSchedule": "K"}),
    }
    table, key = tables[name]
    sage.add(table, **key)
    there, gone = ("00-K", "00-L") if name is ListName.VENDOR else ("K", "L")
    assert SageCompany(sage, SETTINGS, sage.on_call).list_keys_there(name, [there, gone]) == {there}


def test_orders_are_looked_up_by_their_number(sage: Tables) -> None:
    sage.add("PO_PurchaseOrderHeader", PurchaseOrderNo="0010001")
    company = SageCompany(sage, SETTINGS, sage.on_call)
    assert company.order_keys_there(["0010001", "0010002"]) == {"0010001"}


def test_yes_and_no_are_always_there(sage: Tables) -> None:
    # They stand in no table; nothing can be looked up, and they are never missed.
    assert SageCompany(sage, SETTINGS, sage.on_call).list_keys_there(ListName.SEPARATE_CHEQUE, ["Y"]) == set()
    assert sage.statements == []


@pytest.mark.parametrize(
    ("code", "kept"),
    [("\u00c9-10", True), ("CAF\u00c9", True), ("\u20ac5", True), ("\u4e2d", False), ("\u0416-1", False)],
)
def test_a_code_that_sages_code_page_cannot_spell_is_set_aside(sage: Tables, code: str, kept: bool) -> None:
    sage.add("CI_Item", ItemCode=code)
    (found,) = SageCompany(sage, SETTINGS, sage.on_call).list_items(ListName.ITEM)
    if kept:
        assert found.key == code
    else:
        assert isinstance(found, Quarantined)
        assert (found.key, found.raw) == ("row 1", code)


def test_a_byte_of_the_code_page_that_latin_1_does_not_know_sets_its_record_aside(sage: Tables) -> None:
    # Sage's driver hands over bytes one to one: this is the euro sign's, and could not be looked up as it came.
    sage.add("CI_Item", ItemCode="\x805")
    (found,) = SageCompany(sage, SETTINGS, sage.on_call).list_items(ListName.ITEM)
    assert isinstance(found, Quarantined)


@pytest.mark.parametrize(
    ("dialect", "condition"),
    [(PROVIDEX, "VendorNo >= ?"), (SQL_SERVER, "VendorNo COLLATE Latin1_General_BIN2 >= ?")],
)
def test_from_a_key_on_means_in_the_order_of_keys(sage: Tables, dialect: Any, condition: str) -> None:
    assert Source(sage, sage.on_call, dialect).from_key("VendorNo") == condition


@pytest.mark.parametrize("blank", [None, ""])
def test_going_on_after_a_row_without_a_key_loses_and_repeats_nothing(blank: str | None) -> None:
    def key_of(row: Sequence[Any]) -> Any:
        return row[0]

    # The second reading may say None where the first said "", or the other way round.
    again = [("", 1), ("", 2), ("", 3), ("A", 4)]
    assert list(_after(iter(again), [(blank, 1), (blank, 2)], key_of)) == again[2:]
    turned = [(None, 1), (None, 2), (None, 3), ("A", 4)]
    assert list(_after(iter(turned), [(blank, 1), (blank, 2)], key_of)) == turned[2:]


def test_going_on_compares_keys_of_several_columns_part_by_part() -> None:
    def key_of(row: Sequence[Any]) -> Any:
        return (row[0], row[1])

    again = [("A", None, 1), ("A", "1", 2), ("A", "1", 3), ("B", None, 4)]
    assert list(_after(iter(again), [("A", "", 1), ("A", "1", 2)], key_of)) == again[2:]


@pytest.mark.parametrize("raw", [b"Y", 1, 0])
def test_a_flag_that_is_no_text_sets_its_record_aside(sage: Tables, raw: Any) -> None:
    sage.add("AP_Vendor", APDivisionNo="00", VendorNo="0000001", VendorStatus="A")
    columns = ("APDivisionNo", "VendorNo", "VendorName", "VendorStatus", "HoldPayment")
    misread = Misread(sage, lambda row: [*row[:4], raw, *row[5:]])
    (found,) = SageCompany(misread, SETTINGS, sage.on_call).list_items(ListName.VENDOR)
    assert isinstance(found, Quarantined)
    assert (found.key, found.column) == ("00-0000001", columns[4])


def test_a_padded_flag_is_read_and_odd_characters_in_it_are_counted(sage: Tables) -> None:
    sage.add("AP_Vendor", APDivisionNo="00", VendorNo="0000001", VendorStatus="A", HoldPayment="Y\x07 ")
    company = SageCompany(sage, SETTINGS, sage.on_call)
    (found,) = company.list_items(ListName.VENDOR)
    assert found.attributes["hold"] is True
    assert company.dropped == {"AP_Vendor.HoldPayment": 1}


@pytest.mark.parametrize("raw", [b"2026-03-01", 20260301])
def test_a_date_of_another_type_sets_its_record_aside_instead_of_sending_it_without_one(sage: Tables, raw: Any) -> None:
    for number in ("0010001", "0010002"):
        sage.add("PO_PurchaseOrderHeader", PurchaseOrderNo=number, OrderType="S", OrderStatus="O")
    sage.add("AP_CheckHistoryHeader", BankCode="A", CheckNo="1", CheckSeqNo="0", CheckType="A", CheckAmt="5")
    misread = Misread(sage, lambda row: [row[0], raw if row[0] == "0010002" else row[1], *row[2:]])
    company = SageCompany(misread, replace(SETTINGS, orders_from=date(2026, 1, 1)), sage.on_call)
    good, bad = company.purchase_orders()
    assert isinstance(good, PurchaseOrder)
    assert isinstance(bad, Quarantined)
    assert (bad.key, bad.column) == ("0010002", "PurchaseOrderDate")
    misread = Misread(sage, lambda row: [*row[:4], raw, *row[5:]])
    (check,) = SageCompany(misread, SETTINGS, sage.on_call).payments()
    assert isinstance(check, Quarantined)
    assert (check.key, check.column) == ("A-1-0", "CheckDate")


@pytest.mark.parametrize("garbage", [b"0000001", 7, None, "00\x0700001", "0000008"])
def test_an_answer_that_is_not_what_was_asked_for_is_no_answer(vendors: Tables, garbage: Any) -> None:
    # A bill that is misread in a look before a write must not pass for one that is not in Sage.
    misread = source(vendors, lambda row: [row[0], garbage])
    with pytest.raises(SkipItem) as caught:
        list(misread.find("AP_Vendor", VENDOR, "VendorNo", ["0000001"]))
    assert caught.value.code == "answer-garbled"
    assert vendors.open_cursors == 0


def test_a_value_is_found_whatever_its_padding_and_capitals(vendors: Tables) -> None:
    padded = source(vendors, lambda row: [row[0], row[1].upper() + "  "])
    assert [row[1] for row in padded.find("AP_Vendor", VENDOR, "VendorNo", ["abc"])] == ["ABC  "]


@pytest.mark.parametrize(
    ("odd", "line", "beside"),
    [
        ("0010001\x07", "000002", ["0010001", "0010002"]),
        ("0010001\ud800", "000002", ["0010001", "0010002"]),
        ("0\x07010001", "000001", ["0010001"]),
    ],
)
def test_orders_beside_a_line_whose_number_is_misread_are_set_aside_and_not_short_of_a_line(
    sage: Tables, odd: str, line: str, beside: list[str]
) -> None:
    for number in ("0010001", "0010002", "0010003"):
        sage.add("PO_PurchaseOrderHeader", PurchaseOrderNo=number, OrderType="S", OrderStatus="O")
        for key in ("000001", "000002"):
            sage.add("PO_PurchaseOrderDetail", PurchaseOrderNo=number, LineKey=key, LineSeqNo=key)
    misread = Misread(sage, lambda row: [odd, *row[1:]] if tuple(row[:2]) == ("0010001", line) else row)
    found = list(SageCompany(misread, SETTINGS, sage.on_call).purchase_orders())
    assert [each.key for each in found if isinstance(each, Quarantined)] == beside
    assert {each.table for each in found if isinstance(each, Quarantined)} == {"PO_PurchaseOrderDetail"}
    whole = [each for each in found if isinstance(each, PurchaseOrder)]
    assert [len(each.lines) for each in whole] == [2] * (3 - len(beside))


@pytest.mark.parametrize(("since", "beside"), [(None, 2), (date(2026, 1, 1), 1)])
def test_payments_beside_a_line_whose_sequence_is_misread_are_set_aside(
    sage: Tables, since: date | None, beside: int
) -> None:
    for number in ("0000100001", "0000100002", "0000100003"):
        key = {"BankCode": "A", "CheckNo": number, "CheckSeqNo": "000000"}
        sage.add("AP_CheckHistoryHeader", **key, CheckType="A", CheckAmt="5", DateUpdated="2026-03-01")
        for invoice in ("INV-1", "INV-2"):
            sage.add("AP_CheckHistoryDetail", **key, InvoiceNo=invoice, InvoiceSeqNo="000000", AmountPaid="2.5")

    def make(row: Sequence[Any]) -> Sequence[Any]:
        odd = len(row) == 7 and row[1] == "0000100001" and row[3] == "INV-2"
        return [*row[:2], "000000\ud800", *row[3:]] if odd else row

    company = SageCompany(Misread(sage, make), SETTINGS, sage.on_call, replace(PROVIDEX, day_literals=False))
    found = list(company.changed_payments(Wanted(since=since)))
    aside, whole = found[:beside], found[beside:]
    assert [(type(each), each.key[:12], each.table) for each in aside] == [
        (Quarantined, f"A-000010000{place}", "AP_CheckHistoryDetail") for place in range(1, beside + 1)
    ]
    assert [len(each.record.lines) for each in whole] == [2] * (3 - beside)


def test_an_impossible_date_with_half_a_character_in_it_can_be_told(sage: Tables) -> None:
    sage.add("PO_PurchaseOrderHeader", PurchaseOrderNo="0010001", OrderType="S", OrderStatus="O")
    misread = Misread(sage, lambda row: [row[0], "2026\ud800-01-01", *row[2:]])
    company = SageCompany(misread, SETTINGS, sage.on_call)
    (order,) = company.purchase_orders()
    assert order.order_date is None
    (note,) = company.notes
    assert note.encode().decode() == note
