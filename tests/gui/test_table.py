"""The table model sorts, filters, ticks and is copied from."""

from dataclasses import dataclass
from decimal import Decimal
from time import perf_counter

import pytest
from PySide6.QtCore import QItemSelectionModel, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.gui.table import Column, TableModel
from app.gui.widgets.table_view import TableView


@dataclass(frozen=True, slots=True)
class Bill:
    name: str
    amount: Decimal
    due: int | None
    ready: bool = True


BILLS = (
    Bill("beta", Decimal("20.00"), 2),
    Bill("Alpha", Decimal("100.00"), None),
    Bill("gamma ray", Decimal("-3.50"), 1, ready=False),
)


def model(*, ticks: bool = True) -> TableModel[Bill]:
    columns = [
        Column("Name", lambda row: row.name),
        Column("Amount", lambda row: f"{row.amount:,}", lambda row: row.amount, right=True,
                     tone=lambda row: "negative" if row.amount < 0 else ""),
        Column("Due", lambda row: str(row.due or ""), lambda row: row.due, icon=lambda _: "ok"),
    ]  # fmt: skip
    made = TableModel(columns, lambda row: row.name, tickable=(lambda row: row.ready) if ticks else None)
    made.set_rows(BILLS)
    return made


def names(made: TableModel[Bill]) -> list[str]:
    return [row.name for row in made.shown]


@pytest.fixture
def view(qtbot: QtBot) -> TableView:
    made = TableView("bills", "Bills", model(), leads=True)
    qtbot.addWidget(made)
    made.show()
    return made


def test_model_keeps_the_promises_qt_relies_on(qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model())


def test_sorts_by_value_and_not_by_text() -> None:
    made = model()
    made.sort(2, Qt.SortOrder.AscendingOrder)
    assert names(made) == ["gamma ray", "beta", "Alpha"]
    made.sort(2, Qt.SortOrder.DescendingOrder)
    assert names(made) == ["Alpha", "beta", "gamma ray"]


def test_sorts_text_without_regard_to_case_and_nothing_before_everything() -> None:
    made = model()
    made.sort(1)
    assert names(made) == ["Alpha", "beta", "gamma ray"]
    made.sort(3)
    assert names(made) == ["Alpha", "gamma ray", "beta"]


def test_sorted_order_outlives_new_rows() -> None:
    made = model()
    made.sort(1)
    made.set_rows([*BILLS, Bill("aaa", Decimal(1), 1)])
    assert names(made)[0] == "aaa"


def test_filter_wants_every_word_in_any_column_and_any_case() -> None:
    made = model()
    made.set_filter("RAY -3.5")
    assert names(made) == ["gamma ray"]
    made.set_filter("nobody")
    assert names(made) == []
    made.set_filter("")
    assert len(names(made)) == 3


def test_typing_on_narrows_and_taking_back_widens_again() -> None:
    made = model()
    shown = []
    for typed in ("a", "al", "a", "a 2", "b", "be 2"):
        made.set_filter(typed)
        shown.append(names(made))
    every = ["beta", "Alpha", "gamma ray"]
    assert shown == [every, ["Alpha"], every, ["beta"], ["beta"], ["beta"]]


def test_rows_without_a_value_come_first_and_last_and_equal_ones_keep_their_order() -> None:
    made = model(ticks=False)
    made.set_rows([Bill("b", Decimal(1), 1), Bill("a", Decimal(1), 1), *BILLS])
    made.sort(1)
    assert names(made)[1:3] == ["b", "a"]
    made.sort(1, Qt.SortOrder.DescendingOrder)
    assert names(made)[-3:-1] == ["b", "a"]


def test_condition_and_filter_narrow_together() -> None:
    made = model()
    made.set_where(lambda row: row.amount > 0)
    made.set_filter("a")
    assert names(made) == ["beta", "Alpha"]


