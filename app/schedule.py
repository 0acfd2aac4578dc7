"""When AP Bridge syncs by itself: the settings, and the pure reckoning of what is due."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeAlias

from app.domain.language import later, say

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SHORTEST, LONGEST = 5, 24 * 60  # minutes between two syncs
LATE = timedelta(minutes=5)  # a moment of the schedule that is so little past counts as being now
AHEAD = 8  # days: a schedule of one weekday comes round within them
_EXAMPLE = "08:00"

Clock: TypeAlias = Callable[[str], str]
"""Writes a time of day, given as 08:00."""

_DAYS = {
    "mon": later("Monday"),
    "tue": later("Tuesday"),
    "wed": later("Wednesday"),
    "thu": later("Thursday"),
    "fri": later("Friday"),
    "sat": later("Saturday"),
    "sun": later("Sunday"),
}


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """When all companies are synced by themselves; nothing is ever sent to Sage by it.

    Args:
        on: whether there is a schedule.
        times: the times of day, "08:00", in this computer's time; not looked at with `every_minutes`.
        every_minutes: from `earliest` on every so many minutes; 0 for `times`.
        weekdays: the days, of "mon" to "sun".
        earliest: no sync before this time of day, also none that catches up.
        latest: none after it.
        when_closed: Windows' Task Scheduler keeps the schedule also while the window is closed.
        paused: left out until the user goes on.
    """

    on: bool = False
    times: tuple[str, ...] = ("08:00",)
    every_minutes: int = 0
    weekdays: tuple[str, ...] = WEEKDAYS[:5]
    earliest: str = "06:00"
    latest: str = "20:00"
    when_closed: bool = False
    paused: bool = False


def next_due(schedule: ScheduleSettings, now: datetime, zone: tzinfo | None = None) -> datetime | None:
    """Return the first moment of the schedule after `now`, None when there is none.

    `zone` is where the user's clock is, None for this computer's.
    """
    if not schedule.on:
        return None
    first = now.astimezone(zone).date()
    coming = (moment for days in range(AHEAD) for moment in _moments(schedule, first + timedelta(days=days), zone))
    return next((moment for moment in coming if moment > now), None)


def due(
    schedule: ScheduleSettings, last_start: datetime | None, now: datetime, zone: tzinfo | None = None
) -> datetime | None:
    """Return the moment for which a sync is to start now, None when none is.

    However many moments passed since `last_start`, when a sync was started last, it is one sync that catches up; and
    only on a day and at a time at which the schedule may run at all.
    """
    passed = _latest(schedule, now, zone) if schedule.on and not schedule.paused else None
    if passed is None or (last_start is not None and last_start >= passed):
        return None
    return passed if now - passed <= LATE or _is_open(schedule, now, zone) else None


def passed(
    schedule: ScheduleSettings, since: datetime, now: datetime, zone: tzinfo | None = None
) -> Sequence[datetime]:
    """Return the moments of the schedule after `since` and up to `now`, oldest first; of the last days only."""
    if not schedule.on:
        return ()
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=back) for back in reversed(range(AHEAD)))
    return [moment for day in days for moment in _moments(schedule, day, zone) if since < moment <= now]


def describe(schedule: ScheduleSettings, clock: Clock = str) -> str:
    """Return the schedule as a sentence: “Monday to Friday at 08:00 and 13:00.”; `clock` writes its times."""
    if not schedule.on:
        return say("There is no schedule.")
    days = _days_words(schedule.weekdays)
    if schedule.every_minutes:
        return say(
            "{days} every {n} minutes from {earliest} to {latest}.",
            days=days,
            n=schedule.every_minutes,
            earliest=clock(schedule.earliest),
            latest=clock(schedule.latest),
        )
    return say("{days} at {times}.", days=days, times=_listed([clock(each) for each in sorted(schedule.times)]))


def not_allowed(schedule: ScheduleSettings, clock: Clock = str) -> Iterator[str]:
    """Say of each value that is not allowed which one it is, and what is; `clock` writes the times."""
    clocks = (*schedule.times, schedule.earliest, schedule.latest)
    for wrong in [each for each in clocks if not is_clock(each)]:
        yield say(
            "the schedule has the time “{time}”; allowed are times like {example}", time=wrong, example=clock(_EXAMPLE)
        )
    for wrong in [each for each in schedule.weekdays if each not in WEEKDAYS]:
        allowed = ", ".join(WEEKDAYS)
        yield say("the schedule has the day “{day}”; allowed are {allowed}", day=wrong, allowed=allowed)
    if schedule.every_minutes and not SHORTEST <= schedule.every_minutes <= LONGEST:
        yield say(
            "every_minutes of the schedule is {n}; allowed are {shortest} to {longest}, or 0",
            n=schedule.every_minutes,
            shortest=SHORTEST,
            longest=LONGEST,
        )
    if not all(is_clock(each) for each in clocks):
        return
    if schedule.earliest >= schedule.latest:
        yield say("the schedule ends at {latest}, before it begins", latest=clock(schedule.latest))
    if not schedule.on:
        return
    if not schedule.weekdays:
        yield say("the schedule has no day; at least one is needed")
    if not schedule.every_minutes:
        if not schedule.times:
            yield say("the schedule has no time of day; at least one is needed")
        for time_ in [each for each in schedule.times if not schedule.earliest <= each <= schedule.latest]:
            yield say(
                "the schedule has the time {time}; allowed are {earliest} to {latest}",
                time=clock(time_),
                earliest=clock(schedule.earliest),
                latest=clock(schedule.latest),
            )


def is_clock(text: str) -> bool:
    """Return whether `text` is a time of day, as 08:00."""
    try:
        return len(text) == 5 and time.fromisoformat(text).isoformat("minutes") == text
    except ValueError:
        return False


def _latest(schedule: ScheduleSettings, now: datetime, zone: tzinfo | None) -> datetime | None:
    """Return the newest moment of the schedule that has passed."""
    today = now.astimezone(zone).date()
    for days in range(AHEAD):
        passed = [moment for moment in _moments(schedule, today - timedelta(days=days), zone) if moment <= now]
        if passed:
            return passed[-1]
    return None


def _moments(schedule: ScheduleSettings, day: date, zone: tzinfo | None) -> Sequence[datetime]:
    """Return the schedule's moments of one day, in order.

    A time that the clock skips in spring is as much later; one that it shows twice in autumn is the first of the two.
    """
    if WEEKDAYS[day.weekday()] not in schedule.weekdays:
        return ()
    if not schedule.every_minutes:
        return sorted({_at(day, each, zone) for each in schedule.times})
    moments = []
    moment, end = _at(day, schedule.earliest, zone), _at(day, schedule.latest, zone)
    while moment <= end:
        moments.append(moment)
        moment += timedelta(minutes=schedule.every_minutes)
    return moments


def _is_open(schedule: ScheduleSettings, now: datetime, zone: tzinfo | None) -> bool:
    local = now.astimezone(zone)
    clock = f"{local:%H:%M}"
    return WEEKDAYS[local.weekday()] in schedule.weekdays and schedule.earliest <= clock <= schedule.latest


def _at(day: date, clock: str, zone: tzinfo | None) -> datetime:
    # Without a zone, Python takes the time for this computer's.
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def _days_words(days: Sequence[str]) -> str:
    places = [place for place, day in enumerate(WEEKDAYS) if day in days]
    names = [say(_DAYS[WEEKDAYS[place]]) for place in places]
    if len(places) == len(WEEKDAYS):
        return say("Every day")
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:
        return say("{first} to {last}", first=names[0], last=names[-1])
    return _listed(names)


def _listed(names: Sequence[str]) -> str:
    *others, last = names or ("",)
    return say("{others} and {last}", others=", ".join(others), last=last) if others else last
