"""A scheduled sync and the schedule's command, as a program."""

import sqlite3
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from app.engine.held_back import Why
from app.engine.lock import company_lock
from app.engine.views import Views
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


def held_back(program: Program) -> list[tuple[Why, int]]:
    views = Views(program.home / "store.sqlite", "ABC")
    try:
        return [(each.why, each.times) for each in views.held_back()]
    finally:
        views.close()


def began(program: Program, days_ago: int) -> None:
    """Leave a sync of some days ago in the store."""
    assert program.run("schedule", "note", "--due", "2020-01-01T00:00:00+00:00", "--why", "busy").code == 0
    with sqlite3.connect(program.home / "store.sqlite") as db:
        db.execute("DELETE FROM held_back")
        at = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
        db.execute(
            "INSERT INTO runs (id, company, command, started_at, outcome) VALUES ('old', 'ABC', 'sync', ?, 'done')",
            (at,),
        )
    db.close()


def test_what_the_pause_left_out_is_noted_once(program: Program) -> None:
    keep(program, replace(ALWAYS, paused=True))
    for _ in range(2):
        program.run("sync", "--all", "--scheduled")
    assert held_back(program) == [(Why.PAUSED, 1)]


def test_a_locked_company_is_noted_and_its_own_sync_is_not(program: Program) -> None:
    keep(program, ALWAYS)
    with company_lock(Home(program.home).locks, "ABC", "send invoices", datetime.now(UTC)):
        assert program.run("sync", "--scheduled", "--json").code == 5
    assert held_back(program) == [(Why.BUSY, 1)]


def test_a_sync_that_could_not_begin_is_kept_as_one_that_failed_and_is_not_tried_for_ever(program: Program) -> None:
    keep(program, ALWAYS)
    home = Home(program.home)
    settings = home.load()
    home.save(replace(settings, companies=(replace(settings.companies[0], code="OLD"),)))  # it has no password
    ended = program.run("sync", "--scheduled", "--json")
    assert ended.code == 7
    (run,) = Views(home.store_file, "OLD").runs()
    assert (run.command, run.outcome, run.exit_code) == ("sync", "failed", 7)
    assert run.summary["error"]["code"] == "no-password"
    assert program.run("sync", "--scheduled").out == "OLD: nothing is due by the schedule.\n"


def test_days_on_which_the_computer_was_off_are_noted_by_the_next_sync(program: Program) -> None:
    keep(program, ALWAYS)
    began(program, days_ago=3)
    with program.served():
        assert program.run("sync", "--scheduled", "--json").code in (0, 1)
    ((why, times),) = held_back(program)
    assert why is Why.AWAY
    assert times in (2, 3), "the one that starts now may itself be late"


def test_what_was_held_back_is_noted_with_a_moment_that_has_a_zone(program: Program) -> None:
    assert program.run("schedule", "note", "--due", "2026-01-01T08:00").code == 2
    assert program.run("schedule", "note").code == 2
