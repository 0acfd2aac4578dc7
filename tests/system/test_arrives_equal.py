"""Everything in Sage arrives in Quadient AP equal, field by field, to an independent reading of the company's file."""

from typing import Any

from tests.system.commands import Program, change_sage, rows
from tests.system.plain_reading import Reading, differences, read_cloud, should_be_there

# What the demo company holds of everything that needs a rule. Without one of them the comparison proves less.
SPECIAL = {
    # lists
    "vendor of status A", "vendor of status I", "vendor of status T", "vendor of status Z",
    "vendor with hold", "vendor with separate_cheque", "vendor with uses_receipt_of_invoice",
    "account of status A", "account of status I", "account of status D",
    "item, inactive Y", "item, inactive N",
    "warehouse of status “A”", "warehouse of status “I”", "warehouse of status “R”", "warehouse of status “”",
    "tax rate",
    # values
    "padded text", "odd byte", "unprintable character", "line break or tab", "blank code",
    "blank date", "1753 date", "impossible date", "unreadable number",
    # orders
    "order of type S", "order of type D",
    "order of status N", "order of status O", "order of status B", "order of status C",
    "closed order of status X left out", "closed order of status Z left out",
    "order type M left out", "order type R left out", "order type X left out", "order type Q left out",
    "order line of type 1", "order line of type 2", "order line of type 3", "order line of type 4",
    "order line of type 5", "back-ordered line",
    "first receipt of an order", "second receipt of an order", "receipt that is not of goods left out",
    # payments
    "check of type A", "check of type C", "check of type M", "void", "reversal", "zero check",
    "undone before it went", "payment for the record", "payment for the workflow",
    "payment for the workflow that waits", "payment of other invoices only left out",
    "line of another invoice left out", "line with a discount",
}  # fmt: skip

# What happens in Sage after the first sync.
LATER = {
    "order of status X", "order of status Z", "deleted order", "deleted order line", "deleted list record",
    "cancellation",
}  # fmt: skip

MISTYPED = (
    "UPDATE PO_PurchaseOrderDetail SET QuantityReceived = '1O' WHERE PurchaseOrderNo = '0010002' AND LineKey = '000002'"
)


def synced(program: Program, *options: str) -> dict[str, Any]:
    """Sync; return the run's summary."""
    ended = program.run("sync", "--json", *options)
    assert ended.code == 1, ended.sentence  # the company holds records that need somebody
    summary: dict[str, Any] = ended.event("run_finished")["summary"]
    return summary


def assert_special(reading: Reading, wanted: set[str]) -> None:
    """Fail when the company lacks something that the comparison is to be tried on."""
    assert {name for name in wanted if not reading.seen[name]} == set()


def test_every_list_order_and_payment_arrives_as_sage_has_it(program: Program, world: dict[str, Any]) -> None:
    change_sage(world, MISTYPED)
    reading = should_be_there(world)
    assert_special(reading, SPECIAL)
    assert differences(read_cloud(world), reading.cloud) != []

    summary = synced(program)

    cloud = read_cloud(world)
    assert differences(cloud, reading.cloud) == []
    for name, records in reading.cloud.lists.items():
        assert summary[name]["new"] == len(records) == len(cloud.lists[name])
        assert len(records) >= 2
    assert summary["orders"]["new"] == len(cloud.orders) >= 30
    assert summary["sage_payments"]["new"] == len(cloud.payments) >= 20
    assert summary["sage_payments"]["lines left out"] == reading.seen["line of another invoice left out"]
    # Set aside: a vendor and an item without a code, an order with a letter in a quantity.
    assert sorted(reading.unreadable) == ["AP_Vendor", "CI_Item", "PO_PurchaseOrder 0010002"]
    assert [summary[name]["failed"] for name in ("vendor", "item")] == [1, 1]
    assert sum(summary[name]["failed"] for name in reading.cloud.lists) == 2
    set_aside = "SELECT key FROM checkpoints WHERE list = 'purchase_order' AND state = 'quarantined'"
    assert ("0010002",) in rows(program.home / "store.sqlite", set_aside)


