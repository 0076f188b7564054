"""What the events of a calendar mean, what is refused, and that a calendar cannot hurt us."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.calendar_events import NotACalendar
from bot.adapters.marketing_feed import MarketingFeeds, campaign_events
from bot.core.marketing import ImportFeed
from tests.adapters.scripted_slack import Reply, ScriptedSlack, scripted_slack
from tests.calendar.diary import FEED, NOW, SALE, ZONE, events, ics
from tests.fakes import FakeClock

BERLIN = "DTSTART;TZID=Europe/Berlin:20251201T180000|DTEND;TZID=Europe/Berlin:20251201T220000"
ODD_ZONE = (
    "BEGIN:VTIMEZONE|TZID:Customized Time Zone|BEGIN:STANDARD|DTSTART:16010101T000000"
    "|TZOFFSETFROM:+0300|TZOFFSETTO:+0300|END:STANDARD|END:VTIMEZONE"
)
BOMB_ZONE = ODD_ZONE.replace("|TZOFFSETFROM", "|RRULE:FREQ=SECONDLY|TZOFFSETFROM")


def test_an_event_is_read_in_its_own_zone_with_its_words() -> None:
    (event,) = events(f"{SALE}|DESCRIPTION:All\\nof it")
    assert event.window.start == datetime(2025, 12, 1, 17, tzinfo=UTC)
    assert (event.zone, event.title, event.text) == (
        "Europe/Berlin",
        "Cyber Monday sale x2 #checkout",
        "All of it",
    )


def test_a_zone_that_the_calendar_made_up_keeps_its_instants() -> None:
    (event,) = events(
        "UID:1|DTSTART;TZID=Customized Time Zone:20251201T180000|DURATION:PT1H", head=ODD_ZONE
    )
    assert (event.window.start.hour, event.zone) == (15, ZONE)


def test_a_moved_event_keeps_its_key_and_each_time_of_a_repeated_one_has_its_own() -> None:
    (before,), (after,) = events(SALE), events(SALE.replace("T18", "T19"))
    assert before.key == after.key and before.content != after.content
    weekly = "UID:w|DTSTART:20251201T100000Z|DTEND:20251201T110000Z|RRULE:FREQ=WEEKLY;COUNT=3"
    moved = "UID:w|RECURRENCE-ID:20251208T100000Z|DTSTART:20251209T100000Z|DTEND:20251209T110000Z"
    keys = [event.key for event in events(weekly)]
    assert len(set(keys)) == 3
    assert [event.key for event in events(weekly, moved)] == keys


def test_cancelled_past_and_endless_events_are_left_out() -> None:
    past = "UID:2|DTSTART:20251101T100000Z|DTEND:20251101T110000Z"
    season = "UID:3|DTSTART;VALUE=DATE:20251201|DTEND;VALUE=DATE:20260301"
    moment = "UID:4|DTSTART:20251201T100000Z|DTEND:20251201T100000Z"
    assert events(f"{SALE}|STATUS:CANCELLED", past, season, moment) == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "UID:1|DTSTART:20250101T000000Z|RRULE:FREQ=SECONDLY",
        "UID:1|DTSTART:20250101T000000Z|RRULE:FREQ=MINUTELY;INTERVAL=1",
        "UID:1|DTSTART:20250101T000000Z|RRULE:FREQ=DAILY;BYHOUR=1,2,3,4;BYMINUTE=1,2,3",
        "UID:1|DTSTART:20250101T000000Z|RRULE:FREQ=NEVERLY",
        "UID:1|DTSTART:99999999T999999Z",
        "UID:1|SUMMARY:no start",
    ],
)
def test_a_hostile_event_is_refused_at_once(hostile: str) -> None:
    began = time.monotonic()
    with pytest.raises(NotACalendar):
        events(hostile)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("head", [BOMB_ZONE, ODD_ZONE * 40])
def test_hostile_zones_take_no_time(head: str) -> None:
    began = time.monotonic()
    try:
        events("UID:1|DTSTART;TZID=Customized Time Zone:20251201T180000|DURATION:PT1H", head=head)
    except NotACalendar:
        pass
    assert time.monotonic() - began < 3


def test_a_flood_of_events_is_refused() -> None:
    with pytest.raises(NotACalendar):
        events(*[f"UID:{n}|{BERLIN}" for n in range(2001)])
    with pytest.raises(NotACalendar):
        events(*[f"UID:{n}|{BERLIN}|RRULE:FREQ=DAILY" for n in range(101)])


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: ics(f"UID:1|{text}")))
def test_whatever_comes_is_events_or_a_refusal(body: bytes) -> None:
    try:
        found = campaign_events(body, FEED, zone=ZONE, now=NOW)
    except NotACalendar:
        return
    assert all(event.window.end > NOW and event.key for event in found)


async def test_a_feed_is_sent_once_and_one_that_fails_says_nothing() -> None:
    clock = FakeClock()
    clock.set(NOW)
    async with scripted_slack() as server:
        feeds = MarketingFeeds([_at(server)], ZONE, clock)
        body = ics(SALE).decode()
        server.says(
            "m.ics",
            Reply(body, headers={"ETag": '"1"'}, content_type="text/calendar"),
            Reply("", status=304),
            Reply("gone", status=500),
            Reply("<html>log in</html>"),
        )
        readings = [(await feeds.read())[0] for _ in range(4)]
        await feeds.close()
    assert readings[0].events and readings[1].events == readings[0].events
    assert [reading.events for reading in readings[2:]] == [None, None]


def _at(server: ScriptedSlack) -> ImportFeed:
    return ImportFeed("Marketing", f"{server.url}/api/m.ics", "C1")


async def test_a_bomb_is_cut_off_and_a_compressed_answer_is_not_taken() -> None:
    clock = FakeClock()
    clock.set(NOW)
    async with scripted_slack() as server:
        feeds = MarketingFeeds([_at(server)], ZONE, clock)
        server.says(
            "m.ics",
            Reply("X" * 1_000_001, content_type="text/calendar"),
            Reply("x", headers={"Content-Encoding": "gzip"}, content_type="text/calendar"),
        )
        readings = [(await feeds.read())[0].events for _ in range(2)]
        await feeds.close()
    assert readings == [None, None]
