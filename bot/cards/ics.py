"""Campaigns as an ICS calendar (RFC 5545) for calendar programs. Called by the calendar feed.

The same campaigns give the same bytes: nothing in it is of the moment at which it was asked for.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar, Event

from bot.cards.text import one_line
from bot.core.announcement import draft_of
from bot.core.campaign import Campaign, CampaignState
from bot.core.house import House

DOMAIN = "@headroom.campaigns"
_OFTEN = timedelta(minutes=30)
_STATUS = {
    CampaignState.PLANNING: "TENTATIVE",
    CampaignState.PROPOSED: "TENTATIVE",
    CampaignState.AWAITING_APPROVAL: "TENTATIVE",
    CampaignState.CANCELLED: "CANCELLED",
    CampaignState.REFUSED: "CANCELLED",
    CampaignState.EXPIRED: "CANCELLED",
}


def calendar_of(campaigns: Sequence[Campaign], house: House) -> bytes:
    """One event for each campaign, in its own zone; those that do not take place are CANCELLED."""
    calendar = Calendar()
    calendar.add("prodid", "-//Headroom//Campaigns//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{one_line(house.company)}: campaigns")
    calendar.add("refresh-interval", _OFTEN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    for campaign in sorted(campaigns, key=lambda one: (one.announcement.window, one.id)):
        calendar.add_component(_event(campaign, house))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def touched_at(campaign: Campaign) -> datetime:
    """When it was last changed in a way that a calendar shows, as far as is known."""
    known = (campaign.announced_at, campaign.asked_at, campaign.cancelled_at, campaign.restored_at)
    return max(at for at in known if at is not None).replace(microsecond=0)


def _event(campaign: Campaign, house: House) -> Event:
    asked = campaign.announcement
    status = _STATUS.get(campaign.state, "CONFIRMED")
    zone = _zone(asked.zone)
    event = Event()
    event.add("uid", f"{campaign.id}{DOMAIN}")
    # A cancellation makes no new plan, but calendar programs must see that it is newer.
    event.add("sequence", campaign.plan_version + (status == "CANCELLED"))
    event.add("dtstamp", touched_at(campaign))
    event.add("last-modified", touched_at(campaign))
    event.add("dtstart", asked.window.start.astimezone(zone))
    event.add("dtend", asked.window.end.astimezone(zone))
    event.add("summary", one_line(asked.name) or "Campaign")
    event.add("description", _description(campaign, house))
    event.add("categories", [one_line(title, 40) for title in _titles(campaign, house)])
    event.add("status", status)
    event.add("transp", "TRANSPARENT")
    return event


def _description(campaign: Campaign, house: House) -> str:
    """The first line can be read back as an announcement."""
    asked = campaign.announcement
    draft = draft_of(replace(asked, zone=_zone(asked.zone).key))
    times = draft.multiplier if draft.multiplier[-1:].isalpha() else f"x{draft.multiplier}"
    groups = " ".join(f"#{one_line(name, 63)}" for name in draft.groups)
    lines = [
        f"{draft.kind} {times} {groups}".strip(),
        f"Reaches {', '.join(_titles(campaign, house)) or 'no group'}.",
        f"Headroom: {campaign.state}.",
    ]
    return "\n".join(one_line(line, 500) for line in lines)


def _titles(campaign: Campaign, house: House) -> list[str]:
    found = [(house.group(name), name) for name in campaign.announcement.groups]
    return [group.title if group else name for group, name in found]


def _zone(name: str) -> ZoneInfo:
    """UTC where the name is not one (zone data may be older than the name)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
