"""The control plane's memory: every resource with its etag, generation, revisions and rollout.

The run.v2 methods and the town's own faults (somebody else's deploy, drift) change resources here;
the world is told what the change means for instances.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import grpc
from google.cloud import run_v2
from google.longrunning import operations_pb2

from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.ports.clock import Clock
from bot.sandbox.google.faults import Faults
from bot.sandbox.google.operations import Operations, Work, internal
from bot.sandbox.google.refusals import Refusal, not_found, stale
from bot.sandbox.google.scaling_rules import check_annotations, check_scaling, switch_modes
from bot.sandbox.google.templates import (
    Resource,
    blank_spec,
    message_of,
    resource_name,
    spec_of,
    stamp,
)
from bot.sandbox.world.scenario import Settings
from bot.sandbox.world.traffic import MINUTE, seed_of
from bot.sandbox.world.world import World

_SCALING_TAKES = timedelta(seconds=5)
_DEPLOY_TAKES = timedelta(seconds=25)
_SOMEBODY = "erik@cymbal.example"


@dataclass(slots=True)
class Entry:
    """One resource. `message` is what was asked for; its status is filled in by `status.py` on reading.

    `version` is behind the etag; `rolled_out_at` is when the last change is through, `deploying` whether
    it brings a new revision, `broken` how it failed ("" it did not); `revisions` are oldest first.
    """

    key: WorkloadKey
    message: Resource
    version: int
    generation: int = 1
    rolled_out_at: datetime | None = None
    deploying: bool = False
    broken: str = ""
    revisions: list[run_v2.Revision] = field(default_factory=list)

    @property
    def etag(self) -> str:
        """What a write must carry."""
        return '"' + base64.urlsafe_b64encode(str(self.version).encode()).decode() + '"'


@dataclass(frozen=True, slots=True)
class Change:
    """One accepted write; `same` says that it asked for what was there already."""

    at: datetime
    key: WorkloadKey
    by: str
    settings: Settings
    same: bool


class Registry:
    """All resources of the town; `quota` may be set lower to refuse changes (vCPU per region).

    `changes` are the accepted writes, oldest first.
    """

    def __init__(self, world: World, clock: Clock, faults: Faults) -> None:
        self.world = world
        self.operations = Operations(clock)
        self.quota = {name: world.quota(name) for name in world.scenario.regions}
        self.changes: list[Change] = []
        self._clock = clock
        self._faults = faults
        self._entries: dict[str, Entry] = {}
        self._revisions: dict[WorkloadKey, list[tuple[float, str]]] = {}
        for key in world.keys():
            message = message_of(world.spec(key), world.scenario.project_number, clock.now())
            self._add(key, message)

    def entry(self, name: str) -> Entry:
        """The resource called `name`; NOT_FOUND refusal if there is none."""
        entry = self._entries.get(name)
        if entry is None:
            raise not_found(name)
        return entry

    def find(self, key: WorkloadKey) -> Entry:
        """The same by workload key."""
        return self.entry(resource_name(key))

    def exists(self, name: str) -> bool:
        """Whether there is such a resource."""
        return name in self._entries

    def revision_at(self, key: WorkloadKey, at: float) -> str:
        """The short name of the revision that had the traffic at the Unix time `at`, deleted or not."""
        spans = self._revisions[key]
        return next((name for since, name in reversed(spans) if since <= at), spans[0][1])

    def revision_changes(self, key: WorkloadKey) -> list[int]:
        """The first Unix minutes of the revisions that came while the town runs."""
        return [int(since // MINUTE) + 1 for since, _ in self._revisions[key][1:]]

    def entries(self, kind: WorkloadKind, project: str, region: str) -> list[Entry]:
        """All resources of a kind in one region, by name."""
        return sorted(
            (
                entry
                for entry in self._entries.values()
                if (entry.key.kind, entry.key.project, entry.key.region) == (kind, project, region)
            ),
            key=lambda entry: entry.key.name,
        )

    def check(self, entry: Entry, wanted: Resource, etag: str) -> bool:
        """Refuses a stale etag or values Cloud Run rejects; says whether a new revision would result."""
        if etag and etag != entry.etag:
            raise stale(entry.message.name, _version(etag), str(entry.version))
        switch_modes(entry.message, wanted)
        check_annotations(wanted)
        spec = spec_of(wanted, self.world.spec(entry.key))
        check_scaling(spec, self.quota.get(entry.key.region, float("inf")))
        new_revision = wanted.template != entry.message.template
        echoed = wanted.template.revision
        if new_revision and any(r.name.endswith(f"/{echoed}") for r in entry.revisions if echoed):
            raise Refusal(
                grpc.StatusCode.ALREADY_EXISTS,
                f"Revision named '{echoed}' with different configuration already exists.",
            )
        return new_revision

    def change(
        self, entry: Entry, wanted: Resource, *, by: str, seen: Callable[[Entry], Resource]
    ) -> operations_pb2.Operation:
        """Takes a checked change; `seen` renders the resource for the operation's answer."""
        now = self._clock.now()
        deploy = wanted.template != entry.message.template
        same = wanted.template == entry.message.template and wanted.scaling == entry.message.scaling
        spec = spec_of(wanted, self.world.spec(entry.key))
        self.changes.append(Change(now, entry.key, by, spec.settings, same))
        entry.message = wanted
        entry.version = self._next_version(entry.version)
        entry.generation += 0 if same else 1
        wanted.last_modifier = by
        wanted.update_time = stamp(now)
        entry.broken = self._faults.breaks(wanted.name)
        done_at = now + (_DEPLOY_TAKES if deploy else _SCALING_TAKES)
        entry.rolled_out_at = done_at
        entry.deploying = deploy
        if deploy:
            self._new_revision(entry, by)
        if not entry.broken:
            self.world.apply(spec, new_revision=deploy)
        work = Work(
            name=self.operations.name(wanted.name.rsplit("/", 2)[0]),
            done_at=done_at,
            metadata=type(wanted).pb(seen(entry)),
            result=lambda: type(wanted).pb(seen(entry)),
            error=internal(entry.broken) if entry.broken else None,
        )
        return self.operations.begin(work)

    def create(
        self, key: WorkloadKey, wanted: Resource, *, by: str, seen: Callable[[Entry], Resource]
    ) -> operations_pb2.Operation:
        """A resource that was not there."""
        like = self.world.spec(self.world.known()[0])
        spec = spec_of(wanted, blank_spec(key, like))
        check_scaling(spec, self.quota.get(key.region, float("inf")))
        wanted.name = resource_name(key)
        wanted.creator = wanted.last_modifier = by
        wanted.create_time = wanted.update_time = stamp(self._clock.now())
        entry = self._add(key, wanted)
        entry.rolled_out_at = self._clock.now() + _DEPLOY_TAKES
        self.world.apply(spec)
        work = Work(
            name=self.operations.name(wanted.name.rsplit("/", 2)[0]),
            done_at=entry.rolled_out_at,
            metadata=type(wanted).pb(seen(entry)),
            result=lambda: type(wanted).pb(seen(entry)),
        )
        return self.operations.begin(work)

    def remove(self, entry: Entry) -> None:
        """Deleted, at once."""
        del self._entries[entry.message.name]
        self.world.remove(entry.key)

    def drift(self, key: WorkloadKey, floor: int, *, by: str = _SOMEBODY) -> None:
        """Somebody else sets the floor (the manual count, where the mode is manual)."""
        entry = self.find(key)
        wanted = type(entry.message)(entry.message)
        manual = (
            isinstance(wanted, run_v2.WorkerPool)
            or wanted.scaling.scaling_mode == run_v2.ServiceScaling.ScalingMode.MANUAL
        )
        if manual:
            wanted.scaling.manual_instance_count = floor
        else:
            wanted.scaling.min_instance_count = floor
        self.change(entry, wanted, by=by, seen=lambda changed: changed.message)

    def deploy(self, key: WorkloadKey, *, image: str = "", by: str = _SOMEBODY) -> None:
        """Somebody else deploys: a new revision, the scaling settings untouched."""
        entry = self.find(key)
        wanted = type(entry.message)(entry.message)
        container = wanted.template.containers[0]
        base = container.image.rsplit(":", 1)[0]
        container.image = image or f"{base}:{entry.generation + 1}"
        self.change(entry, wanted, by=by, seen=lambda changed: changed.message)

    def _add(self, key: WorkloadKey, message: Resource) -> Entry:
        entry = Entry(key, message, version=self._next_version(0))
        self._entries[message.name] = entry
        self._new_revision(entry, message.creator)
        return entry

    def _new_revision(self, entry: Entry, by: str) -> None:
        number = len(entry.revisions) + 1
        tail = f"{seed_of(f'{entry.key}{number}'):016x}"[:3]
        name = entry.message.template.revision or f"{entry.key.name}-{number:05d}-{tail}"
        since = self._revisions.setdefault(entry.key, [])
        since.append((self._clock.now().timestamp() if since else 0.0, name))
        template = entry.message.template
        pool = isinstance(entry.message, run_v2.WorkerPool)
        entry.revisions.append(
            run_v2.Revision(
                name=f"{entry.message.name}/revisions/{name}",
                uid=f"{entry.message.uid}-{number}",
                generation=1,
                observed_generation=1,
                labels=template.labels,
                create_time=stamp(self._clock.now()) if number > 1 else entry.message.create_time,
                service="" if pool else entry.key.name,
                scaling=run_v2.RevisionScaling() if pool else template.scaling,
                max_instance_request_concurrency=0
                if pool
                else template.max_instance_request_concurrency,
                service_account=template.service_account,
                containers=template.containers,
                creator=by,
            )
        )

    def _next_version(self, last: int) -> int:
        # Cloud Run's versions are microseconds; they must differ even while the clock stands still.
        return max(int(self._clock.now().timestamp() * 1_000_000), last + 1)


def _version(etag: str) -> str:
    try:
        return base64.urlsafe_b64decode(etag.strip('"').encode()).decode()
    except ValueError:
        return etag
