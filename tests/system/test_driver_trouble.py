"""Sage's driver hangs, breaks, or hands out garbage in mid-stream: the run ends with its sentence, nothing is half.

After each, the store is whole, what it calls acknowledged is in Quadient AP, and the next run brings the rest.
"""

import signal
import time
from typing import Any

import orjson
import pytest

from tests.system.commands import Ended, Program, change_sage, rows, switch
from tests.system.plain_reading import (
    LISTS,
    Cloud,
    Records,
    differences,
    exported_invoices,
    read_cloud,
    should_be_there,
)

TIMEOUT = 3  # seconds that one call to Sage may take, in these tests
BATCH = 500  # records that go to Quadient AP at once
SLACK = 45  # for everything else that a run does, on a slow computer

# What a run calls each stream, and how it begins a sentence about it.
TITLES = {
    "bank_account": "Bank Account", "division": "Division", "gl_account": "GL Account", "item": "Item", "tax": "Tax",
    "unit_measure": "Unit Measure", "vendor": "Vendor", "warehouse": "Warehouse", "purchase_order": "Purchase orders",
    "sage_payment": "Payments made in Sage",
}  # fmt: skip
STREAM_OF = {
    "AP_Vendor": "vendor", "GL_Account": "gl_account", "CI_Item": "item", "GL_Bank": "bank_account",
    "SY_SalesTaxScheduleDetail": "tax", "SY_SalesTaxCodeDetail": "tax",
    "PO_PurchaseOrderHeader": "purchase_order", "PO_PurchaseOrderDetail": "purchase_order",
    "PO_ReceiptHistoryHeader": "purchase_order", "PO_ReceiptHistoryDetail": "purchase_order",
    "AP_CheckHistoryHeader": "sage_payment", "AP_CheckHistoryDetail": "sage_payment",
}  # fmt: skip


def streams(cloud: Cloud) -> dict[str, Records]:
    """Return the cloud's records by the name that a run has for their stream."""
    return cloud.lists | {"purchase_order": cloud.orders, "sage_payment": cloud.payments}


def enlarge(world: dict[str, Any]) -> None:
    """Make the company so large that every stream takes several fetches and several batches."""
    division, vendor, number = min(exported_invoices(world))
    count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
    stamps = "'2026-01-05', '2026-01-05'"
    change_sage(
        world,
        "INSERT INTO AP_Vendor (APDivisionNo, VendorNo, VendorName, VendorStatus, DateCreated, DateUpdated) "
        + count.format(2600)
        + f" SELECT '01', printf('V%06d', i), 'Vendor ' || i, 'A', {stamps} FROM n",
        "INSERT INTO PO_PurchaseOrderHeader (PurchaseOrderNo, PurchaseOrderDate, OrderType, OrderStatus, APDivisionNo,"
        " VendorNo, DateCreated, DateUpdated) "
        + count.format(2600)
        + f" SELECT printf('%07d', 20000 + i), '2026-01-05', 'S', 'O', '01', printf('V%06d', i), {stamps} FROM n",
        "INSERT INTO PO_PurchaseOrderDetail (PurchaseOrderNo, LineKey, LineSeqNo, ItemCode, ItemType, QuantityOrdered) "
        + count.format(5200)
        + " SELECT printf('%07d', 20000 + (i + 1) / 2), printf('%06d', 2 - i % 2), printf('%014d', i), 'A', '1', i"
        " FROM n",
        "INSERT INTO PO_ReceiptHistoryHeader (PurchaseOrderNo, ReceiptType, ReceiptNo, HeaderSeqNo, ReceiptDate) "
        + count.format(2600)
        + " SELECT printf('%07d', 20000 + i), 'G', printf('%06d', 700000 + i), '000000', '2026-01-15' FROM n",
        "INSERT INTO PO_ReceiptHistoryDetail (PurchaseOrderNo, ReceiptType, ReceiptNo, HeaderSeqNo, LineKey,"
        " QuantityReceived) "
        + count.format(2600)
        + " SELECT printf('%07d', 20000 + i), 'G', printf('%06d', 700000 + i), '000000', '000001', i / 2.0 FROM n",
        "INSERT INTO AP_CheckHistoryHeader (BankCode, CheckNo, CheckSeqNo, CheckType, CheckDate, APDivisionNo,"
        " VendorNo, CheckAmt, DateCreated, DateUpdated) "
        + count.format(2600)
        + f" SELECT 'B', printf('%010d', i), '000000', 'A', '2026-01-05', '{division}', '{vendor}', i, {stamps} FROM n",
        "INSERT INTO AP_CheckHistoryDetail (BankCode, CheckNo, CheckSeqNo, InvoiceNo, InvoiceSeqNo, AmountPaid) "
        + count.format(2600)
        + f" SELECT 'B', printf('%010d', i), '000000', '{number}', '000000', i FROM n",
    )


