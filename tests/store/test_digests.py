"""What the store keeps of digests, on both databases."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.core.digest.schedule import Mute, Run, Subscription
from bot.core.digest.section import Audience, Cadence
from bot.store.database import Database

NOW = datetime(2025, 11, 28, 7, tzinfo=UTC)
ONE = Subscription(
    "C0OPS", Cadence.WEEKLY, Audience.ENGINEERS, "Europe/Berlin", time(8, 30), 4, ("web",), "U0ERIK"
)
RUN = Run("C0OPS", Cadence.DAILY, date(2025, 11, 27), NOW, "posted")


async def test_a_subscription_comes_back_as_it_was_and_replaces_its_like(
    any_database: Database,
) -> None:
    other = replace(ONE, cadence=Cadence.DAILY)
    async with any_database.begin() as tx:
        for one in (ONE, other, replace(ONE, clock=time(9))):
            await tx.digests.subscribe(one)
    async with any_database.begin() as tx:
        assert list(await tx.digests.subscriptions()) == [other, replace(ONE, clock=time(9))]
        assert await tx.digests.unsubscribe("C0OPS") == 2
        assert await tx.digests.unsubscribe("C0OPS") == 0


async def test_a_mute_is_replaced_and_taken_back(any_database: Database) -> None:
    mute = Mute("C0OPS", "U0ERIK", NOW)
    later = replace(mute, until=NOW + timedelta(days=1))
    async with any_database.begin() as tx:
        await tx.digests.mute(mute)
        await tx.digests.mute(later)
        assert await tx.digests.muted("C0OPS") == later
        assert await tx.digests.unmute("C0OPS") == later
        assert await tx.digests.unmute("C0OPS") is None


async def test_a_digest_runs_once(any_database: Database) -> None:
    async with any_database.begin() as tx:
        assert await tx.digests.last_run("C0OPS", Cadence.DAILY) is None
        assert await tx.digests.ran(RUN)
        assert not await tx.digests.ran(replace(RUN, outcome="muted"))
        assert await tx.digests.ran(replace(RUN, covers=date(2025, 11, 26)))
        assert await tx.digests.ran(replace(RUN, cadence=Cadence.WEEKLY))
    async with any_database.begin() as tx:
        assert await tx.digests.last_run("C0OPS", Cadence.DAILY) == RUN


async def test_of_many_who_send_at_once_one_does(any_database: Database) -> None:
    async def send() -> bool:
        async with any_database.begin() as tx:
            return await tx.digests.ran(RUN)

    assert sorted(await asyncio.gather(*(send() for _ in range(8)))) == [False] * 7 + [True]
