"""What is measured of the world's minutes, in columns: one sample a minute, where there is one; read by
time_series and data_series, aggregated by aggregation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from bot.sandbox.google.distributions import Bells
from bot.sandbox.world.history import Columns
from bot.sandbox.world.traffic import MINUTE, Column, Whole

Measured = Column | Bells


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples by their ends (Unix seconds), oldest first."""

    ends: Whole
    measured: Measured

    def without(self, ends: Whole) -> "Samples":
        """Those that end at other times."""
        return self._where(~np.isin(self.ends, ends)) if len(ends) else self

    def present(self) -> "Samples":
        """Those that are there: numbers that are not NaN, bells that count something."""
        measured = self.measured
        there = measured.counts > 0 if isinstance(measured, Bells) else ~np.isnan(measured)
        return self if there.all() else self._where(there)

    def _where(self, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> "Samples":
        return Samples(self.ends[kept], self.measured[kept])


def measure(stretches: Iterable[Columns], read: Callable[[Columns], Measured]) -> Samples:
    """The samples of stretches that follow each other, those that are not there included."""
    ends, numbers, bells = [np.zeros(0, np.int64)], [np.zeros(0)], []
    for minutes in stretches:
        ends.append((minutes.at.astype(np.int64) + 1) * MINUTE)
        measured = read(minutes)
        if isinstance(measured, Bells):
            bells.append(measured)
        else:
            numbers.append(measured)
    return Samples(np.concatenate(ends), Bells.joined(bells) if bells else np.concatenate(numbers))
