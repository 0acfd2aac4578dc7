from datetime import date
from decimal import Decimal

import pytest

from app.domain.invoices import Destination, InvoiceKey
from app.domain.payments import CheckKey
from app.errors import SkipItem
from app.sage.documents import FEW
from app.sage.found import FoundLine, LedgerAccount, LedgerOpenInvoice, LedgerVendor, Place, Sizes
from app.sage.source import IN_LIST

KEY = InvoiceKey("01", "0000123", "INV-1")
COLUMNS = {"APDivisionNo": "01", "VendorNo": "0000123", "InvoiceNo": "INV-1"}


def entry(sage, **changes):
    values = COLUMNS | {"InvoiceDate": "2026-03-01", "InvoiceAmt": "100.5", "Comment": "Freight", "BatchNo": "00012"}
    sage.add("AP_InvoiceHeader", **(values | changes))


def test_an_invoice_in_entry_is_found_with_its_batch_and_lines(sage, company):
    entry(sage)
    sage.add(
        "AP_InvoiceDetail",
        **COLUMNS,
        LineKey="000001",
        AccountKey="000000045",
        DistributionAmt="100.5",
        CommentText="Bill inv-000123",
    )
    (found,) = company().ledger.invoices([KEY])[KEY]
    assert (found.place, found.batch, found.invoice_date) == (Place.INVOICE_ENTRY, "00012", date(2026, 3, 1))
    assert found.amount == Decimal("100.50")
    assert found.lines == (FoundLine("000000045", Decimal("100.50"), "Bill inv-000123"),)
    assert found.carries("inv-000123")
    assert not found.carries("inv-00012")


@pytest.mark.parametrize(
    ("beside", "missing", "balanced"),
    [
        ({}, (), False),
        ({"FreightAmt": "30", "SalesTaxAmt": "10.5"}, (), True),
        ({"FreightAmt": "30", "SalesTaxAmt": "10.49"}, (), False),
        ({}, ("FreightAmt",), True),
    ],
)
def test_an_invoice_in_entry_tells_whether_its_lines_come_to_its_amount(sage, company, beside, missing, balanced):
    sage.columns_missing |= set(missing)
    entry(sage, **beside)
    sage.add("AP_InvoiceDetail", **COLUMNS, LineKey="000001", AccountKey="000000045", DistributionAmt="60")
    (found,) = company().ledger.invoices([KEY])[KEY]
    assert found.balanced is balanced


@pytest.mark.parametrize(("paid", "balanced"), [("60", False), ("98", True)])
def test_a_check_in_entry_tells_whether_its_lines_come_to_its_amount(sage, company, paid, balanced):
    sage.add("AP_ManualCheckHeader", BankCode="A", CheckNo="QP1", CheckAmt="98")
    sage.add("AP_ManualCheckDetail", BankCode="A", CheckNo="QP1", LineKey="000001", InvoiceNo="X", InvoiceAmt=paid)
    (found,) = company().ledger.checks([CheckKey("A", "QP1")])[CheckKey("A", "QP1")]
    assert found.balanced is balanced


def test_a_receipt_of_invoice_is_found_by_its_invoice_number_and_goods_receipts_are_not(sage, company):
    for kind in ("I", "G"):
        key = {"ReceiptType": kind, "ReceiptNo": "000077"}
        sage.add("PO_ReceiptHeader", **key, **COLUMNS, InvoiceAmt="30", BatchNo="00003")
        sage.add("PO_ReceiptDetail", **key, LineKey="000001", AccountKey=f"acct-{kind}", ExtensionAmt="30")
    (found,) = company().ledger.invoices([KEY])[KEY]
    assert (found.place, found.entry_number, found.batch) == (Place.RECEIPT_OF_INVOICE, "000077", "00003")
    assert [line.account_key for line in found.lines] == ["acct-I"]


def test_an_open_invoice_is_found_both_open_and_in_history(sage, company):
    sage.add("AP_OpenInvoice", **COLUMNS, InvoiceAmt="100", Balance="40", DiscountAmt="2")
    for sequence, number in (("000000", "0000999"), ("000001", "0000123")):
        sage.add(
            "AP_InvoiceHistoryHeader",
            **(COLUMNS | {"VendorNo": number}),
            HeaderSeqNo=sequence,
            InvoiceAmt="100",
        )
        sage.add(
            "AP_InvoiceHistoryDetail",
            InvoiceNo="INV-1",
            HeaderSeqNo=sequence,
            DetailSeqNo="000001",
            AccountKey=number,
            ExtensionAmt="100",
        )
    ledger = company().ledger
    found = ledger.invoices([KEY])
    assert [each.place for each in found[KEY]] == [Place.OPEN, Place.HISTORY]
    assert found[KEY][1].lines == (FoundLine("0000123", Decimal("100.00"), ""),)
    assert ledger.open_invoices([KEY]) == {KEY: LedgerOpenInvoice(Decimal("40.00"), Decimal("2.00"))}


