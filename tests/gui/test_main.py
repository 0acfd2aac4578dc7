"""Opening the window, and what happens when the window itself makes a mistake."""

import logging
import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel

from app.gui.main import run_window
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY


def the_window() -> MainWindow:
    return next(each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow) and each.isVisible())


def test_window_runs_until_it_is_closed(qapp: QApplication, home: Home) -> None:
    titles: list[str] = []
    shown: list[bool] = []

    def look_and_close() -> None:
        titles.extend((the_window().windowTitle(), the_window().header.books.demo.text()))
        shown.append(the_window().header.books.demo.isVisible())
        the_window().close()

    QTimer.singleShot(0, look_and_close)
    assert run_window(home, COMPANY, engine_command=(sys.executable,)) == 0
    assert titles == ["Northwind Supply (ABC) – AP Bridge – demo", "Demo"]
    assert shown == [True]


@pytest.mark.logs_errors
def test_fault_of_the_window_is_told_and_logged_and_the_window_goes_on(
    qapp: QApplication, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    def fail() -> None:
        sys.excepthook(ZeroDivisionError, ZeroDivisionError("a mistake of ours"), None)
        told.append(the_window().findChild(QLabel, "banner_title").text())
        the_window().close()

    QTimer.singleShot(0, fail)
    with caplog.at_level(logging.ERROR):
        assert run_window(home, COMPANY, engine_command=(sys.executable,)) == 0
    assert told == ["AP Bridge made a mistake"]
    assert "a mistake of ours" in caplog.text
