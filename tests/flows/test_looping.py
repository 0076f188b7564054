"""A live campaign whose demand is not as planned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot.core.campaign import CampaignState
from bot.core.house import CapacityRules, LoopMode
from bot.core.money import Money
from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import TryAgain
from tests.flows.town import CAMPAIGNS, CART, END, ERIK, MAYA, OPS, SHOP, START, Town, everything

MINUTE = timedelta(minutes=1)


def comes(town: Town, times: float) -> None:
    """During the campaign `times` the usual 400 requests/s come to the shop, to the cart as planned."""
    town.metrics.put(Metric.REQUESTS, SHOP.key, demand_of(times))
    town.metrics.put(Metric.REQUESTS, CART.key, demand_of(3.0))


def shown(town: Town) -> str:
    """The campaign's message, blocks included."""
    return everything(town.chat.shown_in(CAMPAIGNS)[0])


def demand_of(times: float) -> Callable[[datetime], float]:
    return lambda at: 400.0 * (times if START <= at < END else 1.0)


async def live(town: Town, times: float, loop: LoopMode = LoopMode.AUTO) -> None:
    town.house(capacity=CapacityRules(loop=loop))
    comes(town, times)
    await town.scheduled()
    await town.run(START + 50 * MINUTE)


async def test_nothing_happens_when_it_comes_as_planned(town: Town) -> None:
    await live(town, 3.0)
    assert town.cloud.floor(SHOP.key) == 55
    assert (await town.campaign()).note == ""


async def test_the_floor_rises_when_more_comes_than_planned(town: Town) -> None:
    await live(town, 5.0)
    assert 55 < town.cloud.floor(SHOP.key) <= 82
    assert "would be needed, the engineers are asked" in shown(town)
    await town.run(END + timedelta(hours=2))
    assert town.cloud.floor(SHOP.key) == 2
    assert await town.state() is CampaignState.DONE


async def test_an_engineer_is_asked_when_the_house_wants_it(town: Town) -> None:
    await live(town, 5.0, LoopMode.ASK)
    assert town.cloud.floor(SHOP.key) == 55
    [question] = list(town.chat.texts(OPS))
    assert "brings more to *shop*" in question
    await town.click(raise_label(town), by=MAYA, channel=OPS)
    await town.run(MINUTE)
    assert town.cloud.floor(SHOP.key) == 55

    await town.click(raise_label(town), by=ERIK, channel=OPS)
    await town.run(MINUTE)
    assert town.cloud.floor(SHOP.key) > 55
    assert f"as <@{ERIK}> decided" in next(iter(town.chat.texts(OPS)))


def raise_label(town: Town) -> str:
    text = everything(town.chat.shown_in(OPS)[0])
    return text[text.index("Raise to ") :].partition("'")[0]


async def test_what_is_not_needed_goes_back_early_and_stepwise(town: Town) -> None:
    await live(town, 0.5)
    assert 2 <= town.cloud.floor(SHOP.key) < 55
    assert "early" in shown(town)
    floors = [write.change.floor for write in town.cloud.writes if write.key == SHOP.key]
    assert len(floors) >= 3
    assert await town.state() is CampaignState.LIVE


async def test_everything_is_held_while_the_metrics_are_missing(town: Town) -> None:
    town.metrics.gap(Window(START, END))
    await live(town, 0.5)
    assert town.cloud.floor(SHOP.key) == 55
    assert "held as it is" in shown(town)


async def test_everything_is_held_while_monitoring_does_not_answer(town: Town) -> None:
    town.house(capacity=CapacityRules())
    await town.scheduled()
    await town.run(START)
    town.metrics.faults.add("series", TryAgain("HTTP 503"), times=1000)
    await town.run(START + 50 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 55
    assert "does not answer" in shown(town)


@pytest.mark.parametrize("dollars", [0, 1])
async def test_no_more_is_spent_than_the_house_allows_without_asking(
    dollars: int, town: Town
) -> None:
    await town.scheduled()
    guardrails = town.kit.house.guardrails
    town.house(guardrails=replace(guardrails, auto_budget=Money(Decimal(dollars))))
    town.house(capacity=CapacityRules())
    comes(town, 6.0)
    await town.run(START + 50 * MINUTE)
    assert town.cloud.floor(SHOP.key) < 82
    assert "brings more" in next(iter(town.chat.texts(OPS)))
