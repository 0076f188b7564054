"""Where the Cloud and Metrics suites play: on the fakes, and on the adapters against the sandbox's Google.

Both fleets hold storefront-web (floor 2, group web), checkout-web (floor 2, ceiling 40) and the worker
pool order-worker (8 instances).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from bot.adapters.cloud_run import CloudRun
from bot.adapters.google_channel import GoogleClients
from bot.adapters.monitoring import CloudMonitoring
from bot.adapters.shared_reads import SharedReads
from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.core.house import Place
from bot.core.series import Metric
from bot.errors import NotAllowed, SlowDown, TryAgain
from bot.ports.cloud import Cloud, Metrics
from bot.sandbox.google.faults import BrokenOperation, Fault, Silence
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import load_scenario
from bot.sandbox.world.world import World
from tests.fakes import FakeClock, FakeCloud, FakeMetrics, service, worker_pool

PROJECT, EUROPE = "cymbal-shop", "europe-west1"
STOREFRONT = WorkloadKey(WorkloadKind.SERVICE, PROJECT, EUROPE, "storefront-web")
CHECKOUT = WorkloadKey(WorkloadKind.SERVICE, PROJECT, EUROPE, "checkout-web")
ORDERS = WorkloadKey(WorkloadKind.WORKER_POOL, PROJECT, EUROPE, "order-worker")
NOWHERE = WorkloadKey(WorkloadKind.SERVICE, PROJECT, EUROPE, "nowhere")
ERIK = "erik@cymbal.example"
_MINUTES = timedelta(minutes=4)


class Stage(Protocol):
    """What the suites need besides the ports: other people's acts, time, and trouble on demand."""

    cloud: Cloud
    metrics: Metrics
    clock: FakeClock

    def drift(self, key: WorkloadKey, floor: int) -> None:
        """Erik sets the floor."""
        ...

    def remove(self, key: WorkloadKey) -> None:
        """The workload is deleted."""
        ...

    def break_operation(self) -> None:
        """The next accepted write ends badly."""
        ...

    def trouble(self, error: type[Exception], *, lost: bool = False) -> None:
        """The next write fails like this; `lost` lets it have its effect."""
        ...

    def go_down(self) -> None:
        """Google is down from now on."""
        ...

    def silence(self) -> None:
        """Nothing is measured from now on."""
        ...

    def settle(self) -> None:
        """Lets enough time pass for a rollout and for warm instances."""
        ...


class FakeStage:
    """The fakes, with a fleet like the sandbox's."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.fake = FakeCloud(self.clock, settle_after=timedelta(seconds=5), looks=0)
        self.fake.warm_after = timedelta(minutes=1)
        self.fake.add(
            service("storefront-web", floor=2),
            service("checkout-web", floor=2, ceiling=40, groups=("checkout",)),
            worker_pool("order-worker", floor=8),
        )
        self.measured = FakeMetrics(self.clock)
        for metric in Metric:
            self.measured.put(metric, STOREFRONT, 100.0 if metric is Metric.REQUESTS else 0.5)
        for metric in (Metric.INSTANCES, Metric.ACTIVE, Metric.CPU, Metric.BILLABLE):
            self.measured.put(metric, ORDERS, 8.0)
        self.measured.put(Metric.INSTANCES, STOREFRONT, lambda at: self._provisioned())
        self.cloud: Cloud = self.fake
        self.metrics: Metrics = self.measured

    def drift(self, key: WorkloadKey, floor: int) -> None:
        self.fake.someone_sets(key, floor, by=ERIK)

    def remove(self, key: WorkloadKey) -> None:
        self.fake.remove(key)

    def break_operation(self) -> None:
        self.fake.operation_error = "an internal error"

    def trouble(self, error: type[Exception], *, lost: bool = False) -> None:
        self.fake.faults.add("set_scaling", _made(error), after_effect=lost)

    def go_down(self) -> None:
        self.fake.faults.add("*", TryAgain("Google is down"), times=1000)
        self.measured.faults.add("*", TryAgain("Google is down"), times=1000)

    def silence(self) -> None:
        for metric in Metric:
            self.measured.forget(metric, STOREFRONT)

    def settle(self) -> None:
        self.clock.advance(_MINUTES)

    def _provisioned(self) -> float:
        return float(self.fake.provisioned(STOREFRONT, self.clock.now()))


class SandboxStage:
    """The real adapters and the sandbox's Google."""

    def __init__(self, town: GoogleTown, clients: GoogleClients, clock: FakeClock) -> None:
        self.town = town
        self.clients = clients
        self.clock = clock
        places = [Place(PROJECT, (EUROPE, "us-central1"))]
        self.cloud: Cloud = SharedReads(CloudRun(clients, places), clock)
        self.metrics: Metrics = CloudMonitoring(clients)

    def drift(self, key: WorkloadKey, floor: int) -> None:
        self.town.registry.drift(key, floor, by=ERIK)

    def remove(self, key: WorkloadKey) -> None:
        self.town.registry.remove(self.town.registry.find(key))

    def break_operation(self) -> None:
        self.town.faults.put(BrokenOperation())

    def trouble(self, error: type[Exception], *, lost: bool = False) -> None:
        codes = {
            TryAgain: "UNAVAILABLE",
            SlowDown: "RESOURCE_EXHAUSTED",
            NotAllowed: "PERMISSION_DENIED",
        }
        for method in ("UpdateService", "UpdateWorkerPool"):
            self.town.faults.put(Fault(method, codes[error], calls=1, lost=lost))

    def go_down(self) -> None:
        self.town.faults.put(Fault())

    def silence(self) -> None:
        self.town.faults.put(Silence())

    def settle(self) -> None:
        self.clock.advance(_MINUTES)


def _made(error: type[Exception]) -> Exception:
    if error is SlowDown:
        return SlowDown("slower", timedelta(seconds=20))
    return error("as the test wants")


@asynccontextmanager
async def sandbox_stage() -> AsyncIterator[SandboxStage]:
    """The sandbox's Google on a free port, and the adapters on it."""
    clock = FakeClock()
    scenario = replace(load_scenario(), sample_delay=(60, 120))
    town = GoogleTown(World(scenario, clock), clock)
    port = await town.start()
    clients = GoogleClients(f"http://127.0.0.1:{port}")
    try:
        yield SandboxStage(town, clients, clock)
    finally:
        await clients.close()
        await town.stop()
