"""The demo's Business Objects: the order of calls, what lands in the tables, and every refusal in Sage's manner."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.invoices import InvoiceKey
from app.domain.purchase_orders import PurchaseOrder
from app.errors import NeedsUser, RetryLater
from app.sandbox.business_objects import dispatch_sandbox
from app.sandbox.company import CompanyFacts
from app.sandbox.faults import Faults
from tests.sandbox.conftest import CODE, PASSWORD, USER, Reference, Sage

Rows = Callable[..., list[tuple[Any, ...]]]
KEY = InvoiceKey("00", "0001010", "INV-77")


def begin(bus: Any, key: InvoiceKey = KEY) -> int:
    for column, value in zip(("APDivisionNo$", "VendorNo$", "InvoiceNo$"), key, strict=True):
        assert bus.nSetKeyValue(column, value) == 1, bus.sLastErrorMsg
    answer: int = bus.nSetKey()
    return answer


def enter(target: Any, **values: Any) -> None:
    for name, value in values.items():
        column = f"{name}$" if isinstance(value, str) else name
        assert target.nSetValue(column, value) in (1, -1), f"{column}: {target.sLastErrorMsg}"


def add_line(bus: Any, **values: Any) -> None:
    lines = bus.oLines
    assert lines.nAddLine() == 1
    enter(lines, **values)
    assert lines.nWrite() == 1, lines.sLastErrorMsg


def expense(facts: CompanyFacts) -> str:
    return facts.expense_accounts[0].key


def ready_invoice(sage: Sage, facts: CompanyFacts, key: InvoiceKey = KEY, amount: float = 125.5) -> Any:
    bus = sage.sign_in().invoices()
    assert bus.nSelectNewBatch(Reference(), "N", "AP Bridge test") == 1
    assert begin(bus, key) == 2
    enter(bus, InvoiceDate="20261120", TermsCode="01", Comment="Rent", InvoiceAmt=amount)
    add_line(bus, AccountKey=expense(facts), DistributionAmt=125.5, CommentText="inv-000123")
    return bus


def test_an_invoice_lands_in_the_entry_tables(sage: Sage, facts: CompanyFacts, rows: Rows) -> None:
    bus = sage.sign_in().invoices()
    batch = Reference()
    assert bus.nSelectNewBatch(batch, "N", "AP Bridge 7") == 1
    assert begin(bus) == 2
    enter(bus, InvoiceDate="20261120", TermsCode="02", Comment="Rent", InvoiceAmt=135.75, FreightAmt=10.0)
    enter(bus, SalesTaxAmt=0.25, TaxSchedule="OH MONT", HoldPayment="Y")
    add_line(bus, AccountKey=expense(facts), DistributionAmt=100.25, CommentText="inv-000123")
    add_line(bus, AccountKey=expense(facts), DistributionAmt=25.25)
    assert bus.nWrite() == 1, bus.sLastErrorMsg

    assert batch.value == "00013"
    assert rows("SELECT BatchDesc, PrivateBatch FROM AP_Batch WHERE BatchNo = '00013'") == [("AP Bridge 7", "N")]
    assert rows(
        """SELECT BatchNo, InvoiceDate, InvoiceDueDate, InvoiceDiscountDate, InvoiceAmt, HoldPayment, Adjustment,
               DateCreated, TimeCreated FROM AP_InvoiceHeader WHERE VendorNo = ? AND InvoiceNo = ?""",
        *KEY[1:],
    ) == [("00013", "2026-11-20", "2026-12-20", "2026-11-30", 135.75, "Y", "N", "2026-11-24", "15.50000")]
    assert rows("SELECT LineKey, DistributionAmt, CommentText FROM AP_InvoiceDetail WHERE InvoiceNo = 'INV-77'") == [
        ("000001", 100.25, "inv-000123"),
        ("000002", 25.25, ""),
    ]


def test_a_written_invoice_exists_and_can_be_deleted(sage: Sage, facts: CompanyFacts, rows: Rows) -> None:
    bus = ready_invoice(sage, facts)
    assert bus.nWrite() == 1
    assert begin(bus) == 1
    amount = Reference()
    assert bus.nGetValue("InvoiceAmt", amount) == 1
    assert amount.value == 125.5
    assert bus.nDelete() == 1

    assert rows("SELECT 1 FROM AP_InvoiceHeader WHERE InvoiceNo = 'INV-77'") == []
    assert rows("SELECT 1 FROM AP_InvoiceDetail WHERE InvoiceNo = 'INV-77'") == []
    assert begin(bus) == 2


def test_an_existing_invoice_is_loaded_with_its_lines(sage: Sage, facts: CompanyFacts) -> None:
    bus = sage.sign_in().invoices()
    assert begin(bus, facts.unposted_invoices[0].key) == 1

    lines, account = bus.oLines, Reference()
    assert lines.nMoveFirst() == 1
    assert lines.nGetValue("AccountKey$", account) == 1
    assert account.value
    assert lines.nMoveNext() == 0
    assert lines.nEOF() == 1


def test_what_is_cleared_leaves_nothing(sage: Sage, facts: CompanyFacts, rows: Rows) -> None:
    bus = ready_invoice(sage, facts)
    assert bus.nClear() == 1
    assert bus.nWrite() == 0

    assert bus.sLastErrorMsg == "The key has not been set."
    assert rows("SELECT 1 FROM AP_InvoiceDetail WHERE InvoiceNo = 'INV-77'") == []


def test_a_number_that_another_user_entered_meanwhile_is_refused(
    sage: Sage, location: Path, facts: CompanyFacts, rows: Rows
) -> None:
    bus = ready_invoice(sage, facts)
    other = Sage(location)
    assert ready_invoice(other, facts).nWrite() == 1
    other.script.DropObject()

    assert bus.nWrite() == 0
    assert bus.sLastErrorMsg == "The record was created by another user."
    assert rows("SELECT BatchNo FROM AP_InvoiceHeader WHERE InvoiceNo = 'INV-77'") == [("00014",)]
    assert rows("SELECT COUNT(*) FROM AP_InvoiceDetail WHERE InvoiceNo = 'INV-77'") == [(1,)]


def test_a_posted_number_becomes_an_adjustment_with_a_warning(sage: Sage, facts: CompanyFacts, rows: Rows) -> None:
    key = facts.posted_invoices[0].key
    bus = ready_invoice(sage, facts, key)
    adjustment = Reference()
    assert bus.nGetValue("Adjustment$", adjustment) == 1
    assert adjustment.value == "Y"
    assert bus.nWrite() == -1

    assert "adjustment" in bus.sLastErrorMsg
    assert rows("SELECT Adjustment FROM AP_InvoiceHeader WHERE VendorNo = ? AND InvoiceNo = ?", *key[1:]) == [("Y",)]


def test_an_invoice_out_of_balance_is_refused_and_nothing_is_kept(sage: Sage, facts: CompanyFacts, rows: Rows) -> None:
    bus = ready_invoice(sage, facts, amount=125.51)

    assert bus.nWrite() == 0
    assert bus.sLastErrorMsg == "The invoice is out of balance."
    assert rows("SELECT 1 FROM AP_InvoiceDetail WHERE InvoiceNo = 'INV-77'") == []


def test_a_batch_is_needed_when_batches_are_on(sage: Sage, facts: CompanyFacts) -> None:
    bus = sage.sign_in().invoices()
    begin(bus)
    enter(bus, InvoiceDate="20261120", InvoiceAmt=1.0)
    add_line(bus, AccountKey=expense(facts), DistributionAmt=1.0)

    assert bus.nWrite() == 0
    assert "batch" in bus.sLastErrorMsg


def test_no_batch_can_be_made_when_batches_are_off(sage: Sage, facts: CompanyFacts, rows: Rows) -> None:
    rows("UPDATE AP_Options SET InvoiceBatchEntry = 'N'")
    bus = sage.sign_in().invoices()
    assert bus.nSelectNewBatch(Reference(), "N", "x") == 0
    assert bus.sLastErrorMsg == "Batch entry is not enabled."

    begin(bus)
    enter(bus, InvoiceDate="20261120", InvoiceAmt=1.0)
    add_line(bus, AccountKey=expense(facts), DistributionAmt=1.0)
    assert bus.nWrite() == 1
    assert rows("SELECT BatchNo FROM AP_InvoiceHeader WHERE InvoiceNo = 'INV-77'") == [("",)]


def test_an_existing_batch_can_be_selected_and_an_unknown_one_not(sage: Sage) -> None:
    bus = sage.sign_in().invoices()

    assert bus.nSelectBatch("00012") == 1
    assert bus.nSelectBatch("00099") == 0
    assert bus.sLastErrorMsg == "Batch 00099 is not on file."


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (InvoiceKey("07", "0001010", "A"), "The A/P division 07 is not on file."),
        (InvoiceKey("00", "9999999", "A"), "The vendor 00-9999999 is not on file."),
        (InvoiceKey("00", "0001010", ""), "The InvoiceNo is required."),
    ],
)
def test_a_wrong_key_is_refused(sage: Sage, key: InvoiceKey, text: str) -> None:
    bus = sage.sign_in().invoices()

    assert begin(bus, key) == 0
    assert bus.sLastErrorMsg == text


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("Comment$", "x" * 41, "must not exceed 40"),
        ("TermsCode$", "77", "terms code 77 is not on file"),
        ("TaxSchedule$", "NOWHERE", "tax schedule NOWHERE is not on file"),
        ("InvoiceDate$", "20260230", "date 20260230 is invalid"),
        ("InvoiceDate$", "11202026", "date 11202026 is invalid"),
        ("HoldPayment$", "maybe", "must not exceed 1"),
        ("HoldPayment$", "X", "invalid"),
        ("InvoiceAmt", "125.50", "type invalid"),
        ("InvoiceAmt$", 125.5, "type invalid"),
        ("Comment", "no suffix", "type invalid"),
        ("Comment$", 5.0, "type invalid"),
        ("InvoiceAmt", 1e12, "too large"),
        ("Nonsense$", "x", "not defined"),
        ("InvoiceNo$", "OTHER", "cannot be changed"),
    ],
)
def test_a_wrong_value_is_refused(sage: Sage, column: str, value: Any, text: str) -> None:
    bus = sage.sign_in().invoices()
    begin(bus)

    assert bus.nSetValue(column, value) == 0
    assert text in bus.sLastErrorMsg


def test_the_invoice_number_is_as_long_as_the_file_says(sage: Sage) -> None:
    bus = sage.sign_in().invoices()

    assert bus.nSetKeyValue("InvoiceNo$", "x" * 20) == 1
    assert bus.nSetKeyValue("InvoiceNo$", "x" * 21) == 0
    assert "must not exceed 20" in bus.sLastErrorMsg


@pytest.mark.parametrize("column", ["InvoiceDate", "TermsCode"])
def test_a_missing_value_is_refused(sage: Sage, facts: CompanyFacts, column: str) -> None:
    bus = ready_invoice(sage, facts)
    enter(bus, **{column: ""})

    assert bus.nWrite() == 0
    assert bus.sLastErrorMsg == f"The {column} is required."


def test_unknown_and_inactive_accounts_are_refused_by_the_line(sage: Sage, facts: CompanyFacts) -> None:
    inactive = next(account for account in facts.accounts if account.status == "I")
    bus = sage.sign_in().invoices()
    begin(bus)
    lines = bus.oLines
    lines.nAddLine()

    assert lines.nSetValue("AccountKey$", "999999999") == 0
    assert lines.sLastErrorMsg == "The G/L account 999999999 is not on file."
    assert lines.nSetValue("AccountKey$", inactive.key) == 0
    assert lines.sLastErrorMsg == f"The G/L account {inactive.account} is inactive."
    assert lines.nWrite() == 0
    assert bus.sLastErrorMsg == ""


def test_an_inactive_vendor_draws_a_warning(sage: Sage, facts: CompanyFacts) -> None:
    vendor = next(each for each in facts.vendors if each.status == "I")
    bus = ready_invoice(sage, facts, InvoiceKey(vendor.division, vendor.number, "X-1"))

    assert bus.nWrite() == -1
    assert bus.sLastErrorMsg == f"Vendor {vendor.division}-{vendor.number} is inactive."


def test_lines_need_a_record_and_a_current_line(sage: Sage) -> None:
    bus = sage.sign_in().invoices()
    assert bus.oLines.nAddLine() == 0
    begin(bus)

    assert bus.oLines.nSetValue("DistributionAmt", 1.0) == 0
    assert bus.oLines.sLastErrorMsg == "No line is selected."


def open_order(facts: CompanyFacts) -> PurchaseOrder:
    return next(order for order in facts.orders if order.receipts and order.sage_status == "B")


def begin_receipt(sage: Sage) -> tuple[Any, str]:
    bus = sage.sign_in().receipts()
    number = Reference()
    assert bus.nSelectNewBatch(Reference(), "N", "AP Bridge test") == 1
    assert bus.nSetKeyValue("ReceiptType$", "I") == 1
    assert bus.nGetNextReceiptNo(number) == 1
    assert bus.nSetKeyValue("ReceiptNo$", number.value) == 1
    assert bus.nSetKey() == 2
    return bus, number.value


def test_a_receipt_of_invoice_takes_the_orders_lines_and_charges(sage: Sage, facts: CompanyFacts, rows: Rows) -> None:
    order = open_order(facts)
    billed = order.lines[0]
    bus, number = begin_receipt(sage)
    enter(bus, PurchaseOrderNo=order.number, InvoiceNo="B-1", InvoiceDate="20261121", TermsCode="01")
    lines, key = bus.oLines, Reference()
    here, seen = lines.nMoveFirst(), []
    while here:
        lines.nGetValue("PurchaseOrderLineKey$", key)
        seen.append(key.value)
        if key.value == billed.line_key:
            enter(lines, QuantityInvoiced=2.0, UnitCost=float(billed.unit_cost), CommentText="inv-9")
        else:
            enter(lines, QuantityInvoiced=0.0)
        assert lines.nWrite() == 1
        here = lines.nMoveNext()
    add_line(bus, ItemType="3", AccountKey=expense(facts), ExtensionAmt=12.5)
    worth = (billed.unit_cost * 2).quantize(Decimal("0.01"))
    enter(bus, InvoiceAmt=float(worth) + 12.5)
    assert bus.nWrite() == 1, bus.sLastErrorMsg

    assert seen == [line.line_key for line in order.lines]
    assert rows("SELECT VendorNo, PurchaseOrderNo, BatchNo FROM PO_ReceiptHeader WHERE InvoiceNo = 'B-1'") == [
        (order.vendor_number, order.number, "00004")
    ]
    assert rows(
        """SELECT PurchaseOrderLineKey, QuantityInvoiced, ExtensionAmt FROM PO_ReceiptDetail
           WHERE ReceiptType = 'I' AND ReceiptNo = ? AND ExtensionAmt <> 0 ORDER BY LineKey""",
        number,
    ) == [(billed.line_key, 2, float(worth)), ("", 0, 12.5)]


def test_receipt_numbers_are_given_once(sage: Sage) -> None:
    bus = sage.sign_in().receipts()
    first, second = Reference(), Reference()
    bus.nGetNextReceiptNo(first)
    bus.nGetNextReceiptNo(second)

    assert (first.value, second.value) == ("900004", "900005")


@pytest.mark.parametrize(
    ("where", "text"),
    [("OrderStatus = 'X'", "is complete"), ("OrderStatus = 'Z'", "is cancelled"), ("OrderType = 'M'", "is ")],
)
def test_an_order_that_cannot_be_invoiced_is_refused(sage: Sage, rows: Rows, where: str, text: str) -> None:
    ((order,), *_) = rows(f"SELECT PurchaseOrderNo FROM PO_PurchaseOrderHeader WHERE {where}")
    bus, _ = begin_receipt(sage)

    assert bus.nSetValue("PurchaseOrderNo$", order) == 0
    assert bus.sLastErrorMsg.startswith(f"Purchase order {order} {text}")


def test_an_unknown_order_is_refused(sage: Sage) -> None:
    bus, _ = begin_receipt(sage)

    assert bus.nSetValue("PurchaseOrderNo$", "9999999") == 0
    assert bus.sLastErrorMsg == "Purchase order 9999999 is not on file."


def test_more_than_ordered_draws_a_warning(sage: Sage, facts: CompanyFacts) -> None:
    order = open_order(facts)
    bus, _ = begin_receipt(sage)
    enter(bus, PurchaseOrderNo=order.number)
    lines = bus.oLines
    lines.nMoveFirst()

    assert lines.nSetValue("QuantityInvoiced", float(order.lines[0].ordered) + 1) == -1
    assert "greater than the quantity ordered" in lines.sLastErrorMsg


def test_a_receipt_for_a_posted_invoice_is_refused(sage: Sage, facts: CompanyFacts, rows: Rows) -> None:
    order = open_order(facts)
    rows(
        "INSERT INTO AP_OpenInvoice (APDivisionNo, VendorNo, InvoiceNo) VALUES (?, ?, 'B-2')",
        order.division,
        order.vendor_number,
    )
    bus, _ = begin_receipt(sage)
    enter(bus, PurchaseOrderNo=order.number, InvoiceNo="B-2", InvoiceDate="20261121")

    assert bus.nWrite() == 0
    assert bus.sLastErrorMsg == "Invoice B-2 already exists for this vendor."


def test_receipts_of_goods_are_entered_elsewhere(sage: Sage) -> None:
    bus = sage.sign_in().receipts()
    bus.nSetKeyValue("ReceiptType$", "G")
    bus.nSetKeyValue("ReceiptNo$", "000001")

    assert bus.nSetKey() == 0
    assert "another task" in bus.sLastErrorMsg


def begin_check(sage: Sage, number: str = "QP1", bank: str = "A") -> tuple[Any, int]:
    bus = sage.sign_in().checks()
    assert bus.nSelectNewBatch(Reference(), "N", "AP Bridge test") == 1
    bus.nSetKeyValue("BankCode$", bank)
    bus.nSetKeyValue("CheckNo$", number)
    return bus, bus.nSetKey()


def test_a_check_lands_in_the_entry_tables(sage: Sage, facts: CompanyFacts, rows: Rows) -> None:
    invoice = facts.open_invoices[0]
    bus, new = begin_check(sage)
    assert new == 2
    enter(bus, CheckType="N", CheckDate="20261123", APDivisionNo=invoice.key.division)
    enter(bus, VendorNo=invoice.key.vendor_number, CheckAmt=float(invoice.balance), Comment="pay-000001")
    add_line(bus, InvoiceNo=invoice.key.number, InvoiceAmt=float(invoice.balance), DiscountAmt=0.0)
    assert bus.nWrite() == 1, bus.sLastErrorMsg

    assert rows("SELECT BatchNo, VendorNo, CheckAmt, Comment FROM AP_ManualCheckHeader WHERE CheckNo = 'QP1'") == [
        ("00006", invoice.key.vendor_number, float(invoice.balance), "pay-000001")
    ]
    assert rows("SELECT InvoiceNo, InvoiceDate, InvoiceAmt FROM AP_ManualCheckDetail WHERE CheckNo = 'QP1'") == [
        (invoice.key.number, invoice.invoice_date.isoformat(), float(invoice.balance))
    ]


def test_a_check_number_is_used_once(sage: Sage, facts: CompanyFacts) -> None:
    used = facts.checks[0].key
    bus, answer = begin_check(sage, used.check_number, used.bank_code)

    assert answer == 0
    assert "already been used" in bus.sLastErrorMsg
    assert begin_check(sage, "0000104199")[1] == 1  # waits in entry


def test_an_unknown_bank_is_refused(sage: Sage) -> None:
    bus, answer = begin_check(sage, bank="Q")

    assert answer == 0
    assert bus.sLastErrorMsg == "The bank code Q is not on file."


def test_a_check_takes_open_invoices_of_its_vendor_only(sage: Sage, facts: CompanyFacts) -> None:
    invoice = facts.open_invoices[0]
    bus, _ = begin_check(sage)
    enter(bus, CheckDate="20261123", APDivisionNo=invoice.key.division, VendorNo=invoice.key.vendor_number)
    lines = bus.oLines
    lines.nAddLine()

    assert lines.nSetValue("InvoiceNo$", "NO-SUCH") == 0
    assert lines.sLastErrorMsg == "Invoice NO-SUCH is not on file for this vendor."
    enter(lines, InvoiceNo=invoice.key.number)
    assert lines.nSetValue("InvoiceAmt", float(invoice.balance) + 1) == -1
    assert "greater than the balance" in lines.sLastErrorMsg


def test_a_check_out_of_balance_is_refused(sage: Sage, facts: CompanyFacts) -> None:
    invoice = facts.open_invoices[0]
    bus, _ = begin_check(sage)
    enter(bus, CheckDate="20261123", APDivisionNo=invoice.key.division, VendorNo=invoice.key.vendor_number)
    enter(bus, CheckAmt=1.0)
    add_line(bus, InvoiceNo=invoice.key.number, InvoiceAmt=2.0)

    assert bus.nWrite() == 0
    assert bus.sLastErrorMsg == "The check is out of balance."


def test_voids_are_not_entered(sage: Sage) -> None:
    bus, _ = begin_check(sage)

    assert bus.nSetValue("CheckType$", "V") == 0


def test_nothing_works_before_init(location: Path) -> None:
    script = dispatch_sandbox(location)("ProvideX.Script")

    assert script.NewObject("SY_Session") == 0


def test_a_wrong_home_folder_gives_no_session(location: Path) -> None:
    script = dispatch_sandbox(location)("ProvideX.Script")
    script.Init(r"C:\Sage\MAS90\Home")

    assert script.NewObject("SY_Session") == 0


def test_other_programs_are_not_there(location: Path) -> None:
    with pytest.raises(NeedsUser):
        dispatch_sandbox(location)("Excel.Application")


def test_calls_out_of_order_are_refused(sage: Sage) -> None:
    session = sage.session
    assert sage.script.NewObject("AP_Invoice_bus", session) == 0
    assert session.sLastErrorMsg == "No company has been set for this session."
    assert session.nSetCompany(CODE) == 0
    assert session.sLastErrorMsg == "The user has not been set."
    assert session.nLookupTask("AP_Invoice_ui") == 0
    sage.sign_in()
    assert session.nSetModule("A/P") == 0
    assert session.sLastErrorMsg == "The module date of A/P has not been set."
    assert sage.script.NewObject("AP_Invoice_bus", session) == 0
    assert "not authorized" in session.sLastErrorMsg


def test_a_task_of_another_module_or_an_unknown_one_is_refused(sage: Sage) -> None:
    session = sage.sign_in().session
    session.nSetDate("A/P", "20261124")
    session.nSetModule("A/P")

    assert session.nLookupTask("AP_Nonsense_ui") == 0
    assert session.nSetProgram(session.nLookupTask("PO_ReceiptInvoice_ui")) == 0
    assert session.nSetProgram(4711) == 0


def test_dates_are_year_month_day(sage: Sage) -> None:
    session = sage.sign_in().session

    assert session.nSetDate("A/P", "11242026") == 0
    assert session.nSetDate("A/P", "2026-11-24") == 0
    assert session.nSetDate("X/Y", "20261124") == 0


def test_a_user_without_the_right_to_a_task_is_refused(sage: Sage, rows: Rows) -> None:
    rows("DELETE FROM SY_UserTask WHERE TaskName = 'AP_ManualCheck_ui'")
    session = sage.sign_in().session
    session.nSetDate("A/P", "20261124")
    session.nSetModule("A/P")

    assert session.nSetProgram(session.nLookupTask("AP_ManualCheck_ui")) == 0
    assert "not authorized" in session.sLastErrorMsg
    assert session.nSetProgram(session.nLookupTask("AP_Invoice_ui")) == 1


@pytest.mark.parametrize(("user", "password"), [("NOBODY", PASSWORD), (USER, "wrong"), (USER, "")])
def test_a_wrong_sign_in_is_refused(sage: Sage, user: str, password: str) -> None:
    assert sage.session.nLogon() == 0
    assert sage.session.nSetUser(user, password) == 0
    assert sage.session.sLastErrorMsg == "The user logon or password is invalid."


def test_the_administrator_is_refused(sage: Sage, rows: Rows) -> None:
    rows("UPDATE SY_User SET Administrator = 'Y'")

    assert sage.session.nSetUser(USER, PASSWORD) == 0
    assert "Administrator" in sage.session.sLastErrorMsg


@pytest.mark.parametrize(
    ("fault", "text"),
    [("no_external_access", "does not allow external access"), ("single_user_mode", "is in single-user mode")],
)
def test_a_company_that_is_closed_to_programs_is_refused(sage: Sage, faults: Faults, fault: str, text: str) -> None:
    faults.set(fault, True)
    assert sage.session.nSetUser(USER, PASSWORD) == 1

    assert sage.session.nSetCompany(CODE) == 0
    assert text in sage.session.sLastErrorMsg
    assert sage.session.sCompanyCode == ""


def test_an_unknown_company_is_refused(sage: Sage) -> None:
    assert sage.session.nSetUser(USER, PASSWORD) == 1
    assert sage.session.nSetCompany("XYZ") == 0
    assert sage.session.sLastErrorMsg == "Company XYZ is not on file."


def test_a_changed_password_and_a_full_house_are_refused(sage: Sage, faults: Faults) -> None:
    faults.set("no_licence", True)
    assert sage.session.nSetUser(USER, PASSWORD) == 0
    assert "license" in sage.session.sLastErrorMsg
    faults.set("wrong_password", True)
    assert sage.session.nSetUser(USER, PASSWORD) == 0
    assert sage.session.sLastErrorMsg == "The user logon or password is invalid."


def test_after_cleanup_nothing_is_open(sage: Sage) -> None:
    session = sage.sign_in().session
    assert session.sCompanyCode == CODE
    assert session.nCleanup() == 1

    assert session.sCompanyCode == ""
    assert session.nSetCompany(CODE) == 0


def test_a_refused_write_keeps_nothing(sage: Sage, facts: CompanyFacts, faults: Faults, rows: Rows) -> None:
    faults.set("refuse_write", KEY.number)
    bus = ready_invoice(sage, facts)

    assert bus.nWrite() == 0
    assert "period is closed" in bus.sLastErrorMsg
    assert rows("SELECT 1 FROM AP_InvoiceDetail WHERE InvoiceNo = 'INV-77'") == []


def test_a_header_that_fails_leaves_orphans_which_the_next_try_meets(
    sage: Sage, facts: CompanyFacts, faults: Faults, rows: Rows
) -> None:
    faults.set("header_fails_after_lines", "*")
    bus = ready_invoice(sage, facts)
    assert bus.nWrite() == 0
    assert rows("SELECT COUNT(*) FROM AP_InvoiceDetail WHERE InvoiceNo = 'INV-77'") == [(1,)]
    assert rows("SELECT 1 FROM AP_InvoiceHeader WHERE InvoiceNo = 'INV-77'") == []
    faults.clear()

    bus.nClear()
    assert begin(bus) == 2
    assert bus.oLines.nMoveFirst() == 1
    assert bus.nDelete() == 1
    assert rows("SELECT COUNT(*) FROM AP_InvoiceDetail WHERE InvoiceNo = 'INV-77'") == [(0,)]


def test_a_lost_reply_leaves_the_document_and_a_dead_server(
    sage: Sage, facts: CompanyFacts, faults: Faults, rows: Rows
) -> None:
    faults.set("lost_reply_after_write", KEY.number)
    bus = ready_invoice(sage, facts)

    with pytest.raises(RetryLater) as lost:
        bus.nWrite()
    assert lost.value.code == "sage-went-away"
    assert rows("SELECT InvoiceAmt FROM AP_InvoiceHeader WHERE InvoiceNo = 'INV-77'") == [(125.5,)]
    with pytest.raises(RetryLater):
        bus.nDelete()
    assert rows("SELECT InvoiceAmt FROM AP_InvoiceHeader WHERE InvoiceNo = 'INV-77'") == [(125.5,)]
