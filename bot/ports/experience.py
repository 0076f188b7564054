"""What was seen of the customers' pages, as the flows see it; used through Transaction.experience."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.experience import Breach, Look
from bot.core.windows import Window


class ExperienceBook(Protocol):
    """Looks, and what customers feel now."""

    async def add(self, looks: Sequence[Look]) -> None:
        """Keeps them."""
        ...

    async def newest(self, page: str, limit: int) -> Sequence[Look]:
        """The newest first."""
        ...

    async def looks(self, pages: Collection[str], window: Window) -> Sequence[Look]:
        """All of the window, oldest first."""
        ...

    async def breaches(self) -> Sequence[Breach]:
        """Those that are not over, by page."""
        ...

    async def keep_breach(self, breach: Breach) -> None:
        """Inserts or replaces the page's; one that is over is forgotten."""
        ...

    async def prune(self, before: datetime) -> int:
        """Forgets looks from before; returns how many."""
        ...
