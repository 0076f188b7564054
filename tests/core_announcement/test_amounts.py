"""Demand said as an amount: requests per second, or an audience with its click rate and pages."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.announcement import canonical, draft_of, from_form, understand
from bot.core.campaign import Announcement, Audience, CampaignKind, Rate
from bot.core.draft import Draft, Field
from bot.core.grammar.amounts import amount_text, take_amount
from bot.core.grammar.scan import Scan
from bot.core.grammar.uplifts import read_uplift
from tests.core_announcement.shop import house

NOW = datetime(2025, 11, 28, 14, tzinfo=UTC)


def heard(words: str) -> Announcement | Draft:
    return understand(f"Flash Fri 5 Dec 18:00-22:00 {words} #web", now=NOW, house=house())


@pytest.mark.parametrize(
    ("words", "rps"),
    [
        ("to 4000 rps", 4000),
        ("4000rps", 4000),
        ("4k rps", 4000),
        ("4,000 requests/s", 4000),
        ("up to 1.5k req/s", 1500),
        ("at 900 requests per second", 900),
        ("about 2500 qps", 2500),
        ("expecting 12.5 requests a second", 12.5),
        ("2.500 rps", 2500),
        ("12.500 req/s", 12_500),
        ("1.250,5 rps", 1250.5),
        ("1.250 k rps", 1250),
        ("1.250,5k rps", 1_250_500),
        ("0.125 rps", 0.125),
        ("2.1250 rps", 2.125),
    ],
)
def test_requests_per_second_are_an_amount(words: str, rps: float) -> None:
    answer = heard(words)
    assert isinstance(answer, Announcement)
    assert (answer.demand, answer.multiplier) == (Rate(rps), 1.0)
    assert answer.name == "Flash"


@pytest.mark.parametrize(
    ("words", "audience"),
    [
        ("1.2M people, 4% click, 3 pages", Audience(1_200_000, 0.04, 3)),
        ("1,200,000 users 4 % click rate 3 page views each", Audience(1_200_000, 0.04, 3)),
        ("300k subscribers, click rate 2.5%", Audience(300_000, 0.025, 1)),
        ("2 million recipients, ctr of 1%, 1.5 pages per visit", Audience(2_000_000, 0.01, 1.5)),
        ("to 80000 customers 10% clicks", Audience(80_000, 0.1, 1)),
        ("80.000 recipients, 3% click", Audience(80_000, 0.03, 1)),
        ("1.200.000 recipients, 3% click", Audience(1_200_000, 0.03, 1)),
        ("1,2 Mio. recipients, 3% click", Audience(1_200_000, 0.03, 1)),
        ("80.000 people, 2.125% click, 1.125 pages", Audience(80_000, 0.02125, 1.125)),
    ],
)
def test_an_audience_is_an_amount(words: str, audience: Audience) -> None:
    answer = heard(words)
    assert isinstance(answer, Announcement)
    assert answer.demand == audience


def test_the_kind_of_the_recipients_is_the_kind_of_the_campaign() -> None:
    answer = heard("1.2M push recipients, 4% click, 3 pages")
    assert isinstance(answer, Announcement)
    assert answer.kind is CampaignKind.PUSH


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("300k people", "How many of the 300,000 people follow it?"),
        ("x3 4k rps", "Is it x3 or 4000 rps?"),
        ("4000 rps 5000 rps", "Is it 4000 requests/s or 5000 requests/s?"),
        ("0 rps", "is not believable"),
        ("99999999 rps", "is not believable"),
        ("300k people 400k people 2% click", "more than one audience"),
        ("300k people 200% click", "I do not understand"),
        ("additional 2000 rps", "Does “2000 rps more” come on top of the usual?"),
        ("2000 rps more than usual", "Does “2000 rps more” come on top of the usual?"),
        ("2.000 rps mehr", "Does “2000 rps more” come on top of the usual?"),
        ("+2000 rps", "Does “2000 rps more” come on top of the usual?"),
        ("extra 2000 rps x3", "Is it x3 or 2000 rps more?"),
    ],
)
def test_what_is_unclear_is_asked(words: str, asked: str) -> None:
    answer = heard(words)
    assert isinstance(answer, Draft)
    (question,) = [one for one in answer.questions if one.field is Field.MULTIPLIER]
    assert asked in question.text


def test_an_amount_on_top_is_asked_about_again_in_the_form() -> None:
    answer = heard("additional 2000 rps")
    assert isinstance(answer, Draft)
    assert "come on top" in read_uplift(answer.multiplier, house()).question


def test_what_the_form_shows_of_an_amount_reads_back_as_the_same() -> None:
    answer = heard("2.1250 rps, hidden 25:99")
    assert isinstance(answer, Draft)
    assert take_amount(Scan(answer.multiplier)).demand == Rate(2.125)


@pytest.mark.parametrize(
    "words", ["x3", "4000 off", "4% off x3", "top 100 people picks x2", "3 pages x2"]
)
def test_other_numbers_are_no_amount(words: str) -> None:
    answer = heard(words)
    demand = answer.demand if isinstance(answer, Announcement) else None
    assert demand is None


@pytest.mark.parametrize(
    "text", ["4000 rps", "1.2M people, 4% click, 3 pages", "80.000 people, 3% click", "2.125k rps"]
)
def test_the_form_takes_the_same_words(text: str) -> None:
    said = heard(text)
    assert isinstance(said, Announcement)
    draft = draft_of(said)
    values = {field.value: getattr(draft, field.value) for field in Field}
    values["groups"] = ",".join(draft.groups)
    assert from_form(values, now=NOW, house=house()) == said
    assert from_form({**values, "multiplier": text}, now=NOW, house=house()) == said


AMOUNTS = st.one_of(
    st.builds(Rate, st.floats(0.001, 1e7)),
    st.builds(Audience, st.floats(1, 1e10), st.floats(1e-6, 1), st.floats(0.1, 1000)),
)


@given(AMOUNTS)
@example(Rate(2.125))
@example(Audience(1.125, 0.02125, 1.125))
def test_an_amount_is_read_as_itself_when_told_back(demand: Rate | Audience) -> None:
    assert take_amount(Scan(amount_text(demand))).demand == demand


@given(AMOUNTS)
def test_an_announcement_with_an_amount_is_understood_as_itself(demand: Rate | Audience) -> None:
    said = heard("4000 rps")
    assert isinstance(said, Announcement)
    told = Announcement(said.name, said.kind, said.window, said.zone, 1.0, said.groups, demand)
    assert understand(canonical(told), now=NOW, house=house()) == told
