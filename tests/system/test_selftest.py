"""The self-test in a test company: it enters, reads back and deletes, shows every call, and leaves nothing."""

from typing import Any

import orjson
import pytest

from app.sandbox.company import company_file
from app.settings import Home
from tests.system.commands import Ended, Program, change_sage, rows, switch

ENTRIES = (
    "AP_InvoiceHeader",
    "AP_InvoiceDetail",
    "PO_ReceiptHeader",
    "PO_ReceiptDetail",
    "AP_ManualCheckHeader",
    "AP_ManualCheckDetail",
)


@pytest.fixture
def world(program: Program) -> dict[str, Any]:
    """The world's description; its AP server is not needed."""
    folder = program.home / "sandbox"
    return {"sage": {"file": str(company_file(folder, "ABC"))}, "faults": str(folder / "faults.json")}


def entries(world: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows(world["sage"]["file"], f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4") for table in ENTRIES}


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
    return {part["what"]: part["state"] for part in told["parts"]}


def test_all_three_kinds_are_entered_read_back_and_deleted(program: Program, world: dict[str, Any]) -> None:
    before = entries(world)
    code, told, ended = report(program, "--order", order(world))
    assert code == 0, ended.err
    assert states(told) == {"Invoice": "passed", "Check": "passed", "Receipt of invoice": "passed"}
    assert {part["number"] for part in told["parts"]} == {"APBTEST1"}
    assert entries(world) == before
    done = [(call["object"], call["method"]) for call in told["calls"]]
    for screen in ("AP_Invoice_bus", "AP_ManualCheck_bus", "PO_Receipt_bus"):
        assert (screen, "nWrite") in done
        assert (screen, "nDelete") in done
    assert {call["answer"] for call in told["calls"] if call["method"] in ("nWrite", "nDelete")} == {"1"}
    assert all(isinstance(call["milliseconds"], float) for call in told["calls"])


def test_no_password_is_shown_anywhere(program: Program, world: dict[str, Any]) -> None:
    _, told, ended = report(program)
    shown = selftest(program)
    (signed_in,) = [call for call in told["calls"] if call["method"] == "nSetUser"]
    assert signed_in["arguments"][1] == "•••"
    password = orjson.loads(program.run("sandbox", "create", "--seed", "7").out)["sage"]["password"]
    logs = "".join(file.read_text() for file in (program.home / "logs").glob("*"))
    assert password
    for text in (ended.out, ended.err, shown.out, shown.err, logs):
        assert password not in text


def test_the_terminal_shows_every_call_as_a_table_and_a_receipt_needs_an_order(
    program: Program, world: dict[str, Any]
) -> None:
    said = selftest(program).out
    assert "nSetKeyValue(InvoiceNo$, APBTEST1)" in said
    assert "Invoice APBTEST1: passed" in said
    assert "Receipt of invoice: not tried." in said
    assert "--order" in said


def test_a_report_can_go_to_a_file(program: Program, world: dict[str, Any]) -> None:
    file = program.home / "report.json"
    assert selftest(program, "--json", str(file)).code == 0
    assert states(orjson.loads(file.read_bytes()))["Check"] == "passed"


def test_another_company_than_the_named_one_is_left_alone(program: Program, world: dict[str, Any]) -> None:
    before = rows(world["sage"]["file"], "SELECT * FROM AP_Batch")
    ended = selftest(program, company="XYZ")
    assert ended.code == 2
    assert "names another" in ended.err
    assert program.run("selftest").code == 2, "nobody is guessed to be a test company"
    assert rows(world["sage"]["file"], "SELECT * FROM AP_Batch") == before


def test_what_sage_refuses_is_told_in_its_words_and_the_other_kinds_go_on(
    program: Program, world: dict[str, Any]
) -> None:
    before = entries(world)
    change_sage(world, "UPDATE AP_Options SET InvoiceBatchEntry = 'N', ManualCheckBatchEntry = 'N'")
    switch(world, refuse_write="*")
    code, told, _ = report(program)
    assert code == 1
    assert states(told)["Invoice"] == states(told)["Check"] == "failed"
    assert "the period is closed" in told["parts"][0]["message"]
    refused = [call for call in told["calls"] if call["method"] == "nWrite" and call["answer"] == "0"]
    assert ["the period is closed" in call["message"] for call in refused] == [True, True]
    assert entries(world) == before


def test_an_entry_whose_answer_was_lost_is_cleaned_up_in_a_new_session(program: Program, world: dict[str, Any]) -> None:
    before = entries(world)
    switch(world, lost_reply_after_write="*")
    code, told, ended = report(program)
    assert code == 3
    assert states(told) == {"Invoice": "failed"}
    assert told["parts"][0]["steps"][-1] == "deleted"
    assert "Sage 100 stopped answering" in ended.err
    assert entries(world) == before


def test_what_cannot_be_deleted_is_named_and_the_next_self_test_deletes_it(
    program: Program, world: dict[str, Any]
) -> None:
    before = entries(world)
    switch(world, refuse_delete="*")
    code, told, ended = report(program)
    assert code == 1
    assert states(told)["Invoice"] == states(told)["Check"] == "failed"
    assert "APBTEST1 may be left in Sage" in ended.err
    assert entries(world) != before
    switch(world)
    code, told, ended = report(program)
    assert code == 0, ended.err
    assert told["parts"][0]["steps"][0] == "APBTEST1 of an earlier self-test deleted"
    assert entries(world) == before


def test_a_self_test_that_was_killed_is_cleaned_up_by_the_next(program: Program, world: dict[str, Any]) -> None:
    before = entries(world)
    switch(world, die_at={"bo-after-commit": 2})
    assert selftest(program).code == -9
    assert entries(world) != before
    switch(world)
    code, told, ended = report(program)
    assert code == 0, ended.err
    assert "APBTEST1 of an earlier self-test deleted" in told["parts"][1]["steps"]
    assert entries(world) == before


def test_what_somebody_made_of_a_left_entry_is_not_deleted(program: Program, world: dict[str, Any]) -> None:
    switch(world, die_at={"bo-after-commit": 1})
    selftest(program)
    switch(world)
    change_sage(world, "UPDATE AP_InvoiceHeader SET Comment = 'Mine now' WHERE InvoiceNo = 'APBTEST1'")
    kept = rows(world["sage"]["file"], "SELECT * FROM AP_InvoiceHeader WHERE InvoiceNo = 'APBTEST1'")
    code, told, ended = report(program)
    assert code == 1
    assert told["parts"][0]["number"] == "APBTEST2"
    assert "Mine now" in ended.err
    assert rows(world["sage"]["file"], "SELECT * FROM AP_InvoiceHeader WHERE InvoiceNo = 'APBTEST1'") == kept


def test_where_batches_are_off_none_is_made(program: Program, world: dict[str, Any]) -> None:
    change_sage(world, "UPDATE AP_Options SET InvoiceBatchEntry = 'N', ManualCheckBatchEntry = 'N'")
    before = rows(world["sage"]["file"], "SELECT * FROM AP_Batch")
    code, told, _ = report(program)
    assert code == 0
    assert told["parts"][0]["steps"][0] == "written"
    assert rows(world["sage"]["file"], "SELECT * FROM AP_Batch") == before


@pytest.mark.parametrize(
    ("number", "said"), [("9999999", "no open standard or drop-ship order 9999999"), ("", "a person must choose which")]
)
def test_an_order_that_is_not_there_is_told(program: Program, world: dict[str, Any], number: str, said: str) -> None:
    code, told, _ = report(program, *(["--order", number] if number else []))
    assert code == 0
    (receipt,) = [part for part in told["parts"] if part["what"] == "Receipt of invoice"]
    assert receipt["state"] == "not_tried"
    assert said in receipt["message"]


def test_single_user_mode_ends_the_self_test_with_a_sentence(program: Program, world: dict[str, Any]) -> None:
    switch(world, no_licence=True)
    code, told, ended = report(program)
    assert code == 3
    assert "licences are in use" in ended.err
    assert states(told) == {"Invoice": "failed"}
    assert told["calls"][-1]["method"] != "nWrite"


def test_where_visual_integrator_writes_there_is_nothing_to_test(program: Program, world: dict[str, Any]) -> None:
    file = Home(program.home).settings_file
    settings = orjson.loads(file.read_bytes())
    settings["companies"][0]["sage"]["writer"] = "visual_integrator"
    settings["companies"][0]["sage"]["visual_integrator"] = {"invoices": {"name": "VIWI00", "file": "/jobs/in.csv"}}
    file.write_bytes(orjson.dumps(settings))
    ended = selftest(program)
    assert ended.code == 7
    assert "Visual Integrator" in ended.out
