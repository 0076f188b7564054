"""What a campaign will bring: as said, in whatever form, corrected by what earlier ones brought."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.campaign import Announcement, Audience, CampaignKind, Rate
from bot.core.evidence import PastCampaign
from bot.core.plan import Uplift
from bot.core.uplift import learn_uplift, said_times
from tests.core_plan.scenes import NAN, WINDOW, campaign

SAID = campaign(3).announcement


def past(
    seen: float,
    announced: float = 3.0,
    *,
    weeks: int = 1,
    kind: CampaignKind = CampaignKind.PUSH,
    groups: tuple[str, ...] = ("web",),
) -> PastCampaign:
    at = WINDOW.start - timedelta(weeks=weeks)
    return PastCampaign(kind, groups, announced, seen, at)


def learned(*known: PastCampaign, said: float = 3.0) -> Uplift:
    return learn_uplift(said, SAID, known, at=WINDOW.start)


@pytest.mark.parametrize(
    ("why", "demand", "kind", "times"),
    [
        ("a rate against the usual one", Rate(1200), CampaignKind.PUSH, 3.0),
        ("less than usual is the usual", Rate(100), CampaignKind.PUSH, 1.0),
        # 1,200,000 · 4 % · 3 = 144,000 pages in 600 s are 240 requests/s on top of 400.
        ("a push arrives in ten minutes", Audience(1_200_000, 0.04, 3), CampaignKind.PUSH, 1.6),
        ("mails are read over an hour", Audience(1_200_000, 0.04, 3), CampaignKind.EMAIL, 1.1),
        ("TV viewers come in three minutes", Audience(1_200_000, 0.04, 3), CampaignKind.TV, 3.0),
        (
            "paid social over the whole window",
            Audience(4_800_000, 0.04, 3),
            CampaignKind.PAID_SOCIAL,
            1.1,
        ),
        ("one page each", Audience(600_000, 0.04), CampaignKind.DROP, 1.2),
    ],
)
def test_an_amount_becomes_a_multiple_of_the_usual(
    why: str, demand: Rate | Audience, kind: CampaignKind, times: float
) -> None:
    said = said_times(replace(SAID, demand=demand, kind=kind), 400.0)
    assert said.times == pytest.approx(times), why
    assert "400 requests/s" in said.source


def test_a_multiplier_is_taken_as_it_is() -> None:
    assert said_times(SAID, 0.0).times == 3.0


def test_an_amount_against_an_unknown_usual_demand_is_no_multiple() -> None:
    said = said_times(replace(SAID, demand=Rate(4000)), 0.0)
    assert said.times == 0
    assert "nothing can be multiplied" in said.source


def test_without_any_campaign_it_is_what_was_said_with_a_wide_margin() -> None:
    found = learned()
    # A rise of 2, times exp(1.8 · sqrt(0.35² + 0.14²)).
    assert found.expected.expected == pytest.approx(3.0)
    assert found.expected.high == pytest.approx(1 + 2 * math.exp(1.8 * math.hypot(0.35, 0.14)))
    assert found.sentence == (
        "You said ×3; there is no finished one of this kind (push) to compare with."
        " The margin is wide for that: up to ×4.9."
    )


def test_the_sentence_says_what_the_last_ones_brought() -> None:
    found = learned(*(past(seen, weeks=week) for week, seen in enumerate((2.2, 3.4, 2.9, 2.5), 1)))
    assert found.sentence.startswith(
        "You said ×3; the last four pushes brought ×2.2–×3.4; planned:"
    )
    assert found.learned_from == 4


def test_one_campaign_moves_the_expectation_most_of_the_way() -> None:
    """Its error is ln 2 in the rise; a half year's half-life takes a little of its weight."""
    found = learned(past(2.0))
    weight = 0.5 ** (7 / 180)
    scatter = 3 * 0.14**2 / 3
    mean = -math.log(2) * weight / scatter / (1 / 0.35**2 + weight / scatter)
    assert found.expected.expected == pytest.approx(1 + 2 * math.exp(mean))
    assert 2.0 < found.expected.expected < 2.2


def test_an_under_estimate_weighs_more_than_an_over_estimate() -> None:
    base = math.log(2)
    up = math.log(learned(past(5.0)).expected.expected - 1) - base
    down = base - math.log(learned(past(2.0)).expected.expected - 1)
    assert up > down > 0


def test_another_kind_teaches_nothing_and_other_groups_less() -> None:
    assert learned(past(6.0, kind=CampaignKind.TV)) == learned()
    near, far = learned(past(6.0)), learned(past(6.0, groups=("checkout",)))
    assert near.expected.expected > far.expected.expected > 3.0


def test_an_old_campaign_teaches_less_than_a_new_one() -> None:
    assert (
        learned(past(6.0, weeks=1)).expected.expected
        > learned(past(6.0, weeks=80)).expected.expected
    )


def test_campaigns_that_scatter_widen_the_band() -> None:
    steady = learned(*(past(3.0, weeks=week) for week in range(1, 6)))
    wild = learned(*(past(seen, weeks=week) for week, seen in enumerate((1.5, 6, 2, 5, 3), 1)))
    assert (
        wild.expected.high / wild.expected.expected
        > steady.expected.high / steady.expected.expected
    )


@pytest.mark.parametrize("wrong", [NAN, 0.0, -1.0, math.inf])
def test_what_was_not_measured_teaches_nothing(wrong: float) -> None:
    assert learned(past(wrong)) == learned()


def test_the_future_teaches_nothing() -> None:
    assert learned(past(6.0, weeks=-1)) == learned()


def test_where_nobody_said_a_number_the_campaigns_seen_count() -> None:
    unknown = learned(said=0.0)
    assert (unknown.expected.expected, unknown.said) == (3.0, 0.0)
    assert "×3 is assumed" in unknown.sentence
    taught = learned(past(5.0, announced=0.0), said=0.0)
    assert 4.5 < taught.expected.expected < 5.2
    assert taught.sentence.startswith("Nobody said how much comes; the last push brought ×5;")


campaigns = st.lists(
    st.builds(past, st.floats(0.2, 30), st.floats(1, 20), weeks=st.integers(1, 60)), max_size=8
)


@given(campaigns, st.floats(1, 20))
def test_the_band_is_ordered_and_finite(known: list[PastCampaign], said: float) -> None:
    band = learned(*known, said=said).expected
    assert 1 <= band.low <= band.expected <= band.high < math.inf


@given(campaigns, st.floats(1, 20), st.floats(1, 20))
def test_who_says_more_is_expected_to_bring_more(
    known: list[PastCampaign], one: float, two: float
) -> None:
    small, large = (learned(*known, said=said).expected for said in sorted((one, two)))
    assert small.expected <= large.expected + 1e-9
    assert small.high <= large.high + 1e-9


@given(st.integers(0, 12))
def test_the_band_narrows_with_each_campaign_that_came_as_announced(count: int) -> None:
    widths = [
        learned(*(past(3.0, weeks=week) for week in range(1, known + 1))).expected.high
        for known in (count, count + 1)
    ]
    assert widths[1] <= widths[0]


def test_the_kinds_are_all_spoken_of() -> None:
    for kind in CampaignKind:
        said: Announcement = replace(SAID, kind=kind)
        two = learn_uplift(3, said, [past(3, kind=kind), past(2, kind=kind)], at=WINDOW.start)
        assert "the last two " in two.sentence
