"""The shop whose people announce campaigns in these tests, and how an answer is told in one line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.core.announcement import understand
from bot.core.campaign import Announcement
from bot.core.draft import Draft, Field
from bot.core.house import Group, House

WEDNESDAY = datetime(2025, 11, 26, 14, 0, tzinfo=UTC)  # 15:00 in Berlin
GROUPS = (
    Group("web", "Web shop", aliases=("shop", "website")),
    Group("checkout", "Checkout"),
    Group("recommendations", "Recommendations", aliases=("recs",)),
    Group("pipeline", "Order pipeline"),
)


def house(zone: str = "Europe/Berlin", groups: tuple[Group, ...] = GROUPS) -> House:
    """Cymbal Retail, with the guardrails as they are by default (at most x20)."""
    return House("Cymbal Retail", zone, (), groups, "C0OPS", "C0CAMPAIGN", {})


def announced(text: str, *, now: datetime = WEDNESDAY, zone: str = "Europe/Berlin") -> Announcement:
    """What `text` announces; fails with the questions if it announces nothing."""
    answer = understand(text, now=now, house=house(zone))
    assert isinstance(answer, Announcement), answer.questions
    return answer


def asked(text: str, *, now: datetime = WEDNESDAY, zone: str = "Europe/Berlin") -> Draft:
    """What is still to ask after `text`; fails if it was taken as complete."""
    answer = understand(text, now=now, house=house(zone))
    assert isinstance(answer, Draft), answer
    return answer


def question(draft: Draft, field: Field) -> str:
    """All that is asked about one field."""
    return " ".join(asked.text for asked in draft.questions if asked.field is field)


def told(announcement: Announcement) -> str:
    """`28 Nov 18:00 - 28 Nov 22:00 Europe/Berlin`, on the clocks of the zone spoken in."""
    zone = ZoneInfo(announcement.zone)
    start, end = (
        at.astimezone(zone) for at in (announcement.window.start, announcement.window.end)
    )
    return f"{start:%d %b %H:%M} - {end:%d %b %H:%M} {announcement.zone}"
