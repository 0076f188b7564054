"""Cloud Monitoring in memory: each series is a function of the instant, cut off by the usual delay."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.fleet import WorkloadKey
from bot.core.series import Metric, Series
from bot.core.windows import Window
from bot.ports.clock import Clock
from tests.fakes.faults import Faults

Curve = Callable[[datetime], float]


@dataclass
class FakeMetrics:
    """Answers what was put in; what was not is missing.

    A point at `t` is visible once `t + step + delay` has passed. `asked` lists the requests.
    """

    clock: Clock
    delay: timedelta = timedelta(minutes=2)
    faults: Faults = field(default_factory=Faults)
    asked: list[tuple[Metric, tuple[WorkloadKey, ...], Window, timedelta]] = field(
        default_factory=list
    )
    _curves: dict[tuple[Metric, WorkloadKey], Curve] = field(default_factory=dict)
    _gaps: list[tuple[Metric | None, Window]] = field(default_factory=list)

    def put(self, metric: Metric, key: WorkloadKey, value: float | Curve) -> None:
        """Sets a constant, or a function of the instant (NaN: a gap)."""
        self._curves[metric, key] = value if callable(value) else _constant(value)

    def forget(self, metric: Metric, key: WorkloadKey) -> None:
        """The series does not exist any more."""
        self._curves.pop((metric, key), None)

    def gap(self, window: Window, metric: Metric | None = None) -> None:
        """Nothing was measured in `window` (None: of no metric)."""
        self._gaps.append((metric, window))

    async def series(
        self, metric: Metric, workloads: Sequence[WorkloadKey], window: Window, step: timedelta
    ) -> Mapping[WorkloadKey, Series]:
        """Regular grids over the whole steps of `window`; a workload without any visible point is absent."""
        async with self.faults.around("series", metric):
            self.asked.append((metric, tuple(workloads), window, step))
            found = {key: self._one(metric, key, window, step) for key in workloads}
        return {key: series for key, series in found.items() if series.latest() is not None}

    def _one(self, metric: Metric, key: WorkloadKey, window: Window, step: timedelta) -> Series:
        count = max(1, window.duration // step)
        instants = [window.start + i * step for i in range(count)]
        values = (self._value(metric, key, at, step) for at in instants)
        return Series(window.start, step, tuple(values))

    def _value(self, metric: Metric, key: WorkloadKey, at: datetime, step: timedelta) -> float:
        curve = self._curves.get((metric, key))
        if curve is None or at + step + self.delay > self.clock.now() or self._missing(metric, at):
            return math.nan
        return curve(at)

    def _missing(self, metric: Metric, at: datetime) -> bool:
        return any(which in {None, metric} and gap.contains(at) for which, gap in self._gaps)


def _constant(value: float) -> Curve:
    return lambda at: value
