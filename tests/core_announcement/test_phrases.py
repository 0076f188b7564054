"""What marketers type, and the window, multiplier and groups that it means. Now: Wed 26 Nov 2025 15:00 Berlin."""

import pytest

from tests.core_announcement.shop import announced, told

BERLIN = "Europe/Berlin"
FRIDAY = "28 Nov 18:00 - 28 Nov 22:00 Europe/Berlin"
NIGHT = "28 Nov 22:00 - 29 Nov 02:00 Europe/Berlin"
THURSDAY_MORNING = "27 Nov 09:00 - 27 Nov 11:00 Europe/Berlin"
THURSDAY_EVENING = "27 Nov 18:00 - 27 Nov 22:00 Europe/Berlin"

WINDOWS = [
    ("a weekday, a date and a range", "Fri 28 Nov 18:00-22:00", FRIDAY),
    ("the month first", "Nov 28 18:00-22:00", FRIDAY),
    ("the month in full, with an ordinal", "Friday, November 28th, 18:00 to 22:00", FRIDAY),
    ("an ordinal and of", "28th of November 18:00-22:00", FRIDAY),
    ("a year", "28 Nov 2025 18:00-22:00", FRIDAY),
    ("a year after a comma", "Nov 28, 2025 6pm-10pm", FRIDAY),
    ("an ISO date", "2025-11-28 18:00-22:00", FRIDAY),
    ("ISO instants", "2025-11-28T18:00 to 2025-11-28T22:00", FRIDAY),
    ("ISO instants with an offset", "2025-11-28 18:00+01:00 to 22:00+01:00", FRIDAY),
    ("dots", "28.11.2025 18-22 Uhr", FRIDAY),
    ("dots without a year", "28.11. 18:00-22:00", FRIDAY),
    ("dots in day and time", "Fri 28.11 18.00-22.00", FRIDAY),
    ("German words", "Freitag 28. November 18 bis 22 Uhr", FRIDAY),
    ("slashes that leave one reading, day first", "28/11/2025 18:00-22:00", FRIDAY),
    ("slashes that leave one reading, month first", "11/28 18:00-22:00", FRIDAY),
    ("dashes that leave one reading", "28-11-2025 18:00-22:00", FRIDAY),
    ("a weekday with the day of the month", "Fri 28th 18:00-22:00", FRIDAY),
    ("a weekday with a bare number", "Fri 28 18:00-22:00", FRIDAY),
    ("the 28th", "on the 28th 18:00-22:00", FRIDAY),
    ("Friday the 28th", "Friday the 28th 18:00-22:00", FRIDAY),
    ("the weekday behind", "28 Nov (Fri) 18:00-22:00", FRIDAY),
    ("the time before the day", "18:00-22:00 on Fri 28 Nov", FRIDAY),
    ("only a weekday", "Friday 18:00-22:00", FRIDAY),
    ("only a short weekday", "Fri 18:00-22:00", FRIDAY),
    ("this Friday", "this Friday 18:00-22:00", FRIDAY),
    ("on Friday evening", "on Friday evening 6-10", FRIDAY),
    ("in 2 days", "in 2 days 18:00-22:00", FRIDAY),
    ("the day after tomorrow", "the day after tomorrow 18:00-22:00", FRIDAY),
    ("an en dash", "Fri 28 Nov 18:00–22:00", FRIDAY),
    ("an em dash with spaces", "Fri 28 Nov 18:00 — 22:00", FRIDAY),
    ("until", "Fri 28 Nov 18:00 until 22:00", FRIDAY),
    ("till", "Fri 28 Nov from 18:00 till 22:00", FRIDAY),
    ("between and", "Fri 28 Nov between 6pm and 10pm", FRIDAY),
    ("start and end", "Fri 28 Nov start 18:00 end 22:00", FRIDAY),
    ("ends at", "Fri 28 Nov at 18:00, ends at 22:00", FRIDAY),
    ("whole hours on a 24-hour clock", "Fri 28 Nov 18-22", FRIDAY),
    ("h", "Fri 28 Nov 18h-22h", FRIDAY),
    ("four digits", "Fri 28 Nov 1800-2200", FRIDAY),
    ("am and pm", "Fri 28 Nov 6pm-10pm", FRIDAY),
    ("a.m. and p.m.", "Fri 28 Nov 6:00 p.m. to 10:00 p.m.", FRIDAY),
    ("pm said once", "Fri 28 Nov 6-10pm", FRIDAY),
    ("pm said first", "Fri 28 Nov 6pm-10", FRIDAY),
    ("seconds", "Fri 28 Nov 18:00:00-22:00:00", FRIDAY),
    ("for some hours", "Fri 28 Nov 18:00 for 4 hours", FRIDAY),
    ("for four hours in words", "Fri 28 Nov at 18:00 for four hours", FRIDAY),
    ("a bare length", "Fri 28 Nov from 18:00, 4h", FRIDAY),
    ("minutes", "Fri 28 Nov at 6pm for 240 minutes", FRIDAY),
    ("hours and minutes", "Fri 28 Nov 18:30 for 3h30", FRIDAY.replace("18:00", "18:30")),
    ("hours long", "Fri 28 Nov at 18:00, 4 hours long", FRIDAY),
    ("over midnight", "Fri 28 Nov 22:00-02:00", NIGHT),
    ("over midnight on a 12-hour clock", "Fri 28 Nov 10pm-2am", NIGHT),
    ("over midnight, pm left out", "Fri 28 Nov 10-2am", NIGHT),
    ("both days said", "from 28 Nov 22:00 until 29 Nov 02:00", NIGHT),
    ("both days, the times behind", "22:00 28 Nov to 02:00 29 Nov", NIGHT),
    ("two days for one night", "28-29 Nov 22:00-02:00", NIGHT),
    ("an arrow", "Fri 28 Nov 18:00 -> 22:00", FRIDAY),
    ("no space in the date", "28Nov 18:00-22:00", FRIDAY),
    ("capitals", "FRI 28 NOV 6:00PM-10:00PM", FRIDAY),
    ("a short year", "28/11/25 18:00-22:00", FRIDAY),
    ("a year first, with dots", "2025.11.28 18:00-22:00", FRIDAY),
    ("a date on each side", "28 Nov 6pm to 28 Nov 10pm", FRIDAY),
    ("weekday and date on each side", "Fri 28 Nov 22:00 – Sat 29 Nov 02:00", NIGHT),
    ("a weekday as the end's day", "Fri 28 Nov 22:00 to Sat 02:00", NIGHT),
    ("two weekdays", "Friday 22:00 to Saturday 02:00", NIGHT),
    ("the next day", "Fri 28 Nov 22:00 until the next day 02:00", NIGHT),
    (
        "until tomorrow",
        "today 22:00 until tomorrow 02:00",
        "26 Nov 22:00 - 27 Nov 02:00 Europe/Berlin",
    ),
    ("a date only for the end", "Fri 22:00 to Sat 29 Nov 02:00", NIGHT),
    (
        "today until a date",
        "today 22:00 until 27 Nov 02:00",
        "26 Nov 22:00 - 27 Nov 02:00 Europe/Berlin",
    ),
    ("dates of numbers on each side", "28.11. 22:00 bis 29.11. 02:00 Uhr", NIGHT),
    (
        "8 in the morning",
        "Fri 28 Nov 8 in the morning until 12",
        "28 Nov 08:00 - 28 Nov 12:00 Europe/Berlin",
    ),
    ("until midnight", "Fri 28 Nov 18:00-midnight", "28 Nov 18:00 - 29 Nov 00:00 Europe/Berlin"),
    ("until 24:00", "Fri 28 Nov 08:00-24:00", "28 Nov 08:00 - 29 Nov 00:00 Europe/Berlin"),
    ("until 00:00", "Fri 28 Nov 08:00-00:00", "28 Nov 08:00 - 29 Nov 00:00 Europe/Berlin"),
    ("a whole day", "Fri 28 Nov all day", "28 Nov 00:00 - 29 Nov 00:00 Europe/Berlin"),
    ("several days", "28 Nov 18:00 to 1 Dec 09:00", "28 Nov 18:00 - 01 Dec 09:00 Europe/Berlin"),
    ("from noon", "Fri 28 Nov noon-2pm", "28 Nov 12:00 - 28 Nov 14:00 Europe/Berlin"),
    ("11-2pm begins before noon", "Fri 28 Nov 11-2pm", "28 Nov 11:00 - 28 Nov 14:00 Europe/Berlin"),
    ("9am to 5 ends in the afternoon", "Thu 9am-5", "27 Nov 09:00 - 27 Nov 17:00 Europe/Berlin"),
    ("tomorrow", "tomorrow 9am-11am", THURSDAY_MORNING),
    ("tomorrow morning with bare hours", "tomorrow morning 9-11", THURSDAY_MORNING),
    ("tomorrow with the hours in the morning", "tomorrow 9-11 in the morning", THURSDAY_MORNING),
    ("am said once", "tomorrow 9-11am", THURSDAY_MORNING),
    ("tomorrow evening", "tomorrow evening 6-10", THURSDAY_EVENING),
    ("tomorrow at 6pm for 4 hours", "tomorrow at 6pm for 4 hours", THURSDAY_EVENING),
    ("today", "today at 18:00 for 2 hours", "26 Nov 18:00 - 26 Nov 20:00 Europe/Berlin"),
    ("tonight with bare hours", "tonight 8-10", "26 Nov 20:00 - 26 Nov 22:00 Europe/Berlin"),
    ("tonight over midnight", "tonight 10-2", "26 Nov 22:00 - 27 Nov 02:00 Europe/Berlin"),
    ("tonight at 8", "tonight at 8 for 1 hour", "26 Nov 20:00 - 26 Nov 21:00 Europe/Berlin"),
    ("in 2 hours", "in 2 hours for 90 minutes", "26 Nov 17:00 - 26 Nov 18:30 Europe/Berlin"),
    ("in half an hour", "in half an hour for 1h", "26 Nov 15:30 - 26 Nov 16:30 Europe/Berlin"),
    ("in 30 min until", "in 30 min until 17:00", "26 Nov 15:30 - 26 Nov 17:00 Europe/Berlin"),
    ("now", "right now for 2 hours", "26 Nov 15:01 - 26 Nov 17:01 Europe/Berlin"),
    (
        "a weekday that is today, still ahead",
        "Wednesday 18-22",
        "26 Nov 18:00 - 26 Nov 22:00 Europe/Berlin",
    ),
    ("Saturday", "Saturday 20:15 to 21:00", "29 Nov 20:15 - 29 Nov 21:00 Europe/Berlin"),
    ("dotted times", "Saturday 20.10 to 21.00", "29 Nov 20:10 - 29 Nov 21:00 Europe/Berlin"),
    ("Friday next week", "Friday next week 18-22", "05 Dec 18:00 - 05 Dec 22:00 Europe/Berlin"),
    ("next week Friday", "next week Friday 18-22", "05 Dec 18:00 - 05 Dec 22:00 Europe/Berlin"),
    (
        "next Tuesday, which can only be one",
        "next Tuesday 18-22",
        "02 Dec 18:00 - 02 Dec 22:00 Europe/Berlin",
    ),
    (
        "a month that begins next year",
        "3 Jan 18:00-22:00",
        "03 Jan 18:00 - 03 Jan 22:00 Europe/Berlin",
    ),
    (
        "the 3rd, which is next month's",
        "the 3rd 18:00-22:00",
        "03 Dec 18:00 - 03 Dec 22:00 Europe/Berlin",
    ),
]


