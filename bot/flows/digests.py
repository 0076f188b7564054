"""Which digests are due now; wakes each. The key is "all"."""

from datetime import datetime

from bot.core.digest.schedule import Run, all_of, last_due, next_due
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit


async def digests(key: str, kit: Kit) -> datetime | None:
    """Wakes what is due and was not dealt with; returns when the next is due.

    A digest that is seen for the first time begins with its next date: what was due before nobody asked for.
    """
    now = kit.clock.now()
    coming = []
    async with kit.store.begin() as tx:
        known = all_of(kit.house.digests, await tx.digests.subscriptions())
        for one in known.values():
            due = last_due(one, now)
            last = await tx.digests.last_run(one.channel, one.cadence)
            if last is None:
                await tx.digests.ran(Run(one.channel, one.cadence, due.covers, now, "begun"))
            elif last.covers < due.covers:
                await tx.jobs.wake(Job(JobName.DIGEST, one.key), now)
            coming.append(next_due(one, now).at)
    return min(coming, default=None)
