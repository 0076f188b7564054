"""What of Google is read once a day: each from Google where headroom.yaml says so, else from nobody.

Made by the composition root.
"""

from dataclasses import dataclass

from bot.adapters.billing_export import BillingExport
from bot.adapters.google_channel import GoogleClients
from bot.adapters.price_catalog import PriceCatalog
from bot.adapters.quota_reading import CloudQuotas
from bot.core.house import House
from bot.ports.bills import Bills, NoBills
from bot.ports.clock import Clock
from bot.ports.prices import NoPrices, Prices
from bot.ports.quotas import NoQuotas, Quotas


@dataclass(frozen=True, slots=True)
class GoogleBooks:
    """The three ports."""

    prices: Prices
    quotas: Quotas
    bills: Bills


def google_books(clients: GoogleClients, clock: Clock, house: House) -> GoogleBooks:
    """As the house wants them."""
    return GoogleBooks(
        prices=PriceCatalog(clients, clock) if house.catalog_prices else NoPrices(),
        quotas=CloudQuotas(clients, clock) if house.fences.read_quotas else NoQuotas(),
        bills=BillingExport(clients, clock, house.billing, house) if house.billing else NoBills(),
    )
