"""The past in columns is what the plain definition of each minute comes to."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from bot.core.campaign import CampaignKind
from bot.core.fleet import BillingMode, WorkloadKind
from bot.core.windows import Window
from bot.sandbox.world.history import History
from bot.sandbox.world.minutes import IDLE_MINUTES, Minute, billable, drivers, whole
from bot.sandbox.world.scenario import Event, Scenario, WorkloadSpec
from bot.sandbox.world.traffic import Demand, chance, chances, seed_of
from bot.sandbox.world.world import World
from tests.sandbox_world.conftest import START
from tests.sandbox_world.hand_clock import HandClock

# The Sunday on which summer time ends in Berlin, with a push on the Saturday before.
CHANGE = int(datetime(2025, 10, 26, tzinfo=UTC).timestamp()) // 60
SATURDAY = datetime(2025, 10, 25, 18, 7, 20, tzinfo=UTC)
PUSH = Event(
    "push",
    ("web", "checkout"),
    CampaignKind.PUSH,
    Window(SATURDAY, SATURDAY + timedelta(hours=2)),
    4.0,
)


def plain(spec: WorkloadSpec, demand: Demand, seed: int, at: int) -> Minute[float]:
    """One minute, from the definition."""
    settings, ready = spec.settings, kept(spec, demand, at)
    rps = demand.rps((at + 0.5) * 60)
    served = min(rps, ready * spec.instance_rps)
    busy = min(ready, wanted(spec, demand, at))
    cpu, in_flight = served * spec.cpu_seconds, served * spec.latency.middle
    by_cpu, by_concurrency = drivers(spec, cpu, in_flight)
    luck = chance(seed, 4, at)
    return Minute(
        at=at,
        requests=rps * 60,
        refused=(rps - served) * 60 if spec.key.kind is WorkloadKind.SERVICE else 0.0,
        failed=served * 60 * (0.0 if luck < 0.9 else (luck - 0.9) * 0.01),
        ready=ready,
        busy=busy,
        cpu_seconds=cpu * 60,
        cpu_utilization=cpu / (ready * spec.size.vcpu) if ready else 0.0,
        latency=spec.latency.middle * (0.94 + 0.12 * chance(seed, 5, at)),
        concurrency=in_flight / busy if busy else 0.0,
        pending=0.0,
        by_cpu=whole(by_cpu),
        by_concurrency=whole(by_concurrency),
        billable_seconds=billable(spec, settings, ready, busy, 0) * 60,
        starts=max(ready - kept(spec, demand, at - 1), 0)
        + (chance(seed, 3, at) < ready * 0.03 / 60),
        startup_scale=1.0,
        unfinished=in_flight,
        oldest=spec.latency.middle,
    )


def wanted(spec: WorkloadSpec, demand: Demand, at: int) -> int:
    rps = demand.rps((at + 0.5) * 60)
    need = max(drivers(spec, rps * spec.cpu_seconds, rps * spec.latency.middle))
    return min(max(whole(need), spec.settings.least), spec.settings.most)


def kept(spec: WorkloadSpec, demand: Demand, at: int) -> int:
    return max(wanted(spec, demand, at - back) for back in range(IDLE_MINUTES))


def variants(scenario: Scenario) -> list[WorkloadSpec]:
    """The fleet, and a service that is too small for its demand."""
    first = scenario.workloads[0]
    small = replace(first.settings, ceiling=6, revision_ceiling=6)
    paid = replace(first, billing=BillingMode.INSTANCE)
    return [*scenario.workloads, replace(first, settings=small), paid]


def test_every_minute_is_as_defined_when_a_day_is_made_at_once(scenario: Scenario) -> None:
    for spec in variants(scenario):
        seed = scenario.seed ^ seed_of(str(spec.key))
        demand = Demand(scenario, spec, [PUSH])
        history = History(spec, demand, seed)
        for at in range(CHANGE - 480, CHANGE + 180, 7):
            found, expected = history.minute(at), plain(spec, demand, seed, at)
            assert asdict(found) == pytest.approx(asdict(expected), rel=1e-9, abs=1e-9), spec.key


def test_demand_is_the_same_when_many_instants_are_asked_for_at_once(scenario: Scenario) -> None:
    for spec in scenario.workloads[:3]:
        demand = Demand(scenario, spec, [*scenario.events, PUSH])
        instants = (CHANGE - 600) * 60 + np.arange(0, 43_200, 37.0)
        one_by_one = [demand.rps(float(at)) for at in instants]
        assert demand.course(instants).tolist() == pytest.approx(one_by_one, rel=1e-12)


def test_chances_are_those_of_each_element_when_a_column_is_asked_for() -> None:
    column = np.arange(-3, 1_000_000, 999)
    assert chances(2**70 + 5, 4, column).tolist() == [
        chance(2**70 + 5, 4, int(at)) for at in column
    ]


def test_a_stretch_is_without_a_gap_when_it_reaches_from_the_past_into_the_present(
    world: World, clock: HandClock
) -> None:
    begun = int(START.timestamp()) // 60
    clock.move(minutes=90)
    world.advance()
    for key in world.keys():
        parts = [*world.stretches(key, begun - 3000, begun + 500)]
        assert np.concatenate([part.at for part in parts]).tolist() == [
            *range(begun - 3000, begun + 90)
        ]
        requests = np.concatenate([part.requests for part in parts])
        for at in (begun - 3000, begun - 1, begun, begun + 89):
            minute = world.minute(key, at)
            assert minute
            assert requests[at - begun + 3000] == minute.requests


def test_nothing_comes_when_a_stretch_lies_after_a_workload_was_removed(
    world: World, clock: HandClock
) -> None:
    begun = int(START.timestamp()) // 60
    clock.move(minutes=20)
    gone, other = world.keys()[:2]
    world.remove(gone)
    clock.move(minutes=20)
    world.advance()
    counts = [sum(len(p.at) for p in world.stretches(k, begun, begun + 40)) for k in (gone, other)]
    assert counts == [20, 40]
    assert sum(len(p.at) for p in world.stretches(gone, begun + 25, begun + 40)) == 0
