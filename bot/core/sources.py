"""The fleet as measured over a span, with which sources did not answer; gathered for status and digests.

"Without enough points it is no number" is decided here, once, for everybody.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.core.fleet import Workload, WorkloadKey, WorkloadKind
from bot.core.series import Metric, Series
from bot.core.windows import Window

ENOUGH = 0.8
"""The share of the points of a span that must have been measured before a number is made of them."""

_LATE = timedelta(minutes=4)
# What Monitoring writes only when there is something: nothing there beside the other means zero.
_COUNTED = {
    Metric.REQUESTS: Metric.INSTANCES,
    Metric.PENDING: Metric.INSTANCES,
    Metric.ERRORS: Metric.REQUESTS,
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A number from `measured` of `wanted` points; `value` is None where they are too few."""

    value: float | None
    measured: int = 0
    wanted: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self.value is not None and self.measured >= self.wanted


NOTHING = Reading(None)


@dataclass(frozen=True, slots=True)
class Fleet:
    """All workloads and what was measured of them over `span`, as read at `read_at`.

    `seen_at` is when the list of workloads was read (older where Cloud Run did not answer).
    `silent` maps what was asked for ("errors", "the workloads") to why it did not come.
    """

    span: Window
    workloads: tuple[Workload, ...]
    seen_at: datetime
    read_at: datetime
    measured: Mapping[Metric, Mapping[WorkloadKey, Series]] = field(default_factory=dict)
    silent: Mapping[str, str] = field(default_factory=dict)

    def series(self, metric: Metric, key: WorkloadKey) -> Series | None:
        """What was measured of one workload, None where there is nothing."""
        return self.measured.get(metric, {}).get(key)

    def of(self, keys: Iterable[WorkloadKey]) -> "Fleet":
        """The same of these workloads only."""
        kept = frozenset(keys)
        return Fleet(
            self.span,
            tuple(one for one in self.workloads if one.key in kept),
            self.seen_at,
            self.read_at,
            {
                metric: {key: by_key[key] for key in kept if key in by_key}
                for metric, by_key in self.measured.items()
            },
            self.silent,
        )

    def quiet(self, workload: Workload) -> bool:
        """Whether nothing is seen of it and nothing has to be: it may be scaled to zero."""
        return _least(workload) == 0 and not any(
            workload.key in by_key for by_key in self.measured.values()
        )

    def newest(self) -> datetime | None:
        """The end of the newest point of any metric."""
        every = (one for by_key in self.measured.values() for one in by_key.values())
        ends = (last[0] + one.step for one in every if (last := one.latest()) is not None)
        return max(ends, default=None)


def filled(fleet: Fleet) -> Fleet:
    """The same with zeros where Monitoring writes nothing because there was nothing.

    Requests and waiting requests are none where instances were measured and they were not, except in the
    newest minutes, where they may only be late; errors are none where requests were measured.
    """
    measured = dict(fleet.measured)
    for metric, beside in _COUNTED.items():
        if metric not in measured:
            continue
        until = fleet.span.end if metric is Metric.ERRORS else fleet.read_at - _LATE
        own = measured[metric]
        bases = {
            key: one
            for key, one in measured.get(beside, {}).items()
            if key.kind is WorkloadKind.SERVICE  # nothing else takes requests
        }
        alone = {key: one for key, one in own.items() if key not in bases}
        beside_it = {key: _filled(own.get(key), basis, until) for key, basis in bases.items()}
        measured[metric] = alone | beside_it
    return replace(fleet, measured=measured)


def mean_of(series: Series | None) -> Reading:
    """The mean of what is sound; a gap or an impossible value is no point."""
    return _reading(series, lambda known: math.fsum(known) / len(known))


def peak_of(series: Series | None) -> Reading:
    """The highest of what is sound."""
    return _reading(series, max)


def total_of(series: Series | None) -> Reading:
    """A rate per second summed over its time; gaps, where they are few, are bridged by the mean."""
    mean = mean_of(series)
    if mean.value is None or series is None:
        return mean
    seconds = series.step.total_seconds() * len(series.values)
    return Reading(mean.value * seconds, mean.measured, mean.wanted)


def sum_of(figures: Iterable[Reading]) -> Reading:
    """The sum of the parts that are known, counted in parts; no number where too few of them are."""
    parts = list(figures)
    known = [part.value for part in parts if part.value is not None]
    value = math.fsum(known) if known and len(known) >= ENOUGH * len(parts) else None
    return Reading(value, len(known), len(parts))


def added(many: Sequence[Series]) -> Series | None:
    """Series on the same grid added up; where too few of them were measured there is no sum."""
    if not many:
        return None
    columns = zip(*(one.values for one in many), strict=True)
    return Series(many[0].start, many[0].step, tuple(_together(column) for column in columns))


def _together(column: Sequence[float]) -> float:
    known = [value for value in column if 0 <= value < math.inf]
    return math.fsum(known) if len(known) >= ENOUGH * len(column) else math.nan


def _reading(series: Series | None, of: Callable[[Sequence[float]], float]) -> Reading:
    if series is None:
        return NOTHING
    # Sound values only: NaN is a gap, and neither a negative nor an infinite rate can be.
    known = [value for value in series.values if 0 <= value < math.inf]
    if not known or len(known) < ENOUGH * len(series.values):
        return Reading(None, len(known), len(series.values))
    return Reading(of(known), len(known), len(series.values))


def _filled(found: Series | None, basis: Series, until: datetime) -> Series:
    """Zero where the basis was measured and the count was not, up to `until` or its newest point."""
    own = (math.nan,) * len(basis.values) if found is None else found.values
    last = max((place for place, value in enumerate(own) if value == value), default=-1)
    known_to = max((until - basis.start) // basis.step, last)
    values = (
        0.0 if value != value and other == other and place < known_to else value
        for place, (value, other) in enumerate(zip(own, basis.values, strict=True))
    )
    return Series(basis.start, basis.step, tuple(values))


def _least(workload: Workload) -> int:
    return max(workload.scaling.floor, workload.scaling.revision_floor)
