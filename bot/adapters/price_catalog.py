"""Cloud Run's prices from the Cloud Billing Catalog API behind the Prices port; made by the composition root.

SKUs are known by their descriptions ("Services Min Instance CPU (Request-based billing)") and their
regions; a SKU that is not understood is left out, and the shipped table stands in for it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from google.cloud.billing_v1.types import ListSkusRequest, Sku

from bot.adapters.google_channel import READ_RETRY, GoogleClients
from bot.adapters.google_errors import translated
from bot.core.price_book import Item, PriceBook
from bot.core.price_table import Rates
from bot.ports.clock import Clock

CLOUD_RUN = "services/152E-C115-5142"
_TIMEOUT = 30.0  # seconds
_PAGE = 5000
_NEEDS = "the Cloud Billing API, switched on in the project"
_NANOS = Decimal(1_000_000_000)
_NOTHING = Rates(Decimal(0), Decimal(0))
# The description of a SKU, and the unit in which its price is understood.
_SKU = re.compile(
    r"(?P<what>Services|Worker Pools) (?P<idle>Min Instance )?(?P<part>CPU|Memory)\b"
    r".*?(?P<mode>Request-based|Instance-based)?(?: billing\))?"
    r"(?: in .+)?"
)
_UNITS = {"s": 1, "GiBy.s": 1, "h": 3600, "GiBy.h": 3600}


class PriceCatalog:
    """The Prices port over google-cloud-billing."""

    def __init__(self, clients: GoogleClients, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock

    async def read(self) -> PriceBook | None:
        """All SKUs of Cloud Run in one paged request."""
        request = ListSkusRequest(parent=CLOUD_RUN, currency_code="USD", page_size=_PAGE)
        with translated("read the price catalogue", needs=_NEEDS):
            pager = await self._clients.catalog.list_skus(
                request, retry=READ_RETRY, timeout=_TIMEOUT
            )
            skus = [sku async for sku in pager]
        now = self._clock.now()
        return PriceBook(now, now, rates_of(skus), _per_request(skus))


def rates_of(skus: Iterable[Sku]) -> Mapping[str, Rates]:
    """By `item/region`; only where both vCPU and memory are priced."""
    found: dict[str, Rates] = {}
    halves: dict[str, set[str]] = {}
    for sku in skus:
        known, price = _understood(sku.description), _unit_price(sku)
        if known is None or price is None:
            continue
        item, part = known
        for region in sku.service_regions:
            name = f"{item}/{region}"
            before = found.get(name, _NOTHING)
            change = {"cpu": price} if part == "CPU" else {"memory": price}
            found[name] = replace(before, **change)
            halves.setdefault(name, set()).add(part)
    return {name: rates for name, rates in found.items() if len(halves[name]) == 2}


def _understood(description: str) -> tuple[Item, str] | None:
    match = _SKU.fullmatch(description)
    if match is None:
        return None
    if match["what"] == "Worker Pools":
        return Item.WORKER_POOL, match["part"]
    if match["mode"] == "Instance-based":
        return Item.INSTANCE, match["part"]
    return (Item.REQUEST_IDLE if match["idle"] else Item.REQUEST_ACTIVE), match["part"]


def _per_request(skus: Iterable[Sku]) -> Decimal | None:
    prices = (_paid(sku) for sku in skus if sku.description == "Requests")
    return next((price for price in prices if price is not None), None)


def _unit_price(sku: Sku) -> Decimal | None:
    """USD a second; None for a unit that is not known."""
    paid = _paid(sku)
    per = _UNITS.get(sku.pricing_info[0].pricing_expression.usage_unit) if paid else None
    return paid / per if paid is not None and per is not None else None


def _paid(sku: Sku) -> Decimal | None:
    """The price beyond the free tier, which everything on the billing account shares."""
    tiers = sku.pricing_info[0].pricing_expression.tiered_rates if sku.pricing_info else []
    last = max(tiers, key=lambda tier: tier.start_usage_amount, default=None)
    if last is None or last.unit_price.currency_code not in {"", "USD"}:
        return None
    return Decimal(last.unit_price.units) + Decimal(last.unit_price.nanos) / _NANOS
