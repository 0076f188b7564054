"""The form: the same checks field by field, and back again from a complete announcement."""

from collections.abc import Mapping

import pytest

from bot.core.announcement import draft_of, from_form
from bot.core.campaign import Announcement, CampaignKind
from bot.core.draft import Draft, Field
from tests.core_announcement.shop import WEDNESDAY, announced, house, question, told

FILLED = {
    "name": "Black Friday push",
    "kind": "push",
    "date": "2025-11-28",
    "start": "18:00",
    "end": "22:00",
    "zone": "Europe/Berlin",
    "multiplier": "3",
    "groups": "web,checkout",
}


def values_of(draft: Draft) -> Mapping[str, str]:
    """What the form sends when nobody changes anything in it."""
    return {
        "name": draft.name,
        "kind": draft.kind,
        "date": draft.date,
        "start": draft.start,
        "end": draft.end,
        "until": draft.until,
        "zone": draft.zone,
        "multiplier": draft.multiplier,
        "groups": ",".join(draft.groups),
    }


def sent(**changed: str) -> Announcement | Draft:
    """The answer to the filled-in form with some fields changed."""
    return from_form({**FILLED, **changed}, now=WEDNESDAY, house=house())


def test_a_filled_in_form_is_an_announcement() -> None:
    answer = sent()
    assert isinstance(answer, Announcement)
    assert told(answer) == "28 Nov 18:00 - 28 Nov 22:00 Europe/Berlin"
    assert (answer.name, answer.kind) == ("Black Friday push", CampaignKind.PUSH)
    assert (answer.multiplier, answer.groups) == (3.0, ("web", "checkout"))


ACCEPTED = [
    ("a night", {"start": "22:00", "end": "02:00"}, "28 Nov 22:00 - 29 Nov 02:00 Europe/Berlin"),
    ("an end at midnight", {"end": "00:00"}, "28 Nov 18:00 - 29 Nov 00:00 Europe/Berlin"),
    ("a last day", {"until": "2025-11-30"}, "28 Nov 18:00 - 30 Nov 22:00 Europe/Berlin"),
    ("a last day that midnight closes", {"end": "00:00", "until": "2025-11-30"}, "28 Nov 18:00 - 01 Dec 00:00 Europe/Berlin"),
    ("whole days", {"start": "00:00", "end": "00:00", "until": "2025-11-30"}, "28 Nov 00:00 - 01 Dec 00:00 Europe/Berlin"),
    ("an end on the next day that is no night", {"end": "14:00", "until": "2025-11-29"}, "28 Nov 18:00 - 29 Nov 14:00 Europe/Berlin"),
    ("a night whose last day is said", {"start": "22:00", "end": "02:00", "until": "2025-11-29"}, "28 Nov 22:00 - 29 Nov 02:00 Europe/Berlin"),
    ("the first day as the last", {"until": "2025-11-28"}, "28 Nov 18:00 - 28 Nov 22:00 Europe/Berlin"),
    ("a night of the first day as the last", {"start": "22:00", "end": "02:00", "until": "2025-11-28"}, "28 Nov 22:00 - 29 Nov 02:00 Europe/Berlin"),
    ("no last day", {"until": ""}, "28 Nov 18:00 - 28 Nov 22:00 Europe/Berlin"),
    ("no zone", {"zone": ""}, "28 Nov 18:00 - 28 Nov 22:00 Europe/Berlin"),
    ("an abbreviation", {"zone": "est"}, "28 Nov 18:00 - 28 Nov 22:00 America/New_York"),
    ("an offset", {"zone": "UTC+2"}, "28 Nov 18:00 - 28 Nov 22:00 Etc/GMT-2"),
    ("a city", {"zone": "New York"}, "28 Nov 18:00 - 28 Nov 22:00 America/New_York"),
    ("a 12-hour clock", {"start": "6pm", "end": "10 pm"}, "28 Nov 18:00 - 28 Nov 22:00 Europe/Berlin"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "changed", "window"), ACCEPTED, ids=[row[0] for row in ACCEPTED]
)
def test_the_form_understands(sentence: str, changed: dict[str, str], window: str) -> None:
    answer = sent(**changed)
    assert isinstance(answer, Announcement), answer.questions
    assert told(answer) == window


MULTIPLIERS = [
    ("3", 3.0),
    ("2.5", 2.5),
    ("2,5", 2.5),
    ("x3", 3.0),
    ("3x", 3.0),
    ("+150%", 2.5),
    ("triple", 3.0),
]


@pytest.mark.parametrize(("text", "times"), MULTIPLIERS, ids=[row[0] for row in MULTIPLIERS])
def test_the_form_understands_the_multiplier(text: str, times: float) -> None:
    answer = sent(multiplier=text)
    assert isinstance(answer, Announcement)
    assert answer.multiplier == times


