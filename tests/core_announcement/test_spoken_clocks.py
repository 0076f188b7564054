"""Times of day in words. Now: Wed 26 Nov 2025 15:00 Berlin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.draft import Field
from bot.core.grammar.clocktimes import take_clocks
from bot.core.grammar.scan import Scan
from bot.core.grammar.spokenclocks import write_clocks
from tests.core_announcement.shop import announced, asked, question, told

CLOCKS = [
    ("half past 6pm for 2 hours", "18:30 - 28 Nov 20:30"),
    ("at half past 6 pm until 9pm", "18:30 - 28 Nov 21:00"),
    ("quarter past 6pm for 1h", "18:15 - 28 Nov 19:15"),
    ("a quarter to 7pm until 9pm", "18:45 - 28 Nov 21:00"),
    ("quarter to 12pm until 1pm", "11:45 - 28 Nov 13:00"),
    ("from half past 6pm to quarter past 8pm", "18:30 - 28 Nov 20:15"),
    ("10 past 6pm until 9pm", "18:10 - 28 Nov 21:00"),
    ("5 minutes to 7pm until 9pm", "18:55 - 28 Nov 21:00"),
    ("5 to 7pm", "17:00 - 28 Nov 19:00"),
    ("8 in the evening until 10 in the evening", "20:00 - 28 Nov 22:00"),
    ("8 Uhr abends bis 10 Uhr", "20:00 - 28 Nov 22:00"),
    ("8 bis 10 Uhr abends", "20:00 - 28 Nov 22:00"),
    ("8 Uhr abends bis 2 Uhr morgens", "20:00 - 29 Nov 02:00"),
    ("start: 18:00, end: 22:00", "18:00 - 28 Nov 22:00"),
    ("18:00 to about 22:00", "18:00 - 28 Nov 22:00"),
    ("around 18:00 until ca. 22:00", "18:00 - 28 Nov 22:00"),
]


@pytest.mark.parametrize(("words", "window"), CLOCKS, ids=[row[0] for row in CLOCKS])
def test_a_time_in_words_is(words: str, window: str) -> None:
    answer = announced(f"Flash push Fri 28 Nov {words} x3 #web")
    assert told(answer) == f"28 Nov {window} Europe/Berlin"
    assert answer.name == "Flash push"


UNCLEAR = [
    ("halb 7 bis 9 Uhr", Field.START, "halb 7"),
    ("half past 6 to 9pm", Field.START, "half past 6"),
    ("half 7pm until 9pm", Field.START, "half 7pm"),
    ("viertel vor 7 bis 9 Uhr", Field.START, "viertel vor 7"),
    ("6pm to half past 8", Field.END, "half past 8"),
]


@pytest.mark.parametrize(("words", "field", "clock"), UNCLEAR, ids=[row[0] for row in UNCLEAR])
def test_a_time_in_words_that_may_be_two_is_asked_for_in_digits(
    words: str, field: Field, clock: str
) -> None:
    draft = asked(f"Flash push Fri 28 Nov {words} x3 #web")
    assert question(draft, field) == f"Write “{clock}” in digits, for example 18:30."
    assert {asked.field for asked in draft.questions} == {field}


def test_an_evening_that_ends_in_the_morning_is_no_evening_to_its_end() -> None:
    draft = asked("Flash push Fri 28 Nov 8 in the evening to 10 in the morning x3 #web")
    assert question(draft, Field.END).startswith("10:00 is before 20:00.")


@pytest.mark.parametrize(
    "name", ["First half 6 goals push", "Half price push", "1 half 2 free", "Second half push"]
)
@pytest.mark.parametrize("times", ["18:00-22:00", "18:00 for 4 hours"])
def test_a_half_in_a_name_is_no_time(name: str, times: str) -> None:
    answer = announced(f"{name} Fri 28 Nov {times} x3 #web")
    assert (answer.name, told(answer)) == (name, "28 Nov 18:00 - 28 Nov 22:00 Europe/Berlin")


@given(hour=st.integers(1, 12), half=st.sampled_from(["am", "pm"]), minutes=st.integers(1, 59))
def test_minutes_to_and_past_an_hour_meet_round_the_clock(
    hour: int, half: str, minutes: int
) -> None:
    read = []
    for words in (
        f"{minutes} minutes past {hour}{half}",
        f"{60 - minutes} minutes to {hour}{half}",
    ):
        scan = Scan(f"at {words}")
        write_clocks(scan)
        start = take_clocks(scan, "").start
        assert start is not None
        read.append(start.minute)
    assert (read[0] - read[1]) % (24 * 60) == 60
