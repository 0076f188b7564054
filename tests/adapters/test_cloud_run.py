"""What the Cloud Run adapter puts on the wire, and how it reads what comes back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.cloud.run_v2.types import (
    Condition,
    ListServicesResponse,
    ListWorkerPoolsResponse,
    Revision,
    RevisionScalingStatus,
    Service,
    ServiceScaling,
    TrafficTargetStatus,
    WorkerPool,
    WorkerPoolScaling,
)
from google.longrunning.operations_pb2 import Operation
from google.rpc.status_pb2 import Status

from bot.adapters.cloud_run import CloudRun
from bot.adapters.google_channel import GoogleClients
from bot.core.fleet import (
    AdminProof,
    OperationState,
    ScalingChange,
    WorkloadKey,
    WorkloadKind,
)
from bot.core.marks import Marks, marked, read_marks
from bot.errors import HeadroomError, NotAllowed, NotFound, Refused, SlowDown, Stale, TryAgain
from tests.adapters.scripted_google import Failure, ScriptedGoogle

EUROPE = "projects/cymbal-shop/locations/europe-west1"
SHOP = f"{EUROPE}/services/shop"
ORDERS = f"{EUROPE}/workerPools/orders"
SHOP_KEY = WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "europe-west1", "shop")
ORDERS_KEY = WorkloadKey(WorkloadKind.WORKER_POOL, "cymbal-shop", "europe-west1", "orders")
ACCEPTED = Operation(name=f"{EUROPE}/operations/7")


def fails(code: str, text: str = "") -> Any:
    """An answer that ends the call with a status."""

    def answer(request: Any) -> Any:
        raise Failure(grpc.StatusCode[code], text)

    return answer


def serves(google: ScriptedGoogle, subject: Service | WorkerPool) -> None:
    """Lets reads give `subject` and writes be accepted."""
    google.answers["GetService"] = google.answers["GetWorkerPool"] = lambda request: subject
    google.answers["UpdateService"] = google.answers["UpdateWorkerPool"] = lambda request: ACCEPTED


async def test_discovery_reads_each_region_and_kind_to_the_last_page(
    cloud: CloudRun, google: ScriptedGoogle
) -> None:
    def services(request: Any) -> ListServicesResponse:
        name = f"{request.parent}/services/shop{request.page_token or '1'}"
        return ListServicesResponse(
            services=[Service(name=name)], next_page_token="" if request.page_token else "2"
        )

    google.answers["ListServices"] = services
    google.answers["ListWorkerPools"] = lambda request: ListWorkerPoolsResponse(
        worker_pools=[WorkerPool(name=f"{request.parent}/workerPools/orders")]
    )
    found = [str(workload.key) for workload in await cloud.discover()]
    assert found == [
        "service/cymbal-shop/europe-west1/shop1",
        "service/cymbal-shop/europe-west1/shop2",
        "service/cymbal-shop/us-central1/shop1",
        "service/cymbal-shop/us-central1/shop2",
        "worker-pool/cymbal-shop/europe-west1/orders",
        "worker-pool/cymbal-shop/us-central1/orders",
    ]
    assert len(google.asked) == 6


async def test_discovery_fails_as_a_whole_when_one_region_does(
    cloud: CloudRun, google: ScriptedGoogle
) -> None:
    google.answers["ListServices"] = lambda request: ListServicesResponse()
    google.answers["ListWorkerPools"] = fails("PERMISSION_DENIED")
    with pytest.raises(NotAllowed, match="run.workerpools.get/list") as failure:
        await cloud.discover()
    assert "list the worker pools of cymbal-shop in " in str(failure.value)


@dataclass(frozen=True)
class WriteCase:
    """A change, and what must be on the wire for it."""

    what: str
    change: ScalingChange
    paths: list[str]
    written: ServiceScaling
    mode: int = ServiceScaling.ScalingMode.AUTOMATIC


WRITES = [
    WriteCase(
        "a floor",
        ScalingChange(12),
        ["scaling.min_instance_count"],
        ServiceScaling(min_instance_count=12),
    ),
    WriteCase(
        "no floor at all, visible in the mask only",
        ScalingChange(0),
        ["scaling.min_instance_count"],
        ServiceScaling(),
    ),
    WriteCase(
        "floor and ceiling",
        ScalingChange(12, 150),
        ["scaling.min_instance_count", "scaling.max_instance_count"],
        ServiceScaling(min_instance_count=12, max_instance_count=150),
    ),
    WriteCase(
        "a manual count, which has no ceiling",
        ScalingChange(12, 150),
        ["scaling.manual_instance_count"],
        ServiceScaling(manual_instance_count=12),
        ServiceScaling.ScalingMode.MANUAL,
    ),
]


@pytest.mark.parametrize("case", WRITES, ids=lambda case: case.what)
async def test_a_write_carries_name_etag_scaling_and_nothing_else(
    cloud: CloudRun, google: ScriptedGoogle, case: WriteCase
) -> None:
    scaling = ServiceScaling(scaling_mode=case.mode)
    serves(google, Service(name=SHOP, etag="e1", labels={"team": "shop"}, scaling=scaling))
    await cloud.read(SHOP_KEY)
    state = await cloud.set_scaling(SHOP_KEY, case.change, "e1")
    request = google.asked[-1]
    assert list(request.update_mask.paths) == case.paths
    assert request.service == Service(name=SHOP, etag="e1", scaling=case.written)
    assert not request.validate_only
    assert state == OperationState(ACCEPTED.name, done=False)
    assert [type(r).__name__ for r in google.asked] == ["GetServiceRequest", "UpdateServiceRequest"]


async def test_a_pool_write_carries_the_manual_count_only(
    cloud: CloudRun, google: ScriptedGoogle
) -> None:
    scaling = WorkerPoolScaling(manual_instance_count=2)
    serves(google, WorkerPool(name=ORDERS, etag="p1", scaling=scaling))
    await cloud.set_scaling(ORDERS_KEY, ScalingChange(0), "p1")
    request = google.asked[-1]
    assert list(request.update_mask.paths) == ["scaling.manual_instance_count"]
    assert request.worker_pool == WorkerPool(
        name=ORDERS, etag="p1", scaling=WorkerPoolScaling(manual_instance_count=0)
    )
    assert not request.force_new_revision


async def test_an_autoscaled_pool_is_refused_before_anything_is_written(
    cloud: CloudRun, google: ScriptedGoogle
) -> None:
    scaling = WorkerPoolScaling()
    WorkerPoolScaling.pb(scaling).ParseFromString(bytes([0x18, 1]))
    serves(google, WorkerPool(name=ORDERS, etag="p1", scaling=scaling))
    with pytest.raises(Refused, match="its own autoscaler"):
        await cloud.set_scaling(ORDERS_KEY, ScalingChange(5), "p1")
    assert [type(request).__name__ for request in google.asked] == ["GetWorkerPoolRequest"]


async def test_a_dry_run_only_validates(cloud: CloudRun, google: ScriptedGoogle) -> None:
    serves(google, Service(name=SHOP, etag="e1"))
    state = await cloud.set_scaling(SHOP_KEY, ScalingChange(3), "e1", dry_run=True)
    assert google.asked[-1].validate_only
    assert state == OperationState("", done=True)


async def test_nothing_is_written_when_nothing_was_read(
    cloud: CloudRun, google: ScriptedGoogle
) -> None:
    with pytest.raises(Stale):
        await cloud.set_scaling(SHOP_KEY, ScalingChange(3), "")
    assert google.asked == []


@pytest.mark.parametrize(
    ("code", "text", "family"),
    [
        ("ABORTED", "version 'e1' was specified but current version is 'e2'", Stale),
        ("RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Write requests'", SlowDown),
        ("PERMISSION_DENIED", "", NotAllowed),
        ("NOT_FOUND", "", NotFound),
        ("INVALID_ARGUMENT", "Max instances must be set to 28 or fewer", Refused),
        ("FAILED_PRECONDITION", "", Refused),
        ("UNAVAILABLE", "", TryAgain),
        ("DEADLINE_EXCEEDED", "", TryAgain),
        ("INTERNAL", "", TryAgain),
    ],
)
async def test_a_refused_write_is_told_by_its_family_and_never_repeated(
    cloud: CloudRun, google: ScriptedGoogle, code: str, text: str, family: type[HeadroomError]
) -> None:
    serves(google, Service(name=SHOP, etag="e1"))
    google.answers["UpdateService"] = fails(code, text)
    with pytest.raises(family) as caught:
        await cloud.set_scaling(SHOP_KEY, ScalingChange(30), "e1")
    assert type(caught.value) is family
    assert sum(type(r).__name__ == "UpdateServiceRequest" for r in google.asked) == 1


async def test_a_forbidden_write_names_both_permissions(
    cloud: CloudRun, google: ScriptedGoogle
) -> None:
    serves(google, Service(name=SHOP, etag="e1"))
    google.answers["UpdateService"] = fails("PERMISSION_DENIED", "403")
    with pytest.raises(NotAllowed, match="run.services.update.*iam.serviceAccountUser"):
        await cloud.set_scaling(SHOP_KEY, ScalingChange(30), "e1")


async def test_a_read_is_tried_again_for_a_blip(cloud: CloudRun, google: ScriptedGoogle) -> None:
    def blip(request: Any) -> Service:
        if len(google.asked) == 1:
            raise Failure(grpc.StatusCode.UNAVAILABLE)
        return Service(name=SHOP, etag="e1")

    google.answers["GetService"] = blip
    assert (await cloud.read(SHOP_KEY)).token == "e1"


async def test_a_read_asks_to_try_again_when_google_stays_away(
    cloud: CloudRun, google: ScriptedGoogle
) -> None:
    google.answers["GetService"] = fails("UNAVAILABLE")
    with pytest.raises(TryAgain):
        await cloud.read(SHOP_KEY)


@pytest.mark.parametrize(
    ("what", "operation", "state"),
    [
        ("still running", Operation(name="o"), OperationState("o", False)),
        ("ended well", Operation(name="o", done=True), OperationState("o", True)),
        (
            "ended badly",
            Operation(name="o", done=True, error=Status(code=3, message="no capacity")),
            OperationState("o", True, "no capacity"),
        ),
    ],
)
async def test_an_operation_is_looked_at_without_waiting(
    cloud: CloudRun, google: ScriptedGoogle, what: str, operation: Operation, state: OperationState
) -> None:
    google.answers["GetOperation"] = lambda request: operation
    assert await cloud.operation("o") == state, what
    assert len(google.asked) == 1


async def test_calls_carry_the_location_for_routing(
    cloud: CloudRun, google: ScriptedGoogle
) -> None:
    serves(google, Service(name=SHOP, etag="e1"))
    google.answers["GetOperation"] = lambda request: ACCEPTED
    await cloud.set_scaling(SHOP_KEY, ScalingChange(3), "e1")
    await cloud.operation(ACCEPTED.name)
    routing = [metadata["x-goog-request-params"] for metadata in google.metadata]
    assert all("europe-west1" in header for header in routing)


@dataclass(frozen=True)
class ProofCase:
    """What the service and its two revisions say, and what that proves."""

    what: str
    reconciling: bool
    provisioned: tuple[int, int]
    reason: int
    proof: AdminProof


NO_REASON = Condition.RevisionReason.REVISION_REASON_UNDEFINED
PROOFS = [
    ProofCase("warm", False, (18, 2), NO_REASON, AdminProof(True, 20, False)),
    ProofCase("rolling out", True, (3, 0), NO_REASON, AdminProof(False, 3, False)),
    ProofCase(
        "still warming",
        False,
        (18, 2),
        Condition.RevisionReason.MIN_INSTANCES_WARMING,
        AdminProof(True, 20, True, "18 of 20"),
    ),
]


@pytest.mark.parametrize("case", PROOFS, ids=lambda case: case.what)
async def test_a_proof_sums_all_serving_revisions(
    cloud: CloudRun, google: ScriptedGoogle, case: ProofCase
) -> None:
    shares = [
        TrafficTargetStatus(revision="shop-1", percent=90),
        TrafficTargetStatus(revision="shop-2", percent=10),
    ]
    serves(google, Service(name=SHOP, reconciling=case.reconciling, traffic_statuses=shares))

    def revision(request: Any) -> Revision:
        count = case.provisioned[0 if request.name == f"{SHOP}/revisions/shop-1" else 1]
        status = RevisionScalingStatus(desired_min_instance_count=count)
        conditions = [Condition(type_="Ready", revision_reason=case.reason, message="18 of 20")]
        return Revision(name=request.name, scaling_status=status, conditions=conditions)

    google.answers["GetRevision"] = revision
    assert await cloud.proof(await cloud.read(SHOP_KEY)) == case.proof


async def test_a_pools_settled_count_is_its_proof(cloud: CloudRun, google: ScriptedGoogle) -> None:
    scaling = WorkerPoolScaling(manual_instance_count=6)
    serves(google, WorkerPool(name=ORDERS, scaling=scaling, latest_ready_revision="orders-1"))
    google.answers["GetRevision"] = lambda request: Revision(name=request.name)
    assert await cloud.proof(await cloud.read(ORDERS_KEY)) == AdminProof(True, 6, False)


@pytest.mark.parametrize(
    "endpoint", ["127.0.0.1:9090", "https://run.googleapis.com", "http://", "x"]
)
def test_an_endpoint_that_is_not_plaintext_is_refused(endpoint: str) -> None:
    with pytest.raises(ValueError, match="plaintext endpoint"):
        GoogleClients(endpoint)


async def test_marks_are_written_among_everybody_elses_annotations(
    cloud: CloudRun, google: ScriptedGoogle
) -> None:
    theirs = {"team": "shop", "run.googleapis.com/ingress": "all"}
    serves(google, Service(name=SHOP, etag="e1", annotations=theirs))
    marks = Marks(("tv",), datetime(2025, 11, 28, 21, tzinfo=UTC), 5, 2)
    await cloud.set_scaling(SHOP_KEY, ScalingChange(5, marks=marks), "e1")
    request = google.asked[-1]
    assert list(request.update_mask.paths) == ["scaling.min_instance_count", "annotations"]
    written = dict(request.service.annotations)
    assert read_marks(written) == marks
    assert written["team"] == "shop"
    assert "run.googleapis.com/ingress" not in written


async def test_marks_are_taken_away_with_the_last_write(
    cloud: CloudRun, google: ScriptedGoogle
) -> None:
    marks = Marks(("tv",), datetime(2025, 11, 28, 21, tzinfo=UTC), 5, 2)
    serves(google, Service(name=SHOP, etag="e1", annotations=marked({"team": "shop"}, marks)))
    await cloud.set_scaling(SHOP_KEY, ScalingChange(2), "e1")
    assert dict(google.asked[-1].service.annotations) == {"team": "shop"}
    assert "annotations" in google.asked[-1].update_mask.paths
