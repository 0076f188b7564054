"""What is known of one workload's minutes, in columns; the world serves it to whoever measures.

`History` derives the minutes before the town was started: the demand of a minute and the autoscaler's
steady answer to it, a day at once. `Lived` keeps those that were simulated.
"""

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import fields
from operator import attrgetter

import numpy as np

from bot.core.fleet import BillingMode, WorkloadKind
from bot.sandbox.world.minutes import IDLE_MINUTES, Minute, drivers, failing, jitter
from bot.sandbox.world.scenario import WorkloadSpec
from bot.sandbox.world.traffic import MINUTE, Column, Demand, Whole, chances

Columns = Minute[Column]

_DAY = 24 * 60  # minutes
_REMEMBERED = 40  # days: 7 MB
_CHURN = 0.03  # share of instances that are replaced in an hour, for no reason visible outside
_QUANTITIES = tuple(field.name for field in fields(Minute))
_row = attrgetter(*_QUANTITIES)


class History:
    """Any minute of the past of one workload under the settings it had when the town was started."""

    def __init__(self, spec: WorkloadSpec, demand: Demand, seed: int) -> None:
        self._spec = spec
        self._demand = demand
        self._seed = seed
        self._days: OrderedDict[int, Column] = OrderedDict()

    def stretches(self, first: int, last: int) -> Iterator[Columns]:
        """The Unix minutes `first` to before `last`, in order, a day or less at a time."""
        for day in range(first // _DAY, -(-last // _DAY)):
            begin = day * _DAY
            part = self._day(day)[:, max(first - begin, 0) : last - begin]
            yield Minute(*part)

    def minute(self, at: int) -> Minute[float]:
        """The Unix minute `at` alone."""
        return Minute(*self._day(at // _DAY)[:, at % _DAY].tolist())

    def ready(self, at: int) -> int:
        """Instances at the Unix minute `at`."""
        return round(self.minute(at).ready)

    def facts(self, before: int) -> Hashable:
        """Where they are equal, two pasts are equal in every Unix minute before `before`."""
        return self._spec, self._seed, self._demand.facts(before * MINUTE)

    def forget(self) -> None:
        """The demand has changed."""
        self._days.clear()

    def _day(self, day: int) -> Column:
        """All quantities of a day: a row each, a column for each minute."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= _REMEMBERED:
                self._days.popitem(last=False)
            made = _row(self._made(day * _DAY))
            known = self._days[day] = np.array(np.broadcast_arrays(*made), np.float64)
        self._days.move_to_end(day)
        return known

    def _made(self, first: int) -> Columns:
        spec = self._spec
        # An instance stays for a while: what is there depends on the minutes before.
        minutes: Whole = np.arange(first - IDLE_MINUTES, first + _DAY)
        rps = self._demand.course(minutes * np.float64(MINUTE) + MINUTE / 2)
        wanted = self._wanted(rps)
        kept = np.lib.stride_tricks.sliding_window_view(wanted, IDLE_MINUTES).max(axis=1)
        at, rps, wanted = minutes[IDLE_MINUTES:], rps[IDLE_MINUTES:], wanted[IDLE_MINUTES:]
        before, ready = kept[:-1], kept[1:]
        served = np.minimum(rps, ready * spec.instance_rps)
        busy = np.minimum(ready, wanted)
        cpu = served * spec.cpu_seconds
        in_flight = served * spec.latency.middle
        by_cpu, by_concurrency = drivers(spec, cpu, in_flight)
        replaced = chances(self._seed, 3, at) < ready * _CHURN / 60
        service = spec.key.kind is WorkloadKind.SERVICE
        return Minute(
            at=at.astype(np.float64),
            requests=rps * MINUTE,
            refused=(rps - served) * MINUTE * service,
            failed=served * MINUTE * failing(chances(self._seed, 4, at)),
            ready=ready,
            busy=busy,
            cpu_seconds=cpu * MINUTE,
            cpu_utilization=_share(cpu, ready * spec.size.vcpu),
            latency=spec.latency.middle * jitter(chances(self._seed, 5, at)),
            concurrency=_share(in_flight, busy),
            pending=np.zeros(_DAY),
            by_cpu=_whole(by_cpu),
            by_concurrency=_whole(by_concurrency),
            billable_seconds=self._billable(ready, busy) * MINUTE,
            starts=np.maximum(ready - before, 0) + replaced,
            startup_scale=np.ones(_DAY),
            unfinished=in_flight,
            oldest=np.full(_DAY, spec.latency.middle),
        )

    def _wanted(self, rps: Column) -> Column:
        spec, settings = self._spec, self._spec.settings
        need = np.maximum(*drivers(spec, rps * spec.cpu_seconds, rps * spec.latency.middle))
        return np.clip(_whole(need), settings.least, settings.most)

    def _billable(self, ready: Column, busy: Column) -> Column:
        spec = self._spec
        if spec.billing is BillingMode.INSTANCE or spec.key.kind is WorkloadKind.WORKER_POOL:
            return ready
        return np.maximum(busy, np.minimum(ready, spec.settings.least))


class Lived:
    """The simulated minutes of one workload, from the Unix minute `begun` on."""

    def __init__(self, begun: int) -> None:
        self.begun = begun
        self._minutes: list[Minute[float]] = []
        self._columns: Column = np.zeros((len(_QUANTITIES), 0))

    def add(self, minute: Minute[float]) -> None:
        """The next one is over."""
        self._minutes.append(minute)

    def minute(self, at: int) -> Minute[float] | None:
        """The Unix minute `at`, not before `begun`; None if it is not over."""
        index = at - self.begun
        return self._minutes[index] if index < len(self._minutes) else None

    def stretch(self, first: int, last: int) -> Columns:
        """Those of the Unix minutes `first` to before `last` that are over."""
        fresh = self._minutes[self._columns.shape[1] :]
        if fresh:
            rows = np.array([_row(minute) for minute in fresh])
            self._columns = np.hstack([self._columns, rows.T])
        return Minute(*self._columns[:, first - self.begun : last - self.begun])


def _whole(instances: Column) -> Column:
    return np.ceil(instances - 1e-9)


def _share(part: Column, of: Column) -> Column:
    """0 where there is nothing to have a share of."""
    return np.divide(part, of, out=np.zeros_like(part), where=of > 0)
