"""The self-test in a test company: it looks, enters, reads back and deletes, shows every call, and leaves nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import orjson
import pytest

from app.engine.lock import company_lock
from app.sandbox.company import company_file
from app.settings import Home
from tests.system.commands import Ended, Program, change_sage, left_behind, rows, switch

ENTRIES = (
    "AP_InvoiceHeader",
    "AP_InvoiceDetail",
    "PO_ReceiptHeader",
    "PO_ReceiptDetail",
    "AP_ManualCheckHeader",
    "AP_ManualCheckDetail",
)
ALL_PASSED = {"invoice": "passed", "credit_note": "passed", "check": "passed", "left": "passed"}


@pytest.fixture
def away(program: Program) -> dict[str, Any]:
    """The world's description while its AP server does not run: nothing of Sage's side needs it."""
    folder = program.home / "sandbox"
    return {"sage": {"file": str(company_file(folder, "ABC"))}, "faults": str(folder / "faults.json")}


def entries(world: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(world["sage"]["file"], f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4") for table in ENTRIES}


def batches(world: dict[str, Any]) -> list[tuple[Any, ...]]:
    return rows(world["sage"]["file"], "SELECT * FROM AP_Batch")


def order(world: dict[str, Any]) -> str:
    sql = (
        "SELECT PurchaseOrderNo FROM PO_PurchaseOrderDetail JOIN PO_PurchaseOrderHeader USING (PurchaseOrderNo)"
        " WHERE OrderStatus IN ('N', 'O', 'B') AND OrderType = 'S' AND ItemType = '1' AND UnitCost > 0"
        " AND QuantityOrdered > QuantityInvoiced ORDER BY 1"
    )
    return str(rows(world["sage"]["file"], sql)[0][0])


def selftest(program: Program, *arguments: str, company: str = "ABC") -> Ended:
    return program.run("selftest", "--test-company", company, *arguments)


def report(program: Program, *arguments: str) -> tuple[int, dict[str, Any], Ended]:
    ended = selftest(program, *arguments, "--json", "-")
    return ended.code, orjson.loads(ended.out), ended


def states(told: dict[str, Any]) -> dict[str, str]:
    return {part["kind"]: part["state"] for part in told["parts"]}


def part(told: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [each for each in told["parts"] if each["kind"] == kind]
    return dict(found)


def blocked(told: dict[str, Any]) -> list[str]:
    return [check["check"] for check in told["checks"] if check["state"] == "blocked"]


def written(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [call for call in told["calls"] if call["method"] == "nWrite" and not call["object"].endswith("oLines")]


def set_up(program: Program, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the settings of the company."""
    file = Home(program.home).settings_file
    settings = orjson.loads(file.read_bytes())
    change(settings["companies"][0])
    file.write_bytes(orjson.dumps(settings))


def test_all_is_looked_at_and_every_kind_is_entered_read_back_and_deleted(
    program: Program, world: dict[str, Any]
) -> None:
    before = entries(world)
    code, told, ended = report(program, "--order", order(world))
    assert code == told["exit_code"] == 0, ended.err
    assert {check["state"] for check in told["checks"] if check["check"] != "keyring"} == {"ok"}
    assert {check["side"] for check in told["checks"]} == {"computer", "sage", "cloud"}
    assert all(table["there"] and table["rows"] is not None for table in told["probe"]["tables"])
    assert states(told) == ALL_PASSED | {"receipt_of_invoice": "passed"}
    numbers = {each["kind"]: each["number"] for each in told["parts"]}
    assert numbers["invoice"] == numbers["check"] == numbers["receipt_of_invoice"] == "APBTEST1"
    assert numbers["credit_note"] == "APBTESTC1"
    assert entries(world) == before
    assert not left_behind(world)
    done = [(call["object"], call["method"]) for call in told["calls"]]
    for screen in ("AP_Invoice_bus", "AP_ManualCheck_bus", "PO_Receipt_bus"):
        assert (screen, "nWrite") in done
        assert (screen, "nDelete") in done
    assert {call["answer"] for call in told["calls"] if call["method"] in ("nWrite", "nDelete")} == {"1"}
    assert all(isinstance(call["milliseconds"], float) for call in told["calls"])


