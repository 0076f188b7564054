"""Cloud Monitoring's time series through the official async client."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.api import metric_pb2
from google.api_core import exceptions
from google.cloud import monitoring_v3

from bot.sandbox.google.descriptors import DESCRIPTORS
from bot.sandbox.google.faults import Silence
from bot.sandbox.google.town import GoogleTown
from tests.sandbox_google.conftest import SHOP, Clients
from tests.sandbox_world.conftest import PUSH, START
from tests.sandbox_world.hand_clock import HandClock

RUN = "run.googleapis.com/"
BY_SERVICE = ["resource.labels.location", "resource.labels.service_name"]
SHOP_ONLY = 'resource.labels.service_name="storefront-web" resource.labels.location="europe-west1"'


def asked(metric: str, more: str = "", **kw: Any) -> monitoring_v3.ListTimeSeriesRequest:
    """A request for the last hour before the start unless `start`/`end` say otherwise."""
    start, end = kw.pop("start", START - timedelta(hours=1)), kw.pop("end", START)
    aligner = kw.pop("aligner", "ALIGN_NONE")
    return monitoring_v3.ListTimeSeriesRequest(
        name="projects/cymbal-shop",
        filter=f'metric.type="{RUN}{metric}" {more}',
        interval=monitoring_v3.TimeInterval(start_time=start, end_time=end),
        aggregation=monitoring_v3.Aggregation(
            alignment_period=timedelta(seconds=kw.pop("step", 60)),
            per_series_aligner=aligner,
            cross_series_reducer=kw.pop("reducer", "REDUCE_NONE"),
            group_by_fields=kw.pop("by", []),
        )
        if aligner != "ALIGN_NONE"
        else None,
        **kw,
    )


async def read(
    clients: Clients, request: monitoring_v3.ListTimeSeriesRequest
) -> list[monitoring_v3.TimeSeries]:
    return [found async for found in await clients.metrics.list_time_series(request=request)]


async def newest(clients: Clients, clock: HandClock) -> datetime:
    """The end of the newest visible point."""
    request = asked(
        "request_count", SHOP_ONLY, start=clock.now() - timedelta(hours=1), end=clock.now()
    )
    found = await read(clients, request)
    end: datetime = max(series.points[0].interval.end_time for series in found)
    return end


async def test_demand_is_summed_per_service_when_it_is_asked_for_as_a_rate(
    clients: Clients,
) -> None:
    request = asked("request_count", aligner="ALIGN_RATE", reducer="REDUCE_SUM", by=BY_SERVICE)
    found = await read(clients, request)
    assert len(found) == 13
    shop = next(
        series
        for series in found
        if series.resource.labels["service_name"] == "storefront-web"
        and series.resource.labels["location"] == "europe-west1"
    )
    assert set(shop.resource.labels) == {"project_id", "location", "service_name"}
    assert shop.metric_kind == metric_pb2.MetricDescriptor.MetricKind.GAUGE
    values = [point.value.double_value for point in shop.points]
    assert all(250 < value < 450 for value in values)
    ends = [point.interval.end_time for point in shop.points]
    assert ends == sorted(ends, reverse=True)


async def test_the_sum_of_active_and_idle_is_what_is_there_when_instances_are_counted(
    clients: Clients, town: GoogleTown
) -> None:
    request = asked("container/instance_count", SHOP_ONLY)
    by_state = {s.metric.labels["state"]: s.points for s in await read(clients, request)}
    assert set(by_state) == {"active", "idle"}
    for active, idle in zip(by_state["active"], by_state["idle"], strict=True):
        end = active.interval.end_time
        assert end == idle.interval.end_time == active.interval.start_time
        minute = town.world.minute(SHOP, int(end.timestamp()) // 60 - 1)
        assert minute is not None
        assert active.value.int64_value + idle.value.int64_value == minute.ready


@pytest.mark.parametrize(
    ("metric", "aligner", "reducer", "bounds"),
    [
        ("request_latencies", "ALIGN_DELTA", "REDUCE_PERCENTILE_95", (350, 520)),
        ("request_latencies", "ALIGN_PERCENTILE_95", "REDUCE_MAX", (350, 520)),
        ("container/cpu/utilizations", "ALIGN_DELTA", "REDUCE_MEAN", (0.4, 0.62)),
        ("container/startup_latencies", "ALIGN_DELTA", "REDUCE_PERCENTILE_95", (25_000, 34_000)),
        ("container/max_request_concurrencies", "ALIGN_DELTA", "REDUCE_PERCENTILE_50", (2, 8)),
        ("container/billable_instance_time", "ALIGN_RATE", "REDUCE_SUM", (10, 25)),
        ("container/instance_count", "ALIGN_MEAN", "REDUCE_SUM", (10, 25)),
        ("pending_queue/pending_requests", "ALIGN_MAX", "REDUCE_MAX", (0, 0)),
        ("scaling/recommended_instances", "ALIGN_MAX", "REDUCE_MAX", (10, 25)),
    ],
)
async def test_every_metric_is_plausible_when_an_ordinary_hour_is_read(
    clients: Clients, metric: str, aligner: str, reducer: str, bounds: tuple[float, float]
) -> None:
    request = asked(metric, SHOP_ONLY, aligner=aligner, reducer=reducer, by=BY_SERVICE, step=600)
    (series,) = await read(clients, request)
    values = [point.value.double_value or point.value.int64_value for point in series.points]
    assert values
    assert all(bounds[0] <= value <= bounds[1] for value in values)


async def test_measured_cpu_and_demand_give_the_true_cost_of_a_request_when_divided(
    clients: Clients,
) -> None:
    readings = []
    for metric, aligner, reducer in (
        ("container/cpu/utilizations", "ALIGN_DELTA", "REDUCE_MEAN"),
        ("container/instance_count", "ALIGN_MEAN", "REDUCE_SUM"),
        ("request_count", "ALIGN_RATE", "REDUCE_SUM"),
    ):
        request = asked(metric, SHOP_ONLY, aligner=aligner, reducer=reducer, by=BY_SERVICE)
        (series,) = await read(clients, request)
        readings.append([point.value.double_value for point in series.points[:40]])
    cpu, instances, rps = ([*part] for part in readings)
    for utilization, count, rate in zip(cpu, instances, rps, strict=True):
        assert utilization * count / rate == pytest.approx(0.030, rel=0.02)


async def test_the_newest_minutes_are_not_there_yet_when_they_are_asked_for(
    clients: Clients, clock: HandClock
) -> None:
    ages = set()
    for _ in range(20):
        clock.move(seconds=37)
        ages.add((clock.now() - await newest(clients, clock)).total_seconds())
    assert min(ages) >= 60
    assert max(ages) <= 180


async def test_nothing_of_the_future_is_known_when_the_interval_reaches_into_it(
    clients: Clients,
) -> None:
    request = asked("request_count", start=PUSH, end=PUSH + timedelta(hours=1))
    assert await read(clients, request) == []


async def test_only_points_inside_the_interval_are_returned_when_its_ends_are_sharp(
    clients: Clients,
) -> None:
    start = datetime(2025, 11, 21, 17, tzinfo=UTC)
    request = asked(
        "pending_queue/pending_requests", SHOP_ONLY, start=start, end=start + timedelta(minutes=5)
    )
    (series,) = await read(clients, request)
    ends = [point.interval.end_time for point in series.points]
    assert ends == [start + timedelta(minutes=k) for k in range(5, 0, -1)]


@pytest.mark.parametrize("page_size", [7, 60, 61])
async def test_paging_loses_nothing_when_series_are_cut_at_page_ends(
    clients: Clients, page_size: int
) -> None:
    whole = await read(clients, asked("container/instance_count", SHOP_ONLY))
    paged = await read(clients, asked("container/instance_count", SHOP_ONLY, page_size=page_size))
    for state in ("active", "idle"):
        points = [
            [list(s.points) for s in found if s.metric.labels["state"] == state]
            for found in (whole, paged)
        ]
        assert [*itertools.chain(*points[0])] == [*itertools.chain(*points[1])]


async def test_no_points_are_sent_when_only_headers_are_asked_for(clients: Clients) -> None:
    view = monitoring_v3.ListTimeSeriesRequest.TimeSeriesView.HEADERS
    found = await read(clients, asked("container/instance_count", view=view, page_size=3))
    assert len(found) == 30
    assert not any(series.points for series in found)


async def test_pools_have_their_own_resource_when_they_are_measured(clients: Clients) -> None:
    request = asked("container/instance_count", 'resource.type="cloud_run_worker_pool"')
    found = await read(clients, request)
    assert {s.resource.labels["worker_pool_name"] for s in found} == {
        "order-worker",
        "fulfilment-worker",
    }
    assert (
        await read(clients, asked("request_count", 'resource.type="cloud_run_worker_pool"')) == []
    )


async def test_samples_are_missing_when_metrics_are_silenced(
    clients: Clients, town: GoogleTown
) -> None:
    town.faults.put(Silence(metric="instance_count", workload="storefront-web"))
    assert await read(clients, asked("container/instance_count", SHOP_ONLY)) == []
    assert await read(clients, asked("request_count", SHOP_ONLY))


async def test_the_revision_label_changes_when_a_deploy_happened(
    clients: Clients, town: GoogleTown, clock: HandClock
) -> None:
    clock.move(minutes=10)
    await clients.storefront()
    town.registry.deploy(SHOP)
    clock.move(minutes=20)
    await clients.storefront()
    request = asked(
        "pending_queue/pending_requests", SHOP_ONLY, start=START, end=START + timedelta(minutes=25)
    )
    found = await read(clients, request)
    names = [series.resource.labels["revision_name"] for series in found]
    assert [name.rsplit("-", 1)[0] for name in names] == [
        "storefront-web-00001",
        "storefront-web-00002",
    ]
    assert sum(len(series.points) for series in found) == 25


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('resource.type="cloud_run_revision"', "single metric type"),
        (f'metric.type=one_of("{RUN}request_count","{RUN}request_latencies")', "single metric"),
        ("metric.type=", "filter is not valid"),
    ],
)
async def test_a_request_is_refused_when_its_filter_is_wrong(
    clients: Clients, text: str, error: str
) -> None:
    request = asked("request_count")
    request.filter = text
    with pytest.raises(exceptions.InvalidArgument, match=error):
        await read(clients, request)


async def test_an_unknown_metric_is_not_found_when_it_is_asked_for(clients: Clients) -> None:
    with pytest.raises(exceptions.NotFound, match="Cannot find metric"):
        await read(clients, asked("happiness"))


async def test_other_projects_are_denied_when_they_are_asked_for(clients: Clients) -> None:
    request = asked("request_count")
    request.name = "projects/somebody-else"
    with pytest.raises(exceptions.PermissionDenied):
        await read(clients, request)


async def test_the_metric_types_are_listed_when_asked(clients: Clients) -> None:
    listed = await clients.metrics.list_metric_descriptors(name="projects/cymbal-shop")
    assert {descriptor.type async for descriptor in listed} == set(DESCRIPTORS)
    request = monitoring_v3.ListMetricDescriptorsRequest(
        name="projects/cymbal-shop", filter='metric.type=starts_with("run.googleapis.com/request")'
    )
    some = await clients.metrics.list_metric_descriptors(request=request)
    assert len([descriptor async for descriptor in some]) == 2
