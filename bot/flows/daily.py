"""Reads what changes slowly outside once a day, where headroom.yaml says so: prices, quotas and the bill. The key is "all"."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.core.bill import BillBook, span_to_read
from bot.core.price_book import PriceBook
from bot.core.quota_book import QuotaBook
from bot.errors import GiveUp, TryAgain
from bot.flows.settling import settle_by_bill
from bot.ports.kit import Kit
from bot.ports.snapshots import Snapshots

EVERY = timedelta(days=1)
AFTER_TROUBLE = timedelta(hours=1)

B = TypeVar("B", PriceBook, QuotaBook, BillBook)


@dataclass(frozen=True, slots=True)
class _Shelf(Generic[B]):
    """A book before its first reading, and how the store gives and keeps it."""

    blank: Callable[[datetime], B]
    last: Callable[[Snapshots], Awaitable[B | None]]
    keep: Callable[[Snapshots], Callable[[B], Awaitable[None]]]


async def prices(key: str, kit: Kit) -> datetime | None:
    """Google's price catalogue."""
    shelf: _Shelf[PriceBook] = _Shelf(
        PriceBook, lambda kept: kept.prices(), lambda kept: kept.keep_prices
    )
    return await _daily(kit.prices.read, shelf, kit)


async def quotas(key: str, kit: Kit) -> datetime | None:
    """Google's regional quotas."""
    shelf: _Shelf[QuotaBook] = _Shelf(
        QuotaBook, lambda kept: kept.quotas(), lambda kept: kept.keep_quotas
    )
    return await _daily(lambda: kit.quotas.read(kit.house.places), shelf, kit)


async def bill(key: str, kit: Kit) -> datetime | None:
    """Google's bill from its export; what is complete in it settles campaigns."""
    span = span_to_read(kit.clock.now(), kit.house.zone)
    shelf: _Shelf[BillBook] = _Shelf(
        BillBook, lambda kept: kept.bill(), lambda kept: kept.keep_bill
    )
    due = await _daily(lambda: kit.bills.read(span), shelf, kit)
    if due is None or await settle_by_bill(kit):
        return due
    return min(due, kit.clock.now() + AFTER_TROUBLE)


async def _daily(
    read: Callable[[], Awaitable[B | None]], shelf: _Shelf[B], kit: Kit
) -> datetime | None:
    """Keeps what `read` gives (None: nobody is asked).

    What cannot be read is kept as trouble, beside what was read before.
    """
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        last = await shelf.last(tx.snapshots)
    if last is not None and now < _due(last):
        return _due(last)
    try:
        book = await read()
    except (TryAgain, GiveUp) as failure:
        book = replace(last or shelf.blank(now), asked_at=now, trouble=failure.reason)
    if book is None:
        return None
    async with kit.store.begin() as tx:
        await shelf.keep(tx.snapshots)(book)
    return _due(book)


def _due(book: B) -> datetime:
    return book.asked_at + (AFTER_TROUBLE if book.trouble else EVERY)