ASKED = [
    ("the name is missing", {"name": " "}, Field.NAME, "What is the campaign called?"),
    ("the kind is unknown", {"kind": "radio"}, Field.KIND, "Which kind is it: push, e-mail, TV"),
    ("the day is missing", {"date": ""}, Field.DATE, "On which day is it?"),
    ("the day is no day", {"date": "soon"}, Field.DATE, "I do not understand the day “soon”."),
    ("the day has passed", {"date": "2025-11-20"}, Field.DATE, "Thu 20 Nov 2025 has passed."),
    ("the day is too far", {"date": "2027-01-01"}, Field.DATE, "more than a year ahead"),
    ("the year is absurd", {"date": "9999-12-31"}, Field.DATE, "I do not understand the day"),
    ("the start is missing", {"start": ""}, Field.START, "When does it start?"),
    ("the start is no time", {"start": "25:00"}, Field.START, "I do not understand the time “25:00”."),
    ("the start may be two times", {"start": "9"}, Field.START, "I do not understand the time “9”."),
    ("the start has passed", {"date": "2025-11-26", "start": "09:00"}, Field.START, "has passed"),
    ("the end is missing", {"end": ""}, Field.END, "When does it end?"),
    ("the end is before the start", {"end": "14:00"}, Field.END, "14:00 is before 18:00."),
    ("the end is before the start, so that the last day helps", {"end": "14:00"}, Field.END, "In the form, choose 29 Nov as the last day."),
    ("the last day is before the first", {"until": "2025-11-27"}, Field.UNTIL, "The last day, Thu 27 Nov, is before the first, Fri 28 Nov."),
    ("the last day is no day", {"end": "14:00", "until": "soon"}, Field.UNTIL, "I do not understand the day “soon”."),
    ("the last day is weeks later", {"until": "2025-12-30"}, Field.END, "at most 14 days"),
    ("the zone is unknown", {"zone": "Europe/Berln"}, Field.ZONE, "Did you mean Europe/Berlin?"),
    ("the zone is ambiguous", {"zone": "IST"}, Field.ZONE, "several time zones"),
    ("the zone is nonsense", {"zone": "../../etc/passwd"}, Field.ZONE, "I do not know the time zone"),
    ("the multiplier is missing", {"multiplier": ""}, Field.MULTIPLIER, "How many times"),
    ("the multiplier is no number", {"multiplier": "lots"}, Field.MULTIPLIER, "I do not understand “lots”."),
    ("the multiplier is nan", {"multiplier": "nan"}, Field.MULTIPLIER, "I do not understand “nan”."),
    ("the multiplier is negative", {"multiplier": "-2"}, Field.MULTIPLIER, "less than usual"),
    ("the multiplier is absurd", {"multiplier": "5000"}, Field.MULTIPLIER, "not believable"),
    ("the multiplier is ambiguous", {"multiplier": "300%"}, Field.MULTIPLIER, "x3 (300 % of the usual demand) or x4"),
    ("the groups are missing", {"groups": ""}, Field.GROUPS, "What should be warmed"),
    ("a group is unknown", {"groups": "web, wbe"}, Field.GROUPS, "Did you mean #web?"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "changed", "field", "words"), ASKED, ids=[row[0] for row in ASKED]
)
def test_the_form_asks_about_one_field_when(
    sentence: str, changed: dict[str, str], field: Field, words: str
) -> None:
    answer = sent(**changed)
    assert isinstance(answer, Draft)
    assert words in question(answer, field)
    assert {asked.field for asked in answer.questions} == {field}


def test_every_field_is_asked_for_when_the_form_is_empty() -> None:
    answer = from_form({}, now=WEDNESDAY, house=house())
    assert isinstance(answer, Draft)
    asked = [asked.field for asked in answer.questions]
    assert asked == [Field.NAME, Field.DATE, Field.START, Field.END, Field.MULTIPLIER, Field.GROUPS]


@pytest.mark.parametrize(
    "said",
    [
        "18:00-22:00",
        "22:00-02:00",
        "08:00-24:00",
        "18:00 for 50 hours",
        "18:00 until Sun 30 Nov 22:00",
        "18:00 until Sun 30 Nov 24:00",
        "18:00 until Sun 30 Nov 00:00",
        "18:00 until Sat 29 Nov 14:00",
    ],
)
def test_an_announcement_survives_the_form_when_nobody_changes_it(said: str) -> None:
    told_once = announced(f'"Night" push Fri 28 Nov {said} CET x2.5 #web #checkout')
    assert from_form(values_of(draft_of(told_once)), now=WEDNESDAY, house=house()) == told_once


@pytest.mark.parametrize("until", ["2025-11-27", "2025-12-30"])
def test_a_last_day_that_cannot_be_is_shown_again_as_it_was_entered(until: str) -> None:
    answer = sent(until=until)
    assert isinstance(answer, Draft)
    assert (answer.date, answer.end, answer.until) == ("2025-11-28", "22:00", until)
