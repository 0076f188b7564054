"""What is known of days: the zone, public holidays by name, earlier campaigns; used by demand and weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.evidence import PastCampaign
from bot.core.wording import say_date


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of days: the zone, public holidays by name, earlier campaigns, and whether the
    campaign itself begins on a holiday.
    """

    zone: str
    holidays: Mapping[date, str] = field(default_factory=dict)
    campaigns: tuple[PastCampaign, ...] = ()
    holiday_at_start: str = ""

    def offset(self, instant: datetime) -> timedelta | None:
        """The offset of the clock on the wall."""
        return instant.astimezone(ZoneInfo(self.zone)).utcoffset()

    def day(self, instant: datetime) -> date:
        """The day on the wall calendar."""
        return instant.astimezone(ZoneInfo(self.zone)).date()

    def weekend(self, instant: datetime) -> bool:
        """Whether it is Saturday or Sunday there."""
        return self.day(instant).weekday() >= 5

    def about(self, start: datetime) -> tuple[str, ...]:
        """What to say of the campaign's own day."""
        if not self.holiday_at_start:
            return ()
        return (
            f"{say_date(self.day(start))} is a holiday ({self.holiday_at_start}): usual weeks say less"
            " about it, so the band is wider.",
        )


def calendar_for(
    start: datetime,
    zone: str,
    holidays: Mapping[date, str],
    campaigns: Sequence[PastCampaign] = (),
) -> Calendar:
    """The calendar for a campaign that starts at `start`."""
    day = start.astimezone(ZoneInfo(zone)).date()
    return Calendar(zone, holidays, tuple(campaigns), holidays.get(day, ""))
