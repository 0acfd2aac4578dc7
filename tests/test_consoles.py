"""No black window appears on Windows for a program that AP Bridge starts."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app import task_scheduler
from app.commands import scheduled, server
from app.consoles import no_new_console
from app.settings import Home

DETACHED = 0x8  # DETACHED_PROCESS
HIDDEN = 0x0800_0000  # CREATE_NO_WINDOW
ASKED = "import sys; from app.consoles import no_new_console; sys.exit(no_new_console() != 0x8000000)"


class Stopped(Exception):  # noqa: N818  # no error
    """Nothing is started."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The flags of what is started, which is not."""
    flags: list[int] = []

    def start(command: Sequence[str], **kwargs: object) -> None:
        flags.append(int(str(kwargs["creationflags"])))
        raise Stopped

    monkeypatch.setattr(subprocess, "Popen", start)
    monkeypatch.setattr(subprocess, "run", start)
    for module in (task_scheduler, scheduled, server):
        monkeypatch.setattr(module, "no_new_console", lambda: HIDDEN)
    return flags


def test_programs_of_windows_are_asked_out_of_sight(started: list[int]) -> None:
    with pytest.raises(Stopped):
        task_scheduler.run_program(("schtasks", "/Query"))
    assert started == [HIDDEN]


def test_the_demos_server_runs_out_of_sight(
    started: list[int], apbridge_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "load_world_at", lambda _: None)
    with pytest.raises(Stopped), server.served(apbridge_home):
        pass
    assert started == [HIDDEN]


def test_the_engine_of_a_scheduled_sync_runs_out_of_sight(started: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduled, "fitting_instead", lambda: Path("apbridge.exe"))
    with pytest.raises(Stopped):
        scheduled.run_by_fitting_engine()
    assert started == [HIDDEN]


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows has such windows")
def test_without_a_terminal_none_is_opened() -> None:
    assert subprocess.run([sys.executable, "-c", ASKED], creationflags=DETACHED, check=False).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has such windows")
def test_elsewhere_there_is_nothing_to_hide() -> None:
    assert no_new_console() == 0