@pytest.mark.parametrize(("sentence", "said", "window"), WINDOWS, ids=[row[0] for row in WINDOWS])
def test_a_window_is_understood_when_people_write_it_as(
    sentence: str, said: str, window: str
) -> None:
    assert told(announced(f"Flash push {said} x3 #web")) == window


ZONES = [
    ("an IANA name", "Europe/Berlin", "18:00 - 28 Nov 22:00 Europe/Berlin"),
    ("an IANA name in lower case", "america/new_york", "18:00 - 28 Nov 22:00 America/New_York"),
    ("three parts", "America/Argentina/Salta", "18:00 - 28 Nov 22:00 America/Argentina/Salta"),
    ("CET", "CET", "18:00 - 28 Nov 22:00 Europe/Berlin"),
    ("in brackets", "(CET)", "18:00 - 28 Nov 22:00 Europe/Berlin"),
    ("lower case", "cet", "18:00 - 28 Nov 22:00 Europe/Berlin"),
    ("the German word", "MEZ", "18:00 - 28 Nov 22:00 Europe/Berlin"),
    ("UTC", "UTC", "18:00 - 28 Nov 22:00 UTC"),
    ("GMT", "GMT", "18:00 - 28 Nov 22:00 Etc/GMT"),
    ("EST", "EST", "18:00 - 28 Nov 22:00 America/New_York"),
    ("ET", "ET", "18:00 - 28 Nov 22:00 America/New_York"),
    ("PT", "PT", "18:00 - 28 Nov 22:00 America/Los_Angeles"),
    ("UTC+2, whose IANA sign is turned round", "UTC+2", "18:00 - 28 Nov 22:00 Etc/GMT-2"),
    ("UTC-5", "UTC-5", "18:00 - 28 Nov 22:00 Etc/GMT+5"),
    ("GMT+1", "GMT+1", "18:00 - 28 Nov 22:00 Etc/GMT-1"),
    ("a city", "London time", "18:00 - 28 Nov 22:00 Europe/London"),
    ("a city of two words", "New York time", "18:00 - 28 Nov 22:00 America/New_York"),
    ("Pacific time", "Pacific time", "18:00 - 28 Nov 22:00 America/Los_Angeles"),
    ("a zone and its abbreviation", "Europe/Paris (CET)", "18:00 - 28 Nov 22:00 Europe/Paris"),
    ("a city alone", "London", "18:00 - 28 Nov 22:00 Europe/London"),
    ("a city of two words alone", "New York", "18:00 - 28 Nov 22:00 America/New_York"),
    ("a country in brackets", "(UK)", "18:00 - 28 Nov 22:00 Europe/London"),
    ("a region", "US Eastern", "18:00 - 28 Nov 22:00 America/New_York"),
    ("a people's", "British time", "18:00 - 28 Nov 22:00 Europe/London"),
    ("another people's", "Swiss time", "18:00 - 28 Nov 22:00 Europe/Zurich"),
    ("Moscow's abbreviation", "MSK", "18:00 - 28 Nov 22:00 Europe/Moscow"),
    ("Istanbul's abbreviation", "TRT", "18:00 - 28 Nov 22:00 Europe/Istanbul"),
    ("an offset without a colon", "+0200", "18:00 - 28 Nov 22:00 Etc/GMT-2"),
    ("an offset to the west", "-0500", "18:00 - 28 Nov 22:00 Etc/GMT+5"),
    ("local time: the house's", "local time", "18:00 - 28 Nov 22:00 Europe/Berlin"),
    ("none: the house's", "", "18:00 - 28 Nov 22:00 Europe/Berlin"),
]


