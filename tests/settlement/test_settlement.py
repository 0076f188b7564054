"""What a campaign was estimated to cost, what was billed, and what is learnt from it."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.costs import costs_text
from bot.core.bill import BillBook, BilledHour
from bot.core.billing_export import bill_of, read_bill
from bot.core.fleet import BillingMode, WorkloadKey, WorkloadKind
from bot.core.money import ZERO, Money
from bot.core.series import Metric, Series
from bot.core.settled import Basis, Settled, SettledPart, by_month, together
from bot.core.settlement import awaiting_bill, correction, likely, settle, with_bill
from bot.core.windows import Window
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
    assert sum((part.settled for part in idle.parts), start=ZERO) == idle.settled
    assert sum((part.estimated for part in idle.parts), start=ZERO) == idle.estimated


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


def on(
    workload: str, begin: int, end: int, cost: float, name: str = "", planned: float = 10
) -> Settled:
    """A campaign of some hours on one workload."""
    key = WorkloadKey(WorkloadKind.SERVICE, "p", "europe-west1", workload)
    known, actual = Money(Decimal(str(planned))), Money(Decimal(str(cost)))
    at, until = NOW + timedelta(hours=begin), NOW + timedelta(hours=end)
    parts = (SettledPart(key, BillingMode.REQUEST, known, actual),)
    return Settled(
        name or f"{begin}-{end}", name, "2025-11", at, known, actual, until=until, parts=parts
    )


@pytest.mark.parametrize(
    ("why", "past", "cost"),
    [
        ("the same hours", [on("a", 0, 4, 8), on("a", 0, 4, 8, "other")], 8),
        ("within longer ones", [on("a", 0, 10, 14), on("a", 2, 6, 8)], 14),
        ("partly the same", [on("a", 0, 4, 8), on("a", 2, 6, 8)], 12),
        ("three at once", [on("a", 0, 4, 8, n) for n in ("x", "y", "z")], 8),
        ("one after the other", [on("a", 0, 4, 8), on("a", 4, 8, 8)], 16),
        ("other workloads", [on("a", 0, 4, 8), on("b", 0, 4, 8)], 16),
        ("its parts are not known", [on("a", 0, 4, 8), replace(on("a", 0, 4, 8), parts=())], 16),
    ],
)
def test_hours_that_campaigns_shared_count_once_in_their_sum(
    why: str, past: list[Settled], cost: float
) -> None:
    found = together(past)
    assert found.actual.cents() == Money(Decimal(cost)).cents(), why
    assert found.shared is (cost < sum(float(one.actual.amount) for one in past)), why
    assert by_month(past)["2025-11"] == (found.estimated, found.actual, len(past))
    said = "hours that they shared are counted once" in costs_text(past, past, None)
    assert said is found.shared


def test_of_shared_hours_the_dearest_estimate_counts() -> None:
    past = [on("a", 0, 4, 8, planned=5), on("a", 0, 4, 8, "other", planned=9)]
    assert together(past).estimated == together(past[::-1]).estimated == Money(Decimal(9))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9), st.integers(0, 50)), max_size=8))
def test_a_sum_is_never_more_than_its_parts_nor_less_than_one_of_them(
    rows: list[tuple[int, int, int]],
) -> None:
    past = [on("a", begin, begin + hours, cost) for begin, hours, cost in rows]
    costs = [float(one.actual.amount) for one in past]
    found = float(together(past).actual.amount)
    assert max(costs, default=0) - 1e-6 <= found <= sum(costs) + 1e-6


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
    assert "$9.00 settled by billable time (-10%)" in text
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


def hours_at(price: str, *, of: Settled) -> list[BilledHour]:
    """Each workload costs the same in every half hour around the campaign."""
    begin, half = of.at - timedelta(hours=1), timedelta(minutes=30)
    amount = Money(Decimal(price))
    return [
        BilledHour(
            part.workload.project,
            part.workload.region,
            part.workload.name,
            Window(begin + number * half, begin + (number + 1) * half),
            amount,
        )
        for part in of.parts
        for number in range(16)
    ]


def test_the_bill_comes_before_billable_time_once_it_is_known() -> None:
    one = settle(CAMPAIGN, PLAN, measured(2.0, 1.0), HOUSE)
    assert one is not None and one.until is not None
    found = with_bill(one, hours_at("0.5", of=one))
    assert found is not None
    halves = (one.until - one.at) / timedelta(minutes=30)
    assert found.actual == found.billed == Money(Decimal("0.5") * int(halves) * len(one.parts))
    assert (found.settled, found.estimated) == (one.settled, one.estimated)
    assert (one.basis, found.basis) == (Basis.TIME, Basis.BILL)
    assert "settled by Google's bill" in costs_text([found], [found], None)


def test_a_bill_that_does_not_name_every_workload_settles_nothing() -> None:
    one = settle(CAMPAIGN, PLAN, measured(2.0, 1.0), HOUSE)
    assert one is not None
    first = one.parts[0].workload.name
    assert with_bill(one, [row for row in hours_at("1", of=one) if row.name != first]) is None
    assert with_bill(one, []) is None
    assert with_bill(replace(one, parts=()), hours_at("1", of=one)) is None


def test_a_workload_that_used_nothing_need_not_be_in_the_bill() -> None:
    one = settle(CAMPAIGN, PLAN, measured(2.0, 1.0), HOUSE)
    assert one is not None
    quiet = replace(one.parts[0], settled=ZERO)
    some = replace(one, parts=(quiet, *one.parts[1:]))
    rows = [row for row in hours_at("1", of=one) if row.name != quiet.workload.name]
    found = with_bill(some, rows)
    assert found is not None and found.parts[0].billed == ZERO


def test_a_campaign_waits_for_the_bill_until_its_hours_are_complete_or_it_is_too_late() -> None:
    one = settle(CAMPAIGN, PLAN, measured(2.0, 1.0), HOUSE)
    assert one is not None and one.until is not None
    day = timedelta(days=1)
    early, good = (BillBook(at, at, {}, at) for at in (one.until + day, one.until + 3 * day))
    assert awaiting_bill([one], early, one.until + day) == []
    assert awaiting_bill([one], good, one.until + 3 * day) == [one]
    assert awaiting_bill([one], good, one.until + 15 * day) == []
    billed = with_bill(one, hours_at("1", of=one))
    assert billed is not None
    assert awaiting_bill([billed, settled(1)], good, one.until + 3 * day) == []


def test_the_bill_as_read_says_which_month_is_not_over() -> None:
    read = datetime(2025, 11, 20, tzinfo=UTC)
    days = {"2025-10-31": Money(Decimal(3)), "2025-11-01": Money(Decimal(4))}
    bill = bill_of(BillBook(read, read, days, read), "Europe/Berlin")
    assert bill is not None
    text = costs_text([settled(0.9)], [], bill)
    assert "everything in it: $4.00 so far" in text
    assert bill.unfinished == {"2025-11"}
    assert bill_of(None, "Europe/Berlin") is None
