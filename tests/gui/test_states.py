"""Every tab says why what it shows is not fresh, and offers one next step."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine.store import Store
from app.errors import ExitCode
from app.gui.reach import needs_of, other_standing
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY, NOW, add_run
from tests.gui.test_window import Open, ended, open_window, part, started

__all__ = ["open_window"]

TABS = ("overview", "lists", "orders", "invoices", "payments", "activity")


def store_of(home: Home) -> Store:
    return Store(home.store_file)


def visible(window: MainWindow, kind: type[QWidget], ending: str) -> list[QWidget]:
    return [each for each in window.findChildren(kind) if each.objectName().endswith(ending) and each.isVisible()]


def in_each_tab(window: MainWindow, ending: str) -> list[str]:
    told = []
    for name in TABS:
        window.tabs.setCurrentWidget(getattr(window.page, name))
        told += [label.text() for label in visible(window, QLabel, ending)]
    return told


def test_what_is_fresh_says_nothing(open_window: Open, home: Home) -> None:
    assert in_each_tab(open_window(home), "_state") == []


def test_every_tab_says_that_sage_was_not_reached_and_as_of_when_it_is(
    open_window: Open, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = store_of(home)
    add_run(store, "run-lost", "sync", 1, "failed", ExitCode.SAGE_UNREACHABLE)
    store.close()
    window = open_window(home)
    starts = started(window, monkeypatch)
    told = in_each_tab(window, "_state")
    assert len(told) == len(TABS)
    assert all(each.startswith("Sage 100 could not be reached ") for each in told)
    assert all("What is shown here is as of " in each for each in told)
    (step,) = visible(window, QPushButton, "_state_step")
    step.click()
    assert starts == [("sync", None)]


def test_a_sage_that_lets_nobody_in_is_said_to_be_so_and_not_to_be_out_of_reach(open_window: Open, home: Home) -> None:
    store = store_of(home)
    add_run(store, "run-shut", "sync", 1, "failed", ExitCode.SAGE_UNREACHABLE)
    store.write(
        "UPDATE runs SET summary = ? WHERE id = 'run-shut'",
        (
            '{"error":{"code":"sage-single-user","title":"Sage 100 is in single-user mode",'
            '"message":"Somebody is running a task.","fix":"Wait until that task is done."}}',
        ),
    )
    store.close()
    window = open_window(home)
    told = in_each_tab(window, "_state")
    assert len(told) == len(TABS)
    assert all(each.startswith("Sage 100 is in single-user mode (") for each in told)
    assert all("Somebody is running a task. Wait until that task is done. What is shown" in each for each in told)
    assert part(window, QLabel, "reach_sage").text().startswith("Sage 100: not available ")


def test_a_lost_quadient_ap_is_told_once_and_with_its_next_step(open_window: Open, home: Home) -> None:
    before = open_window(home).page.standing
    store = store_of(home)
    add_run(store, "run-lost", "sync", 1, "failed", ExitCode.CLOUD_UNREACHABLE)
    store.write(
        "UPDATE runs SET summary = ? WHERE id = 'run-lost'",
        (
            '{"error":{"code":"cloud-unreachable","title":"Quadient AP cannot be reached",'
            '"message":"There is no connection.","fix":"Check the network."}}',
        ),
    )
    store.close()
    window = open_window(home)
    told = part(window, QLabel, "page_state").text()
    assert "There is no connection. Check the network." in told
    assert visible(window, QPushButton, "page_state_step")
    needs = [row.title for row in window.overview.needs.rows]
    assert needs == [each.title for each in before.attention]
    assert (part(window, QPushButton, "needs_button").text(), needs_of(home.store_file, COMPANY)) == (
        f"{len(needs)} need you",
        len(needs),
    )
    assert other_standing(home, COMPANY).needs == len(needs)
    ended = window.overview.stages.rows[0]
    assert (ended.title, ended.words) == ("Failed", "What was done until then is kept.")
    assert "Quadient AP cannot be reached" in [each.title for each in window.page.standing.attention], "for the notice"


def test_a_sync_that_failed_says_why_and_leads_to_its_run(open_window: Open, home: Home) -> None:
    store = store_of(home)
    add_run(store, "run-full", "sync", 1, "failed", ExitCode.COMPUTER)
    store.write(
        "UPDATE runs SET summary = ? WHERE id = 'run-full'",
        ('{"error":{"code":"disk-full","title":"The disk is full","message":"No space is left.","fix":"Free some."}}',),
    )
    store.close()
    window = open_window(home)
    told = in_each_tab(window, "_state")
    assert len(told) == len(TABS)
    assert all("did not get to its end (failed). No space is left. Free some." in each for each in told)
    window.tabs.setCurrentWidget(window.lists)
    visible(window, QPushButton, "_state_step")[0].click()
    assert window.tabs.currentWidget() is window.activity
    assert window.activity.runs_table.current().id == "run-full"


def test_while_a_run_is_on_every_tab_says_that_it_will_be_renewed(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home, "cancel")
    with ended(qtbot, window):
        window.start("sync")
        told = in_each_tab(window, "_state")
        assert len(told) == len(TABS)
        assert all(each.startswith("A run is on") for each in told)
        window.page.engine.cancel()
    assert not any("A run is on" in each for each in in_each_tab(window, "_state"))


def test_before_the_first_sync_the_next_step_is_a_button(
    open_window: Open, empty_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(empty_home)
    starts = started(window, monkeypatch)
    window.tabs.setCurrentWidget(window.orders)
    part(window, QPushButton, "orders_tab_step").click()
    assert starts == [("sync", None)]


def test_a_sync_that_found_nothing_says_so_and_when(open_window: Open, empty_home: Home) -> None:
    store = store_of(empty_home)
    add_run(store, "run-1", "sync", 5, "done", 0)
    store.close()
    window = open_window(empty_home, company=COMPANY)
    window.tabs.setCurrentWidget(window.invoices)
    words = part(window, QLabel, "invoices_tab_empty").text()
    assert words.startswith("Checked ")
    assert "no invoice is marked for export in Quadient AP" in words


@pytest.mark.parametrize("tab", ["invoices", "payments"])
def test_when_all_that_was_approved_is_done_a_sync_that_found_nothing_says_so_and_when(
    qtbot: QtBot, open_window: Open, home: Home, tab: str
) -> None:
    store = store_of(home)
    store.write("UPDATE documents SET state = 'sent', previewed_at = ?", ((NOW - timedelta(hours=1)).isoformat(),))
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(getattr(window, tab))
    no_match = part(window, QLabel, f"{tab}_table_no_match")
    assert no_match.isVisible()
    assert no_match.text().startswith("Checked ")
    assert f"no {tab.removesuffix('s')} is " in no_match.text()
    box = part(window, QWidget, f"{tab}_filter")
    qtbot.keyClicks(box, "zinc")
    qtbot.waitUntil(lambda: no_match.text().startswith("Nothing matches."))
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: no_match.text().startswith("Checked "))
    states = part(window, QComboBox, f"{tab}_states")
    states.setCurrentIndex(states.findText("Blocked"))
    assert no_match.text().startswith("Nothing matches.")


def test_what_the_last_sync_found_and_was_sent_since_is_not_said_to_have_been_missing(
    open_window: Open, home: Home
) -> None:
    store = store_of(home)
    store.write("UPDATE documents SET state = 'sent' WHERE kind = 'invoice'")
    store.close()
    window = open_window(home)
    window.tabs.setCurrentWidget(window.invoices)
    words = part(window, QLabel, "invoices_table_no_match").text()
    assert words == "Nothing is left to send. Click Sync Now to look in Quadient AP for more."


def test_while_the_first_sync_is_on_no_empty_tab_asks_for_it(qtbot: QtBot, open_window: Open, empty_home: Home) -> None:
    window = open_window(empty_home, "cancel")
    with ended(qtbot, window):
        window.start("sync")
        told = in_each_tab(window, "_tab_empty")
        assert told == ["The first sync is on; what it brings appears here when it ends."] * len(TABS)
        assert not visible(window, QPushButton, "_tab_step")
        window.page.engine.cancel()
    told = in_each_tab(window, "_tab_empty")
    assert told
    assert all("Sync Now" in each for each in told)


def test_a_run_that_is_no_sync_is_not_called_the_first_one(qtbot: QtBot, open_window: Open, empty_home: Home) -> None:
    window = open_window(empty_home, "cancel")
    with ended(qtbot, window):
        window.start("probe")
        assert not any("first sync" in each for each in in_each_tab(window, "_tab_empty"))
        window.page.engine.cancel()


def test_where_nothing_needs_the_user_the_overview_says_so_and_where_to_go_next(open_window: Open, home: Home) -> None:
    window = open_window(home)
    assert window.overview.nothing_left.isHidden()
    assert window.findChild(QPushButton, "need_open").isVisible()
    window.shut_down()
    for file in home.path.glob("store.sqlite*"):
        file.unlink()
    store = store_of(home)
    add_run(store, "run-1", "sync", 5, "done", 0)
    store.close()
    window = open_window(home)
    assert window.findChild(QLabel, "needs_title").text() == "Nothing needs you"
    assert window.overview.nothing_left.isVisible()
    assert "ready to be sent is in Invoices and Payments" in window.overview.nothing_left.text()
    assert window.findChild(QPushButton, "need_open").isHidden()
