"""The port's methods against the sandbox's server, which checks every request against the contract."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.cloud.port import (
    CHANGED,
    DocumentKind,
    DocumentResult,
    Exported,
    LegalEntity,
    Move,
    Outcome,
    RecordedRun,
    RecordStatus,
    ShownDocument,
    SyncError,
    Unreadable,
)
from app.domain.codec import plain, restore
from app.domain.invoices import Invoice
from app.domain.lists import ListItem, ListName
from app.domain.payments import ImportKind, Payment, PaymentLine, SagePayment
from app.domain.purchase_orders import (
    OrderState,
    OrderType,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
)
from app.errors import BugError
from app.sandbox.server.defaults import filled

ITEM = ListItem("01-ACE", "Ace Paper Supply – “Öl”", True, {"terms": "00", "hold": False, "remit_to": None})
TAX = ListItem("DEFAULT", "Default", True, {"codes": [{"code": "CA", "rate": "7.250000"}]})

LINE = PurchaseOrderLine(
    line_key="000001",
    sequence="00000000000001",
    item_code="PAPER",
    item_type="1",
    description="Paper",
    unit="BOX",
    warehouse="000",
    account_key="000000012",
    ordered=Decimal("10.000000"),
    received=Decimal("4.000000"),
    invoiced=Decimal("0.000000"),
    backordered=Decimal("6.000000"),
    unit_cost=Decimal("21.350000"),
    extension=Decimal("213.50"),
)
ORDER = PurchaseOrder(
    number="0010042",
    order_type=OrderType.STANDARD,
    state=OrderState.OPEN,
    sage_status="O",
    order_date=date(2026, 11, 2),
    required_date=None,
    division="01",
    vendor_number="ACE",
    vendor_name="Ace Paper Supply",
    terms="00",
    warehouse="000",
    tax_schedule="DEFAULT",
    comment="",
    freight=Decimal("5.00"),
    sales_tax=Decimal("0.00"),
    lines=(LINE,),
    receipts=(Receipt("0000311", "0001", date(2026, 11, 9), (ReceiptLine("000001", Decimal("4.000000")),)),),
)
PAYMENT = SagePayment(
    key="A-0000010311-0",
    kind=ImportKind.RECORD,
    bank_code="A",
    check_number="0000010311",
    check_type="A",
    payment_date=date(2026, 11, 20),
    division="01",
    vendor_number="ACE",
    vendor_name="Ace Paper Supply",
    amount=Decimal("98.00"),
    cancels="",
    lines=(PaymentLine("I-1", Decimal("98.00"), Decimal("2.00")),),
)


def add(sandbox, kind, status, *ids, **fields):
    docs = [filled(kind, {"id": id_, **fields}) for id_ in ids]
    sandbox.state.add_documents(kind, docs, status, marked=True)
    return docs


def exported(id_, run="r-1"):
    return DocumentResult(f"{run}-{id_}", id_, "1", run, Outcome.EXPORTED, external_id=f"ABC:01-ACE:{id_}")


def test_the_legal_entities_are_those_of_the_client(cloud):
    assert cloud.legal_entities() == [LegalEntity("LE-1", "ABC Distribution", "USD")]


@pytest.mark.parametrize(("name", "item"), [(ListName.VENDOR, ITEM), (ListName.TAX, TAX)])
def test_list_items_come_back_as_they_were_sent(cloud, name, item):
    inactive = replace(item, key="ZZ", active=False)
    results = cloud.send_list(name, [inactive, item], "k-1")
    assert [(result.key, result.status) for result in results] == [
        ("ZZ", RecordStatus.ACCEPTED),
        (item.key, RecordStatus.ACCEPTED),
    ]
    assert list(cloud.list_items(name)) == [item, inactive]


def test_a_refused_record_keeps_its_reason_and_stops_no_other(cloud, sandbox):
    sandbox.fault("refuse_record", key="B")
    results = cloud.send_list(ListName.ITEM, [replace(ITEM, key=key) for key in "ABC"], "k-1")
    assert [result.status for result in results] == ["accepted", "refused", "accepted"]
    assert results[1].code == "refused-by-sandbox"
    assert results[1].message


def test_orders_come_back_as_they_were_sent(cloud):
    assert [result.status for result in cloud.send_orders([ORDER], "PO", "k-1")] == [RecordStatus.ACCEPTED]
    assert list(cloud.orders()) == [ORDER]


def test_an_order_without_a_channel_waits(cloud):
    (result,) = cloud.send_orders([ORDER], "PA", "k-1")
    assert (result.status, result.code) == (RecordStatus.WAITING, "no-approval-channel")


def test_payments_come_back_as_they_were_sent_and_can_be_cancelled(cloud, sandbox):
    add(sandbox, DocumentKind.INVOICE, "EX", "inv-1", number="I-1")
    void = replace(PAYMENT, key="A-0000010311-1", check_type="V", cancels=PAYMENT.key, lines=())
    results = cloud.send_payments([PAYMENT, void], "k-1")
    assert [result.status for result in results] == [RecordStatus.ACCEPTED, RecordStatus.ACCEPTED]
    assert list(cloud.imported_payments()) == [PAYMENT, void]
    assert sandbox.admin("GET", "/state")["imported_payments"] == {"IMPPayment": 1, "cancelled": 1}


def test_exported_invoices_are_known_by_their_key(cloud, sandbox):
    add(sandbox, DocumentKind.INVOICE, "EX", "inv-1", number="I-1")
    add(sandbox, DocumentKind.INVOICE, "A", "inv-2", number="I-2")
    assert list(cloud.known_invoices()) == [("01", "ACE", "I-1")]


def test_ready_documents_are_read_whole(cloud, sandbox):
    invoices = add(sandbox, DocumentKind.INVOICE, "A", "inv-1", amount="-12.50")
    payments = add(sandbox, DocumentKind.PAYMENT, "PD", "pay-1")
    assert list(cloud.ready_invoices()) == [restore(Invoice, doc) for doc in invoices]
    assert list(cloud.ready_payments()) == [restore(Payment, doc) for doc in payments]


def test_a_document_that_does_not_fit_is_named_and_stops_no_other(cloud, sandbox):
    add(sandbox, DocumentKind.INVOICE, "A", "inv-1", "inv-2", "inv-3")
    sandbox.fault("garble_document", key="inv-2")
    first, second, third = cloud.ready_invoices()
    assert (first.id, third.id) == ("inv-1", "inv-3")
    assert second == Unreadable("inv-2", "not a valid Invoice: “twelve” is not a number")


def test_results_lead_to_exported_with_its_run(cloud, sandbox):
    add(sandbox, DocumentKind.INVOICE, "A", "inv-1", "inv-2", amount="12.50")
    failed = DocumentResult(
        "r-1-2", "inv-2", "1", "r-1", Outcome.SYNC_ERROR, code="vendor-missing", message="No vendor."
    )
    results = cloud.send_results(DocumentKind.INVOICE, [exported("inv-1"), failed], "k-1")
    assert [result.status for result in results] == [RecordStatus.ACCEPTED, RecordStatus.ACCEPTED]
    shown = ShownDocument("inv-1", "EX", Decimal("12.50"), "ABC:01-ACE:inv-1", "r-1")
    assert list(cloud.documents_of_run(DocumentKind.INVOICE, "r-1")) == [shown]
    assert cloud.document(DocumentKind.INVOICE, "inv-1") == shown
    assert cloud.document(DocumentKind.INVOICE, "inv-2") == ShownDocument("inv-2", "SE", Decimal("12.50"), "", "")


def test_what_was_corrected_meanwhile_is_told_apart_and_stops_no_other(cloud, sandbox):
    add(sandbox, DocumentKind.INVOICE, "A", "inv-1", "inv-2")
    before = [invoice.revision for invoice in cloud.ready_invoices()]
    sandbox.admin("PATCH", "/invoices/inv-1", {"description": "Corrected"})
    results = cloud.send_results(DocumentKind.INVOICE, [exported("inv-1"), exported("inv-2")], "k-1")
    assert [(each.status, each.code) for each in results] == [("refused", CHANGED), ("accepted", "")]
    (now,) = cloud.ready_invoices()
    assert now.revision not in before
    again = replace(exported("inv-1", "r-2"), revision=now.revision)
    assert [each.status for each in cloud.send_results(DocumentKind.INVOICE, [again], "k-2")] == ["accepted"]


def test_a_document_without_a_revision_is_named_since_nothing_could_be_told_of_it(cloud, sandbox):
    add(sandbox, DocumentKind.INVOICE, "A", "inv-1")
    without = "UPDATE documents SET record = CAST(json_remove(record, '$.revision') AS BLOB)"
    sandbox.state.db.execute(without)
    (found,) = cloud.ready_invoices()
    assert found == Unreadable("inv-1", "not a valid Invoice: “revision” is missing")


def test_documents_are_moved_one_result_each(cloud, sandbox):
    add(sandbox, DocumentKind.INVOICE, "SE", "inv-1", "inv-2")
    add(sandbox, DocumentKind.INVOICE, "RS", "inv-3")
    moved = cloud.move(DocumentKind.INVOICE, ["inv-3", "inv-1"], Move.MARK_FOR_EXPORT, "r-1", "k-1")
    assert [(each.key, each.status, each.code) for each in moved] == [
        ("inv-3", RecordStatus.REFUSED, "status-not-fit"),
        ("inv-1", RecordStatus.ACCEPTED, ""),
    ]
    assert moved[0].message
    assert moved[0].fix
    external_ids = {"inv-1": "ABC:01-ACE:I-1"}
    cloud.move(DocumentKind.INVOICE, ["inv-1", "inv-2"], Move.MARK_AS_EXPORTED, "r-2", "k-2", external_ids)
    assert [cloud.document(DocumentKind.INVOICE, id_).external_id for id_ in ("inv-1", "inv-2")] == [
        "ABC:01-ACE:I-1",
        "",
    ]
    cloud.move(DocumentKind.INVOICE, ["inv-1"], Move.UNDO_EXPORT, "r-3", "k-3")
    assert cloud.document(DocumentKind.INVOICE, "inv-1").status == "A"


def test_a_move_whose_answer_was_lost_is_repeated_with_its_key(cloud, sandbox):
    add(sandbox, DocumentKind.PAYMENT, "SE", "pay-1")
    sandbox.fault("drop_after_commit", path=".*/moves")
    (moved,) = cloud.move(DocumentKind.PAYMENT, ["pay-1"], Move.MARK_AS_EXPORTED, "r-1", "k-1", {"pay-1": "ABC:1"})
    assert moved.status is RecordStatus.ACCEPTED
    assert len(sandbox.log("/moves")) == 2
    assert cloud.document(DocumentKind.PAYMENT, "pay-1").external_id == "ABC:1"


def test_exported_documents_are_read_whole_and_page_by_page(cloud, sandbox):
    ids = [f"inv-{number:04}" for number in range(501)]
    docs = add(sandbox, DocumentKind.INVOICE, "A", *ids)
    sandbox.state.add_documents(DocumentKind.PAYMENT, [filled(DocumentKind.PAYMENT, {"id": "p-1"})], "EX", marked=False)
    for start in (0, 500):
        cloud.send_results(DocumentKind.INVOICE, [exported(id_) for id_ in ids[start : start + 500]], f"k-{start}")
    assert list(cloud.exported(DocumentKind.INVOICE)) == [
        Exported(restore(Invoice, doc), f"ABC:01-ACE:{doc['id']}", "r-1") for doc in docs
    ]
    assert [each["count"] for each in sandbox.log("/exported")] == [500, 1]
    (payment,) = cloud.exported(DocumentKind.PAYMENT)
    assert (payment.document.id, payment.external_id, payment.run) == ("p-1", "", "")


def test_sync_errors_are_read_whole_with_their_reason(cloud, sandbox):
    (doc, _) = add(sandbox, DocumentKind.INVOICE, "A", "inv-1", "inv-2")
    sandbox.state.add_documents(DocumentKind.PAYMENT, [filled(DocumentKind.PAYMENT, {"id": "p-1"})], "SE", marked=True)
    failed = DocumentResult(
        "r-1-1", "inv-1", "1", "r-1", Outcome.SYNC_ERROR, code="vendor-missing", message="No vendor."
    )
    cloud.send_results(DocumentKind.INVOICE, [failed], "k-1")
    assert list(cloud.sync_errors(DocumentKind.INVOICE)) == [
        SyncError(restore(Invoice, doc), "vendor-missing", "No vendor.")
    ]
    (payment,) = cloud.sync_errors(DocumentKind.PAYMENT)
    assert (payment.document.id, payment.code, payment.message) == ("p-1", "", "")
    sandbox.fault("garble_document", key="inv-1")
    assert [each.id for each in cloud.sync_errors(DocumentKind.INVOICE)] == ["inv-1"]


def test_an_exported_document_that_does_not_fit_is_named(cloud, sandbox):
    add(sandbox, DocumentKind.INVOICE, "EX", "inv-1", "inv-2")
    sandbox.fault("garble_document", key="inv-1")
    first, second = cloud.exported(DocumentKind.INVOICE)
    assert first == Unreadable("inv-1", "not a valid Invoice: “twelve” is not a number")
    assert second.document.id == "inv-2"


def test_a_document_that_is_not_there_is_none(connect):
    assert connect().document(DocumentKind.PAYMENT, "pay-9") is None


def test_a_run_is_recorded_and_replaced(cloud, sandbox):
    started, finished = datetime(2026, 11, 24, 7, 30, tzinfo=UTC), datetime(2026, 11, 24, 7, 31, 5, 99, tzinfo=UTC)
    cloud.record_run("r-1", started, None, {})
    cloud.record_run("r-1", started, finished, {"sent": 3, "amount": Decimal("12.50")})
    assert sandbox.admin("GET", "/state")["sync_runs"] == 1
    assert list(cloud.runs()) == [RecordedRun("r-1", started, finished, {"sent": 3, "amount": "12.50"})]


def test_a_time_without_a_zone_is_a_bug(connect):
    with pytest.raises(BugError) as caught:
        connect().record_run("r-1", datetime(2026, 11, 24, 7, 30), None, {})  # noqa: DTZ001
    assert "started" in caught.value.detail


def test_long_lists_are_read_page_by_page(cloud, sandbox):
    items = [replace(ITEM, key=f"{number:05}") for number in range(1100)]
    for start in range(0, len(items), cloud.max_batch):
        cloud.send_list(ListName.VENDOR, items[start : start + cloud.max_batch], f"k-{start}")
    assert list(cloud.list_items(ListName.VENDOR)) == items
    assert [each["count"] for each in sandbox.log("/items")] == [500, 500, 100]


def test_the_wire_shape_is_the_domain_s_own(cloud, sandbox):
    cloud.send_orders([ORDER], "PO", "k-1")
    assert sandbox.admin("GET", "/purchase-orders")["items"][0]["order"] == plain(ORDER)
