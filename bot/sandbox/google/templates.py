"""Between the world's workload specs and the messages of run.v2: how the fleet looks in the Admin API.

The registry uses it when the town is built, and whenever a client changes or creates a resource.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from google.api import launch_stage_pb2
from google.cloud import run_v2
from google.protobuf.timestamp_pb2 import Timestamp

from bot.core.fleet import BillingMode, InstanceSize, ScalingMode, WorkloadKey, WorkloadKind
from bot.sandbox.google.refusals import bad_argument
from bot.sandbox.world.scenario import Settings, Spread, WorkloadSpec

GROUP_LABEL = "headroom-group"
Resource = run_v2.Service | run_v2.WorkerPool

_MODES = run_v2.ServiceScaling.ScalingMode
_MEMORY = {"Ki": 2**-20, "Mi": 2**-10, "Gi": 1.0, "Ti": 2**10, "K": 1e3 / 2**30, "M": 1e6 / 2**30}
_COLLECTION = {WorkloadKind.SERVICE: "services", WorkloadKind.WORKER_POOL: "workerPools"}


def resource_name(key: WorkloadKey) -> str:
    """The full resource name of a workload."""
    return f"projects/{key.project}/locations/{key.region}/{_COLLECTION[key.kind]}/{key.name}"


def stamp(at: datetime) -> Timestamp:
    """An instant as protobuf has it."""
    made = Timestamp()
    made.FromDatetime(at)
    return made


def message_of(spec: WorkloadSpec, project_number: int, at: datetime) -> Resource:
    """The resource as somebody deployed it a while before `at`."""
    born = stamp(at - timedelta(days=90))
    labels = {GROUP_LABEL: spec.group} if spec.group else {}
    common = {
        "name": resource_name(spec.key),
        "uid": f"uid-{spec.key.region}-{spec.key.name}",
        "labels": labels,
        "create_time": born,
        "update_time": born,
        "creator": spec.modifier,
        "last_modifier": spec.modifier,
        "launch_stage": launch_stage_pb2.GA,
    }
    if spec.key.kind is WorkloadKind.WORKER_POOL:
        pool = run_v2.WorkerPool(
            template=run_v2.WorkerPoolRevisionTemplate(
                service_account=spec.service_account, containers=[_container(spec)]
            ),
            scaling=run_v2.WorkerPoolScaling(manual_instance_count=spec.settings.manual),
            **common,
        )
        return pool
    address = f"https://{spec.key.name}-{project_number}.{spec.key.region}.run.app"
    return run_v2.Service(
        template=_service_template(spec),
        scaling=_service_scaling(spec.settings),
        ingress=run_v2.IngressTraffic.INGRESS_TRAFFIC_ALL,
        uri=address,
        urls=[address],
        **common,
    )


def spec_of(message: Resource, before: WorkloadSpec) -> WorkloadSpec:
    """The world's view of a changed resource; what the API does not say stays as `before`."""
    group = message.labels.get(GROUP_LABEL, "")
    size = _size(message)
    if isinstance(message, run_v2.WorkerPool):
        settings = Settings(ScalingMode.MANUAL, manual=message.scaling.manual_instance_count)
        return replace(before, group=group, size=size, settings=settings)
    template = message.template
    return replace(
        before,
        group=group,
        size=size,
        billing=_billing(message),
        concurrency=template.max_instance_request_concurrency or (80 if size.vcpu >= 1 else 1),
        settings=_settings(message),
        service_account=template.service_account,
    )


def blank_spec(key: WorkloadKey, like: WorkloadSpec) -> WorkloadSpec:
    """A workload nobody sends requests to yet, in the zone of an existing one."""
    return replace(like, key=key, group="", rps=0.0, startup=Spread(8.0, 16.0))


def _service_template(spec: WorkloadSpec) -> run_v2.RevisionTemplate:
    return run_v2.RevisionTemplate(
        service_account=spec.service_account,
        containers=[_container(spec)],
        max_instance_request_concurrency=spec.concurrency,
        timeout=timedelta(seconds=60),
        scaling=run_v2.RevisionScaling(
            min_instance_count=spec.settings.revision_floor,
            max_instance_count=spec.settings.revision_ceiling,
        ),
    )


def _container(spec: WorkloadSpec) -> run_v2.Container:
    memory = spec.size.memory_gib
    return run_v2.Container(
        name=spec.key.name,
        image=f"{spec.key.region}-docker.pkg.dev/{spec.key.project}/shop/{spec.key.name}:1",
        resources=run_v2.ResourceRequirements(
            limits={
                "cpu": f"{spec.size.vcpu:g}",
                "memory": f"{memory:g}Gi" if memory >= 1 else f"{memory * 1024:g}Mi",
            },
            cpu_idle=spec.billing is BillingMode.REQUEST,
            startup_cpu_boost=True,
        ),
    )


def _service_scaling(settings: Settings) -> run_v2.ServiceScaling:
    if settings.mode is ScalingMode.MANUAL:
        return run_v2.ServiceScaling(
            scaling_mode=_MODES.MANUAL, manual_instance_count=settings.manual
        )
    return run_v2.ServiceScaling(
        scaling_mode=_MODES.AUTOMATIC,
        min_instance_count=settings.floor,
        max_instance_count=settings.ceiling or 0,
    )


def _settings(service: run_v2.Service) -> Settings:
    scaling, revision = service.scaling, service.template.scaling
    manual = scaling.scaling_mode == _MODES.MANUAL
    return Settings(
        mode=ScalingMode.MANUAL if manual else ScalingMode.AUTOMATIC,
        floor=scaling.min_instance_count,
        ceiling=scaling.max_instance_count or None,
        manual=scaling.manual_instance_count,
        revision_floor=revision.min_instance_count,
        revision_ceiling=revision.max_instance_count or 100,
    )


def _billing(service: run_v2.Service) -> BillingMode:
    containers = service.template.containers
    idle = not containers or any(container.resources.cpu_idle for container in containers)
    return BillingMode.REQUEST if idle else BillingMode.INSTANCE


def _size(message: Resource) -> InstanceSize:
    limits = [container.resources.limits for container in message.template.containers]
    try:
        vcpu = sum(_vcpu(limit.get("cpu", "1")) for limit in limits)
        memory = sum(_gib(limit.get("memory", "512Mi")) for limit in limits)
    except ValueError as error:
        raise bad_argument(f"template.containers.resources.limits: {error}") from error
    return InstanceSize(vcpu or 1.0, memory or 0.5)


def _vcpu(text: str) -> float:
    return float(text[:-1]) / 1000 if text.endswith("m") else float(text)


def _gib(text: str) -> float:
    for unit, share in _MEMORY.items():
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * share
    if text.endswith("G"):
        return float(text[:-1]) * 1e9 / 2**30
    return float(text) / 2**30
