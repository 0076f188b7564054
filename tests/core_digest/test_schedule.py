"""When digests are due: in every zone, over clock changes, once a day or week, and what was missed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.digest.schedule import (
    Due,
    Subscription,
    all_of,
    last_due,
    late_by,
    missed_between,
    next_due,
    span_of,
)
from bot.core.digest.section import Audience, Cadence
from bot.core.local_days import local_day

DAY = timedelta(days=1)
ONE = Subscription("C0OPS", Cadence.DAILY, Audience.ENGINEERS, "Europe/Berlin")
WEEKLY = replace(ONE, cadence=Cadence.WEEKLY)
SUBSCRIPTIONS = st.builds(
    Subscription,
    channel=st.just("C0OPS"),
    cadence=st.sampled_from(Cadence),
    audience=st.just(Audience.ENGINEERS),
    zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]
    ),
    clock=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    weekday=st.integers(0, 6),
)
INSTANTS = st.integers(0, 12 * 365 * 24 * 60).map(
    lambda minutes: datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(SUBSCRIPTIONS, INSTANTS)
def test_now_is_between_what_was_due_last_and_what_is_due_next(
    one: Subscription, now: datetime
) -> None:
    last, following = last_due(one, now), next_due(one, now)
    days = 1 if one.cadence is Cadence.DAILY else 7
    assert last.at <= now < following.at
    assert following.covers - last.covers == days * DAY


@given(SUBSCRIPTIONS, INSTANTS)
def test_a_digest_covers_whole_days_that_are_over(one: Subscription, now: datetime) -> None:
    due = last_due(one, now)
    span = span_of(one, due)
    assert span.end <= due.at
    assert local_day(span.end, one.zone) == due.covers + DAY
    hours = span.duration / timedelta(hours=1)
    days = 1 if one.cadence is Cadence.DAILY else 7
    assert days * 24 - 1 <= hours <= days * 24 + 1


@given(SUBSCRIPTIONS, INSTANTS, st.integers(1, 40))
def test_every_due_digest_is_sent_or_named_as_missed(
    one: Subscription, now: datetime, later: int
) -> None:
    days = 1 if one.cadence is Cadence.DAILY else 7
    sent, then = last_due(one, now), last_due(one, now + later * days * DAY)
    missed = missed_between(one, sent.covers, then.covers)
    assert len(missed) == min((then.covers - sent.covers).days // days - 1, 30)
    assert all(sent.covers < day < then.covers for day in missed)


def test_a_time_that_the_clock_skips_is_due_once() -> None:
    skipped = replace(ONE, clock=time(2, 30))  # 30 Mar 2025, Berlin: 02:00 is 03:00
    due = last_due(skipped, datetime(2025, 3, 30, 12, tzinfo=UTC))
    assert due == Due(datetime(2025, 3, 30, 1, 30, tzinfo=UTC), date(2025, 3, 29))


def test_a_time_that_comes_twice_is_due_at_the_first() -> None:
    twice = replace(ONE, clock=time(2, 30))  # 26 Oct 2025, Berlin: 03:00 is 02:00
    due = last_due(twice, datetime(2025, 10, 26, 12, tzinfo=UTC))
    assert due.at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_late_is_more_than_a_moment() -> None:
    due = Due(datetime(2025, 11, 28, 7, tzinfo=UTC), date(2025, 11, 27))
    assert late_by(due, due.at + timedelta(minutes=10)) is None
    assert late_by(due, due.at + timedelta(hours=3)) == timedelta(hours=3)


def test_what_was_asked_for_in_slack_wins() -> None:
    asked = replace(ONE, clock=time(9), by="U0ERIK")
    assert all_of([ONE, WEEKLY], [asked]) == {asked.key: asked, WEEKLY.key: WEEKLY}


def test_a_channel_that_was_given_to_vendors_keeps_nothing_of_what_it_asked_for_before() -> None:
    asked = replace(WEEKLY, by="U0ERIK")
    vendors = replace(ONE, audience=Audience.VENDORS, groups=("checkout",))
    found = all_of([vendors], [asked])
    assert {one.audience for one in found.values()} == {Audience.VENDORS}
    assert {one.groups for one in found.values()} == {("checkout",)}
