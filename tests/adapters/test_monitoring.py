"""What the Monitoring adapter asks for, and how answers land on the grid."""

import logging
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from google.cloud.monitoring_v3.types import (
    Aggregation,
    ListTimeSeriesRequest,
    ListTimeSeriesResponse,
    Point,
    TimeInterval,
    TimeSeries,
    TypedValue,
)
from google.rpc.status_pb2 import Status

from bot.adapters.monitoring import CloudMonitoring, Grid
from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import NotAllowed, SlowDown, TryAgain
from tests.adapters.scripted_google import Failure, ScriptedGoogle

START = datetime(2025, 11, 28, 17, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WINDOW = Window(START, START + 5 * MINUTE)


def key(name: str, kind: WorkloadKind = WorkloadKind.SERVICE, project: str = "p") -> WorkloadKey:
    """A workload in europe-west1."""
    return WorkloadKey(kind, project, "europe-west1", name)


SHOP = key("shop")
ORDERS = key("orders", WorkloadKind.WORKER_POOL)


def series(name: str, *points: tuple[int, float], label: str = "service_name") -> TimeSeries:
    """One aggregated series, newest point first as Monitoring sends it: (minute of its end, value)."""
    return TimeSeries(
        resource={
            "type": "cloud_run_revision",
            "labels": {"location": "europe-west1", label: name, "project_id": "p"},
        },
        points=[
            Point(
                interval=TimeInterval(end_time=START + minute * MINUTE),
                value=TypedValue(double_value=value),
            )
            for minute, value in sorted(points, reverse=True)
        ],
    )


def answers(google: ScriptedGoogle, *found: TimeSeries) -> None:
    """Lets every request be answered with these."""
    response = ListTimeSeriesResponse(time_series=list(found))
    google.answers["ListTimeSeries"] = lambda request: response


async def test_a_point_covers_the_step_that_ends_with_it(
    monitoring: CloudMonitoring, google: ScriptedGoogle
) -> None:
    answers(google, series("shop", (1, 10.0), (3, 30.0)))
    found = (await monitoring.series(Metric.REQUESTS, [SHOP], WINDOW, MINUTE))[SHOP]
    assert (found.start, found.step, len(found.values)) == (START, MINUTE, 5)
    assert found.points() == [(START, 10.0), (START + 2 * MINUTE, 30.0)]


async def test_one_request_serves_all_workloads_of_a_project_and_type(
    monitoring: CloudMonitoring, google: ScriptedGoogle
) -> None:
    answers(google)
    services = [key(f"shop-{n}") for n in range(40)]
    fleet = [*services, ORDERS, key("elsewhere", project="q")]
    await monitoring.series(Metric.INSTANCES, fleet, WINDOW, MINUTE)
    asked = sorted((r.name, "worker_pool_name" in str(r.aggregation)) for r in google.asked)
    assert asked == [("projects/p", False), ("projects/p", True), ("projects/q", False)]


async def test_what_only_services_have_is_not_asked_of_worker_pools(
    monitoring: CloudMonitoring, google: ScriptedGoogle
) -> None:
    assert await monitoring.series(Metric.REQUESTS, [ORDERS], WINDOW, MINUTE) == {}
    assert google.asked == []


async def test_pages_are_joined(monitoring: CloudMonitoring, google: ScriptedGoogle) -> None:
    def pages(request: ListTimeSeriesRequest) -> ListTimeSeriesResponse:
        if not request.page_token:
            first = series("shop", (2, 20.0), (3, 30.0))
            return ListTimeSeriesResponse(time_series=[first], next_page_token="more")
        rest = [series("shop", (1, 10.0)), series("cart", (1, 1.0))]
        return ListTimeSeriesResponse(time_series=rest)

    google.answers["ListTimeSeries"] = pages
    found = await monitoring.series(Metric.REQUESTS, [SHOP, key("cart")], WINDOW, MINUTE)
    assert [value for _, value in found[SHOP].points()] == [10.0, 20.0, 30.0]
    assert [value for _, value in found[key("cart")].points()] == [1.0]


async def test_a_workload_without_a_point_is_absent_and_strangers_are_left_out(
    monitoring: CloudMonitoring, google: ScriptedGoogle
) -> None:
    answers(google, series("stranger", (1, 1.0)), series("cart"))
    assert await monitoring.series(Metric.CPU, [SHOP, key("cart")], WINDOW, MINUTE) == {}


async def test_partial_answers_are_used_and_said_once(
    monitoring: CloudMonitoring, google: ScriptedGoogle, caplog: pytest.LogCaptureFixture
) -> None:
    google.answers["ListTimeSeries"] = lambda request: ListTimeSeriesResponse(
        time_series=[series("shop", (1, 10.0))],
        execution_errors=[Status(code=14, message="a shard did not answer")],
    )
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            found = await monitoring.series(Metric.REQUESTS, [SHOP], WINDOW, MINUTE)
    assert found[SHOP].points() == [(START, 10.0)]
    assert [record.getMessage() for record in caplog.records] == [
        "the metric requests of project p is incomplete: a shard did not answer"
    ]


async def test_a_metric_never_written_is_no_failure(
    monitoring: CloudMonitoring, google: ScriptedGoogle
) -> None:
    google.answers["ListTimeSeries"] = _fails("NOT_FOUND")
    assert await monitoring.series(Metric.PENDING, [SHOP], WINDOW, MINUTE) == {}


@pytest.mark.parametrize(
    ("code", "family"),
    [
        ("UNAVAILABLE", TryAgain),
        ("RESOURCE_EXHAUSTED", SlowDown),
        ("PERMISSION_DENIED", NotAllowed),
    ],
)
async def test_a_failure_is_told_by_its_family(
    monitoring: CloudMonitoring, google: ScriptedGoogle, code: str, family: type[Exception]
) -> None:
    google.answers["ListTimeSeries"] = _fails(code)
    with pytest.raises(family):
        await monitoring.series(Metric.REQUESTS, [SHOP], WINDOW, MINUTE)


async def test_milliseconds_become_seconds(
    monitoring: CloudMonitoring, google: ScriptedGoogle
) -> None:
    answers(google, series("shop", (1, 420.0)))
    for metric in (Metric.LATENCY_P95, Metric.STARTUP_P95):
        found = (await monitoring.series(metric, [SHOP], WINDOW, MINUTE))[SHOP]
        assert found.values[0] == pytest.approx(0.42)


async def test_the_interval_ends_with_the_last_whole_step(
    monitoring: CloudMonitoring, google: ScriptedGoogle
) -> None:
    answers(google)
    ragged = Window(START, START + timedelta(minutes=12, seconds=30))
    await monitoring.series(Metric.REQUESTS, [SHOP], ragged, 5 * MINUTE)
    request = google.asked[0]
    assert request.interval.start_time == START
    assert request.interval.end_time == START + 10 * MINUTE
    assert request.aggregation.alignment_period == 5 * MINUTE
    assert request.page_size == 100_000


ALIGNED = {
    Metric.REQUESTS: ("ALIGN_RATE", "REDUCE_SUM"),
    Metric.ERRORS: ("ALIGN_RATE", "REDUCE_SUM"),
    Metric.LATENCY_P95: ("ALIGN_DELTA", "REDUCE_PERCENTILE_95"),
    Metric.INSTANCES: ("ALIGN_MEAN", "REDUCE_SUM"),
    Metric.ACTIVE: ("ALIGN_MEAN", "REDUCE_SUM"),
    Metric.AT_ONCE: ("ALIGN_DELTA", "REDUCE_PERCENTILE_50"),
    Metric.CPU: ("ALIGN_DELTA", "REDUCE_MEAN"),
    Metric.PENDING: ("ALIGN_MAX", "REDUCE_SUM"),
    Metric.RECOMMENDED: ("ALIGN_MAX", "REDUCE_MAX"),
    Metric.STARTUP_P95: ("ALIGN_DELTA", "REDUCE_PERCENTILE_95"),
    Metric.BILLABLE: ("ALIGN_RATE", "REDUCE_SUM"),
}


@pytest.mark.parametrize("metric", Metric)
async def test_each_metric_is_aligned_and_reduced_as_its_kind_allows(
    monitoring: CloudMonitoring, google: ScriptedGoogle, metric: Metric
) -> None:
    answers(google)
    await monitoring.series(metric, [SHOP], WINDOW, MINUTE)
    aggregation = google.asked[0].aggregation
    aligned = (
        Aggregation.Aligner(aggregation.per_series_aligner).name,
        Aggregation.Reducer(aggregation.cross_series_reducer).name,
    )
    assert aligned == ALIGNED[metric]
    assert list(aggregation.group_by_fields) == [
        "resource.labels.location",
        "resource.labels.service_name",
    ]


@pytest.mark.parametrize(
    ("metric", "part"),
    [
        (Metric.ERRORS, 'metric.labels.response_code_class = "5xx"'),
        (Metric.ACTIVE, 'metric.labels.state = "active"'),
        (Metric.REQUESTS, 'metric.type = "run.googleapis.com/request_count"'),
        (Metric.REQUESTS, 'resource.type = "cloud_run_revision"'),
        (Metric.REQUESTS, 'resource.labels.service_name = one_of("shop")'),
    ],
)
async def test_the_filter_names_metric_resource_and_few_workloads(
    monitoring: CloudMonitoring, google: ScriptedGoogle, metric: Metric, part: str
) -> None:
    answers(google)
    await monitoring.series(metric, [SHOP], WINDOW, MINUTE)
    assert part in google.asked[0].filter.split(" AND ")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (TypedValue(double_value=1.5), 1.5),
        (TypedValue(int64_value=7), 7.0),
        (TypedValue(distribution_value={"count": 2, "mean": 0.4}), 0.4),
    ],
)
async def test_each_type_of_value_is_a_number(
    monitoring: CloudMonitoring, google: ScriptedGoogle, value: TypedValue, number: float
) -> None:
    found = series("shop", (1, 0.0))
    found.points[0].value = value
    answers(google, found)
    assert (await monitoring.series(Metric.CPU, [SHOP], WINDOW, MINUTE))[SHOP].values[0] == number