def test_amounts_are_such_as_binary_numbers_miss_and_a_credit_note_is_negative(
    program: Program, world: dict[str, Any]
) -> None:
    _, told, _ = report(program)
    entered = [
        call["arguments"] for call in told["calls"] if call["method"] == "nSetValue" and "Amt" in call["arguments"][0]
    ]
    shares = [amount for name, amount in entered if name == "DistributionAmt"]
    assert shares == ["0.1", "0.2", "-0.1", "-0.2"]
    assert [amount for name, amount in entered if name == "InvoiceAmt"][:2] == ["0.3", "-0.3"]


def test_the_due_date_is_the_invoices_own_and_a_line_has_what_the_head_cuts(
    program: Program, world: dict[str, Any]
) -> None:
    _, told, _ = report(program)
    read = {tuple(call["arguments"]) for call in told["calls"] if call["method"] == "nGetValue"}
    whole = "AP Bridge self-test, which is deleted again at once"
    assert ("Comment$", f"→{whole[:40]}") in read
    assert ("CommentText$", f"→{whole} AP Bridge APBTEST") in read
    (day,) = {
        call["arguments"][1]
        for call in told["calls"]
        if call["method"] == "nSetValue" and call["arguments"][0] == "InvoiceDate$"
    }
    due = datetime.strptime(day, "%Y%m%d").astimezone() + timedelta(days=37)
    assert ("InvoiceDueDate$", f"→{due:%Y%m%d}") in read


def test_what_sage_has_is_not_entered_again_and_what_differs_is_not_deleted(
    program: Program, world: dict[str, Any]
) -> None:
    _, told, _ = report(program, "--order", order(world))
    assert len(written(told)) == 4, "each document was written once"
    assert sum(call["method"] == "nDelete" and call["object"].endswith("_bus") for call in told["calls"]) == 4
    for kind in ("invoice", "credit_note", "check"):
        assert "not taken a second time" in part(told, kind)["steps"]
        assert "not deleted while a cent differs" in part(told, kind)["steps"]
    # Sage gives receipts their numbers, so it cannot know that one was there before.
    assert "not taken a second time" not in part(told, "receipt_of_invoice")["steps"]


def test_no_password_is_shown_anywhere(program: Program, world: dict[str, Any]) -> None:
    _, told, ended = report(program)
    shown = selftest(program)
    signed_in = [call for call in told["calls"] if call["method"] == "nSetUser"]
    assert len(signed_in) == 2, "the check that Business Objects start, and the trials"
    assert {call["arguments"][1] for call in signed_in} == {"•••"}
    logs = "".join(file.read_text() for file in (program.home / "logs").glob("*"))
    kept = (program.home / "selftest-ABC.json").read_text()
    for secret in (world["sage"]["password"], world["quadient_ap"]["client_secret"]):
        for text in (ended.out, ended.err, shown.out, shown.err, logs, kept):
            assert secret not in text


def test_the_terminal_shows_checks_tables_calls_and_parts_in_this_order(
    program: Program, world: dict[str, Any]
) -> None:
    said = selftest(program).out
    told = [
        "Self-test of AP Bridge",
        "ok        Sign-in to Sage 100: Sage accepts",
        "ok        Quadient AP answers",
        "Everything that AP Bridge reads is there.",
        "nSetKeyValue(InvoiceNo$, APBTEST1)",
        "Invoice APBTEST1: passed",
        "Credit note APBTESTC1: passed",
        "Receipt of invoice: not tried.",
        "Nothing is left in Sage: passed.",
        "All that was tried is well; 1 was not.",
    ]
    places = [said.index(each) for each in told]
    assert places == sorted(places)
    assert "--order" in said
    made = [batch for _, batch, *_ in batches(world) if f"Batch {batch} of A/P" in said]
    assert len(made) == 3
    assert said.count("stays there, empty.") == 3


