"""The sandbox's price catalogue: Cloud Run's SKUs at the list prices that the product ships."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from zlib import crc32

from google.cloud.billing_v1.types import (
    ListSkusRequest,
    ListSkusResponse,
    PricingExpression,
    PricingInfo,
    Sku,
)
from google.type.money_pb2 import Money  # type: ignore[import-untyped]

from bot.core import price_table
from bot.core.price_table import Rates
from bot.sandbox.google.pages import page_of
from bot.sandbox.google.rpc import Method, plus

CLOUD_RUN = "services/152E-C115-5142"
_NANOS = Decimal(1_000_000_000)
_FREE_SECONDS = 180_000


class Catalog:
    """google.cloud.billing.v1.CloudCatalog, as far as it is asked."""

    def methods(self) -> Mapping[str, Method]:
        """For the server."""
        return {"ListSkus": plus(self._list, ListSkusRequest)}

    async def _list(self, request: ListSkusRequest) -> ListSkusResponse:
        found = list(_skus()) if request.parent == CLOUD_RUN else []
        shown, token = page_of(found, request.page_size, request.page_token)
        return ListSkusResponse(skus=list(shown), next_page_token=token)


def _skus() -> Iterator[Sku]:
    for tier, regions in ((1, price_table.TIER_1), (2, price_table.TIER_2)):
        mark = "" if tier == 1 else " Tier 2"
        for idle, rates in (
            ("", price_table.REQUEST_ACTIVE),
            ("Min Instance ", price_table.REQUEST_IDLE),
        ):
            yield from _pair(
                f"Services {idle}", f"{mark} (Request-based billing)", rates[tier], regions
            )
    for region in sorted(price_table.TIER_1):
        at = f" (Instance-based billing) in {region}"
        yield from _pair("Services ", at, price_table.INSTANCE[1], {region})
        yield from _pair("Worker Pools ", f" in {region}", price_table.WORKER_POOL[1], {region})
    yield _sku("Requests", "count", price_table.PER_REQUEST, {"global"})


def _pair(what: str, rest: str, rates: Rates, regions: frozenset[str] | set[str]) -> Iterator[Sku]:
    yield _sku(f"{what}CPU{rest}", "s", rates.cpu, regions)
    yield _sku(f"{what}Memory{rest}", "GiBy.s", rates.memory, regions)


def _sku(description: str, unit: str, price: Decimal, regions: frozenset[str] | set[str]) -> Sku:
    tiers = PricingExpression.TierRate
    paid = Money(currency_code="USD", nanos=round(price * _NANOS))
    rates = [
        tiers(start_usage_amount=0, unit_price=Money(currency_code="USD")),
        tiers(start_usage_amount=_FREE_SECONDS, unit_price=paid),
    ]
    expression = PricingExpression(usage_unit=unit, tiered_rates=rates)
    return Sku(
        name=f"{CLOUD_RUN}/skus/{crc32(description.encode()):08X}",
        description=description,
        service_regions=sorted(regions),
        pricing_info=[PricingInfo(pricing_expression=expression)],
    )
