"""Prices from the catalogue: which SKU is what, and all of it against the sandbox's catalogue."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from google.cloud.billing_v1.types import PricingExpression, PricingInfo, Sku
from google.type.money_pb2 import Money  # type: ignore[import-untyped]

from bot.adapters.google_channel import GoogleClients
from bot.adapters.price_catalog import PriceCatalog, rates_of
from bot.core import price_table
from bot.core.fleet import BillingMode, WorkloadKey, WorkloadKind
from bot.core.price_book import Item, PriceBook
from bot.core.pricing import priced_on, stale_prices, tariff
from bot.sandbox.google.town import GoogleTown
from bot.sandbox.world.scenario import load_scenario
from bot.sandbox.world.world import World
from tests.fakes import FakeClock
from tests.sandbox_world.conftest import START
from tests.sandbox_world.hand_clock import HandClock

IOWA = "us-central1"
SERVICE = WorkloadKey(WorkloadKind.SERVICE, "p", IOWA, "w")


def sku(description: str, nanos: int, unit: str = "s") -> Sku:
    rate = PricingExpression.TierRate(
        unit_price=Money(currency_code="USD", nanos=nanos), start_usage_amount=0
    )
    info = PricingInfo(pricing_expression=PricingExpression(usage_unit=unit, tiered_rates=[rate]))
    return Sku(description=description, service_regions=[IOWA], pricing_info=[info])


def pair(before: str, after: str, unit: str = "s", cpu: int = 10, memory: int = 2) -> list[Sku]:
    per_gib = unit if unit == "h" else "GiBy.s"
    return [sku(f"{before}CPU{after}", cpu, unit), sku(f"{before}Memory{after}", memory, per_gib)]


@pytest.mark.parametrize(
    ("before", "after", "item"),
    [
        ("Services ", " (Request-based billing)", Item.REQUEST_ACTIVE),
        ("Services Min Instance ", " (Request-based billing)", Item.REQUEST_IDLE),
        ("Services ", " Tier 2 (Request-based billing)", Item.REQUEST_ACTIVE),
        ("Services ", " (Instance-based billing) in Iowa", Item.INSTANCE),
        ("Worker Pools ", " in us-central1", Item.WORKER_POOL),
    ],
)
def test_a_sku_is_known_by_its_description(before: str, after: str, item: Item) -> None:
    rates = rates_of(pair(before, after))
    assert set(rates) == {f"{item}/{IOWA}"}
    assert rates[f"{item}/{IOWA}"].cpu == Decimal("0.00000001")


def test_what_is_not_understood_is_left_out() -> None:
    strange = [sku("Jobs CPU", 1), sku("Services CPU (Request-based billing)", 1, "fortnight")]
    assert rates_of(strange) == {}


def test_half_a_price_is_no_price() -> None:
    assert rates_of([sku("Services CPU (Request-based billing)", 1)]) == {}


async def test_the_sandbox_s_catalogue_says_what_the_shipped_table_says() -> None:
    hands = HandClock(START)
    town = GoogleTown(World(load_scenario(), hands), hands)
    clients = GoogleClients(f"http://127.0.0.1:{await town.start()}")
    try:
        book = await PriceCatalog(clients, FakeClock()).read()
    finally:
        await clients.close()
        await town.stop()
    assert book is not None
    assert book.per_request == price_table.PER_REQUEST
    for region in ("us-central1", "europe-west1", "europe-west3"):
        key = WorkloadKey(WorkloadKind.SERVICE, "p", region, "w")
        assert tariff(key, BillingMode.REQUEST, book=book) == tariff(key, BillingMode.REQUEST)


def test_the_catalogue_comes_before_the_shipped_table_and_its_day_is_said() -> None:
    read_at = datetime(2026, 3, 1, tzinfo=UTC)
    rates = rates_of(
        [
            *pair("Services ", " (Request-based billing)", cpu=30_000),
            *pair("Services Min Instance ", " (Request-based billing)", cpu=3_000),
        ]
    )
    book = PriceBook(read_at, read_at, rates)
    assert tariff(SERVICE, BillingMode.REQUEST, book=book).active.cpu == Decimal("0.00003")
    assert "catalogue of 1 Mar 2026" in priced_on(Decimal(0), book)
    assert stale_prices((read_at + timedelta(days=90)).date(), book) == ""
    assert "1 Mar 2026" in stale_prices((read_at + timedelta(days=91)).date(), book)


def test_what_the_catalogue_lacks_comes_from_the_shipped_table() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    empty = PriceBook(day, day)
    listed, read = (tariff(SERVICE, BillingMode.INSTANCE, book=book) for book in (None, empty))
    assert (read.idle, read.active) == (listed.idle, listed.active)
    assert listed.note == "" and "catalogue of 1 Mar 2026 had no rate for it" in read.note
