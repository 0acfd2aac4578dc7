"""What a person decides about a document that was not sent: Quadient AP follows, Sage is never written to."""

from typing import Any

import orjson
import pytest
import requests

from tests.system.commands import Ended, Program, change_sage, in_cloud, in_sage, rows, switch


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


def state_of(program: Program, id_: str) -> str:
    return str(store(program, "SELECT state FROM documents WHERE id = ?", id_)[0][0])


def needs(program: Program) -> list[str]:
    return [each["key"] for each in orjson.loads(program.run("status", "--json").out)["needs_you"]]


def item(ended: Ended, id_: str) -> dict[str, Any]:
    return [each for each in ended.events if each["event"] == "item" and each["key"] == id_][-1]


@pytest.fixture
def failed(program: Program, world: dict[str, Any]) -> str:
    """An invoice that Sage refused: it is in Sync Error, and Sage would take it now."""
    program.run("sync", "--json")
    id_ = ready(program)[0]
    (payload,) = store(program, "SELECT payload FROM documents WHERE id = ?", id_)[0]
    switch(world, refuse_write=orjson.loads(payload)["number"])
    program.run("send", "invoices", "--id", id_, "--json")
    switch(world)
    assert in_cloud(world, "invoices")[id_]["status"] == "SE"
    return id_


def bill_by_hand(program: Program, world: dict[str, Any], id_: str, amount: str = "") -> str:
    """Type the document into Sage as somebody would without AP Bridge; return the external id it should get."""
    (payload,) = store(program, "SELECT payload FROM documents WHERE id = ?", id_)[0]
    bill = orjson.loads(payload)
    change_sage(
        world,
        "INSERT INTO AP_OpenInvoice (APDivisionNo, VendorNo, InvoiceNo, InvoiceDate, InvoiceAmt, Balance) VALUES"
        f" ('{bill['division']}', '{bill['vendor_number']}', '{bill['number']}', '{bill['invoice_date']}',"
        f" {amount or bill['amount']}, {amount or bill['amount']})",
    )
    return f"ABC:{bill['division']}-{bill['vendor_number']}:{bill['number']}"


def test_a_sync_error_is_marked_again_and_previewed_but_not_written(
    program: Program, world: dict[str, Any], failed: str
) -> None:
    ended = program.run("send-again", "invoices", "--id", failed, "--json")
    assert ended.code in (0, 1), ended.sentence
    there = in_cloud(world, "invoices")[failed]
    assert (there["status"], there["marked"]) == ("SE", True)
    assert state_of(program, failed) == "ready"
    assert in_sage(world) == {}
    assert program.run("send", "invoices", "--id", failed, "--json").code == 0
    assert in_sage(world)[failed][0] == 1
    assert in_cloud(world, "invoices")[failed]["status"] == "EX"


