"""Looks after the entry in Windows' Task Scheduler in a thread of its own: Windows may take a minute to answer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, Signal

from app.errors import BridgeError
from app.resources import command_without_terminal
from app.schedule import ScheduleSettings
from app.task_scheduler import TaskScheduler


class WindowsEntry(QObject):
    """`told` carries whether there is an entry, after each look and each change; `failed` why Windows refused one."""

    told = Signal(bool)
    failed = Signal(object)
    _ended = Signal(object)

    def __init__(self, windows: TaskScheduler | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._windows = windows or TaskScheduler()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="schtasks")
        self._closed = False
        self._ended.connect(self._take)

    @property
    def name(self) -> str:
        """What Windows calls the entry."""
        return self._windows.name

    @property
    def available(self) -> bool:
        """Whether this computer has a Task Scheduler."""
        return self._windows.available

    def look(self) -> None:
        """Look whether there is an entry."""
        self._ask(lambda: None)

    def keep(self, schedule: ScheduleSettings) -> None:
        """Make the entry as `schedule` wants it, or remove it where it wants none."""
        if schedule.on:
            self._ask(lambda: self._windows.keep(schedule, command_without_terminal()))
        else:
            self._ask(self._windows.remove)

    def shut_down(self) -> None:
        """Take nothing more; what was begun still comes to its end, but is not told."""
        self._closed = True
        self._thread.shutdown(wait=False)

    def _ask(self, change: Callable[[], object]) -> None:
        if self.available and not self._closed:
            self._thread.submit(self._work, change)

    def _work(self, change: Callable[[], object]) -> None:
        try:
            change()
            ended: bool | Exception = self._windows.entry() is not None
        except Exception as error:  # noqa: BLE001  # told in the window's thread, where it can be seen
            ended = error
        if not self._closed:
            self._ended.emit(ended)

    def _take(self, ended: bool | Exception) -> None:
        if isinstance(ended, BridgeError):
            self.failed.emit(ended)
        elif isinstance(ended, Exception):
            raise ended
        else:
            self.told.emit(ended)
