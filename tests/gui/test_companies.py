"""Several companies in one window: choosing one, and syncing all of them."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app import language
from app.engine.store import Store
from app.gui.columns import Column
from app.gui.engine_process import RunEnd
from app.gui.extent import Extract
from app.gui.settings.dialog import SettingsDialog
from app.gui.window import MainWindow
from app.schedule import WEEKDAYS
from app.settings import Home
from tests.gui.filled import COMPANY, add_run
from tests.gui.shell import change, settle

FAKE = str(Path(__file__).with_name("fake_engine.py"))
PATIENCE = 30_000

Open = Callable[..., MainWindow]


@pytest.fixture
def two(home: Home) -> Home:
    settings = home.load()
    (first,) = settings.companies
    home.save(replace(settings, companies=(first, replace(first, code="XYZ", name="Southwind & Sons"))))
    return home


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Open]:
    made: list[MainWindow] = []

    def window(home: Home, mode: str = "done", company: str | None = COMPANY) -> MainWindow:
        made.append(MainWindow(home, company, (sys.executable, FAKE, mode)))
        qtbot.addWidget(made[-1])
        made[-1].show()
        with qtbot.waitActive(made[-1]):
            made[-1].activateWindow()
        return made[-1]

    yield window
    for each in made:
        each.shut_down()


def choose(qtbot: QtBot, window: MainWindow, code: str) -> None:
    """Choose a company in the menu, by keyboard alone."""
    window.header.books.wanted.emit()
    menu = window.header.books.menu
    menu.popup(window.mapToGlobal(window.rect().center()))
    action = menu.findChild(QAction, f"company_{code}")
    while menu.activeAction() is not action:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)


def label(window: QWidget, name: str) -> str:
    return window.findChild(QLabel, name).text()


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(language.ENVIRONMENT, "fr")
    language.speak()
    yield
    monkeypatch.undo()
    language.speak()


@pytest.mark.usefixtures("french")
def test_window_fits_a_small_screen_also_in_french_with_all_that_the_head_can_show(
    open_window: Open, two: Home
) -> None:
    change(two, "schedule", on=True, paused=True)
    store = Store(two.store_file)
    add_run(store, "run-new", "sync", 1, "failed", 3)
    store.close()
    hint = open_window(two).minimumSizeHint()
    assert hint.width() <= 1024
    assert hint.height() <= 700


def test_with_one_company_there_is_nothing_to_choose(open_window: Open, home: Home) -> None:
    window = open_window(home)
    assert window.findChild(QLabel, "company_name").isVisible()
    assert window.findChild(QPushButton, "company_button").isHidden()
    assert window.findChild(QToolButton, "sync_menu_button").isHidden()


def test_chosen_company_shows_its_books_and_the_other_is_found_as_it_was_left(
    qtbot: QtBot, open_window: Open, two: Home
) -> None:
    window = open_window(two)
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.filter_box.setText("acme")
    window.invoices.documents.tick(window.invoices.documents.ticked()[:1], on=False)
    choose(qtbot, window, "XYZ")
    assert window.findChild(QPushButton, "company_button").text() == "Southwind && Sons (XYZ)"
    assert window.windowTitle().startswith("Southwind & Sons (XYZ)")
    assert label(window, "last_sync") == "Never synced"
    assert window.invoices.documents.rows == []
    assert window.tabs.tabText(3) == "&Invoices"
    choose(qtbot, window, COMPANY)
    assert window.tabs.tabText(3) == "&Invoices (12)"
    assert window.tabs.currentWidget() is window.invoices
    assert window.invoices.filter_box.text() == "acme"
    assert len(window.invoices.documents.unticked()) == 1


def test_menu_says_how_many_things_need_the_user_in_each_company(qtbot: QtBot, open_window: Open, two: Home) -> None:
    window = open_window(two, company="XYZ")
    window.header.books.wanted.emit()
    told = [action.text() for action in window.header.books.menu.actions()]
    assert told == ["Northwind Supply (ABC)\t7 need you", "Southwind && Sons (XYZ)"]
    assert [action.isChecked() for action in window.header.books.menu.actions()] == [False, True]


def test_company_in_front_comes_back_after_a_restart(qtbot: QtBot, open_window: Open, two: Home) -> None:
    window = open_window(two)
    choose(qtbot, window, "XYZ")
    window.close()
    assert open_window(two, company=None).page.company == "XYZ"


def test_run_of_one_company_leaves_the_other_free(qtbot: QtBot, open_window: Open, two: Home) -> None:
    window = open_window(two, "cancel")
    sync = window.findChild(QPushButton, "sync_button")
    with qtbot.waitSignal(window.engine.told, timeout=PATIENCE):
        qtbot.mouseClick(sync, Qt.MouseButton.LeftButton)
    choose(qtbot, window, "XYZ")
    assert sync.isEnabled()
    assert window.run_bar.isHidden()
    choose(qtbot, window, COMPANY)
    assert not sync.isEnabled()
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
        qtbot.mouseClick(window.page.findChild(QPushButton, "cancel_button"), Qt.MouseButton.LeftButton)
    assert sync.isEnabled()


def test_all_companies_are_synced_one_after_the_other(qtbot: QtBot, open_window: Open, two: Home) -> None:
    window = open_window(two)
    told: list[str] = []
    window.sync_all.moved.connect(lambda: told.append(label(window, "next_sync")))
    runs: list[str] = []
    for code in (COMPANY, "XYZ"):
        page = window.page_of(code)
        page.engine.started.connect(lambda command, code=code: runs.append(f"{command} {code}"))
    with qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE):
        qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
        assert not window.findChild(QPushButton, "sync_button").isEnabled()
    assert runs == ["sync ABC", "sync XYZ"]
    assert told == ["· Syncing all companies: 1 of 2 (ABC)", "· Syncing all companies: 2 of 2 (XYZ)", ""]
    assert label(window.page, "banner_title") == "All 2 companies are synced"
    assert window.findChild(QPushButton, "sync_button").isEnabled()


def test_company_that_fails_does_not_stop_the_next(qtbot: QtBot, open_window: Open, two: Home) -> None:
    window = open_window(two, "unreachable")
    with qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE):
        window.header.sync_all.trigger()
    assert label(window.page, "banner_title") == "0 of 2 companies are synced"
    assert label(window.page, "banner_message") == ("ABC: Sage 100 cannot be reached. XYZ: Sage 100 cannot be reached.")


@pytest.fixture
def saving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Extract:
    """What is being saved until it is stopped, once it was asked for."""
    monkeypatch.setattr("app.gui.exports.QFileDialog.getSaveFileName", lambda *_: (str(tmp_path / "saved.csv"), ""))
    return Extract("Items", [Column("Number", str)], lambda _: count(), 1_000_000, 1_000_000)


def damage(home: Home) -> None:
    for file in home.path.glob("store.sqlite*"):
        file.unlink()
    home.store_file.write_bytes(b"This is no store." * 1000)


def test_a_damaged_store_is_made_again_for_all_companies_one_after_the_other(
    qtbot: QtBot, open_window: Open, two: Home
) -> None:
    damage(two)
    window = open_window(two)
    runs: list[tuple[str, ...]] = []
    for code in ("XYZ", COMPANY):
        page = window.page_of(code)
        page.engine.started.connect(lambda command, code=code: runs.append((code, command)))
    told: list[str] = []
    window.sync_all.moved.connect(lambda: told.append(label(window, "next_sync")))
    qtbot.mouseClick(window.page.findChild(QPushButton, "banner_rebuild"), Qt.MouseButton.LeftButton)
    confirm = window.page.foot.rebuild
    assert confirm.question.text().startswith("Make again what AP Bridge knew of all 2 companies, one after the other?")
    assert confirm.yes.text() == "&Rebuild 2 Companies"
    two.store_file.unlink()
    with qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE):
        qtbot.mouseClick(confirm.yes, Qt.MouseButton.LeftButton)
    assert runs == [(COMPANY, "rebuild"), ("XYZ", "rebuild")]
    assert told[0] == "· Rebuilding all companies: 1 of 2 (ABC)"
    assert label(window.page, "banner_title") == "All 2 companies are made again"


def test_rebuild_under_storage_of_a_damaged_store_asks_for_all_companies_too(
    qtbot: QtBot, open_window: Open, two: Home
) -> None:
    window = open_window(two)
    damage(two)  # which nobody has noticed yet
    window.open_settings()
    dialog = window.findChild(SettingsDialog)
    qtbot.mouseClick(dialog.findChild(QPushButton, "rebuild"), Qt.MouseButton.LeftButton)
    confirm = window.page.foot.rebuild
    assert confirm.yes.text() == "&Rebuild 2 Companies"
    assert confirm.question.text().endswith("The damaged file is kept.")


def test_rebuild_of_a_sound_store_names_its_company_and_leaves_the_other_at_its_work(
    qtbot: QtBot, open_window: Open, two: Home, saving: Extract
) -> None:
    window = open_window(two, company="XYZ")
    other = window.page_of(COMPANY)
    settle(window)
    window.rebuilding.ask(window.page)
    confirm = window.page.foot.rebuild
    assert confirm.question.text().startswith("Make again what AP Bridge knew of Southwind & Sons (XYZ)?")
    other.exports.want(saving)
    with qtbot.assertNotEmitted(other.exports.told), qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
        qtbot.mouseClick(confirm.yes, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(other.exports.moved, timeout=PATIENCE):
        pass  # it goes on


def test_rebuild_of_a_damaged_store_says_that_a_file_is_not_saved_and_shows_the_other_company_anew(
    qtbot: QtBot, open_window: Open, two: Home, monkeypatch: pytest.MonkeyPatch, saving: Extract
) -> None:
    window = open_window(two)
    other = window.page_of("XYZ")
    settle(window)
    damage(two)
    window.rebuilding.ask(window.page)
    two.store_file.unlink()
    other.exports.want(saving)
    refreshed: list[str] = []
    monkeypatch.setattr(other, "refresh", lambda: refreshed.append(other.company))
    monkeypatch.setattr(other, "start", lambda *_, **__: False)
    with (
        qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE),
        qtbot.waitSignal(other.exports.told, timeout=PATIENCE),
    ):
        qtbot.mouseClick(window.page.foot.rebuild.yes, Qt.MouseButton.LeftButton)
    assert other.banner.title.text().startswith("Not saved: ")
    assert other.banner.message.text() == (
        "It was broken off, since what AP Bridge knew is being made again. Nothing was left half written; what was"
        " there before is unchanged. Save it again when that is done."
    )
    assert other.banner.stop.isHidden()
    assert refreshed == ["XYZ"]


def test_a_sync_that_comes_due_while_all_companies_are_rebuilt_runs_after_it(
    qtbot: QtBot, open_window: Open, two: Home
) -> None:
    change(two, "schedule", on=True, every_minutes=5, weekdays=WEEKDAYS, earliest="00:00", latest="23:59")
    damage(two)
    window = open_window(two)
    runs: list[tuple[str, str]] = []
    for code in (COMPANY, "XYZ"):
        page = window.page_of(code)
        page.engine.started.connect(lambda command, code=code: runs.append((command, code)))
        page.run_ended.connect(lambda _: window.background.scheduler.look())  # between one company's turn and the next
    window.rebuilding.ask(window.page)
    with qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE):
        qtbot.mouseClick(window.page.foot.rebuild.yes, Qt.MouseButton.LeftButton)
    assert runs == [("rebuild", COMPANY), ("rebuild", "XYZ")]
    assert "waits for the run at hand" in label(window, "next_sync")
    with qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE):
        window.background.scheduler.look()
    assert runs[2:] == [("sync", COMPANY), ("sync", "XYZ")]


def test_closing_in_the_middle_of_a_rebuild_reads_nothing_anew(
    qtbot: QtBot, open_window: Open, two: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(two)
    window = open_window(two, "cancel")
    other = window.page_of("XYZ")
    window.rebuilding.ask(window.page)
    with qtbot.waitSignal(window.engine.told, timeout=PATIENCE):
        qtbot.mouseClick(window.page.foot.rebuild.yes, Qt.MouseButton.LeftButton)
    refreshed: list[str] = []
    monkeypatch.setattr(other, "refresh", lambda: refreshed.append(other.company))
    with qtbot.waitSignal(window.closed, timeout=PATIENCE):
        window.close()
    qtbot.waitUntil(lambda: not window.engine.running)
    assert refreshed == []


def test_rebuild_waits_for_what_is_in_its_way_also_when_it_was_asked_before(
    qtbot: QtBot, open_window: Open, two: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(two)
    window = open_window(two)
    other = window.page_of("XYZ")
    monkeypatch.setattr(window.engine, "start", lambda *_, **__: pytest.fail("it has to wait"))
    monkeypatch.setattr(other.engine, "start", lambda *_, **__: None)
    rebuild = window.page.findChild(QPushButton, "banner_rebuild")
    qtbot.mouseClick(rebuild, Qt.MouseButton.LeftButton)
    window.sync_all.start(["XYZ"])
    assert other.busy
    qtbot.mouseClick(window.page.foot.rebuild.yes, Qt.MouseButton.LeftButton)
    assert label(window.page, "banner_title") == "A run goes on"
    window.rebuilding.ask(window.page)
    assert not window.page.foot.rebuild.isVisible()
    assert label(window.page, "banner_message") == "Choose Rebuild again when it has ended."


def test_question_asked_twice_gives_its_place_back_to_what_was_told(
    qtbot: QtBot, open_window: Open, home: Home
) -> None:
    damage(home)
    window = open_window(home)
    confirm = window.page.foot.rebuild
    for _ in range(2):
        window.rebuilding.ask(window.page)
        assert not window.banner.isVisible()
    qtbot.mouseClick(confirm.no, Qt.MouseButton.LeftButton)
    assert window.banner.isVisible()


def test_what_is_told_while_a_question_stands_is_there_when_it_is_taken_back(
    qtbot: QtBot, open_window: Open, home: Home
) -> None:
    window = open_window(home)
    confirm = window.page.foot.rebuild
    window.rebuilding.ask(window.page)
    window.banner.say("ok", "Saved")
    window.rebuilding.ask(window.page)
    qtbot.mouseClick(confirm.no, Qt.MouseButton.LeftButton)
    assert window.banner.isVisible()
    window.rebuilding.ask(window.page)
    window.banner.say("ok", "Saved")
    qtbot.mouseClick(window.page.findChild(QPushButton, "banner_close"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(confirm.no, Qt.MouseButton.LeftButton)
    assert not window.banner.isVisible()


def test_when_the_store_can_be_read_again_every_company_shows_it(qtbot: QtBot, open_window: Open, two: Home) -> None:
    damage(two)
    window = open_window(two, "cancel")
    other = window.page_of("XYZ")
    assert not other.banner.isHidden()
    two.store_file.unlink()
    window.page.run_ended.emit(RunEnd("rebuild", "run-1", "done", 0))
    assert other.banner.isHidden()
    assert other.overview.empty.words.text().startswith("Welcome.")


def test_a_rebuild_can_be_cancelled_and_is_offered_again(qtbot: QtBot, open_window: Open, home: Home) -> None:
    damage(home)
    window = open_window(home, "cancel")
    qtbot.mouseClick(window.page.findChild(QPushButton, "banner_rebuild"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(window.engine.told, timeout=PATIENCE):
        qtbot.mouseClick(window.page.foot.rebuild.yes, Qt.MouseButton.LeftButton)
    assert window.engine.command == "rebuild"
    home.store_file.unlink()
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
        qtbot.mouseClick(window.page.findChild(QPushButton, "cancel_button"), Qt.MouseButton.LeftButton)
    assert label(window.page, "banner_title") == "Cancelled"
    assert window.overview.rebuild.isEnabled()


def test_cancel_ends_the_sync_of_all_companies(qtbot: QtBot, open_window: Open, two: Home) -> None:
    window = open_window(two, "cancel")
    with qtbot.waitSignal(window.engine.told, timeout=PATIENCE):
        window.header.sync_all.trigger()
    with qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE):
        qtbot.mouseClick(window.page.findChild(QPushButton, "cancel_button"), Qt.MouseButton.LeftButton)
    assert label(window.page, "banner_message") == "ABC: Cancelled."
    assert not window.page_of("XYZ").busy


def test_closing_while_all_are_synced_leaves_no_child(qtbot: QtBot, open_window: Open, two: Home) -> None:
    window = open_window(two, "cancel")
    choose(qtbot, window, "XYZ")
    with qtbot.waitSignal(window.page_of(COMPANY).engine.told, timeout=PATIENCE):
        window.header.sync_all.trigger()
    with qtbot.waitSignal(window.closed, timeout=PATIENCE):
        window.close()
    assert not any(window.page_of(code).engine.running for code in (COMPANY, "XYZ"))
