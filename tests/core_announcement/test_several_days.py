"""Several days in one line, and ends with a day of their own. Now: Wed 26 Nov 2025 15:00 Berlin."""

import pytest

from bot.core.draft import Field
from tests.core_announcement.shop import announced, asked, question, told

PUSH = "Flash push"
REST = "x3 #web"

SEVERAL = [
    ("Friday to Sunday 18:00-22:00", "28 Nov 18:00 to 30 Nov 22:00"),
    ("Friday through Sunday 18:00-22:00", "28 Nov 18:00 to 30 Nov 22:00"),
    ("Fri-Sun 18:00-22:00", "28 Nov 18:00 to 30 Nov 22:00"),
    ("from Friday to Sunday, 18:00-22:00", "28 Nov 18:00 to 30 Nov 22:00"),
    ("18:00-22:00 Friday to Sunday", "28 Nov 18:00 to 30 Nov 22:00"),
    ("18:00-22:00 on Friday and Saturday", "28 Nov 18:00 to 29 Nov 22:00"),
    ("Sat and Sun 10:00-18:00", "29 Nov 10:00 to 30 Nov 18:00"),
    ("Sat & Sun 10:00-18:00", "29 Nov 10:00 to 30 Nov 18:00"),
    ("Fri/Sat 18:00-22:00", "28 Nov 18:00 to 29 Nov 22:00"),
    ("Friday, Saturday and Sunday 18:00-22:00", "28 Nov 18:00 to 30 Nov 22:00"),
    ("this Friday and Saturday 18:00-22:00", "28 Nov 18:00 to 29 Nov 22:00"),
    ("Friday and Saturday 22:00-02:00", "28 Nov 22:00 to 29 Nov 02:00"),
    ("Saturday and Sunday all day", "29 Nov 00:00 to 1 Dec 00:00"),
    ("Friday 18:00-22:00 and Saturday", "28 Nov 18:00 to 29 Nov 22:00"),
    ("Monday to Friday 18:00-22:00", "1 Dec 18:00 to 5 Dec 22:00"),
    ("Montag bis Freitag 18-22 Uhr", "1 Dec 18:00 to 5 Dec 22:00"),
    ("tomorrow until Sunday 18:00-22:00", "27 Nov 18:00 to 30 Nov 22:00"),
    ("tomorrow and Friday 18:00-22:00", "27 Nov 18:00 to 28 Nov 22:00"),
    ("today and tomorrow 18:00-22:00", "26 Nov 18:00 to 27 Nov 22:00"),
    ("from Fri 28 Nov to Sunday 18:00-22:00", "28 Nov 18:00 to 30 Nov 22:00"),
    ("Fri 28 Nov 18:00-22:00 and again Sat", "28 Nov 18:00 to 29 Nov 22:00"),
    ("28.-30.11. 18-22 Uhr", "28 Nov 18:00 to 30 Nov 22:00"),
    ("28.-30.11 18-22 Uhr", "28 Nov 18:00 to 30 Nov 22:00"),
    ("28-30.11. 18-22 Uhr", "28 Nov 18:00 to 30 Nov 22:00"),
    ("28. - 30.11.2025 18-22 Uhr", "28 Nov 18:00 to 30 Nov 22:00"),
    ("28. und 29.11. 18-22 Uhr", "28 Nov 18:00 to 29 Nov 22:00"),
    ("28., 29. und 30.11. 18-22 Uhr", "28 Nov 18:00 to 30 Nov 22:00"),
    ("28./29.11. 18-22 Uhr", "28 Nov 18:00 to 29 Nov 22:00"),
    ("28 & 29 Nov 18:00-22:00", "28 Nov 18:00 to 29 Nov 22:00"),
    ("28, 29 and 30 Nov 18:00-22:00", "28 Nov 18:00 to 30 Nov 22:00"),
    ("28/29 Nov 18:00-22:00", "28 Nov 18:00 to 29 Nov 22:00"),
    ("Nov 28 and 29, 18:00-22:00", "28 Nov 18:00 to 29 Nov 22:00"),
    ("Nov 28th through 30th 18:00-22:00", "28 Nov 18:00 to 30 Nov 22:00"),
    ("on the 28th and 29th 18:00-22:00", "28 Nov 18:00 to 29 Nov 22:00"),
    ("28 Nov and 29 Nov 22:00-02:00", "28 Nov 22:00 to 29 Nov 02:00"),
    ("28 Nov 22:00-02:00 and 29 Nov", "28 Nov 22:00 to 29 Nov 02:00"),
    ("1-5 Dec all day", "1 Dec 00:00 to 6 Dec 00:00"),
    ("Fri 28 Nov 8am - 8pm Sun", "28 Nov 08:00 to 30 Nov 20:00"),
    ("Fri 28 Nov 8am to 8pm Sunday for everybody", "28 Nov 08:00 to 30 Nov 20:00"),
]


@pytest.mark.parametrize(("words", "window"), SEVERAL, ids=[row[0] for row in SEVERAL])
def test_several_days_may_be_one_window_or_one_each_day(words: str, window: str) -> None:
    draft = asked(f"{PUSH} {words} {REST}")
    assert question(draft, Field.END).startswith(f"Is it one window from {window}?")
    assert {asked.field for asked in draft.questions} == {Field.END}
    assert announced(f"{PUSH} {window.replace(' to ', ' until ')} {REST}").groups == ("web",)


