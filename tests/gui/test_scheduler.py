"""The schedule while the program is open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from app.gui.scheduler import Scheduler
from app.schedule import WEEKDAYS, ScheduleSettings

HOURLY = ScheduleSettings(on=True, every_minutes=60, weekdays=WEEKDAYS, earliest="00:00", latest="23:59")
# Just past a full hour of this computer's clock, at noon: far from where days and clocks change.
NOON = datetime(2026, 11, 25, 12, 0, 5).astimezone().astimezone(UTC)


class Desk:
    """A clock that stands still until it is told to go on, and the last start of each company."""

    def __init__(self) -> None:
        self.now = NOON
        self.busy = False
        self.starts: dict[str, datetime] = {}
        self.due: list[list[str]] = []
        self.scheduler = Scheduler(self.starts.get, lambda: self.busy, now=lambda: self.now)
        self.scheduler.due.connect(self.due.append)
        self.told: list[tuple[str, float, str, int]] = []
        self.scheduler.held_back.connect(
            lambda code, due, why, times: self.told.append((code, (due - NOON).total_seconds() // 60, why, times))
        )
        self.scheduler.take(HOURLY, ["ABC", "XYZ"])

    def later(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.scheduler.look()


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk()


def test_all_companies_are_synced_when_it_is_time_and_once(desk: Desk) -> None:
    desk.later(0)
    assert desk.due == [["ABC", "XYZ"]]
    desk.later(1)
    assert desk.due == [["ABC", "XYZ"]], "what was tried is not tried again, though it left no trace"
    desk.later(60)
    assert len(desk.due) == 2


def test_company_that_was_synced_since_is_left_out(desk: Desk) -> None:
    desk.starts["ABC"] = NOON
    desk.later(0)
    assert desk.due == [["XYZ"]]


def test_hours_that_were_slept_through_are_one_sync(desk: Desk) -> None:
    desk.starts = {}
    desk.later(5 * 60)
    desk.later(0)
    assert len(desk.due) == 1


def test_what_is_due_waits_for_the_run_at_hand(desk: Desk) -> None:
    desk.busy = True
    desk.later(0)
    assert desk.due == []
    assert desk.scheduler.words.startswith("The sync of ")
    assert desk.scheduler.words.endswith(" waits for the run at hand")
    desk.busy = False
    desk.later(0)
    assert desk.due == [["ABC", "XYZ"]]
    assert desk.scheduler.words.startswith("Next sync ")


def test_paused_nothing_starts_and_what_was_left_out_is_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.scheduler.take(replace(HOURLY, paused=True), ["ABC"])
    assert desk.scheduler.words == "Schedule paused"
    with caplog.at_level("INFO"):
        desk.later(0)
        desk.later(1)
    assert desk.due == []
    assert desk.scheduler.words.startswith("Schedule paused; left out ")
    assert caplog.text.count("did not start: the schedule is paused") == 1
    desk.scheduler.take(HOURLY, ["ABC"])
    desk.later(0)
    assert desk.due == [["ABC"]], "going on catches up"


def test_without_a_schedule_nothing_is_said_or_done(desk: Desk) -> None:
    desk.scheduler.take(ScheduleSettings(), ["ABC"])
    desk.later(60)
    assert (desk.due, desk.scheduler.words) == ([], "")


def test_what_waits_for_a_run_is_told_once_with_its_reason(desk: Desk) -> None:
    desk.busy = True
    desk.later(0)
    desk.later(1)
    assert desk.told == [("ABC", -1, "busy", 1), ("XYZ", -1, "busy", 1)]
    desk.busy = False
    desk.later(0)
    assert desk.due == [["ABC", "XYZ"]]
    assert len(desk.told) == 2


def test_what_a_pause_left_out_is_told(desk: Desk) -> None:
    desk.scheduler.take(replace(HOURLY, paused=True), ["ABC"])
    desk.later(0)
    desk.later(60)
    assert desk.told == [("ABC", -1, "paused", 1), ("ABC", 59, "paused", 1)]


def test_what_was_slept_through_is_told_as_one_when_the_computer_wakes(desk: Desk) -> None:
    desk.starts = {"ABC": NOON, "XYZ": NOON}
    desk.scheduler._last_start = desk.starts.get
    desk.later(0)
    desk.later(5 * 60 + 30)
    assert desk.told == [("ABC", 299, "asleep", 5), ("XYZ", 299, "asleep", 5)]
    assert desk.due == [["ABC", "XYZ"]]


def test_what_was_due_while_the_window_was_closed_is_told_by_the_first_sync_after(desk: Desk) -> None:
    desk.starts["ABC"] = desk.starts["XYZ"] = NOON - timedelta(hours=2, minutes=30)
    desk.later(30)
    assert desk.told == [("ABC", -1, "closed", 3), ("XYZ", -1, "closed", 3)]


def test_a_schedule_that_begins_now_has_missed_nothing(desk: Desk) -> None:
    desk.scheduler.take(replace(HOURLY, every_minutes=0, times=("09:00",)), ["ABC"])
    desk.later(0)
    assert desk.due == [["ABC"]]
    assert desk.told == [], "this company was never synced before"
