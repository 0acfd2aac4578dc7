import pyodbc
import pytest

from app.domain.lists import ListItem, ListName
from app.errors import SkipItem
from app.sage.outcomes import Quarantined
from app.sage.source import FETCH


def vendor(**changes):
    return {
        "APDivisionNo": "01",
        "VendorNo": "0000123",
        "VendorName": "Acme",
        "VendorStatus": "A",
        "TaxpayerIDSocialSecurityNo": "123456789",
        "AccountKey": "000000045",
    } | changes


def items(company, name, **settings):
    return list(company(**settings).list_items(name))


def test_vendors_go_under_division_and_number_with_their_status(sage, company):
    sage.add("AP_Vendor", **vendor())
    sage.add("AP_Vendor", **vendor(VendorNo="0000200", VendorStatus="I"))
    sage.add("AP_Vendor", **vendor(APDivisionNo="00", VendorStatus="T"))
    found = items(company, ListName.VENDOR)
    assert [(item.key, item.active) for item in found] == [
        ("00-0000123", True),
        ("01-0000123", True),
        ("01-0000200", False),
    ]
    assert found[0].attributes["account_key"] == "000000045"


def test_the_taxpayer_id_is_not_even_read(sage, company):
    sage.add("AP_Vendor", **vendor())
    (item,) = items(company, ListName.VENDOR)
    assert "123456789" not in repr(item)
    assert not any("Taxpayer" in sql for sql, _ in sage.statements)


def test_an_unknown_vendor_status_is_active_and_noted(sage, company):
    sage.add("AP_Vendor", **vendor(VendorStatus="Q"))
    opened = company()
    (item,) = opened.list_items(ListName.VENDOR)
    assert item.active
    assert sum(opened.notes.values()) == 1
    assert "“Q”" in next(iter(opened.notes))


def test_flags_are_booleans(sage, company):
    sage.add("AP_Vendor", **vendor(HoldPayment="Y", SeparateCheck="N", UsePOReceiptOfInvForVendor="Y"))
    (item,) = items(company, ListName.VENDOR)
    assert item.attributes["hold"] is True
    assert item.attributes["separate_cheque"] is False
    assert item.attributes["uses_receipt_of_invoice"] is True


def test_without_remit_to_columns_the_standard_address_goes_and_that_is_noted(sage, company):
    sage.add("AP_Vendor", **vendor(City="Dayton"))
    opened = company(vendor_address="remit_to")
    (item,) = opened.list_items(ListName.VENDOR)
    assert item.attributes["address_kind"] == "standard"
    assert item.attributes["city"] == "Dayton"
    assert any("remit-to" in note for note in opened.notes)


def test_the_remit_to_address_goes_where_this_sage_has_one(sage, company):
    for column in ("AddressLine1", "AddressLine2", "AddressLine3", "City", "State", "ZipCode", "CountryCode"):
        sage.add_column("AP_Vendor", f"RemitTo{column}")
    sage.add("AP_Vendor", **vendor(City="Dayton", RemitToCity="Akron"))
    (remit_to,) = items(company, ListName.VENDOR, vendor_address="remit_to")
    (standard,) = items(company, ListName.VENDOR)
    assert (remit_to.attributes["address_kind"], remit_to.attributes["city"]) == ("remit_to", "Akron")
    assert (standard.attributes["address_kind"], standard.attributes["city"]) == ("standard", "Dayton")


def test_a_column_that_this_sage_lacks_reads_as_blank_where_it_is_no_must(sage, company):
    sage.add("AP_Vendor", **vendor(EmailAddress="ap@example.com", TelephoneNo="555"))
    sage.columns_missing.add("EmailAddress")
    (item,) = items(company, ListName.VENDOR)
    assert (item.attributes["email"], item.attributes["phone"]) == ("", "555")


def test_a_missing_must_have_column_stops_this_list_only(sage, company):
    sage.columns_missing.add("VendorStatus")
    with pytest.raises(SkipItem) as caught:
        items(company, ListName.VENDOR)
    assert caught.value.code == "column-missing"
    assert "VendorStatus" in caught.value.message