def test_a_grid_drops_what_lies_outside() -> None:
    grid = Grid.over(WINDOW, MINUTE)
    grid.put(SHOP, [(int((START + m * MINUTE).timestamp()), 1.0) for m in (-1, 0, 6, 99)])
    assert grid.rows == {}


def test_a_grid_takes_the_nearest_step_when_a_point_is_not_aligned() -> None:
    grid = Grid.over(WINDOW, MINUTE)
    grid.put(SHOP, [(int((START + 2 * MINUTE).timestamp()) + 3, 8.0)])
    assert grid.rows[SHOP][1] == 8.0
    assert math.isnan(grid.rows[SHOP][0])


def test_points_out_of_order_and_twice_land_once_at_their_place() -> None:
    """Monitoring sends the newest first, and a page may repeat a point of the page before."""
    ordered, shuffled = Grid.over(WINDOW, MINUTE), Grid.over(WINDOW, MINUTE)
    points = [(int((START + m * MINUTE).timestamp()), float(m)) for m in range(1, 6)]
    ordered.put(SHOP, points)
    shuffled.put(SHOP, points[::-1])
    shuffled.put(SHOP, points[2:4])
    assert shuffled.rows == ordered.rows == {SHOP: [1.0, 2.0, 3.0, 4.0, 5.0]}


def test_a_grid_has_one_step_at_least() -> None:
    assert Grid.over(Window(START, START + timedelta(seconds=30)), MINUTE).width == 1


def _fails(code: str) -> Any:
    def answer(request: Any) -> Any:
        raise Failure(grpc.StatusCode[code])

    return answer
