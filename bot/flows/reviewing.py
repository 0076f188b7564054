"""Looks at the whole fleet over weeks and makes its advice; used by review and advice, and by the command line."""

import asyncio
from datetime import datetime, timedelta

from bot.core.advice.advising import Seen, advise, nothing_known
from bot.core.advice.book import AdviceBook
from bot.core.advice.deploying import committed_use
from bot.core.advice.usage import USAGE_METRICS, usage_of
from bot.core.fleet import WorkloadKey
from bot.core.house import House
from bot.core.price_book import PriceBook
from bot.core.pricing import priced_on
from bot.core.series import Metric, Series
from bot.core.sources import Fleet
from bot.core.windows import Window
from bot.gathering import Question, look, see
from bot.ports.kit import Kit

_PATIENCE = timedelta(seconds=90)
_FINE = timedelta(minutes=10)
_COARSE = timedelta(hours=1)
_MANY = 50  # workloads, beyond which a point an hour is enough to carry


async def take_review(kit: Kit) -> AdviceBook:
    """Looks now and keeps what it found; a number of requests that does not grow with the workloads."""
    now = kit.clock.now()
    seen = await see(kit, _PATIENCE)
    step = _FINE if len(seen.workloads) <= _MANY else _COARSE
    end = now - timedelta(seconds=now.timestamp() % step.total_seconds())
    span = Window(end - timedelta(days=kit.house.advice.days), end)
    fleet = await look(kit, seen, Question(USAGE_METRICS, span, step, _PATIENCE))
    async with kit.store.begin() as tx:
        prices = await tx.snapshots.prices() if kit.house.catalog_prices else None
    # Weeks of a thousand workloads take seconds; other jobs want their turn.
    book = await asyncio.to_thread(_made, fleet, kit.house, prices, now)
    async with kit.store.begin() as tx:
        await tx.snapshots.keep_advice(book)
    return book


def _made(fleet: Fleet, house: House, prices: PriceBook | None, now: datetime) -> AdviceBook:
    rows = [
        Seen(one, usage_of(one, _measured(fleet, one.key), fleet.span), house, prices)
        for one in fleet.workloads
    ]
    found = [advice for row in rows for advice in advise(row)]
    commitment = committed_use([(r.workload, r.usage) for r in rows], house, prices)
    found += [commitment] if commitment else []
    return AdviceBook(
        at=now,
        span=fleet.span,
        advice=tuple(sorted(found, key=lambda one: (-one.saving.amount, one.id))),
        workloads=len(rows),
        unknown=nothing_known(rows),
        silent=tuple(f"{what}: {why}" for what, why in fleet.silent.items()),
        priced_on=priced_on(house.discount, prices),
    )


def _measured(fleet: Fleet, key: WorkloadKey) -> dict[Metric, Series]:
    found = {metric: fleet.series(metric, key) for metric in USAGE_METRICS}
    return {metric: series for metric, series in found.items() if series is not None}
