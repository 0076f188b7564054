"""What must be warm when: only what outruns the autoscaler, in few steps that go down."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.arrival import Arrival
from bot.core.campaign import CampaignKind
from bot.core.demand import Usual
from bot.core.forecast import Forecast, forecast
from bot.core.plan import Band
from bot.core.schedule import (
    STEPS_AT_MOST,
    Level,
    Supply,
    few_steps,
    instances,
    levels,
    sudden,
)
from bot.core.series import Series
from tests.core_plan.scenes import FIVE, NAN, SIZING, WINDOW

MINUTE = timedelta(minutes=1)
# 1 vCPU, 30 ms: at 60 % one instance has 20 requests/s, at 85 % it has 28.3.
LEAN = replace(SIZING, spare=0.0)
SUPPLY = Supply(LEAN, present=0, scales=True, reaction=timedelta(seconds=144))
PUSH = Arrival(CampaignKind.PUSH)


def usual(level: float = 400.0, *, low: float = 1.0, high: float = 1.0) -> Usual:
    curve = Series(WINDOW.start, FIVE, (level,) * 48)
    band = Band(level * low, level, level * high)
    return Usual(curve, band, band, weeks=4, covered=1.0, low=low, high=high)


def ahead(
    times: float, arrival: Arrival = PUSH, *, high: float = 0.0, base: Usual | None = None
) -> Forecast:
    band = Band(times, times, max(times, high))
    return forecast(base or usual(), band, arrival, WINDOW)


def planned(found: Forecast, supply: Supply = SUPPLY) -> tuple[Level, ...]:
    return levels(found, sudden(found, supply), supply, least=supply.present)


def test_the_forecast_rises_with_the_arrival_and_stays() -> None:
    found = ahead(3.0)
    assert (found.slot, len(found.expected)) == (MINUTE, 240)
    # Half of the rise has come after a minute, all of it after two.
    assert found.expected[:3] == (800, 1200, 1200)
    assert (found.peak, found.before) == (Band(1200, 1200, 1200), 400)


def test_the_ends_of_the_band_add_up_in_squares() -> None:
    """1.2 for the usual demand and 1.5 for the uplift make exp(hypot(ln 1.2, ln 1.5)) = 1.56."""
    found = ahead(3.0, high=4.5, base=usual(low=1 / 1.2, high=1.2))
    assert found.peak.high / 1200 == pytest.approx(1.5598, abs=1e-4)


def test_a_gap_in_the_curve_takes_the_value_before_it() -> None:
    base = usual()
    values = (NAN, NAN, 100.0, NAN, *(200.0,) * 44)
    found = ahead(1.0, base=replace(base, curve=replace(base.curve, values=values)))
    assert (found.usual[0], found.usual[14], found.usual[19]) == (100, 100, 100)


@pytest.mark.parametrize(
    ("why", "times", "floor"),
    [
        ("the autoscaler runs at 60 % of what it carries at 85 %", 1.4, 0),
        ("more than 1.42 times outruns it", 1.45, 29),
        ("three times", 3.0, 60),
    ],
)
def test_a_push_is_warmed_where_it_outruns_the_autoscaler(
    why: str, times: float, floor: int
) -> None:
    found = planned(ahead(times))
    assert max((level.floor for level in found), default=0) == floor, why


def test_what_is_present_counts() -> None:
    assert planned(ahead(3.0), replace(SUPPLY, present=43)) == ()  # 43 · 28.3 = 1,218
    assert planned(ahead(3.0), replace(SUPPLY, present=42)) != ()


@pytest.mark.parametrize("minutes", [45, 60, 120])
def test_twice_the_demand_within_an_hour_is_left_to_the_autoscaler(minutes: int) -> None:
    slots = minutes // 5
    shape = tuple(min(1.0, (at + 1) / slots) for at in range(48))
    learned = Arrival(CampaignKind.OTHER, shape, learned_from=3)
    assert planned(ahead(2.0, learned, high=2.6)) == ()


def test_a_service_that_sleeps_is_warmed_for_little_and_one_awake_is_not() -> None:
    asleep, awake = usual(0.04), usual(4.0)
    assert planned(ahead(5.0, base=asleep)) != ()
    assert planned(ahead(5.0, base=awake)) == ()  # one instance carries 28 requests/s


def test_without_autoscaler_everything_must_stand() -> None:
    by_hand = replace(SUPPLY, scales=False)
    assert [level.floor for level in planned(ahead(1.1), by_hand)] == [22]


def test_a_learned_shape_lets_the_floor_follow_down() -> None:
    fading = Arrival(CampaignKind.PUSH, (1.0, 1.0, 0.5, 0.25, 0.1, 0.0), learned_from=2)
    found = planned(ahead(3.0, fading))
    assert found[0] == Level(timedelta(0), 60)
    assert [level.floor for level in found] == sorted(
        (level.floor for level in found), reverse=True
    )
    assert found[-1].floor == 15  # 400 requests/s at 85 %: the autoscaler keeps its own 60 %
    assert found[-1].since <= timedelta(minutes=30)


def test_the_least_is_kept_to_the_end() -> None:
    fading = Arrival(CampaignKind.PUSH, (1.0, 0.0), learned_from=2)
    found = ahead(3.0, fading)
    steps = levels(found, sudden(found, SUPPLY), SUPPLY, least=33)
    assert steps[-1].floor == 33


@pytest.mark.parametrize(
    ("why", "series", "steps"),
    [
        ("flat", [5, 5, 5], [(0, 5)]),
        ("a small step is not worth it", [20, 20, 19, 19], [(0, 20)]),
        ("a large one is", [20, 20, 5, 5], [(0, 20), (2, 5)]),
        ("the cheapest merge goes first", [20, 12, 11, 4, 4, 4], [(0, 20), (1, 12), (3, 4)]),
        ("nothing", [0, 0], [(0, 0)]),
    ],
)
def test_few_steps_worth_their_write(
    why: str, series: list[int], steps: list[tuple[int, int]]
) -> None:
    assert few_steps(series) == steps, why


falling = st.lists(st.integers(0, 500), min_size=1, max_size=60).map(
    lambda values: sorted(values, reverse=True)
)


@given(falling)
def test_steps_are_few_and_never_below_the_series(series: list[int]) -> None:
    steps = few_steps(series)
    assert 1 <= len(steps) <= STEPS_AT_MOST
    assert steps[0][0] == 0
    for place, value in enumerate(series):
        held = [floor for since, floor in steps if since <= place][-1]
        assert held >= value


@given(st.floats(0, 5000), st.floats(0, 5000), st.floats(1, 3))
def test_more_demand_never_needs_fewer_instances(one: float, two: float, spread: float) -> None:
    small, large = sorted((one, two))
    assert instances(small, small * spread, SIZING) <= instances(large, large * spread, SIZING)
    assert instances(small, small, SIZING) <= instances(small, small * spread, SIZING)


@given(st.floats(1, 20), st.floats(1, 20), st.floats(50, 3000))
def test_a_higher_uplift_never_has_a_lower_floor(one: float, two: float, level: float) -> None:
    small, large = sorted((one, two))
    floors = [
        max((step.floor for step in planned(ahead(times, base=usual(level)))), default=0)
        for times in (small, large)
    ]
    assert floors[0] <= floors[1]
