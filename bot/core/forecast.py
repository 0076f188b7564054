"""What is expected minute by minute: the usual demand times the uplift, as it arrives; used by floors and schedule."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from bot.core.arrival import Arrival
from bot.core.demand import Usual
from bot.core.plan import Band
from bot.core.windows import Window

_FINE = timedelta(minutes=1)
_COARSE = timedelta(minutes=5)
_FINE_UP_TO = timedelta(hours=8)
_SLOTS_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Forecast:
    """The campaign's demand in requests/s over its window, in slots of `slot`.

    `usual`, `expected` and `high` hold one value a slot; `worst_rise` is the demand if the uplift is at
    its high end and everything else as expected: how suddenly it may come. `before` is the usual
    demand at the opening, and `peak` the highest slot with its band. `learned`: the arrival was seen before.
    """

    slot: timedelta
    usual: tuple[float, ...]
    expected: tuple[float, ...]
    high: tuple[float, ...]
    worst_rise: tuple[float, ...]
    before: float
    peak: Band
    learned: bool = False

    @property
    def mean(self) -> float:
        """The mean of the expected demand."""
        return sum(self.expected) / len(self.expected)


def forecast(usual: Usual, times: Band, arrival: Arrival, window: Window) -> Forecast:
    """The usual curve lifted by `times`, as far as the rise has arrived in each slot."""
    slot = _slot(window)
    count = math.ceil(window.duration / slot)
    curve = _filled([usual.curve.at(window.start + at * slot) for at in range(count)])
    edges = [arrival.risen(at * slot) for at in range(count + 1)]
    risen = [max(pair) for pair in pairwise(edges)]
    expected = [
        base * (1 + (times.expected - 1) * share) for base, share in zip(curve, risen, strict=True)
    ]
    worst = [
        base * (1 + (times.high - 1) * share) for base, share in zip(curve, risen, strict=True)
    ]
    least = [base * (1 + (times.low - 1) * share) for base, share in zip(curve, risen, strict=True)]
    high = [_outer(mid, far, usual.high) for mid, far in zip(expected, worst, strict=True)]
    low = [_outer(mid, far, usual.low) for mid, far in zip(expected, least, strict=True)]
    top = max(range(count), key=expected.__getitem__)
    return Forecast(
        slot=slot,
        usual=tuple(curve),
        expected=tuple(expected),
        high=tuple(high),
        worst_rise=tuple(worst),
        before=usual.opening.expected,
        peak=Band(low[top], expected[top], max(high)),
        learned=arrival.learned_from > 0,
    )


def _slot(window: Window) -> timedelta:
    if window.duration <= _FINE_UP_TO:
        return _FINE
    return max(_COARSE, window.duration / _SLOTS_AT_MOST)


def _filled(values: Sequence[float]) -> list[float]:
    """Gaps take the value before them, at the beginning the first one; all gaps are 0."""
    last = next((value for value in values if not math.isnan(value)), 0.0)
    filled = []
    for value in values:
        last = last if math.isnan(value) else value
        filled.append(last)
    return filled


def _outer(middle: float, far: float, factor: float) -> float:
    """The end of the joint band: the usual demand's `factor` and the uplift's far end are independent,
    so their logarithms add up in squares.
    """
    if middle <= 0 or far <= 0 or factor <= 0:
        return 0.0
    spread = math.hypot(math.log(factor), math.log(far / middle))
    return middle * math.exp(spread if factor > 1 or far > middle else -spread)
