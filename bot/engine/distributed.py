"""The distributed engine: Procrastinate on PostgreSQL, for any number of worker processes. Built by bot.app.

Procrastinate fetches, locks, listens and beats its heart; due times are let go by the Clock port, and
jobs of silent workers are taken over here. See bot.ports.jobs for the promises.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import psycopg
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate import jobs as procrastinate_jobs
from procrastinate.exceptions import ProcrastinateException

from bot.engine.attempt import Result, attempt
from bot.engine.backward import Backward
from bot.engine.connecting import PromptConnection
from bot.engine.procrastination import Manager
from bot.errors import TryAgain
from bot.ports.clock import Clock
from bot.ports.jobs import TASK, Handler, Job, JobQueue, TakenJob

_AT_ONCE = 16
# How long a stop waits for handlers to finish what they have begun.
_GRACE_SECONDS = 20.0
# Between two tries to reach a database that is away.
_REST_SECONDS = 0.5
# One for Procrastinate's looks, one for its heartbeats; a third listens outside of the pool.
_CONNECTIONS = 2
_CONNECT_SECONDS = 10

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often an engine looks by itself, in real seconds.

    A worker is dead when it was silent for `silence`; its jobs run elsewhere within `silence` +
    `heartbeat` (the looks for the dead are as frequent as the beats). `poll` bounds how late a due time is
    noticed that another process has set.
    """

    heartbeat: float = 3.0
    silence: float = 12.0
    poll: float = 1.0


@dataclass(frozen=True, slots=True)
class _End:
    """How a run went: when to run again (None: not by itself), and what went wrong."""

    again_at: datetime | None
    error: str