@pytest.mark.parametrize(
    "words",
    ["28-30 Nov at 18:00 for 4 hours", "Friday to Sunday 18:00 for 4 hours"],
)
def test_several_days_with_a_length_are_announced_one_by_one(words: str) -> None:
    draft = asked(f"{PUSH} {words} {REST}")
    assert question(draft, Field.DATE).startswith("I plan one window at a time.")


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ("28 Nov 18:00-22:00, 29 Nov", "I found more than one date: 28 Nov and 29 Nov."),
        ("Black Friday to Sunday 18:00-22:00", "Which day is it?"),
        ("next Monday to Wednesday 18:00-22:00", "Which day is it?"),
    ],
)
def test_the_first_of_several_days_is_asked_for(words: str, asks: str) -> None:
    assert question(asked(f"{PUSH} {words} {REST}"), Field.DATE).startswith(asks)


NIGHTS = ["Fri/Sat", "Friday to Saturday", "28/29 Nov", "28./29.11.", "28-29 Nov"]


@pytest.mark.parametrize("words", NIGHTS)
def test_a_night_lies_on_two_days(words: str) -> None:
    answer = announced(f"{PUSH} {words} 22:00-02:00 {REST}")
    assert told(answer) == "28 Nov 22:00 - 29 Nov 02:00 Europe/Berlin"


ENDS = [
    ("Fri 28 Nov 8am to 8pm Sat", "28 Nov 08:00 - 29 Nov 20:00"),
    ("Fri 28 Nov 8am to 8pm on Sunday", "28 Nov 08:00 - 30 Nov 20:00"),
    ("Fri 28 Nov 8am to 8pm the next day", "28 Nov 08:00 - 29 Nov 20:00"),
    ("Fri 28 Nov 8am to 8pm next day", "28 Nov 08:00 - 29 Nov 20:00"),
    ("28 Nov 22:00-02:00 Sat", "28 Nov 22:00 - 29 Nov 02:00"),
    ("Friday 22:00 until 2am the next day", "28 Nov 22:00 - 29 Nov 02:00"),
    ("Friday 22:00 to 02:00 Saturday", "28 Nov 22:00 - 29 Nov 02:00"),
    ("tomorrow 8am until 8pm Sunday", "27 Nov 08:00 - 30 Nov 20:00"),
    ("today 18:00 until 22:00 Friday", "26 Nov 18:00 - 28 Nov 22:00"),
    ("today 6pm until 6pm tomorrow", "26 Nov 18:00 - 27 Nov 18:00"),
    ("tonight 22:00 until 8am tomorrow", "26 Nov 22:00 - 27 Nov 08:00"),
    ("from 8am Friday to 8pm Sunday", "28 Nov 08:00 - 30 Nov 20:00"),
    ("from 6pm on Friday until 10pm on Sunday", "28 Nov 18:00 - 30 Nov 22:00"),
    ("Friday 8am to 8pm Sunday", "28 Nov 08:00 - 30 Nov 20:00"),
    ("between 28 Nov 22:00 and 29 Nov 02:00", "28 Nov 22:00 - 29 Nov 02:00"),
]


@pytest.mark.parametrize(("words", "window"), ENDS, ids=[row[0] for row in ENDS])
def test_the_end_is_on_the_day_said_beside_it(words: str, window: str) -> None:
    answer = announced(f"{PUSH} {words} {REST}")
    assert told(answer) == f"{window} Europe/Berlin"
    assert answer.name == PUSH


NAMES = [
    ("Sunday and Monday deals push tomorrow 18:00-22:00", "Sunday and Monday deals push", 27),
    ("Monday to Friday deals: Friday 18:00-22:00", "Monday to Friday deals", 28),
    ("Sat+Sun deals Fri 28 Nov 18:00-22:00", "Sat+Sun deals", 28),
    ("Black Friday - Friday 18:00-22:00", "Black Friday", 28),
    ("Flash push Fri 28 Nov - Sun cream 18:00-22:00", "Flash push Sun cream", 28),
    ("Flash push Fri 28 Nov 18:00-22:00 Sun cream", "Flash push Sun cream", 28),
    ("Flash push tomorrow 18:00-22:00, Friday delivery", "Flash push Friday delivery", 27),
    ("Flash push Fri 28 Nov 18:00-22:00 next day delivery", "Flash push next day delivery", 28),
    ("Flash push Fri 28 Nov 18:00-22:00 Sunday Special", "Flash push Sunday Special", 28),
    ("am Freitag 18-22 Uhr Sat & Sun style push", "Sat & Sun style push", 28),
    ("28.11. 18-22 Uhr Sat & Sun style push", "Sat & Sun style push", 28),
    ("Sat & Sun style push in 2 days 18:00-22:00", "Sat & Sun style push", 28),
    ("Sunday Special 8am to 8pm Friday", "Sunday Special", 28),
    ("2 + 1 gratis 28 Nov 18:00-22:00", "2 + 1 gratis", 28),
    ("Flash push 18-22 / 28 Nov", "Flash push", 28),
    ("Flash push Fri 28 Nov 18:00-22:00 Fri", "Flash push", 28),
]


@pytest.mark.parametrize(("words", "name", "day"), NAMES, ids=[row[0] for row in NAMES])
def test_days_in_a_name_are_no_days_of_the_window(words: str, name: str, day: int) -> None:
    answer = announced(f"{words} {REST}")
    assert answer.name == name
    assert answer.window.start.day == answer.window.end.day == day
