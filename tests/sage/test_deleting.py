"""Deleting what AP Bridge wrote: whole, and only as long as Sage still has it as it was entered."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.invoices import Destination
from app.domain.payments import CheckKey
from app.errors import NeedsUser, RetryLater, SkipItem
from tests.sage.demo_world import World

CHECK = CheckKey("A", "QP00000001")


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def comments(invoice):
    return ["inv-000123", *[""] * (len(invoice.lines) - 1)]


def delete(world, invoice, written):
    with world.writer() as writer:
        entered = {"comment": invoice.description[:40], "line_comments": comments(invoice), "batch": written.batch}
        if invoice.destination is Destination.RECEIPT_OF_INVOICE:
            writer.delete_receipt_of_invoice(written.entry_number, invoice, **entered)
        else:
            writer.delete_invoice(invoice, **entered)


def stored(world):
    tables = ("AP_InvoiceHeader", "AP_InvoiceDetail", "PO_ReceiptHeader", "PO_ReceiptDetail")
    return {table: world.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4") for table in tables}


FULL = {"tax_schedule": "", "discount_date": date(2026, 3, 1), "separate_cheque": True, "hold": True, "due_date": None}


@pytest.mark.parametrize("make", ["invoice", "received"])
@pytest.mark.parametrize("changes", [{}, FULL, {"description": "Überlänge – 40 characters and a few more than that"}])
def test_what_is_unchanged_is_deleted_with_its_lines_and_nothing_else_is(world, make, changes):
    before = stored(world)
    invoice = replace(getattr(world, make)(), **changes)
    written = world.write(invoice)
    assert stored(world) != before
    delete(world, invoice, written)
    assert stored(world) == before


def test_a_credit_note_is_deleted(world):
    invoice = world.invoice()
    lines = tuple(replace(line, amount=-line.amount) for line in invoice.lines)
    invoice = replace(invoice, amount=-invoice.amount, freight=-invoice.freight, tax=-invoice.tax, lines=lines)
    written = world.write(invoice)
    delete(world, invoice, written)
    assert world.found(invoice.key) == ()


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            "UPDATE AP_InvoiceHeader SET InvoiceAmt = 120.35",
            "Invoice amount: AP Bridge wrote 115.35, Sage has 120.35",
        ),
        ("UPDATE AP_InvoiceHeader SET InvoiceDate = '2026-02-21'", "Invoice date: AP Bridge wrote 2026-02-20, Sage"),
        ("UPDATE AP_InvoiceHeader SET InvoiceDueDate = '2026-05-01'", "Due date: AP Bridge wrote 2026-04-01, Sage"),
        ("UPDATE AP_InvoiceHeader SET Comment = 'Ask Jo'", "Comment: AP Bridge wrote “Freight and pallets”, Sage has"),
        ("UPDATE AP_InvoiceHeader SET SeparateCheck = 'Y'", "Separate check: AP Bridge wrote “N”, Sage has “Y”"),
        ("UPDATE AP_InvoiceDetail SET DistributionAmt = 1 WHERE LineKey = '000001'", "Line 1, amount: AP Bridge wrote"),
        ("UPDATE AP_InvoiceDetail SET CommentText = '' WHERE LineKey = '000001'", "“inv-000123”, Sage has nothing"),
        ("UPDATE AP_InvoiceDetail SET CommentText = 'Mine' WHERE LineKey = '000002'", "wrote nothing, Sage has “Mine”"),
        ("UPDATE AP_InvoiceDetail SET JobNo = 'J1' WHERE LineKey = '000002'", "Line 2, job: AP Bridge wrote nothing"),
        (
            "UPDATE AP_InvoiceHeader SET PrepaidCheckNo = '4711'",
            "Prepaid check: AP Bridge wrote nothing, Sage has “4711”",
        ),
        ("DELETE FROM AP_InvoiceDetail WHERE LineKey = '000002'", "Line 2: AP Bridge wrote it, Sage has nothing"),
        ("UPDATE AP_InvoiceDetail SET LineSeqNo = '0000000000000' || (9 - LineSeqNo)", "Line 1, account: AP Bridge"),
    ],
)
def test_what_somebody_edited_is_left_alone_and_both_values_are_named(world, edit, said):
    invoice = world.invoice()
    written = world.write(invoice)
    where = f"InvoiceNo = '{invoice.number}'"
    world.change(f"{edit} {'AND' if 'WHERE' in edit else 'WHERE'} {where}")
    edited = stored(world)
    with pytest.raises(SkipItem) as caught:
        delete(world, invoice, written)
    assert caught.value.code == "changed-in-sage"
    assert said in caught.value.message
    assert stored(world) == edited


@pytest.mark.parametrize("make", ["invoice", "received"])
@pytest.mark.parametrize(
    "stamp",
    [
        "TimeUpdated = TimeCreated + 0.01",
        "UserUpdatedKey = '0000000042'",
        "DateUpdated = '2099-01-01'",
        "TimeUpdated = 'x'",
    ],
)
def test_what_was_saved_again_is_left_alone_whichever_value_was_changed(world, make, stamp):
    invoice = getattr(world, make)()
    written = world.write(invoice)
    table = "PO_ReceiptHeader" if invoice.purchase_order else "AP_InvoiceHeader"
    world.change(f"UPDATE {table} SET HoldPayment = 'Y', {stamp} WHERE InvoiceNo = '{invoice.number}'")
    edited = stored(world)
    with pytest.raises(SkipItem) as caught:
        delete(world, invoice, written)
    assert caught.value.code == "changed-in-sage"
    assert "Sage has it as it was saved again on 20" in caught.value.message
    assert stored(world) == edited


@pytest.mark.parametrize(
    "stamps", ["TimeUpdated = TimeCreated + 0.001", "DateUpdated = NULL, TimeUpdated = '', UserUpdatedKey = ''"]
)
def test_the_stamps_of_one_save_and_those_that_sage_does_not_tell_keep_nothing(world, stamps):
    invoice = world.invoice()
    written = world.write(invoice)
    world.change(f"UPDATE AP_InvoiceHeader SET {stamps} WHERE InvoiceNo = '{invoice.number}'")
    delete(world, invoice, written)
    assert world.found(invoice.key) == ()


def test_a_line_that_somebody_added_keeps_the_invoice(world):
    invoice = world.invoice()
    written = world.write(invoice)
    world.change(
        "INSERT INTO AP_InvoiceDetail (APDivisionNo, VendorNo, InvoiceNo, LineKey, LineSeqNo, AccountKey)"
        " VALUES (?, ?, ?, '000003', '00000000000003', '000000001')",
        *invoice.key,
    )
    with pytest.raises(SkipItem) as caught:
        delete(world, invoice, written)
    assert "Line 3: AP Bridge wrote nothing, Sage has a line" in caught.value.message


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("UPDATE PO_ReceiptDetail SET QuantityInvoiced = 2 WHERE QuantityInvoiced = 1", "quantity invoiced: AP Bridge"),
        ("UPDATE PO_ReceiptDetail SET UnitCost = UnitCost + 1 WHERE QuantityInvoiced = 1", "unit cost: AP Bridge"),
        (
            "UPDATE PO_ReceiptDetail SET ExtensionAmt = 8 WHERE ItemType = '3' AND ExtensionAmt = 9.5",
            "wrote 9.50, Sage",
        ),
        ("DELETE FROM PO_ReceiptDetail WHERE QuantityInvoiced = 1", "A line of the order: AP Bridge wrote"),
    ],
)
def test_an_edited_receipt_of_invoice_is_left_alone(world, edit, said):
    invoice = world.received()
    written = world.write(invoice)
    world.change(f"{edit} AND ReceiptType = 'I' AND ReceiptNo = '{written.entry_number}'")
    edited = stored(world)
    with pytest.raises(SkipItem) as caught:
        delete(world, invoice, written)
    assert said in caught.value.message
    assert stored(world) == edited


@pytest.mark.parametrize("make", ["invoice", "received"])
def test_what_is_not_there_any_more_is_told(world, make):
    invoice = getattr(world, make)()
    written = world.write(invoice)
    delete(world, invoice, written)
    with pytest.raises(SkipItem) as caught:
        delete(world, invoice, written)
    assert caught.value.code == "gone-in-sage"


def test_a_batch_that_is_gone_is_about_the_document_and_not_about_the_run(world):
    invoice = world.invoice()
    written = world.write(invoice)
    world.change("DELETE FROM AP_Batch")
    with pytest.raises(SkipItem) as caught:
        delete(world, invoice, written)
    assert caught.value.code == "gone-in-sage"
    assert written.batch in caught.value.message
    assert len(world.found(invoice.key)) == 1


def test_where_batches_are_off_none_is_asked_for(world):
    world.change("UPDATE AP_Options SET InvoiceBatchEntry = 'N'")
    invoice = world.invoice()
    written = world.write(invoice, "")
    delete(world, invoice, written)
    assert world.found(invoice.key) == ()


def test_a_deletion_that_sage_refuses_is_told_in_sages_words(world):
    invoice = world.invoice()
    written = world.write(invoice)
    world.faults.set("refuse_delete", invoice.number)
    with pytest.raises(SkipItem) as caught:
        delete(world, invoice, written)
    assert caught.value.code == "not-deleted"
    assert "being printed" in caught.value.message
    assert len(world.found(invoice.key)) == 1


@pytest.mark.parametrize("make", ["invoice", "received"])
def test_lines_that_outlive_their_header_are_deleted_as_well(world, make):
    before = stored(world)
    invoice = getattr(world, make)()
    written = world.write(invoice)
    world.faults.set("lines_outlive_delete", invoice.number)
    delete(world, invoice, written)
    assert stored(world) == before


def test_a_lost_answer_to_a_deletion_is_for_the_next_look(world):
    invoice = world.invoice()
    written = world.write(invoice)
    world.faults.set("lost_reply_after_delete", invoice.number)
    with pytest.raises(RetryLater) as caught:
        delete(world, invoice, written)
    assert caught.value.code == "sage-went-away"
    assert world.found(invoice.key) == ()


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("single_user_mode", RetryLater, "sage-single-user"),
        ("no_external_access", NeedsUser, "sage-company-refused"),
    ],
)
def test_when_sage_lets_nobody_in_nothing_is_deleted(world, fault, kind, code):
    invoice = world.invoice()
    written = world.write(invoice)
    world.faults.set(fault, True)
    with pytest.raises(kind) as caught:
        delete(world, invoice, written)
    assert caught.value.code == code
    world.faults.clear()
    assert len(world.found(invoice.key)) == 1


def write_check(world, payment):
    with world.writer() as writer:
        batch = writer.select_batch(Destination.MANUAL_CHECK, "AP Bridge run-1")
        return writer.write_check(payment, CHECK, comment="pay-000007", batch=batch)


def test_a_check_is_deleted_and_its_number_is_free_again(world):
    payment = world.payment()
    written = write_check(world, payment)
    with world.writer() as writer:
        writer.delete_check(payment, CHECK, comment="pay-000007", batch=written.batch)
    assert world.rows("SELECT * FROM AP_ManualCheckDetail WHERE CheckNo = ?", CHECK.check_number) == []
    write_check(world, payment)
    with world.company() as company:
        assert company.ledger.checks([CHECK])[CHECK][0].amount == Decimal("12.34")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("UPDATE AP_ManualCheckHeader SET CheckAmt = 13", "Check amount: AP Bridge wrote 12.34, Sage has 13.00"),
        ("UPDATE AP_ManualCheckHeader SET CheckType = 'V'", "Check type: AP Bridge wrote “N”, Sage has “V”"),
        (
            "UPDATE AP_ManualCheckDetail SET Comment = 'Mine'",
            "Line 1, comment: AP Bridge wrote nothing, Sage has “Mine”",
        ),
        ("UPDATE AP_ManualCheckDetail SET DiscountAmt = 0", "Line 1, discount: AP Bridge wrote 0.66, Sage has 0.00"),
    ],
)
def test_an_edited_check_is_left_alone(world, edit, said):
    payment = world.payment()
    written = write_check(world, payment)
    world.change(f"{edit} WHERE CheckNo = '{CHECK.check_number}'")
    with world.writer() as writer, pytest.raises(SkipItem) as caught:
        writer.delete_check(payment, CHECK, comment="pay-000007", batch=written.batch)
    assert said in caught.value.message
    with world.company() as company:
        assert len(company.ledger.checks([CHECK])[CHECK]) == 1
