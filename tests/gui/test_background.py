"""The program without its window: tray, notifications, schedule; and what the window remembers."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from threading import Event

import orjson
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLabel, QSplitter, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from app.engine.lock import company_lock
from app.engine.store import Store
from app.engine.views import RunRow, Views
from app.errors import NeedsUser, Side
from app.gui.help.door import help_address
from app.gui.icons import icon
from app.gui.style import is_dark
from app.gui.tray import Tray
from app.gui.widgets.table_view import TableView
from app.gui.window import MainWindow
from app.schedule import WEEKDAYS
from app.settings import Home
from app.task_scheduler import TaskScheduler
from tests.gui.filled import COMPANY, add_run
from tests.gui.shell import FakeIcon, change
from tests.test_task_scheduler import FakeSchtasks

FAKE = str(Path(__file__).with_name("fake_engine.py"))
PATIENCE = 30_000

Open = Callable[..., MainWindow]


@pytest.fixture
def area() -> FakeIcon:
    return FakeIcon()


@pytest.fixture
def open_window(qtbot: QtBot, area: FakeIcon) -> Iterator[Open]:
    made: list[MainWindow] = []

    def window(home: Home, mode: str = "done", *, there: bool = True) -> MainWindow:
        tray = Tray(make_icon=lambda: area, is_there=lambda: there)
        made.append(MainWindow(home, COMPANY, (sys.executable, FAKE, mode), tray=tray))
        qtbot.addWidget(made[-1])
        made[-1].show()
        with qtbot.waitActive(made[-1]):
            made[-1].activateWindow()
        return made[-1]

    yield window
    for each in made:
        each.shut_down()


def add_failure(store: Store, run: str, title: str = "Sage 100 cannot be reached") -> None:
    """Add a sync of company XYZ that failed."""
    add_run(store, run, "sync", 0, "failed", 3)
    error = {"code": "sage-unreachable", "title": title, "message": "No answer.", "fix": "Go."}
    summary = orjson.dumps({"error": error}).decode()
    store.write("UPDATE runs SET company = 'XYZ', summary = ? WHERE id = ?", (summary, run))


def unreadable(*_: object) -> list[RunRow]:
    raise NeedsUser("store-busy", "The store is in use", "Another AP Bridge works.", "Wait.", side=Side.COMPUTER)


def test_closing_to_the_tray_keeps_the_program_and_says_so_once(
    qtbot: QtBot, open_window: Open, home: Home, area: FakeIcon
) -> None:
    change(home, "window", tray=True)
    window = open_window(home)
    with qtbot.assertNotEmitted(window.closed):
        window.close()
    assert window.isHidden()
    assert area.messages == [
        ("AP Bridge goes on here", "Click this icon to open the window again; choose Exit to end it.")
    ]
    area.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert window.isVisible()
    window.close()
    assert len(area.messages) == 1
    with qtbot.waitSignal(window.closed, timeout=PATIENCE):
        window.background.tray.exit.trigger()
    assert not area.visible


@pytest.mark.parametrize(("wanted", "there"), [(False, True), (True, False)], ids=["not wanted", "no place for it"])
def test_without_a_tray_closing_ends_the_program(
    qtbot: QtBot, open_window: Open, home: Home, wanted: bool, there: bool
) -> None:
    change(home, "window", tray=wanted)
    window = open_window(home, there=there)
    with qtbot.waitSignal(window.closed, timeout=PATIENCE):
        window.close()


def test_tray_shows_by_its_shape_how_things_stand_and_syncs(
    qtbot: QtBot, open_window: Open, home: Home, area: FakeIcon
) -> None:
    change(home, "window", tray=True)
    window = open_window(home)
    assert area.icon.cacheKey() == icon("tray_needs").cacheKey()
    assert area.tip == "AP Bridge\n7 things need you"
    with qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE):
        window.background.tray.sync.trigger()
        assert area.icon.cacheKey() == icon("tray_running").cacheKey()
        assert not window.background.tray.sync.isEnabled()
    assert area.icon.cacheKey() == icon("tray_needs").cacheKey()


def test_tray_counts_companies_that_were_never_opened_too(
    qtbot: QtBot, open_window: Open, home: Home, area: FakeIcon
) -> None:
    change(home, "window", tray=True)
    settings = home.load()
    home.save(settings.with_company(replace(settings.companies[0], code="XYZ")))
    store = Store(home.store_file)
    store.write(
        "INSERT INTO checkpoints (company, list, key, active, description, state, reason, run)"
        " VALUES ('XYZ', 'vendor', '01-X', 1, 'X', 'refused', 'no', 'r')"
    )
    store.close()
    window = open_window(home)
    assert "XYZ" not in window._pages
    assert area.tip == "AP Bridge\n8 things need you"
    with company_lock(home.locks, "XYZ", "sync", datetime.now(UTC)):
        qtbot.waitUntil(lambda: area.tip == "AP Bridge\nA run goes on", timeout=PATIENCE)
    qtbot.waitUntil(lambda: area.tip == "AP Bridge\n8 things need you", timeout=PATIENCE)
    home.save(settings)
    window.take_settings()
    assert area.tip == "AP Bridge\n7 things need you", "a removed company is not counted"


def test_four_states_of_the_tray_are_four_pictures(qtbot: QtBot) -> None:
    pictures = [icon(f"tray_{state}").pixmap(32, 32).toImage() for state in ("ok", "needs", "running", "failed")]
    assert not any(picture.isNull() for picture in pictures)
    grey = [picture.convertToFormat(picture.Format.Format_Grayscale8) for picture in pictures]
    assert all(grey[a] != grey[b] for a in range(4) for b in range(a))


def test_failed_run_is_notified_once_where_the_window_is_out_of_sight(
    qtbot: QtBot, open_window: Open, home: Home, area: FakeIcon
) -> None:
    change(home, "window", tray=True)
    window = open_window(home, "unreachable")
    window.close()
    area.messages.clear()
    for _ in range(2):
        with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
            window.start("sync")
    assert area.messages == [
        ("Northwind Supply (ABC): Sage 100 cannot be reached", "The server did not answer. Start it.")
    ]
    area.messageClicked.emit()
    assert window.isVisible()


def test_run_elsewhere_that_failed_is_notified_too_and_leads_to_the_help(
    qtbot: QtBot, open_window: Open, home: Home, area: FakeIcon
) -> None:
    change(home, "window", tray=True)
    window = open_window(home)
    window.close()
    area.messages.clear()
    store = Store(home.store_file)
    error = {
        "code": "sage-unreachable",
        "title": "Sage 100 cannot be reached",
        "message": "No answer.",
        "fix": "Start it.",
    }
    for run in ("run-08:00", "run-09:00"):
        with (
            qtbot.waitSignal(window.page.outside_ended, timeout=PATIENCE),
            company_lock(home.locks, COMPANY, "sync", datetime.now(UTC)),
        ):
            add_run(store, run, "sync", 0, "failed", 3)
            store.write("UPDATE runs SET summary = ? WHERE id = ?", (orjson.dumps({"error": error}).decode(), run))
    store.close()
    assert area.messages == [("Northwind Supply (ABC): Sage 100 cannot be reached", "No answer. Start it.")]
    assert help_address("sage-unreachable") in window.page.banner.learn_more.text()


def test_run_elsewhere_of_a_company_that_was_never_opened_is_notified_with_its_name(
    qtbot: QtBot, open_window: Open, home: Home, area: FakeIcon
) -> None:
    change(home, "window", tray=True)
    settings = home.load()
    home.save(settings.with_company(replace(settings.companies[0], code="XYZ", name="Southwind")))
    store = Store(home.store_file)
    add_run(store, "run-before", "sync", 60, "failed", 3)
    store.write("UPDATE runs SET company = 'XYZ' WHERE id = 'run-before'")
    window = open_window(home)
    for run in ("run-08:00", "run-09:00"):
        with (
            qtbot.waitSignal(window.outside.looked, timeout=PATIENCE),
            company_lock(home.locks, "XYZ", "sync", datetime.now(UTC)),
        ):
            add_failure(store, run)
    store.close()
    window._look_around()
    assert "XYZ" not in window._pages, "it is not opened for that"
    assert area.messages == [("Southwind (XYZ): Sage 100 cannot be reached", "No answer. Go.")]
    area.messageClicked.emit()
    assert window.page.company == "XYZ"


def test_run_elsewhere_of_an_opened_company_is_notified_unless_it_is_the_one_in_front(
    qtbot: QtBot, open_window: Open, home: Home, area: FakeIcon
) -> None:
    change(home, "window", tray=True)
    settings = home.load()
    home.save(settings.with_company(replace(settings.companies[0], code="XYZ", name="Southwind")))
    window = open_window(home)
    other = window.page_of("XYZ")
    told = []
    store = Store(home.store_file)
    for in_front, run, title in (("XYZ", "run-08:00", "In sight"), (COMPANY, "run-09:00", "Out of sight")):
        window.show_company(in_front)
        with (
            qtbot.waitSignal(other.outside_ended, timeout=PATIENCE),
            company_lock(home.locks, "XYZ", "sync", datetime.now(UTC)),
        ):
            add_failure(store, run, title)
        assert window.isActiveWindow()
        told.append(list(area.messages))
    store.close()
    assert told == [[], [("Southwind (XYZ): Out of sight", "No answer. Go.")]]


def test_what_needs_the_user_elsewhere_is_read_only_when_a_run_has_begun_or_ended(
    open_window: Open, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = home.load()
    home.save(settings.with_company(replace(settings.companies[0], code="XYZ")))
    window = open_window(home)
    read: list[str] = []
    needs_you = Views.needs_you
    monkeypatch.setattr(Views, "needs_you", lambda views: read.append(views._company) or needs_you(views))
    store = Store(home.store_file)
    with company_lock(home.locks, "XYZ", "sync", datetime.now(UTC)):
        for _ in range(3):
            window.background.look_at_others()
        assert read == ["XYZ"]
        assert window.background.others_run
        add_failure(store, "run-08:00")
        window.background.look_at_others()
        assert read == ["XYZ"] * 2
    store.close()
    for _ in range(2):
        window.background.look_at_others()
    assert read == ["XYZ"] * 3
    assert not window.background.others_run


def test_store_that_could_not_be_read_for_a_while_tells_no_old_run_of_a_company_that_is_not_opened(
    open_window: Open, home: Home, area: FakeIcon, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(home, "window", tray=True)
    settings = home.load()
    home.save(settings.with_company(replace(settings.companies[0], code="XYZ", name="Southwind")))
    store = Store(home.store_file)
    add_failure(store, "run-08:00")
    store.close()
    window = open_window(home)
    with monkeypatch.context() as for_a_while:
        for_a_while.setattr(Views, "runs", unreadable)
        window.background.look_at_others()
    window.background.look_at_others()
    assert area.messages == []


def test_notifications_can_be_switched_off(qtbot: QtBot, open_window: Open, home: Home, area: FakeIcon) -> None:
    change(home, "window", tray=True, notifications=False)
    window = open_window(home, "unreachable")
    window.close()
    area.messages.clear()
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
        window.start("sync")
    assert area.messages == []


def test_pause_in_the_tray_is_kept_and_told_in_the_head(open_window: Open, home: Home, area: FakeIcon) -> None:
    change(home, "window", tray=True)
    change(home, "schedule", on=True, every_minutes=60, weekdays=WEEKDAYS, earliest="00:00", latest="23:59")
    window = open_window(home)
    assert window.findChild(QLabel, "next_sync").text().startswith("· Next sync ")
    window.background.tray.pause.trigger()
    assert home.load().schedule.paused
    assert window.findChild(QLabel, "next_sync").text() == "· Schedule paused"
    window.background.tray.pause.trigger()
    assert not home.load().schedule.paused


def test_schedule_syncs_and_sends_nothing(qtbot: QtBot, open_window: Open, home: Home) -> None:
    change(home, "schedule", on=True, every_minutes=5, weekdays=WEEKDAYS, earliest="00:00", latest="23:59")
    window = open_window(home)
    commands: list[str] = []
    window.engine.started.connect(commands.append)
    with qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE):
        window.background.scheduler.look()
    assert commands == ["sync"]


def test_what_the_schedule_held_back_is_told_in_activity(qtbot: QtBot, home: Home, area: FakeIcon) -> None:
    window = MainWindow(home, COMPANY, (sys.executable, "-m", "app"), tray=Tray(make_icon=lambda: area))
    qtbot.addWidget(window, before_close_func=lambda made: made.shut_down())
    window.show()
    due = datetime.now(UTC).replace(microsecond=0)
    with qtbot.waitSignal(window._held_back.noted, timeout=PATIENCE):
        window.background.scheduler.held_back.emit(COMPANY, due, "busy", 1)
    window.tabs.setCurrentWidget(window.activity)
    table = window.activity.runs_table
    newest = window.activity.runs.rows[0]
    assert newest.outcome == "held_back"
    assert newest.started_at == due
    window.activity.open_run(newest.id)
    (told,) = window.activity.events.rows
    assert "did not start on time: another run was at work" in told.sentence
    assert table.model().index(0, 1).data() == "Scheduled sync"
    assert not window.activity.undo.isVisible()


def test_window_does_not_wait_for_a_windows_that_takes_its_time(qtbot: QtBot, open_window: Open, home: Home) -> None:
    schtasks, answers = FakeSchtasks(), Event()

    def slow(command: Sequence[str]) -> "CompletedProcess[str]":
        assert answers.wait(PATIENCE / 1_000)
        return schtasks(command)

    window = open_window(home)
    window.background.entry._windows = TaskScheduler(slow, "win32")
    change(home, "schedule", on=True, times=("09:00",), when_closed=True)
    window.take_settings()
    assert schtasks.definition is None
    with qtbot.waitSignal(window.background.entry.told, timeout=PATIENCE):
        answers.set()
    assert "T09:00:00" in (schtasks.definition or "")


def test_schedule_that_was_changed_is_changed_in_windows_too(qtbot: QtBot, open_window: Open, home: Home) -> None:
    schtasks = FakeSchtasks()
    window = open_window(home)
    entry = window.background.entry
    entry._windows = TaskScheduler(schtasks, "win32")
    change(home, "schedule", on=True, times=("09:00",), when_closed=True)
    with qtbot.waitSignal(entry.told, timeout=PATIENCE):
        window.take_settings()
    assert "T09:00:00" in (schtasks.definition or "")
    change(home, "schedule", on=False)
    with qtbot.waitSignal(entry.told, timeout=PATIENCE):
        window.take_settings()
    assert schtasks.definition is None
    schtasks.refusal = "ERROR: Access is denied."
    change(home, "schedule", on=True)
    with qtbot.waitSignal(entry.failed, timeout=PATIENCE):
        window.take_settings()
    assert window.page.findChild(QLabel, "banner_title").text() == "Windows did not take the schedule"


def test_settings_that_cannot_be_read_any_more_are_told_and_those_before_hold(open_window: Open, home: Home) -> None:
    window = open_window(home)
    home.settings_file.write_text("{")
    window.background.pause(paused=True)
    assert window.page.findChild(QLabel, "banner_title").text() == "The settings cannot be read"
    assert window.page.company == COMPANY
    assert len(window.invoices.documents.rows) > 0


def test_theme_of_the_settings_is_shown_and_can_change_while_the_window_is_open(open_window: Open, home: Home) -> None:
    window = open_window(home)
    for theme, dark in (("dark", True), ("light", False)):
        change(home, "window", theme=theme)
        window.take_settings()
        assert is_dark(window.invoices.detail.palette()) is dark


def test_window_comes_back_as_it_was_left(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.resize(780, 700)  # as large as this screen can show it again
    window.tabs.setCurrentWidget(window.invoices)
    window.invoices.filter_box.setText("bolt")
    states = window.findChild(QComboBox, "invoices_states")
    states.setCurrentIndex(states.findText("All"))
    table = window.findChild(TableView, "invoices_table")
    table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: len(table.table.shown) < len(table.table.rows))
    table.horizontalHeader().moveSection(3, 5)
    table.setColumnWidth(2, 222)
    order = [column.text(table.table.row(0)) for column in table.table.columns]
    splitter = window.invoices.findChild(QSplitter)
    splitter.setSizes([120, 320])
    sizes = splitter.sizes()
    window.close()

    again = open_window(home)
    assert again.tabs.currentWidget() is again.invoices
    assert again.invoices.filter_box.text() == "bolt"
    assert again.findChild(QComboBox, "invoices_states").currentText() == "All"
    table = again.findChild(TableView, "invoices_table")
    assert (table.columnWidth(2), table.horizontalHeader().visualIndex(3)) == (222, 5)
    qtbot.waitUntil(lambda: [column.text(table.table.row(0)) for column in table.table.columns] == order)
    assert again.invoices.findChild(QSplitter).sizes() == pytest.approx(sizes, abs=4)


def test_window_whose_screen_is_gone_comes_back_on_one_that_is_there(open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.setGeometry(QRect(9000, 9000, 1100, 720))
    window.close()
    again = open_window(home)
    seen = QGuiApplication.primaryScreen().availableGeometry().intersected(again.frameGeometry())
    assert seen.width() > 500
    assert seen.height() > 300
