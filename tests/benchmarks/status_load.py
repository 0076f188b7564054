"""Answers one status, one daily and one weekly digest over a fleet: `python -m tests.benchmarks.status_load COUNT`.

Prints one JSON line. What Monitoring would answer is in memory before the clock starts.
"""

import asyncio
import json
import math
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.core.delivery import Delivery
from bot.core.digest.schedule import Run, Subscription, last_due
from bot.core.digest.section import Audience, Cadence
from bot.core.fences import Fences
from bot.core.fleet import WorkloadKey
from bot.core.house import Group
from bot.core.limits import Dependency, Quota, Resource
from bot.core.pipelines import Pipeline, Signal
from bot.core.series import Metric, Series
from bot.core.windows import Window
from bot.flows.digest import digest
from bot.flows.status import status
from bot.ports.cloud import Metrics
from bot.ports.data import DataMetrics, Signals
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.sandbox.world.traffic import chance
from bot.store.database import Database
from tests.core_digest.fleets import USUAL
from tests.fakes import FakeChat, FakeClock, FakeCloud, service
from tests.flows.town import HOUSE, SEAL

RUNS = {"status": 3, "daily": 3, "weekly": 2}  # to warm up, for the time, for the memory
WHAT = ("status", "daily", "weekly")
NOW = datetime(2025, 11, 29, 7, 5, tzinfo=UTC)
_GROUPS = tuple(Group(f"g{number}", f"Group {number}") for number in range(10))
_FENCES = Fences(
    dependencies=(Dependency("db", "Orders database", ("g1",), 60_000, per_instance=4, used=80),),
    quotas=(Quota("cymbal-shop", "europe-west1", Resource.VCPU, 400_000, 0),),
)
_SATURDAY = 5
_DIFFERENT = (
    101  # series of a metric: to make up one for each workload takes longer than the answers
)


class Remembered:
    """A Metrics port that has every answer in memory; neighbours' series differ."""

    def __init__(self) -> None:
        self._known: dict[tuple[Metric, Window, timedelta], dict[WorkloadKey, Series]] = {}
        self.learning = True

    async def series(
        self, metric: Metric, workloads: Sequence[WorkloadKey], window: Window, step: timedelta
    ) -> Mapping[WorkloadKey, Series]:
        """Made up at the first question, then always the same."""
        asked = (metric, window, step)
        if self.learning and asked not in self._known:
            width = window.duration // step
            self._known[asked] = {
                key: Series(window.start, step, _values(metric, number % _DIFFERENT, width))
                for number, key in enumerate(workloads)
            }
        return self._known[asked]


class RememberedData:
    """A DataMetrics port that has every answer in memory."""

    def __init__(self) -> None:
        self._known: dict[tuple[Window, timedelta, bool], Signals] = {}

    async def signals(
        self, pipelines: Sequence[Pipeline], window: Window, step: timedelta
    ) -> Signals:
        """Young backlogs, and jobs that finish every two hours."""
        asked = (window, step, bool(pipelines[0].job))
        if asked not in self._known:
            width, often = window.duration // step, timedelta(hours=2) // step
            ages = Series(window.start, step, tuple(float(n % 60) for n in range(width)))
            runs = tuple(math.nan if n % often else 1.0 for n in range(width))
            done = Series(window.start, step, runs)
            self._known[asked] = {
                one.name: {Signal.SUCCEEDED: done} if one.job else {Signal.AGE: ages}
                for one in pipelines
            }
        return self._known[asked]


def _pipeline(number: int) -> Pipeline:
    day = timedelta(days=1)
    if number % 2:
        return Pipeline(f"p{number}", f"Job {number}", "cymbal-shop", job=f"j{number}", every=day)
    return Pipeline(
        f"p{number}",
        f"Pipeline {number}",
        "cymbal-shop",
        subscription=f"s{number}",
        fresh=timedelta(minutes=5),
    )


@cache
def _values(metric: Metric, number: int, width: int) -> tuple[float, ...]:
    level = USUAL[metric] * (0.5 + chance(1, number))
    return tuple(level * (0.8 + 0.4 * ((place * 7 + number) % 11) / 10) for place in range(width))


async def load(
    count: int, what: Collection[str], metrics: Metrics, data: DataMetrics
) -> dict[str, dict[str, float]]:
    """CPU seconds, memory and the size of the message of each; a pipeline for every ten workloads."""
    clock = FakeClock(NOW)
    cloud = FakeCloud(clock)
    cloud.add(*(service(f"s{n}", groups=[f"g{n % 10}"]) for n in range(count)))
    subscriptions = tuple(
        Subscription(
            channel=_channel(one, number),
            cadence=Cadence(one),
            audience=Audience.ENGINEERS,
            zone="Europe/Berlin",
            weekday=_SATURDAY,
        )
        for one in ("daily", "weekly")
        for number in (1, 2, 3)
    )
    house = replace(
        HOUSE,
        groups=_GROUPS,
        fences=_FENCES,
        digests=subscriptions,
        pipelines=tuple(_pipeline(number) for number in range(count // 10)),
    )
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}", on_wake=lambda: None)
        await database.migrate()
        kit = Kit(clock, database, FakeChat(clock), cloud, metrics, house, SEAL, data=data)
        try:
            return {one: await _measured(kit, one) for one in WHAT if one in what}
        finally:
            await database.close()


async def _measured(kit: Kit, what: str) -> dict[str, float]:
    await _once(kit, what, 1)
    began = time.process_time()
    characters = await _once(kit, what, 2)
    found = {"seconds": time.process_time() - began, "characters": characters}
    if RUNS[what] == 3:
        tracemalloc.start()
        found["mib"] = await _peak(kit, what)
        tracemalloc.stop()
    return found


async def _peak(kit: Kit, what: str) -> float:
    """MiB that an answer takes at its largest."""
    await _once(kit, what, 3)
    return tracemalloc.get_traced_memory()[1] / 2**20


async def _once(kit: Kit, what: str, number: int) -> float:
    """The flow as a worker runs it; the size of what is wanted in Slack then."""
    if what == "status":
        delivery = Delivery(
            f"status-{number}",
            "U0ERIK",
            "T0CYMBAL",
            NOW,
            channel="C0OPS",
            command="/headroom",
            text="status",
        )
        await kit.store.accept(delivery, Job(JobName.STATUS, delivery.identity))
        await status(delivery.identity, kit)
        channel, subject = "C0OPS", f"answer/status-{number}"
    else:
        channel = _channel(what, number)
        one = next(known for known in kit.house.digests if known.channel == channel)
        due = last_due(one, NOW)
        subject = f"digest/{what}/{due.covers.isoformat()}"
        async with kit.store.begin() as tx:
            before = due.covers - timedelta(days=30)
            await tx.digests.ran(Run(channel, one.cadence, before, NOW, "begun"))
        await digest(one.key, kit)
    async with kit.store.begin() as tx:
        post = await tx.posts.get(channel, subject)
    assert post is not None
    return float(len(json.dumps(list(post.wanted.message.blocks), ensure_ascii=False)))


def _channel(what: str, number: int) -> str:
    return f"C0{what.upper()}{number}"


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(int(sys.argv[1]), WHAT, Remembered(), RememberedData()))))
