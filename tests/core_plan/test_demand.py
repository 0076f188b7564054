"""The usual demand: medians, odd weeks, gaps, wrong values, missing history, changes of summer time."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.days import calendar_for
from bot.core.demand import Usual, times, usual_demand
from bot.core.evidence import weeks_back
from bot.core.plan import Band
from bot.core.series import Metric, Series
from bot.core.windows import Window
from tests.core_plan.scenes import (
    BERLIN,
    FIVE,
    NAN,
    NOW,
    WINDOW,
    evidence,
    flat,
    history,
    recent,
    shaped,
)

CALENDAR = calendar_for(WINDOW.start, BERLIN, {})


def close(band: Band) -> Band:
    """Rounded to a millionth, so that the dust of logarithms does not matter."""
    return Band(*(round(value, 6) for value in (band.low, band.expected, band.high)))


def usual(weeks: Sequence[Series], window: Window = WINDOW) -> Usual:
    return usual_demand(
        evidence(usual=weeks, measured={}), window, calendar_for(window.start, BERLIN, {})
    )


@pytest.mark.parametrize(
    ("why", "levels", "band", "weeks"),
    [
        # exp(2 x 0.0327 x root(5/4)) = 1.0758: two standard deviations of the logarithms, of four.
        ("four like weeks", (412, 398, 431, 412), Band(382.983396, 412, 443.215037), 4),
        ("four equal weeks", (400, 400, 400, 400), Band(400, 400, 400), 4),
        (
            "an even number takes the middle of two",
            (400, 410),
            Band(388.043795, 405, 422.697134),
            2,
        ),
        (
            "an earlier campaign is left out",
            (400, 1200, 410, 420),
            Band(387.539483, 410, 433.762255),
            3,
        ),
        ("an outage is left out", (400, 10, 410, 420), Band(387.539483, 410, 433.762255), 3),
        (
            "a shrinking week before two equal ones is no trend",
            (400, 380, 400, 400),
            Band(377.706297, 400, 423.609565),
            4,
        ),
        ("of two nobody knows which is odd", (400, 1200), Band(400, 800, 1600), 2),
        ("no majority, nothing is odd", (100, 100, 900, 900), Band(100, 500, 1000), 4),
        ("one week has an assumed spread", (400,), Band(300, 400, 500), 1),
        ("all zeros", (0, 0, 0, 0), Band(0, 0, 0), 4),
    ],
)
def test_the_band_of_flat_weeks(
    why: str, levels: tuple[float, ...], band: Band, weeks: int
) -> None:
    found = usual(history(*levels))
    assert (close(found.peak), close(found.opening), found.weeks) == (band, band, weeks), why
    assert found.covered == 1.0


def test_a_left_out_week_is_named_with_its_level() -> None:
    (odd,) = usual(history(400, 1200, 400, 400)).left_out
    assert odd.day == date(2025, 11, 14)
    assert odd.times == pytest.approx(3.0)


def test_peak_and_opening_differ_when_demand_rises_in_the_window() -> None:
    def rising(at: datetime) -> float:
        return 100.0 + (at.hour - 17) * 100

    weeks = [shaped(span, rising) for span in weeks_back(WINDOW, BERLIN, weeks=3, now=NOW)]
    found = usual(weeks)
    assert (found.opening.expected, found.peak.expected, found.mean) == (100, 400, 250)


def test_the_padding_around_the_window_does_not_count() -> None:
    def loud_before(at: datetime) -> float:
        return 9000.0 if at.hour < 17 else 100.0

    weeks = [shaped(span, loud_before) for span in weeks_back(WINDOW, BERLIN, weeks=3, now=NOW)]
    assert usual(weeks).peak == Band(100, 100, 100)


def test_one_odd_point_in_one_week_is_outvoted() -> None:
    weeks = list(history(400, 400, 400, 400))
    values = list(weeks[1].values)
    values[20] = 5000.0
    weeks[1] = replace(weeks[1], values=tuple(values))
    assert usual(weeks).peak.expected == 400


@pytest.mark.parametrize("wrong", [NAN, -7.0, math.inf, -math.inf])
def test_gaps_and_wrong_values_are_filled_by_the_other_weeks(wrong: float) -> None:
    weeks = list(history(400, 410, 420))
    weeks[0] = replace(weeks[0], values=(wrong,) * len(weeks[0].values))
    found = usual(weeks)
    assert close(found.peak) == Band(398.035157, 415, 432.687909)
    assert any("impossible" in said for said in found.warnings) is not math.isnan(wrong)


def test_a_hole_in_all_weeks_is_said() -> None:
    weeks = [
        replace(week, values=(*week.values[:30], *(NAN,) * (len(week.values) - 30)))
        for week in history(400, 410, 420)
    ]
    found = usual(weeks)
    assert found.peak.expected == 410
    assert found.covered == pytest.approx(18 / 48)
    assert any("62% of these hours were not measured" in said for said in found.warnings)


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ((400,), "Only one earlier week"),
        ((0, 0, 0), "no requests at all"),
        ((400, 1200), "differ by more than 2 times"),
    ],
)
def test_thin_history_is_said(levels: tuple[float, ...], said: str) -> None:
    assert any(said in sentence for sentence in usual(history(*levels)).warnings)


def test_good_history_needs_no_warning() -> None:
    assert usual(history(412, 398, 431, 412)).warnings == ()


def test_yesterday_stands_in_when_no_week_is_known_and_that_is_said() -> None:
    found = usual_demand(evidence(usual=()), WINDOW, CALENDAR)
    assert (found.weeks, found.peak) == (0, Band(300, 400, 500))
    assert any("last day" in said for said in found.warnings)


def test_yesterday_is_read_at_the_same_time_of_day() -> None:
    day = Window(NOW - timedelta(hours=24), NOW)
    measured = {Metric.REQUESTS: shaped(day, lambda at: 700.0 if 17 <= at.hour < 21 else 50.0)}
    ahead = WINDOW.shifted(timedelta(days=5))
    found = usual_demand(
        evidence(usual=(), measured=measured), ahead, calendar_for(ahead.start, BERLIN, {})
    )
    assert (found.peak.expected, found.covered) == (700, 1.0)


@pytest.mark.parametrize(
    ("why", "weeks", "measured"),
    [
        ("nothing at all", (), {}),
        ("an empty series", (Series(WINDOW.start, FIVE, ()),), {}),
        ("gaps only", (flat(WINDOW.shifted(-timedelta(weeks=1)), NAN),), {}),
        ("an empty last day", (), {Metric.REQUESTS: Series(NOW, FIVE, ())}),
        ("gaps in the last day", (), recent({Metric.REQUESTS: NAN})),
        ("a last day of zeros", (), recent({Metric.REQUESTS: 0.0})),
        ("negative last day", (), recent({Metric.REQUESTS: -4.0})),
    ],
)
def test_unknown_demand_is_zero_and_said(
    why: str, weeks: Sequence[Series], measured: dict[Metric, Series]
) -> None:
    found = usual_demand(evidence(usual=weeks, measured=measured), WINDOW, CALENDAR)
    assert (found.weeks, found.covered, found.peak, found.mean) == (0, 0.0, Band(0, 0, 0), 0), why
    assert any("No demand was measured" in said for said in found.warnings)


@pytest.mark.parametrize(
    ("why", "day", "hours"),
    [("the clock goes back", date(2025, 10, 26), 4), ("forward", date(2026, 3, 29), 2)],
)
def test_a_change_of_summer_time_neither_loses_nor_doubles_an_hour(
    why: str, day: date, hours: int
) -> None:
    """From 01:00 to 04:00 in Berlin: four hours of UTC in autumn, two in spring."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)
    start += timedelta(hours=1) if hours == 2 else timedelta(0)
    window = Window(start, start + timedelta(hours=hours))
    now = window.start - timedelta(days=1)
    spans = weeks_back(window, BERLIN, weeks=3, now=now)
    found = usual([flat(span, 100.0) for span in spans], window)
    assert len(found.curve.values) == hours * 12, why
    assert found.covered == 1.0, why
    assert found.mean * hours == pytest.approx(100.0 * hours)


