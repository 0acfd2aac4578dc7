"""What the check of the pictures finds, and that the window's texts fit in both languages."""

import gettext
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, QEvent, QPoint
from PySide6.QtGui import QAccessible, QHelpEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDateEdit, QLabel, QPushButton, QScrollArea, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.domain.language import ENGLISH, use
from app.engine.store import Store
from app.gui.main import use_locale
from app.gui.reach import Reach
from app.gui.reader import Reader
from app.gui.room import SMALLEST
from app.gui.slices import Slices
from app.gui.table import Column, TableModel
from app.gui.text import tr
from app.gui.widgets.elided import Elided
from app.gui.widgets.table_view import TableView
from app.gui.window import SIZE, MainWindow
from app.language import ENVIRONMENT, speak
from app.sandbox.sage.words import VENDORS
from app.settings import Home
from tests.gui.filled import add_document, add_run, invoice
from tests.gui.shell import settle

sys.path.insert(0, str(Path(__file__).parents[2] / "resources" / "dev"))
from fitting import CELL_MARGINS, unfit  # outside the package
from showing import NESTED


@pytest.fixture
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, american: None) -> Iterator[str]:
    monkeypatch.setenv(ENVIRONMENT, request.param)
    speak()
    use_locale()
    yield request.param
    use(ENGLISH, gettext.NullTranslations())


@pytest.mark.parametrize("language", ["en", "fr"], indirect=True)
def test_every_text_of_the_window_fits(qtbot: QtBot, qapp: QApplication, language: str, home: Home) -> None:
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.show()
    found = set()
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        qtbot.waitUntil(lambda: not any(each.busy for kind in (Reader, Slices) for each in window.findChildren(kind)))
        qapp.processEvents()
        found |= set(unfit(window))
    window.shut_down()
    assert found == set()


@pytest.mark.parametrize("language", ["en", "fr"], indirect=True)
def test_a_long_reason_leaves_the_overview_whole_on_the_smallest_screen(
    qtbot: QtBot, qapp: QApplication, language: str, home: Home
) -> None:
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.resize(1024, 700)
    window.show()
    settle(window)
    reason = window.overview.reason
    assert window.overview.payments_flow.isVisible(), "the most that the tab shows"
    assert not reason.toolTip(), "it fits"
    words = " ".join(["Choisissez « Undo Export » dans Quadient AP, puis marquez-la pour l'exportation."] * 12)
    reason.say_lines(("What", "One of them"), ("Why", words), ("What to do", words))
    qapp.processEvents()
    (scroll,) = window.overview.findChildren(QScrollArea)
    assert scroll.verticalScrollBar().maximum() == 0
    assert reason.text().endswith("…")
    assert reason.toolTip().endswith(words)
    assert reason.heightForWidth(reason.width()) <= reason.height()
    window.shut_down()


def test_a_button_and_a_label_without_room_are_found(qtbot: QtBot) -> None:
    frame = QWidget()
    qtbot.addWidget(frame)
    button, label, whole = (
        QPushButton("Send &12 invoices", frame),
        QLabel("Ready to export", frame),
        QLabel("OK", frame),
    )
    button.setObjectName("send")
    label.setObjectName("status")
    button.setGeometry(0, 0, 40, 30)
    label.setGeometry(0, 40, 40, 30)
    whole.setGeometry(0, 80, 80, 30)
    frame.show()
    assert list(unfit(frame)) == ["send: Send &12 invoices", "status: Ready to export"]


