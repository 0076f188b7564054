"""Somebody else changes what Headroom holds, before, during and after a campaign."""

from datetime import timedelta

from bot.core.campaign import CampaignState
from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import TryAgain
from tests.flows.town import END, OPS, SHOP, START, Town

MINUTE = timedelta(minutes=1)


async def live(town: Town) -> None:
    await town.scheduled()
    await town.run(START + 10 * MINUTE)


async def test_a_floor_that_somebody_lowers_is_put_back_and_told_once(town: Town) -> None:
    await live(town)
    town.cloud.someone_sets(SHOP.key, 3)
    await town.run(20 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 55
    [notice] = list(town.chat.texts(OPS))
    assert "terraform@" in notice
    assert "put it back" in notice
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 3


async def test_a_floor_that_is_lowered_again_and_again_is_still_one_notice(town: Town) -> None:
    await live(town)
    for _ in range(3):
        town.cloud.someone_sets(SHOP.key, 3)
        await town.run(12 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 55
    assert len(list(town.chat.texts(OPS))) == 1


async def test_a_lowered_floor_is_left_where_the_house_does_not_repair(town: Town) -> None:
    town.house(repair=False)
    await live(town)
    town.cloud.someone_sets(SHOP.key, 3)
    await town.run(30 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 3
    assert "I leave it so" in next(iter(town.chat.texts(OPS)))
    assert "somebody else set the floor to 3" in town.card()
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 3
    assert await town.state() is CampaignState.DONE


async def test_a_floor_that_somebody_raises_is_theirs_from_then_on(town: Town) -> None:
    await live(town)
    town.cloud.someone_sets(SHOP.key, 80)
    await town.run(20 * MINUTE)
    assert "raised the floor of *shop*" in next(iter(town.chat.texts(OPS)))

    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 80
    assert await town.state() is CampaignState.DONE
    assert len(list(town.chat.texts(OPS))) == 1


async def test_a_change_before_the_raise_is_the_new_baseline_silently(town: Town) -> None:
    await town.scheduled()
    town.cloud.someone_sets(SHOP.key, 5)
    await town.run(END + timedelta(hours=1))

    assert town.cloud.floor(SHOP.key) == 5
    assert list(town.chat.texts(OPS)) == []


async def test_a_deploy_is_not_drift(town: Town) -> None:
    await live(town)
    town.cloud.someone_deploys(SHOP.key, "shop-00002")
    await town.run(30 * MINUTE)

    assert list(town.chat.texts(OPS)) == []
    assert len([write for write in town.cloud.writes if write.key == SHOP.key]) == 1


async def test_somebody_lowering_while_capacity_goes_back_is_left_alone(town: Town) -> None:
    await town.scheduled()
    await town.run(END + 11 * MINUTE)
    town.cloud.someone_sets(SHOP.key, 7)
    await town.run(END + timedelta(hours=1))

    assert town.cloud.floor(SHOP.key) == 7
    assert await town.state() is CampaignState.DONE


async def test_nothing_is_lowered_while_the_metrics_are_missing(town: Town) -> None:
    await town.scheduled()
    town.metrics.gap(Window(END - timedelta(hours=1), END + timedelta(hours=2)))
    await town.run(END + timedelta(hours=1))
    assert town.cloud.floor(SHOP.key) == 55
    assert "not lowering: " in town.card()
    assert await town.state() is CampaignState.RESTORING

    await town.run(END + timedelta(hours=3))
    assert town.cloud.floor(SHOP.key) == 2
    assert await town.state() is CampaignState.DONE


async def test_nothing_is_lowered_while_monitoring_does_not_answer(town: Town) -> None:
    await town.scheduled()
    await town.run(END)
    town.metrics.faults.add("series", TryAgain("HTTP 503"), times=1000)
    await town.run(END + 30 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 55
    assert "Cloud Monitoring does not answer" in town.card()

    town.metrics.faults.clear()
    await town.run(END + timedelta(hours=2))
    assert await town.state() is CampaignState.DONE


async def test_nothing_is_lowered_while_requests_wait(town: Town) -> None:
    await town.scheduled()
    await town.run(END)
    town.metrics.put(Metric.PENDING, SHOP.key, 3.0)
    await town.run(END + 40 * MINUTE)
    assert town.cloud.floor(SHOP.key) == 55

    town.metrics.put(Metric.PENDING, SHOP.key, 0.0)
    await town.run(END + timedelta(hours=2))
    assert town.cloud.floor(SHOP.key) == 2


async def test_no_busy_instance_is_taken_away(town: Town) -> None:
    await town.scheduled()
    await town.run(END)
    town.metrics.put(Metric.ACTIVE, SHOP.key, 40.0)
    await town.run(END + 13 * MINUTE)

    assert town.cloud.floor(SHOP.key) == 40


async def test_a_floor_is_lowered_only_to_the_houses_ux_floor(town: Town) -> None:
    town.house(ux_floors={"shop": 6})
    await town.scheduled()
    await town.run(END + timedelta(hours=1))

    assert town.cloud.floor(SHOP.key) == 6
    assert await town.state() is CampaignState.DONE
