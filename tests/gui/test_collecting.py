"""When the window's process looks through all its objects for what nobody can reach any more."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from app.gui.collecting import NEVER, QUIET_SECONDS, TOO_MANY, WORTH_IT, Collector


class Ring:
    """Holds itself: nothing but such a look frees it."""

    def __init__(self) -> None:
        self.me = self


class World:
    """A shown window with its collector, a clock, and an object that has grown old and that nobody can reach."""

    def __init__(self, window: QWidget) -> None:
        self.window, self.now, self.running = window, 100.0, False
        self.collector = Collector(window, lambda: self.running, lambda: self.now)
        ring = Ring()
        self.old = weakref.ref(ring)
        gc.collect(1)
        del ring
        self.now += QUIET_SECONDS

    def grow(self, looks: int) -> None:
        """Let Python look through the younger objects so often."""
        for _ in range(looks):
            gc.collect(1)

    def looked(self) -> bool:
        """Let the collector look now; return whether it freed the object."""
        self.collector.look()
        return self.old() is None


@pytest.fixture
def world(qtbot: QtBot) -> Iterator[World]:
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    made = World(window)
    yield made
    made.collector.stop()


def test_what_nobody_can_reach_is_freed_when_nobody_works_with_the_window(world: World) -> None:
    world.grow(WORTH_IT)
    assert world.looked()


def test_little_is_not_looked_for(world: World) -> None:
    world.grow(WORTH_IT - 2)
    assert not world.looked()


def test_nothing_is_looked_for_while_a_run_goes_on_or_has_just_ended(world: World) -> None:
    world.grow(WORTH_IT)
    world.running = True
    assert not world.looked()
    world.running = False
    assert not world.looked(), "what it brought is still being shown"
    world.now += QUIET_SECONDS
    assert world.looked()


@pytest.mark.parametrize("touch", ["key", "mouse", "click"])
def test_nothing_is_looked_for_soon_after_the_window_was_touched(world: World, touch: str) -> None:
    world.grow(WORTH_IT)
    handle = world.window.windowHandle()
    if touch == "key":
        QTest.keyClick(handle, Qt.Key.Key_A)
    elif touch == "mouse":
        QTest.mouseMove(handle, QPoint(5, 5))
    else:
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
    world.now += QUIET_SECONDS - 0.1
    assert not world.looked()
    world.now += 0.2
    assert world.looked()


def test_nothing_is_looked_for_while_a_dialog_is_open(world: World, qtbot: QtBot) -> None:
    world.grow(WORTH_IT)
    dialog = QDialog(world.window)
    dialog.open()
    assert not world.looked()
    dialog.reject()
    qtbot.waitUntil(dialog.isHidden)
    assert world.looked()


def test_memory_stays_bounded_however_long_a_run_takes(world: World) -> None:
    world.running = True
    world.grow(TOO_MANY)
    assert world.looked()


def test_python_looks_through_young_objects_by_itself_and_through_all_when_it_is_over(qtbot: QtBot) -> None:
    before = gc.get_threshold()
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    collector = Collector(window, lambda: False)
    assert gc.isenabled()
    assert gc.get_threshold() == (*before[:2], NEVER)
    assert gc.get_freeze_count() > 0
    collector.stop()
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
