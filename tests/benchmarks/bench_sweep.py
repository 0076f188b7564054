"""One sweep over a fleet that is held and unchanged: what it asks of Google and of the processor, and how both grow.

The sweep flow, the embedded engine, SQLite and the product's Google adapter over gRPC to the sandbox,
which runs in a process of its own. `ratio` is what one of 5,000 workloads (in five regions, Cloud Run has
room for 1,000 in each) costs of CPU over what one of 1,000 costs; anything refused, written or asked for
one by one makes it infinite.
"""

import asyncio
import json
import math
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.core.campaign import CampaignState
from bot.core.claims import Claim
from bot.core.fleet import WorkloadKey
from bot.core.holding import Holding
from bot.core.windows import Window
from bot.engine.embedded import EmbeddedJobs
from bot.flows.reconcile import reconcile
from bot.flows.sweep import sweep
from bot.ports.jobs import JobName
from bot.sandbox.world.scenario import Scenario
from bot.store.database import Database
from tests.benchmarks.fleet_load import MINUTE, fresh_url, scenario, settled
from tests.benchmarks.outcome import Outcome
from tests.flows.town import END, MAYA, START, Town
from tests.store.sample import campaign

COUNTS = (1000, 5000)
FLOOR = 55
GOAL = 1.3
# Where lists are shared, fewer than this share of the fleet is asked for one by one.
SINGLES = 0.05
ROOT = Path(__file__).parents[2]
NOW = START + 30 * MINUTE


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep took."""

    count: int
    cpu_seconds: float
    seconds: float
    calls: Mapping[str, int]
    refused: int

    @property
    def requests(self) -> int:
        """All requests to Google."""
        return sum(self.calls.values())

    @property
    def shared(self) -> bool:
        """Whether nothing was refused or written, and hardly any workload was asked for by itself."""
        singles = self.requests - self.calls.get("ListServices", 0)
        return not self.refused and singles <= SINGLES * self.count


def run() -> Outcome:
    """One sweep over each fleet."""
    found = [asyncio.run(_swept(count)) for count in COUNTS]
    small, large = found[0], found[-1]
    growth = (large.cpu_seconds / large.count) / (small.cpu_seconds / small.count)
    table = [
        "One sweep over held and unchanged workloads",
        f"{'workloads':>10}{'requests':>10}{'CPU s':>8}{'CPU ms each':>13}{'took s':>8}",
        *(_line(one) for one in found),
        f"CPU of each of {large.count:,} / of {small.count:,}: {growth:.2f}",
    ]
    numbers = {str(one.count): _numbers(one) for one in found}
    right = all(one.shared for one in found)
    return Outcome("sweep", growth if right else math.inf, GOAL, table, numbers)


def _line(one: Swept) -> str:
    each = one.cpu_seconds / one.count * 1000
    return f"{one.count:>10,}{one.requests:>10,}{one.cpu_seconds:>8.1f}{each:>13.2f}{one.seconds:>8.1f}"


def _numbers(one: Swept) -> dict[str, object]:
    return {
        "requests": dict(one.calls),
        "refused": one.refused,
        "cpu_s": one.cpu_seconds,
        "seconds": one.seconds,
    }


async def _swept(count: int) -> Swept:
    fleet = scenario(count, writes=60, floor=FLOOR)
    with fresh_url() as url:
        database = Database(url, on_wake=lambda: None)
        town = Town(database)
        town.clock.set(NOW)
        await _hold(database, fleet)
        async with _google(count) as google, settled(town, fleet, await _port(google)):
            used, began = time.process_time(), time.perf_counter()
            await _sweep(town, count)
            used, took = time.process_time() - used, time.perf_counter() - began
            told = await _told(google)
        await database.close()
    return Swept(count, used, took, told["calls"], told["refused"])


async def _sweep(town: Town, count: int) -> None:
    """The sweep wakes every workload once; done when all have been looked at."""
    jobs = EmbeddedJobs(town.database.shelf, town.clock, owner="bench", sole=True)
    left, over = count, asyncio.Event()

    async def look(key: str) -> datetime | None:
        nonlocal left
        again = await reconcile(key, town.kit)
        left -= 1
        if not left:
            over.set()
        return again

    async def rest(_key: str) -> datetime | None:
        return None

    for name in JobName:
        jobs.register(name, look if name is JobName.RECONCILE else rest)
    await sweep("all", town.kit)
    working = asyncio.create_task(jobs.run())
    async with asyncio.timeout(200):
        await over.wait()
    working.cancel()
    await asyncio.wait([working])


async def _hold(database: Database, fleet: Scenario) -> None:
    """A live campaign that holds every service, all proven and looked at a minute ago."""
    keys = [spec.key for spec in fleet.workloads]
    live = replace(campaign(), state=CampaignState.LIVE)
    async with database.begin() as tx:
        await tx.campaigns.add(live)
        await tx.capacity.put_claims(live.id, [_claim(live.id, key) for key in keys])
        for key in keys:
            await tx.capacity.save_holding(_holding(key))


def _claim(campaign_id: str, key: WorkloadKey) -> Claim:
    hold = Window(START - 20 * MINUTE, END)
    return Claim(
        f"{campaign_id}/{key}", campaign_id, key, hold, FLOOR, 0, 0, None, None, MAYA, "x3"
    )


def _holding(key: WorkloadKey) -> Holding:
    held = Holding(key, 2, None, written=FLOOR, wanted=FLOOR, observed=FLOOR)
    proven = replace(held, raised_at=START, proven_at=START, proven_floor=FLOOR)
    return replace(proven, observed_at=NOW - MINUTE)


@asynccontextmanager
async def _google(count: int) -> AsyncIterator[Process]:
    command = (sys.executable, "-m", "tests.benchmarks.google_server", str(count), str(FLOOR))
    start = partial(asyncio.create_subprocess_exec, stdin=PIPE, stdout=PIPE, cwd=ROOT)
    process = await start(*command)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def _port(google: Process) -> int:
    assert google.stdout is not None
    return int(await google.stdout.readline())


async def _told(google: Process) -> dict[str, Any]:
    assert google.stdin is not None and google.stdout is not None
    google.stdin.write(b"\n")
    told: dict[str, Any] = json.loads(await google.stdout.readline())
    return told
