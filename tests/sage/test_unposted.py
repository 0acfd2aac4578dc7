"""What stands unposted in Sage's entry screens counts against open invoices and order lines."""

from decimal import Decimal

import pytest

from app.domain.invoices import InvoiceKey
from app.errors import SkipItem
from app.sage.found import UnpostedEntry, UnpostedUse
from app.sage.source import IN_LIST

KEY = InvoiceKey("01", "0000123", "INV-1")


def check(sage, number, *lines, bank="A", kind="N", vendor="0000123", division="01"):
    key = {"BankCode": bank, "CheckNo": number}
    sage.add("AP_ManualCheckHeader", **key, APDivisionNo=division, VendorNo=vendor, CheckType=kind, BatchNo="00005")
    for line_key, (invoice, amount, discount) in enumerate(lines, 1):
        sage.add(
            "AP_ManualCheckDetail",
            **key,
            LineKey=f"{line_key:06d}",
            InvoiceNo=invoice,
            InvoiceAmt=amount,
            DiscountAmt=discount,
        )


def receipt(sage, number, *lines, kind="I", order="0001234"):
    key = {"ReceiptType": kind, "ReceiptNo": number}
    sage.add("PO_ReceiptHeader", **key, PurchaseOrderNo=order, BatchNo="00003")
    for place, (line_key, quantity) in enumerate(lines, 1):
        sage.add(
            "PO_ReceiptDetail",
            **key,
            LineKey=f"{place:06d}",
            PurchaseOrderLineKey=line_key,
            QuantityInvoiced=quantity,
        )


def test_all_unposted_checks_of_an_invoice_count_with_money_and_discount(sage, company):
    check(sage, "QP1", ("INV-1", "90", "2.5"), ("INV-1", "1", "0"), ("INV-2", "7", "0"))
    check(sage, "QP1", ("INV-1", "5", "0"), bank="B")
    assert company().ledger.unposted_paid([KEY]) == {
        KEY: UnpostedUse(Decimal("98.50"), (UnpostedEntry("QP1", "00005"),))
    }


def test_another_vendors_or_divisions_invoice_of_that_number_does_not_count(sage, company):
    check(sage, "1", ("INV-1", "90", "0"), vendor="0000124")
    check(sage, "2", ("INV-1", "90", "0"), division="02")
    check(sage, "3", ("inv-1", "90", "0"))
    assert company().ledger.unposted_paid([KEY]) == {}


@pytest.mark.parametrize("kind", ["V", "R"])
def test_unposted_voids_and_reversals_give_nothing_back(sage, company, kind):
    check(sage, "1", ("INV-1", "90", "0"))
    check(sage, "2", ("INV-1", "-90", "0"), kind=kind)
    assert company().ledger.unposted_paid([KEY])[KEY].taken == Decimal("90.00")


def test_a_posted_check_does_not_count_since_the_balance_has_it(sage, company):
    sage.add("AP_CheckHistoryHeader", BankCode="A", CheckNo="1", APDivisionNo="01", VendorNo="0000123")
    sage.add("AP_CheckHistoryDetail", BankCode="A", CheckNo="1", InvoiceNo="INV-1", AmountPaid="90")
    assert company().ledger.unposted_paid([KEY]) == {}


def test_an_unposted_amount_that_cannot_be_read_is_told(sage, company):
    check(sage, "1", ("INV-1", "90", "0"), ("INV-1", "9x", "0"))
    use = company().ledger.unposted_paid([KEY])[KEY]
    assert use.unreadable == "AP_ManualCheckDetail.InvoiceAmt holds “9x”"
    assert use.entries == (UnpostedEntry("1", "00005"),)


def test_a_thousand_invoices_cost_few_queries_of_lists_the_driver_can_take(sage, company):
    check(sage, "1", ("N0400", "90", "0"))
    keys = [InvoiceKey("01", "0000123", f"N{number:04d}") for number in range(2 * IN_LIST + 1)]
    assert list(company().ledger.unposted_paid(keys)) == [keys[400]]
    assert len(sage.statements) == 5
    assert max(sql.count("?") for sql, _ in sage.statements) == IN_LIST


def in_check_run(sage, *lines, vendor="0000123", number="", entry="001"):
    key = {"APDivisionNo": "01", "VendorNo": vendor, "CheckEntryNo": entry}
    sage.add("AP_CheckHeader", **key, BankCode="A", CheckNo=number)
    for place, (invoice, amount, discount) in enumerate(lines, 1):
        sage.add(
            "AP_CheckDetail",
            **key,
            LineKey=f"{place:06d}",
            InvoiceNo=invoice,
            InvoiceAmt=amount,
            DiscountAmt=discount,
        )


