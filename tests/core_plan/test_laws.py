"""Laws of whole plans, whatever the demand, the multiplier, the spread and the moment."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.campaign import CampaignKind
from bot.core.claiming import claims_of, wanted
from bot.core.fleet import Scaling, ScalingMode
from bot.core.plan import WorkloadPlan
from bot.core.planner import make_plan
from bot.core.series import Metric
from bot.core.windows import Window
from tests.core_plan.scenes import HOUSE, NOW, SERVICE, WINDOW, campaign, evidence, history, recent

kinds = st.sampled_from(CampaignKind)
multipliers = st.floats(0.5, 20)
levels = st.floats(0, 3000)
few = settings(max_examples=40, deadline=None)
ROOMY = replace(SERVICE, scaling=Scaling(ScalingMode.AUTOMATIC, 2, revision_ceiling=100_000))


def planned(
    weeks: tuple[float, ...], multiplier: float, kind: CampaignKind, now: datetime = NOW
) -> WorkloadPlan:
    found = evidence(ROOMY, history(*weeks))
    return make_plan(campaign(multiplier, kind), [found], house=HOUSE, now=now).workloads[0]


@few
@given(levels, kinds, multipliers, multipliers)
def test_a_larger_campaign_never_gets_fewer_instances(
    level: float, kind: CampaignKind, one: float, two: float
) -> None:
    small, large = (planned((level,) * 4, times, kind) for times in sorted((one, two)))
    assert small.floor <= large.floor
    assert small.cost <= large.cost


@few
@given(st.floats(50, 3000), kinds, multipliers, st.floats(0, 0.3), st.floats(0, 0.3))
def test_a_wider_band_never_gets_a_lower_floor(
    level: float, kind: CampaignKind, times: float, one: float, two: float
) -> None:
    narrow, wide = (
        planned((level, level * (1 - spread), level * (1 + spread)), times, kind)
        for spread in sorted((one, two))
    )
    assert narrow.floor <= wide.floor


@few
@given(kinds, multipliers, st.integers(-300, 300))
def test_steps_cover_every_minute_they_promise(
    kind: CampaignKind, times: float, minutes: int
) -> None:
    """From the raise (or now, when that is past) to the end, whenever the plan is made."""
    now = WINDOW.start + timedelta(minutes=minutes)
    announced = campaign(times, kind)
    plan = make_plan(announced, [evidence(ROOMY)], house=HOUSE, now=now)
    claims = claims_of(plan, announced)
    steps = plan.workloads[0].steps
    if steps:
        assert steps[0].window.start == max(now, plan.raise_at)
        assert steps[-1].window.end == WINDOW.end
    assert all(one.window.end == two.window.start for one, two in pairwise(steps))
    assert all(one.floor > two.floor for one, two in pairwise(steps))
    for step in steps:
        minute = step.window.start
        while minute < (step.window.end if step is not steps[-1] else plan.give_back_at):
            held = wanted(claims, baseline=2, baseline_ceiling=None, ux_floor=0, now=minute)
            assert held.floor >= step.floor
            minute += timedelta(minutes=1)


@few
@given(st.floats(1, 3000), st.integers(1, 5), st.integers(1, 5))
def test_the_cost_of_two_halves_is_the_cost_of_the_whole(
    level: float, first: int, second: int
) -> None:
    """Apart from lead and cool-down, which every campaign has once."""
    start, middle = WINDOW.start, WINDOW.start + timedelta(hours=first)
    end = middle + timedelta(hours=second)
    timing = replace(HOUSE.timing, cooldown=timedelta(0))
    house = replace(HOUSE, timing=timing, spare=0.0)  # the high end decides throughout: one step
    costs = []
    for window in (Window(start, middle), Window(middle, end), Window(start, end)):
        found = evidence(ROOMY, history(level, level, level, window=window))
        plan = make_plan(campaign(3, window=window), [found], house=house, now=window.start)
        costs.append(plan.cost.amount)
    assert costs[0] + costs[1] == costs[2]


@few
@given(
    st.lists(st.floats(-5, 1e5), min_size=6, max_size=6),
    st.floats(0.1, 50),
    kinds,
    st.sampled_from(ScalingMode),
)
def test_any_measurements_give_a_plan_within_its_limits(
    values: list[float], times: float, kind: CampaignKind, mode: ScalingMode
) -> None:
    metrics = (
        Metric.REQUESTS,
        Metric.INSTANCES,
        Metric.ACTIVE,
        Metric.CPU,
        Metric.LATENCY_P95,
        Metric.STARTUP_P95,
    )
    measured = recent(dict(zip(metrics, values, strict=True)))
    workload = replace(SERVICE, scaling=Scaling(mode, 3, revision_ceiling=150))
    found = evidence(workload, history(values[0], values[1]), measured)
    plan = make_plan(campaign(times, kind), [found], house=HOUSE, now=NOW).workloads[0]
    assert plan.floor >= 3
    assert mode is ScalingMode.MANUAL or plan.floor <= 150
    assert plan.cost <= plan.worst_cost
    assert 1 <= len(plan.evidence) <= 6
