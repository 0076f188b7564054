"""The usual demand in a campaign's window, learnt from the same hours of earlier weeks; used by planner.

Which weeks count, and how they are read by the clock on the wall, is decided in weeks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import fmean, median, stdev

from bot.core.days import Calendar
from bot.core.evidence import WorkloadEvidence
from bot.core.plan import Band
from bot.core.readings import impossible, measured, sound
from bot.core.series import Metric, Series
from bot.core.weeks import (
    LeftOut,
    LevelThen,
    Week,
    empty_grid,
    growth,
    instants,
    levels,
    levels_beside,
    middle_of,
    sample,
    sort_out,
)
from bot.core.windows import Window
from bot.core.wording import say_date

# The band assumed where only one week or day is known.
ASSUMED_SPREAD = 0.25
# Another weekday, a holiday: how much more may be wrong.
STRANGE_DAY = 0.5
# About 19 of 20 weeks lie within so many standard deviations of the others.
_LEVELS_Z = 2.0
_LEVEL_REACH_AT_MOST = math.log(2)
_TWO = 2
_NO_BAND = Band(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Usual:
    """Demand without the campaign, in requests/s.

    `curve` is the median of the weeks over the window, brought to this week's level; `peak` its highest
    point and `opening` its first, each with the band: `low` and `high` are the factors of that band.
    `weeks` is how many weeks count (0: none, `warnings` then say what stands in for them); `covered` the
    share of the window with any history; `notes` say what was done to the weeks.
    """

    curve: Series
    peak: Band
    opening: Band
    weeks: int
    covered: float
    low: float = 1.0
    high: float = 1.0
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    growth_per_week: float = 0.0

    @property
    def mean(self) -> float:
        """The mean of the curve's measured points; 0 without any."""
        values = measured(self.curve.values)
        return fmean(values) if values else 0.0


@dataclass(frozen=True, slots=True)
class _Factors:
    low: float
    high: float


def usual_demand(evidence: WorkloadEvidence, window: Window, calendar: Calendar) -> Usual:
    """The usual demand of one workload; gaps, wrong values and thin history are said in warnings."""
    grid = empty_grid(evidence.usual, window)
    weeks = [sample(series, grid, window, calendar) for series in evidence.usual]
    weeks = [week for week in weeks if week.known]
    warnings = impossible(evidence.usual)
    if not weeks:
        return _from_yesterday(evidence, grid, calendar, warnings)
    kept, left_out = sort_out(weeks, calendar)
    beside = levels_beside(weeks, kept, levels(kept, middle_of(kept)), calendar)
    return _summed_up(kept, grid, calendar, _Aside(left_out, warnings, beside))


def times(band: Band, multiplier: float) -> Band:
    """The band multiplied: what a campaign of that multiplier expects."""
    return Band(band.low * multiplier, band.expected * multiplier, band.high * multiplier)


@dataclass(frozen=True, slots=True)
class _Aside:
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]
    levels: Sequence[LevelThen]


def _summed_up(weeks: Sequence[Week], grid: Series, calendar: Calendar, aside: _Aside) -> Usual:
    """The median of the weeks at each point, at the level that their growth leads to."""
    middle = middle_of(weeks)
    against = levels(weeks, middle)
    known = [LevelThen(week.back, level) for week, level in zip(weeks, against, strict=True)]
    known += aside.levels
    rate = growth(known)
    now = [one.level * math.exp(rate * one.back) for one in known]
    centre = median(now) if rate or aside.levels else 1.0
    curve = Series(grid.start, grid.step, tuple(value * centre for value in middle))
    factors = _factors(weeks, middle, [level / centre for level in now], calendar)
    points = [value for value in curve.values if not math.isnan(value)]
    opening, top = (points[0], max(points)) if points else (0.0, 0.0)
    usual = Usual(
        curve=curve,
        peak=Band(top * factors.low, top, top * factors.high),
        opening=Band(opening * factors.low, opening, opening * factors.high),
        weeks=len(weeks),
        covered=len(points) / len(middle),
        low=factors.low,
        high=factors.high,
        left_out=aside.left_out,
        notes=_notes(weeks, rate, calendar, grid),
        growth_per_week=math.expm1(rate),
    )
    warnings = (*aside.warnings, *_thin(usual), *calendar.about(grid.start))
    return replace(usual, warnings=warnings)


def _factors(
    weeks: Sequence[Week], middle: Sequence[float], levels: Sequence[float], calendar: Calendar
) -> _Factors:
    """The band as factors: how the weeks' levels differ, and how single points stray from their week.

    The next week's level is at least as uncertain as the weeks' own: within `_LEVELS_Z` of their standard
    deviations, more for few weeks. Both parts are independent, so their logarithms add up in squares.
    """
    reach = _level_reach(levels)
    low, high = min(*levels, 1 / reach), max(*levels, reach)
    if len(weeks) == 1:
        low, high = 1 - ASSUMED_SPREAD, 1 + ASSUMED_SPREAD
    strays = _strays(weeks, middle)
    strange = 1 + ASSUMED_SPREAD if calendar.holiday_at_start else 1.0
    return _Factors(
        _joined((min(low, 1.0), 1 / strays, 1 / strange)),
        _joined((max(high, 1.0), strays, strange)),
    )


