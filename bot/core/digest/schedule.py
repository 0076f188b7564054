"""When a digest is due, what days it covers, and whether it comes late; for the digest flows.

A digest is named by the last local day that it covers: another time or zone on the same day does not make
it come again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.core.digest.section import Audience, Cadence
from bot.core.local_days import days_span, instant_of, local_day
from bot.core.windows import Window

_DAY = timedelta(days=1)
_LATE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A digest that a channel gets at `clock` in `zone`, weekly ones on `weekday` (0: Monday).

    `groups` are those it tells of (empty: all; for vendors none). `by` is the Slack user who asked for
    it in Slack ("": headroom.yaml).
    """

    channel: str
    cadence: Cadence
    audience: Audience
    zone: str
    clock: time = time(8)
    weekday: int = 0
    groups: tuple[str, ...] = ()
    by: str = ""

    @property
    def key(self) -> str:
        """Its job's key."""
        return f"{self.channel}/{self.cadence}"

    def due_on(self, day: date) -> bool:
        """Whether it comes on that day."""
        return self.cadence is Cadence.DAILY or day.weekday() == self.weekday


@dataclass(frozen=True, slots=True)
class Due:
    """One digest: due at `at`, about the days up to and with `covers`."""

    at: datetime
    covers: date


@dataclass(frozen=True, slots=True)
class Run:
    """What became of one digest: `outcome` is posted, muted, or begun (the first that was seen due)."""

    channel: str
    cadence: Cadence
    covers: date
    at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Nothing is sent to the channel by whom and until when (None: until it is unmuted)."""

    channel: str
    by: str
    at: datetime
    until: datetime | None = None

    def lasts(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.until is None or now < self.until


def last_due(subscription: Subscription, now: datetime) -> Due:
    """The newest that is due by now."""
    today = local_day(now, subscription.zone)
    return next(due for due in _dues(subscription, today, -1) if due.at <= now)


def next_due(subscription: Subscription, now: datetime) -> Due:
    """The first that is due after now."""
    today = local_day(now, subscription.zone)
    return next(due for due in _dues(subscription, today, 1) if due.at > now)


def span_of(subscription: Subscription, due: Due) -> Window:
    """The whole local days it covers: one, or seven."""
    days = 1 if subscription.cadence is Cadence.DAILY else 7
    return days_span(due.covers, days, subscription.zone)


def late_by(due: Due, now: datetime) -> timedelta | None:
    """How late it comes; None in time."""
    return now - due.at if now - due.at > _LATE else None


def missed_between(subscription: Subscription, after: date, before: date) -> tuple[date, ...]:
    """The digests never sent: those that cover days after the one and before the other, at most 30 of them."""
    found: list[date] = []
    for due in _dues(subscription, before, -1):
        if due.covers <= after or len(found) == 30:
            break
        if due.covers < before:
            found.append(due.covers)
    return tuple(reversed(found))


def all_of(
    configured: Iterable[Subscription], asked: Iterable[Subscription]
) -> dict[str, Subscription]:
    """By key; what was asked for in Slack comes in place of what headroom.yaml says of the same cadence.

    Not who reads it: a channel that the file gives to vendors gets vendors' digests only, also where it
    asked for another one before.
    """
    found = {one.key: one for one in configured}
    shared = {one.channel: one for one in found.values() if one.audience is Audience.VENDORS}
    for one in asked:
        home = shared.get(one.channel)
        found[one.key] = (
            one if home is None else replace(one, audience=home.audience, groups=home.groups)
        )
    return found


def _dues(subscription: Subscription, day: date, direction: int) -> Iterator[Due]:
    while True:
        if subscription.due_on(day):
            at = instant_of(day, subscription.clock, subscription.zone)
            yield Due(at, day - _DAY)
        day += direction * _DAY
