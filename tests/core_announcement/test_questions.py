"""What is asked when a line is incomplete, contradictory or ambiguous. Now: Wed 26 Nov 2025 15:00 Berlin."""

from datetime import UTC, datetime

import pytest

from bot.core.announcement import understand
from bot.core.draft import Draft, Field
from tests.core_announcement.shop import asked, house, question

PUSH = "Flash push"
DAY = "Fri 28 Nov"
TIME = "18:00-22:00"
REST = "x3 #web"

DATES = [
    ("there is none", f"{PUSH} {TIME} {REST}", "On which day is it? For example: Fri 28 Nov."),
    ("only a day that is a name", f"Black Friday {TIME} {REST}", "On which day is it?"),
    ("only the end has one", f"{PUSH} 22:00 until 29 Nov 02:00 {REST}", "On which day is it?"),
    ("it has passed", f"{PUSH} 20 Nov {TIME} {REST}", "Thu 20 Nov 2025 has passed."),
    ("it was yesterday", f"{PUSH} yesterday {TIME} {REST}", "Tue 25 Nov 2025 has passed."),
    ("it was last Friday", f"{PUSH} last Friday {TIME} {REST}", "Fri 21 Nov 2025 has passed."),
    ("the year has passed", f"{PUSH} 28 Nov 2024 {TIME} {REST}", "Thu 28 Nov 2024 has passed."),
    ("it is more than a year ahead", f"{PUSH} 28 Nov 2026 {TIME} {REST}", "more than a year ahead"),
    (
        "the year cannot be meant",
        f"{PUSH} 9999-12-31 {TIME} {REST}",
        "I cannot plan for the year 9999.",
    ),
    ("it does not exist", f"{PUSH} 31 Nov {TIME} {REST}", "There is no 31 Nov."),
    (
        "29 Feb does not exist that year",
        f"{PUSH} 29 Feb {TIME} {REST}",
        "There is no 29 Feb in 2025.",
    ),
    ("the month does not exist", f"{PUSH} 2025-13-01 {TIME} {REST}", "There is no 1 (month 13)."),
    ("numbers make no date", f"{PUSH} 40.40.2025 {TIME} {REST}", "There is no date 40.40.2025."),
    (
        "day and month may be swapped",
        f"{PUSH} 03/04 {TIME} {REST}",
        "Does 03/04 mean 3 Apr or 4 Mar?",
    ),
    ("they may be swapped, with a year", f"{PUSH} 03/04/2026 {TIME} {REST}", "3 Apr or 4 Mar?"),
    (
        "the weekday is another",
        f"{PUSH} Sat 28 Nov {TIME} {REST}",
        "28 Nov 2025 is a Friday. Did you mean Fri 28 Nov or Sat 29 Nov?",
    ),
    (
        "a weekday elsewhere is another",
        f"Monday push 28 Nov {TIME} {REST}",
        "28 Nov 2025 is a Friday.",
    ),
    (
        "today is another day",
        f"{PUSH} tomorrow, 28 Nov {TIME} {REST}",
        "Is it Fri 28 Nov or Thu 27 Nov?",
    ),
    (
        "two days are named",
        f"{PUSH} today or tomorrow {TIME} {REST}",
        "I found more than one day: ",
    ),
    (
        "two dates are named",
        f"{PUSH} 28 Nov, 30 Nov {TIME} {REST}",
        "I found more than one date: 28 Nov and 30 Nov.",
    ),
    (
        "next Friday can be two days",
        f"{PUSH} next Friday {TIME} {REST}",
        "Does “next Friday” mean Fri 28 Nov or Fri 5 Dec?",
    ),
    ("next week names no day", f"{PUSH} next week {TIME} {REST}", "Which day is it?"),
    (
        "it comes again and again",
        f"{PUSH} every Friday {TIME} {REST}",
        "I plan one window at a time.",
    ),
    ("it is daily", f"{PUSH} {DAY} {TIME} daily {REST}", "I plan one window at a time."),
]

