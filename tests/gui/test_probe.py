"""What the window shows of Sage 100's tables, and the support bundle it makes."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import orjson
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.findings import Severity
from app.domain.probe import Difference, Installation, ProbedColumn, ProbedTable, ProbeReport
from app.engine.probe_report import report_file, save_report
from app.gui.help.door import help_address
from app.gui.probe_dialog import ProbeDialog
from app.gui.widgets.table_view import MARGINS
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY
from tests.system.commands import Program, change_sage

ENGINE = (sys.executable, "-m", "app")
FAKE = str(Path(__file__).with_name("fake_engine.py"))
PATIENCE_MS = 60_000

VENDORS = ProbedTable(
    "AP_Vendor",
    True,
    ("the Vendor list", "checking and sending invoices"),
    True,
    None,
    (
        ProbedColumn("VendorNo", "VARCHAR", 7, "required"),
        ProbedColumn("EMailAddr", "VARCHAR", 250, "unused"),
        ProbedColumn("UDF_X", "DATE", 0, "site"),
    ),
    1,
    1,
)
WAREHOUSES = ProbedTable("IM_Warehouse", False, ("the Warehouse list",), True, None, (), 0, 0)
BANKS = ProbedTable("GL_Bank", True, ("the Bank Account list",), True, 1203, (), 0, 0)
MISSING = Difference(
    "table-missing",
    Severity.STOPS,
    "IM_Warehouse",
    "",
    "not there",
    "a table",
    "The Warehouse list does not work; everything else does.",
    "Allow the table in Sage.",
)
RENAMED = Difference(
    "column-missing",
    Severity.WARNS,
    "AP_Vendor",
    "EmailAddress",
    "perhaps EMailAddr",
    "text of 250",
    "In Quadient AP the e-mail address of vendors stays blank.",
    "Nothing needs to be done.",
)
REPORT = ProbeReport(
    1,
    "0.1.0",
    COMPANY,
    "Northwind Supply",
    "2026-11-24T17:12:58+00:00",
    Installation("C:\\Sage\\MAS90", "", "PVXODBC.DLL", "04.40", "ProvideX", "04.40"),
    (VENDORS, WAREHOUSES, BANKS),
    ("SY_Company",),
    (MISSING, RENAMED),
)


def shown(qtbot: QtBot, report: ProbeReport) -> ProbeDialog:
    dialog = ProbeDialog(report)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def texts(model) -> list[list[str]]:
    return [[column.text(row) for column in model.columns] for row in model.shown]


def headline(dialog: ProbeDialog) -> str:
    return dialog.findChild(QLabel, "probe_headline").text()


def test_dialog_tells_what_differs_what_it_means_and_what_to_do(qtbot: QtBot) -> None:
    dialog = shown(qtbot, REPORT)
    assert headline(dialog) == "2 things differ from what AP Bridge expects; 1 of them needs you."
    assert texts(dialog.differences)[1] == [
        "Left out",
        "AP_Vendor.EmailAddress",
        "perhaps EMailAddr",
        "text of 250",
        "In Quadient AP the e-mail address of vendors stays blank.",
        "Nothing needs to be done.",
    ]
    assert dialog.reason.text() == f"{MISSING.message} {MISSING.fix}"
    dialog.differences_table.choose("column-missing/AP_Vendor.EmailAddress")
    assert dialog.reason.text() == f"{RENAMED.message} {RENAMED.fix}"


def test_dialog_shows_tables_and_the_columns_of_the_chosen_one(qtbot: QtBot) -> None:
    dialog = shown(qtbot, REPORT)
    assert [row[:3] for row in texts(dialog.tables)] == [
        ["AP_Vendor", "There", ""],
        ["IM_Warehouse", "Missing", ""],
        ["GL_Bank", "There", "1,203"],
    ]
    assert texts(dialog.columns) == [
        ["VendorNo", "varchar", "7", "Needed"],
        ["EMailAddr", "varchar", "250", "Not read"],
        ["UDF_X", "date", "", "Your own"],
    ]
    dialog.tables_table.choose("IM_Warehouse")
    assert texts(dialog.columns) == []


def test_without_a_difference_there_is_one_good_sentence(qtbot: QtBot) -> None:
    dialog = shown(qtbot, replace(REPORT, differences=()))
    assert headline(dialog) == "Everything that AP Bridge reads is there."
    assert not dialog.differences_table.isVisible()
    assert not dialog.reason.isVisible()
    only_noted = replace(REPORT, differences=(replace(RENAMED, severity=Severity.INFORMS),))
    said = headline(shown(qtbot, only_noted))
    assert said == "1 thing differs from what AP Bridge expects; everything works."


def test_escape_closes_the_dialog_from_each_table(qtbot: QtBot) -> None:
    for name in ("differences_table", "tables_table", "columns_table"):
        dialog = shown(qtbot, REPORT)
        qtbot.keyClick(getattr(dialog, name), Qt.Key.Key_Escape)
        assert not dialog.isVisible(), name


@pytest.fixture
def window(qtbot: QtBot, home: Home) -> Iterator[MainWindow]:
    opened = MainWindow(home, COMPANY, (sys.executable, FAKE, "done"))
    qtbot.addWidget(opened)
    opened.show()
    opened.tabs.setCurrentWidget(opened.activity)
    yield opened
    opened.engine.shut_down()
    opened.support.shut_down()


def test_the_button_looks_at_sage_and_then_opens_the_dialog(qtbot: QtBot, window: MainWindow, home: Home) -> None:
    save_report(home.path, replace(REPORT, company=COMPANY))
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE_MS) as ended:
        qtbot.mouseClick(window.activity.probe, Qt.MouseButton.LeftButton)
        assert not window.activity.probe.isEnabled()
        assert window.activity.support.isEnabled()
    assert ended.args[0].command == "probe"
    dialog = window.findChild(ProbeDialog)
    assert dialog.isVisible()
    assert not window.banner.isVisible()
    assert window.activity.probe.isEnabled()
    dialog.reject()


def test_a_damaged_report_is_told(qtbot: QtBot, window: MainWindow, home: Home) -> None:
    report_file(home.path, COMPANY).write_bytes(b"{")
    with qtbot.waitSignal(window.page.run_ended, timeout=PATIENCE_MS):
        window.activity.probe.click()
    assert window.banner.title.text() == "The report about Sage 100's tables cannot be read"
    assert window.findChild(ProbeDialog) is None


def test_both_buttons_are_there_before_anything_has_run(qtbot: QtBot, empty_home: Home) -> None:
    opened = MainWindow(empty_home, COMPANY, (sys.executable, FAKE, "done"))
    qtbot.addWidget(opened)
    opened.show()
    opened.tabs.setCurrentWidget(opened.activity)
    for name in ("probe_button", "support_button"):
        assert opened.findChild(QPushButton, name).isVisible(), name


def test_real_engine_probes_and_bundles(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(tmp_path / "home")
    world = orjson.loads(program.run("sandbox", "create", "--seed", "7").out)
    change_sage(world, "DROP TABLE IM_Warehouse")
    opened = MainWindow(Home(program.home), "ABC", ENGINE)
    qtbot.addWidget(opened)
    opened.show()
    opened.tabs.setCurrentWidget(opened.activity)
    with qtbot.waitSignal(opened.page.run_ended, timeout=PATIENCE_MS):
        opened.activity.probe.click()
    dialog = opened.findChild(ProbeDialog)
    assert [row.where for row in dialog.differences.rows] == ["IM_Warehouse"]
    dialog.reject()
    assert opened.header.needs.text() == "1 needs you"
    assert opened.findChild(QLabel, "reach_sage").text().startswith("Sage 100: reached ")
    assert opened.findChild(QLabel, "reach_cloud").text() == "Quadient AP: not tried yet"

    file = tmp_path / "my bundle.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    with qtbot.waitSignal(opened.support.told, timeout=PATIENCE_MS):
        opened.activity.support.click()
    assert opened.banner.title.text() == f"The support bundle is {file}"
    with ZipFile(file) as archive:
        assert "probe-ABC.json" in archive.namelist()
    opened.close()


@pytest.mark.logs_warnings
def test_a_bundle_that_cannot_be_written_is_told(
    qtbot: QtBot, tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = MainWindow(home, COMPANY, ENGINE)
    qtbot.addWidget(opened)
    opened.show()
    file = tmp_path / "nowhere" / "bundle.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    with qtbot.waitSignal(opened.support.told, timeout=PATIENCE_MS) as told:
        opened.activity.support.click()
    assert told.args[0] == "blocked"
    assert "nowhere" in opened.banner.message.text()
    assert help_address(told.args[4]) in opened.banner.learn_more.text()
    assert told.args[4]
    opened.close()


def test_nothing_is_made_when_no_file_is_chosen(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    monkeypatch.setattr(window.support, "make", made.append)
    window.activity.support.click()
    assert made == []


def test_what_tables_are_read_for_is_seen_whole(qtbot: QtBot) -> None:
    """Where it is one list and two kinds of documents at most."""
    longest = ("the Unit Measure list", "checking and sending invoices", "checking and sending payments")
    dialog = shown(qtbot, replace(REPORT, tables=(replace(VENDORS, used_for=longest),)))
    table, column = dialog.tables_table, len(dialog.tables.columns) - 1
    wanted = table.fontMetrics().horizontalAdvance(dialog.tables.columns[column].text(dialog.tables.rows[0]))
    assert wanted + MARGINS <= table.columnWidth(column)
    assert table.columnViewportPosition(column) + table.columnWidth(column) <= table.viewport().width()
