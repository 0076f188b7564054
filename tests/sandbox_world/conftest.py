"""The shop on Black Friday afternoon, before anything has happened."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.sandbox.world.scenario import Scenario, load_scenario
from bot.sandbox.world.world import World
from tests.sandbox_world.hand_clock import HandClock

START = datetime(2025, 11, 28, 14, tzinfo=UTC)
PUSH = datetime(2025, 11, 28, 17, tzinfo=UTC)


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return load_scenario()


@pytest.fixture
def clock() -> HandClock:
    return HandClock(START)


@pytest.fixture
def world(scenario: Scenario, clock: HandClock) -> World:
    return World(scenario, clock)


@pytest.fixture
def storefront() -> WorkloadKey:
    return WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", "storefront-web")


@pytest.fixture
def orders() -> WorkloadKey:
    return WorkloadKey(WorkloadKind.WORKER_POOL, "cymbal-shop", "europe-west1", "order-worker")


def hold(world: World, key: WorkloadKey, **settings: Any) -> None:
    """Changes settings of a workload as the control plane would."""
    spec = world.spec(key)
    world.apply(replace(spec, settings=replace(spec.settings, **settings)))
