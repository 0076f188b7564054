"""Claims from plans, and what all claims on a workload want together."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.campaign import Campaign, CampaignKind
from bot.core.capacity import need
from bot.core.claiming import Wanted, claims_of, ux_floor_of, wanted
from bot.core.claims import Claim
from bot.core.evidence import WorkloadEvidence
from bot.core.fleet import Scaling, ScalingMode
from bot.core.planner import make_plan
from bot.core.windows import Window
from tests.core_plan.scenes import (
    HOUSE,
    KEY,
    NOW,
    SERVICE,
    SIZING,
    WINDOW,
    campaign,
    evidence,
    pool_evidence,
)

HOLD = Window(WINDOW.start - timedelta(minutes=19), WINDOW.end + timedelta(minutes=10))
# 400 usual and 800 more: 60 instances and spare.
CLAIM = Claim("c1/a", "c1", KEY, HOLD, 78, 400.0, 800.0, SIZING, None, "U0MAYA", "Black Friday")
EXPLICIT = replace(CLAIM, id="p/a", sizing=None, floor=20, usual_rps=0.0, added_rps=0.0)
LIVE = WINDOW.start


def want(*claims: Claim, baseline: int = 2, ceiling: int | None = None, ux: int = 0) -> Wanted:
    return wanted(claims, baseline=baseline, baseline_ceiling=ceiling, ux_floor=ux, now=LIVE)


def planned(found: WorkloadEvidence, announced: Campaign | None = None) -> tuple[Claim, ...]:
    announced = announced or campaign()
    return claims_of(make_plan(announced, [found], house=HOUSE, now=NOW), announced)


def test_a_step_becomes_a_claim_held_until_capacity_is_given_back() -> None:
    (claim,) = planned(evidence())
    assert claim.hold == HOLD
    assert (claim.floor, claim.usual_rps, claim.added_rps) == (78, 400, 800)
    assert (claim.campaign_id, claim.workload, claim.requester) == ("c1", KEY, "U0MAYA")
    assert claim.reason == "Black Friday push (push), ×3 the usual"


def test_the_same_plan_gives_the_same_claims() -> None:
    assert planned(evidence()) == planned(evidence())
    assert planned(evidence())[0].id == f"c1/{KEY}/0"


def test_a_workload_that_needs_nothing_is_not_claimed() -> None:
    assert planned(evidence(), campaign(1.1)) == ()


def test_a_pool_is_claimed_with_an_explicit_floor() -> None:
    (claim,) = planned(pool_evidence())
    assert (claim.sizing, claim.floor, claim.added_rps) == (None, 24, 0.0)


@pytest.mark.parametrize("kind", CampaignKind)
@pytest.mark.parametrize("multiplier", [1.7, 3.0, 6.0, 19.0])
def test_one_claim_alone_wants_what_the_plan_promised(
    kind: CampaignKind, multiplier: float
) -> None:
    """Also for slow arrivals, which are warmed for a part of their demand only."""
    scaling = Scaling(ScalingMode.AUTOMATIC, 2, 60, revision_ceiling=300)
    announced = campaign(multiplier, kind)
    for claim in planned(evidence(replace(SERVICE, scaling=scaling)), announced):
        alone = wanted([claim], baseline=2, baseline_ceiling=60, ux_floor=0, now=claim.hold.start)
        assert alone.floor == claim.floor


def test_a_claim_keeps_the_raised_ceiling() -> None:
    scaling = Scaling(ScalingMode.AUTOMATIC, 2, 60, revision_ceiling=200)
    (claim,) = planned(evidence(replace(SERVICE, scaling=scaling)))
    found = want(claim, ceiling=60)
    assert (claim.ceiling, found.floor, found.ceiling) == (87, 78, 87)


def test_overlapping_campaigns_add_their_demand_and_the_sum_is_sized() -> None:
    other = replace(CLAIM, id="c2/a", campaign_id="c2", floor=52, added_rps=400.0)
    found = want(CLAIM, other)
    assert found.floor == need(1600, SIZING).instances == 104
    assert [claim.id for claim in found.claims] == ["c1/a", "c2/a"]


def test_overlapping_explicit_floors_add_what_they_ask_above_the_baseline() -> None:
    assert want(EXPLICIT, baseline=8).floor == 20
    assert want(EXPLICIT, replace(EXPLICIT, id="p/b", floor=12), baseline=8).floor == 24


@pytest.mark.parametrize(
    ("why", "claims", "baseline", "ux", "floor"),
    [
        ("nothing is claimed", (), 2, 0, 2),
        ("the UX floor stands without claims", (), 2, 5, 5),
        ("one claim", (CLAIM,), 2, 0, 78),
        ("somebody raised the baseline above it", (CLAIM,), 90, 0, 90),
        ("the UX floor is higher", (CLAIM,), 2, 99, 99),
        ("a promise above the sized demand holds", (replace(CLAIM, floor=85),), 2, 0, 85),
        ("sized and explicit add up", (CLAIM, EXPLICIT), 2, 0, 96),
        ("an explicit floor below the baseline adds nothing", (EXPLICIT,), 30, 0, 30),
    ],
)
def test_the_wanted_floor(
    why: str, claims: tuple[Claim, ...], baseline: int, ux: int, floor: int
) -> None:
    assert want(*claims, baseline=baseline, ux=ux).floor == floor, why


@pytest.mark.parametrize(
    ("why", "asked", "baseline", "ceiling"),
    [
        ("nobody asks and none is set", (None,), None, None),
        ("nobody asks and it is high enough", (None,), 100, 100),
        ("it would cut the floor off", (None,), 40, 78),
        ("a claim asks for more", (87,), 40, 87),
        ("the largest counts", (87, 110), 40, 110),
        ("less than the baseline is no lowering", (87,), 150, 150),
        ("one asks where none was set", (87,), None, 87),
    ],
)
def test_the_wanted_ceiling(
    why: str, asked: tuple[int | None, ...], baseline: int | None, ceiling: int | None
) -> None:
    claims = [
        replace(CLAIM, id=f"c{i}", ceiling=one, added_rps=800 / len(asked))
        for i, one in enumerate(asked)
    ]
    assert want(*claims, ceiling=baseline).ceiling == ceiling, why


@pytest.mark.parametrize(
    ("why", "minutes", "floor", "next_change"),
    [
        ("before", -60, 2, HOLD.start),
        ("at its start", -19, 78, HOLD.end),
        ("in the window", 60, 78, HOLD.end),
        ("in the cool-down", 245, 78, HOLD.end),
        ("at its end", 250, 2, None),
    ],
)
def test_the_next_change(why: str, minutes: int, floor: int, next_change: object) -> None:
    now = WINDOW.start + timedelta(minutes=minutes)
    found = wanted([CLAIM], baseline=2, baseline_ceiling=None, ux_floor=0, now=now)
    assert (found.floor, found.next_change) == (floor, next_change), why


def test_another_claim_that_begins_sooner_is_the_next_change() -> None:
    later = replace(CLAIM, id="c2/a", hold=HOLD.shifted(timedelta(hours=1)))
    assert want(CLAIM, later).next_change == later.hold.start


def test_the_ux_floor_is_the_largest_of_key_name_and_groups() -> None:
    house = replace(HOUSE, ux_floors={"web": 3, "storefront-web": 5, str(KEY): 4, "other": 9})
    assert ux_floor_of(SERVICE, house) == 5
    assert ux_floor_of(SERVICE, HOUSE) == 0


claims = st.builds(
    lambda number, floor, added, sized, shift: replace(
        CLAIM,
        id=f"c{number}/a",
        floor=floor,
        added_rps=added,
        sizing=SIZING if sized else None,
        hold=HOLD.shifted(timedelta(minutes=shift)),
    ),
    st.integers(0, 1000),
    st.integers(0, 500),
    st.floats(0, 10_000),
    st.booleans(),
    st.integers(-400, 400),
)


@given(st.lists(claims, max_size=4), claims, st.integers(0, 100), st.integers(0, 20))
def test_another_claim_never_lowers_anything(
    others: list[Claim], more: Claim, baseline: int, ux: int
) -> None:
    before = want(*others, baseline=baseline, ux=ux, ceiling=50)
    after = want(*others, more, baseline=baseline, ux=ux, ceiling=50)
    assert before.floor <= after.floor
    assert before.ceiling is not None
    assert after.ceiling is not None
    assert before.ceiling <= after.ceiling


@given(st.lists(claims, max_size=4), st.integers(0, 100), st.integers(0, 20))
def test_what_is_wanted_keeps_every_promise(promised: list[Claim], baseline: int, ux: int) -> None:
    found = want(*promised, baseline=baseline, ux=ux, ceiling=50)
    active = [claim for claim in promised if claim.hold.contains(LIVE)]
    assert found.floor >= max([baseline, ux, *(claim.floor for claim in active)])
    assert found.ceiling is not None
    assert found.ceiling >= found.floor


@given(st.lists(claims, min_size=1, max_size=4))
def test_nothing_changes_before_the_next_change(promised: list[Claim]) -> None:
    now = wanted(promised, baseline=2, baseline_ceiling=None, ux_floor=0, now=LIVE)
    if now.next_change is None:
        return
    just_before = now.next_change - timedelta(microseconds=1)
    later = wanted(promised, baseline=2, baseline_ceiling=None, ux_floor=0, now=just_before)
    assert (later.floor, later.claims, later.ceiling) == (now.floor, now.claims, now.ceiling)
