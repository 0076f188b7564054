"""What a finished campaign teaches about the next one of its kind; made by the drive flow with the report."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.core.arrival import shape_of
from bot.core.campaign import Campaign, CampaignState
from bot.core.evidence import PastCampaign
from bot.core.fleet import WorkloadKey
from bot.core.plan import Plan, WorkloadPlan
from bot.core.series import Metric, Series
from bot.core.windows import Window

Actuals = Mapping[WorkloadKey, Mapping[Metric, Series]]
_MINUTE = timedelta(minutes=1)
_RAN = frozenset({CampaignState.LIVE, CampaignState.RESTORING, CampaignState.DONE})


@dataclass(frozen=True, slots=True)
class _Known:
    usual: Series
    actual: Series


def lesson_of(
    campaign: Campaign, plan: Plan, actuals: Actuals, meanwhile: Sequence[Window] = ()
) -> PastCampaign | None:
    """The campaign as an example, measured where planner measures it: at the busiest workload, all its
    regions together. None where its usual demand or what came is not known.

    What came while other campaigns ran on its groups (`meanwhile`) cannot be told apart and does not count.
    """
    known = [_known(workload, plan.window, actuals) for workload in _busiest(plan)]
    pairs = [one for one in known if one is not None]
    if not pairs or len(pairs) < len(known):
        return None
    usual = _summed([one.usual for one in pairs], plan.window)
    actual = _summed([one.actual for one in pairs], plan.window)
    seen, shape = shape_of(actual, usual, plan.window, meanwhile)
    if not math.isfinite(seen):
        return None
    announcement = campaign.announcement
    return PastCampaign(
        kind=announcement.kind,
        groups=announcement.groups,
        announced=plan.uplift.said if plan.uplift else announcement.multiplier,
        seen=seen,
        at=plan.window.start,
        until=plan.window.end,
        name=announcement.name,
        shape=shape,
    )


def alongside(campaign: Campaign, others: Sequence[Campaign]) -> tuple[Window, ...]:
    """When other campaigns ran on the groups of this one, within its window or across its edges."""
    announcement = campaign.announcement
    return tuple(
        other.announcement.window
        for other in others
        if other.id != campaign.id
        and other.state in _RAN
        and set(other.announcement.groups) & set(announcement.groups)
        and other.announcement.window.overlaps(announcement.window)
    )


def _busiest(plan: Plan) -> list[WorkloadPlan]:
    demand: dict[str, float] = {}
    for workload in plan.workloads:
        name = workload.key.name
        demand[name] = demand.get(name, 0.0) + workload.usual.expected
    top = max(demand, key=lambda name: demand[name], default="")
    if demand.get(top, 0.0) <= 0:
        return []
    return [one for one in plan.workloads if one.key.name == top and one.usual.expected > 0]


def _known(workload: WorkloadPlan, window: Window, actuals: Actuals) -> _Known | None:
    actual = actuals.get(workload.key, {}).get(Metric.REQUESTS)
    curve = workload.inputs.curve if workload.inputs else None
    if actual is None or curve is None:
        return None
    return _Known(Series(window.start, curve.step, curve.usual), actual)


def _summed(series: Sequence[Series], window: Window) -> Series:
    """The sum in each minute of the window; a gap anywhere is a gap."""
    count = math.ceil(window.duration / _MINUTE)
    minutes = [window.start + place * _MINUTE for place in range(count)]
    return Series(window.start, _MINUTE, tuple(sum(s.at(m) for s in series) for m in minutes))
