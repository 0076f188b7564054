"""Cloud Run's messages become workloads: sizes, billing, scaling, groups, state."""

import pytest
from google.cloud.run_v2.types import (
    Condition,
    Container,
    InstanceSplitStatus,
    ResourceRequirements,
    Revision,
    RevisionScaling,
    RevisionScalingStatus,
    RevisionTemplate,
    Service,
    ServiceScaling,
    TrafficTargetStatus,
    WorkerPool,
    WorkerPoolRevisionTemplate,
    WorkerPoolScaling,
)

from bot.adapters.run_reading import (
    key_of,
    obstacle,
    pool_workload,
    provisioned_in,
    quantity,
    resource_name,
    rollout_of,
    service_workload,
    still_warming,
)
from bot.core.fleet import BillingMode, Scaling, ScalingMode, WorkloadKey, WorkloadKind
from bot.core.house import Group

NAME = "projects/cymbal-shop/locations/europe-west1/services/shop"
POOL = "projects/cymbal-shop/locations/europe-west1/workerPools/orders"


def container(cpu: str = "", memory: str = "", *, idle: bool = True) -> Container:
    """A container with the limits that are given."""
    limits = {name: value for name, value in {"cpu": cpu, "memory": memory}.items() if value}
    return Container(resources=ResourceRequirements(limits=limits, cpu_idle=idle))


def service(*containers: Container, concurrency: int = 0) -> Service:
    """A service with these containers."""
    template = RevisionTemplate(containers=containers, max_instance_request_concurrency=concurrency)
    return Service(name=NAME, template=template, etag="e1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1.0),
        ("0.5", 0.5),
        ("1000m", 1.0),
        ("250m", 0.25),
        ("512Mi", 512 * 2**20),
        ("1Gi", 2**30),
        ("2G", 2e9),
        ("1500M", 1.5e9),
        ("536870912", 2**29),
    ],
)
def test_a_quantity_is_read_in_every_unit(text: str, value: float) -> None:
    assert quantity(text) == value


@pytest.mark.parametrize("text", ["", "Gi", "1GB", "a lot", "2iG"])
def test_a_quantity_is_refused_when_it_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        quantity(text)


@pytest.mark.parametrize("key_name", [NAME, POOL])
def test_a_resource_name_survives_the_round_trip(key_name: str) -> None:
    assert resource_name(key_of(key_name)) == key_name


def test_the_size_sums_all_containers() -> None:
    workload = service_workload(service(container("1000m", "512Mi"), container("2", "1Gi")), ())
    assert (workload.size.vcpu, workload.size.memory_gib) == (3.0, 1.5)


def test_the_size_is_cloud_runs_default_when_nothing_is_set() -> None:
    workload = service_workload(service(Container()), ())
    assert (workload.size.vcpu, workload.size.memory_gib) == (1.0, 0.5)


@pytest.mark.parametrize(
    ("what", "containers", "billing"),
    [
        ("nothing set", [Container()], BillingMode.REQUEST),
        ("cpu only during requests", [container("1", idle=True)], BillingMode.REQUEST),
        ("cpu always", [container("1", idle=False)], BillingMode.INSTANCE),
        (
            "a sidecar without resources",
            [container("1", idle=False), Container()],
            BillingMode.INSTANCE,
        ),
    ],
)
def test_billing_follows_cpu_idle(
    what: str, containers: list[Container], billing: BillingMode
) -> None:
    assert service_workload(service(*containers), ()).billing is billing, what


@pytest.mark.parametrize(
    ("cpu", "configured", "concurrency"),
    [("1", 0, 80), ("2", 0, 80), ("500m", 0, 1), ("1", 250, 250), ("500m", 10, 10)],
)
def test_concurrency_has_cloud_runs_default(cpu: str, configured: int, concurrency: int) -> None:
    workload = service_workload(service(container(cpu), concurrency=configured), ())
    assert workload.concurrency == concurrency


@pytest.mark.parametrize(
    ("what", "message", "template", "scaling"),
    [
        (
            "nothing set",
            ServiceScaling(),
            RevisionScaling(),
            Scaling(ScalingMode.AUTOMATIC, 0, None, 0, 100),
        ),
        (
            "all set",
            ServiceScaling(min_instance_count=3, max_instance_count=40),
            RevisionScaling(min_instance_count=2, max_instance_count=60),
            Scaling(ScalingMode.AUTOMATIC, 3, 40, 2, 60),
        ),
        (
            "manual",
            ServiceScaling(scaling_mode=ServiceScaling.ScalingMode.MANUAL, manual_instance_count=7),
            RevisionScaling(min_instance_count=2, max_instance_count=5),
            Scaling(ScalingMode.MANUAL, 7),
        ),
    ],
)
def test_scaling_is_read_at_both_levels(
    what: str, message: ServiceScaling, template: RevisionScaling, scaling: Scaling
) -> None:
    subject = Service(name=NAME, scaling=message, template=RevisionTemplate(scaling=template))
    assert service_workload(subject, ()).scaling == scaling, what


def test_groups_come_from_the_label_and_from_the_house() -> None:
    subject = service()
    subject.labels = {"headroom-group": "web", "team": "shop"}
    groups = (
        Group("checkout", "Checkout", workloads=("shop",)),
        Group("web", "Web shop", workloads=("shop",)),
        Group("search", "Search", workloads=("finder",)),
    )
    assert service_workload(subject, groups).groups == ("web", "checkout")


