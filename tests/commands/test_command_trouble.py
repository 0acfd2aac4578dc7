"""What stops a command outside a run: the sentence fits the trouble, and programs get it as an event."""

import argparse
import errno
import os
from pathlib import Path

import pytest

from app import commands
from app.commands.trouble import computer_trouble
from app.engine.events import Event, Kind
from app.errors import ExitCode
from app.settings import Home

HOME = Path("/data/AP Bridge")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_asks_for_space(number: int) -> None:
    error = computer_trouble(HOME, OSError(number, os.strerror(number), "/data/AP Bridge/store.sqlite"))
    assert error.code == "disk-full"
    assert error.exit_code is ExitCode.COMPUTER
    assert "store.sqlite" in error.message
    assert "Free some space" in error.fix


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_missing_right_asks_for_the_right(number: int) -> None:
    error = computer_trouble(HOME, OSError(number, os.strerror(number)))
    assert error.code == "not-allowed"
    assert error.exit_code is ExitCode.COMPUTER
    assert str(HOME) in error.message
    assert "space" not in str(error)


def test_other_trouble_is_told_in_the_words_of_the_system() -> None:
    error = computer_trouble(HOME, OSError(errno.EIO, os.strerror(errno.EIO)))
    assert error.exit_code is ExitCode.COMPUTER
    assert os.strerror(errno.EIO) in error.message
    assert "space" not in str(error)


def test_what_stops_a_command_is_a_sentence_and_for_programs_also_an_event(
    apbridge_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    apbridge_home.path.mkdir()
    apbridge_home.settings_file.write_text("{", "utf-8")
    for json in (True, False):
        chosen = argparse.Namespace(command="status", company=None, json=json)
        assert commands.run(chosen) == ExitCode.COMPUTER
        said = capsys.readouterr()
        assert said.err.startswith("The settings cannot be read. ")
        if not json:
            assert said.out == ""
            continue
        event = Event.parse(said.out)
        assert event is not None
        assert event.kind is Kind.RUN_FINISHED
        assert event.run == ""
        assert event.data["code"] == "settings-unreadable"
        assert event.data["outcome"] == "failed"
        assert event.data["exit_code"] == ExitCode.COMPUTER
        assert said.err == f"{event.data['title']}. {event.data['message']} {event.data['fix']}\n"


@pytest.mark.logs_errors
def test_a_fault_outside_a_run_has_an_exit_code_of_its_own(
    apbridge_home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(home: Home, chosen: argparse.Namespace) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("app.commands.company.status", broken)
    assert commands.run(argparse.Namespace(command="status", company=None, json=True)) == ExitCode.BUG
    said = capsys.readouterr()
    assert said.err.endswith("send the log to support.\n")
    event = Event.parse(said.out)
    assert event is not None
    assert (event.data["code"], event.data["exit_code"]) == ("bug", ExitCode.BUG)
    assert "ZeroDivisionError" in (apbridge_home.logs / "apbridge.log").read_text("utf-8")
