"""Says what is waited for and since when, for as long as the waiting goes on."""

import time

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QLabel

from app.gui.format import duration
from app.gui.text import tr

TICK_MS = 1_000


class Waiting(QObject):
    """Writes into `label`, from the first second on with how long it has been."""

    def __init__(self, label: QLabel) -> None:
        super().__init__(label)
        self._label = label
        self._words = ""
        self._since = 0.0
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._say)

    def begin(self, words: str) -> None:
        """Say from now on that `words` is waited for."""
        self._words, self._since = words, time.monotonic()
        self._say()
        self._clock.start()

    def end(self) -> None:
        """Say it no longer: the label is empty."""
        self._clock.stop()
        self._label.clear()

    def _say(self) -> None:
        span = time.monotonic() - self._since
        told = tr("{words}, {span}", words=self._words, span=duration(span)) if span >= 1 else self._words
        self._label.setText(told)
