"""The Google side of the town: Cloud Run and Cloud Monitoring over gRPC on one loopback port.

Built by the composition root of the sandbox from a world and a clock; clients are the published ones.
"""

import grpc
from starlette.routing import Route

from bot.ports.clock import Clock
from bot.sandbox.google.admin import POOLS, SERVICES, Collection, Revisions
from bot.sandbox.google.alert_shelves import Channels, Policies
from bot.sandbox.google.alerting import Snoozes
from bot.sandbox.google.bigquery import BigQuery
from bot.sandbox.google.bill import Bill
from bot.sandbox.google.catalog import Catalog
from bot.sandbox.google.faults import Faults
from bot.sandbox.google.gate import Gate
from bot.sandbox.google.quota_infos import QuotaInfos
from bot.sandbox.google.registry import Registry
from bot.sandbox.google.routes import Doors
from bot.sandbox.google.rpc import Method
from bot.sandbox.google.time_series import TimeSeriesReader
from bot.sandbox.world.world import World

CALLER = "headroom@cymbal-shop.iam.gserviceaccount.com"


class GoogleTown:
    """Everything of it that tests and stories touch.

    `faults` breaks things on demand, `registry` takes changes by others, `gate` knows the quotas,
    `doors.obey` does what `POST /town/world` does.
    """

    def __init__(self, world: World, clock: Clock, *, caller: str = CALLER) -> None:
        self.world = world
        self.faults = Faults(clock)
        self.registry = Registry(world, clock, self.faults)
        self.gate = Gate(world, clock, self.faults, world.scenario.quotas)
        self.channels = Channels(clock)
        self.policies = Policies(clock, self.channels, caller)
        self.snoozes = Snoozes(clock)
        self.time_series = TimeSeriesReader(self.registry, clock, self.faults)
        self.port = 0
        self._server: grpc.aio.Server | None = None
        self._services: dict[str, dict[str, Method]] = {
            "google.cloud.run.v2.Services": Collection(
                SERVICES, self.registry, clock, caller
            ).methods(),
            "google.cloud.run.v2.WorkerPools": Collection(
                POOLS, self.registry, clock, caller
            ).methods(),
            "google.cloud.run.v2.Revisions": Revisions(self.registry, clock).methods(),
            "google.longrunning.Operations": self.registry.operations.methods(),
            "google.monitoring.v3.MetricService": self.time_series.methods(),
            "google.monitoring.v3.NotificationChannelService": self.channels.methods(),
            "google.monitoring.v3.AlertPolicyService": self.policies.methods(),
            "google.monitoring.v3.SnoozeService": self.snoozes.methods(),
            "google.cloud.billing.v1.CloudCatalog": dict(Catalog().methods()),
            "google.api.cloudquotas.v1.CloudQuotas": dict(QuotaInfos(world.scenario).methods()),
        }
        self.doors = Doors(self.registry, world, self.faults)
        self.bigquery = BigQuery(world, Bill(world, clock), self.faults)

    def routes(self) -> list[Route]:
        """`GET /town/fleet` and `POST /town/world`, and BigQuery, which speaks REST."""
        return [*self.doors.routes(), *self.bigquery.routes()]

    async def start(self, port: int = 0) -> int:
        """Listens on 127.0.0.1 (0: any free port) and returns the port."""
        server = grpc.aio.server()
        for service, methods in self._services.items():
            handlers = {
                name: self.gate.handler(service, name, method) for name, method in methods.items()
            }
            server.add_generic_rpc_handlers(
                (grpc.method_handlers_generic_handler(service, handlers),)
            )
        self.port = server.add_insecure_port(f"127.0.0.1:{port}")
        await server.start()
        self._server = server
        return self.port

    async def stop(self) -> None:
        """Ends all calls and stops listening."""
        if self._server is not None:
            await self._server.stop(grace=0)
            self._server = None
