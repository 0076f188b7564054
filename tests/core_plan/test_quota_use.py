"""How much of a regional quota is taken: by all workloads, and by campaigns at the same time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.case import OtherCampaign, OtherClaim
from bot.core.fleet import InstanceSize
from bot.core.inventory import Inventory
from bot.core.limits import Quota, Resource
from bot.core.marks import Marks
from bot.core.quota_use import quotas_now
from bot.core.windows import Window
from tests.core_plan.scenes import NOW, SERVICE, WINDOW

PROJECT, REGION = SERVICE.key.project, SERVICE.key.region
VCPU = Quota(PROJECT, REGION, Resource.VCPU, 400.0, 10.0)
CHECKOUT = replace(
    SERVICE,
    key=replace(SERVICE.key, name="checkout"),
    groups=("checkout",),
    size=InstanceSize(2.0, 1.0),
)


def used(
    *, busiest: float = 0.0, others: tuple[OtherCampaign, ...] = (), quota: Quota = VCPU
) -> float:
    """What is used before a campaign on the web shop: its own floor is 2, checkout's too."""
    seen = Inventory(NOW, (SERVICE, CHECKOUT), busiest={str(CHECKOUT.key): busiest})
    return quotas_now((quota,), seen, ("web",), others, WINDOW)[0].used


def other(hold: Window, extra: int = 20) -> OtherCampaign:
    return OtherCampaign("c2", "Sale", "U0", hold, (OtherClaim(CHECKOUT.key, extra, 100.0),))


def test_every_workload_counts_with_its_minimum_and_what_was_configured_on_top() -> None:
    assert used() == 10 + 2 * 1 + 2 * 2


def test_a_workload_beside_the_campaign_counts_with_its_busiest_minutes() -> None:
    assert used(busiest=30) == 10 + 2 * 1 + 30 * 2


@pytest.mark.parametrize(
    ("resource", "taken"), [(Resource.MEMORY_GIB, 2 * 0.5 + 2 * 1.0), (Resource.INSTANCES, 4)]
)
def test_memory_and_instances_are_counted_alike(resource: Resource, taken: float) -> None:
    assert used(quota=replace(VCPU, resource=resource)) == 10 + taken


def test_another_campaign_at_the_same_time_counts_and_one_at_another_time_does_not() -> None:
    assert used(others=(other(WINDOW),)) == 10 + 2 + (2 + 20) * 2
    assert used(others=(other(WINDOW.shifted(timedelta(days=1))),)) == 10 + 2 + 2 * 2


def test_another_region_takes_nothing_of_this_one_s_quota() -> None:
    assert used(quota=replace(VCPU, region="us-central1")) == 10


def test_what_headroom_holds_already_counts_with_its_baseline() -> None:
    held = replace(
        CHECKOUT,
        scaling=replace(CHECKOUT.scaling, floor=50),
        marks=Marks(("c9",), WINDOW.end, 50, 2),
    )
    seen = Inventory(NOW, (held,))
    assert quotas_now((VCPU,), seen, ("web",), (), WINDOW)[0].used == 10 + 2 * 2
