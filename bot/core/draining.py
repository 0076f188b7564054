"""Whether instances of a worker pool may be stopped: stopping one ends what it is working on after ten seconds.

What a pool has to do waits in its Pub/Sub subscriptions, where the house names them; a message that is
being worked on counts as waiting until it is acknowledged. Of other pools nothing is known but the CPU. So
a pool that still has work is left until a person says that it is drained, unless the house says that its
work survives. Pure; called by reconcile and by restoring.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.fleet import Workload, WorkloadKey, WorkloadKind
from bot.core.pipelines import Pipeline, Signal
from bot.core.series import Series
from bot.core.wording import say_duration, say_list

_IDLE = 0.05  # mean CPU of an instance; the runtime alone takes a few hundredths
_IN_A_ROW = 3  # minutes for which it must have been so
# A stream is never empty: nothing has piled up if no message waits longer than its turn comes.
_ITS_TURN = timedelta(minutes=1)


class Drain(StrEnum):
    """What may be done with a pool's surplus; all but the last let it go."""

    NO_POOL = "not a worker pool"
    SURVIVES = "its work survives being stopped"
    CONFIRMED = "somebody has said that it is drained"
    DRAINED = "nothing has piled up in its subscriptions"
    IDLE = "it has not worked for a while"
    ASK = "it is working"


@dataclass(frozen=True, slots=True)
class Draining:
    """`known` says whether there are fresh metrics of its work; `subscriptions` are where it takes it from.

    `piled_up` says what waits there, in words ("" nothing).
    """

    drain: Drain
    known: bool = True
    subscriptions: tuple[str, ...] = ()
    piled_up: str = ""

    @property
    def free(self) -> bool:
        """Whether an instance may be stopped."""
        return self.drain is not Drain.ASK

    @property
    def why(self) -> str:
        """Why not, in words for people; "" where it may."""
        if self.free:
            return ""
        if self.piled_up:
            return f"it is a worker pool, and {self.piled_up}"
        if not self.known:
            return "it is a worker pool, and nothing tells whether it is working"
        return "it is a worker pool and still working"

    @property
    def because(self) -> str:
        """Why it may, where that was measured; else ""."""
        match self.drain:
            case Drain.DRAINED:
                return f"nothing piles up in {self._where}"
            case Drain.IDLE:
                return "it is idle"
            case _:
                return ""

    @property
    def until(self) -> str:
        """What it is to wait for."""
        return f"{self._where} is drained" if self.subscriptions else "it is idle"

    @property
    def _where(self) -> str:
        return f"its subscription {say_list(self.subscriptions)}"


@dataclass(frozen=True, slots=True)
class Terms:
    """`survivors` are the pools (name, key or group) whose work survives; `confirmed_by` said it is drained.

    `backlogs` are the signals of the subscriptions that the pool empties, by their names; what could not
    be measured is an empty mapping.
    """

    survivors: Collection[str]
    confirmed_by: str
    now: datetime
    stale_after: timedelta
    backlogs: Mapping[str, Mapping[Signal, Series]] = field(default_factory=dict)


def emptied_by(key: WorkloadKey, pipelines: Sequence[Pipeline]) -> tuple[Pipeline, ...]:
    """The pipelines whose subscription this pool empties."""
    return tuple(
        one for one in pipelines if one.subscription and {key.name, str(key)} & set(one.workers)
    )


def draining(seen: Workload, cpu: Series | None, terms: Terms) -> Draining:
    """What is known of the pool's work; late metrics are no metrics."""
    if seen.key.kind is not WorkloadKind.WORKER_POOL:
        return Draining(Drain.NO_POOL)
    if {seen.key.name, str(seen.key), *seen.groups} & set(terms.survivors):
        return Draining(Drain.SURVIVES)
    if terms.confirmed_by:
        return Draining(Drain.CONFIRMED)
    if terms.backlogs:
        return _by_backlog(terms)
    last = _fresh(cpu, terms)
    if last is None:
        return Draining(Drain.ASK, known=False)
    idle = len(last) == _IN_A_ROW and max(last) <= _IDLE
    return Draining(Drain.IDLE if idle else Drain.ASK)


def _by_backlog(terms: Terms) -> Draining:
    """All of its subscriptions must be known and drained."""
    names = tuple(terms.backlogs)
    said = {name: _piled_up(name, signals, terms) for name, signals in terms.backlogs.items()}
    if None in said.values():
        blind = say_list([name for name, words in said.items() if words is None])
        words = f"nothing fresh tells what waits in its subscription {blind}"
        return Draining(Drain.ASK, known=False, subscriptions=names, piled_up=words)
    waiting = [words for words in said.values() if words]
    if waiting:
        return Draining(Drain.ASK, subscriptions=names, piled_up=say_list(waiting))
    return Draining(Drain.DRAINED, subscriptions=names)


def _piled_up(name: str, signals: Mapping[Signal, Series], terms: Terms) -> str | None:
    """What waits there, in words; "" nothing, None where that is not known."""
    waiting, ages = (_fresh(signals.get(one), terms) for one in (Signal.WAITING, Signal.AGE))
    if waiting is None or len(waiting) < _IN_A_ROW:
        return None
    if max(waiting) <= 0:
        return ""
    if ages is None or len(ages) < _IN_A_ROW:
        return None
    if max(ages) <= _ITS_TURN.total_seconds():
        return ""
    oldest = say_duration(timedelta(seconds=max(ages)))
    return f"{waiting[-1]:,.0f} messages wait in its subscription {name} (the oldest for {oldest})"


def _fresh(series: Series | None, terms: Terms) -> list[float] | None:
    """The newest values; None where they are late or missing."""
    points = [] if series is None else series.points()
    if series is None or not points:
        return None
    if terms.now - (points[-1][0] + series.step) > terms.stale_after:
        return None
    return [value for _, value in points[-_IN_A_ROW:]]
