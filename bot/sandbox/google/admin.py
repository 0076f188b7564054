"""The Cloud Run Admin API (run.v2): services, worker pools and their revisions, as Google documents them.

Mounted by the server; everything it knows is in the registry.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.cloud import run_v2
from google.longrunning import operations_pb2

from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.ports.clock import Clock
from bot.sandbox.google.masks import merge
from bot.sandbox.google.operations import Work
from bot.sandbox.google.pages import page_of
from bot.sandbox.google.refusals import bad_argument, not_found, stale
from bot.sandbox.google.registry import Entry, Registry
from bot.sandbox.google.rpc import Method, plus
from bot.sandbox.google.status import Status
from bot.sandbox.google.templates import Resource

_PARENT = re.compile(r"projects/([^/]+)/locations/([^/]+)")
# What the server alone decides; a mask may name it, to no effect.
_FIXED = frozenset(
    {
        "name",
        "uid",
        "generation",
        "create_time",
        "update_time",
        "delete_time",
        "expire_time",
        "creator",
        "last_modifier",
        "observed_generation",
        "terminal_condition",
        "conditions",
        "latest_ready_revision",
        "latest_created_revision",
        "traffic_statuses",
        "instance_split_statuses",
        "uri",
        "urls",
        "reconciling",
        "etag",
    }
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What differs between services and worker pools: types and the names of their fields."""

    kind: WorkloadKind
    message: type[Any]
    field: str
    plural: str
    noun: str

    def request(self, verb: str) -> type[Any]:
        """The request type of a verb, e.g. UpdateServiceRequest."""
        noun = f"{self.noun}s" if verb == "List" else self.noun
        return getattr(run_v2, f"{verb}{noun}Request")  # type: ignore[no-any-return]


SERVICES = Shape(WorkloadKind.SERVICE, run_v2.Service, "service", "services", "Service")
POOLS = Shape(
    WorkloadKind.WORKER_POOL, run_v2.WorkerPool, "worker_pool", "worker_pools", "WorkerPool"
)


