from datetime import date
from decimal import Decimal

import pytest

from app.domain.payments import ImportKind, PaymentLine, SagePayment
from app.sage.outcomes import Quarantined, Skipped


def check(sage, bank="A", number="0000100001", sequence="000000", kind="A", amount="100", lines=None, **changes):
    key = {"BankCode": bank, "CheckNo": number, "CheckSeqNo": sequence}
    sage.add(
        "AP_CheckHistoryHeader",
        **key,
        **({"CheckType": kind, "CheckDate": "2026-03-01", "CheckAmt": amount, "VendorNo": "0000123"} | changes),
    )
    for place, (invoice, (paid, discount)) in enumerate((lines or {}).items()):
        sage.add(
            "AP_CheckHistoryDetail",
            **key,
            InvoiceNo=invoice,
            InvoiceSeqNo=f"{place:06d}",
            AmountPaid=paid,
            DiscountAmt=discount,
        )


@pytest.mark.parametrize("kind", ["A", "C", "M"])
def test_a_payment_comes_with_the_invoices_it_pays(sage, company, kind):
    check(sage, kind=kind, lines={"INV-1": ("98", "2"), "INV-2": ("2", "0")})
    (found,) = company().payments()
    assert isinstance(found, SagePayment)
    assert (found.key, found.kind, found.cancels) == ("A-0000100001-000000", ImportKind.RECORD, "")
    assert found.amount == Decimal(100)
    assert found.lines == (
        PaymentLine("INV-1", Decimal(98), Decimal(2)),
        PaymentLine("INV-2", Decimal(2), Decimal(0)),
    )


def test_payments_of_named_banks_are_for_the_workflow(sage, company):
    check(sage, bank="A")
    check(sage, bank="P")
    found = company(workflow_banks=("P",)).payments()
    assert [each.kind for each in found] == [ImportKind.RECORD, ImportKind.WORKFLOW]


@pytest.mark.parametrize("kind", ["V", "R"])
def test_a_void_or_reversal_cancels_the_latest_earlier_payment_of_its_number(sage, company, kind):
    check(sage, bank="P", sequence="000000")
    check(sage, bank="P", sequence="000001", kind="V", amount="-100")
    check(sage, bank="P", sequence="000002")
    check(sage, bank="P", sequence="000003", kind=kind, amount="-100")
    found = list(company(workflow_banks=("P",)).payments())
    assert [each.cancels for each in found] == ["", "P-0000100001-000000", "", "P-0000100001-000002"]
    assert {each.kind for each in found} == {ImportKind.WORKFLOW}


def test_a_void_never_cancels_a_check_of_another_bank(sage, company):
    check(sage, bank="A")
    check(sage, bank="B", kind="V")
    payment, void = company().payments()
    assert isinstance(payment, SagePayment)
    assert isinstance(void, Quarantined)
    assert void.key == "B-0000100001-000000"


def test_zero_checks_and_what_cancels_them_are_left_out(sage, company):
    check(sage, amount="0")
    check(sage, sequence="000001", kind="V", amount="0")
    check(sage, number="0000100002", kind="V", amount="0")
    found = list(company().payments())
    assert all(isinstance(each, Skipped) and each.code == "zero-check" for each in found)
    assert len(found) == 3


def test_lines_straight_to_the_ledger_are_left_out(sage, company):
    check(sage, lines={"CK00100001": ("60", "0"), "CK-7": ("40", "0")})
    (found,) = company().payments()
    assert [each.invoice_number for each in found.lines] == ["CK-7"]
    assert found.amount == Decimal(100)


def test_an_unknown_check_type_is_set_aside(sage, company):
    check(sage, kind="?")
    (found,) = company().payments()
    assert isinstance(found, Quarantined)
    assert (found.column, found.raw) == ("CheckType", "?")


def test_an_unreadable_amount_sets_the_payment_and_its_void_aside(sage, company):
    check(sage, lines={"INV-1": ("1OO", "0")})
    check(sage, sequence="000001", kind="V")
    payment, void = company().payments()
    assert (payment.column, payment.raw) == ("AmountPaid", "1OO")
    assert isinstance(void, Quarantined)
    assert payment.key in void.reason


def test_payments_before_the_start_date_stay_out_together_with_their_voids(sage, company):
    check(sage, number="1", CheckDate="2025-12-31")
    check(sage, number="1", sequence="000001", kind="V", CheckDate="2026-02-01")
    check(sage, number="2", CheckDate="2026-01-01")
    check(sage, number="3", CheckDate="")
    found = company(payments_from=date(2026, 1, 1)).payments()
    assert [each.check_number for each in found] == ["2", "3"]


def test_a_check_without_a_number_is_set_aside_by_its_row(sage, company):
    check(sage, number="")
    check(sage, number="1")
    bad, good = company().payments()
    assert (bad.key, bad.column) == ("row 1", "CheckNo")
    assert bad.called == "A-000000"
    assert good.check_number == "1"


@pytest.mark.parametrize("bank", ["A", "P"])
def test_a_payment_of_quadient_aps_own_never_goes_back_there_and_neither_does_its_void(sage, company, bank):
    check(sage, bank=bank, kind="M", lines={"INV-1": ("100", "0")}, CheckComment="AP Bridge pay-1")
    check(sage, bank=bank, sequence="000001", kind="V", amount="-100")
    check(sage, bank=bank, number="0000100002", CheckComment="Paid through AP Bridge by hand")
    own, void, other = company(workflow_banks=("P",)).payments()
    assert {(each.code, each.reason) for each in (own, void)} == {
        ("made-by-quadient-ap", "Quadient AP made it, and AP Bridge entered it in Sage."),
        ("made-by-quadient-ap", "It cancels a check that is left out itself."),
    }
    assert isinstance(other, SagePayment)
