"""The pictures: what they show in words, and where their parts lead, by mouse and by keyboard."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from app.engine.store import Store
from app.engine.views import Attention, InFlight, RunRow
from app.gui.pictures.ages import Age, AgesPicture, by_age
from app.gui.pictures.days import DAYS, Day, DaysPicture, Sparkline, by_day, summary_words
from app.gui.pictures.flow import FlowPicture
from app.gui.pictures.picture import Picture
from app.gui.style import ages_colour, ground_colour, is_dark, series_colours, tint_colour
from app.gui.widgets.table_view import TableView
from app.settings import Home
from tests.gui.filled import COMPANY, SYNC_RUN, add_document, add_event, add_step, invoice
from tests.gui.shell import settle
from tests.gui.test_window import Open, open_window, part, texts

__all__ = ["open_window"]

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC).astimezone()
STATIONS = (
    InFlight("invoice", "approved", 3, Decimal("300.00"), 1, Decimal("-20.00"), NOON),
    InFlight("invoice", "unposted", 2, Decimal("200.00"), 0, Decimal("0.00"), NOON),
    InFlight("invoice", "posted", 0, Decimal("0.00"), 0, Decimal("0.00"), None),
    InFlight("invoice", "paid", 1, Decimal("100.00"), 0, Decimal("0.00"), NOON),
)


def run(days_ago: int, outcome: str = "done") -> RunRow:
    return RunRow("run", "sync", NOON - timedelta(days=days_ago), None, outcome, 0, {})


def need(days_ago: int | None) -> Attention:
    since = None if days_ago is None else NOON - timedelta(days=days_ago)
    return Attention("Invoices", "invoice", "", "", "", "", "", since)


def opened(picture: Picture) -> list[object]:
    keys: list[object] = []
    picture.opened.connect(keys.append)
    return keys


def middle(picture: Picture, at: int) -> QPoint:
    return picture.places()[at].center().toPoint()


@pytest.fixture
def flow(qtbot: QtBot) -> FlowPicture:
    made = FlowPicture("flow", "Invoices on their way")
    qtbot.addWidget(made)
    made.resize(800, 100)
    made.show_stations(STATIONS)
    made.show()
    return made


def test_each_station_says_its_numbers_and_as_of_when(flow: FlowPicture) -> None:
    first, _, third, _ = (each.words for each in flow.parts)
    assert first.startswith("Approved in Quadient AP: 3 invoices, 300.00, incl. 1 credit note -20.00, as of ")
    assert third == "Posted, to be paid: 0 invoices, 0.00."
    flow.clearFocus()
    assert all(each.words in flow.accessibleDescription() for each in flow.parts)


def test_a_click_opens_a_station_that_has_documents_and_no_other(qtbot: QtBot, flow: FlowPicture) -> None:
    keys = opened(flow)
    qtbot.mouseClick(flow, Qt.MouseButton.LeftButton, pos=middle(flow, 1))
    qtbot.mouseClick(flow, Qt.MouseButton.LeftButton, pos=middle(flow, 2))
    assert keys == [("invoice", "unposted")]


def test_keys_go_from_part_to_part_and_open_one(qtbot: QtBot, flow: FlowPicture) -> None:
    keys = opened(flow)
    with qtbot.waitActive(flow):
        flow.activateWindow()
    flow.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(flow, key)
    qtbot.keyClick(flow, Qt.Key.Key_Left)
    qtbot.keyClick(flow, Qt.Key.Key_Left)
    qtbot.keyClick(flow, Qt.Key.Key_Space)
    assert keys == [("invoice", "paid"), ("invoice", "unposted")]
    assert flow.accessibleDescription() == f"{flow.parts[1].words} Enter opens it."


def test_runs_are_counted_by_day_and_how_they_ended() -> None:
    days = by_day([run(0), run(0, "failed"), run(1, "needs_user"), run(13, "broken_off"), run(20)], NOON.date())
    assert len(days) == DAYS
    assert days[-1] == Day(NOON.date(), 2, 0, 1)
    assert days[-2] == Day(NOON.date() - timedelta(days=1), 1, 1, 0)
    assert summary_words(days) == "In 14 days: 4 runs, 1 needed you, 2 failed."


def test_a_day_opens_by_click_and_says_what_it_had(qtbot: QtBot) -> None:
    picture = DaysPicture("days", "Runs")
    qtbot.addWidget(picture)
    picture.resize(280, 100)
    picture.show_days(by_day([run(0), run(0, "failed")], NOON.date()))
    picture.show()
    keys = opened(picture)
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=middle(picture, 13))
    assert keys == [NOON.date()]
    assert picture.parts[13].words == "11/25/26: 2 runs, 1 failed."
    assert picture.parts[0].words == "11/12/26: no run."


def test_the_sparkline_says_all_days_together(qtbot: QtBot) -> None:
    line = Sparkline()
    qtbot.addWidget(line)
    line.show_days(by_day([run(0), run(3, "failed")], NOON.date()))
    line.show()
    assert line.accessibleDescription() == "In 14 days: 2 runs, 1 failed."
    assert not line.grab().isNull()


def test_the_head_shows_the_days_where_there_is_room(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.resize(1200, 720)
    line = part(window, Sparkline, "sparkline")
    assert line.isVisible()
    assert line.accessibleDescription().startswith("In 14 days: 3 runs, ")
    window.header.show_company("Northwind Supply and Maintenance of the Upper Valley", COMPANY)
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: not line.isVisible())  # the words come first


def test_all_of_the_overview_is_seen_on_the_smallest_screen(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    window.resize(1024, 700)
    (scroll,) = window.overview.findChildren(QScrollArea)
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() == 0)
    for table in (window.overview.needs_table, window.overview.stages_table):
        assert not table.horizontalScrollBar().isVisible()
    assert window.overview.needs_table.viewport().height() >= 5 * window.overview.needs_table.rowHeight(0)
    assert window.overview.reason.height() >= window.overview.reason.heightForWidth(window.overview.reason.width())


@pytest.mark.parametrize("height", range(700, 760, 9))
def test_the_tables_of_the_overview_end_with_a_whole_row(open_window: Open, home: Home, height: int) -> None:
    store = Store(home.store_file)
    for number in range(60, 80):
        add_document(store, "invoice", invoice(number), "failed")
        add_step(store, "invoice", invoice(number), "refused", "Sage says no.", "Open the period.")
        add_event(store, SYNC_RUN, "stage_finished", stage=f"stage-{number}", title="A list", read=1)
    store.close()
    window = open_window(home)
    window.resize(1024, height)
    settle(window)
    for table in (window.overview.needs_table, window.overview.stages_table):
        assert table.verticalScrollBar().maximum() > 0, "there is more than is seen"
        assert table.viewport().height() % table.rowHeight(0) == 0
        assert table.viewport().height() >= 2 * table.rowHeight(0)


def test_ages_are_told_by_days(qtbot: QtBot) -> None:
    ages = by_age([need(None), need(0), need(1), need(6), need(7), need(29), need(30)], NOON.date())
    assert [(each.age, each.count) for each in ages] == [
        (Age.TODAY, 2),
        (Age.WEEK, 2),
        (Age.MONTH, 2),
        (Age.OLDER, 1),
    ]
    picture = AgesPicture("ages", "How long")
    qtbot.addWidget(picture)
    picture.resize(260, 120)
    picture.show_ages(ages)
    picture.show()
    keys = opened(picture)
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=middle(picture, 3))
    assert keys == [Age.OLDER]
    assert picture.parts[3].words == "30 days or more: 1 thing needs you."


def test_the_overview_leads_from_a_station_to_its_documents(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    flow = window.overview.flow
    stages = [each.key for each in flow.parts]
    qtbot.mouseClick(flow, Qt.MouseButton.LeftButton, pos=middle(flow, stages.index(("invoice", "unposted"))))
    assert window.tabs.currentWidget() is window.invoices
    assert [row[0] for row in texts(part(window, TableView, "invoices_table"))] == ["In Sage", "In Sage"]


def test_the_overview_leads_from_a_day_to_its_runs(qtbot: QtBot, open_window: Open, home: Home) -> None:
    window = open_window(home)
    days = window.overview.days
    days.opened.emit(days.parts[-1].key)
    assert window.tabs.currentWidget() is window.activity
    shown = window.activity.runs.shown
    assert {row.started_at.astimezone().date() for row in shown} <= {days.parts[-1].key}
    part(window, QPushButton, "all_days").click()
    assert len(window.activity.runs.shown) == len(window.activity.runs.rows)


def test_an_age_narrows_what_needs_you_and_esc_brings_it_back(qtbot: QtBot, open_window: Open, home: Home) -> None:
    store = Store(home.store_file)
    old = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    store.write("INSERT INTO set_aside VALUES (?, 'vendor', '01-ZINC', ?)", (COMPANY, old))
    store.close()
    window = open_window(home)
    table = part(window, TableView, "needs_table")
    everything = len(texts(table))
    window.overview.ages.setFocus()
    qtbot.keyClick(window.overview.ages, Qt.Key.Key_Down)
    qtbot.keyClick(window.overview.ages, Qt.Key.Key_Return)
    assert [row[0] for row in texts(table)] == ["Vendor 01-ZINC was set aside"]
    assert part(window, QLabel, "needs_title").text() == "1 thing needs you (1–6 days)"
    qtbot.keyClick(table, Qt.Key.Key_Escape)
    assert len(texts(table)) == everything


def test_what_waits_for_the_same_is_told_behind_the_first(open_window: Open, home: Home) -> None:
    window = open_window(home)
    titles = [row[0] for row in texts(part(window, TableView, "needs_table"))]
    assert titles[0].startswith("Invoice ")
    assert titles[1].startswith("    ↳ Invoice ")


@pytest.mark.parametrize("dark", [False, True])
def test_bars_and_marks_stand_out_from_their_ground(dark: bool) -> None:
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor("#1f1f1f" if dark else "#ffffff"))
    assert is_dark(palette) is dark
    ground = ground_colour(palette)
    marks = [*series_colours(palette), *(ages_colour(palette, age) for age in Age)]
    marks += [tint_colour(palette, stage) for stage in ("approved", "unposted", "posted", "paid")]
    assert min(_contrast(each, ground) for each in marks) >= 3


def _contrast(one: QColor, other: QColor) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    parts: Sequence[float] = [colour.redF(), colour.greenF(), colour.blueF()]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