def test_a_line_says_it_shorter_where_it_has_no_room(qtbot: QtBot) -> None:
    line = Elided("reach_sage")
    qtbot.addWidget(line)
    line.setText("Sage 100: not reached 11/24/26 9:01 AM", "Sage 100: not reached")
    line.resize(line.sizeHint())
    assert (line.shown, line.gives_way) == ("Sage 100: not reached 11/24/26 9:01 AM", False)
    line.resize(line.sizeHint().width() - 1, line.height())
    assert (line.shown, line.gives_way) == ("Sage 100: not reached", True)
    line.resize(line.minimumSizeHint())
    assert line.shown == "Sage 100: not reached"
    line.resize(line.width() // 2, line.height())
    assert line.shown.endswith("…")


@pytest.mark.parametrize("language", ["en", "fr"], indirect=True)
def test_the_head_says_who_was_reached_on_the_smallest_screen_whatever_stands_beside_it(
    qtbot: QtBot, language: str, home: Home
) -> None:
    settings = home.load()
    (first,) = settings.companies
    home.save(replace(settings, companies=(first, replace(first, code="XYZ"))))
    store = Store(home.store_file)
    add_run(store, "broken", "sync", 0, "broken_off", 5)
    store.close()
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.resize(1024, 700)
    window.show()
    long_ago = datetime(2026, 11, 24, 15, 1, tzinfo=UTC)
    refused, lost = Reach(False, long_ago, refused=True), Reach(False, long_ago)
    shown = {}
    for sage, cloud in ((refused, lost), (lost, Reach(False, long_ago, shut=True))):
        window.header.show_state(replace(window.page.standing, last_sync=long_ago, sage=sage, cloud=cloud))
        settle(window)
        for name in ("reach_sage", "reach_cloud", "last_sync"):
            shown[name, sage.refused] = window.findChild(Elided, name).shown
    window.shut_down()
    assert not any(words.endswith("…") for words in shown.values()), shown


@pytest.mark.parametrize("language", ["en", "fr"], indirect=True)
@pytest.mark.parametrize("several", [False, True])
def test_the_name_of_a_company_gives_way_on_the_smallest_screen_and_is_told_whole(
    qtbot: QtBot, language: str, home: Home, several: bool
) -> None:
    name = "The Northwind Supply & Trading Company of Greater Minneapolis"
    settings = home.load()
    first = replace(settings.companies[0], name=name)
    home.save(replace(settings, companies=(first, replace(first, code="XYZ")) if several else (first,)))
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.show()
    lost = Reach(False, datetime(2026, 11, 24, 15, 1, tzinfo=UTC), refused=True)
    window.header.show_state(replace(window.page.standing, sage=lost, cloud=lost))
    window.header.books.demo.show()
    settle(window)
    least = window.minimumSizeHint()
    window.resize(1024, 700)
    shown = window.header.books.button if several else window.header.books.name
    assert (least.width() <= 1024, least.height() <= 700) == (True, True), least
    assert shown.gives_way
    assert shown.shown.startswith("The ")
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(1, 1), QPoint(1, 1))
    QApplication.sendEvent(shown, event)
    QToolTip.hideText()
    assert f"{name} (ABC)" in shown.toolTip()
    assert f"{name} (ABC)" in QAccessible.queryAccessibleInterface(shown).text(QAccessible.Text.Name)
    window.shut_down()


@pytest.mark.parametrize("language", ["en", "fr"], indirect=True)
def test_the_name_of_a_company_as_long_as_sage_takes_it_is_whole_beside_all_that_the_head_can_show(
    qtbot: QtBot, qapp: QApplication, language: str, home: Home
) -> None:
    settings = home.load()
    first = replace(settings.companies[0], name="Greater Minneapolis Wholesale")
    home.save(replace(settings, companies=(first, replace(first, code="XYZ"))))
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.show()
    window.header.books.demo.show()
    reached = Reach(True, datetime.now(UTC))
    window.header.show_state(replace(window.page.standing, last_sync=datetime.now(UTC), sage=reached, cloud=reached))
    window.header.show_next(tr("Next sync {when}", when=tr("tomorrow {time}", time="08:00")))
    least = window.minimumSizeHint().width()
    cut = {}
    for width in (1400, 1024, least):
        window.resize(width, 700)
        for _ in range(NESTED):
            qapp.processEvents()
        shown = (window.header.books.button, *map(partial(window.findChild, Elided), ("last_sync", "next_sync")))
        cut[width] = {each.objectName() for each in shown if each.gives_way}
    reach = window.findChild(Elided, "reach_cloud")
    assert cut[1400] == cut[1024] == set()
    assert cut[least] <= {"next_sync"}
    assert least <= SMALLEST.width()
    assert (reach.gives_way, reach.shown.endswith("…")) == (True, False)
    window.shut_down()


@pytest.mark.parametrize("language", ["en", "fr"], indirect=True)
def test_what_is_said_of_the_totals_is_read_without_scrolling(
    qtbot: QtBot, qapp: QApplication, language: str, home: Home
) -> None:
    store = Store(home.store_file)
    for batch in ("00013", "00014", "00015"):
        store.write(
            "INSERT INTO totals SELECT run, company, destination, ?, credit, sent_count, sent_amount, sage_count,"
            " sage_amount, cloud_count, cloud_amount, differing FROM totals WHERE batch = '00012'",
            (batch,),
        )
    store.write("UPDATE totals SET differing = '[\"inv-000020\"]', sage_count = 1")
    store.close()
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.tabs.setCurrentWidget(window.invoices)
    window.show()
    settle(window)
    assert window.invoices.totals.model.rows
    with qtbot.waitSignal(window.invoices.totals.room_wanted):
        window.invoices.show_totals()
    qapp.processEvents()
    words, table = window.invoices.totals.words, window.invoices.totals.table
    assert (words.verticalScrollBar().maximum(), table.verticalScrollBar().maximum()) == (0, 0)
    assert window.invoices.table.height() > 5 * window.invoices.table.verticalHeader().defaultSectionSize()
    window.shut_down()


