"""Campaigns by day, and where they meet on a group; for Home tabs and calendars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from bot.core.campaign import Campaign

_MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two campaigns that want a group on the same day; `at_once`: some of the time together."""

    day: date
    group: str
    first: Campaign
    second: Campaign
    at_once: bool


def by_day(campaigns: Sequence[Campaign], zone: str) -> list[tuple[date, list[Campaign]]]:
    """The campaigns under the day on which they start, in order; `zone` says what a day is."""
    days: dict[date, list[Campaign]] = {}
    for campaign in sorted(campaigns, key=lambda one: (one.announcement.window, one.id)):
        day = _day(campaign.announcement.window.start, zone)
        days.setdefault(day, []).append(campaign)
    return sorted(days.items())


def meetings(campaigns: Sequence[Campaign], zone: str) -> tuple[Meeting, ...]:
    """Every pair that shares a group and a day, the first day they share, by day."""
    found = []
    ordered = sorted(campaigns, key=lambda one: (one.announcement.window, one.id))
    for first, second in combinations(ordered, 2):
        days = _days(first, zone) & _days(second, zone)
        groups = set(first.announcement.groups) & set(second.announcement.groups)
        at_once = first.announcement.window.overlaps(second.announcement.window)
        if days:
            found += [Meeting(min(days), group, first, second, at_once) for group in sorted(groups)]
    return tuple(sorted(found, key=lambda one: (one.day, not one.at_once, one.group)))


def _days(campaign: Campaign, zone: str) -> set[date]:
    window = campaign.announcement.window
    first = _day(window.start, zone)
    last = _day(window.end - timedelta(microseconds=1), zone)
    amount = min((last - first).days, _MOST_DAYS)
    return {first + timedelta(days=more) for more in range(amount + 1)}


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()
