"""Words with a path: it is broken where people break it, and copied as it is."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QMenu
from pytestqt.qtbot import QtBot

from app.gui.widgets.unbroken import Unbroken

FOLDER = r"C:\Users\Dana\AppData\Local\AP Bridge"
WORDS = f"210 GB are free where AP Bridge keeps its notes ({FOLDER})."


def lines(label: QLabel, width: int) -> list[str]:
    """Return what stands in each line where there is no more than `width` pixels for one."""
    text = QLabel.text(label)
    layout = QTextLayout(text, label.font())
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    found = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        found.append(text[line.textStart() : line.textStart() + line.textLength()].strip())
    layout.endLayout()
    return found


@pytest.fixture
def label(qtbot: QtBot) -> Unbroken:
    label = Unbroken(WORDS)
    qtbot.addWidget(label)
    label.show()
    return label


@pytest.mark.parametrize("width", [60, 120, 200, 300, 400])
def test_no_line_ends_between_the_drive_and_its_path(label: Unbroken, width: int) -> None:
    assert not [line for line in lines(label, width) if line.endswith("C:")]
    assert [line for line in lines(QLabel(WORDS), 120) if line.endswith("C:")], (
        "else it is Qt that does not break there"
    )


def test_what_is_said_and_copied_has_the_path_as_it_is(qtbot: QtBot, label: Unbroken) -> None:
    assert label.text() == WORDS
    label.setSelection(0, len(WORDS) + 1)
    qtbot.keyClick(label, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == WORDS
    label.setSelection(0, 3)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(1, 1), label.mapToGlobal(QPoint(1, 1)))
    QGuiApplication.sendEvent(label, event)
    (menu,) = label.findChildren(QMenu)
    (copy,) = menu.actions()
    copy.trigger()
    assert QGuiApplication.clipboard().text() == "210"
    menu.close()
    label.setText(r"\\server\share: none, M:\MAS90")
    assert label.text() == r"\\server\share: none, M:\MAS90"
