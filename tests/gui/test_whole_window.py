"""What the window shows when something else holds the company, is lost or killed; and that nothing jumps or leaks."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.engine.lock import company_lock
from app.engine.run import keep_not_begun
from app.engine.store import Store
from app.errors import NeedsUser, Side
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY, add_run

FAKE = str(Path(__file__).with_name("fake_engine.py"))
PATIENCE = 30_000
HOLD = """
import sys, threading
from datetime import UTC, datetime
from pathlib import Path
from app.engine.lock import company_lock
with company_lock(Path(sys.argv[1]), "ABC", "send invoices", datetime.now(UTC)):
    print("held", flush=True)
    threading.Event().wait()
"""

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


def label(window: MainWindow, name: str) -> str:
    return window.page.findChild(QLabel, name).text()


def button(window: MainWindow, name: str) -> QPushButton:
    return window.findChild(QPushButton, name)


def test_run_started_elsewhere_is_noticed_and_what_it_did_is_shown(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    with company_lock(home.locks, COMPANY, "sync", datetime.now(UTC)):
        qtbot.waitUntil(window.run_bar.isVisible, timeout=PATIENCE)
        said = label(window, "progress_text")
        assert said.startswith("“Sync” was started elsewhere today ")
        assert f"(process {os.getpid()})" in said
        for name in ("sync_button", "send_invoices", "check_invoices", "probe_button"):
            assert not button(window, name).isEnabled(), name
            assert button(window, name).toolTip() == "A run goes on; one at a time may work on a company"
        assert button(window, "cancel_button").isHidden()
        store = Store(home.store_file)
        add_run(store, "run-elsewhere", "sync", 0, "done", 0)
        store.close()
    qtbot.waitUntil(window.run_bar.isHidden, timeout=PATIENCE)
    assert label(window, "banner_title") == "Sync done"
    assert button(window, "sync_button").isEnabled()
    assert "F5" in button(window, "sync_button").toolTip()
    assert window.activity.views.runs(1)[0].id == "run-elsewhere"


def test_run_elsewhere_that_is_over_before_anybody_looks_is_shown_too(
    qtbot: QtBot, open_window: Open, home: Home
) -> None:
    window = open_window(home)
    store = Store(home.store_file)
    with company_lock(home.locks, COMPANY, "sync", datetime.now(UTC)):
        add_run(store, "run-short", "sync", 0, "done", 0)
    store.close()
    qtbot.waitUntil(window.banner.isVisible, timeout=PATIENCE)
    assert label(window, "banner_title") == "Sync done"
    assert window.run_bar.isHidden()


def test_run_elsewhere_that_could_not_begin_is_told_too(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    title = "The password for Sage 100 is missing"
    missing = NeedsUser("no-password", title, "It is not in the keyring.", "Enter it.", side=Side.COMPUTER)
    company = home.load().company(COMPANY)
    with qtbot.waitSignal(window.page.outside_ended, timeout=PATIENCE) as ended:
        keep_not_begun("sync", missing, home=home, company=company, now=datetime.now(UTC))
    assert (ended.args[0].exit_code, window.banner.code) == (7, "no-password")
    assert label(window, "banner_title") == title
    assert label(window, "banner_message").startswith("It is not in the keyring. Enter it.")
    assert "failed today" in window.header.last_sync.text()


def test_store_that_a_run_elsewhere_cannot_read_is_told_as_soon_as_that_has_ended(
    qtbot: QtBot, open_window: Open, home: Home
) -> None:
    window = open_window(home)
    window.page.let_go()
    for file in home.path.glob("store.sqlite*"):
        file.unlink()
    home.store_file.write_bytes(b"This is no store." * 1000)
    with company_lock(home.locks, COMPANY, "sync", datetime.now(UTC)):
        pass
    qtbot.waitUntil(window.banner.isVisible, timeout=PATIENCE)
    assert window.banner.code == "store-damaged"
    assert window.banner.rebuild.isVisible()


def test_window_that_opens_while_a_run_goes_on_says_so_at_once(open_window: Open, home: Home) -> None:
    with company_lock(home.locks, COMPANY, "sync", datetime.now(UTC)):
        window = open_window(home)
        assert window.run_bar.isVisible()
        assert not window.page.start("sync")


def test_run_elsewhere_that_is_killed_does_not_hold_the_window_for_ever(
    qtbot: QtBot, open_window: Open, home: Home
) -> None:
    window = open_window(home)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.locks)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        qtbot.waitUntil(window.run_bar.isVisible, timeout=PATIENCE)
        assert label(window, "progress_text").startswith("“Send invoices” was started elsewhere")
        other.kill()
    qtbot.waitUntil(window.run_bar.isHidden, timeout=PATIENCE)
    assert button(window, "sync_button").isEnabled()


def test_killed_engine_is_told_and_the_next_run_can_start(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home, "deaf")
    with qtbot.waitSignal(window.engine.told, timeout=PATIENCE):
        button(window, "sync_button").click()
    pid = window.engine._process.processId()
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
        os.kill(pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    assert label(window, "banner_title") == "The sync ended unexpectedly"
    assert "Start again" in label(window, "banner_message")
    assert button(window, "sync_button").isEnabled()


@pytest.mark.logs_warnings
def test_cancel_says_what_it_waits_for_and_since_when(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home, "deaf")
    with qtbot.waitSignal(window.engine.told, timeout=PATIENCE):
        button(window, "sync_button").click()
    qtbot.keyClick(button(window, "cancel_button"), Qt.Key.Key_Space)
    assert label(window, "progress_text") == "Cancelling: waiting for “Sync: starting” to come to a safe stop"
    qtbot.waitUntil(lambda: "ended by force in" in label(window, "progress_text"), timeout=PATIENCE)
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
        window.engine.kill()
    assert not window.engine.running
    assert label(window, "banner_title") == "Cancelled"


@pytest.mark.parametrize("mode", ["done", "unreachable"])
def test_nothing_moves_when_a_run_begins_and_ends(qtbot: QtBot, open_window: Open, home: Home, mode: str) -> None:
    window = open_window(home, mode)
    window.tabs.setCurrentWidget(window.invoices)

    def places() -> tuple[QPoint, ...]:
        widgets = (window.tabs, window.page.foot, window.invoices.table, button(window, "send_invoices"))
        return tuple(each.mapTo(window, QPoint(0, 0)) for each in widgets)

    QApplication.processEvents()
    before = places()
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE):
        window.start("sync")
        assert places() == before
    assert window.banner.isVisible()
    qtbot.waitUntil(lambda: places() == before)
    button(window, "banner_close").click()
    qtbot.waitUntil(lambda: places() == before)
    assert label(window, "idle_words").startswith("Last run: ")


@pytest.mark.logs_warnings
def test_closing_in_mid_run_leaves_no_child_no_thread_and_no_timer(qtbot: QtBot, open_window: Open, home: Home) -> None:
    threads = set(threading.enumerate())
    window = open_window(home, "deaf")
    with qtbot.waitSignal(window.engine.told, timeout=PATIENCE):
        window.start("sync")
    pid = window.engine._process.processId()
    with qtbot.waitSignal(window.closed, timeout=PATIENCE):
        window.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert set(threading.enumerate()) <= threads
    assert [timer.parent() for timer in window.findChildren(QTimer) if timer.isActive()] == []
