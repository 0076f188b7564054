"""Days seen from different days: weekdays, years and months that turn over."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.draft import Field
from bot.core.grammar.calendar import dated, nth, numeric, weekday_trouble
from bot.core.grammar.dates import take_dates
from bot.core.grammar.scan import Scan
from bot.core.grammar.spoken import take_spoken, take_weekday
from tests.core_announcement.shop import announced, asked, question, told

MONDAY, WEDNESDAY, FRIDAY, SUNDAY = (date(2025, 11, day) for day in (24, 26, 28, 30))
TODAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))

DATED = [
    ("a day still ahead this year", (28, 11), FRIDAY, date(2025, 11, 28)),
    ("a day just over stays in the past, to be asked about", (27, 11), FRIDAY, date(2025, 11, 27)),
    ("a day long over is next year's", (28, 3), FRIDAY, date(2026, 3, 28)),
    ("New Year's Day from New Year's Eve", (1, 1), date(2025, 12, 31), date(2026, 1, 1)),
    ("29 Feb in a leap year", (29, 2), date(2028, 1, 1), date(2028, 2, 29)),
    ("29 Feb of the next year when this one has none", (29, 2), date(2031, 10, 1), date(2032, 2, 29)),
    ("29 Feb when neither year has one", (29, 2), FRIDAY, "There is no 29 Feb in 2025. Which day is it?"),
    ("29 Feb when next year has none", (29, 2), date(2028, 12, 1), "There is no 29 Feb in 2029. Which day is it?"),
    ("31 Nov", (31, 11), FRIDAY, "There is no 31 Nov. Which day is it?"),
    ("day 0", (0, 11), FRIDAY, "There is no 0 Nov. Which day is it?"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "said", "today", "day"), DATED, ids=[r[0] for r in DATED])
def test_a_date_without_a_year_is(
    sentence: str, said: tuple[int, int], today: date, day: date | str
) -> None:
    assert dated(*said, None, today) == day


NTHS = [
    ("this month's", 30, FRIDAY, date(2025, 11, 30)),
    ("today", 28, FRIDAY, date(2025, 11, 28)),
    ("next month's", 3, FRIDAY, date(2025, 12, 3)),
    ("next year's", 3, date(2025, 12, 28), date(2026, 1, 3)),
    ("next month's, as this one is too short", 31, date(2025, 11, 28), date(2025, 12, 31)),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "said", "today", "day"), NTHS, ids=[r[0] for r in NTHS])
def test_a_day_of_the_month_is(sentence: str, said: int, today: date, day: date) -> None:
    assert nth(said, today) == day


def test_a_day_of_the_month_is_asked_about_when_no_month_near_has_it() -> None:
    assert nth(32, FRIDAY) == "Which month is day 32 in?"


NUMBERS = [
    ("dots put the day first", "03.04.2026", date(2026, 4, 3)),
    ("dots, short year", "03.04.26", date(2026, 4, 3)),
    ("a month above 12 was the day", "04/28/2026", date(2026, 4, 28)),
    ("the same number twice is clear", "04/04/2026", date(2026, 4, 4)),
    ("slashes may be swapped", "03/04/2026", "Does 03/04/2026 mean 3 Apr or 4 Mar?"),
    ("a time with a dot is no date", "18.30", None),
    ("24/7 is no date", "24/7", None),
    ("50/50 is no date", "50/50", None),
    ("with a year it was meant as one", "50/50/2026", "There is no date 50/50/2026. Which day is it?"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "said", "day"), NUMBERS, ids=[row[0] for row in NUMBERS])
def test_numbers_as_a_date(sentence: str, said: str, day: date | str | None) -> None:
    assert numeric(said, FRIDAY) == day


SPOKEN = [
    ("next Friday on a Friday is in a week", "next friday", FRIDAY, date(2025, 12, 5)),
    ("next Friday on a Sunday is in the next week", "next friday", SUNDAY, date(2025, 12, 5)),
    ("next Monday on a Wednesday is clear", "next monday", WEDNESDAY, date(2025, 12, 1)),
    ("this Friday on a Friday is today", "this friday", FRIDAY, FRIDAY),
    ("last Friday on a Friday was a week ago", "last friday", FRIDAY, date(2025, 11, 21)),
    ("Monday next week on a Sunday is tomorrow", "monday next week", SUNDAY, date(2025, 12, 1)),
    ("in a week", "in a week", FRIDAY, date(2025, 12, 5)),
    ("two days from now", "2 days from now", FRIDAY, SUNDAY),
    ("a week from today", "a week from today", FRIDAY, date(2025, 12, 5)),
    ("in two weeks", "in two weeks", FRIDAY, date(2025, 12, 12)),
    ("tomorrow over the end of a month", "tomorrow", SUNDAY, date(2025, 12, 1)),
    ("Friday next week, in German", "freitag nächste woche", WEDNESDAY, date(2025, 12, 5)),
    ("next week's Friday, in German", "nächste woche am freitag", WEDNESDAY, date(2025, 12, 5)),
    ("nächsten Freitag on a Friday is in a week", "nächsten freitag", FRIDAY, date(2025, 12, 5)),
    ("nächsten Freitag on a Wednesday is the coming one", "nächsten freitag", WEDNESDAY, FRIDAY),
    ("today's is no day", "today's", FRIDAY, None),
    ("nothing", "flash push", FRIDAY, None),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "said", "today", "day"), SPOKEN, ids=[r[0] for r in SPOKEN])
def test_a_spoken_day_is(sentence: str, said: str, today: date, day: date | None) -> None:
    assert take_spoken(Scan(said), today).day == day


def test_next_friday_is_asked_about_when_this_week_has_one_too() -> None:
    reading = take_spoken(Scan("next friday"), MONDAY)
    assert reading.day is None
    assert reading.question == "Does “next Friday” mean Fri 28 Nov or Fri 5 Dec?"


@pytest.mark.parametrize(
    "said",
    [
        "second Friday in December",
        "the first Monday in January",
        "last Friday in November",
        "on the first Friday",
        "Saturday before Christmas",
        "the Friday after Black Friday",
        "Freitag vor Weihnachten",
        "Friday week",
        "a week on Friday",
        "two weeks from Friday",
        "in two weeks, Friday,",
        "Friday in two weeks",
        "Freitag in einer Woche",
        "Friday after next",
        "übernächsten Freitag",
    ],
)
def test_a_weekday_that_is_not_the_coming_one_is_asked_about(said: str) -> None:
    draft = asked(f"Push {said} 18:00-22:00 x3 #web")
    assert question(draft, Field.DATE) == "Which day is it? For example: Fri 28 Nov."
    assert draft.date == ""


@pytest.mark.parametrize(
    ("line", "window"),
    [
        ("First Friday sale Fri 5 Dec 18:00-22:00", "05 Dec 18:00 - 05 Dec 22:00"),
        ("First Friday sale tomorrow 18:00-22:00", "27 Nov 18:00 - 27 Nov 22:00"),
        ("tomorrow 18:00-22:00 First Friday sale", "27 Nov 18:00 - 27 Nov 22:00"),
        ("First Friday sale in 2 days 18:00-22:00", "28 Nov 18:00 - 28 Nov 22:00"),
        ("Second Sunday push Friday 18:00-22:00", "28 Nov 18:00 - 28 Nov 22:00"),
        ("Push Friday after work 18:00-22:00", "28 Nov 18:00 - 28 Nov 22:00"),
        ("Push Friday after 18:00 for 2h", "28 Nov 18:00 - 28 Nov 20:00"),
        ("Black Friday week push Friday 18:00-22:00", "28 Nov 18:00 - 28 Nov 22:00"),
        ("Push Friday 18:00-22:00 after Thanksgiving", "28 Nov 18:00 - 28 Nov 22:00"),
    ],
)
def test_the_coming_weekday_is_meant_where_such_words_belong_elsewhere(
    line: str, window: str
) -> None:
    assert told(announced(f"{line} x3 #web")) == f"{window} Europe/Berlin"


def test_a_weekday_is_today_until_the_day_is_over() -> None:
    assert take_weekday(Scan("friday 18:00"), FRIDAY).day == FRIDAY
    assert take_weekday(Scan("thursday 18:00"), FRIDAY).day == date(2025, 12, 4)


def test_a_short_weekday_is_no_day_when_it_stands_alone() -> None:
    assert take_weekday(Scan("sun cream, wed to the sea"), FRIDAY).day is None


@given(today=TODAYS, ahead=st.integers(0, 181))
def test_a_day_of_the_next_half_year_needs_no_year(today: date, ahead: int) -> None:
    day = date.fromordinal(today.toordinal() + ahead)
    for text in (f"{day:%a} {day.day} {day:%b}", f"{day:%B} {day.day}", f"{day:%d.%m}."):
        assert take_dates(Scan(text), today).day == day


@given(today=TODAYS, day=TODAYS, wrong=st.integers(1, 6))
def test_a_wrong_weekday_is_always_noticed(today: date, day: date, wrong: int) -> None:
    other = date.fromordinal(day.toordinal() + wrong)
    assert weekday_trouble(day, f"{day:%a}".lower(), today) == ""
    assert f"{day:%A}" in weekday_trouble(day, f"{other:%a}".lower(), today)


def test_a_wrong_weekday_offers_only_days_still_ahead() -> None:
    assert (
        weekday_trouble(FRIDAY, "thu", FRIDAY)
        == "28 Nov 2025 is a Friday. Did you mean Fri 28 Nov?"
    )
    assert weekday_trouble(MONDAY, "sun", FRIDAY) == "24 Nov 2025 is a Monday. Which day is it?"
