"""What AP Bridge can put right itself is a button in the details, by mouse and by keyboard alone."""

from collections.abc import Callable

import orjson
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.codec import canonical, plain
from app.domain.documents import content_hash
from app.domain.findings import Finding, Severity
from app.engine.sending.sage_now import SageNow
from app.engine.sending.shortening import suggestion
from app.engine.store import Store
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY, SYNC_RUN, add_document, add_step, invoice
from tests.gui.test_window import Open, open_window, part

__all__ = ["open_window"]

LONG = "Annual maintenance of the conveyor in the north warehouse, parts and travel included"
TOO_LONG = Finding("description-too-long", Severity.WARNS, "The description has 84 characters.", "Nothing to do.")

Starts = list[tuple[str, list[str], list[str]]]


@pytest.fixture
def shown(open_window: Open, home: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], tuple[MainWindow, Starts]]:
    """Open the window on an invoice; starts of the engine are gathered."""
    store = Store(home.store_file)
    add_document(store, "invoice", invoice(30, description=LONG), findings=[TOO_LONG])
    store.write("UPDATE documents SET sage = ? WHERE id = 'inv-000030'", (orjson.dumps(plain(SageNow())).decode(),))
    store.close()

    def open_on(document: str) -> tuple[MainWindow, Starts]:
        window = open_window(home)
        starts: Starts = []
        monkeypatch.setattr(
            window.page.engine,
            "start",
            lambda command, ids=None, arguments=(): starts.append((command, ids, arguments)),
        )
        window.tabs.setCurrentWidget(window.invoices)
        window.invoices.open_record(document)
        return window, starts

    return open_on


def test_a_long_description_is_shortened_by_keyboard_alone(qtbot: QtBot, shown) -> None:
    window, starts = shown("inv-000030")
    button = part(window, QPushButton, "shorten_invoices")
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    text = part(window, QLineEdit, "shorten_text_invoices")
    assert text.text() == "Annual maintenance of the conveyor in"
    assert LONG in part(window, QLabel, "shorten_question_invoices").text()
    assert text.hasFocus()
    qtbot.keyClicks(text, "Conveyor, yearly")
    assert part(window, QLabel, "shorten_left_invoices").text() == "16 of 40"
    qtbot.keyClick(text, Qt.Key.Key_Return)
    assert starts == [("shorten invoices", ["inv-000030"], ["--description=Conveyor, yearly"])]


def test_nothing_longer_than_sage_takes_can_be_typed_and_esc_takes_the_question_back(qtbot: QtBot, shown) -> None:
    window, starts = shown("inv-000030")
    part(window, QPushButton, "shorten_invoices").click()
    text = part(window, QLineEdit, "shorten_text_invoices")
    qtbot.keyClicks(text, "x" * 50)
    assert text.text() == "x" * 40
    qtbot.keyClick(text, Qt.Key.Key_Escape)
    assert not window.invoices.settle.words.isVisible()
    assert part(window, QPushButton, "shorten_invoices").isVisible()
    assert starts == []


def test_only_what_is_too_long_is_offered_to_be_shortened(shown) -> None:
    window, _ = shown("inv-000010")
    assert part(window, QPushButton, "shorten_invoices").isHidden()


def test_a_shortened_description_shows_both_and_offers_the_whole_one(home: Home, shown) -> None:
    store = Store(home.store_file)
    made = invoice(10)
    store.write("UPDATE documents SET payload = ? WHERE id = ?", (canonical(made).decode(), made.id))
    store.write(
        "INSERT INTO shortened VALUES (?, ?, ?, ?, ?, 'at', ?)",
        (COMPANY, made.id, content_hash(made), LONG, made.description, SYNC_RUN),
    )
    store.close()
    window, starts = shown(made.id)
    assert f"shortened from “{LONG}”" in window.invoices.detail.toPlainText()
    part(window, QPushButton, "unshorten_invoices").click()
    assert starts == [("shorten invoices", [made.id], ["--whole"])]


def test_what_was_put_right_is_looked_at_again(shown) -> None:
    window, starts = shown("inv-000013")
    part(window, QPushButton, "look_again_invoices").click()
    assert starts == [("preview invoices", None, ())]


@pytest.mark.parametrize(("code", "state", "offered"), [
    ("sent-under-another-number", "proven", True),
    ("duplicate-unposted", "proven", True),
    ("sent-under-another-number", "stopped", False),
    ("vendor-inactive", "proven", False),
])  # fmt: skip
def test_what_sage_has_as_it_was_before_it_was_changed_can_be_undone_there(
    home: Home, shown, code: str, state: str, offered: bool
) -> None:
    store = Store(home.store_file)
    changed = invoice(31, number="INV-CHANGED")
    in_the_way = Finding(code, Severity.STOPS, "AP Bridge already wrote it to Sage.", "Choose Undo.")
    add_document(store, "invoice", changed, "blocked", [in_the_way])
    add_step(store, "invoice", changed, state)
    store.close()
    window, starts = shown(changed.id)
    undo = part(window, QPushButton, "undo_invoices")
    assert undo.isVisible() is offered
    if offered:
        undo.click()
        window.invoices.settle.confirm.yes.click()
        assert starts == [("undo", [changed.id], [])]


def test_a_suggestion_ends_with_a_whole_word() -> None:
    assert suggestion(LONG, 20) == "Annual maintenance"
    assert suggestion("Donaudampfschifffahrt", 8) == "Donaudam"
