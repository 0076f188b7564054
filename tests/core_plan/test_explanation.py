"""Every number of a plan can be asked for: its formula, its source, and how sure it is."""

from dataclasses import replace
from datetime import timedelta

from bot.core.campaign import CampaignKind
from bot.core.evidence import Background, PastCampaign
from bot.core.explained import Line
from bot.core.explanation import Section, as_text, explanation
from bot.core.money import Money
from bot.core.plan import Plan
from bot.core.planner import make_plan
from bot.core.series import Metric
from tests.core_plan.scenes import BERLIN, HOUSE, KEY, NOW, POOL, WINDOW, campaign, evidence, recent


def planned(multiplier: float = 3.0, **changed: object) -> Plan:
    """The base case: 400 requests/s on Fridays, a push of ×3."""
    house = replace(HOUSE, **changed)  # type: ignore[arg-type]
    return make_plan(campaign(multiplier), [evidence()], house=house, now=NOW)


def lines_of(section: Section) -> dict[str, Line]:
    """The numbers by name."""
    return {line.label: line for line in section.lines}


def test_the_plan_comes_first_and_each_workload_after_it() -> None:
    sections = explanation(planned(), BERLIN)
    assert [section.key for section in sections] == [None, KEY]


def test_each_number_of_a_service_has_a_formula_and_a_source() -> None:
    numbers = lines_of(explanation(planned(), BERLIN)[1])
    assert set(numbers) == {
        "Usual demand",
        "Expected demand",
        "By CPU",
        "By concurrency",
        "By history",
        "Needed at the peak",
        "Time to the peak",
        "Comes before new instances serve",
        "Start-up",
        "Floor",
        "Cost",
        "Cost at the worst",
        "The traffic itself",
        "Requests at risk in the first 5 minutes",
        "The other billing mode",
    }
    assert all(line.formula and line.source for line in numbers.values())


def test_the_formula_by_cpu_can_be_checked_by_hand() -> None:
    plan = planned()
    line = lines_of(explanation(plan, BERLIN)[1])["By CPU"]
    expected = plan.workloads[0].expected.expected
    assert line.formula.startswith(f"{expected:,.0f} × 30 ms ÷ (1 vCPU × 60%)")
    assert line.value == f"{plan.workloads[0].need.by_cpu} instances"


def test_the_cost_is_the_product_of_the_hours_and_the_rate_that_are_said() -> None:
    plan = planned()
    bill = plan.workloads[0].inputs.bill  # type: ignore[union-attr]
    assert bill is not None
    idle, active = (
        bill.extra_hours * bill.idle_hour.amount,
        bill.extra_hours * bill.active_hour.amount,
    )
    assert Money(idle).cents() == plan.workloads[0].cost.cents()
    assert Money(active).cents() == plan.workloads[0].worst_cost.cents()


def test_the_lead_time_is_the_sum_of_its_parts() -> None:
    plan = planned()
    lead = plan.lead
    assert lead is not None
    parts = lead.startup + lead.metric_delay + lead.time_to_fix
    assert 0 <= (plan.window.start - plan.raise_at - parts).total_seconds() < 60
    line = lines_of(explanation(plan, BERLIN)[0])["Lead time"]
    assert "start-up 24 s + metrics' delay 3 min + time to fix 15 min" in line.formula


def test_a_start_up_that_was_not_measured_is_said_to_be_the_house_s_own() -> None:
    silent = evidence(measured=recent({Metric.STARTUP_P95: None}))
    plan = make_plan(campaign(), [silent], house=HOUSE, now=NOW)
    line = lines_of(explanation(plan, BERLIN)[1])["Start-up"]
    assert line.uncertainty == "no start was measured in the last day"
    assert line.source == "assumed"


def test_a_worker_pool_has_no_numbers_about_requests() -> None:
    pool = evidence(workload=POOL, usual=(), measured={})
    plan = make_plan(campaign(groups=("pipeline",)), [pool], house=HOUSE, now=NOW)
    numbers = lines_of(explanation(plan, BERLIN)[1])
    assert "Usual demand" not in numbers
    assert "× the times" in numbers["Floor"].formula


def test_a_plan_from_before_inputs_were_kept_still_explains_its_floor() -> None:
    plan = planned()
    old = replace(plan, lead=None, workloads=(replace(plan.workloads[0], inputs=None),))
    assert [line.label for line in explanation(old, BERLIN)[1].lines] == ["Instances"]


def test_the_curve_has_its_peak_where_the_plan_has_it() -> None:
    workload = planned().workloads[0]
    assert workload.inputs is not None and workload.inputs.curve is not None
    curve = workload.inputs.curve
    assert max(curve.expected) == float(f"{workload.expected.expected:.4g}")
    assert len(curve.expected) <= 48
    assert all(a <= b <= c for a, b, c in zip(curve.low, curve.expected, curve.high, strict=True))


def test_the_text_for_a_terminal_says_what_stands_behind_each_number() -> None:
    text = as_text(explanation(planned(), BERLIN))
    assert text.startswith("The plan\n--------\n")
    assert "\n    Formula: " in text and "\n    Source: " in text and "\n    Uncertainty: " in text


def test_how_campaigns_of_the_kind_arrived_is_told_with_its_looseness() -> None:
    numbers = lines_of(explanation(planned(), BERLIN)[1])
    assert numbers["Time to the peak"].source == "assumed"
    shape = (0.2, 0.5, 0.8, 1.0, 0.9)
    ago = [timedelta(weeks=week) for week in (1, 2, 3)]
    past = tuple(
        PastCampaign(CampaignKind.PUSH, ("web",), 3.0, 3.0, WINDOW.start - one, shape=shape)
        for one in ago
    )
    plan = make_plan(
        campaign(), [evidence()], house=HOUSE, now=NOW, background=Background(past=past)
    )
    line = lines_of(explanation(plan, BERLIN)[1])["Time to the peak"]
    assert line.source == "how the last 3 of the kind arrived"
    assert (line.value, line.uncertainty) == (
        "10 min",
        "each step is trusted to come 5 min earlier or later",
    )
    assert "takes 10 min to its peak (as the last 3 did)" in " ".join(plan.workloads[0].evidence)


def test_each_number_of_the_whole_plan_has_a_formula_and_a_source() -> None:
    numbers = lines_of(explanation(planned(), BERLIN)[0])
    assert set(numbers) == {
        "Times the usual demand",
        "Lead time",
        "Cost",
        "Cost at the worst",
        "The traffic itself",
        "Requests at risk in the first 5 minutes",
    }
    assert all(line.formula and line.source for line in numbers.values())
