"""A scheduled sync and the schedule's command, as a program."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import orjson
import pytest

from app.schedule import WEEKDAYS, ScheduleSettings
from app.settings import Home
from tests.system.commands import Program, rows

ALWAYS = ScheduleSettings(on=True, times=("00:00",), weekdays=WEEKDAYS, earliest="00:00", latest="23:59")


@pytest.fixture
def program(tmp_path: Path) -> Program:
    made = Program(tmp_path / "home")
    created = made.run("sandbox", "create", "--seed", "11")
    assert created.code == 0, created.err
    return made


def keep(program: Program, schedule: ScheduleSettings) -> None:
    home = Home(program.home)
    home.save(replace(home.load(), schedule=schedule))


def syncs(program: Program) -> int:
    return len(rows(program.home / "store.sqlite", "SELECT 1 FROM runs WHERE command = 'sync'"))


def test_scheduled_sync_does_what_is_due_once_and_sends_nothing(program: Program) -> None:
    keep(program, ALWAYS)
    with program.served():
        first = program.run("sync", "--all", "--scheduled", "--json")
        again = program.run("sync", "--all", "--scheduled")
    assert first.code in (0, 1)
    assert (again.code, again.out) == (0, "ABC: nothing is due by the schedule.\n")
    assert syncs(program) == 1
    assert rows(program.home / "store.sqlite", "SELECT COUNT(*) FROM journal") == [(0,)]


@pytest.mark.parametrize("schedule", [replace(ALWAYS, paused=True), replace(ALWAYS, on=False)], ids=["paused", "off"])
def test_paused_or_switched_off_nothing_is_synced(program: Program, schedule: ScheduleSettings) -> None:
    keep(program, schedule)
    ended = program.run("sync", "--scheduled")
    assert (ended.code, ended.out) == (0, "ABC: nothing is due by the schedule.\n")


def test_schedule_is_shown_to_people_and_programs(program: Program) -> None:
    keep(program, ALWAYS)
    shown = program.run("schedule")
    assert shown.code == 0
    assert shown.out.startswith("Every day at 00:00.\nThe next sync is on ")
    told = orjson.loads(program.run("schedule", "--json").out)
    assert (told["on"], told["paused"]) == (True, False)
    assert datetime.fromisoformat(told["next"]).astimezone() > datetime.now().astimezone()


@pytest.mark.skipif(sys.platform == "win32", reason="there the entry would be made")
def test_entry_of_windows_is_refused_elsewhere_with_what_to_do(program: Program) -> None:
    keep(program, ALWAYS)
    ended = program.run("schedule", "install")
    assert ended.code == 7
    assert "only on Windows" in ended.err
    assert not Home(program.home).load().schedule.when_closed