STARTS = [
    ("only the end is said", f"{PUSH} {DAY} until 22:00 {REST}", "When does it start?"),
    (
        "it has passed today",
        f"{PUSH} today 12:00-22:00 {REST}",
        "12:00 on Wed 26 Nov has passed: it is 15:00 in Europe/Berlin.",
    ),
    (
        "hours may be morning or evening",
        f"{PUSH} {DAY} 6-10 {REST}",
        "Do you mean 06:00–10:00 or 18:00–22:00?",
    ),
    (
        "an hour may be morning or evening",
        f"{PUSH} {DAY} at 9 for 1h {REST}",
        "Do you mean 09:00 or 21:00?",
    ),
    (
        "two ranges are said",
        f"{PUSH} {DAY} 9:00-11:00 and 18:00-22:00 {REST}",
        "I found more than one time: 9:00-11:00 and 18:00-22:00.",
    ),
    ("two starts are said", f"{PUSH} {DAY} at 18:00, 20:00 {REST}", "I found more than one time."),
    ("a time is left over", f"{PUSH} {DAY} {TIME} or 23:00 {REST}", "I found more than one time."),
    ("it is no time", f"{PUSH} {DAY} 25:00-26:00 {REST}", "I do not understand the time “25:00”."),
    ("only a price is said", f"Jeans ab 19 € {DAY} bis 22 Uhr {REST}", "When does it start?"),
    (
        "only dollars are said",
        f"Deals from 10 dollars {DAY} until 22:00 {REST}",
        "When does it start?",
    ),
    ("only a count is said", f"Push at 20 stores {DAY} until 22:00 {REST}", "When does it start?"),
    ("midnight may be two", f"{PUSH} {DAY} midnight-2am {REST}", "Which midnight?"),
]

ENDS = [
    ("there is none", f"{PUSH} {DAY} at 18:00 {REST}", "When does it end? For example 22:00."),
    (
        "it is before the start",
        f"{PUSH} {DAY} 18:00-14:00 {REST}",
        "14:00 is before 18:00. When does it end? For the next day, type “28 Nov 18:00 until 29 Nov 14:00”.",
    ),
    ("it is the start", f"{PUSH} {DAY} 18:00-18:00 {REST}", "It starts and ends at 18:00."),
    (
        "its date is before the start's",
        f"{PUSH} 28 Nov 18:00 until 27 Nov 22:00 {REST}",
        "It ends before it starts.",
    ),
    (
        "it lasts longer than two weeks",
        f"{PUSH} 28 Nov 18:00 until 20 Dec 22:00 {REST}",
        "at most 14 days",
    ),
    (
        "it lasts a little longer than two weeks",
        f"{PUSH} 28 Nov 18:00 until 12 Dec 18:01 {REST}",
        "That is 14 days 1 min;",
    ),
    (
        "the length is far too long",
        f"{PUSH} {DAY} 18:00 for 9999999999 hours {REST}",
        "at most 14 days",
    ),
    ("the length is nothing", f"{PUSH} {DAY} 18:00 for 0 hours {REST}", "How long does it last?"),
    (
        "the length contradicts the times",
        f"{PUSH} {DAY} {TIME} for 2 hours {REST}",
        "The times say 4 h, but the length says 2 h.",
    ),
    (
        "two lengths are said",
        f"{PUSH} {DAY} at 18:00 for 2 hours for 3 hours {REST}",
        "I found more than one length.",
    ),
    (
        "days and times may mean each day",
        f"{PUSH} 28-30 Nov {TIME} {REST}",
        "Is it one window from 28 Nov 18:00 to 30 Nov 22:00?",
    ),
    (
        "its midnight may be two",
        f"{PUSH} 28 Nov 18:00 until 29 Nov midnight {REST}",
        "Which midnight?",
    ),
]

ZONES = [
    (
        "it is unknown",
        f"{PUSH} {DAY} {TIME} Europe/Berln {REST}",
        "I do not know the time zone “Europe/Berln”. Did you mean Europe/Berlin?",
    ),
    (
        "it is no place",
        f"{PUSH} {DAY} {TIME} Europe/Atlantis {REST}",
        "I do not know the time zone “Europe/Atlantis”.",
    ),
    ("an abbreviation is misspelt", f"{PUSH} {DAY} {TIME} CETT {REST}", "Did you mean CET?"),
    (
        "IST has several meanings",
        f"{PUSH} {DAY} {TIME} IST {REST}",
        "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin",
    ),
    (
        "CST has several meanings",
        f"{PUSH} {DAY} {TIME} CST {REST}",
        "“CST” can mean several time zones",
    ),
    ("a country has several", f"{PUSH} {DAY} {TIME} US time {REST}", "“US” can mean several time"),
    ("a people has several", f"{PUSH} {DAY} {TIME} Russian time {REST}", "or Asia/Vladivostok"),
    (
        "nobody knows whose",
        f"{PUSH} {DAY} {TIME} Elbonian time {REST}",
        "“Elbonian time”. Write it",
    ),
    ("two are said", f"{PUSH} {DAY} {TIME} CET and GMT {REST}", "I found more than one time zone"),
    (
        "its offset is no whole hour",
        f"{PUSH} {DAY} {TIME} UTC+5:30 {REST}",
        "for example Asia/Kolkata",
    ),
    (
        "there is no such offset",
        f"{PUSH} {DAY} {TIME} UTC+23 {REST}",
        "I do not know the time zone “UTC+23”.",
    ),
    (
        "the abbreviation is that of summer",
        f"{PUSH} {DAY} {TIME} CEST {REST}",
        "On Fri 28 Nov the clocks in Europe/Berlin show CET, not CEST.",
    ),
    (
        "the offset is another",
        f"{PUSH} {DAY} 18:00+03:00 to 22:00+03:00 {REST}",
        "show CET, not UTC+3",
    ),
]