def allow(program: Program, seconds: int) -> None:
    """Set how long one call to Sage may take."""
    file = program.home / "settings.json"
    file.write_bytes(orjson.dumps(orjson.loads(file.read_bytes()) | {"sage_timeout_seconds": seconds}))


def assert_no_traceback(program: Program, ended: Ended) -> None:
    assert ended.code != 70, ended.sentence
    logs = "".join(file.read_text() for file in (program.home / "logs").rglob("*") if file.is_file())
    assert "Traceback" not in ended.out + ended.err + logs


def assert_intact(program: Program, world: dict[str, Any], *, cut_off: bool = False) -> Cloud:
    """Fail unless the store is whole and agrees with Quadient AP on what arrived; return what is there.

    When the process was `cut_off`, answers may be lost: of a batch that was on its way, all is there or nothing.
    """
    store = program.home / "store.sqlite"
    assert rows(store, "PRAGMA integrity_check") == [("ok",)]
    cloud = read_cloud(world)
    for name, there in streams(cloud).items():
        state = dict(rows(store, "SELECT key, state FROM checkpoints WHERE list = ?", [name]))
        acknowledged = {key for key, its in state.items() if its == "acknowledged"}
        sending = {key for key, its in state.items() if its == "sending"}
        noted = rows(
            store, "SELECT json_extract(value, '$[0]') FROM under_way, json_each(records) WHERE list = ?", [name]
        )
        under_way = sending | {key for (key,) in noted}
        assert acknowledged <= there.keys() <= acknowledged | under_way, name
        assert len(under_way & there.keys()) % BATCH == 0, name
        assert cut_off or not under_way, name
    return cloud


def assert_sound(cloud: Cloud, expected: Cloud) -> None:
    """Fail when a record arrived that Sage does not have like that; one may be missing."""
    assert [each for each in differences(cloud, expected) if not each.endswith("is not there")] == []


def assert_next_run_completes(program: Program, world: dict[str, Any], expected: Cloud) -> None:
    """Switch every fault off, sync, and fail unless Quadient AP is as Sage."""
    switch(world)
    ended = program.run("sync", "--json")
    assert ended.code == 1, ended.sentence
    assert_no_traceback(program, ended)
    assert differences(assert_intact(program, world), expected) == []


# Table, which fetch from it, and whether some of the stream has arrived by then.
MOMENTS = [
    ("GL_Bank", 1, False),
    ("AP_Vendor", 3, True),
    ("PO_PurchaseOrderHeader", 4, True),
    ("PO_PurchaseOrderDetail", 1, False),
    ("PO_PurchaseOrderDetail", 4, True),
    ("PO_ReceiptHistoryDetail", 3, True),
    ("AP_CheckHistoryHeader", 3, True),
    ("AP_CheckHistoryDetail", 3, True),
]


def assert_ended_in_the_middle(cloud: Cloud, expected: Cloud, table: str, *, begun: bool) -> None:
    there, wanted = streams(cloud)[STREAM_OF[table]], streams(expected)[STREAM_OF[table]]
    assert len(there) < len(wanted)
    assert bool(there) == begun
    assert_sound(cloud, expected)


@pytest.mark.parametrize(("table", "fetch", "begun"), MOMENTS)
def test_a_driver_that_hangs_in_mid_stream(
    program: Program, world: dict[str, Any], table: str, fetch: int, begun: bool
) -> None:
    enlarge(world)
    expected = should_be_there(world).cloud
    allow(program, TIMEOUT)
    switch(world, hang_at={table: fetch})
    started = time.monotonic()
    ended = program.run("sync", "--json")
    assert time.monotonic() - started < TIMEOUT + SLACK

    assert ended.code == 3, ended.sentence
    assert ended.event("run_finished")["code"] == "sage-no-answer"
    assert table in ended.sentence
    assert_no_traceback(program, ended)
    cloud = assert_intact(program, world, cut_off=True)
    assert_ended_in_the_middle(cloud, expected, table, begun=begun)
    allow(program, 300)
    assert_next_run_completes(program, world, expected)


