"""The books of the teams' budgets: one line a campaign, read under a lock."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from bot.core.budgeting import Booking, BudgetEntry
from bot.core.money import Money
from bot.store.database import Database
from tests.store.sample import campaign

LINE = BudgetEntry(
    "black-friday", "marketing", "2025-11", Money(Decimal("12.50")), Booking.RESERVED
)


async def put(database: Database, *lines: BudgetEntry) -> None:
    async with database.begin() as tx:
        for line in lines:
            await tx.campaigns.add(campaign(line.campaign_id))
            await tx.budgets.put(line)


async def taken(database: Database, without: str = "") -> list[str]:
    async with database.begin() as tx:
        lines = await tx.budgets.taken("marketing", "2025-11", without=without)
    return [line.campaign_id for line in lines]


async def test_a_line_comes_back_as_it_was_put(any_database: Database) -> None:
    await put(any_database, LINE)
    async with any_database.begin() as tx:
        assert await tx.budgets.get("black-friday") == LINE
        assert await tx.budgets.get("another") is None


async def test_the_newest_line_of_a_campaign_counts(any_database: Database) -> None:
    settled = replace(LINE, amount=Money(Decimal("9.10")), booking=Booking.SETTLED)
    await put(any_database, LINE, settled, settled)
    async with any_database.begin() as tx:
        assert await tx.budgets.taken("marketing", "2025-11", without="") == [settled]


async def test_released_money_and_other_teams_and_months_do_not_count(
    any_database: Database,
) -> None:
    await put(
        any_database,
        LINE,
        replace(LINE, campaign_id="released", booking=Booking.RELEASED),
        replace(LINE, campaign_id="december", month="2025-12"),
        replace(LINE, campaign_id="loyalty", team="loyalty"),
    )
    assert await taken(any_database) == ["black-friday"]


async def test_a_campaign_does_not_compete_with_itself(any_database: Database) -> None:
    await put(any_database, LINE, replace(LINE, campaign_id="spring"))
    assert await taken(any_database, without="spring") == ["black-friday"]


async def test_two_approvals_at_once_cannot_both_take_the_last_of_the_money(
    any_database: Database,
) -> None:
    async def approve(campaign_id: str) -> None:
        async with any_database.begin() as tx:
            await tx.campaigns.add(campaign(campaign_id))
            if not await tx.budgets.taken("marketing", "2025-11", without=campaign_id):
                await asyncio.sleep(0.05)
                await tx.budgets.put(replace(LINE, campaign_id=campaign_id))

    await asyncio.gather(approve("one"), approve("two"))
    assert len(await taken(any_database)) == 1
