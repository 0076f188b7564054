"""Fleets with what was measured of them, as values."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.fleet import Scaling, ScalingMode, Workload, WorkloadKey
from bot.core.series import Metric, Series
from bot.core.sources import Fleet, filled
from bot.core.windows import Window
from tests.fakes import service

NOW = datetime(2025, 11, 28, 14, 2, tzinfo=UTC)
TEN_MINUTES = Window(NOW - timedelta(minutes=13), NOW - timedelta(minutes=3))
MINUTE = timedelta(minutes=1)
GAP = math.nan

USUAL: Mapping[Metric, float] = {
    Metric.REQUESTS: 400.0,
    Metric.ERRORS: 0.4,
    Metric.LATENCY_P95: 0.21,
    Metric.INSTANCES: 14.0,
    Metric.AT_ONCE: 6.0,
    Metric.CPU: 0.41,
    Metric.PENDING: 0.0,
    Metric.BILLABLE: 14.0,
    Metric.ACTIVE: 9.0,
}


def workload(
    name: str, *groups: str, floor: int = 4, ceiling: int = 100, region: str = "europe-west1"
) -> Workload:
    """A service."""
    scaling = Scaling(ScalingMode.AUTOMATIC, floor, ceiling)
    found = service(name, groups=groups or ("web",), region=region)
    return replace(found, scaling=scaling)


def flat(value: float, span: Window = TEN_MINUTES, step: timedelta = MINUTE) -> Series:
    """The same value all the time."""
    return Series(span.start, step, (value,) * (span.duration // step))


def line(values: Sequence[float], start: datetime, step: timedelta = MINUTE) -> Series:
    """These values."""
    return Series(start, step, tuple(values))


def fleet(
    *workloads: Workload,
    span: Window = TEN_MINUTES,
    step: timedelta = MINUTE,
    silent: Mapping[str, str] | None = None,
    **values: Mapping[str, float | Series],
) -> Fleet:
    """Workloads with the usual measurements; `requests={"shop": 3.0}` says otherwise, NaN for nothing at all."""
    measured: dict[Metric, dict[WorkloadKey, Series]] = {}
    for metric, usual in USUAL.items():
        others = values.get(metric.name.lower(), {})
        measured[metric] = {}
        for one in workloads:
            value = others.get(one.key.name, usual)
            series = value if isinstance(value, Series) else flat(value, span, step)
            if series.latest() is not None:
                measured[metric][one.key] = series
    read_at = span.end + 3 * MINUTE
    return filled(Fleet(span, workloads, read_at, read_at, measured, silent or {}))


def without(found: Fleet, *metrics: Metric, why: str = "Cloud Monitoring does not answer") -> Fleet:
    """The same where those metrics did not come."""
    left = {metric: one for metric, one in found.measured.items() if metric not in metrics}
    silent = {metric.value: why for metric in metrics}
    return replace(found, measured=left, silent={**found.silent, **silent})