def test_what_is_exported_already_is_not_sent_again(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    sent = ready(program)[0]
    program.run("send", "invoices", "--id", sent, "--json")
    ended = program.run("send-again", "invoices", "--id", sent, "--json")
    assert ended.code == 1
    assert item(ended, sent)["code"] == "already-exported"
    assert in_cloud(world, "invoices")[sent]["status"] == "EX"
    assert state_of(program, sent) == "sent"


def test_what_sage_does_not_have_is_marked_as_exported_only_when_a_person_insists(
    program: Program, world: dict[str, Any], failed: str
) -> None:
    ended = program.run("mark-exported", "invoices", "--id", failed, "--json")
    assert ended.code == 1
    assert item(ended, failed)["code"] == "not-in-sage"
    assert "tick Although not in Sage" in item(ended, failed)["fix"]
    assert in_cloud(world, "invoices")[failed]["status"] == "SE"
    assert failed in needs(program)

    ended = program.run("mark-exported", "invoices", "--id", failed, "--although-not-in-sage", "--json")
    assert ended.code == 0, ended.sentence
    there = in_cloud(world, "invoices")[failed]
    assert (there["status"], there["external_id"]) == ("EX", "")
    assert failed not in needs(program)
    assert in_sage(world) == {}


def test_a_bill_typed_into_sage_by_hand_is_marked_as_exported_with_its_external_id(
    program: Program, world: dict[str, Any], failed: str
) -> None:
    external_id = bill_by_hand(program, world, failed)
    ended = program.run("mark-exported", "invoices", "--id", failed, "--json")
    assert ended.code == 0, ended.sentence
    there = in_cloud(world, "invoices")[failed]
    assert (there["status"], there["external_id"]) == ("EX", external_id)
    assert state_of(program, failed) == "settled"
    program.run("sync", "--json")
    assert failed not in needs(program)


def test_a_bill_of_another_amount_under_its_number_does_not_pass_for_it(
    program: Program, world: dict[str, Any], failed: str
) -> None:
    bill_by_hand(program, world, failed, amount="1.23")
    ended = program.run("mark-exported", "invoices", "--id", failed, "--json")
    assert ended.code == 1
    assert item(ended, failed)["code"] == "different-in-sage"
    assert "1.23" in item(ended, failed)["message"]
    assert in_cloud(world, "invoices")[failed]["status"] == "SE"


def test_what_was_sent_and_then_renumbered_there_is_found_under_its_old_number(
    program: Program, world: dict[str, Any]
) -> None:
    program.run("sync", "--json")
    bill = ready(program)[0]
    program.run("send", "invoices", "--id", bill, "--json")
    external_id = in_cloud(world, "invoices")[bill]["external_id"]
    admin(world, "POST", f"invoices/{bill}/undo-export")
    admin(world, "PATCH", f"invoices/{bill}", number="RENUMBERED")
    admin(world, "POST", f"invoices/{bill}/mark-for-export")
    program.run("sync", "--json")
    assert state_of(program, bill) == "blocked"
    ended = program.run("mark-exported", "invoices", "--id", bill, "--json")
    assert ended.code == 0, ended.sentence
    there = in_cloud(world, "invoices")[bill]
    assert (there["status"], there["external_id"]) == ("EX", external_id)
    assert state_of(program, bill) == "sent"
    assert in_sage(world)[bill][0] == 1


def test_a_payment_is_settled_by_its_check(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    payment = ready(program, "payment")[0]
    program.run("send", "payments", "--id", payment, "--json")
    external_id = in_cloud(world, "payments")[payment]["external_id"]
    admin(world, "POST", f"payments/{payment}/undo-export")
    ended = program.run("mark-exported", "payments", "--id", payment, "--json")
    assert ended.code == 0, ended.sentence
    there = in_cloud(world, "payments")[payment]
    assert (there["status"], there["external_id"]) == ("EX", external_id)


@pytest.mark.parametrize(("voided", "code"), [(False, ""), (True, "different-in-sage")])
def test_a_check_written_by_hand_counts_unless_it_was_voided(
    program: Program, world: dict[str, Any], voided: bool, code: str
) -> None:
    program.run("sync", "--json")
    id_ = ready(program, "payment")[0]
    payload, number = store(program, "SELECT payload, check_number FROM documents WHERE id = ?", id_)[0]
    payment = orjson.loads(payload)
    amounts = {"000000": ("M", payment["amount"])} | ({"000001": ("V", f"-{payment['amount']}")} if voided else {})
    change_sage(
        world,
        *(
            "INSERT INTO AP_CheckHistoryHeader (BankCode, CheckNo, CheckSeqNo, CheckType, CheckDate, APDivisionNo,"
            f" VendorNo, CheckAmt) VALUES ('{payment['bank_code']}', '{number}', '{sequence}', '{kind}',"
            f" '{payment['payment_date']}', '{payment['division']}', '{payment['vendor_number']}', {amount})"
            for sequence, (kind, amount) in amounts.items()
        ),
    )
    ended = program.run("mark-exported", "payments", "--id", id_, "--json")
    assert item(ended, id_)["code"] == code
    there = in_cloud(world, "payments")[id_]
    external_id = f"ABC:{payment['bank_code']}:{number}"
    assert (there["status"], there["external_id"]) == (("PD", "") if voided else ("EX", external_id))


def test_a_document_that_nobody_knows_is_refused(program: Program, world: dict[str, Any]) -> None:
    assert item(program.run("mark-exported", "invoices", "--id", "x-1", "--json"), "x-1")["code"] == "not-previewed"
    ended = program.run("send-again", "invoices", "--id", "x-1", "--json")
    assert ended.code == 1
    assert item(ended, "x-1")["code"] == "unknown-document"


@pytest.mark.parametrize("fault", ["drop_before_commit", "drop_after_commit"])
def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(
    program: Program, world: dict[str, Any], failed: str, fault: str
) -> None:
    external_id = bill_by_hand(program, world, failed)
    admin(world, "POST", "faults", name=fault, times=20, path=".*/moves")
    assert program.run("mark-exported", "invoices", "--id", failed, "--json").code == 4
    admin(world, "DELETE", "faults")
    (asked,) = store(program, "SELECT key, run, answered_at FROM moves")
    assert asked[2] is None
    assert state_of(program, failed) == "failed"

    assert program.run("sync", "--json").code in (0, 1)
    (answered,) = store(program, "SELECT key, run, answered_at FROM moves")
    assert answered[:2] == asked[:2]
    assert answered[2]
    there = in_cloud(world, "invoices")[failed]
    assert (there["status"], there["external_id"], there["run"]) == ("EX", external_id, asked[1])
    assert state_of(program, failed) == "settled"


@pytest.mark.parametrize(("fault", "exported"), [("drop_before_commit", False), ("drop_after_commit", True)])
def test_what_was_deleted_in_sage_before_the_answer_is_not_asked_for_again(
    program: Program, world: dict[str, Any], failed: str, fault: str, exported: bool
) -> None:
    bill_by_hand(program, world, failed)
    admin(world, "POST", "faults", name=fault, times=20, path=".*/moves")
    assert program.run("mark-exported", "invoices", "--id", failed, "--json").code == 4
    admin(world, "DELETE", "faults")
    change_sage(world, "DELETE FROM AP_OpenInvoice")
    ended = program.run("sync", "--json")
    assert ended.code == 1
    assert store(program, "SELECT COUNT(*) FROM moves WHERE answered_at IS NULL") == [(0,)]
    if exported:
        assert ended.event("attention")["title"] == f"{failed} is Exported, and not in Sage"
    else:
        told = [each for each in ended.events if each.get("stage") == "moves" and each["event"] == "item"]
        assert [(each["key"], each["code"]) for each in told] == [(failed, "no-longer-in-sage")]
        assert in_cloud(world, "invoices")[failed]["status"] == "SE"
        assert failed in needs(program)


def test_a_move_that_is_no_longer_allowed_when_it_is_repeated_is_told(
    program: Program, world: dict[str, Any], failed: str
) -> None:
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/moves")
    assert program.run("send-again", "invoices", "--id", failed, "--json").code == 4
    admin(world, "DELETE", "faults")
    admin(world, "POST", f"invoices/{failed}/reset")
    ended = program.run("sync", "--json")
    assert ended.code == 1
    assert [each["code"] for each in ended.events if each.get("stage") == "moves" and each["event"] == "item"] == [
        "status-not-fit"
    ]
    assert store(program, "SELECT COUNT(*) FROM moves WHERE answered_at IS NULL") == [(0,)]
    assert in_cloud(world, "invoices")[failed]["status"] == "RS"


def test_what_sage_has_and_quadient_ap_did_not_take_is_settled(program: Program, world: dict[str, Any]) -> None:
    program.run("sync", "--json")
    bill = ready(program)[0]
    admin(world, "POST", "faults", name="unavailable", times=20, path=".*/results")
    program.run("send", "invoices", "--id", bill, "--json")
    admin(world, "DELETE", "faults")
    # Somebody takes the mark away there, so that it takes no result.
    admin(world, "POST", f"invoices/{bill}/reset")
    admin(world, "POST", f"invoices/{bill}/approve")
    program.run("sync", "--json")
    assert bill in needs(program)
    ended = program.run("mark-exported", "invoices", "--id", bill, "--json")
    assert in_cloud(world, "invoices")[bill]["status"] == "EX", ended.sentence
    assert bill not in needs(program)
    assert store(program, "SELECT state FROM journal") == [("acknowledged",)]
    assert state_of(program, bill) == "sent"
