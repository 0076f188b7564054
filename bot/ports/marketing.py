"""Marketing's calendars as the flows see them, and what is kept of them and of calendar links."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.marketing import EventDraft, Reading


class Marketing(Protocol):
    """Remembers what it read; never raises, what cannot be read is part of the answer."""

    async def read(self) -> Sequence[Reading]:
        """Every configured feed as it is now."""
        ...


class NoMarketing:
    """Where no calendar is configured."""

    async def read(self) -> Sequence[Reading]:
        """Nothing."""
        return ()


class CalendarBook(Protocol):
    """Drafts made of events, and who may read the calendar of campaigns: Transaction.calendar."""

    async def drafts(self, feed: str) -> Sequence[EventDraft]:
        """All of a feed that have not ended long ago, by start."""
        ...

    async def waiting(self) -> Sequence[EventDraft]:
        """Those that somebody should say something about, by start."""
        ...

    async def draft(self, draft_id: str) -> EventDraft | None:
        """Held for this transaction: nobody else changes it meanwhile."""
        ...

    async def keep(self, draft: EventDraft) -> None:
        """Inserts or replaces."""
        ...

    async def link(self, owner: str) -> tuple[int, bool]:
        """The number of that person's newest link (0: none yet), and whether it is in force."""
        ...

    async def put_link(self, owner: str, number: int, digest: str, at: datetime) -> None:
        """From now on the link with this digest is theirs, and no other; "" ends it."""
        ...

    async def owner_of(self, digest: str) -> str:
        """Whose link it is; "" for one that is not in force."""
        ...
