"""Capacity is given back by the marks on the workloads alone, as with an empty database."""

from datetime import timedelta

import pytest

from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import AskedWrong, SlowDown
from bot.flows.restore import Deed, Doors, Wish, restore
from tests.fakes import FakeClock
from tests.flows.town import CART, END, SHOP, START, Town

MINUTE = timedelta(minutes=1)


async def deeds(town: Town, wish: Wish | None = None) -> dict[str, Deed]:
    """Restores, as the command does; by workload name."""
    clock = FakeClock(town.clock.now(), eager=True)
    doors = Doors(town.cloud, town.metrics, clock, town.kit.house)
    return {one.workload.key.name: one async for one in restore(doors, wish or Wish())}


async def abandoned(town: Town) -> None:
    """A campaign was live when Headroom and its database were lost; it is over now."""
    await town.scheduled()
    await town.run(START + 10 * MINUTE)
    town.clock.set(END + 30 * MINUTE)


def calm(town: Town) -> None:
    """Hardly anything is asked of anybody any more."""
    for workload in (SHOP, CART):
        town.metrics.put(Metric.ACTIVE, workload.key, 1.0)
        town.metrics.put(Metric.RECOMMENDED, workload.key, 1.0)


async def test_everything_goes_back_when_the_campaign_is_over(town: Town) -> None:
    await abandoned(town)
    calm(town)
    found = await deeds(town)

    assert (town.cloud.floor(SHOP.key), town.cloud.fleet[SHOP.key].marks) == (2, None)
    assert found["shop"].done
    assert await deeds(town) == {}


async def test_nothing_is_lowered_below_what_is_busy(town: Town) -> None:
    await abandoned(town)
    town.metrics.put(Metric.ACTIVE, SHOP.key, 30.0)
    found = await deeds(town)
    assert town.cloud.floor(SHOP.key) == 30
    assert not found["shop"].done

    calm(town)
    assert (await deeds(town))["shop"].done
    assert (town.cloud.floor(SHOP.key), town.cloud.fleet[SHOP.key].marks) == (2, None)


async def test_nothing_is_lowered_without_metrics(town: Town) -> None:
    await abandoned(town)
    town.metrics.gap(Window(START, END + timedelta(hours=9)))
    found = await deeds(town, Wish(force=True))
    assert town.cloud.floor(SHOP.key) == 55
    assert "not given back now" in found["shop"].words


async def test_what_is_still_held_is_left_unless_forced(town: Town) -> None:
    await town.scheduled()
    await town.run(START + 10 * MINUTE)
    found = await deeds(town)
    assert town.cloud.floor(SHOP.key) == 55
    assert "left alone" in found["shop"].words
    await deeds(town, Wish(force=True))
    assert town.cloud.floor(SHOP.key) == 14


async def test_a_rehearsal_changes_nothing(town: Town) -> None:
    await abandoned(town)
    found = await deeds(town, Wish(dry_run=True))
    assert "floor 55 → " in found["shop"].words
    assert town.cloud.floor(SHOP.key) == 55
    assert town.cloud.fleet[SHOP.key].marks is not None


async def test_only_the_marks_go_when_somebody_else_has_set_the_floor(town: Town) -> None:
    await abandoned(town)
    town.cloud.someone_sets(SHOP.key, 9)
    await deeds(town)
    assert (town.cloud.floor(SHOP.key), town.cloud.fleet[SHOP.key].marks) == (9, None)


async def test_the_ux_floor_counts_here_too(town: Town) -> None:
    await abandoned(town)
    town.house(ux_floors={"shop": 20})
    await deeds(town)
    assert town.cloud.floor(SHOP.key) == 20


async def test_what_the_database_holds_is_left_to_the_running_headroom(town: Town) -> None:
    await abandoned(town)
    found = await deeds(town, Wish(held=frozenset({SHOP.key})))
    assert town.cloud.floor(SHOP.key) == 55
    assert "cancel" in found["shop"].words


async def test_only_the_named_workloads_are_given_back(town: Town) -> None:
    await abandoned(town)
    await deeds(town, Wish(only=("cart",)))
    assert town.cloud.floor(SHOP.key) == 55
    assert town.cloud.floor(CART.key) < 55
    with pytest.raises(AskedWrong, match="nothing-like-it"):
        await deeds(town, Wish(only=("nothing-like-it",)))


async def test_a_used_up_quota_is_waited_for(town: Town) -> None:
    await abandoned(town)
    town.cloud.faults.add("set_scaling", SlowDown("slower", timedelta(seconds=20)), times=2)
    await deeds(town)
    assert town.cloud.floor(SHOP.key) < 55
