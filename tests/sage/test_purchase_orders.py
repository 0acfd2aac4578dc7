from datetime import date
from decimal import Decimal

import pytest

from app.domain.purchase_orders import OrderState, OrderType, PurchaseOrder
from app.errors import SkipItem
from app.sage.outcomes import Quarantined, Skipped


def order(sage, number="0010001", **changes):
    values = {
        "PurchaseOrderNo": number,
        "PurchaseOrderDate": "2026-03-01",
        "OrderType": "S",
        "OrderStatus": "O",
        "APDivisionNo": "01",
        "VendorNo": "0000123",
        "FreightAmt": "10",
        "SalesTaxAmt": "2.5",
    }
    sage.add("PO_PurchaseOrderHeader", **(values | changes))


def line(sage, number="0010001", key="000001", **changes):
    values = {
        "PurchaseOrderNo": number,
        "LineKey": key,
        "LineSeqNo": f"{int(key):014d}",
        "ItemCode": "WB-1",
        "ItemType": "1",
        "QuantityOrdered": "10",
        "UnitCost": "1.25",
        "ExtensionAmt": "12.5",
    }
    sage.add("PO_PurchaseOrderDetail", **(values | changes))


def receipt(sage, number="0010001", receipt_number="000001", sequence="000000", kind="G", day="2026-03-05", lines=None):
    key = {"PurchaseOrderNo": number, "ReceiptType": kind, "ReceiptNo": receipt_number, "HeaderSeqNo": sequence}
    sage.add("PO_ReceiptHistoryHeader", **key, ReceiptDate=day)
    for line_key, quantity in (lines or {}).items():
        sage.add("PO_ReceiptHistoryDetail", **key, LineKey=line_key, QuantityReceived=quantity)


def test_an_order_comes_with_its_lines_and_receipts(sage, company):
    order(sage)
    line(sage, key="000002", LineSeqNo="00000000000001")
    line(sage, key="000001", LineSeqNo="00000000000002")
    receipt(sage, receipt_number="000002", day="2026-03-09", lines={"000001": "4"})
    receipt(sage, receipt_number="000003", day="2026-03-05", lines={"000001": "1", "000002": "2.5"})
    (found,) = company().purchase_orders()
    assert isinstance(found, PurchaseOrder)
    assert (found.order_type, found.state) == (OrderType.STANDARD, OrderState.OPEN)
    assert [each.line_key for each in found.lines] == ["000002", "000001"]
    assert [each.number for each in found.receipts] == ["000003", "000002"]
    assert found.receipts[0].lines[1].quantity == Decimal("2.5")
    assert found.lines[0].unit_cost == Decimal("1.250000")
    assert found.total == Decimal("37.50")


def test_receipts_of_invoice_and_of_other_sequences_are_kept_apart(sage, company):
    order(sage)
    line(sage)
    receipt(sage, kind="I", lines={"000001": "9"})
    receipt(sage, sequence="000000", lines={"000001": "4"})
    receipt(sage, sequence="000001", lines={"000001": "-4"})
    (found,) = company().purchase_orders()
    assert [(each.sequence, each.lines[0].quantity) for each in found.receipts] == [
        ("000000", Decimal(4)),
        ("000001", Decimal(-4)),
    ]


def test_lines_go_to_their_own_order_even_beside_orders_that_are_left_out(sage, company):
    for number, kind in (("0010001", "M"), ("0010002", "S"), ("0010003", "S"), ("0010005", "D")):
        order(sage, number, OrderType=kind)
    for number in ("0010001", "0010002", "0010004", "0010005"):
        line(sage, number, ItemCode=number)
    found = list(company().purchase_orders())
    assert [(each.key if isinstance(each, Skipped) else each.number) for each in found] == [
        "0010001",
        "0010002",
        "0010003",
        "0010005",
    ]
    assert [[each.item_code for each in one.lines] for one in found[1:]] == [["0010002"], [], ["0010005"]]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("M", "master-order"),
        ("R", "repeating-order"),
        ("X", "material-requisition"),
        ("Q", "unknown-order-type"),
        ("", "unknown-order-type"),
    ],
)
def test_other_order_types_are_left_out_by_name(sage, company, kind, code):
    order(sage, OrderType=kind)
    (found,) = company().purchase_orders()
    assert (found.key, found.code) == ("0010001", code)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("N", OrderState.OPEN),
        ("O", OrderState.OPEN),
        ("B", OrderState.OPEN),
        ("C", OrderState.OPEN),
        ("X", OrderState.COMPLETE),
        ("Z", OrderState.CANCELLED),
    ],
)
def test_statuses_say_whether_an_order_is_open(sage, company, status, state):
    order(sage, OrderStatus=status)
    (found,) = company().purchase_orders()
    assert found.state is state


def test_an_unknown_status_is_left_out_by_name(sage, company):
    order(sage, OrderStatus="?")
    (found,) = company().purchase_orders()
    assert found.code == "unknown-order-status"


