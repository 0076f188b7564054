"""Slack said that the members of a user group have changed. The key is the delivery's identity."""

from datetime import datetime

from bot.ports.jobs import EVERYBODY, Job, JobName
from bot.ports.kit import Kit


async def members(key: str, kit: Kit) -> datetime | None:
    """From now on every process asks for them anew, and Home tabs follow who may decide."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
        if delivery is None or not await tx.inbox.handled(key, now):
            return None
        await tx.oversight.group_changed(delivery.text, delivery.received_at)
        await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), now)
    return None
