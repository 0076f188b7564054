"""A worker pool with a Pub/Sub subscription in the sandbox: real flows and adapters, Google at the protocol level.

Nothing of its metrics is made up: messages come with the demand, instances work them off, and what is
left over waits. Only the two pools live in this town.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.cloud_run import CloudRun
from bot.adapters.data_metrics import CloudDataMetrics
from bot.adapters.google_channel import GoogleClients
from bot.adapters.monitoring import CloudMonitoring
from bot.core.campaign import CampaignKind, CampaignState
from bot.core.fleet import WorkloadKey
from bot.core.holding import Outcome
from bot.core.house import Group
from bot.core.pipelines import Pipeline
from bot.core.windows import Window
from bot.sandbox.google.faults import Silence
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import Event, Spread, WorkloadSpec, load_scenario
from bot.sandbox.world.world import World
from bot.store.database import Database
from tests.flows.town import END, OPS, START, Town

MINUTE = timedelta(minutes=1)
STORY = "Order push Fri 28 Nov 18:00-22:00 Europe/Berlin x3 #pipeline"
ORDERS = WorkloadKey.parse("worker-pool/cymbal-shop/europe-west1/order-worker")
PIPELINES = (
    Pipeline("orders", "Orders", "cymbal-shop", workers=("order-worker",), subscription="orders"),
)


class Pools(Town):
    """The town of the flows, with the sandbox for Google."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        scenario = load_scenario()
        pools = tuple(_waits_much(one) for one in scenario.workloads if one.subscription)
        self.clock.set(START - timedelta(hours=2))
        self.google = GoogleTown(
            World(replace(scenario, workloads=pools, events=()), self.clock), self.clock
        )

    def connect(self, clients: GoogleClients) -> None:
        """Google is the sandbox from now on."""
        house = replace(
            self.kit.house, groups=(Group("pipeline", "Order pipeline"),), pipelines=PIPELINES
        )
        self.kit = replace(
            self.kit,
            house=house,
            cloud=CloudRun(clients, house.places, house.groups),
            metrics=CloudMonitoring(clients),
            data=CloudDataMetrics(clients),
        )

    def rush(self, times: float, minutes: int) -> None:
        """So many times the usual orders at the end of the campaign: more than was planned for."""
        window = Window(END - minutes * MINUTE, END)
        rush = Event("last minute", ("pipeline",), CampaignKind.PUSH, window, times)
        self.google.world.put_event(rush)

    def floor(self) -> int:
        """The instances that are asked for of the order workers."""
        return self.google.world.spec(ORDERS).settings.manual

    def delay(self) -> float:
        """Seconds that a message which comes now takes until it is done."""
        self.google.world.advance()
        return self.google.world.instances(ORDERS).wait()

    def asked(self) -> list[str]:
        """What the engineers read about the order workers."""
        return [text for text in self.chat.texts(OPS) if "order-worker" in text]


def _waits_much(pool: WorkloadSpec) -> WorkloadSpec:
    """One message at a time, most of it spent waiting for a database: its CPU is never busy."""
    settings = replace(pool.settings, manual=16)
    return replace(pool, concurrency=1, latency=Spread(0.3, 0.8), settings=settings)


@pytest.fixture
async def pools(database: Database) -> AsyncIterator[Pools]:
    """Two pools with their subscriptions."""
    pools = Pools(database)
    clients = GoogleClients(f"http://127.0.0.1:{await pools.google.start()}")
    pools.connect(clients)
    yield pools
    await clients.close()
    await pools.google.stop()


async def sold(pools: Pools) -> int:
    """A campaign that is just over; returns the instances that were kept for it."""
    await pools.scheduled(STORY)
    await pools.run(START)
    held = pools.floor()
    assert held > 16
    await pools.run(END + 12 * MINUTE)
    return held


async def test_a_pool_gives_back_when_what_had_piled_up_is_worked_off(pools: Pools) -> None:
    pools.rush(9, minutes=40)
    held = await sold(pools)
    assert pools.delay() > 120
    assert pools.floor() == held
    [question] = pools.asked()
    assert "messages wait in its subscription orders (the oldest for" in question
    assert "by themselves once its subscription orders is drained" in question

    lowest_with_a_backlog = held
    while pools.delay() > 60:
        await pools.run(MINUTE)
        lowest_with_a_backlog = min(lowest_with_a_backlog, pools.floor())
    assert lowest_with_a_backlog == held
    await pools.run(45 * MINUTE)
    assert pools.floor() == 16
    assert pools.delay() < 1
    assert "nothing piles up in its subscription orders" in pools.asked()[0]
    assert await pools.state() is CampaignState.DONE


async def test_each_step_down_says_why_it_was_safe(pools: Pools, database: Database) -> None:
    held = await sold(pools)
    await pools.run(30 * MINUTE)
    async with database.begin() as tx:
        writes = [one for one in await tx.capacity.ledger(ORDERS) if one.outcome is Outcome.DONE]
    down = [one for one in reversed(writes) if one.floor < one.previous_floor]
    assert [down[0].previous_floor, down[-1].floor] == [held, 16]
    assert len(down) > 2
    assert all("nothing piles up in its subscription orders" in one.reason for one in down)
    assert pools.asked() == []


async def test_a_pool_is_held_while_nothing_tells_what_waits(pools: Pools) -> None:
    pools.google.faults.put(Silence("num_undelivered_messages", "orders"))
    held = await sold(pools)
    await pools.run(30 * MINUTE)
    assert pools.floor() == held
    [question] = pools.asked()
    assert "nothing fresh tells what waits in its subscription orders" in question
    pools.google.faults.clear()
    await pools.run(60 * MINUTE)
    assert pools.floor() == 16
