"""Prices as read from Google's catalogue, region by region; kept in the store, used by pricing before the shipped table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bot.core.price_table import Rates


class Item(StrEnum):
    """What the catalogue prices, by vCPU-second and GiB-second."""

    REQUEST_ACTIVE = "request-active"
    REQUEST_IDLE = "request-idle"
    INSTANCE = "instance"
    WORKER_POOL = "worker-pool"


@dataclass(frozen=True, slots=True)
class PriceBook:
    """`rates` by `item/region`; `per_request` is USD (None: not in the catalogue).

    Asked last at `asked_at`, and read at `read_at` (None: never yet); `trouble` is why not, if not the last time.
    """

    asked_at: datetime
    read_at: datetime | None = None
    rates: Mapping[str, Rates] = field(default_factory=dict)
    per_request: Decimal | None = None
    trouble: str = ""

    def rate(self, item: Item, region: str) -> Rates | None:
        """The rates of one item in one region; None where the catalogue had none."""
        return self.rates.get(f"{item}/{region}")
