"""Alignment and reduction of time series as Cloud Monitoring defines them (monitoring.v3 Aggregation).

Times are Unix seconds at a point's end; a series' points are kept newest first.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from google.cloud import monitoring_v3

from bot.sandbox.google.descriptors import Sample, ValueType
from bot.sandbox.google.distributions import Bell, Histogram, gather, merge
from bot.sandbox.google.refusals import bad_argument

Value = float | Histogram
Aligner = monitoring_v3.Aggregation.Aligner
Reducer = monitoring_v3.Aggregation.Reducer

_PERCENTILES = {"05": 0.05, "50": 0.5, "95": 0.95, "99": 0.99}
_SHORTEST = 60


@dataclass(frozen=True, slots=True)
class Points:
    """One time series: its labels and its values by the end of each point, newest first."""

    metric_labels: Mapping[str, str]
    resource_labels: Mapping[str, str]
    resource_type: str
    delta: bool
    value: ValueType
    period: int
    values: tuple[tuple[int, Value], ...]


_NUMBERS: dict[str, Callable[[Sequence[float]], float]] = {
    "MEAN": lambda values: sum(values) / len(values),
    "MIN": min,
    "MAX": max,
    "SUM": sum,
    "COUNT": len,
    "STDDEV": statistics.pstdev,
}
_KEEPS_TYPE = {"DELTA", "SUM", "MIN", "MAX", "NEXT_OLDER", "INTERPOLATE"}


def raw(samples: Sequence[tuple[int, Sample]]) -> tuple[tuple[int, Value], ...]:
    """Samples as points, newest first."""
    points: list[tuple[int, Value]] = [
        (end, gather([sample]) if isinstance(sample, Bell) else sample) for end, sample in samples
    ]
    return tuple(reversed(points))


def align(
    series: Points, samples: Sequence[tuple[int, Sample]], how: monitoring_v3.Aggregation, end: int
) -> Points:
    """`samples` (oldest first) in periods that end at `end`, `end - period`, …; empty ones are left out."""
    name = Aligner(how.per_series_aligner).name.removeprefix("ALIGN_")
    if name == "NONE":
        return replace(series, values=raw(samples))
    period = int(how.alignment_period.total_seconds()) if how.alignment_period else 0
    if period < _SHORTEST:
        raise bad_argument("aggregation.alignmentPeriod must be at least 60 seconds")
    _check_aligner(name, series)
    groups: dict[int, list[Sample]] = {}
    for at, sample in samples:
        groups.setdefault(end - (end - at) // period * period, []).append(sample)
    values = [(at, _aligned(name, group, series.period)) for at, group in groups.items()]
    values.sort(key=lambda point: -point[0])
    return replace(
        series,
        delta=name == "DELTA",
        value=_type_after(name, series.value),
        period=period,
        values=tuple(values),
    )


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


def _aligned(name: str, group: Sequence[Sample], seconds: int) -> Value:
    if isinstance(group[0], Bell):
        whole = gather(cast(Sequence[Bell], group))
        return _percentile_of(name, whole) if name.startswith("PERCENTILE") else whole
    numbers = cast(Sequence[float], group)
    if name in {"NEXT_OLDER", "INTERPOLATE"}:
        return numbers[-1]
    if name == "DELTA":
        return sum(numbers)
    if name == "RATE":
        return sum(numbers) / (len(numbers) * seconds)
    return _NUMBERS[name](numbers)


def _reduced(name: str, fields: Sequence[str], group: Sequence[Points]) -> Points:
    columns: dict[int, list[Value]] = {}
    for series in group:
        for at, value in series.values:
            columns.setdefault(at, []).append(value)
    values = [(at, _combined(name, column)) for at, column in columns.items()]
    values.sort(key=lambda point: -point[0])
    first = group[0]
    return replace(
        first,
        metric_labels=_kept(first, fields, "metric.labels."),
        resource_labels={
            "project_id": first.resource_labels["project_id"],
            **_kept(first, fields, "resource.labels."),
        },
        value=_type_after(name, first.value),
        values=tuple(values),
    )


def _combined(name: str, column: Sequence[Value]) -> Value:
    if isinstance(column[0], Histogram):
        whole = merge(cast(Sequence[Histogram], column))
        if name == "SUM":
            return whole
        if name == "MEAN":
            return whole.mean
        if name == "COUNT":
            return float(len(column))
        return _percentile_of(name, whole)
    numbers = cast(Sequence[float], column)
    if name.startswith("PERCENTILE"):
        ordered = sorted(numbers)
        share = _PERCENTILES[name[-2:]]
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
    return _NUMBERS[name](numbers)


def _percentile_of(name: str, whole: Histogram) -> float:
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
