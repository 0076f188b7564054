"""Campaigns made longer after their floors were raised: judged, priced and told by what is held."""

import math
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.core.closed_loop import Adjustment, Turn
from bot.core.money import Money
from bot.flows.adjusting import Adjusting, apply
from tests.flows.town import CAMPAIGNS, CART, END, ERIK, FINN, MAYA, OPS, SHOP, START, Town

HOUR = timedelta(hours=1)
NAME = "Black Friday push"


async def raised(town: Town) -> None:
    """An hour after the start engineers raise both floors from 55 to 100."""
    await town.scheduled()
    await town.run(START + HOUR)
    campaign = await town.campaign()
    more = [
        Adjustment(key, Turn.RAISE, 100, math.inf, "an engineer decided it")
        for key in (SHOP.key, CART.key)
    ]
    async with town.database.begin() as tx:
        await apply(tx, Adjusting(campaign, more, town.clock.now(), ERIK))
    await town.run(START + 2 * HOUR)
    assert town.cloud.floor(SHOP.key) == 100


async def extended(town: Town, length: str) -> None:
    await town.say(f"extend {NAME} {length}", by=MAYA, command="/headroom")
    await town.run()


async def cost(town: Town) -> Decimal:
    campaign = await town.campaign()
    async with town.database.begin() as tx:
        stored = await tx.campaigns.plan(campaign.id, campaign.plan_version)
    assert stored is not None
    return stored[0].cost.amount


async def test_a_longer_campaign_is_judged_by_the_floors_that_are_held(town: Town) -> None:
    await raised(town)
    limit = Money(Decimal(12))  # enough for 55 instances, not for 100
    town.house(guardrails=replace(town.kit.house.guardrails, auto_budget=limit))
    await extended(town, "2h")
    assert (await town.campaign()).announcement.window.end == END
    asked = town.chat.shown_in(OPS)[-1]
    assert "instead of $6.48. Floors that were raised since it was planned count in that" in (
        asked.text
    )
    await town.click("Approve", on=asked, by=FINN)
    await town.run()
    assert (await town.campaign()).announcement.window.end == END + 2 * HOUR
    assert "more than was planned, what was raised since included" in "\n".join(
        town.chat.texts(CAMPAIGNS)
    )
    said = await cost(town)
    await town.run(END + 5 * HOUR)
    report = next(text for text in town.chat.texts(CAMPAIGNS) if "the report" in text)
    paid = Decimal(report.split("*Cost*: $")[1].split(" for holding")[0])
    assert abs(paid - said) < Decimal("0.25")


async def test_a_raise_costs_from_when_it_was_held_however_often_it_is_extended(
    town: Town,
) -> None:
    await raised(town)
    await extended(town, "1h")
    once = await cost(town)
    await extended(town, "1h")
    hours = Decimal(98 + 99)  # instance-hours that each hour more takes
    each = (await cost(town) - once) / hours
    usual = Decimal("6.476175") / (Decimal(53 + 54) * Decimal(4 * 60 + 37) / 60)
    assert abs(each / usual - 1) < Decimal("0.05")
