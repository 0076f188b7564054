"""What to do with one workload now: raise, prove, hold, lower or rest. Called by the reconcile flow.

Pure: what is wanted and what is seen in, at most one change out. A floor is lowered only when fresh
metrics say that it is safe; missing or late metrics mean hold.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.claiming import Wanted
from bot.core.fleet import AdminProof, ScalingChange, ScalingMode, Workload
from bot.core.holding import Holding, LedgerEntry, Outcome
from bot.core.house import Timing
from bot.core.series import Metric, Series
from bot.core.wording import say_duration

# What must be known before a floor may be lowered, for workloads that the autoscaler sizes
# and for those with a fixed number of instances, where every instance always counts as wanted.
LOWERING_METRICS = (Metric.ACTIVE, Metric.RECOMMENDED, Metric.PENDING)
LOWERING_METRICS_MANUAL = (Metric.INSTANCES, Metric.CPU)
_LAST_FEW = 2  # a surplus this small is given back in one step
UNSET = 0  # as a ceiling in ScalingChange: remove the service-level maximum


class Purpose(StrEnum):
    """What a tick of a workload is about."""

    RAISE = "raise"
    LOWER = "lower"
    PROVE = "prove"
    HOLD = "hold"
    REST = "rest"
    LEAVE = "leave"  # lowered by somebody else, and the house does not repair


@dataclass(frozen=True, slots=True)
class Sight:
    """One workload at one instant: what is held, what is seen, what is wanted."""

    holding: Holding
    seen: Workload
    wanted: Wanted
    now: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """How many instances are needed now by fresh metrics; None when that is not known, and why."""

    needed: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Move:
    """At most one change, why, what stands in the way ("" nothing), and when to look again."""

    change: ScalingChange | None
    reason: str
    trouble: str
    again_at: datetime


@dataclass(frozen=True, slots=True)
class Warmth:
    """Whether the floor is proven; `trouble` says what is missing ("" while it is only early)."""

    admin: bool
    proven: bool
    trouble: str


def purpose(sight: Sight, *, last: LedgerEntry | None, repair: bool) -> Purpose:
    """What this tick is about; `last` is the newest entry of the ledger."""
    holding, wanted, floor = sight.holding, sight.wanted, sight.seen.scaling.floor
    if wanted.claims and (floor < wanted.floor or _ceiling_too_low(sight)):
        return Purpose.LEAVE if _undone(last, wanted) and not repair else Purpose.RAISE
    if holding.written is not None and floor > wanted.floor:
        return Purpose.LOWER
    if not wanted.claims:
        return Purpose.REST if holding.written_ceiling is None else Purpose.LOWER
    proven = holding.proven_at is not None and holding.proven_floor >= wanted.floor
    return Purpose.HOLD if proven else Purpose.PROVE


def raising(sight: Sight) -> ScalingChange:
    """Floor and, where it is too low, ceiling in one write; never lowers either."""
    floor = max(sight.seen.scaling.floor, sight.wanted.floor)
    return ScalingChange(floor, sight.wanted.ceiling if _ceiling_too_low(sight) else None)


def lowering_metrics(workload: Workload) -> tuple[Metric, ...]:
    """Which metrics `use_of` must be given for this workload."""
    manual = workload.scaling.mode is ScalingMode.MANUAL
    return LOWERING_METRICS_MANUAL if manual else LOWERING_METRICS


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
        if age > stale_after:
            return Use(None, f"the newest {metric} metric is {say_duration(age)} old")
        latest[metric] = point[1]
    if workload.scaling.mode is ScalingMode.MANUAL:
        return _use_by_cpu(workload, latest)
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
        change, reason = _step_down(sight, use.needed)
    else:
        change, reason = _ceiling_back(sight, use.needed)
    if change is None:
        return Move(None, reason, "", again)
    return Move(change, reason, "", now + timing.step_down_every)


def warmth(
    proof: AdminProof,
    instances: Series | None,
    *,
    floor: int,
    now: datetime,
    stale_after: timedelta,
) -> Warmth:
    """The Admin API first, then the metrics: active + idle instances, fresh and at least `floor`."""
    if not proof.settled or proof.warming or proof.provisioned < floor:
        return Warmth(False, False, f"instances still starting: {proof.provisioned} of {floor}")
    point = None if instances is None else instances.latest()
    if instances is None or point is None:
        return Warmth(True, False, "Cloud Monitoring shows no instances yet")
    age = now - (point[0] + instances.step)
    if age > stale_after:
        return Warmth(True, False, f"the newest instance metric is {say_duration(age)} old")
    if point[1] < floor:
        return Warmth(True, False, f"Cloud Monitoring shows {point[1]:.0f} of {floor} instances")
    return Warmth(True, True, "")


def _undone(last: LedgerEntry | None, wanted: Wanted) -> bool:
    """Whether our last write asked for this much, took effect, and somebody took it back."""
    effective = last is not None and last.outcome in {Outcome.ACCEPTED, Outcome.DONE}
    return last is not None and effective and last.floor >= wanted.floor


def _ceiling_too_low(sight: Sight) -> bool:
    wanted, scaling = sight.wanted, sight.seen.scaling
    if wanted.ceiling is None:
        return False
    if not scaling.ceiling:  # not set: the revision's maximum applies
        return wanted.ceiling > scaling.revision_ceiling
    return scaling.ceiling < wanted.ceiling


def _use_by_instances(latest: Mapping[Metric, float]) -> Use:
    if latest.get(Metric.PENDING, 0.0) > 0:
        return Use(None, f"{latest[Metric.PENDING]:.0f} requests are waiting for an instance")
    known = [latest[m] for m in (Metric.ACTIVE, Metric.RECOMMENDED) if m in latest]
    if not known:
        return Use(None, "there are no metrics of busy instances")
    return Use(math.ceil(max(known)), "busy or recommended instances")


def _use_by_cpu(workload: Workload, latest: Mapping[Metric, float]) -> Use:
    if Metric.CPU not in latest or Metric.INSTANCES not in latest:
        return Use(None, "there are no metrics of its CPU")
    busy = latest[Metric.INSTANCES] * latest[Metric.CPU] / workload.cpu_target
    return Use(math.ceil(busy - 1e-9), "instances that its CPU use needs")


def _step_down(sight: Sight, needed: int) -> tuple[ScalingChange | None, str]:
    floor, wanted = sight.seen.scaling.floor, sight.wanted.floor
    surplus = floor - wanted
    drop = surplus if surplus <= _LAST_FEW else surplus // 2
    target = max(floor - drop, wanted, needed)
    if target >= floor:
        return None, f"too busy to lower: {needed} of {floor} instances are needed"
    return ScalingChange(target), f"giving back {floor - target} of {surplus} unclaimed instances"


def _ceiling_back(sight: Sight, needed: int) -> tuple[ScalingChange | None, str]:
    ceiling, floor = sight.holding.baseline_ceiling, sight.seen.scaling.floor
    if ceiling is not None and max(needed, floor) > ceiling:
        return None, f"too busy to lower the ceiling: {max(needed, floor)} instances are needed"
    return ScalingChange(floor, UNSET if ceiling is None else ceiling), "giving the ceiling back"
