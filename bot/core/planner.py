"""Makes the plan of a campaign from the evidence; called by the flows that announce and approve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.core.arrival import Arrival, learn_arrival
from bot.core.autoscaler_model import Model
from bot.core.campaign import Announcement, Campaign
from bot.core.capacity import round_up
from bot.core.claiming import ux_floor_of
from bot.core.cost_learning import CostLessons, Lesson, beyond_bound, learnt_prices
from bot.core.days import calendar_for
from bot.core.demand import Usual, usual_demand
from bot.core.evidence import NO_BACKGROUND, Background, PastCampaign, WorkloadEvidence
from bot.core.fleet import BillingMode, ScalingMode, Workload, WorkloadKind
from bot.core.floors import Basis, FloorChoice, decide
from bot.core.forecast import forecast
from bot.core.gpu_pricing import with_gpu
from bot.core.grounds import explain, span
from bot.core.house import House
from bot.core.inputs import Lead
from bot.core.inventory import surprises
from bot.core.learning import disagreement, learn
from bot.core.money import ZERO, Money
from bot.core.overlap import with_overlaps
from bot.core.plan import Driver, Plan, Step, Uplift, Value, WorkloadPlan
from bot.core.price_book import PriceBook
from bot.core.pricing import (
    Tariff,
    corrected,
    instance_hours,
    price,
    priced_on,
    stale_prices,
    tariff,
    unread_catalogue,
)
from bot.core.recording import Paid, bill_of, record, traffic_cost
from bot.core.uplift import Said, learn_uplift, said_times
from bot.core.value import arrival_ticks, model_of, together, worth
from bot.core.windows import Window
from bot.core.write_budget import writing_time


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is expected of every workload alike."""

    announcement: Announcement
    said: Said
    uplift: Uplift
    arrival: Arrival
    prices: PriceBook | None
    costs: CostLessons


@dataclass(frozen=True, slots=True)
class _Assessed:
    evidence: WorkloadEvidence
    basis: Basis
    choice: FloorChoice


@dataclass(frozen=True, slots=True)
class _Schedule:
    """`hold` is from the first raise to the window's end, None when it is too late."""

    raise_at: datetime
    give_back_at: datetime
    hold: Window | None


def make_plan(
    campaign: Campaign,
    evidence: Sequence[WorkloadEvidence],
    *,
    house: House,
    now: datetime,
    background: Background = NO_BACKGROUND,
) -> Plan:
    """The next version of the campaign's plan; the same arguments give the same plan.

    Every floor rises at start - lead (the slowest workload's learned start-up + metric delay + time
    to fix, in whole minutes), or at once if that is past; inside the window it only goes down, with the
    forecast. Costs run until capacity is given back.
    """
    announcement = campaign.announcement
    ordered = sorted(evidence, key=lambda one: one.workload.key)
    calendar = calendar_for(
        announcement.window.start,
        announcement.zone,
        house.holidays,
        _near(announcement, background),
    )
    usuals = [usual_demand(one, announcement.window, calendar) for one in ordered]
    asked = _asked(announcement, ordered, usuals, background)
    assessed = [
        _assess(one, usual, asked, house) for one, usual in zip(ordered, usuals, strict=True)
    ]
    parts = _lead(assessed, house)
    lead = _whole_minutes(parts)
    schedule = _schedule(announcement.window, lead, house, now)
    workloads = tuple(_workload_plan(one, asked, schedule, house) for one in assessed)
    workloads = with_overlaps(workloads, campaign, background.others, until=schedule.give_back_at)
    return Plan(
        campaign_id=campaign.id,
        version=campaign.plan_version + 1,
        made_at=now,
        window=announcement.window,
        raise_at=schedule.raise_at,
        give_back_at=schedule.give_back_at,
        workloads=workloads,
        cost=_total(workload.cost for workload in workloads),
        worst_cost=_total(workload.worst_cost for workload in workloads),
        traffic_cost=_total(workload.traffic_cost for workload in workloads),
        priced_on=_priced_on(asked, ordered, house),
        warnings=(*_warnings(asked, ordered, house, lead, now), *_many_writes(parts, house)),
        value=together([workload.value for workload in workloads]),
        uplift=asked.uplift,
        lead=parts,
    )


def _near(announcement: Announcement, background: Background) -> list[PastCampaign]:
    """Earlier campaigns whose demand may be in the history of these groups."""
    groups = set(announcement.groups)
    return [one for one in background.past if not one.groups or groups & set(one.groups)]


def _asked(
    announcement: Announcement,
    evidence: Sequence[WorkloadEvidence],
    usuals: Sequence[Usual],
    background: Background,
) -> _Asked:
    """The uplift is measured at the busiest workload, all its regions together; the others go along."""
    demand: dict[str, float] = {}
    for one, usual in zip(evidence, usuals, strict=True):
        name = one.workload.key.name
        demand[name] = demand.get(name, 0.0) + usual.peak.expected
    said = said_times(announcement, max(demand.values(), default=0.0))
    past = background.past
    # An amount that cannot be compared with anything is planned as usual, and the plan says so.
    times = said.times if announcement.demand is None else said.times or 1.0
    uplift = learn_uplift(times, announcement, past, at=announcement.window.start)
    arrival = learn_arrival(announcement.kind, past, announcement.groups)
    return _Asked(announcement, said, uplift, arrival, background.prices, background.costs)


