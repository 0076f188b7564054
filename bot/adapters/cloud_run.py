"""The Cloud Run Admin API behind the Cloud port; made by the composition root.

Writes touch `scaling.*` and our own annotations only, with a tiny message, a snake_case mask and the
etag, and never wait for the operation they start.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from google.api_core.operation_async import AsyncOperation
from google.cloud.run_v2.types import (
    GetRevisionRequest,
    GetServiceRequest,
    GetWorkerPoolRequest,
    ListServicesRequest,
    ListWorkerPoolsRequest,
    Revision,
    Service,
    ServiceScaling,
    UpdateServiceRequest,
    UpdateWorkerPoolRequest,
    WorkerPool,
    WorkerPoolScaling,
)
from google.longrunning import operations_pb2
from google.protobuf.field_mask_pb2 import FieldMask

from bot.adapters.google_channel import READ_RETRY, READ_TIMEOUT, WRITE_TIMEOUT, GoogleClients
from bot.adapters.google_errors import plain_words, translated
from bot.adapters.run_reading import (
    obstacle,
    pool_workload,
    provisioned_in,
    resource_name,
    rollout_of,
    service_workload,
    still_warming,
)
from bot.core.fleet import (
    AdminProof,
    OperationState,
    ScalingChange,
    ScalingMode,
    Workload,
    WorkloadKey,
    WorkloadKind,
)
from bot.core.house import Group, Place
from bot.core.marks import marked, ours
from bot.errors import Refused, Stale

_Answer = TypeVar("_Answer")

_PAGE = 100
_AT_ONCE = 8  # list calls in flight; the read quota is per region and generous
_TO_READ = (
    "run.services.get/list, run.workerpools.get/list and run.revisions.get (roles/run.viewer)"
)
_TO_WRITE = (
    "run.services.update or run.workerpools.update on it (roles/run.developer) and "
    "iam.serviceAccounts.actAs on its runtime service account (roles/iam.serviceAccountUser)"
)
_TO_WATCH = "run.operations.get (roles/run.viewer)"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a read found beside the scaling; true as long as `token` is the etag."""

    token: str
    mode: ScalingMode
    annotations: Mapping[str, str] = field(default_factory=dict)


class CloudRun:
    """The Cloud port over google-cloud-run; looks at `places` only, groups by label and `groups`."""

    def __init__(
        self, clients: GoogleClients, places: Sequence[Place], groups: Sequence[Group] = ()
    ) -> None:
        self._clients = clients
        self._places = tuple(places)
        self._groups = tuple(groups)
        self._last: dict[WorkloadKey, _Seen] = {}

    async def discover(self) -> Sequence[Workload]:
        """One list call per project, region and kind, all at once; sorted by key."""
        gate = asyncio.Semaphore(_AT_ONCE)
        lists = [
            _through(gate, listing(f"projects/{place.project}/locations/{region}"))
            for place in self._places
            for region in place.regions
            for listing in (self._services_in, self._pools_in)
        ]
        found = await _all(lists)
        return sorted((w for workloads in found for w in workloads), key=lambda w: w.key)

    async def list_shelf(self, project: str, region: str, kind: WorkloadKind) -> Sequence[Workload]:
        """services.list or workerPools.list of one region."""
        services = kind is WorkloadKind.SERVICE
        listing = self._services_in if services else self._pools_in
        return await listing(f"projects/{project}/locations/{region}")

    async def read(self, key: WorkloadKey, *, since: datetime | None = None) -> Workload:
        """services.get or workerPools.get, which is newer than any `since`."""
        return self._workload(await self._get(key))

    async def set_scaling(
        self, key: WorkloadKey, change: ScalingChange, token: str, *, dry_run: bool = False
    ) -> OperationState:
        """services.patch or workerPools.patch of the scaling; see the port for what is raised.

        A ceiling is left alone where Cloud Run has none: in manual mode and on worker pools.
        """
        if not token:
            raise Stale(f"{key.name} must be read before it is written")
        seen = await self._seen(key, token)
        if key.kind is WorkloadKind.SERVICE:
            call = self._update_service(_service_change(key, change, token, seen), dry_run)
        elif seen.mode is ScalingMode.MANUAL:
            call = self._update_pool(_pool_change(key, change, token, seen), dry_run)
        else:
            raise Refused(
                f"{key.name} is scaled by its own autoscaler: set it to manual scaling before "
                "Headroom can hold a number of instances there.",
                code="AUTOSCALED_POOL",
            )
        with translated(f"set the scaling of {key.name}", needs=_TO_WRITE):
            operation = (await call).operation
        return OperationState("", done=True) if dry_run else _state(operation)

    async def operation(self, name: str) -> OperationState:
        """operations.get."""
        request = operations_pb2.GetOperationRequest(name=name)
        with translated("look at an operation", needs=_TO_WATCH):
            answer = await self._clients.services.get_operation(
                request, retry=READ_RETRY, timeout=READ_TIMEOUT
            )
        return _state(answer)

    async def proof(self, workload: Workload) -> AdminProof:
        """What the service (or pool) and its serving revisions say of their minimum instances.

        Worker pools report no minimum: there the settled rollout of the count is all there is.
        """
        subject = await self._get(workload.key)
        rollout = rollout_of(subject)
        revisions = await _all([self._revision(name) for name in rollout.revisions])
        conditions = [*(c for r in revisions for c in r.conditions), *rollout.conditions]
        warming = still_warming(conditions)
        provisioned = sum(provisioned_in(revision) for revision in revisions)
        now = self._workload(subject)
        if now.scaling.mode is ScalingMode.MANUAL and rollout.settled and not warming:
            provisioned = max(provisioned, now.scaling.floor)
        return AdminProof(rollout.settled, provisioned, warming, obstacle(conditions))

    async def _services_in(self, parent: str) -> list[Workload]:
        request = ListServicesRequest(parent=parent, page_size=_PAGE)
        with translated(f"list the services of {_place(parent)}", needs=_TO_READ):
            pages = await self._clients.services.list_services(
                request, retry=READ_RETRY, timeout=READ_TIMEOUT
            )
            return [self._workload(service) async for service in pages]

    async def _pools_in(self, parent: str) -> list[Workload]:
        request = ListWorkerPoolsRequest(parent=parent, page_size=_PAGE)
        with translated(f"list the worker pools of {_place(parent)}", needs=_TO_READ):
            pages = await self._clients.worker_pools.list_worker_pools(
                request, retry=READ_RETRY, timeout=READ_TIMEOUT
            )
            return [self._workload(pool) async for pool in pages]

    async def _get(self, key: WorkloadKey) -> Service | WorkerPool:
        name = resource_name(key)
        with translated(f"read {key.name}", needs=_TO_READ):
            if key.kind is WorkloadKind.SERVICE:
                return await self._clients.services.get_service(
                    GetServiceRequest(name=name), retry=READ_RETRY, timeout=READ_TIMEOUT
                )
            return await self._clients.worker_pools.get_worker_pool(
                GetWorkerPoolRequest(name=name), retry=READ_RETRY, timeout=READ_TIMEOUT
            )

    async def _revision(self, name: str) -> Revision:
        with translated(f"read the revision {name.rpartition('/')[2]}", needs=_TO_READ):
            return await self._clients.revisions.get_revision(
                GetRevisionRequest(name=name), retry=READ_RETRY, timeout=READ_TIMEOUT
            )

    async def _seen(self, key: WorkloadKey, token: str) -> _Seen:
        """What stood there at `token`: remembered from the read that gave the token, else read."""
        if key not in self._last or self._last[key].token != token:
            await self.read(key)
        return self._last[key]

    def _workload(self, subject: Service | WorkerPool) -> Workload:
        if isinstance(subject, Service):
            workload = service_workload(subject, self._groups)
        else:
            workload = pool_workload(subject, self._groups)
        seen = _Seen(workload.token, workload.scaling.mode, dict(subject.annotations))
        self._last[workload.key] = seen
        return workload

    def _update_service(
        self, change: tuple[Service, FieldMask], dry_run: bool
    ) -> Awaitable[AsyncOperation]:
        service, mask = change
        request = UpdateServiceRequest(service=service, update_mask=mask, validate_only=dry_run)
        return self._clients.services.update_service(request, retry=None, timeout=WRITE_TIMEOUT)

    def _update_pool(
        self, change: tuple[WorkerPool, FieldMask], dry_run: bool
    ) -> Awaitable[AsyncOperation]:
        pool, mask = change
        request = UpdateWorkerPoolRequest(worker_pool=pool, update_mask=mask, validate_only=dry_run)
        return self._clients.worker_pools.update_worker_pool(
            request, retry=None, timeout=WRITE_TIMEOUT
        )


