"""A bill that was deleted in Sage after it was sent: it needs the user, who lets it be or has it sent once more."""

import sys
from typing import Any

import pytest
import requests
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.engine.views import Attention, Views
from app.gui.window import MainWindow
from app.settings import Home
from tests.system.commands import Program, change_sage, in_cloud, in_sage
from tests.system.conftest import made_world, program, world
from tests.system.test_sending import number_of
from tests.system.test_undo import sent, state_of

__all__ = ["made_world", "program", "world"]

ENGINE = (sys.executable, "-m", "app")
PATIENCE_MS = 60_000


@pytest.fixture
def gone(program: Program, world: dict[str, Any]) -> str:
    """The id of an invoice that was sent, deleted in Sage, and missed by a sync."""
    _, everyone = sent(program)
    change_sage(world, f"DELETE FROM AP_InvoiceHeader WHERE InvoiceNo = '{number_of(program, everyone[0])}'")
    assert program.run("sync", "--json").code in (0, 1)
    return everyone[0]


def needing(program: Program, id_: str) -> list[Attention]:
    views = Views(Home(program.home).store_file, "ABC")
    try:
        return [each for each in views.needs_you() if each.key == id_]
    finally:
        views.close()


@pytest.fixture
def window(qtbot: QtBot, program: Program, gone: str) -> MainWindow:
    """The window where “what needs you” leads to."""
    opened = MainWindow(Home(program.home), "ABC", ENGINE)
    qtbot.addWidget(opened)
    opened.show()
    (need,) = needing(program, gone)
    opened.open_record(need)
    return opened


def button(window: MainWindow, name: str) -> QPushButton:
    return window.findChild(QPushButton, name)


def test_it_needs_the_user_and_is_let_be(
    qtbot: QtBot, window: MainWindow, program: Program, world: dict[str, Any], gone: str
) -> None:
    (need,) = needing(program, gone)
    assert need.title.endswith(" is no longer in Sage")
    assert need.since is not None
    assert window.invoices.table.current().id == gone
    assert "Sage has it no longer, as of " in window.invoices.detail.toPlainText()
    assert button(window, "undo_invoices").isHidden(), "there is nothing to delete"
    qtbot.mouseClick(button(window, "leave_invoices"), Qt.MouseButton.LeftButton)
    assert needing(program, gone), "nothing happens before the question is answered"
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE_MS) as ended:
        qtbot.keyClick(button(window, "confirm_settle_invoices"), Qt.Key.Key_Space)
    assert ended.args[0].exit_code == 0
    assert needing(program, gone) == []
    assert (in_cloud(world, "invoices")[gone]["status"], gone in in_sage(world)) == ("EX", False)
    window.open_record(need)
    assert "it was left as Exported" in window.invoices.detail.toPlainText()
    assert window.invoices.settle.isHidden()
    assert program.run("sync", "--json").code in (0, 1)
    assert needing(program, gone) == [], "the next sync asks no more"


def test_marked_for_export_once_more_it_is_ready_and_needs_nobody(
    program: Program, world: dict[str, Any], gone: str
) -> None:
    for move in ("undo-export", "mark-for-export"):
        place = f"{world['quadient_ap']['admin_url']}invoices/{gone}/{move}"
        requests.post(place, timeout=10).raise_for_status()
    assert needing(program, gone), "AP Bridge does not know yet"
    assert program.run("sync", "--json").code in (0, 1)
    assert state_of(program, gone) == "ready"
    assert needing(program, gone) == []


def test_the_terminal_lets_it_be_as_well(program: Program, gone: str) -> None:
    assert program.run("mark-exported", "invoices", "--id", gone, "--although-not-in-sage").code == 0
    assert needing(program, gone) == []
