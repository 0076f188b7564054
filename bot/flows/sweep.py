"""Wakes whatever the tables say should be awake, so that even a lost job table loses nothing. The key is "all"."""

from datetime import datetime, timedelta

from bot.core.campaign import Campaign, CampaignState
from bot.core.consent import RAISED
from bot.core.incident import Incident
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import Transaction

_EVERY = timedelta(minutes=1)
# A delivery is handled within moments; one that still waits may have lost its job. One that nobody
# could handle for a day has been reported often enough.
_MOMENTS, _A_DAY = timedelta(seconds=30), timedelta(days=1)
# What goes on beside driving it.
_ALSO = {
    CampaignState.AWAITING_APPROVAL: JobName.REMIND,
    CampaignState.LIVE: JobName.LOOP,
}
_MAY_BE_CHANGED = frozenset({*RAISED, CampaignState.RESTORING})


def _always(kit: Kit) -> tuple[JobName, ...]:
    """What must be awake whatever the tables say."""
    prices = (JobName.PRICES,) if kit.house.catalog_prices else ()
    quotas = (JobName.QUOTAS,) if kit.house.fences.read_quotas else ()
    bill = (JobName.BILL,) if kit.house.billing else ()
    looks = (JobName.PROBE,) if kit.house.experience.pages else ()
    imports = (JobName.IMPORTS,) if kit.house.calendar.imports else ()
    always = (JobName.ALERTS, JobName.WATCH, JobName.INVENTORY, JobName.DIGESTS)
    review = (JobName.REVIEW,) if kit.house.advice.daily else ()
    return (*always, *prices, *quotas, *bill, *looks, *review, *imports)


async def sweep(key: str, kit: Kit) -> datetime | None:
    """Open campaigns and incidents, workloads that are claimed, alerts and deliveries that wait, channels
    that are behind."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        jobs = {Job(name, "all") for name in _always(kit)}
        jobs |= {_job_of(one) for one in await tx.alerts.open()}
        lasting = await tx.storms.lasting()
        if lasting is not None:
            jobs.add(Job(JobName.STORM, lasting.id))
        for campaign in await tx.campaigns.open():
            jobs.add(Job(JobName.DRIVE, campaign.id))
            if (also := _ALSO.get(campaign.state)) is not None:
                jobs.add(Job(also, campaign.id))
            if await _is_change_asked(tx, campaign):
                jobs.add(Job(JobName.REMIND, campaign.id))
            claims = await tx.capacity.claims_of(campaign.id)
            jobs |= {Job(JobName.RECONCILE, str(claim.workload)) for claim in claims}
        for holding in await tx.capacity.holdings():
            if holding.restored_at is None:
                jobs.add(Job(JobName.RECONCILE, str(holding.key)))
        jobs |= {Job(JobName.PUBLISH, post.wanted.channel) for post in await tx.posts.behind()}
        jobs |= set(await tx.inbox.unhandled(now - _A_DAY, now - _MOMENTS))
        for job in sorted(jobs):
            await tx.jobs.wake(job, now)
    await _forget(kit, now)
    return now + _EVERY


def _job_of(incident: Incident) -> Job:
    """Whatever pages for it; a storm does so for its own also after it has ended."""
    if incident.paged_by_storm:
        return Job(JobName.STORM, incident.storm)
    return Job(JobName.ESCALATE, incident.id)


async def _is_change_asked(tx: Transaction, campaign: Campaign) -> bool:
    """Whether there is a plan beyond the present one: a change waits for a yes, or did."""
    if campaign.state not in _MAY_BE_CHANGED:
        return False
    return await tx.campaigns.plan(campaign.id, campaign.plan_version + 1) is not None


async def _forget(kit: Kit, now: datetime) -> None:
    """What the house does not want to keep any longer."""
    if kit.house.alerts.retention is not None:
        async with kit.store.begin() as tx:
            await tx.alerts.forget(now - kit.house.alerts.retention)
    if kit.house.oversight.keep_audit is not None:
        async with kit.store.begin() as tx:
            await tx.audit.prune(now - kit.house.oversight.keep_audit, now)
