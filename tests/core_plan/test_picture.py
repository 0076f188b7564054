"""A plan as a picture: the demand of all workloads, and the instances of those that are raised."""

from dataclasses import replace
from datetime import timedelta

from bot.core.picture import Picture, picture_of
from bot.core.plan import Plan
from bot.core.planner import make_plan
from tests.core_plan.scenes import BERLIN, HOUSE, NOW, SERVICE, campaign, evidence

SEARCH = replace(SERVICE, key=replace(SERVICE.key, name="search"))
SECOND = timedelta(seconds=1)


def planned(multiplier: float = 3.0) -> Plan:
    both = [evidence(), evidence(workload=SEARCH)]
    return make_plan(campaign(multiplier), both, house=HOUSE, now=NOW)


def picture(plan: Plan) -> Picture:
    drawn = picture_of(plan, "Push", BERLIN)
    assert drawn is not None
    return drawn


def test_the_demand_of_all_workloads_is_added_up() -> None:
    plan = planned()
    expected = sum(workload.expected.expected for workload in plan.workloads)
    assert abs(max(picture(plan).demand.expected) - expected) < expected / 500
    assert max(picture(plan).demand.usual) == 800


def test_what_is_warm_follows_the_steps_from_the_raise_to_the_give_back() -> None:
    plan = planned()
    drawn = picture(plan)
    whole = sum(workload.floor for workload in plan.workloads)
    assert drawn.warm_at(plan.raise_at - SECOND) == drawn.baseline == 4
    assert drawn.warm_at(plan.raise_at) == whole
    assert drawn.warm_at(plan.window.start) == whole
    assert drawn.warm_at(plan.give_back_at) == 4


def test_the_ceiling_is_the_one_that_the_plan_needs() -> None:
    low = replace(SERVICE, scaling=replace(SERVICE.scaling, ceiling=20))
    plan = make_plan(campaign(), [evidence(workload=low)], house=HOUSE, now=NOW)
    assert picture(plan).ceiling == plan.workloads[0].ceiling_needed


def test_there_is_nothing_to_draw_where_nothing_is_raised() -> None:
    old = replace(planned(), workloads=tuple(replace(w, steps=()) for w in planned().workloads))
    assert picture_of(old, "Push", BERLIN) is None
