"""Long-running operations: accepted, looked at, waited for, failing."""

import asyncio

import pytest
from google.api_core import exceptions
from google.longrunning import operations_pb2
from google.protobuf.duration_pb2 import Duration

from bot.sandbox.google.faults import BrokenOperation
from bot.sandbox.google.town import GoogleTown
from tests.sandbox_google.conftest import EUROPE, STOREFRONT, Clients
from tests.sandbox_world.hand_clock import HandClock

Get = operations_pb2.GetOperationRequest


async def test_the_result_is_the_service_when_it_is_awaited(
    clients: Clients, clock: HandClock
) -> None:
    operation = await clients.set_floor(30)
    assert not await operation.done()
    waiting = asyncio.create_task(operation.result())
    await asyncio.sleep(0.05)
    clock.move(seconds=10)
    service = await asyncio.wait_for(waiting, 10)
    assert service.scaling.min_instance_count == 30
    assert not service.reconciling
    assert operation.metadata.name == STOREFRONT


async def test_an_operation_is_looked_up_by_name_when_only_that_was_kept(
    clients: Clients, clock: HandClock
) -> None:
    accepted = await clients.set_floor(30)
    name = accepted.operation.name
    assert name.startswith(f"{EUROPE}/operations/")
    assert not (await clients.services.get_operation(Get(name=name))).done
    clock.move(seconds=10)
    done = await clients.services.get_operation(Get(name=name))
    assert done.done
    assert done.response.type_url.endswith("google.cloud.run.v2.Service")


async def test_a_broken_operation_ends_with_its_error_when_the_rollout_fails(
    clients: Clients, town: GoogleTown, clock: HandClock
) -> None:
    town.faults.put(BrokenOperation(text="Quota exceeded while provisioning."))
    operation = await clients.set_floor(60)
    clock.move(minutes=2)
    with pytest.raises(exceptions.GoogleAPICallError, match="while provisioning"):
        await operation.result()
    service = await clients.storefront()
    assert service.scaling.min_instance_count == 60
    assert service.terminal_condition.message == "Quota exceeded while provisioning."
    revision = await clients.revisions.get_revision(name=service.latest_ready_revision)
    assert revision.scaling_status.desired_min_instance_count < 60


async def test_the_next_change_repairs_it_when_an_operation_was_broken(
    clients: Clients, town: GoogleTown, clock: HandClock
) -> None:
    town.faults.put(BrokenOperation())
    await clients.set_floor(60)
    await clients.set_floor(60)
    clock.move(minutes=2)
    service = await clients.storefront()
    revision = await clients.revisions.get_revision(name=service.latest_ready_revision)
    assert revision.scaling_status.desired_min_instance_count == 60


async def test_operations_are_listed_and_deleted_when_asked(clients: Clients) -> None:
    first = await clients.set_floor(30)
    await clients.set_floor(31)
    listed = await clients.services.list_operations(
        operations_pb2.ListOperationsRequest(name=EUROPE)
    )
    assert len(listed.operations) == 2
    name = first.operation.name
    await clients.services.delete_operation(operations_pb2.DeleteOperationRequest(name=name))
    with pytest.raises(exceptions.NotFound):
        await clients.services.get_operation(Get(name=name))


async def test_waiting_ends_with_what_is_known_when_the_timeout_passes(clients: Clients) -> None:
    operation = await clients.set_floor(30)
    wait = operations_pb2.WaitOperationRequest(
        name=operation.operation.name, timeout=Duration(nanos=50_000_000)
    )
    # The published client's own wait_operation returns undecoded bytes.
    call = clients.channel.unary_unary(
        "/google.longrunning.Operations/WaitOperation",
        request_serializer=operations_pb2.WaitOperationRequest.SerializeToString,
        response_deserializer=operations_pb2.Operation.FromString,
    )
    assert not (await call(wait)).done
