"""Payments made in Sage: what goes, as which kind, and what a void takes back."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.cloud.port import RecordResult, RecordStatus
from app.domain.payments import ImportKind, PaymentLine, SagePayment
from app.engine.importing.imports import Import
from app.engine.importing.passes import Asked
from app.engine.importing.sources import SagePayments
from app.engine.run import Run
from app.errors import RetryLater, Side
from app.sage.outcomes import Fresh, Quarantined
from app.sage.wanted import Wanted
from tests.engine.fakes import COMPANY, make_run

KEY, VOID = "A-0000100001-000000", "A-0000100001-000001"


def line(number: str, amount: str) -> PaymentLine:
    return PaymentLine(number, Decimal(amount), Decimal(0))


def payment(*lines: PaymentLine, kind: ImportKind = ImportKind.RECORD) -> SagePayment:
    amount = sum((each.amount for each in lines), Decimal(0))
    party = ("00", "0000123", "Acme")
    return SagePayment(KEY, kind, "A", "0000100001", "A", date(2026, 3, 1), *party, amount, "", lines)


def void(of: SagePayment) -> SagePayment:
    return replace(of, key=VOID, check_type="V", cancels=of.key)


class Sides:
    """Sage's check history and the cloud, with the invoices that it has Exported."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.there: list[SagePayment | Quarantined] = []
        self.invoices = ["INV-1", "INV-2", "INV-3"]
        self.sent: list[SagePayment] = []
        self.loses_answers = False
        self.refuses = False

    def bring(self, *there: SagePayment | Quarantined) -> dict[str, int]:
        """Sync with `there` in Sage; return the counts."""
        self.there = list(there)
        self.sent.clear()
        source = SagePayments(COMPANY, self, self, self.run.store).source()  # type: ignore[arg-type]
        return Import(self.run, source, 10, asked=Asked(full=True)).run()

    def changed_payments(self, _: Wanted) -> Iterator[Any]:
        for each in self.there:
            yield Fresh(each, None) if isinstance(each, SagePayment) else each

    def dates_payment_changes(self) -> bool:
        return True

    def known_invoices(self) -> Iterator[tuple[str, str, str]]:
        return (("00", "0000123", number) for number in self.invoices)

    def send_payments(self, payments: Sequence[SagePayment], _: str) -> list[RecordResult]:
        self.sent.extend(payments)
        if self.loses_answers:
            raise RetryLater("cloud-unreachable", "Down", "No answer.", "Later.", side=Side.CLOUD)
        status = RecordStatus.REFUSED if self.refuses else RecordStatus.ACCEPTED
        return [RecordResult(each.key, status) for each in payments]


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    run, _ = make_run(tmp_path)
    yield Sides(run)
    run.store.close()


@pytest.mark.parametrize(
    ("before", "now"), [(ImportKind.RECORD, ImportKind.WORKFLOW), (ImportKind.WORKFLOW, ImportKind.RECORD)]
)
def test_a_payment_keeps_the_kind_it_was_sent_as_when_its_bank_changes_its_purpose(
    sides: Sides, before: ImportKind, now: ImportKind
) -> None:
    first = payment(line("INV-1", "10"), kind=before)
    sides.bring(first)
    sides.bring(replace(first, kind=now))
    assert sides.sent == []
    # What is new on it goes, and still as what it was: a paid bill must not be paid again.
    grown = payment(line("INV-1", "10"), line("INV-2", "5"), kind=now)
    sides.bring(grown)
    assert sides.sent == [replace(grown, kind=before)]


def test_a_void_has_the_kind_of_the_payment_it_cancels(sides: Sides) -> None:
    first = payment(line("INV-1", "10"))
    sides.bring(first)
    turned = replace(first, kind=ImportKind.WORKFLOW)
    sides.bring(turned, void(turned))
    assert [(each.key, each.kind) for each in sides.sent] == [(VOID, ImportKind.RECORD)]


def test_a_payment_whose_answer_was_lost_keeps_its_kind(sides: Sides) -> None:
    sides.loses_answers = True
    first = payment(line("INV-1", "10"))
    with pytest.raises(RetryLater):
        sides.bring(first)
    sides.loses_answers = False
    sides.bring(replace(first, kind=ImportKind.WORKFLOW))
    assert sides.sent == [first]


def test_a_payment_that_quadient_ap_never_took_has_the_kind_its_bank_has_now(sides: Sides) -> None:
    sides.refuses = True
    first = payment(line("INV-1", "10"))
    sides.bring(first)
    sides.refuses = False
    sides.bring(replace(first, kind=ImportKind.WORKFLOW))
    assert [each.kind for each in sides.sent] == [ImportKind.WORKFLOW]


def test_a_void_takes_back_what_was_acknowledged_not_what_was_refused_since(sides: Sides) -> None:
    first = payment(line("INV-1", "10"))
    sides.bring(first)
    sides.refuses = True
    sides.bring(payment(line("INV-1", "10"), line("INV-2", "5")))
    sides.refuses = False
    # The payment itself can no longer be read; its void can.
    voided = void(payment(line("INV-1", "10"), line("INV-2", "5")))
    sides.bring(Quarantined(KEY, "AP_CheckHistoryHeader", "CheckAmt", "x", "This is not an amount."), voided)
    assert [(each.cancels, each.lines, each.amount) for each in sides.sent] == [(KEY, first.lines, Decimal(10))]


def test_a_void_takes_back_an_invoice_that_is_no_longer_exported(sides: Sides) -> None:
    first = payment(line("INV-1", "10"), line("INV-2", "5"))
    sides.bring(first)
    sides.invoices = []
    sides.bring(first, void(first))
    assert [(each.cancels, each.lines) for each in sides.sent] == [(KEY, first.lines)]


def test_a_void_of_a_payment_that_never_went_does_not_go_either(sides: Sides) -> None:
    first = payment(line("INV-1", "10"))
    counts = sides.bring(first, void(first))
    assert sides.sent == []
    assert counts["skipped undone"] == 2


def test_lines_for_other_invoices_stay_out_and_go_once_theirs_is_exported(sides: Sides) -> None:
    sides.invoices = ["INV-1"]
    whole = payment(line("INV-1", "10"), line("INV-2", "5"))
    sides.bring(whole)
    assert [(each.lines, each.amount) for each in sides.sent] == [((line("INV-1", "10"),), Decimal(10))]
    sides.invoices = ["INV-1", "INV-2"]
    sides.bring(whole)
    assert sides.sent == [whole]
