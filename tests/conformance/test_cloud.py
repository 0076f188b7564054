"""Every Cloud discovers, reads, writes, watches and proves alike, and fails alike."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.fleet import ScalingChange, ScalingMode, WorkloadKey
from bot.core.marks import Marks
from bot.errors import NotAllowed, NotFound, Refused, SlowDown, Stale, TryAgain
from tests.conformance.google_stages import (
    CHECKOUT,
    ERIK,
    NOWHERE,
    ORDERS,
    STOREFRONT,
    FakeStage,
    Stage,
    sandbox_stage,
)


@pytest.fixture(params=["fake", "cloud-run"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Each Cloud in turn."""
    if request.param == "fake":
        yield FakeStage()
        return
    async with sandbox_stage() as sandbox:
        yield sandbox


MARKS = Marks(
    ("black-friday", "tv"),
    datetime(2025, 11, 28, 21, 10, tzinfo=UTC),
    12,
    2,
    None,
    baseline_ceiling=40,
)


async def raise_to(stage: Stage, key: WorkloadKey, floor: int, ceiling: int | None = None) -> str:
    """Reads and writes; returns the operation's name."""
    token = (await stage.cloud.read(key)).token
    state = await stage.cloud.set_scaling(key, ScalingChange(floor, ceiling), token)
    return state.name


async def floor_of(stage: Stage, key: WorkloadKey) -> int:
    """The floor that is set now."""
    return (await stage.cloud.read(key)).scaling.floor


async def test_a_shared_look_shows_nothing_older_than_it_may(stage: Stage) -> None:
    stage.drift(STOREFRONT, 7)
    stage.settle()
    since = stage.clock.now() - timedelta(minutes=1)
    assert (await stage.cloud.read(STOREFRONT, since=since)).scaling.floor == 7
    stage.remove(CHECKOUT)
    stage.settle()
    with pytest.raises(NotFound):
        await stage.cloud.read(CHECKOUT, since=stage.clock.now())


async def test_the_fleet_is_discovered_by_key_services_and_pools_alike(stage: Stage) -> None:
    fleet = await stage.cloud.discover()
    keys = [workload.key for workload in fleet]
    assert keys == sorted(keys)
    assert {STOREFRONT, CHECKOUT, ORDERS} <= set(keys)


async def test_a_read_gives_what_discovery_gave(stage: Stage) -> None:
    for workload in await stage.cloud.discover():
        assert await stage.cloud.read(workload.key) == workload


async def test_a_service_has_its_groups_scaling_and_token(stage: Stage) -> None:
    storefront = await stage.cloud.read(STOREFRONT)
    assert (storefront.groups, storefront.scaling.floor) == (("web",), 2)
    assert storefront.scaling.mode is ScalingMode.AUTOMATIC
    assert (await stage.cloud.read(CHECKOUT)).scaling.ceiling == 40
    assert storefront.token
    assert storefront.revision
    assert storefront.settled


async def test_a_worker_pool_has_a_manual_count(stage: Stage) -> None:
    orders = await stage.cloud.read(ORDERS)
    assert (orders.scaling.mode, orders.scaling.floor) == (ScalingMode.MANUAL, 8)


async def test_what_does_not_exist_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        await stage.cloud.read(NOWHERE)
    with pytest.raises(NotFound):
        await stage.cloud.operation(
            "projects/cymbal-shop/locations/europe-west1/operations/0000-nothing"
        )


async def test_a_workload_that_was_removed_is_gone(stage: Stage) -> None:
    token = (await stage.cloud.read(CHECKOUT)).token
    stage.remove(CHECKOUT)
    with pytest.raises(NotFound):
        await stage.cloud.set_scaling(CHECKOUT, ScalingChange(5), token)
    assert CHECKOUT not in [workload.key for workload in await stage.cloud.discover()]


@pytest.mark.parametrize("key", [STOREFRONT, ORDERS], ids=["service", "worker-pool"])
async def test_a_floor_is_written_and_nothing_else(stage: Stage, key: WorkloadKey) -> None:
    before = await stage.cloud.read(key)
    await raise_to(stage, key, 12)
    after = await stage.cloud.read(key)
    assert after.scaling.floor == 12
    assert after.token != before.token
    assert "headroom" in after.last_modifier
    unchanged = ("groups", "size", "billing", "concurrency", "revision")
    assert [getattr(after, name) for name in unchanged] == [
        getattr(before, name) for name in unchanged
    ]
    assert (after.scaling.mode, after.scaling.ceiling) == (
        before.scaling.mode,
        before.scaling.ceiling,
    )


@pytest.mark.parametrize("key", [STOREFRONT, ORDERS], ids=["service", "worker-pool"])
async def test_marks_come_and_go_with_the_writes_and_bring_no_revision(
    stage: Stage, key: WorkloadKey
) -> None:
    before = await stage.cloud.read(key)
    assert before.marks is None
    await stage.cloud.set_scaling(key, ScalingChange(12, marks=MARKS), before.token)
    held = await stage.cloud.read(key)
    assert (held.marks, held.revision) == (MARKS, before.revision)
    assert MARKS in [workload.marks for workload in await stage.cloud.discover()]
    await stage.cloud.set_scaling(key, ScalingChange(2), held.token)
    assert (await stage.cloud.read(key)).marks is None


async def test_marks_stay_when_somebody_else_changes_the_scaling(stage: Stage) -> None:
    token = (await stage.cloud.read(STOREFRONT)).token
    await stage.cloud.set_scaling(STOREFRONT, ScalingChange(12, marks=MARKS), token)
    stage.drift(STOREFRONT, 5)
    assert (await stage.cloud.read(STOREFRONT)).marks == MARKS


