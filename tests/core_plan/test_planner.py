"""Whole plans: what is held, when, for how much, and the sentences that say why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.core.campaign import CampaignKind
from bot.core.evidence import WorkloadEvidence
from bot.core.fleet import BillingMode, Scaling, ScalingMode, WorkloadKey
from bot.core.house import House
from bot.core.money import ZERO, Money
from bot.core.plan import Band, Driver, Need, Plan, Step, WorkloadPlan
from bot.core.planner import make_plan
from bot.core.series import Metric
from bot.core.windows import Window
from tests.core_plan.scenes import (
    HOUSE,
    KEY,
    NAN,
    NOW,
    POOL,
    SERVICE,
    SIZING,
    WINDOW,
    campaign,
    evidence,
    history,
    pool_evidence,
    recent,
)

RAISE_AT = datetime(
    2025, 11, 28, 16, 41, tzinfo=UTC
)  # 24 s + 3 min + 15 min before, in whole minutes


def plan_of(*found: WorkloadEvidence, house: House = HOUSE, multiplier: float = 3.0) -> Plan:
    return make_plan(campaign(multiplier), found, house=house, now=NOW)


def only(plan: Plan) -> WorkloadPlan:
    (workload,) = plan.workloads
    return workload


def scaled(found: WorkloadEvidence, scaling: Scaling) -> WorkloadEvidence:
    return replace(found, workload=replace(found.workload, scaling=scaling))


def test_the_base_case_is_the_reference_s_example() -> None:
    plan = plan_of(evidence())
    workload = only(plan)
    assert workload.usual == Band(400, 400, 400)
    # Nobody knows yet what a push brings here: the rise may be 1.97 times as high, or as low.
    assert (workload.expected.expected, round(workload.expected.high)) == (1200, 1977)
    assert round(workload.expected.low) == 806
    assert workload.need == Need(78, Driver.CPU, 60, 5)
    assert workload.sizing == replace(SIZING, instances_per_rps=0.0475)
    assert workload.steps == (Step(Window(RAISE_AT, WINDOW.end), 78),)
    assert (workload.baseline, workload.ceiling, workload.ceiling_needed) == (2, 200, None)


def test_the_times_of_the_plan() -> None:
    plan = plan_of(evidence())
    assert (plan.window, plan.raise_at, plan.made_at) == (WINDOW, RAISE_AT, NOW)
    assert plan.give_back_at == WINDOW.end + HOUSE.timing.cooldown
    assert (plan.campaign_id, plan.version) == ("c1", 1)


def test_the_costs_run_until_capacity_is_given_back() -> None:
    """76 more than the baseline for 4 h 29 min, idle $0.0135 and busy $0.0909 an hour."""
    plan = plan_of(evidence())
    assert plan.cost.cents() == Money(Decimal("4.60"))
    assert plan.worst_cost.cents() == Money(Decimal("30.97"))
    # 60 busy instances for four hours, and 17.28 million requests less those before the push has arrived.
    assert plan.traffic_cost.cents() == Money(Decimal("28.72"))
    assert plan.priced_on == "Google's list of 24 Nov 2026, before free tier and tax"


def test_instance_based_billing_costs_the_same_idle_or_busy() -> None:
    plan = plan_of(evidence(replace(SERVICE, billing=BillingMode.INSTANCE)))
    assert plan.cost == plan.worst_cost
    assert plan.cost.cents() == Money(Decimal("23.31"))


def test_a_discount_of_the_house_is_taken_off() -> None:
    full, less = (
        plan_of(evidence()),
        plan_of(evidence(), house=replace(HOUSE, discount=Decimal("0.5"))),
    )
    assert less.cost.amount * 2 == full.cost.amount
    assert less.traffic_cost.amount * 2 == full.traffic_cost.amount


def test_every_number_is_traced_in_five_short_sentences() -> None:
    found = only(plan_of(evidence(usual=history(412, 398, 431, 412))))
    assert found.evidence == (
        "Usual Friday 18:00–22:00 peak: 412 requests/s (median of 4 weeks: 383–443).",
        "×3 makes 1,236 requests/s (825–2,047). You said ×3; there is no finished one of this kind (push)"
        " to compare with. The margin is wide for that: up to ×4.9.",
        "That takes 62 instances by CPU (30 ms of CPU a request, 60% target; 6 by concurrency);"
        " 30% spare makes 81.",
        "A push takes 2 min to its peak, sooner than new instances serve (2 min 24 s):"
        " 81 must be warm at the start.",
        "An instance starts in 24 s (p95 of the last day).",
    )
    assert found.warnings == ()


def test_an_odd_week_is_named_in_the_evidence() -> None:
    first = only(plan_of(evidence(usual=history(400, 1200, 400, 400)))).evidence[0]
    assert first.endswith("(median of 3 weeks: 400–400). Left out: 14 Nov, 3.0 times the others.")


def test_a_wide_band_takes_more_than_the_spare() -> None:
    found = only(plan_of(evidence(usual=history(400, 620, 400, 380))))
    # The levels' standard deviation is ln 1.25: 1,200 · exp(hypot(2 · root(5/4) · ln 1.25, ln 1.65)).
    assert round(found.expected.high) == 2453
    assert (found.floor, found.need.by_cpu) == (87, 60)
    assert "the high end of the forecast takes 87" in found.evidence[2]


@pytest.mark.parametrize("driver", [Driver.CONCURRENCY, Driver.HISTORY])
def test_the_driver_is_explained(driver: Driver) -> None:
    changed: Mapping[Metric, float | None] = {Metric.LATENCY_P95: 6.0}
    if driver is Driver.HISTORY:
        changed = {Metric.INSTANCES: 40.0, Metric.ACTIVE: 40.0, Metric.CPU: 0.3}
    found = only(plan_of(evidence(measured=recent(changed))))
    assert found.need.driver is driver
    assert found.floor == (195 if driver is Driver.CONCURRENCY else 153)
    words = (
        "by concurrency (6000 ms"
        if driver is Driver.CONCURRENCY
        else "one instance carried 10 requests/s"
    )
    assert words in found.evidence[2]


def test_a_small_push_needs_nothing_and_the_first_sentence_says_so() -> None:
    plan = plan_of(evidence(), multiplier=1.2)
    found = only(plan)
    assert (found.steps, plan.needs_nothing, plan.cost) == ((), True, ZERO)
    assert (found.need.driver, found.floor) == (Driver.NOTHING, 2)
    assert found.evidence[0] == (
        "No pre-scaling needed: 20 instances warm anyway can carry 567 requests/s;"
        " at most 558 requests/s come before new instances serve (2 min 24 s)."
    )


def test_a_high_baseline_needs_nothing() -> None:
    found = only(
        plan_of(scaled(evidence(baseline=80), Scaling(ScalingMode.AUTOMATIC, 80, None, 0, 200)))
    )
    assert (found.steps, found.baseline) == ((), 80)
    assert found.evidence[0].startswith("No pre-scaling needed: 80 instances warm anyway")


def test_the_same_multiplier_spread_over_an_hour_needs_nothing() -> None:
    plan = make_plan(campaign(3, CampaignKind.PAID_SOCIAL), [evidence()], house=HOUSE, now=NOW)
    assert plan.needs_nothing
    assert "at most 479 requests/s come before" in plan.workloads[0].evidence[0]


def test_a_slower_ramp_is_warmed_only_for_what_outruns_the_autoscaler() -> None:
    plan = make_plan(campaign(6, CampaignKind.EMAIL), [evidence()], house=HOUSE, now=NOW)
    found = only(plan)
    # Up to ×10.9 in 15 min: until D(t) is less than 1.42 · D(t - 3 min).
    assert found.floor == 97
    assert "up to 2,502 requests/s come sooner than new instances serve" in found.evidence[3]


@pytest.mark.parametrize("kind", CampaignKind)
def test_every_kind_can_be_explained(kind: CampaignKind) -> None:
    plan = make_plan(campaign(9, kind), [evidence()], house=HOUSE, now=NOW)
    assert all(sentence.endswith(".") for sentence in only(plan).evidence)
    assert len(only(plan).evidence) <= 6


def test_the_ux_floor_of_the_house_is_kept() -> None:
    house = replace(HOUSE, ux_floors={"web": 6, "storefront-web": 90})
    assert only(plan_of(evidence(), house=house)).floor == 90
    assert only(plan_of(evidence(), house=house, multiplier=1.0)).floor == 90


@pytest.mark.parametrize(
    ("why", "ceiling", "revision", "floor", "needed", "deploy"),
    [
        ("plenty of room", None, 200, 78, None, False),
        ("just enough room", 87, 200, 78, None, False),
        ("near the ceiling", 86, 200, 78, 87, False),
        ("above the ceiling", 40, 200, 78, 87, False),
        ("the revision leaves less room", 40, 80, 78, 80, True),
        ("the revision binds", None, 60, 60, None, True),
        ("both bind alike", 60, 60, 60, None, True),
        ("nearly binds", None, 80, 78, None, True),
    ],
)
def test_the_ceiling(
    why: str, ceiling: int | None, revision: int, floor: int, needed: int | None, deploy: bool
) -> None:
    scaling = Scaling(ScalingMode.AUTOMATIC, 2, ceiling, revision_ceiling=revision)
    found = only(plan_of(scaled(evidence(), scaling)))
    assert (found.floor, found.ceiling_needed) == (floor, needed), why
    assert any("must deploy" in said for said in found.warnings) is deploy, why


def test_only_the_ceiling_rises_when_the_autoscaler_copes_below_it() -> None:
    scaling = Scaling(ScalingMode.AUTOMATIC, 2, 40, revision_ceiling=200)
    social = campaign(3, CampaignKind.PAID_SOCIAL)
    plan = make_plan(social, [scaled(evidence(), scaling)], house=HOUSE, now=NOW)
    found = only(plan)
    assert (found.floor, found.ceiling_needed, found.cost) == (2, 87, ZERO)
    assert found.steps == (Step(Window(RAISE_AT, WINDOW.end), 2),)
    assert found.evidence[0].startswith("Only its maximum must rise, from 40 to 87: 20 instances")


def test_a_floor_of_the_revision_is_said_and_not_paid_again() -> None:
    scaling = Scaling(ScalingMode.AUTOMATIC, 2, revision_floor=10, revision_ceiling=200)
    found = only(plan_of(scaled(evidence(), scaling)))
    assert found.cost.cents() == Money(Decimal("4.12"))  # 68 more instances instead of 76
    assert any("keeps 10 instances by itself" in said for said in found.warnings)


def test_a_manually_scaled_service_is_sized_for_the_whole_peak() -> None:
    by_hand = scaled(evidence(baseline=20), Scaling(ScalingMode.MANUAL, 20))
    plan = make_plan(campaign(3, CampaignKind.PAID_SOCIAL), [by_hand], house=HOUSE, now=NOW)
    found = only(plan)
    assert (found.floor, found.ceiling_needed, found.cost) == (78, None, found.worst_cost)
    assert "scaled by hand, so 78 instances" in found.evidence[3]


def test_a_manual_count_that_suffices_is_left() -> None:
    by_hand = scaled(evidence(baseline=100), Scaling(ScalingMode.MANUAL, 100))
    assert plan_of(by_hand).needs_nothing


def test_a_worker_pool_grows_in_proportion_and_says_so() -> None:
    plan = make_plan(campaign(2.5, groups=("pipeline",)), [pool_evidence()], house=HOUSE, now=NOW)
    found = only(plan)
    assert (found.floor, found.sizing, found.need.driver) == (20, None, Driver.PROPORTION)
    assert found.evidence == ("Worker pools have no request metric: its 8 instances ×2.5 make 20.",)
    assert (found.warnings, found.traffic_cost) == ((), ZERO)
    assert found.cost == found.worst_cost > ZERO


@pytest.mark.parametrize(
    ("why", "scaling", "said"),
    [
        ("it scales by itself", Scaling(ScalingMode.AUTOMATIC, 8), "scales by itself"),
        ("it is switched off", Scaling(ScalingMode.MANUAL, 0), "switched off"),
    ],
)
def test_a_worker_pool_is_left_alone(why: str, scaling: Scaling, said: str) -> None:
    found = only(plan_of(pool_evidence(replace(POOL, scaling=scaling))))
    assert found.steps == (), why
    assert any(said in sentence for sentence in found.warnings)
    assert "stays at" in found.evidence[0]


def test_a_service_without_requests_in_those_hours_is_left_alone_and_that_is_said() -> None:
    found = only(plan_of(evidence(usual=history(0, 0, 0))))
    assert (found.steps, found.need, found.sizing) == ((), Need(0, Driver.NOTHING, 0, 0), None)
    assert found.evidence == (
        "No requests came in these hours of earlier weeks; its floor stays at 2.",
    )
    assert any("nothing can be multiplied" in said for said in found.warnings)


def test_a_service_that_cannot_be_sized_by_requests_multiplies_its_instances() -> None:
    found = only(plan_of(evidence(usual=(), measured=recent({Metric.REQUESTS: None}))))
    assert (found.floor, found.sizing) == (78, None)
    assert found.evidence == ("20 instances of the last day ×3, with 30% spare: 78.",)
    assert any("cannot be sized by requests" in said for said in found.warnings)


@pytest.mark.parametrize("value", [None, 0.0, NAN, -1.0])
def test_a_service_without_any_measurement_keeps_its_floor_and_calls_for_an_engineer(
    value: float | None,
) -> None:
    measured = recent(dict.fromkeys(Metric, value))
    found = only(plan_of(evidence(usual=(), measured=measured)))
    assert (found.floor, found.cost) == (2, ZERO)
    assert any("engineer" in said for said in found.warnings)
    assert found.evidence


def test_yesterday_and_a_single_week_are_named_as_the_source() -> None:
    yesterday = only(plan_of(evidence(usual=()))).evidence[0]
    assert yesterday == "Demand of the last day at 18:00–22:00: 400 requests/s at its peak."
    one = only(plan_of(evidence(usual=history(400)))).evidence[0]
    assert one == "Usual Friday 18:00–22:00 peak: 400 requests/s (one earlier week)."


def test_an_assumed_start_up_time_is_said() -> None:
    found = only(plan_of(evidence(measured=recent({Metric.STARTUP_P95: None}))))
    assert found.evidence[4] == "No start was measured in the last day; 30 s is assumed for one."


def test_the_slowest_workload_decides_the_lead_time() -> None:
    slow = replace(SERVICE, key=WorkloadKey(KEY.kind, KEY.project, "us-central1", "search-api"))
    plan = plan_of(evidence(), evidence(slow, measured=recent({Metric.STARTUP_P95: 200.0})))
    assert plan.raise_at == WINDOW.start - timedelta(minutes=22)
    assert {step.window.start for w in plan.workloads for step in w.steps} == {plan.raise_at}


def test_the_plan_adds_up_and_does_not_depend_on_the_order_of_the_evidence() -> None:
    there = replace(SERVICE, key=WorkloadKey(KEY.kind, KEY.project, "us-central1", "a"))
    found = [evidence(there), pool_evidence(), evidence()]
    plan = plan_of(*found)
    assert plan == plan_of(*reversed(found))
    assert [w.key for w in plan.workloads] == sorted(w.key for w in plan.workloads)
    assert plan.cost == sum((w.cost for w in plan.workloads), start=ZERO)
    assert plan.worst_cost == sum((w.worst_cost for w in plan.workloads), start=ZERO)


def test_a_new_plan_supersedes_the_shown_one() -> None:
    shown = replace(campaign(), plan_version=4)
    assert make_plan(shown, [evidence()], house=HOUSE, now=NOW).version == 5


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (60, "The peak may need 78 instances, but its revision allows at most 60"),
        (
            85,
            "The peak may need 78 instances, of the 85 that its revision allows, which is too near",
        ),
    ],
)
def test_a_revision_s_own_maximum_that_is_too_low_is_for_an_engineer(most: int, said: str) -> None:
    scaling = Scaling(ScalingMode.AUTOMATIC, 2, revision_ceiling=most)
    warnings = " ".join(only(plan_of(scaled(evidence(), scaling))).warnings)
    assert f"{said}: an engineer must deploy a higher maximum." in warnings
