"""A worker process of bench_takeover: `python -m tests.benchmarks.takeover_worker URL stays|tells NAME…`.

Prints `<name> <unix seconds>` when it begins a job of one of the names; one that stays never ends it.
"""

import asyncio
import sys
import time
from datetime import datetime
from functools import partial

from bot.adapters.clock import SystemClock
from bot.engine.distributed import DistributedJobs
from bot.store.connection import postgres_dsn
from bot.store.database import Database
from bot.store.queue import Queue


async def main(url: str, kind: str, names: list[str]) -> None:
    """Works until it is killed."""
    clock = SystemClock()
    database = Database(url, on_wake=lambda: None, queue=Queue(clock, rehearsal=False))
    dsn, desk = postgres_dsn(url), database.desk
    assert dsn is not None and desk is not None
    jobs = DistributedJobs(dsn, desk, clock)

    async def begin(name: str, _key: str) -> datetime | None:
        print(name, time.time(), flush=True)
        if kind == "stays":
            await asyncio.Event().wait()
        return None

    for name in names:
        jobs.register(name, partial(begin, name))
    await jobs.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