async def test_a_floor_can_go_down_to_nothing(stage: Stage) -> None:
    await raise_to(stage, STOREFRONT, 0)
    assert await floor_of(stage, STOREFRONT) == 0


async def test_a_ceiling_is_written_only_where_one_is_given(stage: Stage) -> None:
    await raise_to(stage, CHECKOUT, 10)
    assert (await stage.cloud.read(CHECKOUT)).scaling.ceiling == 40
    await raise_to(stage, CHECKOUT, 50, ceiling=60)
    scaling = (await stage.cloud.read(CHECKOUT)).scaling
    assert (scaling.floor, scaling.ceiling) == (50, 60)


async def test_a_floor_above_the_ceiling_is_refused(stage: Stage) -> None:
    with pytest.raises(Refused):
        await raise_to(stage, CHECKOUT, 41)
    assert await floor_of(stage, CHECKOUT) == 2


async def test_a_write_is_stale_when_somebody_wrote_in_between(stage: Stage) -> None:
    token = (await stage.cloud.read(STOREFRONT)).token
    stage.drift(STOREFRONT, 5)
    with pytest.raises(Stale):
        await stage.cloud.set_scaling(STOREFRONT, ScalingChange(12), token)
    seen = await stage.cloud.read(STOREFRONT)
    assert (seen.scaling.floor, seen.last_modifier) == (5, ERIK)


async def test_a_token_works_once(stage: Stage) -> None:
    token = (await stage.cloud.read(STOREFRONT)).token
    await stage.cloud.set_scaling(STOREFRONT, ScalingChange(12), token)
    with pytest.raises(Stale):
        await stage.cloud.set_scaling(STOREFRONT, ScalingChange(13), token)


async def test_a_dry_run_validates_and_changes_nothing(stage: Stage) -> None:
    before = await stage.cloud.read(CHECKOUT)
    change = ScalingChange(12)
    state = await stage.cloud.set_scaling(CHECKOUT, change, before.token, dry_run=True)
    assert (state.name, state.done, state.error) == ("", True, "")
    assert await stage.cloud.read(CHECKOUT) == before
    with pytest.raises(Refused):
        await stage.cloud.set_scaling(CHECKOUT, ScalingChange(41), before.token, dry_run=True)


async def test_a_write_is_accepted_first_and_done_later(stage: Stage) -> None:
    name = await raise_to(stage, STOREFRONT, 12)
    assert not (await stage.cloud.operation(name)).done
    assert not (await stage.cloud.read(STOREFRONT)).settled
    stage.settle()
    state = await stage.cloud.operation(name)
    assert (state.name, state.done, state.error) == (name, True, "")
    assert (await stage.cloud.read(STOREFRONT)).settled


async def test_an_operation_that_fails_says_why(stage: Stage) -> None:
    stage.break_operation()
    name = await raise_to(stage, STOREFRONT, 12)
    stage.settle()
    state = await stage.cloud.operation(name)
    assert state.done
    assert "internal error" in state.error


@pytest.mark.parametrize("key", [STOREFRONT, ORDERS], ids=["service", "worker-pool"])
async def test_warmth_is_proven_once_the_instances_are_there(
    stage: Stage, key: WorkloadKey
) -> None:
    await raise_to(stage, key, 20)
    early = await stage.cloud.proof(await stage.cloud.read(key))
    assert early.provisioned < 20
    assert early.warming or not early.settled
    stage.settle()
    late = await stage.cloud.proof(await stage.cloud.read(key))
    assert (late.settled, late.provisioned >= 20, late.warming, late.reason) == (
        True,
        True,
        False,
        "",
    )


async def test_what_is_warm_already_is_proven_at_once(stage: Stage) -> None:
    proof = await stage.cloud.proof(await stage.cloud.read(STOREFRONT))
    assert (proof.settled, proof.warming) == (True, False)
    assert proof.provisioned >= 2


@pytest.mark.parametrize("error", [TryAgain, SlowDown, NotAllowed])
async def test_a_failed_write_has_no_effect(stage: Stage, error: type[Exception]) -> None:
    stage.trouble(error)
    with pytest.raises(error) as caught:
        await raise_to(stage, STOREFRONT, 12)
    assert type(caught.value) is error
    assert await floor_of(stage, STOREFRONT) == 2


async def test_a_used_up_quota_says_how_long(stage: Stage) -> None:
    stage.trouble(SlowDown)
    with pytest.raises(SlowDown) as caught:
        await raise_to(stage, STOREFRONT, 12)
    assert caught.value.after is not None
    assert timedelta(0) < caught.value.after <= timedelta(minutes=2)


async def test_a_write_whose_answer_was_lost_is_seen_by_reading(stage: Stage) -> None:
    stage.trouble(TryAgain, lost=True)
    with pytest.raises(TryAgain):
        await raise_to(stage, STOREFRONT, 12)
    assert await floor_of(stage, STOREFRONT) == 12


async def test_everything_can_be_tried_again_when_google_is_down(stage: Stage) -> None:
    storefront = await stage.cloud.read(STOREFRONT)
    stage.go_down()
    with pytest.raises(TryAgain):
        await stage.cloud.read(STOREFRONT)
    with pytest.raises(TryAgain):
        await stage.cloud.discover()
    with pytest.raises(TryAgain):
        await stage.cloud.set_scaling(STOREFRONT, ScalingChange(3), storefront.token)
    with pytest.raises(TryAgain):
        await stage.cloud.proof(storefront)
