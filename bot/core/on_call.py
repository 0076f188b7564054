"""Who is on call at an instant, and until when nobody is to be disturbed. Called by escalation."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.alert import Severity
from bot.core.alert_rules import QuietHours, Rotation

_MOST_WINDOWS = 16


def on_call(rotation: Rotation, now: datetime) -> str:
    """The person whose turn it is; before the first turn, whose it will be."""
    return rotation.people[max(0, _turn(rotation, now)) % len(rotation.people)]


def next_handover(rotation: Rotation, now: datetime) -> datetime:
    """When the next turn begins (UTC), after `now`."""
    return _begin(rotation, _turn(rotation, now) + 1)


def quiet_until(quiet: QuietHours, severity: Severity, at: datetime) -> datetime | None:
    """When somebody may be paged again (UTC); None: at once, at `at`.

    Quiet hours that follow one another without a gap are one.
    """
    if severity in quiet.paged:
        return None
    until = None
    for _ in range(_MOST_WINDOWS):
        end = _end_of_quiet(quiet, until or at)
        if end is None:
            return until
        until = end
    return until


def _turn(rotation: Rotation, now: datetime) -> int:
    """The number of the present turn from 0; negative before the first."""
    local = now.astimezone(ZoneInfo(rotation.zone)).replace(tzinfo=None)
    turn = (local - rotation.since) // timedelta(days=rotation.days)
    # In the hour that a clock shows twice, the wall time alone does not tell which side it is.
    while _begin(rotation, turn) > now:
        turn -= 1
    while _begin(rotation, turn + 1) <= now:
        turn += 1
    return turn


def _begin(rotation: Rotation, turn: int) -> datetime:
    local = rotation.since + timedelta(days=rotation.days * turn)
    return local.replace(tzinfo=ZoneInfo(rotation.zone)).astimezone(UTC)


def _end_of_quiet(quiet: QuietHours, at: datetime) -> datetime | None:
    zone = ZoneInfo(quiet.zone)
    today = at.astimezone(zone).date()
    over_midnight = quiet.end <= quiet.start
    for begins in (today - timedelta(days=1), today):
        if begins.weekday() not in quiet.days:
            continue
        ends = begins + timedelta(days=1) if over_midnight else begins
        start = datetime.combine(begins, quiet.start, zone).astimezone(UTC)
        end = datetime.combine(ends, quiet.end, zone).astimezone(UTC)
        if start <= at < end:
            return end
    return None
