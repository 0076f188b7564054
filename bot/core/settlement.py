"""What a campaign was estimated to cost, what Cloud Run billed for its hours, and what is learnt from the difference.

Pure; made by the drive flow with the report, read by the plans that follow and by `headroom costs`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from bot.core.budgeting import month_of
from bot.core.campaign import Campaign
from bot.core.fleet import WorkloadKey
from bot.core.house import House
from bot.core.money import ZERO, Money
from bot.core.plan import Plan, WorkloadPlan
from bot.core.price_book import PriceBook
from bot.core.pricing import price, requests_price, tariff
from bot.core.readings import sound
from bot.core.series import Metric, Series
from bot.core.wording import say_money

SETTLING_METRICS = (Metric.BILLABLE, Metric.ACTIVE, Metric.REQUESTS)
RECENT = 20
"""How many of the newest campaigns a correction is learnt from."""
_ENOUGH = 0.8  # of the minutes
_FEW = 3  # campaigns, below which nothing is learnt
_CLOSE = 0.15  # an estimate this near needs no word

Measured = Mapping[WorkloadKey, Mapping[Metric, Series]]


@dataclass(frozen=True, slots=True)
class Settled:
    """One campaign's own hours (its window): all that its workloads cost then, traffic included.

    `settled` comes from billable instance time, not from the bill itself.
    """

    campaign_id: str
    name: str
    month: str
    at: datetime
    estimated: Money
    settled: Money

    @property
    def ratio(self) -> float:
        """Settled over estimated; 1 where nothing was estimated."""
        if self.estimated.amount <= 0:
            return 1.0
        return float(self.settled.amount / self.estimated.amount)


@dataclass(frozen=True, slots=True)
class Correction:
    """How campaigns came to their estimates: the middle ratio of `count`, between `low` and `high`."""

    ratio: float
    low: float
    high: float
    count: int

    @property
    def said(self) -> str:
        """In words."""
        return (
            f"the last {self.count} campaigns came to {self.ratio:.2f} times their estimate"
            f" ({self.low:.2f} to {self.high:.2f})"
        )


def settle(
    campaign: Campaign, plan: Plan, measured: Measured, house: House, book: PriceBook | None = None
) -> Settled | None:
    """Estimate and billable time of the campaign's window; None where a workload's was not measured.

    What the plan holds is counted for the window's share of the time it is held.
    """
    held = plan.give_back_at - plan.raise_at
    share = Decimal(str(min(1.0, plan.window.duration / held))) if held else Decimal(1)
    billed = ZERO
    for workload in plan.workloads:
        cost = _billed(workload, measured.get(workload.key, {}), house, book)
        if cost is None:
            return None
        billed = billed + cost
    if not plan.workloads:
        return None
    estimated = Money(plan.cost.amount * share + plan.traffic_cost.amount, plan.cost.currency)
    start = campaign.announcement.window.start
    return Settled(
        campaign.id,
        campaign.announcement.name,
        month_of(start, house.zone),
        start,
        estimated,
        billed,
    )


def correction(past: Sequence[Settled]) -> Correction | None:
    """What the newest of them teach; None from fewer than three."""
    known = [one.ratio for one in past if one.estimated.amount > 0]
    if len(known) < _FEW:
        return None
    return Correction(median(known), min(known), max(known), len(known))


def likely(plan: Plan, learnt: Correction | None) -> str:
    """A sentence for the plan where its estimate is likely to be off; "" where it is near enough."""
    if learnt is None or abs(learnt.ratio - 1) <= _CLOSE or plan.cost.amount <= 0:
        return ""
    amount = Money(plan.cost.amount * Decimal(str(round(learnt.ratio, 4))), plan.cost.currency)
    return f"Costs: {learnt.said}, so about {say_money(amount)} is likely."


def by_month(past: Sequence[Settled]) -> dict[str, tuple[Money, Money, int]]:
    """Estimated, settled and how many campaigns, by month, the newest first."""
    months: dict[str, tuple[Money, Money, int]] = {}
    for one in sorted(past, key=lambda one: one.at, reverse=True):
        estimated, settled, count = months.get(one.month, (ZERO, ZERO, 0))
        months[one.month] = (estimated + one.estimated, settled + one.settled, count + 1)
    return months


def _billed(
    workload: WorkloadPlan,
    measured: Mapping[Metric, Series],
    house: House,
    book: PriceBook | None,
) -> Money | None:
    """Busy instances at the active rate, the rest of the billable time at the idle one, and requests."""
    billable = _amount(measured.get(Metric.BILLABLE))
    if billable is None:
        return None
    busy = _amount(measured.get(Metric.ACTIVE))
    active = billable if busy is None else min(billable, busy)
    rates = tariff(workload.key, workload.billing, book=book)
    requests = _amount(measured.get(Metric.REQUESTS)) or 0.0
    return (
        price(_hours(active), workload.size, rates.active, house.discount)
        + price(_hours(billable - active), workload.size, rates.idle, house.discount)
        + requests_price(requests, rates, house.discount)
    )


def _amount(series: Series | None) -> float | None:
    """A rate per second summed over its time; few gaps are bridged by the mean."""
    if series is None:
        return None
    known = [value for value in map(sound, series.values) if not math.isnan(value)]
    if not known or len(known) < _ENOUGH * len(series.values):
        return None
    seconds = series.step.total_seconds() * len(series.values)
    return math.fsum(known) / len(known) * seconds


def _hours(seconds: float) -> Decimal:
    return Decimal(str(round(max(0.0, seconds), 3))) / 3600
