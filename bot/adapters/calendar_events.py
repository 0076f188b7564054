"""The events of an ICS calendar as freezes, repeated ones included. Called by calendar_feed."""

from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component, Event, vRecur

from bot.core.freeze import Feed, Freeze
from bot.core.windows import Window

AHEAD = timedelta(days=400)
MOST = 2000
MOST_REPEATED = 100
# Such rules make millions of events, and no freeze repeats that often.
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})
_NAME = 80


class NotACalendar(ValueError):
    """What came is no calendar that can be used; the text says why."""


def freezes_in(body: bytes, feed: Feed, *, zone: str, now: datetime) -> tuple[Freeze, ...]:
    """All events that end after `now` and begin in the next 400 days, by start; cancelled ones left out.

    Whole days and floating times are `zone`'s. Raises NotACalendar.
    """
    try:
        calendar = Calendar.from_ical(body)
        _refuse_floods(calendar)
        found = recurring_ical_events.of(calendar).between(now, now + AHEAD)
        events = cast(list[Event], found)
        freezes = [_freeze(event, feed, ZoneInfo(zone)) for event in events if _holds(event)]
    except NotACalendar:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, IndexError) as error:
        # The parser has no error of its own: a wrong calendar shows as any of these.
        raise NotACalendar(
            f"it is not a calendar: {type(error).__name__}: {error}"[:200]
        ) from error
    if len(freezes) > MOST:
        raise NotACalendar(f"it has more than {MOST} events")
    ahead = [freeze for freeze in freezes if freeze is not None and freeze.window.end > now]
    return tuple(sorted(ahead, key=lambda freeze: (freeze.window, freeze.name)))


def _refuse_floods(calendar: Component) -> None:
    if calendar.name != "VCALENDAR":
        raise NotACalendar("it is not a calendar")
    events = calendar.walk("VEVENT")
    if len(events) > MOST:
        raise NotACalendar(f"it has more than {MOST} events")
    repeated = [event for event in events if "RRULE" in event]
    if len(repeated) > MOST_REPEATED:
        raise NotACalendar(f"more than {MOST_REPEATED} of its events repeat")
    for event in repeated:
        rules = event["RRULE"]
        for rule in cast(list[vRecur], rules if isinstance(rules, list) else [rules]):
            if _TOO_OFTEN & {str(value).upper() for value in rule.get("FREQ", [])}:
                raise NotACalendar("an event repeats more often than daily")
            if any(key in rule for key in ("BYHOUR", "BYMINUTE", "BYSECOND")):
                raise NotACalendar("an event repeats within a day")


def _holds(event: Component) -> bool:
    return str(event.get("STATUS", "")).upper() != "CANCELLED"


def _freeze(event: Event, feed: Feed, zone: ZoneInfo) -> Freeze | None:
    start, end = _instant(event.start, zone), _instant(event.end, zone)
    if end <= start:
        return None
    return Freeze(
        name=" ".join(str(event.get("SUMMARY", "")).split())[:_NAME] or "Freeze",
        window=Window(start, end),
        groups=feed.groups,
        effect=feed.effect,
        approvers=feed.approvers,
        source=feed.name,
    )


def _instant(at: date | datetime, zone: ZoneInfo) -> datetime:
    """A whole day begins at its midnight."""
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day)  # noqa: DTZ001 - the zone comes next
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
