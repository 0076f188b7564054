"""The world: every workload of the scenario living through sandbox time, whoever looks.

The town starts it; the Google side reads minutes and instances from it and tells it what was changed;
stories read `snapshot` and put events and faults into it.
"""

import asyncio
import contextlib
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.fleet import WorkloadKey
from bot.ports.clock import Clock
from bot.sandbox.world.history import Columns, History, Lived
from bot.sandbox.world.instances import Instances
from bot.sandbox.world.minutes import Minute
from bot.sandbox.world.scenario import Event, Scenario, WorkloadSpec
from bot.sandbox.world.traffic import MINUTE, Demand, seed_of

_BREATH = 600  # sandbox seconds simulated before others may run
_NAP = timedelta(seconds=30)


@dataclass(slots=True)
class _Life:
    """One workload: its demand, its past, its present, and the minutes in between."""

    demand: Demand
    history: History
    instances: Instances
    lived: Lived
    gone_at: int | None = None


class World:
    """Simulates `scenario` from the clock's present on; nothing moves unless the clock does."""

    def __init__(self, scenario: Scenario, clock: Clock) -> None:
        self.scenario = scenario
        self._clock = clock
        self._tick = scenario.tick_seconds
        self._at = int(clock.now().timestamp()) // MINUTE * MINUTE
        self._events = list(scenario.events)
        self._vcpu = {name: size.vcpu for name, size in scenario.quotas.regions.items()}
        self._lives = {spec.key: self._life(spec) for spec in scenario.workloads}
        self._task: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    async def start(self) -> None:
        """Lets time pass until `stop`."""
        await self.catch_up()
        self._task = asyncio.create_task(self._run(), name="world")

    async def stop(self) -> None:
        """Stops the task; the world stays readable."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def catch_up(self) -> None:
        """Simulates up to the clock's present; gives way to others during long jumps."""
        async with self._lock:
            goal = self._clock.now().timestamp()
            while self._at + self._tick <= goal:
                self._simulate(min(goal, self._at + _BREATH))
                await asyncio.sleep(0)

    def advance(self) -> None:
        """The same in one go, for those who cannot wait."""
        self._simulate(self._clock.now().timestamp())

    def keys(self) -> tuple[WorkloadKey, ...]:
        """All workloads that exist."""
        return tuple(key for key, life in self._lives.items() if life.gone_at is None)

    def spec(self, key: WorkloadKey) -> WorkloadSpec:
        """A workload with its present settings; raises KeyError for one that never was."""
        instances = self._lives[key].instances
        return replace(instances.spec, settings=instances.settings)

    def instances(self, key: WorkloadKey) -> Instances:
        """The instances of a workload as of the last tick; raises KeyError like `spec`."""
        return self._lives[key].instances

    def provisioned(self, key: WorkloadKey) -> int:
        """How many of its kept instances are ready."""
        return self._lives[key].instances.provisioned(self._at)

    def minute(self, key: WorkloadKey, at: int) -> Minute[float] | None:
        """The Unix minute `at` of a workload; None if it is not over or the workload was gone."""
        life = self._lives[key]
        if life.gone_at is not None and at >= life.gone_at:
            return None
        return life.history.minute(at) if at < life.lived.begun else life.lived.minute(at)

    def stretches(self, key: WorkloadKey, first: int, last: int) -> Iterator[Columns]:
        """The Unix minutes `first` to before `last` of a workload, in order, without those `minute` lacks."""
        life = self._lives[key]
        if life.gone_at is not None:
            last = min(last, life.gone_at)
        begun = life.lived.begun
        yield from life.history.stretches(first, min(last, begun))
        if last > begun:
            yield life.lived.stretch(max(first, begun), last)

    def past(self, key: WorkloadKey, before: int) -> Hashable | None:
        """What all minutes before the Unix minute `before` follow from.

        Where it is equal in two worlds, so are these minutes. None where some were simulated, or the
        workload was gone.
        """
        life = self._lives[key]
        whole = before <= life.lived.begun and (life.gone_at is None or before <= life.gone_at)
        return life.history.facts(before) if whole else None

    def known(self) -> tuple[WorkloadKey, ...]:
        """All workloads that exist or existed: their metrics stay."""
        return tuple(self._lives)

    def apply(self, spec: WorkloadSpec, *, new_revision: bool = False) -> None:
        """Takes over changed settings (or a new workload) of the control plane from now on."""
        self.advance()
        life = self._lives.get(spec.key)
        if life is None or life.gone_at is not None:
            self._lives[spec.key] = self._life(spec)
            return
        life.instances.change(spec, spec.settings)
        if new_revision:
            life.instances.roll(self._at)

    def remove(self, key: WorkloadKey) -> None:
        """The workload is deleted; its past remains measurable."""
        self.advance()
        self._lives[key].gone_at = self._at // MINUTE

    def put_event(self, event: Event) -> None:
        """Something more will move demand."""
        self.advance()
        self._events.append(event)
        for life in self._lives.values():
            life.demand.add(event)
            if event.window.start.timestamp() < life.lived.begun * MINUTE:
                life.history.forget()

    def set_quota(self, region: str, vcpu: float) -> None:
        """What the region may allocate at run time, in vCPU."""
        self.advance()
        self._vcpu[region] = vcpu

    def quota(self, region: str) -> float:
        """The region's vCPU quota."""
        return self._vcpu.get(region, float("inf"))

    def slow_starts(self, factor: float, key: WorkloadKey | None = None) -> None:
        """Instances take `factor` times as long to start (all workloads, or one)."""
        self.advance()
        for life in [self._lives[key]] if key else self._lives.values():
            life.instances.slowness = factor

    def snapshot(self) -> dict[str, object]:
        """The fleet now, fit for JSON: `at`, and per workload key its bounds, instances and demand."""
        self.advance()
        return {
            "at": self._clock.now().isoformat(),
            "workloads": {str(key): _seen(life) for key, life in self._living()},
        }

    def _living(self) -> Iterator[tuple[WorkloadKey, _Life]]:
        return ((key, life) for key, life in self._lives.items() if life.gone_at is None)

    def _life(self, spec: WorkloadSpec) -> _Life:
        seed = self.scenario.seed
        demand = Demand(self.scenario, spec, self._events)
        history = History(spec, demand, seed ^ seed_of(str(spec.key)))
        begun = self._at // MINUTE
        ready = history.ready(begun - 1)
        instances = Instances(spec, demand, seed=seed, tick=self._tick, ready=ready)
        return _Life(demand, history, instances, Lived(begun))

    async def _run(self) -> None:
        while True:
            await self.catch_up()
            # Whoever reads brings the world up to date first; this only keeps those steps small.
            await self._clock.sleep_until(self._clock.now() + _NAP)

    def _simulate(self, goal: float) -> None:
        while self._at + self._tick <= goal:
            self._one_tick()

    def _one_tick(self) -> None:
        living = list(self._living())
        used = dict.fromkeys(self._vcpu, 0.0)
        for key, life in living:
            used[key.region] = used.get(key.region, 0.0) + life.instances.vcpu
        for key, life in living:
            before = life.instances.vcpu
            life.instances.tick(self._at, self.quota(key.region) - used[key.region])
            used[key.region] += life.instances.vcpu - before
        self._at += self._tick
        if self._at % MINUTE == 0:
            for _, life in living:
                life.lived.add(life.instances.close(self._at // MINUTE - 1))


def _seen(life: _Life) -> dict[str, object]:
    instances, settings = life.instances, life.instances.settings
    return {
        "group": instances.spec.group,
        "mode": str(settings.mode),
        "floor": settings.least,
        "ceiling": settings.most,
        "ready": instances.ready,
        "starting": instances.starting,
        "busy": instances.load.busy,
        "rps": round(instances.load.rps, 2),
        "pending": round(instances.load.pending),
        "requests": round(instances.total.requests),
        "at_risk": round(instances.total.at_risk),
        "refused": round(instances.total.refused),
        "short_of_quota": instances.short_of_quota,
    }
