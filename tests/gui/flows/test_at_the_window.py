"""Cancel, a killed engine, a company that another run holds, two companies, Settings and the schedule."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine.lock import company_lock
from app.gui.settings.dialog import SettingsDialog
from app.gui.window import MainWindow
from app.schedule import ScheduleSettings
from app.settings import Home
from tests.gui.filled import COMPANY
from tests.gui.flows.hands import Hands

FAKE = str(Path(__file__).parents[1] / "fake_engine.py")
PATIENCE = 30_000

Open = Callable[..., MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Open]:
    made: list[MainWindow] = []

    def window(home: Home, mode: str = "done") -> MainWindow:
        made.append(MainWindow(home, COMPANY, (sys.executable, FAKE, mode)))
        qtbot.addWidget(made[-1])
        made[-1].show()
        with qtbot.waitActive(made[-1]):
            made[-1].activateWindow()
        return made[-1]

    yield window
    for each in made:
        each.shut_down()


@pytest.fixture
def two(home: Home) -> Home:
    settings = home.load()
    (first,) = settings.companies
    home.save(replace(settings, companies=(first, replace(first, code="XYZ", name="Southwind & Sons"))))
    return home


def seen(window: QWidget, name: str) -> QPushButton:
    return next(each for each in window.findChildren(QPushButton, name) if each.isVisible())


def label(window: MainWindow, name: str) -> str:
    return window.page.findChild(QLabel, name).text()


def start(qtbot: QtBot, window: MainWindow, hands: Hands) -> None:
    """Press Sync Now, and wait for the engine's first word."""
    with qtbot.waitSignal(window.engine.told, timeout=PATIENCE):
        hands.press(seen(window, "sync_button"))


def test_a_run_is_cancelled(qtbot: QtBot, open_window: Open, home: Home, hands: Hands) -> None:
    window = open_window(home, "cancel")
    start(qtbot, window, hands)
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE) as ended:
        hands.press(seen(window, "cancel_button"))
    assert ended.args[0].outcome == "cancelled"
    assert label(window, "banner_title") == "Cancelled"
    assert seen(window, "sync_button").isEnabled()


def test_a_killed_engine_is_told_put_away_and_started_again(
    qtbot: QtBot, open_window: Open, home: Home, hands: Hands
) -> None:
    window = open_window(home, "deaf")
    start(qtbot, window, hands)
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
        os.kill(window.engine._process.processId(), getattr(signal, "SIGKILL", signal.SIGTERM))
    assert label(window, "banner_title") == "The sync ended unexpectedly"
    hands.press(seen(window, "banner_close"))
    assert window.banner.isHidden()
    start(qtbot, window, hands)
    assert window.engine.running


def test_a_company_that_another_run_holds_is_left_alone_until_that_has_ended(
    qtbot: QtBot, open_window: Open, home: Home, hands: Hands
) -> None:
    window = open_window(home)
    hands.turn_to(window.tabs, window.invoices)
    with company_lock(home.locks, COMPANY, "sync", datetime.now(UTC)):
        qtbot.waitUntil(window.run_bar.isVisible, timeout=PATIENCE)
        assert label(window, "progress_text").startswith("“Sync” was started elsewhere")
        for name in ("sync_button", "send_invoices", "check_invoices"):
            assert not seen(window, name).isEnabled(), name
        hands.choose(window.invoices.table, window.invoices.documents.shown[2].id)
        assert window.invoices.detail.toPlainText(), "what is there can be read meanwhile"
        assert not window.engine.running
    qtbot.waitUntil(window.run_bar.isHidden, timeout=PATIENCE)
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE) as ended:
        hands.press(seen(window, "sync_button"))
    assert ended.args[0].done


def test_the_other_company_is_chosen_and_synced_alone(qtbot: QtBot, open_window: Open, two: Home, hands: Hands) -> None:
    window = open_window(two, "environment")
    books = window.header.books
    hands.pick(books.button, books.menu, "company_XYZ")
    assert window.page.company == "XYZ"
    assert books.text() == "Southwind & Sons (XYZ)"
    told: list[str] = []
    window.engine.told.connect(lambda event: told.append(str(event.data.get("message", ""))))
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
        hands.press(seen(window, "sync_button"))
    assert any("--company XYZ" in each for each in told)
    hands.pick(books.button, books.menu, f"company_{COMPANY}")
    assert window.page.company == COMPANY
    assert window.banner.isHidden(), "the other company's news stay with it"


def test_both_companies_are_synced_one_after_the_other(
    qtbot: QtBot, open_window: Open, two: Home, hands: Hands
) -> None:
    window = open_window(two)
    done: list[str] = []
    for company in (COMPANY, "XYZ"):
        page = window.page_of(company)
        page.run_ended.connect(lambda _, company=company: done.append(company))
    more = window.header.syncs.more
    with qtbot.waitSignal(window.sync_all.done, timeout=PATIENCE):
        hands.pick(more, more.menu(), "sync_all")
    assert done == [COMPANY, "XYZ"]


def test_a_schedule_is_set_in_settings_and_told_in_the_head(open_window: Open, home: Home, hands: Hands) -> None:
    window = open_window(home)
    hands.press(seen(window, "settings_button"))
    dialog = window.findChild(SettingsDialog, "settings_dialog")
    place = next(place for place, page in enumerate(dialog.pages) if page.objectName() == "schedule_settings")
    hands.choose_line(dialog.list, place)
    page = dialog.pages[place]
    assert page.isVisible()
    hands.press(page.findChild(QCheckBox, "schedule_on"))
    hands.write(page.findChild(QLineEdit, "schedule_times"), "07:30, 13:00")
    assert page.findChild(QLabel, "schedule_sentence").text() == ("Monday to Friday at 7:30\u202fAM and 1:00\u202fPM.")
    hands.press(seen(dialog, "settings_ok"))
    assert home.load().schedule == ScheduleSettings(on=True, times=("07:30", "13:00"))
    assert "sync" in window.header.next_sync.text()


def test_what_is_changed_in_settings_counts_and_what_is_cancelled_does_not(
    open_window: Open, home: Home, hands: Hands
) -> None:
    window = open_window(home)

    def off(answer: str) -> None:
        hands.press(seen(window, "settings_button"))
        dialog = next(each for each in window.findChildren(SettingsDialog) if each.isVisible())
        place = next(place for place, page in enumerate(dialog.pages) if page.objectName() == "window_settings")
        hands.choose_line(dialog.list, place)
        hands.press(dialog.pages[place].findChild(QCheckBox, "notifications"))
        hands.press(seen(dialog, answer))
        assert not dialog.isVisible()

    off("settings_cancel")
    assert home.load().window.notifications
    off("settings_ok")
    assert not home.load().window.notifications
