"""Looks at all workloads every ten minutes and keeps what it sees with what has changed. The key is "all"."""

from datetime import datetime, timedelta

from bot.core.inventory import Inventory, look_again
from bot.ports.kit import Kit

EVERY = timedelta(minutes=10)


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
    async with kit.store.begin() as tx:
        seen = look_again(await tx.snapshots.inventory(), found, kit.clock.now())
        await tx.snapshots.keep_inventory(seen)
    return seen
