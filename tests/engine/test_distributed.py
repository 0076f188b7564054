"""The distributed engine passes the jobs suite on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from bot.engine.distributed import DistributedJobs
from bot.store.connection import postgres_dsn
from bot.store.database import Database
from bot.store.queue import Queue
from tests.engine.jobs_suite import JobsSuite
from tests.engine.lines import lined
from tests.engine.workshop import Workshop
from tests.fakes.clock import FakeClock
from tests.store_fixture import migrated_postgres


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A migrated PostgreSQL database."""
    with migrated_postgres() as url:
        yield url


class TestDistributedJobs(JobsSuite):
    """With a clock that the tests move: the queue's due times are the clock's, not PostgreSQL's."""

    @pytest.fixture
    async def workshop(self, postgres_url: str) -> AsyncIterator[Workshop]:
        """Workers of a database."""
        clock = FakeClock()
        database = Database(postgres_url, on_wake=lambda: None, queue=Queue(clock, rehearsal=True))
        dsn, desk = postgres_dsn(postgres_url), database.desk
        assert dsn is not None and desk is not None
        yield Workshop(clock, lambda: DistributedJobs(dsn, desk, clock), desk.wake)
        await database.close()


async def test_the_queue_tells_since_when_a_job_waits_that_no_worker_has_taken(
    postgres_url: str,
) -> None:
    clock = FakeClock()
    async with lined(postgres_url, clock) as line:
        assert await line.desk.next_due() is None
        start = clock.now().replace(microsecond=0)
        await line.wake("b", at=start + timedelta(minutes=2))
        await line.wake("a", at=start + timedelta(minutes=1))
        assert await line.desk.next_due() == start + timedelta(minutes=1)
        clock.advance(timedelta(minutes=5))
        await line.desk.ripen(clock.now())
        assert await line.desk.next_due() == start + timedelta(minutes=1)


async def test_a_job_that_a_dead_worker_had_begun_waits_for_a_worker(postgres_url: str) -> None:
    clock = FakeClock()
    start = clock.now().replace(microsecond=0)
    async with lined(postgres_url, clock) as line:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def look(_key: str) -> None:
            begun.set()
            await go_on.wait()

        await line.wake("a", at=start)
        working = asyncio.create_task(line.worker(look=look).run())
        await asyncio.wait_for(begun.wait(), 20)
        assert await line.desk.next_due() is None
        line.execute("UPDATE procrastinate_jobs SET worker_id = NULL")  # its worker is gone
        assert await line.desk.next_due() == start
        go_on.set()
        working.cancel()
        await asyncio.wait([working])
