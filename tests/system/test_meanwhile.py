"""What people do in Sage and in Quadient AP between two steps of a run: each document is once in Sage or asks why."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest

from app.cloud.port import DocumentKind
from app.domain.money import ZERO
from app.engine.work import SyncOptions, send, send_again, sync, undo
from app.errors import ExitCode
from app.sandbox.faults import AFTER_COMMIT, AFTER_DELETE, Faults
from tests.system.commands import change_sage, in_sage, rows, switch
from tests.system.desk import Desk, Ended
from tests.system.test_undo import post

Meanwhile = Callable[[str, int, Callable[[], None]], None]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let somebody act at the n-th moment of a kind in the demo's Sage."""

    def arrange(moment: str, number: int, act: Callable[[], None]) -> None:
        undisturbed, passed = Faults.call, 0

        def call(faults: Faults, place: str) -> bool:
            nonlocal passed
            passed += place == moment
            if (place, passed) == (moment, number):
                act()
            return undisturbed(faults, place)

        monkeypatch.setattr(Faults, "call", call)

    return arrange


def status(desk: Desk, kind: DocumentKind = DocumentKind.INVOICE) -> dict[str, str]:
    return {id_: each["status"] for id_, each in desk.cloud(kind).items()}


def stops(desk: Desk) -> dict[str, dict[str, Any]]:
    """Return the first reason of each document that is stopped."""
    sql = "SELECT id, findings FROM documents WHERE state = 'blocked'"
    return {id_: orjson.loads(found)[0] for id_, found in rows(desk.home.store_file, sql)}


def totals(ended: Ended) -> tuple[list[int], list[Decimal], set[str]]:
    """Return the control totals of a run: sent, in Sage and acknowledged, by count and by amount; and what differs."""
    told = next(each.data["rows"] for each in ended.events if each.kind == "totals")
    sides = ("sent", "sage", "cloud")
    return (
        [sum(row[f"{side}_count"] for row in told) for side in sides],
        [sum((Decimal(row[f"{side}_amount"]) for row in told), ZERO) for side in sides],
        {id_ for row in told for id_ in row["differing"]},
    )


def go_on(desk: Desk, kind: DocumentKind = DocumentKind.INVOICE) -> None:
    """Do what a person does next: sync, and send all that is ready."""
    assert desk.run("sync", sync(SyncOptions())).code in (ExitCode.DONE, ExitCode.NEEDS_USER)
    assert desk.run("send", send(kind, None)).code in (ExitCode.DONE, ExitCode.NEEDS_USER)


@pytest.mark.parametrize("batch_stays", [True, False])
def test_a_batch_that_is_posted_between_two_bills(desk: Desk, meanwhile: Meanwhile, batch_stays: bool) -> None:
    bills = [desk.bill(f"bill-{place}") for place in (1, 2, 3)]
    desk.add(bills)

    def post_the_batch() -> None:
        post(desk.description, "BILL-1")
        if not batch_stays:
            change_sage(desk.description, "DELETE FROM AP_Batch WHERE BatchDesc LIKE 'AP Bridge%'")

    meanwhile(AFTER_COMMIT, 1, post_the_batch)
    ended = desk.send(bills)
    assert ended.code is ExitCode.DONE
    for _ in range(2):
        assert desk.rows("SELECT InvoiceNo FROM AP_OpenInvoice WHERE InvoiceNo LIKE 'BILL-_'") == [("BILL-1",)]
        assert {id_: count for id_, (count, _) in in_sage(desk.description).items()} == {"bill-2": 1, "bill-3": 1}
        assert {status(desk)[each.id] for each in bills} == {"EX"}
        go_on(desk)
    assert totals(ended) == ([3, 3, 3], [Decimal("300.00")] * 3, set())


