"""Long lists stay in the store: what the table asks of it, what it shows meanwhile, and what outlives an answer."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.domain.lists import ListName
from app.engine.store import Store
from app.engine.views import Views
from app.errors import BridgeError, Side
from app.gui.reader import Reader
from app.gui.stored_table import PAGE, StoredTable
from app.gui.tabs.lists import ListsTab
from tests.gui.filled import COMPANY
from tests.gui.shell import settle

ITEMS = 3 * PAGE + 7
RUN, LATER_RUN = "run-1", "run-2"
TAKEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC).isoformat()
DESCRIPTION, SENT = 1, 4


def key(number: int) -> str:
    return f"I{number:05}"


def write(file: Path, sql: str, *values: object) -> None:
    store = Store(file)
    store.write(sql, values)
    store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "store.sqlite"
    store = Store(made)
    store.write_many(
        "INSERT INTO checkpoints (company, list, key, hash, description, active, state, acknowledged_at, run)"
        " VALUES (?, ?, ?, x'00', ?, ?, 'acknowledged', ?, ?)",
        (
            (COMPANY, name, key(number), f"{name} {ITEMS - number:04}", number % 2, TAKEN, RUN)
            for name in (ListName.ITEM, ListName.VENDOR)
            for number in range(ITEMS)
        ),
    )
    for name in (ListName.ITEM, ListName.VENDOR):
        store.write("INSERT INTO list_syncs VALUES (?, ?, ?, ?, '{}')", (COMPANY, name, TAKEN, RUN))
    store.close()
    return made


@pytest.fixture
def tab(qtbot: QtBot, file: Path) -> Iterator[ListsTab]:
    views = Views(file, COMPANY)
    made = ListsTab(views)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    settle(made)
    made.lists_table.choose(ListName.ITEM)
    settle(made)
    yield made
    made.shut_down()
    views.close()


def shown(tab: ListsTab) -> list[str]:
    settle(tab)
    return tab.records.names(0, tab.records.rowCount())


def chosen(tab: ListsTab) -> list[str]:
    return [row.key for row in tab.records_table.chosen()]


def sort(tab: ListsTab, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
    tab.records_table.sortByColumn(column, order)
    settle(tab)


def test_model_keeps_the_promises_qt_relies_on(tab: ListsTab, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(tab.records)


def test_all_records_are_shown_and_read_where_they_are_looked_at(tab: ListsTab) -> None:
    assert shown(tab) == [key(number) for number in range(ITEMS)]
    texts = [column.text(tab.records.row(ITEMS - 1)) for column in tab.records.columns]
    assert texts[:4] == [key(ITEMS - 1), f"item {1:04}", "Active" if (ITEMS - 1) % 2 else "Inactive", "In Quadient AP"]
    assert tab.findChild(QLabel, "records_caption").text() == f"Item: {ITEMS} records"


def test_first_records_are_there_before_the_last_and_the_current_one_stays(tab: ListsTab) -> None:
    counts, inserted = [], []
    tab.records.changed.connect(lambda: counts.append(tab.records.rowCount()))
    tab.records.rowsInserted.connect(lambda _, first, last: inserted.append((first, last)))
    tab.lists_table.choose(ListName.VENDOR)
    while not counts:
        QApplication.processEvents()
    tab.records_table.choose(key(5))
    settle(tab)
    assert counts == [PAGE, ITEMS]
    assert inserted == [(PAGE, ITEMS - 1)]
    assert tab.records_table.current().key == key(5)


def test_records_are_saved_only_when_all_that_was_asked_for_is_shown(tab: ListsTab) -> None:
    records, lists = tab.export.menu().actions()
    assert records.isEnabled()
    offered: list[tuple[int, bool]] = []
    tab.records.changed.connect(lambda: offered.append((tab.records.rowCount(), records.isEnabled())))
    tab.lists_table.choose(ListName.VENDOR)
    assert not records.isEnabled(), "the rows are still those of another list"
    assert records.text() == "Records of the chosen list: Not all rows are read yet"
    assert lists.isEnabled()
    settle(tab)
    assert offered == [(PAGE, False), (ITEMS, True)]
    assert records.text() == "Records of the chosen list"
    tab.filter_box.setText("0007")
    assert not records.isEnabled(), "the rows are not narrowed yet"
    settle(tab)
    assert records.isEnabled()
    tab.records_table.sortByColumn(DESCRIPTION, Qt.SortOrder.DescendingOrder)
    assert not records.isEnabled(), "the rows are not in that order yet"
    settle(tab)
    assert records.isEnabled()


def test_each_letter_is_searched_at_once_and_only_the_newest_answer_counts(qtbot: QtBot, tab: ListsTab) -> None:
    answered = []
    tab.records.changed.connect(lambda: answered.append(tab.records.rowCount()))
    qtbot.keyClicks(tab.filter_box, "item i00606")
    assert tab.records.waiting
    assert shown(tab) == [key(ITEMS - 1)]
    assert answered[-1] == 1
    assert tab.findChild(QLabel, "records_caption").text() == f"Item: {ITEMS} records, 1 shown"
    qtbot.keyClick(tab.filter_box, Qt.Key.Key_Escape)
    assert len(shown(tab)) == ITEMS


def test_filter_finds_by_status_state_and_time_as_they_are_read(tab: ListsTab) -> None:
    when = tab.records.columns[SENT].text(tab.records.row(0))
    tab.records.set_filter(f"inactive quadient {when} i0000")
    assert shown(tab) == [key(number) for number in range(0, 10, 2)]


def test_sorting_and_filter_go_together_and_outlive_another_list(tab: ListsTab) -> None:
    sort(tab, DESCRIPTION)
    tab.records.set_filter("00")
    expected = [key(number) for number in reversed(range(ITEMS)) if "00" in f"{key(number)} {ITEMS - number:04}"]
    assert shown(tab) == expected
    tab.lists_table.choose(ListName.VENDOR)
    assert shown(tab) == expected
    assert tab.records.row(0).description.startswith("vendor")


@pytest.mark.parametrize("move", ["filter", "sort", "refresh"])
def test_current_row_and_selection_outlive_every_answer(tab: ListsTab, file: Path, move: str) -> None:
    tab.records_table.choose(key(2 * PAGE + 1))
    select = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    tab.records_table.selectionModel().select(tab.records.index(3, 0), select)
    if move == "filter":
        tab.records.set_filter("item")
    elif move == "sort":
        sort(tab, DESCRIPTION)
    else:
        write(file, "DELETE FROM checkpoints WHERE key = ?", key(0))
        tab.records.refresh()
    settle(tab)
    assert tab.records_table.current().key == key(2 * PAGE + 1)
    assert sorted(chosen(tab)) == [key(3), key(2 * PAGE + 1)]
    view = tab.records_table
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()).center())


def test_current_row_beyond_the_first_ones_is_not_lost_while_typing(qtbot: QtBot, tab: ListsTab) -> None:
    told = []
    tab.records_table.choose(key(ITEMS - 5))
    tab.records_table.selected.connect(told.append)
    qtbot.keyClicks(tab.filter_box, "it")
    settle(tab)
    assert all(row is not None and row.key == key(ITEMS - 5) for row in told)


def test_a_refresh_shows_what_was_written_and_nothing_of_it_before(tab: ListsTab, file: Path) -> None:
    write(file, "UPDATE checkpoints SET description = 'Newly named', state = 'refused' WHERE key = ?", key(4))
    write(file, "DELETE FROM checkpoints WHERE key = ?", key(2))
    assert tab.records.row(4).description == f"item {ITEMS - 4:04}"
    tab.refresh()
    assert shown(tab)[:4] == [key(0), key(1), key(3), key(4)]
    assert tab.records.row(3).description == "Newly named"


def test_a_record_that_is_deleted_while_it_is_out_of_sight_has_its_key_only(tab: ListsTab, file: Path) -> None:
    write(file, "DELETE FROM checkpoints WHERE key = ?", key(ITEMS - 1))
    row = tab.records.row(ITEMS - 1)
    assert (row.key, row.description) == (key(ITEMS - 1), "")


def test_what_the_last_run_changed_follows_the_list(qtbot: QtBot, tab: ListsTab, file: Path) -> None:
    write(file, "UPDATE checkpoints SET run = ? WHERE key = ? AND list = 'item'", LATER_RUN, key(9))
    write(file, "UPDATE list_syncs SET run = ? WHERE list = 'item'", LATER_RUN)
    tab.refresh()
    settle(tab)
    tab.news.setFocus()
    qtbot.keyClick(tab.news, Qt.Key.Key_Space)
    assert shown(tab) == [key(9)]
    tab.lists_table.choose(ListName.VENDOR)
    assert len(shown(tab)) == ITEMS


def test_record_that_needs_the_user_is_opened_even_before_its_list_is_there(qtbot: QtBot, file: Path) -> None:
    views = Views(file, COMPANY)
    made = ListsTab(views)
    qtbot.addWidget(made)
    made.show()
    made.open_record(ListName.VENDOR, key(ITEMS - 2))
    settle(made)
    assert made.lists_table.current().name == ListName.VENDOR
    assert made.records_table.current().key == key(ITEMS - 2)
    made.shut_down()
    views.close()


def test_keyboard_goes_to_the_ends_and_copies_what_is_selected(qtbot: QtBot, tab: ListsTab) -> None:
    view = tab.records_table
    view.choose(key(0))
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.current().key == key(ITEMS - 1)
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle(tab)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0] for line in lines] == [key(number) for number in range(ITEMS)]
    assert lines[1].split("\t")[1:4] == [f"item {ITEMS - 1:04}", "Active", "In Quadient AP"]


def test_copying_many_rows_says_so_and_copies_what_was_shown_when_it_was_asked_for(
    qtbot: QtBot, tab: ListsTab, file: Path
) -> None:
    view, words = tab.records_table, tab.findChild(QLabel, "records_table_copying")
    QGuiApplication.clipboard().setText("as before")
    view.selectAll()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert words.isVisible()
    assert words.text() == f"Copying {ITEMS} rows…"
    assert view.viewport().geometry().contains(words.geometry())
    assert QGuiApplication.clipboard().text() == "as before", "all of it or nothing"
    tab.records.set_filter(key(3))
    settle(tab)
    assert tab.records.rowCount() == 1
    assert not words.isVisible()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0] for line in lines] == [key(number) for number in range(ITEMS)]


def test_rows_that_cannot_be_read_are_not_copied(qtbot: QtBot, tab: ListsTab, monkeypatch: pytest.MonkeyPatch) -> None:
    QGuiApplication.clipboard().setText("as before")
    tab.records_table.selectAll()
    error = BridgeError("store-damaged", "Damaged", "It cannot be read.", "Rebuild it.", side=Side.COMPUTER)

    def damaged() -> None:
        raise error

    monkeypatch.setattr(tab.views, "search", damaged)
    with qtbot.waitSignal(tab.failed) as failed:
        qtbot.keyClick(tab.records_table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert failed.args == [error]
    assert QGuiApplication.clipboard().text() == "as before"


def test_window_that_closes_copies_no_further(qtbot: QtBot, tab: ListsTab) -> None:
    QGuiApplication.clipboard().setText("as before")
    tab.records_table.selectAll()
    qtbot.keyClick(tab.records_table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    tab.shut_down()
    settle(tab)
    assert QGuiApplication.clipboard().text() == "as before"


def test_screen_readers_are_told_each_cell_and_title(tab: ListsTab) -> None:
    cell = tab.records.index(2 * PAGE, DESCRIPTION)
    assert tab.records.data(cell) == f"item {ITEMS - 2 * PAGE:04}"
    assert tab.records.headerData(DESCRIPTION, Qt.Orientation.Horizontal) == "Description"
    assert tab.records_table.accessibleName() == "Records of the chosen list"


def test_sorting_is_remembered(qtbot: QtBot, tab: ListsTab, file: Path, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    sort(tab, DESCRIPTION, Qt.SortOrder.AscendingOrder)
    tab.records_table.save_columns(settings)
    views = Views(file, COMPANY)
    other = ListsTab(views)
    qtbot.addWidget(other)
    other.records_table.restore_columns(settings)
    other.show()
    settle(other)
    other.lists_table.choose(ListName.ITEM)
    assert shown(other)[0] == key(ITEMS - 1)
    other.shut_down()
    views.close()


def test_a_damaged_store_is_told_once_and_leaves_what_is_shown(tab: ListsTab, file: Path) -> None:
    told: list[BridgeError] = []
    tab.failed.connect(told.append)
    tab.views.close()
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    file.write_bytes(b"no store at all" * 1000)
    tab.records.refresh()
    settle(tab)
    assert [error.code for error in told] == ["store-damaged"]
    assert tab.records.rowCount() == ITEMS
    assert tab.records.row(ITEMS - 1).key == key(ITEMS - 1)
    assert tab.records.row(ITEMS - 2).description == ""


def test_without_a_store_the_tab_is_empty(qtbot: QtBot, tmp_path: Path) -> None:
    made = ListsTab(Views(tmp_path / "nowhere.sqlite", COMPANY))
    qtbot.addWidget(made)
    made.show()
    settle(made)
    assert made.empty.isVisible()
    assert made.records.rowCount() == 0
    made.shut_down()


def test_no_thread_outlives_the_table(file: Path, qapp: QApplication) -> None:
    before = set(threading.enumerate())
    views = Views(file, COMPANY)
    made = StoredTable({}, None, views)  # type: ignore[arg-type]  # nothing is asked of the words
    made.show_list(ListName.ITEM)
    made.reader.shut_down()
    made.reader.shut_down()
    made.show_list(ListName.VENDOR)
    assert not made.waiting
    assert set(threading.enumerate()) <= before
    made.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def reader(file: Path) -> Iterator[Reader]:
    made = Reader(Views(file, COMPANY))
    yield made
    made.shut_down()


def test_only_the_newest_question_is_answered(qtbot: QtBot, reader: Reader) -> None:
    answers: list[object] = []
    begun, go_on = threading.Event(), threading.Event()

    def slow(_: Views) -> Iterator[object]:
        begun.set()
        go_on.wait(30)
        yield "old"

    reader.answered.connect(answers.append)
    reader.ask(slow)
    begun.wait(30)
    reader.ask(lambda _: ["never begun"])
    with qtbot.waitSignal(reader.done):
        reader.ask(lambda _: ["new", "and all of it"])
        go_on.set()
    assert answers == ["new", "and all of it"]


@pytest.mark.logs_errors
def test_a_bug_in_a_question_is_not_kept_quiet(qtbot: QtBot, reader: Reader) -> None:
    def wrong(_: Views) -> Iterator[object]:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as raised:
        reader.ask(wrong)
        qtbot.waitUntil(lambda: not reader.busy)
    assert [kind for kind, _, _ in raised] == [ZeroDivisionError]
