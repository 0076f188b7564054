"""The same hours of earlier weeks: read by the clock on the wall, odd ones and known campaigns left out; used by demand."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import combinations, takewhile
from statistics import fmean, median
from zoneinfo import ZoneInfo

from bot.core.arrival import SHAPE_STEP
from bot.core.days import Calendar
from bot.core.evidence import PADDING, PastCampaign, same_hour_before
from bot.core.readings import measured, sound
from bot.core.series import Series
from bot.core.windows import Window

# A week whose level is this many times above or below the others' is an odd one (an earlier campaign, an outage).
_ODD = 1.6
_POINTS_AT_MOST = 2000
_WEEK = timedelta(weeks=1)
# Growth is believed where this share of all pairs of weeks says so, and never carried on beyond this.
_AGREED = 0.85
_GROWTH_AT_MOST = math.log(1.15)
_WORTH_SAYING = 0.01
# So many ordinary weeks are enough to leave the others out.
_ENOUGH = 2
# How long a campaign is taken to last where its end is not known.
_SOME_HOURS = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An earlier week left out: its day, how many times the others' level it had, and the reason if known."""

    day: date
    times: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LevelThen:
    """How many times the usual a week was, so many weeks back."""

    back: int
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """One earlier week on the grid: how many weeks back, its day, what was measured (a gap is NaN).

    `relieved`: the rise of a campaign in it was taken out. `before` is the mean of the hour before the span.
    """

    back: int
    day: date
    span: Window
    offset: timedelta | None
    values: tuple[float, ...]
    step: timedelta
    relieved: bool = False
    before: float = math.nan

    @property
    def known(self) -> bool:
        """Whether anything was measured."""
        return any(not math.isnan(value) for value in self.values)


def empty_grid(weeks: Sequence[Series], window: Window) -> Series:
    """An empty curve over the window, as fine as the finest week; elapsed time, so no hour is lost or doubled."""
    finest = min((series.step for series in weeks), default=timedelta(minutes=5))
    step = max(finest, timedelta(minutes=1), window.duration / _POINTS_AT_MOST)
    points = math.ceil(window.duration / step)
    return Series(window.start, step, (math.nan,) * points)


def instants(series: Series) -> list[datetime]:
    """The start of each point."""
    return [series.start + place * series.step for place in range(len(series.values))]


def sample(series: Series, grid: Series, window: Window, calendar: Calendar) -> Week:
    """An earlier week read at the grid's instants, by the clock on the wall."""
    zone = ZoneInfo(calendar.zone)
    back = _weeks_between(series, window)
    first = same_hour_before(window.start, zone, back)
    last = same_hour_before(window.end, zone, back)
    if last - first == window.duration:
        values = _straight(series, grid, first)
    else:  # the clocks changed inside: each instant has its own
        read = [same_hour_before(instant, zone, back) for instant in instants(grid)]
        values = tuple(sound(series.at(instant)) for instant in read)
    return Week(
        back=back,
        day=first.astimezone(zone).date(),
        span=Window(first, first + window.duration),
        offset=first.astimezone(zone).utcoffset(),
        values=values,
        step=grid.step,
        before=_before(series, first),
    )


def sort_out(weeks: Sequence[Week], calendar: Calendar) -> tuple[list[Week], tuple[LeftOut, ...]]:
    """The weeks that count, and those left out: known campaigns and holidays first, then odd levels.

    Where hardly an ordinary week remains, the known campaigns' weeks count too, their rise taken out.
    """
    named = {week.back: _reason(week, calendar) for week in weeks}
    ordinary = [week for week in weeks if not named[week.back]]
    if len(ordinary) < _ENOUGH:
        weeks = [_relieved(week, calendar) for week in weeks]
        ordinary = list(weeks)
    level = dict(zip(weeks, levels(weeks, middle_of(ordinary)), strict=True))
    kept = _without_odd(ordinary, level)
    usual = median(level[week] for week in kept)
    return kept, tuple(
        LeftOut(week.day, level[week] / usual if usual > 0 else 1.0, named[week.back])
        for week in weeks
        if week not in kept
    )


def middle_of(weeks: Sequence[Week]) -> list[float]:
    """The median of the weeks at each point; NaN where none was measured."""
    columns = (measured(column) for column in zip(*(week.values for week in weeks), strict=True))
    return [median(column) if column else math.nan for column in columns]


def levels(weeks: Sequence[Week], middle: Sequence[float]) -> list[float]:
    """How many times the `middle` each week was, over the points that both have (1 where they share none)."""
    return [_level(week.values, middle) for week in weeks]


def levels_beside(
    weeks: Sequence[Week], kept: Sequence[Week], against: Sequence[float], calendar: Calendar
) -> list[LevelThen]:
    """The levels of weeks left out for a campaign of their own, told by the hour before it.

    A weekly campaign leaves only old weeks; without these nobody would see that demand has grown since.
    `against` are the levels of the `kept` ones.
    """
    shares = [
        week.before / level
        for week, level in zip(kept, against, strict=True)
        if week.before > 0 and level > 0
    ]
    if not shares:
        return []
    usual = median(shares)
    return [
        LevelThen(week.back, week.before / usual)
        for week in weeks
        if week not in kept and week.before > 0 and _quiet_before(week, calendar)
    ]


