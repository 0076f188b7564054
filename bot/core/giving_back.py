"""How far a floor may be lowered now, and the ceiling after it. Called by the reconcile flow.

A floor is lowered only when fresh metrics say that it is safe; missing or late metrics mean hold.
Never below the busy or recommended instances as long as the floor is what keeps instances alive.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.fleet import ScalingChange, ScalingMode, Workload
from bot.core.house import Timing
from bot.core.reconciling import Sight
from bot.core.series import Metric, Series
from bot.core.wording import say_duration

# What must be known before a floor may be lowered, for workloads that the autoscaler sizes
# and for those with a fixed number of instances, where every instance always counts as wanted.
_METRICS = (Metric.ACTIVE, Metric.RECOMMENDED, Metric.PENDING)
_METRICS_MANUAL = (Metric.INSTANCES, Metric.CPU)
_LAST_FEW = 2  # a surplus this small is given back in one step
_MANUAL_CPU = 0.8  # nobody scales a manual count up again, so keep this much room
UNSET = 0  # as a ceiling in ScalingChange: remove the service-level maximum


@dataclass(frozen=True, slots=True)
class Use:
    """How many instances are needed now by fresh metrics; None when that is not known, and why.

    `unaided` is how many there would be without any floor, because the autoscaler wants them.
    """

    needed: int | None
    why: str
    unaided: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """At most one change, why, what stands in the way ("" nothing), and when to look again."""

    change: ScalingChange | None
    reason: str
    trouble: str
    again_at: datetime


def lowering_metrics(workload: Workload) -> tuple[Metric, ...]:
    """Which metrics `use_of` must be given for this workload."""
    manual = workload.scaling.mode is ScalingMode.MANUAL
    return _METRICS_MANUAL if manual else _METRICS


def use_of(
    workload: Workload, measured: Mapping[Metric, Series], *, now: datetime, stale_after: timedelta
) -> Use:
    """Reads the metrics: the most careful of busy and recommended instances, or by CPU where manual.

    A pending metric without any point means that nothing has waited; the others must be there.
    """
    latest: dict[Metric, float] = {}
    for metric, series in measured.items():
        point = series.latest()
        if point is None:
            continue
        age = now - (point[0] + series.step)
        if metric is Metric.PENDING and age > stale_after:
            continue  # nothing has waited since; the others tell whether metrics arrive at all
        if age > stale_after:
            return Use(None, f"the newest {metric} metric is {say_duration(age)} old")
        latest[metric] = point[1]
    if workload.scaling.mode is ScalingMode.MANUAL:
        return _use_by_cpu(latest)
    return _use_by_instances(latest)


def lowering(sight: Sight, use: Use, timing: Timing) -> Move:
    """One step down, or why not."""
    lowered_at, now = sight.holding.lowered_at, sight.now
    if lowered_at is not None and now < lowered_at + timing.step_down_every:
        due = lowered_at + timing.step_down_every
        return Move(None, "the last step down settles", "", due)
    again = now + timing.look_again
    if use.needed is None:
        return Move(None, use.why, f"not lowering: {use.why}", again)
    if sight.seen.scaling.floor > sight.wanted.floor and sight.holding.written is not None:
        change, reason = _step_down(sight, use, use.needed)
    else:
        change, reason = _ceiling_back(sight, use.needed)
    if change is None:
        return Move(None, reason, "", again)
    reached = change.floor <= sight.wanted.floor
    pause = timing.look_again_warming if reached else timing.step_down_every
    return Move(change, reason, "", now + pause)


def _use_by_instances(latest: Mapping[Metric, float]) -> Use:
    if latest.get(Metric.PENDING, 0.0) > 0:
        return Use(None, f"{latest[Metric.PENDING]:.0f} requests are waiting for an instance")
    known = [latest[m] for m in (Metric.RECOMMENDED, Metric.ACTIVE) if m in latest]
    if not known:
        return Use(None, "there are no metrics of busy instances")
    return Use(math.ceil(max(known)), "busy or recommended", unaided=math.ceil(known[0]))


def _use_by_cpu(latest: Mapping[Metric, float]) -> Use:
    if Metric.CPU not in latest or Metric.INSTANCES not in latest:
        return Use(None, "there are no metrics of its CPU")
    busy = latest[Metric.INSTANCES] * latest[Metric.CPU] / _MANUAL_CPU
    return Use(math.ceil(busy - 1e-9), "by its CPU")


def _step_down(sight: Sight, use: Use, needed: int) -> tuple[ScalingChange | None, str]:
    """Half of the surplus, but no instance that is needed.

    Once the autoscaler wants at least as many by itself, the floor keeps nothing alive any more, and
    lowering it further stops no instance.
    """
    floor, wanted = sight.seen.scaling.floor, sight.wanted.floor
    surplus = floor - wanted
    drop = surplus if surplus <= _LAST_FEW else surplus // 2
    target = max(floor - drop, wanted)
    if floor > use.unaided:
        target = max(target, needed)
    if target >= floor:
        return None, f"too busy to lower: {needed} of {floor} instances are needed ({use.why})"
    return ScalingChange(target), f"giving back {floor - target} of {surplus} unclaimed instances"


def _ceiling_back(sight: Sight, needed: int) -> tuple[ScalingChange | None, str]:
    ceiling, floor = sight.holding.baseline_ceiling, sight.seen.scaling.floor
    if ceiling is not None and max(needed, floor) > ceiling:
        return None, f"too busy to lower the ceiling: {max(needed, floor)} instances are needed"
    return ScalingChange(floor, UNSET if ceiling is None else ceiling), "giving the ceiling back"
