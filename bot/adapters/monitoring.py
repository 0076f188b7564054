"""Cloud Monitoring's time series behind the Metrics port; made by the composition root.

Aggregation happens at Google: one paged request per metric, project and resource type brings one
series for each workload, however many revisions and instances stand behind it.
"""

import asyncio
import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from google.cloud.monitoring_v3.types import (
    ListTimeSeriesRequest,
    ListTimeSeriesResponse,
    TimeInterval,
)

from bot.adapters.google_channel import READ_RETRY, GoogleClients
from bot.adapters.google_errors import translated
from bot.adapters.monitoring_queries import QUERIES, RESOURCES
from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.core.series import Metric, Series
from bot.core.windows import Window
from bot.errors import NotFound

_LOG = logging.getLogger(__name__)
_PAGE_POINTS = 100_000  # the most Monitoring gives
_PAGE_TIMEOUT = 30.0  # seconds
_NEEDS = "monitoring.timeSeries.list (roles/monitoring.viewer)"


@dataclass
class Grid:
    """Rows of values at start, start + step, …, one for each workload that has a point."""

    start: datetime
    step: timedelta
    width: int
    rows: dict[WorkloadKey, list[float]] = field(default_factory=dict)

    @classmethod
    def over(cls, window: Window, step: timedelta) -> "Grid":
        """The whole steps of the window: a step cut short would look like falling demand."""
        return cls(window.start, step, max(1, window.duration // step))

    @property
    def end(self) -> datetime:
        """The end of the last step."""
        return self.start + self.width * self.step

    def put(self, key: WorkloadKey, points: Iterable[tuple[int, float]]) -> None:
        """Enters points by the end of their alignment period (Unix seconds); outside is dropped."""
        origin, step = self.start.timestamp(), self.step.total_seconds()
        for end_seconds, value in points:
            index = round((end_seconds - origin) / step) - 1
            if 0 <= index < self.width:
                self.rows.setdefault(key, [math.nan] * self.width)[index] = value


class CloudMonitoring:
    """The Metrics port over google-cloud-monitoring's ListTimeSeries."""

    def __init__(self, clients: GoogleClients) -> None:
        self._clients = clients
        self._warned: set[tuple[Metric, str]] = set()

    async def series(
        self, metric: Metric, workloads: Sequence[WorkloadKey], window: Window, step: timedelta
    ) -> Mapping[WorkloadKey, Series]:
        """Regular grids over the whole steps of `window`; what Monitoring does not have is NaN.

        A workload is absent also where its kind lacks the metric (requests of a worker pool), or the
        metric was never written in its project. Partial answers are used, and logged once.
        """
        grid = Grid.over(window, step)
        lanes: dict[tuple[str, WorkloadKind], set[WorkloadKey]] = {}
        for key in workloads:
            if QUERIES[metric].covers(key.kind):
                lanes.setdefault((key.project, key.kind), set()).add(key)
        answers = await asyncio.gather(
            *(self._fill(grid, metric, keys) for keys in lanes.values()), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return {key: Series(grid.start, step, tuple(row)) for key, row in grid.rows.items()}

    async def _fill(self, grid: Grid, metric: Metric, keys: set[WorkloadKey]) -> None:
        """One paged request: the keys share their project and kind."""
        some = next(iter(keys))
        try:
            with translated(f"read the {metric} of {some.project}", needs=_NEEDS):
                pages = await self._clients.metrics.list_time_series(
                    _request(grid, metric, keys), retry=READ_RETRY, timeout=_PAGE_TIMEOUT
                )
                async for page in pages.pages:
                    await self._enter(grid, metric, keys, page)
        except NotFound:
            # Monitoring does not know a metric type before its first point was written.
            self._warn(metric, some.project, "was never written there")

    async def _enter(
        self, grid: Grid, metric: Metric, keys: set[WorkloadKey], page: ListTimeSeriesResponse
    ) -> None:
        """Reads the bare protobuf message (proto-plus wraps every point, ten times slower)."""
        some = next(iter(keys))
        label = RESOURCES[some.kind].name_label
        raw = ListTimeSeriesResponse.pb(page)
        if raw.execution_errors:
            self._warn(metric, some.project, f"is incomplete: {raw.execution_errors[0].message}")
        for series in raw.time_series:
            labels = series.resource.labels
            key = WorkloadKey(some.kind, some.project, labels["location"], labels[label])
            if key in keys:
                scale = QUERIES[metric].scale
                grid.put(
                    key,
                    (
                        (p.interval.end_time.seconds, _number(p.value) * scale)
                        for p in series.points
                    ),
                )
            await asyncio.sleep(0)  # a page holds a hundred thousand points; others want their turn

    def _warn(self, metric: Metric, project: str, what: str) -> None:
        if (metric, project) not in self._warned:
            self._warned.add((metric, project))
            _LOG.warning("the metric %s of project %s %s", metric, project, what)


def _request(grid: Grid, metric: Metric, keys: set[WorkloadKey]) -> ListTimeSeriesRequest:
    """Monitoring counts alignment periods back from the end of the interval; ours end on the grid."""
    some = next(iter(keys))
    query = QUERIES[metric]
    return ListTimeSeriesRequest(
        name=f"projects/{some.project}",
        filter=query.filter(some.kind, sorted({key.name for key in keys})),
        interval=TimeInterval(start_time=grid.start, end_time=grid.end),
        aggregation=query.aggregation(some.kind, grid.step),
        view=ListTimeSeriesRequest.TimeSeriesView.FULL,
        page_size=_PAGE_POINTS,
    )


def _number(value: Any) -> float:
    """A bare TypedValue as a number; NaN for what is none."""
    match value.WhichOneof("value"):
        case "double_value":
            return float(value.double_value)
        case "int64_value":
            return float(value.int64_value)
        case "distribution_value":
            return float(value.distribution_value.mean)
        case _:
            return math.nan
