"""What the window saves and prints: by the real engine, from what the store holds."""

import csv
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.gui.help.door import help_address
from app.gui.widgets.save_button import SaveButton
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY, SEND_RUN

ENGINE = (sys.executable, "-m", "app")
PATIENCE_MS = 60_000
PRINT, PDF, CSV, LINES = range(4)
AMOUNT = 5  # its column


@pytest.fixture
def window(qtbot: QtBot, home: Home) -> Iterator[MainWindow]:
    opened = MainWindow(home, COMPANY, ENGINE)
    qtbot.addWidget(opened)
    opened.show()
    opened.tabs.setCurrentWidget(opened.invoices)
    yield opened
    opened.papers.shut_down()


def choose(qtbot: QtBot, window: MainWindow, name: str, at: int) -> tuple[str, str, str, str, str]:
    """Choose an entry of a button's menu; return what was told at the end."""
    button = window.findChild(SaveButton, name)
    assert button.isVisible()
    with qtbot.waitSignal(window.papers.told, timeout=PATIENCE_MS) as told:
        button.menu().actions()[at].trigger()
    return tuple(told.args)


def answer(monkeypatch: pytest.MonkeyPatch, file: Path) -> list[str]:
    """Let the user choose `file`; return the list to which each suggested name is added."""
    suggested: list[str] = []

    def chosen(_: object, __: str, name: str, *___: str) -> tuple[str, str]:
        suggested.append(Path(name).name)
        return str(file), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    return suggested


def table(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text("utf-8-sig").splitlines(keepends=True)))


def test_the_preview_is_saved_for_excel_with_all_that_waits(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "preview.csv"
    suggested = answer(monkeypatch, file)
    told = choose(qtbot, window, "invoices_save", CSV)
    waiting = {row.id: row.document.amount for row in window.invoices.documents.rows if row.pending}
    part = f"{len(waiting)} of {len(window.invoices.documents.rows)}"
    assert told == ("ok", f"Saved: {file}", f"{part} shown: Not yet sent.", "", "")
    assert {each["Quadient AP"]: Decimal(each["Amount"]) for each in table(file)} == waiting
    assert suggested[0].startswith("AP Bridge preview of invoices 20")
    assert suggested[0].endswith(f" ({part}).csv")
    assert window.banner.title.text() == f"Saved: {file}"


def test_what_is_saved_is_what_the_table_shows_in_its_order(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "preview.csv"
    answer(monkeypatch, file)
    tab = window.invoices
    tab.filter_box.setText("cedar")
    qtbot.waitUntil(lambda: len(tab.documents.shown) < 10)
    tab.table.sortByColumn(1 + AMOUNT, Qt.SortOrder.DescendingOrder)
    shown = [row.id for row in tab.documents.shown]
    left_out = next(row for row in tab.documents.shown if row.sendable)
    tab.documents.tick([left_out], on=False)
    told = choose(qtbot, window, "invoices_save", CSV)[2]
    assert told.endswith("shown: Not yet sent, filter “cedar”, sorted by Amount, descending.")
    assert [each["Quadient AP"] for each in table(file)] == shown
    amounts = [Decimal(each["Amount"]) for each in table(file)]
    assert amounts == sorted(amounts, reverse=True)
    assert [each["Quadient AP"] for each in table(file) if each["Ticked"] == "No"] == [left_out.id]


def test_a_page_says_in_its_heading_what_part_it_shows(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "preview.pdf"
    answer(monkeypatch, file)
    tab = window.payments.to_sage
    window.tabs.setCurrentWidget(window.payments)
    (one, other) = tab.documents.shown
    tab.filter_box.setText(one.check_number)
    qtbot.waitUntil(lambda: tab.documents.shown == [one])
    assert choose(qtbot, window, "payments_save", PDF)[0] == "ok"
    (page,) = PdfReader(file).pages
    text = page.extract_text()
    assert f"1 of 2 shown: Not yet sent, filter “{one.check_number}”" in text.replace("\n", " ")
    assert one.check_number in text
    assert other.document.vendor_name not in text or other.document.vendor_name == one.document.vendor_name
    assert "Ticked, ready to be sent" in text.replace("\n", " ")


def test_its_lines_are_saved_too(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "lines.csv"
    answer(monkeypatch, file)
    assert choose(qtbot, window, "invoices_save", LINES)[0] == "ok"
    waiting = sum(row.document.amount for row in window.invoices.documents.rows if row.pending)
    assert sum(Decimal(each["Amount"]) for each in table(file)) == waiting


def test_the_totals_are_saved_as_one_page(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "totals.pdf"
    suggested = answer(monkeypatch, file)
    window.invoices.show_totals()
    assert choose(qtbot, window, "invoices_totals_save", PDF)[0] == "ok"
    (page,) = PdfReader(file).pages
    assert f"Run {SEND_RUN}" in page.extract_text()
    assert suggested == [f"AP Bridge totals {SEND_RUN}.pdf"]


def test_printing_opens_the_pages_and_takes_them_away_with_the_window(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(Path(QUrl(url).toLocalFile())) or True)
    assert choose(qtbot, window, "invoices_save", PRINT)[0] == "ok"
    (file,) = opened
    assert len(PdfReader(file).pages) > 0
    window.close()
    assert not file.exists()


def test_a_computer_without_a_pdf_reader_is_told(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: False)
    picture, title, _, fix, code = choose(qtbot, window, "invoices_save", PRINT)
    assert (picture, title) == ("warning", "No program on this computer opens PDF files")
    assert "Save the pages as PDF instead" in fix
    assert help_address(code) in window.banner.learn_more.text()


@pytest.mark.logs_warnings
def test_a_file_that_cannot_be_written_is_told_with_what_to_do(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, tmp_path / "nowhere" / "preview.pdf")
    picture, title, message, fix, code = choose(qtbot, window, "invoices_save", PDF)
    assert (picture, title) == ("blocked", "preview.pdf cannot be written")
    assert "there is no folder" in message
    assert "choose another place" in fix
    assert code
    assert help_address(code) in window.banner.learn_more.text()


def test_nothing_is_written_when_no_file_is_chosen(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    monkeypatch.setattr(window.papers, "_engine", type("Idle", (), {"running": False, "start": started.append}))
    window.findChild(SaveButton, "invoices_save").menu().actions()[CSV].trigger()
    assert started == []
    monkeypatch.undo()


def test_totals_can_be_saved_only_when_there_are_some(window: MainWindow) -> None:
    window.tabs.setCurrentWidget(window.payments)
    tab = window.payments.to_sage
    tab.show_totals()
    assert tab.findChild(QPushButton, "payments_totals_save").isVisible() is bool(tab.totals.model.rows)
