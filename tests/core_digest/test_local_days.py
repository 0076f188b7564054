"""Days of 23, 24 and 25 hours, and of 23.5 and 24.5 where a zone changes its clock by half an hour."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.local_days import (
    day_so_far,
    days_span,
    earlier_span,
    instant_of,
    local_day,
    step_for,
)

HOUR = timedelta(hours=1)
ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Africa/Cairo",
        "America/Santiago",
        "Pacific/Chatham",
        "Asia/Beirut",
    ]
)
DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2025, 3, 30), "Europe/Berlin", 23),
        (date(2025, 10, 26), "Europe/Berlin", 25),
        (date(2025, 11, 28), "Europe/Berlin", 24),
        (date(2025, 11, 2), "America/New_York", 25),
        (date(2025, 4, 6), "Australia/Lord_Howe", 24.5),
    ],
)
def test_a_day_is_as_long_as_it_is_there(day: date, zone: str, hours: float) -> None:
    assert days_span(day, 1, zone).duration == hours * HOUR


@given(DAYS, ZONES)
def test_days_follow_each_other_without_gap_or_overlap(day: date, zone: str) -> None:
    next_day = days_span(day + timedelta(days=1), 1, zone)
    assert days_span(day, 1, zone).end == next_day.start
    assert 22 * HOUR < next_day.duration < 26 * HOUR


@given(DAYS, ZONES)
def test_a_week_is_its_seven_days(day: date, zone: str) -> None:
    days = [days_span(day - timedelta(days=back), 1, zone).duration for back in range(7)]
    assert days_span(day, 7, zone).duration == sum(days, timedelta())


@given(DAYS, ZONES, st.sampled_from([1, 7]))
def test_whole_steps_fill_every_span(day: date, zone: str, days: int) -> None:
    span = days_span(day, days, zone)
    assert span.duration % step_for(span) == timedelta()


@given(DAYS, ZONES, st.integers(1, 8))
def test_an_earlier_span_begins_at_the_same_time_on_the_wall(
    day: date, zone: str, weeks: int
) -> None:
    span = days_span(day, 1, zone)
    before = earlier_span(span, weeks, zone)
    assert before.duration == span.duration
    assert local_day(before.start, zone) == day - timedelta(weeks=weeks)


@given(DAYS, ZONES, st.times())
def test_a_time_on_the_wall_is_found_on_its_day(day: date, zone: str, clock: time) -> None:
    at = instant_of(day, clock.replace(second=0, microsecond=0), zone)
    assert abs((local_day(at, zone) - day).days) == 0


def test_today_has_no_span_before_its_first_step() -> None:
    midnight = datetime(2025, 11, 27, 23, tzinfo=UTC)  # in Berlin
    half = timedelta(minutes=30)
    assert day_so_far(midnight + half, "Europe/Berlin", midnight + half - HOUR / 60, half) is None
    span = day_so_far(midnight + 3 * half, "Europe/Berlin", midnight + 2.5 * half, half)
    assert span is not None
    assert (span.start, span.end) == (midnight, midnight + 2 * half)
