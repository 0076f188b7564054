"""The embedded engine over restarts, dead workers and a database that goes away; and how prompt it is."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.engine.embedded import EmbeddedJobs
from bot.errors import TryAgain
from bot.ports.jobs import Job, JobShelf, TakenJob
from bot.store.database import Database
from tests.engine.workshop import Gate, Recorder, quiet, working
from tests.fakes.clock import FakeClock
from tests.store_fixture import Wakeups, migrated_sqlite, opened

MINUTE = timedelta(minutes=1)
JOB = Job("look", "a")


def worker(
    shelf: JobShelf,
    clock: FakeClock,
    handler: Callable[[str], Awaitable[datetime | None]],
    *,
    owner: str = "worker",
    sole: bool = True,
) -> EmbeddedJobs:
    """A worker with one handler."""
    jobs = EmbeddedJobs(shelf, clock, owner=owner, sole=sole)
    jobs.register("look", handler)
    return jobs


async def killed_while_running(shelf: JobShelf, clock: FakeClock, owner: str) -> None:
    """What a worker killed in the middle of a job leaves behind: a lease."""
    now = clock.now()
    await shelf.take(now, owner=owner, until=now + MINUTE / 2, limit=1)


async def test_jobs_survive_a_restart(tmp_path: Path) -> None:
    url, clock, look = migrated_sqlite(tmp_path), FakeClock(), Recorder()
    async with opened(url) as database:
        await database.shelf.wake(JOB, clock.now() + MINUTE)
    async with opened(url) as database, working(worker(database.shelf, clock, look)):
        clock.advance(MINUTE)
        await look.called(1)


async def test_a_sole_worker_runs_at_once_what_a_killed_one_was_doing(database: Database) -> None:
    clock, look = FakeClock(), Recorder()
    await database.shelf.wake(JOB, clock.now())
    await killed_while_running(database.shelf, clock, "killed")
    async with working(worker(database.shelf, clock, look)):
        await look.called(1)


async def test_a_dead_workers_job_is_taken_over_when_its_lease_has_passed(
    any_database: Database,
) -> None:
    clock, look = FakeClock(), Recorder()
    await any_database.shelf.wake(JOB, clock.now())
    await killed_while_running(any_database.shelf, clock, "killed")
    living = worker(any_database.shelf, clock, look, owner="living", sole=False)
    async with working(living):
        await quiet()
        assert look.calls == []
        clock.advance(MINUTE)
        await look.called(1)


async def test_a_living_workers_long_job_is_not_taken_over(any_database: Database) -> None:
    clock, gate, look = FakeClock(), Gate(), Recorder()
    slow = worker(any_database.shelf, clock, gate, owner="slow", sole=False)
    other = worker(any_database.shelf, clock, look, owner="other", sole=False)
    await any_database.shelf.wake(JOB, clock.now())
    async with working(slow):
        await gate.entered(1)
        async with working(other):
            for _ in range(12):
                clock.advance(MINUTE / 6)
                await quiet(0.05)
            assert look.calls == []
        gate.let_out()


async def test_a_sole_workers_job_is_left_alone_when_the_clock_jumps(database: Database) -> None:
    clock, gate = FakeClock(), Gate()
    await database.shelf.wake(JOB, clock.now())
    async with working(worker(database.shelf, clock, gate)):
        await gate.entered(1)
        clock.advance(timedelta(days=300))
        await quiet()
        assert gate.entries == ["a"]
        gate.let_out()


async def test_a_job_woken_by_another_process_is_seen_without_a_nudge(tmp_path: Path) -> None:
    url, clock, look = migrated_sqlite(tmp_path), FakeClock(), Recorder()
    async with opened(url) as web, opened(url) as database:
        async with working(worker(database.shelf, clock, look)):
            await quiet()
            await web.shelf.wake(JOB, clock.now())
            await look.called(1)


async def test_a_job_starts_within_milliseconds_of_its_wake(
    database: Database, wakeups: Wakeups
) -> None:
    clock, look = FakeClock(), Recorder()
    jobs = worker(database.shelf, clock, look)
    wakeups.listeners.append(jobs.nudge)
    waits = []
    async with working(jobs):
        for number in range(1, 21):
            await quiet(0.02)
            await database.shelf.wake(JOB, clock.now())
            woken = time.perf_counter()
            await look.called(number)
            waits.append(time.perf_counter() - woken)
    # Typically 2 ms; a polling engine would need 100 ms in the middle.
    assert sorted(waits)[10] < 0.05


class _Flickering:
    """A shelf whose database is away for the first calls of each method."""

    def __init__(self, shelf: JobShelf, failures: int) -> None:
        self._shelf = shelf
        self._left = dict.fromkeys(("take", "finish", "next_due", "release", "extend"), failures)

    def _fail(self, method: str) -> None:
        self._left[method] -= 1
        if self._left[method] >= 0:
            raise TryAgain("the database is away")

    async def wake(self, job: Job, at: datetime) -> None:
        await self._shelf.wake(job, at)

    async def take(
        self, now: datetime, *, owner: str, until: datetime, limit: int
    ) -> list[TakenJob]:
        self._fail("take")
        return await self._shelf.take(now, owner=owner, until=until, limit=limit)

    async def extend(self, owner: str, until: datetime) -> None:
        self._fail("extend")
        await self._shelf.extend(owner, until)

    async def finish(self, taken: TakenJob, *, again_at: datetime | None, error: str = "") -> None:
        self._fail("finish")
        await self._shelf.finish(taken, again_at=again_at, error=error)

    async def release(self, owner: str | None) -> None:
        self._fail("release")
        await self._shelf.release(owner)

    async def rouse(self, now: datetime) -> None:
        await self._shelf.rouse(now)

    async def next_due(self) -> datetime | None:
        self._fail("next_due")
        return await self._shelf.next_due()


async def test_work_goes_on_when_the_database_comes_back(database: Database) -> None:
    clock, look = FakeClock(), Recorder()
    await database.shelf.wake(JOB, clock.now())
    async with working(worker(_Flickering(database.shelf, 1), clock, look)):
        await look.called(1)
        await database.shelf.wake(Job("look", "b"), clock.now())
        await look.called(2)
        await quiet(1.0)
        assert await database.shelf.next_due() is None
    assert look.calls == ["a", "b"]


async def test_an_unknown_job_waits_for_a_version_that_knows_it(database: Database) -> None:
    clock, look = FakeClock(), Recorder()
    await database.shelf.wake(Job("from-the-future", "a"), clock.now())
    async with working(worker(database.shelf, clock, look)):
        async with asyncio.timeout(10):
            while await database.shelf.next_due() != clock.now() + 5 * MINUTE:
                await quiet(0.02)
    assert look.calls == []


async def test_a_second_stop_ends_a_handler_and_its_job_runs_at_the_next_start(
    database: Database,
) -> None:
    clock, gate, look = FakeClock(), Gate(), Recorder()
    await database.shelf.wake(JOB, clock.now())
    running = asyncio.create_task(worker(database.shelf, clock, gate).run())
    await gate.entered(1)
    running.cancel()
    await quiet(0.05)
    assert gate.inside == ["a"]
    running.cancel()
    await asyncio.wait([running], timeout=5)
    await quiet(0.05)
    assert gate.inside == []
    async with working(worker(database.shelf, clock, look)):
        await look.called(1)
