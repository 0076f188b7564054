"""Marketing's calendars (ICS over HTTP) behind the Marketing port; made by the composition root, closed by it.

A feed that cannot be read is told as such and nothing of it counts as deleted.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Event

from bot.adapters.calendar_events import NotACalendar, events_in, instant_of, one_line_of
from bot.adapters.calendar_fetching import TROUBLE, Fetcher, note_trouble
from bot.core.marketing import FeedEvent, ImportFeed, Reading
from bot.core.windows import Window
from bot.ports.clock import Clock

_LONGEST = timedelta(days=14)  # a longer event is a season, not a campaign
_TEXT, _TITLE, _KEY = 500, 80, 300


@dataclass(slots=True)
class _Shelf:
    feed: ImportFeed
    tag: str = ""
    body: bytes | None = None


class MarketingFeeds:
    """Implements bot.ports.marketing.Marketing; `zone` is where floating times are meant."""

    def __init__(self, feeds: Sequence[ImportFeed], zone: str, clock: Clock) -> None:
        self._shelves = [_Shelf(feed) for feed in feeds]
        self._zone = zone
        self._clock = clock
        self._fetcher = Fetcher()

    async def close(self) -> None:
        """Closes the connections."""
        await self._fetcher.close()

    async def read(self) -> Sequence[Reading]:
        """All feeds at the same time; what has not changed is not sent again."""
        return await asyncio.gather(*(self._read(shelf) for shelf in self._shelves))

    async def _read(self, shelf: _Shelf) -> Reading:
        try:
            body, tag = await self._fetcher.fetch(shelf.feed.url, shelf.tag)
            fresh = shelf.body if body is None else body
            if fresh is None:
                raise NotACalendar("it says that it has not changed, but it was never read")
            now = self._clock.now()
            events = await asyncio.to_thread(
                campaign_events, fresh, shelf.feed, zone=self._zone, now=now
            )
        except TROUBLE as error:
            note_trouble(shelf.feed.name, shelf.feed.url, error)
            return Reading(shelf.feed, None)
        shelf.body, shelf.tag = fresh, tag
        return Reading(shelf.feed, events)


def campaign_events(
    body: bytes, feed: ImportFeed, *, zone: str, now: datetime
) -> tuple[FeedEvent, ...]:
    """The events that end after `now`, by start; cancelled and whole-season ones left out. Raises NotACalendar."""
    found = [_event(event, feed, zone) for event in events_in(body, now)]
    kept = {one.key: one for one in found if one is not None and one.window.end > now}
    return tuple(sorted(kept.values(), key=lambda one: (one.window, one.key)))


def _event(event: Event, feed: ImportFeed, zone: str) -> FeedEvent | None:
    start = instant_of(event.start, ZoneInfo(zone))
    end = instant_of(event.end, ZoneInfo(zone))
    if not start < end <= start + _LONGEST:
        return None
    return FeedEvent(
        feed=feed.name,
        key=_key(event)[:_KEY],
        title=one_line_of(event, "SUMMARY")[:_TITLE] or "An event without a name",
        window=Window(start, end),
        zone=_zone_of(event, zone),
        text=one_line_of(event, "DESCRIPTION")[:_TEXT],
    )


def _key(event: Event) -> str:
    """The event's UID, with the original start of this time of it where it repeats (RFC 5545, 3.8.4.4)."""
    uid = " ".join(str(event.get("UID", "")).split())
    name = uid or f"{one_line_of(event, 'SUMMARY')}/{event.start.isoformat()}"
    if not event.get("X-HEADROOM-REPEATS"):
        return name
    again = event.get("RECURRENCE-ID")
    return name if again is None else f"{name}/{again.dt.isoformat()}"


def _zone_of(event: Event, zone: str) -> str:
    """The event's own zone where it is an IANA one, else the house's."""
    own = getattr(getattr(event.start, "tzinfo", None), "key", None)
    return own if isinstance(own, str) and "/" in own else zone
