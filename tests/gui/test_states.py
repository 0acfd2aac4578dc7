"""Every tab says why what it shows is not fresh, and offers one next step."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine.store import Store
from app.errors import ExitCode
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY, add_run
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