def test_the_report_is_kept_for_support_and_can_go_to_a_file(program: Program, world: dict[str, Any]) -> None:
    file = program.home / "report.json"
    assert selftest(program, "--json", str(file)).code == 0
    assert part(orjson.loads(file.read_bytes()), "check")["state"] == "passed"
    assert (program.home / "selftest-ABC.json").read_bytes() == file.read_bytes()


def test_a_sage_that_never_answers_leaves_the_report_with_the_call_it_did_not_answer(
    program: Program, world: dict[str, Any]
) -> None:
    before = entries(world)
    settings = orjson.loads((program.home / "settings.json").read_bytes())
    (program.home / "settings.json").write_bytes(orjson.dumps(settings | {"sage_timeout_seconds": 2}))
    switch(world, hang_at={"bo-after-commit": 1})
    code, told, shown = report(program)
    assert code == told["exit_code"] == 3
    assert "Sage 100 does not answer" in shown.err
    assert told["stopped"]["code"] == "sage-no-answer"
    assert (told["calls"][-1]["object"], told["calls"][-1]["method"]) == ("AP_Invoice_bus", "nWrite")
    assert told["calls"][-1]["answer"] == "pending"
    assert orjson.loads((program.home / "selftest-ABC.json").read_bytes()) == told
    assert entries(world) != before
    switch(world)
    code, told, _ = report(program)
    assert code == 0
    assert part(told, "invoice")["steps"][0] == "APBTEST1 of an earlier self-test deleted"
    assert entries(world) == before


def test_a_file_that_cannot_be_written_is_told(program: Program, world: dict[str, Any]) -> None:
    ended = selftest(program, "--json", str(program.home / "nowhere" / "report.json"))
    assert ended.code == 7
    assert "All that was tried is well" in ended.out
    assert (program.home / "selftest-ABC.json").exists()


def test_while_another_run_holds_the_company_the_last_report_stays(program: Program, world: dict[str, Any]) -> None:
    selftest(program)
    kept = (program.home / "selftest-ABC.json").read_bytes()
    with company_lock(Home(program.home).locks, "ABC", "sync", datetime.now(UTC)):
        code, told, _ = report(program)
    assert code == told["exit_code"] == 5
    assert told["checks"] == told["calls"] == []
    assert (program.home / "selftest-ABC.json").read_bytes() == kept


def test_another_company_than_the_named_one_is_left_alone(program: Program, away: dict[str, Any]) -> None:
    before = batches(away)
    ended = selftest(program, company="XYZ")
    assert ended.code == 2
    assert "names another" in ended.err
    assert program.run("selftest").code == 2, "nobody is guessed to be a test company"
    assert batches(away) == before
    assert not (program.home / "selftest-ABC.json").exists()


@pytest.mark.parametrize(
    ("fault", "check", "code", "said"),
    [
        ({"wrong_password": True}, "sage-logon", 3, "check the user in Library Master > User Maintenance"),
        ({"no_external_access": True}, "sage-company", 3, "Allow External Access"),
        ({"single_user_mode": True}, "sage-single-user", 3, "single-user mode"),
        ({"no_licence": True}, "sage-licence", 3, "licences are in use"),
    ],
)
def test_what_sage_refuses_stops_before_anything_is_written(
    program: Program, away: dict[str, Any], fault: dict[str, Any], check: str, code: int, said: str
) -> None:
    before = entries(away), batches(away)
    switch(away, **fault)
    ended, told, shown = report(program)
    assert ended == told["exit_code"] == code
    assert check in blocked(told)
    assert told["stopped"]["title"].startswith("Nothing was entered")
    assert told["stopped"]["fix"]
    assert said in shown.err
    assert told["parts"] == []
    assert not written(told)
    assert (entries(away), batches(away)) == before


def test_a_licence_that_is_not_free_does_not_keep_the_tables_from_being_looked_at(
    program: Program, away: dict[str, Any]
) -> None:
    switch(away, no_licence=True)
    _, told, _ = report(program)
    assert len(told["probe"]["tables"]) == 32
    switch(away, wrong_password=True)
    _, told, _ = report(program)
    assert told["probe"] is None


