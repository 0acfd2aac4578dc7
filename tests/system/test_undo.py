"""Undo: what was sent is gone from Sage and approved again in Quadient AP, once, whatever happens on the way."""

from decimal import Decimal
from typing import Any

import orjson
import pytest
import requests

from tests.system.commands import Ended, Program, change_sage, in_cloud, in_sage, rows, switch

ENTRIES = (
    "AP_InvoiceHeader",
    "AP_InvoiceDetail",
    "PO_ReceiptHeader",
    "PO_ReceiptDetail",
    "AP_ManualCheckHeader",
    "AP_ManualCheckDetail",
)


def ready(program: Program, kind: str = "invoice") -> list[str]:
    sql = "SELECT id FROM documents WHERE kind = ? AND state = 'ready' ORDER BY id"
    return [row[0] for row in rows(program.home / "store.sqlite", sql, (kind,))]


def state_of(program: Program, id_: str) -> str:
    return str(rows(program.home / "store.sqlite", "SELECT state FROM documents WHERE id = ?", (id_,))[0][0])


def journal(program: Program, id_: str) -> list[str]:
    sql = "SELECT state FROM journal WHERE document = ? ORDER BY id"
    return [row[0] for row in rows(program.home / "store.sqlite", sql, (id_,))]


def untold(program: Program) -> list[tuple[Any, ...]]:
    sql = "SELECT document FROM journal WHERE state = 'undone' AND undo_told_at IS NULL"
    return rows(program.home / "store.sqlite", sql)


def number_of(program: Program, id_: str) -> str:
    (payload,) = rows(program.home / "store.sqlite", "SELECT payload FROM documents WHERE id = ?", (id_,))[0]
    return str(orjson.loads(payload)["number"])


