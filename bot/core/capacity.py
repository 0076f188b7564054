"""Demand to instances and back, by Cloud Run's own model (reference §D); used by planner, claiming, report.

Learning the sizing from measurements is in learning.
"""

import math
from dataclasses import replace

from bot.core.plan import Driver, Need, Sizing

# An instance works well up to here; above, requests begin to queue behind each other.
FULL = 0.85
# Counts below this many millionths above a whole number are that number (60.00000001 is 60).
_TOLERANCE = 1e-6
_NOTHING = Need(0, Driver.NOTHING, 0, 0)


def need(demand: float, sizing: Sizing) -> Need:
    """Instances for `demand` requests/s, spare included; no demand or no usable sizing needs none.

    n_conc = ceil(λ·W / (C·u_c)), n_cpu = ceil(λ·S / (c·u_k)), n_hist = ceil(λ · seen ratio); the
    largest decides and `spare` is added on top. Driver targets of 0 are switched off.
    """
    if not (math.isfinite(demand) and demand > 0):
        return _NOTHING
    by_cpu = round_up(demand * _share(sizing.cpu_seconds, sizing.vcpu * sizing.cpu_target))
    by_concurrency = round_up(
        demand * _share(sizing.latency_seconds, sizing.concurrency * sizing.concurrency_target)
    )
    by_history = round_up(demand * _positive(sizing.instances_per_rps))
    instances = max(by_cpu, by_concurrency, by_history)
    if instances == 0:
        return _NOTHING
    driver = Driver.HISTORY
    if max(by_cpu, by_concurrency) == instances:
        driver = Driver.CPU if by_cpu >= by_concurrency else Driver.CONCURRENCY
    spare = round_up(instances * (1 + _positive(sizing.spare)))
    return Need(spare, driver, by_cpu, by_concurrency)


def at_target(sizing: Sizing) -> Sizing:
    """The same without spare: what the autoscaler itself would run."""
    return replace(sizing, spare=0.0)


def at_full(sizing: Sizing) -> Sizing:
    """The same at full use: the least that carries a demand without making requests wait."""
    return replace(
        sizing,
        spare=0.0,
        cpu_target=_full(sizing.cpu_target),
        concurrency_target=_full(sizing.concurrency_target),
        instances_per_rps=_positive(sizing.instances_per_rps) * _eased(sizing),
    )


def usable(sizing: Sizing) -> bool:
    """Whether any driver says anything."""
    return per_rps(sizing) > 0


def per_rps(sizing: Sizing) -> float:
    """Instances for each request/s before rounding and spare; 0 when nothing is known."""
    return max(by_model_per_rps(sizing), _positive(sizing.instances_per_rps))


def by_model_per_rps(sizing: Sizing) -> float:
    """The same by CPU and concurrency alone."""
    return max(
        _share(sizing.cpu_seconds, sizing.vcpu * sizing.cpu_target),
        _share(sizing.latency_seconds, sizing.concurrency * sizing.concurrency_target),
    )


def carries(instances: int, sizing: Sizing) -> float:
    """The largest demand in requests/s whose `need` is at most `instances`; 0 if sizing says nothing."""
    ratio = per_rps(sizing)
    if ratio <= 0 or instances <= 0:
        return 0.0
    whole = math.floor(instances / (1 + _positive(sizing.spare)) + _TOLERANCE)
    return whole / ratio


def round_up(count: float) -> int:
    """The next whole number of instances, forgiving the dust of float arithmetic."""
    return math.ceil(count - _TOLERANCE)


def _share(work: float, room: float) -> float:
    return _positive(work) / room if math.isfinite(room) and room > 0 else 0.0


def _positive(value: float) -> float:
    return value if math.isfinite(value) and value > 0 else 0.0


def _eased(sizing: Sizing) -> float:
    """How many fewer instances full use takes: history was seen at the autoscaler's targets."""
    targets = [t for t in (sizing.cpu_target, sizing.concurrency_target) if t > 0]
    return min(1.0, max(targets, default=FULL) / FULL)


def _full(target: float) -> float:
    return max(target, FULL) if target > 0 else target
