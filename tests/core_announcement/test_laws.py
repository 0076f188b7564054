"""What holds for every text: no exception, no past window, and nothing lost on the way round."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.announcement import canonical, draft_of, from_form, understand
from bot.core.campaign import Announcement, CampaignKind
from bot.core.draft import Draft
from bot.core.windows import Window
from tests.core_announcement.shop import GROUPS, house
from tests.core_announcement.test_form import values_of

NOW = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
WORDS = st.sampled_from(
    "push sale Fri Friday 28 29 Nov 2025 2025-11-28 18:00 22:00 18:00-22:00 22:00-02:00 6pm 10pm 18-22 "
    "Uhr to until from - for 2 hours tomorrow tonight today next in 3 days now all day midnight noon "
    "Europe/Berlin CET IST UTC UTC+2 x3 3x +150% 300% triple #web #wbe web shop and , & every 03/04 "
    '28.11. 20.10 25:00 24:00 00:00 +01:00 [-04:00] 9999-12-31 99999999999 " “ ” <#C1|web> &amp;'.split()
)
LINES = st.lists(WORDS, max_size=14).map(" ".join)
TEXTS = st.one_of(st.text(max_size=200), LINES, st.tuples(LINES, st.text(max_size=20)).map("".join))


@given(text=TEXTS, now=NOW)
def test_any_text_becomes_an_announcement_ahead_or_a_draft_with_questions(
    text: str, now: datetime
) -> None:
    answer = understand(text, now=now, house=house())
    if isinstance(answer, Draft):
        assert answer.questions
        assert all(question.text.strip() for question in answer.questions)
        return
    assert now < answer.window.start < answer.window.end
    assert answer.window.duration <= timedelta(days=14)
    assert 1 <= answer.multiplier <= 100
    assert answer.groups
    assert 0 < len(answer.name) <= 80
    assert answer.name.isprintable() or answer.name == answer.name.strip()


@given(text=TEXTS, now=NOW)
def test_an_understood_text_means_the_same_when_it_is_told_back(text: str, now: datetime) -> None:
    answer = understand(text, now=now, house=house())
    if isinstance(answer, Announcement):
        assert understand(canonical(answer), now=now, house=house()) == answer


FIELD_TEXT = st.one_of(st.text(max_size=30), WORDS)


@given(values=st.dictionaries(st.sampled_from(sorted(values_of(Draft()))), FIELD_TEXT), now=NOW)
def test_any_form_becomes_an_announcement_ahead_or_a_draft_with_questions(
    values: dict[str, str], now: datetime
) -> None:
    answer = from_form(values, now=now, house=house())
    if isinstance(answer, Draft):
        assert answer.questions
    else:
        assert now < answer.window.start < answer.window.end


NAMES = st.text(min_size=1, max_size=80).filter(
    lambda name: name.isprintable() and name == name.strip()
)
ANNOUNCEMENTS = st.builds(
    lambda name, kind, start, length, zone, multiplier, groups: Announcement(
        name,
        kind,
        Window(start, start + length),
        zone,
        multiplier,
        tuple(groups),
    ),
    NAMES,
    st.sampled_from(CampaignKind),
    st.integers(1, 500_000).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.integers(1, 20_000).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from(
        ["Europe/Berlin", "America/New_York", "UTC", "Etc/GMT-2", "Asia/Kolkata", "Pacific/Apia"]
    ),
    st.floats(1, 100),
    st.lists(st.sampled_from([group.name for group in GROUPS]), min_size=1, unique=True),
)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@given(announcement=ANNOUNCEMENTS)
def test_every_announcement_is_understood_as_itself_when_told_in_one_line(
    announcement: Announcement,
) -> None:
    assert understand(canonical(announcement), now=NEW_YEAR, house=house()) == announcement


@given(announcement=ANNOUNCEMENTS)
def test_every_announcement_survives_the_form_or_is_asked_about(announcement: Announcement) -> None:
    back = from_form(values_of(draft_of(announcement)), now=NEW_YEAR, house=house())
    if isinstance(back, Announcement):
        assert back == announcement
    else:
        assert all("comes twice" in question.text for question in back.questions)
