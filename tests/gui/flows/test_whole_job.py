"""On the real engine and the demo: sync, preview, untick one, send, totals, undo; and a network that was lost."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.engine.views import Views
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.flows.hands import Hands
from tests.system.commands import Program, in_cloud, in_sage
from tests.system.conftest import made_world, program, world

__all__ = ["made_world", "program", "world"]

ENGINE = (sys.executable, "-m", "app")
PATIENCE_MS = 60_000


@pytest.fixture
def window(qtbot: QtBot, program: Program) -> Iterator[MainWindow]:
    opened = MainWindow(Home(program.home), "ABC", ENGINE)
    qtbot.addWidget(opened)
    opened.show()
    with qtbot.waitActive(opened):
        opened.activateWindow()
    yield opened
    opened.shut_down()


def seen(window: MainWindow, name: str) -> QWidget:
    return next(each for each in window.findChildren(QPushButton, name) if each.isVisible())


def run(qtbot: QtBot, window: MainWindow, hands: Hands, button: str) -> int:
    """Press a button, wait until its run has ended, and return the exit code."""
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE_MS) as ended:
        hands.press(seen(window, button))
    return int(ended.args[0].exit_code)


def test_sync_preview_untick_send_totals_and_undo(
    qtbot: QtBot, window: MainWindow, program: Program, world: dict[str, Any], hands: Hands
) -> None:
    assert run(qtbot, window, hands, "sync_button") in (0, 1)
    hands.turn_to(window.tabs, window.invoices)
    table = window.invoices.table
    ready = [row.id for row in window.invoices.documents.rows if row.state == "ready"]
    left_out, looked_at, *_ = ready

    hands.open(table, looked_at)
    number = table.current().document.number
    assert number in window.invoices.detail.toPlainText()
    assert "Will stand in Sage" in window.invoices.detail.toPlainText()

    hands.tick(table, left_out)
    assert f"{len(ready) - 1} of" in window.findChild(QLabel, "invoices_ticked").text()
    hands.press(seen(window, "send_invoices"))
    assert in_sage(world) == {}, "nothing is written before the question is answered"
    assert run(qtbot, window, hands, "confirm_send") == 0
    sent = in_sage(world)
    assert set(sent) == set(ready) - {left_out}
    assert all(count == 1 for count, _ in sent.values())
    assert in_cloud(world, "invoices")[left_out]["status"] == "A"

    totals = window.invoices.totals
    assert totals.isVisible()
    assert "agree" in totals.words.toPlainText()
    assert sum(row.sage_count for row in totals.model.rows if row.batch) >= len(sent)

    views = Views(program.home / "store.sqlite", "ABC")
    newest = views.runs(1)[0].id
    views.close()
    hands.turn_to(window.tabs, window.activity)
    hands.choose(window.activity.runs_table, newest)
    hands.press(seen(window, "undo_run"))
    assert in_sage(world) == sent, "nothing is deleted before the question is answered"
    assert run(qtbot, window, hands, "confirm_undo") == 0
    assert in_sage(world) == {}
    assert {in_cloud(world, "invoices")[id_]["status"] for id_ in sent} == {"A"}


def test_a_lost_network_is_told_and_tried_again_from_where_it_is_told(
    qtbot: QtBot, window: MainWindow, program: Program, hands: Hands
) -> None:
    assert run(qtbot, window, hands, "sync_button") == 4
    assert "Quadient AP" in window.page.findChild(QLabel, "banner_title").text()
    hands.press(seen(window, "banner_close"))
    assert window.page.foot.strip.isVisible()
    assert "Quadient AP could not be reached" in window.page.foot.strip.words.text()
    with program.served():
        assert run(qtbot, window, hands, "page_state_step") in (0, 1)
    assert not window.page.foot.strip.isVisible()
    assert window.overview.views.last_sync() is not None
