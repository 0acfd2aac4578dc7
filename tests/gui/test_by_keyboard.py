"""The whole of a send without a mouse: look, untick, send, read the totals, undo."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.gui.widgets.table_view import TableView
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.test_window import Open, open_window, part

__all__ = ["open_window"]

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
Starts = list[tuple[str, list[str] | None, tuple[str, ...]]]


@pytest.fixture
def press(qtbot: QtBot) -> Callable[..., None]:
    """Press a key where the focus is."""

    def pressed(window: MainWindow, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(QApplication.focusWidget() or window, key, modifier)

    return pressed


def by_tab(window: MainWindow, press: Callable[..., None], wanted: QWidget) -> None:
    """Press Tab until `wanted` has the focus."""
    for _ in range(60):
        if QApplication.focusWidget() is wanted:
            return
        press(window, Key.Key_Tab)
    raise AssertionError(f"{wanted.objectName()} is not reached by Tab")


def gathered(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Starts:
    starts: Starts = []
    monkeypatch.setattr(
        window.page.engine,
        "start",
        lambda command, ids=None, arguments=(): starts.append((command, ids, tuple(arguments))),
    )
    return starts


def on_invoices(window: MainWindow, press: Callable[..., None]) -> TableView:
    """Go to the invoices by their letter, and into their table."""
    press(window, Key.Key_I, ALT)
    assert window.tabs.currentWidget() is window.invoices
    table = part(window, TableView, "invoices_table")
    by_tab(window, press, table)
    return table


def test_an_invoice_is_unticked_and_the_others_are_sent(
    open_window: Open, home: Home, press: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(home)
    starts = gathered(window, monkeypatch)
    table = on_invoices(window, press)
    while not table.current().sendable:  # what needs the user comes first
        press(window, Key.Key_Down)
    held_back = table.current().id
    press(window, Key.Key_Space)
    by_tab(window, press, part(window, QPushButton, "send_invoices"))
    press(window, Key.Key_Space)
    assert starts == [], "the question comes first"
    by_tab(window, press, window.invoices.footer.confirm.yes)
    press(window, Key.Key_Space)
    ((command, ids, _),) = starts
    assert command == "send invoices"
    assert held_back not in (ids or [])
    assert len(ids or []) == 11


def test_the_details_are_read_and_left_again(open_window: Open, home: Home, press: Callable[..., None]) -> None:
    window = open_window(home)
    on_invoices(window, press)
    press(window, Key.Key_Return)
    assert window.invoices.detail.hasFocus()


def test_the_totals_are_reached_and_can_be_saved(open_window: Open, home: Home, press: Callable[..., None]) -> None:
    window = open_window(home)
    on_invoices(window, press)
    bar = window.invoices.lower.tabBar()
    by_tab(window, press, bar)
    press(window, Key.Key_Right)
    assert window.invoices.lower.currentWidget() is window.invoices.totals
    by_tab(window, press, window.invoices.totals.table)
    by_tab(window, press, window.invoices.totals.save)


def test_a_sent_invoice_is_undone(
    open_window: Open, home: Home, press: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(home)
    starts = gathered(window, monkeypatch)
    flow = window.overview.flow
    by_tab(window, press, flow)
    press(window, Key.Key_Right)
    press(window, Key.Key_Return)
    table = part(window, TableView, "invoices_table")
    assert table.hasFocus()
    chosen = table.current().id
    by_tab(window, press, part(window, QPushButton, "undo_invoices"))
    press(window, Key.Key_Space)
    by_tab(window, press, window.invoices.settle.confirm.yes)
    press(window, Key.Key_Space)
    assert starts == [("undo", [chosen], ())]


def test_what_was_blocked_is_looked_at_again(
    open_window: Open, home: Home, press: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(home)
    starts = gathered(window, monkeypatch)
    needs = part(window, TableView, "needs_table")
    by_tab(window, press, needs)
    press(window, Key.Key_Return)
    assert window.tabs.currentWidget() is window.invoices
    by_tab(window, press, part(window, QPushButton, "look_again_invoices"))
    press(window, Key.Key_Space)
    assert starts == [("preview invoices", None, ())]


def test_every_picture_is_reached_by_tab(open_window: Open, home: Home, press: Callable[..., None]) -> None:
    window = open_window(home)
    overview = window.overview
    for picture in (overview.ages, overview.days, overview.flow, overview.payments_flow):
        by_tab(window, press, picture)
