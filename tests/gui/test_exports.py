"""What a table shows, saved for Excel: as narrowed and in its order, amounts as numbers, and no formula."""

import csv
import errno
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.engine.store import Store
from app.gui.columns import Column
from app.gui.extent import Extract
from app.gui.help.door import help_address
from app.gui.pictures.ages import Age
from app.gui.slices import AT_ONCE
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


def test_purchase_orders_are_saved_only_when_all_are_read(qtbot: QtBot, window: MainWindow, home: Home) -> None:
    store = Store(home.store_file)
    columns = "company, list, hash, active, description, payload, state, reason, fix, acknowledged_at, run"
    store.write_many(
        f"INSERT INTO checkpoints (key, {columns}) SELECT ?, {columns} FROM checkpoints"
        " WHERE list = 'purchase_order' AND key = '0001001'",
        ((f"X{number:06}",) for number in range(3 * AT_ONCE)),
    )
    store.close()
    window.tabs.setCurrentWidget(window.orders)
    button = window.findChild(QPushButton, "orders_export")
    assert window.orders.slices.busy
    assert (button.isEnabled(), button.toolTip()) == (False, "Not all rows are read yet")
    settle(window)
    assert button.isEnabled()
    window.orders.refresh()
    window.orders.let_go()
    assert button.isEnabled(), "what is shown is what was read before"


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
    at = [each.at.astimezone() for each in window.activity.events.shown]
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


def test_what_is_saved_says_what_part_of_all_it_is(
    qtbot: QtBot, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suggested: list[str] = []
    monkeypatch.setattr(
        "app.gui.exports.QFileDialog.getSaveFileName", lambda *told: suggested.append(told[2]) or (str(file), "")
    )
    window.tabs.setCurrentWidget(window.orders)
    settle(window)
    every = len(window.orders.records.rows)
    window.orders.filter_box.setText("bolt")
    qtbot.waitUntil(lambda: len(window.orders.records.shown) < every)
    window.orders.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    _, *rows = saved(qtbot, window, "orders_export", file)
    part = f"{len(rows)} of {every}"
    assert window.page.banner.message.text() == f"{part} shown: filter “bolt”, sorted by Date, descending."
    assert suggested[0].endswith(f"({part}).csv")
    assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)
    window.orders.filter_box.clear()
    window.orders.trouble.setChecked(True)
    _, *rows = saved(qtbot, window, "orders_export", file)
    assert "Only what did not reach Quadient AP, sorted by Date" in window.page.banner.message.text()
    assert len(rows) == len(window.orders.records.shown)


NEEDS, AGES, DAYS, INVOICES, PAYMENTS, STAGES = range(6)


