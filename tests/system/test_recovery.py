"""What a person or the network does between two runs: nothing is doubled, lost, or told wrongly."""

from typing import Any

import orjson
import pytest
import requests

from app.settings import Home
from tests.system.commands import Program, change_sage, in_cloud, in_sage, rows, switch

ENTRY_TABLES = ("AP_InvoiceHeader", "AP_InvoiceDetail", "PO_ReceiptHeader", "PO_ReceiptDetail")


def admin(world: dict[str, Any], method: str, path: str, /, **json: Any) -> Any:
    url = world["quadient_ap"]["admin_url"] + path
    answer = requests.request(method, url, json=json or None, timeout=10)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def state_of(program: Program, id_: str) -> str:
    return str(rows(program.home / "store.sqlite", "SELECT state FROM documents WHERE id = ?", (id_,))[0][0])


def findings_of(program: Program, id_: str) -> list[str]:
    (found,) = rows(program.home / "store.sqlite", "SELECT findings FROM documents WHERE id = ?", (id_,))[0]
    return [each["code"] for each in orjson.loads(found)]


def ready(program: Program) -> list[str]:
    sql = "SELECT id FROM documents WHERE kind = 'invoice' AND state = 'ready' ORDER BY id"
    return [row[0] for row in rows(program.home / "store.sqlite", sql)]


def needs(program: Program) -> list[dict[str, Any]]:
    return list(orjson.loads(program.run("status", "--json").out)["needs_you"])


def sync(program: Program) -> None:
    ended = program.run("sync", "--json")
    assert ended.code in (0, 1), ended.sentence


def test_a_bill_that_was_renumbered_after_it_was_sent_is_stopped(program: Program, world: dict[str, Any]) -> None:
    sync(program)
    bill = ready(program)[0]
    assert program.run("send", "invoices", "--id", bill, "--json").code == 0
    admin(world, "POST", f"invoices/{bill}/undo-export")
    admin(world, "PATCH", f"invoices/{bill}", number="RENUMBERED")
    admin(world, "POST", f"invoices/{bill}/mark-for-export")
    sync(program)
    assert state_of(program, bill) == "blocked"
    assert findings_of(program, bill)[0] == "sent-under-another-number"
    program.run("send", "invoices", "--id", bill, "--json")
    assert in_sage(world)[bill][0] == 1


@pytest.mark.parametrize("moment", ["untold", "unproven"])
def test_a_bill_that_was_renumbered_in_sage_before_it_was_acknowledged_is_stopped(
    program: Program, world: dict[str, Any], moment: str
) -> None:
    sync(program)
    bill = ready(program)[0]
    if moment == "untold":
        admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    else:
        switch(world, die_at={"bo-after-commit": 1})
    program.run("send", "invoices", "--id", bill, "--json")
    admin(world, "DELETE", "faults")
    switch(world)
    number = in_cloud(world, "invoices")[bill]["document"]["number"]
    change_sage(
        world,
        *(f"UPDATE {table} SET InvoiceNo = '{number}A' WHERE InvoiceNo = '{number}'" for table in ENTRY_TABLES[:2]),
    )
    assert in_sage(world)[bill][0] == 1
    sync(program)
    assert state_of(program, bill) == "blocked"
    assert findings_of(program, bill)[0] == "renumbered-in-sage"
    assert {each["code"] for each in needs(program) if each["key"] == bill} == {"renumbered-in-sage"}
    program.run("send", "invoices", "--all-ready", "--json")
    assert in_sage(world)[bill][0] == 1
    assert in_cloud(world, "invoices")[bill]["status"] == "A"


def test_a_refusal_that_could_not_be_told_is_told_by_the_next_run(program: Program, world: dict[str, Any]) -> None:
    sync(program)
    bill = ready(program)[0]
    (payload,) = rows(program.home / "store.sqlite", "SELECT payload FROM documents WHERE id = ?", (bill,))[0]
    switch(world, refuse_write=orjson.loads(payload)["number"])
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    assert program.run("send", "invoices", "--id", bill, "--json").code == 4
    admin(world, "DELETE", "faults")
    switch(world)
    sync(program)
    assert not any("is in Sage" in each["title"] for each in needs(program))
    assert state_of(program, bill) == "failed"
    assert in_cloud(world, "invoices")[bill]["status"] == "SE"
    admin(world, "POST", f"invoices/{bill}/mark-for-export")
    sync(program)
    assert state_of(program, bill) == "ready"
    assert "refused-before" in findings_of(program, bill)
    assert program.run("send", "invoices", "--id", bill, "--json").code == 0
    assert in_sage(world)[bill][0] == 1