def test_a_folder_that_is_not_there_stops_it(program: Program, away: dict[str, Any]) -> None:
    set_up(program, lambda company: company["sage"].update(location=str(program.home / "nowhere")))
    code, told, shown = report(program)
    assert code == 3
    assert blocked(told)[0] == "sage-folder"
    assert "cannot be opened" in shown.err
    assert told["calls"] == []


def test_a_computer_without_a_keyring_stops_it(program: Program, away: dict[str, Any]) -> None:
    set_up(program, lambda company: company["sage"].update(kind="sage"))
    code, told, shown = report(program)
    assert code == 7
    assert blocked(told)[0] == "keyring"
    assert "This computer has no keyring" in shown.err
    assert told["calls"] == []


def test_without_quadient_ap_sage_is_tried_all_the_same_and_it_is_told(program: Program, away: dict[str, Any]) -> None:
    before = entries(away)
    code, told, shown = report(program)
    assert code == 1
    assert blocked(told) == ["cloud-reached"]
    assert "Quadient AP cannot be reached" in shown.err
    assert states(told) == ALL_PASSED | {"receipt_of_invoice": "not_tried"}
    assert entries(away) == before


def test_a_legal_entity_that_is_not_there_is_told(program: Program, world: dict[str, Any]) -> None:
    set_up(program, lambda company: company["cloud"].update(legal_entity="le-of-others"))
    code, told, _ = report(program)
    assert code == 1
    assert blocked(told) == ["cloud-entity"]
    assert states(told)["invoice"] == "passed"


@pytest.mark.parametrize(
    ("table", "tried"),
    [
        ("AP_InvoiceDetail", {"invoice": "not_tried", "credit_note": "not_tried", "check": "not_tried"}),
        ("AP_ManualCheckHeader", {"invoice": "passed", "credit_note": "passed", "check": "not_tried"}),
    ],
)
def test_a_table_that_is_not_there_is_told_and_what_needs_it_is_not_entered(
    program: Program, world: dict[str, Any], table: str, tried: dict[str, str]
) -> None:
    before = entries(world)
    switch(world, table_missing=[table])
    code, told, shown = report(program)
    assert code == 1
    (difference,) = [each for each in told["probe"]["differences"] if each["table"] == table]
    assert difference["fix"]
    assert {kind: state for kind, state in states(told).items() if kind in tried} == tried
    assert table in part(told, "check")["message"]
    assert f"Not there: {table}" in shown.err
    assert len(written(told)) == list(tried.values()).count("passed")
    assert entries(world) == before


def test_without_warehouses_invoices_are_tried(program: Program, world: dict[str, Any]) -> None:
    switch(world, table_missing=["IM_Warehouse"])
    code, told, _ = report(program)
    assert code == 1
    assert [each["table"] for each in told["probe"]["differences"]] == ["IM_Warehouse"]
    assert states(told) == ALL_PASSED | {"receipt_of_invoice": "not_tried"}


def test_an_entry_screen_that_the_user_may_not_open_is_told_and_the_others_are_tried(
    program: Program, world: dict[str, Any]
) -> None:
    before = entries(world)
    change_sage(world, "DELETE FROM SY_UserTask WHERE TaskName = 'AP_Invoice_ui'")
    code, told, _ = report(program)
    assert code == 1
    assert states(told) == {
        "invoice": "failed",
        "credit_note": "failed",
        "check": "passed",
        "receipt_of_invoice": "not_tried",
        "left": "passed",
    }
    assert "You are not authorized to access AP_Invoice_ui" in part(told, "invoice")["message"]
    assert "Nothing of it was entered." in part(told, "invoice")["message"]
    assert "Role Maintenance" in part(told, "invoice")["fix"]
    assert entries(world) == before


