"""The foot of the window while a run goes on: what it does, how far it is, and Cancel."""

import time

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from app.engine.events import Event, Kind
from app.gui.engine_process import KILL_AFTER_MS
from app.gui.format import duration, whole
from app.gui.icons import icon
from app.gui.text import tr

SILENCE = 3  # seconds without a word before the bar says that it waits, and for how long
TICK_MS = 1000


class RunBar(QWidget):
    """Always says what the run waits for and since when; hidden while none goes on."""

    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.text.setObjectName("progress_text")
        self.text.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setObjectName("progress_bar")
        self.bar.setAccessibleName(tr("How far the run is"))
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(220)
        self.cancel = QPushButton(icon("cancel"), tr("&Cancel"))
        self.cancel.setObjectName("cancel_button")
        self.cancel.setIconSize(QSize(14, 14))
        self.cancel.clicked.connect(self._ask_cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.bar)
        row.addWidget(self.text, 1)
        row.addWidget(self.cancel)
        self._words = ""
        self._cancelling: float | None = None
        self._heard = 0.0
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._show_words)
        self.hide()

    def begin(self, words: str) -> None:
        """Show that a run has been started."""
        self.cancel.setEnabled(True)
        self.cancel.show()
        self._cancelling = None
        self.bar.setRange(0, 0)
        self._say(words)
        self._clock.start()
        self.show()

    def show_outside(self, words: str) -> None:
        """Show that a run goes on that was started elsewhere: how far it is, and how to stop it, is known there."""
        self.cancel.hide()
        self.bar.setRange(0, 0)
        self.text.setText(words)
        self.text.setAccessibleName(words)
        self.show()

    def finish(self) -> None:
        """Hide: the run is over."""
        self._clock.stop()
        self.hide()

    def take(self, event: Event) -> None:
        """Show what an event says of how far the run is."""
        data = event.data
        title = str(data.get("title") or data.get("stage", ""))
        if event.kind is Kind.STAGE_STARTED:
            self.bar.setRange(0, 0)
            self._say(title)
        elif event.kind is Kind.PROGRESS:
            total = data.get("total")
            if total:
                # Thousandths: a count may exceed what the bar's 32-bit range holds.
                self.bar.setRange(0, 1000)
                self.bar.setValue(min(1000, int(data["done"]) * 1000 // int(total)))
            self._say(progress_words(title, int(data["done"]), total, float(data.get("rate") or 0)))
        else:
            self._heard = time.monotonic()

    def _say(self, words: str) -> None:
        self._words = words
        self._heard = time.monotonic()
        self._show_words()

    def _show_words(self) -> None:
        now = time.monotonic()
        silence = now - self._heard
        if self._cancelling is not None:
            self.text.setText(self._cancel_words(now - self._cancelling))
        elif silence >= SILENCE:
            self.text.setText(tr("{words} · waiting for an answer, {span}", words=self._words, span=duration(silence)))
        else:
            self.text.setText(self._words)
        self.text.setAccessibleName(self.text.text())

    def _ask_cancel(self) -> None:
        self.cancel.setEnabled(False)
        self._cancelling = time.monotonic()
        self._show_words()
        self.cancel_asked.emit()

    def _cancel_words(self, seconds: float) -> str:
        """Say what the cancelling waits for and since when, and what happens when that takes too long."""
        words = tr("Cancelling: waiting for “{words}” to come to a safe stop", words=self._words)
        if seconds >= 1:
            words = tr("{words}, {span}", words=words, span=duration(seconds))
        if seconds >= SILENCE:
            left = max(1, round(KILL_AFTER_MS / 1000 - seconds))
            words = tr("{words}; ended by force in {left}, which loses nothing", words=words, left=duration(left))
        return words


def progress_words(title: str, done: int, total: int | None, rate: float) -> str:
    """Return “Vendors: 61,200 of 100,000 · 48,000/s · about 1 s left”, as far as it is known."""
    if total:
        parts = [tr("{title}: {done} of {total}", title=title, done=whole(done), total=whole(total))]
    else:
        parts = [tr("{title}: {done}", title=title, done=whole(done))]
    if rate:
        parts.append(tr("{rate}/s", rate=whole(round(rate))))
        if total and total > done:
            parts.append(tr("about {span} left", span=duration((total - done) / rate)))
    return " · ".join(parts)