@pytest.mark.parametrize("fault", ["drop_before_commit", "drop_after_commit"])
def test_an_acknowledgement_whose_answer_was_lost_is_repeated_word_for_word(
    program: Program, world: dict[str, Any], fault: str
) -> None:
    sync(program)
    two = ready(program)[:2]
    admin(world, "POST", "faults", name=fault, times=20, path=".*/results")
    assert program.run("send", "invoices", "--id", two[0], "--id", two[1], "--json").code == 4
    store = program.home / "store.sqlite"
    told = rows(store, "SELECT key, body FROM reports")
    assert rows(store, "SELECT answered_at FROM reports") == [(None,)] * 2
    admin(world, "DELETE", "faults")
    sync(program)
    assert rows(store, "SELECT key, body FROM reports") == told
    assert rows(store, "SELECT COUNT(*) FROM reports WHERE answered_at IS NULL") == [(0,)]
    assert {in_cloud(world, "invoices")[id_]["status"] for id_ in two} == {"EX"}
    again = rows(store, "SELECT document FROM history WHERE what = 'told_again' ORDER BY document")
    assert again == [(id_,) for id_ in sorted(two)]


def test_a_document_marked_as_exported_by_a_person_settles_what_could_not_be_told(
    program: Program, world: dict[str, Any]
) -> None:
    sync(program)
    first, second = ready(program)[:2]
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    assert program.run("send", "invoices", "--id", first, "--id", second, "--json").code == 4
    admin(world, "DELETE", "faults")
    admin(world, "POST", f"invoices/{first}/mark-as-exported")
    sync(program)
    left = rows(program.home / "store.sqlite", "SELECT document FROM journal WHERE acknowledged_at IS NULL")
    assert left == []
    assert not any(each["key"] in (first, second) for each in needs(program))
    assert {in_cloud(world, "invoices")[id_]["status"] for id_ in (first, second)} == {"EX"}


def test_an_answer_that_is_never_taken_stays_under_needs_you(program: Program, world: dict[str, Any]) -> None:
    sync(program)
    bill = ready(program)[0]
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    program.run("send", "invoices", "--id", bill, "--json")
    admin(world, "DELETE", "faults")
    admin(world, "POST", f"invoices/{bill}/reset")
    sync(program)
    (told,) = [each for each in needs(program) if each["key"] == bill]
    assert "is in Sage" in told["title"]
    assert in_sage(world)[bill][0] == 1


def test_totals_cover_what_an_earlier_run_wrote_and_could_not_tell(program: Program, world: dict[str, Any]) -> None:
    sync(program)
    two = ready(program)[:2]
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    program.run("send", "invoices", "--id", two[0], "--id", two[1], "--json")
    admin(world, "DELETE", "faults")
    again = program.run("sync", "--json")
    (row,) = again.event("totals")["rows"]
    assert row["sent_count"] == row["sage_count"] == row["cloud_count"] == 2
    assert row["sent_amount"] == row["sage_amount"] == row["cloud_amount"]


def test_a_bill_changed_while_its_answer_was_lost_is_not_acknowledged_in_its_old_shape(
    program: Program, world: dict[str, Any]
) -> None:
    sync(program)
    bill = ready(program)[0]
    switch(world, die_at={"bo-after-commit": 1})
    program.run("send", "invoices", "--id", bill, "--json")
    switch(world)
    admin(world, "PATCH", f"invoices/{bill}", number="NEWNUM-9")
    sync(program)
    assert in_cloud(world, "invoices")[bill]["status"] == "A"
    assert findings_of(program, bill)[0] == "sent-under-another-number"


def test_a_sage_that_never_answers_ends_the_run_with_a_sentence(program: Program, world: dict[str, Any]) -> None:
    file = Home(program.home).settings_file
    file.write_bytes(orjson.dumps(orjson.loads(file.read_bytes()) | {"sage_timeout_seconds": 2}))
    switch(world, hang="odbc")
    ended = program.run("sync", "--json")
    assert ended.code == 3
    assert ended.event("run_finished")["code"] == "sage-no-answer"
    switch(world)
    sync(program)