def _assess(evidence: WorkloadEvidence, usual: Usual, asked: _Asked, house: House) -> _Assessed:
    workload, window = evidence.workload, asked.announcement.window
    by_hand = workload.scaling.mode is ScalingMode.MANUAL
    basis = Basis(
        workload=workload,
        kind=asked.announcement.kind,
        multiplier=asked.uplift.expected.expected,
        usual=usual,
        ahead=forecast(usual, asked.uplift.expected, asked.arrival, window),
        learned=learn(evidence, house),
        # Manual scaling ignores the revision's own minimum (reference §A.4).
        present=max(evidence.baseline, 0 if by_hand else workload.scaling.revision_floor),
        ux_floor=ux_floor_of(workload, house),
        arrival=asked.arrival,
    )
    return _Assessed(evidence, basis, decide(basis))


def _lead(assessed: Sequence[_Assessed], house: House) -> Lead:
    """The parts of the lead time; where nothing is raised, the house's default start-up counts."""
    timing = house.timing
    starts = [one.basis.learned.startup for one in assessed if one.choice.needed]
    slowest = max(starts, default=timing.default_startup)
    raised = [one.evidence.workload.key for one in assessed if one.choice.needed]
    writes = writing_time(raised, house.capacity.writes_per_minute)
    return Lead(slowest, timing.metric_delay, timing.time_to_fix, writes)


def _whole_minutes(lead: Lead) -> timedelta:
    exact = lead.startup + lead.metric_delay + lead.time_to_fix + lead.writes
    return timedelta(minutes=round_up(exact / timedelta(minutes=1)))


def _schedule(window: Window, lead: timedelta, house: House, now: datetime) -> _Schedule:
    raise_at, give_back_at = window.start - lead, window.end + house.timing.cooldown
    begin = max(raise_at, now)
    if begin >= window.end:
        return _Schedule(raise_at, give_back_at, None)
    return _Schedule(raise_at, give_back_at, Window(begin, window.end))


def _workload_plan(
    one: _Assessed, asked: _Asked, schedule: _Schedule, house: House
) -> WorkloadPlan:
    basis, choice, workload = one.basis, one.choice, one.basis.workload
    by_hand = workload.scaling.mode is ScalingMode.MANUAL
    lesson = asked.costs.of(workload.key, workload.billing)
    listed = with_gpu(_rates(workload, workload.billing, asked), workload, house.gpu_prices)
    rates, other = corrected(listed, lesson.factor), _other(workload, asked)
    steps = _steps(choice, schedule, asked.announcement.window)
    extra = _extra_hours(steps, basis.present, schedule)
    # The other mode too, or the advice would compare corrected prices with listed ones.
    other = None if other is None else corrected(other, lesson.factor)
    bill = bill_of(
        basis, choice, extra, Paid(rates, house.discount, asked.announcement.window, other)
    )
    bill = replace(bill, factor=lesson.factor, learnt_from=lesson.count)
    return WorkloadPlan(
        key=workload.key,
        baseline=one.evidence.baseline,
        ceiling=workload.scaling.effective_ceiling,
        ceiling_needed=choice.ceiling_needed if steps else None,
        usual=basis.usual.peak,
        expected=basis.expected,
        sizing=basis.learned.sizing if choice.by_request else None,
        need=choice.peak if steps else replace(choice.peak, driver=Driver.NOTHING),
        steps=steps,
        size=workload.size,
        billing=workload.billing,
        cost=price(extra, workload.size, rates.idle, house.discount),
        worst_cost=price(extra, workload.size, rates.active, house.discount),
        traffic_cost=traffic_cost(bill),
        evidence=explain(basis, choice, asked.announcement, asked.uplift),
        warnings=_workload_warnings(one, rates),
        weeks=basis.usual.weeks if choice.by_request else None,
        groups=workload.groups,
        value=_value(one, asked),
        inputs=record(basis, choice, bill),
        revision_ceiling=None if by_hand else workload.scaling.revision_ceiling,
    )


def _rates(workload: Workload, billing: BillingMode, asked: _Asked) -> Tariff:
    by_hand = workload.scaling.mode is ScalingMode.MANUAL
    return tariff(workload.key, billing, manual=by_hand, book=asked.prices)


def _other(workload: Workload, asked: _Asked) -> Tariff | None:
    """The rates under the other billing mode; None where there is no other, or no verified rate."""
    if workload.key.kind is WorkloadKind.WORKER_POOL or workload.gpu:
        return None  # a GPU takes instance-based billing
    by_request = workload.billing is BillingMode.REQUEST
    found = _rates(workload, BillingMode.INSTANCE if by_request else BillingMode.REQUEST, asked)
    return None if found.note else found


