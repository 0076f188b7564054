"""One minute of one workload, or many in columns, as Cloud Run would measure it; filled in by history and
instances.
"""

import math
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.core.fleet import BillingMode, WorkloadKind
from bot.sandbox.world.scenario import Settings, WorkloadSpec
from bot.sandbox.world.traffic import Column

TARGET = 0.6  # Cloud Run's default utilisation target for CPU and for concurrency
IDLE_MINUTES = 10  # an instance nobody needs is kept about this long (Cloud Run: up to 15 minutes)

Quantity = TypeVar("Quantity", float, Column)


@dataclass(frozen=True, slots=True)
class Minute(Generic[Quantity]):
    """What happened in the minute that begins at Unix minute `at`; rates are totals over the minute.

    Each quantity is one number, or a column of them for minutes that follow each other.

    `ready`, `busy` and `pending` are as sampled at its end; `latency` and `concurrency` are means
    (seconds, requests per busy instance); `by_cpu` and `by_concurrency` are what each driver recommends.
    `startup_scale` is how much slower than usual instances start. `unfinished` is what has come and is
    not done yet at its end, waiting or being worked on; `oldest` how many seconds ago the first of it came.
    """

    at: Quantity
    requests: Quantity
    refused: Quantity
    failed: Quantity
    ready: Quantity
    busy: Quantity
    cpu_seconds: Quantity
    cpu_utilization: Quantity
    latency: Quantity
    concurrency: Quantity
    pending: Quantity
    by_cpu: Quantity
    by_concurrency: Quantity
    billable_seconds: Quantity
    starts: Quantity
    startup_scale: Quantity
    unfinished: Quantity
    oldest: Quantity


def drivers(spec: WorkloadSpec, cpu: Quantity, in_flight: Quantity) -> tuple[Quantity, Quantity]:
    """Instances that CPU use (vCPU) and requests in flight ask for, before rounding (reference A.5)."""
    by_cpu = cpu / (spec.size.vcpu * TARGET)
    if spec.key.kind is WorkloadKind.WORKER_POOL:
        return by_cpu, in_flight * 0.0
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


def failing(luck: Quantity) -> Quantity:
    """The share of requests that fail on an ordinary minute, by a chance: mostly none, sometimes a few."""
    return (luck - 0.9) * (luck >= 0.9) * 0.01


def jitter(luck: Quantity) -> Quantity:
    """How latency varies from minute to minute, by a chance: within 6 %."""
    return 0.94 + 0.12 * luck
