"""Alignment and reduction of time series as Cloud Monitoring defines them (monitoring.v3 Aggregation).

Times are Unix seconds at a point's end; a series' points are kept newest first. Groups of samples that
become one point lie side by side in a column; `starts` says where each begins.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from google.cloud import monitoring_v3

from bot.sandbox.google.descriptors import ValueType
from bot.sandbox.google.distributions import Bells, Histograms, gather, merge
from bot.sandbox.google.refusals import bad_argument
from bot.sandbox.google.samples import Measured, Samples
from bot.sandbox.world.traffic import Column, Whole

Values = Column | Histograms
Aligner = monitoring_v3.Aggregation.Aligner
Reducer = monitoring_v3.Aggregation.Reducer

_PERCENTILES = {"05": 0.05, "50": 0.5, "95": 0.95, "99": 0.99}
_SHORTEST = 60
_BACKWARDS = slice(None, None, -1)


@dataclass(frozen=True, slots=True)
class Points:
    """One time series: its labels and its values by the end of each point, newest first."""

    metric_labels: Mapping[str, str]
    resource_labels: Mapping[str, str]
    resource_type: str
    delta: bool
    value: ValueType
    period: int
    ends: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    values: Values = field(default_factory=lambda: np.zeros(0))

    def part(self, places: slice) -> "Points":
        """Some of its points."""
        return replace(self, ends=self.ends[places], values=self.values[places])


def _deviation(values: Column, starts: Whole) -> Column:
    each = np.repeat(_mean(values, starts), _sizes(values, starts))
    return np.sqrt(_mean((values - each) ** 2, starts))


def _mean(values: Column, starts: Whole) -> Column:
    sums: Column = np.add.reduceat(values, starts)
    return sums / _sizes(values, starts)


def _sizes(values: Column | Whole, starts: Whole) -> Whole:
    return np.diff(starts, append=len(values))


_NUMBERS: dict[str, Callable[[Column, Whole], Column]] = {
    "MEAN": _mean,
    "MIN": np.minimum.reduceat,
    "MAX": np.maximum.reduceat,
    "SUM": np.add.reduceat,
    "COUNT": lambda values, starts: _sizes(values, starts).astype(np.float64),
    "STDDEV": _deviation,
}
_KEEPS_TYPE = {"DELTA", "SUM", "MIN", "MAX", "NEXT_OLDER", "INTERPOLATE"}


def raw(series: Points, samples: Samples) -> Points:
    """Samples as points, newest first."""
    if not len(samples.ends):
        return series
    measured = samples.measured
    each = np.arange(len(samples.ends))
    values = gather(measured, each) if isinstance(measured, Bells) else measured
    return replace(series, ends=samples.ends, values=values).part(_BACKWARDS)


def align(series: Points, samples: Samples, how: monitoring_v3.Aggregation, end: int) -> Points:
    """The samples in periods that end at `end`, `end - period`, …; empty ones are left out."""
    name = Aligner(how.per_series_aligner).name.removeprefix("ALIGN_")
    if name == "NONE":
        return raw(series, samples)
    period = int(how.alignment_period.total_seconds()) if how.alignment_period else 0
    if period < _SHORTEST:
        raise bad_argument("aggregation.alignmentPeriod must be at least 60 seconds")
    _check_aligner(name, series)
    made = replace(
        series, delta=name == "DELTA", value=_type_after(name, series.value), period=period
    )
    if not len(samples.ends):
        return made
    ends = end - (end - samples.ends) // period * period
    starts = _starts(ends)
    values = _aligned(name, samples.measured, starts, series.period)
    return replace(made, ends=ends[starts], values=values).part(_BACKWARDS)


def reduce(all_series: Sequence[Points], how: monitoring_v3.Aggregation) -> list[Points]:
    """One series for each combination of the `group_by_fields`."""
    name = Reducer(how.cross_series_reducer).name.removeprefix("REDUCE_")
    if name == "NONE":
        return list(all_series)
    if how.per_series_aligner == Aligner.ALIGN_NONE:
        raise bad_argument("a cross-series reducer needs a per-series aligner")
    fields = [field.replace(".label.", ".labels.") for field in how.group_by_fields]
    groups: dict[tuple[str, ...], list[Points]] = {}
    for series in all_series:
        groups.setdefault(tuple(_label(series, field) for field in fields), []).append(series)
    return [_reduced(name, fields, group) for group in groups.values()]


def _starts(ends: Whole) -> Whole:
    """Where something new begins in a column of which equal ends lie side by side."""
    return np.flatnonzero(np.diff(ends, prepend=ends[0] - 1))


def _aligned(name: str, measured: Measured, starts: Whole, seconds: int) -> Values:
    if isinstance(measured, Bells):
        whole = gather(measured, starts)
        return _percentile_of(name, whole) if name.startswith("PERCENTILE") else whole
    if name in {"NEXT_OLDER", "INTERPOLATE"}:
        newest: Column = measured[starts + _sizes(measured, starts) - 1]
        return newest
    if name == "DELTA":
        return _NUMBERS["SUM"](measured, starts)
    if name == "RATE":
        return _mean(measured, starts) / seconds
    return _NUMBERS[name](measured, starts)


def _reduced(name: str, fields: Sequence[str], group: Sequence[Points]) -> Points:
    first = group[0]
    reduced = replace(
        first,
        metric_labels=_kept(first, fields, "metric.labels."),
        resource_labels={
            "project_id": first.resource_labels["project_id"],
            **_kept(first, fields, "resource.labels."),
        },
        value=_type_after(name, first.value),
    )
    filled = [series for series in group if len(series.ends)]
    if not filled:
        return reduced
    ends = np.concatenate([series.ends for series in filled])
    order = np.argsort(-ends, kind="stable")
    starts = _starts(ends[order])
    return replace(reduced, ends=ends[order][starts], values=_combined(name, filled, order, starts))


def _combined(name: str, group: Sequence[Points], order: Whole, starts: Whole) -> Values:
    spread = [series.values for series in group if isinstance(series.values, Histograms)]
    if spread:
        return _merged(name, Histograms.joined(spread)[order], starts)
    plain = [series.values for series in group if not isinstance(series.values, Histograms)]
    numbers = np.concatenate(plain)[order]
    if not name.startswith("PERCENTILE"):
        return _NUMBERS[name](numbers, starts)
    sizes = _sizes(numbers, starts)
    groups = np.repeat(np.arange(len(starts)), sizes)
    ordered = numbers[np.lexsort((numbers, groups))]
    place = (_PERCENTILES[name[-2:]] * sizes).astype(np.int64)
    return ordered[starts + np.minimum(place, sizes - 1)]


def _merged(name: str, parts: Histograms, starts: Whole) -> Values:
    whole = merge(parts, starts)
    if name == "SUM":
        return whole
    if name == "MEAN":
        return whole.means
    if name == "COUNT":
        return _sizes(parts.counts, starts).astype(np.float64)
    return _percentile_of(name, whole)


def _percentile_of(name: str, whole: Histograms) -> Column:
    share = _PERCENTILES.get(name[-2:])
    if share is None or not name.startswith("PERCENTILE"):
        raise bad_argument(f"REDUCE_{name} is not valid for distribution values")
    return whole.percentile(share)


def _check_aligner(name: str, series: Points) -> None:
    spread = series.value is ValueType.DISTRIBUTION
    fits = {
        "DELTA": series.delta,
        "RATE": series.delta and not spread,
        "NEXT_OLDER": not series.delta,
        "INTERPOLATE": not series.delta and not spread,
        "SUM": True,
    }
    if name in fits:
        valid = fits[name]
    elif name.startswith("PERCENTILE"):
        valid = spread
    else:
        valid = name in _NUMBERS and not spread
    if not valid:
        kind = "DELTA" if series.delta else "GAUGE"
        raise bad_argument(
            f"The aligner ALIGN_{name} cannot be applied to metrics with kind {kind} "
            f"and value type {series.value}."
        )


def _type_after(name: str, before: ValueType) -> ValueType:
    if name in _KEEPS_TYPE:
        return before
    return ValueType.INT64 if name == "COUNT" else ValueType.DOUBLE


def _label(series: Points, field: str) -> str:
    if field == "resource.type":
        return series.resource_type
    if field == "project":
        return series.resource_labels["project_id"]
    for prefix, labels in (
        ("metric.labels.", series.metric_labels),
        ("resource.labels.", series.resource_labels),
    ):
        if field.startswith(prefix):
            return labels.get(field.removeprefix(prefix), "")
    raise bad_argument(f"'{field}' is not a field that can be grouped by")


def _kept(series: Points, fields: Sequence[str], prefix: str) -> dict[str, str]:
    return {
        field.removeprefix(prefix): _label(series, field)
        for field in fields
        if field.startswith(prefix)
    }
