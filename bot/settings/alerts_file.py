"""The part `alerts` of headroom.yaml: routes, inhibition, schedules, rotations; checked against each other."""

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from bot.core.alert import Severity
from bot.core.alert_rules import (
    LOUD,
    AlertRules,
    Flapping,
    Inhibition,
    Level,
    Match,
    QuietHours,
    Rotation,
    Route,
    Schedule,
    Target,
    TargetKind,
)
from bot.settings.yaml_file import Part

_USER, _USER_GROUP = re.compile(r"[UW][A-Z0-9]+"), re.compile(r"S[A-Z0-9]+")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone such as Europe/Berlin") from error
    return name


def _clock_time(value: Any) -> Any:
    """YAML reads an unquoted 22:00 as a number in base 60: 1320."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(value // 60, value % 60)
    return value


def _weekday(value: Any) -> Any:
    return _DAYS.index(value.lower()) if str(value).lower() in _DAYS else value


Zone = Annotated[str, AfterValidator(_zone)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]
Weekday = Annotated[int, BeforeValidator(_weekday), Field(ge=0, le=6)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Channel = Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]+$")]
Person = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")]
Minutes = Annotated[float, Field(gt=0, le=31 * 24 * 60)]
Facets = dict[str, str]


class _Match(Part):
    match: Facets = {}
    severities: list[Severity] = []


class _Route(_Match):
    name: Title
    channels: list[Channel] = []
    schedule: str = ""
    group_by: Annotated[list[str], Field(min_length=1)] = ["policy", "group"]
    speak: list[Severity] = sorted(LOUD)
    acks_needed: Annotated[int, Field(ge=1, le=10)] = 1


class _Inhibition(Part):
    cause: _Match
    symptom: _Match
    same: list[str] = []


class _Flapping(Part):
    times: Annotated[int, Field(ge=1, le=20)] = 3
    within_minutes: Minutes = 60
    calm_minutes: Minutes = 15


class _Level(Part):
    page: Annotated[list[str], Field(min_length=1)]
    wait_minutes: Minutes = 10


class _Quiet(Part):
    start: ClockTime = Field(alias="from")
    until: ClockTime
    zone: Zone | None = None
    paged: list[Severity] = [Severity.CRITICAL]
    days: list[Weekday] = list(range(7))


class _Schedule(Part):
    name: Name
    levels: Annotated[list[_Level], Field(min_length=1, max_length=10)]
    rounds: Annotated[int, Field(ge=1, le=20)] = 3
    remind_minutes: Minutes | None = 120
    quiet_hours: _Quiet | None = None


class _Rotation(Part):
    name: Name
    people: Annotated[list[Person], Field(min_length=1)]
    since: datetime
    zone: Zone | None = None
    days: Annotated[int, Field(ge=1, le=90)] = 7


class AlertsPart(Part):
    """The key `alerts` of headroom.yaml."""

    routes: list[_Route] = []
    inhibit: list[_Inhibition] = []
    schedules: list[_Schedule] = []
    rotations: list[_Rotation] = []
    flapping: _Flapping = _Flapping()
    window_minutes: Minutes = 30
    storm_per_minute: Annotated[int, Field(ge=1, le=1000)] = 10
    heartbeat_hours: Annotated[float, Field(gt=0, le=31 * 24)] | None = None
    retention_days: Annotated[int, Field(ge=30, le=3660)] | None = None
    fallback_channel: Channel | None = None
    owner: Person | None = None

    @model_validator(mode="after")
    def _names_agree(self) -> "AlertsPart":
        faults = [
            *_twice("routes", [one.name for one in self.routes]),
            *_twice("schedules", [one.name for one in self.schedules]),
            *_twice("rotations", [one.name for one in self.rotations]),
            *self._unknown(),
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _unknown(self) -> list[str]:
        schedules = {one.name for one in self.schedules}
        rotations = {one.name for one in self.rotations}
        faults = [
            f"route {one.name}: there is no schedule {one.schedule!r}"
            for one in self.routes
            if one.schedule and one.schedule not in schedules
        ]
        targets = [
            (one.name, text)
            for one in self.schedules
            for level in one.levels
            for text in level.page
        ]
        return faults + [
            f"schedule {name}: {text!r} is no person (U…), user group (S…) or rotation"
            for name, text in targets
            if _target(text).kind is TargetKind.ROTATION and text not in rotations
        ]


def alert_rules_of(part: AlertsPart, zone: str) -> AlertRules:
    """The values; `zone` is the company's, for schedules and rotations that name none."""
    heartbeat, days = part.heartbeat_hours, part.retention_days
    return AlertRules(
        routes=tuple(_route(one) for one in part.routes) or AlertRules().routes,
        inhibitions=tuple(
            Inhibition(_match(one.cause), _match(one.symptom), tuple(one.same))
            for one in part.inhibit
        ),
        schedules=tuple(_schedule(one, zone) for one in part.schedules),
        rotations=tuple(_rotation(one, zone) for one in part.rotations),
        flapping=Flapping(
            part.flapping.times,
            timedelta(minutes=part.flapping.within_minutes),
            timedelta(minutes=part.flapping.calm_minutes),
        ),
        window=timedelta(minutes=part.window_minutes),
        storm_per_minute=part.storm_per_minute,
        heartbeat=None if heartbeat is None else timedelta(hours=heartbeat),
        retention=None if days is None else timedelta(days=days),
        fallback_channel=part.fallback_channel or "",
        owner=part.owner or "",
    )


def _twice(where: str, names: list[str]) -> list[str]:
    return [
        f"{where}: {name!r} is there twice" for name in sorted({*names}) if names.count(name) > 1
    ]


def _match(part: _Match) -> Match:
    return Match(dict(part.match), frozenset(part.severities))


def _route(part: _Route) -> Route:
    return Route(
        name=part.name,
        match=_match(part),
        channels=tuple(part.channels),
        schedule=part.schedule,
        group_by=tuple(part.group_by),
        speak=frozenset(part.speak),
        acks_needed=part.acks_needed,
    )


def _schedule(part: _Schedule, zone: str) -> Schedule:
    remind = part.remind_minutes
    return Schedule(
        name=part.name,
        levels=tuple(
            Level(tuple(_target(text) for text in one.page), timedelta(minutes=one.wait_minutes))
            for one in part.levels
        ),
        rounds=part.rounds,
        remind=None if remind is None else timedelta(minutes=remind),
        quiet=None if part.quiet_hours is None else _quiet(part.quiet_hours, zone),
    )


def _quiet(part: _Quiet, zone: str) -> QuietHours:
    return QuietHours(
        part.start,
        part.until,
        part.zone or zone,
        frozenset(part.paged),
        frozenset(part.days),
    )


def _rotation(part: _Rotation, zone: str) -> Rotation:
    where, since = part.zone or zone, part.since
    if since.tzinfo is not None:
        since = since.astimezone(ZoneInfo(where)).replace(tzinfo=None)
    return Rotation(part.name, tuple(part.people), since, where, part.days)


def _target(text: str) -> Target:
    if _USER.fullmatch(text):
        return Target(TargetKind.USER, text)
    if _USER_GROUP.fullmatch(text):
        return Target(TargetKind.USER_GROUP, text)
    return Target(TargetKind.ROTATION, text)
