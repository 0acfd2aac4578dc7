"""The self-test where Sage does not do what AP Bridge counts on: each such thing is told, and what is left is named."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from app.domain.invoices import Invoice
from app.engine.run import Run, Summary
from app.engine.selftest.parts import Part
from app.engine.selftest.samples import SHARES
from app.engine.selftest.selftest import SelfTest
from app.errors import ExitCode, SkipItem
from app.sage.found import Written
from app.sage.writers import SageWriter
from app.sandbox.business_objects import dispatch_sandbox
from tests.system.desk import Desk, Ended

HEADERS = "SELECT InvoiceNo, InvoiceAmt FROM AP_InvoiceHeader WHERE InvoiceNo LIKE 'APB%'"


class TakesTwice(SageWriter):
    """A Sage that takes a number that it has."""

    def write_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> Written:
        with suppress(SkipItem):
            return super().write_invoice(invoice, comment=comment, line_comments=line_comments, batch=batch)
        return Written(batch)


class DeletesTwin(SageWriter):
    """A Sage whose fields read as if nothing had changed."""

    def delete_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> None:
        sign = 1 if invoice.amount > 0 else -1
        entered = tuple(replace(line, amount=share * sign) for line, share in zip(invoice.lines, SHARES, strict=True))
        twin = replace(invoice, amount=sum(SHARES) * sign, lines=entered)
        super().delete_invoice(twin, comment=comment, line_comments=line_comments, batch=batch)


class Keeps(SageWriter):
    """A Sage that says of what it keeps that it is deleted."""

    def delete_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> None:
        if invoice.amount not in (sum(SHARES), -sum(SHARES)):
            super().delete_invoice(invoice, comment=comment, line_comments=line_comments, batch=batch)


class Rounds(SageWriter):
    """A Sage that stores another amount than was entered."""

    def write_invoice(self, invoice: Invoice, *, comment: str, line_comments: Sequence[str], batch: str) -> Written:
        lines = tuple(replace(line, amount=line.amount * 10) for line in invoice.lines)
        rounded = replace(invoice, amount=invoice.amount * 10, lines=lines)
        return super().write_invoice(rounded, comment=comment, line_comments=line_comments, batch=batch)


def tried(desk: Desk, kind: type[SageWriter]) -> tuple[Ended, dict[str, Part]]:
    """Do the self-test in a company that is written to by a writer of this kind; return its parts by kind."""
    test = SelfTest()
    folder, password = desk.world.folder, desk.world.secrets()[f"{desk.world.company}/sage"]

    def open_writer(company: Any, on_call: Any, _: Any) -> SageWriter:
        return kind(company.sage, company.code, password, dispatch_sandbox(folder), folder, on_call=on_call)

    def work(run: Run) -> Summary:
        run.ports = replace(run.ports, open_writer=open_writer)
        return test.work(run)

    ended = desk.run("selftest", work)
    return ended, {part.kind: part for part in test.parts}


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (TakesTwice, "{} was entered a second time"),
        (DeletesTwin, "{} was deleted although it differed"),
    ],
)
def test_a_guard_that_does_not_hold_is_told_and_nothing_is_left(desk: Desk, kind: type[SageWriter], title: str) -> None:
    ended, parts = tried(desk, kind)
    assert ended.code == ExitCode.NEEDS_USER
    for name, number in (("invoice", "APBTEST1"), ("credit_note", "APBTESTC1")):
        assert parts[name].state == "failed"
        assert parts[name].message.startswith(title.format(number))
    assert parts["check"].state == parts["left"].state == "passed"
    assert desk.rows(HEADERS) == []


def test_what_sage_keeps_although_it_says_that_it_deleted_it_is_named(desk: Desk) -> None:
    ended, parts = tried(desk, Keeps)
    assert ended.code == ExitCode.NEEDS_USER
    assert parts["invoice"].message.startswith("APBTEST1 is still there.")
    assert parts["left"].state == "failed"
    assert [number for number, _ in desk.rows(HEADERS)] == ["APBTEST1", "APBTESTC1"]
    assert "APBTEST1, A/P Invoice Data Entry" in parts["left"].message
    assert "APBTESTC1, A/P Invoice Data Entry" in parts["left"].message


def test_an_amount_that_sage_stores_otherwise_is_told_and_the_entry_named_since_it_is_not_as_entered(
    desk: Desk,
) -> None:
    ended, parts = tried(desk, Rounds)
    assert ended.code == ExitCode.NEEDS_USER
    assert "Its amount: 0.30 was entered, Sage has 3.00." in parts["invoice"].message
    assert "Its amount: -0.30 was entered, Sage has -3.00." in parts["credit_note"].message
    assert "It may be left in Sage." in parts["invoice"].message
    assert parts["left"].state == "failed"
    assert "APBTESTC1, A/P Invoice Data Entry" in parts["left"].message
