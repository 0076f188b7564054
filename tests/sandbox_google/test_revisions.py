"""Revisions, worker pools, and the Admin API's own evidence of warmth."""

import pytest
from google.api_core import exceptions
from google.cloud import run_v2
from google.protobuf.field_mask_pb2 import FieldMask

from bot.sandbox.google.town import GoogleTown
from tests.sandbox_google.conftest import EUROPE, ORDERS, SHOP, STOREFRONT, Clients
from tests.sandbox_world.hand_clock import HandClock

Reason = run_v2.Condition.RevisionReason
State = run_v2.Condition.State


async def kept(clients: Clients) -> tuple[int, run_v2.Condition]:
    """Provisioned instances and the condition that speaks of them."""
    service = await clients.storefront()
    revision = await clients.revisions.get_revision(name=service.latest_ready_revision)
    by_type = {condition.type_: condition for condition in revision.conditions}
    return revision.scaling_status.desired_min_instance_count, by_type["MinInstancesProvisioned"]


async def test_provisioned_instances_rise_to_the_floor_when_it_is_raised(
    clients: Clients, clock: HandClock
) -> None:
    await clients.set_floor(80)
    clock.move(seconds=5)
    count, condition = await kept(clients)
    assert count < 80
    assert condition.revision_reason == Reason.MIN_INSTANCES_WARMING
    assert condition.state == State.CONDITION_RECONCILING
    clock.move(seconds=90)
    count, condition = await kept(clients)
    assert count == 80
    assert condition.state == State.CONDITION_SUCCEEDED


async def test_the_condition_says_not_provisioned_when_the_region_is_full(
    clients: Clients, town: GoogleTown, clock: HandClock
) -> None:
    town.doors.obey({"quota": {"region": "europe-west1", "vcpu": 80, "at": "run"}})
    await clients.set_floor(80)
    clock.move(minutes=3)
    count, condition = await kept(clients)
    assert count < 80
    assert condition.revision_reason == Reason.MIN_INSTANCES_NOT_PROVISIONED


async def test_a_deploy_makes_a_new_revision_and_leaves_scaling_alone_when_somebody_deploys(
    clients: Clients, town: GoogleTown, clock: HandClock
) -> None:
    before = await clients.storefront()
    town.registry.deploy(SHOP)
    during = await clients.storefront()
    assert during.latest_created_revision != before.latest_created_revision
    assert during.latest_ready_revision == before.latest_ready_revision
    clock.move(minutes=2)
    after = await clients.storefront()
    assert after.latest_ready_revision == during.latest_created_revision
    assert after.scaling == before.scaling
    assert after.generation == before.generation + 1
    listed = await clients.revisions.list_revisions(parent=STOREFRONT)
    names = [revision.name async for revision in listed]
    assert names == [after.latest_ready_revision, before.latest_ready_revision]


async def test_an_old_revision_is_retired_when_another_has_the_traffic(
    clients: Clients, town: GoogleTown, clock: HandClock
) -> None:
    before = await clients.storefront()
    town.registry.deploy(SHOP)
    clock.move(minutes=2)
    old = await clients.revisions.get_revision(name=before.latest_ready_revision)
    assert [c.revision_reason for c in old.conditions] == [Reason.RETIRED]
    assert old.scaling_status.desired_min_instance_count == 0


async def test_all_revisions_of_a_region_are_listed_when_the_service_is_a_dash(
    clients: Clients,
) -> None:
    request = run_v2.ListRevisionsRequest(parent=f"{EUROPE}/services/-", page_size=2)
    listed = await clients.revisions.list_revisions(request=request)
    assert len([revision async for revision in listed]) == 9


async def test_an_echoed_revision_name_is_refused_when_the_template_differs(
    clients: Clients,
) -> None:
    service = await clients.storefront()
    service.template.revision = service.latest_ready_revision.rsplit("/", 1)[1]
    service.template.containers[0].image = "other:2"
    with pytest.raises(exceptions.AlreadyExists, match="different configuration already exists"):
        await clients.services.update_service(service=service)


async def test_a_pool_is_resized_in_place_when_its_count_is_written(
    clients: Clients, clock: HandClock
) -> None:
    pool = await clients.pools.get_worker_pool(name=ORDERS)
    assert pool.scaling.manual_instance_count == 8
    body = run_v2.WorkerPool(
        name=ORDERS, etag=pool.etag, scaling=run_v2.WorkerPoolScaling(manual_instance_count=12)
    )
    mask = FieldMask(paths=["scaling.manual_instance_count"])
    await clients.pools.update_worker_pool(worker_pool=body, update_mask=mask)
    clock.move(minutes=1)
    after = await clients.pools.get_worker_pool(name=ORDERS)
    assert after.scaling.manual_instance_count == 12
    revision = await clients.revisions.get_revision(name=after.latest_ready_revision)
    assert revision.scaling_status.desired_min_instance_count == 12
    assert after.latest_created_revision == pool.latest_created_revision


async def test_pools_are_listed_apart_from_services_when_a_region_is_listed(
    clients: Clients,
) -> None:
    listed = await clients.pools.list_worker_pools(parent=EUROPE)
    assert [pool.name async for pool in listed] == [ORDERS]
    with pytest.raises(exceptions.NotFound):
        await clients.pools.get_worker_pool(name=STOREFRONT)
