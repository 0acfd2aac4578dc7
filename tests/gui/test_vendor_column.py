"""The vendors of payments made in Sage: whole where there is room, in the tooltip everywhere, and as wide as wanted."""

import gettext
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.codec import canonical
from app.domain.language import ENGLISH, use
from app.engine.store import Store
from app.gui.tabs.payments import SagePaymentsTab
from app.gui.text import tr
from app.gui.window import MainWindow
from app.language import ENVIRONMENT, LANGUAGES, speak
from app.settings import Home
from tests.gui.filled import COMPANY, NOW, SYNC_RUN, sage_payment
from tests.gui.shell import settle

NOTHING = (sys.executable, "-c", "pass")
LONGEST = "Evergreen Landscaping and Snow"  # as long as Sage's own names
BEYOND = "Fournitures de bureau et papeterie du Saint-Laurent"


@pytest.fixture(autouse=True, params=LANGUAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv(ENVIRONMENT, request.param)
    speak()
    yield request.param
    use(ENGLISH, gettext.NullTranslations())


@pytest.fixture
def tab(qtbot: QtBot, home: Home) -> Iterator[SagePaymentsTab]:
    store = Store(home.store_file)
    for number, name in enumerate((LONGEST, BEYOND)):
        paid = replace(sage_payment(20 + number), vendor_number="EVERGRE", vendor_name=name)
        store.write(
            "INSERT INTO checkpoints (company, list, key, hash, active, description, payload, state, acknowledged_at,"
            " run) VALUES (?, 'sage_payment', ?, ?, 1, ?, ?, 'acknowledged', ?, ?)",
            (COMPANY, paid.key, b"h" * 16, name, canonical(paid).decode(), NOW.isoformat(), SYNC_RUN),
        )
    store.close()
    window = MainWindow(home, COMPANY, NOTHING)
    qtbot.addWidget(window)
    window.resize(1100, 720)
    window.show()
    window.tabs.setCurrentWidget(window.payments)
    window.payments.setCurrentWidget(window.payments.from_sage)
    settle(window)
    yield window.payments.from_sage
    window.shut_down()


def place(tab: SagePaymentsTab, name: str) -> tuple[int, int]:
    """Return the row and the column in which a vendor stands."""
    column = [each.title for each in tab.records.columns].index(tr("Vendor"))
    return next(at for at, row in enumerate(tab.records.shown) if row.payment.vendor_name == name), column


def room_left(tab: SagePaymentsTab, name: str) -> int:
    """Return how many pixels wider a vendor's cell is than its text."""
    row, column = place(tab, name)
    index = tab.records.index(row, column)
    return tab.table.columnWidth(column) - tab.table.sizeHintForIndex(index).width()


def test_a_name_as_long_as_sage_has_them_is_seen_whole(tab: SagePaymentsTab) -> None:
    assert room_left(tab, LONGEST) >= 0


def test_a_longer_one_is_in_the_tooltip_and_whole_once_the_column_is_widened(tab: SagePaymentsTab) -> None:
    row, column = place(tab, BEYOND)
    assert room_left(tab, BEYOND) < 0
    shown = tab.records.index(row, column).data(Qt.ItemDataRole.ToolTipRole)
    assert shown == f"01-EVERGRE {BEYOND}"
    header = tab.table.horizontalHeader()
    assert header.sectionResizeMode(column) is header.ResizeMode.Interactive
    header.resizeSection(column, 600)
    tab.window().resize(1200, 740)
    assert room_left(tab, BEYOND) >= 0, "what a person has set stays"


def test_where_only_what_did_not_arrive_is_shown_its_reason_is_read_first(tab: SagePaymentsTab) -> None:
    header, last = tab.table.horizontalHeader(), len(tab.records.columns) - 1
    before = [header.sectionSize(at) for at in range(last + 1)]
    for width in (1024, 1100):
        tab.window().resize(width, 720)
        settle(tab.window())
        tab.trouble.setChecked(True)
        assert header.sectionSize(last) >= tab.table.fontMetrics().averageCharWidth() * 30, width
        assert tab.table.horizontalScrollBar().maximum() == 0
        (row,) = tab.records.shown
        cell = tab.records.index(0, last)
        assert cell.data(Qt.ItemDataRole.ToolTipRole) == f"{row.reason} {row.fix}"
        assert row.reason in tab.detail.toPlainText()
        tab.trouble.setChecked(False)
    assert [header.sectionSize(at) for at in range(last + 1)] == before


def test_widths_that_a_person_has_set_stay_whatever_is_shown(tab: SagePaymentsTab) -> None:
    header = tab.table.horizontalHeader()
    header.resizeSection(4, 333)
    tab.trouble.setChecked(True)
    assert header.sectionSize(4) == 333
