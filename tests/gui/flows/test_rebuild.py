"""A store that is damaged or lost: the window says so, asks, and makes it again from Sage and Quadient AP."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.flows.hands import Hands
from tests.gui.shell import settle
from tests.system.commands import Program, rows
from tests.system.conftest import made_world, program, world

__all__ = ["made_world", "program", "world"]

ENGINE = (sys.executable, "-m", "app")
PATIENCE_MS = 60_000
NO_STORE = b"This is no store." * 1000

Open = Callable[[Program], MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Open]:
    made: list[MainWindow] = []

    def window(program: Program) -> MainWindow:
        made.append(MainWindow(Home(program.home), "ABC", ENGINE))
        qtbot.addWidget(made[-1])
        made[-1].show()
        with qtbot.waitActive(made[-1]):
            made[-1].activateWindow()
        return made[-1]

    yield window
    for each in made:
        each.shut_down()


@pytest.fixture
def sent(program: Program, world: dict[str, Any]) -> list[str]:
    """The ids of the invoices that were sent, in a home whose work is done."""
    assert program.run("sync").code in (0, 1)
    assert program.run("send", "invoices", "--all-ready").code in (0, 1)
    return in_the_store(program)


def in_the_store(program: Program) -> list[str]:
    sql = "SELECT id FROM documents WHERE kind = 'invoice' AND state = 'sent' ORDER BY id"
    return [row[0] for row in rows(program.home / "store.sqlite", sql)]


def lose(program: Program) -> None:
    for file in program.home.glob("store.sqlite*"):
        file.unlink()


def damage(program: Program) -> None:
    lose(program)
    (program.home / "store.sqlite").write_bytes(NO_STORE)


def in_sage(world: dict[str, Any]) -> list[tuple[Any, ...]]:
    return rows(world["sage"]["file"], "SELECT * FROM AP_InvoiceHeader ORDER BY 1, 2, 3, 4")


def button(window: MainWindow, name: str) -> QPushButton:
    return window.findChild(QPushButton, name)


def rebuilt(qtbot: QtBot, window: MainWindow, hands: Hands) -> None:
    assert not window.engine.running, "the question comes first"
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE_MS):
        hands.press(button(window, "confirm_rebuild"))
    settle(window)


def shown_as_sent(window: MainWindow) -> list[str]:
    window.invoices.load_if_stale()
    return sorted(row.id for row in window.invoices.documents.rows if row.state == "sent")


@pytest.mark.logs_warnings  # the engine's word on the file that is kept
def test_a_damaged_store_is_made_again_and_the_tabs_show_what_was_found(
    qtbot: QtBot, program: Program, world: dict[str, Any], sent: list[str], open_window: Open, hands: Hands
) -> None:
    damage(program)
    before = in_sage(world)
    window = open_window(program)
    assert window.banner.title.text() == "The store is damaged"
    assert window.findChild(QLabel, "last_sync").text() == "Last sync not known"
    assert "cannot be read" in window.overview.empty.words.text()
    hands.press(button(window, "banner_rebuild"))
    assert "nothing is changed in either" in window.page.foot.rebuild.question.text()
    rebuilt(qtbot, window, hands)
    assert shown_as_sent(window) == sent
    assert in_sage(world) == before
    assert window.banner.title.text() == "Rebuild done"
    assert f"{len(sent)} documents that Sage has" in window.banner.message.text()
    assert window.overview.needs_table.isVisible()
    assert window.activity.views.runs(1)[0].command == "rebuild"
    (aside,) = program.home.glob("store.damaged-*.sqlite")
    assert aside.read_bytes() == NO_STORE


@pytest.mark.logs_warnings  # the engine's word on the file that is kept
def test_a_run_that_finds_the_store_damaged_offers_to_rebuild(
    qtbot: QtBot, program: Program, sent: list[str], open_window: Open, hands: Hands
) -> None:
    window = open_window(program)
    damage(program)
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE_MS):
        hands.press(button(window, "sync_button"))
    with qtbot.assertNotEmitted(window.page.outside_ended):
        window.outside.looked.emit()
    assert window.banner.title.text() == "The store is damaged", "no run of before is told again"
    hands.press(button(window, "banner_rebuild"))
    rebuilt(qtbot, window, hands)
    assert shown_as_sent(window) == sent


def test_a_store_that_was_lost_can_be_made_again_before_the_first_sync(
    qtbot: QtBot, program: Program, sent: list[str], open_window: Open, hands: Hands
) -> None:
    lose(program)
    window = open_window(program)
    hands.press(button(window, "overview_rebuild"))
    assert "is kept" not in window.page.foot.rebuild.question.text(), "there is nothing to keep"
    rebuilt(qtbot, window, hands)
    assert shown_as_sent(window) == sent
    assert not window.overview.rebuild.isVisible()


@pytest.mark.usefixtures("world")
def test_not_yet_and_esc_leave_all_as_it_is(qtbot: QtBot, program: Program, open_window: Open, hands: Hands) -> None:
    damage(program)
    window = open_window(program)
    hands.press(button(window, "banner_rebuild"))
    assert not window.banner.isVisible()
    hands.press(window.page.foot.rebuild.no)
    assert window.banner.isVisible()
    hands.press(button(window, "banner_rebuild"))
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.page.foot.rebuild.isVisible()
    assert window.banner.title.text() == "The store is damaged"
    assert not window.engine.running
    assert (program.home / "store.sqlite").read_bytes() == NO_STORE


@pytest.mark.logs_warnings  # the engine's word on the file that is kept
def test_a_rebuild_that_cannot_reach_quadient_ap_says_so_and_can_be_tried_again(
    qtbot: QtBot, made_world: Path, tmp_path: Path, open_window: Open, hands: Hands
) -> None:
    program = Program(Path(shutil.copytree(made_world, tmp_path / "unserved")))
    damage(program)
    window = open_window(program)
    hands.press(button(window, "banner_rebuild"))
    rebuilt(qtbot, window, hands)
    assert window.banner.title.text() == "Quadient AP cannot be reached"
    assert list(program.home.glob("store.damaged-*.sqlite"))
