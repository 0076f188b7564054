"""The autoscaler of one workload, on demand that the test chooses."""

from dataclasses import dataclass, replace
from typing import cast

import pytest

from bot.core.fleet import BillingMode, InstanceSize, ScalingMode, WorkloadKey, WorkloadKind
from bot.sandbox.world.instances import Instances
from bot.sandbox.world.minutes import Minute
from bot.sandbox.world.scenario import Scenario, Settings, Spread, WorkloadSpec
from bot.sandbox.world.traffic import Demand

TICK = 5
KEY = WorkloadKey(WorkloadKind.SERVICE, "p", "europe-west1", "web")


@dataclass
class Tap:
    """Demand that the test turns up and down."""

    flow: float

    def rps(self, _at: float) -> float:
        return self.flow


class Bench:
    """One workload, its tap and its time."""

    def __init__(self, spec: WorkloadSpec, flow: float, ready: int) -> None:
        self.tap = Tap(flow)
        self.at = 1_764_000_000
        demand = cast(Demand, self.tap)
        self.instances = Instances(spec, demand, seed=1, tick=TICK, ready=ready)
        self.minutes: list[Minute[float]] = []

    def run(self, minutes: float, vcpu_left: float = 1000.0) -> Minute[float]:
        for _ in range(int(minutes * 60 / TICK)):
            self.instances.tick(self.at, vcpu_left)
            self.at += TICK
            if self.at % 60 == 0:
                self.minutes.append(self.instances.close(self.at // 60 - 1))
        return self.minutes[-1]


@pytest.fixture
def spec(scenario: Scenario) -> WorkloadSpec:
    """30 ms of CPU on one vCPU: an instance is at its target with 20 requests per second."""
    return replace(
        scenario.workloads[0],
        key=KEY,
        size=InstanceSize(1, 0.5),
        billing=BillingMode.REQUEST,
        concurrency=80,
        cpu_seconds=0.03,
        latency=Spread(0.2, 0.4),
        startup=Spread(10, 20),
        settings=Settings(ScalingMode.AUTOMATIC, revision_ceiling=100),
    )


def test_cpu_decides_when_requests_are_heavy(spec: WorkloadSpec) -> None:
    minute = Bench(spec, 400, 20).run(5)
    assert (minute.ready, minute.by_cpu, minute.by_concurrency) == (20, 20, 2)
    assert minute.cpu_utilization == pytest.approx(0.6)
    assert minute.requests == pytest.approx(400 * 60)


def test_concurrency_decides_when_requests_are_slow_but_light(spec: WorkloadSpec) -> None:
    slow = replace(spec, cpu_seconds=0.001, latency=Spread(2.0, 4.0), concurrency=40)
    minute = Bench(slow, 120, 10).run(5)
    assert (minute.by_concurrency, minute.by_cpu) == (10, 1)
    assert minute.ready == 10


@pytest.mark.parametrize(("flow", "ready"), [(370, 20), (430, 20), (460, 23), (300, 15)])
def test_ten_percent_is_left_alone_when_demand_wavers(
    spec: WorkloadSpec, flow: float, ready: int
) -> None:
    assert Bench(spec, flow, 20).run(25).ready == ready


def test_surplus_instances_stay_for_a_while_when_demand_falls(spec: WorkloadSpec) -> None:
    bench = Bench(spec, 400, 20)
    bench.run(2)
    bench.tap.flow = 100
    assert bench.run(5).ready == 20
    assert bench.run(10).ready == 5
    assert bench.minutes[6].busy == 5


def test_instances_start_on_demand_when_there_are_none(spec: WorkloadSpec) -> None:
    bench = Bench(spec, 0, 0)
    assert bench.run(2).ready == 0
    bench.tap.flow = 5
    minute = bench.run(1)
    assert minute.ready >= 1
    assert minute.starts >= 1
    assert bench.instances.total.at_risk > 0
    assert bench.run(2).pending == 0


def test_waiting_requests_are_refused_when_the_ceiling_is_far_too_low(spec: WorkloadSpec) -> None:
    tight = replace(spec, settings=replace(spec.settings, ceiling=5))
    bench = Bench(tight, 500, 5)
    minute = bench.run(10)
    served = 5 * spec.instance_rps * 60
    assert minute.requests - minute.refused == pytest.approx(served, rel=0.01)
    assert minute.refused == pytest.approx(500 * 60 - served, rel=0.05)
    assert minute.latency > 10
    assert minute.pending > 0


def test_no_request_is_lost_when_everything_is_added_up(spec: WorkloadSpec) -> None:
    bench = Bench(spec, 200, 10)
    for flow in (200, 1500, 100, 900, 0, 0, 0):
        bench.tap.flow = flow
        bench.run(3)
    sent = sum(flow * 180 for flow in (200, 1500, 100, 900))
    assert bench.instances.total.requests == pytest.approx(sent)
    assert bench.instances.load.pending == 0


def test_scaling_stops_when_the_region_is_out_of_cpu(spec: WorkloadSpec) -> None:
    bench = Bench(spec, 1000, 20)
    assert bench.run(3, vcpu_left=0).ready == 20
    assert bench.instances.short_of_quota
    bench.run(3)
    assert not bench.instances.short_of_quota
    assert bench.instances.ready >= 50


@pytest.mark.parametrize(
    ("floor", "billed"),
    [(0, 20), (20, 20), (60, 60)],
)
def test_kept_instances_are_billed_when_they_are_idle(
    spec: WorkloadSpec, floor: int, billed: int
) -> None:
    kept = replace(spec, settings=replace(spec.settings, floor=floor))
    minute = Bench(kept, 400, max(floor, 20)).run(15)
    assert minute.billable_seconds == pytest.approx(billed * 60)
    assert minute.busy == 20


def test_the_same_instances_start_at_the_same_time_when_the_seed_is_the_same(
    spec: WorkloadSpec,
) -> None:
    lives = []
    for _ in range(2):
        bench = Bench(spec, 200, 10)
        bench.tap.flow = 900
        bench.run(10)
        lives.append(bench.minutes)
    assert lives[0] == lives[1]