def test_what_sage_refuses_is_told_in_its_words_and_the_other_kinds_go_on(
    program: Program, world: dict[str, Any]
) -> None:
    before = entries(world)
    change_sage(world, "UPDATE AP_Options SET InvoiceBatchEntry = 'N', ManualCheckBatchEntry = 'N'")
    switch(world, refuse_write="*")
    code, told, _ = report(program)
    assert code == 1
    assert states(told)["invoice"] == states(told)["credit_note"] == states(told)["check"] == "failed"
    assert "the period is closed" in told["parts"][0]["message"]
    refused = [call for call in told["calls"] if call["method"] == "nWrite" and call["answer"] == "0"]
    assert ["the period is closed" in call["message"] for call in refused] == [True, True, True]
    assert states(told)["left"] == "passed"
    assert entries(world) == before


def test_a_credit_note_that_sage_refuses_fails_alone(program: Program, world: dict[str, Any]) -> None:
    before = entries(world)
    switch(world, refuse_write="APBTESTC1")
    code, told, _ = report(program)
    assert code == 1
    assert states(told) == ALL_PASSED | {"credit_note": "failed", "receipt_of_invoice": "not_tried"}
    assert entries(world) == before


def test_an_amount_that_is_not_read_back_is_told_and_the_entry_deleted(program: Program, world: dict[str, Any]) -> None:
    before = entries(world)
    switch(world, garbage={"AP_InvoiceDetail.DistributionAmt": "two_points"})
    code, told, _ = report(program)
    assert code == 1
    failed = {"invoice": "failed", "credit_note": "failed"}
    assert states(told) == ALL_PASSED | failed | {"receipt_of_invoice": "not_tried"}
    assert "A value of it cannot be read: AP_InvoiceDetail.DistributionAmt" in part(told, "invoice")["message"]
    assert part(told, "invoice")["steps"][-1] == "deleted"
    assert entries(world) == before


def test_an_entry_whose_answer_was_lost_is_cleaned_up_in_a_new_session(program: Program, away: dict[str, Any]) -> None:
    before = entries(away)
    switch(away, lost_reply_after_write="*")
    code, told, ended = report(program)
    assert code == 3
    assert states(told) == {"invoice": "failed", "left": "passed"}
    assert told["parts"][0]["steps"][-1] == "deleted"
    assert told["stopped"]["title"] in ended.err
    assert "Sage 100 stopped answering" in ended.err
    assert entries(away) == before


def test_what_cannot_be_deleted_is_named_with_its_place_and_the_next_self_test_deletes_it(
    program: Program, world: dict[str, Any]
) -> None:
    before = entries(world)
    switch(world, refuse_delete="*")
    code, told, ended = report(program)
    assert code == 1
    assert states(told)["invoice"] == states(told)["credit_note"] == states(told)["check"] == "failed"
    assert "APBTEST1 may be left in Sage" in ended.err
    (invoice, credit, check) = part(told, "left")["message"].split("; ")
    sage = world["sage"]["file"]
    ((entered,),) = rows(sage, "SELECT BatchNo FROM AP_InvoiceHeader WHERE InvoiceNo = 'APBTEST1'")
    ((credited,),) = rows(sage, "SELECT BatchNo FROM AP_InvoiceHeader WHERE InvoiceNo = 'APBTESTC1'")
    ((paid,),) = rows(sage, "SELECT BatchNo FROM AP_ManualCheckHeader WHERE CheckNo = 'APBTEST1'")
    assert invoice == f"Still there: APBTEST1, A/P Invoice Data Entry, batch {entered}"
    assert credit == f"APBTESTC1, A/P Invoice Data Entry, batch {credited}"
    assert check == f"APBTEST1, A/P Manual Check and Payment Entry, batch {paid}."
    assert states(told)["left"] == "failed"
    assert entries(world) != before
    switch(world)
    code, told, ended = report(program)
    assert code == 0, ended.err
    assert told["parts"][0]["steps"][0] == "APBTEST1 of an earlier self-test deleted"
    assert told["parts"][1]["steps"][0] == "APBTESTC1 of an earlier self-test deleted"
    assert entries(world) == before


