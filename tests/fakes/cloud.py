"""A fleet in memory: floors that people and Headroom set, operations, warmth, and drift on demand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.core.fleet import (
    AdminProof,
    BillingMode,
    InstanceSize,
    OperationState,
    Scaling,
    ScalingChange,
    ScalingMode,
    Workload,
    WorkloadKey,
    WorkloadKind,
)
from bot.errors import NotFound, Refused, Stale
from bot.ports.clock import Clock
from tests.fakes.faults import Faults

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
# How old a state is shown to whoever has seen none since: that of a list that many share.
_MOMENT, _LATELY = timedelta(seconds=1), timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Write:
    """One accepted (or, with `dry_run`, only validated) write."""

    key: WorkloadKey
    change: ScalingChange
    at: datetime
    dry_run: bool


@dataclass
class _Operation:
    key: WorkloadKey
    accepted_at: datetime
    error: str
    looks: int = 0


@dataclass
class FakeCloud:
    """A fleet that obeys at once unless told otherwise; whoever may be shown an older state is shown it.

    An operation is done `settle_after` its acceptance and after `looks` looks at it; instances of a
    new floor are provisioned `warm_after` the write, those of workloads in `cold` never.
    `operation_error` is how operations accepted from now on end ("" well).
    """

    clock: Clock
    fleet: dict[WorkloadKey, Workload] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    writes: list[Write] = field(default_factory=list)
    settle_after: timedelta = timedelta(0)
    looks: int = 1
    warm_after: timedelta = timedelta(0)
    cold: set[WorkloadKey] = field(default_factory=set)
    operation_error: str = ""
    _operations: dict[str, _Operation] = field(default_factory=dict)
    _floors: dict[WorkloadKey, list[tuple[datetime, int]]] = field(default_factory=dict)
    _tokens: int = 0
    _past: dict[WorkloadKey, list[tuple[datetime, Workload]]] = field(default_factory=dict)

    def add(self, *workloads: Workload) -> None:
        """Puts workloads into the fleet, warm at their floor since ever."""
        for workload in workloads:
            self.fleet[workload.key] = replace(workload, token=workload.token or self._token())
            self._floors[workload.key] = [(_EVER, workload.scaling.floor)]

    async def discover(self) -> Sequence[Workload]:
        """The whole fleet, by key."""
        async with self.faults.around("discover"):
            return [self._seen(key) for key in sorted(self.fleet)]

    async def list_shelf(self, project: str, region: str, kind: WorkloadKind) -> Sequence[Workload]:
        """The fleet's part in one region."""
        async with self.faults.around("list_shelf"):
            place = (project, region, kind)
            return [
                self._seen(key)
                for key in sorted(self.fleet)
                if (key.project, key.region, key.kind) == place
            ]

    async def read(self, key: WorkloadKey, *, since: datetime | None = None) -> Workload:
        """One workload, as old as `since` allows; NotFound if it is gone."""
        async with self.faults.around("read", str(key)):
            return self._seen(key) if since is None else self._seen_after(key, since)

    async def set_scaling(
        self, key: WorkloadKey, change: ScalingChange, token: str, *, dry_run: bool = False
    ) -> OperationState:
        """Accepts the write if `token` is the etag; recorded in `writes`."""
        async with self.faults.around("set_scaling", str(key)):
            if token != self._seen(key).token:
                raise Stale(f"{key} was changed by somebody else meanwhile")
            self._check(key, change)
            self.writes.append(Write(key, change, self.clock.now(), dry_run))
            if dry_run:
                return OperationState("", done=True)
            self._set(key, change, by="headroom@cymbal-shop.iam.gserviceaccount.com")
            name = f"projects/{key.project}/locations/{key.region}/operations/{len(self.writes)}"
            self._operations[name] = _Operation(key, self.clock.now(), self.operation_error)
        return OperationState(name, done=False)

    async def operation(self, name: str) -> OperationState:
        """Counts the look, and says whether the operation is over by now."""
        async with self.faults.around("operation", name):
            operation = self._operations.get(name)
            if operation is None:
                raise NotFound(f"there is no operation {name}")
            operation.looks += 1
            done = self._over(operation)
            return OperationState(name, done, operation.error if done else "")

    async def proof(self, workload: Workload) -> AdminProof:
        """Provisioned is the floor of `warm_after` ago."""
        async with self.faults.around("proof", str(workload.key)):
            now = self._seen(workload.key)
            provisioned = self.provisioned(workload.key, self.clock.now())
            warming = provisioned < now.scaling.floor
            reason = f"{provisioned} of {now.scaling.floor} min instances are ready."
            return AdminProof(now.settled, provisioned, warming, reason if warming else "")

    def provisioned(self, key: WorkloadKey, at: datetime) -> int:
        """How many instances the floor had provisioned at `at`."""
        history = self._floors[key]
        if key in self.cold:
            return history[0][1]
        return next(floor for since, floor in reversed(history) if since + self.warm_after <= at)

    def someone_sets(
        self,
        key: WorkloadKey,
        floor: int,
        *,
        ceiling: int | None = None,
        by: str = "terraform@cymbal-shop.iam.gserviceaccount.com",
    ) -> None:
        """Drift: somebody who is not Headroom changes the scaling."""
        self._set(key, ScalingChange(floor, ceiling), by=by)

    def someone_deploys(self, key: WorkloadKey, revision: str, by: str = "ci@cymbal-shop") -> None:
        """A new revision, a new etag, the same scaling."""
        self._remember(key)
        self.fleet[key] = replace(
            self._seen(key), revision=revision, last_modifier=by, token=self._token()
        )

    def remove(self, key: WorkloadKey) -> None:
        """The workload is deleted."""
        self._remember(key)
        del self.fleet[key]

    def floor(self, key: WorkloadKey) -> int:
        """The floor set now."""
        return self._seen(key).scaling.floor

    def _check(self, key: WorkloadKey, change: ScalingChange) -> None:
        ceiling = change.ceiling or self.fleet[key].scaling.ceiling
        if change.floor < 0 or (ceiling is not None and change.floor > ceiling):
            raise Refused(f"a floor of {change.floor} is not possible", code="INVALID_ARGUMENT")

    def _set(self, key: WorkloadKey, change: ScalingChange, *, by: str) -> None:
        was = self._seen(key)
        self._remember(key)
        ceiling = was.scaling.ceiling if change.ceiling is None else change.ceiling
        scaling = replace(was.scaling, floor=change.floor, ceiling=ceiling)
        self.fleet[key] = replace(was, scaling=scaling, token=self._token(), last_modifier=by)
        if "headroom" in by:
            self.fleet[key] = replace(self.fleet[key], marks=change.marks)
        self._floors[key].append((self.clock.now(), change.floor))

    def _seen(self, key: WorkloadKey) -> Workload:
        if key not in self.fleet:
            raise NotFound(f"{key} does not exist")
        running = [o for o in self._operations.values() if o.key == key and not self._settled(o)]
        return replace(self.fleet[key], settled=not running)

    def _seen_after(self, key: WorkloadKey, since: datetime) -> Workload:
        at = max(since + _MOMENT, self.clock.now() - _LATELY)
        older = (workload for until, workload in self._past.get(key, ()) if until > at)
        return next(older, None) or self._seen(key)

    def _remember(self, key: WorkloadKey) -> None:
        self._past.setdefault(key, []).append((self.clock.now(), self._seen(key)))

    def _settled(self, operation: _Operation) -> bool:
        return self.clock.now() >= operation.accepted_at + self.settle_after

    def _over(self, operation: _Operation) -> bool:
        return self._settled(operation) and operation.looks >= self.looks

    def _token(self) -> str:
        self._tokens += 1
        return f"etag-{self._tokens}"


