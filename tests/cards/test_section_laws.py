"""Slack takes every status and digest, whatever is in its sections, and however many they are."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.digest import DigestView, digest_card, state_card, subscribed_card
from bot.cards.status import Lag, StatusView, status_card
from bot.core.digest.schedule import Due, Mute, Subscription
from bot.core.digest.section import Audience, Cadence, Evidence, Section
from bot.core.figure import Amount, Figure, Table
from tests.cards.limits import faults
from tests.cards.samples import HOUSE, NOW
from tests.cards.strange import RATES, SOME, WORDS

LAW = settings(deadline=None, max_examples=25)
VALUES = RATES | st.none()
SEVERAL = st.lists(WORDS, max_size=30).map(tuple)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Of any width and length."""
    width = draw(st.integers(1, 25))
    cells = WORDS | st.builds(Amount, RATES, WORDS)
    row = st.lists(cells, min_size=width, max_size=width)
    rows = draw(st.lists(row, max_size=6)) * draw(st.sampled_from([1, 1, 60]))
    return Table(draw(WORDS), draw(st.lists(WORDS, min_size=width, max_size=width)), rows)


@st.composite
def charts(draw: st.DrawFn) -> Figure:
    """Of any number of points and lines."""
    points = draw(st.integers(0, 200))
    values = st.lists(VALUES, min_size=points, max_size=points)
    lines = draw(st.dictionaries(WORDS, values, max_size=3))
    labels = [f"{place}" for place in range(points)]
    return Figure(draw(WORDS), draw(WORDS), labels, lines)


EVIDENCE = st.builds(
    Evidence,
    measured=SOME,
    wanted=SOME,
    newest=st.none() | st.just(NOW - timedelta(minutes=3)),
    silent=SEVERAL,
    what=WORDS,
)
SECTIONS = st.lists(
    st.builds(
        Section,
        title=WORDS,
        sentences=SEVERAL,
        table=st.none() | tables(),
        chart=st.none() | charts(),
        evidence=EVIDENCE,
        advice=SEVERAL,
    ),
    max_size=8,
)
SUBSCRIPTIONS = st.builds(
    Subscription,
    channel=st.just("C0OPS"),
    cadence=st.sampled_from(Cadence),
    audience=st.sampled_from(Audience),
    zone=st.sampled_from(["Europe/Berlin", "UTC", "Australia/Lord_Howe"]),
    clock=st.just(time(8)),
    groups=SEVERAL,
    by=WORDS,
)
DUE = Due(datetime(2025, 11, 28, 7, tzinfo=UTC), date(2025, 11, 27))
MISSED = tuple(date(2025, 11, day) for day in range(1, 28))


@LAW
@given(SECTIONS, SUBSCRIPTIONS, st.booleans())
def test_slack_takes_every_digest_whatever_is_in_it(
    sections: list[Section], one: Subscription, late: bool
) -> None:
    by = timedelta(days=900) if late else None
    view = DigestView(one, DUE, sections, by, MISSED if late else (), late)
    assert faults(digest_card(view, house=HOUSE, now=NOW)) == []


@LAW
@given(SECTIONS, WORDS)
def test_slack_takes_every_status_whatever_the_fleet_is(
    sections: list[Section], title: str
) -> None:
    view = StatusView([], Lag(0, None), sections, (), title)
    assert faults(status_card(view, house=HOUSE, now=NOW)) == []


@LAW
@given(st.lists(SUBSCRIPTIONS, max_size=4), WORDS)
def test_slack_takes_every_answer_about_digests(several: list[Subscription], by: str) -> None:
    mute = Mute("C0OPS", by, NOW, NOW + timedelta(days=1))
    cards = [state_card(several, mute, zone="UTC", now=NOW)]
    cards += [subscribed_card(one, now=NOW) for one in several]
    assert [faults(card) for card in cards] == [[]] * len(cards)
