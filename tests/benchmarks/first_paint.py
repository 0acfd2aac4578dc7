"""Opens the window as its user does, prints how long after `STARTED` it could be used, and closes it.

`python -m tests.benchmarks.first_paint STARTED`, which is `time.perf_counter()` of the process that started this one.
Usable: painted, and everything that was due then is done.
"""

import os
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, QTimer

from app.gui.main import prepared_application, run_window
from app.gui.window import MainWindow
from app.settings import Home


class FirstPaint(QObject):
    """Waits for the first painting of the window."""

    def __init__(self, started: float) -> None:
        super().__init__()
        self._started = started
        self._painted = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at an event; all go on."""
        if not self._painted and event.type() == QEvent.Type.Paint and isinstance(watched, MainWindow):
            self._painted = True
            QTimer.singleShot(0, lambda: self._usable(watched))
        return False

    def _usable(self, window: MainWindow) -> None:
        sys.stdout.write(f"{time.perf_counter() - self._started}\n")
        window.close()


def main(started: float) -> int:
    """Open the window and close it."""
    probe = FirstPaint(started)
    prepared_application().installEventFilter(probe)
    return run_window(Home(), None)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
