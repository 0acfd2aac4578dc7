"""Which previews stand in a document's history."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.cloud.port import DocumentKind
from app.engine.befallen import befallen
from app.engine.run import Run
from app.engine.sending.history import note
from tests.engine.fakes import make_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made, _ = make_run(tmp_path)
    yield made
    made.store.close()


def told(run: Run, *whats: str, by: str = "run-1") -> list[str]:
    """Note what one preview tells of the document, by a run; return its whole history."""
    note(replace(run, id=by), DocumentKind.INVOICE, [("inv-1", what, "") for what in whats])
    return [each.what for each in befallen(run.store.rows, "ABC", "invoice", "inv-1")]


def test_the_first_preview_stands_after_what_was_received_and_before_what_it_found(run: Run) -> None:
    assert told(run, "received") == ["received", "previewed"]


def test_a_preview_stands_once_and_only_where_it_had_news(run: Run) -> None:
    assert told(run, "received", "blocked") == ["received", "previewed", "blocked"]
    assert told(run) == ["received", "previewed", "blocked"]
    assert told(run, "changed", "unblocked", by="run-2")[3:] == ["changed", "previewed", "unblocked"]
    assert told(run, "blocked", by="run-3")[6:] == ["previewed", "blocked"]
    assert told(run, "shortened", "changed", by="run-4")[8:] == ["shortened", "changed", "previewed"]


def test_what_is_no_preview_has_none_beside_it(run: Run) -> None:
    assert told(run, "shortened", "withdrawn") == ["shortened", "withdrawn"]
