"""The rules for alerts from headroom.yaml, as checked values: who hears what, when, and how insistently."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from bot.core.alert import Severity

LOUD = frozenset({Severity.CRITICAL, Severity.ERROR, Severity.NONE})
"""What speaks by default. An alert without a severity speaks too: not knowing is no reason for silence."""


@dataclass(frozen=True, slots=True)
class Match:
    """All of it must fit: `facets` (name to pattern, `*` and `?` as wildcards) and `severities` (empty: any)."""

    facets: Mapping[str, str] = field(default_factory=dict)
    severities: frozenset[Severity] = frozenset()


@dataclass(frozen=True, slots=True)
class Route:
    """Where matching alerts go; the first route that matches counts.

    `group_by` names the facets that make one incident. `channels` are Slack channel ids (empty: the
    engineers' channel). `speak` are the severities that are shown at once; others wait for the digest.
    `schedule` is who is paged ("": nobody). `acks_needed` people must acknowledge before paging ends.
    """

    name: str
    match: Match = field(default_factory=Match)
    channels: tuple[str, ...] = ()
    schedule: str = ""
    group_by: tuple[str, ...] = ("policy", "group")
    speak: frozenset[Severity] = LOUD
    acks_needed: int = 1


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While an incident that matches `cause` is open, those that match `symptom` are silent.

    Only where the facets in `same` are known and equal in both, and never an incident by itself.
    """

    cause: Match
    symptom: Match
    same: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flapping:
    """Opened again `times` within `within`: flapping. It is over once it was quiet for `calm`."""

    times: int = 3
    within: timedelta = timedelta(hours=1)
    calm: timedelta = timedelta(minutes=15)


class TargetKind(StrEnum):
    """Who can be paged."""

    USER = "user"
    USER_GROUP = "user group"
    ROTATION = "rotation"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """`id` is a Slack user id, a Slack user-group id, or the name of a rotation."""

    kind: TargetKind
    id: str


@dataclass(frozen=True, slots=True)
class Rotation:
    """`people` take turns of `days` days each; the first turn began at `since` (local time in `zone`).

    Hand-over is at the same local time in summer and winter.
    """

    name: str
    people: tuple[str, ...]
    since: datetime  # naive, local in `zone`
    zone: str = "UTC"
    days: int = 7


@dataclass(frozen=True, slots=True)
class Level:
    """Who is paged, and how long they have before the next level is."""

    targets: tuple[Target, ...]
    wait: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` local time (over midnight too) only `paged` severities page; others wait.

    `days` are the days on which they begin (0 Monday); all by default.
    """

    start: time
    end: time
    zone: str = "UTC"
    paged: frozenset[Severity] = frozenset({Severity.CRITICAL})
    days: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Schedule:
    """Who is paged until somebody acknowledges: the `levels` in turn, `rounds` times over.

    After that the last level is reminded each `remind`, and so is whoever acknowledged but did not
    resolve (`remind` None: never). A hand-over of a rotation is told to the new person on call.
    """

    name: str
    levels: tuple[Level, ...]
    rounds: int = 3
    remind: timedelta | None = timedelta(hours=2)
    quiet: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class AlertRules:
    """All rules for alerts.

    An incident that ended is opened again, not made anew, when its group fires within `window`. More
    than `storm_per_minute` new incidents a minute are told in one summary. No notification for
    `heartbeat` is itself an alarm (None: never). What ended is kept for `retention` (None: for ever).
    """

    routes: tuple[Route, ...] = (Route("everything"),)
    inhibitions: tuple[Inhibition, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    rotations: tuple[Rotation, ...] = ()
    flapping: Flapping = field(default_factory=Flapping)
    window: timedelta = timedelta(minutes=30)
    storm_per_minute: int = 10
    heartbeat: timedelta | None = None
    retention: timedelta | None = None
    fallback_channel: str = ""  # "": the engineers' channel
    owner: str = ""  # who hears by direct message that a channel cannot be reached; "": nobody

    def schedule(self, name: str) -> Schedule | None:
        """The schedule called so; None if there is none."""
        return next((one for one in self.schedules if one.name == name), None)

    def route(self, name: str) -> Route | None:
        """The route called so; None if there is none."""
        return next((one for one in self.routes if one.name == name), None)
