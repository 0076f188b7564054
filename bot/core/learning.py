"""What the last day teaches of one workload: how it turns requests into instances, how fast it starts.

Used by planner.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from bot.core.capacity import by_model_per_rps, round_up
from bot.core.evidence import WorkloadEvidence
from bot.core.house import House
from bot.core.plan import Sizing
from bot.core.series import Metric, Series

# Below this many requests/s, what a request costs drowns in what an idle instance costs.
ENOUGH_TRAFFIC = 0.5
# Counts of so few instances say little about the next: one instance may be nearly idle.
_FEW_INSTANCES = 2
# Cloud Run's own limits: a start must finish in 4 minutes, a request within 60.
_LONGEST_START = timedelta(minutes=4)
_LONGEST_REQUEST = 3600.0


@dataclass(frozen=True, slots=True)
class Learned:
    """`startup` is the p95 of the last day, or the house's default where `startup_measured` is false.

    `seen_instances` is the highest number of instances in the last day (0: not measured).
    """

    sizing: Sizing
    startup: timedelta
    startup_measured: bool
    seen_instances: int
    warnings: tuple[str, ...] = ()


def learn(evidence: WorkloadEvidence, house: House) -> Learned:
    """Learns sizing and start-up time; what could not be learnt is 0 in the sizing and said."""
    recent, workload = evidence.recent, evidence.workload
    busy = _busy_instants(recent.get(Metric.REQUESTS))
    sizing = Sizing(
        vcpu=workload.size.vcpu,
        concurrency=max(1, workload.concurrency),
        cpu_seconds=_cpu_seconds(recent, busy, workload.size.vcpu),
        latency_seconds=_latency(recent, busy),
        cpu_target=workload.cpu_target,
        concurrency_target=workload.concurrency_target,
        spare=max(0.0, house.spare),
    )
    # A count is rounded up: its last instance may be hardly used. The model, where there is one, says better.
    begun = 1 if by_model_per_rps(sizing) > 0 else 0
    sizing = replace(sizing, instances_per_rps=_seen_ratio(evidence, busy, begun=begun))
    startup = _startup(recent.get(Metric.STARTUP_P95))
    return Learned(
        sizing=sizing,
        startup=startup or house.timing.default_startup,
        startup_measured=startup is not None,
        seen_instances=round_up(_top(recent.get(Metric.INSTANCES))),
        warnings=_unlearnt(sizing),
    )


def disagreement(sizing: Sizing, demand: float) -> str:
    """A sentence when Cloud Run's model and the counts of the last day differ by more than 2 times, else ""."""
    model, seen = by_model_per_rps(sizing), sizing.instances_per_rps
    # By concurrency the model takes the p95 latency where Cloud Run's own takes the mean, often half of it.
    by_cpu = by_model_per_rps(replace(sizing, latency_seconds=0.0)) >= model
    least = 0.5 if by_cpu else 0.25
    if model <= 0 or seen <= 0 or least <= seen / model <= 2:
        return ""
    by_model, by_count = round_up(demand * model), round_up(demand * seen)
    return (
        f"Cloud Run's model says {by_model} instances at the peak, the counts of the last day say"
        f" {by_count}: an engineer should look. The larger is used."
    )


def _busy_instants(requests: Series | None) -> list[datetime]:
    """The instants of the last day with at least half of its high traffic, if that is enough to learn from."""
    if requests is None:
        return []
    points = [(at, rps) for at, rps in requests.points() if _sound(rps)]
    high = _high([rps for _, rps in points])
    return [at for at, rps in points if rps >= max(ENOUGH_TRAFFIC, high / 2)]


def _cpu_seconds(recent: Mapping[Metric, Series], busy: Sequence[datetime], vcpu: float) -> float:
    """CPU-seconds for each request: utilization · instances · vCPU / requests (reference §D), the median."""
    rows = zip(
        _column(recent, Metric.REQUESTS, busy),
        _column(recent, Metric.INSTANCES, busy),
        _column(recent, Metric.CPU, busy),
        strict=True,
    )
    spent = [
        cpu * instances * vcpu / rps for rps, instances, cpu in rows if rps and instances and cpu
    ]
    return median(spent) if spent else 0.0


def _latency(recent: Mapping[Metric, Series], busy: Sequence[datetime]) -> float:
    values = _column(recent, Metric.LATENCY_P95, busy)
    values = [value for value in values if 0 < value <= _LONGEST_REQUEST]
    return median(values) if values else 0.0


def _seen_ratio(evidence: WorkloadEvidence, busy: Sequence[datetime], *, begun: int) -> float:
    """Busy instances, without the `begun` last ones, for each request/s at the busiest instants, the median.

    Only where the autoscaler decided: counts at the floor say what somebody set, not what was needed,
    and a few instances may be nearly idle.
    """
    recent, scaling = evidence.recent, evidence.workload.scaling
    floor = max(evidence.baseline, scaling.floor, scaling.revision_floor, _FEW_INSTANCES)
    requests = _column(recent, Metric.REQUESTS, busy)
    instances = _column(recent, Metric.INSTANCES, busy)
    active = _column(recent, Metric.ACTIVE, busy)
    high = _high(requests)
    ratios = [
        max(0.0, (working or count) - begun) / rps
        for rps, count, working in zip(requests, instances, active, strict=True)
        if count > floor and rps >= high * 0.8
    ]
    return median(ratios) if ratios else 0.0


def _startup(series: Series | None) -> timedelta | None:
    values = [value for _, value in series.points() if _sound(value)] if series else []
    if not values:
        return None
    return min(timedelta(seconds=_high(values)), _LONGEST_START)


def _unlearnt(sizing: Sizing) -> tuple[str, ...]:
    if sizing.cpu_seconds == 0 and sizing.latency_seconds == 0:
        return ("The last day had too little measured traffic to learn what a request costs.",)
    if sizing.cpu_seconds == 0:
        return ("CPU was not measured in the last day; sized by concurrency only.",)
    if sizing.latency_seconds == 0:
        return ("Latency was not measured in the last day; sized by CPU only.",)
    return ()


def _column(
    recent: Mapping[Metric, Series], metric: Metric, instants: Sequence[datetime]
) -> list[float]:
    """The values at the instants, 0 where one is missing or impossible."""
    series = recent.get(metric)
    if series is None:
        return [0.0] * len(instants)
    values, count = series.values, len(series.values)
    places = [(at - series.start) // series.step for at in instants]
    return [
        values[place] if 0 <= place < count and _sound(values[place]) else 0.0 for place in places
    ]


def _sound(value: float) -> bool:
    return math.isfinite(value) and value > 0


def _high(values: Sequence[float]) -> float:
    """The 95th percentile by nearest rank; 0 without values."""
    ranked = sorted(values)
    return ranked[math.ceil(0.95 * len(ranked)) - 1] if ranked else 0.0


def _top(series: Series | None) -> float:
    return max((v for _, v in series.points() if _sound(v)), default=0.0) if series else 0.0
