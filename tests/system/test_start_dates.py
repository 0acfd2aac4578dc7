"""The days that orders and payments go from: they decide what begins to go, never what becomes of what went."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.settings import Home
from tests.system.commands import Program, change_sage, rows
from tests.system.plain_reading import read_cloud

FROM = date(2020, 1, 1)  # before all that the demo company has
BEFORE = "2019-12-30"
PARTS = {"orders": ("orders", "purchase_order"), "payments": ("payments", "sage_payment")}


class Books:
    """One of the two streams from a day on, brought to Quadient AP by the program."""

    def __init__(self, program: Program, world: dict[str, Any], part: str) -> None:
        self._program = program
        self._world = world
        self._part, self._list = PARTS[part]
        self.begin(FROM)

    def begin(self, day: date | None) -> None:
        """Let it go from this day on."""
        home = Home(self._program.home)
        settings = home.load()
        home.save(settings.with_company(replace(settings.companies[0], orders_from=day, payments_from=day)))

    def sync(self, *options: str) -> dict[str, Any]:
        """Sync; return what was told of the stream."""
        ended = self._program.run("sync", "--only", self._part, "--json", *options)
        assert ended.code in (0, 1), ended.sentence
        (told,) = [each for each in ended.events if each["event"] == "stage_finished" and each["stage"] == self._list]
        return told

    def change(self, *statements: str) -> None:
        """Change the company's file; no statement dates its change."""
        change_sage(self._world, *statements)

    def ask(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        return rows(self._world["sage"]["file"], sql, values)

    @property
    def there(self) -> dict[str, dict[str, Any]]:
        """What Quadient AP has, by key."""
        cloud = read_cloud(self._world)
        return cloud.orders if self._part == "orders" else cloud.payments

    @property
    def full_on(self) -> str:
        """The day of the newest complete pass over everything; blank: it has to be repeated."""
        (found,) = rows(
            self._program.home / "store.sqlite", "SELECT full_on FROM watermarks WHERE list = ?", [self._list]
        )
        return str(found[0])


@pytest.fixture
def orders(program: Program, world: dict[str, Any]) -> Books:
    return Books(program, world, "orders")


@pytest.fixture
def payments(program: Program, world: dict[str, Any]) -> Books:
    return Books(program, world, "payments")


def received(orders: Books) -> str:
    """Return the number of an open order of which goods came."""
    ((number,),) = orders.ask(
        "SELECT min(PurchaseOrderNo) FROM PO_PurchaseOrderHeader JOIN PO_ReceiptHistoryHeader USING (PurchaseOrderNo)"
        " JOIN PO_PurchaseOrderDetail USING (PurchaseOrderNo)"
        " WHERE OrderType = 'S' AND OrderStatus IN ('N', 'O', 'B') AND ReceiptType = 'G'"
    )
    return str(number)


def dated(number: str, day: str) -> str:
    return f"UPDATE PO_PurchaseOrderHeader SET PurchaseOrderDate = '{day}' WHERE PurchaseOrderNo = '{number}'"


def commented(number: str, text: str) -> str:
    return f"UPDATE PO_PurchaseOrderHeader SET Comment = '{text}' WHERE PurchaseOrderNo = '{number}'"


@pytest.mark.parametrize("options", [(), ("--full",)])
def test_an_order_dated_before_the_day_after_it_went_still_follows_sage(orders: Books, options: Sequence[str]) -> None:
    orders.sync()
    number = received(orders)
    orders.change(dated(number, BEFORE), commented(number, "Dated back"))
    assert orders.sync(*options)["changed"] == 1
    assert orders.there[number]["order_date"] == BEFORE
    assert orders.there[number]["comment"] == "Dated back"
    assert orders.there[number]["state"] == "open"
    assert orders.full_on
    assert orders.sync("--full")["changed"] == 0
    assert orders.full_on
    orders.change(commented(number, "Later again"))
    assert orders.sync()["changed"] == 1
    assert orders.there[number]["comment"] == "Later again"


def test_its_lines_and_receipts_follow_too(orders: Books) -> None:
    orders.sync()
    number = received(orders)
    orders.change(dated(number, BEFORE))
    orders.sync("--full")
    orders.change(
        f"UPDATE PO_PurchaseOrderDetail SET UnitCost = 7.5 WHERE PurchaseOrderNo = '{number}'",
        f"UPDATE PO_ReceiptHistoryDetail SET QuantityReceived = 0.25 WHERE PurchaseOrderNo = '{number}'",
    )
    orders.sync()
    there = orders.there[number]
    assert {line["unit_cost"] for line in there["lines"]} == {"7.500000"}
    received_now = {line["quantity"] for receipt in there["receipts"] for line in receipt["lines"]}
    assert received_now == {"0.250000"}


def test_an_order_that_is_dated_back_and_forth_is_in_the_end_what_sage_has(orders: Books) -> None:
    orders.sync()
    number = received(orders)
    ((day,),) = orders.ask("SELECT PurchaseOrderDate FROM PO_PurchaseOrderHeader WHERE PurchaseOrderNo = ?", number)
    before = orders.there[number]
    orders.change(dated(number, BEFORE))
    orders.sync()
    orders.change(dated(number, day))
    assert orders.sync()["changed"] == 1
    assert orders.there[number] == before
    assert orders.sync("--full")["changed"] == 0


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("UPDATE PO_PurchaseOrderHeader SET OrderStatus = 'X' WHERE PurchaseOrderNo = '{}'", "complete"),
        ("UPDATE PO_PurchaseOrderHeader SET OrderStatus = 'Z' WHERE PurchaseOrderNo = '{}'", "cancelled"),
        ("DELETE FROM PO_PurchaseOrderHeader WHERE PurchaseOrderNo = '{}'", "cancelled"),
    ],
    ids=["complete", "cancelled", "deleted"],
)
@pytest.mark.parametrize("options", [(), ("--full",)])
def test_what_was_dated_back_and_then_ended_in_sage_ends_in_quadient_ap(
    orders: Books, change: str, state: str, options: Sequence[str]
) -> None:
    orders.sync()
    number = received(orders)
    orders.change(dated(number, BEFORE))
    orders.sync()
    orders.change(change.format(number))
    orders.sync(*options)
    assert orders.there[number]["state"] == state
    assert orders.full_on


