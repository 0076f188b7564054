"""The distributed engine over dead, frozen and restarted workers, lost connections and two versions."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest

from bot.adapters.clock import SystemClock
from bot.ports.jobs import Job, TakenJob
from tests.engine.lines import QUICK, Line, lined
from tests.engine.workshop import Gate, Recorder, quiet, working
from tests.fakes.clock import FakeClock
from tests.store_fixture import migrated_postgres

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FakeClock:
    """The clock of the engine."""
    return FakeClock()


@pytest.fixture
async def line(clock: FakeClock) -> AsyncIterator[Line]:
    """A queue of this test's own."""
    with migrated_postgres() as url:
        async with lined(url, clock) as line:
            yield line


async def until(true: Callable[[], bool]) -> None:
    """Waits until it is true; fails after 10 s."""
    async with asyncio.timeout(10):
        while not true():
            await quiet(0.02)


def killed_while_running(line: Line, *, silent_for: float = 60) -> TakenJob:
    """What a worker killed in the middle of a job leaves behind."""
    line.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    line.execute(
        "SELECT procrastinate_fetch_job_v2(NULL, (SELECT max(id) FROM procrastinate_workers))"
    )
    line.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = now()"
        f" - make_interval(secs => {silent_for})"
    )
    [number], [worker] = line.rows("id"), line.rows("worker_id")
    return TakenJob(Job("look", "a"), rev=int(number), attempts=0, owner=worker)


async def test_a_dead_workers_job_is_taken_over(line: Line) -> None:
    look = Recorder()
    await line.wake("a")
    killed_while_running(line)
    async with working(line.worker(look=look)):
        assert await look.called(1) == ["a"]


async def test_a_worker_that_was_only_silent_for_a_moment_keeps_its_job(line: Line) -> None:
    look = Recorder()
    await line.wake("a")
    killed_while_running(line, silent_for=0)
    line.execute("UPDATE procrastinate_workers SET last_heartbeat = now() + interval '1 minute'")
    async with working(line.worker(look=look)):
        await quiet(1.2)
    assert look.calls == []


async def test_a_job_woken_again_before_its_worker_died_runs_once(line: Line) -> None:
    look = Recorder()
    await line.wake("a")
    killed_while_running(line)
    await line.wake("a")
    assert line.rows() == ["look/a doing", "look/a todo"]
    async with working(line.worker(look=look)):
        await look.called(1)
        await quiet()
    assert look.calls == ["a"]


async def test_a_frozen_worker_that_wakes_up_cannot_end_what_was_taken_over(line: Line) -> None:
    gate = Gate()
    await line.wake("a")
    frozen = killed_while_running(line)
    async with working(line.worker(look=gate)):
        await gate.entered(1)
        await line.desk.finish(frozen, again_at=line.clock.now())
        assert line.rows() == ["look/a doing"]
        gate.let_out()


async def test_a_living_workers_long_job_is_not_taken_over(line: Line) -> None:
    gate, look = Gate(), Recorder()
    await line.wake("a")
    async with working(line.worker(look=gate)):
        await gate.entered(1)
        async with working(line.worker(look=look)):
            await quiet(4 * QUICK.silence)
            assert look.calls == []
        gate.let_out()


async def test_an_old_version_leaves_new_jobs_to_the_new_one(line: Line) -> None:
    old_look, new_look, brew = Recorder(), Recorder(), Recorder()
    old = line.worker(look=old_look)
    new = line.worker(look=new_look, brew=brew)
    async with working(old, new):
        for number in range(20):
            await line.wake(f"{number}")
            await line.wake(f"{number}", name="brew")
        assert len(await brew.called(20)) == 20
        await until(lambda: len(old_look.calls) + len(new_look.calls) == 20)
        await until(lambda: not line.rows())


async def test_a_job_of_a_version_that_has_gone_waits_for_its_return(line: Line) -> None:
    look, brew = Recorder(), Recorder()
    await line.wake("a", name="brew")
    async with working(line.worker(look=look)):
        await quiet()
    assert line.rows() == ["brew/a todo"]
    async with working(line.worker(look=look, brew=brew)):
        await brew.called(1)


async def test_a_periodic_job_runs_once_a_period_in_all_processes_together(
    line: Line, clock: FakeClock
) -> None:
    calls: list[datetime] = []

    async def sweep(_key: str) -> datetime:
        calls.append(clock.now())
        return clock.now() + MINUTE

    for _ in range(3):  # each process asks for it when it starts
        await line.wake("all", name="sweep")
    async with working(*(line.worker(sweep=sweep) for _ in range(3))):
        for _ in range(5):
            await until(lambda: bool(calls) and calls[-1] == clock.now())
            await quiet(0.1)
            clock.advance(MINUTE)
        await until(lambda: calls[-1] == clock.now())
        await quiet()
    assert calls == [calls[0] + number * MINUTE for number in range(6)]


async def test_a_run_is_not_lost_when_every_connection_is_cut(line: Line) -> None:
    gate, look = Gate(), Recorder()
    await line.wake("a")
    async with working(line.worker(look=gate, tell=look)):
        await gate.entered(1)
        line.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await quiet(0.1)
        await line.wake("b", name="tell")
        gate.let_out()
        await look.called(1)
        await until(lambda: not line.rows())


async def test_a_second_stop_ends_a_handler_and_its_job_runs_elsewhere(line: Line) -> None:
    gate, look = Gate(), Recorder()
    await line.wake("a")
    running = asyncio.create_task(line.worker(look=gate).run())
    await gate.entered(1)
    running.cancel()
    await quiet(0.1)
    assert gate.inside == ["a"]
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert gate.inside == []
    async with working(line.worker(look=look)):
        await look.called(1)


async def test_jobs_start_within_milliseconds_of_their_wake(line: Line) -> None:
    look, waits = Recorder(), []
    async with working(line.worker(look=look)):
        await quiet()
        for number in range(1, 21):
            await quiet(0.02)
            woken = time.perf_counter()
            await line.wake("a")
            await look.called(number)
            waits.append(time.perf_counter() - woken)
    # Typically 5 ms; the polls are 200 ms apart.
    assert sorted(waits)[10] < 0.1


async def test_a_due_time_of_the_machines_clock_is_kept_to_within_moments() -> None:
    clock, look = SystemClock(), Recorder()
    with migrated_postgres() as url:
        async with lined(url, clock, rehearsal=False) as line:
            async with working(line.worker(look=look)):
                due_at = clock.now() + timedelta(seconds=0.7)
                await line.wake("a", at=due_at)
                await look.called(1)
                late = (clock.now() - due_at).total_seconds()
    assert 0 <= late < 0.6


async def test_procrastinate_itself_knows_due_times_of_the_machines_clock() -> None:
    clock = SystemClock()
    with migrated_postgres() as url:
        async with lined(url, clock, rehearsal=False) as line:
            await line.wake("a", at=clock.now() + MINUTE)
            [left] = line.rows("scheduled_at - now()")
    assert left.startswith(("0:00:59", "0:01:00"))
