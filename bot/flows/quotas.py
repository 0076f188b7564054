"""Reads Google's regional quotas once a day, where headroom.yaml says so. The key is "all"."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.quota_book import QuotaBook
from bot.errors import GiveUp, TryAgain
from bot.ports.kit import Kit

EVERY = timedelta(days=1)
AFTER_TROUBLE = timedelta(hours=1)


async def quotas(key: str, kit: Kit) -> datetime | None:
    """Keeps what it reads; what cannot be read is kept as trouble, beside the limits that were read before."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        last = await tx.snapshots.quotas()
    if last is not None and now < _due(last):
        return _due(last)
    try:
        book = await kit.quotas.read(kit.house.places)
    except (TryAgain, GiveUp) as failure:
        book = replace(last or QuotaBook(now), asked_at=now, trouble=failure.reason)
    if book is None:
        return None
    async with kit.store.begin() as tx:
        await tx.snapshots.keep_quotas(book)
    return _due(book)


def _due(book: QuotaBook) -> datetime:
    return book.asked_at + (AFTER_TROUBLE if book.trouble else EVERY)
