"""Laws of the simulated world: floors, pushes, history, determinism, jumps and speed."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from bot.core.campaign import CampaignKind
from bot.core.fleet import WorkloadKey
from bot.core.windows import Window
from bot.sandbox.world.scenario import Event, Scenario
from bot.sandbox.world.world import World
from tests.sandbox_world.conftest import PUSH, START, hold
from tests.sandbox_world.hand_clock import HandClock


def at_risk_in_first_minutes(world: World, clock: HandClock, key: WorkloadKey) -> float:
    """The share of the first five minutes' requests that had to wait or were refused."""
    clock.set(PUSH)
    world.advance()
    total = world.instances(key).total
    before = (total.at_risk, total.requests)
    clock.move(minutes=5)
    world.advance()
    return (total.at_risk - before[0]) / (total.requests - before[1])


def test_a_floor_becomes_warm_step_by_step_when_it_is_raised(
    world: World, clock: HandClock, storefront: WorkloadKey
) -> None:
    hold(world, storefront, floor=90)
    clock.move(seconds=10)
    world.advance()
    first = world.provisioned(storefront)
    assert first < 30
    assert world.instances(storefront).starting > 50
    seen = [first]
    for _ in range(12):
        clock.move(seconds=5)
        world.advance()
        seen.append(world.provisioned(storefront))
    assert seen == sorted(seen)
    assert seen[-1] == 90


def test_no_fewer_instances_than_the_floor_are_kept_when_the_night_is_quiet(
    world: World, clock: HandClock, storefront: WorkloadKey
) -> None:
    hold(world, storefront, floor=25)
    clock.move(minutes=5)
    world.advance()
    for _ in range(48):
        clock.move(minutes=15)
        world.advance()
        assert world.instances(storefront).ready >= 25


def test_idle_instances_leave_within_a_quarter_of_an_hour_when_the_floor_is_given_back(
    world: World, clock: HandClock, storefront: WorkloadKey
) -> None:
    hold(world, storefront, floor=90)
    clock.move(minutes=5)
    world.advance()
    hold(world, storefront, floor=2)
    clock.move(minutes=2)
    world.advance()
    assert world.instances(storefront).ready == 90
    clock.move(minutes=13)
    world.advance()
    assert world.instances(storefront).ready < 25


def test_a_push_puts_many_requests_at_risk_when_nothing_was_prepared(
    world: World, clock: HandClock, storefront: WorkloadKey
) -> None:
    assert at_risk_in_first_minutes(world, clock, storefront) > 0.25


@pytest.mark.parametrize("floor", [75, 94])
def test_a_push_puts_nothing_at_risk_when_the_floor_was_raised_in_time(
    world: World, clock: HandClock, storefront: WorkloadKey, floor: int
) -> None:
    clock.set(PUSH - timedelta(minutes=15))
    hold(world, storefront, floor=floor)
    assert at_risk_in_first_minutes(world, clock, storefront) == 0


def test_more_floor_means_less_at_risk_when_the_same_push_comes(
    scenario: Scenario, storefront: WorkloadKey
) -> None:
    shares = []
    for floor in (2, 28, 36, 44, 60):
        clock = HandClock(PUSH - timedelta(minutes=30))
        world = World(scenario, clock)
        hold(world, storefront, floor=floor)
        shares.append(at_risk_in_first_minutes(world, clock, storefront))
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.25
    assert shares[-1] == 0


def test_nothing_is_at_risk_when_demand_only_ramps_slowly(
    scenario: Scenario, storefront: WorkloadKey
) -> None:
    window = Window(PUSH, PUSH + timedelta(hours=3))
    sale = Event("slow sale", ("web",), CampaignKind.SALE, window, 3.0)
    clock = HandClock(PUSH - timedelta(minutes=30))
    world = World(replace(scenario, events=(sale,)), clock)
    clock.set(window.end)
    world.advance()
    total = world.instances(storefront).total
    assert total.at_risk / total.requests < 0.001
    assert world.instances(storefront).ready > 45


def test_the_ceiling_holds_and_requests_are_refused_when_demand_exceeds_it(
    world: World, clock: HandClock
) -> None:
    payment = next(key for key in world.keys() if key.name == "payment-gateway")
    window = Window(START + timedelta(minutes=10), START + timedelta(hours=2))
    world.put_event(Event("push", ("checkout",), CampaignKind.PUSH, window, 8.0))
    clock.set(window.start + timedelta(minutes=30))
    world.advance()
    instances = world.instances(payment)
    assert instances.ready == 12
    assert instances.total.refused > 0


def test_the_minutes_before_and_after_the_start_agree_when_they_are_compared(
    world: World, clock: HandClock, scenario: Scenario
) -> None:
    begun = int(START.timestamp()) // 60
    clock.move(minutes=30)
    world.advance()
    later = World(scenario, HandClock(clock.now()))  # knows the same half hour as history
    for key in world.keys():
        minutes = [world.minute(key, begun + k) for k in range(-15, 15)]
        assert None not in minutes
        for before, after in pairwise(m for m in minutes if m):
            assert after.requests == pytest.approx(before.requests, rel=0.15)
            assert abs(after.ready - before.ready) <= max(2, 0.2 * before.ready), key
        for minute in minutes[15:]:
            past = later.minute(key, round(minute.at)) if minute else None
            assert minute and past
            assert minute.requests == pytest.approx(past.requests, rel=0.03)
            assert minute.cpu_seconds == pytest.approx(past.cpu_seconds, rel=0.03)
            assert abs(minute.ready - past.ready) <= max(1, 0.15 * past.ready)


def test_weeks_of_history_are_there_at_once_when_the_town_opens(
    world: World, storefront: WorkloadKey
) -> None:
    for weeks in range(1, 9):
        minute = world.minute(storefront, int((PUSH - timedelta(weeks=weeks)).timestamp()) // 60)
        assert minute is not None
        assert 320 < minute.requests / 60 < 470
        assert 14 <= minute.ready <= 26
    assert world.minute(storefront, int(PUSH.timestamp()) // 60) is None


def test_two_worlds_live_the_same_life_when_one_looks_more_often(scenario: Scenario) -> None:
    clocks = [HandClock(START), HandClock(START)]
    worlds = [World(scenario, clock) for clock in clocks]
    for _ in range(240):
        clocks[0].move(seconds=47)
        worlds[0].advance()
    clocks[1].move(seconds=47 * 240)
    assert worlds[0].snapshot() == worlds[1].snapshot()


async def test_a_two_hour_jump_is_caught_up_with_at_once_when_the_task_runs(
    world: World, clock: HandClock, storefront: WorkloadKey
) -> None:
    await world.start()
    clock.move(hours=2)
    begun = time.perf_counter()
    await world.catch_up()
    # Half a second alone on a core; the suite shares two with others.
    assert time.perf_counter() - begun < 2.5
    await asyncio.sleep(0.05)
    assert world.minute(storefront, int(clock.now().timestamp()) // 60 - 1) is not None
    await world.stop()


def test_a_day_of_the_fleet_takes_seconds_when_it_is_simulated(
    world: World, clock: HandClock
) -> None:
    clock.move(hours=24)
    begun = time.perf_counter()
    world.advance()
    assert time.perf_counter() - begun < 20
