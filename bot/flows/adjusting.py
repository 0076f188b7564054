"""Another floor for a campaign that is live, whoever decided it. Used by loop and steer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.beside import Beside, Neighbouring
from bot.core.campaign import UNDER_WAY, Campaign
from bot.core.claiming import claims_of
from bot.core.claims import Claim
from bot.core.closed_loop import Adjustment, adjusted
from bot.core.plan import WorkloadPlan
from bot.core.trail import HEADROOM, AuditRow
from bot.ports.jobs import Job, JobName
from bot.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class Adjusting:
    """What is changed, by whom (a Slack user or Headroom), and from where."""

    campaign: Campaign
    changes: Sequence[Adjustment]
    now: datetime
    by: str = HEADROOM
    via: str = ""


async def apply(tx: Transaction, wish: Adjusting) -> Campaign:
    """New claims in place of the old ones, each change on the record, and the workloads woken.

    Returns the campaign as saved: whoever reshapes its claims at the same time decides again.
    """
    campaign = await tx.campaigns.save(wish.campaign)
    claims = list(await tx.capacity.claims_of(campaign.id))
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    planned = claims_of(stored[0], campaign) if stored is not None else ()
    for change in wish.changes:
        claims = adjusted(claims, change, wish.now, planned)
        words = f"floor {change.instances}: {change.reason}"
        for subject in (f"workload/{change.key}", f"campaign/{campaign.id}"):
            version = campaign.plan_version
            row = AuditRow(wish.now, wish.by, change.turn.value, subject, words, version, wish.via)
            await tx.audit.add(row)
        await tx.jobs.wake(Job(JobName.RECONCILE, str(change.key)), wish.now)
    await tx.capacity.put_claims(campaign.id, claims)
    return campaign


async def neighbours(tx: Transaction, campaign_id: str) -> tuple[Neighbouring, ...]:
    """The other campaigns whose capacity is up, workload by workload."""
    found = []
    for other in await tx.campaigns.open():
        if other.id == campaign_id or other.state not in UNDER_WAY:
            continue
        stored = await tx.campaigns.plan(other.id, other.plan_version)
        if stored is None:
            continue
        claims = await tx.capacity.claims_of(other.id)
        for one in stored[0].workloads:
            own = tuple(claim for claim in claims if claim.workload == one.key)
            if own:
                found.append(Neighbouring(other, stored[0], one, own))
    return tuple(found)


def beside(
    plan: WorkloadPlan, own: Sequence[Claim], others: Sequence[Neighbouring], now: datetime
) -> Beside:
    """A campaign's claims on the plan's workload, with those of the others on it."""
    return Beside(
        plan=plan,
        own=tuple(claim for claim in own if claim.workload == plan.key),
        others=tuple(c for one in others for c in one.claims if c.workload == plan.key),
        now=now,
    )
