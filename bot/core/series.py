"""Measured time series on a regular grid; made by the Metrics port, read by the planner and the reports."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Metric(StrEnum):
    """What can be asked of the Metrics port; the unit is part of the meaning."""

    REQUESTS = "requests"  # requests per second
    ERRORS = "errors"  # 5xx responses per second
    LATENCY_P95 = "latency-p95"  # seconds
    INSTANCES = "instances"  # active + idle
    ACTIVE = "active"  # busy instances
    AT_ONCE = (
        "at-once"  # requests at once in a busy instance, at its busiest moment; median of them
    )
    CPU = "cpu"  # mean CPU utilization of an instance, 0..1
    PENDING = "pending"  # requests waiting for an instance
    RECOMMENDED = "recommended"  # what the autoscaler wants, the larger driver
    STARTUP_P95 = "startup-p95"  # seconds
    BILLABLE = "billable"  # billable instances (billable seconds per second)


@dataclass(frozen=True, slots=True)
class Series:
    """Values at start, start+step, …; a gap is NaN. The value at `t` covers [t, t+step)."""

    start: datetime
    step: timedelta
    values: tuple[float, ...]

    def points(self) -> list[tuple[datetime, float]]:
        """The measured points, gaps left out, oldest first."""
        return [
            (self.start + i * self.step, value)
            for i, value in enumerate(self.values)
            if not math.isnan(value)
        ]

    def at(self, instant: datetime) -> float:
        """The value that covers `instant`; NaN where nothing was measured."""
        place = (instant - self.start) // self.step
        return self.values[place] if 0 <= place < len(self.values) else math.nan

    def latest(self) -> tuple[datetime, float] | None:
        """The newest measured point (its own instant, not the end of its step), or None."""
        return next(reversed(self.points()), None)