@pytest.mark.parametrize(("sentence", "zone", "window"), ZONES, ids=[row[0] for row in ZONES])
def test_a_zone_is_understood_when_people_write(sentence: str, zone: str, window: str) -> None:
    text = f"Flash push Fri 28 Nov 18:00-22:00 {zone} x3 #web"
    assert told(announced(text)) == f"28 Nov {window}"


def test_a_zone_may_stand_behind_each_of_the_times() -> None:
    answer = announced("Flash push Fri 28 Nov 6pm London to 10pm London x3 #web")
    assert told(answer) == "28 Nov 18:00 - 28 Nov 22:00 Europe/London"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Flash push Fri 28 Nov 18:00-22:00 London Fashion x3", "Flash push London Fashion"),
        ("London push Fri 28 Nov 18:00-22:00 x3", "London push"),
        ("Push 28.11 London 18:00-22:00 x3", "Push London"),
        ("US time travel push Fri 28 Nov 18:00-22:00 x3", "US time travel push"),
        ("Flash push Fri 28 Nov 18:00-22:00 prime time x3", "Flash push prime time"),
        ("Flash push Fri 28 Nov 18:00-22:00 Prime time x3", "Flash push Prime time"),
        ("Fri 28 Nov 18-22 Uhr Prime time push x3", "Prime time push"),
        ("Flash push Fri 28 Nov 18:00-22:00 +1000 visitors x3", "Flash push +1000"),
    ],
)
def test_a_place_in_a_name_is_no_zone(line: str, name: str) -> None:
    answer = announced(f"{line} #web")
    assert (answer.name, told(answer)) == (name, FRIDAY)


