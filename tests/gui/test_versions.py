"""Two versions of one document on its page: before and now, Quadient AP's and Sage's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import orjson
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QTextBrowser
from pytestqt.qtbot import QtBot

from app.domain.codec import canonical, plain
from app.engine.store import Store
from app.engine.views import Views
from app.gui.tabs.documents import DocumentsTab
from app.gui.tabs.invoices import invoices
from app.gui.unticked import Unticked
from app.sage.found import FoundInvoice, FoundLine, Place
from app.settings import Home
from tests.gui.filled import COMPANY, NOW, add_document, invoice

Opened = Callable[[], DocumentsTab]
NEW = invoice(4242, number="INV-NEW")


@pytest.fixture
def opened(qtbot: QtBot, home: Home) -> Opened:
    def tab() -> DocumentsTab:
        views = Views(home.store_file, COMPANY)
        settings = QSettings(str(home.path / "test.ini"), QSettings.Format.IniFormat)
        made = DocumentsTab(invoices(), views, COMPANY, Unticked(settings, COMPANY, "invoices"))
        qtbot.addWidget(made)
        made.show()
        made.open_record(NEW.id)
        return made

    return tab


def change(home: Home, **columns: object) -> None:
    """Set columns of the new document in the store."""
    store = Store(home.store_file)
    for column, value in columns.items():
        store.write(f"UPDATE documents SET {column} = ? WHERE id = ?", (value, NEW.id))
    store.close()


def add(home: Home, state: str) -> None:
    store = Store(home.store_file)
    add_document(store, "invoice", NEW, state)
    store.close()


def page(tab: DocumentsTab) -> list[str]:
    """Return the lines of the detail page; a table's cells are a line each."""
    browser: QTextBrowser = tab.detail
    return browser.toPlainText().splitlines()


def after(lines: list[str], name: str) -> list[str]:
    """Return the two cells beside `name`."""
    at = lines.index(name)
    return lines[at + 1 : at + 3]


def test_a_document_that_changed_says_so_in_the_list_and_on_its_page(opened: Opened, home: Home) -> None:
    add(home, "ready")
    before = replace(NEW, amount=Decimal("1.00"), due_date=None)
    change(home, known=canonical(before).decode(), known_at=NOW.isoformat())
    tab = opened()
    (row,) = (each for each in tab.documents.rows if each.id == NEW.id)
    assert tab.documents.columns[0].text(row) == "Ready, changed"
    lines = page(tab)
    assert any(line.startswith("Changed since it was checked today") for line in lines)
    assert after(lines, "Amount") == ["1.00", f"{NEW.amount:,.2f}"]
    assert after(lines, "Due date")[0] == "no date"


def test_a_document_that_is_as_people_know_it_says_nothing(opened: Opened, home: Home) -> None:
    add(home, "ready")
    change(home, known=canonical(NEW).decode(), known_at=NOW.isoformat())
    assert not any("Changed" in line for line in page(opened()))


@pytest.mark.parametrize("state", ["asking", "blocked"])
def test_what_sage_has_instead_stands_beside_it(opened: Opened, home: Home, state: str) -> None:
    add(home, state)
    line = FoundLine("000000012", Decimal("7.00"), "By hand")
    theirs = FoundInvoice(Place.INVOICE_ENTRY, "00031", date(2026, 11, 2), Decimal("7.00"), "Typed in", "", (line,))
    change(home, theirs=orjson.dumps(plain([theirs])).decode())
    lines = page(opened())
    assert "Quadient AP and Sage 100 side by side" in lines
    at = lines.index("Where")
    assert "A/P Invoice Data Entry, batch 00031" in lines[at : at + 4]
    assert after(lines, "Amount") == [f"{NEW.amount:,.2f}", "7.00"]
    assert lines[lines.index("Amount") + 3] == "differs"
    assert "Typed in" in lines


def test_what_is_sent_has_nothing_to_decide(opened: Opened, home: Home) -> None:
    add(home, "sent")
    theirs = FoundInvoice(Place.OPEN, "", date(2026, 11, 2), NEW.amount, "", "", ())
    change(home, theirs=orjson.dumps(plain([theirs])).decode())
    assert "Quadient AP and Sage 100 side by side" not in page(opened())


def test_undone_document_says_how_to_send_it_after_all(opened: Opened, home: Home) -> None:
    add(home, "undone")
    text = "\n".join(page(opened()))
    assert "Sage has it no more" in text
    assert "choose Send Again" in text