@pytest.mark.parametrize(
    ("what", "reconciling", "generation", "observed", "settled"),
    [
        ("rolled out", False, 4, 4, True),
        ("rolling out", True, 4, 4, False),
        ("not seen by the controller yet", False, 5, 4, False),
    ],
)
def test_a_workload_is_settled_when_nothing_is_rolled_out(
    what: str, reconciling: bool, generation: int, observed: int, settled: bool
) -> None:
    subject = Service(
        name=NAME,
        reconciling=reconciling,
        generation=generation,
        observed_generation=observed,
        last_modifier="erik@cymbal.example",
        latest_ready_revision=f"{NAME}/revisions/shop-00007",
    )
    workload = service_workload(subject, ())
    assert workload.settled is settled, what
    assert (workload.revision, workload.last_modifier) == ("shop-00007", "erik@cymbal.example")


def test_a_worker_pool_is_manual_and_billed_by_instance() -> None:
    pool = WorkerPool(
        name=POOL,
        etag="p1",
        scaling=WorkerPoolScaling(manual_instance_count=2),
        template=WorkerPoolRevisionTemplate(containers=[container("2", "2Gi")]),
        labels={"headroom-group": "pipeline"},
    )
    workload = pool_workload(pool, ())
    assert workload.key == WorkloadKey(
        WorkloadKind.WORKER_POOL, "cymbal-shop", "europe-west1", "orders"
    )
    assert workload.scaling == Scaling(ScalingMode.MANUAL, 2)
    assert (workload.billing, workload.token) == (BillingMode.INSTANCE, "p1")
    assert (workload.size.vcpu, workload.groups) == (2.0, ("pipeline",))


def test_a_worker_pool_is_automatic_when_fields_unknown_to_the_package_say_so() -> None:
    scaling = WorkerPoolScaling()
    minimum_two_automatic = bytes([0x08, 2, 0x18, 1])
    WorkerPoolScaling.pb(scaling).ParseFromString(minimum_two_automatic)
    workload = pool_workload(WorkerPool(name=POOL, scaling=scaling), ())
    assert workload.scaling == Scaling(ScalingMode.AUTOMATIC, 2)


@pytest.mark.parametrize(
    ("what", "shares", "revisions"),
    [
        ("no statuses yet", [], ["shop-2"]),
        ("all to the latest", [TrafficTargetStatus(percent=100)], ["shop-2"]),
        (
            "a split, and a tag without traffic",
            [
                TrafficTargetStatus(revision="shop-1", percent=90),
                TrafficTargetStatus(revision="shop-2", percent=10),
                TrafficTargetStatus(revision="shop-0", tag="old"),
            ],
            ["shop-1", "shop-2"],
        ),
        ("pinned to an old one", [TrafficTargetStatus(revision="shop-1", percent=100)], ["shop-1"]),
    ],
)
def test_the_serving_revisions_are_those_with_a_share(
    what: str, shares: list[TrafficTargetStatus], revisions: list[str]
) -> None:
    subject = Service(
        name=NAME, latest_ready_revision=f"{NAME}/revisions/shop-2", traffic_statuses=shares
    )
    expected = tuple(f"{NAME}/revisions/{name}" for name in revisions)
    assert rollout_of(subject).revisions == expected, what


def test_a_pools_serving_revisions_are_those_with_instances() -> None:
    splits = [InstanceSplitStatus(revision="orders-3", percent=100)]
    pool = WorkerPool(name=POOL, instance_split_statuses=splits, latest_ready_revision="orders-4")
    assert rollout_of(pool).revisions == (f"{POOL}/revisions/orders-3",)


@pytest.mark.parametrize(
    ("reason", "warming"),
    [
        (Condition.RevisionReason.MIN_INSTANCES_WARMING, True),
        (Condition.RevisionReason.MIN_INSTANCES_NOT_PROVISIONED, True),
        (Condition.RevisionReason.HEALTH_CHECK_SKIPPED, False),
    ],
)
def test_warming_is_read_from_the_reasons(reason: Condition.RevisionReason, warming: bool) -> None:
    conditions = [Condition(type_="Ready"), Condition(type_="Active", revision_reason=reason)]
    assert still_warming(conditions) is warming
    assert (
        still_warming(rollout_of(Service(name=NAME, conditions=conditions)).conditions) is warming
    )


@pytest.mark.parametrize(
    ("what", "condition", "text"),
    [
        ("all is well", Condition(state=Condition.State.CONDITION_SUCCEEDED, message="fine"), ""),
        ("a failure", Condition(state=Condition.State.CONDITION_FAILED, message="broke"), "broke"),
        (
            "warming",
            Condition(
                revision_reason=Condition.RevisionReason.MIN_INSTANCES_WARMING, message="3 of 9"
            ),
            "3 of 9",
        ),
    ],
)
def test_the_obstacle_is_cloud_runs_own_word(what: str, condition: Condition, text: str) -> None:
    assert obstacle([Condition(type_="Ready"), condition]) == text, what


def test_provisioned_is_what_the_revision_reports() -> None:
    status = RevisionScalingStatus(desired_min_instance_count=12)
    assert provisioned_in(Revision(scaling_status=status)) == 12
    assert provisioned_in(Revision()) == 0


@pytest.mark.parametrize(
    ("labels", "client", "tool"),
    [
        ({}, "", ""),
        ({}, "gcloud", "gcloud"),
        ({"goog-terraform-provisioned": "true"}, "gcloud", "terraform"),
        ({"managed-by": "github-actions"}, "", "github-actions"),
        ({"managed-by": "argo", "goog-terraform-provisioned": "true"}, "", "argo"),
    ],
)
def test_the_tool_behind_a_workload_is_named_where_labels_tell(
    labels: dict[str, str], client: str, tool: str
) -> None:
    assert service_workload(Service(name=NAME, labels=labels, client=client), ()).managed_by == tool
    assert pool_workload(WorkerPool(name=POOL, labels=labels, client=client), ()).managed_by == tool
