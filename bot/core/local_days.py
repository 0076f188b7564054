"""Whole days on the calendar of a zone as spans of UTC: 23, 24 or 25 hours long; for status and digests."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.windows import Window

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def local_day(instant: datetime, zone: str) -> date:
    """The date there at that instant."""
    return instant.astimezone(ZoneInfo(zone)).date()


def instant_of(day: date, clock: time, zone: str) -> datetime:
    """That wall-clock time of that day, in UTC; a time that is skipped comes as much later as was skipped,
    one that comes twice is the first.
    """
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def days_span(last: date, days: int, zone: str) -> Window:
    """The `days` whole days up to and with `last`, from midnight to midnight there."""
    first = last - (days - 1) * _DAY
    return Window(instant_of(first, time(), zone), instant_of(last + _DAY, time(), zone))


def day_so_far(now: datetime, zone: str, until: datetime, step: timedelta) -> Window | None:
    """Today from midnight there on, in whole steps up to `until`; None where not one has passed."""
    start = instant_of(local_day(now, zone), time(), zone)
    steps = (until - start) // step
    return Window(start, start + steps * step) if steps > 0 else None


def earlier_span(span: Window, weeks: int, zone: str) -> Window:
    """The span that began at the same wall-clock time `weeks` weeks before, as long as this one."""
    local = span.start.astimezone(ZoneInfo(zone))
    start = instant_of(local.date() - timedelta(weeks=weeks), local.time(), zone)
    return Window(start, start + span.duration)


def step_for(span: Window) -> timedelta:
    """How finely to read a span so that whole steps fill it: quarters of an hour for a day or two, else
    hours, or half hours where a zone changes its clock by as much.
    """
    if span.duration <= 2 * _DAY:
        return 15 * _MINUTE
    return _HOUR if span.duration % _HOUR == timedelta(0) else 30 * _MINUTE


def coarse_step(span: Window) -> timedelta:
    """The longest step up to six hours that fills the span: totals need no finer one."""
    steps = (6 * _HOUR, 3 * _HOUR, 2 * _HOUR, _HOUR, 30 * _MINUTE)
    return next((one for one in steps if span.duration % one == timedelta(0)), 15 * _MINUTE)
