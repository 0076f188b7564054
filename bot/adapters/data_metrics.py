"""Pub/Sub backlogs and Cloud Run job executions from Cloud Monitoring, behind the DataMetrics port.

Metric types, labels and units: Google's lists of metrics of Pub/Sub (subscription/oldest_unacked_message_age
and subscription/num_undelivered_messages, gauges) and Cloud Run (job/completed_execution_count by `result`).
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from google.cloud.monitoring_v3.types import (
    Aggregation,
    ListTimeSeriesRequest,
    ListTimeSeriesResponse,
    TimeInterval,
)

from bot.adapters.google_channel import READ_RETRY, GoogleClients
from bot.adapters.google_errors import translated
from bot.core.pipelines import Pipeline, Signal
from bot.core.series import Series
from bot.core.windows import Window
from bot.errors import NotFound
from bot.ports.data import Signals

_TIMEOUT = 30.0  # seconds
_NEEDS = "monitoring.timeSeries.list (roles/monitoring.viewer)"
_Aligner = Aggregation.Aligner
_Reducer = Aggregation.Reducer


@dataclass(frozen=True, slots=True)
class _Query:
    """How one signal is asked for; `label` of the resource names the subscription or job."""

    type: str
    resource: str
    label: str
    aligner: int
    reducer: int
    where: str = ""


_QUERIES = {
    Signal.AGE: _Query(
        "pubsub.googleapis.com/subscription/oldest_unacked_message_age",
        "pubsub_subscription",
        "subscription_id",
        _Aligner.ALIGN_MAX,
        _Reducer.REDUCE_MAX,
    ),
    Signal.WAITING: _Query(
        "pubsub.googleapis.com/subscription/num_undelivered_messages",
        "pubsub_subscription",
        "subscription_id",
        _Aligner.ALIGN_MAX,
        _Reducer.REDUCE_MAX,
    ),
    Signal.SUCCEEDED: _Query(
        "run.googleapis.com/job/completed_execution_count",
        "cloud_run_job",
        "job_name",
        _Aligner.ALIGN_SUM,
        _Reducer.REDUCE_SUM,
        'metric.labels.result = "succeeded"',
    ),
    Signal.FAILED: _Query(
        "run.googleapis.com/job/completed_execution_count",
        "cloud_run_job",
        "job_name",
        _Aligner.ALIGN_SUM,
        _Reducer.REDUCE_SUM,
        'metric.labels.result = "failed"',
    ),
}


class CloudDataMetrics:
    """Implements bot.ports.data.DataMetrics over google-cloud-monitoring's ListTimeSeries."""

    def __init__(self, clients: GoogleClients) -> None:
        self._clients = clients

    async def signals(
        self, pipelines: Sequence[Pipeline], window: Window, step: timedelta
    ) -> Signals:
        """Regular grids over the whole steps of `window`; gaps are NaN."""
        found: dict[str, dict[Signal, Series]] = {}
        projects = sorted({one.project for one in pipelines})
        asked = [(project, signal) for project in projects for signal in Signal]
        answers = await asyncio.gather(
            *(self._one(project, signal, pipelines, (window, step)) for project, signal in asked)
        )
        for (_, signal), answer in zip(asked, answers, strict=True):
            for name, series in answer.items():
                found.setdefault(name, {})[signal] = series
        return found

    async def _one(
        self,
        project: str,
        signal: Signal,
        pipelines: Sequence[Pipeline],
        span: tuple[Window, timedelta],
    ) -> dict[str, Series]:
        query, mine = _QUERIES[signal], [one for one in pipelines if one.project == project]
        named = {one.name: _resource(one, signal) for one in mine if _resource(one, signal)}
        if not named:
            return {}
        rows: dict[tuple[str, str], list[float]] = {}
        try:
            with translated(f"read the {signal} of pipelines in {project}", needs=_NEEDS):
                pages = await self._clients.metrics.list_time_series(
                    _request(project, query, sorted(set(named.values())), span),
                    retry=READ_RETRY,
                    timeout=_TIMEOUT,
                )
                async for page in pages.pages:
                    _enter(page, query, span, rows)
        except NotFound:
            return {}  # Monitoring does not know a metric type before its first point was written
        window, step = span
        regions = {one.name: one.region for one in mine}
        return {
            name: Series(window.start, step, tuple(rows[key]))
            for name, resource in named.items()
            for key in rows
            if key[0] == resource and (not regions[name] or key[1] in {"", regions[name]})
        }


def _resource(pipeline: Pipeline, signal: Signal) -> str:
    return pipeline.job if signal in {Signal.SUCCEEDED, Signal.FAILED} else pipeline.subscription


def _request(
    project: str, query: _Query, names: Sequence[str], span: tuple[Window, timedelta]
) -> ListTimeSeriesRequest:
    window, step = span
    listed = ",".join(f'"{name}"' for name in names)
    parts = [
        f'metric.type = "{query.type}"',
        f'resource.type = "{query.resource}"',
        f"resource.labels.{query.label} = one_of({listed})",
        *([query.where] if query.where else []),
    ]
    fields = [f"resource.labels.{query.label}"]
    if query.resource == "cloud_run_job":
        fields.append("resource.labels.location")
    return ListTimeSeriesRequest(
        name=f"projects/{project}",
        filter=" AND ".join(parts),
        interval=TimeInterval(
            start_time=window.start, end_time=window.start + step * (window.duration // step)
        ),
        aggregation=Aggregation(
            alignment_period=step,
            per_series_aligner=query.aligner,
            cross_series_reducer=query.reducer,
            group_by_fields=fields,
        ),
        view=ListTimeSeriesRequest.TimeSeriesView.FULL,
    )


def _enter(
    page: ListTimeSeriesResponse,
    query: _Query,
    span: tuple[Window, timedelta],
    rows: dict[tuple[str, str], list[float]],
) -> None:
    window, step = span
    width = max(1, window.duration // step)
    origin, seconds = window.start.timestamp(), step.total_seconds()
    for series in ListTimeSeriesResponse.pb(page).time_series:
        labels = series.resource.labels
        key = (labels[query.label], labels.get("location", ""))
        row = rows.setdefault(key, [math.nan] * width)
        for point in series.points:
            index = round((point.interval.end_time.seconds - origin) / seconds) - 1
            if 0 <= index < width:
                kind = point.value.WhichOneof("value")
                row[index] = float(getattr(point.value, kind)) if kind else math.nan
