"""Frees what only holds each other while nobody works with the window, since to look for all of it takes a while."""

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

LOOK_EVERY_MS = 1_000
QUIET_SECONDS = 10
WORTH_IT = 10  # Python's own measure: so often has it looked through the younger objects since
TOO_MANY = 200  # then it does not wait any longer: there may be a million more objects
NEVER = 1_000_000_000
_TOUCHES = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
    )
)


class Collector(QObject):
    """Until `stop`, Python looks through young objects as ever, but through all only when nobody waits for the window.

    That is when `busy` has denied for a while that a run goes on, and the shown `window` was not touched either. What
    is there at the beginning stays, and is looked through no more.
    """

    def __init__(self, window: QWidget, busy: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(window)
        self._busy, self._clock = busy, clock
        self._touched = clock()
        self._before = gc.get_threshold()
        gc.freeze()
        gc.set_threshold(*self._before[:2], NEVER)
        window.windowHandle().installEventFilter(self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(LOOK_EVERY_MS)

    def look(self) -> None:
        """Free what can be freed, if it is worth it and disturbs nobody, or if there is very much."""
        if self._busy():
            self._touched = self._clock()
        looks = gc.get_count()[2]
        if looks >= TOO_MANY or (looks >= WORTH_IT and self._quiet()):
            gc.collect()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.set_threshold(*self._before)
        gc.unfreeze()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take note that the window was touched."""
        if event.type() in _TOUCHES:
            self._touched = self._clock()
        return super().eventFilter(watched, event)

    def _quiet(self) -> bool:
        untouched = self._clock() - self._touched >= QUIET_SECONDS
        return untouched and QApplication.activeModalWidget() is None
