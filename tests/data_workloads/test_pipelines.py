"""Whether data were right and on time, from what was measured."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pipelines import Health, Pipeline, Signal, Timeliness, health_of
from bot.core.series import Series

NOW = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)
ORDERS = Pipeline(
    "orders",
    "Order pipeline",
    "p",
    workers=("order-worker",),
    subscription="orders",
    fresh=timedelta(minutes=5),
    most_waiting=1000,
)
EXPORT = Pipeline("export", "Export", "p", job="export", every=timedelta(hours=26))
GAP = math.nan


def series(*values: float, step: timedelta = STEP) -> Series:
    return Series(NOW - len(values) * step, step, values)


def orders(*ages: float, waiting: float = 10.0) -> Health:
    signals = {Signal.AGE: series(*ages), Signal.WAITING: series(*[waiting] * len(ages))}
    return health_of(ORDERS, signals, now=NOW)


@pytest.mark.parametrize(
    ("sentence", "ages", "waiting", "timeliness"),
    [
        ("young messages are on time", (10, 20, 30, 20, 10), 10, Timeliness.ON_TIME),
        ("one old message is late", (10, 20, 301, 20, 10), 10, Timeliness.LATE),
        ("too many that wait are late", (10, 20, 30, 20, 10), 1001, Timeliness.LATE),
        ("few gaps are bridged", (10, 20, GAP, 20, 10), 10, Timeliness.ON_TIME),
        ("many gaps are not known", (10, GAP, GAP, 20, 10), 10, Timeliness.UNKNOWN),
        ("an impossible age is a gap", (10, -5, -5, 20, 10), 10, Timeliness.UNKNOWN),
    ],
)
def test_a_backlog(
    sentence: str, ages: tuple[float, ...], waiting: float, timeliness: Timeliness
) -> None:
    assert orders(*ages, waiting=waiting).timeliness is timeliness, sentence


def test_it_says_how_old_and_for_how_long() -> None:
    found = orders(10, 400, 900, 20, 10)
    assert (
        found.sentence
        == "the oldest message waited 15 min (at most 5 min); too old for 10 min in all"
    )
    assert found.late_for == timedelta(minutes=10)
    crowd = orders(10, 10, 10, waiting=2500).sentence
    assert crowd.endswith("2,500 waited, at most 1,000 may")


def test_without_any_measurement_nothing_is_on_time() -> None:
    for one in (ORDERS, EXPORT):
        assert health_of(one, {}, now=NOW).timeliness is not Timeliness.ON_TIME


HOUR = timedelta(hours=1)


def ran(ok: Sequence[int] = (), failed: Sequence[int] = (), job: Pipeline = EXPORT) -> Health:
    """Successes and failures so many hours before now, as measured over two days."""
    good = series(*(1.0 if 48 - place in ok else GAP for place in range(48)), step=HOUR)
    bad = series(*(1.0 if 48 - place in failed else GAP for place in range(48)), step=HOUR)
    return health_of(job, {Signal.SUCCEEDED: good, Signal.FAILED: bad}, now=NOW)


WHENEVER = replace(EXPORT, every=None)


@pytest.mark.parametrize(
    ("job", "ok", "failed", "timeliness", "sentence"),
    [
        (EXPORT, [34, 10], [], Timeliness.ON_TIME, "last finished 10 h ago"),
        (
            EXPORT,
            [10],
            [12, 11],
            Timeliness.ON_TIME,
            "last finished 10 h ago; failed 2 times in 2 days",
        ),
        (
            EXPORT,
            [25],
            [1],
            Timeliness.ON_TIME,
            "last finished 1 day 1 h ago, and has failed once since",
        ),
        (EXPORT, [30], [], Timeliness.LATE, "last finished 1 day 6 h ago, due every 1 day 2 h"),
        (
            EXPORT,
            [30],
            [31],
            Timeliness.LATE,
            "last finished 1 day 6 h ago, due every 1 day 2 h; failed once in 2 days",
        ),
        (
            EXPORT,
            [30],
            [2],
            Timeliness.FAILED,
            "last finished 1 day 6 h ago, due every 1 day 2 h, and has failed once since",
        ),
        (EXPORT, [], [], Timeliness.LATE, "did not finish once, as far as was measured"),
        (EXPORT, [], [3, 2, 1], Timeliness.FAILED, "failed 3 times and has not finished since"),
        (WHENEVER, [5], [], Timeliness.ON_TIME, "last finished 5 h ago"),
        (WHENEVER, [5], [6], Timeliness.ON_TIME, "last finished 5 h ago; failed once in 2 days"),
        (
            WHENEVER,
            [5],
            [4],
            Timeliness.FAILED,
            "last finished 5 h ago, and has failed once since",
        ),
    ],
)
def test_a_job(
    job: Pipeline, ok: list[int], failed: list[int], timeliness: Timeliness, sentence: str
) -> None:
    found = ran(ok, failed, job)
    assert (found.timeliness, found.sentence) == (timeliness, sentence)


def test_a_job_is_measured_until_the_end_of_what_was_asked_not_until_its_last_success() -> None:
    assert ran([30]).newest == NOW
    assert ran().newest is None


def test_a_job_is_not_late_because_its_success_is_known_to_the_step_only() -> None:
    often = replace(EXPORT, every=HOUR)
    assert ran([2], job=often).timeliness is Timeliness.ON_TIME
    assert ran([3], job=often).timeliness is Timeliness.LATE


@given(st.lists(st.one_of(st.floats(0, 5000), st.just(GAP)), min_size=1, max_size=50))
def test_on_time_is_only_said_of_what_was_measured_and_kept(ages: list[float]) -> None:
    found = orders(*ages)
    known = [age for age in ages if not math.isnan(age)]
    if found.timeliness is Timeliness.ON_TIME:
        assert len(known) >= 0.8 * len(ages)
        assert max(known) <= 300
    if found.timeliness is Timeliness.LATE:
        assert max(known) > 300
