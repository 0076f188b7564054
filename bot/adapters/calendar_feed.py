"""Calendars of freezes (ICS over HTTP) behind the Calendars port; made by the composition root, closed by it.

What was read stays good for a day when a feed fails; after that it counts as unreadable.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.calendar_events import freezes_in
from bot.adapters.calendar_fetching import TROUBLE, Fetcher, note_trouble
from bot.core.freeze import Feed, Freeze, FreezeCalendar
from bot.ports.clock import Clock

_GOOD_FOR = timedelta(minutes=15)
_AGAIN_AFTER = timedelta(minutes=1)
_STALE_AFTER = timedelta(hours=1)
_LOST_AFTER = timedelta(hours=24)


@dataclass(slots=True)
class _Shelf:
    """One feed as last read; `good` False after a failure."""

    feed: Feed
    freezes: tuple[Freeze, ...] = ()
    read_at: datetime | None = None
    tried_at: datetime | None = None
    good: bool = False
    tag: str = ""


class CalendarFeeds:
    """Implements bot.ports.calendars.Calendars; `zone` is where floating times are meant."""

    def __init__(self, feeds: Sequence[Feed], zone: str, clock: Clock) -> None:
        self._shelves = [_Shelf(feed) for feed in feeds]
        self._zone = zone
        self._clock = clock
        self._reading = asyncio.Lock()
        self._fetcher = Fetcher()

    async def close(self) -> None:
        """Closes the connections."""
        await self._fetcher.close()

    async def freezes(self) -> FreezeCalendar:
        """All freezes known; feeds that are due are read first, all at the same time."""
        async with self._reading:
            due = [shelf for shelf in self._shelves if self._due(shelf)]
            await asyncio.gather(*(self._refresh(shelf) for shelf in due))
        now = self._clock.now()
        lost = [s for s in self._shelves if s.read_at is None or now - s.read_at > _LOST_AFTER]
        kept = [shelf for shelf in self._shelves if shelf not in lost]
        return FreezeCalendar(
            freezes=tuple(freeze for shelf in kept for freeze in shelf.freezes),
            unreadable=tuple(shelf.feed.name for shelf in lost),
            stale=tuple(
                (shelf.feed.name, shelf.read_at)
                for shelf in kept
                if shelf.read_at is not None and now - shelf.read_at > _STALE_AFTER
            ),
        )

    def _due(self, shelf: _Shelf) -> bool:
        if shelf.tried_at is None:
            return True
        patience = _GOOD_FOR if shelf.good else _AGAIN_AFTER
        return abs(self._clock.now() - shelf.tried_at) >= patience

    async def _refresh(self, shelf: _Shelf) -> None:
        shelf.tried_at = now = self._clock.now()
        try:
            body, tag = await self._fetcher.fetch(shelf.feed.url, shelf.tag)
            if body is not None:
                found = await asyncio.to_thread(
                    freezes_in, body, shelf.feed, zone=self._zone, now=now
                )
                shelf.freezes, shelf.tag = found, tag
        except TROUBLE as error:
            note_trouble(shelf.feed.name, shelf.feed.url, error)
            shelf.good = False
        else:
            shelf.good, shelf.read_at = True, now
