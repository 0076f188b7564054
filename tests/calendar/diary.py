"""Marketing's calendar in memory, behind the Marketing port, and ICS texts to read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.adapters.calendar_events import NotACalendar
from bot.adapters.marketing_feed import campaign_events
from bot.core.marketing import FeedEvent, ImportFeed, Reading
from bot.ports.clock import Clock

NOW = datetime(2025, 11, 28, 14, tzinfo=UTC)
ZONE = "Europe/Berlin"
FEED = ImportFeed("Marketing", "https://calendar.example/m.ics", "C0CAMPAIGN", "U0MAYA", ("web",))
SALE = (
    "UID:sale-1|SUMMARY:Cyber Monday sale x2 #checkout"
    "|DTSTART;TZID=Europe/Berlin:20251201T180000|DTEND;TZID=Europe/Berlin:20251201T220000"
)


def ics(*events: str, head: str = "") -> bytes:
    """A calendar; the lines of an event are parted by bars."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests", *head.split("|")]
    for event in events:
        lines += ["BEGIN:VEVENT", "DTSTAMP:20250101T000000Z", *event.split("|"), "END:VEVENT"]
    return "\r\n".join([*(line for line in lines if line), "END:VCALENDAR", ""]).encode()


def events(*lines: str, head: str = "") -> tuple[FeedEvent, ...]:
    """What the product reads of them."""
    return campaign_events(ics(*lines, head=head), FEED, zone=ZONE, now=NOW)


@dataclass
class Diary:
    """`events` are lines of ICS; `broken` for a calendar that cannot be read."""

    clock: Clock
    events: list[str] = field(default_factory=list)
    broken: bool = False

    async def read(self) -> Sequence[Reading]:
        """As the real adapter reads it."""
        if self.broken:
            return [Reading(FEED, None)]
        try:
            found = campaign_events(ics(*self.events), FEED, zone=ZONE, now=self.clock.now())
        except NotACalendar:
            return [Reading(FEED, None)]
        return [Reading(FEED, found)]
