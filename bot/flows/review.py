"""Looks at the fleet for advice once a day. The key is "all"."""

from datetime import datetime, timedelta

from bot.flows.reviewing import take_review
from bot.ports.kit import Kit

_EVERY = timedelta(days=1)


async def review(key: str, kit: Kit) -> datetime | None:
    """Looks unless that was done within a day; returns when to look again."""
    if not kit.house.advice.daily:
        return None
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        last = await tx.snapshots.advice()
    if last is not None and now < last.at + _EVERY:
        return last.at + _EVERY
    await take_review(kit)
    return now + _EVERY
