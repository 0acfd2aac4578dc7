"""When a sync is due: times, weekdays, the window of the day, sleep, and the hour that the clock skips or repeats."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.schedule import ScheduleSettings, describe, due, next_due, not_allowed

CHICAGO = ZoneInfo("America/Chicago")
TWICE = ScheduleSettings(on=True, times=("13:00", "08:00"))
HOURLY = ScheduleSettings(on=True, every_minutes=60, earliest="08:00", latest="18:00")


def at(text: str, fold: int = 0) -> datetime:
    """A moment on the user's clock: 2026-11-25 is a Wednesday."""
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO, fold=fold)


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        (TWICE, "2026-11-25 07:59", "2026-11-25 08:00"),
        (TWICE, "2026-11-25 08:00", "2026-11-25 13:00"),
        (TWICE, "2026-11-25 13:00", "2026-11-26 08:00"),
        (TWICE, "2026-11-27 14:00", "2026-11-30 08:00"),
        (replace(TWICE, weekdays=("wed",)), "2026-11-25 20:00", "2026-12-02 08:00"),
        (HOURLY, "2026-11-25 08:00", "2026-11-25 09:00"),
        (HOURLY, "2026-11-25 17:30", "2026-11-25 18:00"),
        (HOURLY, "2026-11-25 18:00", "2026-11-26 08:00"),
        (replace(HOURLY, every_minutes=45), "2026-11-25 17:00", "2026-11-25 17:45"),
    ],
)
def test_next_moment(schedule: ScheduleSettings, now: str, expected: str) -> None:
    assert next_due(schedule, at(now), CHICAGO) == at(expected)


@pytest.mark.parametrize(
    ("last_start", "now", "expected"),
    [
        ("2026-11-25 07:00", "2026-11-25 07:59", None),
        ("2026-11-25 07:00", "2026-11-25 08:00", "2026-11-25 08:00"),
        ("2026-11-25 08:00", "2026-11-25 08:01", None),
        (None, "2026-11-25 09:30", "2026-11-25 08:00"),
        ("2026-11-20 08:00", "2026-11-25 15:00", "2026-11-25 13:00"),
        ("2026-11-25 15:00", "2026-11-25 15:01", None),
        ("2026-11-24 13:00", "2026-11-25 05:59", None),
        ("2026-11-24 07:00", "2026-11-25 06:00", "2026-11-24 13:00"),
        ("2026-11-27 08:00", "2026-11-28 10:00", None),
        ("2026-11-27 08:00", "2026-11-30 07:00", "2026-11-27 13:00"),
        ("2026-11-24 13:00", "2026-11-25 20:01", None),
    ],
    ids=[
        "before it", "on time", "once", "opened later that day", "one sync for many that were slept through",
        "any sync counts", "not before the window", "caught up when the window opens", "not on another weekday",
        "after a weekend", "not after the window",
    ],
)  # fmt: skip
def test_what_is_due(last_start: str | None, now: str, expected: str | None) -> None:
    last = at(last_start) if last_start else None
    assert due(TWICE, last, at(now), CHICAGO) == (at(expected) if expected else None)


def test_moment_at_the_very_end_of_the_window_is_not_lost_by_a_slow_clock() -> None:
    schedule = replace(TWICE, times=("20:00",))
    assert due(schedule, None, at("2026-11-25 20:02"), CHICAGO) == at("2026-11-25 20:00")


def test_nothing_is_due_when_it_is_off_or_paused() -> None:
    now = at("2026-11-25 08:00")
    assert due(replace(TWICE, on=False), None, now, CHICAGO) is None
    assert due(replace(TWICE, paused=True), None, now, CHICAGO) is None
    assert next_due(replace(TWICE, on=False), now, CHICAGO) is None


NIGHT = ScheduleSettings(
    on=True, times=("02:30",), weekdays=("sun",), earliest="00:00", latest="06:00"
)  # the clock goes from 02:00 to 03:00 on 2026-03-08, and from 02:00 back to 01:00 on 2026-11-01


def test_time_that_the_clock_skips_is_an_hour_later() -> None:
    moment = next_due(NIGHT, at("2026-03-08 00:00"), CHICAGO)
    assert moment == at("2026-03-08 03:30")
    assert due(NIGHT, at("2026-03-08 00:00"), at("2026-03-08 03:29"), CHICAGO) is None
    assert due(NIGHT, at("2026-03-08 00:00"), at("2026-03-08 03:30"), CHICAGO) == moment


def test_time_that_the_clock_shows_twice_comes_once() -> None:
    schedule = replace(NIGHT, times=("01:30",))
    first = next_due(schedule, at("2026-11-01 00:00"), CHICAGO)
    assert first == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert due(schedule, first, at("2026-11-01 01:30", fold=1), CHICAGO) is None
    assert next_due(schedule, at("2026-11-01 01:30"), CHICAGO) == at("2026-11-08 01:30")


@pytest.mark.parametrize(("day", "syncs"), [("2026-03-08", 6), ("2026-11-01", 8), ("2026-11-08", 7)])
def test_every_hour_is_an_hour_also_when_the_clock_changes(day: str, syncs: int) -> None:
    schedule = replace(NIGHT, every_minutes=60)
    moments: list[datetime] = []
    moment = due(schedule, None, at(f"{day} 00:00"), CHICAGO)
    while moment is not None and moment <= at(f"{day} 06:00"):
        moments.append(moment)
        moment = next_due(schedule, moment, CHICAGO)
    assert len(moments) == syncs
    assert {(after - before).total_seconds() for before, after in pairwise(moments)} == {3600}


@pytest.mark.parametrize(
    ("schedule", "sentence"),
    [
        (TWICE, "Monday to Friday at 08:00 and 13:00."),
        (replace(TWICE, weekdays=("mon", "thu"), times=("09:15",)), "Monday and Thursday at 09:15."),
        (replace(TWICE, weekdays=("sun", "mon", "wed"), times=("09:15",)), "Monday, Wednesday and Sunday at 09:15."),
        (
            replace(HOURLY, weekdays=("mon", "tue", "wed", "thu", "fri", "sat", "sun")),
            "Every day every 60 minutes from 08:00 to 18:00.",
        ),
        (ScheduleSettings(), "There is no schedule."),
    ],
)
def test_schedule_is_told_in_a_sentence(schedule: ScheduleSettings, sentence: str) -> None:
    assert describe(schedule) == sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"times": ("8:00",)}, "“8:00”"),
        ({"times": ("24:00",)}, "“24:00”"),
        ({"times": ()}, "no time of day"),
        ({"times": ("05:00",)}, "allowed are 06:00 to 20:00"),
        ({"weekdays": ("monday",)}, "“monday”"),
        ({"weekdays": ()}, "no day"),
        ({"every_minutes": 1}, "5 to 1440"),
        ({"earliest": "20:00", "latest": "06:00"}, "before it begins"),
    ],
)
def test_value_that_is_not_allowed_is_named(changes: dict[str, object], words: str) -> None:
    assert any(words in each for each in not_allowed(replace(TWICE, **changes)))


def test_what_is_allowed_is_not_complained_about() -> None:
    assert [list(not_allowed(each)) for each in (TWICE, HOURLY, NIGHT, ScheduleSettings())] == [[], [], [], []]
