"""A second start brings the first window to the front."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.gui import instance
from app.gui.instance import OnlyWindow, brought_to_front
from app.gui.window import MainWindow
from app.settings import Home
from tests.gui.filled import COMPANY

PATIENCE = 60_000


def start_again(home: Home, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "app", *words],
        env=os.environ | {"APBRIDGE_HOME": str(home.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_second_start_shows_the_first_window_and_ends(qtbot: QtBot, home: Home) -> None:
    window = MainWindow(home, COMPANY, ())
    qtbot.addWidget(window)
    only = OnlyWindow(home)
    only.asked.connect(window.show_again)
    with qtbot.waitSignal(only.asked, timeout=PATIENCE) as asked:
        second = start_again(home, "--company", COMPANY)
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=PATIENCE)
    said, trouble = second.communicate()
    assert asked.args == [COMPANY]
    assert (second.returncode, window.isVisible()) == (0, True), said + trouble
    only.stop()
    window.shut_down()


def test_another_home_has_a_window_of_its_own(qtbot: QtBot, home: Home, tmp_path: Path) -> None:
    only = OnlyWindow(home)
    assert not brought_to_front(Home(tmp_path / "elsewhere"))
    only.stop()
    assert not brought_to_front(home), "a window that was closed is not asked"


@pytest.mark.skipif(sys.platform == "win32", reason="there a pipe ends with its process")
def test_socket_that_a_killed_window_left_behind_is_taken_over(
    qtbot: QtBot, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "ANSWER_MS", 100)  # this window is busy until it has been asked
    left = "import os, sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication; "
    left += "from app.gui.instance import OnlyWindow; from app.settings import Home; a = QCoreApplication([]); "
    left += "o = OnlyWindow(Home(Path(sys.argv[1]))); os._exit(0)"
    subprocess.run([sys.executable, "-c", left, str(home.path)], check=True, cwd=Path(__file__).parents[2])
    assert not brought_to_front(home)
    only = OnlyWindow(home)
    with qtbot.waitSignal(only.asked, timeout=PATIENCE):
        assert brought_to_front(home, "XYZ")
    only.stop()
