"""One typical job, broken off at every step, and its recovery broken off at every step again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from app.cloud.port import DocumentKind
from app.domain.invoices import Invoice, InvoiceKey, InvoiceLine
from app.domain.money import ZERO
from app.domain.payments import Payment, PaymentLine
from app.sandbox.server.rules import MARKABLE
from tests.simulation.sending.books import (
    ACCOUNT,
    ACTIVE,
    BANK,
    DIVISION,
    ORDER,
    ORDER_LINE,
    OTHER_ACCOUNT,
    TERMS,
)
from tests.simulation.sending.faults import Faults
from tests.simulation.sending.many import shared_store
from tests.simulation.sending.story import settle
from tests.simulation.sending.world import World

INVOICES, PAYMENTS = DocumentKind.INVOICE, DocumentKind.PAYMENT
PARTS = 8

BILL = Invoice(
    "inv-1", DIVISION, ACTIVE, "Acme Tools", "B-1", date(2026, 11, 3), None, None, TERMS, "Drills", "USD",
    Decimal("61.99"), ZERO, ZERO, "", False, False, "", "",
    (InvoiceLine(1, ACCOUNT, Decimal("60.00")), InvoiceLine(2, OTHER_ACCOUNT, Decimal("1.99"))),
)  # fmt: skip
MATCHED = replace(
    BILL,
    id="inv-2",
    number="B-2",
    amount=Decimal("25.00"),
    purchase_order=ORDER,
    lines=(
        InvoiceLine(1, ACCOUNT, Decimal("25.00"), "", ORDER_LINE, "DRILL", Decimal("2.000000"), Decimal("12.500000")),
    ),
)
POSTED_BILL = replace(BILL, number="OPEN-1", id="")
PAYMENT = Payment(
    "pay-3", "QP3", BANK, date(2026, 11, 4), DIVISION, ACTIVE, "Acme Tools", "USD", Decimal("61.99"), "Check",
    (PaymentLine("OPEN-1", Decimal("61.99"), ZERO),),
)  # fmt: skip


def begun(kind: DocumentKind) -> World:
    """Two bills, one of them for an order, or a payment: previewed and not sent."""
    random = Random(1)  # noqa: S311  # nothing is drawn from it
    world = World(shared_store(), Faults(random), random, batches_on=True)
    if kind is INVOICES:
        world.cloud.file(INVOICES, BILL)
        world.cloud.file(INVOICES, MATCHED)
    else:
        world.books.enter_invoice(POSTED_BILL, "", ["", ""], world.books.new_batch(BILL.destination, "By hand"))
        world.books.post(BILL.destination, "00001")
        world.cloud.file(PAYMENTS, PAYMENT)
    world.preview(kind)
    return world


def steps_of_sending(kind: DocumentKind) -> int:
    world = begun(kind)
    world.send(kind)
    return world.faults.step


def assert_settled(world: World, *where: int) -> None:
    settle(world)
    world.end()
    assert world.oracle.problems == [], where
    for id_, filed in world.cloud.files.items():
        assert (filed.status, len(world.books.of(id_))) == ("EX", 1), (id_, *where)


@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_crash_at_every_step_and_at_every_step_of_the_recovery(kind: DocumentKind, part: int) -> None:
    last = steps_of_sending(kind)
    assert last > 30
    for first in range(1 + part, last + 1, PARTS):
        second, died = 0, True
        while died:
            second += 1
            world = begun(kind)
            assert world.send(kind, crash_at=first) is None
            died = world.send(kind, crash_at=second) is None
            assert_settled(world, first, second)
        assert second > 10


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_crash_at_every_step_of_a_preview(kind: DocumentKind) -> None:
    world = begun(kind)
    world.preview(kind)
    for step in range(1, world.faults.step + 1):
        world = begun(kind)
        assert world.preview(kind, crash_at=step) is None
        assert_settled(world, step)


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_crash_at_every_step_of_an_undo_and_of_its_recovery(kind: DocumentKind) -> None:
    def sent() -> World:
        world = begun(kind)
        world.send(kind)
        return world

    world = sent()
    run = world.last_sent
    world.undo(run, ())
    assert all(world.books.of(id_) == [] for id_ in world.cloud.files)
    assert {filed.status for filed in world.cloud.files.values()} == set(MARKABLE[kind][:1])
    for first in range(1, world.faults.step + 1):
        for second in (1, first, 2 * first):
            world = sent()
            assert world.undo(run, (), crash_at=first) is None
            world.preview(kind, crash_at=second)
            world.preview(kind)
            assert world.oracle.problems == [], (first, second)
            for id_, filed in world.cloud.files.items():
                undone = (MARKABLE[kind][0], 0)
                assert (filed.status, len(world.books.of(id_))) in (undone, ("EX", 1)), (first, second)


def test_what_is_deleted_and_shown_a_moment_longer_is_undone_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    world = begun(INVOICES)
    world.send(INVOICES)
    passed: list[str] = []
    pass_ = world.faults.pass_

    def late_once(point: str, *kinds: str, likely: bool = False) -> str:
        fault = pass_(point, *kinds, likely=likely)
        late = point == "read invoices" and passed[-1:] == ["deleted inv-2"]
        passed.append(point)
        return "stale read" if late else fault

    monkeypatch.setattr(world.faults, "pass_", late_once)
    world.undo(world.last_sent, ())
    assert passed.count("read invoices") == 3  # before the deletions, too early after them, and once more
    assert {id_: filed.status for id_, filed in world.cloud.files.items()} == {"inv-1": "A", "inv-2": "A"}


@pytest.mark.parametrize("late", [1, 2, 3])
def test_one_late_look_after_a_lost_reply_misleads_nobody(monkeypatch: pytest.MonkeyPatch, late: int) -> None:
    world = begun(INVOICES)
    looks: list[str] = []
    pass_ = world.faults.pass_

    def lost_and_late(point: str, *kinds: str, likely: bool = False) -> str:
        fault = pass_(point, *kinds, likely=likely)
        if point == "write inv-1" and not looks:
            looks.append(point)
            return "reply lost after"
        if looks and point == "read invoices":
            looks.append(point)
        return "stale read" if looks[1:] and len(looks) == 1 + late and point == "read invoices" else fault

    monkeypatch.setattr(world.faults, "pass_", lost_and_late)
    world.send(INVOICES)
    assert len(looks) > late
    settle(world)
    world.end()
    assert world.oracle.problems == []


@pytest.mark.parametrize("late", [1, 2, 3])
def test_one_late_look_at_what_was_undone_and_was_not_written_again_misleads_nobody(
    monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    reads = 0
    pass_ = Faults.pass_

    def late_once(self: Faults, point: str, *kinds: str, likely: bool = False) -> str:
        nonlocal reads
        fault = pass_(self, point, *kinds, likely=likely)
        reads += point == "read invoices"
        return "stale read" if point == "read invoices" and reads == late else fault

    def undone() -> World:
        world = begun(INVOICES)
        world.send(INVOICES)
        world.undo(None, ("inv-1",))
        world.send_again(INVOICES, "inv-1")
        world.preview(INVOICES)
        return world

    world = undone()
    world.send(INVOICES)
    for step in range(1, world.faults.step + 1):
        world = undone()
        world.send(INVOICES, crash_at=step)
        reads = 0
        with monkeypatch.context() as patched:
            patched.setattr(Faults, "pass_", late_once)
            settle(world)
        world.end()
        assert world.oracle.problems == [], step


def test_what_was_entered_is_posted_between_the_crash_and_the_recovery() -> None:
    for step in range(1, steps_of_sending(INVOICES) + 1):
        world = begun(INVOICES)
        world.send(INVOICES, crash_at=step)
        for screen, batches in world.books.batches.items():
            for batch in batches:
                world.books.post(screen, batch)
        assert_settled(world, step)
    assert world.books.open_bill(InvoiceKey(DIVISION, ACTIVE, "B-1")) is not None
