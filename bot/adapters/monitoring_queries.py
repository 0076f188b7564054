"""What to ask Cloud Monitoring for each metric, and how its answer maps to our units; used by monitoring.

Metric types, labels and alignments: Google's list of Cloud Run metrics (run.googleapis.com) and the
comments of google.cloud.monitoring_v3.Aggregation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from google.cloud.monitoring_v3.types import Aggregation

from bot.core.fleet import WorkloadKind
from bot.core.series import Metric

_Aligner = Aggregation.Aligner
_Reducer = Aggregation.Reducer

_MOST_NAMES = 25  # beyond that a filter by name gets long; then the whole project is read


@dataclass(frozen=True, slots=True)
class Resource:
    """How a kind of workload is called as a monitored resource, and which label is its name."""

    type: str
    name_label: str


RESOURCES: Mapping[WorkloadKind, Resource] = {
    WorkloadKind.SERVICE: Resource("cloud_run_revision", "service_name"),
    WorkloadKind.WORKER_POOL: Resource("cloud_run_worker_pool", "worker_pool_name"),
}


@dataclass(frozen=True, slots=True)
class Query:
    """One metric: `where` filters on its labels, `scale` turns Google's unit into ours.

    `everywhere` is false for what only services have.
    """

    type: str
    aligner: int  # an Aggregation.Aligner
    reducer: int  # an Aggregation.Reducer
    where: str = ""
    scale: float = 1.0
    everywhere: bool = False

    def covers(self, kind: WorkloadKind) -> bool:
        """Whether that kind of workload has the metric at all."""
        return self.everywhere or kind is WorkloadKind.SERVICE

    def filter(self, kind: WorkloadKind, names: Sequence[str]) -> str:
        """Monitoring's filter: one metric type, one resource type, and the names where they are few."""
        resource = RESOURCES[kind]
        parts = [
            f'metric.type = "run.googleapis.com/{self.type}"',
            f'resource.type = "{resource.type}"',
        ]
        if self.where:
            parts.append(self.where)
        if len(names) <= _MOST_NAMES:
            listed = ",".join(f'"{name}"' for name in names)
            parts.append(f"resource.labels.{resource.name_label} = one_of({listed})")
        return " AND ".join(parts)

    def aggregation(self, kind: WorkloadKind, step: timedelta) -> Aggregation:
        """One series for each location and name, one point for each step."""
        return Aggregation(
            alignment_period=step,
            per_series_aligner=self.aligner,
            cross_series_reducer=self.reducer,
            group_by_fields=[
                "resource.labels.location",
                f"resource.labels.{RESOURCES[kind].name_label}",
            ],
        )


# A mean instance count summed over states and revisions; "active" alone reads 0 on a warm, unused
# service. Latencies are distributions in milliseconds. Pending and recommended are taken at their worst.
QUERIES: Mapping[Metric, Query] = {
    Metric.REQUESTS: Query("request_count", _Aligner.ALIGN_RATE, _Reducer.REDUCE_SUM),
    Metric.ERRORS: Query(
        "request_count",
        _Aligner.ALIGN_RATE,
        _Reducer.REDUCE_SUM,
        where='metric.labels.response_code_class = "5xx"',
    ),
    Metric.LATENCY_P95: Query(
        "request_latencies", _Aligner.ALIGN_DELTA, _Reducer.REDUCE_PERCENTILE_95, scale=0.001
    ),
    Metric.INSTANCES: Query(
        "container/instance_count", _Aligner.ALIGN_MEAN, _Reducer.REDUCE_SUM, everywhere=True
    ),
    Metric.ACTIVE: Query(
        "container/instance_count",
        _Aligner.ALIGN_MEAN,
        _Reducer.REDUCE_SUM,
        where='metric.labels.state = "active"',
        everywhere=True,
    ),
    Metric.AT_ONCE: Query(
        "container/max_request_concurrencies",
        _Aligner.ALIGN_DELTA,
        _Reducer.REDUCE_PERCENTILE_50,
        where='metric.labels.state = "active"',
    ),
    Metric.CPU: Query(
        "container/cpu/utilizations", _Aligner.ALIGN_DELTA, _Reducer.REDUCE_MEAN, everywhere=True
    ),
    Metric.PENDING: Query(
        "pending_queue/pending_requests", _Aligner.ALIGN_MAX, _Reducer.REDUCE_SUM
    ),
    Metric.RECOMMENDED: Query(
        "scaling/recommended_instances",
        _Aligner.ALIGN_MAX,
        _Reducer.REDUCE_MAX,
        everywhere=True,
    ),
    Metric.STARTUP_P95: Query(
        "container/startup_latencies",
        _Aligner.ALIGN_DELTA,
        _Reducer.REDUCE_PERCENTILE_95,
        scale=0.001,
        everywhere=True,
    ),
    Metric.BILLABLE: Query(
        "container/billable_instance_time",
        _Aligner.ALIGN_RATE,
        _Reducer.REDUCE_SUM,
        everywhere=True,
    ),
}