def test_the_same_number_of_another_vendor_or_case_is_another_invoice(sage, company):
    entry(sage, VendorNo="0000124")
    entry(sage, InvoiceNo="inv-1")
    assert company().ledger.invoices([KEY]) == {}


@pytest.mark.parametrize(("vendors", "narrowed"), [(1, True), (2, True), (FEW, True), (FEW + 1, False)])
def test_open_invoices_are_asked_for_by_vendors_with_whom_their_key_begins_where_they_are_few(
    sage, company, vendors, narrowed
):
    keys = [InvoiceKey("01" if place % 2 else "02", f"{place:07d}", f"INV-{place % 3}") for place in range(vendors)]
    strangers = [key._replace(number="INV-3") for key in keys] + [key._replace(division="03") for key in keys]
    for key in keys + strangers:
        sage.add("AP_OpenInvoice", **dict(zip(COLUMNS, key, strict=True)), InvoiceAmt="100", Balance="40")
    ledger = company().ledger
    found = ledger.invoices(keys)
    assert {key: [each.place for each in places] for key, places in found.items()} == {
        key: [Place.OPEN] for key in keys
    }
    assert ledger.open_invoices(keys).keys() == set(keys)
    asked = [sql for sql, _ in sage.statements if "FROM AP_OpenInvoice" in sql]
    assert len(asked) == 2
    assert all(("APDivisionNo" in sql.partition("WHERE")[2]) is narrowed for sql in asked)


@pytest.mark.parametrize(
    "stranger", [InvoiceKey("01", "中", "X"), InvoiceKey("中", "1", "X"), InvoiceKey("01", "a\0", "X")]
)
def test_a_vendor_who_can_be_none_of_sages_hides_no_other(sage, company, stranger):
    sage.add("AP_OpenInvoice", **COLUMNS, InvoiceAmt="100", Balance="40")
    ledger = company().ledger
    assert ledger.invoices([KEY, stranger]).keys() == ledger.open_invoices([KEY, stranger]).keys() == {KEY}
    assert ledger.invoices([stranger]) == ledger.open_invoices([stranger]) == {}


def test_documents_are_read_afresh_at_each_call(sage, company):
    ledger = company().ledger
    assert ledger.invoices([KEY]) == {}
    entry(sage)
    assert KEY in ledger.invoices([KEY])


def test_many_keys_go_in_lists_the_driver_can_take(sage, company):
    keys = [InvoiceKey("01", "0000123", f"N{number:04d}") for number in range(2 * IN_LIST + 1)]
    entry(sage, InvoiceNo="N0400")
    found = company().ledger.invoices(keys)
    assert list(found) == [keys[400]]
    assert max(sql.partition(" IN (")[2].count("?") for sql, _ in sage.statements) == IN_LIST


def test_a_look_for_one_vendors_invoices_does_not_read_all_others(sage, company):
    company().ledger.invoices([KEY])
    heads = [values[:2] for sql, values in sage.statements if "FROM AP_OpenInvoice" in sql]
    assert heads == [("01", "0000123")]


def test_numbers_of_the_vendor_that_are_nearly_the_same_are_found_wherever_they_are(sage, company):
    numbers = {"AP_InvoiceHeader": "inv-1", "AP_OpenInvoice": "INV 01", "AP_InvoiceHistoryHeader": "Inv1"}
    for table, number in numbers.items():
        sage.add(table, **COLUMNS | {"InvoiceNo": number})
        sage.add(table, **COLUMNS | {"InvoiceNo": "INV-10"})
        sage.add(table, **COLUMNS | {"InvoiceNo": "inv-1", "VendorNo": "0000124"})
    sage.add("PO_ReceiptHeader", **COLUMNS | {"InvoiceNo": "iNV-1"}, ReceiptType="I", ReceiptNo="000001")
    sage.add("PO_ReceiptHeader", **COLUMNS | {"InvoiceNo": "inV-1"}, ReceiptType="G", ReceiptNo="000002")
    entry(sage)
    near = company().ledger.near_invoices([KEY])
    assert near == {KEY._replace(number=number) for number in (*numbers.values(), "iNV-1")}


