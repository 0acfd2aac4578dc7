"""Every call of a send into Sage's Business Objects is answered with 0 once, and once with a warning.

A refused call costs its own document at most: nothing of it stays in Sage, Quadient AP hears why, the others go on.
So it is when Sage has done what it says it refused.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.invoices import InvoiceLine
from app.errors import ExitCode
from app.sage.business_objects import Dispatch
from tests.system.commands import in_sage, left_behind, out_of_balance
from tests.system.desk import Desk, Documents, Ended, kind_of

SAID = "Refused for once."
DONE = 1
HEADERS = ("AP_InvoiceHeader", "PO_ReceiptHeader", "AP_ManualCheckHeader")

# Calls that ask something: their 0 means no.
QUESTIONS = {"nEOF", "nMoveFirst", "nMoveNext", "nCleanup"}


@dataclass
class Calls:
    """Counts the calls into Sage and has the one at `number` (from 1) answered with `answer`, `carried_out` or not."""

    number: int = 0
    answer: int = 0
    carried_out: bool = False
    made: list[str] = field(default_factory=list)
    hit: str = ""
    speaks: Any = None

    def through(self, dispatch: Dispatch) -> Dispatch:
        return lambda program_id: _Proxy(dispatch(program_id), self)


class _Proxy:
    """An object of Sage's."""

    def __init__(self, raw: Any, calls: Calls) -> None:
        self._raw = raw
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        calls = self._calls
        if name == "sLastErrorMsg" and calls.speaks is self._raw:
            return SAID
        found = getattr(self._raw, name)
        if not callable(found):
            return _wrapped(found, calls)

        def call(*values: Any) -> Any:
            handed = [value._raw if isinstance(value, _Proxy) else value for value in values]
            calls.speaks = None
            if not name.startswith("n"):
                return _wrapped(found(*handed), calls)
            calls.made.append(name)
            if len(calls.made) != calls.number:
                return found(*handed)
            if calls.carried_out:
                assert found(*handed) == DONE
            calls.hit, calls.speaks = name, self._raw
            return calls.answer

        return call


def _wrapped(answer: Any, calls: Calls) -> Any:
    return _Proxy(answer, calls) if hasattr(answer, "link") else answer


def invoices(desk: Desk) -> Documents:
    """A bill, one of an order with a charge beside, and another bill behind them."""
    charge = InvoiceLine(2, desk.facts.expense_accounts[1].key, Decimal("9.50"), comment="Pallet deposit")
    order = desk.order_bill("bill-2")
    last_month = desk.bill("bill-3", hold=True, discount_date=desk.world.made_on, due_date=desk.world.made_on)
    return [
        desk.bill("bill-1"),
        replace(order, lines=(*order.lines, charge), amount=order.amount + charge.amount),
        last_month,
    ]


def payments(desk: Desk) -> Documents:
    return [desk.payment("pay-1"), desk.payment("pay-2", 1)]


@dataclass
class Walk:
    """One send after the other, each with another call that is refused."""

    desk: Desk
    documents: Documents
    headers: int = 0

    def begin(self) -> list[str]:
        """Add the documents; return the calls that it takes to send them undisturbed."""
        self.desk.add(self.documents)
        self.desk.keep()
        self.headers = self._headers()
        calls = Calls()
        assert self.desk.send(self.documents, calls.through).code is ExitCode.DONE
        assert set(in_sage(self.desk.description)) == {each.id for each in self.documents}
        return calls.made

    def writes(self) -> list[int]:
        """Begin; return the numbers of the calls that write a line or a record."""
        found = [number for number, name in enumerate(self.begin(), start=1) if name == "nWrite"]
        assert len(found) > len(self.documents)
        return found

    def send(self, calls: Calls) -> Ended:
        self.desk.set_back(self.documents)
        ended = self.desk.send(self.documents, calls.through)
        assert calls.hit, f"call {calls.number} was never made"
        return ended

    def check(self, ended: Ended, calls: Calls) -> str:
        """Check both sides; return what became of the send."""
        desk, ids = self.desk, {each.id for each in self.documents}
        there = in_sage(desk.description)
        assert all(count == 1 for count, _ in there.values())
        assert (left_behind(desk.description), self._headers()) == ([], self.headers + len(there))
        assert not there or out_of_balance(desk.description) == []
        refused = ended.items("refused")
        cloud = desk.cloud(kind_of(self.documents))
        assert {id_ for id_ in ids if cloud[id_]["status"] == "EX"} == set(there)
        if ended.code is ExitCode.DONE:
            assert calls.hit in QUESTIONS, f"{calls.hit} was refused, and nobody noticed"
            assert set(there) == ids
            return "answered no"
        if ended.code is ExitCode.NEEDS_USER and refused:
            (victim,) = refused
            assert set(there) == ids - {victim}
            assert cloud[victim]["status"] == "SE"
            assert refused[victim]["message"] in cloud[victim]["comments"][-1]
            assert calls.hit in QUESTIONS or SAID in refused[victim]["message"]
            return victim
        end = ended.events[-1].data
        assert calls.hit in QUESTIONS or SAID in end["message"], end
        assert {cloud[id_]["status"] for id_ in ids - set(there)} <= {"A", "PD"}
        return "ended"

    def _headers(self) -> int:
        return sum(self.desk.rows(f"SELECT COUNT(*) FROM {table}")[0][0] for table in HEADERS)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("make", [invoices, payments])
def test_a_refused_call_costs_its_own_document_at_most(desk: Desk, make: Callable[[Desk], Documents]) -> None:
    walk = Walk(desk, make(desk))
    became: Counter[str] = Counter()
    for number, _ in enumerate(walk.begin(), start=1):
        calls = Calls(number)
        became[walk.check(walk.send(calls), calls)] += 1
    assert min(became[each.id] for each in walk.documents) > 10


@pytest.mark.timeout(600)
@pytest.mark.parametrize("make", [invoices, payments])
def test_what_sage_refuses_and_yet_stores_whole_is_found_there_and_lines_of_it_are_taken_out(
    desk: Desk, make: Callable[[Desk], Documents]
) -> None:
    walk = Walk(desk, make(desk))
    ids = {each.id for each in walk.documents}
    whole = 0
    for number in walk.writes():
        calls = Calls(number, carried_out=True)
        ended = walk.send(calls)
        if ended.code is ExitCode.DONE:
            whole += 1
            assert {id_: count for id_, (count, _) in in_sage(desk.description).items()} == dict.fromkeys(ids, 1)
            assert (left_behind(desk.description), out_of_balance(desk.description)) == ([], [])
            cloud = desk.cloud(kind_of(walk.documents))
            assert {cloud[id_]["status"] for id_ in ids} == {"EX"}
        else:
            assert walk.check(ended, calls) in ids
    assert whole == len(ids)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("make", [invoices, payments])
def test_a_warning_is_shown_with_its_document_and_stops_nothing(desk: Desk, make: Callable[[Desk], Documents]) -> None:
    walk = Walk(desk, make(desk))
    for number in walk.writes():
        calls = Calls(number, answer=-1, carried_out=True)
        ended = walk.send(calls)
        warned = ended.items("warning")
        assert ended.code is ExitCode.DONE
        assert [each["message"] for each in warned.values()] == [SAID]
        assert set(in_sage(desk.description)) == {each.id for each in walk.documents}
