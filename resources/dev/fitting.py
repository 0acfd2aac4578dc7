"""Finds text that does not fit where it stands."""

import re
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QCheckBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QTabBar,
    QWidget,
)

from app.gui.widgets.elided import Elided

_MNEMONIC = re.compile(r"&(?=[^&\s])")


def unfit(window: QWidget) -> Iterator[str]:
    """Yield name and text of each shown label, button, tab and column title that is not seen whole."""
    for widget in (window, *window.findChildren(QWidget)):
        if not widget.isVisibleTo(window):
            continue
        name = widget.objectName() or type(widget).__name__
        for text in _cut(widget):
            yield f"{name}: {text}"
        inside = widget.parentWidget()
        named = isinstance(widget, QLabel | QPushButton) and widget.text().strip()
        if named and inside is not None and not inside.rect().contains(widget.geometry()):
            yield f"{name}: stands out of its place: {widget.text()}"


def _cut(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, Elided):
        return  # it gives way by design, and its tooltip holds all of it
    if isinstance(widget, QLabel):
        yield from _cut_label(widget)
    elif isinstance(widget, QCheckBox | QRadioButton):
        if widget.text() and widget.width() < widget.sizeHint().width():
            yield widget.text()
    elif isinstance(widget, QPushButton):
        yield from _cut_button(widget)
    elif isinstance(widget, QTabBar):
        for at in range(widget.count()):
            text = _MNEMONIC.sub("", widget.tabText(at))
            if widget.tabRect(at).width() < widget.fontMetrics().horizontalAdvance(text):
                yield text
            if widget.tabRect(at).right() > widget.width():
                yield f"out of sight: {text}"
    elif isinstance(widget, QHeaderView) and widget.orientation() is Qt.Orientation.Horizontal:
        yield from _cut_titles(widget)


def _cut_label(label: QLabel) -> Iterator[str]:
    if not label.text() or not label.pixmap().isNull():
        return
    wanted = label.heightForWidth(label.width()) if label.wordWrap() else label.minimumSizeHint().height()
    if label.height() < wanted or (not label.wordWrap() and label.width() < label.minimumSizeHint().width()):
        yield label.text()


def _cut_button(button: QPushButton) -> Iterator[str]:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    room = button.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, button)
    icon = 0 if button.icon().isNull() else button.iconSize().width() + 4
    wanted = button.fontMetrics().horizontalAdvance(_MNEMONIC.sub("", button.text())) + icon
    if button.text() and (room.width() < wanted or room.height() < button.fontMetrics().height()):
        yield button.text()


def _cut_titles(header: QHeaderView) -> Iterator[str]:
    model = header.model()
    for section in range(header.count() if model is not None else 0):
        text = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        if not header.isSectionHidden(section) and text:
            font = header.font()
            font.setWeight(font.Weight.DemiBold)
            if header.sectionSize(section) < QFontMetrics(font).horizontalAdvance(text) + 16:
                yield text