def test_an_inaccessible_table_stops_this_list_only(sage, company):
    sage.hidden.add("IM_Warehouse")
    with pytest.raises(SkipItem) as caught:
        items(company, ListName.WAREHOUSE)
    assert caught.value.code == "table-not-accessible"
    assert sage.open_cursors == 0


def test_inactive_and_deleted_accounts_are_inactive(sage, company):
    for key, status in (("000000001", "A"), ("000000002", "I"), ("000000003", "D")):
        sage.add("GL_Account", AccountKey=key, Account=f"{key[-1]}00-00", AccountDesc="Cash", Status=status)
    found = items(company, ListName.GL_ACCOUNT)
    assert [item.active for item in found] == [True, False, False]
    assert found[0].attributes["account"] == "100-00"


def test_items_carry_their_cost_with_six_decimals(sage, company):
    sage.add("CI_Item", ItemCode="WB-1", ItemCodeDesc="Basket  ", StandardUnitCost="12.5", InactiveItem="Y")
    (item,) = items(company, ListName.ITEM)
    assert (item.description, item.active, item.attributes["standard_cost"]) == ("Basket", False, "12.500000")


def test_an_item_whose_cost_is_no_number_is_set_aside_and_the_others_go_on(sage, company):
    sage.add("CI_Item", ItemCode="A", StandardUnitCost="abc")
    sage.add("CI_Item", ItemCode="B", StandardUnitCost="1")
    bad, good = items(company, ListName.ITEM)
    assert isinstance(bad, Quarantined)
    assert (bad.key, bad.table, bad.column, bad.raw) == ("A", "CI_Item", "StandardUnitCost", "abc")
    assert good.key == "B"


def test_a_code_that_cleaning_would_change_is_set_aside_and_blocks_no_other(sage, company):
    for code in ("", " ZZ", "A", "A ", "A\x01", "B"):
        sage.add("CI_Item", ItemCode=code)
    found = items(company, ListName.ITEM)
    assert [(type(each).__name__, each.key) for each in found] == [
        ("Quarantined", "row 1"),
        ("Quarantined", "row 2"),
        ("ListItem", "A"),
        ("Quarantined", "row 4"),
        ("Quarantined", "row 5"),
        ("ListItem", "B"),
    ]


def test_a_vendor_without_a_number_is_set_aside(sage, company):
    sage.add("AP_Vendor", **vendor(VendorNo=""))
    sage.add("AP_Vendor", **vendor())
    bad, good = items(company, ListName.VENDOR)
    assert (bad.key, bad.column, good.key) == ("row 1", "VendorNo", "01-0000123")
    assert (bad.called, good.key) == ("01 Acme", "01-0000123")


def test_what_has_no_usable_code_is_called_by_its_columns(sage, company):
    for code, name in (("A", "Bolt M8"), ("A ", "Bolt, the same code"), ("A\x01", "Bolt with a stray byte"), ("", "")):
        sage.add("CI_Item", ItemCode=code, ItemCodeDesc=name)
    found = [each for each in items(company, ListName.ITEM) if isinstance(each, Quarantined)]
    assert [each.called for each in found] == ["", "A· Bolt with a stray byte", "A Bolt, the same code"]


def test_a_driver_that_sorts_otherwise_stops_the_list_instead_of_confusing_it(sage, company):
    sage.database.execute("ALTER TABLE CI_Item RENAME TO kept")
    columns = ", ".join(f"{row[1]} COLLATE NOCASE" for row in sage.database.execute("PRAGMA table_info(kept)"))
    sage.database.execute(f"CREATE TABLE CI_Item ({columns})")
    for code in ("a", "B"):
        sage.add("CI_Item", ItemCode=code)
    with pytest.raises(SkipItem) as caught:
        items(company, ListName.ITEM)
    assert caught.value.code == "unexpected-order"


def test_keys_ascend_and_keep_their_case(sage, company):
    for code in ("b", "B", "a"):
        sage.add("CI_Item", ItemCode=code)
    assert [item.key for item in items(company, ListName.ITEM)] == ["B", "a", "b"]


