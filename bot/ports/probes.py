"""Looking at pages as customers see them, as the flows see it."""

from datetime import datetime
from typing import Protocol

from bot.core.experience import Look, Mark, Page


class Probes(Protocol):
    """Bounded and polite; never raises: what went wrong is part of the look."""

    async def look(self, page: Page, now: datetime) -> Look:
        """One look, noted at `now`: all steps of the page, one after the other, until one of them is not fine."""
        ...


class NoProbes:
    """Where nothing may be looked at."""

    async def look(self, page: Page, now: datetime) -> Look:
        """Not looked at."""
        return Look(page.name, now, Mark.UNSEEN, reason="looking is switched off")
