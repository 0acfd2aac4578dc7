"""The first start on a screen of its own, worked by a real keyboard and mouse: wizard, demo, Sync Now, Send, totals."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.gui.window import SIZE, MainWindow
from app.sandbox.world import load_world
from app.settings import Home
from tests.system.commands import COMMAND, in_cloud, in_sage, rows

PATIENCE = 80  # seconds
MISSING = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux" or bool(MISSING), reason=f"needs an X server; missing: {MISSING}"),
    pytest.mark.timeout(300),
]
READ_CLIPBOARD = "from PySide6.QtWidgets import QApplication; print(QApplication([]).clipboard().text())"
FIRST_TICK = QPoint(17, 12)  # in the table, below its head, and below what cannot be ticked


class Screen:
    """An X display without a window manager, and the hands of its user."""

    def __init__(self, display: str, home: Path) -> None:
        self.environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "APBRIDGE_HOME": str(home)}

    def hands(self, *arguments: str) -> str:
        command = ["xdotool", *arguments]
        return subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE
        ).stdout

    def window(self, title: str) -> str:
        """Wait for a window with `title` in its title, give it the keyboard, and return its id."""
        found = self.hands("search", "--sync", "--onlyvisible", "--name", title).split()
        self.hands("windowfocus", "--sync", found[0])
        return found[0]

    def press(self, *keys: str) -> None:
        self.hands("key", "--delay", "80", *keys)

    def click(self, window: str, place: QPoint) -> None:
        self.hands("mousemove", "--sync", "--window", window, str(place.x()), str(place.y()), "click", "1")

    def clipboard(self) -> str:
        command = [sys.executable, "-c", READ_CLIPBOARD]
        return subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, text=True, check=True).stdout


@contextmanager
def ended_after(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    with ended_after(server):
        assert server.stdout is not None
        yield Screen(f":{server.stdout.readline().strip()}", tmp_path / "home")


@pytest.fixture
def likeness(qtbot: QtBot) -> Callable[..., QPoint]:
    """Tells where something is in a window like the one on the screen: same size, same store."""

    def place(home: Home, name: str, inside: QPoint | None = None) -> QPoint:
        window = MainWindow(home, "ABC", ("none",))
        window.resize(*SIZE)
        window.tabs.setCurrentWidget(window.invoices)
        if name == "totals_table":
            window.invoices.lower.setCurrentWidget(window.invoices.totals)
        window.show()
        qtbot.waitExposed(window)
        widget = window.findChild(QWidget, name)
        widget = widget.viewport() if inside is not None else widget
        if name == "invoices_table":
            ticked = next(at for at, row in enumerate(window.invoices.documents.shown) if row.sendable)
            inside = inside + QPoint(0, window.invoices.table.rowViewportPosition(ticked))
        found = widget.mapTo(window, inside or widget.rect().center())
        window.shut_down()
        window.deleteLater()
        return found

    return place


def runs(home: Home) -> list[tuple[str, int]]:
    """Return command and exit code of the runs that have ended, in their order."""
    if not home.store_file.exists() or not rows(home.store_file, "SELECT 1 FROM sqlite_master WHERE name = 'runs'"):
        return []  # the engine is still making the store
    return rows(
        home.store_file, "SELECT command, exit_code FROM runs WHERE finished_at IS NOT NULL ORDER BY started_at"
    )


def alone(program: "subprocess.Popen[str]") -> bool:
    """Tell whether the window has no engine any more: its one child is the demo's AP server."""
    return len(Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text(encoding="ascii").split()) == 1


def ready(home: Home) -> list[str]:
    return [
        id_ for (id_,) in rows(home.store_file, "SELECT id FROM documents WHERE kind = 'invoice' AND state = 'ready'")
    ]


def test_from_the_first_start_to_totals_that_agree(
    qtbot: QtBot, screen: Screen, likeness: Callable[..., QPoint], tmp_path: Path
) -> None:
    def until(come: Callable[[], bool]) -> None:
        qtbot.waitUntil(come, timeout=PATIENCE * 1000)

    home = Home(tmp_path / "home")
    log = (tmp_path / "said.txt").open("w+", encoding="utf-8")
    started = subprocess.Popen(COMMAND, env=screen.environment, stdout=log, stderr=log, text=True)
    with ended_after(started) as program, log:
        screen.window("Connect a company")
        screen.press("alt+d", "Return")
        screen.press("alt+m")
        window = screen.window("ABC.*AP Bridge")
        world = load_world(home).description()
        assert in_sage(world) == {}

        screen.press("F5")
        until(lambda: runs(home) == [("sync", 1)])
        until(lambda: alone(program))
        everyone = ready(home)
        assert len(everyone) > 2

        screen.press("alt+i")
        screen.click(window, likeness(home, "invoices_table", FIRST_TICK))
        screen.press("alt+d")
        assert in_sage(world) == {}, "nothing is written before the question is answered"
        screen.press("Tab", "space")
        until(lambda: [command for command, _ in runs(home)] == ["sync", "send invoices"])
        until(lambda: alone(program))

        there = in_sage(world)
        (left_out,) = set(everyone) - set(there)
        assert all(count == 1 for count, _ in there.values())
        cloud = in_cloud(world, "invoices")
        assert {cloud[id_]["status"] for id_ in there} == {"EX"}
        assert cloud[left_out]["status"] == "A"
        assert all(amount == Decimal(cloud[id_]["document"]["amount"]) for id_, (_, amount) in there.items())

        screen.click(window, likeness(home, "totals_table", FIRST_TICK))
        screen.press("End", "ctrl+c")
        total = f"{sum(amount for _, amount in there.values()):,.2f}"
        number = str(len(there))
        assert screen.clipboard().strip().split("\t")[2:8] == [number, total] * 3
        assert program.poll() is None
        log.seek(0)
        assert log.read() == ""
