"""What a GPU adds to the cost of an instance, and what is said where that is not known."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.core.fleet import BillingMode, InstanceSize
from bot.core.gpu_pricing import with_gpu
from bot.core.planner import make_plan
from bot.core.pricing import price, tariff
from tests.core_plan.scenes import HOUSE, NOW, SERVICE, campaign, evidence

LARGE = InstanceSize(4.0, 16.0)
BARE = tariff(SERVICE.key, BillingMode.INSTANCE)


def hour(accelerator: str, own: Mapping[str, Decimal] | None = None) -> Decimal:
    found = with_gpu(BARE, replace(SERVICE, gpu=accelerator), own or {})
    assert found.idle == found.active
    return price(Decimal(1), LARGE, found.active, Decimal(0)).amount


def test_an_hour_with_an_l4_is_the_reference_s_rates_added_up() -> None:
    """4 vCPU x 0.000018 + 16 GiB x 0.000002 + 0.0001867 a second, x 3600."""
    assert hour("") == Decimal("0.3744")
    assert hour("nvidia-l4") == Decimal("1.04652")
    assert hour("nvidia-rtx-pro-6000") == Decimal("1.689192")


def test_the_house_s_own_price_comes_first() -> None:
    own = {"nvidia-l4": Decimal("0.36"), "nvidia-h100": Decimal("3.6")}
    assert hour("nvidia-l4", own) == Decimal("0.7344")
    assert hour("nvidia-h100", own) == Decimal("3.9744")


@pytest.mark.parametrize(
    ("accelerator", "said"),
    [
        ("", ""),
        ("nvidia-l4", "priced as in us-central1 without zonal redundancy"),
        ("nvidia-h100", "The price of its GPU (nvidia-h100) is not known"),
    ],
)
def test_a_plan_says_what_it_knows_of_the_gpu_s_price(accelerator: str, said: str) -> None:
    found = evidence()
    workload = replace(found.workload, gpu=accelerator, billing=BillingMode.INSTANCE)
    plan = make_plan(campaign(), [replace(found, workload=workload)], house=HOUSE, now=NOW)
    warnings = " ".join(plan.workloads[0].warnings)
    assert said in warnings
    assert ("price" in warnings) == bool(said)


def test_holding_gpus_costs_as_much_more_as_their_hours() -> None:
    bare = evidence()
    workload = replace(bare.workload, gpu="nvidia-l4", billing=BillingMode.INSTANCE)
    without = replace(bare, workload=replace(workload, gpu=""))
    (cheap,) = make_plan(campaign(), [without], house=HOUSE, now=NOW).workloads
    (dear,) = make_plan(
        campaign(), [replace(bare, workload=workload)], house=HOUSE, now=NOW
    ).workloads
    assert dear.inputs is not None and dear.inputs.bill is not None
    more = dear.inputs.bill.extra_hours * 3600 * Decimal("0.0001867")
    assert dear.cost.amount - cheap.cost.amount == more
    assert dear.inputs.bill.advice == ""
