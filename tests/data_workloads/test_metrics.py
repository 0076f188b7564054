"""Backlogs and job executions from the sandbox's Monitoring, over its real protocol."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.adapters.data_metrics import CloudDataMetrics
from bot.adapters.google_channel import GoogleClients
from bot.core.pipelines import Pipeline, Signal, Timeliness, health_of
from bot.core.windows import Window
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import load_scenario
from bot.sandbox.world.world import World
from tests.fakes import FakeClock

ORDERS = Pipeline(
    "orders", "Order pipeline", "cymbal-shop", subscription="orders", fresh=timedelta(minutes=5)
)
EXPORT = Pipeline(
    "export",
    "Export",
    "cymbal-shop",
    job="nightly-export",
    region="europe-west1",
    every=timedelta(hours=26),
)
STEP = timedelta(minutes=5)


@dataclass
class Stage:
    """A sandbox's Google, and the adapter on it."""

    clock: FakeClock
    town: GoogleTown
    metrics: CloudDataMetrics

    @property
    def day(self) -> Window:
        """The last 24 hours, on whole minutes."""
        now: datetime = self.clock.now().replace(second=0, microsecond=0)
        return Window(now - timedelta(days=1), now)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    scenario = load_scenario()
    clock = FakeClock(scenario.starts_at)
    town = GoogleTown(World(scenario, clock), clock)
    port = await town.start()
    clients = GoogleClients(f"http://127.0.0.1:{port}")
    yield Stage(clock, town, CloudDataMetrics(clients))
    await clients.close()
    await town.stop()


async def test_a_backlog_that_is_emptied_is_on_time(stage: Stage) -> None:
    signals = (await stage.metrics.signals([ORDERS], stage.day, STEP))["orders"]
    assert set(signals) == {Signal.AGE, Signal.WAITING}
    assert len(signals[Signal.AGE].values) == 288
    found = health_of(ORDERS, signals, now=stage.clock.now())
    assert found.timeliness is Timeliness.ON_TIME


async def test_a_job_that_finishes_every_night_is_on_time(stage: Stage) -> None:
    signals = (await stage.metrics.signals([EXPORT], stage.day, STEP))["export"]
    found = health_of(EXPORT, signals, now=stage.clock.now())
    assert found.timeliness is Timeliness.ON_TIME
    assert found.sentence == "last finished 11 h ago"


async def test_a_job_that_fails_is_told(stage: Stage) -> None:
    begun = stage.clock.now() - timedelta(days=2)
    stage.town.time_series.data.fail("nightly-export", since=begun)
    signals = (await stage.metrics.signals([EXPORT], stage.day, STEP))["export"]
    found = health_of(EXPORT, signals, now=stage.clock.now())
    assert found.timeliness is Timeliness.FAILED
    assert "failed once and has not finished since" in found.sentence


async def test_what_does_not_exist_is_absent(stage: Stage) -> None:
    nobody = Pipeline("x", "X", "cymbal-shop", subscription="nobody", fresh=STEP)
    assert await stage.metrics.signals([nobody], stage.day, STEP) == {}
    assert await stage.metrics.signals([], stage.day, STEP) == {}
