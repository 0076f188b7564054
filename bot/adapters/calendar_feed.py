"""Calendars of freezes (ICS over HTTP) behind the Calendars port; made by the composition root, closed by it.

What was read stays good for a day when a feed fails; after that it counts as unreadable.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import httpx

from bot.adapters.calendar_events import NotACalendar, freezes_in
from bot.core.freeze import Feed, Freeze, FreezeCalendar
from bot.ports.clock import Clock

LARGEST = 1_000_000  # bytes
_GOOD_FOR = timedelta(minutes=15)
_AGAIN_AFTER = timedelta(minutes=1)
_STALE_AFTER = timedelta(hours=1)
_LOST_AFTER = timedelta(hours=24)
_TIMEOUT = httpx.Timeout(10, connect=5)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

log = logging.getLogger(__name__)


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
        self._client = httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=True, max_redirects=3)
        # A proxy of the environment serves the internet, never this machine.
        self._near = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()
        await self._near.aclose()

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
            body = await self._fetch(shelf)
            if body is not None:
                found = await asyncio.to_thread(
                    freezes_in, body, shelf.feed, zone=self._zone, now=now
                )
                shelf.freezes = found
        except (httpx.HTTPError, httpx.InvalidURL, NotACalendar) as error:
            # The address may hold a secret, so only its host is written down.
            host = urlsplit(shelf.feed.url).hostname
            log.warning("Calendar %r (%s) cannot be read: %s", shelf.feed.name, host, _brief(error))
            shelf.good = False
        else:
            shelf.good, shelf.read_at = True, now

    async def _fetch(self, shelf: _Shelf) -> bytes | None:
        """The body; None when it is the one read before."""
        near = urlsplit(shelf.feed.url).hostname in _LOOPBACK
        client = self._near if near else self._client
        headers = {"If-None-Match": shelf.tag} if shelf.tag else {}
        async with client.stream("GET", shelf.feed.url, headers=headers) as response:
            if response.status_code == httpx.codes.NOT_MODIFIED and shelf.tag:
                return None
            response.raise_for_status()
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise NotACalendar(f"it is larger than {LARGEST:,} bytes")
            shelf.tag = response.headers.get("ETag", "")
            return bytes(body)


def _brief(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return str(error) if isinstance(error, NotACalendar) else type(error).__name__