def test_one_unreadable_line_sets_the_whole_order_aside_and_no_other(sage, company):
    for number in ("0010001", "0010002"):
        order(sage, number)
        line(sage, number)
    line(sage, "0010001", "000099", QuantityOrdered="1O")
    bad, good = company().purchase_orders()
    assert bad == Quarantined("0010001", "PO_PurchaseOrderDetail", "QuantityOrdered", "1O", "This is not a number.")
    assert good.number == "0010002"


def test_an_order_whose_number_cleaning_would_change_is_set_aside_by_its_row(sage, company):
    order(sage, "0010001")
    order(sage, "0010001\x01", PurchaseName="Acme Tools")
    good, bad = company().purchase_orders()
    assert good.number == "0010001"
    assert bad.called == "0010001· Acme Tools"
    assert (bad.key, bad.raw) == ("row 2", "0010001\x01")


def test_orders_before_the_start_date_stay_out_and_undated_ones_do_not(sage, company):
    order(sage, "0010001", PurchaseOrderDate="2025-12-31")
    order(sage, "0010002", PurchaseOrderDate="2026-01-01")
    order(sage, "0010003", PurchaseOrderDate="")
    order(sage, "0010004", PurchaseOrderDate="2026-02-30")
    found = list(company(orders_from=date(2026, 1, 1)).purchase_orders())
    assert [each.number for each in found] == ["0010002", "0010003", "0010004"]
    assert [each.order_date for each in found] == [date(2026, 1, 1), None, None]


def test_lines_before_the_first_wanted_order_are_not_read(sage, company):
    for number, day in (("0010001", "2020-01-01"), ("0010002", "2026-01-01")):
        order(sage, number, PurchaseOrderDate=day)
        line(sage, number)
    list(company(orders_from=date(2026, 1, 1)).purchase_orders())
    lines = [values for sql, values in sage.statements if "FROM PO_PurchaseOrderDetail" in sql]
    assert lines == [("0010002",)]


def test_impossible_dates_are_no_date_and_are_counted(sage, company):
    order(sage, RequiredExpireDate="2026-02-30")
    opened = company()
    (found,) = opened.purchase_orders()
    assert found.required_date is None
    assert opened.bad_dates == {"PO_PurchaseOrderHeader.RequiredExpireDate": 1}


def test_without_receipt_history_orders_are_not_sent_half(sage, company):
    order(sage)
    sage.hidden.add("PO_ReceiptHistoryHeader")
    with pytest.raises(SkipItem) as caught:
        list(company().purchase_orders())
    assert caught.value.code == "table-not-accessible"


def test_the_ledger_finds_orders_as_they_are_now(sage, company):
    order(sage, "0010001")
    line(sage, "0010001")
    receipt(sage, "0010001", lines={"000001": "4"})
    order(sage, "0010002", OrderType="M")
    order(sage, "0010003", FreightAmt="x")
    opened = company()
    found = opened.ledger.purchase_orders(["0010001", "0010002", "0010003", "0010009"])
    assert list(found) == ["0010001", "0010002", "0010003"]
    assert found["0010001"].lines[0].item_code == "WB-1"
    assert found["0010001"].receipts[0].lines[0].quantity == Decimal(4)
    assert found["0010002"].code == "master-order"
    assert (found["0010003"].column, found["0010003"].raw) == ("FreightAmt", "x")


def test_without_the_order_module_the_ledger_finds_no_orders_and_says_so(sage, company):
    sage.hidden |= {"PO_PurchaseOrderHeader", "IM_Warehouse"}
    opened = company()
    assert opened.ledger.purchase_orders(["0010001"]) == {}
    assert opened.ledger.warehouses() == frozenset()
    assert sorted(opened.notes) == [
        "Purchase orders are not looked at: this Sage 100 shows no P/O module.",
        "Warehouses are not looked at: this Sage 100 shows no I/M module.",
    ]


def test_order_with_an_unreadable_status_is_found_as_unreadable(sage, company):
    order(sage, "0010003", OrderStatus=b"\xff")
    (found,) = company().ledger.purchase_orders(["0010003"]).values()
    assert (found.table, found.column) == ("PO_PurchaseOrderHeader", "OrderStatus")


@pytest.mark.parametrize("table", ["PO_ReceiptHistoryHeader", "PO_ReceiptHistoryDetail"])
@pytest.mark.parametrize("column", ["ReceiptNo", "HeaderSeqNo"])
def test_a_receipt_whose_number_is_misread_sets_its_order_aside_instead_of_losing_its_lines(
    sage, company, table, column
):
    for number in ("0010001", "0010002"):
        order(sage, number)
        line(sage, number)
        receipt(sage, number, lines={"000001": "4"})
    sage.database.execute(f"UPDATE {table} SET {column} = '0\x0700001' WHERE PurchaseOrderNo = '0010001'")
    bad, good = company().purchase_orders()
    assert isinstance(bad, Quarantined)
    assert (bad.key, bad.table, bad.column) == ("0010001", table, column)
    assert good.receipts[0].lines[0].quantity == Decimal(4)
