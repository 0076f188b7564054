"""The instances of one workload, tick by tick: starting, serving, queueing, scaling, being billed.

A fluid model of Cloud Run's autoscaler (reference A.5): averages over one minute against 60 % targets,
the larger driver decides, ±10 % is left alone, requests that find no room start instances on demand,
surplus instances stay for a while. The world ticks it.
"""

import heapq
import math
from collections import deque
from dataclasses import dataclass, field
from statistics import NormalDist

from bot.core.fleet import ScalingMode, WorkloadKind
from bot.sandbox.world.minutes import (
    IDLE_MINUTES,
    TARGET,
    Minute,
    billable,
    drivers,
    failing,
    jitter,
    whole,
)
from bot.sandbox.world.scenario import Settings, WorkloadSpec
from bot.sandbox.world.traffic import MINUTE, Demand, chance, seed_of

_TOLERANCE = 0.1
_SMOOTH = 0.95  # above this share of what the instances can do, requests slow each other down
_ON_DEMAND_SHARE = 0.2
_SLOWEST_START = 240.0  # an instance that is not ready after four minutes has failed to start
_NORMAL = NormalDist()
_P95 = 1.6449


@dataclass(slots=True)
class Totals:
    """Sums over the open minute, or since the beginning."""

    requests: float = 0.0
    refused: float = 0.0
    at_risk: float = 0.0
    cpu_seconds: float = 0.0
    in_flight: float = 0.0
    utilization: float = 0.0
    delay: float = 0.0
    billable: float = 0.0
    starts: int = 0
    ticks: int = 0


@dataclass(slots=True)
class _Mean:
    """A moving average over one minute of ticks."""

    values: deque[float]
    total: float = 0.0

    def add(self, value: float) -> float:
        if len(self.values) == self.values.maxlen:
            self.total -= self.values[0]
        self.values.append(value)
        self.total += value
        return self.total / len(self.values)


@dataclass(slots=True)
class Load:
    """What one tick saw."""

    rps: float = 0.0
    pending: float = 0.0
    busy: int = 0
    by_cpu: float = 0.0
    by_concurrency: float = 0.0


@dataclass(slots=True)
class _Recent:
    """What the autoscaler remembers: averages, and the most instances wanted in each recent minute."""

    cpu: _Mean
    in_flight: _Mean
    wanted: deque[int] = field(default_factory=lambda: deque([0], maxlen=IDLE_MINUTES))


