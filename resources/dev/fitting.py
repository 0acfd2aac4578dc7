"""Finds text that does not fit where it stands."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionTab,
    QTabBar,
    QWidget,
)

from app.gui.remembered import SIZE
from app.gui.widgets.elided import Elided, ElidedButton
from app.gui.widgets.table_view import ICON_WIDTH, TableView

CELL_MARGINS = 18
ROWS_MEASURED = 500
_MNEMONIC = re.compile(r"&(?=[^&\s])")


def unfit(window: QWidget) -> Iterator[str]:
    """Yield name and text of each shown label, button, tab, cell, list and column title that is not seen whole.

    What gives way by design must do so in small windows only.
    """
    roomy = window.width() >= SIZE[0]
    for widget in (window, *window.findChildren(QWidget)):
        if not widget.isVisibleTo(window):
            continue
        name = widget.objectName() or type(widget).__name__
        for text in _cut(widget, roomy=roomy):
            yield f"{name}: {text}"
        inside = widget.parentWidget()
        named = isinstance(widget, QLabel | QPushButton) and widget.text().strip()
        if named and inside is not None and not inside.rect().contains(widget.geometry()):
            yield f"{name}: stands out of its place: {widget.text()}"


def _cut(widget: QWidget, *, roomy: bool) -> Iterator[str]:
    for kinds, look in _LOOKS:
        if isinstance(widget, kinds):
            yield from look(widget, roomy)
            return


def _cut_elided(label: Elided | ElidedButton, roomy: bool) -> Iterator[str]:
    if roomy and label.gives_way:
        yield label.text()


def _cut_box(box: QCheckBox | QRadioButton, _: bool) -> Iterator[str]:
    if box.text() and box.width() < box.sizeHint().width():
        yield box.text()


def _cut_tabs(bar: QTabBar, _: bool) -> Iterator[str]:
    for at in range(bar.count()):
        text = _MNEMONIC.sub("", bar.tabText(at))
        option = QStyleOptionTab()
        bar.initStyleOption(option, at)
        room = bar.style().subElementRect(QStyle.SubElement.SE_TabBarTabText, option, bar)
        if room.height() < bar.fontMetrics().height():
            yield f"too low: {text}"
        if bar.tabRect(at).width() < bar.fontMetrics().horizontalAdvance(text):
            yield text
        if bar.tabRect(at).right() > bar.width():
            yield f"out of sight: {text}"


def _cut_label(label: QLabel, _: bool) -> Iterator[str]:
    if not label.text() or not label.pixmap().isNull():
        return
    wanted = label.heightForWidth(label.width()) if label.wordWrap() else label.minimumSizeHint().height()
    if label.height() < wanted or (not label.wordWrap() and label.width() < label.minimumSizeHint().width()):
        yield label.text()


def _cut_button(button: QPushButton, _: bool) -> Iterator[str]:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    room = button.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, button)
    icon = 0 if button.icon().isNull() else button.iconSize().width() + 4
    wanted = button.fontMetrics().horizontalAdvance(_MNEMONIC.sub("", button.text())) + icon
    if button.text() and (room.width() < wanted or room.height() < button.fontMetrics().height()):
        yield button.text()


def _cut_cells(table: TableView, _: bool) -> Iterator[str]:
    """Tell of the cells of columns whose texts do not give way; a text is told once."""
    metrics, model = table.fontMetrics(), table.table
    cut: dict[str, None] = {}
    for number, column in enumerate(model.columns, start=model.has_ticks):
        if column.long or table.isColumnHidden(number):
            continue
        for row in map(model.row, range(min(model.rowCount(), ROWS_MEASURED))):
            icon = ICON_WIDTH if column.icon is not None and column.icon(row) else 0
            if table.columnWidth(number) < metrics.horizontalAdvance(column.text(row)) + icon + CELL_MARGINS:
                cut[f"{column.title}: {column.text(row)}"] = None
    yield from cut


def _cut_choices(box: QComboBox, roomy: bool) -> Iterator[str]:
    """Tell of the choices that have no room; names that people gave may give way until they are chosen."""
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    area = QStyle.SubControl.SC_ComboBoxEditField
    room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, area, box)
    by_name = box.sizeAdjustPolicy() is QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
    texts = [box.currentText()] if by_name or not roomy else [box.itemText(at) for at in range(box.count())]
    yield from (text for text in texts if room.width() < box.fontMetrics().horizontalAdvance(text) + 2)


def _cut_line(line: QLineEdit, _: bool) -> Iterator[str]:
    """Tell of a number, a day or a time that is not seen whole, and of words that say what to type."""
    inside = isinstance(line.parentWidget(), QAbstractSpinBox)
    text = (line.text() if inside else "") or ("" if line.text() else line.placeholderText())
    if text and line.contentsRect().width() < line.fontMetrics().horizontalAdvance(text) + 4:
        yield text


def _cut_titles(header: QHeaderView, _: bool) -> Iterator[str]:
    if header.orientation() is not Qt.Orientation.Horizontal:
        return
    model = header.model()
    for section in range(header.count() if model is not None else 0):
        text = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        if not header.isSectionHidden(section) and text:
            font = header.font()
            font.setWeight(font.Weight.DemiBold)
            if header.sectionSize(section) < QFontMetrics(font).horizontalAdvance(text) + 16:
                yield text


# The first that fits a widget: one kind may be another's base.
_LOOKS: tuple[tuple[Any, Callable[[Any, bool], Iterator[str]]], ...] = (
    ((Elided, ElidedButton), _cut_elided),
    (QLabel, _cut_label),
    ((QCheckBox, QRadioButton), _cut_box),
    (QPushButton, _cut_button),
    (QTabBar, _cut_tabs),
    (QHeaderView, _cut_titles),
    (TableView, _cut_cells),
    (QComboBox, _cut_choices),
    (QLineEdit, _cut_line),
)
