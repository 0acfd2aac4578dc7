"""The Lists tab: what is on and off, and what the last run changed."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.lists import ListName
from app.engine.store import Store
from app.gui.help.door import help_address
from app.gui.help.link import LearnMore
from app.gui.widgets.table_view import TableView
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY
from tests.gui.test_window import Open, open_window, part, texts

__all__ = ["open_window"]


def on_lists(open_window: Open, home: Home) -> MainWindow:
    window = open_window(home)
    window.tabs.setCurrentWidget(window.lists)
    part(window, TableView, "lists_table").choose("vendor")
    return window


def test_a_list_is_switched_off_and_on_by_keyboard_and_kept_in_the_settings(
    qtbot: QtBot, open_window: Open, home: Home
) -> None:
    window = on_lists(open_window, home)
    switch = part(window, QPushButton, "list_switch")
    assert switch.text() == "S&witch Vendor Off"
    switch.setFocus()
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert home.load().company(COMPANY).lists_off == (ListName.VENDOR,)
    shown = {row[0]: row[1] for row in texts(part(window, TableView, "lists_table"))}
    assert shown["Vendor"] == "Off"
    assert shown["Item"] == "On"
    assert switch.text() == "S&witch Vendor On"
    qtbot.keyClick(switch, Qt.Key.Key_Space)
    assert home.load().company(COMPANY).lists_off == ()


def test_settings_that_cannot_be_kept_are_told(open_window: Open, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    window = on_lists(open_window, home)
    monkeypatch.setattr(Home, "save", full)
    part(window, QPushButton, "list_switch").click()
    assert part(window, QLabel, "banner_title").text() == "The settings could not be saved"
    assert part(window, QPushButton, "list_switch").text() == "S&witch Vendor Off"


def test_a_record_without_a_usable_code_is_known_by_its_columns_and_leads_to_the_help(
    open_window: Open, home: Home
) -> None:
    store = Store(home.store_file)
    store.write(
        "UPDATE checkpoints SET key = 'row 12', description = '01 Zinc Works', code = 'unreadable'"
        " WHERE key = '01-ZINC'"
    )
    store.close()
    window = on_lists(open_window, home)
    records = part(window, TableView, "records_table")
    assert texts(records)[-1][:2] == ["no usable code (row 12)", "01 Zinc Works"]
    needs = [row.title for row in window.overview.views.needs_you()]
    assert "Vendor “01 Zinc Works”, whose code cannot be used, was set aside" in needs
    more = part(window, LearnMore, "record_learn_more")
    records.choose("01-V00001")
    assert more.isHidden()
    records.choose("row 12")
    assert (more.code, more.isVisible()) == ("unreadable", True)
    assert help_address("unreadable") in more.text()


@pytest.mark.parametrize(
    ("list_", "key", "tab"),
    [("purchase_order", "0009999", "orders"), ("sage_payment", "B-0000005002-000000", "payments")],
)
def test_an_order_or_payment_that_was_not_taken_leads_to_the_help(
    open_window: Open, home: Home, list_: str, key: str, tab: str
) -> None:
    store = Store(home.store_file)
    store.write("UPDATE checkpoints SET code = 'unreadable' WHERE list = ? AND key = ?", (list_, key))
    store.close()
    window = open_window(home)
    page = getattr(window, tab)
    window.tabs.setCurrentWidget(page)
    page.open_record(key)
    detail = window.orders.detail if tab == "orders" else window.payments.from_sage.detail
    assert help_address("unreadable") in detail.toHtml()


def test_what_the_last_run_changed_is_shown_alone(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    store.write("UPDATE checkpoints SET run = 'run-long-ago' WHERE list = 'vendor' AND key <> '01-V00003'")
    store.close()
    window = on_lists(open_window, home)
    records = part(window, TableView, "records_table")
    assert len(texts(records)) == 41
    part(window, QCheckBox, "records_news").click()
    assert [row[0] for row in texts(records)] == ["01-V00003"]


def test_a_list_that_no_run_has_synced_is_shown_whole_and_saved_as_such(
    qtbot: QtBot, open_window: Open, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(home.store_file)
    store.write("DELETE FROM list_syncs WHERE list = 'vendor'")
    store.close()
    monkeypatch.setattr("app.gui.exports.QFileDialog.getSaveFileName", lambda *_: (str(tmp_path / "saved.csv"), ""))
    window = on_lists(open_window, home)
    records, news = part(window, TableView, "records_table"), part(window, QCheckBox, "records_news")
    part(window, TableView, "lists_table").choose("gl_account")
    news.click()
    part(window, TableView, "lists_table").choose("vendor")
    assert len(texts(records)) == 41
    assert (news.isEnabled(), news.toolTip()) == (False, "No run has synced this list yet")
    with qtbot.waitSignal(window.page.exports.told):
        part(window, QPushButton, "lists_export").menu().actions()[0].trigger()
    assert part(window, QLabel, "banner_message").text() == "41 rows, as the table shows them."
    part(window, TableView, "lists_table").choose("gl_account")
    assert (news.isEnabled(), news.isChecked()) == (True, True)


def test_what_was_set_aside_of_a_list_that_is_off_needs_nobody(open_window: Open, home: Home) -> None:
    titles = [row[0] for row in texts(part(open_window(home), TableView, "needs_table"))]
    assert "Vendor 01-ZINC was set aside" in titles
    store = Store(home.store_file)
    store.write("INSERT INTO switched_off VALUES (?, 'vendor')", (COMPANY,))
    store.close()
    titles = [row[0] for row in texts(part(open_window(home), TableView, "needs_table"))]
    assert "Vendor 01-ZINC was set aside" not in titles


def test_a_record_without_a_code_is_called_by_its_place(open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    store.write("UPDATE checkpoints SET key = 'row 7', description = '' WHERE key = '01-ZINC'")
    store.close()
    titles = [row[0] for row in texts(part(open_window(home), TableView, "needs_table"))]
    assert "Vendor without a code that can be used, in row 7 of its table, was set aside" in titles