def _level_reach(levels: Sequence[float]) -> float:
    """How many times the usual level the next week may have; 1 where fewer than two levels are known.

    Weeks that differ by more are no spread but different things; then their own extremes are the band.
    """
    known = [math.log(level) for level in levels if level > 0]
    if len(known) < _TWO:
        return 1.0
    reach = _LEVELS_Z * stdev(known) * math.sqrt(1 + 1 / len(known))
    return math.exp(min(reach, _LEVEL_REACH_AT_MOST))


def _joined(factors: Sequence[float]) -> float:
    """exp of the root of the summed squared logarithms, on the side of the first; 0 stays 0."""
    if min(factors) <= 0:
        return 0.0
    spread = math.sqrt(sum(math.log(factor) ** 2 for factor in factors))
    return math.exp(spread if max(factors) > 1 else -spread)


def _strays(weeks: Sequence[Week], middle: Sequence[float]) -> float:
    """How many times its week's curve 19 of 20 points stay below."""
    ratios = []
    if len(weeks) == 1:
        return 1.0
    for week, level in zip(weeks, levels(weeks, middle), strict=True):
        if level > 0:
            ratios += [
                own / (mid * level)
                for own, mid in zip(week.values, middle, strict=True)
                if own > 0 and mid > 0
            ]
    ratios.sort()
    return max(1.0, ratios[math.ceil(0.95 * len(ratios)) - 1]) if ratios else 1.0


def _notes(weeks: Sequence[Week], rate: float, calendar: Calendar, grid: Series) -> tuple[str, ...]:
    said = []
    if rate:
        verb = "grew" if rate > 0 else "shrank"
        said.append(f"Demand {verb} by {abs(math.expm1(rate)):.0%} a week; that is carried on.")
    relieved = sum(week.relieved for week in weeks)
    if relieved:
        said.append(f"In {relieved} of these weeks a campaign ran; its rise was taken out.")
    changed = [week for week in weeks if week.offset != calendar.offset(grid.start)]
    if changed:
        said.append(
            f"The clocks changed since {say_date(max(week.day for week in changed))};"
            " weeks are compared by the clock on the wall."
        )
    return tuple(said)


def _thin(usual: Usual) -> tuple[str, ...]:
    said = []
    if usual.weeks == 1:
        said.append(
            "Only one earlier week was measured; how much weeks differ is assumed"
            f" (±{ASSUMED_SPREAD:.0%})."
        )
    if usual.covered < 0.9:
        said.append(
            f"{1 - usual.covered:.0%} of these hours were not measured in any earlier week."
        )
    if usual.peak.high <= 0:
        said.append(
            "There were no requests at all in these hours of earlier weeks,"
            " so nothing can be multiplied; an engineer should look."
        )
    elif usual.peak.high > usual.peak.low * 2:
        said.append("Earlier weeks differ by more than 2 times; the forecast is rough.")
    return tuple(said)


def _from_yesterday(
    evidence: WorkloadEvidence, grid: Series, calendar: Calendar, warnings: tuple[str, ...]
) -> Usual:
    """Where no earlier week is known: the last day at the same time of day, and that is said."""
    recent = evidence.recent.get(Metric.REQUESTS)
    if recent is None or not recent.values:
        return _unknown(grid, warnings)
    end = recent.start + len(recent.values) * recent.step
    values = tuple(_a_day_before(recent, instant, end) for instant in instants(grid))
    points = measured(values)
    top = max(points, default=0.0)
    if top <= 0:
        return _unknown(grid, warnings)
    said = "No earlier week was measured; the last day at the same time stands in for it."
    spread = ASSUMED_SPREAD
    if calendar.weekend(grid.start) != calendar.weekend(recent.start):
        spread = STRANGE_DAY
        said += f" It was another kind of day, so the band is wide (±{spread:.0%})."
    return Usual(
        curve=Series(grid.start, grid.step, values),
        peak=Band(top * (1 - spread), top, top * (1 + spread)),
        opening=Band(points[0] * (1 - spread), points[0], points[0] * (1 + spread)),
        weeks=0,
        covered=len(points) / len(values),
        low=1 - spread,
        high=1 + spread,
        warnings=(*warnings, said, *calendar.about(grid.start)),
    )


def _a_day_before(recent: Series, instant: datetime, end: datetime) -> float:
    days = max(0, -((end - instant) // timedelta(days=1)))
    return sound(recent.at(instant - timedelta(days=days)))


def _unknown(grid: Series, warnings: tuple[str, ...]) -> Usual:
    said = "No demand was measured, neither in earlier weeks nor in the last day."
    return Usual(grid, _NO_BAND, _NO_BAND, weeks=0, covered=0.0, warnings=(*warnings, said))
