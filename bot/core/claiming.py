"""Claims from a plan, and what all claims on a workload want at an instant; used by the flows that hold and plan capacity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.campaign import Announcement, Audience, Campaign, Rate
from bot.core.capacity import carries, need
from bot.core.claims import Claim, claim_id
from bot.core.fleet import Workload
from bot.core.house import House
from bot.core.plan import Plan, Step, WorkloadPlan
from bot.core.windows import Window


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a workload should have now: `claims` are the active ones, by id.

    `ceiling` None means leave it as it is. `next_change` is when the answer changes by itself
    (None: never).
    """

    floor: int
    ceiling: int | None
    claims: tuple[Claim, ...]
    next_change: datetime | None


def claims_of(plan: Plan, campaign: Campaign) -> tuple[Claim, ...]:
    """One claim for each step, with an id that is the same for the same plan.

    The last step of a workload is held until the plan gives back, so the cool-down is part of the claim.
    """
    return tuple(
        claim
        for workload in plan.workloads
        for claim in claims_on(workload, campaign, give_back_at=plan.give_back_at)
    )


def claims_on(
    workload: WorkloadPlan, campaign: Campaign, *, give_back_at: datetime
) -> tuple[Claim, ...]:
    """The same for one workload of a plan."""
    count = len(workload.steps)
    return tuple(_claim(workload, campaign, number, give_back_at) for number in range(count))


def wanted(
    claims: Sequence[Claim],
    *,
    baseline: int,
    baseline_ceiling: int | None,
    ux_floor: int,
    now: datetime,
) -> Wanted:
    """Adds up what the claims active at `now` need of one workload.

    Demand increments are added to the usual demand and the sum is sized (by the most careful of the
    claims' sizings); explicit floors add what they ask above the baseline. Never below the baseline,
    the UX floor or any active claim's promised floor. The ceiling rises only for a claim that needs
    it or where it would cut the floor off.
    """
    active = sorted((c for c in claims if c.hold.contains(now)), key=lambda claim: claim.id)
    floor = max(baseline, ux_floor, *(claim.floor for claim in active), _sum(active, baseline))
    edges = {edge for claim in claims for edge in (claim.hold.start, claim.hold.end)}
    return Wanted(
        floor=floor,
        ceiling=_ceiling(active, baseline_ceiling, floor),
        claims=tuple(active),
        next_change=min((edge for edge in edges if edge > now), default=None),
    )


def ux_floor_of(workload: Workload, house: House) -> int:
    """The least instances the house wants of a workload: the largest entry for its key, name or group."""
    names = (str(workload.key), workload.key.name, *workload.groups)
    return max((house.ux_floors.get(name, 0) for name in names), default=0)


def _sum(active: Sequence[Claim], baseline: int) -> int:
    sized = [claim for claim in active if claim.sizing is not None]
    usual = max((claim.usual_rps for claim in sized), default=0.0)
    demand = usual + sum(claim.added_rps for claim in sized)
    needs = [need(demand, claim.sizing).instances for claim in sized if claim.sizing is not None]
    explicit = [max(0, claim.floor - baseline) for claim in active if claim.sizing is None]
    return max([baseline, *needs]) + sum(explicit)


def _ceiling(active: Sequence[Claim], baseline_ceiling: int | None, floor: int) -> int | None:
    asked = [claim.ceiling for claim in active if claim.ceiling is not None]
    if baseline_ceiling is None:
        return max([*asked, floor]) if asked else None
    return max([baseline_ceiling, floor, *asked])


def _claim(
    workload: WorkloadPlan, campaign: Campaign, number: int, give_back_at: datetime
) -> Claim:
    step = workload.steps[number]
    last = number == len(workload.steps) - 1
    end = max(step.window.end, give_back_at) if last else step.window.end
    announcement = campaign.announcement
    usual, added = _demand(workload, step)
    return Claim(
        id=claim_id(campaign.id, workload.key, number),
        campaign_id=campaign.id,
        workload=workload.key,
        hold=Window(step.window.start, end),
        floor=step.floor,
        usual_rps=usual,
        added_rps=added,
        sizing=workload.sizing,
        ceiling=workload.ceiling_needed,
        requester=campaign.announcer,
        reason=f"{announcement.name} ({announcement.kind}), {_asked(announcement)}",
    )


def _asked(announcement: Announcement) -> str:
    match announcement.demand:
        case None:
            return f"×{announcement.multiplier:g} the usual"
        case Rate(rps):
            return f"{rps:,.0f} requests/s"
        case Audience(people):
            return f"{people:,.0f} people reached"


def _demand(workload: WorkloadPlan, step: Step) -> tuple[float, float]:
    """The usual demand and the campaign's own, as far as the step is to keep them warm.

    A slow arrival is warmed only in part, the autoscaler follows with the rest; so a claim alone
    never wants more than its plan promised and priced.
    """
    usual, sizing = workload.usual.expected, workload.sizing
    added = max(0.0, workload.expected.expected - usual)
    if sizing is None or need(usual + added, sizing).instances <= step.floor:
        return usual, added
    kept = carries(step.floor, sizing)
    return min(usual, kept), min(added, max(0.0, kept - usual))
