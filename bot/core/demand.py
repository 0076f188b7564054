"""The usual demand in a campaign's window, learnt from the same hours of earlier weeks; used by planner."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean, median
from zoneinfo import ZoneInfo

from bot.core.evidence import WorkloadEvidence, same_hour_before
from bot.core.plan import Band
from bot.core.series import Metric, Series
from bot.core.windows import Window

# A week whose level is this many times above or below the others' is an odd one (an earlier campaign, an outage).
ODD = 1.6
# The band assumed where only one week or day is known.
ASSUMED_SPREAD = 0.25
_POINTS_AT_MOST = 2000
_WEEK = timedelta(weeks=1)
_NO_BAND = Band(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class OddWeek:
    """An earlier week left out: its day and how many times the others' level it had."""

    day: date
    times: float


@dataclass(frozen=True, slots=True)
class Usual:
    """Demand without the campaign, in requests/s.

    `curve` is the median of the weeks over the window; `peak` its highest point and `opening` its
    first, each with the band over the weeks. `weeks` is how many weeks count (0: none, `warnings`
    then say what stands in for them); `covered` the share of the window with any history.
    """

    curve: Series
    peak: Band
    opening: Band
    weeks: int
    covered: float
    left_out: tuple[OddWeek, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def mean(self) -> float:
        """The mean of the curve's measured points; 0 without any."""
        values = [value for _, value in self.curve.points()]
        return fmean(values) if values else 0.0


@dataclass(frozen=True, slots=True)
class _Week:
    day: date
    values: tuple[float, ...]

    @property
    def level(self) -> float:
        return fmean(_measured(self.values))


def usual_demand(evidence: WorkloadEvidence, window: Window, zone: str) -> Usual:
    """The usual demand of one workload; gaps, wrong values and thin history are said in warnings."""
    grid = _grid(evidence.usual, window)
    weeks = [_sampled(series, grid, window, ZoneInfo(zone)) for series in evidence.usual]
    weeks = [week for week in weeks if _measured(week.values)]
    warnings = _wrong_values(evidence.usual)
    if not weeks:
        return _from_yesterday(evidence, grid, warnings)
    kept, left_out = _without_odd(weeks)
    usual = _summed_up(kept, grid)
    return Usual(
        curve=usual.curve,
        peak=usual.peak,
        opening=usual.opening,
        weeks=len(kept),
        covered=usual.covered,
        left_out=left_out,
        warnings=(*warnings, *_thin(usual)),
    )


def times(band: Band, multiplier: float) -> Band:
    """The band multiplied: what a campaign of that multiplier expects."""
    return Band(band.low * multiplier, band.expected * multiplier, band.high * multiplier)


def _grid(weeks: Sequence[Series], window: Window) -> Series:
    """An empty curve over the window, as fine as the finest week; elapsed time, so no hour is lost or doubled."""
    finest = min((series.step for series in weeks), default=timedelta(minutes=5))
    step = max(finest, timedelta(minutes=1), window.duration / _POINTS_AT_MOST)
    points = math.ceil(window.duration / step)
    return Series(window.start, step, (math.nan,) * points)


def _sampled(series: Series, grid: Series, window: Window, zone: ZoneInfo) -> _Week:
    weeks = _weeks_between(series, window)
    instants = [same_hour_before(instant, zone, weeks) for instant in _instants(grid)]
    return _Week(
        same_hour_before(window.start, zone, weeks).astimezone(zone).date(),
        tuple(_sound(series.at(instant)) for instant in instants),
    )


def _weeks_between(series: Series, window: Window) -> int:
    """How many weeks before the window the series lies, by their middles: its ends may be missing."""
    middle = series.start + len(series.values) * series.step / 2
    return max(1, round((window.start + window.duration / 2 - middle) / _WEEK))


def _instants(series: Series) -> list[datetime]:
    return [series.start + place * series.step for place in range(len(series.values))]


def _sound(value: float) -> float:
    return value if math.isfinite(value) and value >= 0 else math.nan


def _measured(values: Sequence[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]


def _wrong_values(weeks: Sequence[Series]) -> tuple[str, ...]:
    wrong = sum(value < 0 or math.isinf(value) for series in weeks for value in series.values)
    return (
        (f"{wrong} measured values were impossible (negative) and are ignored.",) if wrong else ()
    )


def _without_odd(weeks: Sequence[_Week]) -> tuple[list[_Week], tuple[OddWeek, ...]]:
    """Leaves out odd weeks, if the ordinary ones remain the majority."""
    middle = median(week.level for week in weeks)
    if len(weeks) < 3 or middle <= 0:
        return list(weeks), ()
    odd = [week for week in weeks if not middle / ODD <= week.level <= middle * ODD]
    kept = [week for week in weeks if week not in odd]
    if len(kept) <= len(odd):
        return list(weeks), ()
    return kept, tuple(OddWeek(week.day, week.level / middle) for week in odd)


def _summed_up(weeks: Sequence[_Week], grid: Series) -> Usual:
    columns = [_measured(column) for column in zip(*(week.values for week in weeks), strict=True)]
    low, middle, high = (
        [pick(column) if column else math.nan for column in columns] for pick in (min, median, max)
    )
    curve = Series(grid.start, grid.step, tuple(middle))
    first = next((place for place, column in enumerate(columns) if column), None)
    if first is None:
        return Usual(curve, _NO_BAND, _NO_BAND, weeks=0, covered=0.0)
    return Usual(
        curve=curve,
        peak=_spread(_top(low), _top(middle), _top(high), weeks),
        opening=_spread(low[first], middle[first], high[first], weeks),
        weeks=len(weeks),
        covered=sum(bool(column) for column in columns) / len(columns),
    )


def _spread(low: float, middle: float, high: float, weeks: Sequence[_Week]) -> Band:
    if len(weeks) == 1:
        return Band(middle * (1 - ASSUMED_SPREAD), middle, middle * (1 + ASSUMED_SPREAD))
    return Band(low, middle, high)


def _top(values: Sequence[float]) -> float:
    return max(_measured(values), default=0.0)


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


def _from_yesterday(evidence: WorkloadEvidence, grid: Series, warnings: tuple[str, ...]) -> Usual:
    """Where no earlier week is known: the last day at the same time of day, and that is said."""
    recent = evidence.recent.get(Metric.REQUESTS)
    if recent is None or not recent.values:
        return _unknown(grid, warnings)
    end = recent.start + len(recent.values) * recent.step
    days = [max(0, -((end - instant) // timedelta(days=1))) for instant in _instants(grid)]
    values = tuple(
        _sound(recent.at(instant - timedelta(days=back)))
        for instant, back in zip(_instants(grid), days, strict=True)
    )
    usual = _summed_up([_Week(recent.start.date(), values)], grid)
    if usual.peak.high <= 0:
        return _unknown(grid, warnings)
    said = "No earlier week was measured; the last day at the same time stands in for it."
    return Usual(
        curve=usual.curve,
        peak=usual.peak,
        opening=usual.opening,
        weeks=0,
        covered=usual.covered,
        warnings=(*warnings, said),
    )


def _unknown(grid: Series, warnings: tuple[str, ...]) -> Usual:
    said = "No demand was measured, neither in earlier weeks nor in the last day."
    return Usual(grid, _NO_BAND, _NO_BAND, weeks=0, covered=0.0, warnings=(*warnings, said))