MULTIPLIERS = [
    ("x3", "x3", 3.0),
    ("a capital X", "X3", 3.0),
    ("a multiplication sign", "×3", 3.0),
    ("the x behind", "3x", 3.0),
    ("a space before x", "3 x", 3.0),
    ("a space after x", "x 3", 3.0),
    ("a decimal point", "x2.5", 2.5),
    ("a decimal comma", "x2,5", 2.5),
    ("times", "3 times", 3.0),
    ("times in words", "three times the usual traffic", 3.0),
    ("fold", "3-fold", 3.0),
    ("tenfold", "tenfold", 10.0),
    ("double", "double", 2.0),
    ("twice", "twice the usual demand", 2.0),
    ("triple", "triple", 3.0),
    ("that it triples", "triples", 3.0),
    ("that it doubles traffic", "doubles our traffic", 2.0),
    ("doppelt", "doppelt", 2.0),
    ("a plus and per cent", "+150%", 2.5),
    ("a space before the per cent sign", "+150 %", 2.5),
    ("per cent more", "150% more", 2.5),
    ("up by per cent", "up 50%", 1.5),
    ("per cent of usual", "300% of usual", 3.0),
    ("with the word traffic", "3x traffic", 3.0),
    ("said twice alike", "x3 (3x)", 3.0),
    ("extra per cent", "20% extra traffic", 1.2),
    ("per cent extra on top", "20% extra on top", 1.2),
    ("a discount beside it", "x3 with 20% extra on shoes", 3.0),
]


