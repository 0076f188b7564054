"""Calendars of freezes: what events mean, what is refused, and what is kept while a feed is away."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.calendar_events import NotACalendar, freezes_in
from bot.adapters.calendar_feed import CalendarFeeds
from bot.adapters.calendar_fetching import LARGEST
from bot.core.freeze import Feed
from bot.core.verdict import Effect, Role
from bot.core.windows import Window
from tests.adapters.scripted_slack import Reply, ScriptedSlack
from tests.fakes import FakeClock

NOW = datetime(2025, 11, 28, 14, tzinfo=UTC)
FEED = Feed("releases", "https://calendar.example/f.ics", ("web",), Effect.REFUSE, (Role.ADMIN,))
WEEKEND = "DTSTART;VALUE=DATE:20251129|DTEND;VALUE=DATE:20251201"


def ics(*events: str) -> str:
    """A calendar; the lines of an event are parted by bars."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20250101T000000Z"]
        lines += [*event.split("|"), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def windows(*events: str) -> list[Window]:
    found = freezes_in(ics(*events).encode(), FEED, zone="Europe/Berlin", now=NOW)
    return [freeze.window for freeze in found]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-{text}+00:00")


MEANINGS = [
    ("whole days are the company's", WEEKEND, "11-28T23:00", "11-30T23:00"),
    (
        "a time without a zone is the company's",
        "DTSTART:20251129T100000|DURATION:PT2H",
        "11-29T09:00",
        "11-29T11:00",
    ),
    (
        "a time with a zone is that zone's",
        "DTSTART;TZID=America/New_York:20251129T100000|DTEND;TZID=America/New_York:20251129T120000",
        "11-29T15:00",
        "11-29T17:00",
    ),
]


@pytest.mark.parametrize(("sentence", "event", "start", "end"), MEANINGS)
def test_an_event_is_a_freeze(sentence: str, event: str, start: str, end: str) -> None:
    assert windows(event) == [Window(at(start), at(end))]


def test_a_freeze_carries_what_the_feed_says_and_a_name_on_one_line() -> None:
    body = ics(f"SUMMARY:Inventory\\nweekend{' x' * 100}|{WEEKEND}").encode()
    (freeze,) = freezes_in(body, FEED, zone="Europe/Berlin", now=NOW)
    assert freeze.name.startswith("Inventory weekend x") and len(freeze.name) <= 80
    assert (freeze.groups, freeze.approvers, freeze.source) == (("web",), (Role.ADMIN,), "releases")


def test_a_repeated_event_freezes_each_time_but_where_it_is_left_out() -> None:
    weekly = "DTSTART:20251126T100000Z|DTEND:20251126T110000Z|RRULE:FREQ=WEEKLY;COUNT=4"
    starts = [window.start for window in windows(f"{weekly}|EXDATE:20251203T100000Z")]
    assert starts == [at("12-10T10:00"), at("12-17T10:00")]


def test_cancelled_and_past_events_freeze_nothing() -> None:
    past = "DTSTART:20251101T100000Z|DTEND:20251101T110000Z"
    assert windows(f"STATUS:CANCELLED|{WEEKEND}", past) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>please log in</html>",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR",
        ics("SUMMARY:no start").encode(),
        ics("DTSTART:2025-11-29").encode(),
        ics("DTSTART:20250101T000000Z|RRULE:FREQ=SECONDLY").encode(),
        ics("DTSTART:20250101T000000Z|RRULE:FREQ=DAILY;BYSECOND=1,2,3").encode(),
        ics(*["DTSTART:20250101T000000Z|RRULE:FREQ=DAILY"] * 101).encode(),
        ics(*[WEEKEND] * 2001).encode(),
    ],
)
def test_what_is_no_usable_calendar_is_refused(body: bytes) -> None:
    with pytest.raises(NotACalendar):
        freezes_in(body, FEED, zone="Europe/Berlin", now=NOW)


@pytest.fixture
async def feeds(slack: ScriptedSlack, clock: FakeClock) -> AsyncIterator[CalendarFeeds]:
    """One feed, served by a scripted server; the clock stands at 28 November."""
    clock.set(NOW)
    feeds = CalendarFeeds([Feed("releases", f"{slack.url}/api/f.ics")], "Europe/Berlin", clock)
    yield feeds
    await feeds.close()


GOOD = Reply(ics(f"SUMMARY:Inventory|{WEEKEND}"), content_type="text/calendar")


async def test_a_feed_is_read_once_in_a_quarter_of_an_hour(
    feeds: CalendarFeeds, slack: ScriptedSlack, clock: FakeClock
) -> None:
    slack.says("f.ics", GOOD)
    for _ in range(3):
        assert [freeze.name for freeze in (await feeds.freezes()).freezes] == ["Inventory"]
    assert len(slack.asked) == 1
    clock.set(NOW + timedelta(minutes=15))
    await feeds.freezes()
    assert len(slack.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Reply("gone", status=404),
        Reply("<html>", status=200),
        Reply("x" * (LARGEST + 1), content_type="text/calendar"),
        Reply("", status=302, headers={"Location": "/api/f.ics"}),
    ],
)
async def test_a_feed_that_was_never_read_is_named(
    feeds: CalendarFeeds, slack: ScriptedSlack, answer: Reply
) -> None:
    slack.says("f.ics", answer)
    calendar = await feeds.freezes()
    assert (calendar.freezes, calendar.unreadable) == ((), ("releases",))


async def test_what_was_read_stays_good_for_a_day_when_the_feed_fails(
    feeds: CalendarFeeds, slack: ScriptedSlack, clock: FakeClock
) -> None:
    slack.says("f.ics", GOOD, Reply("down", status=500))
    await feeds.freezes()
    clock.set(NOW + timedelta(hours=2))
    calendar = await feeds.freezes()
    assert [freeze.name for freeze in calendar.freezes] == ["Inventory"]
    assert calendar.stale == (("releases", NOW),)
    clock.set(NOW + timedelta(hours=25))
    assert (await feeds.freezes()).unreadable == ("releases",)


async def test_a_feed_that_comes_back_is_read_again(
    feeds: CalendarFeeds, slack: ScriptedSlack, clock: FakeClock
) -> None:
    slack.says("f.ics", Reply("down", status=500), GOOD)
    assert (await feeds.freezes()).unreadable == ("releases",)
    clock.set(NOW + timedelta(minutes=1))
    assert (await feeds.freezes()).unreadable == ()
