"""Worker pools: stopping an instance ends its work, so they are given back only when that is safe."""

from datetime import timedelta

import pytest

from bot.core.campaign import CampaignState
from bot.core.house import CapacityRules, Group, LoopMode
from bot.core.series import Metric
from bot.core.windows import Window
from bot.flows.restore import Doors, Wish, restore
from tests.fakes import FakeClock, worker_pool
from tests.flows.town import END, ERIK, MAYA, OPS, START, Town

MINUTE = timedelta(minutes=1)
POOL = worker_pool("orders", floor=4)
STORY = "Order push Fri 28 Nov 18:00-22:00 Europe/Berlin x3 #pipeline"


async def held(town: Town, *, cpu: float) -> None:
    """A campaign has made the pool three times as large, and is over; how busy is it?"""
    town.house(groups=(*town.kit.house.groups, Group("pipeline", "Order pipeline")))
    town.cloud.add(POOL)
    town.measure(POOL.key, requests=0.0, busy=4.0)
    town.metrics.put(Metric.CPU, POOL.key, cpu)
    await town.scheduled(STORY)
    await town.run(START + 10 * MINUTE)
    assert town.cloud.floor(POOL.key) == 12
    await town.run(END + 30 * MINUTE)


def said(town: Town) -> list[str]:
    """Everything the engineers can read."""
    return list(town.chat.texts(OPS))


async def test_what_still_works_is_held_and_the_engineers_are_asked_once(town: Town) -> None:
    await held(town, cpu=0.15)
    assert town.cloud.floor(POOL.key) == 12
    [question] = said(town)
    assert "is to give back 8 instances" in question and "ends after 10 s" in question
    assert "still working" in town.card()
    await town.run(END + 90 * MINUTE)
    assert (town.cloud.floor(POOL.key), len(said(town))) == (12, 1)


async def test_it_is_given_back_stepwise_once_an_engineer_says_that_it_is_drained(
    town: Town,
) -> None:
    await held(town, cpu=0.15)
    await town.click("It is drained", by=MAYA, channel=OPS)
    await town.run(10 * MINUTE)
    assert town.cloud.floor(POOL.key) == 12
    question = town.chat.shown_in(OPS)[0]
    await town.click("It is drained", by=ERIK, channel=OPS)
    await town.click("It is drained", by=ERIK, channel=OPS, on=question)
    await town.run(30 * MINUTE)

    assert [write.change.floor for write in town.cloud.writes] == [12, 8, 6, 4]
    assert f"<@{ERIK}> said that it is drained" in said(town)[0]
    assert "Only an engineer" in town.whispers()[0] and "already" in town.whispers()[1]
    await town.run(10 * MINUTE)
    assert await town.state() is CampaignState.DONE


async def test_it_is_given_back_by_itself_once_it_is_idle(town: Town) -> None:
    await held(town, cpu=0.15)
    town.metrics.put(Metric.CPU, POOL.key, 0.01)
    await town.run(40 * MINUTE)
    assert town.cloud.floor(POOL.key) == 4
    assert "step by step: it is idle" in said(town)[0]


async def test_nobody_is_asked_where_the_house_says_that_its_work_survives(town: Town) -> None:
    town.house(capacity=CapacityRules(loop=LoopMode.OFF, survivors=("orders",)))
    await held(town, cpu=0.15)
    await town.run(20 * MINUTE)
    assert town.cloud.floor(POOL.key) == 4
    assert said(town) == []


async def test_it_is_held_while_nothing_tells_whether_it_works(town: Town) -> None:
    town.metrics.gap(Window(END - 10 * MINUTE, END + timedelta(hours=9)))
    await held(town, cpu=0.01)
    assert town.cloud.floor(POOL.key) == 12
    assert "not lowering" in town.card()


@pytest.mark.parametrize(("drained", "floor"), [(False, 12), (True, 4)])
async def test_the_marks_alone_do_not_stop_a_working_pool_either(
    town: Town, *, drained: bool, floor: int
) -> None:
    await held(town, cpu=0.15)
    doors = Doors(town.cloud, town.metrics, FakeClock(town.clock.now(), eager=True), town.kit.house)
    [deed] = [one async for one in restore(doors, Wish(drained=drained))]
    assert town.cloud.floor(POOL.key) == floor
    assert deed.done is drained
    assert ("--drained" in deed.words) is not drained