def _service_change(
    key: WorkloadKey, change: ScalingChange, token: str, seen: _Seen
) -> tuple[Service, FieldMask]:
    """A floor of 0 is not visible in the message: only the mask says it."""
    if seen.mode is ScalingMode.MANUAL:
        scaling = ServiceScaling(manual_instance_count=change.floor)
        paths = ["scaling.manual_instance_count"]
    else:
        scaling = ServiceScaling(min_instance_count=change.floor)
        paths = ["scaling.min_instance_count"]
        if change.ceiling is not None:
            scaling.max_instance_count = change.ceiling
            paths.append("scaling.max_instance_count")
    service = Service(name=resource_name(key), etag=token, scaling=scaling)
    _mark(service, change, seen, paths)
    return service, FieldMask(paths=paths)


def _pool_change(
    key: WorkloadKey, change: ScalingChange, token: str, seen: _Seen
) -> tuple[WorkerPool, FieldMask]:
    scaling = WorkerPoolScaling(manual_instance_count=change.floor)
    pool = WorkerPool(name=resource_name(key), etag=token, scaling=scaling)
    paths = ["scaling.manual_instance_count"]
    _mark(pool, change, seen, paths)
    return pool, FieldMask(paths=paths)


def _mark(
    subject: Service | WorkerPool, change: ScalingChange, seen: _Seen, paths: list[str]
) -> None:
    """Our annotations among everybody else's: the whole map is written, and the etag guards it."""
    wanted = marked(seen.annotations, change.marks)
    if ours(wanted) == ours(seen.annotations):
        return
    subject.annotations.update(wanted)
    paths.append("annotations")


def _state(operation: operations_pb2.Operation) -> OperationState:
    error = plain_words(operation.error.message) if operation.HasField("error") else ""
    return OperationState(operation.name, operation.done, error)


async def _through(gate: asyncio.Semaphore, call: Awaitable[_Answer]) -> _Answer:
    async with gate:
        return await call


async def _all(calls: Iterable[Awaitable[_Answer]]) -> list[_Answer]:
    """Lets all end before the first failure is raised, so that nothing is left running behind it."""
    answers = await asyncio.gather(*calls, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in answers if not isinstance(answer, BaseException)]


def _place(parent: str) -> str:
    """`projects/shop/locations/us-central1` in words for people."""
    return parent.removeprefix("projects/").replace("/locations/", " in ", 1)
