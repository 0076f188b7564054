"""Workloads as Cloud Run describes them; discovered by the Cloud port, planned and reconciled by the core."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.marks import Marks


class WorkloadKind(StrEnum):
    """What Headroom can scale."""

    SERVICE = "service"
    WORKER_POOL = "worker-pool"


class BillingMode(StrEnum):
    """`cpu_idle` true is request-based, false is instance-based (reference: run.v2 ResourceRequirements)."""

    REQUEST = "request-based"
    INSTANCE = "instance-based"


class ScalingMode(StrEnum):
    """Who decides the number of instances: Cloud Run's autoscaler, or a fixed number."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, order=True)
class WorkloadKey:
    """The identity of a workload; `str()` and `parse` round-trip as `kind/project/region/name`."""

    kind: WorkloadKind
    project: str
    region: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.project}/{self.region}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> "WorkloadKey":
        """Raises ValueError for anything but `kind/project/region/name`."""
        kind, project, region, name = text.split("/")
        return cls(WorkloadKind(kind), project, region, name)


@dataclass(frozen=True, slots=True)
class InstanceSize:
    """One instance, all its containers summed: vCPU and GiB."""

    vcpu: float
    memory_gib: float


@dataclass(frozen=True, slots=True)
class Scaling:
    """The settings Headroom may own.

    `floor` is the service-level minimum (for MANUAL mode and worker pools: the manual count);
    `ceiling` the service-level maximum (None: not set, Cloud Run's default applies);
    `revision_floor` and `revision_ceiling` come from the template and are never written.
    """

    mode: ScalingMode
    floor: int
    ceiling: int | None = None
    revision_floor: int = 0
    revision_ceiling: int = 100

    @property
    def effective_ceiling(self) -> int:
        """The lower of the service-level and the revision-level maximum."""
        if self.ceiling is None:
            return self.revision_ceiling
        return min(self.ceiling, self.revision_ceiling)


@dataclass(frozen=True, slots=True)
class Workload:
    """One workload as it is now.

    `token` is the etag that a write must carry; `settled` is true when nothing is being rolled out
    (`reconciling` false and observed generation = generation). `marks` is what the workload itself
    says of who holds it, `managed_by` which tool keeps its settings, where labels tell ("" nothing);
    `gpu` the accelerator of an instance ("" none).
    """

    key: WorkloadKey
    groups: tuple[str, ...]
    size: InstanceSize
    billing: BillingMode
    concurrency: int
    scaling: Scaling
    token: str
    revision: str
    settled: bool = True
    last_modifier: str = ""
    cpu_target: float = 0.6
    concurrency_target: float = 0.6
    marks: Marks | None = None
    managed_by: str = ""
    gpu: str = ""


@dataclass(frozen=True, slots=True)
class ScalingChange:
    """What to write: the new floor and, only where a plan needs it, the new ceiling (None: leave it).

    `marks` is what the workload says afterwards of who holds it (None: nobody does).
    """

    floor: int
    ceiling: int | None = None
    marks: Marks | None = None


@dataclass(frozen=True, slots=True)
class OperationState:
    """A long-running operation as last seen; `error` is empty unless it failed."""

    name: str
    done: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class AdminProof:
    """The Admin API's evidence of warmth: rolled out, instances provisioned, nothing still warming.

    `reason` is Cloud Run's own word for what is missing ("" when nothing is).
    """

    settled: bool
    provisioned: int
    warming: bool
    reason: str = ""
