"""Reads Cloud Run's messages into workloads: names, sizes, scaling, state. Pure; used by cloud_run.

Field meanings and defaults: the comments of google.cloud.run_v2's messages (Service, ServiceScaling,
RevisionScaling, ResourceRequirements, WorkerPoolScaling).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from google.cloud.run_v2.types import (
    Condition,
    Container,
    Revision,
    Service,
    ServiceScaling,
    WorkerPool,
)
from google.protobuf.unknown_fields import UnknownFieldSet

from bot.core.fleet import (
    BillingMode,
    InstanceSize,
    Scaling,
    ScalingMode,
    Workload,
    WorkloadKey,
    WorkloadKind,
)
from bot.core.house import Group
from bot.core.marks import read_marks

GROUP_LABEL = "headroom-group"
_COLLECTIONS = {WorkloadKind.SERVICE: "services", WorkloadKind.WORKER_POOL: "workerPools"}
_KINDS = {collection: kind for kind, collection in _COLLECTIONS.items()}
_DEFAULT_CPU = "1"
_DEFAULT_MEMORY = "512Mi"
_DEFAULT_MAX_INSTANCES = 100  # per revision, when the template names none
_DEFAULT_CONCURRENCY = 80  # with one CPU or more; below that 1
_UNITS = {
    "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
}  # fmt: skip
_NOT_WARM = {
    Condition.RevisionReason.MIN_INSTANCES_WARMING,
    Condition.RevisionReason.MIN_INSTANCES_NOT_PROVISIONED,
}
_MANAGED = ("managed-by", "managed_by", "app-kubernetes-io-managed-by")
# The Terraform provider writes these fields of WorkerPoolScaling; this package does not know them.
_POOL_MIN_FIELD = 1
_POOL_MODE_FIELD = 3
_AUTOMATIC = 1


def resource_name(key: WorkloadKey) -> str:
    """`projects/…/locations/…/services/…` or `…/workerPools/…`."""
    collection = _COLLECTIONS[key.kind]
    return f"projects/{key.project}/locations/{key.region}/{collection}/{key.name}"


def key_of(resource: str) -> WorkloadKey:
    """The key behind a resource name; raises ValueError for anything else."""
    _, project, _, region, collection, name = resource.split("/")
    return WorkloadKey(_KINDS[collection], project, region, name)


def service_workload(service: Service, groups: Sequence[Group]) -> Workload:
    """One service as the core sees it."""
    key = key_of(service.name)
    containers = service.template.containers
    size = _size(containers)
    return Workload(
        key=key,
        groups=_groups(key.name, service.labels, groups),
        size=size,
        billing=_billing(containers),
        concurrency=_concurrency(service.template.max_instance_request_concurrency, size),
        scaling=_service_scaling(service),
        token=service.etag,
        revision=_last_segment(service.latest_ready_revision),
        settled=_settled(service),
        last_modifier=service.last_modifier,
        marks=read_marks(dict(service.annotations)),
        managed_by=_managed_by(service),
        gpu=service.template.node_selector.accelerator,
    )


def pool_workload(pool: WorkerPool, groups: Sequence[Group]) -> Workload:
    """One worker pool as the core sees it; always billed while its instances live."""
    key = key_of(pool.name)
    return Workload(
        key=key,
        groups=_groups(key.name, pool.labels, groups),
        size=_size(pool.template.containers),
        billing=BillingMode.INSTANCE,
        concurrency=1,
        scaling=_pool_scaling(pool),
        token=pool.etag,
        revision=_last_segment(pool.latest_ready_revision),
        settled=_settled(pool),
        last_modifier=pool.last_modifier,
        marks=read_marks(dict(pool.annotations)),
        managed_by=_managed_by(pool),
        gpu=pool.template.node_selector.accelerator,
    )


@dataclass(frozen=True, slots=True)
class Rollout:
    """What a proof needs of a service or worker pool.

    `conditions` are its own; `revisions` the full names of those that serve.
    """

    settled: bool
    conditions: tuple[Condition, ...]
    revisions: tuple[str, ...]


def rollout_of(subject: Service | WorkerPool) -> Rollout:
    """The full names of the revisions with a share of the traffic (or of the instances), and the state."""
    shares = (
        subject.traffic_statuses
        if isinstance(subject, Service)
        else subject.instance_split_statuses
    )
    named = {_last_segment(s.revision) for s in shares if s.percent and s.revision}
    latest = not named or any(s.percent and not s.revision for s in shares)
    if latest and subject.latest_ready_revision:
        named.add(_last_segment(subject.latest_ready_revision))
    return Rollout(
        settled=_settled(subject),
        conditions=(subject.terminal_condition, *subject.conditions),
        revisions=tuple(f"{subject.name}/revisions/{name}" for name in sorted(named)),
    )


def still_warming(conditions: Iterable[Condition]) -> bool:
    """Whether a condition says that minimum instances are warming or not provisioned."""
    return any(condition.revision_reason in _NOT_WARM for condition in conditions)


def obstacle(conditions: Iterable[Condition]) -> str:
    """What Cloud Run says stands in the way of warmth ("" nothing)."""
    for condition in conditions:
        failed = condition.state == Condition.State.CONDITION_FAILED
        if failed or condition.revision_reason in _NOT_WARM:
            return condition.message
    return ""


def provisioned_in(revision: Revision) -> int:
    """Minimum instances provisioned for the revision now."""
    return revision.scaling_status.desired_min_instance_count


def quantity(text: str) -> float:
    """A Kubernetes quantity (`1000m`, `2`, `512Mi`, `2G`) in its base unit; ValueError for others."""
    if text.endswith("m"):
        return float(text[:-1]) / 1000
    digits = text.rstrip("kKMGTi")
    unit = text[len(digits) :]
    if unit not in _UNITS:
        raise ValueError(f"{text!r} is not a quantity")
    return float(digits) * _UNITS[unit]


def _size(containers: Sequence[Container]) -> InstanceSize:
    limits = [dict(container.resources.limits) for container in containers] or [{}]
    return InstanceSize(
        vcpu=sum(quantity(limit.get("cpu", _DEFAULT_CPU)) for limit in limits),
        memory_gib=sum(quantity(limit.get("memory", _DEFAULT_MEMORY)) for limit in limits) / 2**30,
    )


def _billing(containers: Sequence[Container]) -> BillingMode:
    """CPU is throttled between requests unless the resources are set and say otherwise."""
    always_on = any("resources" in c and not c.resources.cpu_idle for c in containers)
    return BillingMode.INSTANCE if always_on else BillingMode.REQUEST


def _concurrency(configured: int, size: InstanceSize) -> int:
    return configured or (_DEFAULT_CONCURRENCY if size.vcpu >= 1 else 1)


def _groups(name: str, labels: Mapping[str, str], groups: Sequence[Group]) -> tuple[str, ...]:
    """The label's group first, then those of the house that list the workload by name."""
    labelled = [labels[GROUP_LABEL]] if labels.get(GROUP_LABEL) else []
    listed = [group.name for group in groups if name in group.workloads]
    return tuple(dict.fromkeys(labelled + listed))