def test_counts_in_sage_are_those_in_the_cloud(program: Program, world: dict[str, Any]) -> None:
    synced(program)

    cloud, file = read_cloud(world), world["sage"]["file"]
    for name, table in (
        ("division", "AP_Division"),
        ("gl_account", "GL_Account"),
        ("unit_measure", "CI_UnitOfMeasure"),
        ("warehouse", "IM_Warehouse"),
        ("bank_account", "GL_Bank"),
        ("tax", "SY_SalesTaxSchedule"),
        ("vendor", "AP_Vendor WHERE VendorNo <> ''"),
        ("item", "CI_Item WHERE ItemCode <> ''"),
    ):
        assert rows(file, f"SELECT COUNT(*) FROM {table}") == [(len(cloud.lists[name]),)], name
    open_orders = "FROM PO_PurchaseOrderHeader WHERE OrderType IN ('S', 'D') AND OrderStatus IN ('N', 'O', 'B', 'C')"
    sound = "PurchaseOrderNo NOT IN (SELECT PurchaseOrderNo FROM PO_PurchaseOrderDetail WHERE QuantityOrdered = '1O')"
    assert rows(file, f"SELECT COUNT(*) {open_orders} AND {sound}") == [(len(cloud.orders),)]
    for table, what in (
        ("PO_PurchaseOrderDetail WHERE TRUE", "lines"),
        ("PO_ReceiptHistoryHeader WHERE ReceiptType = 'G'", "receipts"),
    ):
        in_sage = (
            f"SELECT COUNT(*) FROM {table} AND {sound} AND PurchaseOrderNo IN (SELECT PurchaseOrderNo {open_orders})"
        )
        assert rows(file, in_sage) == [(sum(len(order[what]) for order in cloud.orders.values()),)], what


def test_what_sage_does_later_arrives_too(program: Program, world: dict[str, Any]) -> None:
    synced(program)
    before = read_cloud(world)
    open_orders = sorted(number for number, order in before.orders.items() if order["state"] == "open")
    received = next(number for number in reversed(open_orders) if before.orders[number]["receipts"])
    closed, cancelled, deleted, shortened, reopened = open_orders[:5]
    records = [key for key, payment in before.payments.items() if payment["kind"] == "IMPPayment"]
    workflow = [key for key, payment in before.payments.items() if payment["kind"] == "ERPBeanPayment"]
    voided, reversed_ = records[0], workflow[0]
    change_sage(
        world,
        f"UPDATE PO_PurchaseOrderHeader SET OrderStatus = 'X' WHERE PurchaseOrderNo = '{closed}'",
        f"UPDATE PO_PurchaseOrderHeader SET OrderStatus = 'Z' WHERE PurchaseOrderNo = '{cancelled}'",
        f"DELETE FROM PO_PurchaseOrderHeader WHERE PurchaseOrderNo = '{deleted}'",
        f"DELETE FROM PO_PurchaseOrderDetail WHERE PurchaseOrderNo = '{shortened}' AND LineKey = '000002'",
        f"UPDATE PO_PurchaseOrderDetail SET UnitCost = 3.141593 WHERE PurchaseOrderNo = '{reopened}'",
        f"DELETE FROM PO_ReceiptHistoryHeader WHERE PurchaseOrderNo = '{received}'",
        "DELETE FROM AP_Vendor WHERE VendorNo = 'QUOTE1'",
        "UPDATE AP_Vendor SET VendorStatus = 'I' WHERE VendorNo = 'acme-1'",
        "UPDATE CI_Item SET ItemCodeDesc = 'Crème brûlée' || char(7) || '  ' WHERE ItemCode = '=SUM-KIT'",
        *undone(voided, "V"),
        *undone(reversed_, "R"),
    )

    # Whatever changed without a new date of change is found by a run that compares everything.
    synced(program, "--full")

    reading = should_be_there(world, before)
    assert_special(reading, LATER)
    after = read_cloud(world)
    assert differences(after, reading.cloud) == []
    assert {after.payments[key]["cancels"] for key in after.payments.keys() - before.payments.keys()} == {
        voided, reversed_,
    }  # fmt: skip


def undone(payment: str, kind: str) -> tuple[str, str]:
    """Void or reverse a check, as Sage does: a row of its own under the next sequence, amounts negated."""
    bank, check, sequence = payment.split("-")
    this = f"WHERE BankCode = '{bank}' AND CheckNo = '{check}' AND CheckSeqNo = '{sequence}'"
    following = f"{int(sequence) + 1:06d}"
    return (
        "INSERT INTO AP_CheckHistoryHeader (BankCode, CheckNo, CheckSeqNo, CheckType, CheckDate, TransactionDate,"
        " APDivisionNo, VendorNo, VendorName, CheckAmt, DateCreated, DateUpdated) SELECT BankCode, CheckNo,"
        f" '{following}', '{kind}', CheckDate, TransactionDate, APDivisionNo, VendorNo, VendorName, -CheckAmt,"
        f" DateCreated, DateUpdated FROM AP_CheckHistoryHeader {this}",
        "INSERT INTO AP_CheckHistoryDetail (BankCode, CheckNo, CheckSeqNo, InvoiceNo, InvoiceSeqNo, AmountPaid,"
        f" DiscountAmt) SELECT BankCode, CheckNo, '{following}', InvoiceNo, InvoiceSeqNo, -AmountPaid, -DiscountAmt"
        f" FROM AP_CheckHistoryDetail {this}",
    )
