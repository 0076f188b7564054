"""Distributions as Cloud Monitoring keeps them: counts in exponential buckets, merged and asked for
percentiles. Samples are log-normal, described by their middle and their width.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from google.api import distribution_pb2

GROWTH = 1.1
BUCKETS = 132  # scale * 1.1^132 = 290,000 * scale
_STEP = math.log(GROWTH)
_FINE = 8  # middles are rounded to an eighth of a bucket, so that few shapes need computing


@dataclass(frozen=True, slots=True)
class Bell:
    """`count` samples, log-normal around `middle` with `sigma`; `scale` is the first bucket's bound."""

    count: float
    middle: float
    sigma: float
    scale: float

    @property
    def mean(self) -> float:
        """The mean of the samples."""
        return self.middle * math.exp(self.sigma**2 / 2)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Samples merged: `counts` has an underflow bucket first and an overflow bucket last."""

    count: float
    mean: float
    squares: float
    scale: float
    counts: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """The value below which `share` (0..1) of the samples lie, interpolated inside its bucket."""
        goal = share * self.count
        seen = 0.0
        for index, count in enumerate(self.counts):
            if seen + count >= goal and count > 0:
                part = (goal - seen) / count
                low = self.scale * GROWTH ** (index - 1) if index else 0.0
                high = self.scale * GROWTH**index
                return low + (high - low) * part
            seen += count
        return self.scale * GROWTH**BUCKETS

    def message(self) -> distribution_pb2.Distribution:
        """As the API returns it; counts are whole numbers that add up."""
        whole: list[int] = []
        seen = 0.0
        for count in self.counts:
            whole.append(round(seen + count) - round(seen))
            seen += count
        while whole and whole[-1] == 0:
            whole.pop()
        options = distribution_pb2.Distribution.BucketOptions(
            exponential_buckets=distribution_pb2.Distribution.BucketOptions.Exponential(
                num_finite_buckets=BUCKETS, growth_factor=GROWTH, scale=self.scale
            )
        )
        return distribution_pb2.Distribution(
            count=sum(whole),
            mean=self.mean,
            sum_of_squared_deviation=self.squares,
            bucket_options=options,
            bucket_counts=whole,
        )


def gather(bells: Iterable[Bell]) -> Histogram:
    """One histogram of all samples; at least one bell is needed."""
    counts = [0.0] * (BUCKETS + 2)
    total = sums = squares = 0.0
    scale = 1.0
    for bell in bells:
        scale = bell.scale
        place = round(math.log(bell.middle / scale) / _STEP * _FINE) if bell.middle > 0 else -999
        start, shares = _shares(place, round(bell.sigma, 2))
        for offset, share in enumerate(shares):
            counts[start + offset] += bell.count * share
        total += bell.count
        sums += bell.count * bell.mean
        squares += bell.count * (bell.mean**2) * (math.exp(bell.sigma**2) - 1)
    return Histogram(total, sums / total if total else 0.0, squares, scale, tuple(counts))


def merge(histograms: Iterable[Histogram]) -> Histogram:
    """Histograms of the same scale, added up."""
    parts = list(histograms)
    total = sum(part.count for part in parts)
    mean = sum(part.mean * part.count for part in parts) / total if total else 0.0
    squares = sum(part.squares + part.count * (part.mean - mean) ** 2 for part in parts)
    counts = tuple(map(sum, zip(*(part.counts for part in parts), strict=True)))
    return Histogram(total, mean, squares, parts[0].scale, counts)


@lru_cache(maxsize=4096)
def _shares(place: int, sigma: float) -> tuple[int, tuple[float, ...]]:
    """How a bell at `place` eighths of a bucket spreads: the first bucket, and shares from there on."""
    below = [_below(index, place, max(sigma, 0.01)) for index in range(BUCKETS + 1)] + [1.0]
    shares = [high - low for low, high in zip([0.0, *below[:-1]], below, strict=True)]
    used = [index for index, share in enumerate(shares) if share > 1e-9]
    first, last = used[0], used[-1]
    return first, tuple(shares[first : last + 1])


def _below(index: int, place: int, sigma: float) -> float:
    distance = (index - place / _FINE) * _STEP / sigma
    return (1 + math.erf(distance / math.sqrt(2))) / 2
