"""google.monitoring.v3.MetricService: time series of the world's minutes, sampled and delayed.

A minute becomes visible some time after it is over; what is missing on demand is left out.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import grpc
from google.api import metric_pb2, monitored_resource_pb2
from google.cloud import monitoring_v3

from bot.core.fleet import WorkloadKey
from bot.ports.clock import Clock
from bot.sandbox.google.aggregation import Points, Value, align, reduce
from bot.sandbox.google.data_series import DATA_DESCRIPTORS, DataSeries, Minutes
from bot.sandbox.google.descriptors import (
    DESCRIPTORS,
    Descriptor,
    Sample,
    Stream,
    ValueType,
    resource_type,
)
from bot.sandbox.google.distributions import Histogram
from bot.sandbox.google.faults import Faults
from bot.sandbox.google.filters import Filter, parse
from bot.sandbox.google.pages import make_token, page_of, read_token
from bot.sandbox.google.refusals import Refusal, bad_argument
from bot.sandbox.google.registry import Registry
from bot.sandbox.google.rpc import Method, plus
from bot.sandbox.google.templates import stamp
from bot.sandbox.world.traffic import MINUTE, chance

_MOST_POINTS = 100_000
_FULL = monitoring_v3.ListTimeSeriesRequest.TimeSeriesView.FULL
_KIND = metric_pb2.MetricDescriptor.MetricKind
_TYPE = metric_pb2.MetricDescriptor.ValueType


@dataclass(frozen=True, slots=True)
class _Query:
    """A request, read."""

    descriptor: Descriptor
    filter: Filter
    first: int  # Unix minutes, half-open
    last: int
    end: int  # Unix seconds
    aggregation: monitoring_v3.Aggregation


class TimeSeriesReader:
    """Answers ListTimeSeries and the listing of metric descriptors."""

    def __init__(self, registry: Registry, clock: Clock, faults: Faults) -> None:
        self._registry = registry
        self._world = registry.world
        self._clock = clock
        self._faults = faults
        self.data = DataSeries(self._world, clock)

    def methods(self) -> dict[str, Method]:
        """The methods by name."""
        return {
            "ListTimeSeries": plus(self.list_series, monitoring_v3.ListTimeSeriesRequest),
            "ListMetricDescriptors": plus(
                self.list_descriptors, monitoring_v3.ListMetricDescriptorsRequest
            ),
        }

    async def list_series(
        self, request: monitoring_v3.ListTimeSeriesRequest
    ) -> monitoring_v3.ListTimeSeriesResponse:
        """Matching series, points newest first, at most `page_size` points a page."""
        self._check_project(request.name)
        query = _read(request)
        found = list(self._data_of(query))
        for key in self._world.known():
            found += self._series_of(key, query)
            await asyncio.sleep(0)  # weeks of minutes take a while; others want to be served too
        reduced = [series for series in reduce(found, query.aggregation) if series.values]
        return _page(reduced, query.descriptor, request)

    def _data_of(self, query: _Query) -> Iterator[Points]:
        """Pub/Sub and jobs: no workload stands behind their labels."""
        type_ = query.descriptor.type_
        if type_ not in DATA_DESCRIPTORS:
            return
        for blank, labels, samples in self.data.series(type_, Minutes(query.first, query.last)):
            if query.filter.accepts(labels):
                yield align(blank, samples, query.aggregation, query.end)

    async def list_descriptors(
        self, request: monitoring_v3.ListMetricDescriptorsRequest
    ) -> monitoring_v3.ListMetricDescriptorsResponse:
        """The metric types there are, filtered by `metric.type`."""
        self._check_project(request.name)
        wanted = parse(request.filter).accepts if request.filter else lambda _labels: True
        known = [
            descriptor.message(self._world.scenario.project)
            for descriptor in DESCRIPTORS.values()
            if wanted({"metric.type": descriptor.type_})
        ]
        page, token = page_of(known, request.page_size, request.page_token)
        return monitoring_v3.ListMetricDescriptorsResponse(
            metric_descriptors=page, next_page_token=token
        )

    def _check_project(self, name: str) -> None:
        scenario = self._world.scenario
        if name not in {f"projects/{scenario.project}", f"projects/{scenario.project_number}"}:
            raise Refusal(
                grpc.StatusCode.PERMISSION_DENIED,
                f"Permission monitoring.timeSeries.list denied (or the resource may not exist) "
                f"on '{name}'.",
            )

    def _series_of(self, key: WorkloadKey, query: _Query) -> Iterator[Points]:
        descriptor = query.descriptor
        if key.kind not in descriptor.kinds:
            return
        if self._faults.silent(descriptor.type_, str(key)):
            return
        for revision, first, last in self._spans(key, query):
            labels = _resource_labels(key, revision)
            for stream in descriptor.streams:
                if not query.filter.accepts(_labels(key, labels, stream, descriptor)):
                    continue
                samples = self._samples(key, stream, first, last)
                blank = Points(
                    metric_labels=stream.labels,
                    resource_labels=labels,
                    resource_type=resource_type(key.kind),
                    delta=descriptor.delta,
                    value=descriptor.value,
                    period=MINUTE,
                    values=(),
                )
                yield align(blank, samples, query.aggregation, query.end)

    def _spans(self, key: WorkloadKey, query: _Query) -> Iterator[tuple[str, int, int]]:
        """The revisions that had the traffic during the query, each with its minutes."""
        first = query.first
        while first < query.last:
            revision = self._registry.revision_at(key, first * MINUTE)
            changes = self._registry.revision_changes(key)
            last = min((at for at in changes if first < at < query.last), default=query.last)
            yield revision, first, last
            first = last

    def _samples(
        self, key: WorkloadKey, stream: Stream, first: int, last: int
    ) -> list[tuple[int, Sample]]:
        now = self._clock.now().timestamp()
        low, high = self._world.scenario.sample_delay
        spec = self._world.spec(key)
        samples: list[tuple[int, Sample]] = []
        for at in range(first, min(last, int(now) // MINUTE)):
            end = (at + 1) * MINUTE
            if end + high > now and end + low + (high - low) * chance(7, at) > now:
                continue
            minute = self._world.minute(key, at)
            sample = stream.read(minute, spec) if minute else None
            if sample is not None:
                samples.append((end, sample))
        return samples


def _read(request: monitoring_v3.ListTimeSeriesRequest) -> _Query:
    wanted = parse(request.filter)
    if len(wanted.metric_types) != 1:
        raise bad_argument("The filter must specify a single metric type.")
    (type_,) = wanted.metric_types
    descriptor = DESCRIPTORS.get(type_) or DATA_DESCRIPTORS.get(type_)
    if descriptor is None:
        raise Refusal(
            grpc.StatusCode.NOT_FOUND,
            f'Cannot find metric(s) that match type = "{type_}". If a metric was created '
            "recently, it could take up to 10 minutes to become available.",
        )
    if not request.interval.end_time:
        raise bad_argument("interval.endTime is required")
    end = request.interval.end_time.timestamp()
    start = request.interval.start_time.timestamp() if request.interval.start_time else end
    if start > end:
        raise bad_argument("interval.startTime must not be later than interval.endTime")
    # Points lie at the end of their minute; those in (start, end] are asked for.
    return _Query(
        descriptor=descriptor,
        filter=wanted,
        first=int(start) // MINUTE,
        last=int(end) // MINUTE,
        end=int(end),
        aggregation=request.aggregation,
    )


def _resource_labels(key: WorkloadKey, revision: str) -> dict[str, str]:
    labels = {"project_id": key.project, "location": key.region, "revision_name": revision}
    if resource_type(key.kind) == "cloud_run_revision":
        return {**labels, "service_name": key.name, "configuration_name": key.name}
    return {**labels, "worker_pool_name": key.name}


def _labels(
    key: WorkloadKey, resource: dict[str, str], stream: Stream, descriptor: Descriptor
) -> dict[str, str]:
    labels = {
        "metric.type": descriptor.type_,
        "resource.type": resource_type(key.kind),
        "project": key.project,
    }
    labels.update({f"resource.labels.{name}": value for name, value in resource.items()})
    labels.update({f"metric.labels.{name}": value for name, value in stream.labels.items()})
    return labels


def _page(
    found: Sequence[Points], descriptor: Descriptor, request: monitoring_v3.ListTimeSeriesRequest
) -> monitoring_v3.ListTimeSeriesResponse:
    """The part of the answer that the token asks for; a series may go on on the next page."""
    size = min(request.page_size or _MOST_POINTS, _MOST_POINTS)
    if request.view != _FULL:
        headers, token = page_of(found, size, request.page_token)
        return monitoring_v3.ListTimeSeriesResponse(
            time_series=[_message(series, descriptor, ()) for series in headers],
            next_page_token=token,
            unit=descriptor.unit,
        )
    skip = read_token(request.page_token)
    left, token = size, ""
    shown: list[monitoring_v3.TimeSeries] = []
    seen = 0
    for series in found:
        start = max(skip - seen, 0)
        points = series.values[start : start + left]
        seen += len(series.values)
        if points:
            shown.append(_message(series, descriptor, points))
            left -= len(points)
        if left == 0:
            break
    if skip + size < sum(len(series.values) for series in found):
        token = make_token(skip + size)
    return monitoring_v3.ListTimeSeriesResponse(
        time_series=shown, next_page_token=token, unit=descriptor.unit
    )


def _message(
    series: Points, descriptor: Descriptor, points: Sequence[tuple[int, Value]]
) -> monitoring_v3.TimeSeries:
    return monitoring_v3.TimeSeries(
        metric=metric_pb2.Metric(type=descriptor.type_, labels=dict(series.metric_labels)),
        resource=monitored_resource_pb2.MonitoredResource(
            type=series.resource_type, labels=dict(series.resource_labels)
        ),
        metric_kind=_KIND.DELTA if series.delta else _KIND.GAUGE,
        value_type=_TYPE.Value(series.value),
        points=[_point(series, at, value) for at, value in points],
        unit=descriptor.unit,
    )


def _point(series: Points, at: int, value: Value) -> monitoring_v3.Point:
    end = stamp(datetime.fromtimestamp(at, UTC))
    start = stamp(datetime.fromtimestamp(at - series.period, UTC)) if series.delta else end
    if isinstance(value, Histogram):
        typed = monitoring_v3.TypedValue(distribution_value=value.message())
    elif series.value is ValueType.INT64:
        typed = monitoring_v3.TypedValue(int64_value=round(value))
    else:
        typed = monitoring_v3.TypedValue(double_value=value)
    return monitoring_v3.Point(
        interval=monitoring_v3.TimeInterval(start_time=start, end_time=end), value=typed
    )
