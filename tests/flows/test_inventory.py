"""The inventory is kept, looked at again every hour, and its changes remembered."""

from dataclasses import replace
from datetime import timedelta

from bot.core.fleet import Scaling, ScalingMode
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


async def test_a_wake_too_early_does_not_ask_google_again(town: Town) -> None:
    first = await inventory("all", town.kit)
    town.clock.set(town.clock.now() + timedelta(minutes=1))
    assert await inventory("all", town.kit) == first
