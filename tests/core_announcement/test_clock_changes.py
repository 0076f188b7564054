"""Days on which the clocks change: no hour is lost, doubled or guessed.

Europe/Berlin: forward 29 Mar 2026 02:00, back 25 Oct 2026 03:00. America/New_York: forward 8 Mar 2026
02:00, back 1 Nov 2026 02:00.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.announcement import canonical, draft_of, from_form, understand
from bot.core.campaign import Announcement, CampaignKind
from bot.core.draft import Field
from bot.core.windows import Window
from tests.core_announcement.shop import announced, asked, house, question
from tests.core_announcement.test_form import values_of

SPRING = datetime(2026, 3, 1, 12, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 20, 12, tzinfo=UTC)
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"

LENGTHS = [
    ("forward in Berlin, the whole night", SPRING, f"28 Mar 22:00 until 29 Mar 06:00 {BERLIN}", 7),
    ("forward in Berlin, the day after", SPRING, f"29 Mar 18:00-22:00 {BERLIN}", 4),
    ("forward in Berlin, the whole day", SPRING, f"29 Mar all day {BERLIN}", 23),
    ("back in Berlin, the whole night", AUTUMN, f"24 Oct 22:00 until 25 Oct 06:00 {BERLIN}", 9),
    ("back in Berlin, the whole day", AUTUMN, f"25 Oct all day {BERLIN}", 25),
    ("back in Berlin, a length", AUTUMN, f"24 Oct 22:00 for 8 hours {BERLIN}", 8),
    ("forward in New York", SPRING, f"8 March 00:00-06:00 {NEW_YORK}", 5),
    ("back in New York", AUTUMN, f"1 Nov 00:00-06:00 {NEW_YORK}", 7),
    ("the first half past two, by its name", AUTUMN, "25 Oct 02:30-04:00 CEST", 2.5),
    ("the second half past two, by its name", AUTUMN, "25 Oct 02:30-04:00 CET", 1.5),
    ("the first half past two, by its offset", AUTUMN, "25 Oct 02:30+02:00 to 04:00", 2.5),
    ("the second half past two, by its offset", AUTUMN, "25 Oct 02:30+01:00 to 04:00", 1.5),
    ("from the first to the second", AUTUMN, "25 Oct 02:30[+02:00] to 25 Oct 02:30[+01:00]", 1),
    ("an end that comes twice, by its name", AUTUMN, "24 Oct 22:00-02:30 CET", 5.5),
    ("a zone without letters", AUTUMN, "25 Oct 02:30-04:00 UTC+2", 1.5),
]


@pytest.mark.parametrize(
    ("sentence", "now", "said", "hours"), LENGTHS, ids=[row[0] for row in LENGTHS]
)
def test_a_window_has_its_real_length_when_the_clocks_go(
    sentence: str, now: datetime, said: str, hours: float
) -> None:
    window = announced(f"Night push {said} x3 #web", now=now).window
    assert window.duration == timedelta(hours=hours)


QUESTIONS = [
    ("a start is skipped", SPRING, "29 Mar 02:30-04:00", Field.START, "02:30 does not exist on Sun 29 Mar in Europe/Berlin"),
    ("an end is skipped", SPRING, "28 Mar 22:00-02:30", Field.END, "02:30 does not exist on Sun 29 Mar"),
    ("a start comes twice", AUTUMN, "25 Oct 02:30-04:00", Field.START, "Write the zone as CEST for the first, or CET for the second."),
    ("an end comes twice", AUTUMN, "24 Oct 22:00-02:30", Field.END, "02:30 comes twice on Sun 25 Oct"),
    ("a start comes twice in New York", AUTUMN, f"1 Nov 01:30-04:00 {NEW_YORK}", Field.START, "EDT for the first, or EST"),
    ("a start comes twice where zones have no letters", datetime(2026, 3, 20, tzinfo=UTC), "4 Apr 23:30-02:00 America/Santiago", Field.START, "UTC-3 for the first, or UTC-4"),
    ("the offset was never shown", AUTUMN, "25 Oct 02:30+05:00 to 04:00", Field.ZONE, "not UTC+5"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "now", "said", "field", "words"), QUESTIONS, ids=[row[0] for row in QUESTIONS]
)
def test_a_person_is_asked_when(
    sentence: str, now: datetime, said: str, field: Field, words: str
) -> None:
    draft = asked(f"Night push {said} x3 #web", now=now)
    assert words in question(draft, field)


CHANGES = [
    (BERLIN, datetime(2026, 3, 29, 1, tzinfo=UTC)),
    (BERLIN, datetime(2026, 10, 25, 1, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 3, 8, 7, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # by half an hour
]


@given(
    change=st.sampled_from(CHANGES), before=st.integers(-300, 300), minutes=st.integers(1, 20000)
)
def test_every_minute_around_a_clock_change_is_told_and_understood_as_itself(
    change: tuple[str, datetime], before: int, minutes: int
) -> None:
    zone, instant = change
    start = instant + timedelta(minutes=before)
    window = Window(start, start + timedelta(minutes=minutes))
    told = Announcement("Night", CampaignKind.PUSH, window, zone, 3.0, ("web",))
    now = instant - timedelta(days=3)
    assert understand(canonical(told), now=now, house=house()) == told


@given(change=st.sampled_from(CHANGES[:4]), before=st.integers(-300, 300))
def test_the_form_never_moves_a_window_when_the_clocks_change(
    change: tuple[str, datetime], before: int
) -> None:
    """Where the form's clocks alone cannot say which hour is meant, it asks."""
    zone, instant = change
    start = instant + timedelta(minutes=before)
    window = Window(start, start + timedelta(hours=6))
    told = Announcement("Night", CampaignKind.PUSH, window, zone, 3.0, ("web",))
    values = values_of(draft_of(told))
    back = from_form(values, now=instant - timedelta(days=3), house=house())
    if isinstance(back, Announcement):
        assert back == told
    else:
        assert "comes twice" in back.questions[0].text


@given(
    day=st.integers(0, 364),
    minute=st.integers(0, 24 * 60 - 1),
    zone=st.sampled_from([BERLIN, NEW_YORK]),
)
def test_a_clock_time_is_the_time_on_the_clock_on_every_day_of_the_year(
    day: int, minute: int, zone: str
) -> None:
    wall = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None) + timedelta(day, minutes=minute)
    text = f'"Night" push {wall:%Y-%m-%d at %H:%M} for 2 hours {zone} x3 #web'
    answer = understand(text, now=datetime(2025, 12, 31, 12, tzinfo=UTC), house=house())
    if isinstance(answer, Announcement):
        assert answer.window.start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall
        assert answer.window.duration == timedelta(hours=2)
    else:
        asked_about = answer.questions[0].text
        assert "comes twice" in asked_about or "does not exist" in asked_about
