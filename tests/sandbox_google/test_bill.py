"""The town's bill: what is worked out once for all towns of a process is still each town's own."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.core.campaign import CampaignKind
from bot.core.windows import Window
from bot.sandbox.google.bill import HOUR, Bill
from bot.sandbox.world.scenario import Event, Scenario, load_scenario
from bot.sandbox.world.world import World
from tests.conformance.google_stages import STOREFRONT
from tests.sandbox_world.conftest import START
from tests.sandbox_world.hand_clock import HandClock

WEEK_BEFORE = START - timedelta(days=7)
FIRST = int(WEEK_BEFORE.timestamp()) // HOUR


def push(start: timedelta) -> Event:
    """One that brings the shop ten times its demand for two hours."""
    window = Window(START + start, START + start + timedelta(hours=2))
    return Event("push", ("web",), CampaignKind.PUSH, window, 10.0)


async def cost(scenario: Scenario, *later: Event) -> Decimal:
    """Of the storefront in the three hours a week before the start, of a town where `later` is put in."""
    world = World(scenario, HandClock(START))
    for event in later:
        world.put_event(event)
    rows = Bill(world, HandClock(START)).rows(FIRST, FIRST + 3, [STOREFRONT])
    return sum([row.cost async for row in rows], Decimal(0))


async def test_a_town_that_had_a_sale_has_a_higher_bill_than_the_one_before_it() -> None:
    scenario = replace(load_scenario(), events=())
    usual = await cost(scenario)
    assert await cost(replace(scenario, events=(push(timedelta(days=-7)),))) > 1.5 * float(usual)
    assert await cost(scenario) == usual


async def test_what_is_said_of_the_past_afterwards_is_billed_and_what_is_to_come_is_not() -> None:
    scenario = replace(load_scenario(), events=())
    usual = await cost(scenario)
    assert await cost(scenario, push(timedelta(hours=1))) == usual
    assert await cost(scenario, push(timedelta(days=-7))) > 1.5 * float(usual)


async def test_the_bill_is_of_the_size_that_a_workload_has() -> None:
    scenario = replace(load_scenario(), events=())
    large = tuple(
        replace(spec, size=replace(spec.size, memory_gib=spec.size.memory_gib * 4))
        for spec in scenario.workloads
    )
    assert await cost(replace(scenario, workloads=large)) > await cost(scenario)
