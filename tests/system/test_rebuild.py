"""A store that was lost is made again from Sage and Quadient AP, and nobody can tell by what is sent next."""

import signal
import sqlite3
from typing import Any

import orjson
import pytest
import requests

from tests.system.commands import Ended, Program, change_sage, in_cloud, in_sage, rows, switch

JOURNAL = "SELECT kind, document, state, run, batch, amount, external_id, natural_key, hash FROM journal ORDER BY 1, 2"


def admin(world: dict[str, Any], method: str, path: str, /, **json: Any) -> Any:
    url = world["quadient_ap"]["admin_url"] + path
    answer = requests.request(method, url, json=json or None, timeout=10)
    answer.raise_for_status()
    return answer.json()


def store(program: Program, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return rows(program.home / "store.sqlite", sql, values)


def ready(program: Program, kind: str = "invoice") -> list[str]:
    sql = "SELECT id FROM documents WHERE kind = ? AND state = 'ready' ORDER BY id"
    return [row[0] for row in store(program, sql, kind)]


def lose_store(program: Program) -> None:
    for file in program.home.glob("store.sqlite*"):
        file.unlink()


def records_sent(world: dict[str, Any]) -> int:
    """Count the records that Quadient AP was sent since its log was emptied."""
    log = admin(world, "GET", "requests")["items"]
    return sum(each["count"] for each in log if each["path"].endswith(("/batches", "/results", "/moves")))


def totals_of(ended: Ended) -> list[tuple[Any, ...]]:
    return sorted((row["destination"], row["batch"], row["sent_count"], row["sent_amount"], row["sage_amount"],
                   row["cloud_amount"]) for row in ended.event("totals")["rows"])  # fmt: skip


def void_a_check(program: Program, world: dict[str, Any]) -> list[str]:
    """Return what voids, in Sage, a payment that Quadient AP has already."""
    sql = "SELECT key FROM checkpoints WHERE list = 'sage_payment' AND payload LIKE '%\"cancels\":\"\"%' ORDER BY key"
    bank, number, sequence = store(program, sql)[0][0].split("-")
    where = f"WHERE BankCode = '{bank}' AND CheckNo = '{number}' AND CheckSeqNo = '{sequence}'"
    changes = {
        "AP_CheckHistoryHeader": {"CheckSeqNo": "'000099'", "CheckType": "'V'", "CheckAmt": "-CheckAmt"},
        "AP_CheckHistoryDetail": {"CheckSeqNo": "'000099'", "AmountPaid": "-AmountPaid"},
    }
    statements = []
    for table, changed in changes.items():
        columns = [row[1] for row in rows(world["sage"]["file"], f"PRAGMA table_info({table})")]
        values = ", ".join(changed.get(column, column) for column in columns)
        statements.append(f"INSERT INTO {table} SELECT {values} FROM {table} {where}")
    return statements


@pytest.fixture
def worked(program: Program, world: dict[str, Any]) -> list[Ended]:
    """A world in which the whole job was done; what the sends told."""
    assert program.run("sync", "--json").code in (0, 1)
    change_sage(
        world,
        "DELETE FROM AP_Vendor WHERE (APDivisionNo, VendorNo) = (SELECT APDivisionNo, VendorNo FROM AP_Vendor WHERE"
        " VendorNo NOT IN (SELECT VendorNo FROM AP_OpenInvoice UNION SELECT VendorNo FROM PO_PurchaseOrderHeader))",
    )
    (payload,) = store(
        program, "SELECT payload FROM checkpoints WHERE list = 'purchase_order' AND active ORDER BY key"
    )[0]
    order = orjson.loads(payload)
    change_sage(
        world,
        f"DELETE FROM PO_PurchaseOrderDetail WHERE PurchaseOrderNo = '{order['number']}'"
        f" AND LineKey = '{order['lines'][0]['line_key']}'",
        *void_a_check(program, world),
    )
    sent = [program.run("send", kind, "--all-ready", "--json") for kind in ("invoices", "payments")]
    assert program.run("sync", "--full", "--json").code in (0, 1)
    assert in_sage(world)
    state = admin(world, "GET", "state")
    assert state["imported_payments"]["cancelled"] == 1
    assert state["lists"]["vendor"]["inactive"] > 0
    return sent


def test_after_a_rebuild_a_sync_sends_nothing(program: Program, world: dict[str, Any], worked: list[Ended]) -> None:
    before, lists = store(program, JOURNAL), program.run("status", "--json").out
    deleted = store(program, "SELECT list, key FROM checkpoints WHERE active = 0 ORDER BY 1, 2")
    lose_store(program)
    ended = program.run("rebuild", "--json")
    assert ended.code == 0, ended.sentence
    assert before
    assert store(program, JOURNAL) == before
    assert store(program, "SELECT list, key FROM checkpoints WHERE active = 0 ORDER BY 1, 2") == deleted
    assert totals_of(ended) == sorted(row for each in worked for row in totals_of(each))

    admin(world, "DELETE", "requests")
    synced = program.run("sync", "--json")
    assert synced.code in (0, 1)
    assert records_sent(world) == 0
    finished = [each for each in synced.events if each["event"] == "stage_finished"]
    assert sum(each.get(name, 0) for each in finished for name in ("new", "changed", "deactivated")) == 0
    there, was = orjson.loads(program.run("status", "--json").out), orjson.loads(lists)
    counts = ("name", "active", "inactive", "failed")
    assert [[each[name] for name in counts] for each in there["lists"]] == [
        [each[name] for name in counts] for each in was["lists"]
    ]
    assert there["needs_you"] == was["needs_you"]
    states = "SELECT DISTINCT state FROM documents WHERE id IN (SELECT document FROM journal)"
    assert store(program, states) == [("sent",)]


def test_the_runs_come_back_with_their_ends(program: Program, world: dict[str, Any], worked: list[Ended]) -> None:
    were = {row[0]: row[1:] for row in store(program, "SELECT id, command, outcome FROM runs")}
    lose_store(program)
    program.run("rebuild", "--json")
    are = {row[0]: row[1:] for row in store(program, "SELECT id, command, outcome FROM runs")}
    assert {id_: are[id_] for id_ in were} == were
    status = orjson.loads(program.run("status", "--json").out)
    assert status["last_sync"]
    assert "send invoices" in program.run("history").out


def test_what_was_sent_before_the_loss_can_still_be_undone(
    program: Program, world: dict[str, Any], worked: list[Ended]
) -> None:
    lose_store(program)
    program.run("rebuild", "--json")
    run = worked[0].events[0]["run"]
    of_run = {row[0] for row in store(program, "SELECT document FROM journal WHERE run = ?", run)}
    assert of_run
    ended = program.run("undo", "--run", run, "--json")
    assert ended.code == 0, ended.sentence
    assert not of_run & in_sage(world).keys()
    assert {in_cloud(world, "invoices")[id_]["status"] for id_ in of_run} == {"A"}


def test_an_edit_in_sage_after_the_loss_is_all_that_the_next_sync_sends(
    program: Program, world: dict[str, Any], worked: list[Ended]
) -> None:
    lose_store(program)
    change_sage(
        world,
        "UPDATE AP_Vendor SET VendorName = 'Renamed meanwhile' WHERE VendorNo = (SELECT MAX(VendorNo) FROM AP_Vendor)",
    )
    program.run("rebuild", "--json")
    admin(world, "DELETE", "requests")
    program.run("sync", "--json")
    assert records_sent(world) == 1


def test_what_was_changed_in_sage_after_its_export_needs_a_person(
    program: Program, world: dict[str, Any], worked: list[Ended]
) -> None:
    changed, deleted = [
        (row[0], orjson.loads(row[1]))
        for row in store(
            program,
            "SELECT document, natural_key FROM journal WHERE destination = 'A/P Invoice Data Entry'"
            " ORDER BY json_extract(natural_key, '$[3]') DESC",
        )
    ][:2]
    where = "APDivisionNo = '{}' AND VendorNo = '{}' AND InvoiceNo = '{}'"
    change_sage(
        world,
        f"UPDATE AP_InvoiceHeader SET InvoiceAmt = InvoiceAmt + 1 WHERE {where.format(*changed[1])}",
        *(
            f"DELETE FROM {table} WHERE {where.format(*deleted[1])}"
            for table in ("AP_InvoiceHeader", "AP_InvoiceDetail")
        ),
    )
    lose_store(program)
    ended = program.run("rebuild", "--json")
    assert ended.code == 1
    assert {each["code"] for each in ended.events if each["event"] == "attention"} == {"exported-differs"}
    states = dict(store(program, "SELECT document, state FROM journal"))
    assert {id_ for id_, state in states.items() if state == "stopped"} == {changed[0], deleted[0]}

    admin(world, "DELETE", "requests")
    program.run("sync", "--json")
    assert records_sent(world) == 0
    needs = {each["key"]: each["message"] for each in orjson.loads(program.run("status", "--json").out)["needs_you"]}
    assert "Sage already has this number" in needs[changed[0]]
    assert "Sage has nothing under ABC:" in needs[deleted[0]]
    # Looked at and found to be right, it needs nobody any more.
    for id_ in (changed[0], deleted[0]):
        program.run("mark-exported", "invoices", "--id", id_, "--although-not-in-sage", "--json")
    needs = {each["key"]: each["message"] for each in orjson.loads(program.run("status", "--json").out)["needs_you"]}
    assert not {changed[0], deleted[0]} & needs.keys()


def test_what_is_older_than_all_that_sage_keeps_needs_nobody(
    program: Program, world: dict[str, Any], worked: list[Ended]
) -> None:
    by_day = [
        (row[0], orjson.loads(row[1]))
        for row in store(
            program,
            "SELECT document, natural_key FROM journal WHERE kind = 'invoice'"
            " ORDER BY json_extract(natural_key, '$[3]')",
        )
    ]
    purged = [each for each in by_day if each[1][3] == by_day[0][1][3]]
    assert len(purged) < len(by_day)
    tables = ("AP_InvoiceHeader", "AP_InvoiceDetail", "PO_ReceiptHeader")
    posted = ("AP_InvoiceHistoryHeader", "AP_OpenInvoice")
    change_sage(
        world,
        *(
            f"DELETE FROM {table} WHERE VendorNo = '{vendor}' AND InvoiceNo = '{number}'"
            for _, (_, vendor, number, _) in purged
            for table in tables
        ),
        *(f"DELETE FROM {table} WHERE InvoiceDate <= '{by_day[0][1][3]}'" for table in posted),
    )
    lose_store(program)
    ended = program.run("rebuild", "--json")
    assert ended.code == 0, ended.sentence
    (told,) = [each for each in ended.events if each.get("stage") == "rebuild.invoice" and "sent" in each]
    assert told["older than what Sage keeps"] == len(purged)
    assert told["sent"] == len(by_day) - len(purged)


@pytest.mark.parametrize("kind", ["invoice", "payment"])
def test_what_sage_lacks_needs_a_person_though_it_is_the_oldest_of_ours(
    program: Program, world: dict[str, Any], kind: str
) -> None:
    program.run("sync", "--json")
    program.run("send", f"{kind}s", "--all-ready", "--json")
    day = "json_extract(natural_key, ?)"
    place = "$[3]" if kind == "invoice" else "$[2]"
    sent = store(program, f"SELECT document, {day} FROM journal WHERE state = 'acknowledged' AND kind = ?", place, kind)
    first = min(on for _, on in sent)
    oldest = [document for document, on in sent if on == first]
    assert len(oldest) < len(sent)
    admin(world, "POST", "faults", name="unavailable", times=50, path=".*/moves")
    ids = (argument for document in oldest for argument in ("--id", document))
    assert program.run("undo", *ids, "--json").code == 4
    admin(world, "DELETE", "faults")
    assert not set(oldest) & in_sage(world).keys()
    lose_store(program)
    ended = program.run("rebuild", "--json")
    assert ended.code == 1
    assert {each["code"] for each in ended.events if each["event"] == "attention"} == {"exported-differs"}
    program.run("sync", "--json")
    needs = {each["key"]: each["message"] for each in orjson.loads(program.run("status", "--json").out)["needs_you"]}
    for each in oldest:
        assert "Quadient AP shows it as Exported. Sage has nothing under ABC:" in needs[each]
        assert in_cloud(world, f"{kind}s")[each]["status"] == "EX"


@pytest.mark.parametrize("path", [".*/purchase-orders", ".*/exports/payments/exported", ".*/sync-runs"])
def test_a_rebuild_without_quadient_ap_leaves_the_store_as_it_was(
    program: Program, world: dict[str, Any], worked: list[Ended], path: str
) -> None:
    before = store(program, JOURNAL)
    checkpoints = "SELECT list, key, hash, active FROM checkpoints WHERE hash IS NOT NULL ORDER BY 1, 2"
    had = store(program, checkpoints)
    admin(world, "POST", "faults", name="unavailable", times=20, path=path)
    assert program.run("rebuild", "--anew", "--json").code == 4
    admin(world, "DELETE", "faults")
    assert store(program, JOURNAL) == before
    assert store(program, checkpoints) == had
    lose_store(program)
    assert program.run("rebuild", "--json").code == 0
    assert store(program, checkpoints) == had


def test_a_sage_that_cannot_be_looked_into_ends_the_rebuild(
    program: Program, world: dict[str, Any], worked: list[Ended]
) -> None:
    before = store(program, JOURNAL)
    change_sage(world, "ALTER TABLE AP_InvoiceHistoryHeader RENAME TO Elsewhere", "DROP TABLE AP_OpenInvoice")
    ended = program.run("rebuild", "--anew", "--json")
    assert ended.code == 3
    assert ended.event("run_finished")["code"] == "sage-not-looked-into"
    assert store(program, JOURNAL) == before


def test_a_sync_error_stays_one_and_can_be_sent_again(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    bad = ready(program)[0]
    (payload,) = store(program, "SELECT payload FROM documents WHERE id = ?", bad)[0]
    switch(world, refuse_write=orjson.loads(payload)["number"])
    program.run("send", "invoices", "--id", bad, "--json")
    switch(world)
    (told,) = [each for each in orjson.loads(program.run("status", "--json").out)["needs_you"] if each["key"] == bad]
    lose_store(program)
    assert program.run("rebuild", "--json").code == 1
    for _ in range(2):
        (again,) = [
            each for each in orjson.loads(program.run("status", "--json").out)["needs_you"] if each["key"] == bad
        ]
        assert (again["title"], again["message"]) == (told["title"], told["message"])
        program.run("sync", "--json")
    assert in_cloud(world, "invoices")[bad]["status"] == "SE"
    assert program.run("send-again", "invoices", "--id", bad, "--json").code in (0, 1)
    assert program.run("send", "invoices", "--id", bad, "--json").code == 0
    assert in_sage(world)[bad][0] == 1


def test_what_sage_has_and_quadient_ap_was_never_told_is_adopted(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    bill = ready(program)[0]
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    assert program.run("send", "invoices", "--id", bill, "--json").code == 4
    admin(world, "DELETE", "faults")
    lose_store(program)
    assert program.run("rebuild", "--json").code == 0
    program.run("sync", "--json")
    assert bill in ready(program)
    assert program.run("send", "invoices", "--id", bill, "--json").code == 0
    assert in_sage(world)[bill][0] == 1
    assert in_cloud(world, "invoices")[bill]["status"] == "EX"


def test_what_people_marked_as_exported_is_no_work_of_ours(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    first, second = ready(program)[:2]
    admin(world, "POST", f"invoices/{first}/mark-as-exported")
    (payload,) = store(program, "SELECT payload FROM documents WHERE id = ?", second)[0]
    bill = orjson.loads(payload)
    change_sage(
        world,
        "INSERT INTO AP_OpenInvoice (APDivisionNo, VendorNo, InvoiceNo, InvoiceDate, InvoiceAmt, Balance) VALUES"
        f" ('{bill['division']}', '{bill['vendor_number']}', '{bill['number']}', '{bill['invoice_date']}',"
        f" {bill['amount']}, {bill['amount']})",
    )
    program.run("mark-exported", "invoices", "--id", second, "--json")
    lose_store(program)
    assert program.run("rebuild", "--json").code == 0
    assert store(program, "SELECT COUNT(*) FROM journal") == [(0,)]
    assert store(program, "SELECT id, state FROM documents WHERE kind = 'invoice'") == [(second, "settled")]


def test_a_store_that_is_not_empty_is_replaced_only_when_asked_and_a_copy_is_kept(
    program: Program, world: dict[str, Any], worked: list[Ended]
) -> None:
    before, runs = store(program, JOURNAL), store(program, "SELECT COUNT(*) FROM runs")[0][0]
    refused = program.run("rebuild", "--json")
    assert refused.event("run_finished")["code"] == "store-not-empty"
    assert "--anew" in refused.sentence
    assert store(program, JOURNAL) == before

    another = sqlite3.connect(program.home / "store.sqlite")
    with another:
        another.execute("INSERT INTO watermarks VALUES ('XYZ', 'vendor', '2026-11-24', '2026-11-24', '1')")
    another.close()
    assert program.run("rebuild", "--anew", "--json").code == 0
    assert store(program, JOURNAL) == before
    assert store(program, "SELECT DISTINCT company FROM watermarks") == [("XYZ",)], "another company's stay"
    assert store(program, "SELECT COUNT(*) FROM runs") == [(runs + 2,)]
    (copy,) = program.home.glob("store.before-*.sqlite")
    assert rows(copy, JOURNAL) == before


def test_a_damaged_store_is_put_aside(program: Program, world: dict[str, Any], worked: list[Ended]) -> None:
    before = store(program, JOURNAL)
    lose_store(program)
    damaged = b"This is no store." * 1000
    (program.home / "store.sqlite").write_bytes(damaged)
    told = program.run("sync", "--json")
    assert told.event("run_finished")["code"] == "store-damaged"
    assert "choose Rebuild" in told.sentence
    assert "Rebuild is “apbridge rebuild --anew” here" in program.run("sync").out
    assert program.run("rebuild", "--json").event("run_finished")["code"] == "store-damaged"
    ended = program.run("rebuild", "--anew", "--json")
    assert ended.code == 0, ended.sentence
    assert store(program, JOURNAL) == before
    (aside,) = program.home.glob("store.damaged-*.sqlite")
    assert aside.read_bytes() == damaged
    assert str(aside) in ended.err


@pytest.mark.parametrize("at", ["rebuild.vendor", "rebuild.invoice", "rebuild.runs"])
def test_a_rebuild_that_was_killed_is_begun_again(
    program: Program, world: dict[str, Any], worked: list[Ended], at: str
) -> None:
    before = store(program, JOURNAL)
    lose_store(program)
    child = program.start("rebuild", "--json")
    for line in child.stdout:
        told = orjson.loads(line)
        if told["event"] == "stage_started" and told["stage"] == at:
            child.send_signal(signal.SIGKILL)
            break
    child.communicate(timeout=30)
    assert store(program, JOURNAL) in ([], before), "all of it or nothing"
    again = program.run("rebuild", "--json")
    if again.code != 0:  # it was done before the signal came
        assert again.event("run_finished")["code"] == "store-not-empty"
    assert store(program, JOURNAL) == before
    admin(world, "DELETE", "requests")
    program.run("sync", "--json")
    assert records_sent(world) == 0
