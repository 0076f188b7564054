"""One minute of one workload as Cloud Run would measure it; and the past, derived instead of simulated.

`History` is asked by the world for minutes before the town was started: it takes the demand of that
minute and the autoscaler's steady answer to it.
"""

import math
from dataclasses import dataclass

from bot.core.fleet import BillingMode, WorkloadKind
from bot.sandbox.world.scenario import Settings, WorkloadSpec
from bot.sandbox.world.traffic import MINUTE, Demand, chance, seed_of

TARGET = 0.6  # Cloud Run's default utilisation target for CPU and for concurrency
IDLE_MINUTES = 10  # an instance nobody needs is kept about this long (Cloud Run: up to 15 minutes)
_CHURN = 0.03  # share of instances that are replaced in an hour, for no reason visible outside
_REMEMBERED = 20_000
_REMEMBERED_MINUTES = 4_000


@dataclass(frozen=True, slots=True)
class Minute:
    """What happened in the minute that begins at Unix minute `at`; rates are totals over the minute.

    `ready`, `busy` and `pending` are as sampled at its end; `latency` and `concurrency` are means
    (seconds, requests per busy instance); `by_cpu` and `by_concurrency` are what each driver recommends.
    `startup_scale` is how much slower than usual instances start.
    """

    at: int
    requests: float
    refused: float
    failed: float
    ready: int
    busy: int
    cpu_seconds: float
    cpu_utilization: float
    latency: float
    concurrency: float
    pending: float
    by_cpu: int
    by_concurrency: int
    billable_seconds: float
    starts: int
    startup_scale: float = 1.0


def drivers(spec: WorkloadSpec, cpu: float, in_flight: float) -> tuple[float, float]:
    """Instances that CPU use (vCPU) and requests in flight ask for, before rounding (reference A.5)."""
    by_cpu = cpu / (spec.size.vcpu * TARGET)
    if spec.key.kind is WorkloadKind.WORKER_POOL:
        return by_cpu, 0.0
    return by_cpu, in_flight / (spec.concurrency * TARGET)


def whole(instances: float) -> int:
    """Rounded up, forgiving the last digits of floating point."""
    return math.ceil(instances - 1e-9)


def billable(
    spec: WorkloadSpec, settings: Settings, ready: float, busy: float, starting: float
) -> float:
    """Billed instances: request-based pays busy ones and kept ones, instance-based all of them."""
    if spec.billing is BillingMode.INSTANCE or spec.key.kind is WorkloadKind.WORKER_POOL:
        return ready + starting
    return max(busy, min(ready, settings.least)) + starting


class History:
    """Any minute of the past of one workload under the settings it had when the town was started."""

    def __init__(self, spec: WorkloadSpec, demand: Demand, seed: int) -> None:
        self._spec = spec
        self._demand = demand
        self._seed = seed ^ seed_of(str(spec.key))
        self._known: dict[int, tuple[float, int]] = {}
        self._made: dict[int, Minute] = {}

    def minute(self, at: int) -> Minute:
        """The Unix minute `at`."""
        minute = self._made.get(at)
        if minute is None:
            if len(self._made) > _REMEMBERED_MINUTES:
                self._made.clear()
            minute = self._made[at] = self._make(at)
        return minute

    def ready(self, at: int) -> int:
        """Instances at the Unix minute `at`: what the busiest of the last minutes needed."""
        return max(self._wanted(at - back)[1] for back in range(IDLE_MINUTES))

    def _make(self, at: int) -> Minute:
        spec, settings = self._spec, self._spec.settings
        rps, wanted = self._wanted(at)
        ready = self.ready(at)
        most = ready * spec.instance_rps
        served = min(rps, most)
        busy = min(ready, wanted)
        cpu = served * spec.cpu_seconds
        by_cpu, by_concurrency = drivers(spec, cpu, served * spec.latency.middle)
        return Minute(
            at=at,
            requests=rps * MINUTE,
            refused=(rps - served) * MINUTE if spec.key.kind is WorkloadKind.SERVICE else 0.0,
            failed=served * MINUTE * failing(self._seed, at),
            ready=ready,
            busy=busy,
            cpu_seconds=cpu * MINUTE,
            cpu_utilization=cpu / (ready * spec.size.vcpu) if ready else 0.0,
            latency=spec.latency.middle * jitter(self._seed, at),
            concurrency=served * spec.latency.middle / busy if busy else 0.0,
            pending=0.0,
            by_cpu=whole(by_cpu),
            by_concurrency=whole(by_concurrency),
            billable_seconds=billable(spec, settings, ready, busy, 0) * MINUTE,
            starts=max(ready - self.ready(at - 1), 0) + self._replaced(at, ready),
        )

    def _wanted(self, at: int) -> tuple[float, int]:
        known = self._known.get(at)
        if known is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            known = self._known[at] = self._steady(at)
        return known

    def _steady(self, at: int) -> tuple[float, int]:
        spec, settings = self._spec, self._spec.settings
        rps = self._demand.rps((at + 0.5) * MINUTE)
        need = max(drivers(spec, rps * spec.cpu_seconds, rps * spec.latency.middle))
        return rps, min(max(whole(need), settings.least), settings.most)

    def _replaced(self, at: int, ready: int) -> int:
        return int(chance(self._seed, 3, at) < ready * _CHURN / 60)


def failing(seed: int, at: int) -> float:
    """The share of requests that fail on an ordinary minute: mostly none, sometimes a few."""
    luck = chance(seed, 4, at)
    return 0.0 if luck < 0.9 else (luck - 0.9) * 0.01


def jitter(seed: int, at: int) -> float:
    """How latency varies from minute to minute: within 6 %."""
    return 0.94 + 0.12 * chance(seed, 5, at)
