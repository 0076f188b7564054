"""Campaigns that meet on one workload: the plan says whose share is whose, and makes room for all."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.campaign import Campaign
from bot.core.claiming import claims_of
from bot.core.evidence import Background, Neighbour
from bot.core.fleet import Scaling, ScalingMode
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
        " 800 requests/s and holds 78. Together they take 104 instances."
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