def service(
    name: str,
    *,
    floor: int = 1,
    ceiling: int | None = None,
    groups: Iterable[str] = ("web",),
    region: str = "europe-west1",
) -> Workload:
    """A Cloud Run service of 1 vCPU and 512 MiB, request-based, concurrency 80, up to 100 instances."""
    return Workload(
        key=WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", region, name),
        groups=tuple(groups),
        size=InstanceSize(vcpu=1, memory_gib=0.5),
        billing=BillingMode.REQUEST,
        concurrency=80,
        scaling=Scaling(ScalingMode.AUTOMATIC, floor, ceiling),
        token="",
        revision=f"{name}-00001",
    )


def worker_pool(name: str, *, floor: int = 1, groups: Iterable[str] = ("pipeline",)) -> Workload:
    """A worker pool of 1 vCPU and 512 MiB with a manual instance count, in europe-west1."""
    return Workload(
        key=WorkloadKey(WorkloadKind.WORKER_POOL, "cymbal-shop", "europe-west1", name),
        groups=tuple(groups),
        size=InstanceSize(vcpu=1, memory_gib=0.5),
        billing=BillingMode.INSTANCE,
        concurrency=1,
        scaling=Scaling(ScalingMode.MANUAL, floor),
        token="",
        revision=f"{name}-00001",
    )
