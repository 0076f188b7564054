"""A Google town on a loopback port, with the published clients on one channel."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import grpc
import pytest
from google.cloud import monitoring_v3, run_v2
from google.protobuf.field_mask_pb2 import FieldMask

from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import Quotas, Scenario, load_scenario
from bot.sandbox.world.world import World
from tests.sandbox_world.conftest import START
from tests.sandbox_world.hand_clock import HandClock

EUROPE = "projects/cymbal-shop/locations/europe-west1"
STOREFRONT = f"{EUROPE}/services/storefront-web"
ORDERS = f"{EUROPE}/workerPools/order-worker"
SHOP = WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", "storefront-web")


@dataclass
class Clients:
    """The official async clients."""

    services: run_v2.ServicesAsyncClient
    pools: run_v2.WorkerPoolsAsyncClient
    revisions: run_v2.RevisionsAsyncClient
    metrics: monitoring_v3.MetricServiceAsyncClient
    channel: grpc.aio.Channel

    async def storefront(self) -> run_v2.Service:
        """The service most tests look at."""
        return await self.services.get_service(name=STOREFRONT)

    async def set_floor(self, floor: int, *, etag: str = "", **more: Any) -> Any:
        """Raises or lowers the storefront's floor like the product does."""
        body = run_v2.Service(
            name=STOREFRONT, etag=etag, scaling=run_v2.ServiceScaling(min_instance_count=floor)
        )
        mask = FieldMask(paths=["scaling.min_instance_count"])
        return await self.services.update_service(
            request=run_v2.UpdateServiceRequest(service=body, update_mask=mask, **more)
        )


def wired(client: type[Any], channel: grpc.aio.Channel) -> Any:
    """An official client over a plaintext channel."""
    transport = client.get_transport_class("grpc_asyncio")
    return client(transport=transport(channel=channel))


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    loaded = load_scenario()
    quotas = Quotas(writes_per_minute=8, reads_per_minute=60, regions=loaded.quotas.regions)
    return replace(loaded, quotas=quotas)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(START)


@pytest.fixture
async def town(scenario: Scenario, clock: HandClock) -> AsyncIterator[GoogleTown]:
    town = GoogleTown(World(scenario, clock), clock)
    await town.start()
    yield town
    await town.stop()


@pytest.fixture
async def clients(town: GoogleTown) -> AsyncIterator[Clients]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{town.port}") as channel:
        yield Clients(
            services=wired(run_v2.ServicesAsyncClient, channel),
            pools=wired(run_v2.WorkerPoolsAsyncClient, channel),
            revisions=wired(run_v2.RevisionsAsyncClient, channel),
            metrics=wired(monitoring_v3.MetricServiceAsyncClient, channel),
            channel=channel,
        )
