"""What the window and the terminal see of the store, and how fresh that is."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from app.engine.causes import AT_ONCE
from app.engine.needs import SOME as PAUSE
from app.engine.store import ORDERS, SAGE_PAYMENTS, Store
from app.engine.views import SOME, AddedUp, Amounts, SagePaymentRow, Views, amount_of
from app.settings import Home
from tests.gui.filled import COMPANY, add_document, add_event, fill_home, invoice, payment, sage_payment


def test_documents_are_read_again_once_somebody_has_written(tmp_path: Path) -> None:
    home = Home(tmp_path)
    fill_home(home)
    views = Views(home.store_file, COMPANY)
    before = views.documents("invoice")
    assert views.documents("invoice") == before
    store = Store(home.store_file)
    add_document(store, "invoice", invoice(99))
    store.close()
    assert {row.id for row in views.documents("invoice")} - {row.id for row in before} == {"inv-000099"}
    views.close()


def test_a_list_that_was_handed_out_is_the_callers_own(tmp_path: Path) -> None:
    home = Home(tmp_path)
    fill_home(home)
    views = Views(home.store_file, COMPANY)
    views.documents("invoice").clear()
    assert views.documents("invoice")
    views.close()


def test_documents_that_a_run_told_of_are_called_by_number_and_vendor(tmp_path: Path) -> None:
    home = Home(tmp_path)
    fill_home(home)
    store = Store(home.store_file)
    bill, paid = replace(invoice(90), number="88-1"), replace(payment(90), reference="P-7")
    add_document(store, "invoice", bill)
    add_document(store, "payment", paid)
    add_document(store, "payment", replace(paid, id="both"))
    add_document(store, "invoice", replace(bill, id="both"))
    for stage, key in (
        ("send.invoice", bill.id),
        ("preview.payment", paid.id),
        ("undo", bill.id),
        ("item", bill.id),
        ("undo", "both"),
        ("send.invoice", "of a store before"),
    ):
        add_event(store, "run-x", "item", stage=stage, key=key, state="refused")
    store.close()
    views = Views(home.store_file, COMPANY)
    assert views.told_of("run-x") == {
        ("send.invoice", bill.id): "88-1 of 01-ACME (Acme Tools)",
        ("preview.payment", paid.id): f"payment P-7 to 01-{paid.vendor_number} ({paid.vendor_name})",
        ("undo", bill.id): "88-1 of 01-ACME (Acme Tools)",
    }
    views.close()


def test_a_missing_store_is_an_empty_one(tmp_path: Path) -> None:
    views = Views(tmp_path / "nowhere.sqlite", COMPANY)
    assert views.documents("invoice") == []
    assert views.needs_you() == []


def test_many_orders_and_payments_come_in_order_even_when_the_store_is_closed_in_between(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    keys = [f"{number:07}" for number in range(3 * SOME + 1)]
    store = Store(file)
    store.write_many(
        "INSERT INTO checkpoints (company, list, key, description, active, state, run) VALUES (?, ?, ?, '', 1, ?, '')",
        ((COMPANY, name, key, "acknowledged") for name in (ORDERS, SAGE_PAYMENTS) for key in keys),
    )
    store.close()
    views = Views(file, COMPANY)
    orders, payments = views.orders(), views.sage_payments()
    first = next(orders), next(payments)
    views.close()
    assert [row.number for row in (first[0], *orders)] == keys[::-1]
    assert [row.key for row in (first[1], *payments)] == keys
    views.close()


def test_orders_are_added_up_as_they_are_read_and_those_that_wait_apart(tmp_path: Path) -> None:
    home = Home(tmp_path)
    fill_home(home)
    views, sums = Views(home.store_file, COMPANY), AddedUp()
    rows = list(sums.passing(views.orders()))
    views.close()
    assert sums.all == Amounts(19, Decimal("6882.30"), unknown=1)
    assert sums.left == Amounts(2, Decimal("382.35"), unknown=1)
    assert amount_of(rows) == Decimal("6882.30")
    assert amount_of(rows[:2]) == Decimal("382.35")  # the first cannot be read


def test_payments_that_cancel_others_are_added_up_and_told_apart() -> None:
    paid = sage_payment(1)
    rows = [
        SagePaymentRow(each.key, each, "acknowledged", "", "", None, amount=each.amount)
        for each in (paid, replace(paid, key="B-0000005001-000001", cancels=paid.key))
    ]
    sums = AddedUp()
    assert list(sums.passing(rows)) == rows
    assert sums.all == Amounts(2, Decimal("620.00"), cancelling=1, cancelled=Decimal("310.00"))
    assert sums.left == Amounts()


def test_what_was_set_aside_is_looked_for_some_at_a_time_and_told_in_order(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    keys = [f"{number:07}" for number in range(2 * PAUSE + 1)]
    store = Store(file)
    store.write_many(
        "INSERT INTO checkpoints (company, list, key, description, active, state, reason, run)"
        " VALUES (?, ?, ?, '', 1, ?, ?, '')",
        (
            (COMPANY, name, key, ("waiting", "quarantined", "refused", "acknowledged")[int(key) % 4], name + key)
            for name in (ORDERS, "vendor")
            for key in reversed(keys)
        ),
    )
    store.close()
    views = Views(file, COMPANY)
    steps = sum(1 for _ in views.needs_in_steps())
    needs = views.needs_you()
    assert [(each.list, each.key) for each in needs] == [
        (name, key) for name in (ORDERS, "vendor") for key in keys if int(key) % 4 != 3
    ]
    # A list in one of three states is few enough for one step; then all are sorted by cause, going through them twice.
    assert steps == 2 * 3 + 2 * (len(needs) // AT_ONCE)
    assert len(needs) > AT_ONCE
    views.close()