def admin(world: dict[str, Any], method: str, path: str, /, **json: Any) -> Any:
    answer = requests.request(method, world["quadient_ap"]["admin_url"] + path, json=json or None, timeout=10)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def entries(world: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """Return what stands in the entry screens."""
    return {table: rows(world["sage"]["file"], f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4") for table in ENTRIES}


def items(ended: Ended, state: str) -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in ended.events if each["event"] == "item" and each["state"] == state}


def sent(program: Program, kind: str = "invoices") -> tuple[str, list[str]]:
    """Sync, send everything that is ready, and return the run and the documents."""
    assert program.run("sync", "--json").code in (0, 1)
    everyone = ready(program, kind.removesuffix("s"))
    ended = program.run("send", kind, "--all-ready", "--json")
    assert ended.code == 0, ended.sentence
    return str(ended.event("run_finished")["run"]), everyone


def post(world: dict[str, Any], number: str) -> None:
    """Post one invoice of A/P Invoice Data Entry as the register does: from entry to open invoices and history."""
    head = "APDivisionNo, VendorNo, InvoiceNo, InvoiceDate, InvoiceDueDate, TermsCode, Comment, InvoiceAmt"
    entry = f"FROM AP_InvoiceHeader WHERE InvoiceNo = '{number}'"
    change_sage(
        world,
        f"INSERT INTO AP_OpenInvoice ({head}, Balance) SELECT {head}, InvoiceAmt {entry}",
        f"INSERT INTO AP_InvoiceHistoryHeader ({head}, HeaderSeqNo) SELECT {head}, '000001' {entry}",
        "INSERT INTO AP_InvoiceHistoryDetail (InvoiceNo, HeaderSeqNo, DetailSeqNo, AccountKey, ExtensionAmt,"
        " CommentText) SELECT InvoiceNo, '000001', LineKey, AccountKey, DistributionAmt, CommentText"
        f" FROM AP_InvoiceDetail WHERE InvoiceNo = '{number}'",
        f"DELETE FROM AP_InvoiceHeader WHERE InvoiceNo = '{number}'",
        f"DELETE FROM AP_InvoiceDetail WHERE InvoiceNo = '{number}'",
    )


@pytest.mark.parametrize("kind", ["invoices", "payments"])
def test_a_run_is_undone_in_sage_and_in_quadient_ap(program: Program, world: dict[str, Any], kind: str) -> None:
    before = entries(world)
    run, everyone = sent(program, kind)
    assert len(everyone) > 1
    ended = program.run("undo", "--run", run, "--json")
    assert ended.code == 0, ended.sentence
    assert entries(world) == before
    approved = "A" if kind == "invoices" else "PD"
    cloud = in_cloud(world, kind)
    assert {(cloud[id_]["status"], cloud[id_]["marked"]) for id_ in everyone} == {(approved, False)}
    assert {state_of(program, id_) for id_ in everyone} == {"undone"}
    assert {tuple(journal(program, id_)) for id_ in everyone} == {("undone",)}
    assert set(items(ended, "undone")) == set(everyone)
    assert ended.event("run_finished")["summary"]["undo"] | {"read": 0} == {
        "read": 0,
        "undone": len(everyone),
        "told": len(everyone),
        "kept": 0,
    }
    batches = [each for each in items(ended, "note").values() if each["code"] == "empty-batch"]
    assert batches
    history = orjson.loads(program.run("history", "--run", run, "--json").out)
    assert sum(row["sent_count"] for row in history["totals"]) == len(everyone), "the run keeps its history"


def test_what_was_undone_is_previewed_and_sent_again_as_new(program: Program, world: dict[str, Any]) -> None:
    run, everyone = sent(program)
    program.run("undo", "--run", run, "--json")
    first = everyone[0]
    assert program.run("send", "invoices", "--id", first, "--json").code == 1, "it must be marked for export first"
    assert in_sage(world) == {}
    admin(world, "POST", f"invoices/{first}/mark-for-export")
    assert program.run("preview", "invoices", "--json").code in (0, 1)
    assert state_of(program, first) == "ready"
    again = program.run("send", "invoices", "--id", first, "--json")
    assert again.code == 0, again.sentence
    assert {id_: count for id_, (count, _) in in_sage(world).items()} == {first: 1}
    assert in_cloud(world, "invoices")[first]["status"] == "EX"
    assert journal(program, first) == ["undone", "acknowledged"]
    assert program.run("undo", "--id", first, "--json").code == 0, "and undone once more"
    assert in_sage(world) == {}


def test_only_the_named_document_is_undone(program: Program, world: dict[str, Any]) -> None:
    _, everyone = sent(program)
    chosen = everyone[1]
    ended = program.run("undo", "--id", chosen, "--id", "inv-unknown", "--json")
    assert ended.code == 1
    assert set(in_sage(world)) == set(everyone) - {chosen}
    assert items(ended, "not_undone")["inv-unknown"]["code"] == "not-sent"
    again = program.run("undo", "--id", chosen, "--json")
    assert (again.code, items(again, "not_undone")[chosen]["code"]) == (1, "already-undone")


def test_what_was_undone_before_is_noted_and_the_rest_of_its_run_is_undone(
    program: Program, world: dict[str, Any]
) -> None:
    run, everyone = sent(program)
    assert program.run("undo", "--id", everyone[0], "--json").code == 0
    ended = program.run("undo", "--run", run, "--json")
    assert (ended.code, items(ended, "note")[everyone[0]]["code"]) == (0, "already-undone")
    assert set(items(ended, "undone")) == set(everyone[1:])
    assert in_sage(world) == {}


def test_the_kind_narrows_what_is_undone(program: Program, world: dict[str, Any]) -> None:
    run, everyone = sent(program)
    ended = program.run("undo", "payments", "--run", run, "--json")
    assert ended.event("run_finished")["code"] == "nothing-to-undo"
    assert set(in_sage(world)) == set(everyone)


def test_an_invoice_edited_in_sage_is_left_with_both_values_and_the_others_go(
    program: Program, world: dict[str, Any]
) -> None:
    run, everyone = sent(program)
    edited = everyone[0]
    number = number_of(program, edited)
    change_sage(world, f"UPDATE AP_InvoiceHeader SET InvoiceDueDate = '2031-01-31' WHERE InvoiceNo = '{number}'")
    ended = program.run("undo", "--run", run, "--json")
    assert ended.code == 1
    assert set(in_sage(world)) == {edited}
    told = items(ended, "not_undone")[edited]
    assert told["code"] == "changed-in-sage"
    assert "Due date: AP Bridge wrote" in told["message"]
    assert "Sage has 2031-01-31" in told["message"]
    assert in_cloud(world, "invoices")[edited]["status"] == "EX"
    assert (state_of(program, edited), journal(program, edited)) == ("sent", ["acknowledged"])


def test_a_posted_invoice_is_left_with_the_reason_and_the_others_go(program: Program, world: dict[str, Any]) -> None:
    run, everyone = sent(program)
    posted = next(id_ for id_ in everyone if rows(
        world["sage"]["file"], "SELECT 1 FROM AP_InvoiceHeader WHERE InvoiceNo = ?", (number_of(program, id_),)
    ))  # fmt: skip
    post(world, number_of(program, posted))
    ended = program.run("undo", "--run", run, "--json")
    told = items(ended, "not_undone")
    assert {id_: each["code"] for id_, each in told.items()} == {posted: "posted"}
    assert "open invoices" in told[posted]["message"]
    assert in_sage(world) == {}
    assert in_cloud(world, "invoices")[posted]["status"] == "EX"
    assert len(rows(world["sage"]["file"], "SELECT * FROM AP_OpenInvoice WHERE InvoiceNo = ?", (
        number_of(program, posted),
    ))) == 1  # fmt: skip


def test_what_somebody_deleted_in_sage_is_told_and_left_as_it_is_in_quadient_ap(
    program: Program, world: dict[str, Any]
) -> None:
    _, everyone = sent(program)
    gone = everyone[0]
    number = number_of(program, gone)
    for table in ("AP_InvoiceHeader", "AP_InvoiceDetail"):
        change_sage(world, f"DELETE FROM {table} WHERE InvoiceNo = '{number}'")
    ended = program.run("undo", "--id", gone, "--json")
    assert (ended.code, items(ended, "not_undone")[gone]["code"]) == (1, "gone-in-sage")
    assert in_cloud(world, "invoices")[gone]["status"] == "EX"


def test_an_invoice_without_our_mark_is_never_deleted(program: Program, world: dict[str, Any]) -> None:
    run, everyone = sent(program)
    change_sage(world, "UPDATE AP_InvoiceDetail SET CommentText = '' WHERE CommentText LIKE '%AP Bridge %'")
    before = entries(world)
    ended = program.run("undo", "--run", run, "--json")
    assert {each["code"] for each in items(ended, "not_undone").values()} == {"not-ours"}
    assert entries(world)["AP_InvoiceHeader"] == before["AP_InvoiceHeader"]
    assert in_cloud(world, "invoices")[everyone[0]]["status"] in ("EX", "A")


def test_a_deletion_that_sage_refuses_leaves_the_document_exported(program: Program, world: dict[str, Any]) -> None:
    run, everyone = sent(program)
    kept = everyone[0]
    switch(world, refuse_delete=number_of(program, kept))
    ended = program.run("undo", "--run", run, "--json")
    assert (ended.code, items(ended, "not_undone")[kept]["code"]) == (1, "not-deleted")
    assert set(in_sage(world)) == {kept}
    assert in_cloud(world, "invoices")[kept]["status"] == "EX"
    switch(world)
    assert program.run("undo", "--id", kept, "--json").code == 0
    assert in_sage(world) == {}


def test_a_lost_reply_to_a_deletion_leads_to_a_look(program: Program, world: dict[str, Any]) -> None:
    run, everyone = sent(program)
    lost = everyone[1]
    switch(world, lost_reply_after_delete=number_of(program, lost))
    ended = program.run("undo", "--run", run, "--json")
    assert ended.code == 3
    assert lost not in in_sage(world)
    assert journal(program, lost) == ["undone"]
    switch(world)
    assert program.run("sync", "--json").code in (0, 1)
    assert in_cloud(world, "invoices")[lost]["status"] == "A"
    assert untold(program) == []
    left = set(in_sage(world))
    assert {in_cloud(world, "invoices")[id_]["status"] for id_ in left} == {"EX"}
    again = program.run("undo", "--run", run, "--json")
    assert (again.code, items(again, "note")[lost]["code"]) == (0, "already-undone")
    assert in_sage(world) == {}


@pytest.mark.parametrize(
    ("place", "number"),
    [("bo", 40), ("bo", 200), ("bo-before-delete", 1), ("bo-before-delete", 3), ("bo-after-delete", 1),
     ("bo-after-delete", 4), ("odbc", 35)],
)  # fmt: skip
def test_killed_in_mid_undo_the_next_run_finishes_it(
    program: Program, world: dict[str, Any], place: str, number: int
) -> None:
    before = entries(world)
    run, everyone = sent(program)
    switch(world, die_at={place: number})
    killed = program.run("undo", "--run", run, "--json")
    assert killed.code == -9, (killed.code, killed.sentence)
    switch(world)
    assert program.run("sync", "--json").code in (0, 1)
    there, cloud = in_sage(world), in_cloud(world, "invoices")
    assert {id_: cloud[id_]["status"] for id_ in everyone} == {id_: "EX" if id_ in there else "A" for id_ in everyone}
    assert {id_: journal(program, id_) for id_ in everyone} == {
        id_: ["acknowledged"] if id_ in there else ["undone"] for id_ in everyone
    }
    assert untold(program) == []
    program.run("undo", "--run", run, "--json")
    assert entries(world) == before
    assert {in_cloud(world, "invoices")[id_]["status"] for id_ in everyone} == {"A"}


def test_what_was_changed_in_sage_after_a_broken_off_undo_stays_exported_and_is_not_sent_again(
    program: Program, world: dict[str, Any]
) -> None:
    assert program.run("sync", "--json").code in (0, 1)
    renumbered, rewritten = ready(program)[:2]
    assert program.run("send", "invoices", "--id", renumbered, "--id", rewritten, "--json").code == 0
    switch(world, die_at={"bo-before-delete": 1})
    program.run("undo", "--id", renumbered, "--id", rewritten, "--json")
    switch(world)
    number, other = number_of(program, renumbered), number_of(program, rewritten)
    change_sage(
        world,
        *(f"UPDATE {table} SET InvoiceNo = '{number}A' WHERE InvoiceNo = '{number}'" for table in ENTRIES[:2]),
        f"UPDATE AP_InvoiceDetail SET CommentText = 'rent' WHERE InvoiceNo = '{other}'",
    )
    ended = program.run("sync", "--json")
    assert {each["code"] for each in items(ended, "not_undone").values()} == {"undo-broken-off"}
    assert journal(program, renumbered) == journal(program, rewritten) == ["acknowledged"]
    cloud = in_cloud(world, "invoices")
    assert cloud[renumbered]["status"] == cloud[rewritten]["status"] == "EX"
    admin(world, "POST", f"invoices/{renumbered}/undo-export")
    admin(world, "POST", f"invoices/{renumbered}/mark-for-export")
    assert program.run("sync", "--json").code == 1
    assert state_of(program, renumbered) == "blocked"


def test_while_the_cloud_is_away_sage_is_not_touched(program: Program) -> None:
    with program.served() as world:
        run, everyone = sent(program)
    ended = program.run("undo", "--run", run, "--json")
    assert ended.code == 4
    assert set(in_sage(world)) == set(everyone)


@pytest.mark.parametrize("fault", ["unavailable", "drop_after_commit"])
def test_when_the_cloud_goes_away_before_it_is_told_the_next_run_tells_it(
    program: Program, world: dict[str, Any], fault: str
) -> None:
    run, everyone = sent(program)
    admin(world, "POST", "faults", name=fault, times=20, path=".*/moves")
    ended = program.run("undo", "--run", run, "--json")
    assert ended.code == 4
    assert in_sage(world) == {}
    assert len(untold(program)) == len(everyone)
    asked = rows(program.home / "store.sqlite", "SELECT DISTINCT key FROM moves")
    admin(world, "DELETE", "faults")
    assert program.run("sync", "--json").code in (0, 1)
    assert untold(program) == []
    assert rows(program.home / "store.sqlite", "SELECT DISTINCT key FROM moves") == asked, "the same key"
    assert {in_cloud(world, "invoices")[id_]["status"] for id_ in everyone} == {"A"}


def test_what_was_marked_again_and_sent_is_not_moved_by_a_repeated_answer(
    program: Program, world: dict[str, Any]
) -> None:
    _, everyone = sent(program)
    first = everyone[0]
    admin(world, "POST", "faults", name="drop_after_commit", times=20, path=".*/moves")
    assert program.run("undo", "--id", first, "--json").code == 4
    admin(world, "DELETE", "faults")
    assert in_cloud(world, "invoices")[first]["status"] == "A"
    admin(world, "POST", f"invoices/{first}/mark-for-export")
    assert program.run("preview", "invoices", "--json").code in (0, 1)
    assert program.run("send", "invoices", "--id", first, "--json").code == 0
    assert in_cloud(world, "invoices")[first]["status"] == "EX"
    assert in_sage(world)[first][0] == 1
    assert untold(program) == []


def test_a_bill_changed_in_quadient_ap_since_is_undone_as_it_was_sent(program: Program, world: dict[str, Any]) -> None:
    _, everyone = sent(program)
    bill = everyone[0]
    admin(world, "POST", f"invoices/{bill}/undo-export")
    admin(world, "PATCH", f"invoices/{bill}", number="RENUMBERED")
    admin(world, "POST", f"invoices/{bill}/mark-for-export")
    program.run("sync", "--json")
    assert state_of(program, bill) == "blocked"
    ended = program.run("undo", "--id", bill, "--json")
    assert ended.code == 0, ended.sentence
    assert bill not in in_sage(world)
    program.run("sync", "--json")
    assert state_of(program, bill) == "ready", "it can go under its new number now"
    assert program.run("send", "invoices", "--id", bill, "--json").code == 0
    sql = "SELECT COUNT(*) FROM AP_InvoiceHeader WHERE InvoiceNo = 'RENUMBERED'"
    assert rows(world["sage"]["file"], sql) == [(1,)]


def test_where_batches_are_off_undo_asks_for_none(program: Program, world: dict[str, Any]) -> None:
    change_sage(
        world,
        "UPDATE AP_Options SET InvoiceBatchEntry = 'N', ManualCheckBatchEntry = 'N'",
        "UPDATE PO_Options SET ReceiptOfInvoiceBatchEntry = 'N'",
    )
    before = entries(world)
    run, _ = sent(program)
    ended = program.run("undo", "--run", run, "--json")
    assert ended.code == 0, ended.sentence
    assert entries(world) == before
    assert items(ended, "note") == {}


def test_a_batch_with_other_peoples_entries_is_not_called_empty(program: Program, world: dict[str, Any]) -> None:
    _, everyone = sent(program)
    ended = program.run("undo", "--id", everyone[0], "--json")
    assert items(ended, "note") == {}


def test_where_visual_integrator_writes_nothing_can_be_undone(program: Program, world: dict[str, Any]) -> None:
    run, everyone = sent(program)
    file = program.home / "settings.json"
    settings = orjson.loads(file.read_bytes())
    settings["companies"][0]["sage"]["writer"] = "visual_integrator"
    settings["companies"][0]["sage"]["visual_integrator"] = {
        "invoices": {"name": "VIWI00", "file": "/jobs/invoices.csv"},
    }
    file.write_bytes(orjson.dumps(settings))
    ended = program.run("undo", "--run", run, "--json")
    assert ended.code == 7
    assert "Visual Integrator" in ended.sentence
    assert set(in_sage(world)) == set(everyone)


def test_a_run_that_sent_nothing_is_told(program: Program, world: dict[str, Any]) -> None:
    ended = program.run("undo", "--run", "20260101-000000-abcd", "--json")
    assert ended.code == 2, "the run may be mistyped"
    assert "nothing to undo" in ended.sentence


def test_the_terminal_says_what_was_deleted(program: Program, world: dict[str, Any]) -> None:
    _, everyone = sent(program)
    number = number_of(program, everyone[0])
    amount = Decimal(in_cloud(world, "invoices")[everyone[0]]["document"]["amount"])
    said = program.run("undo", "--id", everyone[0]).out
    assert f"Invoice {number}, {amount:,.2f}: deleted in Sage." in said
    assert "1 undone" in said
