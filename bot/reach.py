"""Channels that close to Headroom and open again: who is told, and where the truth is shown meanwhile.

Called by the flows publish (a message was refused, or got through) and channel (Slack says so itself).
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.cards.alerts import closed_card, moved_card
from bot.cards.incident import incident_card
from bot.core.campaign import Campaign
from bot.core.house import House
from bot.core.incident import Incident
from bot.core.message import WantedPost
from bot.core.verdict import Role
from bot.incidents import open_channel, own_channels, root_of, show, view_of
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

# How many of the newest incidents may have changed while their channel was closed.
_RECENT = 200

log = logging.getLogger("headroom.reach")


async def is_ours(tx: Transaction, channel: str, house: House) -> bool:
    """Whether Headroom says anything in that channel; Slack tells of all channels there are."""
    rules = house.alerts
    configured = {house.engineers, house.default_channel, rules.fallback_channel}
    routed = {one for route in rules.routes for one in route.channels}
    if channel in configured | routed:
        return True
    return any(one.channel == channel for one in await tx.campaigns.open())


async def close_channel(tx: Transaction, channel: str, why: str, kit: Kit, now: datetime) -> None:
    """Open incidents go to the fallback now and from now on; the owner hears of it once, directly."""
    for one in await tx.alerts.open():
        if channel in one.channels or not one.channels:
            await tx.jobs.wake(Job(JobName.ESCALATE, one.id), now)
    lasting = await tx.storms.lasting()
    if lasting is not None:
        await tx.jobs.wake(Job(JobName.STORM, lasting.id), now)
    if not await tx.reach.close(channel, now, why):
        return
    log.error("alerts cannot be posted in %s: %s", channel, why)
    there = open_channel(channel, kit.house, await tx.reach.closed())
    card = closed_card(channel, why, there)
    admins = [user for user, roles in sorted(kit.house.roles.items()) if Role.ADMIN in roles]
    for owner in [kit.house.alerts.owner or next(iter(admins), "")]:
        if owner and owner != channel:
            subject = f"closed/{channel}/{now:%Y-%m-%dT%H:%M}"
            await tx.posts.want(WantedPost(owner, subject, card, lane=0), now)


async def move_campaigns(tx: Transaction, channel: str, why: str, kit: Kit, now: datetime) -> None:
    """Campaigns that are shown there go where they can be shown; who announced one is told, directly."""
    closed = await tx.reach.closed()
    homes = (kit.house.default_channel, kit.house.engineers)
    there = next((one for one in homes if one and one not in closed and one != channel), None)
    for one in await tx.campaigns.open():
        if one.channel == channel and there is not None:
            await _move(tx, one, there, why, now)


async def _move(tx: Transaction, campaign: Campaign, there: str, why: str, now: datetime) -> None:
    await tx.campaigns.save(replace(campaign, channel=there))
    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), now)
    card = moved_card(campaign.announcement.name, campaign.channel, there, why)
    subject = f"moved/{campaign.id}/{campaign.channel}"
    await tx.posts.want(WantedPost(campaign.announcer, subject, card, lane=0), now)


async def reopen_channel(tx: Transaction, channel: str, kit: Kit, now: datetime) -> bool:
    """Shows there how its incidents stand, not what was missed; whether it was closed at all."""
    if not await tx.reach.open(channel):
        return False
    await tx.audit.add(AuditRow(now, "headroom", "can post again", channel))
    for one in await _shown_there(tx, channel, kit.house):
        await tx.posts.withdraw(channel, root_of(one))
        await show(tx, one, kit, now)
        await tx.posts.again(channel, root_of(one), now)
    await _storm_again(tx, channel, now)
    await tx.jobs.wake(Job(JobName.SWEEP, "all"), now)
    return True


async def try_channel(tx: Transaction, channel: str, kit: Kit, now: datetime) -> None:
    """One message finds out whether the channel is open again: an open incident's, or the storm's."""
    await _storm_again(tx, channel, now)
    told = (one for one in await tx.alerts.open() if one.spoken_at and not one.folded)
    one = next((one for one in told if channel in own_channels(one, kit.house)), None)
    if one is None:
        return
    card = incident_card(await view_of(tx, one, kit), house=kit.house, now=now)
    await tx.posts.want(WantedPost(channel, root_of(one), card, lane=1), now)
    await tx.posts.again(channel, root_of(one), now)


async def _storm_again(tx: Transaction, channel: str, now: datetime) -> None:
    lasting = await tx.storms.lasting()
    if lasting is not None:
        await tx.posts.again(channel, f"storm/{lasting.id}", now)


async def _shown_there(tx: Transaction, channel: str, house: House) -> Sequence[Incident]:
    """Its open incidents, and those that ended meanwhile and are still shown as they were."""
    found = []
    for one in await tx.alerts.recent(_RECENT):
        if channel not in own_channels(one, house):
            continue
        root = await tx.posts.get(channel, root_of(one))
        if one.open or (root is not None and root.ts):
            found.append(one)
    return found
