"""Claims, holdings, the ledger and the write budget."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.core.holding import Holding, Outcome
from bot.core.write_budget import raise_bid
from bot.errors import NotFound, Stale
from bot.store.database import Database
from tests.store.sample import KEY, NOW, campaign, claim, entry

OTHER = WorkloadKey(WorkloadKind.WORKER_POOL, "cymbal-shop", "us-central1", "orders")
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


async def test_claims_are_found_by_workload_and_by_campaign(any_database: Database) -> None:
    easter = claim("easter/storefront", "easter")
    async with any_database.begin() as tx:
        await tx.campaigns.add(campaign())
        await tx.campaigns.add(campaign("easter"))
        await tx.capacity.put_claims("black-friday", [claim()])
        await tx.capacity.put_claims("easter", [easter])
    async with any_database.begin() as tx:
        assert await tx.capacity.claims_on(KEY) == [claim(), easter]
        assert await tx.capacity.claims_on(OTHER) == []
        assert await tx.capacity.claims_of("easter") == [easter]


async def test_new_claims_replace_the_old_ones_of_the_same_campaign(any_database: Database) -> None:
    moved = replace(claim(), workload=OTHER, sizing=None)
    async with any_database.begin() as tx:
        await tx.campaigns.add(campaign())
        await tx.capacity.put_claims("black-friday", [claim(), claim("second")])
        await tx.capacity.put_claims("black-friday", [moved])
        assert await tx.capacity.claims_of("black-friday") == [moved]
        assert await tx.capacity.claims_on(KEY) == []
        await tx.capacity.put_claims("black-friday", [])
        assert await tx.capacity.claims_of("black-friday") == []


async def test_a_holding_grows_in_version_with_every_save(any_database: Database) -> None:
    async with any_database.begin() as tx:
        assert await tx.capacity.holding(KEY) is None
        first = await tx.capacity.save_holding(Holding(KEY, 2, None, observed_at=NOW))
        second = await tx.capacity.save_holding(replace(first, written=11, wanted=11))
        other = await tx.capacity.save_holding(Holding(OTHER, 1, 10))
    assert (first.version, second.version) == (1, 2)
    async with any_database.begin() as tx:
        assert await tx.capacity.holding(KEY) == second
        assert await tx.capacity.holdings() == [second, other]


@pytest.mark.parametrize("version", [0, 2])
async def test_a_holding_is_stale_when_its_version_is_not_the_stored_one(
    any_database: Database, version: int
) -> None:
    async with any_database.begin() as tx:
        stored = await tx.capacity.save_holding(Holding(KEY, 2, None))
    with pytest.raises(Stale):
        async with any_database.begin() as tx:
            await tx.capacity.save_holding(replace(stored, version=version, written=5))
    async with any_database.begin() as tx:
        assert await tx.capacity.holding(KEY) == stored


async def test_the_ledger_keeps_intent_and_outcome_newest_first(any_database: Database) -> None:
    async with any_database.begin() as tx:
        first = replace(entry(), id=await tx.capacity.intend(entry()))
        second = replace(entry(detail="next"), id=await tx.capacity.intend(entry(detail="next")))
        elsewhere = await tx.capacity.intend(replace(entry(), workload=OTHER))
    done = replace(first, outcome=Outcome.DONE, operation="operations/1", settled_at=NOW + SECOND)
    async with any_database.begin() as tx:
        assert await tx.capacity.ledger(KEY) == [second, first]
        await tx.capacity.settle(done)
    async with any_database.begin() as tx:
        assert await tx.capacity.ledger(KEY) == [second, done]
        assert await tx.capacity.ledger(KEY, limit=1) == [second]
        assert [one.id for one in await tx.capacity.ledger(OTHER)] == [elsewhere]
    assert len({first.id, second.id, elsewhere}) == 3


async def test_an_outcome_without_an_intent_is_refused(any_database: Database) -> None:
    with pytest.raises(NotFound):
        async with any_database.begin() as tx:
            await tx.capacity.settle(replace(entry(), id=99))


async def test_the_write_budget_is_a_sliding_minute(any_database: Database) -> None:
    async with any_database.begin() as tx:
        for second in (0, 10, 20):
            assert await tx.capacity.take_write("shop/eu", NOW + second * SECOND, 3) is None
        assert await tx.capacity.take_write("shop/eu", NOW + 30 * SECOND, 3) == NOW + 61 * SECOND
    async with any_database.begin() as tx:
        assert await tx.capacity.take_write("shop/us", NOW + 30 * SECOND, 3) is None
        assert await tx.capacity.take_write("shop/eu", NOW + 61 * SECOND, 3) is None
        assert await tx.capacity.take_write("shop/eu", NOW + 62 * SECOND, 3) == NOW + 71 * SECOND
        # A smaller budget from now on: enough of the past writes must have left the minute.
        assert await tx.capacity.take_write("shop/eu", NOW + 62 * SECOND, 1) == NOW + 122 * SECOND


async def test_no_write_is_free_when_the_budget_is_nothing(any_database: Database) -> None:
    async with any_database.begin() as tx:
        assert await tx.capacity.take_write("shop/eu", NOW, 0) == NOW + 61 * SECOND


async def test_a_write_is_not_spent_when_the_transaction_fails(any_database: Database) -> None:
    with pytest.raises(ValueError, match="stop"):
        async with any_database.begin() as tx:
            await tx.capacity.take_write("shop/eu", NOW, 1)
            raise ValueError("stop")
    async with any_database.begin() as tx:
        assert await tx.capacity.take_write("shop/eu", NOW, 1) is None


async def test_the_most_urgent_write_goes_first_when_the_budget_is_used_up(
    any_database: Database,
) -> None:
    late, soon = raise_bid(KEY, start=NOW + HOUR, gap=9), raise_bid(OTHER, start=NOW, gap=1)
    async with any_database.begin() as tx:
        assert await tx.capacity.take_write("shop/eu", NOW, 1) is None
        assert await tx.capacity.take_write("shop/eu", NOW, 1, bid=late) == NOW + 61 * SECOND
        assert await tx.capacity.take_write("shop/eu", NOW, 1, bid=soon) == NOW + 61 * SECOND
    async with any_database.begin() as tx:
        then = NOW + 61 * SECOND
        assert await tx.capacity.take_write("shop/eu", then, 1, bid=late) == NOW + 122 * SECOND
        assert await tx.capacity.take_write("shop/eu", then, 1, bid=soon) is None
        again = NOW + 122 * SECOND
        assert await tx.capacity.take_write("shop/eu", again, 1, bid=late) is None


async def test_a_bidder_that_does_not_come_back_is_forgotten(any_database: Database) -> None:
    dead, alive = raise_bid(KEY, start=NOW, gap=9), raise_bid(OTHER, start=NOW + HOUR, gap=1)
    async with any_database.begin() as tx:
        assert await tx.capacity.take_write("shop/eu", NOW, 1) is None
        assert await tx.capacity.take_write("shop/eu", NOW, 1, bid=dead) == NOW + 61 * SECOND
    async with any_database.begin() as tx:
        then = NOW + 100 * SECOND
        assert await tx.capacity.take_write("shop/eu", then, 1, bid=alive) == NOW + 161 * SECOND
        later = NOW + 190 * SECOND
        assert await tx.capacity.take_write("shop/eu", later, 1, bid=alive) is None


async def test_a_clock_that_was_ahead_blocks_writes_for_a_minute_at_most(
    any_database: Database,
) -> None:
    ahead = NOW + 5 * HOUR
    dead, alive = raise_bid(KEY, start=NOW, gap=9), raise_bid(OTHER, start=NOW + HOUR, gap=1)
    async with any_database.begin() as tx:
        assert await tx.capacity.take_write("shop/eu", ahead, 1) is None
        assert await tx.capacity.take_write("shop/eu", ahead, 1, bid=dead) is not None
    async with any_database.begin() as tx:
        then = NOW + 61 * SECOND
        assert await tx.capacity.take_write("shop/eu", NOW, 1, bid=alive) == then
        assert await tx.capacity.take_write("shop/eu", NOW + 30 * SECOND, 1, bid=alive) == then
        assert await tx.capacity.take_write("shop/eu", then, 1, bid=alive) is None
