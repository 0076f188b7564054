"""A campaign is settled with its report, and what is learnt is said in the next plan."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.core.money import Money
from bot.core.plan import Plan
from bot.core.settled import Basis, Settled, SettledPart
from bot.core.windows import Window
from bot.errors import TryAgain
from bot.flows.daily import AFTER_TROUBLE, bill
from bot.store.database import Database
from tests.conformance.bill_stages import EXPORT
from tests.fakes import FakeBills
from tests.flows.town import CAMPAIGNS, SHOP, START, STORY, Town, everything
from tests.store_fixture import any_database, database, database_url, wakeups

__all__ = ["any_database", "database", "database_url", "wakeups"]

MINUTE = timedelta(minutes=1)
SHORT = STORY.replace("22:00", "18:30")


@pytest.fixture
def town(database: Database) -> Town:
    return Town(database)


def past(number: int) -> Settled:
    at = START - timedelta(days=7 * (number + 1))
    dollars = Money(Decimal(10)), Money(Decimal(6))
    return Settled(f"c{number}", f"Push {number}", f"{at:%Y-%m}", at, *dollars)


async def test_the_report_settles_the_estimate(town: Town) -> None:
    await town.scheduled(SHORT)
    await town.run(START + 90 * MINUTE)
    report = next(one for one in town.chat.texts(CAMPAIGNS) if ": the report" in one)
    assert "*Settled*: its hours cost $" in report
    async with town.database.begin() as tx:
        [settled] = await tx.settlements.newest(5)
    assert settled.name == "Black Friday push"
    assert settled.settled.amount > 0
    assert settled.month == "2025-11"


async def test_the_next_plan_says_what_is_likely(town: Town) -> None:
    async with town.database.begin() as tx:
        for number in range(3):
            await tx.settlements.put(past(number))
    await town.proposed()
    card = everything(town.chat.shown_in(CAMPAIGNS)[0])
    assert "the last 3 campaigns came to 0.60 times their estimate" in card


async def test_settlements_come_newest_first_and_once(any_database: Database) -> None:
    async with any_database.begin() as tx:
        for number in (2, 0, 1, 0):
            await tx.settlements.put(past(number))
    async with any_database.begin() as tx:
        assert [one.campaign_id for one in await tx.settlements.newest(2)] == ["c0", "c1"]


async def test_the_bill_settles_a_campaign_once_all_its_hours_are_there(town: Town) -> None:
    await town.scheduled(SHORT)
    await town.run(START + 90 * MINUTE)
    async with town.database.begin() as tx:
        [one] = await tx.settlements.newest(5)
    bills = FakeBills(town.clock)
    for part in one.parts:
        for number in range(60):
            hour = Window(START + 60 * MINUTE * number, START + 60 * MINUTE * (number + 1))
            bills.put(part.workload, hour, Money(Decimal(3)))
    town.kit = replace(town.kit, bills=bills)
    town.house(billing=EXPORT)
    await bill("all", town.kit)
    assert await _basis(town) is Basis.TIME  # rows may still come
    town.clock.set(START + timedelta(days=4))
    bills.faults.add("hours", TryAgain("BigQuery does not answer"))
    assert await bill("all", town.kit) == town.clock.now() + AFTER_TROUBLE
    assert await _basis(town) is Basis.TIME
    town.clock.set(town.clock.now() + AFTER_TROUBLE)
    await bill("all", town.kit)
    assert await _basis(town) is Basis.BILL
    async with town.database.begin() as tx:
        [one] = await tx.settlements.newest(5)
    assert one.billed == Money(Decimal("1.5") * len(one.parts))


async def _basis(town: Town) -> Basis:
    async with town.database.begin() as tx:
        [one] = await tx.settlements.newest(5)
    return one.basis


async def test_dear_campaigns_correct_the_prices_of_the_next_plan(town: Town) -> None:
    listed = await _planned(town)
    async with town.database.begin() as tx:
        for number in range(4):
            one = past(number)
            dear = Money(Decimal(12))
            part = SettledPart(SHOP.key, SHOP.billing, one.estimated, dear)
            await tx.settlements.put(replace(one, settled=dear, parts=(part,)))
    await town.cancel(await town.campaign())
    await town.run()
    learnt = await _planned(town)
    assert "× 1.20 learnt from 4 campaigns" in learnt.priced_on
    assert learnt.cost.amount == listed.cost.amount * Decimal("1.2")


async def _planned(town: Town) -> Plan:
    campaign = await town.proposed()
    async with town.database.begin() as tx:
        stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    assert stored is not None
    return stored[0]
