"""Looks at all workloads every hour and keeps what it sees with what has changed. The key is "all"."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.evidence import recent_window
from bot.core.fleet import Workload
from bot.core.inventory import Inventory, look_again
from bot.core.series import Metric
from bot.errors import GiveUp, TryAgain
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
    found = await kit.cloud.discover()
    busiest = await _busiest(kit, found)
    async with kit.store.begin() as tx:
        before = await tx.snapshots.inventory()
        seen = replace(look_again(before, found, kit.clock.now()), busiest=busiest)
        await tx.snapshots.keep_inventory(seen)
    return seen


async def _busiest(kit: Kit, found: Sequence[Workload]) -> Mapping[str, float]:
    """One request for each project and kind, however many workloads; what is not measured is absent."""
    day, keys = recent_window(kit.clock.now()), [one.key for one in found]
    try:
        measured = await kit.metrics.series(Metric.INSTANCES, keys, day, _STEP)
    except (TryAgain, GiveUp):
        return {}
    return {
        str(key): max(value for _, value in series.points())
        for key, series in measured.items()
        if series.points()
    }