def test_a_check_voided_after_its_answer_was_lost_is_cancelled_in_the_cloud(
    program: Program, world: dict[str, Any]
) -> None:
    admin(world, "POST", "faults", name="drop_after_commit", times=20, path=".*/imported-payments/batches")
    assert program.run("sync", "--json").code == 4
    admin(world, "DELETE", "faults")
    (key,) = rows(
        program.home / "store.sqlite",
        "SELECT key FROM checkpoints WHERE list = 'sage_payment' AND payload LIKE '%\"cancels\":\"\"%' ORDER BY key",
    )[0]
    bank, number, sequence = key.split("-")
    columns = [row[1] for row in rows(world["sage"]["file"], "PRAGMA table_info(AP_CheckHistoryHeader)")]
    voided = ", ".join(
        {"CheckSeqNo": "'000099'", "CheckType": "'V'", "CheckAmt": "-CheckAmt"}.get(column, column)
        for column in columns
    )
    lines = [row[1] for row in rows(world["sage"]["file"], "PRAGMA table_info(AP_CheckHistoryDetail)")]
    undone = ", ".join({"CheckSeqNo": "'000099'", "AmountPaid": "-AmountPaid"}.get(column, column) for column in lines)
    where = f"WHERE BankCode = '{bank}' AND CheckNo = '{number}' AND CheckSeqNo = '{sequence}'"
    change_sage(
        world,
        f"INSERT INTO AP_CheckHistoryHeader SELECT {voided} FROM AP_CheckHistoryHeader {where}",
        f"INSERT INTO AP_CheckHistoryDetail SELECT {undone} FROM AP_CheckHistoryDetail {where}",
    )
    sync(program)
    cancelled = rows(
        program.home / "store.sqlite",
        "SELECT state FROM checkpoints WHERE list = 'sage_payment' AND payload LIKE ?",
        (f'%"cancels":"{key}"%',),
    )
    assert cancelled == [("acknowledged",)]


def test_orders_changed_after_their_answer_was_lost_are_put_right(program: Program, world: dict[str, Any]) -> None:
    admin(world, "POST", "faults", name="drop_after_commit", times=20, path=".*/purchase-orders/batches")
    assert program.run("sync", "--json").code == 4
    admin(world, "DELETE", "faults")
    orders = rows(
        program.home / "store.sqlite",
        "SELECT key, payload FROM checkpoints WHERE list = 'purchase_order' AND active = 1 AND payload <> ''"
        " ORDER BY key",
    )
    several = [(key, orjson.loads(payload)) for key, payload in orders if len(orjson.loads(payload)["lines"]) > 1]
    (shortened, order), (deleted, _) = several[0], several[1]
    line = order["lines"][0]["line_key"]
    change_sage(
        world,
        f"DELETE FROM PO_PurchaseOrderDetail WHERE PurchaseOrderNo = '{shortened}' AND LineKey = '{line}'",
        f"DELETE FROM PO_PurchaseOrderHeader WHERE PurchaseOrderNo = '{deleted}'",
        f"DELETE FROM PO_PurchaseOrderDetail WHERE PurchaseOrderNo = '{deleted}'",
    )
    sync(program)
    there = {each["order"]["number"]: each["order"] for each in admin(world, "GET", "purchase-orders")["items"]}
    assert there[deleted]["state"] == "cancelled"
    (emptied,) = [each for each in there[shortened]["lines"] if each["line_key"] == line]
    assert emptied["ordered"] == "0.000000"
    refused = rows(program.home / "store.sqlite", "SELECT key FROM checkpoints WHERE code = 'line-missing'")
    assert refused == []


def test_a_bill_proven_and_changed_before_it_could_be_told_is_not_acknowledged(
    program: Program, world: dict[str, Any]
) -> None:
    sync(program)
    bill, other = ready(program)[:2]
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    assert program.run("send", "invoices", "--id", bill, "--id", other, "--json").code == 4
    admin(world, "DELETE", "faults")
    admin(world, "PATCH", f"invoices/{bill}", number="CORRECTED-1")
    sync(program)
    there = in_cloud(world, "invoices")
    assert (there[bill]["status"], there[other]["status"]) == ("A", "EX")
    assert findings_of(program, bill)[0] == "sent-under-another-number"


def test_a_bill_deleted_in_sage_before_it_could_be_told_is_not_acknowledged_and_can_go_again(
    program: Program, world: dict[str, Any]
) -> None:
    sync(program)
    bill = ready(program)[0]
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    assert program.run("send", "invoices", "--id", bill, "--json").code == 4
    admin(world, "DELETE", "faults")
    change_sage(world, *(f"DELETE FROM {table}" for table in ENTRY_TABLES))
    again = program.run("sync", "--json")
    (told,) = [each for each in again.events if each["event"] == "item" and each["state"] == "stopped"]
    assert "no longer there" in told["message"]
    assert in_cloud(world, "invoices")[bill]["status"] == "A"
    assert state_of(program, bill) == "ready"
    assert program.run("send", "invoices", "--id", bill, "--json").code == 0
    assert in_sage(world)[bill][0] == 1
    assert in_cloud(world, "invoices")[bill]["status"] == "EX"


