"""A live campaign whose demand is not as planned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.core.campaign import CampaignState
from bot.core.fleet import ScalingMode
from bot.core.house import CapacityRules, LoopMode
from bot.core.money import Money
from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import TryAgain
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    CART,
    END,
    ERIK,
    MAYA,
    OPS,
    SHOP,
    START,
    Town,
    everything,
    labels,
)

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


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


LONG_SALE = "Sale Sat 29 Nov 09:00-22:00 Europe/Berlin x3 #web"
OPENING, CLOSING = START - 9 * HOUR + DAY, END + DAY


async def sale_with_a_late_rise(town: Town, rise: datetime, mode: ScalingMode) -> int:
    """The sale runs from nine to ten in the evening; four times as much as before comes from `rise` on,
    each day. Returns what is held at the opening.
    """

    def usual(at: datetime) -> float:
        return 400.0 if rise.astimezone(BERLIN).hour <= at.astimezone(BERLIN).hour < 22 else 100.0

    def coming(at: datetime) -> float:
        return usual(at) * (3.0 if OPENING <= at < CLOSING else 1.0)

    town.house(capacity=CapacityRules())
    for one in (SHOP, CART):
        seen = town.cloud.fleet[one.key]
        scaling = replace(seen.scaling, mode=mode, floor=4)
        town.cloud.fleet[one.key] = replace(seen, scaling=scaling)
        town.metrics.put(Metric.REQUESTS, one.key, coming)
        town.busy[one.key] = 1.0
        for metric in (Metric.ACTIVE, Metric.RECOMMENDED, Metric.CPU):
            town.metrics.put(metric, one.key, lambda at: min(0.6, coming(at) / 2000))
    await town.proposed(LONG_SALE)
    await town.click(labels(town.chat.shown_in(CAMPAIGNS)[0])[0])
    await town.run()
    for message in list(town.chat.shown_in(OPS)):
        if "Approve" in labels(message):
            await town.click("Approve", on=message, by=ADA)
            await town.run()
    await town.run(OPENING + 5 * MINUTE)
    return town.cloud.floor(SHOP.key)


@pytest.mark.parametrize("mode", [ScalingMode.MANUAL, ScalingMode.AUTOMATIC])
@pytest.mark.parametrize("hour", [12, 20])
async def test_the_morning_of_a_long_sale_does_not_give_back_what_a_later_rise_needs(
    hour: int, mode: ScalingMode, town: Town
) -> None:
    rise = OPENING + (hour - 9) * HOUR
    promised = await sale_with_a_late_rise(town, rise, mode)
    assert promised > 4
    await town.run(rise + 30 * MINUTE)
    assert town.cloud.floor(SHOP.key) == promised
    assert {w.change.floor for w in town.cloud.writes if w.key == SHOP.key} == {promised}
    assert (await town.campaign()).note == ""


async def test_nothing_is_given_back_early_where_no_autoscaler_helps(town: Town) -> None:
    for one in (SHOP, CART):
        seen = town.cloud.fleet[one.key]
        manual = replace(seen.scaling, mode=ScalingMode.MANUAL)
        town.cloud.fleet[one.key] = replace(seen, scaling=manual)
    await live(town, 0.5)
    await town.run(HOUR)
    floors = [write.change.floor for write in town.cloud.writes if write.key == SHOP.key]
    assert floors == sorted(floors)
    assert town.cloud.floor(SHOP.key) == max(floors) > 2


async def test_what_was_given_back_early_comes_back_with_the_demand(town: Town) -> None:
    late = START + 90 * MINUTE

    def coming(at: datetime) -> float:
        return demand_of(0.5 if at < late else 3.0)(at)

    town.house(capacity=CapacityRules())
    for one in (SHOP, CART):
        town.metrics.put(Metric.REQUESTS, one.key, coming)
    await town.scheduled()
    await town.run(late)
    assert town.cloud.floor(SHOP.key) < 55
    assert "200 requests/s at most in the last 15 minutes" in shown(town)

    await town.run(late + 15 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 55
    assert "back up to 55. 1,200 requests/s come now, 55 instances were promised." in shown(town)
    assert not list(town.chat.texts(OPS))
    await town.run(END + 2 * HOUR)
    assert town.cloud.floor(SHOP.key) == 2
