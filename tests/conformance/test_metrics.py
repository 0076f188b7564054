"""Every Metrics answers on the same grid, with the same gaps, and fails alike."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.core.fleet import ScalingChange
from bot.core.series import Metric
from bot.core.windows import Window
from bot.errors import TryAgain
from tests.conformance.google_stages import (
    NOWHERE,
    ORDERS,
    STOREFRONT,
    FakeStage,
    Stage,
    sandbox_stage,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(params=["fake", "monitoring"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Each Metrics in turn."""
    if request.param == "fake":
        yield FakeStage()
        return
    async with sandbox_stage() as sandbox:
        yield sandbox


def last_hour(stage: Stage) -> Window:
    """The hour before the stage's present."""
    return Window(stage.clock.now() - HOUR, stage.clock.now())


@pytest.mark.parametrize("step", [MINUTE, 5 * MINUTE, 10 * MINUTE])
async def test_a_series_lies_on_the_grid_of_its_window(stage: Stage, step: timedelta) -> None:
    window = last_hour(stage).shifted(-DAY)
    found = (await stage.metrics.series(Metric.REQUESTS, [STOREFRONT], window, step))[STOREFRONT]
    assert (found.start, found.step) == (window.start, step)
    assert len(found.points()) == len(found.values) == window.duration / step
    assert all(value > 0 for _, value in found.points())


async def test_the_same_minute_has_the_same_value_in_every_window(stage: Stage) -> None:
    wide = last_hour(stage).shifted(-DAY)
    narrow = Window(wide.start + 20 * MINUTE, wide.start + 30 * MINUTE)
    found = [
        (await stage.metrics.series(Metric.REQUESTS, [STOREFRONT], window, MINUTE))[STOREFRONT]
        for window in (wide, narrow)
    ]
    assert dict(found[1].points()).items() <= dict(found[0].points()).items()


async def test_a_minute_covers_what_begins_with_it(stage: Stage) -> None:
    """A floor that rises at t is in no minute before t and in every minute some time after it."""
    began = stage.clock.now()
    token = (await stage.cloud.read(STOREFRONT)).token
    await stage.cloud.set_scaling(STOREFRONT, ScalingChange(90), token)
    stage.clock.advance(20 * MINUTE)
    window = Window(began - 5 * MINUTE, began + 15 * MINUTE)
    found = await stage.metrics.series(Metric.INSTANCES, [STOREFRONT], window, MINUTE)
    assert all(value >= 90 for at, value in found[STOREFRONT].points() if at >= began + 5 * MINUTE)


async def test_the_newest_minutes_are_not_visible_yet(stage: Stage) -> None:
    found = await stage.metrics.series(Metric.REQUESTS, [STOREFRONT], last_hour(stage), MINUTE)
    latest = found[STOREFRONT].latest()
    assert latest is not None
    age = stage.clock.now() - latest[0]
    assert timedelta(minutes=2) <= age <= timedelta(minutes=4)


async def test_a_workload_that_was_never_measured_is_absent(stage: Stage) -> None:
    asked = [STOREFRONT, NOWHERE]
    found = await stage.metrics.series(Metric.INSTANCES, asked, last_hour(stage), MINUTE)
    assert set(found) == {STOREFRONT}


async def test_worker_pools_have_instances_and_no_requests(stage: Stage) -> None:
    window = last_hour(stage)
    instances = await stage.metrics.series(Metric.INSTANCES, [ORDERS, STOREFRONT], window, MINUTE)
    assert set(instances) == {ORDERS, STOREFRONT}
    assert {value for _, value in instances[ORDERS].points()} == {8.0}
    assert await stage.metrics.series(Metric.REQUESTS, [ORDERS], window, MINUTE) == {}


@pytest.mark.parametrize("metric", [m for m in Metric if m is not Metric.ERRORS])
async def test_every_metric_of_a_busy_day_is_there_in_its_unit(
    stage: Stage, metric: Metric
) -> None:
    window = Window(stage.clock.now() - DAY, stage.clock.now())
    found = await stage.metrics.series(metric, [STOREFRONT], window, 10 * MINUTE)
    values = [value for _, value in found[STOREFRONT].points()]
    most = {Metric.CPU: 1.0, Metric.LATENCY_P95: 60.0, Metric.STARTUP_P95: 240.0}
    assert all(0 <= value <= most.get(metric, 10_000.0) for value in values)


async def test_nothing_is_there_when_nothing_was_measured(stage: Stage) -> None:
    stage.silence()
    stage.clock.advance(HOUR)
    now: datetime = stage.clock.now()
    window = Window(now - 10 * MINUTE, now)
    assert await stage.metrics.series(Metric.REQUESTS, [STOREFRONT], window, MINUTE) == {}


async def test_no_workloads_get_no_series(stage: Stage) -> None:
    assert await stage.metrics.series(Metric.CPU, [], last_hour(stage), MINUTE) == {}


async def test_it_can_be_tried_again_when_google_is_down(stage: Stage) -> None:
    stage.go_down()
    with pytest.raises(TryAgain):
        await stage.metrics.series(Metric.REQUESTS, [STOREFRONT], last_hour(stage), MINUTE)