@pytest.mark.parametrize(("table", "fetch", "begun"), MOMENTS)
def test_a_connection_that_breaks_in_mid_stream(
    program: Program, world: dict[str, Any], table: str, fetch: int, begun: bool
) -> None:
    enlarge(world)
    expected = should_be_there(world).cloud
    switch(world, break_at={table: fetch})
    ended = program.run("sync", "--json")

    assert ended.code == 3, ended.sentence
    assert ended.event("run_finished")["code"] == "sage-unreachable"
    assert_no_traceback(program, ended)
    assert_ended_in_the_middle(assert_intact(program, world), expected, table, begun=begun)
    assert_next_run_completes(program, world, expected)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows ends processes in another way")
@pytest.mark.parametrize(("table", "fetch"), [moment[:2] for moment in (MOMENTS[1], MOMENTS[4], MOMENTS[7])])
def test_an_engine_that_dies_in_mid_stream(program: Program, world: dict[str, Any], table: str, fetch: int) -> None:
    enlarge(world)
    expected = should_be_there(world).cloud
    switch(world, die_at={table: fetch})
    ended = program.run("sync", "--json")

    assert ended.code == -signal.SIGKILL
    assert_no_traceback(program, ended)
    cloud = assert_intact(program, world, cut_off=True)
    assert len(streams(cloud)[STREAM_OF[table]]) < len(streams(expected)[STREAM_OF[table]])
    assert_sound(cloud, expected)
    assert_next_run_completes(program, world, expected)


def test_impossible_dates_deep_in_a_table_lose_and_repeat_nothing(program: Program, world: dict[str, Any]) -> None:
    enlarge(world)
    # The driver gives up at each of these, after a thousand sound rows and more.
    change_sage(
        world,
        "UPDATE PO_PurchaseOrderHeader SET RequiredExpireDate = '' WHERE RequiredExpireDate = '2026-02-30'",
        "UPDATE PO_PurchaseOrderHeader SET RequiredExpireDate = '2026-02-31' WHERE PurchaseOrderNo = '0021100'",
        "UPDATE PO_ReceiptHistoryHeader SET ReceiptDate = '0000-00-00' WHERE PurchaseOrderNo = '0021200'",
        "UPDATE AP_CheckHistoryHeader SET CheckDate = '2026-13-01' WHERE BankCode = 'B' AND CheckNo = '0000001300'",
    )
    reading = should_be_there(world)
    assert reading.seen["impossible date"] == 3
    ended = program.run("sync", "--json")

    assert ended.code == 1, ended.sentence
    assert_no_traceback(program, ended)
    assert differences(assert_intact(program, world), reading.cloud) == []
    found = ended.event("run_finished")["summary"]["impossible dates"]
    assert found == {
        "PO_PurchaseOrderHeader.RequiredExpireDate": 1,
        "PO_ReceiptHistoryHeader.ReceiptDate": 1,
        "AP_CheckHistoryHeader.CheckDate": 1,
    }


def test_a_driver_without_top_markers_and_date_literals_brings_everything(
    program: Program, world: dict[str, Any]
) -> None:
    expected = should_be_there(world).cloud
    switch(world, plain_driver=True)
    ended = program.run("sync", "--json")

    assert ended.code == 1, ended.sentence
    assert_no_traceback(program, ended)
    assert differences(assert_intact(program, world), expected) == []
    again = program.run("sync", "--json")
    assert again.code == 1, again.sentence
    assert differences(assert_intact(program, world), expected) == []


HEADS = ("AP_Vendor", "PO_PurchaseOrderHeader", "AP_CheckHistoryHeader")
LINES = ("SY_SalesTaxCodeDetail", "PO_PurchaseOrderDetail", "AP_CheckHistoryDetail")
RECEIPTS = ("CI_Item", "PO_ReceiptHistoryHeader", "SY_SalesTaxScheduleDetail")
QUANTITIES = ("GL_Account", "PO_ReceiptHistoryDetail", "GL_Bank")
NAMES = (
    "AP_Vendor.VendorName", "PO_PurchaseOrderHeader.PurchaseName", "AP_CheckHistoryHeader.VendorName",
    "CI_Item.ItemCodeDesc",
)  # fmt: skip
LINE_TEXTS = (
    "PO_PurchaseOrderDetail.ItemCodeDesc", "AP_CheckHistoryDetail.InvoiceNo", "AP_Vendor.TermsCode",
    "GL_Account.Account",
)  # fmt: skip
CODES = ("CI_Item", "GL_Account", "GL_Bank")
FLAGS_AND_DAYS = (
    "AP_Vendor.HoldPayment", "CI_Item.InactiveItem", "SY_SalesTaxCodeDetail.PurchasesTaxable",
    "PO_ReceiptHistoryHeader.ReceiptDate", "AP_CheckHistoryHeader.CheckDate",
)  # fmt: skip
RECEIPT_NUMBERS = ("PO_ReceiptHistoryHeader.ReceiptNo", "PO_ReceiptHistoryDetail.HeaderSeqNo")
SEQUENCES = ("AP_CheckHistoryDetail.CheckSeqNo", "PO_PurchaseOrderDetail.PurchaseOrderNo")
NUMBERS = ("CI_Item", "SY_SalesTaxCodeDetail", "AP_CheckHistoryHeader")
ODD_TEXT = ("control_characters", "lone_surrogate")
WRONG_TYPE = ("bytes", "integer")
OF_TEXT = (*ODD_TEXT, *WRONG_TYPE)
OF_NUMBERS = ("two_points", "not_a_number")
OF_ROWS = ("short_row", "repeated_row", "disorder")


