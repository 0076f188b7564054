"""Aligners, reducers and distributions."""

from datetime import timedelta
from statistics import NormalDist

import numpy as np
import pytest
from google.cloud import monitoring_v3

from bot.sandbox.google.aggregation import Points, align, raw, reduce
from bot.sandbox.google.descriptors import ValueType
from bot.sandbox.google.distributions import Bells, Histograms, gather, merge
from bot.sandbox.google.refusals import Refusal
from bot.sandbox.google.samples import Samples
from bot.sandbox.world.traffic import Whole

END = 1_764_000_000


def numbers(*samples: tuple[int, float]) -> Samples:
    """Samples by their ends."""
    return Samples(
        np.array([end for end, _ in samples], np.int64), np.array([value for _, value in samples])
    )


def at(*places: int) -> Whole:
    return np.array(places, np.int64)


SAMPLES = numbers(*((END - 540 + 60 * k, float(k)) for k in range(10)))


def how(aligner: str, reducer: str = "REDUCE_NONE", *fields: str, period: int = 300):  # type: ignore[no-untyped-def]
    return monitoring_v3.Aggregation(
        alignment_period=timedelta(seconds=period),
        per_series_aligner=aligner,
        cross_series_reducer=reducer,
        group_by_fields=fields,
    )


def series(*, delta: bool = False, value: ValueType = ValueType.DOUBLE, name: str = "a") -> Points:
    resource = {"project_id": "p", "service_name": name, "location": "here"}
    return Points({"state": "idle"}, resource, "cloud_run_revision", delta, value, 60)


@pytest.mark.parametrize(
    ("aligner", "delta", "values"),
    [
        ("ALIGN_MEAN", False, [7, 2]),
        ("ALIGN_MAX", False, [9, 4]),
        ("ALIGN_MIN", False, [5, 0]),
        ("ALIGN_SUM", False, [35, 10]),
        ("ALIGN_COUNT", False, [5, 5]),
        ("ALIGN_NEXT_OLDER", False, [9, 4]),
        ("ALIGN_INTERPOLATE", False, [9, 4]),
        ("ALIGN_DELTA", True, [35, 10]),
        ("ALIGN_RATE", True, [35 / 300, 10 / 300]),
        ("ALIGN_STDDEV", False, [2**0.5, 2**0.5]),
    ],
)
def test_an_aligner_makes_one_point_a_period_when_it_is_applied(
    aligner: str, delta: bool, values: list[float]
) -> None:
    aligned = align(series(delta=delta), SAMPLES, how(aligner), END)
    assert aligned.ends.tolist() == [END, END - 300]
    assert isinstance(aligned.values, np.ndarray)
    assert aligned.values.tolist() == pytest.approx(values)


def test_a_period_without_samples_is_left_out_when_series_are_aligned() -> None:
    apart = numbers((END - 540, 0.0), (END, 9.0))
    aligned = align(series(), apart, how("ALIGN_MEAN", period=60), END)
    assert aligned.ends.tolist() == [END, END - 540]


def test_a_rate_counts_only_the_time_that_was_measured_when_a_period_is_half_there() -> None:
    half = numbers((END - 240, 60.0), (END - 180, 60.0))
    aligned = align(series(delta=True), half, how("ALIGN_RATE"), END)
    assert (aligned.ends, aligned.values) == (at(END), np.array([1.0]))


@pytest.mark.parametrize(
    ("aligner", "delta", "value"),
    [
        ("ALIGN_RATE", False, ValueType.INT64),
        ("ALIGN_DELTA", False, ValueType.INT64),
        ("ALIGN_NEXT_OLDER", True, ValueType.INT64),
        ("ALIGN_MEAN", True, ValueType.DISTRIBUTION),
        ("ALIGN_RATE", True, ValueType.DISTRIBUTION),
        ("ALIGN_PERCENTILE_95", True, ValueType.DOUBLE),
        ("ALIGN_FRACTION_TRUE", False, ValueType.INT64),
    ],
)
def test_an_aligner_is_refused_when_the_metric_does_not_fit(
    aligner: str, delta: bool, value: ValueType
) -> None:
    with pytest.raises(Refusal, match="cannot be applied to metrics with kind"):
        align(series(delta=delta, value=value), SAMPLES, how(aligner), END)


def test_a_period_under_a_minute_is_refused_when_series_are_aligned() -> None:
    with pytest.raises(Refusal, match="at least 60 seconds"):
        align(series(), SAMPLES, how("ALIGN_MEAN", period=30), END)


