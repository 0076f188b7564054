"""Prices: the collected ready numbers, the tiers, and the arithmetic."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import price_table
from bot.core.fleet import BillingMode, InstanceSize, WorkloadKey, WorkloadKind
from bot.core.money import ZERO, Money
from bot.core.price_book import PriceBook
from bot.core.price_table import TIER_1, TIER_2
from bot.core.pricing import (
    instance_hours,
    price,
    priced_on,
    requests_price,
    stale_prices,
    tariff,
    unread_catalogue,
)
from bot.core.windows import Window
from tests.core_plan.scenes import NOW, WINDOW

SMALL, LARGE = InstanceSize(1.0, 0.5), InstanceSize(2.0, 2.0)
REQUEST, INSTANCE = BillingMode.REQUEST, BillingMode.INSTANCE
SERVICE, POOL = WorkloadKind.SERVICE, WorkloadKind.WORKER_POOL
NO_DISCOUNT = Decimal(0)
FIVE_PLACES = Decimal("0.00001")


def key(region: str = "us-central1", kind: WorkloadKind = SERVICE) -> WorkloadKey:
    return WorkloadKey(kind, "p", region, "w")


@pytest.mark.parametrize(
    ("hours", "size", "region", "idle", "active"),
    [
        ("1", SMALL, "us-central1", "0.01350", "0.09090"),
        ("1", LARGE, "us-central1", "0.03600", "0.19080"),
        ("1", SMALL, "europe-west3", "0.01890", "0.12726"),
        ("600", SMALL, "europe-west1", "8.10", "54.54"),
        ("730", SMALL, "us-central1", "9.86", "66.36"),
    ],
)
def test_ready_numbers_of_request_based_billing(
    hours: str, size: InstanceSize, region: str, idle: str, active: str
) -> None:
    rates = tariff(key(region), REQUEST)
    places = Decimal(idle)
    for found, expected in ((rates.idle, idle), (rates.active, active)):
        amount = price(Decimal(hours), size, found, NO_DISCOUNT).amount
        assert amount.quantize(places) == Decimal(expected)


@pytest.mark.parametrize(
    ("hours", "size", "instance", "pool"),
    [
        ("1", SMALL, "0.06840", "0.04270"),
        ("1", LARGE, "0.14400", "0.08985"),
        ("600", SMALL, "41.04", "25.62"),
        ("730", SMALL, "49.93", "31.17"),
    ],
)
def test_ready_numbers_where_idle_costs_as_much_as_busy(
    hours: str, size: InstanceSize, instance: str, pool: str
) -> None:
    for kind, expected in ((SERVICE, instance), (POOL, pool)):
        rates = tariff(key(kind=kind), INSTANCE)
        assert rates.idle == rates.active
        amount = price(Decimal(hours), size, rates.idle, NO_DISCOUNT).amount
        assert amount.quantize(Decimal(expected)) == Decimal(expected)


def test_a_real_bill_is_met() -> None:
    """1 vCPU / 1 GiB in Tier 2: 123.1 h active and 601.0 h idle came to $31.59."""
    size, rates = InstanceSize(1.0, 1.0), tariff(key("asia-northeast3"), REQUEST)
    active = price(Decimal("123.1"), size, rates.active, NO_DISCOUNT)
    idle = price(Decimal("601.0"), size, rates.idle, NO_DISCOUNT)
    assert active.cents() == Money(Decimal("16.44"))
    assert (active + idle).cents() == Money(Decimal("31.59"))


def test_manual_scaling_pays_the_full_rate_whatever_it_does() -> None:
    rates = tariff(key(), REQUEST, manual=True)
    assert rates.idle == rates.active == price_table.REQUEST_ACTIVE[1]


def test_requests_are_charged_under_request_based_billing_only() -> None:
    million = requests_price(1e6, tariff(key(), REQUEST), NO_DISCOUNT)
    assert million.cents() == Money(Decimal("0.40"))
    assert requests_price(1e6, tariff(key(), INSTANCE), NO_DISCOUNT) == ZERO
    assert requests_price(-5, tariff(key(), REQUEST), NO_DISCOUNT) == ZERO


@pytest.mark.parametrize(
    ("why", "region", "kind", "billing", "said"),
    [
        ("verified Tier 1", "europe-west1", SERVICE, INSTANCE, ""),
        ("verified Tier 2", "europe-west3", SERVICE, REQUEST, ""),
        ("Tier 2 instances", "europe-west3", SERVICE, INSTANCE, "not verified"),
        ("Tier 2 pools", "us-west2", POOL, INSTANCE, "may cost more"),
        ("an unknown region", "mars-north1", SERVICE, REQUEST, "tier of mars-north1 is not known"),
    ],
)
def test_uncertain_rates_are_said(
    why: str, region: str, kind: WorkloadKind, billing: BillingMode, said: str
) -> None:
    note = tariff(key(region, kind), billing).note
    assert (said in note) if said else (note == ""), why


def test_an_unverified_rate_is_priced_as_tier_1_and_an_unknown_tier_as_the_dearer() -> None:
    assert tariff(key("europe-west3"), INSTANCE).idle == price_table.INSTANCE[1]
    assert tariff(key("mars-north1"), REQUEST).active == price_table.REQUEST_ACTIVE[2]


def test_no_region_is_in_two_tiers() -> None:
    assert not TIER_1 & TIER_2
    assert (len(TIER_1), len(TIER_2)) == (20, 23)


@pytest.mark.parametrize(
    ("discount", "dollars"), [("0", "8.10"), ("0.17", "6.72"), ("1", "0.00"), ("-1", "8.10")]
)
def test_a_discount_is_taken_off_once(discount: str, dollars: str) -> None:
    rates = tariff(key(), REQUEST)
    found = price(Decimal(600), SMALL, rates.idle, Decimal(discount))
    assert found.cents() == Money(Decimal(dollars))


def test_the_price_list_is_named_with_its_day_and_discount() -> None:
    assert priced_on(NO_DISCOUNT) == "Google's list of 24 Nov 2026, before free tier and tax"
    assert priced_on(Decimal("0.17")).startswith("Google's list of 24 Nov 2026 less 17%")


@pytest.mark.parametrize(
    ("today", "old"),
    [
        (date(2025, 11, 28), False),
        (price_table.DATED + timedelta(days=90), False),
        (price_table.DATED + timedelta(days=91), True),
    ],
)
def test_prices_older_than_90_days_are_said(today: date, old: bool) -> None:
    assert bool(stale_prices(today)) is old


def test_instance_hours_are_exact() -> None:
    assert instance_hours(3, WINDOW) == Decimal(12)
    assert instance_hours(-3, WINDOW) == 0
    assert instance_hours(1, Window(NOW, NOW + timedelta(seconds=90))) == Decimal("0.025")


@given(st.integers(0, 500), st.lists(st.integers(1, 100_000), min_size=2, max_size=5))
def test_costs_add_up_over_windows_that_follow_each_other(
    instances: int, seconds: list[int]
) -> None:
    rates, at, parts = tariff(key(), REQUEST).idle, NOW, []
    for length in seconds:
        window = Window(at, at + timedelta(seconds=length))
        parts.append(price(instance_hours(instances, window), SMALL, rates, NO_DISCOUNT))
        at = window.end
    whole = price(instance_hours(instances, Window(NOW, at)), SMALL, rates, NO_DISCOUNT)
    total = sum(parts, start=ZERO)
    assert abs(total.amount - whole.amount) < Decimal("1e-18")


TROUBLE = "could not read the price catalogue: no answer"


@pytest.mark.parametrize(
    ("book", "said"),
    [
        (None, "has not been read yet; costs use the shipped list of 24 Nov 2026."),
        (PriceBook(NOW, NOW), ""),
        (PriceBook(NOW, NOW - timedelta(days=2), trouble=TROUBLE), ""),
        (
            PriceBook(NOW, NOW - timedelta(days=3), trouble=TROUBLE),
            "Could not read the price catalogue: no answer; costs use its prices of 25 Nov 2025.",
        ),
        (
            PriceBook(NOW, trouble=TROUBLE),
            "Could not read the price catalogue: no answer; costs use the shipped list of 24 Nov 2026.",
        ),
    ],
)
def test_a_catalogue_that_does_not_answer_is_said_with_what_holds_instead(
    book: PriceBook | None, said: str
) -> None:
    sentence = unread_catalogue(NOW, book)
    assert sentence.endswith(said) and bool(sentence) == bool(said)
