"""What customers feel: the pages that are looked at, what each look found and what the looks of late mean.

Pure; used by the probe, loop and drive flows and by the cards.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

_LAST = 5  # looks that are weighed together
_BAD = 3  # of them bad: customers feel it
_CALM = 3  # fine in a row: it is over
_ENOUGH = 5  # looks below which no percentile is said
_FRESH = 8  # intervals after which a look says nothing about now


class Mark(StrEnum):
    """What one look found."""

    FINE = "fine"
    SLOW = "slow"  # the answer was right, but late
    FAILED = "failed"  # no answer in time, 429 or 5xx: more instances may help
    WRONG = "wrong"  # an answer that is not the page: more instances will not help
    UNREACHED = "unreached"  # no connection: name, network or certificate
    UNSEEN = "unseen"  # not looked at, for a reason of our own

    @property
    def helped_by_capacity(self) -> bool:
        """Whether more instances may be the answer."""
        return self in {Mark.SLOW, Mark.FAILED}

    @property
    def bad(self) -> bool:
        """Whether a customer would have felt it."""
        return self not in {Mark.FINE, Mark.UNSEEN}

    @property
    def meaning(self) -> str:
        """What such a page does, after its name."""
        return _MEANING[self]


_MEANING = {
    Mark.FINE: "is right and fast",
    Mark.SLOW: "answers too slowly",
    Mark.FAILED: "does not answer",
    Mark.WRONG: "answers with something else than the page",
    Mark.UNREACHED: "cannot be reached",
    Mark.UNSEEN: "could not be looked at",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One request: `url` is absolute, or a path at the shop's own address. `contains` must be in the answer."""

    url: str
    name: str = ""
    method: str = "GET"
    form: Mapping[str, str] = field(default_factory=dict)
    contains: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Something customers do, a page or a way through several; slow when it takes longer than `slow_after`.

    `groups` are the groups of workloads behind it.
    """

    name: str
    title: str
    groups: tuple[str, ...]
    steps: tuple[Step, ...]
    slow_after: timedelta = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Objective:
    """What a group promises over `days`: the share of requests without 5xx, and the p95 latency (None: no word)."""

    group: str
    availability: float = 0.995
    p95: timedelta | None = None
    days: int = 28


@dataclass(frozen=True, slots=True)
class Experience:
    """The part `experience` of headroom.yaml.

    Looks come `every` so often, `every_live` while a campaign of the page's groups is near: from
    `around` before its capacity rises until `around` after it ended. `private_hosts` may have private
    addresses. `base` is where paths are (HEADROOM_SHOP_URL, "" unknown).
    """

    pages: tuple[Page, ...] = ()
    objectives: tuple[Objective, ...] = ()
    every: timedelta = timedelta(minutes=5)
    every_live: timedelta = timedelta(minutes=1)
    around: timedelta = timedelta(minutes=30)
    timeout: timedelta = timedelta(seconds=10)
    largest: int = 500_000
    at_once: int = 4
    private_hosts: tuple[str, ...] = ()
    base: str = ""

    @property
    def fresh_for(self) -> timedelta:
        """How long a look says something about now, where no campaign is near."""
        return _FRESH * self.every

    def of(self, groups: Collection[str]) -> tuple[Page, ...]:
        """The pages behind which one of the groups stands."""
        return tuple(page for page in self.pages if set(page.groups) & set(groups))


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a page; seconds to the first byte (of the last request) and in total, None where none came."""

    page: str
    at: datetime
    mark: Mark
    first_byte: float | None = None
    total: float | None = None
    status: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
    """Customers feel it since `since`; `raised_at` is when floors were last raised for it."""

    page: str
    mark: Mark
    since: datetime
    seen_at: datetime
    reason: str
    raised_at: datetime | None = None
    over_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PageSummary:
    """The looks of a span: how many, how many of them fine, and the p95 in seconds (None: too few)."""

    title: str
    looks: int
    fine: int
    p95: float | None
    slow_after: float
    worst: str = ""
    groups: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether customers had nothing to complain about: enough looks, 95 of 100 fine."""
        return self.looks >= _ENOUGH and self.fine >= 0.95 * self.looks


def breach_after(
    before: Breach | None, page: Page, looks: Sequence[Look], *, now: datetime, every: timedelta
) -> Breach | None:
    """Whether customers feel it now, from the newest `looks` (any order).

    Begins with three bad looks of the last five, ends with three fine ones in a row. Looks that are
    old, or that could not be made, change nothing.
    """
    fresh = [one for one in looks if now - one.at <= _FRESH * every and one.mark is not Mark.UNSEEN]
    recent = sorted(fresh, key=lambda one: one.at)[-_LAST:]
    bad = [one for one in recent if one.mark.bad]
    if before is not None:
        calm = recent[-_CALM:]
        if len(calm) == _CALM and not any(one.mark.bad for one in calm):
            return replace(before, over_at=now)
        worst = bad[-1] if bad else None
        return before if worst is None else replace(before, mark=worst.mark, seen_at=worst.at)
    if len(bad) < _BAD:
        return None
    mark = Counter(one.mark for one in bad).most_common(1)[0][0]
    said = next(one.reason for one in reversed(bad) if one.mark is mark)
    reason = f"{len(bad)} of the last {len(recent)} looks were {mark}: {said}"
    return Breach(page.name, mark, bad[0].at, bad[-1].at, reason)


def summarise(page: Page, looks: Sequence[Look]) -> PageSummary:
    """What the looks at `page` among `looks` amount to; looks that could not be made do not count."""
    mine = [one for one in looks if one.page == page.name and one.mark is not Mark.UNSEEN]
    times = sorted(one.total for one in mine if one.total is not None)
    worst = next((one.reason for one in mine if one.mark.bad and one.mark is not Mark.SLOW), "")
    return PageSummary(
        title=page.title,
        looks=len(mine),
        fine=sum(1 for one in mine if one.mark is Mark.FINE),
        p95=times[math.ceil(0.95 * len(times)) - 1] if len(times) >= _ENOUGH else None,
        slow_after=page.slow_after.total_seconds(),
        worst=worst,
        groups=page.groups,
    )