def garbage_cases() -> list[Any]:
    # A line whose key holds odd characters belongs to no order that anybody could name: it is not tried here.
    cases = [(HEADS, kind) for kind in (*OF_TEXT, *OF_ROWS)]
    cases += [(CODES, kind) for kind in ODD_TEXT]
    cases += [(group, kind) for group in (LINES, RECEIPTS, QUANTITIES) for kind in (*WRONG_TYPE, *OF_ROWS)]
    cases += [(group, kind) for group in (NAMES, LINE_TEXTS) for kind in OF_TEXT]
    cases += [(group, kind) for group in (NUMBERS, LINES, QUANTITIES) for kind in OF_NUMBERS]
    return [pytest.param(group, kind, id=f"{group[0]}-{kind}") for group, kind in cases]


@pytest.mark.parametrize(("places", "kind"), garbage_cases())
def test_garbage_sets_its_record_or_table_aside_and_all_else_arrives(
    program: Program, world: dict[str, Any], places: tuple[str, ...], kind: str
) -> None:
    expected = should_be_there(world).cloud
    switch(world, garbage=dict.fromkeys(places, kind))
    ended = program.run("sync", "--json")

    assert ended.code == 1, ended.sentence
    assert_no_traceback(program, ended)
    cloud = assert_intact(program, world)
    assert_sound(cloud, expected)
    touched = {STREAM_OF[place.partition(".")[0]] for place in places}
    for name, wanted in streams(expected).items():
        missing = sorted(wanted.keys() - streams(cloud)[name].keys())
        if name not in touched:
            assert missing == [], name
        elif missing:
            assert_said(ended, name, missing)
    assert_next_run_completes(program, world, expected)


def assert_said(ended: Ended, name: str, missing: list[str]) -> None:
    """Fail unless the run told that one record of the stream was set aside, or that its table was."""
    told = [each for each in ended.events if each["event"] == "attention" and each["title"].startswith(TITLES[name])]
    if told:
        assert all(each["message"] and each["fix"] for each in told)
        return
    items = [each for each in ended.events if each["event"] == "item" and each["stage"] == name]
    unsaid = len(missing) - sum(each["state"] == "quarantined" for each in items)
    assert unsaid <= 0, f"{name}: {missing} are missing, and it was not said"
    assert len(missing) == 1, f"{name}: one bad record took {missing} with it"


def garbage_after_cases() -> list[Any]:
    cases = [(places, kind) for places in (HEADS, LINES, QUANTITIES) for kind in (*WRONG_TYPE, *OF_ROWS)]
    cases += [(FLAGS_AND_DAYS, kind) for kind in WRONG_TYPE]
    cases += [(places, kind) for places in (RECEIPT_NUMBERS, SEQUENCES) for kind in ODD_TEXT]
    return [pytest.param(places, kind, id=f"{places[0]}-{kind}") for places, kind in cases]


@pytest.mark.parametrize(("places", "kind"), garbage_after_cases())
def test_garbage_after_a_good_sync_takes_nothing_from_the_cloud(
    program: Program, world: dict[str, Any], places: tuple[str, ...], kind: str
) -> None:
    assert program.run("sync", "--json").code == 1
    before = read_cloud(world)
    assert all(streams(before)[name] for name in (*LISTS, "purchase_order", "sage_payment"))
    switch(world, garbage=dict.fromkeys(places, kind))
    ended = program.run("sync", "--json", "--full")

    assert ended.code == 1, ended.sentence
    assert_no_traceback(program, ended)
    assert differences(read_cloud(world), before) == []
