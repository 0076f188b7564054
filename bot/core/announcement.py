"""Words into an Announcement, or a Draft with open questions; called by the flow that announces."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.core.campaign import Announcement, CampaignKind
from bot.core.draft import Draft, Field, Question
from bot.core.house import House
from bot.core.windows import Window

_STORY = re.compile(
    r"(?P<name>.+?) (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<day>\d\d?) (?P<month>[A-Z][a-z]{2}) "
    r"(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d) (?P<zone>\S+) x(?P<times>\d+) #(?P<group>\S+)"
)


def understand(text: str, *, now: datetime, house: House) -> Announcement | Draft:
    """The announcement that `text` says completely and without contradiction, else a Draft."""
    said = _STORY.fullmatch(text.strip())
    if said is None:
        question = Question(Field.DATE, "When is it? For example: Fri 28 Nov 18:00-22:00.")
        return Draft(zone=house.zone, questions=(question,))
    zone = ZoneInfo(said["zone"])
    start, end = (
        datetime.strptime(
            f"{said['day']} {said['month']} {now.year} {said[part]}", "%d %b %Y %H:%M"
        ).replace(tzinfo=zone)
        for part in ("start", "end")
    )
    return Announcement(
        name=said["name"],
        kind=CampaignKind.PUSH,
        window=Window(start.astimezone(UTC), end.astimezone(UTC)),
        zone=said["zone"],
        multiplier=float(said["times"]),
        groups=(said["group"],),
    )


def from_form(values: Mapping[str, str], *, now: datetime, house: House) -> Announcement | Draft:
    """The same from the form's fields (Field values as keys)."""
    groups = " ".join(f"#{name.strip()}" for name in values.get("groups", "").split(",") if name)
    day = datetime.strptime(values["date"], "%Y-%m-%d").replace(tzinfo=UTC)
    text = (
        f"{values.get('name', '')} {day:%a} {day.day} {day:%b} {values['start']}-{values['end']} "
        f"{values.get('zone') or house.zone} x{values['multiplier'].lstrip('x')} {groups}"
    )
    return understand(text, now=now, house=house)
