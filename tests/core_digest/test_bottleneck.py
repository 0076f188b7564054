"""What limits the fleet, with its evidence; and what a limit is not said of."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.bottleneck import Limit, own_limits, shared_limits
from bot.core.fences import Fences
from bot.core.house import House
from bot.core.limits import Dependency, Quota, Resource
from bot.core.series import Metric
from tests.cards.samples import HOUSE
from tests.core_digest.fleets import GAP, TEN_MINUTES, fleet, line, without, workload

SHOP, CART = workload("shop", ceiling=20), workload("cart", "checkout", ceiling=40)
DATABASE = Dependency(
    "db", "Orders database", ("checkout",), capacity=60, per_instance=4, per_rps=0.005, used=2
)
QUOTA = Quota("cymbal-shop", "europe-west1", Resource.VCPU, limit=40, used=3)


def house(*dependencies: Dependency, quotas: tuple[Quota, ...] = ()) -> House:
    return replace(HOUSE, fences=Fences(dependencies=dependencies, quotas=quotas))


@pytest.mark.parametrize(
    ("values", "limit", "share", "evidence"),
    [
        ({"instances": {"shop": 19.0}}, Limit.MAXIMUM, 0.95, "19 of at most 20 instances"),
        ({"cpu": {"shop": 0.68}}, Limit.CPU, 0.8, "68% of the CPU used, 85% is full"),
        (
            {"at_once": {"shop": 72.0}},
            Limit.CONCURRENCY,
            0.9,
            "72 of at most 80 requests at once in an instance",
        ),
    ],
)
def test_the_nearest_limit_of_a_workload_comes_first(
    values: dict[str, Any], limit: Limit, share: float, evidence: str
) -> None:
    first = own_limits(fleet(SHOP, **values), SHOP)[0]
    assert (first.limit, first.evidence) == (limit, evidence)
    assert first.share == pytest.approx(share)
    assert first.tight


def test_the_worst_moment_is_told() -> None:
    busy = line([0.2] * 7 + [0.8] + [0.2] * 2, TEN_MINUTES.start)
    cpu = next(
        one for one in own_limits(fleet(SHOP, cpu={"shop": busy}), SHOP) if one.limit is Limit.CPU
    )
    assert (cpu.at - TEN_MINUTES.start).total_seconds() == 7 * 60


def test_what_was_not_measured_limits_nothing() -> None:
    half = line([0.99, GAP] * 5, TEN_MINUTES.start)
    found = fleet(SHOP, cpu={"shop": half})
    assert Limit.CPU not in {one.limit for one in own_limits(found, SHOP)}
    assert own_limits(without(found, *Metric), SHOP) == []
    assert shared_limits(without(found, *Metric), house(DATABASE, quotas=(QUOTA,))) == []


def test_the_database_is_taken_by_instances_and_by_requests() -> None:
    [found] = shared_limits(fleet(SHOP, CART), house(DATABASE))
    assert found.title == "Orders database"
    assert found.evidence == "60 of 60 connections"  # 2 + 14 x 4 + 400 x 0.005
    assert found.keys == {CART.key}


def test_what_others_take_of_a_database_is_said_to_be_missing() -> None:
    [found] = shared_limits(fleet(CART), house(replace(DATABASE, used=None)))
    assert found.evidence.endswith(", without what others use of it")


def test_a_quota_is_shared_by_all_of_its_region_and_by_nobody_else() -> None:
    far = workload("far", region="us-central1")
    [found] = shared_limits(fleet(SHOP, CART, far), house(quotas=(QUOTA,)))
    assert found.evidence == "31 of 40 vCPU"
    assert found.keys == {SHOP.key, CART.key}
