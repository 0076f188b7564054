"""What people want of a campaign's window, in their words and as the campaign stands."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.campaign import Campaign, CampaignState
from bot.core.command import Verb
from bot.core.windows import Window
from bot.core.wish import Deed, Wish, new_window, understand_wish
from bot.errors import AskedWrong
from tests.core_lifecycle.sample import END, MINUTE, START, campaign

HOUR = timedelta(hours=1)
LIVE, WARMING = CampaignState.LIVE, CampaignState.WARMING


def named(name: str, state: CampaignState = LIVE, *, id_: str = "c-2") -> Campaign:
    one = campaign(state)
    return replace(one, id=id_, announcement=replace(one.announcement, name=name))


BLACK, SALE = named("Black Friday push", id_="c-1"), named("Evening sale", id_="c-2")

SAID = [
    (Verb.EXTEND, "Black Friday push 30m", Wish(Deed.EXTEND, 30 * MINUTE)),
    (Verb.EXTEND, "black friday push by 1h30", Wish(Deed.EXTEND, 90 * MINUTE)),
    (Verb.EXTEND, "“Black Friday push” for another 2 hours", Wish(Deed.EXTEND, 2 * HOUR)),
    (Verb.EXTEND, "friday 1.5h", Wish(Deed.EXTEND, 90 * MINUTE)),
    (Verb.EXTEND, "c-1 until 22:30", Wish(Deed.EXTEND, None, (22, 30))),
    (Verb.SHORTEN, "Black Friday push by 45 minutes", Wish(Deed.SHORTEN, 45 * MINUTE)),
    (Verb.MOVE, "Black Friday push 30 min later", Wish(Deed.MOVE, 30 * MINUTE)),
    (Verb.MOVE, "Black Friday push 1h earlier", Wish(Deed.MOVE, -HOUR)),
    (Verb.MOVE, "Black Friday push to 19:15", Wish(Deed.MOVE, None, (19, 15))),
    (Verb.END, "Black Friday push", Wish(Deed.END)),
    (Verb.END, "Black Friday push at 21:30", Wish(Deed.END, None, (21, 30))),
]


@pytest.mark.parametrize(("verb", "text", "wish"), SAID, ids=[f"{v} {t}" for v, t, _ in SAID])
def test_words_are_understood(verb: Verb, text: str, wish: Wish) -> None:
    assert understand_wish(verb, text, [BLACK, SALE]) == (BLACK, wish)


def test_the_name_may_be_left_out_where_only_one_runs() -> None:
    waits = named("Later", CampaignState.SCHEDULED, id_="c-9")
    assert understand_wish(Verb.EXTEND, "30m", [BLACK, waits]) == (
        BLACK,
        Wish(Deed.EXTEND, 30 * MINUTE),
    )


UNCLEAR = [
    ("nothing that fits", "Cyber Monday 30m", "There is: “Black Friday push” and “Evening sale”"),
    ("two that run", "30m", "Which one?"),
    ("two that fit", "s 30m", "say `c-1` or `c-2`"),
    ("no length", "Black Friday push", "`/headroom extend Black Friday push 30m`"),
    ("no time of day", "Black Friday push until 25:10", "not a time of day"),
    ("much too long", "Black Friday push 900h", "14 days"),
]


@pytest.mark.parametrize(("what", "text", "answer"), UNCLEAR, ids=[row[0] for row in UNCLEAR])
def test_nothing_is_guessed(what: str, text: str, answer: str) -> None:
    with pytest.raises(AskedWrong) as wrong:
        understand_wish(Verb.EXTEND, text, [BLACK, SALE])
    assert answer in str(wrong.value), what


MADE = [
    ("extended", LIVE, Wish(Deed.EXTEND, HOUR), 10, (START, END + HOUR)),
    ("extended to a time", LIVE, Wish(Deed.EXTEND, None, (22, 30)), 10, (START, END + 30 * MINUTE)),
    (
        "extended over midnight",
        LIVE,
        Wish(Deed.EXTEND, None, (0, 30)),
        10,
        (START, END + 150 * MINUTE),
    ),
    ("shortened", LIVE, Wish(Deed.SHORTEN, HOUR), 10, (START, END - HOUR)),
    ("ended", LIVE, Wish(Deed.END), 10, (START, START + 10 * MINUTE)),
    ("ended at a time", LIVE, Wish(Deed.END, None, (21, 0)), 10, (START, END - HOUR)),
    ("moved while warming", WARMING, Wish(Deed.MOVE, HOUR), -5, (START + HOUR, END + HOUR)),
    ("extended while warming", WARMING, Wish(Deed.EXTEND, HOUR), -5, (START, END + HOUR)),
    (
        "moved to a time",
        CampaignState.SCHEDULED,
        Wish(Deed.MOVE, None, (17, 15)),
        -90,
        (START - 45 * MINUTE, END - 45 * MINUTE),
    ),
    (
        "moved over midnight while warming",
        WARMING,
        Wish(Deed.MOVE, None, (0, 15)),
        -5,
        (START + 375 * MINUTE, END + 375 * MINUTE),
    ),
    (
        "moved before",
        CampaignState.SCHEDULED,
        Wish(Deed.MOVE, -HOUR),
        -90,
        (START - HOUR, END - HOUR),
    ),
]


@pytest.mark.parametrize(
    ("what", "state", "wish", "minute", "window"), MADE, ids=[r[0] for r in MADE]
)
def test_the_window_becomes_what_was_asked(
    what: str, state: CampaignState, wish: Wish, minute: int, window: tuple[datetime, datetime]
) -> None:
    found = new_window(campaign(state), wish, START + minute * MINUTE)
    assert (found.start, found.end) == window, what


REFUSED = [
    ("moved while live", LIVE, Wish(Deed.MOVE, HOUR), 10, "not moved"),
    ("hurried", WARMING, Wish(Deed.MOVE, -5 * MINUTE), -10, "cannot be hurried"),
    ("moved into the past", CampaignState.SCHEDULED, Wish(Deed.MOVE, -HOUR), -30, "which is past"),
    ("ended before it began", WARMING, Wish(Deed.END), -5, "has not begun"),
    ("shortened to the past", LIVE, Wish(Deed.SHORTEN, 3 * HOUR), 90, "/headroom end"),
    ("shortened to nothing", WARMING, Wish(Deed.SHORTEN, 4 * HOUR), -5, "before it begins"),
    ("extended to its end", LIVE, Wish(Deed.EXTEND, None, (22, 0)), 10, "until 22:00 already"),
    (
        "extended to next day's end",
        LIVE,
        Wish(Deed.EXTEND, None, (21, 0)),
        10,
        "until 22:00 already",
    ),
    ("moved to its start", WARMING, Wish(Deed.MOVE, None, (18, 0)), -5, "starts at 18:00 already"),
    ("hurried to a time", WARMING, Wish(Deed.MOVE, None, (17, 58)), -5, "cannot be hurried"),
    ("moved by nothing", CampaignState.SCHEDULED, Wish(Deed.MOVE), -90, "or to when"),
    ("shortened to later", LIVE, Wish(Deed.SHORTEN, None, (23, 0)), 10, "ends at 22:00 anyway"),
    ("extended when over", CampaignState.RESTORING, Wish(Deed.EXTEND, HOUR), 250, "is over"),
    ("extended for weeks", LIVE, Wish(Deed.EXTEND, timedelta(days=14)), 10, "14 days"),
]


@pytest.mark.parametrize(
    ("what", "state", "wish", "minute", "words"), REFUSED, ids=[r[0] for r in REFUSED]
)
def test_what_makes_no_sense_is_said_so(
    what: str, state: CampaignState, wish: Wish, minute: int, words: str
) -> None:
    with pytest.raises(AskedWrong) as wrong:
        new_window(campaign(state), wish, START + minute * MINUTE)
    assert words in str(wrong.value), what


def test_one_that_lasts_for_days_is_extended_to_a_time_on_its_last_day() -> None:
    one = campaign(LIVE)
    window = Window(START, END + timedelta(days=2))
    long = replace(one, announcement=replace(one.announcement, window=window))
    found = new_window(long, Wish(Deed.EXTEND, None, (23, 0)), START + 10 * MINUTE)
    assert found.end == window.end + HOUR
