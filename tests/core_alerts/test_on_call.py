"""Turns of a rotation and quiet hours, over clock changes and midnight."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.alert import Severity
from bot.core.alert_rules import QuietHours, Rotation
from bot.core.on_call import next_handover, on_call, quiet_until

BERLIN = "Europe/Berlin"
WEEKLY = Rotation("sre", ("U1", "U2", "U3"), datetime.fromisoformat("2025-10-06T09:00"), BERLIN)
NIGHT = QuietHours(time(22), time(7), BERLIN)
instants = st.datetimes(
    datetime.fromisoformat("2025-01-01"),
    datetime.fromisoformat("2026-12-31"),
    timezones=st.just(UTC),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("sentence", "at", "who"),
    [
        ("before the first turn it is whose turn is first", "2025-09-01T12:00", "U1"),
        ("a second before nine it is still the first", "2025-10-13T06:59:59", "U1"),
        ("at nine local time the second takes over", "2025-10-13T07:00", "U2"),
        ("after the clock change nine is an hour later in UTC", "2025-10-27T07:59", "U3"),
        ("and then it is the first again", "2025-10-27T08:00", "U1"),
    ],
)
def test_whose_turn_it_is(sentence: str, at: str, who: str) -> None:
    assert on_call(WEEKLY, utc(at)) == who, sentence


def test_a_hand_over_is_at_the_same_local_time_in_winter() -> None:
    assert next_handover(WEEKLY, utc("2025-10-13T07:00")) == utc("2025-10-20T07:00")
    assert next_handover(WEEKLY, utc("2025-10-20T07:00")) == utc("2025-10-27T08:00")


@given(instants, st.sampled_from(["02:30", "09:00", "00:00"]), st.integers(1, 9))
def test_nobody_hands_over_before_the_next_hand_over(at: datetime, when: str, days: int) -> None:
    since = datetime.fromisoformat(f"2025-03-01T{when}")
    rotation = Rotation("r", ("U1", "U2"), since, BERLIN, days)
    then = next_handover(rotation, at)
    assert at < then <= at + timedelta(days=days, hours=1)
    if at >= utc("2025-03-02T00:00"):  # the first turn has begun
        just_before = max(at, then - timedelta(seconds=1))
        assert on_call(rotation, just_before) == on_call(rotation, at)
        assert on_call(rotation, then) != on_call(rotation, at)


@pytest.mark.parametrize(
    ("sentence", "at", "until"),
    [
        (
            "an evening's error waits for seven in the morning",
            "2025-11-28T21:30",
            "2025-11-29T06:00",
        ),
        ("after midnight too", "2025-11-29T01:00", "2025-11-29T06:00"),
        ("at ten it begins", "2025-11-28T21:00", "2025-11-29T06:00"),
        ("just before ten it does not wait", "2025-11-28T20:59", None),
        ("at seven it does not wait", "2025-11-29T06:00", None),
        ("in summer seven is earlier in UTC", "2025-07-01T03:00", "2025-07-01T05:00"),
    ],
)
def test_quiet_hours_over_midnight(sentence: str, at: str, until: str | None) -> None:
    expected = None if until is None else utc(until)
    assert quiet_until(NIGHT, Severity.ERROR, utc(at)) == expected, sentence


def test_critical_ones_page_at_any_time() -> None:
    assert quiet_until(NIGHT, Severity.CRITICAL, utc("2025-11-29T01:00")) is None


def test_quiet_hours_may_begin_on_some_days_only() -> None:
    weekdays = QuietHours(time(22), time(7), "UTC", days=frozenset({0, 1, 2, 3, 4}))
    # The night from Friday to Saturday is quiet, that from Saturday to Sunday is not.
    assert quiet_until(weekdays, Severity.ERROR, utc("2025-11-29T01:00")) == utc("2025-11-29T07:00")
    assert quiet_until(weekdays, Severity.ERROR, utc("2025-11-30T01:00")) is None


def test_quiet_hours_that_touch_are_one() -> None:
    always = QuietHours(time(0), time(0), "UTC", days=frozenset({5, 6}))
    assert quiet_until(always, Severity.ERROR, utc("2025-11-29T12:00")) == utc("2025-12-01T00:00")


@given(instants)
def test_quiet_hours_end_later_and_not_within_others(at: datetime) -> None:
    until = quiet_until(NIGHT, Severity.ERROR, at)
    if until is not None:
        assert at < until <= at + timedelta(hours=10)
        assert quiet_until(NIGHT, Severity.ERROR, until) is None
