"""How a workload was used over weeks, as far as it was measured; read by every kind of advice."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.fleet import ScalingMode, Workload
from bot.core.readings import sound
from bot.core.series import Metric, Series
from bot.core.windows import Window

USAGE_METRICS = (
    Metric.ACTIVE,
    Metric.INSTANCES,
    Metric.RECOMMENDED,
    Metric.PENDING,
    Metric.REQUESTS,
    Metric.CPU,
)
ENOUGH = 0.8
"""The share of the points that must have been measured before anything is advised."""
_MANUAL_CPU = 0.5  # nobody scales a fixed number up again, so instances are to be half busy at most


@dataclass(frozen=True, slots=True)
class Usage:
    """One workload over `span`. Instances are means over a step, `needed` is the most that were wanted at once.

    `measured` of `wanted` points are there; everything is None where it was not measured. `waiting` are
    the steps with requests that waited for an instance (on `waiting_days` different days), and
    `wanted_then` how many instances were wanted in the middle one of those.
    """

    span: Window
    measured: int
    wanted: int
    needed: int | None = None
    busy: float | None = None
    instances: float | None = None
    least: float | None = None
    requests: float | None = None
    cpu: float | None = None
    waiting: int = 0
    waiting_days: int = 0
    wanted_then: int = 0

    @property
    def enough(self) -> bool:
        """Whether anything may be advised from it."""
        return self.wanted > 0 and self.measured >= ENOUGH * self.wanted and self.needed is not None

    @property
    def said(self) -> str:
        """How much it rests on, in words."""
        days = self.span.duration / timedelta(days=1)
        share = self.measured / self.wanted if self.wanted else 0.0
        return f"{days:.0f} days, {share:.0%} of them measured"


def usage_of(workload: Workload, measured: Mapping[Metric, Series], span: Window) -> Usage:
    """Reads the series of one workload; gaps and impossible values are no points."""
    by_hand = workload.scaling.mode is ScalingMode.MANUAL
    deciding = Metric.CPU if by_hand else Metric.RECOMMENDED
    known = {metric: _values(series) for metric, series in measured.items()}
    points = [value for value in known.get(deciding, ()) if not math.isnan(value)]
    pending = measured.get(Metric.PENDING)
    waits = [] if pending is None else [at for at, value in pending.points() if value > 0]
    return Usage(
        span=span,
        measured=len(points),
        wanted=len(known.get(deciding, ())),
        needed=_needed_by_cpu(known) if by_hand else _most(known, deciding, Metric.ACTIVE),
        busy=_mean(known.get(Metric.ACTIVE)),
        instances=_mean(known.get(Metric.INSTANCES)),
        least=_least(known.get(Metric.INSTANCES)),
        requests=_total(measured.get(Metric.REQUESTS)),
        cpu=_high(known.get(Metric.CPU)),
        waiting=len(waits),
        waiting_days=len({at.date() for at in waits}),
        wanted_then=_middle(measured.get(Metric.RECOMMENDED), waits),
    )


def _values(series: Series) -> list[float]:
    return [sound(value) for value in series.values]


def _sound(values: Sequence[float] | None) -> list[float]:
    return [value for value in values or () if not math.isnan(value)]


def _most(known: Mapping[Metric, list[float]], *metrics: Metric) -> int | None:
    values = [value for metric in metrics for value in _sound(known.get(metric))]
    return math.ceil(max(values) - 1e-9) if values else None


def _needed_by_cpu(known: Mapping[Metric, list[float]]) -> int | None:
    """The busiest step: instances · CPU use, spread so that each is half busy; at least one."""
    pairs = zip(known.get(Metric.INSTANCES, ()), known.get(Metric.CPU, ()), strict=False)
    busy = [count * cpu / _MANUAL_CPU for count, cpu in pairs]
    found = [value for value in busy if not math.isnan(value)]
    return max(1, math.ceil(max(found) - 1e-9)) if found else None


def _mean(values: Sequence[float] | None) -> float | None:
    found = _sound(values)
    return math.fsum(found) / len(found) if found else None


def _least(values: Sequence[float] | None) -> float | None:
    return min(_sound(values), default=None)


def _high(values: Sequence[float] | None) -> float | None:
    """What 95 of 100 points are not above."""
    found = sorted(_sound(values))
    return found[math.ceil(0.95 * len(found)) - 1] if found else None


def _total(series: Series | None) -> float | None:
    if series is None:
        return None
    mean = _mean(_values(series))
    return None if mean is None else mean * len(series.values) * series.step.total_seconds()


def _middle(series: Series | None, waits: Sequence[datetime]) -> int:
    if series is None:
        return 0
    found = sorted(_sound([sound(series.at(at)) for at in waits]))
    return math.ceil(found[len(found) // 2]) if found else 0
