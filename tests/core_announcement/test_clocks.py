"""Times of day and lengths: 12-hour clocks, bare hours, and what is no time at all."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.grammar.clocktimes import take_clocks
from bot.core.grammar.lengths import take_bare_length, take_lengths
from bot.core.grammar.scan import Scan

RANGES = [
    ("12am is midnight", "12am-1am", "", "00:00-01:00"),
    ("12pm is noon", "12pm-1pm", "", "12:00-13:00"),
    ("12-2pm begins at noon", "12-2pm", "", "12:00-14:00"),
    ("12-6am begins at midnight", "12-6am", "", "00:00-06:00"),
    ("11-1am begins before midnight", "11-1am", "", "23:00-01:00"),
    ("9am-5 ends in the afternoon", "9am-5", "", "09:00-17:00"),
    ("10pm-2 ends at night", "10pm-2", "", "22:00-02:00"),
    ("8-20 is a 24-hour clock", "8-20", "", "08:00-20:00"),
    ("09-11 is a 24-hour clock", "09-11", "", "09:00-11:00"),
    ("9:00-11 is a 24-hour clock", "9:00-11", "", "09:00-11:00"),
    ("a mixture", "6:30pm-20:00", "", "18:30-20:00"),
    ("bare hours in the morning", "9-11", "am", "09:00-11:00"),
    ("bare hours in the evening", "9-11", "pm", "21:00-23:00"),
    ("half past eight in the evening", "8:30-10:00", "pm", "20:30-22:00"),
    ("an evening on a 24-hour clock", "20:00-08:00", "pm", "20:00-08:00"),
    ("an afternoon from before noon", "11:00-14:00", "pm", "11:00-14:00"),
    ("bare hours say nothing", "9-11", "", ""),
    ("a hundred to two hundred", "from 100 to 200", "", ""),
    ("money", "from €5 to €10", "", ""),
    ("per cent", "5-10% off", "", ""),
    ("two years", "2025-2026", "", ""),
    ("decimals", "1.25-1.50", "", "01:25-01:50"),
    ("no hour", "29:00-31:00", "", ""),
    ("no 12-hour clock", "13pm-14pm", "", ""),
]


@pytest.mark.parametrize(("sentence", "text", "half", "clocks"), RANGES, ids=[r[0] for r in RANGES])
def test_a_range_of_times_is(sentence: str, text: str, half: str, clocks: str) -> None:
    said = take_clocks(Scan(text), half)
    found = f"{said.start}-{said.end}" if said.start and said.end else ""
    assert found == clocks


@given(start=st.integers(0, 1439), end=st.integers(0, 1439))
def test_a_24_hour_range_is_read_as_written(start: int, end: int) -> None:
    first, second = (f"{minute // 60:02}:{minute % 60:02}" for minute in (start, end))
    said = take_clocks(Scan(f"{first}-{second}"), "")
    assert (str(said.start), str(said.end)) == (first, second)


@given(start=st.integers(0, 1439), end=st.integers(0, 1439))
def test_a_12_hour_range_is_read_as_the_same(start: int, end: int) -> None:
    first, second = (
        f"{(minute // 60 - 1) % 12 + 1}:{minute % 60:02}{'am' if minute < 720 else 'pm'}"
        for minute in (start, end)
    )
    said = take_clocks(Scan(f"{first} to {second}"), "")
    assert said.start is not None
    assert said.end is not None
    assert (said.start.minute, said.end.minute) == (start, end)


LENGTHS = [
    ("hours", "for 2 hours", timedelta(hours=2)),
    ("an hour", "for an hour", timedelta(hours=1)),
    ("half an hour", "for half an hour", timedelta(minutes=30)),
    ("an hour and a half", "for an hour and a half", timedelta(minutes=90)),
    ("a decimal", "for 1.5 hours", timedelta(minutes=90)),
    ("a decimal comma", "for 1,5 h", timedelta(minutes=90)),
    ("hours and minutes", "for 2 hours and 30 minutes", timedelta(minutes=150)),
    ("2h30m", "for 2h30m", timedelta(minutes=150)),
    ("2h30", "for 2h30", timedelta(minutes=150)),
    ("90 min", "lasting 90 min", timedelta(minutes=90)),
    ("two days", "for two days", timedelta(days=2)),
    ("a number before long", "3 hours long", timedelta(hours=3)),
    ("no length", "for 2 million people", None),
    ("a name", "48-hour sale", None),
]


@pytest.mark.parametrize(("sentence", "text", "length"), LENGTHS, ids=[row[0] for row in LENGTHS])
def test_a_length_is(sentence: str, text: str, length: timedelta | None) -> None:
    assert take_lengths(Scan(text)).length == length


BARE = [
    ("hours", "18:00 2h", timedelta(hours=2)),
    ("minutes", "90 min", timedelta(minutes=90)),
    ("millions", "2m visitors", None),
    ("two of them", "2h or 3h", None),
    ("a sale's", "24h flash sale", timedelta(hours=24)),
    ("the next hours", "for the next 2 hours", timedelta(hours=2)),
    ("a name's after work", "18:00, 4 hours After work push", timedelta(hours=4)),
    ("what is warmed before", "please warm up 30 min before", None),
    ("what comes earlier", "warm 30 minutes earlier", None),
    ("a reminder's", "reminder after 1 hour", None),
    ("a peak's", "peak within the first 30 minutes", None),
    ("two pushes apart", "2 pushes 30 min apart", None),
    ("a delivery's", "24h delivery push", None),
    ("a link's", "link valid 48 hours", None),
    ("a sale's beside a delivery's", "24h delivery, 2 hours", timedelta(hours=2)),
]


@pytest.mark.parametrize(("sentence", "text", "length"), BARE, ids=[row[0] for row in BARE])
def test_a_length_without_a_word_before_it_is(
    sentence: str, text: str, length: timedelta | None
) -> None:
    assert take_bare_length(Scan(text)) == length


AHEAD = [
    ("hours", "in 2 hours", timedelta(hours=2)),
    ("minutes", "in 45 min", timedelta(minutes=45)),
    ("an hour's time", "in an hour's time", timedelta(hours=1)),
    ("hours from now", "2 hours from now", timedelta(hours=2)),
    ("an hour from now", "starts an hour from now", timedelta(hours=1)),
    ("some hours from now", "2-3 hours from now", None),
    ("days from now, which are no span of hours", "2 days from now", None),
    ("now", "starting now", timedelta(0)),
    ("from now", "from now for 2h", timedelta(0)),
    ("now for", "now for 2h", timedelta(0)),
    ("a name", "Buy Now push", None),
]


@pytest.mark.parametrize(("sentence", "text", "ahead"), AHEAD, ids=[row[0] for row in AHEAD])
def test_a_start_counted_from_now_is(sentence: str, text: str, ahead: timedelta | None) -> None:
    assert take_lengths(Scan(text)).ahead == ahead
