"""Google's regional quotas; `NoQuotas` for where they are not asked for, and headroom.yaml counts."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.house import Place
from bot.core.quota_book import QuotaBook


class Quotas(Protocol):
    """May raise TryAgain or GiveUp."""

    async def read(self, places: Sequence[Place]) -> QuotaBook | None:
        """Cloud Run's limits in all regions of the places; None where nobody is asked."""
        ...


class NoQuotas:
    """Asks nobody."""

    async def read(self, places: Sequence[Place]) -> QuotaBook | None:
        """None."""
        return None
