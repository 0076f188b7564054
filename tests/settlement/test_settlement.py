"""What a campaign was estimated to cost, what was billed, and what is learnt from it."""

import math
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.costs import costs_text
from bot.core.billing_export import read_bill
from bot.core.fleet import WorkloadKey
from bot.core.money import Money
from bot.core.series import Metric, Series
from bot.core.settlement import Settled, by_month, correction, likely, settle
from bot.errors import AskedWrong
from tests.cards.samples import CAMPAIGN, HOUSE, NOW, PLAN

MINUTE = timedelta(minutes=1)


def measured(
    billable: float, busy: float, *, gaps: int = 0
) -> dict[WorkloadKey, dict[Metric, Series]]:
    minutes = PLAN.window.duration // MINUTE

    def values(value: float) -> tuple[float, ...]:
        return (math.nan,) * gaps + (value,) * (minutes - gaps)

    series = {
        Metric.BILLABLE: Series(PLAN.window.start, MINUTE, values(billable)),
        Metric.ACTIVE: Series(PLAN.window.start, MINUTE, values(busy)),
    }
    return {one.key: series for one in PLAN.workloads}


def settled(ratio: float, number: int = 0) -> Settled:
    at = NOW + timedelta(days=number)
    amount = Money(Decimal(10) * Decimal(str(ratio)))
    return Settled(
        f"c{number}", f"Campaign {number}", f"{at:%Y-%m}", at, Money(Decimal(10)), amount
    )


def test_billable_time_is_priced_busy_and_idle() -> None:
    idle = settle(CAMPAIGN, PLAN, measured(2.0, 0.0), HOUSE)
    busy = settle(CAMPAIGN, PLAN, measured(2.0, 2.0), HOUSE)
    assert idle is not None
    assert busy is not None
    assert Money(Decimal(0)) < idle.settled < busy.settled
    assert idle.estimated == busy.estimated
    assert idle.month == "2025-11"


def test_nothing_is_settled_from_too_few_minutes() -> None:
    minutes = PLAN.window.duration // MINUTE
    assert settle(CAMPAIGN, PLAN, measured(2.0, 1.0, gaps=minutes // 2), HOUSE) is None
    assert settle(CAMPAIGN, PLAN, {}, HOUSE) is None


def test_three_campaigns_teach_something() -> None:
    assert correction([settled(0.5), settled(0.6)]) is None
    learnt = correction([settled(0.5), settled(0.7), settled(0.6)])
    assert learnt is not None
    assert learnt.said == "the last 3 campaigns came to 0.60 times their estimate (0.50 to 0.70)"


def test_a_plan_says_what_is_likely_only_where_estimates_were_off() -> None:
    assert likely(PLAN, correction([settled(1.1)] * 3)) == ""
    assert likely(PLAN, None) == ""
    said = likely(PLAN, correction([settled(0.5)] * 3))
    assert said.startswith("Costs: the last 3 campaigns came to 0.50 times their estimate")


@given(st.lists(st.floats(0.1, 5), min_size=3, max_size=20))
def test_the_correction_lies_between_what_was_seen(ratios: list[float]) -> None:
    learnt = correction([settled(ratio) for ratio in ratios])
    assert learnt is not None
    assert learnt.low <= learnt.ratio <= learnt.high


@given(st.lists(st.tuples(st.floats(0.1, 5), st.integers(0, 90)), max_size=20))
def test_months_add_up(rows: list[tuple[float, int]]) -> None:
    past = [settled(ratio, day) for ratio, day in rows]
    months = by_month(past)
    assert sum(count for _, _, count in months.values()) == len(past)
    total = sum((one.settled.amount for one in past), Decimal(0))
    assert sum((paid.amount for _, paid, _ in months.values()), Decimal(0)) == total


EXPORT = """service.description,usage_start_time,cost,currency
Cloud Run,2025-11-03 10:00:00 UTC,12.50,USD
BigQuery,2025-11-03 10:00:00 UTC,99,USD
Cloud Run,2025-11-28 10:00:00 UTC,"1,000.25",USD
Cloud Run,2025-12-01 00:00:00 UTC,3,USD
"""


def test_googles_bill_stands_beside_the_campaigns() -> None:
    bill = read_bill(EXPORT)
    assert bill.months == {"2025-11": Money(Decimal("1012.75")), "2025-12": Money(Decimal(3))}
    text = costs_text([settled(0.9)], [settled(0.9)], bill)
    assert "2025-11  1 campaigns, $10.00 estimated, $9.00 settled" in text
    assert "everything in it: $1,012.75" in text
    assert "Learnt: nothing yet" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no column service.description"),
        ("service.description,cost\nCloud Run,1\n", "has no column usage_start_time"),
        (EXPORT.replace("12.50", "a lot"), "Line 2 of the export: 'a lot' is not a cost"),
        (EXPORT.replace("2025-12-01", "Monday"), "is not a day or month"),
    ],
)
def test_an_export_that_cannot_be_read_says_why(text: str, said: str) -> None:
    with pytest.raises(AskedWrong, match=said):
        read_bill(text)


def test_a_plan_of_no_cost_needs_no_word() -> None:
    free = replace(PLAN, cost=Money(Decimal(0)))
    assert likely(free, correction([settled(0.5)] * 3)) == ""
