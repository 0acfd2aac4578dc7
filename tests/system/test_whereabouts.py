"""Money on its way: what Sage has unposted, posted and paid of what was sent, as each sync finds it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.engine.views import Views
from app.settings import Home
from tests.system.commands import Program, change_sage
from tests.system.test_sending import number_of
from tests.system.test_undo import post, sent


def counts(program: Program, kind: str = "invoice", days: int = 0) -> dict[str, int]:
    views = Views(Home(program.home).store_file, "ABC")
    try:
        stations = views.in_flight(datetime.now(UTC) + timedelta(days=days))
        return {each.stage: each.count for each in stations if each.kind == kind}
    finally:
        views.close()


def test_a_bill_is_followed_from_entry_to_open_invoices_to_paid(program: Program, world: dict[str, Any]) -> None:
    _, everyone = sent(program)
    waiting = counts(program)["approved"]
    number = number_of(program, everyone[0])
    assert counts(program) == {"approved": waiting, "unposted": len(everyone), "posted": 0, "paid": 0}
    post(world, number)
    assert program.run("sync", "--json").code in (0, 1)
    assert counts(program) == {"approved": waiting, "unposted": len(everyone) - 1, "posted": 1, "paid": 0}
    change_sage(world, f"UPDATE AP_OpenInvoice SET Balance = 0 WHERE InvoiceNo = '{number}'")
    assert program.run("sync", "--json").code in (0, 1)
    assert counts(program) == {"approved": waiting, "unposted": len(everyone) - 1, "posted": 0, "paid": 1}
    assert counts(program, days=31)["paid"] == 0, "what was paid long ago is no longer on its way"


def test_what_was_deleted_in_sage_is_on_its_way_no_longer(program: Program, world: dict[str, Any]) -> None:
    _, everyone = sent(program)
    number = number_of(program, everyone[0])
    change_sage(world, f"DELETE FROM AP_InvoiceHeader WHERE InvoiceNo = '{number}'")
    assert program.run("sync", "--json").code in (0, 1)
    assert counts(program)["unposted"] == len(everyone) - 1
    views = Views(Home(program.home).store_file, "ABC")
    row = next(each for each in views.documents("invoice") if each.id == everyone[0])
    views.close()
    assert row.standing is not None
    assert row.standing.stands == "gone"


def test_a_table_that_cannot_be_read_leaves_what_was_known(program: Program, world: dict[str, Any]) -> None:
    _, everyone = sent(program)
    assert program.run("sync", "--json").code in (0, 1)
    change_sage(world, "ALTER TABLE AP_OpenInvoice RENAME TO Nowhere")
    ended = program.run("sync", "--json")
    assert ended.code == 1
    assert counts(program)["unposted"] == len(everyone)


def test_checks_in_entry_are_on_their_way_too(program: Program, world: dict[str, Any]) -> None:
    _, everyone = sent(program, "payments")
    assert program.run("sync", "--json").code in (0, 1)
    stages = counts(program, "payment")
    assert (stages["unposted"], stages["posted"]) == (len(everyone), 0)
