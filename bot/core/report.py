"""After a campaign: what was planned against what happened; made by the drive flow, shown by cards.

A number that was not measured is None and named in `missing`: nothing is guessed. Single workloads
are looked at in hindsight.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.arrival import risen_share
from bot.core.campaign import Announcement, Campaign, CampaignKind
from bot.core.experience import PageSummary
from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.core.grounds import span
from bot.core.hindsight import Hindsight, Past, look_back, minutes_of
from bot.core.holding import Holding
from bot.core.money import ZERO, Money
from bot.core.plan import Plan
from bot.core.series import Metric
from bot.core.settled import Settled
from bot.core.windows import Window
from bot.core.wording import say_clock, say_date, say_list

# A forecast this close to what came was right.
_CLOSE = 0.1
_POINTS = 20
# What people expect on a time axis, in minutes.
_SLOTS = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One workload: planned and actual peaks, what it cost, when it was proven and given back.

    Demand is in requests per second at the peak of the campaign's window; `uplift` is actual over usual.
    `planned_instances` is the promised floor, `held_instances` the highest that was held (None: not on
    record); `needed_instances` what the actual peak needed.
    `minutes_at_risk`: minutes in which requests waited for an instance or instances were fewer
    than the demand needed. Costs are of the extra floor only, `wasted` is the part of them for instances
    that even the busiest minute did not need. `notes` are plain sentences.
    """

    key: WorkloadKey
    baseline: int
    planned_instances: int
    actual_instances: int | None
    needed_instances: int | None
    usual_demand: float
    planned_demand: float
    actual_demand: float | None
    uplift: float | None
    minutes_at_risk: int | None
    planned_cost: Money
    actual_cost: Money | None
    billable_hours: float | None
    proven_at: datetime | None
    restored_at: datetime | None
    notes: tuple[str, ...] = ()
    wasted: Money | None = None
    held_instances: int | None = None

    @property
    def held(self) -> int:
        """The highest floor that was held, as planned where that is not on record."""
        return self.planned_instances if self.held_instances is None else self.held_instances

    @property
    def missed(self) -> bool:
        """Whether more instances were planned, and none were held."""
        return self.planned_instances > self.baseline >= self.held


