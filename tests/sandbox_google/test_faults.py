"""Quotas and faults: every way in which Google says no."""

import pytest
from google.api_core import exceptions
from google.rpc import error_details_pb2

from bot.sandbox.google.faults import BrokenOperation, Fault, Silence
from bot.sandbox.google.town import GoogleTown
from tests.sandbox_google.conftest import SHOP, Clients
from tests.sandbox_world.hand_clock import HandClock


async def test_writes_are_refused_when_the_minutes_quota_is_spent(
    clients: Clients, clock: HandClock
) -> None:
    for floor in range(8):
        await clients.set_floor(floor)
    with pytest.raises(exceptions.ResourceExhausted, match="Write requests per minute per region"):
        await clients.set_floor(20)
    clock.move(seconds=61)
    await clients.set_floor(20)


async def test_the_refusal_says_when_to_come_back_when_a_quota_is_spent(clients: Clients) -> None:
    with pytest.raises(exceptions.ResourceExhausted) as caught:
        for _ in range(100):
            await clients.services.get_service(
                name="projects/cymbal-shop/locations/us-central1/services/product-api", retry=None
            )
    details = caught.value.details
    assert any(isinstance(detail, error_details_pb2.RetryInfo) for detail in details)
    assert caught.value.reason == "RATE_LIMIT_EXCEEDED"


async def test_a_ceiling_is_refused_when_it_exceeds_the_regions_cpu(
    clients: Clients, town: GoogleTown
) -> None:
    town.doors.obey({"quota": {"region": "europe-west1", "vcpu": 56, "at": "set"}})
    with pytest.raises(exceptions.InvalidArgument) as caught:
        await clients.set_floor(60)
    assert "Max instances must be set to 56 or fewer" in caught.value.message
    assert "CpuAllocPerProjectRegion requested: 200000 allowed: 56000" in caught.value.message


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("UNAVAILABLE", exceptions.ServiceUnavailable),
        ("DEADLINE_EXCEEDED", exceptions.DeadlineExceeded),
        ("RESOURCE_EXHAUSTED", exceptions.ResourceExhausted),
        ("PERMISSION_DENIED", exceptions.PermissionDenied),
    ],
)
async def test_a_call_fails_as_asked_when_a_fault_is_put(
    clients: Clients, town: GoogleTown, code: str, error: type[Exception]
) -> None:
    town.faults.put(Fault(method="UpdateService", code=code, calls=1))
    with pytest.raises(error):
        await clients.set_floor(30)
    await clients.set_floor(30)
    assert (await clients.storefront()).scaling.min_instance_count == 30


async def test_the_write_has_happened_when_only_its_answer_is_lost(
    clients: Clients, town: GoogleTown
) -> None:
    town.faults.put(Fault(method="UpdateService", calls=1, lost=True))
    with pytest.raises(exceptions.ServiceUnavailable):
        await clients.set_floor(30)
    assert (await clients.storefront()).scaling.min_instance_count == 30


async def test_calls_work_again_when_the_span_of_a_fault_is_over(
    clients: Clients, town: GoogleTown, clock: HandClock
) -> None:
    town.faults.put(Fault(method="UpdateService", seconds=120))
    with pytest.raises(exceptions.ServiceUnavailable):
        await clients.set_floor(30)
    clock.move(seconds=121)
    await clients.set_floor(30)


async def test_others_are_served_when_a_fault_names_one_subject(
    clients: Clients, town: GoogleTown
) -> None:
    town.faults.put(Fault(code="PERMISSION_DENIED", subject="services/search-api"))
    await clients.storefront()
    with pytest.raises(exceptions.PermissionDenied):
        await clients.services.get_service(
            name="projects/cymbal-shop/locations/europe-west1/services/search-api"
        )
    town.faults.clear()
    await clients.services.get_service(
        name="projects/cymbal-shop/locations/europe-west1/services/search-api"
    )


def test_a_fault_is_refused_when_its_code_is_unknown() -> None:
    with pytest.raises(ValueError, match="not a gRPC status"):
        Fault(code="TIRED")


def test_faults_say_nothing_when_none_fits(town: GoogleTown, clock: HandClock) -> None:
    faults = town.faults
    faults.strike("GetService", str(SHOP), lost=False)
    assert faults.breaks(str(SHOP)) == ""
    assert not faults.silent("request_count", str(SHOP))
    faults.put(BrokenOperation(subject="other"))
    faults.put(Silence(metric="request_count", seconds=60))
    assert faults.breaks(str(SHOP)) == ""
    assert faults.silent("run.googleapis.com/request_count", str(SHOP))
    clock.move(seconds=61)
    assert not faults.silent("run.googleapis.com/request_count", str(SHOP))
