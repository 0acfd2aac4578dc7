"""What the window and the terminal see of the store, and how fresh that is."""

from pathlib import Path

from app.engine.store import Store
from app.engine.views import Views
from app.settings import Home
from tests.gui.filled import COMPANY, add_document, fill_home, invoice


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


def test_a_missing_store_is_an_empty_one(tmp_path: Path) -> None:
    views = Views(tmp_path / "nowhere.sqlite", COMPANY)
    assert views.documents("invoice") == []
    assert views.needs_you() == []