def test_check_numbers_of_the_vendor_that_are_nearly_the_same_are_found(sage, company):
    for bank, number, vendor in (
        ("A", "pay1", "0000123"), ("A", "PAY-01", "0000123"), ("A", "PAY10", "0000123"), ("B", "pay1", "0000123"),
        ("A", "Pay1", "0000124"), ("A", "PAY1", "0000123"),
    ):  # fmt: skip
        for table in ("AP_ManualCheckHeader", "AP_CheckHistoryHeader"):
            sage.add(table, BankCode=bank, CheckNo=number, APDivisionNo="01", VendorNo=vendor)
    near = company().ledger.near_checks([CheckKey("A", "PAY1")], [("01", "0000123")])
    assert near == {CheckKey("A", "pay1"), CheckKey("A", "PAY-01")}


def test_what_sage_keeps_begins_with_the_earliest_day_that_can_be_read(sage, company):
    ledger = company().ledger
    assert (ledger.invoices_since(), ledger.checks_since()) == (None, None)
    for number, day in enumerate(("2026-03-02", "", "2025-12-31")):
        sage.add("AP_InvoiceHistoryHeader", **COLUMNS | {"InvoiceNo": f"{number}"}, InvoiceDate=day)
        sage.add("AP_CheckHistoryHeader", BankCode="A", CheckNo=f"{number}", CheckDate=day)
    assert (ledger.invoices_since(), ledger.checks_since()) == (date(2025, 12, 31), date(2025, 12, 31))
    sage.add("AP_OpenInvoice", **COLUMNS, InvoiceDate="2024-06-30")
    assert ledger.invoices_since() == date(2024, 6, 30)


def test_invoices_of_several_vendors_are_looked_for_together(sage, company):
    other = InvoiceKey("00", "0000124", "INV-2")
    entry(sage)
    entry(sage, APDivisionNo="00", VendorNo="0000124", InvoiceNo="INV-2")
    entry(sage, APDivisionNo="00", VendorNo="0000124", InvoiceNo="INV-1")
    assert set(company().ledger.invoices([KEY, other])) == {KEY, other}
    assert sum("FROM AP_InvoiceHeader" in sql for sql, _ in sage.statements) == 1


def test_a_number_that_sages_code_page_cannot_spell_is_not_there(company):
    key = InvoiceKey("01", "0000123", "№1")
    assert company().ledger.invoices([key]) == {}


def test_without_the_purchase_order_module_invoices_are_still_looked_up(sage, company):
    sage.hidden |= {"PO_ReceiptHeader", "PO_ReceiptDetail"}
    entry(sage)
    opened = company()
    assert KEY in opened.ledger.invoices([KEY])
    assert any("P/O" in note for note in opened.notes)


def test_a_look_that_cannot_see_history_is_no_look(sage, company):
    sage.hidden.add("AP_InvoiceHistoryHeader")
    with pytest.raises(SkipItem) as caught:
        company().ledger.invoices([KEY])
    assert caught.value.code == "table-not-accessible"


def test_an_amount_that_cannot_be_read_comes_back_as_that_and_the_others_do_not_suffer(sage, company):
    entry(sage, InvoiceAmt="12x.9", Comment="inv-000123")
    entry(sage, InvoiceNo="INV-2")
    found = company().ledger.invoices([KEY, KEY._replace(number="INV-2")])
    (damaged,) = found[KEY]
    assert damaged.unreadable == "AP_InvoiceHeader.InvoiceAmt holds “12x.9”"
    assert (damaged.place, damaged.batch) == (Place.INVOICE_ENTRY, "00012")
    assert (damaged.invoice_date, damaged.amount) == (None, Decimal("0.00"))
    assert not damaged.carries("inv-000123")
    assert [each.amount for each in found[KEY._replace(number="INV-2")]] == [Decimal("100.50")]


def test_a_line_that_cannot_be_read_makes_its_invoice_unreadable(sage, company):
    entry(sage)
    sage.add("AP_InvoiceDetail", **COLUMNS, LineKey="000001", DistributionAmt="1,2")
    (damaged,) = company().ledger.invoices([KEY])[KEY]
    assert damaged.unreadable == "AP_InvoiceDetail.DistributionAmt holds “1,2”"


def test_a_balance_that_cannot_be_read_comes_back_as_that(sage, company):
    sage.add("AP_OpenInvoice", **COLUMNS, Balance="4o")
    assert company().ledger.open_invoices([KEY])[KEY].unreadable == "AP_OpenInvoice.Balance holds “4o”"