def _quiet_before(week: Week, calendar: Calendar) -> bool:
    """Whether it is left out for campaigns only, and none of them ran in the hour before."""
    hour = Window(week.span.start - PADDING, week.span.start)
    ran = [one for one in calendar.campaigns if _during(one, week.span)]
    on_holiday = week.day in calendar.holidays
    return (
        bool(ran) and not on_holiday and not any(_during(one, hour) for one in calendar.campaigns)
    )


def _before(series: Series, first: datetime) -> float:
    count = max(1, PADDING // series.step)
    values = measured(
        [sound(series.at(first - place * series.step)) for place in range(1, count + 1)]
    )
    return fmean(values) if values else math.nan


def growth(known: Sequence[LevelThen]) -> float:
    """Growth a week (ln) by Theil and Sen: the median of all pairs' slopes, if nearly all agree; else 0."""
    points = [(-one.back, math.log(one.level)) for one in known if one.level > 0]
    if len(points) < 4:
        return 0.0
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2) if a[0] != b[0]]
    rate = median(slopes)
    agreed = sum(slope * rate > 0 for slope in slopes)
    if agreed < _AGREED * len(slopes) or abs(rate) < _WORTH_SAYING:
        return 0.0
    return max(-_GROWTH_AT_MOST, min(_GROWTH_AT_MOST, rate))


def _straight(series: Series, grid: Series, first: datetime) -> tuple[float, ...]:
    """The values from `first` on, one for each point of the grid."""
    ahead, rest = divmod(first - series.start, series.step)
    if series.step == grid.step and not rest:
        return tuple(
            sound(series.values[place]) if 0 <= place < len(series.values) else math.nan
            for place in range(ahead, ahead + len(grid.values))
        )
    return tuple(sound(series.at(first + place * grid.step)) for place in range(len(grid.values)))


def _weeks_between(series: Series, window: Window) -> int:
    """How many weeks before the window the series lies, by their middles: its ends may be missing."""
    middle = series.start + len(series.values) * series.step / 2
    return max(1, round((window.start + window.duration / 2 - middle) / _WEEK))


def _reason(week: Week, calendar: Calendar) -> str:
    for one in calendar.campaigns:
        if _during(one, week.span):
            return one.name or f"an earlier campaign ({one.kind})"
    if calendar.holiday_at_start:
        return ""
    return calendar.holidays.get(week.day, "")


def _relieved(week: Week, calendar: Calendar) -> Week:
    """The week without the rise of the campaigns in it, as far as they were measured."""
    values = list(week.values)
    taken = False
    for one in calendar.campaigns:
        if not (math.isfinite(one.seen) and one.seen > 1) or not _during(one, week.span):
            continue
        taken = True
        for place, value in enumerate(values):
            values[place] = value / _rise_then(one, week.span.start + place * week.step)
    return replace(week, values=tuple(values), relieved=taken) if taken else week


def _rise_then(one: PastCampaign, at: datetime) -> float:
    end = one.until or one.at + _SOME_HOURS
    if not one.at <= at < end:
        return 1.0
    if not one.shape:
        return one.seen
    return 1 + (one.seen - 1) * one.shape[min((at - one.at) // SHAPE_STEP, len(one.shape) - 1)]


def _during(one: PastCampaign, span: Window) -> bool:
    end = one.until or one.at + _SOME_HOURS
    return one.at < span.end and span.start < end


def _without_odd(weeks: Sequence[Week], level: Mapping[Week, float]) -> list[Week]:
    """Leaves out odd weeks, if the ordinary ones remain the majority; odd against their common growth.

    Where the newest two are both far above, that is no event but a new level, and only those count that
    have it. Far below is not believed: too warm costs cents, too cold customers.
    """
    rate = growth([LevelThen(week.back, level[week]) for week in weeks])
    now = {week: level[week] * math.exp(rate * week.back) for week in weeks}
    middle = median(now.values())
    if len(weeks) < 3 or middle <= 0:
        return list(weeks)
    newest = sorted(weeks, key=lambda week: week.back)
    risen = list(takewhile(lambda week: now[week] > middle * _ODD, newest))
    if len(risen) >= _ENOUGH:
        return [week for week in weeks if week in risen]
    kept = [week for week in weeks if middle / _ODD <= now[week] <= middle * _ODD]
    return kept if len(kept) > len(weeks) / 2 else list(weeks)


def _level(values: Sequence[float], middle: Sequence[float]) -> float:
    pairs = [
        (own, mid)
        for own, mid in zip(values, middle, strict=True)
        if not (math.isnan(own) or math.isnan(mid))
    ]
    usual = sum(mid for _, mid in pairs)
    return sum(own for own, _ in pairs) / usual if usual > 0 else 1.0
