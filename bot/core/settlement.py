"""What a campaign was estimated to cost and what its hours cost: by billable time at once, by Google's bill days later.

Pure; made by the drive flow with the report, completed when the bill is read; read by the plans that
follow, the digests and `headroom costs`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

from bot.core.bill import BillBook, BilledHour, billed_in
from bot.core.budgeting import month_of
from bot.core.campaign import Campaign
from bot.core.fleet import WorkloadKey
from bot.core.house import House
from bot.core.money import ZERO, Money
from bot.core.plan import Plan, WorkloadPlan
from bot.core.price_book import PriceBook
from bot.core.pricing import instance_hours, price, requests_price, tariff
from bot.core.readings import sound
from bot.core.series import Metric, Series
from bot.core.settled import Settled, SettledPart
from bot.core.windows import Window
from bot.core.wording import say_money

SETTLING_METRICS = (Metric.BILLABLE, Metric.ACTIVE, Metric.REQUESTS)
RECENT = 20
"""How many of the newest campaigns a correction is learnt from."""
_GIVEN_UP = timedelta(days=14)
_ENOUGH = 0.8  # of the minutes
_FEW = 3  # campaigns, below which nothing is learnt
_CLOSE = 0.15  # an estimate this near needs no word

Measured = Mapping[WorkloadKey, Mapping[Metric, Series]]


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

    The estimate is what the plan expects its hours to cost: the traffic, and the instances that stand
    beyond the busy ones. What the plan holds counts for the window's share of the time it is held.
    """
    held = plan.give_back_at - plan.raise_at
    share = Decimal(str(min(1.0, plan.window.duration / held))) if held else Decimal(1)
    parts = []
    for workload in plan.workloads:
        cost = _billed(workload, measured.get(workload.key, {}), house, book)
        if cost is None:
            return None
        bill = workload.inputs.bill if workload.inputs else None
        factor = bill.factor if bill else 1.0
        estimated = _estimated(workload, plan.window, share)
        parts.append(SettledPart(workload.key, workload.billing, estimated, cost, None, factor))
    if not parts:
        return None
    start = campaign.announcement.window.start
    return Settled(
        campaign.id,
        campaign.announcement.name,
        month_of(start, house.zone),
        start,
        sum((one.estimated for one in parts), start=ZERO),
        sum((one.settled for one in parts), start=ZERO),
        until=campaign.announcement.window.end,
        parts=tuple(parts),
    )


def with_bill(one: Settled, hours: Sequence[BilledHour]) -> Settled | None:
    """The same with what Google billed for its hours; None where the bill does not name each of its workloads.

    A workload that the bill has no row of cost nothing only if its billable time says so too.
    """
    names = {
        (part.workload.project, part.workload.region, part.workload.name) for part in one.parts
    }
    if one.until is None or not one.parts or not hours or len(names) < len(one.parts):
        return None
    window, parts = Window(one.at, one.until), []
    for part in one.parts:
        billed = billed_in(window, part.workload, hours)
        if billed is None and part.settled.cents().amount > 0:
            return None
        parts.append(replace(part, billed=billed or ZERO))
    total = sum((part.actual for part in parts), start=ZERO)
    return replace(one, billed=total, parts=tuple(parts))


def awaiting_bill(past: Sequence[Settled], book: BillBook, now: datetime) -> list[Settled]:
    """Those whose hours the bill has complete by now, and that it has not settled yet; older ones it never will."""
    return [
        one
        for one in past
        if one.parts
        and one.billed is None
        and one.until is not None
        and now - one.until < _GIVEN_UP
        and book.complete_until(one.until)
    ]


def correction(past: Sequence[Settled]) -> Correction | None:
    """What the newest of them teach; None from fewer than three."""
    known = [one.ratio for one in past if one.estimated.amount > 0]
    if len(known) < _FEW:
        return None
    return Correction(median(known), min(known), max(known), len(known))


def likely(plan: Plan, learnt: Correction | None) -> str:
    """A sentence for the plan where its estimate is likely to be off; "" where it is near enough.

    A plan whose prices are corrected already is not said to be too cheap.
    """
    if learnt is None or abs(learnt.ratio - 1) <= _CLOSE or plan.cost.amount <= 0:
        return ""
    bills = [one.inputs.bill for one in plan.workloads if one.inputs and one.inputs.bill]
    if learnt.ratio > 1 and any(bill.factor > 1 for bill in bills):
        return ""
    amount = Money(plan.cost.amount * Decimal(str(round(learnt.ratio, 4))), plan.cost.currency)
    return f"Costs: {learnt.said}, so about {say_money(amount)} is likely."


def _estimated(workload: WorkloadPlan, window: Window, share: Decimal) -> Money:
    """As `_billed` counts: busy instances and requests, and what stands beyond the busy ones at the idle rate."""
    inputs = workload.inputs
    if inputs is None or inputs.bill is None:
        amount = workload.cost.amount * share + workload.traffic_cost.amount
        return Money(amount, workload.cost.currency)
    bill = inputs.bill
    standing = instance_hours(inputs.present, window) + bill.extra_hours * share
    busy = bill.busy_hours if workload.traffic_cost.amount > 0 else Decimal(0)
    idle = max(Decimal(0), standing - busy) * bill.idle_hour.amount
    return Money(idle + workload.traffic_cost.amount, bill.idle_hour.currency)


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
