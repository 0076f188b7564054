"""What settled campaigns teach about prices: bounded, monotone, nothing from a few, and never cheaper."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.core.cost_learning import FEW, MOST, CostLessons, Lesson, learn_costs
from bot.core.evidence import Background
from bot.core.explanation import as_text, explanation
from bot.core.fleet import BillingMode, WorkloadKey
from bot.core.money import Money
from bot.core.plan import Plan
from bot.core.planner import make_plan
from bot.core.settled import Settled, SettledPart
from tests.conformance.google_stages import CHECKOUT, STOREFRONT
from tests.core_plan.scenes import HOUSE, NOW, campaign, evidence

RATIOS = st.floats(0.05, 20)
MODE = BillingMode.REQUEST


def past(
    *ratios: float, key: WorkloadKey = STOREFRONT, factor: float = 1.0, listed: int = 10
) -> list[Settled]:
    """A campaign for each ratio of actual cost over what the list alone says."""
    found = []
    for number, ratio in enumerate(ratios):
        at = NOW - timedelta(days=number + 1)
        estimated = Money(Decimal(listed) * Decimal(str(factor)))
        actual = Money(Decimal(listed) * Decimal(str(ratio)))
        part = SettledPart(key, MODE, estimated, actual, None, factor)
        found.append(
            Settled(f"c{number}", "Push", f"{at:%Y-%m}", at, estimated, actual, parts=(part,))
        )
    return found


def factor(found: list[Settled], key: WorkloadKey = STOREFRONT) -> float:
    return learn_costs(found).of(key, MODE).factor


@given(st.lists(RATIOS, max_size=20))
def test_a_factor_is_bounded_and_never_below_one(ratios: list[float]) -> None:
    assert 1.0 <= factor(past(*ratios)) <= MOST


@given(st.lists(RATIOS, max_size=FEW - 1))
def test_few_campaigns_change_nothing(ratios: list[float]) -> None:
    assert learn_costs(past(*ratios)) == CostLessons()


@given(st.lists(RATIOS, min_size=FEW, max_size=20), st.floats(1, 3))
def test_dearer_campaigns_never_make_a_smaller_factor(ratios: list[float], more: float) -> None:
    assert factor(past(*ratios)) <= factor(past(*(ratio * more for ratio in ratios)))


@given(st.lists(RATIOS, min_size=FEW, max_size=9), st.floats(1, MOST))
def test_what_was_corrected_before_is_not_corrected_twice(
    ratios: list[float], before: float
) -> None:
    assert abs(factor(past(*ratios, factor=before)) - factor(past(*ratios))) <= 0.011


@given(RATIOS)
def test_one_wild_campaign_does_not_decide(wild: float) -> None:
    assert 1.05 <= factor(past(1.1, 1.1, wild, 1.05, 1.1)) <= 1.1


def test_a_workload_s_own_campaigns_come_before_those_of_its_billing_mode() -> None:
    found = [*past(1.2, 1.2, 1.2), *past(1.0, 1.0, key=CHECKOUT)]
    lessons = learn_costs(found)
    assert lessons.of(STOREFRONT, MODE) == Lesson(1.2, 1.2, 3, alone=True)
    assert lessons.of(CHECKOUT, MODE) == Lesson(1.2, 1.2, 5)
    assert lessons.of(CHECKOUT, BillingMode.INSTANCE).factor == 1.0


def test_the_bill_teaches_where_it_is_known() -> None:
    dear = Money(Decimal(13))
    found = [
        replace(one, parts=(replace(one.parts[0], billed=dear),)) for one in past(1.0, 1.0, 1.0)
    ]
    assert factor(found) == 1.3


def test_what_was_estimated_at_nothing_teaches_nothing() -> None:
    assert learn_costs(past(2, 2, 2, listed=0)) == CostLessons()


def plan(*ratios: float) -> Plan:
    known = evidence()
    lessons = learn_costs(past(*ratios, key=known.workload.key))
    return make_plan(
        campaign(), [known], house=HOUSE, now=NOW, background=Background(costs=lessons)
    )


@given(st.lists(RATIOS, max_size=8))
def test_no_guardrail_reads_a_plan_that_is_cheaper_for_what_was_learnt(ratios: list[float]) -> None:
    listed, learnt = plan(), plan(*ratios)
    assert listed.cost <= learnt.cost
    assert listed.worst_cost <= learnt.worst_cost
    assert listed.traffic_cost <= learnt.traffic_cost
    assert learnt.cost <= learnt.worst_cost
    assert [one.steps for one in listed.workloads] == [one.steps for one in learnt.workloads]


def test_a_plan_says_what_was_learnt_where_its_prices_are_said_and_explained() -> None:
    found = plan(1.08, 1.08, 1.08, 1.2)
    assert found.priced_on.endswith(", × 1.08 learnt from 4 campaigns")
    assert found.cost.amount == plan().cost.amount * Decimal("1.08")
    text = as_text(explanation(found, HOUSE.zone))
    assert "an hour (1 vCPU, 0.5 GiB), the list's × 1.08 learnt from 4 campaigns" in text
    assert "learnt" not in plan(0.5, 0.5, 0.5).priced_on


def test_what_is_beyond_the_bound_is_said_rather_than_corrected() -> None:
    found = plan(3, 3, 3)
    assert found.cost.amount == plan().cost.amount * Decimal(str(MOST))
    assert "Earlier campaigns cost 3.0 times what the price list says" in " ".join(found.warnings)
    assert "times what the price list says" not in " ".join(plan(1.4, 1.4, 1.4).warnings)