def test_a_bank_account_shows_its_last_four_digits_at_most(sage, company):
    sage.add("GL_Bank", BankCode="A", BankDesc="Checking", BankAccountNo="00-1234-56789", CashAccountKey="000000001")
    sage.add("GL_Bank", BankCode="B", BankAccountNo="1234")
    first, second = items(company, ListName.BANK_ACCOUNT)
    assert first.attributes == {"cash_account_key": "000000001", "account_last_four": "6789"}
    assert second.attributes["account_last_four"] == ""


def test_warehouses_are_active_unless_inactive(sage, company):
    for code, status in (("000", ""), ("001", "A"), ("002", "R"), ("003", "I")):
        sage.add("IM_Warehouse", WarehouseCode=code, WarehouseStatus=status)
    found = items(company, ListName.WAREHOUSE)
    assert [item.active for item in found] == [True, True, True, False]
    assert [item.attributes["restricted"] for item in found] == [False, False, True, False]


def test_where_divisions_are_off_there_is_division_00(sage, company):
    assert items(company, ListName.DIVISION) == [ListItem("00", "", True, {})]
    sage.add("AP_Division", APDivisionNo="01", APDivisionDesc="Ohio")
    assert items(company, ListName.DIVISION) == [ListItem("01", "Ohio", True, {})]


def test_separate_cheque_is_yes_and_no(company):
    assert [item.key for item in items(company, ListName.SEPARATE_CHEQUE)] == ["N", "Y"]


def test_a_tax_schedule_carries_its_codes_with_purchase_rates(sage, company):
    sage.add("SY_SalesTaxSchedule", TaxSchedule="OH", TaxScheduleDesc="Ohio")
    sage.add("SY_SalesTaxScheduleDetail", TaxSchedule="OH", ScheduleSeqNo="000001", TaxCode="OHST")
    sage.add("SY_SalesTaxCode", TaxCode="OHST", TaxCodeDesc="Ohio state")
    sage.add("SY_SalesTaxClass", TaxClass="TX", TaxClassDesc="Taxable")
    sage.add(
        "SY_SalesTaxCodeDetail",
        TaxCode="OHST",
        TaxClass="TX",
        PurchasesTaxable="Y",
        TaxRate="5.75",
        NonRecoverablePercent="0",
    )
    (schedule,) = items(company, ListName.TAX)
    assert schedule.attributes == {
        "codes": [
            {
                "code": "OHST",
                "description": "Ohio state",
                "classes": [
                    {
                        "tax_class": "TX",
                        "description": "Taxable",
                        "taxable": True,
                        "rate": "5.750000",
                        "non_recoverable_percent": "0.000",
                    }
                ],
            }
        ]
    }


def test_a_schedule_with_an_unreadable_rate_is_set_aside_alone(sage, company):
    for name in ("BAD", "OK"):
        sage.add("SY_SalesTaxSchedule", TaxSchedule=name)
    sage.add("SY_SalesTaxScheduleDetail", TaxSchedule="BAD", ScheduleSeqNo="000001", TaxCode="X")
    sage.add("SY_SalesTaxCode", TaxCode="X")
    sage.add("SY_SalesTaxCodeDetail", TaxCode="X", TaxClass="TX", TaxRate="five")
    bad, good = items(company, ListName.TAX)
    assert isinstance(bad, Quarantined)
    assert (bad.key, bad.raw) == ("BAD", "five")
    assert good.key == "OK"


def test_long_lists_stream_and_every_call_passes_the_hook(sage, company):
    for number in range(2 * FETCH + 5):
        sage.add("CI_Item", ItemCode=f"I{number:05d}")
    stream = company().list_items(ListName.ITEM)
    next(stream)
    assert sage.fetched == FETCH
    assert sage.calls["reading CI_Item"] == 3  # cursor, execute, fetch
    assert sum(1 for _ in stream) == 2 * FETCH + 4
    assert sage.open_cursors == 0


def test_leaving_the_company_disconnects(sage, company):
    with company():
        assert not sage.closed
    assert sage.closed


def test_trouble_with_disconnecting_does_not_hide_what_happened_before(sage, company, caplog):
    sage.close_failure = pyodbc.Error("08S01", "Communication link failure")
    with pytest.raises(KeyError), company():
        raise KeyError
    assert "Communication link failure" in caplog.text
