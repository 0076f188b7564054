"""What the town's Cloud Run bills: each workload's hours at list price, from the billable time of its minutes.

An hour is in the export some hours after it is over, one in ten a day later.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from bot.core.fleet import WorkloadKey
from bot.core.pricing import price, tariff
from bot.ports.clock import Clock
from bot.sandbox.world.history import Columns
from bot.sandbox.world.scenario import WorkloadSpec
from bot.sandbox.world.traffic import MINUTE, Column, chance
from bot.sandbox.world.world import World

HOUR = 3600
_SOON, _LATER = 5 * HOUR, 24 * HOUR
_LATE_SHARE = 0.1
_FULL = Decimal(0)  # no discount
_MINUTES = 24 * 60  # of a day
# Before a town was started all its days follow from its scenario: the next town of this process has the same.
_PAST: dict[Hashable, Column] = {}
_REMEMBERED = 10_000  # days of workloads: some 8 MB


@dataclass(frozen=True, slots=True)
class Billed:
    """What one workload cost in the Unix hour `hour`, in USD."""

    key: WorkloadKey
    hour: int
    cost: Decimal


class Bill:
    """Works days out as they are asked for."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock
        self._days: dict[tuple[WorkloadKey, int], Column] = {}

    async def rows(
        self, first: int, last: int, keys: Iterable[WorkloadKey]
    ) -> AsyncIterator[Billed]:
        """Those of the Unix hours `first` to before `last` that are exported by now."""
        now = self._clock.now().timestamp()
        for key in keys:
            for hour in range(first, last):
                if hour % 24 == 0:
                    await asyncio.sleep(0)  # weeks of minutes take a while
                if _exported(key, hour, now):
                    yield Billed(key, hour, Decimal(f"{self._day(key, hour // 24)[hour % 24]:.9f}"))

    def _day(self, key: WorkloadKey, day: int) -> Column:
        """USD for each hour; of a day that lasts, as far as it has come."""
        found = self._days.get((key, day))
        if found is None:
            spec = self._world.spec(key)
            past = self._world.past(key, (day + 1) * _MINUTES)
            if past is None:
                found = self._worked_out(spec, day)
            else:
                of = (past, day, spec.size, spec.billing)
                found = _remembered(of, lambda: self._worked_out(spec, day))
            if (day + 1) * 24 * HOUR <= self._clock.now().timestamp():
                self._days[key, day] = found
        return found

    def _worked_out(self, spec: WorkloadSpec, day: int) -> Column:
        found = np.zeros(24)
        for minutes in self._world.stretches(spec.key, day * _MINUTES, (day + 1) * _MINUTES):
            hours = (minutes.at.astype(np.int64) - day * _MINUTES) // 60
            found += np.bincount(hours, weights=_priced(minutes, spec), minlength=24)
        return found


def _remembered(of: Hashable, work_out: Callable[[], Column]) -> Column:
    found = _PAST.get(of)
    if found is None:
        if len(_PAST) >= _REMEMBERED:
            _PAST.clear()
        found = _PAST[of] = work_out()
    return found


def _priced(minutes: Columns, spec: WorkloadSpec) -> Column:
    """USD for each minute."""
    rates, hour = tariff(spec.key, spec.billing), Decimal(1)
    active_rate, idle_rate = (
        float(price(hour, spec.size, one, _FULL).amount) / HOUR
        for one in (rates.active, rates.idle)
    )
    billable = minutes.billable_seconds
    active = np.minimum(billable, minutes.busy * MINUTE)
    per_request = float(rates.per_request)
    return active * active_rate + (billable - active) * idle_rate + minutes.requests * per_request


def _exported(key: WorkloadKey, hour: int, now: float) -> bool:
    age = now - (hour + 1) * HOUR
    if not _SOON <= age < _LATER:
        return age >= _LATER
    return chance(hour, len(key.name), len(key.region)) >= _LATE_SHARE
