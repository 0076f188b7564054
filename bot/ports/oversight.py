"""Pauses, Home tabs and changed user groups as the flows see them: Transaction.oversight."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.pausing import Pause


class OversightBook(Protocol):
    """Small tables that every process shares."""

    async def pause(self, pause: Pause) -> None:
        """Replaces the pause of that scope."""
        ...

    async def resume(self, scope: str) -> Pause | None:
        """Ends it; what was there, or None."""
        ...

    async def pauses(self) -> Sequence[Pause]:
        """All that nobody has ended, also those whose time is over."""
        ...

    async def group_changed(self, user_group: str, at: datetime) -> None:
        """Its members are to be asked for anew by everybody who asked before `at`."""
        ...

    async def groups_changed(self) -> Mapping[str, datetime]:
        """When each user group has changed last."""
        ...

    async def home_opened(self, user: str, at: datetime) -> None:
        """From now on that person's Home tab is kept up to date; keeps the newest instant."""
        ...

    async def homes(self, since: datetime) -> Sequence[str]:
        """Who has opened theirs since then, the last one first."""
        ...

    async def home_shows(self, user: str) -> str:
        """The fingerprint of what it shows, "" for nothing yet."""
        ...

    async def home_shown(self, user: str, fingerprint: str, at: datetime) -> None:
        """Remembers what it shows."""
        ...

    async def home_shown_at(self, user: str) -> datetime | None:
        """When that was; None for nothing yet."""
        ...
