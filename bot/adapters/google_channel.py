"""Google's asynchronous clients, all for one endpoint; made by the composition root, closed by it."""

from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import grpc.aio
from google.api_core import exceptions
from google.api_core.retry import AsyncRetry, if_exception_type
from google.cloud.billing_v1 import CloudCatalogAsyncClient
from google.cloud.billing_v1.services.cloud_catalog.transports import (
    CloudCatalogGrpcAsyncIOTransport,
)
from google.cloud.cloudquotas_v1 import CloudQuotasAsyncClient
from google.cloud.cloudquotas_v1.services.cloud_quotas.transports import (
    CloudQuotasGrpcAsyncIOTransport,
)
from google.cloud.monitoring_v3 import (
    AlertPolicyServiceAsyncClient,
    MetricServiceAsyncClient,
    NotificationChannelServiceAsyncClient,
    SnoozeServiceAsyncClient,
)
from google.cloud.monitoring_v3.services.alert_policy_service.transports import (
    AlertPolicyServiceGrpcAsyncIOTransport,
)
from google.cloud.monitoring_v3.services.metric_service.transports import (
    MetricServiceGrpcAsyncIOTransport,
)
from google.cloud.monitoring_v3.services.notification_channel_service.transports import (
    NotificationChannelServiceGrpcAsyncIOTransport,
)
from google.cloud.monitoring_v3.services.snooze_service.transports import (
    SnoozeServiceGrpcAsyncIOTransport,
)
from google.cloud.run_v2 import RevisionsAsyncClient, ServicesAsyncClient, WorkerPoolsAsyncClient
from google.cloud.run_v2.services.revisions.transports import RevisionsGrpcAsyncIOTransport
from google.cloud.run_v2.services.services.transports import ServicesGrpcAsyncIOTransport
from google.cloud.run_v2.services.worker_pools.transports import WorkerPoolsGrpcAsyncIOTransport

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

# Explicit for every call, because the worker pool client has no defaults of its own. A read is tried
# again for a blip only: longer trouble is the engine's business, which waits without blocking others.
READ_TIMEOUT = 10.0  # seconds
WRITE_TIMEOUT = 15.0  # seconds
READ_RETRY = AsyncRetry(
    predicate=if_exception_type(exceptions.ServiceUnavailable),
    initial=0.1,
    maximum=0.5,
    multiplier=2.0,
    timeout=1.5,
)

_CLIENTS = frozenset(
    (
        "services",
        "worker_pools",
        "revisions",
        "metrics",
        "alert_policies",
        "notification_channels",
        "snoozes",
        "catalog",
        "quotas",
    )
)
_PLAINTEXT_OPTIONS = (
    ("grpc.enable_http_proxy", 0),  # a proxy of the environment cannot reach our loopback
    ("grpc.max_receive_message_length", -1),  # a page of metrics is larger than the default 4 MiB
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
)


class GoogleClients:
    """The clients the adapters need, each made at first use, inside the running loop.

    `endpoint` None: Google itself, with application default credentials. `http://host:port`: all
    services behind that one plaintext address. Anything else raises ValueError. `rest` is the same for
    BigQuery, which speaks REST.
    """

    def __init__(self, endpoint: str | None = None, rest: str | None = None) -> None:
        self._address = _plaintext_address(endpoint) if endpoint else None
        self._rest = rest
        self._bigquery: dict[str, Client] = {}

    @cached_property
    def services(self) -> ServicesAsyncClient:
        """Cloud Run services, and the long-running operations of their location."""
        if self._address is None:
            return ServicesAsyncClient()
        return ServicesAsyncClient(transport=ServicesGrpcAsyncIOTransport(channel=self._channel))

    @cached_property
    def worker_pools(self) -> WorkerPoolsAsyncClient:
        """Cloud Run worker pools."""
        if self._address is None:
            return WorkerPoolsAsyncClient()
        transport = WorkerPoolsGrpcAsyncIOTransport(channel=self._channel)
        return WorkerPoolsAsyncClient(transport=transport)

    @cached_property
    def revisions(self) -> RevisionsAsyncClient:
        """Revisions of services and of worker pools."""
        if self._address is None:
            return RevisionsAsyncClient()
        return RevisionsAsyncClient(transport=RevisionsGrpcAsyncIOTransport(channel=self._channel))

    @cached_property
    def metrics(self) -> MetricServiceAsyncClient:
        """Cloud Monitoring time series."""
        if self._address is None:
            return MetricServiceAsyncClient()
        transport = MetricServiceGrpcAsyncIOTransport(channel=self._channel)
        return MetricServiceAsyncClient(transport=transport)

    @cached_property
    def alert_policies(self) -> AlertPolicyServiceAsyncClient:
        """Cloud Monitoring alert policies."""
        if self._address is None:
            return AlertPolicyServiceAsyncClient()
        transport = AlertPolicyServiceGrpcAsyncIOTransport(channel=self._channel)
        return AlertPolicyServiceAsyncClient(transport=transport)

    @cached_property
    def notification_channels(self) -> NotificationChannelServiceAsyncClient:
        """Cloud Monitoring notification channels."""
        if self._address is None:
            return NotificationChannelServiceAsyncClient()
        transport = NotificationChannelServiceGrpcAsyncIOTransport(channel=self._channel)
        return NotificationChannelServiceAsyncClient(transport=transport)

    @cached_property
    def snoozes(self) -> SnoozeServiceAsyncClient:
        """Cloud Monitoring snoozes."""
        if self._address is None:
            return SnoozeServiceAsyncClient()
        transport = SnoozeServiceGrpcAsyncIOTransport(channel=self._channel)
        return SnoozeServiceAsyncClient(transport=transport)

    @cached_property
    def catalog(self) -> CloudCatalogAsyncClient:
        """Cloud Billing's price catalogue."""
        if self._address is None:
            return CloudCatalogAsyncClient()
        transport = CloudCatalogGrpcAsyncIOTransport(channel=self._channel)
        return CloudCatalogAsyncClient(transport=transport)

    @cached_property
    def quotas(self) -> CloudQuotasAsyncClient:
        """Cloud Quotas."""
        if self._address is None:
            return CloudQuotasAsyncClient()
        transport = CloudQuotasGrpcAsyncIOTransport(channel=self._channel)
        return CloudQuotasAsyncClient(transport=transport)

    def bigquery(self, project: str) -> "Client":
        """BigQuery, with jobs in that project; not asynchronous, so for a thread.

        Signing in may ask Google at once. Loading the client takes half a second, so only who needs it does.
        """
        from google.auth.credentials import AnonymousCredentials
        from google.cloud.bigquery import Client

        if project not in self._bigquery:
            self._bigquery[project] = (
                Client(project)
                if self._rest is None
                else Client(
                    project,
                    credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
                    client_options={"api_endpoint": self._rest},
                )
            )
        return self._bigquery[project]

    async def close(self) -> None:
        """Closes every connection that was made."""
        for client in self._bigquery.values():
            client.close()  # type: ignore[no-untyped-call]
        if self._address is not None:
            if "_channel" in self.__dict__:
                await self._channel.close()
            return
        for name in _CLIENTS & self.__dict__.keys():
            await self.__dict__[name].transport.close()

    @cached_property
    def _channel(self) -> Any:  # grpc ships no types
        return grpc.aio.insecure_channel(self._address, options=_PLAINTEXT_OPTIONS)


def _plaintext_address(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    if parts.scheme != "http" or not parts.netloc or parts.path.strip("/"):
        raise ValueError(f"{endpoint!r} is not a plaintext endpoint like http://127.0.0.1:9090")
    return parts.netloc
