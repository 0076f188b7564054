"""The metrics of Cloud Run that the town measures: kind, type, labels, and how minutes yield samples.

Names and kinds: reference cloud-run.md §B.1. Latencies and startups are in milliseconds.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from google.api import metric_pb2

from bot.core.fleet import WorkloadKind
from bot.sandbox.google.distributions import Bells
from bot.sandbox.google.samples import Measured
from bot.sandbox.world.history import Columns
from bot.sandbox.world.scenario import Spread, WorkloadSpec
from bot.sandbox.world.traffic import Column

Reading = Callable[[Columns, WorkloadSpec], Measured]

_PREFIX = "run.googleapis.com/"
_P95 = 1.6449
_BOTH = frozenset(WorkloadKind)
_SERVICES = frozenset({WorkloadKind.SERVICE})
_OK = {"response_code": "200", "response_code_class": "2xx"}
_REFUSED = {"response_code": "429", "response_code_class": "4xx"}
_FAILED = {"response_code": "500", "response_code_class": "5xx"}


class ValueType(StrEnum):
    """What a point holds."""

    INT64 = "INT64"
    DOUBLE = "DOUBLE"
    DISTRIBUTION = "DISTRIBUTION"


@dataclass(frozen=True, slots=True)
class Stream:
    """One combination of metric labels and how to read it: one sample for each minute, NaN (of bells: a
    count of 0) where there is none.
    """

    labels: Mapping[str, str]
    read: Reading


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One metric type; `delta` is true for DELTA and false for GAUGE metrics."""

    type_: str
    delta: bool
    value: ValueType
    unit: str
    kinds: frozenset[WorkloadKind]
    streams: tuple[Stream, ...]

    def message(self, project: str) -> metric_pb2.MetricDescriptor:
        """As ListMetricDescriptors returns it."""
        kinds = metric_pb2.MetricDescriptor.MetricKind
        values = metric_pb2.MetricDescriptor.ValueType
        return metric_pb2.MetricDescriptor(
            name=f"projects/{project}/metricDescriptors/{self.type_}",
            type=self.type_,
            metric_kind=kinds.DELTA if self.delta else kinds.GAUGE,
            value_type=values.Value(self.value),
            unit=self.unit,
            display_name=self.type_.removeprefix(_PREFIX),
            monitored_resource_types=[resource_type(kind) for kind in sorted(self.kinds)],
        )


def resource_type(kind: WorkloadKind) -> str:
    """The monitored resource of a kind of workload."""
    return "cloud_run_revision" if kind is WorkloadKind.SERVICE else "cloud_run_worker_pool"


def _served(minutes: Columns) -> Column:
    return np.maximum(minutes.requests - minutes.refused - minutes.failed, 0.0)


def _some(column: Column) -> Column:
    """Google writes no point for what never happened."""
    return np.where(column > 0, column, np.nan)


def _bells(counts: Column, spread: Spread, middles: Column) -> Bells:
    """Samples in milliseconds around `middles` seconds, as wide as `spread`."""
    sigma = math.log(spread.p95 / spread.middle) / _P95
    return Bells(counts, middles * 1000, sigma, 1.0)


def _latency(minutes: Columns, spec: WorkloadSpec) -> Bells:
    return _bells(_served(minutes), spec.latency, minutes.latency)


def _startup(minutes: Columns, spec: WorkloadSpec) -> Bells:
    return _bells(minutes.starts, spec.startup, spec.startup.middle * minutes.startup_scale)


def _cpu(minutes: Columns, _spec: WorkloadSpec) -> Bells:
    sigma = 0.1
    return Bells(minutes.ready, minutes.cpu_utilization / math.exp(sigma**2 / 2), sigma, 0.001)


def _memory(minutes: Columns, _spec: WorkloadSpec) -> Bells:
    return Bells(minutes.ready, 0.4 + 0.2 * minutes.cpu_utilization, 0.05, 0.001)


def _concurrency(minutes: Columns, _spec: WorkloadSpec) -> Bells:
    return Bells(minutes.busy, np.maximum(minutes.concurrency, 1.0), 0.2, 0.1)


def _metric(
    name: str, value: ValueType, unit: str, streams: tuple[Stream, ...], *, gauge: bool = False
) -> Descriptor:
    requests = name.startswith(("request", "pending", "container/max", "scaling"))
    kinds = _SERVICES if requests else _BOTH
    return Descriptor(_PREFIX + name, not gauge, value, unit, kinds, streams)


_INT, _DOUBLE, _SPREAD = ValueType.INT64, ValueType.DOUBLE, ValueType.DISTRIBUTION

DESCRIPTORS: dict[str, Descriptor] = {
    descriptor.type_: descriptor
    for descriptor in (
        _metric(
            "container/instance_count",
            _INT,
            "1",
            (
                Stream({"state": "active"}, lambda m, _: m.busy),
                Stream({"state": "idle"}, lambda m, _: m.ready - m.busy),
            ),
            gauge=True,
        ),
        _metric(
            "container/billable_instance_time",
            _DOUBLE,
            "s",
            (Stream({}, lambda m, _: m.billable_seconds),),
        ),
        _metric(
            "container/cpu/allocation_time",
            _DOUBLE,
            "s",
            (Stream({}, lambda m, spec: m.billable_seconds * spec.size.vcpu),),
        ),
        _metric(
            "request_count",
            _INT,
            "1",
            (
                Stream(_OK, lambda m, _: _served(m)),
                Stream(_REFUSED, lambda m, _: _some(m.refused)),
                Stream(_FAILED, lambda m, _: _some(m.failed)),
            ),
        ),
        _metric("request_latencies", _SPREAD, "ms", (Stream(_OK, _latency),)),
        _metric("container/cpu/utilizations", _SPREAD, "10^2.%", (Stream({}, _cpu),)),
        _metric("container/memory/utilizations", _SPREAD, "10^2.%", (Stream({}, _memory),)),
        _metric(
            "container/max_request_concurrencies",
            _SPREAD,
            "1",
            (Stream({"state": "active"}, _concurrency),),
        ),
        _metric("container/startup_latencies", _SPREAD, "ms", (Stream({}, _startup),)),
        _metric(
            "pending_queue/pending_requests",
            _INT,
            "1",
            (Stream({}, lambda m, _: m.pending),),
            gauge=True,
        ),
        _metric(
            "scaling/recommended_instances",
            _INT,
            "1",
            (
                Stream({"scaling_driver": "cpu"}, lambda m, _: m.by_cpu),
                Stream({"scaling_driver": "concurrency"}, lambda m, _: m.by_concurrency),
            ),
            gauge=True,
        ),
    )
}
