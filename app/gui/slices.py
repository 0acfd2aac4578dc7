"""Goes through something long a few milliseconds at a time, so that the window can do other things in between."""

import time
from collections.abc import Iterable, Iterator
from itertools import islice

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.errors import BridgeError

AT_ONCE = 100  # few enough to take them all before the window is drawn
SLICE_SECONDS = 0.008
PAINT_MS = 10  # Qt paints 5 ms after it is asked to


class Slices(QObject):
    """What was begun last counts. `done` carries all that was gone through as a list, `failed` the BridgeError met.

    What changes the window as it goes pauses for `pause_ms` each time, so that what it changed is painted by itself.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None, *, pause_ms: int = 0) -> None:
        super().__init__(parent)
        self._items: Iterator[object] = iter(())
        self._taken: list[object] = []
        self._timer = QTimer(self, interval=pause_ms, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """Whether it is still under way."""
        return self._timer.isActive()

    def begin(self, items: Iterable[object], at_once: int = AT_ONCE) -> bool:
        """Go through `items`, the first of them at once; return whether there are any.

        Raises:
            BridgeError: what the first of them raised.
        """
        self._timer.stop()
        self._items = iter(items)
        self._taken = list(islice(self._items, at_once))
        if len(self._taken) < at_once:
            self.done.emit(self._taken)
        else:
            self._timer.start()
        return bool(self._taken)

    def stop(self) -> None:
        """Leave it at that."""
        self._timer.stop()

    def _go_on(self) -> None:
        until = time.perf_counter() + SLICE_SECONDS
        try:
            for item in self._items:
                self._taken.append(item)
                if time.perf_counter() >= until:
                    return
        except BridgeError as error:
            self._timer.stop()
            self.failed.emit(error)
            return
        self._timer.stop()
        self.done.emit(self._taken)
