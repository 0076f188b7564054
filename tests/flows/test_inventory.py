"""The inventory is kept, looked at again every hour, and its changes remembered."""

from dataclasses import replace
from datetime import timedelta

from bot.core.fleet import Scaling, ScalingMode
from bot.core.inventory import Inventory
from bot.core.series import Metric
from bot.errors import TryAgain
from bot.flows.inventory import EVERY, inventory
from tests.flows.town import CART, SHOP, Town


async def test_a_change_between_two_looks_is_remembered(town: Town) -> None:
    assert await inventory("all", town.kit) == town.clock.now() + EVERY
    town.cloud.add(replace(CART, scaling=Scaling(ScalingMode.MANUAL, 4)))
    town.clock.set(town.clock.now() + EVERY)
    await inventory("all", town.kit)
    async with town.database.begin() as tx:
        seen = await tx.snapshots.inventory()
    assert seen is not None
    assert {one.key for one in seen.workloads} == {SHOP.key, CART.key}
    assert "is scaled by hand, was scaled automatically" in [c.what for c in seen.changes]


async def test_the_busiest_minutes_of_all_workloads_are_one_question(town: Town) -> None:
    await inventory("all", town.kit)
    assert [metric for metric, *_ in town.metrics.asked] == [Metric.INSTANCES]
    assert set((await _seen(town)).busiest) == {str(SHOP.key), str(CART.key)}


async def test_the_busiest_minutes_of_the_last_look_stay_while_none_are_to_be_had(
    town: Town,
) -> None:
    await inventory("all", town.kit)
    before = await _seen(town)
    town.metrics.faults.add("series", TryAgain("HTTP 503"))
    await _an_hour_later(town)
    after = await _seen(town)
    assert after.at == before.at + EVERY
    assert (after.busiest, after.measured_at) == (before.busiest, before.measured_at)


async def _an_hour_later(town: Town) -> None:
    town.clock.set(town.clock.now() + EVERY)
    await inventory("all", town.kit)


async def _seen(town: Town) -> Inventory:
    async with town.database.begin() as tx:
        seen = await tx.snapshots.inventory()
    assert seen is not None
    return seen


async def test_a_wake_too_early_does_not_ask_google_again(town: Town) -> None:
    first = await inventory("all", town.kit)
    town.clock.set(town.clock.now() + timedelta(minutes=1))
    assert await inventory("all", town.kit) == first
