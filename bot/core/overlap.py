"""Campaigns that meet on one workload: whose share is whose, and what all of them hold together; used by planner."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from bot.core.campaign import Campaign
from bot.core.capacity import round_up
from bot.core.claiming import claims_on, wanted
from bot.core.claims import Claim
from bot.core.evidence import Neighbour
from bot.core.floors import CEILING_ROOM
from bot.core.money import Money
from bot.core.plan import Share, WorkloadPlan
from bot.core.pricing import instance_hours
from bot.core.windows import Window
from bot.core.wording import say_clock, say_money


def with_overlaps(
    workloads: Sequence[WorkloadPlan],
    campaign: Campaign,
    others: Sequence[Neighbour],
    *,
    until: datetime,
) -> tuple[WorkloadPlan, ...]:
    """The workloads, with the other campaigns' shares where they overlap, and room for all of them."""
    strangers = [
        Neighbour(one.title, tuple(c for c in one.claims if c.campaign_id != campaign.id))
        for one in others
    ]
    return tuple(_joined(one, campaign, strangers, until) for one in workloads)


def _joined(
    workload: WorkloadPlan, campaign: Campaign, others: Sequence[Neighbour], until: datetime
) -> WorkloadPlan:
    own = claims_on(workload, campaign, give_back_at=until)
    if not own:
        return workload
    hold = Window(own[0].hold.start, own[-1].hold.end)
    met = [
        (one.title, claim)
        for one in others
        for claim in one.claims
        if claim.workload == workload.key and claim.hold.overlaps(hold)
    ]
    if not met:
        return workload
    every = [*own, *(claim for _, claim in met)]
    joint = _most(every, workload, hold)
    shares = tuple(_share(title, claim, hold) for title, claim in met)
    said = _sentence(workload, shares, joint, campaign) + _paid(workload, every, campaign.id)
    return replace(
        workload,
        shares=shares,
        joint_floor=joint,
        ceiling_needed=_room(workload, joint),
        evidence=(*workload.evidence, said),
    )


@dataclass(frozen=True, slots=True)
class SharedHours:
    """Instance-hours above what stands anyway while several campaigns hold a workload: what all hold
    `together`, what they would hold one by one (`apart`), and how much of `together` is of one of them.

    Shares go by the demand that each adds, or equally where none is known.
    """

    together: Decimal = Decimal(0)
    apart: Decimal = Decimal(0)
    own: Decimal = Decimal(0)


def shared_hours(
    claims: Sequence[Claim], campaign_id: str, *, baseline: int, present: int
) -> SharedHours:
    """Over the spans in which the claims of the campaign and of another one are active."""
    edges = sorted({edge for claim in claims for edge in (claim.hold.start, claim.hold.end)})
    total = SharedHours()
    for start, end in pairwise(edges):
        active = [claim for claim in claims if claim.hold.contains(start)]
        owners = {claim.campaign_id for claim in active}
        if campaign_id not in owners or len(owners) == 1:
            continue
        by_owner = [[one for one in active if one.campaign_id == owner] for owner in owners]
        span = Window(start, end)
        apart = [_extra(one, baseline, present, start) for one in by_owner]
        together = instance_hours(_extra(active, baseline, present, start), span)
        total = SharedHours(
            total.together + together,
            total.apart + sum((instance_hours(one, span) for one in apart), start=Decimal(0)),
            total.own + together * _part(active, campaign_id),
        )
    return total


def _extra(claims: Sequence[Claim], baseline: int, present: int, at: datetime) -> int:
    held = wanted(claims, baseline=baseline, baseline_ceiling=None, ux_floor=0, now=at).floor
    return max(0, held - present)


def _part(active: Sequence[Claim], campaign_id: str) -> Decimal:
    added = sum(claim.added_rps for claim in active)
    if added <= 0:
        return Decimal(1) / len({claim.campaign_id for claim in active})
    own = sum(claim.added_rps for claim in active if claim.campaign_id == campaign_id)
    return Decimal(str(own)) / Decimal(str(added))


def _paid(workload: WorkloadPlan, every: Sequence[Claim], campaign_id: str) -> str:
    """What the hours that they share cost, and how much of it falls on this campaign."""
    inputs = workload.inputs
    if inputs is None or inputs.bill is None:
        return ""
    hours = shared_hours(every, campaign_id, baseline=workload.baseline, present=inputs.present)
    together, apart, own = (
        Money(part * inputs.bill.idle_hour.amount, inputs.bill.idle_hour.currency)
        for part in (hours.together, hours.apart, hours.own)
    )
    if not hours.together:
        return ""
    instead = f" instead of {say_money(apart)} one by one" if hours.apart > hours.together else ""
    return (
        f" While they overlap that costs {say_money(together)}{instead};"
        f" {say_money(own)} of it is this one's share."
    )


def _most(every: Sequence[Claim], workload: WorkloadPlan, hold: Window) -> int:
    """The highest floor that the claims together want inside `hold`; it changes only where one begins or ends."""
    starts = {claim.hold.start for claim in every if hold.contains(claim.hold.start)}
    return max(
        wanted(
            every, baseline=workload.baseline, baseline_ceiling=None, ux_floor=0, now=start
        ).floor
        for start in starts | {hold.start}
    )


def _share(title: str, claim: Claim, hold: Window) -> Share:
    both = Window(max(claim.hold.start, hold.start), min(claim.hold.end, hold.end))
    return Share(claim.campaign_id, title, both, claim.added_rps, claim.floor)


def _room(workload: WorkloadPlan, joint: int) -> int | None:
    """The ceiling that leaves room above what all need, as far as the revision allows; None where the
    present one does.
    """
    roomy = max(round_up(joint / CEILING_ROOM), workload.ceiling_needed or 0)
    if workload.revision_ceiling is not None:
        roomy = min(roomy, workload.revision_ceiling)
    if joint <= workload.ceiling * CEILING_ROOM and workload.ceiling_needed is None:
        return None
    return roomy if roomy > workload.ceiling else workload.ceiling_needed


def _sentence(
    workload: WorkloadPlan, shares: Sequence[Share], joint: int, campaign: Campaign
) -> str:
    zone = campaign.announcement.zone
    parts = [
        f"{share.title} ({say_clock(share.window.start, zone)}–{say_clock(share.window.end, zone)})"
        f" adds {share.added_rps:,.0f} requests/s and holds {share.floor}"
        for share in shares
    ]
    own = max(0.0, workload.expected.expected - workload.usual.expected)
    return (
        f"It is not alone: {'; '.join(parts)}; this one adds {own:,.0f} requests/s and holds"
        f" {workload.floor}. Together they take {joint} instances."
    )