class Instances:
    """All instances of one workload, from the Unix time `at` on, begun with `ready` of them."""

    def __init__(
        self, spec: WorkloadSpec, demand: Demand, *, seed: int, tick: int, ready: int
    ) -> None:
        self.spec = spec
        self.settings = spec.settings
        self.ready = ready
        self.slowness = 1.0
        self.load = Load()
        self.total = Totals()
        self.short_of_quota = False
        self._demand = demand
        self._seed = seed ^ seed_of(str(spec.key))
        self._tick = tick
        self._starting: list[float] = []
        self._started = 0
        self._queue = 0.0
        self._rolled_at = 0.0
        self._open = Totals()
        size = MINUTE // tick
        self._recent = _Recent(_Mean(deque(maxlen=size)), _Mean(deque(maxlen=size)))
        self._recent.wanted[0] = ready

    @property
    def starting(self) -> int:
        """Instances that are being started."""
        return len(self._starting)

    @property
    def vcpu(self) -> float:
        """vCPU allocated now, against the region's quota."""
        return (self.ready + len(self._starting)) * self.spec.size.vcpu

    def wait(self) -> float:
        """Seconds that a request which comes now takes until it is answered."""
        spec = self.spec
        if not self.ready:
            return spec.startup.middle * self.slowness + spec.latency.middle
        return spec.latency.middle + self._queue / (self.ready * spec.instance_rps)

    @property
    def full(self) -> bool:
        """Whether a request which comes now is refused."""
        return self._queue >= self._patience()

    def provisioned(self, at: float) -> int:
        """How many of the kept instances are there; while a new revision starts, only its own."""
        rolling = sum(1 for ready_at in self._starting if at < ready_at <= self._rolled_at)
        return max(min(self.ready, self.settings.least - rolling), 0)

    def change(self, spec: WorkloadSpec, settings: Settings) -> None:
        """New settings, or a new size; takes effect with the next tick."""
        self.spec, self.settings = spec, settings

    def roll(self, at: float) -> None:
        """A new revision: it starts its own kept instances; the old ones leave when nobody needs them."""
        fresh = max(self.settings.least, 1)
        self._start(at, fresh)
        self._rolled_at = max(self._starting)

    def tick(self, at: float, vcpu_left: float) -> None:
        """Lives through one tick that begins at `at`; `vcpu_left` is what the region still has."""
        while self._starting and self._starting[0] <= at:
            heapq.heappop(self._starting)
            self.ready += 1
        served, in_flight = self._serve(at)
        self._decide(served * self.spec.cpu_seconds, in_flight)
        self._scale(at, vcpu_left)
        self._bill()

    def close(self, at: int) -> Minute[float]:
        """Ends the Unix minute `at` and begins the next."""
        spec, done = self.spec, self._open
        ticks = max(done.ticks, 1)
        busy = self.load.busy
        minute = Minute(
            at=at,
            requests=done.requests,
            refused=done.refused,
            failed=(done.requests - done.refused) * failing(chance(self._seed, 4, at)),
            ready=self.ready,
            busy=busy,
            cpu_seconds=done.cpu_seconds,
            cpu_utilization=done.utilization / ticks,
            latency=spec.latency.middle * jitter(chance(self._seed, 5, at)) + done.delay / ticks,
            concurrency=done.in_flight / ticks / busy if busy else 0.0,
            pending=self.load.pending,
            by_cpu=whole(self.load.by_cpu),
            by_concurrency=whole(self.load.by_concurrency),
            billable_seconds=done.billable,
            starts=done.starts,
            startup_scale=self.slowness,
            unfinished=self._queue + self.load.rps * spec.latency.middle,
            oldest=self.wait(),
        )
        self._open = Totals()
        self._recent.wanted.append(0)
        return minute

    def _serve(self, at: float) -> tuple[float, float]:
        """Requests served per second and requests in flight on instances."""
        spec, seconds = self.spec, self._tick
        rps = self._demand.rps(at)
        arrivals = rps * seconds
        speed = self.ready * spec.instance_rps
        work = self._queue + arrivals
        served = min(work, speed * seconds)
        waiting = work - served
        # Overloaded instances share their time: then everybody waits, not only the last in the queue.
        at_risk = arrivals if work > _SMOOTH * speed * seconds else 0.0
        refused = max(waiting - self._patience(), 0.0)
        self._queue = waiting - refused
        room = self.ready * spec.concurrency
        in_flight = min(room, served / seconds * spec.latency.middle + self._queue)
        self.load.rps = rps
        self.load.pending = max(self._queue - room, 0.0)
        for sums in (self._open, self.total):
            sums.requests += served + refused
            sums.refused += refused
            sums.at_risk += at_risk
        self._open.delay += self._queue / speed if speed else 0.0
        return served / seconds, in_flight

    def _patience(self) -> float:
        """How many requests can wait: the rest is refused (429, or 503 when the quota is the reason)."""
        spec = self.spec
        if spec.key.kind is WorkloadKind.WORKER_POOL:
            return math.inf
        longest = max(3.5 * spec.startup.middle * self.slowness, 10.0)
        return longest * max(self.ready, 1) * spec.instance_rps

    def _decide(self, cpu: float, in_flight: float) -> None:
        spec, recent, load = self.spec, self._recent, self.load
        load.by_cpu, load.by_concurrency = drivers(
            spec, recent.cpu.add(cpu), recent.in_flight.add(in_flight)
        )
        need = whole(max(load.by_cpu, load.by_concurrency))
        load.busy = min(self.ready, max(need, 1 if load.rps > 0 else 0))
        done = self._open
        done.cpu_seconds += cpu * self._tick
        done.in_flight += in_flight
        done.utilization += cpu / (self.ready * spec.size.vcpu) if self.ready else 0.0
        done.ticks += 1

    def _wanted(self, present: int) -> int:
        settings, load = self.settings, self.load
        if settings.mode is ScalingMode.MANUAL:
            return settings.manual
        need = max(load.by_cpu, load.by_concurrency)
        steady = present > 0 and abs(need / present - 1) <= _TOLERANCE
        wanted = present if steady else whole(need)
        if load.pending > 0:  # on demand: nobody waits for the next average
            wanted = max(wanted, self.ready + self._on_demand())
        return min(max(wanted, settings.least), settings.most)

    def _on_demand(self) -> int:
        """Instances that waiting requests start by themselves: what would take them, a few at a time."""
        enough = whole(self.load.pending / max(self.spec.concurrency * TARGET, 1.0))
        return min(enough, max(2, whole(self.ready * _ON_DEMAND_SHARE)))

    def _scale(self, at: float, vcpu_left: float) -> None:
        present = self.ready + len(self._starting)
        wanted = self._wanted(present)
        recent = self._recent.wanted
        recent[-1] = max(recent[-1], wanted)
        if wanted > present:
            possible = min(wanted - present, int(vcpu_left / self.spec.size.vcpu + 1e-9))
            self.short_of_quota = possible < wanted - present
            self._start(at, max(possible, 0))
            return
        self.short_of_quota = False
        manual = self.settings.mode is ScalingMode.MANUAL
        kept = wanted if manual else min(max(recent), self.settings.most)
        self.ready -= min(max(present - max(kept, wanted), 0), self.ready)

    def _start(self, at: float, count: int) -> None:
        startup = self.spec.startup
        sigma = math.log(startup.p95 / startup.middle) / _P95
        for _ in range(count):
            self._started += 1
            luck = min(max(chance(self._seed, 6, self._started), 1e-6), 1 - 1e-6)
            seconds = startup.middle * self.slowness * math.exp(sigma * _NORMAL.inv_cdf(luck))
            heapq.heappush(self._starting, at + min(seconds, _SLOWEST_START))
        self._open.starts += count
        self.total.starts += count

    def _bill(self) -> None:
        billed = billable(self.spec, self.settings, self.ready, self.load.busy, len(self._starting))
        self._open.billable += billed * self._tick
        self.total.billable += billed * self._tick
