"""How long a job of a worker that was killed -9 waits until a living worker takes it over.

Real worker processes with the product's own pace on PostgreSQL. In each try a worker takes a job that
never ends and is killed at a random moment of its heartbeat; the wait ends when the living worker begins
the same job. `ratio` is the worst try against the promised 30 s.
"""

import asyncio
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.adapters.clock import SystemClock
from bot.ports.jobs import Job
from bot.store.database import Database
from bot.store.queue import Queue
from tests.benchmarks.outcome import Outcome
from tests.postgres import new_server

TRIES = 20
AT_ONCE = 5  # tries side by side, each with a victim and a job of its own
HEARTBEAT_SECONDS = 3.0
PROMISE_SECONDS = 30.0
GOAL = 1.0
ROOT = Path(__file__).parents[2]

Process = asyncio.subprocess.Process


def run() -> Outcome:
    """All tries."""
    with new_server() as server, server.database() as url:
        waits = asyncio.run(_measure(url))
    worst, middle = max(waits), statistics.median(waits)
    table = [
        f"A job of a worker that was killed -9, until another worker begins it ({len(waits)} tries)",
        f"shortest {min(waits):.1f} s   median {middle:.1f} s   longest {worst:.1f} s"
        f"   (promised: {PROMISE_SECONDS:g} s)",
    ]
    numbers = {"seconds": waits, "median_s": middle, "worst_s": worst}
    return Outcome("takeover", worst / PROMISE_SECONDS, GOAL, table, numbers)


async def _measure(url: str) -> list[float]:
    dice = random.Random(30)
    database = Database(url, on_wake=lambda: None, queue=Queue(SystemClock(), rehearsal=False))
    waits: list[float] = []
    try:
        await database.migrate()
        for first in range(0, TRIES, AT_ONCE):
            names = [f"try-{number}" for number in range(first, first + AT_ONCE)]
            waits += await _tries(url, database, names, dice)
    finally:
        await database.close()
    return waits


async def _tries(
    url: str, database: Database, names: Sequence[str], dice: random.Random
) -> list[float]:
    async with AsyncExitStack() as stack:
        victims = [await stack.enter_async_context(_worker(url, "stays", name)) for name in names]
        await _wake(database, *names)
        for victim in victims:
            await _began(victim)
        living = await stack.enter_async_context(_worker(url, "tells", "ready", *names))
        await _wake(database, "ready")
        await _began(living)
        killed = {}
        for name, victim in zip(names, victims, strict=True):
            await asyncio.sleep(dice.uniform(0, HEARTBEAT_SECONDS))
            victim.kill()
            killed[name] = time.time()
        began = dict([await _began(living) for _ in names])
    return [began[name] - killed[name] for name in names]


async def _wake(database: Database, *names: str) -> None:
    async with database.begin() as tx:
        for name in names:
            await tx.jobs.wake(Job(name, "x"), SystemClock().now())


async def _began(worker: Process) -> tuple[str, float]:
    assert worker.stdout is not None
    async with asyncio.timeout(4 * PROMISE_SECONDS):
        name, at = (await worker.stdout.readline()).split()
    return name.decode(), float(at)


@asynccontextmanager
async def _worker(url: str, kind: str, *names: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.benchmarks.takeover_worker", url, kind, *names),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
