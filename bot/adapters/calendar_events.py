"""The events of an ICS calendar, repeated ones included, and as freezes. Called by calendar_feed and marketing_feed.

Whatever comes is refused before it costs much: floods of events, rules that make millions of them.
"""

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
    freezes = [_freeze(event, feed, ZoneInfo(zone)) for event in events_in(body, now)]
    ahead = [freeze for freeze in freezes if freeze is not None and freeze.window.end > now]
    return tuple(sorted(ahead, key=lambda freeze: (freeze.window, freeze.name)))


def events_in(body: bytes, now: datetime) -> list[Event]:
    """Each time of each event in the next 400 days, without those cancelled; all have a start and an end.

    Raises NotACalendar.
    """
    try:
        calendar = Calendar.from_ical(body)
        _refuse_floods(calendar)
        _mark_repeated(calendar)
        found = recurring_ical_events.of(calendar).between(now, now + AHEAD)
        events = [event for event in cast(list[Event], found) if _holds(event)]
        for event in events:
            instant_of(event.start, ZoneInfo("UTC")), instant_of(event.end, ZoneInfo("UTC"))
    except NotACalendar:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, IndexError) as error:
        # The parser has no error of its own: a wrong calendar shows as any of these.
        raise NotACalendar(
            f"it is not a calendar: {type(error).__name__}: {error}"[:200]
        ) from error
    if len(events) > MOST:
        raise NotACalendar(f"it has more than {MOST} events")
    return events


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


def _mark_repeated(calendar: Component) -> None:
    """Each time of a repeated event is told apart by its original start; a single one keeps its name when it moves."""
    for event in calendar.walk("VEVENT"):
        if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
            event["X-HEADROOM-REPEATS"] = "TRUE"
        else:
            event.pop("X-HEADROOM-REPEATS", None)


def _holds(event: Component) -> bool:
    return str(event.get("STATUS", "")).upper() != "CANCELLED"


def _freeze(event: Event, feed: Feed, zone: ZoneInfo) -> Freeze | None:
    start, end = instant_of(event.start, zone), instant_of(event.end, zone)
    if end <= start:
        return None
    return Freeze(
        name=one_line_of(event, "SUMMARY")[:_NAME] or "Freeze",
        window=Window(start, end),
        groups=feed.groups,
        effect=feed.effect,
        approvers=feed.approvers,
        source=feed.name,
    )


def one_line_of(event: Event, name: str) -> str:
    """A property's words, without line breaks; "" where it is missing."""
    return " ".join(str(event.get(name, "")).split())


def instant_of(at: date | datetime, zone: ZoneInfo) -> datetime:
    """In UTC; a whole day begins at its midnight."""
    if not isinstance(at, datetime):
        at = datetime(at.year, at.month, at.day)  # noqa: DTZ001 - the zone comes next
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
