"""The real window on the real engine and the demo world: Sync Now, preview, untick one, Send, proof."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.engine.views import Views
from app.gui.widgets.detail import Detail
from app.gui.window import MainWindow
from app.settings import Home
from tests.system.commands import Program, in_cloud, in_sage, switch

ENGINE = (sys.executable, "-m", "app")
PATIENCE_MS = 60_000


@pytest.fixture
def program(tmp_path: Path) -> Program:
    made = Program(tmp_path / "home")
    created = made.run("sandbox", "create", "--seed", "11")
    assert created.code == 0, created.err
    return made


@pytest.fixture
def world(program: Program) -> Iterator[dict[str, Any]]:
    with program.served() as description:
        yield description


@pytest.fixture
def window(qtbot: QtBot, program: Program) -> MainWindow:
    opened = MainWindow(Home(program.home), "ABC", ENGINE)
    qtbot.addWidget(opened)
    opened.show()
    return opened


def close(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.closed, timeout=PATIENCE_MS):
        window.close()
    assert not window.engine.running


def click(qtbot: QtBot, window: MainWindow, name: str) -> None:
    button = next(each for each in window.findChildren(QPushButton, name) if each.isVisible())
    qtbot.waitUntil(button.isEnabled, timeout=PATIENCE_MS)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def finish_run(qtbot: QtBot, window: MainWindow, button: str) -> int:
    """Click, wait until the run has ended, and return its exit code."""
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE_MS) as ended:
        click(qtbot, window, button)
    return int(ended.args[0].exit_code)


def test_sync_untick_one_send_and_see_totals_that_match(
    qtbot: QtBot, window: MainWindow, program: Program, world: dict[str, Any]
) -> None:
    assert finish_run(qtbot, window, "sync_button") in (0, 1)
    window.tabs.setCurrentWidget(window.invoices)
    views = Views(program.home / "store.sqlite", "ABC")
    ready = [row.id for row in views.documents("invoice") if row.state == "ready"]
    left_out = ready[1]
    assert window.invoices.table.choose(left_out)
    qtbot.keyClick(window.invoices.table, Qt.Key.Key_Space)
    assert f"{len(ready) - 1} of" in window.findChild(QLabel, "invoices_ticked").text()

    click(qtbot, window, "send_invoices")
    assert in_sage(world) == {}, "nothing is written before the question is answered"
    assert finish_run(qtbot, window, "confirm_send") == 0

    there = in_sage(world)
    assert set(there) == set(ready) - {left_out}
    assert all(count == 1 for count, _ in there.values())
    cloud = in_cloud(world, "invoices")
    assert {cloud[id_]["status"] for id_ in there} == {"EX"}
    assert (cloud[left_out]["status"], cloud[left_out]["marked"]) == ("A", True)
    assert all(amount == Decimal(cloud[id_]["document"]["amount"]) for id_, (_, amount) in there.items())
    (newest,) = views.runs(1)
    totals = views.totals(newest.id)
    views.close()
    assert totals
    assert all(row.matches for row in totals)
    assert sum(row.sage_count for row in totals) == len(there)
    shown = window.findChild(Detail, "invoices_totals_words")
    assert shown.isVisible()
    assert "agree" in shown.toPlainText()


def test_payments_go_the_same_way(qtbot: QtBot, window: MainWindow, program: Program, world: dict[str, Any]) -> None:
    finish_run(qtbot, window, "sync_button")
    window.tabs.setCurrentWidget(window.payments)
    click(qtbot, window, "send_payments")
    assert finish_run(qtbot, window, "confirm_send") == 0
    cloud = in_cloud(world, "payments")
    exported = {id_ for id_, each in cloud.items() if each["status"] == "EX"}
    assert set(in_sage(world)) == exported != set()


def test_a_run_is_undone_from_its_place_in_activity(
    qtbot: QtBot, window: MainWindow, program: Program, world: dict[str, Any]
) -> None:
    finish_run(qtbot, window, "sync_button")
    window.tabs.setCurrentWidget(window.invoices)
    click(qtbot, window, "send_invoices")
    assert finish_run(qtbot, window, "confirm_send") == 0
    everyone = in_sage(world)
    assert len(everyone) > 1

    window.tabs.setCurrentWidget(window.activity)
    views = Views(program.home / "store.sqlite", "ABC")
    window.activity.open_run(views.runs(1)[0].id)
    click(qtbot, window, "undo_run")
    question = next(each for each in window.findChildren(QLabel, "confirm_question") if each.isVisible()).text()
    assert f"Undo {len(everyone)} invoices, {sum(amount for _, amount in everyone.values()):,.2f}?" in question
    assert in_sage(world) == everyone, "nothing is deleted before the question is answered"
    assert finish_run(qtbot, window, "confirm_undo") == 0

    assert in_sage(world) == {}
    cloud = in_cloud(world, "invoices")
    assert {(cloud[id_]["status"], cloud[id_]["marked"]) for id_ in everyone} == {("A", False)}
    told = [row.sentence for row in window.activity.events.rows]
    assert sum("deleted in Sage" in sentence and "undone" in sentence for sentence in told) == len(everyone)
    assert "deleted in Sage" in window.findChild(QLabel, "banner_message").text()
    assert {row.state for row in window.invoices.documents.rows if row.id in everyone} == {"undone"}
    window.activity.open_run(views.runs(2)[1].id)
    assert window.findChild(QPushButton, "undo_run").isHidden(), "what is undone already is not offered again"
    views.close()


def test_one_document_is_undone_and_sent_again_from_its_tab(
    qtbot: QtBot, window: MainWindow, program: Program, world: dict[str, Any]
) -> None:
    finish_run(qtbot, window, "sync_button")
    window.tabs.setCurrentWidget(window.payments)
    click(qtbot, window, "send_payments")
    assert finish_run(qtbot, window, "confirm_send") == 0
    first, *others = sorted(in_sage(world))
    window.payments.to_sage.open_record(first)
    click(qtbot, window, "undo_payments")
    assert first in in_sage(world), "nothing is deleted before the question is answered"
    assert finish_run(qtbot, window, "confirm_settle_payments") == 0
    assert sorted(in_sage(world)) == others
    assert (in_cloud(world, "payments")[first]["status"], window.tabs.currentWidget()) == ("PD", window.payments)

    window.payments.to_sage.open_record(first)
    click(qtbot, window, "send_again_payments")
    assert finish_run(qtbot, window, "confirm_settle_payments") in (0, 1)
    click(qtbot, window, "send_payments")
    assert finish_run(qtbot, window, "confirm_send") == 0
    assert sorted(in_sage(world)) == [first, *others]
    assert in_cloud(world, "payments")[first]["status"] == "EX"


def test_a_lost_connection_is_told_and_the_next_sync_works(qtbot: QtBot, window: MainWindow, program: Program) -> None:
    assert finish_run(qtbot, window, "sync_button") == 4
    assert "Quadient AP" in window.findChild(QLabel, "banner_title").text()
    with program.served():
        assert finish_run(qtbot, window, "sync_button") in (0, 1)
    close(qtbot, window)


@pytest.mark.logs_warnings
def test_closing_in_mid_run_leaves_no_child_and_a_sound_store(
    qtbot: QtBot, window: MainWindow, program: Program, world: dict[str, Any]
) -> None:
    switch(world, hang="odbc")
    with qtbot.waitSignal(window.engine.told, timeout=PATIENCE_MS):
        click(qtbot, window, "sync_button")
    close(qtbot, window)
    children = subprocess.run(["pgrep", "-f", "app sync --company"], capture_output=True, encoding="utf-8", check=False)
    mine = [
        pid
        for pid in children.stdout.split()
        if str(program.home).encode() in Path(f"/proc/{pid}/environ").read_bytes()
    ]
    assert mine == []
    store = sqlite3.connect(program.home / "store.sqlite")
    assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