def test_a_bill_that_is_corrected_in_quadient_ap_while_it_is_sent(desk: Desk, meanwhile: Meanwhile) -> None:
    bills = [desk.bill(f"bill-{place}") for place in (1, 2, 3)]
    desk.add(bills)

    def correct() -> None:
        for id_ in ("bill-1", "bill-2"):
            line = desk.cloud(DocumentKind.INVOICE)[id_]["document"]["lines"][0] | {"amount": "90.00"}
            desk.admin("PATCH", f"invoices/{id_}", amount="90.00", lines=[line])

    meanwhile(AFTER_COMMIT, 1, correct)
    ended = desk.send(bills)
    assert ended.code is ExitCode.NEEDS_USER
    for _ in range(2):
        assert in_sage(desk.description) == {each.id: (1, Decimal("100.00")) for each in bills}
        assert [status(desk)[each.id] == "EX" for each in bills] == [False, False, True]
        go_on(desk)
        assert set(stops(desk)) == {"bill-1", "bill-2"}
        assert all("100.00" in each["message"] and "90.00" in each["message"] for each in stops(desk).values())
    amounts = [Decimal("300.00"), Decimal("300.00"), Decimal("100.00")]
    assert totals(ended) == ([3, 3, 1], amounts, {"bill-1", "bill-2"})


def test_a_period_that_is_closed_between_two_bills(desk: Desk, meanwhile: Meanwhile) -> None:
    bills = [desk.bill(f"bill-{place}") for place in (1, 2, 3)]
    desk.add(bills)
    meanwhile(AFTER_COMMIT, 1, lambda: switch(desk.description, refuse_write="*"))
    ended = desk.send(bills)
    assert ended.code is ExitCode.NEEDS_USER
    assert set(in_sage(desk.description)) == {"bill-1"}
    assert [status(desk)[each.id] for each in bills] == ["EX", "SE", "SE"]
    refused = ended.items("refused")
    assert all("the period is closed" in refused[id_]["message"] for id_ in ("bill-2", "bill-3"))
    assert totals(ended) == ([1, 1, 1], [Decimal("100.00")] * 3, set())
    Faults.load(desk.world.folder).clear()
    desk.run("send again", send_again(DocumentKind.INVOICE, ["bill-2", "bill-3"]))
    go_on(desk)
    assert in_sage(desk.description) == {each.id: (1, Decimal("100.00")) for each in bills}
    assert {status(desk)[each.id] for each in bills} == {"EX"}


@pytest.mark.parametrize("posted", [True, False])
def test_a_check_that_somebody_voids_while_its_run_is_undone(desk: Desk, meanwhile: Meanwhile, posted: bool) -> None:
    payments = [desk.payment("pay-1"), desk.payment("pay-2", 1)]
    desk.add(payments)
    sent = desk.send(payments)
    assert sent.code is ExitCode.DONE
    kept: list[str] = []

    def void_the_other() -> None:
        ((id_, bank, number),) = (
            (comment.split()[-1], bank, number)
            for comment, bank, number in desk.rows(
                "SELECT Comment, BankCode, CheckNo FROM AP_ManualCheckHeader WHERE Comment LIKE '%AP Bridge %'"
            )
        )
        kept.append(id_)
        this = f"WHERE BankCode = '{bank}' AND CheckNo = '{number}'"
        if not posted:
            change_sage(desk.description, f"UPDATE AP_ManualCheckHeader SET CheckType = 'V', CheckAmt = 0 {this}")
            return
        history = "BankCode, CheckNo, CheckSeqNo, CheckType, CheckDate, APDivisionNo, VendorNo, CheckAmt, CheckComment"
        change_sage(
            desk.description,
            *(
                f"INSERT INTO AP_CheckHistoryHeader ({history}) SELECT BankCode, CheckNo, '{sequence}', '{type_}',"
                f" CheckDate, APDivisionNo, VendorNo, {sign}CheckAmt, Comment FROM AP_ManualCheckHeader {this}"
                for sequence, type_, sign in (("000001", "M", ""), ("000002", "V", "-"))
            ),
            f"DELETE FROM AP_ManualCheckHeader {this}",
            f"DELETE FROM AP_ManualCheckDetail {this}",
        )

    meanwhile(AFTER_DELETE, 1, void_the_other)
    ended = desk.run("undo", undo(None, sent.run, []))
    assert ended.code is ExitCode.NEEDS_USER
    (voided,) = kept
    assert set(ended.items("undone")) == {"pay-1", "pay-2"} - {voided}
    there = status(desk, DocumentKind.PAYMENT)
    assert {id_: there[id_] for id_ in ("pay-1", "pay-2")} == {
        id_: "EX" if id_ == voided else "PD" for id_ in ("pay-1", "pay-2")
    }
    go_on(desk, DocumentKind.PAYMENT)
    assert in_sage(desk.description) == ({} if posted else {voided: (1, Decimal(0))})
