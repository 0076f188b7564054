"""The distributed engine passes the jobs suite on PostgreSQL."""

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
