"""Alignment, reduction and distributions as they are defined, one sample after another: what the columns of
bot/sandbox/google must come to.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.sandbox.google.distributions import BUCKETS, GROWTH

PERCENTILES = {"05": 0.05, "50": 0.5, "95": 0.95, "99": 0.99}

_NUMBERS: dict[str, Callable[[Sequence[float]], float]] = {
    "MEAN": statistics.fmean,
    "MIN": min,
    "MAX": max,
    "SUM": math.fsum,
    "DELTA": math.fsum,
    "COUNT": len,
    "STDDEV": statistics.pstdev,
}


@dataclass(frozen=True)
class Bell:
    """`count` samples, log-normal around `middle`."""

    count: float
    middle: float
    sigma: float
    scale: float


Sample = float | Bell


def periods(
    samples: Sequence[tuple[int, Sample]], period: int, end: int
) -> dict[int, list[Sample]]:
    """Samples by the end of their period."""
    groups: dict[int, list[Sample]] = {}
    for at, sample in samples:
        groups.setdefault(end - (end - at) // period * period, []).append(sample)
    return groups


def number(name: str, values: Sequence[float], seconds: int = 60) -> float:
    """One aligner, or reducer, over a group of numbers."""
    if name in _NUMBERS:
        return _NUMBERS[name](values)
    if name == "RATE":
        return math.fsum(values) / (len(values) * seconds)
    if name == "NEXT_OLDER":
        return values[-1]
    share = PERCENTILES[name[-2:]]
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def percentile(bells: Sequence[Bell], share: float) -> float:
    """The value below which `share` of all samples lie: bucket after bucket."""
    counts = [0.0] * (BUCKETS + 2)
    for bell in bells:
        place = round(math.log(bell.middle / bell.scale) / math.log(GROWTH) * 8)
        before = 0.0
        for index in range(BUCKETS + 2):
            distance = (index - place / 8) * math.log(GROWTH) / bell.sigma
            below = (1 + math.erf(distance / math.sqrt(2))) / 2 if index <= BUCKETS else 1.0
            counts[index] += bell.count * (below - before if below - before > 1e-9 else 0.0)
            before = below
    goal = share * sum(bell.count for bell in bells)
    seen, scale = 0.0, bells[0].scale
    for index, count in enumerate(counts):
        if count > 0 and seen + count >= goal:
            low = scale * GROWTH ** (index - 1) if index else 0.0
            return low + (scale * GROWTH**index - low) * (goal - seen) / count
        seen += count
    return scale * GROWTH**BUCKETS