@pytest.mark.parametrize(
    ("sentence", "said", "times"), MULTIPLIERS, ids=[row[0] for row in MULTIPLIERS]
)
def test_a_multiplier_is_understood_when_people_write(
    sentence: str, said: str, times: float
) -> None:
    assert announced(f"Flash push Fri 28 Nov 18:00-22:00 {said} #web").multiplier == times


@pytest.mark.parametrize(
    "line",
    [
        "Flash push x3 - 28 Nov 18:00-22:00 #web",
        "Flash push x3 - 28.11. 18-22 Uhr #web",
        "Flash push x3 - 18-22 Uhr 28.11. #web",
        "Flash push x3 - 6-10pm 28 Nov #web",
        "Flash push x3 - 4 hours from 28 Nov 18:00 #web",
        "Flash push 28 Nov 18 to 22 - 3x #web",
        "Flash push 28 Nov 18-22 x 3 #web",
    ],
)
def test_a_time_beside_a_multiplier_is_none_of_two(line: str) -> None:
    answer = announced(line)
    assert (told(answer), answer.multiplier) == (FRIDAY, 3.0)


GROUPS = [
    ("a hash", "#web", ("web",)),
    ("a channel as Slack sends it", "<#C123|web>", ("web",)),
    ("capitals", "#Web", ("web",)),
    ("an alias behind a hash", "#shop", ("web",)),
    ("two hashes", "#web #checkout", ("web", "checkout")),
    ("and between hashes", "#web and #checkout", ("web", "checkout")),
    ("and before a bare name", "#web and checkout", ("web", "checkout")),
    (
        "a comma and an ampersand",
        "#web, checkout &amp; recs",
        ("web", "checkout", "recommendations"),
    ),
    ("a title", "web shop", ("web",)),
    ("a title in capitals", "Order Pipeline", ("pipeline",)),
    ("a title with a hyphen", "#web-shop", ("web",)),
    ("a title in one word", "webshop", ("web",)),
    ("a plus between them", "checkout + web", ("checkout", "web")),
    ("an alias", "recs", ("recommendations",)),
    ("titles and names", "web shop and checkout", ("web", "checkout")),
    ("the same twice", "#web #shop", ("web",)),
]


@pytest.mark.parametrize(("sentence", "said", "groups"), GROUPS, ids=[row[0] for row in GROUPS])
def test_groups_are_understood_when_people_write(
    sentence: str, said: str, groups: tuple[str, ...]
) -> None:
    assert announced(f"Flash push Fri 28 Nov 18:00-22:00 x3 {said}").groups == groups
