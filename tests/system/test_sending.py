"""Sending into a Sage that refuses, loses replies or is locked: each document once, and every other one goes on."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import requests

from app.engine.views import Views
from app.sage.found import FoundInvoice, Place
from app.settings import Home
from tests.system.commands import Program, change_sage, in_cloud, in_sage, rows, switch


def ready(program: Program, kind: str = "invoice") -> list[str]:
    sql = "SELECT id FROM documents WHERE kind = ? AND state = 'ready' ORDER BY id"
    return [row[0] for row in rows(program.home / "store.sqlite", sql, (kind,))]


def number_of(program: Program, id_: str) -> str:
    (payload,) = rows(program.home / "store.sqlite", "SELECT payload FROM documents WHERE id = ?", (id_,))[0]
    return str(orjson.loads(payload)["number"])


def mark_again(world: dict[str, Any], id_: str) -> None:
    url = f"{world['quadient_ap']['admin_url']}invoices/{id_}/mark-for-export"
    requests.post(url, timeout=10).raise_for_status()


def undo_export(world: dict[str, Any], id_: str) -> None:
    url = f"{world['quadient_ap']['admin_url']}invoices/{id_}/undo-export"
    requests.post(url, timeout=10).raise_for_status()


def test_an_invoice_exported_again_is_recognised_in_sage_and_only_acknowledged(
    program: Program, world: dict[str, Any]
) -> None:
    program.run("sync", "--json")
    first = ready(program)[0]
    program.run("send", "invoices", "--id", first, "--json")
    undo_export(world, first)
    mark_again(world, first)
    program.run("sync", "--json")
    ended = program.run("send", "invoices", "--id", first, "--json")
    assert ended.code == 0, ended.sentence
    assert {id_: count for id_, (count, _) in in_sage(world).items()} == {first: 1}
    assert in_cloud(world, "invoices")[first]["status"] == "EX"


def test_a_refused_invoice_becomes_a_sync_error_and_the_others_are_sent(
    program: Program, world: dict[str, Any]
) -> None:
    program.run("sync", "--json")
    everyone = ready(program)
    bad = everyone[2]
    switch(world, refuse_write=number_of(program, bad))
    ended = program.run("send", "invoices", "--all-ready", "--json")
    assert ended.code == 1
    assert set(in_sage(world)) == set(everyone) - {bad}
    counts = ended.event("run_finished")["summary"]["send"]
    assert (counts["sent"], counts["acknowledged"], counts["sync_errors"]) == (len(everyone) - 1, len(everyone) - 1, 1)
    there = in_cloud(world, "invoices")[bad]
    assert there["status"] == "SE"
    assert there["comments"]
    status = orjson.loads(program.run("status", "--json").out)
    (told,) = [each for each in status["needs_you"] if each["key"] == bad]
    assert told["message"] in there["comments"][0]

    switch(world)
    mark_again(world, bad)
    assert program.run("sync", "--json").code in (0, 1)
    assert program.run("send", "invoices", "--id", bad, "--json").code == 0
    assert set(in_sage(world)) == set(everyone)
    assert in_cloud(world, "invoices")[bad]["status"] == "EX"


def test_a_document_whose_lines_were_written_but_not_its_header_leaves_nothing_behind(
    program: Program, world: dict[str, Any]
) -> None:
    program.run("sync", "--json")
    bad = ready(program)[0]
    number = number_of(program, bad)
    switch(world, header_fails_after_lines=number)
    program.run("send", "invoices", "--id", bad, "--json")
    for table in ("AP_InvoiceHeader", "AP_InvoiceDetail"):
        left = rows(world["sage"]["file"], f"SELECT * FROM {table} WHERE InvoiceNo = ?", (number,))
        assert left == []


def test_a_lost_reply_leads_to_a_look_and_not_to_a_second_write(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    everyone = ready(program)
    lost = everyone[1]
    switch(world, lost_reply_after_write=number_of(program, lost))
    ended = program.run("send", "invoices", "--all-ready", "--json")
    assert ended.code in (0, 1, 3)
    switch(world)
    assert program.run("sync", "--json").code in (0, 1)
    program.run("send", "invoices", "--all-ready", "--json")
    there = in_sage(world)
    assert set(there) == set(everyone)
    assert all(count == 1 for count, _ in there.values())
    cloud = in_cloud(world, "invoices")
    assert {cloud[id_]["status"] for id_ in everyone} == {"EX"}


def test_single_user_mode_ends_the_run_before_anything_is_written(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    switch(world, single_user_mode=True)
    ended = program.run("send", "invoices", "--all-ready", "--json")
    assert ended.code == 3
    assert "single-user mode" in ended.sentence.lower()
    assert in_sage(world) == {}


def test_an_invoice_typed_into_sage_by_hand_is_not_written_a_second_time(
    program: Program, world: dict[str, Any]
) -> None:
    program.run("sync", "--json")
    first, *others = ready(program)
    program.run("send", "invoices", "--id", first, "--json")
    # Somebody takes AP Bridge's mark away, and Quadient AP offers the invoice again.
    change_sage(world, "UPDATE AP_InvoiceDetail SET CommentText = '' WHERE CommentText LIKE '%AP Bridge %'")
    undo_export(world, first)
    mark_again(world, first)
    assert program.run("sync", "--json").code == 1
    assert first not in ready(program)
    assert sorted(ready(program)) == sorted(others)


def test_an_order_that_no_channel_approves_waits_and_all_others_go_on(program: Program, world: dict[str, Any]) -> None:
    home = Home(program.home)
    settings = home.load()
    home.save(settings.with_company(replace(settings.companies[0], orders_arrive_as="PA")))
    ended = program.run("sync", "--json")
    assert ended.code == 1
    counts = next(
        each for each in ended.events if each["event"] == "stage_finished" and each["stage"] == "purchase_order"
    )
    assert counts["waiting"] > 0
    assert counts["new"] > 0
    waiting = rows(program.home / "store.sqlite", "SELECT reason, fix FROM checkpoints WHERE state = 'waiting'")
    assert all(reason and fix for reason, fix in waiting)


def test_a_deleted_order_line_is_sent_as_quantity_zero_with_a_note(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    store = program.home / "store.sqlite"
    (payload,) = rows(store, "SELECT payload FROM checkpoints WHERE list = 'purchase_order' AND active = 1")[0]
    order = orjson.loads(payload)
    line = order["lines"][0]
    where = f"PurchaseOrderNo = '{order['number']}' AND LineKey = '{line['line_key']}'"
    change_sage(world, f"DELETE FROM PO_PurchaseOrderDetail WHERE {where}")
    ended = program.run("sync", "--only", "orders", "--json")
    (changed,) = [each for each in ended.events if each["event"] == "stage_finished" and "changed" in each]
    assert changed["changed"] == 1
    answer = requests.get(f"{world['quadient_ap']['admin_url']}purchase-orders", timeout=10).json()["items"]
    there = next(each for each in answer if each["order"]["number"] == order["number"])["order"]
    (emptied,) = [each for each in there["lines"] if each["line_key"] == line["line_key"]]
    assert (emptied["ordered"], emptied["extension"], emptied["note"]) == ("0.000000", "0.00", "Deleted in Sage")
    (again,) = [each for each in program.run("sync", "--only", "orders", "--json").events if "unchanged" in each]
    assert (again["changed"], again["unchanged"] > 0) == (0, True)


def test_batches_are_left_alone_where_the_company_has_none(program: Program, world: dict[str, Any]) -> None:
    change_sage(
        world,
        "UPDATE AP_Options SET InvoiceBatchEntry = 'N', ManualCheckBatchEntry = 'N'",
        "UPDATE PO_Options SET ReceiptOfInvoiceBatchEntry = 'N'",
    )
    batches = rows(world["sage"]["file"], "SELECT COUNT(*) FROM AP_Batch")
    program.run("sync", "--json")
    everyone = ready(program)
    ended = program.run("send", "invoices", "--all-ready", "--json")
    assert ended.code == 0, ended.sentence
    assert set(in_sage(world)) == set(everyone)
    assert rows(world["sage"]["file"], "SELECT COUNT(*) FROM AP_Batch") == batches
    assert {row["batch"] for row in ended.event("totals")["rows"]} == {""}


def test_payments_reach_manual_check_entry_with_their_invoices(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    everyone = ready(program, "payment")
    ended = program.run("send", "payments", "--all-ready", "--json")
    assert ended.code == 0, ended.sentence
    assert set(in_sage(world)) == set(everyone)
    details = rows(
        Path(world["sage"]["file"]),
        "SELECT SUM(d.InvoiceAmt), h.CheckAmt FROM AP_ManualCheckHeader h JOIN AP_ManualCheckDetail d"
        " USING (BankCode, CheckNo) WHERE h.Comment LIKE '%AP Bridge %' GROUP BY h.CheckNo",
    )
    assert len(details) == len(everyone)
    assert all(round(lines - check, 2) == 0 for lines, check in details)


def test_another_bill_under_the_same_number_is_kept_beside_ours(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    store = program.home / "store.sqlite"
    bill = orjson.loads(rows(store, "SELECT payload FROM documents WHERE id = ?", (ready(program)[0],))[0][0])
    change_sage(
        world,
        "INSERT INTO AP_InvoiceHeader (BatchNo, APDivisionNo, VendorNo, InvoiceNo, InvoiceDate, InvoiceAmt, Comment)"
        f" VALUES ('00007', '{bill['division']}', '{bill['vendor_number']}', '{bill['number']}', '2026-01-31', 12.34,"
        " 'typed in by hand')",
        "INSERT INTO AP_InvoiceDetail (APDivisionNo, VendorNo, InvoiceNo, LineKey, AccountKey, DistributionAmt)"
        f" VALUES ('{bill['division']}', '{bill['vendor_number']}', '{bill['number']}', '000001', '000000009', 12.34)",
    )
    program.run("sync", "--json")
    views = Views(store, world["company"])
    (row,) = [each for each in views.documents("invoice") if each.id == bill["id"]]
    views.close()
    assert row.state == "blocked"
    (theirs,) = row.theirs
    assert isinstance(theirs, FoundInvoice)
    assert (theirs.place, theirs.batch, theirs.amount) == (Place.INVOICE_ENTRY, "00007", Decimal("12.34"))
    assert (theirs.invoice_date, theirs.comment) == (date(2026, 1, 31), "typed in by hand")
    assert [line.account_key for line in theirs.lines] == ["000000009"]
