"""Cloud Monitoring's snoozes: one wish is one snooze, however often it is said."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.google_channel import GoogleClients
from bot.adapters.snoozing import CloudSnoozing
from bot.core.mirroring import Silence
from bot.sandbox.google.alerting import Snoozes
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import load_scenario
from bot.sandbox.world.world import World
from tests.fakes import FakeClock

POLICY = "projects/cymbal-shop/alertPolicies/1"
TITLE = "Headroom: p95 latency is high [1]"
WISH = Silence(POLICY, TITLE, {})


@pytest.fixture
async def rig() -> AsyncIterator[tuple[CloudSnoozing, GoogleTown, FakeClock]]:
    """The adapter against the sandbox's Monitoring."""
    clock = FakeClock()
    town = GoogleTown(World(load_scenario(), clock), clock)
    port = await town.start()
    clients = GoogleClients(f"http://127.0.0.1:{port}")
    yield CloudSnoozing(clients, clock), town, clock
    await clients.close()
    await town.stop()


def kept(town: GoogleTown) -> list[tuple[str, float]]:
    """Every snooze there is: its policy, and its end in seconds since the epoch."""
    shelf: Snoozes = town.snoozes
    return [
        (one.criteria.policies[0], one.interval.end_time.timestamp()) for one in shelf.kept.values()
    ]


async def test_a_wish_is_one_snooze_whose_end_can_be_moved(
    rig: tuple[CloudSnoozing, GoogleTown, FakeClock],
) -> None:
    adapter, town, clock = rig
    until = clock.now() + timedelta(hours=1)
    await adapter.snooze(replace(WISH, policy=f"{POLICY}/conditions/7"), until)
    await adapter.snooze(WISH, until)
    assert kept(town) == [(POLICY, until.timestamp())]
    await adapter.snooze(WISH, until + timedelta(hours=3))
    assert kept(town) == [(POLICY, (until + timedelta(hours=3)).timestamp())]


async def test_a_snooze_is_ended_and_one_that_is_over_is_left(
    rig: tuple[CloudSnoozing, GoogleTown, FakeClock],
) -> None:
    adapter, town, clock = rig
    await adapter.snooze(WISH, clock.now() + timedelta(hours=1))
    clock.set(clock.now() + timedelta(minutes=10))
    await adapter.snooze(WISH, clock.now())
    assert kept(town) == [(POLICY, clock.now().timestamp())]
    await adapter.snooze(WISH, clock.now())
    assert len(kept(town)) == 1


async def test_a_snooze_is_for_the_resources_that_the_wish_names(
    rig: tuple[CloudSnoozing, GoogleTown, FakeClock],
) -> None:
    adapter, town, clock = rig
    labels = {"service_name": 'the "shop"', "location": "europe-west1"}
    await adapter.snooze(replace(WISH, labels=labels), clock.now() + timedelta(hours=1))
    there = {f"resource.labels.{name}": value for name, value in labels.items()}
    assert town.snoozes.silent(POLICY, there)
    assert not town.snoozes.silent(POLICY, {**there, "resource.labels.service_name": "checkout"})
