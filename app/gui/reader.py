"""Asks the store in a thread of its own, so that the window never waits for an answer."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from app.engine.views import BrokenOff, Views
from app.errors import BridgeError

Question: TypeAlias = Callable[[Views], Iterable[object]]
"""Asks the views of the reader's thread; every value that it yields is an answer."""


class Reader(QObject):
    """Only the newest question counts: one that is still open is broken off, and its answers are not told.

    `answered` carries each answer, `failed` the BridgeError with which the store could not be read; `done` is emitted
    after either, when nothing more is to come.
    """

    answered = Signal(object)
    failed = Signal(object)
    done = Signal()
    _told = Signal(int, object)
    _ended = Signal(int, object)

    def __init__(self, views: Views, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0
        self._asked = 0  # by the thread: the question it is at
        self._views = views.for_a_thread(lambda: self._asked != self._newest)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._told.connect(self._take)
        self._ended.connect(self._end)
        self.busy = self._closed = False

    def ask(self, question: Question, *, anew: bool = False) -> None:
        """Ask in the place of all that was asked before; with `anew` the file is opened again for it."""
        if self._closed:
            return
        self._newest += 1
        self.busy = True
        self._thread.submit(self._work, self._newest, question, anew=anew)

    def stop(self) -> None:
        """Break off what is asked: nothing more of it is told."""
        self._newest += 1
        self.busy = False

    def let_go(self) -> None:
        """Break off what is asked and close the store's file, until something is asked again."""
        if self._closed:
            return
        self.stop()
        self.close_when_done()

    def close_when_done(self) -> None:
        """Close the store's file as soon as what is asked has been told, until something is asked again."""
        if not self._closed:
            self._thread.submit(self._views.close)

    def shut_down(self) -> None:
        """Break off what is asked, let go of the store and end the thread; nothing can be asked any more."""
        if self._closed:
            return
        self.stop()
        self._closed = True
        self._thread.submit(self._views.close)
        self._thread.shutdown()

    def _work(self, number: int, question: Question, *, anew: bool) -> None:
        if number != self._newest:
            return
        self._asked = number
        failed: Exception | None = None
        try:
            if anew:
                self._views.close()
            for answer in question(self._views):
                if number != self._newest:
                    return  # with it goes the question, which then clears up after itself
                self._told.emit(number, answer)
        except BrokenOff:
            return
        except Exception as error:  # noqa: BLE001  # told in the window's thread, where it can be seen
            failed = error
        self._ended.emit(number, failed)

    def _take(self, number: int, answer: object) -> None:
        if number == self._newest:
            self.answered.emit(answer)

    def _end(self, number: int, failed: Exception | None) -> None:
        if number != self._newest:
            return
        self.busy = False
        if isinstance(failed, BridgeError):
            self.failed.emit(failed)
        elif failed is not None:
            raise failed
        self.done.emit()
