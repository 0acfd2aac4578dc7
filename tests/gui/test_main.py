"""Opening the window, and what happens when the window itself makes a mistake."""

import logging
import sys

import pytest
from PySide6.QtCore import QRect, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QStyle
from pytestqt.qtbot import QtBot

from app.gui.main import run_window
from app.gui.remembered import SIZE
from app.gui.room import keep_within
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


def test_log_tells_once_when_the_window_could_first_be_used(
    qtbot: QtBot, qapp: QApplication, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    def ready() -> int:
        return caplog.messages.count("The window is painted and ready.")

    def close_when_ready() -> None:
        qtbot.waitUntil(lambda: ready() == 1)
        the_window().repaint()
        the_window().close()

    with caplog.at_level(logging.INFO, "app.gui.main"):
        QTimer.singleShot(0, close_when_ready)
        assert run_window(home, COMPANY, engine_command=(sys.executable,)) == 0
    assert ready() == 1


def test_first_window_is_no_larger_than_the_screen(qapp: QApplication, empty_home: Home) -> None:
    widths: list[tuple[int, int]] = []

    def look_and_close() -> None:
        window = the_window()
        room = window.screen().availableGeometry().width()
        widths.append((window.width(), max(room, window.minimumSizeHint().width())))
        window.close()

    QTimer.singleShot(0, look_and_close)
    assert run_window(empty_home, COMPANY, engine_command=(sys.executable,)) == 0
    ((width, room),) = widths
    assert width <= room


def test_window_leaves_room_for_its_frame(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(*SIZE)
    keep_within(window, QRect(0, 0, 1024, 728))
    title_bar = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
    assert title_bar > 0
    assert window.width() <= 1024
    assert window.height() <= 728 - title_bar
    keep_within(window, QRect(0, 0, 2560, 1440))
    assert (window.width(), window.height()) == (1024, 728 - title_bar)


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
