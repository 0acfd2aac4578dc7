"""How quickly the window shows, filters and sorts a long list, and how long it stands still during a sync.

`python -m tests.benchmarks.window [--rows N …] [--repeat N] [--scale small|medium|reference …]
[--tab TAB …] [--json FILE]`

The real Lists tab, without a screen, over stores with so many items each:

* opened: from a click on the list to its first records being painted;
* complete: from that click to the last of its records being there, to be scrolled to;
* seen: the slowest of the keys of a word typed into the filter, each from the press to what it leaves being painted;
* keystroke: the same, to the last of what it leaves being there too, to be scrolled to;
* sort: by description, from the click to the painting of all records in their new order;
* still: the longest span in all that in which the window's thread came to nothing else;
* work: the most processor time that this thread took in one such span, which other programs add nothing to.

Then the real window, with each tab in front in turn, syncs a demo world for the first time with its engine as a child,
while a timer that is due all the time records the longest span in which the window's thread did not come to it (stall),
and the most processor time that the thread took in one (work), until all that the sync found is shown. In the world
"reference" that is 200,000 items, which the Lists tab has open, and 7,412 orders. Limits are for the sizes that are
written beside them.
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import orjson
from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.lists import ListName
from app.engine.store import Store
from app.engine.views import Views
from app.gui.collecting import Collector
from app.gui.main import prepared_application
from app.gui.tabs.lists import ListsTab
from app.gui.window import MainWindow
from app.settings import Home
from tests.benchmarks.worlds import APBRIDGE, copy_world, environment, make_world, served

COMPANY, RUN = "ABC", "run-measured"
ROWS = (1_000, 100_000, 200_000, 1_000_000)
STEPS = ("opened", "complete", "seen", "keystroke", "sort", "still", "work")
LIMITS = {
    ("opened", 1_000_000): 150,
    ("seen", 200_000): 150,
    ("keystroke", 200_000): 150,
    ("sort", 200_000): 300,
    ("still", 200_000): 50,
    ("still", 1_000_000): 50,
}
STALL_LIMIT = 50
TYPED = "number 99"
DESCRIPTION = 1  # the key is column 0
SYNC_MINUTES = 10
AFTER_MS = 3_000  # the window loads what is new
TABS = ("overview", "lists", "orders", "invoices", "payments", "made_in_sage", "activity")

Figures = dict[str, float]


def fill(file: Path, rows: int) -> None:
    """Make a store that holds so many items, each acknowledged."""
    store = Store(file)
    at = datetime.now(UTC).isoformat()
    store.write_many(
        "INSERT INTO checkpoints (company, list, key, hash, active, description, state, acknowledged_at, run)"
        " VALUES (?, ?, ?, ?, ?, ?, 'acknowledged', ?, ?)",
        (
            (COMPANY, ListName.ITEM, f"I{number:09}", b"h" * 16, number % 7 != 0, _description(number), at, RUN)
            for number in range(rows)
        ),
    )
    store.write("INSERT INTO list_syncs VALUES (?, ?, ?, ?, '{}')", (COMPANY, ListName.ITEM, at, RUN))
    store.close()


def _description(number: int) -> str:
    return f"Item number {number * 7919 % 1_000_003}"


def long_list(file: Path, repeat: int) -> dict[str, list[float]]:
    """Return the milliseconds that each step took, `repeat` times, each with a tab of its own."""
    taken: dict[str, list[float]] = {step: [] for step in STEPS}
    for _ in range(repeat):
        views = Views(file, COMPANY)
        tab = ListsTab(views)
        tab.resize(1200, 800)
        tab.show()
        _wait(lambda: tab.summaries.rowCount() > 0)  # noqa: B023
        _settle(tab)
        for step, milliseconds in _steps(tab).items():
            taken[step].append(milliseconds)
        tab.shut_down()
        tab.close()
        tab.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        views.close()
    return taken


def _steps(tab: ListsTab) -> Figures:
    """Take each step once; what one leaves to be done is done before the next."""
    taken: Figures = {}
    probe = StallProbe()
    probe.start()
    started = time.perf_counter()
    tab.lists_table.choose(ListName.ITEM)
    _wait(lambda: tab.records.shown_list == ListName.ITEM)
    _paint(tab)
    taken["opened"] = _since(started)
    _settle(tab)
    taken["complete"] = _since(started)
    tab.filter_box.setFocus()
    changes: list[bool] = []
    tab.records.changed.connect(lambda: changes.append(True))
    taken["seen"] = taken["keystroke"] = 0.0
    for letter in TYPED:
        changes.clear()
        started = time.perf_counter()
        QTest.keyClick(tab.filter_box, letter)
        _wait(lambda: bool(changes) or not tab.records.waiting)
        _paint(tab)
        taken["seen"] = max(taken["seen"], _since(started))
        _settle(tab)
        taken["keystroke"] = max(taken["keystroke"], _since(started))
    tab.filter_box.clear()
    _settle(tab)
    started = time.perf_counter()
    tab.records_table.sortByColumn(DESCRIPTION, Qt.SortOrder.DescendingOrder)
    _settle(tab)
    taken["sort"] = _since(started)
    probe.stop()
    return taken | {"still": probe.longest, "work": probe.work}


def _settle(tab: ListsTab) -> None:
    """Go on until all that was asked is found, and painted."""
    _wait(lambda: not tab.reader.busy and not tab.records.waiting)
    _paint(tab)


def _wait(until: Callable[[], bool]) -> None:
    while not until():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def _paint(tab: ListsTab) -> None:
    QApplication.processEvents()
    tab.records_table.viewport().repaint()


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


class StallProbe:
    """Records the longest span, in milliseconds, in which the thread's events had to wait.

    `work` is the most processor time that the thread took in one.
    """

    def __init__(self) -> None:
        self.longest = self.work = 0.0
        self.beats = 0
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to look."""
        self._last, self._worked = time.perf_counter(), time.thread_time()
        self._timer.start(0)

    def stop(self) -> None:
        """Look no longer."""
        self._timer.stop()

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.longest = max(self.longest, (now - self._last) * 1000)
        self.work = max(self.work, (worked - self._worked) * 1000)
        self._last, self._worked = now, worked
        self.beats += 1
        time.sleep(0.001)  # else the probe would take a processor from the sync