def test_a_vendor_of_an_ordinary_name_is_seen_whole(qtbot: QtBot, home: Home) -> None:
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.show()
    payments = window.payments.from_sage
    for table, place in ((window.invoices.table, 2), (payments.table, 4)):
        room = table.columnWidth(place) - CELL_MARGINS
        assert room >= table.fontMetrics().horizontalAdvance("01-DELTA Delta Freight Lines"), table.objectName()
    window.shut_down()


def test_a_cell_a_choice_a_day_and_a_line_that_gives_way_are_found(qtbot: QtBot) -> None:
    frame = QWidget()
    qtbot.addWidget(frame)
    frame.resize(*SIZE)
    rows = [("Ready", "A reason of any length"), ("Ready, warning", "")]
    columns = [
        Column("Status", lambda row: row[0], width=1),
        Column("Why", lambda row: row[1], width=1, long=True),
    ]
    model = TableModel(columns, lambda row: row[0], parent=frame)
    table = TableView("invoices_table", "Invoices", model)
    table.setParent(frame)
    table.setGeometry(0, 0, 400, 200)
    table.setColumnWidth(0, table.fontMetrics().horizontalAdvance("Ready") + 20)
    model.set_rows(rows)
    states, date, line = QComboBox(frame), QDateEdit(QDate(2026, 11, 26), frame), Elided("last_sync")
    states.addItems(["All", "Marked as exported"])
    states.setObjectName("states")
    states.setGeometry(0, 220, 70, 30)
    date.setGeometry(0, 260, 50, 30)
    line.setParent(frame)
    line.setText("Last sync today 08:02")
    line.setGeometry(0, 300, 40, 20)
    frame.show()
    found = [each for each in unfit(frame) if "_title" not in each]
    assert "invoices_table: Status: Ready, warning" in found
    assert not any("A reason" in each or each.endswith("Status: Ready") for each in found)
    assert "states: Marked as exported" in found
    assert any(each.startswith("qt_spinbox_lineedit: ") for each in found)
    assert "last_sync: Last sync today 08:02" in found
    frame.resize(SIZE[0] - 1, SIZE[1])
    assert not any(each.startswith("last_sync") for each in unfit(frame)), "in a small window it may give way"


def test_the_vendor_takes_the_width_that_is_left_until_a_person_sets_widths(qtbot: QtBot, home: Home) -> None:
    longest = max(VENDORS, key=len)
    store = Store(home.store_file)
    document = replace(invoice(1), division="00", vendor_number="0001040", vendor_name=longest)
    add_document(store, "invoice", document)
    store.close()
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.tabs.setCurrentWidget(window.invoices)
    window.show()
    settle(window)
    table, vendor = window.invoices.table, 2
    table.choose(document.id)
    assert table.table.column(vendor).text(table.current()) == f"00-0001040 {longest}"
    needed = table.fontMetrics().horizontalAdvance(f"00-0001040 {longest}") + CELL_MARGINS
    assert table.columnWidth(vendor) >= needed
    before, last = table.columnWidth(vendor), table.columnWidth(table.table.columnCount() - 1)
    window.resize(window.width() + 60, window.height())
    settle(window)
    assert table.columnWidth(vendor) == before + 60
    assert table.columnWidth(table.table.columnCount() - 1) == last
    table.setColumnWidth(vendor, 150)
    window.resize(window.width() + 50, window.height())
    settle(window)
    assert table.columnWidth(vendor) == 150
    window.shut_down()


def test_the_vendor_of_a_payment_is_as_wide_as_most_names_and_leaves_the_rest(qtbot: QtBot, home: Home) -> None:
    window = MainWindow(home, "ABC", ("none",))
    qtbot.addWidget(window)
    window.tabs.setCurrentWidget(window.payments)
    window.show()
    for view, place in ((window.payments.to_sage, 5), (window.payments.from_sage, 4)):
        window.payments.setCurrentWidget(view)
        settle(window)
        advance = view.table.fontMetrics().horizontalAdvance
        widths = sorted(advance(f"00-0001040 {name}") + CELL_MARGINS for name in VENDORS)
        assert view.table.columnWidth(place) >= widths[len(widths) * 4 // 5], view.objectName()
    window.resize(2000, window.height())
    settle(window)
    last = view.table.table.columnCount() - 1
    assert view.table.columnWidth(last) > view.table.columnWidth(place)
    window.shut_down()
