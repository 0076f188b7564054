"""Looks at the customers' pages that are due, and says when customers feel something. The key is "all"."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.campaign import Campaign, CampaignState
from bot.core.experience import Breach, Look, Page, breach_after
from bot.core.experience_alert import breach_alert, severity_of
from bot.ports.jobs import EVERYBODY, Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

KEPT = timedelta(days=42)
_WEIGHED = 8  # more than are weighed together: looks that could not be made do not count
_NEAR = frozenset(
    {
        CampaignState.SCHEDULED,
        CampaignState.WARMING,
        CampaignState.LIVE,
        CampaignState.RESTORING,
    }
)


@dataclass(frozen=True, slots=True)
class _Due:
    """A page with how often it is looked at now, and when next."""

    page: Page
    every: timedelta
    at: datetime


async def probe(key: str, kit: Kit) -> datetime | None:
    """Looks once at each page that is due; returns when the next one is."""
    rules, now = kit.house.experience, kit.clock.now()
    async with kit.store.begin() as tx:
        await _let_go(tx, kit, now)
        if not rules.pages:
            return None
        near = await _near(tx, kit, now)
        known = [await _due(tx, page, near, (kit, now)) for page in rules.pages]
    waiting = [one for one in known if one.at <= now]
    looks = await asyncio.gather(*(kit.probes.look(one.page, now) for one in waiting))
    later = kit.clock.now()
    async with kit.store.begin() as tx:
        await tx.experience.add(looks)
        await tx.experience.prune(now - KEPT)
        before = {one.page: one for one in await tx.experience.breaches()}
        for one in waiting:
            await _weigh(tx, one, before.get(one.page.name), (kit, later))
    return min(now + one.every if one in waiting else one.at for one in known)


async def _let_go(tx: Transaction, kit: Kit, now: datetime) -> None:
    """What was felt on a page that is looked at no more: nobody would ever see that it is over."""
    known = {page.name for page in kit.house.experience.pages}
    for one in await tx.experience.breaches():
        if one.page not in known:
            over = replace(one, over_at=now)
            await tx.experience.keep_breach(over)
            await _tell(tx, Page(one.page, one.page, (), ()), over, kit, now)


async def _due(
    tx: Transaction, page: Page, near: frozenset[str], place: tuple[Kit, datetime]
) -> _Due:
    kit, now = place
    rules = kit.house.experience
    every = rules.every_live if near & set(page.groups) else rules.every
    newest = await tx.experience.newest(page.name, 1)
    return _Due(page, every, newest[0].at + every if newest else now)


async def _near(tx: Transaction, kit: Kit, now: datetime) -> frozenset[str]:
    """The groups of all campaigns that are near: each is read once, however many pages there are."""
    found: set[str] = set()
    for one in await tx.campaigns.open():
        groups = set(one.announcement.groups)
        if kit.house.experience.of(groups) and await _is_near(tx, one, kit, now):
            found |= groups
    return frozenset(found)


async def _is_near(tx: Transaction, campaign: Campaign, kit: Kit, now: datetime) -> bool:
    """Before, during and after: `around` on both sides of the time in which its capacity is up."""
    if campaign.state not in _NEAR:
        return False
    stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    start = stored[0].raise_at if stored else campaign.announcement.window.start
    end = stored[0].give_back_at if stored else campaign.announcement.window.end
    around = kit.house.experience.around
    return start - around <= now < end + around


async def _weigh(
    tx: Transaction, due: _Due, before: Breach | None, place: tuple[Kit, datetime]
) -> None:
    """Begins, goes on or ends; each change is an alert, live campaigns look at their floors."""
    kit, now = place
    looks: Sequence[Look] = await tx.experience.newest(due.page.name, _WEIGHED)
    after = breach_after(before, due.page, looks, now=now, every=due.every)
    if after is None:
        return
    await tx.experience.keep_breach(after)
    if before is None or after.over_at is not None or _worse(after, before):
        await _tell(tx, due.page, after, kit, now)
    for campaign in await tx.campaigns.open():
        theirs = set(campaign.announcement.groups) & set(due.page.groups)
        if theirs and campaign.state is CampaignState.LIVE:
            await tx.jobs.wake(Job(JobName.LOOP, campaign.id), now)


async def _tell(tx: Transaction, page: Page, breach: Breach, kit: Kit, now: datetime) -> None:
    act = "experience fine again" if breach.over_at else "experience breached"
    await tx.audit.add(AuditRow(now, "headroom", act, f"page/{page.name}", breach.reason))
    await tx.alerts.file(breach_alert(page, breach, kit.house))
    await tx.jobs.wake(Job(JobName.ALERTS, EVERYBODY), now)
    await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), now)


def _worse(after: Breach, before: Breach) -> bool:
    return severity_of(after).rank > severity_of(before).rank
