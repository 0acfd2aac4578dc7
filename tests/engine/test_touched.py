"""Which runs are found by what they touched or told."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from app.engine.store import Store
from app.engine.views import Views
from app.settings import Home
from tests.gui.filled import COMPANY, SEND_RUN, SYNC_RUN, add_document, add_event, add_run, fill_home, invoice


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    home = Home(tmp_path / "home")
    fill_home(home)
    made = Store(home.store_file)
    yield made
    made.close()


def touched(store: Store, word: str) -> set[str]:
    views = Views(store.file, COMPANY)
    try:
        return views.touched(word)
    finally:
        views.close()


@pytest.mark.parametrize(
    ("word", "runs"),
    [
        ("01-zinc", {SYNC_RUN}),
        ("longer", {SYNC_RUN}),
        ("inv-1016", {SEND_RUN}),
        ("nowhere", set()),
        ("quarantined", set()),  # how it is kept, not what is told
        ("%", set()),
        ("_", set()),
    ],
)
def test_a_word_finds_the_runs_that_touched_or_told_it(store: Store, word: str, runs: set[str]) -> None:
    assert touched(store, word) == runs


def test_a_document_is_found_by_the_vendor_s_name_in_every_run_that_told_of_it(store: Store) -> None:
    add_document(store, "invoice", invoice(40, vendor_number="ECOLE", vendor_name="Fournitures École Ltée"))
    add_run(store, "run-old", "send invoices", 90_000, "failed", 4)
    add_event(
        store, "run-old", "item", stage="send.invoice", key=invoice(40).id, state="refused", message="No.", fix=""
    )
    assert touched(store, "école") == {"run-old"}
    assert touched(store, "01-ecole") == {"run-old"}


def test_words_with_marks_of_json_are_found(store: Store) -> None:
    add_run(store, "run-odd", "sync", 10, "failed", 4)
    add_event(store, "run-odd", "attention", title='The path "C:\\Sage" is gone', message="", fix="")
    assert touched(store, '"c:\\sage"') == {"run-odd"}


def test_runs_and_events_are_read_in_steps_and_none_is_missing(store: Store) -> None:
    for number in range(130):
        add_run(store, f"run-{number:03}", "sync", 5000 + number % 7, "done", 0)
    for number in range(130):
        add_event(store, "run-000", "item", stage="Vendor", title="Vendor", key=f"V{number}", state="refused")
    views = Views(store.file, COMPANY)
    assert list(views.runs_in_steps()) == views.runs(1000)
    assert [event for event, _ in views.events_in_steps("run-000")] == views.events("run-000")
    views.close()


def test_names_read_in_steps_are_those_of_the_whole_run(store: Store) -> None:
    many = [invoice(number, amount=Decimal("1.00")) for number in range(100, 230)]
    add_run(store, "run-many", "send invoices", 5, "failed", 4)
    for each in many:
        add_document(store, "invoice", each)
        add_event(store, "run-many", "item", stage="send.invoice", title="A", key=each.id, state="refused")
    views = Views(store.file, COMPANY)
    named: dict[tuple[str, str], str] = {}
    for _, names in views.events_in_steps("run-many"):
        named |= names
    assert named == views.told_of("run-many")
    assert len(named) == len(many)
    views.close()