def test_a_check_amount_that_cannot_be_read_comes_back_as_that(sage, company):
    for number, amount in (("1", "9x"), ("2", "9")):
        sage.add("AP_CheckHistoryHeader", BankCode="A", CheckNo=number, CheckSeqNo="0", CheckAmt=amount, VendorNo="V")
    found = company().ledger.checks([CheckKey("A", "1"), CheckKey("A", "2")])
    (damaged,) = found[CheckKey("A", "1")]
    assert damaged.unreadable == "AP_CheckHistoryHeader.CheckAmt holds “9x”"
    assert (damaged.place, damaged.vendor_number, damaged.check_date) == (Place.HISTORY, "V", None)
    assert found[CheckKey("A", "2")][0].amount == Decimal("9.00")


def test_a_check_is_found_in_entry_and_in_history(sage, company):
    key = {"BankCode": "A", "CheckNo": "QP0001"}
    vendor = {"APDivisionNo": "01", "VendorNo": "0000123"}
    sage.add("AP_ManualCheckHeader", **key, **vendor, CheckAmt="98", Comment="pay-000007", BatchNo="00005")
    sage.add("AP_ManualCheckDetail", **key, LineKey="000001", InvoiceNo="INV-1", InvoiceAmt="98", DiscountAmt="2")
    sage.add("AP_CheckHistoryHeader", **key, **vendor, CheckSeqNo="000000", CheckType="M", CheckAmt="98")
    sage.add("AP_CheckHistoryDetail", **key, CheckSeqNo="000000", InvoiceNo="INV-9", AmountPaid="98")
    sage.add("AP_CheckHistoryHeader", **(key | {"BankCode": "B"}), CheckSeqNo="000000")
    found = company().ledger.checks([CheckKey("A", "QP0001")])[CheckKey("A", "QP0001")]
    assert [(each.place, each.batch) for each in found] == [(Place.MANUAL_CHECK, "00005"), (Place.HISTORY, "")]
    assert found[0].carries("pay-000007")
    assert (found[0].division, found[0].vendor_number, found[0].amount) == ("01", "0000123", Decimal("98.00"))
    assert [each.lines[0].invoice_number for each in found] == ["INV-1", "INV-9"]


def test_vendors_are_found_by_division_and_number(sage, company):
    for division in ("00", "01"):
        sage.add(
            "AP_Vendor",
            APDivisionNo=division,
            VendorNo="0000123",
            VendorName=f"Acme {division}",
            VendorStatus="I",
            HoldPayment="Y",
            UsePOReceiptOfInvForVendor="Y",
            TermsCode="02",
        )
    assert company().ledger.vendors([("01", "0000123"), ("02", "0000123")]) == {
        ("01", "0000123"): LedgerVendor("Acme 01", "I", True, True, "02")
    }


def test_accounts_tell_number_and_status(sage, company):
    sage.add("GL_Account", AccountKey="000000045", Account="631-00", AccountDesc="Freight", Status="D")
    assert company().ledger.accounts(["000000045", "000000046"]) == {
        "000000045": LedgerAccount("631-00", "Freight", "D")
    }


def test_code_tables_are_read_once(sage, company):
    sage.add("AP_TermsCode", TermsCode="01")
    sage.add("GL_Bank", BankCode="A")
    ledger = company().ledger
    assert ledger.terms() == ledger.terms() == {"01"}
    assert ledger.banks() == {"A"}
    assert ledger.divisions() == {"00"}
    assert ledger.units() == ledger.warehouses() == ledger.tax_schedules() == frozenset()
    assert sum("AP_TermsCode" in sql for sql, _ in sage.statements) == 1


def test_sizes_are_those_of_this_sage(sage, company):
    sage.sizes["InvoiceNo"] = 10
    assert company().ledger.sizes() == Sizes(10, 40, 10, 2048)


def test_sizes_fall_back_to_the_usual_ones(sage, company):
    sage.hidden |= {"AP_InvoiceHeader", "AP_InvoiceDetail", "AP_ManualCheckHeader"}
    assert company().ledger.sizes() == Sizes()


@pytest.mark.parametrize(("switch", "on"), [("Y", True), ("N", False)])
def test_batches_are_on_where_sage_says_so(sage, company, switch, on):
    sage.add("AP_Options", ModuleCode="A/P", InvoiceBatchEntry=switch)
    assert company().ledger.batches_on(Destination.INVOICE_ENTRY) is on
    assert company().ledger.batches_on(Destination.MANUAL_CHECK) is False


def test_batches_count_as_on_where_sage_does_not_tell(sage, company):
    sage.hidden.add("PO_Options")
    opened = company()
    assert opened.ledger.batches_on(Destination.RECEIPT_OF_INVOICE) is True
    assert sum(opened.notes.values()) == 1
