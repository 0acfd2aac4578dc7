"""The hands of a person at the window: a mouse alone, or a keyboard alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QMenu, QPushButton, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from app.gui.widgets.table_view import TableView

LEFT = Qt.MouseButton.LeftButton
STEPS = 120  # of the Tab key: more than a window has stops


class Hands(Protocol):
    """What a person does, whatever with."""

    def press(self, button: QWidget) -> None:
        """Press a button, or turn a tick over."""

    def turn_to(self, tabs: QTabWidget, page: QWidget) -> None:
        """Bring a page of `tabs` to the front."""

    def choose(self, table: TableView, identity: str) -> None:
        """Make a row the current one."""

    def open(self, table: TableView, identity: str) -> None:
        """Open a row."""

    def tick(self, table: TableView, identity: str) -> None:
        """Tick a row, or untick it."""

    def pick(self, button: QPushButton, menu: QMenu, action: str) -> None:
        """Choose what is called `action` in the menu of a button."""

    def choose_line(self, lines: QListWidget, place: int) -> None:
        """Choose a line of a list."""

    def write(self, field: QLineEdit, text: str) -> None:
        """Replace what stands in a field; letters come from a keyboard in any case."""


class Mouse:
    """Works without touching a key but those of letters."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def press(self, button: QWidget) -> None:
        self._click(
            button, button.rect().center() if isinstance(button, QPushButton) else QPoint(8, button.height() // 2)
        )

    def turn_to(self, tabs: QTabWidget, page: QWidget) -> None:
        self._click(tabs.tabBar(), tabs.tabBar().tabRect(tabs.indexOf(page)).center())

    def choose(self, table: TableView, identity: str) -> None:
        self._click(table.viewport(), self._cell(table, identity, 1).center())

    def open(self, table: TableView, identity: str) -> None:
        self.choose(table, identity)
        place = self._cell(table, identity, 1).center()
        self._qtbot.mouseDClick(table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)

    def tick(self, table: TableView, identity: str) -> None:
        cell = self._cell(table, identity, 0)
        self._click(table.viewport(), QPoint(cell.left() + 14, cell.center().y()))

    def pick(self, button: QPushButton, menu: QMenu, action: str) -> None:
        def click() -> None:
            wanted = next(each for each in menu.actions() if each.objectName() == action)
            self._qtbot.mouseClick(menu, LEFT, Qt.KeyboardModifier.NoModifier, menu.actionGeometry(wanted).center())

        with _once_open(self._qtbot, menu, click):
            self._click(button, button.rect().center())

    def choose_line(self, lines: QListWidget, place: int) -> None:
        self._click(lines.viewport(), lines.visualItemRect(lines.item(place)).center())

    def write(self, field: QLineEdit, text: str) -> None:
        self._qtbot.mouseDClick(field, LEFT)
        field.selectAll()
        self._qtbot.keyClicks(field, text)

    def _click(self, widget: QWidget, place: QPoint) -> None:
        assert widget.isVisible()
        self._qtbot.mouseClick(widget, LEFT, Qt.KeyboardModifier.NoModifier, place)

    def _cell(self, table: TableView, identity: str, column: int) -> QRect:
        at = table.table.position(identity)
        assert at is not None
        index = table.table.index(at, column)
        table.scrollTo(index)  # as by the wheel
        return table.visualRect(index)


class Keyboard:
    """Works without a mouse: by Tab, arrows, Space, Enter and the letters that are underlined."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def press(self, button: QWidget) -> None:
        self._reach(button)
        self._key(Qt.Key.Key_Space)

    def turn_to(self, tabs: QTabWidget, page: QWidget) -> None:
        self._reach(tabs.tabBar())
        wanted = tabs.indexOf(page)
        while tabs.currentIndex() != wanted:
            self._key(Qt.Key.Key_Right if tabs.currentIndex() < wanted else Qt.Key.Key_Left)

    def choose(self, table: TableView, identity: str) -> None:
        self._reach(table)
        wanted = table.table.position(identity)
        assert wanted is not None
        while table.currentIndex().row() != wanted:
            self._key(Qt.Key.Key_Down if table.currentIndex().row() < wanted else Qt.Key.Key_Up)

    def open(self, table: TableView, identity: str) -> None:
        self.choose(table, identity)
        self._key(Qt.Key.Key_Return)

    def tick(self, table: TableView, identity: str) -> None:
        self.choose(table, identity)
        self._key(Qt.Key.Key_Space)

    def pick(self, button: QPushButton, menu: QMenu, action: str) -> None:
        def go() -> None:
            for _ in menu.actions():
                active = menu.activeAction()
                if active is not None and active.objectName() == action:
                    break
                self._qtbot.keyClick(menu, Qt.Key.Key_Down)
            self._qtbot.keyPress(menu, Qt.Key.Key_Return)

        self._reach(button)
        with _once_open(self._qtbot, menu, go):
            self._qtbot.keyPress(button, Qt.Key.Key_Space)  # the menu gets what comes then

    def choose_line(self, lines: QListWidget, place: int) -> None:
        self._reach(lines)
        while lines.currentRow() != place:
            self._key(Qt.Key.Key_Down if lines.currentRow() < place else Qt.Key.Key_Up)

    def write(self, field: QLineEdit, text: str) -> None:
        self._reach(field)
        self._qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self._qtbot.keyClicks(field, text)

    def _key(self, key: Qt.Key) -> None:
        self._qtbot.keyClick(QApplication.focusWidget(), key)

    def _reach(self, wanted: QWidget) -> None:
        """Press Tab until `wanted` has the focus."""
        assert wanted.isVisible()
        wanted.window().activateWindow()  # as a desktop does when a menu or a dialog has closed
        self._qtbot.waitUntil(wanted.window().isActiveWindow)
        for _ in range(STEPS):
            if QApplication.focusWidget() is wanted:
                return
            self._qtbot.keyClick(QApplication.focusWidget() or wanted.window(), Qt.Key.Key_Tab)
        raise AssertionError(f"{wanted.objectName()} is not reached by Tab")


@contextmanager
def _once_open(qtbot: QtBot, menu: QMenu, act: Callable[[], None]) -> Iterator[None]:
    """Act in a menu that the block opens: some menus hold up what opened them until they are closed."""
    done = []

    def acted() -> None:
        act()
        done.append(True)

    menu.aboutToShow.connect(lambda: QTimer.singleShot(0, acted), Qt.ConnectionType.SingleShotConnection)
    yield
    qtbot.waitUntil(lambda: bool(done))
