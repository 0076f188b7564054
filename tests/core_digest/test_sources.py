"""A number needs enough points: gaps, impossible values, counter resets, and what is only late."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.series import Metric, Series
from bot.core.sources import ENOUGH, Reading, added, mean_of, peak_of, sum_of, total_of
from tests.core_digest.fleets import (
    GAP,
    MINUTE,
    NOW,
    TEN_MINUTES,
    fleet,
    line,
    without,
    workload,
)

SHOP = workload("shop")
GOOD = st.floats(0, 1e6)
# What a counter that begins anew, or a broken exporter, leaves in a rate.
BAD = st.sampled_from([math.nan, -1.0, -1e9, math.inf, -math.inf])
VALUES = st.lists(GOOD | BAD, min_size=1, max_size=200)


def series(values: list[float]) -> Series:
    return line(values, NOW, timedelta(minutes=15))


@given(VALUES)
def test_a_number_is_made_of_enough_sound_points_or_it_is_none(values: list[float]) -> None:
    sound = [value for value in values if math.isfinite(value) and value >= 0]
    for measure in (mean_of, peak_of, total_of):
        found = measure(series(values))
        assert (found.measured, found.wanted) == (len(sound), len(values))
        assert (found.value is None) == (not sound or len(sound) < ENOUGH * len(values))


@given(VALUES)
def test_a_mean_and_a_peak_stay_within_what_was_measured(values: list[float]) -> None:
    sound = [value for value in values if math.isfinite(value) and value >= 0]
    mean, peak = mean_of(series(values)).value, peak_of(series(values)).value
    if mean is not None and peak is not None:
        assert peak == max(sound)
        assert min(sound) - 1e-6 <= mean <= peak + 1e-6


@given(st.lists(GOOD, min_size=5, max_size=200), st.data())
def test_a_reset_or_a_gap_changes_no_other_point(values: list[float], data: st.DataObject) -> None:
    places = data.draw(st.sets(st.integers(0, len(values) - 1), max_size=len(values) // 5))
    broken = [data.draw(BAD) if at in places else value for at, value in enumerate(values)]
    kept = [value for at, value in enumerate(values) if at not in places]
    assert total_of(series(broken)).value == pytest.approx(
        math.fsum(kept) / len(kept) * 900 * len(values), rel=1e-9, abs=1e-6
    )


@given(st.lists(st.lists(GOOD, min_size=4, max_size=4), min_size=1, max_size=20))
def test_sums_do_not_depend_on_the_order_of_the_parts(rows: list[list[float]]) -> None:
    forth, back = added([series(r) for r in rows]), added([series(r) for r in reversed(rows)])
    assert forth is not None and back is not None
    assert forth.values == pytest.approx(back.values)


@given(st.integers(0, 20), st.integers(1, 20))
def test_a_sum_of_too_few_parts_is_no_number(known: int, missing: int) -> None:
    parts = [Reading(1.0, 1, 1)] * known + [Reading(None, 0, 1)] * missing
    found = sum_of(parts)
    assert (found.value is not None) == (known > 0 and known >= ENOUGH * (known + missing))
    assert not found.whole


def test_no_errors_beside_counted_requests_mean_none() -> None:
    found = fleet(SHOP, errors={"shop": GAP}).series(Metric.ERRORS, SHOP.key)
    assert found is not None
    assert found.values == (0.0,) * 10


def test_the_newest_minute_without_a_count_may_only_be_late() -> None:
    found = fleet(SHOP, requests={"shop": GAP}).series(Metric.REQUESTS, SHOP.key)
    assert found is not None
    assert found.values[:9] == (0.0,) * 9
    assert math.isnan(found.values[-1])


def test_a_source_that_is_silent_is_never_read_as_zero() -> None:
    found = without(fleet(SHOP), Metric.ERRORS)
    assert found.series(Metric.ERRORS, SHOP.key) is None


def test_a_late_count_is_not_taken_for_none() -> None:
    late = line([3.0] * 8 + [GAP, GAP], TEN_MINUTES.start)
    found = fleet(SHOP, requests={"shop": late}).series(Metric.REQUESTS, SHOP.key)
    assert found is not None
    assert math.isnan(found.values[-1])


def test_what_has_no_floor_and_was_not_seen_is_quiet() -> None:
    asleep, lost = workload("asleep", floor=0), workload("lost", floor=2)
    found = without(fleet(asleep, lost), *Metric)
    assert found.quiet(asleep) and not found.quiet(lost)
    assert found.newest() is None


def test_the_newest_point_is_where_its_step_ends() -> None:
    assert fleet(SHOP).newest() == TEN_MINUTES.end
    assert fleet(SHOP).of([]).newest() is None
    assert TEN_MINUTES.end - TEN_MINUTES.start == 10 * MINUTE