MULTIPLIERS = [
    (
        "there is none",
        f"{PUSH} {DAY} {TIME} #web",
        "How many times the usual demand do you expect?",
    ),
    ("it is nothing", f"{PUSH} {DAY} {TIME} x0 #web", "x0 is less than usual."),
    ("it is less than nothing", f"{PUSH} {DAY} {TIME} x-3 #web", "x-3 is less than usual."),
    ("it is less than usual", f"{PUSH} {DAY} {TIME} x0.5 #web", "x0.5 is less than usual."),
    ("it is absurd", f"{PUSH} {DAY} {TIME} x101 #web", "x101 is not believable."),
    ("it has a thousands comma", f"{PUSH} {DAY} {TIME} x1,000 #web", "x1000 is not believable."),
    ("it is beyond all numbers", f"{PUSH} {DAY} {TIME} x{'9' * 400} #web", "is not believable"),
    ("it is no number", f"{PUSH} {DAY} {TIME} xNaN #web", "How many times the usual demand"),
    (
        "300% has two meanings",
        f"{PUSH} {DAY} {TIME} 300% #web",
        "Do you mean x3 (300 % of the usual demand) or x4 (300 % more than usual)?",
    ),
    (
        "30% cannot be all",
        f"{PUSH} {DAY} {TIME} 30% #web",
        "Do you mean x1.3 (30 % more than usual)?",
    ),
    ("two are said", f"{PUSH} {DAY} {TIME} x3 5x #web", "Is it x3 or x5?"),
    ("it lies between two", f"{PUSH} {DAY} {TIME} x2-3 #web", "Is it x2 or x3?"),
    ("it lies between two, in words", f"{PUSH} {DAY} {TIME} x2 to 3 #web", "Is it x2 or x3?"),
    ("it is one of two", f"{PUSH} {DAY} {TIME} x2 or 3 #web", "Is it x2 or x3?"),
    ("it lies between spaces", f"{PUSH} {DAY} {TIME} x2 - 3 #web", "Is it x2 or x3?"),
    ("the x is behind", f"{PUSH} {DAY} {TIME} 2.5 to 3x #web", "Is it x2.5 or x3?"),
    ("two are words", f"{PUSH} {DAY} {TIME} two to three times #web", "Is it x2 or x3?"),
    ("it has a half", f"{PUSH} {DAY} {TIME} x2 1/2 #web", "How many times the usual demand"),
    ("20% extra is a discount", f"20% extra on sale {DAY} {TIME} #web", "Do you mean x1.2"),
    ("double may be part of the name", f"Double Points push {DAY} {TIME} #web", "Did you mean x2?"),
]

GROUPS = [
    (
        "there is none",
        f"{PUSH} {DAY} {TIME} x3",
        "What should be warmed: #web, #checkout, #recommendations or #pipeline?",
    ),
    (
        "one is misspelt",
        f"{PUSH} {DAY} {TIME} x3 #wbe",
        "I do not know the group “wbe”. Did you mean #web? There is #web, #checkout",
    ),
    (
        "one is unknown",
        f"{PUSH} {DAY} {TIME} x3 #warehouse-robots",
        "I do not know the group “warehouse-robots”. There is #web",
    ),
    ("one of two is unknown", f"{PUSH} {DAY} {TIME} x3 #web #chekout", "Did you mean #checkout?"),
    (
        "Slack left out the channel's name",
        f"{PUSH} {DAY} {TIME} x3 <#C0123>",
        "I do not know the group “C0123”.",
    ),
    (
        "another is named in passing",
        f"{PUSH} {DAY} {TIME} x3 #web not recs",
        "Do you also mean #recommendations?",
    ),
]

