"""Campaigns that meet on one workload: the plan says whose share is whose, and makes room for all."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.campaign import Campaign
from bot.core.claiming import claims_of
from bot.core.evidence import Background, Neighbour
from bot.core.fleet import Scaling, ScalingMode
from bot.core.overlap import SharedHours, shared_hours
from bot.core.plan import WorkloadPlan
from bot.core.planner import make_plan
from bot.core.windows import Window
from tests.core_plan.scenes import HOUSE, NOW, SERVICE, WINDOW, campaign, evidence

HOUR = timedelta(hours=1)
LATER = Window(WINDOW.start + 2 * HOUR, WINDOW.end + 2 * HOUR)


def other(times: float = 2.0, window: Window = LATER) -> Campaign:
    announced = campaign(times, window=window)
    return replace(
        announced, id="c2", announcement=replace(announced.announcement, name="Winter drop")
    )


def beside(*others: Campaign, ceiling: int = 1000, times: float = 3.0) -> WorkloadPlan:
    scaling = Scaling(ScalingMode.AUTOMATIC, 2, ceiling, revision_ceiling=2000)
    found = [evidence(replace(SERVICE, scaling=scaling))]
    neighbours = []
    for one in others:
        claims = claims_of(make_plan(one, found, house=HOUSE, now=NOW), one)
        neighbours.append(Neighbour(one.announcement.name, claims))
    background = Background(others=tuple(neighbours))
    plan = make_plan(campaign(times), found, house=HOUSE, now=NOW, background=background)
    return plan.workloads[0]


def test_alone_there_is_no_share() -> None:
    alone = beside()
    assert (alone.shares, alone.joint_floor) == ((), 0)


def test_the_shares_are_named_with_their_demand_and_floor() -> None:
    found = beside(other())
    (share,) = found.shares
    assert (share.campaign_id, share.title) == ("c2", "Winter drop")
    assert (share.added_rps, share.floor) == (400, 52)
    assert share.window.start == LATER.start - timedelta(minutes=19)
    # 400 usual + 800 + 400 requests/s: 80 by CPU, and 30 % spare.
    assert (found.floor, found.joint_floor) == (78, 104)
    assert found.evidence[-1] == (
        "It is not alone: Winter drop (19:41–22:10) adds 400 requests/s and holds 52; this one adds"
        " 800 requests/s and holds 78. Together they take 104 instances. While they overlap that costs"
        " $3.42 instead of $4.22 one by one; $2.28 of it is this one's share."
    )


def test_a_campaign_on_another_day_is_no_overlap() -> None:
    assert beside(other(window=WINDOW.shifted(timedelta(days=1)))).shares == ()


def test_its_own_earlier_claims_are_no_other_campaign() -> None:
    assert beside(replace(other(window=WINDOW), id="c1")).shares == ()


def test_the_ceiling_makes_room_for_both() -> None:
    assert beside(ceiling=100).ceiling_needed is None
    assert beside(other(), ceiling=100).ceiling_needed == 116  # 104 of 90 %


@settings(max_examples=30, deadline=None)
@given(st.floats(1, 12), st.floats(1, 12))
def test_another_campaign_never_lowers_what_one_holds(times: float, others: float) -> None:
    alone, joined = beside(times=times), beside(other(others), times=times)
    assert joined.floor == alone.floor
    assert not joined.shares or joined.joint_floor >= alone.floor


def test_the_shared_hours_are_worked_out_by_hand() -> None:
    """From 19:41 to 22:10 both: 102 extra instead of 76 and 50; two thirds of the rise are this one's."""
    found = [evidence()]
    own, drop = campaign(), other()
    claims = [
        claim
        for one in (own, drop)
        for claim in claims_of(make_plan(one, found, house=HOUSE, now=NOW), one)
    ]
    hours = shared_hours(claims, own.id, baseline=2, present=2)
    length = Decimal(149) / 60
    assert hours.together == pytest.approx(102 * length)
    assert hours.apart == pytest.approx((76 + 50) * length)
    assert hours.own == pytest.approx(102 * length * 2 / 3)
    others = shared_hours(claims, drop.id, baseline=2, present=2).own
    assert hours.own + others == pytest.approx(hours.together)


def test_hours_that_nobody_shares_do_not_count() -> None:
    own = campaign()
    claims = claims_of(make_plan(own, [evidence()], house=HOUSE, now=NOW), own)
    assert shared_hours(claims, own.id, baseline=2, present=2) == SharedHours()


@settings(max_examples=30, deadline=None)
@given(st.floats(1.5, 12), st.floats(1.5, 12))
def test_two_campaigns_on_one_workload_never_cost_more_than_one_by_one(
    times: float, others: float
) -> None:
    """Sized together they share the usual demand, and one rounding up and one spare."""
    found = [evidence()]
    claims = [
        claim
        for one in (campaign(times), other(others))
        for claim in claims_of(make_plan(one, found, house=HOUSE, now=NOW), one)
    ]
    hours = shared_hours(claims, "c1", baseline=2, present=2)
    assert hours.own <= hours.together <= hours.apart
