"""One line for a workload or for a group: instances, demand, errors, speed, and what limits it; for status and digests."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.core.bottleneck import Bottleneck, own_limits
from bot.core.fleet import ScalingMode, Workload, WorkloadKey, WorkloadKind
from bot.core.series import Metric, Series
from bot.core.sources import ENOUGH, NOTHING, Fleet, Reading, added, mean_of, peak_of, total_of

Measure = Callable[[Series | None], Reading]


@dataclass(frozen=True, slots=True)
class Line:
    """`requests` are per second, `errors` a share of them, `p95` seconds of the slowest workload.

    `ceiling` is None where there is none (scaled by hand, worker pools). Figures count workloads:
    `measured` of `wanted`, those that may be scaled to zero (`quiet`) left out; none is wanted of what
    takes no requests.
    """

    title: str
    floor: int
    ceiling: int | None
    instances: Reading
    requests: Reading
    errors: Reading
    p95: Reading
    waiting: Reading
    tightest: Bottleneck | None
    workloads: int
    quiet: int


def names_of(keys: Iterable[WorkloadKey]) -> dict[WorkloadKey, str]:
    """Workloads by name, with the region where the name alone is that of several."""
    known = list(dict.fromkeys(keys))
    times = Counter(key.name for key in known)
    return {
        key: key.name if times[key.name] == 1 else f"{key.name} ({key.region})" for key in known
    }


def line_of(
    title: str, fleet: Fleet, shared: Sequence[Bottleneck] = (), measure: Measure = mean_of
) -> Line:
    """All workloads of the fleet as one line; `measure` says whether the mean or the peak counts."""
    awake = [one for one in fleet.workloads if not fleet.quiet(one)]
    keys = {one.key for one in fleet.workloads}
    asked = [one for one in awake if one.key.kind is WorkloadKind.SERVICE]
    limits = [limit for one in awake for limit in own_limits(fleet, one)]
    limits += [limit for limit in shared if limit.keys & keys]
    ceilings = [_ceiling(one) for one in fleet.workloads]
    known = [one for one in ceilings if one is not None]
    return Line(
        title=title,
        floor=sum(_floor(one) for one in fleet.workloads),
        ceiling=sum(known) if known else None,
        instances=_together(fleet, awake, Metric.INSTANCES, measure),
        requests=_together(fleet, asked, Metric.REQUESTS, measure),
        errors=_errors(fleet, asked),
        p95=_slowest(fleet, asked, measure),
        waiting=_together(fleet, asked, Metric.PENDING, peak_of),
        tightest=max(limits, key=lambda one: one.share, default=None),
        workloads=len(fleet.workloads),
        quiet=len(fleet.workloads) - len(awake),
    )


def _together(fleet: Fleet, awake: Sequence[Workload], metric: Metric, measure: Measure) -> Reading:
    """The sum over the workloads of what they have, measured after adding up: peaks do not add."""
    found = [fleet.series(metric, one.key) for one in awake]
    good = [one for one in found if one is not None and measure(one).value is not None]
    if not good or len(good) < ENOUGH * len(awake):
        return Reading(None, len(good), len(awake))
    return Reading(measure(added(good)).value, len(good), len(awake))


def _errors(fleet: Fleet, awake: Sequence[Workload]) -> Reading:
    """Failed requests of all, over the workloads where both were counted."""
    failed, asked, known = 0.0, 0.0, 0
    for one in awake:
        bad = total_of(fleet.series(Metric.ERRORS, one.key)).value
        all_of_them = total_of(fleet.series(Metric.REQUESTS, one.key)).value
        if bad is not None and all_of_them is not None:
            failed, asked, known = failed + bad, asked + all_of_them, known + 1
    if not known or known < ENOUGH * len(awake):
        return Reading(None, known, len(awake))
    return Reading(failed / asked if asked > 0 else 0.0, known, len(awake))


def _slowest(fleet: Fleet, awake: Sequence[Workload], measure: Measure) -> Reading:
    """The p95 of the slowest; percentiles of several workloads cannot be added."""
    found = [_speed(fleet.series(Metric.LATENCY_P95, one.key), measure) for one in awake]
    known = [one.value for one in found if one.value is not None]
    return Reading(max(known, default=None), len(known), len(awake))


def _speed(series: Series | None, measure: Measure) -> Reading:
    """Without the steps in which nobody asked: no request has no response time."""
    if series is None:
        return NOTHING
    asked = tuple(value for _, value in series.points())
    return measure(Series(series.start, series.step, asked)) if asked else NOTHING


def _floor(workload: Workload) -> int:
    return max(workload.scaling.floor, workload.scaling.revision_floor)


def _ceiling(workload: Workload) -> int | None:
    by_hand = workload.scaling.mode is ScalingMode.MANUAL
    return None if by_hand else workload.scaling.effective_ceiling
