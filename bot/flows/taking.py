"""A way out taken: the campaign is announced as the nearest plan that passes, and planned anew. Used by approve."""

from dataclasses import replace
from datetime import datetime

from bot.cards import rulings
from bot.core.campaign import Campaign, CampaignState
from bot.core.delivery import Delivery
from bot.core.message import Message
from bot.core.verdict import WayOut
from bot.facts import show
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

TAKEABLE = frozenset(
    {CampaignState.PROPOSED, CampaignState.AWAITING_APPROVAL, CampaignState.REFUSED}
)


async def take(
    tx: Transaction, campaign: Campaign, by: Delivery, kit: Kit, now: datetime
) -> Message | None:
    """Replaces what was asked by the first way out of the plan shown; None once that is done."""
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    ways: tuple[WayOut, ...] = () if stored is None else stored[1].ways_out
    if campaign.state not in TAKEABLE or not ways:
        return rulings.stands(campaign)
    changed = replace(
        campaign,
        announcement=ways[0].announcement,
        state=CampaignState.PLANNING,
        confirmed_by="",
        trouble="",
    )
    campaign = await tx.campaigns.save(changed)
    await tx.capacity.put_claims(campaign.id, ())
    # "changed", so that what was said about the plan before counts no more.
    subject, detail = f"campaign/{campaign.id}", f"took {ways[0].change}"
    row = AuditRow(now, by.user, "changed", subject, detail, campaign.plan_version, by.via)
    await tx.audit.add(row)
    await show(tx, campaign, kit, now)
    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), now)
    return None