ROWS = [
    (field, *row)
    for field, rows in (
        (Field.DATE, DATES),
        (Field.START, STARTS),
        (Field.END, ENDS),
        (Field.ZONE, ZONES),
        (Field.MULTIPLIER, MULTIPLIERS),
        (Field.GROUPS, GROUPS),
    )
    for row in rows
]


@pytest.mark.parametrize(
    ("field", "sentence", "text", "words"), ROWS, ids=[f"{row[0]}: {row[1]}" for row in ROWS]
)
def test_only_the_field_is_asked_for_when(
    field: Field, sentence: str, text: str, words: str
) -> None:
    draft = asked(text)
    assert words in question(draft, field)
    assert {asked.field for asked in draft.questions} == {field}


def test_all_that_was_understood_is_kept_when_something_is_asked() -> None:
    draft = asked('"Winter Sale" TV spot Fri 28 Nov 18:00-22:00 CET x3 #web #wbe')
    kept = (draft.name, draft.kind, draft.date, draft.start, draft.end, draft.zone)
    assert kept == ("Winter Sale", "TV", "2025-11-28", "18:00", "22:00", "CET")
    assert (draft.multiplier, draft.groups) == ("3", ("web",))


def test_everything_is_asked_in_the_order_of_the_form_when_nothing_is_said() -> None:
    draft = asked("")
    assert draft.zone == "Europe/Berlin"
    assert [asked.field for asked in draft.questions] == [
        Field.NAME,
        Field.DATE,
        Field.START,
        Field.END,
        Field.MULTIPLIER,
        Field.GROUPS,
    ]


def test_start_and_end_are_asked_for_when_there_is_only_a_day() -> None:
    draft = asked(f"{PUSH} {DAY} {REST}")
    assert question(draft, Field.START) == "When does it start? For example 18:00."
    assert question(draft, Field.END) == "When does it end? For example 22:00."


def test_the_start_is_asked_for_when_it_counts_from_now_and_from_midnight() -> None:
    draft = asked(f"{PUSH} in 2 hours at 20:00 for 1h {REST}")
    assert "a time of day, or so long from now" in question(draft, Field.START)


def test_an_end_on_another_day_is_kept_with_its_day() -> None:
    over_days = asked("28 Nov 18:00 until 30 Nov 22:00 push")
    assert (over_days.until, over_days.end) == ("2025-11-30", "22:00")
    night = asked("28 Nov 22:00 until 29 Nov 02:00 push")
    assert (night.until, night.end) == ("", "02:00")


@pytest.mark.parametrize(
    ("said", "until", "end"),
    [
        ("28 Nov 18:00 until 30 Nov", "2025-11-30", ""),
        ("28 Nov until 30 Nov", "2025-11-30", ""),
        ("28-30 Nov 18:00-22:00 x2 #web", "2025-11-30", "22:00"),
        ("28 Nov 18:00 for 50 hours", "2025-11-30", "20:00"),
        ("28 Nov 18:00 until 30 Nov 24:00", "2025-11-30", "00:00"),
        ("28 Nov 18:00 until 30 Nov 00:00", "2025-11-29", "00:00"),
        ("28 Nov 18:00 until 29 Nov 00:00", "", "00:00"),
    ],
)
def test_a_last_day_is_kept_with_whatever_was_said_of_the_end(
    said: str, until: str, end: str
) -> None:
    draft = asked(f"{PUSH} {said}")
    assert (draft.date, draft.until, draft.end) == ("2025-11-28", until, end)


def test_a_length_is_kept_as_an_end_even_when_the_day_is_missing() -> None:
    draft = asked("push at 18:00 for 2 hours")
    assert (draft.start, draft.end) == ("18:00", "20:00")


def test_an_abbreviation_means_the_house_when_the_house_uses_it() -> None:
    now = datetime(2025, 11, 26, tzinfo=UTC)
    answer = understand(f"{PUSH} {DAY} {TIME} IST {REST}", now=now, house=house("Asia/Kolkata"))
    assert not isinstance(answer, Draft)
    assert answer.zone == "Asia/Kolkata"


def test_a_group_is_asked_for_plainly_when_none_are_set_up() -> None:
    now = datetime(2025, 11, 26, tzinfo=UTC)
    answer = understand(f"{PUSH} {DAY} {TIME} x3 #web", now=now, house=house(groups=()))
    assert isinstance(answer, Draft)
    assert "no groups are set up yet" in question(answer, Field.GROUPS)
