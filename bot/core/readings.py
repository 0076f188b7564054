"""Measured values as they come: which are sound, which are gaps, which are impossible; used by demand and weeks."""

import math
from collections.abc import Sequence

from bot.core.series import Series


def sound(value: float) -> float:
    """The value, NaN where it is impossible (negative, infinite)."""
    return value if math.isfinite(value) and value >= 0 else math.nan


def measured(values: Sequence[float]) -> list[float]:
    """The values without gaps."""
    return [value for value in values if not math.isnan(value)]


def impossible(weeks: Sequence[Series]) -> tuple[str, ...]:
    """A sentence where values were impossible."""
    wrong = sum(value < 0 or value == math.inf for series in weeks for value in series.values)
    if not wrong:
        return ()
    return (f"{wrong} measured values were impossible (negative) and are ignored.",)
