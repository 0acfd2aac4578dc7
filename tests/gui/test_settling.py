"""Mark as exported and Send again, clicked in the real window: Quadient AP follows, Sage stays as it is."""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.gui.window import MainWindow
from app.settings import Home
from tests.system.commands import Program, in_cloud, in_sage, rows, switch

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
def failed(program: Program, world: dict[str, Any]) -> str:
    """An invoice in Sync Error that Sage would take by now."""
    program.run("sync", "--json")
    store = program.home / "store.sqlite"
    ((id_, payload),) = rows(store, "SELECT id, payload FROM documents WHERE state = 'ready' ORDER BY kind, id LIMIT 1")
    switch(world, refuse_write=orjson.loads(payload)["number"])
    program.run("send", "invoices", "--id", id_, "--json")
    switch(world)
    assert in_cloud(world, "invoices")[id_]["status"] == "SE"
    return str(id_)


@pytest.fixture
def window(qtbot: QtBot, program: Program, failed: str) -> MainWindow:
    """The window with the invoice chosen."""
    opened = MainWindow(Home(program.home), "ABC", ENGINE)
    qtbot.addWidget(opened)
    opened.show()
    opened.tabs.setCurrentWidget(opened.invoices)
    opened.invoices.open_record(failed)
    return opened


def button(window: MainWindow, name: str) -> QPushButton:
    return window.findChild(QPushButton, name)


def click(qtbot: QtBot, window: MainWindow, name: str) -> None:
    assert button(window, name).isVisible()
    qtbot.mouseClick(button(window, name), Qt.MouseButton.LeftButton)


def confirm(qtbot: QtBot, window: MainWindow) -> int:
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE_MS) as ended:
        click(qtbot, window, "confirm_settle_invoices")
    return int(ended.args[0].exit_code)


def banner(window: MainWindow) -> str:
    return " ".join(window.findChild(QLabel, name).text() for name in ("banner_title", "banner_message"))


def state_of(program: Program, id_: str) -> str:
    return str(rows(program.home / "store.sqlite", "SELECT state FROM documents WHERE id = ?", (id_,))[0][0])


def test_a_sync_error_is_marked_for_export_again_and_can_be_ticked(
    qtbot: QtBot, window: MainWindow, program: Program, world: dict[str, Any], failed: str
) -> None:
    click(qtbot, window, "send_again_invoices")
    assert not in_cloud(world, "invoices")[failed]["marked"], "nothing happens before the question is answered"
    assert confirm(qtbot, window) in (0, 1)
    there = in_cloud(world, "invoices")[failed]
    assert (there["status"], there["marked"]) == ("SE", True)
    assert in_sage(world) == {}
    assert state_of(program, failed) == "ready"
    window.invoices.open_record(failed)
    assert not button(window, "send_again_invoices").isVisible(), "it needs nobody any more"


def test_a_bill_that_is_in_sage_is_marked_as_exported(
    qtbot: QtBot, window: MainWindow, program: Program, world: dict[str, Any], failed: str
) -> None:
    bill = in_cloud(world, "invoices")[failed]["document"]
    books = sqlite3.connect(world["sage"]["file"])
    with books:
        books.execute(
            "INSERT INTO AP_OpenInvoice (APDivisionNo, VendorNo, InvoiceNo, InvoiceDate, InvoiceAmt, Balance)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
            (bill["division"], bill["vendor_number"], bill["number"], bill["invoice_date"], bill["amount"]),
        )
    books.close()
    click(qtbot, window, "mark_exported_invoices")
    assert confirm(qtbot, window) == 0
    there = in_cloud(world, "invoices")[failed]
    external_id = f"ABC:{bill['division']}-{bill['vendor_number']}:{bill['number']}"
    assert (there["status"], there["external_id"]) == ("EX", external_id)
    assert state_of(program, failed) == "settled"


def test_what_sage_does_not_have_is_marked_only_with_the_box_ticked(
    qtbot: QtBot, window: MainWindow, program: Program, world: dict[str, Any], failed: str
) -> None:
    click(qtbot, window, "mark_exported_invoices")
    assert confirm(qtbot, window) == 1
    assert in_cloud(world, "invoices")[failed]["status"] == "SE"
    assert "Sage has nothing under its number" in banner(window)
    window.invoices.open_record(failed)
    click(qtbot, window, "mark_exported_invoices")
    although = window.invoices.settle.although
    assert although.isVisible()
    qtbot.keyClick(although, Qt.Key.Key_Space)
    assert although.isChecked()
    assert confirm(qtbot, window) == 0
    assert in_cloud(world, "invoices")[failed]["status"] == "EX"
    assert state_of(program, failed) == "settled"


def test_a_question_that_is_not_answered_yet_changes_nothing(
    qtbot: QtBot, window: MainWindow, world: dict[str, Any], failed: str
) -> None:
    click(qtbot, window, "mark_exported_invoices")
    qtbot.keyClick(window.invoices.table, Qt.Key.Key_Escape)
    assert window.invoices.settle.confirm.isHidden()
    click(qtbot, window, "send_again_invoices")
    window.invoices.table.clearSelection()
    window.invoices.settle.show_rows(())
    assert window.invoices.settle.isHidden()
    assert not window.engine.running
    assert in_cloud(world, "invoices")[failed]["status"] == "SE"
