"""Which alerts were worth it: statistics over past incidents. Called by the noise report and the digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from statistics import median
from zoneinfo import ZoneInfo

from bot.core.alert import Severity
from bot.core.windows import Window

_WEEK = timedelta(days=7)
_ENOUGH = 3  # below that many firings nothing is suggested: it may be chance


@dataclass(frozen=True, slots=True)
class PastIncident:
    """What noise statistics need to know of one incident; from store.alerts.

    `policy` is the title of the policy that opened it. `acted` is whether a person did anything:
    acknowledged, assigned, noted, resolved. `pages` are the instants at which people were paged. `quiet`:
    its severity is for the digest. `explained`: another incident explained it. `about` is the workload, or the workload group ("": not known).
    """

    id: str
    policy: str
    group_key: str
    severity: Severity
    opened_at: datetime
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    acted: bool
    pages: tuple[datetime, ...]
    reopenings: int
    spoke: bool
    snoozed: bool
    quiet: bool = False
    explained: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Night:
    """When a page wakes somebody: local time in `zone`, over midnight."""

    zone: str
    start: time = time(22)
    end: time = time(7)

    def contains(self, at: datetime) -> bool:
        """Whether that instant is at night there."""
        local = at.astimezone(ZoneInfo(self.zone)).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


class Advice(StrEnum):
    """What would make a policy quieter or more useful."""

    DROP = "nobody ever acted on it: send it to the digest, or delete it"
    QUIET = "it pages at night and is left till morning: let quiet hours hold it"
    STEADY = "it opens again and again: lengthen its duration, or widen the gap to its threshold"
    SNOOZED = "people snooze it rather than act: raise its threshold"


@dataclass(frozen=True, slots=True)
class PolicyNoise:
    """One policy in the window. `fired` counts its incidents that people saw, and their re-openings."""

    policy: str
    fired: int
    acted: int
    pages: int
    night_pages: int
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class QuietPolicy:
    """What one policy would have said, had it not been for the digest: this is where people read of it.

    `about` are the workloads or groups, `open` how many of its incidents still are.
    """

    policy: str
    about: tuple[str, ...]
    fired: int
    open: int


@dataclass(frozen=True, slots=True)
class Noise:
    """All policies, the noisiest first: most firings without anybody acting.

    `acknowledged_share` is of the incidents that people saw (None: there were none);
    `time_to_acknowledge` the median. `quiet` are those that waited for the digest, what is open first.
    """

    window: Window
    policies: tuple[PolicyNoise, ...]
    incidents: int
    silent: int  # never shown: for the digest, explained by another, or snoozed
    acknowledged_share: float | None
    time_to_acknowledge: timedelta | None
    pages_per_week: float
    night_pages: int
    quiet: tuple[QuietPolicy, ...] = ()
    explained: int = 0  # of the silent ones: another incident said it
    could_wait: int = 0  # of the silent ones: for the digest


def noise_of(past: Sequence[PastIncident], window: Window, night: Night) -> Noise:
    """The statistics over the incidents opened in the window."""
    seen = [one for one in past if one.spoke]
    silent = [one for one in past if not one.spoke]
    waits = [
        (one.acknowledged_at - one.opened_at).total_seconds()
        for one in seen
        if one.acknowledged_at is not None
    ]
    pages = [at for one in past for at in one.pages]
    policies = [_of_policy(name, seen, night) for name in sorted({one.policy for one in seen})]
    return Noise(
        window=window,
        policies=tuple(sorted(policies, key=_noisiest)),
        incidents=len(seen),
        silent=len(silent),
        acknowledged_share=len(waits) / len(seen) if seen else None,
        time_to_acknowledge=timedelta(seconds=median(waits)) if waits else None,
        pages_per_week=len(pages) * (_WEEK / window.duration),
        night_pages=sum(night.contains(at) for at in pages),
        quiet=_quiet([one for one in silent if one.quiet]),
        explained=sum(one.explained and not one.quiet for one in silent),
        could_wait=sum(one.quiet for one in silent),
    )


def _quiet(held: Sequence[PastIncident]) -> tuple[QuietPolicy, ...]:
    """By policy: what is still open first, then what fired most."""
    found = []
    for name in {one.policy for one in held}:
        own = [one for one in held if one.policy == name]
        about = tuple(sorted({one.about for one in own if one.about}))
        fired = sum(1 + one.reopenings for one in own)
        found.append(QuietPolicy(name, about, fired, sum(one.resolved_at is None for one in own)))
    return tuple(sorted(found, key=lambda one: (-one.open, -one.fired, one.policy)))


def _of_policy(policy: str, seen: Sequence[PastIncident], night: Night) -> PolicyNoise:
    own = [one for one in seen if one.policy == policy]
    return PolicyNoise(
        policy=policy,
        fired=sum(1 + one.reopenings for one in own),
        acted=sum(one.acted for one in own),
        pages=sum(len(one.pages) for one in own),
        night_pages=sum(night.contains(at) for one in own for at in one.pages),
        advice=_advice(own, night),
    )


def _advice(own: Sequence[PastIncident], night: Night) -> tuple[Advice, ...]:
    if sum(1 + one.reopenings for one in own) < _ENOUGH:
        return ()
    paged_at_night = [one for one in own if any(night.contains(at) for at in one.pages)]
    left = [one for one in paged_at_night if not _answered_at_night(one, night)]
    found = []
    if not any(one.acted for one in own):
        found.append(Advice.DROP)
    elif len(left) > len(paged_at_night) / 2:
        found.append(Advice.QUIET)
    if sum(one.reopenings for one in own) >= 2 * len(own):
        found.append(Advice.STEADY)
    if sum(one.snoozed for one in own) > len(own) / 2:
        found.append(Advice.SNOOZED)
    return tuple(found)


def _answered_at_night(one: PastIncident, night: Night) -> bool:
    return one.acknowledged_at is not None and night.contains(one.acknowledged_at)


def _noisiest(policy: PolicyNoise) -> tuple[int, int, str]:
    return (policy.acted - policy.fired, -policy.pages, policy.policy)
