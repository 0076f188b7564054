"""Looks at all workloads every hour and keeps what it sees with what has changed. The key is "all"."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.evidence import recent_window
from bot.core.inventory import Inventory, look_again
from bot.core.series import Metric
from bot.errors import GiveUp, TryAgain
from bot.ports.jobs import EVERYBODY, Job, JobName
from bot.ports.kit import Kit

EVERY = timedelta(hours=1)
_STEP = timedelta(minutes=5)


async def inventory(key: str, kit: Kit) -> datetime | None:
    """Looks unless that was done a moment ago; returns when to look again. Raises what Cloud raises."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        last = await tx.snapshots.inventory()
    if last is not None and now < last.at + EVERY:
        return last.at + EVERY
    await take_inventory(kit)
    return now + EVERY


async def take_inventory(kit: Kit) -> Inventory:
    """Looks now; compared with the last look and kept."""
    now = kit.clock.now()
    found = await kit.cloud.discover()
    async with kit.store.begin() as tx:
        before = await tx.snapshots.inventory()
    seen = await _measured(kit, look_again(before, found, now), before)
    async with kit.store.begin() as tx:
        await tx.snapshots.keep_inventory(seen)
        await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), now)
    return seen


async def _measured(kit: Kit, seen: Inventory, before: Inventory | None) -> Inventory:
    """With the busiest minutes, for Home tabs and quotas; those of the last look while none are to be had.

    One request for each project and kind, however many workloads; what is not measured is absent.
    """
    day, keys = recent_window(seen.at), [one.key for one in seen.workloads]
    try:
        measured = await kit.metrics.series(Metric.INSTANCES, keys, day, _STEP)
    except (TryAgain, GiveUp):
        if before is None:
            return seen
        return replace(seen, busiest=before.busiest, measured_at=before.measured_at)
    busiest = {
        str(key): max(value for _, value in series.points())
        for key, series in measured.items()
        if series.points()
    }
    return replace(seen, busiest=busiest, measured_at=seen.at)