class Collection:
    """google.cloud.run.v2.Services or WorkerPools; `caller` is who the clients are."""

    def __init__(self, shape: Shape, registry: Registry, clock: Clock, caller: str) -> None:
        self._shape = shape
        self._registry = registry
        self._clock = clock
        self._caller = caller
        self._status = Status(registry.world)

    def methods(self) -> dict[str, Method]:
        """The methods by name."""
        shape = self._shape
        return {
            f"Get{shape.noun}": plus(self.get, shape.request("Get")),
            f"List{shape.noun}s": plus(self.list, shape.request("List")),
            f"Create{shape.noun}": plus(self.create, shape.request("Create")),
            f"Update{shape.noun}": plus(self.update, shape.request("Update")),
            f"Delete{shape.noun}": plus(self.delete, shape.request("Delete")),
        }

    async def get(self, request: Any) -> Resource:
        """One resource."""
        return self._seen(self._entry(request.name))

    async def list(self, request: Any) -> Any:
        """All of one region; the `-` wildcard is refused."""
        project, region = region_of(request.parent)
        if region == "-":
            raise bad_argument("parent: the location cannot be the '-' wildcard")
        entries = self._registry.entries(self._shape.kind, project, region)
        page, token = page_of(entries, request.page_size, request.page_token)
        answer = getattr(run_v2, f"List{self._shape.noun}sResponse")
        return answer(
            **{self._shape.plural: [self._seen(entry) for entry in page]}, next_page_token=token
        )

    async def update(self, request: Any) -> operations_pb2.Operation:
        """Changes what the mask names; accepted at once, rolled out a little later."""
        body = getattr(request, self._shape.field)
        if request.allow_missing and not self._registry.exists(body.name):
            project, region = region_of(body.name)
            return self._create(project, region, body, body.name.rsplit("/", 1)[1], request)
        entry = self._entry(body.name)
        wanted = self._shape.message(entry.message)
        pb = self._shape.message.pb
        merge(pb(wanted), pb(body), request.update_mask.paths, fixed=_FIXED)
        self._registry.check(entry, wanted, body.etag)
        if request.validate_only:
            return self._dry_run(wanted)
        return self._registry.change(entry, wanted, by=self._caller, seen=self._seen)

    async def create(self, request: Any) -> operations_pb2.Operation:
        """A new resource."""
        project, region = region_of(request.parent)
        body = getattr(request, self._shape.field)
        name = getattr(request, f"{self._shape.field}_id")
        return self._create(project, region, body, name, request)

    async def delete(self, request: Any) -> operations_pb2.Operation:
        """Deletes it at once."""
        entry = self._entry(request.name)
        if request.etag and request.etag != entry.etag:
            raise stale(request.name, request.etag, entry.etag)
        last = self._seen(entry)
        if not request.validate_only:
            self._registry.remove(entry)
        return self._dry_run(last)

    def _create(
        self, project: str, region: str, body: Any, name: str, request: Any
    ) -> operations_pb2.Operation:
        key = WorkloadKey(self._shape.kind, project, region, name)
        wanted = self._shape.message(body)
        if request.validate_only:
            return self._dry_run(wanted)
        return self._registry.create(key, wanted, by=self._caller, seen=self._seen)

    def _dry_run(self, message: Resource) -> operations_pb2.Operation:
        operations = self._registry.operations
        pb = self._shape.message.pb(message)
        name = operations.name(pb.name.rsplit("/", 2)[0])
        return operations.begin(Work(name, self._clock.now(), pb, lambda: pb))

    def _entry(self, name: str) -> Entry:
        entry = self._registry.entry(name)
        if entry.key.kind is not self._shape.kind:
            raise not_found(name)
        return entry

    def _seen(self, entry: Entry) -> Resource:
        return self._status.resource(entry, self._clock.now())


class Revisions:
    """google.cloud.run.v2.Revisions, of services and of worker pools."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._status = Status(registry.world)

    def methods(self) -> dict[str, Method]:
        """The methods by name."""
        return {
            "GetRevision": plus(self.get, run_v2.GetRevisionRequest),
            "ListRevisions": plus(self.list, run_v2.ListRevisionsRequest),
        }

    async def get(self, request: run_v2.GetRevisionRequest) -> run_v2.Revision:
        """One revision."""
        parent, _, _ = request.name.partition("/revisions/")
        entry = self._registry.entry(parent)
        for revision in entry.revisions:
            if revision.name == request.name:
                return self._status.revision(entry, revision, self._clock.now())
        raise not_found(request.name)

    async def list(self, request: run_v2.ListRevisionsRequest) -> run_v2.ListRevisionsResponse:
        """All revisions of a resource, newest first; `services/-` means all of the region."""
        pairs = [
            (entry, revision)
            for entry in self._parents(request.parent)
            for revision in reversed(entry.revisions)
        ]
        page, token = page_of(pairs, request.page_size, request.page_token)
        now = self._clock.now()
        return run_v2.ListRevisionsResponse(
            revisions=[self._status.revision(entry, revision, now) for entry, revision in page],
            next_page_token=token,
        )

    def _parents(self, parent: str) -> Sequence[Entry]:
        if not parent.endswith("/-"):
            return [self._registry.entry(parent)]
        kind = WorkloadKind.WORKER_POOL if "/workerPools/" in parent else WorkloadKind.SERVICE
        return self._registry.entries(kind, *region_of(parent))


def region_of(name: str) -> tuple[str, str]:
    """Project and region in a resource name or parent; INVALID_ARGUMENT refusal if it has none."""
    match = _PARENT.match(name)
    if match is None:
        raise bad_argument(f"'{name}' is not of the form projects/*/locations/*")
    return match[1], match[2]
