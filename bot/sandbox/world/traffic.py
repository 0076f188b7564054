"""Demand as a pure function of workload and instant: any minute of any year, without simulating.

Used by the simulation for the present, one instant after another, and by the records for the past, a day
of minutes at once; so both tell one story.
"""

import math
from bisect import bisect_right
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from bot.core.campaign import CampaignKind
from bot.sandbox.world.scenario import Event, Scenario, WorkloadSpec

Column = NDArray[np.float64]
Whole = NDArray[np.int64]

MINUTE = 60
WEEK = 7 * 24 * 3600
_MASK = (1 << 64) - 1
_ODD, _STEP = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x632BE59BD9B4E019)
_MIX = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)

# Share of the day's peak at each local hour: quiet nights, a lunch bump, the evening on the sofa.
_DAY = (
    (0.22, 0.14, 0.10, 0.08, 0.08, 0.12, 0.22, 0.36, 0.48, 0.57, 0.63, 0.68)
    + (0.74, 0.70, 0.64, 0.62, 0.66, 0.73, 0.82, 0.92, 1.00, 0.95, 0.74, 0.42)
)  # fmt: skip
_WEEKDAY = (0.92, 0.90, 0.91, 0.95, 1.00, 1.08, 1.12)  # Monday to Sunday
_HOURS = tuple(  # by local hour since 1970, which began on a Thursday
    _DAY[hour % 24] * _WEEKDAY[(hour // 24 + 3) % 7] for hour in range(7 * 24)
)
_HOURS_COLUMN = np.array(_HOURS)
_MINUTE_NOISE = 0.04
_TEN_MINUTE_NOISE = 0.05

# How the uplift of an event arrives: (seconds since its start, share of the uplift), joined by lines.
# A push is on every phone within seconds; mails are read over hours; a sale builds up.
_ARRIVAL: dict[CampaignKind, tuple[tuple[float, float], ...]] = {
    CampaignKind.PUSH: ((0, 0), (30, 1.0), (4500, 1.0), (9000, 0.85)),
    CampaignKind.EMAIL: ((0, 0), (900, 0.8), (2400, 1.0), (9000, 0.5)),
    CampaignKind.TV: ((0, 0), (15, 1.0), (240, 1.0), (900, 0.4)),
    CampaignKind.PAID_SOCIAL: ((0, 0), (1200, 1.0)),
    CampaignKind.SALE: ((0, 0), (1800, 0.9), (3600, 1.0)),
    CampaignKind.DROP: ((0, 0), (20, 1.0), (600, 1.0), (1800, 0.5)),
    CampaignKind.OTHER: ((0, 0), (600, 1.0)),
}
_FADE = 420.0  # seconds in which the rest falls to 1/e after the end
_FADED = 8 * _FADE


def chance(seed: int, *parts: int) -> float:
    """A number in [0, 1) that is always the same for the same arguments (splitmix64)."""
    state = seed & _MASK
    for part in parts:
        state = (state + (part & _MASK) * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state / (_MASK + 1)


def chances(seed: int, *parts: int | Whole) -> Column:
    """`chance` of each element, where one of the parts is a column."""
    state = np.array([seed & _MASK], np.uint64)
    for part in parts:
        state = state + np.atleast_1d(part).astype(np.uint64) * _ODD + _STEP
        state = (state ^ (state >> _SHIFTS[0])) * _MIX[0]
        state = (state ^ (state >> _SHIFTS[1])) * _MIX[1]
        state ^= state >> _SHIFTS[2]
    return state * np.float64(2.0**-64)


def seed_of(text: str) -> int:
    """A stable number for a name (FNV-1a; Python's own hash differs from process to process)."""
    number = 0xCBF29CE484222325
    for byte in text.encode():
        number = ((number ^ byte) * 0x100000001B3) & _MASK
    return number


@dataclass(frozen=True, slots=True)
class _Uplift:
    """One event as numbers: Unix start, seconds, what it adds at its height, how that arrives."""

    start: float
    length: float
    height: float
    shape: tuple[tuple[float, float], ...]

    def at(self, at: float) -> float:
        """What it adds at the Unix time `at`: nothing before, fading afterwards."""
        since = at - self.start
        if since <= 0 or since > self.length + _FADED:
            return 0.0
        share = _along(self.shape, min(since, self.length))
        over = max(since - self.length, 0.0)
        return self.height * share * math.exp(-over / _FADE)

    def course(self, at: Column) -> Column:
        """The same at each of the Unix times `at`."""
        since = at - self.start
        shape = np.array(self.shape)
        share = np.interp(np.minimum(since, self.length), shape[:, 0], shape[:, 1])
        over = np.clip(since - self.length, 0.0, _FADED)
        felt = (since > 0) & (since <= self.length + _FADED)
        return np.where(felt, self.height * share * np.exp(-over / _FADE), 0.0)


class Demand:
    """The requests that one workload receives; `events` may grow while the town runs."""

    def __init__(self, scenario: Scenario, spec: WorkloadSpec, events: Iterable[Event]) -> None:
        self._spec = spec
        self._seed = scenario.seed ^ seed_of(str(spec.key))
        self._origin = scenario.starts_at.timestamp()
        self._growth = scenario.growth_per_week
        self._events: list[_Uplift] = []
        self._offsets: dict[int, float] = {}
        self._noisy_minute = -1
        self._noise = 1.0
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Takes note of an event; it matters only if it is for this workload's group."""
        if self._spec.group and self._spec.group in event.groups:
            start, end = event.window.start.timestamp(), event.window.end.timestamp()
            shape = _ARRIVAL[event.kind]
            self._events.append(_Uplift(start, end - start, event.multiplier - 1, shape))

    def facts(self, before: float) -> Hashable:
        """Where they are equal, two demands are equal at every Unix time before `before`."""
        felt = tuple(event for event in self._events if event.start < before)
        return self._spec, self._seed, self._origin, self._growth, felt

    def rps(self, at: float) -> float:
        """Requests per second at the Unix time `at`, events included, noise included."""
        return self.usual(at) * self.multiplier(at)

    def usual(self, at: float) -> float:
        """Requests per second without any event."""
        minute = int(at // MINUTE)
        if minute != self._noisy_minute:
            self._noisy_minute, self._noise = minute, self._noise_of(minute)
        growth = 1 + self._growth * (at - self._origin) / WEEK
        return self._spec.rps * self._shape(at) * self._noise * max(growth, 0.1)

    def multiplier(self, at: float) -> float:
        """What all events together make of the usual demand; uplifts add up."""
        uplift = 0.0
        for event in self._events:
            uplift += event.at(at)
        return max(1 + uplift, 0.0)

    def course(self, at: Column) -> Column:
        """`rps` at each of the Unix times `at`, which ascend."""
        growth = np.maximum(1 + self._growth * (at - self._origin) / WEEK, 0.1)
        uplift = np.zeros_like(at)
        for event in self._events:
            uplift += event.course(at)
        noise = self._noises(np.asarray(at // MINUTE, np.int64))
        usual: Column = self._spec.rps * self._shapes(at) * noise * growth
        return usual * np.maximum(1 + uplift, 0.0)

    def _noises(self, minutes: Whole) -> Column:
        blocks, rest = np.divmod(minutes, 10)
        around = np.arange(blocks[0], blocks[-1] + 2)
        slow = 2 * chances(self._seed, 2, around) - 1
        before, after = slow[blocks - blocks[0]], slow[blocks - blocks[0] + 1]
        quick = 2 * chances(self._seed, 1, minutes) - 1
        drift: Column = before + (after - before) * rest / 10
        return 1 + _MINUTE_NOISE * quick + _TEN_MINUTE_NOISE * drift

    def _shapes(self, at: Column) -> Column:
        hours = np.asarray(at // 3600, np.int64)
        around = range(int(hours[0]), int(hours[-1]) + 1)
        offsets = np.array([self._offset(hour * 3600) for hour in around])
        local = (at + offsets[hours - hours[0]]) / 3600
        whole = np.floor(local)
        index = whole.astype(np.int64) % len(_HOURS)
        now, then = _HOURS_COLUMN[index], _HOURS_COLUMN[(index + 1) % len(_HOURS)]
        between: Column = now + (then - now) * (local - whole)
        return between

    def _noise_of(self, minute: int) -> float:
        """Around 1: a part that jumps every minute and a part that drifts over ten."""
        block, rest = divmod(minute, 10)
        quick = 2 * chance(self._seed, 1, minute) - 1
        before = 2 * chance(self._seed, 2, block) - 1
        after = 2 * chance(self._seed, 2, block + 1) - 1
        slow = before + (after - before) * rest / 10
        return 1 + _MINUTE_NOISE * quick + _TEN_MINUTE_NOISE * slow

    def _shape(self, at: float) -> float:
        local = at + self._offset(at)
        hours = local / 3600
        hour = math.floor(hours)
        part = hours - hour
        now, then = _HOURS[hour % len(_HOURS)], _HOURS[(hour + 1) % len(_HOURS)]
        return now + (then - now) * part

    def _offset(self, at: float) -> float:
        # One look at the zone per hour: asking the zone for each minute is most of the cost otherwise.
        hour = int(at // 3600)
        offset = self._offsets.get(hour)
        if offset is None:
            local = datetime.fromtimestamp(hour * 3600, UTC).astimezone(self._spec.zone)
            delta = local.utcoffset()
            offset = self._offsets[hour] = delta.total_seconds() if delta else 0.0
        return offset


def _along(points: tuple[tuple[float, float], ...], x: float) -> float:
    index = bisect_right(points, (x, math.inf))
    if index == len(points):
        return points[-1][1]
    (x0, y0), (x1, y1) = points[index - 1], points[index]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
