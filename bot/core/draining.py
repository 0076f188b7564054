"""Whether instances of a worker pool may be stopped: stopping one ends what it is working on after ten seconds.

Cloud Run tells nothing about a pool's work but its CPU, so a pool that still computes is left until a
person says that it is drained, unless the house says that its work survives. Pure; called by reconcile
and by restoring.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.fleet import Workload, WorkloadKind
from bot.core.series import Series

_IDLE = 0.05  # mean CPU of an instance; the runtime alone takes a few hundredths
_IDLE_FOR = 3  # minutes in a row


class Drain(StrEnum):
    """What may be done with a pool's surplus; the first four let it go."""

    NO_POOL = "not a worker pool"
    SURVIVES = "its work survives being stopped"
    CONFIRMED = "somebody has said that it is drained"
    IDLE = "it has not worked for a while"
    ASK = "it is working"


@dataclass(frozen=True, slots=True)
class Draining:
    """`known` says whether there are fresh metrics of its work."""

    drain: Drain
    known: bool = True

    @property
    def free(self) -> bool:
        """Whether an instance may be stopped."""
        return self.drain is not Drain.ASK

    @property
    def why(self) -> str:
        """Why not, in words for people; "" where it may."""
        if self.free:
            return ""
        if not self.known:
            return "it is a worker pool, and nothing tells whether it is working"
        return "it is a worker pool and still working"


@dataclass(frozen=True, slots=True)
class Terms:
    """`survivors` are the pools (name, key or group) whose work survives; `confirmed_by` said it is drained."""

    survivors: Collection[str]
    confirmed_by: str
    now: datetime
    stale_after: timedelta


def draining(seen: Workload, cpu: Series | None, terms: Terms) -> Draining:
    """What is known of the pool's work; late metrics are no metrics."""
    if seen.key.kind is not WorkloadKind.WORKER_POOL:
        return Draining(Drain.NO_POOL)
    if {seen.key.name, str(seen.key), *seen.groups} & set(terms.survivors):
        return Draining(Drain.SURVIVES)
    if terms.confirmed_by:
        return Draining(Drain.CONFIRMED)
    points = [] if cpu is None else cpu.points()
    if cpu is None or not points or terms.now - (points[-1][0] + cpu.step) > terms.stale_after:
        return Draining(Drain.ASK, known=False)
    last = [value for _, value in points[-_IDLE_FOR:]]
    idle = len(last) == _IDLE_FOR and max(last) <= _IDLE
    return Draining(Drain.IDLE if idle else Drain.ASK)