def test_all_that_may_be_sent_are_ticked_and_no_others() -> None:
    made = model()
    assert [row.name for row in made.ticked()] == ["beta", "Alpha"]
    made.tick(made.rows, on=True)
    assert [row.name for row in made.ticked()] == ["beta", "Alpha"]
    assert not made.setData(made.index(2, 0), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert made.data(made.index(2, 0), Qt.ItemDataRole.CheckStateRole) is None


def test_unticked_row_stays_unticked_after_a_refresh_and_new_ones_come_ticked() -> None:
    made = model()
    assert made.setData(made.index(0, 0), Qt.CheckState.Unchecked.value, Qt.ItemDataRole.CheckStateRole)
    made.set_rows([*BILLS, Bill("new", Decimal(1), 1)])
    assert [row.name for row in made.ticked()] == ["Alpha", "new"]


def test_filtered_rows_stay_ticked() -> None:
    made = model()
    made.set_filter("beta")
    assert [row.name for row in made.ticked()] == ["beta", "Alpha"]


def test_amounts_stand_right_and_negative_ones_have_their_own_colour() -> None:
    made = model()
    alignment = made.data(made.index(0, 2), Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight
    assert made.data(made.index(2, 2), Qt.ItemDataRole.ForegroundRole) is not None
    assert made.data(made.index(0, 2), Qt.ItemDataRole.ForegroundRole) is None


def test_hundred_thousand_rows_sort_and_filter_quickly() -> None:
    made = model(ticks=False)
    made.set_rows([Bill(f"name {number * 7919 % 100_000}", Decimal(number), number) for number in range(100_000)])
    began = perf_counter()
    made.sort(0)
    made.set_filter("99")
    assert perf_counter() - began < 5  # an order of magnitude above what it takes, so that a busy computer passes
    assert all("99" in f"{row.name} {row.amount:,} {row.due}" for row in made.shown)
    assert "name 99" in names(made)


def test_space_ticks_and_unticks_the_chosen_rows(qtbot: QtBot, view: TableView) -> None:
    view.selectAll()
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.table.ticked() == []
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert len(view.table.ticked()) == 2


@pytest.mark.parametrize("key", [Qt.Key.Key_Home, Qt.Key.Key_End])
def test_space_after_a_jump_ticks_the_row_jumped_to(qtbot: QtBot, view: TableView, key: Qt.Key) -> None:
    view.table.set_rows([Bill(f"bill {number}", Decimal(number), number) for number in range(200)])
    view.choose("bill 100")
    qtbot.keyClick(view, key, Qt.KeyboardModifier.ControlModifier)
    there = "bill 0" if key == Qt.Key.Key_Home else "bill 199"
    assert [row.name for row in view.chosen()] == [there]
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert [row.name for row in view.table.rows if not view.table.is_ticked(row)] == [there]


def test_home_and_end_go_to_the_first_and_last_row(qtbot: QtBot, view: TableView) -> None:
    view.table.set_rows([Bill(f"bill {number}", Decimal(number), number) for number in range(200)])
    view.choose("bill 100")
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert [row.name for row in view.chosen()] == ["bill 199"]
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert [row.name for row in view.chosen()] == ["bill 0"]


@pytest.mark.parametrize(("gone", "next_one"), [(0, 1), (1, 2), (3, 2)])
def test_a_row_that_has_gone_leaves_its_place_to_the_next_one(qtbot: QtBot, gone: int, next_one: int) -> None:
    bills = [Bill(f"bill {number}", Decimal(number), number) for number in range(4)]
    leading = TableView("bills", "Bills", model(), leads=True)
    qtbot.addWidget(leading)
    leading.table.set_rows(bills)
    leading.choose(f"bill {gone}")
    leading.table.set_rows([bill for bill in bills if bill is not bills[gone]])
    assert leading.current() == bills[next_one]


def test_space_leaves_a_selection_alone_that_the_current_row_is_no_part_of(qtbot: QtBot, view: TableView) -> None:
    view.choose("beta")
    view.selectionModel().setCurrentIndex(view.table.index(1, 1), QItemSelectionModel.SelectionFlag.NoUpdate)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert [row.name for row in view.table.ticked()] == ["beta"]


@pytest.mark.parametrize("move", ["filter", "sort"])
def test_current_row_stays_in_sight_when_the_rows_move(view: TableView, move: str) -> None:
    view.table.set_rows([Bill(f"bill {number:03}", Decimal(number), number) for number in range(300)])
    view.choose("bill 290")
    if move == "filter":
        view.table.set_filter("290")
        view.table.set_filter("")
    else:
        view.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert view.current().name == "bill 290"
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()).center())


def test_ctrl_c_copies_the_chosen_rows_as_tab_separated_text(qtbot: QtBot, view: TableView) -> None:
    view.table.set_rows([Bill("tab\tinside", Decimal(1), 1), *BILLS[:1]])
    view.selectAll()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "tab inside\t1\t1\nbeta\t20.00\t2"


def test_rows_that_are_selected_apart_are_copied_from_top_to_bottom(qtbot: QtBot, view: TableView) -> None:
    view.table.set_rows([Bill(f"bill {number:03}", Decimal(number), number) for number in range(300)])
    view.clearSelection()
    for row in (250, 7, 8, 120):
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        view.selectionModel().select(view.table.index(row, 0), flags)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = [line.split("\t")[0] for line in QGuiApplication.clipboard().text().split("\n")]
    assert copied == ["bill 007", "bill 008", "bill 120", "bill 250"]


def test_enter_opens_the_current_row(qtbot: QtBot, view: TableView) -> None:
    view.choose("Alpha")
    with qtbot.waitSignal(view.opened) as opened:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert opened.args[0].name == "Alpha"


def test_current_row_outlives_refresh_sorting_and_filtering(view: TableView) -> None:
    view.choose("Alpha")
    view.table.sort(2, Qt.SortOrder.DescendingOrder)
    view.table.set_filter("a")
    view.table.set_rows([Bill("a new first", Decimal(900), 1), *BILLS])
    assert view.current().name == "Alpha"


def test_column_widths_are_remembered_in_a_file(view: TableView, tmp_path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    view.setColumnWidth(1, 321)
    view.save_columns(settings)
    settings.sync()
    other = TableView("bills", "Bills", model())
    other.restore_columns(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    assert other.columnWidth(1) == 321
    other.deleteLater()
