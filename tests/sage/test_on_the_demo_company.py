"""Readers, ledger and writers against the demo's Sage company, through its ODBC and its Business Objects."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.invoices import Destination, InvoiceKey, InvoiceLine
from app.domain.lists import ListItem, ListName
from app.domain.payments import CheckKey, SagePayment
from app.domain.purchase_orders import PurchaseOrder
from app.errors import NeedsUser, RetryLater, SkipItem
from app.sage import entries
from app.sage.found import Place, UnpostedEntry, UnpostedUse
from app.sage.outcomes import Quarantined, Skipped
from tests.sage.demo_world import World


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


@pytest.mark.parametrize("name", list(ListName))
def test_every_list_arrives_in_key_order_with_its_bad_records_set_aside(world, name):
    with world.company() as company:
        found = list(company.list_items(name))
    keys = [each.key for each in found if isinstance(each, ListItem)]
    assert keys == sorted(set(keys))
    assert keys
    assert all(isinstance(each, ListItem | Quarantined) for each in found)
    assert sum(isinstance(each, Quarantined) for each in found) <= 1


def test_odd_but_sound_records_are_cleaned_and_counted(world):
    with world.company() as company:
        items = {each.key: each for each in company.list_items(ListName.ITEM)}
        vendors = list(company.list_items(ListName.VENDOR))
        assert items["PEINT-01"].description == "Peinture sécurité jaune"
        assert items["wb-220a"].active
        assert all(each.description.isprintable() for each in vendors if isinstance(each, ListItem))
        assert company.dropped["CI_Item.ItemCodeDesc"] > 0


def test_orders_arrive_whole_and_those_left_out_say_why(world):
    with world.company() as company:
        found = list(company.purchase_orders())
    orders = {each.number: each for each in found if isinstance(each, PurchaseOrder)}
    for fact in world.facts.orders:
        order = orders[fact.number]
        assert (order.division, order.vendor_number, order.state) == (fact.division, fact.vendor_number, fact.state)
        assert (order.receipts, order.freight, order.sales_tax) == (fact.receipts, fact.freight, fact.sales_tax)
        assert [(line.line_key, line.ordered, line.invoiced, line.unit_cost) for line in order.lines] == [
            (line.line_key, line.ordered, line.invoiced, line.unit_cost) for line in fact.lines
        ]
    assert {each.code for each in found if isinstance(each, Skipped)} == {
        "master-order",
        "repeating-order",
        "material-requisition",
        "unknown-order-type",
    }
    (bad,) = [each for each in found if isinstance(each, Quarantined)]
    assert (bad.table, bad.raw) == ("PO_PurchaseOrderDetail", "1O")


def test_the_ledger_sees_an_order_as_the_import_does(world):
    with world.company() as company:
        imported = {each.number: each for each in company.purchase_orders() if isinstance(each, PurchaseOrder)}
        assert company.ledger.purchase_orders(list(imported)) == imported


def test_payments_pay_invoices_of_history_and_voids_cancel_them(world):
    with world.company() as company:
        found = list(company.payments())
    payments = {each.key: each for each in found if isinstance(each, SagePayment)}
    cancelled = {each.cancels for each in payments.values() if each.cancels}
    assert cancelled
    assert cancelled <= set(payments)
    assert not any(line.invoice_number.startswith("CK") for each in payments.values() for line in each.lines)
    undone = {f"{fact.key.bank_code}-{fact.key.check_number}-000000" for fact in world.facts.checks if fact.undone}
    assert undone == cancelled
    assert {each.code for each in found if isinstance(each, Skipped)} == {"zero-check"}


def test_the_ledger_knows_where_invoices_stand(world):
    posted, unposted = world.facts.posted_invoices[0], world.facts.unposted_invoices[0]
    open_ = world.facts.open_invoices[0]
    with world.company() as company:
        found = company.ledger.invoices([posted.key, unposted.key, open_.key])
        balances = company.ledger.open_invoices([open_.key, unposted.key])
    assert Place.HISTORY in [each.place for each in found[posted.key]]
    assert [(each.place, each.batch) for each in found[unposted.key]] == [(Place.INVOICE_ENTRY, unposted.batch)]
    assert {each.place for each in found[open_.key]} == {Place.OPEN, Place.HISTORY}
    assert {key: each.balance for key, each in balances.items()} == {open_.key: open_.balance}


def test_a_written_invoice_is_read_back_as_it_was_sent(world):
    invoice = world.invoice()
    written = world.write(invoice)
    (found,) = world.found(invoice.key)
    assert (found.place, found.batch) == (Place.INVOICE_ENTRY, written.batch)
    assert (found.amount, found.invoice_date, found.comment) == (
        invoice.amount,
        invoice.invoice_date,
        invoice.description,
    )
    assert [(line.account_key, line.amount) for line in found.lines] == [
        (line.account_key, line.amount) for line in invoice.lines
    ]
    assert found.carries("inv-000123")
    assert world.rows(
        "SELECT InvoiceDueDate, FreightAmt, SalesTaxAmt FROM AP_InvoiceHeader WHERE InvoiceNo = ?", invoice.number
    ) == [("2026-04-01", 10, 5.25)]


def test_a_credit_note_is_an_invoice_with_negative_amounts(world):
    credit = world.invoice(
        amount=Decimal("-60.10"),
        freight=Decimal(0),
        tax=Decimal(0),
        lines=(InvoiceLine(1, world.facts.expense_accounts[0].key, Decimal("-60.10")),),
    )
    world.write(credit)
    (found,) = world.found(credit.key)
    assert found.amount == Decimal("-60.10")


def test_the_hold_of_the_vendor_stays_in_force(world):
    vendor = next(each for each in world.facts.active_vendors if each.hold)
    invoice = world.invoice(division=vendor.division, vendor_number=vendor.number, hold=False)
    world.write(invoice)
    assert world.rows("SELECT HoldPayment FROM AP_InvoiceHeader WHERE InvoiceNo = ?", invoice.number) == [("Y",)]


def test_a_receipt_of_invoice_is_read_back_with_what_it_bills(world):
    invoice = world.received()
    written = world.write(invoice)
    (found,) = world.found(invoice.key)
    assert (found.place, found.batch, found.entry_number) == (
        Place.RECEIPT_OF_INVOICE,
        written.batch,
        written.entry_number,
    )
    assert found.amount == invoice.amount
    assert sorted(line.amount for line in found.lines if line.amount) == sorted(line.amount for line in invoice.lines)
    assert found.carries("inv-000123")
    with world.company() as company:
        billed = company.ledger.unposted_billed([invoice.purchase_order])
    entry = UnpostedEntry(written.entry_number, written.batch)
    assert billed == {
        (invoice.purchase_order, line.po_line_key): UnpostedUse(line.quantity, (entry,))
        for line in invoice.lines
        if line.po_line_key
    }


def test_a_written_check_is_read_back_as_it_was_sent(world):
    payment, check = world.payment(), CheckKey("A", "QP00000001")
    with world.writer() as writer:
        batch = writer.select_batch(Destination.MANUAL_CHECK, "AP Bridge run-1")
        assert writer.write_check(payment, check, comment="pay-000007", batch=batch).batch == batch
    with world.company() as company:
        (found,) = company.ledger.checks([check])[check]
    assert (found.place, found.batch, found.amount) == (Place.MANUAL_CHECK, batch, payment.amount)
    assert (found.division, found.vendor_number) == (payment.division, payment.vendor_number)
    assert [(line.invoice_number, line.amount) for line in found.lines] == [
        (payment.lines[0].invoice_number, payment.lines[0].amount)
    ]
    assert found.carries("pay-000007")
    (line,) = payment.lines
    key = InvoiceKey(payment.division, payment.vendor_number, line.invoice_number)
    with world.company() as company:
        paid = company.ledger.unposted_paid([key])
    assert paid == {key: UnpostedUse(line.amount + line.discount, (UnpostedEntry(check.check_number, batch),))}


def test_where_batches_are_off_none_is_made(world):
    world.change("UPDATE AP_Options SET InvoiceBatchEntry = 'N'")
    with world.company() as company:
        assert company.ledger.batches_on(Destination.INVOICE_ENTRY) is False
        assert company.ledger.batches_on(Destination.RECEIPT_OF_INVOICE) is True
    assert world.write(world.invoice()).batch == ""
    assert world.found(world.invoice().key)[0].batch == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"terms": "9Z"},
        {"amount": Decimal("1.00")},
        {"vendor_number": "9999999"},
        {"number": "N" * 21},
        {"lines": (InvoiceLine(1, "999999999", Decimal("100.10")),)},
    ],
)
def test_a_refused_invoice_leaves_nothing_and_the_next_one_goes(world, changes):
    headers = world.rows("SELECT COUNT(*) FROM AP_InvoiceHeader")
    lines = world.rows("SELECT COUNT(*) FROM AP_InvoiceDetail")
    refused = world.invoice(**changes)
    with world.writer() as writer:
        batch = writer.select_batch(Destination.INVOICE_ENTRY, "AP Bridge run-1")
        with pytest.raises(SkipItem) as caught:
            writer.write_invoice(refused, comment="", line_comments=[""] * len(refused.lines), batch=batch)
        assert caught.value.code == "sage-refused"
        assert world.rows("SELECT COUNT(*) FROM AP_InvoiceHeader") == headers
        assert world.rows("SELECT COUNT(*) FROM AP_InvoiceDetail") == lines
        good = world.invoice("QP-1002")
        writer.write_invoice(good, comment="", line_comments=["", ""], batch=batch)
    assert len(world.found(good.key)) == 1


def test_no_invoice_number_is_entered_twice(world):
    invoice = world.invoice()
    world.write(invoice)
    with pytest.raises(SkipItem) as caught:
        world.write(replace(invoice, amount=Decimal("200.00"), freight=Decimal("94.65")))
    assert caught.value.code == "already-in-sage"
    (found,) = world.found(invoice.key)
    assert found.amount == invoice.amount


def test_a_posted_invoice_is_not_adjusted(world):
    posted = world.facts.posted_invoices[0].key
    with pytest.raises(SkipItem) as caught:
        world.write(world.invoice(posted.number, division=posted.division, vendor_number=posted.vendor_number))
    assert caught.value.code == "already-in-sage"
    assert Place.INVOICE_ENTRY not in [each.place for each in world.found(posted)]


@pytest.mark.parametrize("make", ["invoice", "received"])
def test_lines_that_sage_keeps_of_a_failed_header_are_taken_out(world, make):
    invoice = getattr(world, make)()
    tables = ("AP_InvoiceDetail", "PO_ReceiptDetail")
    before = [world.rows(f"SELECT COUNT(*) FROM {table}") for table in tables]
    world.faults.set("header_fails_after_lines", invoice.number)
    with pytest.raises(SkipItem):
        world.write(invoice)
    world.faults.clear()
    assert [world.rows(f"SELECT COUNT(*) FROM {table}") for table in tables] == before
    assert world.found(invoice.key) == ()


def test_after_a_lost_answer_the_ledger_finds_what_was_written(world):
    invoice = world.invoice()
    world.faults.set("lost_reply_after_write", invoice.number)
    with pytest.raises(RetryLater) as caught:
        world.write(invoice)
    assert caught.value.code == "sage-went-away"
    world.faults.clear()
    (found,) = world.found(invoice.key)
    assert (found.amount, found.carries("inv-000123")) == (invoice.amount, True)


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("wrong_password", NeedsUser, "sage-logon-refused"),
        ("single_user_mode", RetryLater, "sage-single-user"),
        ("no_external_access", NeedsUser, "sage-company-refused"),
        ("no_licence", RetryLater, "sage-no-licence"),
    ],
)
def test_when_sage_lets_nobody_in_the_reason_is_named(world, fault, kind, code):
    world.faults.set(fault, True)
    with pytest.raises(kind) as caught:
        world.write(world.invoice())
    assert caught.value.code == code
    if fault != "no_licence":
        with pytest.raises(kind) as caught:
            world.company()
        assert caught.value.code == code


def test_a_table_that_is_not_accessible_stops_its_list_only(world):
    world.faults.set("table_missing", ["CI_Item"])
    with world.company() as company:
        with pytest.raises(SkipItem) as caught:
            list(company.list_items(ListName.ITEM))
        assert caught.value.code == "table-not-accessible"
        assert list(company.list_items(ListName.VENDOR))


def test_a_bill_that_somebody_saves_while_ours_is_being_entered_stays_as_it_is(world, monkeypatch):
    invoice = world.invoice("QP-77")
    enter = entries.enter_invoice

    def enter_and_be_overtaken(*values):
        enter(*values)
        world.change(
            "INSERT INTO AP_InvoiceHeader (APDivisionNo, VendorNo, InvoiceNo, InvoiceDate, InvoiceAmt, BatchNo,"
            " Comment) VALUES (?, ?, ?, '2026-02-20', 55.55, '00001', 'Typed by Mary')",
            *invoice.key,
        )
        world.change(
            "INSERT INTO AP_InvoiceDetail (APDivisionNo, VendorNo, InvoiceNo, LineKey, LineSeqNo, AccountKey,"
            " DistributionAmt, CommentText) VALUES (?, ?, ?, '000001', '00000000000001', ?, 55.55, 'Mary')",
            *invoice.key,
            invoice.lines[0].account_key,
        )

    monkeypatch.setattr(entries, "enter_invoice", enter_and_be_overtaken)
    with world.writer() as writer:
        batch = writer.select_batch(Destination.INVOICE_ENTRY, "AP Bridge run-1")
        with pytest.raises(SkipItem) as caught:
            writer.write_invoice(invoice, comment="", line_comments=("", ""), batch=batch)
    assert caught.value.code == "already-in-sage"
    (found,) = world.found(invoice.key)
    assert (found.amount, found.comment) == (Decimal("55.55"), "Typed by Mary")
    assert [line.comment for line in found.lines] == ["Mary"]
