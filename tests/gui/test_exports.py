"""What a table shows, saved for Excel: as narrowed and in its order, amounts as numbers, and no formula."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.engine.store import Store
from app.gui.help.door import help_address
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY, SYNC_RUN
from tests.gui.shell import settle

NOTHING = (sys.executable, "-c", "pass")
Table = list[list[str]]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    chosen = tmp_path / "saved.csv"
    monkeypatch.setattr("app.gui.exports.QFileDialog.getSaveFileName", lambda *_: (str(chosen), ""))
    return chosen


@pytest.fixture
def window(qtbot: QtBot, home: Home) -> Iterator[MainWindow]:
    store = Store(home.store_file)
    store.write(
        "UPDATE checkpoints SET description = ? WHERE company = ? AND key = '01-ZINC'", ("=HYPERLINK(1)", COMPANY)
    )
    store.close()
    made = MainWindow(home, COMPANY, NOTHING)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.shut_down()


def saved(qtbot: QtBot, window: MainWindow, name: str, file: Path, entry: int = 0) -> Table:
    """Click Export, or choose an entry of its menu, and read what was written."""
    button = window.findChild(QPushButton, name)
    with qtbot.waitSignal(window.page.exports.told):
        if button.menu() is None:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        else:
            button.menu().actions()[entry].trigger()
        assert window.page.banner.title.text() == f"Saving: {file}"
    assert window.page.banner.title.text() == f"Saved: {file}"
    return list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))


def test_the_records_of_a_list_are_saved_as_they_are_narrowed(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    window.tabs.setCurrentWidget(window.lists)
    settle(window)
    window.lists.lists_table.choose("vendor")
    settle(window)
    window.lists.filter_box.setText("zinc")
    settle(window)
    titles, *rows = saved(qtbot, window, "lists_export", file)
    assert titles[:2] == ["Key", "Description"]
    assert [row[:2] for row in rows] == [["01-ZINC", "'=HYPERLINK(1)"]]
    assert rows[0][5].startswith("The terms code “4B”")


def test_the_lists_themselves_are_saved_with_their_counts(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    window.tabs.setCurrentWidget(window.lists)
    settle(window)
    titles, *rows = saved(qtbot, window, "lists_export", file, 1)
    assert len(rows) == len(window.lists.summaries.rows)
    assert len(titles) == len(window.lists.summaries.columns)


def test_purchase_orders_are_saved_with_dates_and_amounts_that_excel_adds_up(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    window.tabs.setCurrentWidget(window.orders)
    settle(window)
    _, *rows = saved(qtbot, window, "orders_export", file)
    assert len(rows) == len(window.orders.records.shown)
    (order,) = [row for row in rows if "0001001" in row]
    assert "2026-11-02" in order


def test_payments_made_in_sage_are_saved(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    window.tabs.setCurrentWidget(window.payments)
    window.payments.setCurrentWidget(window.payments.from_sage)
    settle(window)
    _, *rows = saved(qtbot, window, "sage_payments_export", file)
    assert len(rows) == 6
    assert all("310.00" in row for row in rows)


def test_a_run_and_the_runs_are_saved_from_activity(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    window.tabs.setCurrentWidget(window.activity)
    window.activity.open_run(SYNC_RUN)
    settle(window)
    titles, *rows = saved(qtbot, window, "activity_export", file)
    assert titles == ["Time", "What happened"]
    assert len(rows) == len(window.activity.events.shown) > 3
    at = [each.event.at.astimezone() for each in window.activity.events.shown]
    assert [row[0] for row in rows] == [f"{each:%Y-%m-%d %H:%M:%S}" for each in at]
    titles, *rows = saved(qtbot, window, "activity_export", file, 1)
    assert len(rows) == len(window.activity.runs.shown)


def test_a_file_that_cannot_be_written_is_told_with_what_to_do(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    file.mkdir()
    window.tabs.setCurrentWidget(window.orders)
    settle(window)
    with qtbot.waitSignal(window.page.exports.told) as told:
        window.findChild(QPushButton, "orders_export").click()
    assert told.args[0] == "blocked"
    assert "Close the file" in window.page.banner.message.text()
    assert help_address("file-unwritable") in window.page.banner.learn_more.text()