@pytest.mark.parametrize(
    ("reducer", "expected"),
    [
        ("REDUCE_SUM", 12),
        ("REDUCE_MEAN", 4),
        ("REDUCE_MAX", 6),
        ("REDUCE_MIN", 2),
        ("REDUCE_COUNT", 3),
        ("REDUCE_PERCENTILE_95", 6),
        ("REDUCE_PERCENTILE_50", 4),
    ],
)
def test_a_reducer_makes_one_series_a_group_when_it_is_applied(
    reducer: str, expected: float
) -> None:
    group = [
        align(series(), numbers((END, float(value))), how("ALIGN_MEAN", period=60), END)
        for value in (2, 4, 6)
    ]
    (reduced,) = reduce(group, how("ALIGN_MEAN", reducer, "resource.labels.location"))
    assert (reduced.ends, reduced.values) == (at(END), np.array([float(expected)]))
    assert dict(reduced.resource_labels) == {"project_id": "p", "location": "here"}
    assert not reduced.metric_labels


def test_series_stay_apart_when_their_group_differs() -> None:
    group = [align(series(name=name), SAMPLES, how("ALIGN_MEAN"), END) for name in ("a", "b", "a")]
    wanted = how("ALIGN_MEAN", "REDUCE_SUM", "resource.label.service_name", "metric.label.state")
    reduced = reduce(group, wanted)
    assert [r.resource_labels["service_name"] for r in reduced] == ["a", "b"]
    assert [dict(r.metric_labels) for r in reduced] == [{"state": "idle"}] * 2


def test_a_reducer_is_refused_when_nothing_was_aligned() -> None:
    with pytest.raises(Refusal, match="needs a per-series aligner"):
        reduce([series()], how("ALIGN_NONE", "REDUCE_SUM"))
    with pytest.raises(Refusal, match="not a field that can be grouped"):
        reduce([series()], how("ALIGN_MEAN", "REDUCE_SUM", "colour"))


def bells(*pairs: tuple[float, float], sigma: float = 0.5) -> Bells:
    """Bells by count and middle."""
    counts, middles = np.array(pairs).T
    return Bells(counts, middles, sigma, 1.0)


BELL = bells((1000, 200.0))


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95, 0.99])
def test_a_percentile_is_near_the_truth_when_samples_are_gathered(share: float) -> None:
    truth = 200.0 * 2.718281828 ** (0.5 * NormalDist().inv_cdf(share))
    assert gather(BELL, at(0)).percentile(share) == pytest.approx(truth, rel=0.04)


def test_counts_and_means_add_up_when_histograms_are_merged() -> None:
    both = bells((1000, 200.0), (500, 50.0))
    apart = merge(gather(both, at(0, 1)), at(0))
    together = gather(both, at(0))
    assert apart.counts == together.counts == 1500
    middle = (200 * 1000 + 50 * 500) / 1500
    assert apart.means == pytest.approx(middle * 2.718281828**0.125)
    assert apart.percentile(0.5) == pytest.approx(together.percentile(0.5))


def test_a_distribution_is_consistent_when_it_is_sent() -> None:
    (message,) = gather(BELL, at(0)).messages()
    assert message.count == sum(message.bucket_counts) == 1000
    assert message.mean == pytest.approx(200 * 2.718281828**0.125)
    assert message.bucket_options.exponential_buckets.scale == 1.0


@pytest.mark.parametrize(
    ("reducer", "low", "high"),
    [("REDUCE_MEAN", 220, 232), ("REDUCE_PERCENTILE_95", 430, 480), ("REDUCE_COUNT", 2, 2)],
)
def test_distributions_are_reduced_when_several_series_are_asked_for(
    reducer: str, low: float, high: float
) -> None:
    spread = series(delta=True, value=ValueType.DISTRIBUTION)
    group = [align(spread, Samples(at(END), BELL), how("ALIGN_DELTA"), END) for _ in range(2)]
    (reduced,) = reduce(group, how("ALIGN_DELTA", reducer))
    assert isinstance(reduced.values, np.ndarray)
    assert low <= reduced.values[0] <= high
    with pytest.raises(Refusal, match="not valid for distribution"):
        reduce(group, how("ALIGN_DELTA", "REDUCE_MAX"))


def test_raw_points_come_newest_first_when_nothing_is_aligned() -> None:
    points = raw(series(), numbers((END - 60, 1.0), (END, 2.0)))
    assert points.ends.tolist() == [END, END - 60]
    assert isinstance(points.values, np.ndarray)
    assert points.values.tolist() == [2.0, 1.0]
    spread = raw(series(), Samples(at(END - 60, END), bells((1, 200.0), (2, 200.0))))
    assert isinstance(spread.values, Histograms)
    assert spread.values.counts.tolist() == [2.0, 1.0]
