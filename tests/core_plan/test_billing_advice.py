"""Whether the other billing mode would be much cheaper is worked out, and said only when it matters."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.core.billing_advice import advice
from bot.core.fleet import BillingMode, InstanceSize, WorkloadKey, WorkloadKind
from bot.core.inputs import Bill
from bot.core.money import Money
from bot.core.pricing import price, requests_price, tariff

KEY = WorkloadKey(WorkloadKind.SERVICE, "p", "us-central1", "w")
SIZE = InstanceSize(1.0, 0.5)
NONE = Decimal(0)
BY_REQUEST, BY_INSTANCE = tariff(KEY, BillingMode.REQUEST), tariff(KEY, BillingMode.INSTANCE)


def bill(mode: BillingMode, *, extra: int, busy: int, requests: float = 0.0) -> Bill:
    rates = tariff(KEY, mode)
    return Bill(
        extra_hours=Decimal(extra),
        busy_hours=Decimal(busy),
        idle_hour=price(Decimal(1), SIZE, rates.idle, NONE),
        active_hour=price(Decimal(1), SIZE, rates.active, NONE),
        requests=requests,
        per_million=requests_price(1e6, rates, NONE),
    )


def test_busy_instances_are_cheaper_under_instance_based_billing() -> None:
    busy = bill(BillingMode.REQUEST, extra=400, busy=400, requests=20e6)
    said = advice(busy, SIZE, BY_INSTANCE, BillingMode.REQUEST, NONE)
    # 400 h at 0.0909 and 20 million requests at 0.40, against 400 h at 0.0684.
    assert said.startswith("With instance-based billing") and "$27.36 instead of $44.36" in said


def test_idle_instances_are_cheaper_under_request_based_billing() -> None:
    idle = bill(BillingMode.INSTANCE, extra=600, busy=0)
    said = advice(idle, SIZE, BY_REQUEST, BillingMode.INSTANCE, NONE)
    # 600 h at 0.0684 against 600 h at 0.0135.
    assert said.startswith("With request-based billing") and "$8.10 instead of $41.04" in said


@pytest.mark.parametrize(("extra", "busy"), [(600, 0), (10, 10), (400, 300)])
def test_nothing_is_said_when_little_or_nothing_would_be_saved(extra: int, busy: int) -> None:
    asked = bill(BillingMode.REQUEST, extra=extra, busy=busy)
    assert advice(asked, SIZE, BY_INSTANCE, BillingMode.REQUEST, NONE) == ""


def test_a_discount_counts_on_both_sides() -> None:
    idle = bill(BillingMode.INSTANCE, extra=600, busy=0)
    cheap = replace(idle, idle_hour=Money(Decimal("0.0001")), active_hour=Money(Decimal("0.0001")))
    assert advice(cheap, SIZE, BY_REQUEST, BillingMode.INSTANCE, Decimal("0.17")) == ""
