"""Campaigns that meet on one workload: whose share is whose, and what all of them hold together; used by planner."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.campaign import Campaign
from bot.core.capacity import round_up
from bot.core.claiming import claims_on, wanted
from bot.core.claims import Claim
from bot.core.evidence import Neighbour
from bot.core.floors import CEILING_ROOM
from bot.core.plan import Share, WorkloadPlan
from bot.core.windows import Window
from bot.core.wording import say_clock


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
    return replace(
        workload,
        shares=shares,
        joint_floor=joint,
        ceiling_needed=_room(workload, joint),
        evidence=(*workload.evidence, _sentence(workload, shares, joint, campaign)),
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
    """The ceiling that leaves room above what all need; None where the present one does."""
    roomy = max(round_up(joint / CEILING_ROOM), workload.ceiling_needed or 0)
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