def stalls(home: Path, tab: str) -> Figures:
    """Sync the demo world in `home` from the window with `tab` in front; return what the probe saw.

    `seconds` is how long the sync took.

    Raises:
        RuntimeError: when the sync does not end well.
    """
    with _surroundings(environment(home)), served(home):
        window = MainWindow(Home(home), None, APBRIDGE)
        window.show()
        collector = Collector(window, window.background.busy)
        _bring_to_the_front(window, tab)
        probe, loop, ends = StallProbe(), QEventLoop(), []
        window.engine.ended.connect(ends.append)
        window.page.run_ended.connect(lambda _: QTimer.singleShot(AFTER_MS, loop.quit))
        QTimer.singleShot(SYNC_MINUTES * 60_000, loop.quit)
        started = time.perf_counter()
        probe.start()
        window.start("sync")
        loop.exec()
        seconds = time.perf_counter() - started
        probe.stop()
        collector.stop()
        window.shut_down()
        window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if not ends or not ends[0].done:
        raise RuntimeError(f"the sync did not end well: {ends}")
    return {"longest": probe.longest, "work": probe.work, "beats": probe.beats, "seconds": seconds}


def _bring_to_the_front(window: MainWindow, tab: str) -> None:
    if tab == "made_in_sage":
        window.tabs.setCurrentWidget(window.payments)
        window.payments.setCurrentWidget(window.payments.from_sage)
        return
    window.tabs.setCurrentWidget(getattr(window, tab))
    if tab == "lists":
        _wait(lambda: window.lists.summaries.rowCount() > 0 or not window.lists.reader.busy)
        window.lists.lists_table.choose(ListName.ITEM)


@contextmanager
def _surroundings(wanted: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def run(
    scratch: Path, *, rows: Sequence[int], repeat: int, scales: Sequence[str], tabs: Sequence[str]
) -> dict[str, Any]:
    """Measure; return everything as it is written to the JSON file."""
    prepared_application()
    lists = {}
    for number in rows:
        file = scratch / f"{number}.sqlite"
        fill(file, number)
        lists[str(number)] = long_list(file, repeat)
        file.unlink()
    sync = {scale: _syncs(scratch, scale, repeat, tabs) for scale in scales}
    return {
        "python": platform.python_version(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "repeat": repeat,
        "lists": lists,
        "sync": sync,
    }


def _syncs(scratch: Path, scale: str, repeat: int, tabs: Sequence[str]) -> dict[str, list[Figures]]:
    made = scratch / scale
    make_world(made, scale)
    taken: dict[str, list[Figures]] = {tab: [] for tab in tabs}
    for _ in range(repeat):
        for tab in tabs:
            home = copy_world(made, scratch / "synced")
            taken[tab].append(stalls(home, tab))
            shutil.rmtree(home)
    return taken


def report(result: dict[str, Any]) -> str:
    """Return the figures as a person reads them: medians, with the lowest and the highest beside them.

    What a person waits for is judged by its median; that the window never stands still, by the highest.
    """
    lines = [
        f"{result['repeat']} repetitions, Python {result['python']}, load {result['load']}; milliseconds",
        f"{'rows':>12}  {'step':12}{'median':>10}{'low':>10}{'high':>10}  limit",
    ]
    for rows, steps in result["lists"].items():
        number = int(rows)
        for step, taken in steps.items():
            judged = max if step == "still" else median
            lines.append(_line(f"{number:,}", step, taken, LIMITS.get((step, number)), judged))
    for scale, tabs in result["sync"].items():
        lines.append(f"{scale:>10}, a sync with this tab in front")
        for tab, syncs in tabs.items():
            lines.append(_line(tab, "stall", [each["longest"] for each in syncs], STALL_LIMIT, max))
            lines.append(_line(tab, "work", [each["work"] for each in syncs]))
    return "\n".join(lines) + "\n"


def _line(
    where: str,
    step: str,
    taken: Sequence[float],
    limit: int | None = None,
    judged: Callable[[Sequence[float]], float] = median,
) -> str:
    verdict = "" if limit is None else f"  {limit}: {'ok' if judged(taken) <= limit else 'over'}"
    return f"{where:>12}  {step:12}{median(taken):10.1f}{min(taken):10.1f}{max(taken):10.1f}{verdict}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; with --json also write everything to a file."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.window", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS, metavar="N", help="how many items a list holds")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="how often to measure (default 5)")
    scales = ["small", "medium", "reference"]
    parser.add_argument("--scale", choices=scales, nargs="+", default=["small", "reference"], help="worlds to sync")
    parser.add_argument("--tab", choices=TABS, nargs="+", default=TABS, help="tabs to have in front of a sync")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="apbridge-window-") as folder:
        result = run(Path(folder), rows=chosen.rows, repeat=chosen.repeat, scales=chosen.scale, tabs=chosen.tab)
    sys.stdout.write(report(result))
    if chosen.json is not None:
        chosen.json.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main()
