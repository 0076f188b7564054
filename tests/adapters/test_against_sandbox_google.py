"""The Google adapters in situations that only a whole Google has: quotas, deploys, restarts, stockouts."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.cloud_run import CloudRun
from bot.adapters.google_channel import GoogleClients
from bot.core.fleet import ScalingChange, ScalingMode, WorkloadKey, WorkloadKind
from bot.core.house import Group, Place
from bot.errors import Refused, SlowDown, Stale, TryAgain
from tests.conformance.google_stages import (
    CHECKOUT,
    EUROPE,
    ORDERS,
    PROJECT,
    STOREFRONT,
    SandboxStage,
    sandbox_stage,
)


@pytest.fixture
async def stage() -> AsyncIterator[SandboxStage]:
    """The sandbox's Google with the adapters on it."""
    async with sandbox_stage() as sandbox:
        yield sandbox


async def raise_to(stage: SandboxStage, key: WorkloadKey, floor: int) -> None:
    """Reads and writes."""
    token = (await stage.cloud.read(key)).token
    await stage.cloud.set_scaling(key, ScalingChange(floor), token)


async def manual_service(stage: SandboxStage) -> WorkloadKey:
    """The one service that is scaled by hand."""
    fleet = await stage.cloud.discover()
    (found,) = (
        workload.key
        for workload in fleet
        if workload.scaling.mode is ScalingMode.MANUAL and workload.key.kind is WorkloadKind.SERVICE
    )
    return found


async def test_the_write_quota_says_when_it_has_room_again(stage: SandboxStage) -> None:
    stage.town.gate.writes.per_minute = 2
    for floor in (3, 4):
        await raise_to(stage, STOREFRONT, floor)
    with pytest.raises(SlowDown) as caught:
        await raise_to(stage, STOREFRONT, 5)
    assert caught.value.after is not None
    stage.clock.advance(caught.value.after)
    await raise_to(stage, STOREFRONT, 5)
    assert (await stage.cloud.read(STOREFRONT)).scaling.floor == 5


async def test_the_write_quota_is_one_for_each_region(stage: SandboxStage) -> None:
    stage.town.gate.writes.per_minute = 1
    await raise_to(stage, STOREFRONT, 3)
    abroad = WorkloadKey(WorkloadKind.SERVICE, PROJECT, "us-central1", "storefront-web")
    await raise_to(stage, abroad, 3)
    with pytest.raises(SlowDown):
        await raise_to(stage, ORDERS, 9)


async def test_a_ceiling_beyond_the_cpu_quota_is_refused_in_plain_words(
    stage: SandboxStage,
) -> None:
    stage.town.registry.quota[EUROPE] = 56
    token = (await stage.cloud.read(ORDERS)).token
    with pytest.raises(Refused, match="200 vCPU asked for, the region's quota is 56") as caught:
        await stage.cloud.set_scaling(ORDERS, ScalingChange(200), token)
    assert caught.value.code == "QUOTA"


async def test_a_proof_tells_that_the_region_is_out_of_cpu(stage: SandboxStage) -> None:
    stage.town.world.set_quota(EUROPE, 1)
    await raise_to(stage, STOREFRONT, 60)
    stage.settle()
    proof = await stage.cloud.proof(await stage.cloud.read(STOREFRONT))
    assert proof.provisioned < 60
    assert proof.warming
    assert "quota" in proof.reason


async def test_a_deploy_by_others_keeps_the_floor_and_makes_the_token_stale(
    stage: SandboxStage,
) -> None:
    before = await stage.cloud.read(CHECKOUT)
    stage.town.registry.deploy(CHECKOUT)
    with pytest.raises(Stale):
        await stage.cloud.set_scaling(CHECKOUT, ScalingChange(9), before.token)
    assert not (await stage.cloud.read(CHECKOUT)).settled
    stage.settle()
    after = await stage.cloud.read(CHECKOUT)
    assert after.revision != before.revision
    assert (after.scaling, after.settled) == (before.scaling, True)


async def test_a_manual_service_is_raised_by_its_count_and_stays_manual(
    stage: SandboxStage,
) -> None:
    key = await manual_service(stage)
    await raise_to(stage, key, 5)
    stage.settle()
    seen = await stage.cloud.read(key)
    assert (seen.scaling.mode, seen.scaling.floor) == (ScalingMode.MANUAL, 5)
    assert (await stage.cloud.proof(seen)).provisioned >= 5


async def test_only_the_configured_places_are_looked_at(stage: SandboxStage) -> None:
    clients = GoogleClients(f"http://127.0.0.1:{stage.town.port}")
    cloud = CloudRun(clients, [Place(PROJECT, ("us-central1",))])
    assert {workload.key.region for workload in await cloud.discover()} == {"us-central1"}
    await clients.close()


async def test_a_workload_listed_by_the_house_is_in_its_group(stage: SandboxStage) -> None:
    clients = GoogleClients(f"http://127.0.0.1:{stage.town.port}")
    groups = [Group("backoffice", "Back office", workloads=("order-worker",))]
    cloud = CloudRun(clients, [Place(PROJECT, (EUROPE,))], groups)
    assert (await cloud.read(ORDERS)).groups == ("pipeline", "backoffice")
    await clients.close()


async def test_the_adapters_come_back_when_google_does(stage: SandboxStage) -> None:
    port = stage.town.port
    await stage.cloud.read(STOREFRONT)
    await stage.town.stop()
    with pytest.raises(TryAgain):
        await stage.cloud.read(STOREFRONT)
    await stage.town.start(port)
    tries = 0
    while await _still_away(stage):
        tries += 1
        assert tries < 20
    assert (await stage.cloud.read(STOREFRONT)).scaling.floor == 2


async def _still_away(stage: SandboxStage) -> bool:
    try:
        await stage.cloud.read(STOREFRONT)
    except TryAgain:
        return True
    return False
