"""Slack says that a channel was closed to Headroom, is open again, or has a new name. The key is the delivery's identity.

Channels are kept by id, so a new name changes nothing that is stored.
"""

from datetime import datetime

from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow
from bot.reach import close_channel, is_ours, move_campaigns, reopen_channel

_CLOSED = {
    "archive": "the channel is archived",
    "deleted": "the channel was deleted",
    "left": "Headroom was removed from the channel",
}
_OPEN = {"unarchive", "joined"}


async def channel(key: str, kit: Kit) -> datetime | None:
    """Fallback at once; the truth there again as soon as it is back."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
        if delivery is None or not await tx.inbox.handled(key, now):
            return None
        about, what = delivery.channel, delivery.action
        if not await is_ours(tx, about, kit.house):
            return None
        await tx.audit.add(AuditRow(now, delivery.user or "slack", what, about, delivery.text))
        if what in _CLOSED:
            await close_channel(tx, about, _CLOSED[what], kit, now)
            await move_campaigns(tx, about, _CLOSED[what], kit, now)
        elif what in _OPEN and not await reopen_channel(tx, about, kit, now):
            await tx.jobs.wake(Job(JobName.PUBLISH, about), now)
    return None
