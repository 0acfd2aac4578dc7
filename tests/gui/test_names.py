"""What a screen reader says of each control that the keyboard reaches."""

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractScrollArea, QAbstractSpinBox, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.gui.help.browser import HelpWindow
from app.gui.probe_dialog import ProbeDialog
from app.gui.settings.dialog import SettingsDialog
from app.gui.setup.wizard import SetupWizard
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.shell import settle
from tests.gui.test_probe import REPORT

NOTHING = (sys.executable, "-c", "pass")


def controls(window: QWidget) -> Iterator[QWidget]:
    """Yield all that the keyboard can reach, on whatever page it is; what Qt puts into its own parts is Qt's."""
    for each in window.findChildren(QWidget):
        inside = each.parentWidget()
        own = isinstance(inside, QComboBox | QAbstractSpinBox | QAbstractScrollArea) or each.window() is not window
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None and not own:
            yield each


def name_of(control: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)


def unasked(control: QWidget, window: QWidget) -> bool:
    """Whether it is a button or link that has no words yet, and is out of sight until it gets some."""
    return isinstance(control, QLabel | QPushButton) and not control.text() and not control.isVisibleTo(window)


def nameless(window: QWidget) -> list[str]:
    return [
        each.objectName() or type(each).__name__
        for each in controls(window)
        if not name_of(each).strip() and not unasked(each, window)
    ]


def test_every_control_of_the_main_window_has_a_name(qtbot: QtBot, home: Home) -> None:
    window = MainWindow(home, "ABC", NOTHING)
    qtbot.addWidget(window)
    window.show()
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        settle(window)
    assert len(list(controls(window))) > 40
    assert nameless(window) == []
    window.shut_down()


@pytest.mark.parametrize("name", ["wizard", "settings", "help", "probe"])
def test_every_control_of_the_dialogs_has_a_name(name: str, qtbot: QtBot, home: Home) -> None:
    if name == "wizard":
        dialog: QWidget = SetupWizard(home, NOTHING, offers_demo=True)
    elif name == "settings":
        dialog = SettingsDialog(home, NOTHING, "ABC", lambda _: "", lambda: None)
    elif name == "help":
        dialog = HelpWindow()
    else:
        dialog = ProbeDialog(REPORT)
    qtbot.addWidget(dialog)
    assert len(list(controls(dialog))) > 1
    assert nameless(dialog) == []
