"""Distributions as Cloud Monitoring keeps them: counts in exponential buckets, merged and asked for
percentiles, many at once. Samples are log-normal, described by their middle and their width.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from google.api import distribution_pb2
from numpy.typing import NDArray

from bot.sandbox.world.traffic import Column, Whole

GROWTH = 1.1
BUCKETS = 132  # scale * 1.1^132 = 290,000 * scale
_STEP = math.log(GROWTH)
_TINY = 1e-12
_FINE = 8  # middles are rounded to an eighth of a bucket, so that few shapes need computing


@dataclass(frozen=True, slots=True)
class Bells:
    """Bells of samples, one for each place in the columns: `counts` samples, log-normal around `middles`
    with `sigma`; `scale` is the first bucket's bound.
    """

    counts: Column
    middles: Column
    sigma: float
    scale: float

    def __getitem__(self, kept: NDArray[np.bool_]) -> "Bells":
        return Bells(self.counts[kept], self.middles[kept], self.sigma, self.scale)

    @classmethod
    def joined(cls, parts: Sequence["Bells"]) -> "Bells":
        """Bells of one width, one after another."""
        return cls(
            np.concatenate([part.counts for part in parts]),
            np.concatenate([part.middles for part in parts]),
            parts[0].sigma,
            parts[0].scale,
        )


@dataclass(frozen=True, slots=True)
class Histograms:
    """Merged samples, one histogram for each place; `buckets` has a row for each, with an underflow bucket
    first and an overflow bucket last.
    """

    counts: Column
    means: Column
    squares: Column
    scale: float
    buckets: Column

    def __getitem__(self, places: slice | Whole) -> "Histograms":
        return Histograms(
            self.counts[places],
            self.means[places],
            self.squares[places],
            self.scale,
            self.buckets[places],
        )

    @classmethod
    def joined(cls, parts: Sequence["Histograms"]) -> "Histograms":
        """Histograms of one scale, one after another."""
        return cls(
            np.concatenate([part.counts for part in parts]),
            np.concatenate([part.means for part in parts]),
            np.concatenate([part.squares for part in parts]),
            parts[0].scale,
            np.concatenate([part.buckets for part in parts]),
        )

    def percentile(self, share: float) -> Column:
        """The values below which `share` (0..1) of the samples lie, interpolated inside a bucket."""
        goal = share * self.counts[:, None]
        until = np.cumsum(self.buckets, axis=1)
        reached = (until >= goal) & (self.buckets > 0)
        place = np.where(reached.any(axis=1), reached.argmax(axis=1), BUCKETS + 1)
        rows = np.arange(len(place))
        inside = self.buckets[rows, place]
        before = until[rows, place] - inside
        part = np.divide(
            goal[:, 0] - before, inside, out=np.zeros_like(inside), where=reached.any(axis=1)
        )
        low = np.where(place > 0, self.scale * GROWTH ** (place - 1.0), 0.0)
        return low + (self.scale * GROWTH**place - low) * part

    def messages(self) -> Iterator[distribution_pb2.Distribution]:
        """As the API returns them; counts are whole numbers that add up."""
        options = distribution_pb2.Distribution.BucketOptions(
            exponential_buckets=distribution_pb2.Distribution.BucketOptions.Exponential(
                num_finite_buckets=BUCKETS, growth_factor=GROWTH, scale=self.scale
            )
        )
        seen = np.rint(np.cumsum(self.buckets, axis=1))
        for row, mean, squares in zip(
            np.diff(seen, axis=1, prepend=0.0).astype(np.int64),
            self.means,
            self.squares,
            strict=True,
        ):
            used = np.flatnonzero(row)
            yield distribution_pb2.Distribution(
                count=int(row.sum()),
                mean=mean,
                sum_of_squared_deviation=squares,
                bucket_options=options,
                bucket_counts=row[: used[-1] + 1 if len(used) else 0].tolist(),
            )


def gather(bells: Bells, starts: Whole) -> Histograms:
    """One histogram for the bells from each of `starts` to the next; every group has at least one."""
    means = bells.middles * math.exp(bells.sigma**2 / 2)
    total = np.add.reduceat(bells.counts, starts)
    sums = np.add.reduceat(bells.counts * means, starts)
    squares = np.add.reduceat(bells.counts * means**2, starts) * (math.exp(bells.sigma**2) - 1)
    distance = np.log(np.maximum(bells.middles, _TINY) / bells.scale) / _STEP * _FINE
    places, which = np.unique(np.rint(distance).astype(np.int64), return_inverse=True)
    shapes = np.array([_shares(int(place), round(bells.sigma, 2)) for place in places])
    sizes = np.diff(starts, append=len(which))
    cells = np.repeat(np.arange(len(starts)), sizes) * len(places) + which
    weights = np.bincount(cells, weights=bells.counts, minlength=len(starts) * len(places))
    buckets = weights.reshape(len(starts), len(places)) @ shapes
    return Histograms(total, sums / total, squares, bells.scale, buckets)


def merge(parts: Histograms, starts: Whole) -> Histograms:
    """The histograms from each of `starts` to the next, added up."""
    total = np.add.reduceat(parts.counts, starts)
    means = np.add.reduceat(parts.means * parts.counts, starts) / total
    each = np.repeat(means, np.diff(starts, append=len(parts.counts)))
    squares = np.add.reduceat(parts.squares + parts.counts * (parts.means - each) ** 2, starts)
    return Histograms(
        total, means, squares, parts.scale, np.add.reduceat(parts.buckets, starts, axis=0)
    )


@lru_cache(maxsize=4096)
def _shares(place: int, sigma: float) -> Column:
    """How a bell at `place` eighths of a bucket spreads over the buckets."""
    below = [_below(index, place, max(sigma, 0.01)) for index in range(BUCKETS + 1)] + [1.0]
    shares = np.diff(below, prepend=0.0)
    return np.where(shares > 1e-9, shares, 0.0)


def _below(index: int, place: int, sigma: float) -> float:
    distance = (index - place / _FINE) * _STEP / sigma
    return (1 + math.erf(distance / math.sqrt(2))) / 2