@dataclass(frozen=True, slots=True)
class Chart:
    """Planned against actual demand in requests per second, at most 20 points.

    `labels` are times of day in the campaign's zone; an actual value that was not measured is None.
    """

    title: str
    labels: tuple[str, ...]
    planned: tuple[float, ...]
    actual: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole campaign. `lessons` say what to learn, `missing` what was not measured.

    `uplift_planned` is what the plan expected of what was announced, `pages` what customers felt while it
    was live and `pages_before` before.
    """

    campaign_id: str
    made_at: datetime
    uplift_announced: float
    uplift_seen: float | None
    planned_demand: float
    actual_demand: float | None
    minutes_at_risk: int | None
    planned_cost: Money
    actual_cost: Money | None
    billable_hours: float | None
    proven_at: datetime | None
    restored_at: datetime | None
    rows: tuple[ReportRow, ...]
    chart: Chart | None
    lessons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    uplift_planned: float | None = None
    wasted: Money | None = None
    pages: tuple[PageSummary, ...] = ()
    pages_before: tuple[PageSummary, ...] = ()
    pages_after: tuple[PageSummary, ...] = ()
    settled: Settled | None = None
    learnt: str = ""

    @property
    def warmed_nothing(self) -> bool:
        """Whether something was planned, and nothing at all was held."""
        planned = [row for row in self.rows if row.planned_instances > row.baseline]
        return bool(planned) and all(row.missed for row in planned)

    @property
    def uplift_error(self) -> float | None:
        """How much more (0.1: a tenth) came than was planned for; None if it was not measured."""
        if not self.uplift_seen or not self.uplift_planned:
            return None
        return self.uplift_seen / self.uplift_planned - 1


def make_report(campaign: Campaign, plan: Plan, pasts: Sequence[Past], *, now: datetime) -> Report:
    """Compares the plan with each workload's past. Total demand is the sum of the workloads' own peaks."""
    found = [look_back(past) for past in pasts]
    rows = tuple(_row(one, campaign.proven_at) for one in found)
    held = [row for row, one in zip(rows, found, strict=True) if one.past.workload.steps]
    seen = _uplift(found)
    risky = _union(one.at_risk for one in found)
    lessons = _lessons(campaign.announcement, plan, rows, seen)
    return Report(
        campaign_id=campaign.id,
        made_at=now,
        uplift_announced=announced_times(campaign.announcement, plan),
        uplift_seen=seen,
        planned_demand=sum(one.past.workload.expected.expected for one in found),
        actual_demand=_all_or_none(one.demand for one in found if one.expects_requests),
        minutes_at_risk=None if risky is None else len(risky),
        planned_cost=plan.cost,
        actual_cost=_total(one.cost for one in found),
        billable_hours=_all_or_none(one.billable_hours for one in found),
        proven_at=_last(row.proven_at for row in held),
        restored_at=_last(row.restored_at for row in held),
        rows=rows,
        chart=_chart(campaign.announcement, plan.window, found),
        lessons=lessons,
        missing=tuple(gap for one in found for gap in one.missing),
        uplift_planned=plan.uplift.expected.expected if plan.uplift else None,
        wasted=_total(one.wasted for one in found),
    )


def _row(found: Hindsight, all_proven_at: datetime | None) -> ReportRow:
    workload, holding = found.past.workload, found.past.holding
    return ReportRow(
        key=workload.key,
        baseline=workload.baseline,
        planned_instances=workload.floor,
        actual_instances=found.instances,
        needed_instances=found.needed,
        usual_demand=workload.usual.expected,
        planned_demand=workload.expected.expected,
        actual_demand=found.demand,
        uplift=_uplift([found]),
        minutes_at_risk=None if found.at_risk is None else len(found.at_risk),
        planned_cost=workload.cost,
        actual_cost=found.cost,
        billable_hours=found.billable_hours,
        proven_at=_proven_at(holding, all_proven_at) if workload.steps else None,
        restored_at=holding.restored_at if holding and workload.steps else None,
        notes=tuple(_notes(found)),
        wasted=found.wasted,
        held_instances=None if found.past.held is None else found.past.floor,
    )


def _proven_at(holding: Holding | None, all_proven_at: datetime | None) -> datetime | None:
    """The first proof: a floor that was put back is proven again, but it had been warm in time."""
    if holding is None or holding.proven_at is None:
        return None
    return min(holding.proven_at, all_proven_at or holding.proven_at)


def _notes(found: Hindsight) -> list[str]:
    workload, said = found.past.workload, []
    if not workload.steps:
        said.append("No pre-scaling was planned.")
    if workload.key.kind is WorkloadKind.WORKER_POOL:
        said.append("A worker pool has no request metric; only its instances are compared.")
    floor = found.past.floor
    missed = workload.floor > workload.baseline >= floor
    if workload.steps and not missed and found.needed is not None and found.needed > floor:
        rest = "; no minute was at risk all the same" if found.at_risk == frozenset() else ""
        said.append(f"It needed {found.needed} instances at the peak, {floor} were held{rest}.")
    return said


def _uplift(found: Sequence[Hindsight]) -> float | None:
    """Actual over usual demand, of the workloads that have both."""
    both = [(one.demand, one.past.workload.usual.expected) for one in found]
    pairs = [(demand, usual) for demand, usual in both if demand is not None and usual > 0]
    usual = sum(usual for _, usual in pairs)
    return sum(demand for demand, _ in pairs) / usual if pairs else None


def announced_times(announcement: Announcement, plan: Plan) -> float:
    """How many times the usual demand was announced, worked out by the plan where an amount was said."""
    if announcement.demand is None or plan.uplift is None:
        return announcement.multiplier
    return plan.uplift.said


def _lessons(
    announcement: Announcement, plan: Plan, rows: Sequence[ReportRow], seen: float | None
) -> tuple[str, ...]:
    said = [_lesson_of_uplift(announced_times(announcement, plan), seen)]
    risky = [row.key.name for row in rows if row.minutes_at_risk]
    if risky:
        said.append(f"Customers may have waited at {say_list(sorted(set(risky)))}.")
    held = [row for row in rows if row.planned_instances > row.baseline]
    late = [row.proven_at for row in held if row.proven_at and row.proven_at > plan.window.start]
    if late:
        said.append(
            f"The last workload was proven warm {span(max(late) - plan.window.start)} after the start:"
            " announce earlier next time."
        )
    needed, kept = 0, 0
    for row in held:
        if row.needed_instances is not None and not row.missed:
            needed, kept = needed + row.needed_instances, kept + row.held
    if kept and needed < kept * 0.6:
        said.append(f"The peak needed {needed} of the {kept} instances held: less would do.")
    return tuple(said)


def _lesson_of_uplift(announced: float, seen: float | None) -> str:
    if seen is None:
        return f"You announced ×{announced:g}; what came was not measured, so nothing is learned."
    came = f"You announced ×{announced:g}; it came to ×{seen:.1f}"
    if abs(seen / announced - 1) <= _CLOSE:
        return f"{came}, as good as announced."
    return f"{came}. For one like it, announce ×{seen:.1f}."


def _chart(announcement: Announcement, window: Window, found: Sequence[Hindsight]) -> Chart | None:
    """The busiest minute of each slot, over the workloads whose requests were measured."""
    shown = [one for one in found if one.expects_requests and one.demand is not None]
    if not shown:
        return None
    slots = _slots(window)
    return Chart(
        title="Demand in requests per second",
        labels=tuple(_label(slot.start, window, announcement.zone) for slot in slots),
        planned=tuple(_planned(shown, slot, window, announcement.kind) for slot in slots),
        actual=tuple(_busiest(shown, slot) for slot in slots),
    )


def _planned(shown: Sequence[Hindsight], slot: Window, window: Window, kind: CampaignKind) -> float:
    """The highest demand that was forecast for the slot; by the kind's default where no curve was kept."""
    total = 0.0
    for workload in (one.past.workload for one in shown):
        curve = workload.inputs.curve if workload.inputs is not None else None
        if curve is None:
            usual, expected = workload.usual.expected, workload.expected.expected
            total += usual + (expected - usual) * risen_share(kind, slot.end - window.start)
            continue
        first = (slot.start - window.start) // curve.step
        last = max(first + 1, -((window.start - slot.end) // curve.step))
        total += max(curve.expected[first:last], default=0.0)
    return total


def _slots(window: Window) -> list[Window]:
    """At most 20 equal spans of a round length from the start on; the last one ends with the window."""
    minutes = window.duration / timedelta(minutes=1)
    exact = math.ceil(minutes / _POINTS)
    length = timedelta(minutes=next((slot for slot in _SLOTS if slot >= exact), exact))
    starts = [window.start + place * length for place in range(math.ceil(window.duration / length))]
    return [Window(start, min(start + length, window.end)) for start in starts]


def _label(instant: datetime, window: Window, zone: str) -> str:
    time = say_clock(instant, zone)
    if window.duration <= timedelta(hours=24):
        return time
    return f"{say_date(instant.astimezone(ZoneInfo(zone)).date())} {time}"


def _busiest(shown: Sequence[Hindsight], slot: Window) -> float | None:
    """The highest total of the slot's minutes; a minute with a gap anywhere is no total."""
    series = [one.past.actual[Metric.REQUESTS] for one in shown]
    totals = [sum(one.at(minute) for one in series) for minute in minutes_of(slot)]
    return max((total for total in totals if math.isfinite(total)), default=None)


def _union(sets: Iterable[frozenset[datetime] | None]) -> frozenset[datetime] | None:
    known = [one for one in sets if one is not None]
    return frozenset().union(*known) if known else None


def _all_or_none(values: Iterable[float | None]) -> float | None:
    """The sum if every part was measured; part of a sum would be a wrong number."""
    parts = list(values)
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None


def _total(costs: Iterable[Money | None]) -> Money | None:
    total = ZERO
    for cost in costs:
        if cost is None:
            return None
        total = total + cost
    return total


def _last(instants: Iterable[datetime | None]) -> datetime | None:
    """The last of them, None unless each has happened."""
    happened = list(instants)
    known = [instant for instant in happened if instant is not None]
    return max(known) if known and len(known) == len(happened) else None