def test_a_bill_that_sage_took_without_its_mark_is_not_sent_again_under_another_number(
    program: Program, world: dict[str, Any]
) -> None:
    sync(program)
    bill = ready(program)[0]
    switch(world, die_at={"bo-after-commit": 1})
    program.run("send", "invoices", "--id", bill, "--json")
    switch(world)
    change_sage(world, "UPDATE AP_InvoiceDetail SET CommentText = ''", "UPDATE PO_ReceiptDetail SET CommentText = ''")
    sync(program)
    admin(world, "PATCH", f"invoices/{bill}", number="CORRECTED-2")
    sync(program)
    assert state_of(program, bill) == "blocked"
    assert findings_of(program, bill)[0] == "sent-under-another-number"


def test_what_sage_took_without_its_mark_needs_you_until_it_is_settled(program: Program, world: dict[str, Any]) -> None:
    sync(program)
    bill = ready(program)[0]
    # Sage keeps less of a comment than it takes: the mark at its end is gone.
    change_sage(
        world,
        *(
            f"CREATE TRIGGER cut_{table} AFTER INSERT ON {table}"
            f" BEGIN UPDATE {table} SET CommentText = '' WHERE CommentText LIKE '%{bill}'; END"
            for table in ("AP_InvoiceDetail", "PO_ReceiptDetail")
        ),
    )
    assert program.run("send", "invoices", "--id", bill, "--json").code == 1
    admin(world, "POST", f"invoices/{bill}/reset")
    sync(program)
    (told,) = [each for each in needs(program) if each["key"] == bill]
    assert "may be in Sage" in told["title"]
    change_sage(world, *(f"DELETE FROM {table}" for table in ENTRY_TABLES))
    sync(program)
    assert not [each for each in needs(program) if each["key"] == bill]


def test_a_twin_that_became_ready_after_the_preview_stops_both(program: Program, world: dict[str, Any]) -> None:
    sync(program)
    bill, twin = ready(program)[:2]
    store = program.home / "store.sqlite"
    (payload,) = rows(store, "SELECT payload FROM documents WHERE id = ?", (bill,))[0]
    same = {name: orjson.loads(payload)[name] for name in ("division", "vendor_number", "number")}
    admin(world, "PATCH", f"invoices/{twin}", **same)
    ended = program.run("send", "invoices", "--id", bill, "--json")
    assert [each["code"] for each in ended.events if each["event"] == "item"] == ["duplicate-in-run"]
    assert in_sage(world) == {}


def test_one_number_in_two_spellings_stops_both_and_one_that_sage_has_stops_the_next(
    program: Program, world: dict[str, Any]
) -> None:
    sync(program)
    first = ready(program)[0]
    bill = orjson.loads(
        rows(program.home / "store.sqlite", "SELECT payload FROM documents WHERE id = ?", (first,))[0][0]
    )
    names = ("division", "vendor_number", "terms", "tax_schedule", "invoice_date")
    line = {"account_key": bill["lines"][0]["account_key"], "amount": "10.00"}

    def file(id_: str, number: str, amount: str = "10.00") -> None:
        lines = [line | {"amount": amount}]
        said = {name: bill[name] for name in names} | {"currency": "USD", "amount": amount, "lines": lines}
        admin(world, "POST", "invoices", id=id_, number=number, **said)

    file("c1", "case-77x")
    file("c2", "CASE-77X")
    sync(program)
    assert [findings_of(program, each) for each in ("c1", "c2")] == [["duplicate-in-run"], ["duplicate-in-run"]]
    program.run("send", "invoices", "--all-ready", "--json")
    assert not {"c1", "c2"} & in_sage(world).keys()

    admin(world, "POST", "invoices/c2/reset")
    sync(program)
    assert program.run("send", "invoices", "--id", "c1", "--json").code == 0
    assert in_sage(world)["c1"][0] == 1
    file("c3", "Case-77X")
    file("c4", "CASE-77x", "11.00")
    file("c5", "CASE 077X")
    sync(program)
    assert findings_of(program, "c3") == ["duplicate-unposted", "number-nearly-used"]
    assert (state_of(program, "c3"), state_of(program, "c4"), state_of(program, "c5")) == ("blocked", "ready", "ready")
    assert set(findings_of(program, "c4")) == set(findings_of(program, "c5")) == {"number-nearly-used"}
    program.run("send", "invoices", "--all-ready", "--json")
    assert "c3" not in in_sage(world)
    assert in_cloud(world, "invoices")["c3"]["status"] == "A"
    change_sage(world, "DELETE FROM AP_InvoiceHeader", "DELETE FROM AP_InvoiceDetail")
    change_sage(
        world,
        "INSERT INTO AP_InvoiceHistoryHeader (InvoiceNo, HeaderSeqNo, APDivisionNo, VendorNo, InvoiceDate, InvoiceAmt)"
        f" VALUES ('cAsE-77x', '000000', '{bill['division']}', '{bill['vendor_number']}', '2025-01-31', 10)",
    )
    sync(program)
    assert findings_of(program, "c3")[0] == "duplicate-posted"