def test_an_order_that_never_went_stays_out_whatever_becomes_of_it(orders: Books) -> None:
    number = received(orders)
    orders.change(dated(number, BEFORE))
    orders.sync()
    assert number not in orders.there
    orders.change(commented(number, "Still old"))
    for options in ((), ("--full",), ("--resend",)):
        orders.sync(*options)
        assert number not in orders.there
        assert orders.full_on
    orders.change(dated(number, FROM.isoformat()))
    orders.sync("--full")
    assert orders.there[number]["comment"] == "Still old"


def test_orders_that_went_before_the_day_was_set_follow_sage_until_their_end(orders: Books) -> None:
    orders.sync()
    number = received(orders)
    before = orders.there
    orders.begin(date(2100, 1, 1))
    orders.change(f"UPDATE PO_PurchaseOrderHeader SET OrderStatus = 'X' WHERE PurchaseOrderNo = '{number}'")
    assert orders.sync()["changed"] == 1
    assert orders.there == {**before, number: orders.there[number]}
    assert orders.there[number]["state"] == "complete"


def test_a_payment_that_went_before_the_day_was_set_is_undone_when_sage_voids_it(payments: Books) -> None:
    payments.sync()
    before = payments.there
    key = min(key for key, each in before.items() if each["kind"] == "IMPPayment" and not each["cancels"])
    bank, check, sequence = key.split("-")
    payments.begin(date(2100, 1, 1))
    where = f"WHERE BankCode = '{bank}' AND CheckNo = '{check}'"
    payments.change(
        *(
            statement
            for table in ("AP_CheckHistoryHeader", "AP_CheckHistoryDetail")
            for statement in (
                f"CREATE TEMP TABLE copied AS SELECT * FROM {table} {where} AND CheckSeqNo = '{sequence}'",
                "UPDATE copied SET CheckSeqNo = '000009'",
                f"INSERT INTO {table} SELECT * FROM copied",
                "DROP TABLE copied",
            )
        ),
        f"UPDATE AP_CheckHistoryHeader SET CheckType = 'V' {where} AND CheckSeqNo = '000009'",
    )
    payments.sync("--full")
    void = f"{bank}-{check}-000009"
    assert payments.there == {**before, void: payments.there[void]}
    assert payments.there[void]["cancels"] == key


def test_a_payment_that_never_went_stays_out_with_its_void(payments: Books) -> None:
    payments.begin(date(2100, 1, 1))
    payments.sync()
    assert payments.there == {}
    assert payments.full_on