def test_weeks_on_both_sides_of_summer_time_are_read_at_the_same_wall_clock() -> None:
    """The demand jumps at 18:00 Berlin time; five weeks earlier that is another hour of UTC."""
    spans = weeks_back(WINDOW, BERLIN, weeks=5, now=NOW)
    quiet_hour, points = (5.0,) * 12, 72
    weeks = [Series(s.start, FIVE, quiet_hour + (500.0,) * (points - 12)) for s in spans]
    found = usual(weeks)
    assert found.weeks == 5
    assert found.opening == Band(500, 500, 500)


def test_history_fetched_without_regard_to_summer_time_still_fits() -> None:
    """The padding covers an hour of difference."""
    padded = Window(WINDOW.start - timedelta(hours=1), WINDOW.end + timedelta(hours=1))
    found = usual([flat(padded.shifted(-timedelta(weeks=5)), 400.0)])
    assert found.weeks == 1
    assert found.covered == 1.0


def test_a_series_that_begins_late_is_taken_for_its_own_week() -> None:
    (week,) = history(400)
    late = Series(week.start + FIVE * 24, week.step, week.values[24:])
    found = usual([late])
    assert found.curve.at(WINDOW.start) != found.curve.at(WINDOW.start)
    assert found.curve.at(WINDOW.end - FIVE) == 400


def test_a_window_of_days_stays_a_curve_of_bounded_length() -> None:
    window = Window(WINDOW.start, WINDOW.start + timedelta(days=6))
    spans = weeks_back(window, BERLIN, weeks=2, now=NOW)
    weeks = [flat(span, 10.0, timedelta(minutes=1)) for span in spans]
    assert len(usual(weeks, window).curve.values) <= 2000


def test_a_campaign_multiplies_the_band() -> None:
    assert times(Band(10, 20, 30), 2.5) == Band(25, 50, 75)


@given(st.lists(st.lists(st.floats(-10, 1e6) | st.just(NAN), min_size=72, max_size=72), max_size=5))
def test_any_history_gives_an_ordered_finite_band(values: list[list[float]]) -> None:
    spans = weeks_back(WINDOW, BERLIN, weeks=len(values), now=NOW)
    weeks = [Series(s.start, FIVE, tuple(v)) for s, v in zip(spans, values, strict=True)]
    found = usual(weeks)
    for band in (found.peak, found.opening):
        assert 0 <= band.low <= band.expected <= band.high < math.inf
    assert found.weeks or found.warnings
