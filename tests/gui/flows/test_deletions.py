"""Much that Sage has no more: the window asks, and a person says that it was really deleted."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.flows.hands import Hands
from tests.system.commands import Program, change_sage
from tests.system.conftest import made_world, program, world

__all__ = ["made_world", "program", "world"]

ENGINE = (sys.executable, "-m", "app")
PATIENCE_MS = 60_000


@pytest.fixture
def window(qtbot: QtBot, program: Program, world: dict[str, Any]) -> Iterator[MainWindow]:
    """The window after a sync that missed half of the GL accounts."""
    assert program.run("sync").code in (0, 1)
    newest = "SELECT AccountKey FROM GL_Account ORDER BY AccountKey DESC LIMIT 70"
    change_sage(world, f"DELETE FROM GL_Account WHERE AccountKey IN ({newest})")
    assert program.run("sync", "--full").code == 1
    opened = MainWindow(Home(program.home), "ABC", ENGINE)
    qtbot.addWidget(opened)
    opened.show()
    with qtbot.waitActive(opened):
        opened.activateWindow()
    yield opened
    opened.shut_down()


def test_what_was_really_deleted_becomes_inactive_once_a_person_says_so(
    qtbot: QtBot, window: MainWindow, hands: Hands
) -> None:
    overview = window.overview
    asked = next(row for row in overview.needs.rows if row.code == "many-deletions")
    before = {each.name: each.inactive for each in overview.views.lists()}
    hands.choose(overview.needs_table, overview.needs.identity(asked))
    hands.press(window.findChild(QPushButton, "accept_deletions"))
    assert not window.engine.running, "the question comes first"
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE_MS):
        hands.press(window.findChild(QPushButton, "confirm_deletions"))
    after = {each.name: each.inactive for each in overview.views.lists()}
    assert sum(after.values()) > sum(before.values()) + 20
    assert not any(row.code == "many-deletions" for row in overview.needs.rows)
    assert not overview.deletions.isVisible()


def test_not_yet_changes_nothing(window: MainWindow, hands: Hands) -> None:
    overview = window.overview
    asked = next(row for row in overview.needs.rows if row.code == "many-deletions")
    hands.choose(overview.needs_table, overview.needs.identity(asked))
    hands.press(window.findChild(QPushButton, "accept_deletions"))
    hands.press(overview.deletions.confirm.no)
    assert not window.engine.running
    assert overview.deletions.button.isVisible()
