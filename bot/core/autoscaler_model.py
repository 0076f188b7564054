"""A small model of Cloud Run's autoscaler, to tell how many requests would wait; used by value and backtest.

The model (reference §A.5), a fluid one in ticks of a few seconds:
- metrics-based: instances = ceil(mean demand of the last minute / what one carries at its target, 60 %);
- on-demand (may be switched off): what cannot be served now starts instances at once;
- an instance that starts serves after the start-up time: a third of them after half of the p95, a
  third after 70 % of it, the rest after all of it;
- the floor is always kept, and instances above what is wanted go `IDLE_KEPT` after the last need;
- requests that find no room wait in line, and all that come while somebody waits are at risk too; who
  would wait longer than max(3.5 x start-up, 10 s) is turned away.
Google publishes no cold-start distribution, so the thirds are an assumption.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

_COHORTS = (0.5, 0.7, 1.0)
# Cloud Run keeps an idle instance for up to 15 minutes; nobody may count on it, so the model hardly does.
IDLE_KEPT = 120.0
_MINUTE = 60.0
_DUST = 1e-9


@dataclass(frozen=True, slots=True)
class Model:
    """`full` is the demand (requests/s) that one instance carries before requests queue, `target` the
    one at which the autoscaler wants it; `startup` is the p95 in seconds.
    """

    full: float
    target: float
    startup: float
    on_demand: bool = True

    def __post_init__(self) -> None:
        if not (self.full > 0 and self.target > 0):
            raise ValueError("an instance must carry something")


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run: requests that arrived and that were at risk; billed time in instance-seconds.

    `busy` is the time of instances with work, `idle` that of the floor's instances without;
    `instances` all that ran or started, whatever they did.
    """

    arrived: float
    at_risk: float
    busy: float
    idle: float
    instances: float

    @property
    def share(self) -> float:
        """The share (0..1) of the requests that was at risk; 0 without any."""
        return self.at_risk / self.arrived if self.arrived > 0 else 0.0

    def __add__(self, other: "Run") -> "Run":
        return Run(
            self.arrived + other.arrived,
            self.at_risk + other.at_risk,
            self.busy + other.busy,
            self.idle + other.idle,
            self.instances + other.instances,
        )

    def __sub__(self, other: "Run") -> "Run":
        return Run(
            self.arrived - other.arrived,
            self.at_risk - other.at_risk,
            self.busy - other.busy,
            self.idle - other.idle,
            self.instances - other.instances,
        )


NO_RUN = Run(0.0, 0.0, 0.0, 0.0, 0.0)


def play(demand: Sequence[float], floors: Sequence[int], model: Model, *, tick: float) -> Run:
    """Plays `demand` (requests/s of each tick of `tick` seconds) against `floors`; begins settled."""
    fleet = Fleet(model, tick, demand[0] if demand else 0.0, floors[0] if floors else 0)
    for rate, floor in zip(demand, floors, strict=True):
        fleet.step(rate, floor)
    return fleet.so_far


def steady(rate: float, floor: int, model: Model) -> int:
    """Instances once everything has settled."""
    return max(floor, _ceil(rate / model.target))


class Fleet:
    """The instances of one workload, tick after tick; begins settled at `rate` with at least `floor`."""

    def __init__(self, model: Model, tick: float, rate: float, floor: int) -> None:
        self._model = model
        self._tick = tick
        self._ready = steady(rate, floor, model)
        self._starting: list[tuple[float, int]] = []
        self._coming = 0
        ticks = max(1, round(_MINUTE / tick))
        self._recent: deque[float] = deque([rate] * ticks, maxlen=ticks)
        self._sum = rate * ticks
        self._now = 0.0
        self._needed_at = 0.0
        self._line = 0.0
        self._arrived = self._risky = self._busy = self._idle = self._all = 0.0

    @property
    def so_far(self) -> Run:
        """What has come of it up to here."""
        tick = self._tick
        return Run(
            arrived=self._arrived * tick,
            at_risk=self._risky,
            busy=self._busy * tick,
            idle=self._idle * tick,
            instances=self._all * tick,
        )

    def step(self, rate: float, floor: int) -> None:
        """One tick: instances come and go, then requests are served."""
        self._note(rate)
        self._arrive()
        # The running sum gathers the dust of subtraction; a rate of nothing must stay nothing.
        mean = max(0.0, self._sum) / len(self._recent)
        self._scale(rate, max(floor, _ceil(mean / self._model.target)))
        self._risky += self._serve(rate)
        self._now += self._tick
        busy = min(self._ready, _ceil(rate / self._model.target))
        self._arrived += rate
        self._busy += busy
        self._idle += max(0, min(floor, self._ready) - busy)
        self._all += self._ready + self._coming

    def _note(self, rate: float) -> None:
        self._sum += rate - self._recent[0]
        self._recent.append(rate)

    def _arrive(self) -> None:
        while self._starting and self._starting[0][0] <= self._now + _DUST:
            count = self._starting.pop(0)[1]
            self._ready += count
            self._coming -= count

    def _scale(self, rate: float, wanted: int) -> None:
        if self._model.on_demand and self._ready * self._model.full < rate:
            wanted = max(wanted, _ceil(rate / self._model.full))
        if wanted >= self._ready:
            self._needed_at = self._now
        elif self._now - self._needed_at >= IDLE_KEPT:
            self._ready = wanted
        if wanted > self._ready + self._coming:
            self._start(wanted - self._ready - self._coming)

    def _start(self, count: int) -> None:
        left = count
        for place, share in enumerate(_COHORTS):
            part = -(-left // (len(_COHORTS) - place))
            left -= part
            if part:
                self._starting.append((self._now + share * self._model.startup, part))
        self._starting.sort()
        self._coming += count

    def _serve(self, rate: float) -> float:
        room = self._ready * self._model.full * self._tick
        coming = rate * self._tick
        risky = coming if self._line > _DUST else max(0.0, coming - room)
        patience = max(3.5 * self._model.startup, 10.0)
        self._line = min(max(0.0, self._line + coming - room), rate * patience)
        return risky if risky > coming * _DUST else 0.0


def _ceil(count: float) -> int:
    return math.ceil(count - 1e-6)
