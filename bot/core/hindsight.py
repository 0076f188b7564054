"""What became of one workload in a campaign, from its measurements and what was held; used by report."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bot.core.capacity import at_full, at_target, need, round_up
from bot.core.fleet import WorkloadKind
from bot.core.held import hour_prices, hours_above
from bot.core.holding import Holding
from bot.core.money import ZERO, Money
from bot.core.plan import Plan, Step, WorkloadPlan
from bot.core.series import Metric, Series
from bot.core.windows import Window

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Past:
    """What is looked back on: one workload's part of the plan, its measurements and its holding.

    `held` are the floors really held for the campaign (None: not on record, so the plan's count).
    """

    plan: Plan
    workload: WorkloadPlan
    actual: Mapping[Metric, Series]
    holding: Holding | None
    now: datetime
    held: tuple[Step, ...] | None = None

    @property
    def floor(self) -> int:
        """The highest floor that was held, as far as it is on record."""
        workload = self.workload
        if self.held is None or not workload.steps:
            return workload.floor
        return max((step.floor for step in self.held), default=workload.baseline)

    def priced(self, hours: Decimal) -> Money:
        """That many instance-hours without work at the plan's price."""
        idle, _ = hour_prices(self.workload, self.plan.give_back_at)
        return Money(hours * idle.amount, idle.currency)


@dataclass(frozen=True, slots=True)
class Hindsight:
    """Peaks in the window (None: not measured), `at_risk` the minutes at risk by their start
    (None: could not be told), `billable_hours` instance-hours billed, `cost` of the extra floor held.
    """

    past: Past
    demand: float | None
    instances: int | None
    needed: int | None
    at_risk: frozenset[datetime] | None
    billable_hours: float | None
    cost: Money | None

    @property
    def expects_requests(self) -> bool:
        """Whether the plan counted on requests (worker pools and idle services have none)."""
        return self.past.workload.expected.expected > 0

    @property
    def wasted(self) -> Money | None:
        """The part of the cost for instances that even the busiest minute did not need, without spare."""
        workload, held = self.past.workload, self.past.held
        most = self.past.floor - workload.baseline
        if most <= 0:
            return ZERO
        if self.cost is None or self.needed is None:
            return None
        if held is not None:
            return self.past.priced(hours_above(max(self.needed, workload.present), held))
        idle = min(max(workload.floor - max(self.needed, workload.baseline), 0), most)
        return Money(self.cost.amount * idle / most, self.cost.currency)

    @property
    def missing(self) -> tuple[str, ...]:
        """What should have been measured and was not, as short nouns."""
        name = f"{self.past.workload.key.name} ({self.past.workload.key.region})"
        gaps = {
            "requests": self.demand is None and self.expects_requests,
            "instances": self.instances is None,
            "waiting": self.at_risk is None,
            "billed hours": self.billable_hours is None,
            "time held": self.cost is None,
        }
        found = [what for what, gap in gaps.items() if gap]
        return (f"{', '.join(found)} of {name}",) if found else ()


def look_back(past: Past) -> Hindsight:
    """Measures one workload over the campaign's window; only what was measured counts."""
    window = past.plan.window
    demand = _peak(past.actual.get(Metric.REQUESTS), window)
    instances = _peak(past.actual.get(Metric.INSTANCES), window)
    return Hindsight(
        past=past,
        demand=demand,
        instances=None if instances is None else round(instances),
        needed=_needed(past.workload, demand),
        at_risk=_at_risk(past),
        billable_hours=_billable_hours(past.actual.get(Metric.BILLABLE), window),
        cost=_cost(past),
    )


def minutes_of(window: Window) -> list[datetime]:
    """The start of each minute of the window."""
    count = round_up(window.duration / _MINUTE)
    return [window.start + place * _MINUTE for place in range(count)]


def _peak(series: Series | None, window: Window) -> float | None:
    if series is None:
        return None
    return max((v for at, v in series.points() if window.contains(at) and _sound(v)), default=None)


def _needed(workload: WorkloadPlan, demand: float | None) -> int | None:
    """Instances at the autoscaler's own targets for what came, without spare."""
    if workload.sizing is None or demand is None:
        return None
    return need(demand, at_target(workload.sizing)).instances


def _at_risk(past: Past) -> frozenset[datetime] | None:
    known, risky = 0, set()
    for minute in minutes_of(past.plan.window):
        risk = _risky(past, minute)
        known += risk is not None
        if risk:
            risky.add(minute)
    return frozenset(risky) if known else None


def _risky(past: Past, minute: datetime) -> bool | None:
    """Whether requests waited or instances were too few even at full use; None if neither is known."""
    waiting = _at(past.actual.get(Metric.PENDING), minute)
    instances = _at(past.actual.get(Metric.INSTANCES), minute)
    if waiting is not None and waiting > 0:
        return True
    least = _least(past, minute)
    if instances is None or least is None:
        return None if waiting is None else False
    # A count is a mean over a minute: half an instance less is noise.
    return instances < least - 0.5


def _least(past: Past, minute: datetime) -> int | None:
    """The fewest instances that carry the minute's demand; without requests, what was promised."""
    if past.workload.sizing is None:
        return past.workload.floor if past.workload.key.kind is WorkloadKind.WORKER_POOL else None
    demand = _at(past.actual.get(Metric.REQUESTS), minute)
    return None if demand is None else need(demand, at_full(past.workload.sizing)).instances


def _billable_hours(series: Series | None, window: Window) -> float | None:
    if series is None:
        return None
    inside = [v for at, v in series.points() if window.contains(at) and _sound(v)]
    return sum(inside) * (series.step / timedelta(hours=1)) if inside else None


def _cost(past: Past) -> Money | None:
    """What was really held at the plan's price; where that is not on record, the planned cost for the
    time between raise and give-back.

    Steps down after the give-back halve what is left, so that time counts half.
    """
    steps, holding, plan = past.workload.steps, past.holding, past.plan
    if not steps:
        return ZERO
    if past.held is not None:
        return past.priced(hours_above(past.workload.present, past.held))
    if holding is None or holding.raised_at is None:
        return None
    begin = max(holding.raised_at, steps[0].window.start)
    end = min(holding.restored_at or past.now, past.now)
    whole = max(min(end, plan.give_back_at) - begin, timedelta(0))
    after = timedelta(0)
    if holding.restored_at is not None:
        after = max(holding.restored_at - plan.give_back_at, timedelta(0))
    planned = plan.give_back_at - steps[0].window.start
    share = _exact(whole + after / 2) / _exact(planned)
    return Money(past.workload.cost.amount * share, past.workload.cost.currency)


def _exact(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(microseconds=1))


def _at(series: Series | None, minute: datetime) -> float | None:
    value = series.at(minute) if series is not None else math.nan
    return value if _sound(value) else None


def _sound(value: float) -> bool:
    return math.isfinite(value) and value >= 0
