"""A payment that Quadient AP made is entered in Sage and posted there; it never goes back as one made in Sage."""

from dataclasses import replace
from typing import Any

import pytest

from app.cloud.port import DocumentKind
from app.domain.payments import Payment
from app.engine.work import SyncOptions, mark_exported, sync
from app.errors import ExitCode
from tests.system.commands import change_sage, rows
from tests.system.desk import Desk
from tests.system.test_undo import post

KIND = DocumentKind.PAYMENT


def payment_of_a_bill(desk: Desk, bank: str) -> Payment:
    """Send a bill, post it, and make its payment ready: only then is a payment in Sage one of Quadient AP's bills."""
    bill = desk.bill("bill-1")
    desk.add([bill])
    assert desk.send([bill]).code is ExitCode.DONE
    post(desk.description, bill.number)
    made = desk.payment("pay-1", bank_code=bank, division=bill.division, vendor_number=bill.vendor_number)
    payment = replace(made, lines=(replace(made.lines[0], invoice_number=bill.number),))
    desk.add([payment])
    return payment


def post_checks(desk: Desk, comment: str) -> None:
    """Post the manual checks of this bank as the register does, to the check history; `comment` is SQL."""
    key, vendor = "BankCode, CheckNo", "CheckDate, APDivisionNo, VendorNo, CheckAmt, DateUpdated"
    change_sage(
        desk.description,
        f"INSERT INTO AP_CheckHistoryHeader ({key}, CheckSeqNo, CheckType, {vendor}, CheckComment)"
        f" SELECT {key}, '000000', 'M', {vendor}, {comment} FROM AP_ManualCheckHeader",
        f"INSERT INTO AP_CheckHistoryDetail ({key}, CheckSeqNo, InvoiceNo, InvoiceSeqNo, AmountPaid, DiscountAmt)"
        f" SELECT {key}, '000000', InvoiceNo, '000001', InvoiceAmt, DiscountAmt FROM AP_ManualCheckDetail",
        "DELETE FROM AP_ManualCheckHeader",
        "DELETE FROM AP_ManualCheckDetail",
    )


def made_in_sage(desk: Desk) -> list[tuple[Any, ...]]:
    """Return what Quadient AP took for payments of check PAY1 or 4711 made in Sage."""
    sql = "SELECT key, kind FROM imported_payments WHERE key LIKE '%-PAY1-%' OR key LIKE '%-4711-%'"
    return rows(desk.world.cloud_file, sql)


@pytest.mark.parametrize("bank", ["A", "P"])
@pytest.mark.parametrize("comment", ["Comment", "'Changed by hand'"])
def test_a_posted_payment_of_quadient_ap_does_not_go_back_there(desk: Desk, bank: str, comment: str) -> None:
    payment = payment_of_a_bill(desk, bank)
    assert desk.send([payment]).code is ExitCode.DONE
    post_checks(desk, comment)
    for full in (True, False):
        assert desk.run("sync", sync(SyncOptions(full=full))).code in (ExitCode.DONE, ExitCode.NEEDS_USER)
        assert made_in_sage(desk) == []
    assert desk.cloud(KIND)["pay-1"]["status"] == "EX"


def test_neither_does_one_that_was_entered_by_hand_and_marked_as_exported(desk: Desk) -> None:
    payment = payment_of_a_bill(desk, "P")
    change_sage(
        desk.description,
        "INSERT INTO AP_ManualCheckHeader (BankCode, CheckNo, CheckType, CheckDate, APDivisionNo, VendorNo, CheckAmt,"
        f" Comment) VALUES ('P', 'PAY1', 'N', '{payment.payment_date}', '{payment.division}',"
        f" '{payment.vendor_number}', 10, 'By hand')",
        "INSERT INTO AP_ManualCheckDetail (BankCode, CheckNo, LineKey, LineSeqNo, InvoiceNo, InvoiceAmt, DiscountAmt)"
        " VALUES ('P', 'PAY1', '000001', '00000000000001', 'BILL-1', 10, 0)",
    )
    settled = desk.run("mark exported", mark_exported(KIND, ["pay-1"]))
    assert settled.code is ExitCode.DONE
    post_checks(desk, "Comment")
    assert desk.run("sync", sync(SyncOptions(full=True))).code in (ExitCode.DONE, ExitCode.NEEDS_USER)
    assert made_in_sage(desk) == []


def test_a_check_of_sages_own_for_the_same_bill_goes(desk: Desk) -> None:
    payment = payment_of_a_bill(desk, "A")
    change_sage(
        desk.description,
        "INSERT INTO AP_ManualCheckHeader (BankCode, CheckNo, CheckType, CheckDate, APDivisionNo, VendorNo, CheckAmt,"
        f" Comment) VALUES ('A', '4711', 'N', '{payment.payment_date}', '{payment.division}',"
        f" '{payment.vendor_number}', 10, 'By hand')",
        "INSERT INTO AP_ManualCheckDetail (BankCode, CheckNo, LineKey, LineSeqNo, InvoiceNo, InvoiceAmt, DiscountAmt)"
        " VALUES ('A', '4711', '000001', '00000000000001', 'BILL-1', 10, 0)",
    )
    post_checks(desk, "Comment")
    assert desk.run("sync", sync(SyncOptions(full=True))).code in (ExitCode.DONE, ExitCode.NEEDS_USER)
    assert made_in_sage(desk) == [("A-4711-000000", "IMPPayment")]