def test_what_is_selected_for_a_check_run_or_printed_there_counts_until_it_is_posted(sage, company):
    check(sage, "QP1", ("INV-1", "5", "0"))
    in_check_run(sage, ("INV-1", "90", "2.5"), ("INV-2", "7", "0"))
    in_check_run(sage, ("INV-1", "1", "0"), number="0000104200", entry="002")
    assert company().ledger.unposted_paid([KEY]) == {
        KEY: UnpostedUse(
            Decimal("98.50"),
            (UnpostedEntry("QP1", "00005"), UnpostedEntry("001", ""), UnpostedEntry("0000104200", "")),
        )
    }


def test_a_check_run_that_pays_others_is_silent(sage, company):
    in_check_run(sage, ("INV-2", "90", "0"))
    in_check_run(sage, ("INV-1", "90", "0"), vendor="0000124")
    assert company().ledger.unposted_paid([KEY]) == {}


def test_where_a_check_runs_lines_cannot_be_read_its_vendors_invoices_are_unreadable_and_no_others(sage, company):
    in_check_run(sage, ("INV-9", "90", "0"))
    other = InvoiceKey("01", "0000124", "INV-1")
    sage.hidden.add("AP_CheckDetail")
    found = company().ledger.unposted_paid([KEY, other])
    assert list(found) == [KEY]
    assert found[KEY].unreadable
    assert found[KEY].entries == (UnpostedEntry("001", ""),)


def test_without_the_table_of_check_runs_it_is_noted_and_all_else_goes_on(sage, company):
    check(sage, "QP1", ("INV-1", "5", "0"))
    sage.hidden.add("AP_CheckHeader")
    opened = company()
    assert opened.ledger.unposted_paid([KEY])[KEY].taken == Decimal("5.00")
    assert any("Check runs are not looked at" in note for note in opened.notes)


def test_unposted_receipts_of_invoice_count_by_order_and_line(sage, company):
    receipt(sage, "000077", ("000001", "4"), ("000002", "0"), ("", "1"))
    receipt(sage, "000078", ("000001", "2.5"))
    receipt(sage, "000079", ("000001", "9"), order="0009999")
    receipt(sage, "000080", ("000001", "9"), kind="G")
    assert company().ledger.unposted_billed(["0001234"]) == {
        ("0001234", "000001"): UnpostedUse(
            Decimal("6.500000"), (UnpostedEntry("000077", "00003"), UnpostedEntry("000078", "00003"))
        )
    }


def test_an_unposted_quantity_that_cannot_be_read_is_told_for_its_line_only(sage, company):
    receipt(sage, "000077", ("000001", "4x"), ("000002", "1"))
    found = company().ledger.unposted_billed(["0001234"])
    assert found["0001234", "000001"].unreadable == "PO_ReceiptDetail.QuantityInvoiced holds “4x”"
    assert found["0001234", "000002"] == UnpostedUse(Decimal("1.000000"), (UnpostedEntry("000077", "00003"),))


def test_without_the_purchase_order_module_nothing_is_billed_there(sage, company):
    sage.hidden |= {"PO_ReceiptHeader", "PO_ReceiptDetail"}
    opened = company()
    assert opened.ledger.unposted_billed(["0001234"]) == {}
    assert any("P/O" in note for note in opened.notes)


def test_where_sage_does_not_tell_the_lines_the_billed_order_is_told(sage, company):
    sage.columns_missing.add("PurchaseOrderLineKey")
    receipt(sage, "000077", ("000001", "4"))
    found = company().ledger.unposted_billed(["0001234", "0001235"])
    assert list(found) == [("0001234", "")]
    assert "PurchaseOrderLineKey" in found["0001234", ""].unreadable
    assert found["0001234", ""].entries == (UnpostedEntry("000077", "00003"),)


def test_receipts_that_cannot_be_read_at_all_are_no_answer(sage, company):
    receipt(sage, "000077", ("000001", "4"))
    sage.hidden.add("PO_ReceiptDetail")
    with pytest.raises(SkipItem) as caught:
        company().ledger.unposted_billed(["0001234"])
    assert caught.value.code == "table-not-accessible"
