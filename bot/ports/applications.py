"""Advice that somebody wants applied, as the flows see it; used through Transaction.applications."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.advice.book import Application


class Applications(Protocol):
    """One for each press; of an advice at most one is open or applied."""

    async def add(self, application: Application) -> bool:
        """False if there is one of that id."""
        ...

    async def get(self, application_id: str) -> Application | None: ...

    async def save(self, application: Application) -> None:
        """Replaces it."""
        ...

    async def since(self, at: datetime) -> Sequence[Application]:
        """Those asked for since then, the newest first."""
        ...