class DistributedJobs:
    """Implements bot.ports.jobs.Jobs: different keys at once (at most 16), one at a time per key.

    `dsn` is PostgreSQL's URL, `desk` the same database's queue. A worker only takes jobs whose names are
    registered, so two versions can work side by side.
    """

    def __init__(self, dsn: str, desk: JobQueue, clock: Clock, *, pace: Pace | None = None) -> None:
        self._dsn = dsn
        self._desk = desk
        self._clock = clock
        self._pace = pace or Pace()
        self._handlers: dict[str, Handler] = {}
        self._results: dict[int, _End] = {}
        self._runs: set[asyncio.Task[object]] = set()
        self._backward = Backward()
        self._stopping = asyncio.Event()
        self._sooner = asyncio.Event()

    def register(self, name: str, handler: Handler) -> None:
        """Binds a job name; ValueError if it is bound already."""
        if name in self._handlers:
            raise ValueError(f"the job {name} has a handler already")
        self._handlers[name] = handler

    def nudge(self) -> None:
        """Needs nothing: PostgreSQL tells every worker of a commit that woke a job."""

    async def run(self) -> None:
        """Works until cancelled; then lets running handlers finish (20 s).

        A second cancellation cancels the handlers; what they did not finish runs elsewhere at once.
        """
        self._stopping.clear()
        sides = [asyncio.create_task(self._let_go()), asyncio.create_task(self._take_over())]
        worker = asyncio.create_task(self._work())
        try:
            await asyncio.shield(worker)
        finally:
            self._stopping.set()
            worker.cancel()
            try:
                await asyncio.wait([worker])
            finally:
                for run in self._runs:
                    run.cancel()
            await asyncio.wait([worker, *sides])

    async def _work(self) -> None:
        """Procrastinate's worker, started anew whenever the database was away."""
        while not self._stopping.is_set():
            try:
                await self._serve()
            except (ProcrastinateException, psycopg.Error, TryAgain) as error:
                log.warning("jobs cannot be taken: %s", error.__cause__ or error)
            await self._pause(_REST_SECONDS)

    async def _serve(self) -> None:
        connector = PsycopgConnector(
            conninfo=self._dsn,
            min_size=1,
            max_size=_CONNECTIONS,
            timeout=_CONNECT_SECONDS,
            connection_class=PromptConnection,
            kwargs={"application_name": "headroom worker", "connect_timeout": _CONNECT_SECONDS},
        )
        app = App(connector=connector)
        app.job_manager = Manager(connector, self._finish)
        app.task(name=TASK, pass_context=True)(self._run)
        async with app.open_async():
            await app.run_worker_async(
                queues=sorted(self._handlers),
                name="headroom",
                concurrency=_AT_ONCE,
                fetch_job_polling_interval=self._pace.poll,
                shutdown_graceful_timeout=_GRACE_SECONDS,
                install_signal_handlers=False,
                update_heartbeat_interval=self._pace.heartbeat,
                stalled_worker_timeout=self._pace.silence,
            )

    async def _run(self, context: JobContext, key: str) -> None:
        """The one task: `attempt` never raises, so what happened is kept for the end of the run."""
        row = context.job
        task = asyncio.current_task()
        assert row.id is not None and task is not None
        self._runs.add(task)
        try:
            result = await attempt(_taken(row), self._handlers.get(row.queue))
            self._results[row.id] = self._dated(result)
        finally:
            self._runs.discard(task)

    def _dated(self, result: Result) -> _End:
        """A wait begins when the run ends, not when that is written down."""
        again = result.again
        if isinstance(again, timedelta):
            again = self._clock.now() + again
        return _End(again, result.error)

    async def _finish(self, row: procrastinate_jobs.Job) -> bool:
        """Ends a run; one that was cut short is due again at once."""
        assert row.id is not None
        return await self._insist(partial(self._settle, row.id, _taken(row)))

    async def _settle(self, number: int, taken: TakenJob) -> bool:
        end = self._results.get(number) or _End(self._clock.now(), "")
        waiting = await self._desk.finish(taken, again_at=end.again_at, error=end.error)
        self._results.pop(number, None)
        if end.again_at is not None:
            self._sooner.set()
        return waiting

    async def _let_go(self) -> None:
        """Lets jobs go when the clock reaches their due times."""
        while not self._stopping.is_set():
            self._sooner.clear()
            due_at: datetime | None = None
            try:
                now = self._clock.now()
                if self._backward.noticed(now):
                    log.warning("the clock was set back: every job is looked at")
                    await self._desk.rouse(now)
                due_at = await self._desk.ripen(now)
            except TryAgain as error:
                log.warning("due jobs cannot be let go: %s", error)
                await self._pause(_REST_SECONDS)
                continue
            due = () if due_at is None else (self._clock.sleep_until(due_at),)
            await self._pause(self._pace.poll, self._sooner.wait(), *due)

    async def _take_over(self) -> None:
        """Looks for jobs that nobody works on any more."""
        silence = timedelta(seconds=self._pace.silence)
        while not self._stopping.is_set():
            try:
                returned = await self._desk.return_lost(silence)
            except TryAgain as error:
                log.warning("lost jobs cannot be looked for: %s", error)
            else:
                if returned:
                    log.warning("%s jobs of a worker that died wait again", returned)
            await self._pause(self._pace.heartbeat)

    async def _pause(self, seconds: float, *others: Coroutine[object, object, object]) -> None:
        """So long, or until a stop, or until one of the others has come."""
        waits = [asyncio.create_task(wait) for wait in (self._stopping.wait(), *others)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _insist(self, act: Callable[[], Awaitable[bool]]) -> bool:
        """Does it, however long the database is away; a stopping engine tries once.

        What it could not do then is noticed by a living one: this worker falls silent.
        """
        while True:
            try:
                return await act()
            except TryAgain as error:
                if self._stopping.is_set():
                    raise
                log.warning("the job queue is away: %s", error)
                await asyncio.sleep(_REST_SECONDS)


def _taken(row: procrastinate_jobs.Job) -> TakenJob:
    job = Job(row.queue, str(row.task_kwargs["key"]))
    return TakenJob(job, rev=row.id or 0, attempts=row.attempts, owner=str(row.worker_id))
