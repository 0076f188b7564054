"""What others do to the world: settings, deploys, quotas, slow starts, new and deleted workloads."""

from dataclasses import replace

import pytest

from bot.core.fleet import BillingMode, InstanceSize, ScalingMode, WorkloadKey
from bot.sandbox.world.minutes import billable
from bot.sandbox.world.scenario import Scenario, Settings
from bot.sandbox.world.world import World
from tests.sandbox_world.conftest import START, hold
from tests.sandbox_world.hand_clock import HandClock


def test_a_manual_count_is_followed_at_once_when_a_pool_is_resized(
    world: World, clock: HandClock, orders: WorkloadKey
) -> None:
    hold(world, orders, manual=20)
    clock.move(minutes=2)
    world.advance()
    assert world.instances(orders).ready == 20
    hold(world, orders, manual=3)
    clock.move(seconds=10)
    world.advance()
    assert world.instances(orders).ready == 3


def test_a_backlog_grows_and_drains_when_a_pool_is_too_small_for_a_while(
    world: World, clock: HandClock, orders: WorkloadKey
) -> None:
    hold(world, orders, manual=1)
    clock.move(minutes=10)
    world.advance()
    behind = world.instances(orders).load.pending
    assert behind > 1000
    hold(world, orders, manual=20)
    clock.move(minutes=10)
    world.advance()
    assert world.instances(orders).load.pending == 0
    assert world.instances(orders).total.refused == 0


def test_new_instances_are_refused_when_the_region_has_no_cpu_left(
    world: World, clock: HandClock, storefront: WorkloadKey
) -> None:
    world.set_quota("europe-west1", 100)
    hold(world, storefront, floor=90)
    clock.move(minutes=5)
    world.advance()
    instances = world.instances(storefront)
    assert instances.short_of_quota
    assert instances.ready < 90
    used = sum(world.instances(key).vcpu for key in world.keys() if key.region == "europe-west1")
    assert used <= 100
    world.set_quota("europe-west1", 400)
    clock.move(minutes=5)
    world.advance()
    assert world.instances(storefront).ready == 90
    assert not world.instances(storefront).short_of_quota


def test_warming_takes_longer_when_starts_are_slow(
    world: World, clock: HandClock, storefront: WorkloadKey
) -> None:
    world.slow_starts(6, storefront)
    hold(world, storefront, floor=60)
    clock.move(seconds=60)
    world.advance()
    assert world.provisioned(storefront) < 30
    clock.move(minutes=4)
    world.advance()
    assert world.provisioned(storefront) == 60
    minute = world.minute(storefront, int(START.timestamp()) // 60)
    assert minute is not None
    assert minute.startup_scale == 6


def test_a_new_revision_warms_its_own_floor_when_somebody_deploys(
    world: World, clock: HandClock, storefront: WorkloadKey
) -> None:
    hold(world, storefront, floor=40)
    clock.move(minutes=3)
    world.advance()
    assert world.provisioned(storefront) == 40
    world.apply(world.spec(storefront), new_revision=True)
    assert world.provisioned(storefront) == 0
    clock.move(minutes=2)
    world.advance()
    assert world.provisioned(storefront) == 40


def test_a_deleted_workload_keeps_its_past_when_it_is_gone(
    world: World, clock: HandClock, storefront: WorkloadKey
) -> None:
    clock.move(minutes=10)
    world.remove(storefront)
    clock.move(minutes=10)
    world.advance()
    begun = int(START.timestamp()) // 60
    assert storefront not in world.keys()
    assert storefront in world.known()
    assert world.minute(storefront, begun + 5) is not None
    assert world.minute(storefront, begun + 15) is None


def test_a_new_workload_lives_when_it_is_created_later(
    world: World, clock: HandClock, scenario: Scenario, storefront: WorkloadKey
) -> None:
    clock.move(minutes=3)
    fresh = replace(world.spec(storefront), key=replace(storefront, name="landing"), rps=10.0)
    world.apply(fresh)
    clock.move(minutes=3)
    world.advance()
    begun = int(START.timestamp()) // 60
    for at in range(begun, begun + 6):
        minute = world.minute(fresh.key, at)
        assert minute is not None
        assert minute.at == at


@pytest.mark.parametrize(
    ("billing", "ready", "busy", "starting", "billed"),
    [
        (BillingMode.REQUEST, 30, 10, 0, 20),
        (BillingMode.REQUEST, 30, 25, 0, 25),
        (BillingMode.REQUEST, 15, 10, 4, 19),
        (BillingMode.INSTANCE, 30, 10, 4, 34),
    ],
)
def test_what_is_billed_depends_on_the_mode_when_instances_are_idle(
    scenario: Scenario, billing: BillingMode, ready: int, busy: int, starting: int, billed: int
) -> None:
    settings = Settings(ScalingMode.AUTOMATIC, floor=20)
    spec = replace(scenario.workloads[0], billing=billing, size=InstanceSize(1, 0.5))
    assert billable(spec, settings, ready, busy, starting) == billed


def test_the_snapshot_names_every_workload_when_it_is_taken(world: World) -> None:
    snapshot = world.snapshot()
    workloads = snapshot["workloads"]
    assert isinstance(workloads, dict)
    assert set(workloads) == {str(key) for key in world.keys()}
    shop = workloads["service/cymbal-shop/europe-west1/storefront-web"]
    assert shop["floor"] == 2
    assert shop["ceiling"] == 200
    assert shop["ready"] > 10
