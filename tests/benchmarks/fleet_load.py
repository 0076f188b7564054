"""A region full of services behind the sandbox's Google, with its quotas, and a town on it. For the benchmarks."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adapters.cloud_run import CloudRun
from bot.adapters.google_channel import GoogleClients
from bot.adapters.shared_reads import SharedReads
from bot.core.fleet import InstanceSize, WorkloadKey, WorkloadKind
from bot.core.house import CapacityRules, Guardrails, House, LoopMode, Place
from bot.core.money import Money
from bot.core.series import Metric
from bot.ports.clock import Clock
from bot.sandbox.google.gate import RateQuota
from bot.sandbox.google.refusals import Refusal
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import Quotas, Scenario, load_scenario
from bot.sandbox.world.world import World
from bot.store.database import Database
from tests.flows.town import HOUSE, Town
from tests.store_fixture import migrated_sqlite

MINUTE = timedelta(minutes=1)
PER_REGION = 1000  # services that a project may have in one region (reference §A.6)
PROJECT = "cymbal-shop"
READS = 600  # a minute, project and region: what new projects have (reference §A.6)
_PLENTY = Money(Decimal(10) ** 9)


class CountedQuota(RateQuota):
    """The sandbox's quota; `refused` counts the calls that were too many."""

    refused = 0

    def take(self, lane: str) -> None:
        """Counts one call of `lane`."""
        try:
            super().take(lane)
        except Refusal:
            self.refused += 1
            raise


def region_of(number: int) -> str:
    """As many services to a region as it holds."""
    return f"region-{number // PER_REGION}"


def scenario(count: int, *, writes: int, floor: int = 2) -> Scenario:
    """So many services of that floor, all of the group web, and Google's quotas."""
    cymbal = load_scenario()
    like = cymbal.workloads[0]
    specs = tuple(
        replace(
            like,
            key=WorkloadKey(WorkloadKind.SERVICE, PROJECT, region_of(number), f"shop-{number:04d}"),
            group="web",
            settings=replace(like.settings, floor=floor, ceiling=None),
        )
        for number in range(count)
    )
    plenty = InstanceSize(10**7, 10**7)
    regions = {spec.key.region: plenty for spec in specs}
    quotas = Quotas(writes, READS, regions)
    return replace(cymbal, tick_seconds=15, quotas=quotas, workloads=specs, events=())


def google_of(fleet: Scenario, clock: Clock) -> tuple[GoogleTown, CountedQuota, CountedQuota]:
    """The sandbox's Google with counted quotas: of writes and of reads."""
    google = GoogleTown(World(fleet, clock), clock)
    writes = CountedQuota("Write", fleet.quotas.writes_per_minute, clock)
    reads = CountedQuota("Read", fleet.quotas.reads_per_minute, clock)
    google.gate.writes, google.gate.reads = writes, reads
    return google, writes, reads


def rich_house(fleet: Scenario) -> House:
    """May spend what it takes; writes as often as Google lets it."""
    rules = CapacityRules(writes_per_minute=fleet.quotas.writes_per_minute, loop=LoopMode.OFF)
    rich: Guardrails = replace(HOUSE.guardrails, auto_budget=_PLENTY, max_budget=_PLENTY)
    places = (Place(PROJECT, tuple(fleet.quotas.regions)),)
    return replace(HOUSE, capacity=rules, guardrails=rich, places=places)


@asynccontextmanager
async def settled(town: Town, fleet: Scenario, port: int) -> AsyncIterator[None]:
    """The town's Cloud is the product's adapter on the Google at `port`; its metrics are the test's."""
    house = rich_house(fleet)
    clients = GoogleClients(f"http://127.0.0.1:{port}")
    cloud = SharedReads(CloudRun(clients, house.places, house.groups), town.clock)
    town.kit = replace(town.kit, cloud=cloud, house=house)
    town.busy.clear()
    for spec in fleet.workloads:
        town.measure(spec.key, requests=400.0)
        # Warm as soon as the Admin API says so: the writes are what is measured.
        town.metrics.put(Metric.INSTANCES, spec.key, 1000.0)
        del town.busy[spec.key]
    try:
        yield
    finally:
        await clients.close()


@contextmanager
def fresh_url() -> Iterator[str]:
    """A migrated SQLite file that is gone afterwards."""
    with TemporaryDirectory(prefix="headroom-bench-") as folder:
        yield migrated_sqlite(Path(folder))


@asynccontextmanager
async def town_on(fleet: Scenario) -> AsyncIterator[tuple[Town, GoogleTown]]:
    """A town with a Google of its own in the same process."""
    with fresh_url() as url:
        database = Database(url, on_wake=lambda: None)
        town = Town(database)
        google, _, _ = google_of(fleet, town.clock)
        port = await google.start()
        try:
            async with settled(town, fleet, port):
                yield town, google
        finally:
            await google.stop()
            await database.close()
