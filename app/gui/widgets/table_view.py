"""The table that shows a `ColumnsModel`: keyboard, copying, remembered column widths."""

from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QSettings, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.errors import BridgeError
from app.gui.columns import ColumnsModel
from app.gui.slices import Slices
from app.gui.style import scaled_font
from app.gui.widgets.copying import Copying
from app.gui.widgets.filling import Filling

MARGINS, ICON_WIDTH, SORT_MARK, TICK_WIDTH = 18, 22, 26, 34
GIVEN_WAY = 16  # characters that are still seen of a text that gives way to the last column
NEAR = 20  # rows each way: so far away a row may still take the place of one that has gone; so many stay selected
_TO_THE_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)


class TableView(QTableView):
    """Whole rows are chosen; Enter or a double click opens one, Space ticks, Ctrl+C copies.

    `selected` carries the current row object (None when there is none), `opened` the one opened, `failed` the
    BridgeError for which nothing was copied. A table that
    `leads` another part of the window always has a current row while it has rows; one that does not `sort` keeps
    its order, and its titles need no room for the mark.
    """

    selected = Signal(object)
    opened = Signal(object)
    failed = Signal(object)

    def __init__(
        self, name: str, title: str, model: ColumnsModel[Any], *, leads: bool = False, sort: bool = True
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.table = model
        self._leads = leads
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._filling: Filling | None = None
        self._set_up_headers(sort=sort)
        self._current: str | None = None
        self._beside: list[str] = []
        self._chosen: list[str] = []
        self._copying = Slices(self)
        self._says_copying = Copying(self)
        self._copying.done.connect(self._copied)
        self._copying.failed.connect(self._copy_failed)
        model.modelAboutToBeReset.connect(self._note_current)
        model.modelReset.connect(self._restore_current)
        model.layoutChanged.connect(self._show_current)
        self.selectionModel().currentRowChanged.connect(self._tell_selected)
        self.doubleClicked.connect(self._tell_opened)

    def current(self) -> Any:
        """Return the current row object, or None."""
        index = self.currentIndex()
        return self.table.row(index) if index.isValid() else None

    def choose(self, identity: str) -> bool:
        """Select the row called `identity` and scroll to it; return whether it is shown."""
        at = self.table.position(identity)
        if at is None:
            return False
        self._go_to(at)
        self.scrollTo(self.table.index(at, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
        return True

    def choose_none(self) -> None:
        """Leave no row selected, and none current."""
        self.selectionModel().clear()

    def chosen(self) -> list[Any]:
        """Return the selected row objects, from top to bottom."""
        return [self.table.row(number) for number in self._selected_numbers()]

    def copy_selection(self) -> None:
        """Put the selected rows on the clipboard as tab-separated text; where they are many, when all are read."""
        columns, numbers = self.table.columns, self._selected_numbers()
        rows = self.table.each(numbers)
        try:
            self._copying.begin("\t".join([_flat(column.text(row)) for column in columns]) for row in rows)
        except BridgeError as error:
            self._copy_failed(error)
            return
        if self._copying.busy:
            self._says_copying.say(len(numbers))

    def put_last_first(self, on: bool) -> None:
        """Let the texts that may give way do so for the last column, until a person sets widths; or no longer."""
        if self._filling is not None:
            self._filling.put_last_first(on)

    def stop_copying(self) -> None:
        """Leave the clipboard as it is: the window closes."""
        self._copying.stop()

    def _copied(self, lines: list[str]) -> None:
        self._says_copying.hide()
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def _copy_failed(self, error: BridgeError) -> None:
        self._says_copying.hide()
        self.failed.emit(error)

    def restore_columns(self, settings: QSettings) -> None:
        """Take the widths, the order and the sorting of columns that the user left, where there are any."""
        state = settings.value(self._columns_key())
        header = self.horizontalHeader()
        if state is not None and header.restoreState(state) and self.isSortingEnabled():
            self.table.sort(header.sortIndicatorSection(), header.sortIndicatorOrder())
        if state is not None and self._filling is not None:
            self._filling.by_hand = bool(settings.value(f"{self._columns_key()}_by_hand", True, type=bool))

    def save_columns(self, settings: QSettings) -> None:
        """Keep the widths, the order and the sorting of columns for next time."""
        settings.setValue(self._columns_key(), self.horizontalHeader().saveState())
        if self._filling is not None:
            settings.setValue(f"{self._columns_key()}_by_hand", self._filling.by_hand)

    def _columns_key(self) -> str:
        # With other columns, what was left is no longer fitting.
        return f"columns/{self.objectName()}/{self.table.columnCount()}"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks, Enter opens, Ctrl+C copies, Home and End go to the first and last row; the rest is Qt's.

        Whole rows are chosen, so Qt's own Home and End, to the first and last column, would seem to do nothing.
        """
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current() is not None:
            self.opened.emit(self.current())
        elif event.key() == Qt.Key.Key_Space and self.table.has_ticks:
            self._toggle()
        elif event.key() in _TO_THE_ENDS and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            if self.table.rowCount():
                self._go_to(0 if event.key() == Qt.Key.Key_Home else self.table.rowCount() - 1)
        else:
            self._move(event)

    def _move(self, event: QKeyEvent) -> None:
        """Leave a key to Qt, but never the selection behind: with Ctrl, Qt moves the current row only."""
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        now = self.currentIndex().row()
        if now != before and not self._is_selected(now):
            self._go_to(now)

    def _toggle(self) -> None:
        """Tick the chosen rows when one of them is not ticked yet, else untick them.

        A selection that the current row is no part of may be out of sight: then only the current row counts.
        """
        current = self.currentIndex()
        apart = current.isValid() and not self._is_selected(current.row())
        rows = [self.table.row(current)] if apart else self.chosen()
        able = [row for row in rows if self.table.may_tick(row)]
        self.table.tick(able, on=not all(self.table.is_ticked(row) for row in able))

    def _selected_numbers(self) -> list[int]:
        numbers: list[int] = []
        for top, bottom in sorted((each.top(), each.bottom()) for each in self.selectionModel().selection()):
            numbers += range(max(top, numbers[-1] + 1) if numbers else top, bottom + 1)
        return numbers

    def _is_selected(self, row: int) -> bool:
        return any(each.top() <= row <= each.bottom() for each in self.selectionModel().selection())

    def _set_up_headers(self, *, sort: bool) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 9)
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        # Qt's own would ask of every row whether it is selected, each time that the selection changes.
        header.setSelectionModel(QItemSelectionModel(self.table, header))
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(not self.table.has_ticks)
        header.setMinimumSectionSize(24)
        character = self.fontMetrics().averageCharWidth()
        widths = [TICK_WIDTH] if self.table.has_ticks else []
        beside = SORT_MARK if sort else MARGINS
        title_metrics = QFontMetrics(scaled_font(self, 1, bold=True))
        for column in self.table.columns:
            text = column.width * character + MARGINS + (ICON_WIDTH if column.icon else 0)
            widths.append(max(text, title_metrics.horizontalAdvance(column.title) + beside))
        for number, width in enumerate(widths):
            self.setColumnWidth(number, width)
        least = list(widths)
        for number, column in enumerate(self.table.columns, start=self.table.has_ticks):
            if column.long:
                least[number] = min(widths[number], GIVEN_WAY * character + MARGINS)
        for number, column in enumerate(self.table.columns, start=self.table.has_ticks):
            if column.up_to:
                self._filling = Filling(self, number, widths, least, column.up_to * character + MARGINS)
        # No column sorts until the user says so: the rows come in a meaningful order.
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(sort)

    def _note_current(self) -> None:
        at, names = self.currentIndex().row(), self.table.names
        self._current = names(at, at + 1)[0] if at >= 0 else None
        self._beside = [*names(at + 1, at + 1 + NEAR), *reversed(names(max(0, at - NEAR), max(0, at)))]
        few = sum(each.height() for each in self.selectionModel().selection()) <= NEAR
        self._chosen = [names(row, row + 1)[0] for row in self._selected_numbers()] if few else []

    def _restore_current(self) -> None:
        at = self.table.position(self._current) if self._current is not None else None
        if at is not None:
            self._go_to(at)
            self._choose_again()
            self._show_current()
        elif self._leads and self.table.rowCount():
            # A row that has gone leaves its place to the one that followed it: a list is worked off downwards.
            self._go_to(self._place_left())
            self._show_current()
        else:
            self.selected.emit(None)

    def _choose_again(self) -> None:
        """Select what was selected beside the current row, where that was little."""
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        if len(self._chosen) > 1:
            for at in self.table.places(self._chosen).values():
                self.selectionModel().select(self.table.index(at, 0), flags)

    def _place_left(self) -> int:
        """Return where the first of the rows that stood beside the current one is shown, or 0."""
        places = self.table.places(self._beside) if self._current is not None else {}
        return next((places[name] for name in self._beside if name in places), 0)

    def _show_current(self) -> None:
        """Scroll to the current row after the rows have moved."""
        if self.currentIndex().isValid():
            self.executeDelayedItemsLayout()
            self.scrollTo(self.currentIndex())

    def _go_to(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        column = 1 if self.table.has_ticks else 0
        self.selectionModel().setCurrentIndex(self.table.index(row, column), flags)

    def _tell_selected(self, current: QModelIndex, _: QModelIndex) -> None:
        self.selected.emit(self.table.row(current) if current.isValid() else None)

    def _tell_opened(self, index: QModelIndex) -> None:
        if not (self.table.has_ticks and index.column() == 0):
            self.opened.emit(self.table.row(index))


def _flat(text: str) -> str:
    return text.replace("\t", " ").replace("\n", " ")