def test_a_self_test_that_was_killed_is_cleaned_up_by_the_next(program: Program, world: dict[str, Any]) -> None:
    before = entries(world)
    switch(world, die_at={"bo-after-commit": 3})
    assert selftest(program).code == -9
    assert entries(world) != before
    switch(world)
    code, told, ended = report(program)
    assert code == 0, ended.err
    assert "APBTEST1 of an earlier self-test deleted" in part(told, "check")["steps"]
    assert entries(world) == before


def test_what_somebody_made_of_a_left_entry_is_not_deleted(program: Program, away: dict[str, Any]) -> None:
    switch(away, die_at={"bo-after-commit": 1})
    selftest(program)
    switch(away)
    change_sage(away, "UPDATE AP_InvoiceHeader SET Comment = 'Mine now' WHERE InvoiceNo = 'APBTEST1'")
    kept = rows(away["sage"]["file"], "SELECT * FROM AP_InvoiceHeader WHERE InvoiceNo = 'APBTEST1'")
    code, told, ended = report(program)
    assert code == 1
    assert told["parts"][0]["number"] == "APBTEST2"
    assert "Mine now" in ended.err
    assert part(told, "left")["state"] == "failed"
    assert rows(away["sage"]["file"], "SELECT * FROM AP_InvoiceHeader WHERE InvoiceNo = 'APBTEST1'") == kept


def test_where_batches_are_off_none_is_made(program: Program, world: dict[str, Any]) -> None:
    change_sage(world, "UPDATE AP_Options SET InvoiceBatchEntry = 'N', ManualCheckBatchEntry = 'N'")
    before = batches(world)
    code, told, _ = report(program)
    assert code == 0
    assert told["parts"][0]["steps"][0] == "written"
    assert batches(world) == before


@pytest.mark.parametrize(
    ("number", "said"), [("9999999", "no open standard or drop-ship order 9999999"), ("", "a person must choose which")]
)
def test_an_order_that_is_not_there_is_told(program: Program, world: dict[str, Any], number: str, said: str) -> None:
    code, told, _ = report(program, *(["--order", number] if number else []))
    assert code == 0
    receipt = part(told, "receipt_of_invoice")
    assert receipt["state"] == "not_tried"
    assert said in receipt["message"]


def test_where_visual_integrator_writes_all_is_looked_at_and_nothing_tried(
    program: Program, world: dict[str, Any]
) -> None:
    jobs = {"writer": "visual_integrator", "visual_integrator": {"invoices": {"name": "VIWI00", "file": "/in.csv"}}}
    set_up(program, lambda company: company["sage"].update(jobs))
    before = entries(world)
    ended = selftest(program)
    assert ended.code == 7
    assert "Not needed: this company writes through Visual Integrator." in ended.out
    assert "Everything that AP Bridge reads is there." in ended.out
    assert "There is nothing to test here" in ended.out
    assert entries(world) == before


def test_events_tell_each_check_and_part_to_programs(program: Program, world: dict[str, Any]) -> None:
    ended = selftest(program, "--json")
    checks = [each["check"] for each in ended.events if each["event"] == "check"]
    assert checks[0] == "width"
    assert checks[-1] == "cloud-clock"
    assert ended.event("run_finished")["summary"]["self_test"] == ALL_PASSED | {"receipt_of_invoice": "not_tried"}


def test_the_support_bundle_holds_the_newest_self_test(program: Program, world: dict[str, Any], tmp_path: Path) -> None:
    assert selftest(program).code == 0
    said = program.run("support", str(tmp_path / "bundle.zip"))
    assert said.code == 0
    assert "selftest-ABC.json: the newest self-test in ABC" in said.out
    with ZipFile(tmp_path / "bundle.zip") as archive:
        kept = orjson.loads(archive.read("selftest-ABC.json"))
    assert states(kept)["check"] == "passed"
    (signed_in, _) = [call["arguments"][0] for call in kept["calls"] if call["method"] == "nSetUser"]
    assert world["sage"]["user"] not in signed_in
