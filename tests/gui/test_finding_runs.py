"""Activity's filter finds runs by what they touched or told, whichever is chosen."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.engine.store import Store
from app.errors import BridgeError, NeedsUser, Side
from app.gui.tabs.activity import ActivityTab
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY, FAILED_RUN, SEND_RUN, SYNC_RUN, add_event, add_run
from tests.gui.shell import settle

NOTHING = (sys.executable, "-c", "pass")
OLD_RUN = "run-old"


@pytest.fixture
def window(qtbot: QtBot, home: Home) -> Iterator[MainWindow]:
    store = Store(home.store_file)
    for number in range(250):  # more than are listed
        add_run(store, f"run-{number:03}", "probe", 3000 + number, "done", 0)
    add_run(store, OLD_RUN, "sync", 500_000, "failed", 4)
    add_event(store, OLD_RUN, "item", stage="Vendor", title="Vendor", key="01-QUARTZ", state="refused", message="No")
    add_event(store, OLD_RUN, "attention", code="x", title="Something else", message="", fix="")
    store.close()
    made = MainWindow(home, COMPANY, NOTHING)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    made.tabs.setCurrentWidget(made.activity)
    settle(made)
    yield made
    made.shut_down()


@pytest.fixture
def tab(window: MainWindow) -> ActivityTab:
    return window.activity


def look_for(qtbot: QtBot, window: MainWindow, text: str) -> list[str]:
    """Type into the filter; return the runs that are shown."""
    tab = window.activity
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(tab.filter_box.hasFocus)
    with qtbot.waitSignal(tab.runs.modelReset):
        qtbot.keyClicks(tab.filter_box, text)
    settle(tab)
    return [run.id for run in tab.runs.shown]


def test_a_vendor_is_found_in_a_run_that_is_no_longer_listed(
    qtbot: QtBot, window: MainWindow, tab: ActivityTab
) -> None:
    assert OLD_RUN not in [run.id for run in tab.runs.shown]
    assert look_for(qtbot, window, "quartz") == [OLD_RUN]
    assert tab.runs_table.current().id == OLD_RUN
    assert [each.sentence for each in tab.events.shown] == ["Vendor, 01-QUARTZ: refused. No."]


def test_words_of_a_run_and_of_what_it_told_narrow_together(qtbot: QtBot, window: MainWindow, tab: ActivityTab) -> None:
    assert look_for(qtbot, window, "failed quartz") == [OLD_RUN]
    assert len(tab.events.shown) == 1, "what is said of the run itself hides none of its events"


def test_an_invoice_is_found_by_its_number(qtbot: QtBot, window: MainWindow, tab: ActivityTab) -> None:
    assert look_for(qtbot, window, "INV-1016") == [SEND_RUN]
    assert tab.events.shown == []
    assert tab.no_match.text().startswith("This run touched what you look for")


def test_what_no_run_has_is_said_with_the_way_back(qtbot: QtBot, window: MainWindow, tab: ActivityTab) -> None:
    every = [run.id for run in tab.runs.shown]
    assert look_for(qtbot, window, "no such thing") == []
    assert tab.no_run.isVisible()
    assert tab.no_run.text() == "No run has “no such thing”. Clear the filter to see all runs."
    assert tab.events.shown == []
    qtbot.keyClick(tab.filter_box, Qt.Key.Key_Escape)
    assert [run.id for run in tab.runs.shown] == every
    assert not tab.no_run.isVisible()


def test_a_run_that_told_nothing_says_so(window: MainWindow, tab: ActivityTab) -> None:
    tab.open_run("run-000")
    settle(tab)
    assert tab.no_match.isVisible()
    assert tab.no_match.text() == "Nothing was told of this run."


def test_a_run_that_is_opened_is_shown_whatever_was_looked_for(
    qtbot: QtBot, window: MainWindow, tab: ActivityTab
) -> None:
    look_for(qtbot, window, "quartz")
    tab.open_run(SYNC_RUN)
    assert tab.filter_box.text() == ""
    assert tab.runs_table.current().id == SYNC_RUN
    assert len(tab.events.shown) > 3


def test_a_new_run_is_found_when_the_window_shows_what_is_new(
    qtbot: QtBot, window: MainWindow, tab: ActivityTab, home: Home
) -> None:
    look_for(qtbot, window, "quartz")
    store = Store(home.store_file)
    add_run(store, "run-new", "sync", 1, "done", 0)
    add_event(store, "run-new", "attention", code="x", title="Quartz is back", message="", fix="")
    store.close()
    window.refresh()
    settle(tab)
    assert [run.id for run in tab.runs.shown] == ["run-new", OLD_RUN]


def test_what_is_saved_of_the_runs_is_what_was_found(
    qtbot: QtBot, window: MainWindow, tab: ActivityTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "runs.csv"
    monkeypatch.setattr("app.gui.exports.QFileDialog.getSaveFileName", lambda *_: (str(file), ""))
    look_for(qtbot, window, "quartz")
    with qtbot.waitSignal(window.page.exports.told) as told:
        tab.findChild(QPushButton, "activity_export").menu().actions()[1].trigger()
    assert told.args[2] == "1 of 254 shown: filter “quartz”."
    with qtbot.waitSignal(window.page.exports.told) as told:
        tab.findChild(QPushButton, "activity_export").menu().actions()[0].trigger()
    assert told.args[2].startswith("1 of 2 shown: Sync, ")
    assert len(file.read_text().splitlines()) == 2
    assert FAILED_RUN not in [run.id for run in tab.runs.shown]


def test_what_is_still_looked_for_is_not_saved_as_found(qtbot: QtBot, window: MainWindow, tab: ActivityTab) -> None:
    _, runs = tab.export.menu().actions()
    qtbot.keyClicks(tab.filter_box, "quartz")
    assert runs.isEnabled(), "nothing was looked for yet, and the file would say so"
    qtbot.waitUntil(lambda: tab._searching.busy)
    assert not runs.isEnabled()
    settle(tab)
    assert runs.isEnabled()
    tab.let_go()
    tab.set_filter("quartz failed")
    tab.let_go()
    assert not runs.isEnabled(), "it was broken off"
    assert window.findChild(QPushButton, "activity_export").isEnabled()


def test_events_that_cannot_be_read_leave_none_of_another_run(
    tab: ActivityTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(_: str) -> Iterator[object]:
        raise NeedsUser("store-damaged", "It cannot be read", "", "", side=Side.COMPUTER)

    told: list[BridgeError] = []
    tab.failed.connect(told.append)
    tab.open_run(SYNC_RUN)
    settle(tab)
    assert tab.events.shown
    monkeypatch.setattr(tab.views, "events_in_steps", damaged)
    tab.runs_table.choose(FAILED_RUN)
    assert [each.code for each in told] == ["store-damaged"]
    assert tab.events.shown == []
    assert not tab.export.menu().actions()[0].isEnabled()


def test_a_run_that_refused_very_much_is_told_without_standing_still(
    qtbot: QtBot, window: MainWindow, home: Home
) -> None:
    store = Store(home.store_file)
    add_run(store, "run-much", "sync", 1, "failed", 4)
    for number in range(1_000):
        add_event(store, "run-much", "item", stage="Vendor", title="Vendor", key=f"V{number}", state="refused")
    store.close()
    window.refresh()
    tab = window.activity
    tab.open_run("run-much")
    assert tab._telling.busy, "the window goes on meanwhile"
    events, runs = tab.export.menu().actions()
    assert (events.isEnabled(), runs.isEnabled()) == (False, True), "what is shown is still told of another run"
    settle(tab)
    assert events.isEnabled()
    assert len(tab.events.shown) == 1_000
