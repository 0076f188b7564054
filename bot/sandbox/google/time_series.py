"""google.monitoring.v3.MetricService: time series of the world's minutes, sampled and delayed.

A minute becomes visible some time after it is over; what is missing on demand is left out.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import grpc
import numpy as np
from google.cloud import monitoring_v3

from bot.core.fleet import WorkloadKey
from bot.ports.clock import Clock
from bot.sandbox.google.aggregation import Points, align, reduce
from bot.sandbox.google.data_series import DATA_DESCRIPTORS, DataSeries, Minutes
from bot.sandbox.google.descriptors import (
    DESCRIPTORS,
    Descriptor,
    Stream,
    resource_type,
)
from bot.sandbox.google.faults import Faults
from bot.sandbox.google.filters import Filter, parse
from bot.sandbox.google.pages import page_of
from bot.sandbox.google.refusals import Refusal, bad_argument
from bot.sandbox.google.registry import Registry
from bot.sandbox.google.rpc import Method, plus
from bot.sandbox.google.samples import Samples, measure
from bot.sandbox.google.series_pages import series_page
from bot.sandbox.world.traffic import MINUTE, Whole, chances


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
        self.data = DataSeries(self._world, clock, faults)

    def methods(self) -> dict[str, Method]:
        """The methods by name."""
        return {
            "ListTimeSeries": plus(self.list_series, monitoring_v3.ListTimeSeriesRequest),
            "ListMetricDescriptors": plus(
                self.list_descriptors, monitoring_v3.ListMetricDescriptorsRequest
            ),
        }

    async def list_series(self, request: monitoring_v3.ListTimeSeriesRequest) -> Any:
        """Matching series, points newest first, at most `page_size` points a page."""
        self._check_project(request.name)
        query = _read(request)
        found = list(self._data_of(query))
        for key in self._world.known():
            found += self._series_of(key, query)
            await asyncio.sleep(0)  # weeks of minutes take a while; others want to be served too
        reduced = [series for series in reduce(found, query.aggregation) if len(series.ends)]
        return await asyncio.to_thread(series_page, reduced, query.descriptor, request)

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
            unseen = self._unseen(last)
            for stream in descriptor.streams:
                if not query.filter.accepts(_labels(key, labels, stream, descriptor)):
                    continue
                samples = self._samples(key, stream, first, last).without(unseen)
                blank = Points(
                    metric_labels=stream.labels,
                    resource_labels=labels,
                    resource_type=resource_type(key.kind),
                    delta=descriptor.delta,
                    value=descriptor.value,
                    period=MINUTE,
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

    def _samples(self, key: WorkloadKey, stream: Stream, first: int, last: int) -> Samples:
        spec = self._world.spec(key)
        stretches = self._world.stretches(key, first, last)
        return measure(stretches, lambda minutes: stream.read(minutes, spec)).present()

    def _unseen(self, last: int) -> Whole:
        """The ends of the newest minutes before `last` that cannot be read yet."""
        now = self._clock.now().timestamp()
        low, high = self._world.scenario.sample_delay
        at = np.arange(int(now - high) // MINUTE - 1, last)
        ends = (at + 1) * MINUTE
        return ends[ends + low + (high - low) * chances(7, at) > now]


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