def _service_scaling(service: Service) -> Scaling:
    """In manual mode Cloud Run ignores both maxima and the revision's minimum."""
    scaling, template = service.scaling, service.template.scaling
    if scaling.scaling_mode == ServiceScaling.ScalingMode.MANUAL:
        return Scaling(ScalingMode.MANUAL, scaling.manual_instance_count)
    return Scaling(
        ScalingMode.AUTOMATIC,
        scaling.min_instance_count,
        ceiling=scaling.max_instance_count or None,
        revision_floor=template.min_instance_count,
        revision_ceiling=template.max_instance_count or _DEFAULT_MAX_INSTANCES,
    )


def _pool_scaling(pool: WorkerPool) -> Scaling:
    unknown = {
        field.field_number: field.data
        for field in UnknownFieldSet(type(pool.scaling).pb(pool.scaling))
    }
    if unknown.get(_POOL_MODE_FIELD) == _AUTOMATIC:
        return Scaling(ScalingMode.AUTOMATIC, int(unknown.get(_POOL_MIN_FIELD, 0)))
    return Scaling(ScalingMode.MANUAL, pool.scaling.manual_instance_count)


def _settled(subject: Service | WorkerPool) -> bool:
    return not subject.reconciling and subject.observed_generation == subject.generation


def _managed_by(subject: Service | WorkerPool) -> str:
    """The tool behind a workload where its labels or its client say so; else ""."""
    labels = dict(subject.labels)  # a protobuf map makes up what it is asked for
    named = next((labels[label] for label in _MANAGED if labels.get(label)), "")
    provisioned = "terraform" if labels.get("goog-terraform-provisioned") else ""
    return named or provisioned or str(subject.client)


def _last_segment(resource: str) -> str:
    return resource.rpartition("/")[2]
