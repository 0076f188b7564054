"""Google's price catalogue; `NoPrices` for where it is not asked, and the shipped table counts."""

from typing import Protocol

from bot.core.price_book import PriceBook


class Prices(Protocol):
    """May raise TryAgain or GiveUp."""

    async def read(self) -> PriceBook | None:
        """All of Cloud Run's prices as they are now; None where the catalogue is not asked."""
        ...


class NoPrices:
    """Asks nobody."""

    async def read(self) -> PriceBook | None:
        """None."""
        return None
