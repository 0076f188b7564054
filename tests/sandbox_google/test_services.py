"""Cloud Run services through the official async client."""

import pytest
from google.api_core import exceptions
from google.cloud import run_v2
from google.protobuf.field_mask_pb2 import FieldMask

from bot.sandbox.google.town import CALLER, GoogleTown
from tests.sandbox_google.conftest import EUROPE, SHOP, STOREFRONT, Clients
from tests.sandbox_world.hand_clock import HandClock


async def test_one_region_is_listed_page_by_page_when_pages_are_small(clients: Clients) -> None:
    request = run_v2.ListServicesRequest(parent=EUROPE, page_size=4)
    names = [s.name async for s in await clients.services.list_services(request=request)]
    assert len(names) == 9
    assert names == sorted(names)
    assert all(name.startswith(f"{EUROPE}/services/") for name in names)


async def test_the_wildcard_is_refused_when_all_regions_are_asked_for(clients: Clients) -> None:
    with pytest.raises(exceptions.InvalidArgument, match="wildcard"):
        await clients.services.list_services(parent="projects/cymbal-shop/locations/-")


async def test_a_service_says_all_that_planning_needs_when_it_is_read(clients: Clients) -> None:
    service = await clients.storefront()
    container = service.template.containers[0]
    assert service.labels["headroom-group"] == "web"
    assert dict(container.resources.limits) == {"cpu": "1", "memory": "512Mi"}
    assert container.resources.cpu_idle
    assert service.template.max_instance_request_concurrency == 80
    assert service.template.scaling.max_instance_count == 200
    assert service.scaling.min_instance_count == 2
    assert service.generation == service.observed_generation == 1
    assert not service.reconciling
    assert service.last_modifier.startswith("deployer@")
    assert service.terminal_condition.state == run_v2.Condition.State.CONDITION_SUCCEEDED


async def test_an_unknown_service_is_not_found_when_it_is_read(clients: Clients) -> None:
    with pytest.raises(exceptions.NotFound):
        await clients.services.get_service(name=f"{EUROPE}/services/nothing")


async def test_a_new_floor_rolls_out_without_a_new_revision_when_it_is_written(
    clients: Clients, clock: HandClock
) -> None:
    before = await clients.storefront()
    await clients.set_floor(30, etag=before.etag)
    rolling = await clients.storefront()
    assert rolling.scaling.min_instance_count == 30
    assert rolling.etag != before.etag
    assert (rolling.reconciling, rolling.generation, rolling.observed_generation) == (True, 2, 1)
    assert rolling.last_modifier == CALLER
    clock.move(seconds=10)
    after = await clients.storefront()
    assert (after.reconciling, after.generation, after.observed_generation) == (False, 2, 2)
    assert after.latest_created_revision == before.latest_created_revision
    assert after.template == before.template


async def test_a_stale_write_is_aborted_when_somebody_wrote_first(
    clients: Clients, town: GoogleTown
) -> None:
    before = await clients.storefront()
    town.registry.drift(SHOP, 9)
    with pytest.raises(
        exceptions.Aborted, match=r"version '\d+' was specified but current version"
    ):
        await clients.set_floor(30, etag=before.etag)
    seen = await clients.storefront()
    assert seen.scaling.min_instance_count == 9
    assert seen.last_modifier == "erik@cymbal.example"


async def test_nothing_changes_when_a_write_is_only_validated(clients: Clients) -> None:
    before = await clients.storefront()
    operation = await clients.set_floor(30, etag=before.etag, validate_only=True)
    assert (await operation.result()).scaling.min_instance_count == 30
    assert await clients.storefront() == before


async def test_a_dry_run_refuses_what_the_write_would_when_values_are_bad(
    clients: Clients,
) -> None:
    with pytest.raises(exceptions.InvalidArgument, match="requested total CPU"):
        await clients.set_floor(500, validate_only=True)


async def test_a_service_is_created_when_missing_is_allowed(clients: Clients) -> None:
    name = f"{EUROPE}/services/landing-page"
    body = run_v2.Service(
        name=name, template=run_v2.RevisionTemplate(containers=[run_v2.Container(image="x:1")])
    )
    mask = FieldMask(paths=["template"])
    request = run_v2.UpdateServiceRequest(service=body, update_mask=mask)
    with pytest.raises(exceptions.NotFound):
        await clients.services.update_service(request=request)
    request.allow_missing = True
    await clients.services.update_service(request=request)
    assert (await clients.services.get_service(name=name)).creator == CALLER


async def test_a_service_is_gone_when_it_was_deleted(clients: Clients) -> None:
    await clients.services.delete_service(name=STOREFRONT)
    with pytest.raises(exceptions.NotFound):
        await clients.storefront()


async def test_half_a_pair_of_bounds_is_refused_when_manual_becomes_automatic(
    clients: Clients,
) -> None:
    modes = run_v2.ServiceScaling.ScalingMode
    body = run_v2.Service(
        name=f"{EUROPE}/services/admin-portal",
        scaling=run_v2.ServiceScaling(scaling_mode=modes.AUTOMATIC, min_instance_count=3),
    )
    mask = FieldMask(paths=["scaling.scaling_mode", "scaling.min_instance_count"])
    request = run_v2.UpdateServiceRequest(service=body, update_mask=mask)
    with pytest.raises(exceptions.InvalidArgument, match="together"):
        await clients.services.update_service(request=request)
    request.service.scaling.min_instance_count = 0
    await clients.services.update_service(request=request)
    seen = await clients.services.get_service(name=body.name)
    assert (seen.scaling.min_instance_count, seen.scaling.max_instance_count) == (2, 2)


async def test_the_count_inherits_the_floor_when_automatic_becomes_manual(
    clients: Clients,
) -> None:
    modes = run_v2.ServiceScaling.ScalingMode
    body = run_v2.Service(name=STOREFRONT, scaling=run_v2.ServiceScaling(scaling_mode=modes.MANUAL))
    mask = FieldMask(paths=["scaling.scaling_mode"])
    await clients.services.update_service(
        request=run_v2.UpdateServiceRequest(service=body, update_mask=mask)
    )
    scaling = (await clients.storefront()).scaling
    assert (scaling.manual_instance_count, scaling.min_instance_count) == (2, 0)
