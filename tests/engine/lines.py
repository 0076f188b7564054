"""What the distributed engine's tests share: queues of a database, and workers on them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg

from bot.engine.distributed import DistributedJobs, Pace
from bot.ports.clock import Clock
from bot.ports.jobs import Handler, Job, JobQueue
from bot.store.connection import postgres_dsn
from bot.store.database import Database
from bot.store.queue import Queue

# A dead worker is noticed within a second, so that tests need not wait for it.
QUICK = Pace(heartbeat=0.2, silence=0.8, poll=0.2)


@dataclass(frozen=True, slots=True)
class Line:
    """One database's queue with a clock."""

    url: str
    database: Database
    desk: JobQueue
    clock: Clock

    async def wake(self, key: str, *, name: str = "look", at: datetime | None = None) -> None:
        """A committed wake."""
        await self.desk.wake(Job(name, key), at or self.clock.now())

    def worker(self, pace: Pace = QUICK, **handlers: Handler) -> DistributedJobs:
        """A worker with these handlers."""
        jobs = DistributedJobs(self.url, self.desk, self.clock, pace=pace)
        for name, handler in handlers.items():
            jobs.register(name, handler)
        return jobs

    def rows(self, what: str = "queue_name || '/' || (args->>'key') || ' ' || status") -> list[str]:
        """What the queue's table holds."""
        with psycopg.connect(self.url) as connection:
            found = connection.execute(
                f"SELECT {what} FROM procrastinate_jobs ORDER BY id".encode()
            )
            return [str(row[0]) for row in found]

    def execute(self, statement: str) -> None:
        """Changes the tables behind everybody's back."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())


@asynccontextmanager
async def lined(url: str, clock: Clock, *, rehearsal: bool = True) -> AsyncIterator[Line]:
    """The queue of a migrated database."""
    database = Database(url, on_wake=lambda: None, queue=Queue(clock, rehearsal=rehearsal))
    dsn, desk = postgres_dsn(url), database.desk
    assert dsn is not None and desk is not None
    try:
        yield Line(dsn, database, desk, clock)
    finally:
        await database.close()
