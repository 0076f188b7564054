"""The part of headroom.yaml about digests: who gets which, when; read by house_file."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, StringConstraints, model_validator

from bot.core.digest.schedule import Subscription
from bot.core.digest.section import Audience, Cadence
from bot.settings.yaml_file import Part

_CLOCK = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)$")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _spelled(value: object) -> object:
    """YAML 1.1 reads an unquoted 10:00 as the number 600."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value // 60:02d}:{value % 60:02d}"
    return value


def _clock(text: str) -> str:
    if _CLOCK.match(text) is None:
        raise ValueError(f"{text!r} is not a time such as 08:00")
    return text


def _day_and_clock(text: str) -> str:
    day, _, clock = text.strip().partition(" ")
    if day[:3].casefold() not in _DAYS:
        raise ValueError(f"{text!r} is not a day and time such as Mon 08:00")
    _clock(clock.strip())
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone such as Europe/Berlin") from error
    return name


class DigestPart(Part):
    """One entry of `digests:`"""

    channel: Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]+$")]
    audience: Audience
    daily: Annotated[str, BeforeValidator(_spelled), AfterValidator(_clock)] | None = None
    weekly: Annotated[str, AfterValidator(_day_and_clock)] | None = None
    zone: Annotated[str, AfterValidator(_zone)] | None = None
    groups: list[str] = []

    @model_validator(mode="after")
    def _says_something(self) -> "DigestPart":
        if self.daily is None and self.weekly is None:
            raise ValueError("say when: daily or weekly, or both")
        if self.audience is Audience.VENDORS and not self.groups:
            raise ValueError("vendors see only the groups that are named: name them under groups")
        return self


def digests_of(parts: Sequence[DigestPart], zone: str) -> tuple[Subscription, ...]:
    """All of them as the house rules have them; `zone` where an entry names none."""
    found = []
    for part in parts:
        groups, where = tuple(part.groups), part.zone or zone
        if part.daily is not None:
            clock = _time(part.daily)
            found.append(
                Subscription(
                    part.channel, Cadence.DAILY, part.audience, where, clock, groups=groups
                )
            )
        if part.weekly is not None:
            day, _, said = part.weekly.strip().partition(" ")
            weekday = _DAYS.index(day[:3].casefold())
            found.append(
                Subscription(
                    channel=part.channel,
                    cadence=Cadence.WEEKLY,
                    audience=part.audience,
                    zone=where,
                    clock=_time(said.strip()),
                    weekday=weekday,
                    groups=groups,
                )
            )
    return tuple(found)


def digest_faults(parts: Sequence[DigestPart], groups: Sequence[str]) -> list[str]:
    """What no single entry can see: groups that do not exist, and a channel that is told twice."""
    unknown = sorted({name for part in parts for name in part.groups if name not in groups})
    found = [f"digests: there is no group {name!r}" for name in unknown]
    channels = [part.channel for part in parts]
    twice = sorted({one for one in channels if channels.count(one) > 1})
    return found + [
        f"digests: {one} is listed twice; give both times in one entry" for one in twice
    ]


def _time(text: str) -> time:
    hours, _, minutes = text.partition(":")
    return time(int(hours), int(minutes))
