"""Which day a source is read from: whole days with one to spare, in the calendar of the Sage server."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.engine.importing.passes import Asked, Pass, sage_time
from app.engine.run import Run
from tests.engine.fakes import make_run

DATED = {"dated": True}


class Clock:
    """The run's clock, which the tests set."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def at(self, moment: str, zone: str = "America/Chicago") -> Run:
        now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        self._run.ports = replace(self._run.ports, now=lambda: now)
        self._run.company = replace(self._run.company, time_zone=zone)
        return self._run


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[Clock]:
    run, _ = make_run(tmp_path)
    yield Clock(run)
    run.store.close()


@pytest.fixture
def begin(clock: Clock) -> Callable[..., Pass]:
    def made(moment: str, asked: Asked | None = None, recipe: str = "", zone: str = "America/Chicago") -> Pass:
        return Pass(clock.at(moment, zone), "vendor", asked or Asked(), recipe)

    return made


def test_the_first_pass_is_a_full_one_and_the_next_reads_from_the_day_before(begin: Callable[..., Pass]) -> None:
    first = begin("2026-03-02T15:00:00")
    assert first.since(**DATED) is None
    first.remember(full=True)
    assert begin("2026-03-02T16:00:00").since(**DATED) == date(2026, 3, 1)


def test_the_first_pass_of_a_day_is_a_full_one_again(begin: Callable[..., Pass]) -> None:
    begin("2026-03-02T15:00:00").remember(full=True)
    # 23:59 in Chicago is still the same day there, though not in UTC.
    assert begin("2026-03-03T05:59:00").since(**DATED) == date(2026, 3, 1)
    assert begin("2026-03-03T06:01:00").since(**DATED) is None


def test_a_full_pass_that_left_something_open_is_repeated(begin: Callable[..., Pass]) -> None:
    begin("2026-03-02T15:00:00").remember(full=True, settled=False)
    assert begin("2026-03-02T15:05:00").since(**DATED) is None


def test_a_list_without_change_dates_is_always_read_in_full(begin: Callable[..., Pass]) -> None:
    begin("2026-03-02T15:00:00").remember(full=True)
    assert begin("2026-03-02T16:00:00").since(dated=False) is None


def test_another_setting_that_decides_what_is_read_means_a_full_pass(begin: Callable[..., Pass]) -> None:
    begin("2026-03-02T15:00:00", recipe="standard").remember(full=True)
    assert begin("2026-03-02T16:00:00", recipe="standard").since(**DATED) == date(2026, 3, 1)
    assert begin("2026-03-02T16:00:00", recipe="remit_to").since(**DATED) is None


def test_what_the_user_asks_for_comes_first(begin: Callable[..., Pass]) -> None:
    begin("2026-03-02T15:00:00").remember(full=True)
    assert begin("2026-03-02T16:00:00", Asked(full=True)).since(**DATED) is None
    assert begin("2026-03-02T16:00:00", Asked(since=date(2025, 1, 1))).since(**DATED) == date(2025, 1, 1)


def test_a_reading_from_a_day_moves_no_watermark(begin: Callable[..., Pass]) -> None:
    begin("2026-03-02T15:00:00", Asked(since=date(2026, 3, 2))).remember(full=False)
    assert begin("2026-03-02T16:00:00").since(**DATED) is None


def test_where_the_clock_was_set_back_reading_begins_earlier_not_later(begin: Callable[..., Pass]) -> None:
    begin("2026-03-20T15:00:00").remember(full=True)
    begin("2026-03-10T15:00:00").remember(full=True)
    assert begin("2026-03-10T16:00:00").since(**DATED) == date(2026, 3, 9)


@pytest.mark.parametrize("hour", ["05:30", "06:30", "07:30"])
def test_in_the_hour_that_autumn_repeats_a_day_is_read_again(begin: Callable[..., Pass], hour: str) -> None:
    # 1 November 2026: 06:30 UTC is 01:30 for the first time, 07:30 UTC for the second.
    begin(f"2026-11-01T{hour}:00").remember(full=True)
    assert begin("2026-11-01T08:30:00").since(**DATED) == date(2026, 10, 31)


def test_midnight_counts_where_sage_is(begin: Callable[..., Pass]) -> None:
    # In spring 02:00 becomes 03:00 in Chicago; the same moment is already the evening in Auckland.
    begin("2026-03-08T07:59:00").remember(full=True)
    assert begin("2026-03-08T08:01:00").since(**DATED) == date(2026, 3, 7)
    assert begin("2026-03-08T11:30:00", zone="Pacific/Auckland").since(**DATED) is None


def test_no_zone_means_the_zone_of_this_computer(clock: Clock) -> None:
    run = clock.at("2026-03-02T15:00:00", zone="")
    assert sage_time(run) - run.now() == timedelta(0)
    assert sage_time(run).tzinfo is not None
