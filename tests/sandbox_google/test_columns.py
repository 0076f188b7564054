"""Aggregation in columns comes to what the plain definition comes to."""

import math
from datetime import timedelta

import numpy as np
import pytest
from google.cloud import monitoring_v3
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.google.aggregation import Points, align, reduce
from bot.sandbox.google.descriptors import ValueType
from bot.sandbox.google.distributions import Bells
from bot.sandbox.google.samples import Samples
from tests.sandbox_google.plain_aggregation import Bell, Sample, number, percentile, periods

END = 1_764_000_000
SIGMA, SCALE = 0.4, 1.0

minutes = st.lists(st.integers(0, 60), min_size=1, max_size=40, unique=True).map(
    lambda back: [END - 60 * minute for minute in sorted(back, reverse=True)]
)
amount = st.floats(0, 1e6, allow_nan=False)


@st.composite
def measured(draw: st.DrawFn) -> list[tuple[int, float]]:
    return [(end, draw(amount)) for end in draw(minutes)]


@st.composite
def spread(draw: st.DrawFn) -> list[tuple[int, Bell]]:
    counts, middles = st.floats(0.5, 1e5), st.floats(0.5, 1e5)
    return [(end, Bell(draw(counts), draw(middles), SIGMA, SCALE)) for end in draw(minutes)]


def how(aligner: str, reducer: str, period: int) -> monitoring_v3.Aggregation:
    return monitoring_v3.Aggregation(
        alignment_period=timedelta(seconds=period),
        per_series_aligner=f"ALIGN_{aligner}",
        cross_series_reducer=f"REDUCE_{reducer}",
    )


def blank(*, delta: bool, value: ValueType) -> Points:
    return Points({}, {"project_id": "p"}, "cloud_run_revision", delta, value, 60)


def columns(samples: list[tuple[int, float]]) -> Samples:
    ends, values = zip(*samples, strict=True)
    return Samples(np.array(ends, np.int64), np.array(values))


def bell_columns(samples: list[tuple[int, Bell]]) -> Samples:
    counts, middles = zip(*((bell.count, bell.middle) for _, bell in samples), strict=True)
    bells = Bells(np.array(counts), np.array(middles), SIGMA, SCALE)
    return Samples(np.array([end for end, _ in samples], np.int64), bells)


def pairs(points: Points) -> dict[int, float]:
    assert isinstance(points.values, np.ndarray)
    assert points.ends.tolist() == sorted(points.ends.tolist(), reverse=True)
    return dict(zip(points.ends.tolist(), points.values.tolist(), strict=True))


def close(found: dict[int, float], expected: dict[int, float]) -> bool:
    return found.keys() == expected.keys() and all(
        math.isclose(found[end], expected[end], rel_tol=1e-9, abs_tol=1e-6) for end in expected
    )


@given(measured(), st.sampled_from([60, 300, 420]), st.integers(0, 3600))
@pytest.mark.parametrize("aligner", ["MEAN", "MIN", "MAX", "SUM", "COUNT", "STDDEV", "NEXT_OLDER"])
def test_gauges_align_as_defined_when_they_are_columns(
    aligner: str, samples: list[tuple[int, float]], period: int, late: int
) -> None:
    series = blank(delta=False, value=ValueType.DOUBLE)
    aligned = align(series, columns(samples), how(aligner, "NONE", period), END + late)
    groups = periods(samples, period, END + late)
    expected = {end: number(aligner, plain(group)) for end, group in groups.items()}
    assert close(pairs(aligned), expected)


@given(st.lists(measured(), min_size=1, max_size=5), st.sampled_from(["DELTA", "RATE"]))
@pytest.mark.parametrize(
    "reducer", ["SUM", "MEAN", "MAX", "COUNT", "PERCENTILE_05", "PERCENTILE_95"]
)
def test_series_reduce_as_defined_when_they_are_columns(
    reducer: str, several: list[list[tuple[int, float]]], aligner: str
) -> None:
    series, wanted = blank(delta=True, value=ValueType.DOUBLE), how(aligner, reducer, 300)
    (reduced,) = reduce([align(series, columns(s), wanted, END) for s in several], wanted)
    groups: dict[int, list[float]] = {}
    for samples in several:
        for end, group in periods(samples, 300, END).items():
            groups.setdefault(end, []).append(number(aligner, plain(group)))
    assert close(pairs(reduced), {end: number(reducer, group) for end, group in groups.items()})


@given(st.lists(spread(), min_size=1, max_size=3))
@pytest.mark.parametrize("name", ["05", "50", "95", "99"])
def test_percentiles_come_as_defined_when_bells_are_columns(
    name: str, several: list[list[tuple[int, Bell]]]
) -> None:
    series = blank(delta=True, value=ValueType.DISTRIBUTION)
    wanted = how("DELTA", f"PERCENTILE_{name}", 1200)
    (reduced,) = reduce([align(series, bell_columns(s), wanted, END) for s in several], wanted)
    groups: dict[int, list[Bell]] = {}
    for samples in several:
        for end, bell in samples:
            groups.setdefault(END - (END - end) // 1200 * 1200, []).append(bell)
    expected = {end: percentile(group, int(name) / 100) for end, group in groups.items()}
    found = pairs(reduced)
    assert found == {end: pytest.approx(expected[end], rel=1e-6) for end in expected}


def plain(group: list[Sample]) -> list[float]:
    return [sample for sample in group if not isinstance(sample, Bell)]
