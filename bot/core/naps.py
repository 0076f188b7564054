"""How long a snooze may last, as people choose it. Read by cards and by the respond flow."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_MORNING = time(9, 0)


class Nap(StrEnum):
    """What the snooze menu offers; the value goes into the button."""

    HOUR = "1h"
    FOUR_HOURS = "4h"
    TOMORROW = "tomorrow"
    WEEK = "week"

    @property
    def words(self) -> str:
        """As the menu says it."""
        return _TITLES[self]


_TITLES = {
    Nap.HOUR: "1 hour",
    Nap.FOUR_HOURS: "4 hours",
    Nap.TOMORROW: "until tomorrow 9:00",
    Nap.WEEK: "1 week",
}


def nap_end(nap: Nap, now: datetime, zone: str) -> datetime:
    """When it ends (UTC); tomorrow 9:00 is the house's local time."""
    match nap:
        case Nap.HOUR:
            return now + timedelta(hours=1)
        case Nap.FOUR_HOURS:
            return now + timedelta(hours=4)
        case Nap.WEEK:
            return now + timedelta(days=7)
        case Nap.TOMORROW:
            place = ZoneInfo(zone)
            day = now.astimezone(place).date() + timedelta(days=1)
            return datetime.combine(day, _MORNING, place).astimezone(UTC)
