"""What limits the fleet, and how near it is: maximum, CPU, concurrency, quota, what is behind; for status and digests."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.capacity import FULL
from bot.core.fleet import ScalingMode, Workload, WorkloadKey, WorkloadKind
from bot.core.house import House
from bot.core.limits import Dependency, Quota, share_of
from bot.core.quota_use import of_one
from bot.core.series import Metric, Series
from bot.core.sources import ENOUGH, Fleet, added
from bot.core.wording import say_number

TIGHT = 0.8
"""From this share of a limit on it is said to bind."""


class Limit(StrEnum):
    """Which kind of resource; the value is what people read."""

    MAXIMUM = "maximum"
    CPU = "CPU"
    CONCURRENCY = "concurrency"
    QUOTA = "quota"
    DEPENDENCY = "what is behind it"


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """`share` of the limit was taken at `at`, the worst moment measured; `evidence` are the numbers.

    `keys` are the workloads that it limits. `title` is what people call it.
    """

    limit: Limit
    title: str
    share: float
    evidence: str
    at: datetime
    keys: frozenset[WorkloadKey]

    @property
    def tight(self) -> bool:
        """Whether it binds."""
        return self.share >= TIGHT


@dataclass(frozen=True, slots=True)
class _Worst:
    at: datetime
    value: float


def own_limits(fleet: Fleet, workload: Workload) -> list[Bottleneck]:
    """The limits of one workload, the tightest first; without those that were not measured."""
    found = [_maximum(fleet, workload), _cpu(fleet, workload), _concurrency(fleet, workload)]
    return sorted((one for one in found if one is not None), key=_tightest)


def shared_limits(fleet: Fleet, house: House) -> list[Bottleneck]:
    """Regional quotas and dependencies over all workloads, the tightest first."""
    found = [_quota(fleet, quota) for quota in house.fences.quotas]
    found += [_dependency(fleet, one) for one in house.fences.dependencies]
    return sorted((one for one in found if one is not None), key=_tightest)


def _maximum(fleet: Fleet, workload: Workload) -> Bottleneck | None:
    ceiling = workload.scaling.effective_ceiling
    worst = _worst(fleet.series(Metric.INSTANCES, workload.key))
    by_hand = workload.scaling.mode is ScalingMode.MANUAL
    if worst is None or by_hand or workload.key.kind is WorkloadKind.WORKER_POOL or ceiling <= 0:
        return None
    evidence = f"{worst.value:,.0f} of at most {ceiling:,} instances"
    return _own(Limit.MAXIMUM, worst.value / ceiling, evidence, worst, workload)


def _cpu(fleet: Fleet, workload: Workload) -> Bottleneck | None:
    worst = _worst(fleet.series(Metric.CPU, workload.key))
    if worst is None:
        return None
    evidence = f"{worst.value:.0%} of the CPU used, {FULL:.0%} is full"
    return _own(Limit.CPU, worst.value / FULL, evidence, worst, workload)


def _own(
    limit: Limit, share: float, evidence: str, worst: _Worst, workload: Workload
) -> Bottleneck:
    return Bottleneck(limit, limit.value, share, evidence, worst.at, _keys([workload]))


def _concurrency(fleet: Fleet, workload: Workload) -> Bottleneck | None:
    worst = _worst(fleet.series(Metric.AT_ONCE, workload.key))
    if worst is None or workload.concurrency <= 0:
        return None
    evidence = (
        f"{worst.value:,.0f} of at most {workload.concurrency:,} requests at once in an instance"
    )
    return _own(Limit.CONCURRENCY, worst.value / workload.concurrency, evidence, worst, workload)


def _quota(fleet: Fleet, quota: Quota) -> Bottleneck | None:
    mine = [
        one
        for one in fleet.workloads
        if (one.key.project, one.key.region) == (quota.project, quota.region)
    ]
    worst = _worst(_weighted(fleet, mine, Metric.INSTANCES, quota))
    if worst is None:
        return None
    taken = quota.used + worst.value
    unit = quota.resource.value
    title = f"{unit} quota of {quota.region} ({quota.project})"
    evidence = f"{_round(taken)} of {say_number(quota.limit)} {unit}"
    share = share_of(taken, quota.limit)
    return Bottleneck(Limit.QUOTA, title, share, evidence, worst.at, _keys(mine))


def _dependency(fleet: Fleet, one: Dependency) -> Bottleneck | None:
    mine = [w for w in fleet.workloads if set(w.groups) & set(one.groups)]
    parts: list[Series] = []
    for metric, each in (
        (Metric.INSTANCES, one.per_instance),
        (Metric.REQUESTS, one.per_rps),
    ):
        total = _sum(fleet, mine, metric) if each > 0 else None
        if each > 0 and total is None:
            return None
        if total is not None:
            values = tuple(value * each for value in total.values)
            parts.append(Series(total.start, total.step, values))
    worst = _worst(added(parts))
    if worst is None:
        return None
    taken = (one.used or 0.0) + worst.value
    evidence = f"{_round(taken)} of {say_number(one.capacity)} {one.unit}"
    if one.used is None:
        evidence += ", without what others use of it"
    share = share_of(taken, one.capacity)
    return Bottleneck(Limit.DEPENDENCY, one.title, share, evidence, worst.at, _keys(mine))


def _weighted(
    fleet: Fleet, workloads: Sequence[Workload], metric: Metric, quota: Quota
) -> Series | None:
    parts = []
    for one in workloads:
        series = fleet.series(metric, one.key)
        if series is not None:
            each = of_one(one.size, quota.resource)
            values = tuple(value * each for value in series.values)
            parts.append(Series(series.start, series.step, values))
    return _enough(fleet, parts, workloads)


def _sum(fleet: Fleet, workloads: Sequence[Workload], metric: Metric) -> Series | None:
    found = (fleet.series(metric, one.key) for one in workloads)
    return _enough(fleet, [one for one in found if one is not None], workloads)


def _enough(fleet: Fleet, parts: list[Series], workloads: Sequence[Workload]) -> Series | None:
    """The sum where enough of the workloads that should run were measured."""
    wanted = [one for one in workloads if not fleet.quiet(one)]
    return added(parts) if parts and len(parts) >= ENOUGH * len(wanted) else None


def _worst(series: Series | None) -> _Worst | None:
    """The highest point, where enough was measured."""
    if series is None:
        return None
    points = [(at, value) for at, value in series.points() if math.isfinite(value) and value >= 0]
    if not points or len(points) < ENOUGH * len(series.values):
        return None
    at, value = max(points, key=lambda point: point[1])
    return _Worst(at, value)


def _keys(workloads: Sequence[Workload]) -> frozenset[WorkloadKey]:
    return frozenset(one.key for one in workloads)


def _round(taken: float) -> str:
    return f"{taken:,.0f}" if taken >= 10 else say_number(round(taken, 1))


def _tightest(one: Bottleneck) -> tuple[float, str]:
    return (-one.share, one.title)