def _steps(choice: FloorChoice, schedule: _Schedule, window: Window) -> tuple[Step, ...]:
    """The levels as steps of time; the first begins with the hold, what is past is left out."""
    if not choice.needed or schedule.hold is None:
        return ()
    begins = [window.start + level.since for level in choice.levels]
    ends = [*begins[1:], window.end]
    begins[0] = schedule.hold.start
    return tuple(
        Step(Window(max(begin, schedule.hold.start), end), level.floor)
        for begin, end, level in zip(begins, ends, choice.levels, strict=True)
        if end > schedule.hold.start
    )


def _extra_hours(steps: Sequence[Step], present: int, schedule: _Schedule) -> Decimal:
    """Instance-hours above what stands anyway; the last step is paid until capacity is given back."""
    hours = sum(
        (instance_hours(step.floor - present, step.window) for step in steps), start=Decimal(0)
    )
    if steps and schedule.give_back_at > steps[-1].window.end:
        after = Window(steps[-1].window.end, schedule.give_back_at)
        hours += instance_hours(steps[-1].floor - present, after)
    return hours


def _value(one: _Assessed, asked: _Asked) -> Value | None:
    """What the first floor is worth when the forecast comes true."""
    basis = one.basis
    model = model_of(basis.learned.sizing, basis.learned.startup)
    if not one.choice.by_request or model is None or not basis.supply.scales:
        return None
    found = _worth(one, asked, model, basis.multiplier)
    if found.without > 0 or one.choice.floor <= basis.present:
        return found
    return replace(_worth(one, asked, model, asked.uplift.expected.high), at_high=True)


def _worth(one: _Assessed, asked: _Asked, model: Model, times: float) -> Value:
    usual = one.basis.usual.opening.expected
    demand = [usual * (1 + (times - 1) * asked.arrival.risen(since)) for since in arrival_ticks()]
    return worth(demand, model, floor=one.choice.floor, present=one.basis.present)


def _workload_warnings(one: _Assessed, rates: Tariff) -> tuple[str, ...]:
    basis, scaling = one.basis, one.basis.workload.scaling
    said = list(one.choice.warnings)
    if basis.workload.key.kind is WorkloadKind.SERVICE:
        said += [*basis.usual.warnings, *basis.learned.warnings]
        said.append(disagreement(basis.learned.sizing, basis.expected.expected))
    if scaling.mode is ScalingMode.AUTOMATIC and scaling.revision_floor > one.evidence.baseline:
        said.append(
            f"Its revision keeps {scaling.revision_floor} instances by itself (set by a deploy);"
            " Headroom neither lowers nor pays for those."
        )
    said += surprises(basis.workload)
    said.append(rates.note)
    return tuple(sentence for sentence in said if sentence)


def _warnings(
    asked: _Asked,
    evidence: Sequence[WorkloadEvidence],
    house: House,
    lead: timedelta,
    now: datetime,
) -> list[str]:
    announcement = asked.announcement
    covered = {group for one in evidence for group in one.workload.groups}
    said = [
        f"No workload belongs to {_title(name, house)}: nothing can be warmed there."
        for name in announcement.groups
        if name not in covered
    ]
    if now >= announcement.window.end:
        said.append("The campaign is over: nothing is raised.")
    elif announcement.window.start - now < lead:
        left = max(announcement.window.start - now, timedelta(0))
        said.append(
            f"There are only {span(left)} until the start; {span(lead)} would be safe,"
            " so everything is raised at once and may be proven late."
        )
    if asked.said.times <= 0 and asked.said.source:
        said.append(f"{asked.said.source} An engineer should look.")
    unread = unread_catalogue(now, asked.prices) if house.catalog_prices else ""
    stale = unread or stale_prices(now.date(), asked.prices)
    return [*said, *filter(None, [stale, beyond_bound(_lessons(asked, evidence))])]


def _priced_on(asked: _Asked, evidence: Sequence[WorkloadEvidence], house: House) -> str:
    """Whose prices, and what was learnt about them."""
    return learnt_prices(priced_on(house.discount, asked.prices), _lessons(asked, evidence))


def _lessons(asked: _Asked, evidence: Sequence[WorkloadEvidence]) -> set[Lesson]:
    """What was learnt about the prices of these workloads."""
    return {asked.costs.of(one.workload.key, one.workload.billing) for one in evidence}


def _many_writes(lead: Lead, house: House) -> tuple[str, ...]:
    if not lead.writes:
        return ()
    return (
        f"I may make {house.capacity.writes_per_minute} changes a minute and region, so I raise these "
        f"workloads one after the other and begin {span(lead.writes)} earlier to be done in time.",
    )


def _title(name: str, house: House) -> str:
    group = house.group(name)
    return group.title if group else name


def _total(costs: Iterable[Money]) -> Money:
    return sum(costs, start=ZERO)
