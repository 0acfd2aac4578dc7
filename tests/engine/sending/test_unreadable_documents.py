"""Documents that Quadient AP sends in a form that cannot be read are set aside, each with its reason."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.cloud.port import DocumentKind, Unreadable
from app.engine.run import Run
from app.engine.sending.previews import preview
from app.engine.views import Views
from tests.engine.fakes import make_run, nowhere


class Cloud:
    """Has only unreadable documents ready."""

    def __init__(self, *ready: Unreadable) -> None:
        self.ready: Sequence[Unreadable] = ready

    def ready_invoices(self) -> Sequence[Unreadable]:
        return self.ready

    ready_payments = ready_invoices


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made, _ = make_run(tmp_path)
    yield made
    made.store.close()


def look(run: Run, cloud: Any, kind: DocumentKind = DocumentKind.INVOICE) -> list[tuple[str, str, str]]:
    """Preview; return what needs the user: tab, key, message."""
    assert preview(run, nowhere, cloud, kind) == []
    views = Views(run.store.file, run.company.code)
    try:
        return [(each.where, each.key, each.message) for each in views.needs_you()]
    finally:
        views.close()


def test_each_is_told_with_its_reason_and_the_run_needs_its_user(run: Run) -> None:
    told = look(run, Cloud(Unreadable("inv-1", "“twelve” is not a number"), Unreadable("inv-2", "no lines")))
    assert told == [
        ("Invoices", "inv-1", "Quadient AP sent it in a form that AP Bridge cannot read: “twelve” is not a number."),
        ("Invoices", "inv-2", "Quadient AP sent it in a form that AP Bridge cannot read: no lines."),
    ]
    assert run.needs_user


def test_those_that_do_not_even_have_an_id_are_all_told(run: Run) -> None:
    told = look(run, Cloud(Unreadable("", "no id"), Unreadable("", "no id either")), DocumentKind.PAYMENT)
    assert [(tab, key) for tab, key, _ in told] == [
        ("Payments", "without an id, no. 1"),
        ("Payments", "without an id, no. 2"),
    ]


def test_one_that_can_be_read_again_is_no_longer_told(run: Run) -> None:
    look(run, Cloud(Unreadable("inv-1", "“twelve” is not a number")))
    assert look(run, Cloud()) == []
