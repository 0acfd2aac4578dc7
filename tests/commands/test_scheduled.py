"""A scheduled sync goes to the engine that fits now, whichever Windows' Task Scheduler starts."""

import sys
from pathlib import Path

import pytest

from app.cli import main
from app.commands import scheduled
from app.errors import ExitCode
from app.settings import Home


@pytest.fixture
def other_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The engine that fits: it notes what it was asked, and ends as where Sage cannot be reached."""
    engine, asked = tmp_path / "engine", tmp_path / "asked"
    engine.write_text(f'#!/bin/sh\necho "$@" > "{asked}"\nexit 3\n', "utf-8")
    engine.chmod(0o755)
    monkeypatch.setattr(scheduled, "fitting_instead", lambda: engine)
    return asked


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its other engine is a script of the shell")


def test_scheduled_sync_is_done_by_the_engine_whose_driver_is_there(
    apbridge_home: Home, monkeypatch: pytest.MonkeyPatch, other_engine: Path
) -> None:
    words = ["sync", "--all", "--scheduled"]
    monkeypatch.setattr(sys, "argv", ["apbridge", *words])
    assert main() == ExitCode.SAGE_UNREACHABLE
    assert other_engine.read_text().split() == words
    assert not apbridge_home.store_file.exists()


def test_sync_from_a_terminal_stays_where_it_was_asked_for(apbridge_home: Home, other_engine: Path) -> None:
    assert main(["sync", "--all"]) != ExitCode.SAGE_UNREACHABLE
    assert apbridge_home.load().companies == ()
    assert not other_engine.exists()
