"""Makes the plan of a campaign from the evidence; called by the flows that announce and approve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from bot.core.campaign import Announcement, Campaign
from bot.core.capacity import at_target, need, round_up
from bot.core.claiming import ux_floor_of
from bot.core.demand import times, usual_demand
from bot.core.evidence import NO_BACKGROUND, Background, WorkloadEvidence
from bot.core.fleet import ScalingMode, WorkloadKind
from bot.core.floors import Basis, FloorChoice, decide
from bot.core.grounds import explain, span
from bot.core.house import House
from bot.core.learning import disagreement, learn
from bot.core.money import ZERO, Money
from bot.core.plan import Driver, Plan, Step, WorkloadPlan
from bot.core.pricing import (
    Tariff,
    instance_hours,
    price,
    priced_on,
    requests_price,
    stale_prices,
    tariff,
)
from bot.core.windows import Window


@dataclass(frozen=True, slots=True)
class _Assessed:
    evidence: WorkloadEvidence
    basis: Basis
    choice: FloorChoice


@dataclass(frozen=True, slots=True)
class _Schedule:
    """`hold` is the step's window, None when it is too late; `paid` runs on until capacity is given back."""

    raise_at: datetime
    give_back_at: datetime
    hold: Window | None
    paid: Window | None


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
    to fix, in whole minutes), or at once if that is past, and is held through the window. Costs run
    until capacity is given back.
    """
    announcement = campaign.announcement
    ordered = sorted(evidence, key=lambda one: one.workload.key)
    assessed = [_assess(one, announcement, house) for one in ordered]
    lead = _lead(assessed, house)
    schedule = _schedule(announcement.window, lead, house, now)
    workloads = tuple(_workload_plan(one, announcement, schedule, house) for one in assessed)
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
        priced_on=priced_on(house.discount),
        warnings=tuple(_warnings(campaign, ordered, house, lead, now)),
    )


def _assess(evidence: WorkloadEvidence, announcement: Announcement, house: House) -> _Assessed:
    workload = evidence.workload
    usual = usual_demand(evidence, announcement.window, announcement.zone)
    by_hand = workload.scaling.mode is ScalingMode.MANUAL
    basis = Basis(
        workload=workload,
        kind=announcement.kind,
        multiplier=announcement.multiplier,
        usual=usual,
        expected=times(usual.peak, announcement.multiplier),
        learned=learn(evidence, house),
        # Manual scaling ignores the revision's own minimum (reference §A.4).
        present=max(evidence.baseline, 0 if by_hand else workload.scaling.revision_floor),
        ux_floor=ux_floor_of(workload, house),
    )
    return _Assessed(evidence, basis, decide(basis))


def _lead(assessed: Sequence[_Assessed], house: House) -> timedelta:
    """The lead time in whole minutes; where nothing is raised, the house's default start-up counts."""
    timing = house.timing
    starts = [one.basis.learned.startup for one in assessed if one.choice.needed]
    exact = max(starts, default=timing.default_startup) + timing.metric_delay + timing.time_to_fix
    return timedelta(minutes=round_up(exact / timedelta(minutes=1)))


def _schedule(window: Window, lead: timedelta, house: House, now: datetime) -> _Schedule:
    raise_at, give_back_at = window.start - lead, window.end + house.timing.cooldown
    begin = max(raise_at, now)
    if begin >= window.end:
        return _Schedule(raise_at, give_back_at, None, None)
    return _Schedule(raise_at, give_back_at, Window(begin, window.end), Window(begin, give_back_at))


def _workload_plan(
    one: _Assessed, announcement: Announcement, schedule: _Schedule, house: House
) -> WorkloadPlan:
    basis, choice, workload = one.basis, one.choice, one.basis.workload
    rates = tariff(
        workload.key, workload.billing, manual=workload.scaling.mode is ScalingMode.MANUAL
    )
    steps = (Step(schedule.hold, choice.floor),) if choice.needed and schedule.hold else ()
    extra = Decimal(0)
    if steps and schedule.paid:
        extra = instance_hours(choice.floor - basis.present, schedule.paid)
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
        traffic_cost=_traffic_cost(one, announcement, rates, house.discount),
        evidence=explain(basis, choice, announcement),
        warnings=_workload_warnings(one, rates),
        weeks=basis.usual.weeks if choice.by_request else None,
        groups=workload.groups,
    )


def _traffic_cost(
    one: _Assessed, announcement: Announcement, rates: Tariff, discount: Decimal
) -> Money:
    """What the forecast traffic costs with or without Headroom: busy instances at its mean, and requests."""
    if not one.choice.by_request:
        return ZERO
    mean = one.basis.usual.mean * announcement.multiplier
    busy = need(mean, at_target(one.basis.learned.sizing)).instances
    hours = instance_hours(busy, announcement.window)
    requests = mean * announcement.window.duration.total_seconds()
    return price(hours, one.basis.workload.size, rates.active, discount) + requests_price(
        requests, rates, discount
    )


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
    said.append(rates.note)
    return tuple(sentence for sentence in said if sentence)


def _warnings(
    campaign: Campaign,
    evidence: Sequence[WorkloadEvidence],
    house: House,
    lead: timedelta,
    now: datetime,
) -> list[str]:
    announcement = campaign.announcement
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
    return [*said, *filter(None, [stale_prices(now.date())])]


def _title(name: str, house: House) -> str:
    group = house.group(name)
    return group.title if group else name


def _total(costs: Iterable[Money]) -> Money:
    return sum(costs, start=ZERO)
