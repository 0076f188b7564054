"""One measurement of bench_jobs in a process of its own:
`python -m tests.benchmarks.jobs_load sqlite|lease|postgresql|procrastinate URL`.

Prints JSON: jobs done per second when they are enqueued four at a time while they run, what one cost of
this process's CPU, and the latencies in ms from before the enqueueing to the start of one job at a time on an idle worker.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from procrastinate import App, PsycopgConnector

from bot.adapters.clock import SystemClock
from bot.engine.distributed import DistributedJobs
from bot.engine.embedded import EmbeddedJobs
from bot.ports.jobs import Job, Jobs
from bot.store.connection import postgres_dsn
from bot.store.database import Database
from bot.store.queue import Queue

JOBS = 1500
SINGLES = 100
ENQUEUERS = 4

Enqueue = Callable[[str], Awaitable[None]]


@dataclass
class Runs:
    """Counts the runs of the job under test."""

    done: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, key: str) -> datetime | None:
        """The job: nothing but being noticed."""
        self.done += 1
        self._changed.set()
        return None

    async def reached(self, number: int) -> None:
        """Returns once so many have run."""
        while self.done < number:
            self._changed.clear()
            await self._changed.wait()


@asynccontextmanager
async def ours(url: str, runs: Runs, *, distributed: bool) -> AsyncIterator[Enqueue]:
    """Our engines; enqueueing is one transaction, as a flow's. Not `distributed`: our own lease table."""
    clock, dsn = SystemClock(), postgres_dsn(url)
    queue = Queue(clock, rehearsal=False) if distributed else None
    nudges: list[Callable[[], None]] = []

    def on_wake() -> None:
        for nudge in nudges:
            nudge()

    database = Database(url, on_wake=on_wake, queue=queue)
    await database.migrate()
    jobs: Jobs
    if dsn is not None and database.desk is not None:
        jobs = DistributedJobs(dsn, database.desk, clock)
    else:
        jobs = EmbeddedJobs(database.shelf, clock, owner="bench", sole=dsn is None)
    nudges.append(jobs.nudge)
    jobs.register("look", runs)

    async def enqueue(key: str) -> None:
        async with database.begin() as tx:
            await tx.jobs.wake(Job("look", key), clock.now())

    working = asyncio.create_task(jobs.run())
    try:
        yield enqueue
    finally:
        working.cancel()
        await asyncio.wait([working])
        await database.close()


@asynccontextmanager
async def bare(url: str, runs: Runs) -> AsyncIterator[Enqueue]:
    """Procrastinate as its documentation shows it, with the same number of jobs at once."""
    app = App(connector=PsycopgConnector(conninfo=url))

    @app.task(name="look")
    async def look(key: str) -> None:
        await runs(key)

    async def enqueue(key: str) -> None:
        await look.configure(lock=key, queueing_lock=key).defer_async(key=key)

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        working = asyncio.create_task(
            app.run_worker_async(
                concurrency=16, install_signal_handlers=False, delete_jobs="always"
            )
        )
        try:
            yield enqueue
        finally:
            working.cancel()
            await asyncio.wait([working])


async def main(which: str, url: str) -> None:
    """Measures and prints."""
    runs = Runs()
    if which == "procrastinate":
        opened = bare(url, runs)
    else:
        opened = ours(url, runs, distributed=which == "postgresql")
    async with opened as enqueue:
        await _many(enqueue, runs, 100)
        latencies = [await _one(enqueue, runs, number) for number in range(SINGLES)]
        used = time.process_time()
        rate = await _many(enqueue, runs, JOBS)
        used = time.process_time() - used
    print(json.dumps({"rate": rate, "latencies": latencies, "cpu_ms": used / JOBS * 1000}))


async def _one(enqueue: Enqueue, runs: Runs, number: int) -> float:
    await asyncio.sleep(0.02)
    before, began = runs.done, time.perf_counter()
    await enqueue(f"single-{number}")
    await runs.reached(before + 1)
    return (time.perf_counter() - began) * 1000


async def _many(enqueue: Enqueue, runs: Runs, number: int) -> float:
    before, began = runs.done, time.perf_counter()

    async def part(name: int) -> None:
        for one in range(number // ENQUEUERS):
            await enqueue(f"{name}-{one}-{number}")

    await asyncio.gather(*(part(name) for name in range(ENQUEUERS)))
    await runs.reached(before + number)
    return number / (time.perf_counter() - began)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
