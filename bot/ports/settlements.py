"""Estimates against billable time, as the flows see them; used through Transaction.settlements."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.settled import Settled


class Settlements(Protocol):
    """One a campaign."""

    async def put(self, settled: Settled) -> None:
        """Inserts or replaces the campaign's."""
        ...

    async def newest(self, limit: int) -> Sequence[Settled]:
        """By start, the newest first."""
        ...
