"""The fleet as measured over a span, with which sources did not answer; gathered for status and digests.

"Without enough points it is no number" is decided here, once, for everybody.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.fleet import Workload, WorkloadKey
from bot.core.readings import sound
from bot.core.series import Metric, Series
from bot.core.windows import Window

ENOUGH = 0.8
"""The share of the points of a span that must have been measured before a number is made of them."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number from `measured` of `wanted` points; `value` is None where they are too few."""

    value: float | None
    measured: int
    wanted: int


NOTHING = Figure(None, 0, 0)


@dataclass(frozen=True, slots=True)
class Fleet:
    """All workloads and what was measured of them over `span`.

    `seen_at` is when the list of workloads was read (older than now where Cloud Run did not answer).
    `silent` maps what was asked for ("errors", "workloads") to why it did not come.
    """

    span: Window
    workloads: tuple[Workload, ...]
    seen_at: datetime
    measured: Mapping[Metric, Mapping[WorkloadKey, Series]] = field(default_factory=dict)
    silent: Mapping[str, str] = field(default_factory=dict)

    def series(self, metric: Metric, key: WorkloadKey) -> Series | None:
        """What was measured of one workload, None where there is nothing."""
        return self.measured.get(metric, {}).get(key)

    def newest(self) -> datetime | None:
        """The end of the newest point of any metric."""
        every = (one for by_key in self.measured.values() for one in by_key.values())
        ends = (last[0] + one.step for one in every if (last := one.latest()) is not None)
        return max(ends, default=None)


def mean_of(values: Sequence[float]) -> Figure:
    """The mean of what is sound; a gap or an impossible value is no point."""
    return _figure(values, lambda known: math.fsum(known) / len(known))


def peak_of(values: Sequence[float]) -> Figure:
    """The highest of what is sound."""
    return _figure(values, max)


def total_of(series: Series | None) -> Figure:
    """A rate per second summed over its time; gaps are bridged by the mean where they are few."""
    if series is None:
        return NOTHING
    mean = mean_of(series.values)
    if mean.value is None:
        return mean
    seconds = series.step.total_seconds() * len(series.values)
    return Figure(mean.value * seconds, mean.measured, mean.wanted)


def sum_of(figures: Iterable[Figure]) -> Figure:
    """The sum if every part is known: part of a sum would be a wrong number."""
    parts = list(figures)
    known = [part.value for part in parts if part.value is not None]
    value = math.fsum(known) if parts and len(known) == len(parts) else None
    return Figure(value, sum(one.measured for one in parts), sum(one.wanted for one in parts))


def _figure(values: Sequence[float], of: Callable[[Sequence[float]], float]) -> Figure:
    known = [value for value in map(sound, values) if not math.isnan(value)]
    if not known or len(known) < ENOUGH * len(values):
        return Figure(None, len(known), len(values))
    return Figure(of(known), len(known), len(values))