def test_the_overview_saves_what_needs_you_as_narrowed(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    _, *rows = saved(qtbot, window, "overview_export", file, NEEDS)
    overview = window.overview
    assert [row[2] for row in rows] == [each.message for each in overview.needs.rows]
    overview._show_age(Age.TODAY)
    _, *rows = saved(qtbot, window, "overview_export", file, NEEDS)
    assert len(rows) == len(overview.needs.shown)
    assert window.page.banner.message.text().endswith("shown: Today.")


def test_the_overview_saves_the_numbers_of_its_pictures(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    titles, *rows = saved(qtbot, window, "overview_export", file, INVOICES)
    assert titles[:3] == ["Stage", "Documents", "Amount"]
    assert [row[2] for row in rows] == [f"{each.amount:.2f}" for each in window.overview.flow.table.rows]
    assert rows[0][0] == "Approved in Quadient AP"
    _, *rows = saved(qtbot, window, "overview_export", file, PAYMENTS)
    assert [row[1] for row in rows] == [str(each.count) for each in window.overview.payments_flow.table.rows]
    _, *rows = saved(qtbot, window, "overview_export", file, DAYS)
    assert len(rows) == 14
    assert sum(int(row[1]) for row in rows) == 3
    _, *rows = saved(qtbot, window, "overview_export", file, AGES)
    assert sum(int(row[1]) for row in rows) == len(window.overview.needs.rows)
    _, *rows = saved(qtbot, window, "overview_export", file, STAGES)
    assert [row[0] for row in rows] == [each.title for each in window.overview.stages.rows]


def test_another_table_can_be_saved_as_soon_as_it_is_told_that_one_is(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    days, stages = (window.findChild(QPushButton, "overview_export").menu().actions()[each] for each in (DAYS, STAGES))
    ends: list[str] = []

    def saved_again(*told: str) -> None:
        ends.append(told[1])
        if len(ends) == 1:
            stages.trigger()

    window.page.exports.told.connect(saved_again)
    days.trigger()
    qtbot.waitUntil(lambda: len(ends) == 2)
    assert ends == [f"Saved: {file}"] * 2
    _, *rows = csv.reader(file.read_text(encoding="utf-8-sig").splitlines())
    assert [row[0] for row in rows] == [each.title for each in window.overview.stages.rows]


def test_a_picture_s_numbers_are_copied_as_a_table_s_are(qtbot: QtBot, window: MainWindow) -> None:
    window.overview.flow.setFocus()
    qtbot.keyClick(window.overview.flow, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert [line[0] for line in lines] == [
        "Approved in Quadient AP",
        "In Sage, unposted",
        "Posted, to be paid",
        "Paid, last 30 days",
    ]
    assert lines[0][1] == str(window.overview.flow.table.rows[0].count)


def endless(took: list[int], until: Callable[[], bool] = lambda: False) -> Extract:
    """Return what has no end, or ends when `until` says so."""

    def rows(_: object) -> Iterator[int]:
        while not until():
            took.append(len(took))
            yield len(took)

    return Extract("Items", [Column("Number", str)], rows, 1_000_000, 1_000_000)


def left_beside(file: Path) -> list[Path]:
    return [each for each in file.parent.iterdir() if each.name.startswith(f".{file.name}.")]


def test_saving_can_be_stopped_and_leaves_what_was_there(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    file.write_text("old")
    took: list[int] = []
    exports, banner = window.page.exports, window.page.banner
    with qtbot.waitSignal(exports.moved):
        exports.want(endless(took))
    assert "of 1,000,000 rows are written." in banner.message.text()
    assert left_beside(file)
    banner.hide()  # a run that begins does so
    exports.want(endless([]))
    assert banner.title.text() == f"Saving: {file}", "what is still being saved is said again"
    with qtbot.waitSignal(exports.told) as told:
        qtbot.mouseClick(banner.stop, Qt.MouseButton.LeftButton)
    assert told.args[:2] == ["info", f"Not saved: {file}"]
    assert not banner.stop.isVisible()
    qtbot.waitUntil(lambda: not left_beside(file))
    assert file.read_text() == "old"
    assert len(took) > 1


@dataclass
class Waiting:
    """Holds up the thread that calls it, until it is let on."""

    there: Event = field(default_factory=Event)
    let_on: Event = field(default_factory=Event)

    def __call__(self, *_: object) -> None:
        self.there.set()
        assert self.let_on.wait(10)


def stopped(qtbot: QtBot, window: MainWindow, waiting: Waiting, extract: Extract) -> tuple[str, ...]:
    """Stop saving `extract` while it is held up; return what was told of it."""
    told: list[tuple[str, ...]] = []
    window.page.exports.told.connect(lambda *said: told.append(said))
    window.page.exports.want(extract)
    assert waiting.there.wait(10)
    qtbot.mouseClick(window.page.banner.stop, Qt.MouseButton.LeftButton)
    assert told == [], "it is not known yet how it ends"
    assert window.page.banner.message.text() == "Stopping…"
    waiting.let_on.set()
    settle(window)
    (said,) = told
    return said


def few_rows(then: Callable[[], None] = lambda: None) -> Extract:
    def rows(_: object) -> Iterator[int]:
        yield from range(3)
        then()

    return Extract("Items", [Column("Number", str)], rows, 3, 3)


def test_a_stop_is_heeded_until_the_file_takes_its_place(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    file.write_text("old")
    waiting = Waiting()
    assert stopped(qtbot, window, waiting, few_rows(waiting))[:2] == ("info", f"Not saved: {file}")
    assert file.read_text() == "old"
    assert not left_beside(file)


def test_a_stop_that_comes_too_late_is_told_so(
    qtbot: QtBot, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("old")
    waiting = Waiting()
    monkeypatch.setattr("app.settings.os.fsync", waiting)
    late = "All was written before it could be stopped. 3 rows, as the table shows them."
    assert stopped(qtbot, window, waiting, few_rows()) == ("ok", f"Saved: {file}", late, "", "")
    assert len(file.read_text().splitlines()) == 4


def test_a_window_that_closes_leaves_nothing_half_saved(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    with qtbot.waitSignal(window.page.exports.moved):
        window.page.exports.want(endless([]))
    window.close()
    assert not left_beside(file)
    assert not file.exists()


def test_no_more_is_held_than_is_written(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    took: list[int] = []
    sizes: list[int] = []

    def enough() -> bool:
        if len(took) % 10_000 == 0 and took:
            sizes.append(sum(each.stat().st_size for each in left_beside(file)))
        return len(took) >= 50_000

    with qtbot.waitSignal(window.page.exports.told, timeout=30_000) as told:
        window.page.exports.want(endless(took, enough))
    assert told.args[0] == "ok"
    assert sizes[0] > 0, "the file grows while rows are still read"
    assert sizes == sorted(sizes)
    assert file.read_text(encoding="utf-8-sig").splitlines()[-1] == "50000"


def test_a_full_disk_is_told_and_leaves_what_was_there(
    qtbot: QtBot, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file.write_text("old")
    monkeypatch.setattr("app.settings.os.fsync", full)
    window.tabs.setCurrentWidget(window.orders)
    settle(window)
    with qtbot.waitSignal(window.page.exports.told) as told:
        window.findChild(QPushButton, "orders_export").click()
    monkeypatch.undo()
    assert told.args[0] == "blocked"
    assert told.args[2:4] == [
        "The disk is full. Nothing was left half written.",
        "Make room, or choose another disk, and save again.",
    ]
    assert file.read_text() == "old"
    assert not left_beside(file)
